#!/bin/bash
# runner.t - what people's scripts read of a runner is there: variables,
# shells with their flags, files and printed commands of steps, how steps end.
#
# docs.github.com, "Variables reference", "Workflow commands", "Workflow syntax"
# (jobs.<job_id>.steps[*].shell).
#
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016 # texts are evaluated in the job
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

if ! command -v bwrap >/dev/null; then
	test_skip 'a runner' 'bwrap is not installed'
	test_done
fi

mkdir work && cd work || exit 1
git init -q -b main
git config user.name Ada && git config user.email ada@example.org
cat >push.json <<'END'
{"ref": "refs/heads/main", "repository": {"full_name": "ada/demo", "id": 7,
"html_url": "https://forge.test/ada/demo", "owner": {"id": 8},
"url": "https://forge.test/api/repos/ada/demo"},
"sender": {"login": "ada", "id": 9}}
END

# ran CODE STEP... - a job of these steps ends with this exit code of pawl run;
# what it printed is in out.
ran()
{
	local code=$1
	shift
	{
		printf 'name: names\non: push\njobs:\n  build:\n'
		printf '    runs-on: ubuntu-latest\n    steps:\n'
		printf '      - %s\n' "$@"
	} >.ci.yml
	git add -A && git commit -q --allow-empty -m steps &&
		exits "$code" pawl run --payload push.json
}

# has LINE... - whole lines of what was printed.
has()
{
	local line
	for line; do
		grep -qxF -- "$line" out && continue
		printf 'not there: %s\n' "$line"
		cat out
		return 1
	done
}

test_expect 'variables that scripts read are there' '
	ran 0 "run: env" && has CI=true GITHUB_ACTIONS=true PAWL=true \
		GITHUB_ACTION=__run GITHUB_ACTOR=ada GITHUB_ACTOR_ID=9 \
		GITHUB_API_URL=https://forge.test/api GITHUB_BASE_REF= \
		GITHUB_EVENT_NAME=push GITHUB_HEAD_REF= GITHUB_JOB=build \
		GITHUB_REF=refs/heads/main GITHUB_REF_NAME=main \
		GITHUB_REF_PROTECTED=false GITHUB_REF_TYPE=branch \
		GITHUB_REPOSITORY=ada/demo GITHUB_REPOSITORY_ID=7 \
		GITHUB_REPOSITORY_OWNER=ada GITHUB_REPOSITORY_OWNER_ID=8 \
		GITHUB_RUN_ATTEMPT=1 GITHUB_SERVER_URL=https://forge.test \
		"GITHUB_SHA=$(git rev-parse HEAD)" \
		GITHUB_TRIGGERING_ACTOR=ada GITHUB_WORKFLOW=names \
		GITHUB_WORKFLOW_REF=ada/demo/.ci.yml@refs/heads/main \
		"GITHUB_WORKFLOW_SHA=$(git rev-parse HEAD)" \
		GITHUB_WORKSPACE=/workspace RUNNER_OS=Linux \
		RUNNER_NAME=pawl RUNNER_ENVIRONMENT=self-hosted \
		RUNNER_TEMP=/tmp RUNNER_TOOL_CACHE=/runner/tools &&
	has "CI_COMMIT_SHA=$(git rev-parse HEAD)" CI_COMMIT_BRANCH=main \
		CI_COMMIT_REF=refs/heads/main CI_PIPELINE_EVENT=push \
		CI_REPO=ada/demo CI_WORKSPACE=/workspace &&
	grep -qE "^RUNNER_ARCH=(X64|X86|ARM64|ARM|[a-z0-9_]+)$" out &&
	grep -qE "^GITHUB_RUN_(ID|NUMBER)=[0-9]+$" out &&
	! grep -q "^GITHUB_TOKEN=" out
'

test_expect 'what they name is there and can be written' '
	ran 0 "run: |-
          for v in GITHUB_WORKSPACE RUNNER_TEMP RUNNER_TOOL_CACHE HOME; do
            [ -d \"\${!v}\" ] && [ -w \"\${!v}\" ] || echo \"no \$v\"
          done
          for v in ENV OUTPUT PATH STATE STEP_SUMMARY EVENT_PATH; do
            v=GITHUB_\$v; [ -f \"\${!v}\" ] || echo \"no \$v\"
          done
          jq -r .sender.login \"\$GITHUB_EVENT_PATH\"" &&
	has ada && ! grep "^no " out
'

test_expect 'shells are started with the flags that are documented' '
	ran 0 "run: tr \"\\0\" \" \" </proc/\$\$/cmdline; echo; false | true" \
		"{shell: bash, run: \"tr \\\"\\\\0\\\" \\\" \\\" </proc/\$\$/cmdline; echo\"}" \
		"{shell: sh, run: \"tr \\\"\\\\0\\\" \\\" \\\" </proc/\$\$/cmdline; echo\"}" \
		"{shell: \"perl {0}\", run: \"print qq(perl \$ENV{CI}\\\\n)\"}" &&
	sed -n "s/ [^ ]*pawl-step-[0-9.a-z]* *$//p" out >got &&
	printf "%s\n" "bash -e" "bash --noprofile --norc -eo pipefail" \
		"sh -e" >want && test_cmp want got && has "perl true"
'

test_expect 'bash as it is written fails with what fails in a pipe' '
	ran 1 "{shell: bash, run: \"false | true\"}" &&
	ran 1 "run: exit 7" && grep "exit code 7" out
'

test_expect 'python is found by either name' '
	ran 0 "{shell: python, run: \"import os; print(os.environ[\\\"CI\\\"])\"}" &&
	has true
'

test_expect 'a shell that is none is the author'"'"'s mistake' '
	ran 1 "{shell: \"nosuch {0}\", run: x}" &&
	grep "cannot execute \"nosuch\"" out
'

test_expect 'files hand values on, also of several lines' '
	ran 0 "run: |-
          printf \"A<<X\\nline 1\\nline 2\\nX\\nB=2=3\\n\" >>\$GITHUB_ENV
          echo /there >>\$GITHUB_PATH; echo /here >>\$GITHUB_PATH" \
		"run: echo \"[\$A] [\$B] \$PATH\"" &&
	has "[line 1" && grep "^line 2\] \[2=3\] /here:/there:/" out
'

test_expect 'what files may not set, or end too soon, is told' '
	ran 0 "run: echo GITHUB_SHA=x >>\$GITHUB_ENV" \
		"run: echo \"sha \$GITHUB_SHA\"" &&
	has "sha $(git rev-parse HEAD)" &&
	ran 1 "run: printf \"A<<X\\nline\\n\" >>\$GITHUB_ENV" &&
	grep "Matching delimiter not found" out
'

test_expect 'commands that are printed mask, stop and go on' '
	ran 0 "run: |-
          echo ::add-mask::topsecret
          echo it is topsecret
          echo ::stop-commands::token
          echo ::add-mask::visible
          echo ::token::
          echo visible" &&
	has "it is ***" visible
'

test_expect 'outcome, conclusion and status are told apart' '
	ran 1 "{id: a, continue-on-error: true, run: exit 3}" \
		"run: echo \"\${{ steps.a.outcome }} \${{ steps.a.conclusion }} \${{ job.status }}\"" \
		"run: exit 4" "run: echo never" \
		"{if: failure(), run: \"echo failure \${{ job.status }}\"}" \
		"{if: always(), run: echo always}" &&
	has "failure success success" "failure failure" always &&
	! grep -qx never out && grep "exit code 4" out
'

test_done

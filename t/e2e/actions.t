#!/bin/bash
# actions.t - steps with "uses": actions for node, their parts before and
# behind all other steps, and what built-in ones say of their inputs.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

export TMPDIR=$T/tmp
mkdir tmp project && cd project || exit 1
git init -q . 2>/dev/null

# action FOLDER <yml - an action of the project
action()
{
	mkdir -p "$1" && cat >"$1/action.yml"
}

# job <steps - the pipeline: one job
job()
{
	printf 'on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n'
	cat
} >.ci.yml

# says LINE... - these lines were printed, in this order, beside others
says()
{
	local line at=0 next

	for line; do
		next=$(tail -n "+$((at + 1))" out | grep -nxF -m 1 -e "$line")
		[ -n "$next" ] || { note "no \"$line\""; note <out; return 1; }
		at=$((at + ${next%%:*}))
	done
}

action greet <<\END
inputs:
  who to greet: {default: world}
  Event: {default: '${{ github.event_name }}'}
outputs: {said: {description: what was said}}
runs: {using: node20, main: main.js, post: post.js}
END
cat >greet/main.js <<\END
const fs = require("fs"), e = process.env;
console.log(`main ${e.INPUT_WHO_TO_GREET} ${e.INPUT_EVENT} ${e.INPUT_MORE}`);
console.log(`in ${e.GITHUB_ACTION_PATH} ${process.cwd()}`);
fs.appendFileSync(e.GITHUB_OUTPUT, "said=hello\n");
fs.appendFileSync(e.GITHUB_STATE, "whom=" + e.INPUT_WHO_TO_GREET + "\n");
if (e.INPUT_MORE == "fail") process.exit(7);
if (e.INPUT_MORE == "hang") setInterval(() => {}, 1000);
END
echo 'console.log("post " + process.env.STATE_whom);' >greet/post.js
action around <<\END
inputs: {name: {}}
runs:
  using: composite
  steps:
    - {uses: ./greet, with: {who to greet: 'inner ${{ inputs.name }}'}}
END

test_expect 'an action for node gets its inputs, and gives its outputs' '
	job <<-\END &&
	      - {uses: ./greet, id: g, with: {more: given}}
	      - run: echo "it said ${{ steps.g.outputs.said }}"
	END
	exits 0 pawl run && says "main world push given" \
		"in /workspace/greet /workspace" "it said hello" \
		"post world"
'

test_expect 'parts behind run in reverse order, also of inner actions' '
	job <<-\END &&
	      - {uses: ./greet, name: "first ${{ github.job }}"}
	      - {uses: ./around, with: {name: two}}
	      - {run: echo last}
	END
	exits 0 pawl run && says "--> 3. Run echo last" last \
		"--> 4. Post Run ./greet" "post inner two" \
		"--> 5. Post first test" "post world"
'

test_expect 'and after a failure, but only when their main part ran' '
	job <<-\END &&
	      - {uses: ./greet, with: {more: fail}}
	      - {uses: ./greet, name: never}
	END
	exits 1 pawl run && says "main world push fail" \
		"--> 1. Run ./greet failed: exit code 7" \
		"--> 3. Post never skipped: the step that it is a part of did not run" \
		"post world"
'

test_expect 'post-if says when: nothing is implied' '
	sed -i "s/post: post.js/post: post.js, post-if: success()/" \
		greet/action.yml &&
	job <<-\END &&
	      - {uses: ./greet}
	      - {run: exit 1}
	END
	exits 1 pawl run && ! grep -q "^post" out &&
	says "--> 3. Post Run ./greet skipped: a step before it failed" &&
	sed -i "s/, post-if: success()//" greet/action.yml
'

test_expect 'a failure behind fails the job' '
	cp greet/post.js kept && echo "process.exit(3)" >greet/post.js &&
	job <<-\END &&
	      - {uses: ./greet}
	END
	exits 1 pawl run && grep -q "step 2 .Post Run ./greet.: exit code 3" out &&
	cp kept greet/post.js
'

test_expect 'a limit ends an action for node; what is behind still runs' '
	job <<-\END &&
	      - {uses: ./greet, with: {more: hang}, timeout: 500ms}
	END
	exits 1 pawl run &&
	grep -q "1. Run ./greet failed: timed out after 500 ms" out &&
	says "post world"
'

test_expect 'an action that a step has made is found when it is reached' '
	job <<-\END &&
	      - {run: cp -r greet made}
	      - {uses: ./made, id: m, with: {more: late}}
	      - {run: "rm -rf made/main.js; echo ${{ steps.m.outputs.said }}"}
	END
	exits 0 pawl run && says "main world push late" \
		"in /workspace/made /workspace" hello \
		"--> 4. Post Run ./made" "post world"
'

test_expect 'one that nobody has made, or that is composite, fails its step' '
	job <<-\END &&
	      - {uses: ./none, continue-on-error: true}
	      - {run: cp -r around copied}
	      - {uses: ./copied, continue-on-error: true}
	END
	exits 0 pawl run &&
	grep -q "1. Run ./none failed: \"./none\" is no action: .* neither" out &&
	grep -q "./copied\" is a composite action that is not in the commit" out &&
	says "--> 4. Post Run ./copied skipped: the action has no part for the end of the job"
'

test_expect 'without node it is said where it was looked for' '
	job <<-\END &&
	      - {uses: ./greet, env: {PATH: /none}}
	END
	exits 1 pawl run && grep -q "this host has none in its PATH" out
'

test_expect 'an input that an action has not is named with the nearest' '
	job <<-\END &&
	      - {uses: ./greet, with: {who to great: me}}
	      - {uses: actions/checkout@v4, with: {fetch-depht: 0}}
	END
	exits 0 pawl run &&
	grep -q "no input \"who to great\": did you mean \"who to greet\"" out &&
	grep -q "no input \"fetch-depht\": did you mean \"fetch-depth\"" out &&
	exits 0 pawl lint &&
	grep -q "^.ci.yml:7:44: warning: the action has no input .fetch-depht" out
'

test_done

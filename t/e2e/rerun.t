#!/bin/bash
# rerun.t - attempts of a run: by command, API and page; what they share, and
# what each keeps for itself.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

runs=$base_url/api/v1/repos/ada/demo/runs

# attempt_id NUMBER ATTEMPT, attempt_over NUMBER ATTEMPT
attempt_id()
{
	sql "SELECT id FROM runs WHERE number = $1 AND attempt = $2"
}

attempt_over()
{
	[ -n "$(sql "SELECT finished_at_ms FROM runs
	    WHERE number = $1 AND attempt = $2")" ]
}

# wait_attempt NUMBER ATTEMPT STATE
wait_attempt()
{
	wait_for 60 attempt_over "$1" "$2" || { workerd_tail; return 1; }
	is "$(sql "SELECT state FROM runs WHERE number = $1
	    AND attempt = $2")" "$3" && return
	sql "SELECT key, state, reason FROM jobs
	    WHERE run = $(attempt_id "$1" "$2")"
	workerd_tail
	return 1
}

# log_at FOLDER JOB
log_at()
{
	curl -sSf "$base_url/logs/ada/demo/$1/$2.log"
}

test_expect 'a run fails in the midst' '
	repo_new ada demo && workerd_start && push demo <<-"YML" &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    outputs: { word: "${{ steps.w.outputs.word }}" }
	    steps:
	    - id: w
	      run: |
	        echo "word=from-$GITHUB_RUN_ATTEMPT" >>"$GITHUB_OUTPUT"
	        mkdir dist; echo "made in $GITHUB_RUN_ATTEMPT" >dist/file
	    - uses: actions/upload-artifact@v4
	      with: { name: dist, path: dist }
	  check:
	    needs: make
	    runs-on: linux
	    steps:
	    - uses: actions/download-artifact@v4
	      with: { name: dist }
	    - run: |
	        echo "word ${{ needs.make.outputs.word }}, $(cat file)"
	        echo "id $GITHUB_RUN_ID, attempt $GITHUB_RUN_ATTEMPT"
	        echo "debug is ${RUNNER_DEBUG-off} ${{ runner.debug }}"
	        test "$GITHUB_RUN_ATTEMPT" = 2
	  last:
	    needs: check
	    runs-on: linux
	    steps:
	    - run: echo "last ${{ github.run_attempt }}"
	    - run: echo "by $GITHUB_TRIGGERING_ACTOR, not $GITHUB_ACTOR"
	YML
	wait_attempt 1 1 failed && job_is skipped demo 1 last &&
	log_at 1 check >first.log && grep -qx "debug is off " first.log
'

test_expect 'what failed runs again, with what the others made' '
	pawl rerun ada/demo#1 --failed --debug >said &&
	grep -q "attempt 2, what failed, with debug messages$" said &&
	wait_attempt 1 2 succeeded &&
	log_at 1.2 check >second.log && log_at 1.2 last >last.log &&
	grep -qx "word from-1, made in 1" second.log &&
	grep -qx "id $(attempt_id 1 1), attempt 2" second.log &&
	grep -qx "debug is 1 1" second.log && grep -qx "last 2" last.log &&
	grep -qx "by $(id -un) (command line), not .*" last.log &&
	is "$(curl -sSf "$base_url/artifacts/ada/demo/latest/main/dist/file")" \
	    "made in 1"
'

test_expect 'the first attempt stays as it was' '
	log_at 1 check | cmp - first.log &&
	is "$(curl -s "$runs/1/attempts/1" | jq -r .state)" failed &&
	is "$(sql "SELECT state FROM runs WHERE attempt = 1")" failed &&
	is "$(curl -sSf "$base_url/artifacts/ada/demo/1/dist/file")" \
	    "made in 1"
'

test_expect 'a number is its newest attempt, for all who ask' '
	is "$(curl -s "$runs/1" | jq -r "[.attempt, .state,
	    (.attempts | map(.state) | join(\" \"))] | join(\",\")")" \
	    "2,succeeded,succeeded failed" &&
	is "$(curl -s "$runs" | jq -r ".runs | map(.attempt) | join(\" \")")" 2 &&
	is "$(pawl show ada/demo#1 --json | jq .attempt)" 2 &&
	is "$(pawl show ada/demo#1.1 --json | jq -r .state)" failed &&
	wait_for 20 eval "curl -s \"$base_url/status/ada/demo/main.json\" |
	    jq -e \".attempt == 2 and .state == \\\"succeeded\\\"\" >badge" &&
	curl -s "$base_url/badge/ada/demo.svg" | grep -q passing
'

test_expect 'lists say which attempt made what' '
	is "$(curl -s "$runs/1" | jq -r ".jobs[] | select(.key == \"make\") |
	    [.ran_in_attempt, (.steps | length), .log_url] | join(\" \")")" \
	    "1 2 $base_url/logs/ada/demo/1/make.log" &&
	is "$(curl -s "$runs/1/artifacts" | jq -r ".artifacts[] |
	    [.name, .job, .run_attempt] | join(\" \")")" "dist make 1" &&
	curl -sSf "$base_url/ada/demo/runs/1" >page &&
	grep -q "ran in attempt 1</a>" page &&
	grep -q "made in attempt 1" page &&
	grep -q "href=\"/ci/ada/demo/runs/1/attempts/1\"" page &&
	curl -sSf "$base_url/ada/demo/runs/1/attempts/1" >page &&
	grep -q "#1, attempt 1</li>" page &&
	grep -q "href=\"/ci/ada/demo/runs/1/attempts/1/jobs/check\"" page &&
	curl -sSf "$base_url/ada/demo/runs/1/attempts/1/jobs/check" |
	    grep -q "/logs/ada/demo/1/check.log" &&
	is "$(web_status "$base_url/ada/demo/runs/1/attempts/3")" 404
'

test_expect 'one job runs again over the API, and has files of its own' '
	token=$(pawl token add robot 2>said) &&
	is "$(web_status -X POST "$runs/1/jobs/make/rerun")" 401 &&
	is "$(web_status -H "Authorization: Bearer $token" -X POST \
	    "$runs/1/jobs/make/rerun")" 202 &&
	is "$(jq -r "[.attempt, .rerun, .rerun_by] | join(\",\")" "$T/body")" \
	    "3,job \"make\",token robot" &&
	wait_attempt 1 3 failed &&
	is "$(curl -sSf "$base_url/artifacts/ada/demo/1.3/dist/file")" \
	    "made in 3" &&
	log_at 1.3 check | grep -qx "word from-3, made in 3" &&
	is "$(curl -sSf "$base_url/artifacts/ada/demo/1/dist/file")" \
	    "made in 1" &&
	curl -sSf -o dist.zip "$base_url/artifacts/ada/demo/1.3/dist.zip" &&
	head -c 2 dist.zip | grep -q PK
'

test_expect 'a page has the buttons for who may press them' '
	curl -sSf "$base_url/ada/demo/runs/1" >page &&
	! grep -q "/rerun\"" page &&
	is "$(web_status -c jar --data-urlencode "token=$token" \
	    "$base_url/login")" 303 &&
	curl -sSf -b jar "$base_url/ada/demo/runs/1" >page &&
	grep -q "Run failed jobs again" page &&
	form=$(xmllint --html --xpath \
	    "string(//form[contains(@action,\"/rerun\")]/input/@value)" page \
	    2>/dev/null) &&
	is "$(web_status -b jar -d "form_token=$form&failed=true" \
	    "$base_url/ada/demo/runs/1/rerun")" 303 &&
	is "$(header location)" /ci/ada/demo/runs/1 &&
	wait_attempt 1 4 failed &&
	is "$(sql "SELECT group_concat(key) FROM jobs WHERE work IS NOT NULL
	    AND run = $(attempt_id 1 4)")" make
'

test_expect 'what goes on cannot be run again, nor what cannot be read' '
	push demo <<-"YML" &&
	on: push
	jobs: { a: { runs-on: linux, steps: [{ run: sleep 600 }] } }
	YML
	wait_for 60 job_is running demo 2 a &&
	is "$(web_status -H "Authorization: Bearer $token" -X POST \
	    "$runs/2/rerun")" 409 &&
	jq -r .detail "$T/body" | grep -q "is running: it can be run again" &&
	pawl cancel ada/demo#2 && wait_attempt 2 1 cancelled &&
	! pawl rerun ada/demo#2 --job b 2>said && grep -q "no job \"b\"" said &&
	push demo <<<"on: push" && wait_attempt 3 1 failed &&
	! pawl rerun ada/demo#3 2>said &&
	grep -q "never had a pipeline that can be run" said
'

test_expect 'events and tables agree' '
	pawl admin rebuild --verify
'

test_expect 'a repository goes with all attempts and their files' '
	workerd_stop && pawl repo remove ada/demo --yes &&
	is "$(sql "SELECT count(*) FROM runs")" 0 &&
	! ls -d "$state"/p*/*/ada/demo 2>/dev/null
'

test_no_leaks
test_done

#!/bin/bash
# retry.t - `retry` of a job: attempts with their own logs, what counts for it,
# and what ends it.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"

worker_setup 'max-jobs: 4' 'cancel-grace: 1 s'
worker_start

# field COLUMN KEY - of a job of run $run.
field()
{
	sql "SELECT $1 FROM jobs WHERE key = '$2' AND run = (SELECT id FROM
		runs WHERE number = $run)"
}

# retries KEY - how often it was tried again, as the events have it.
retries()
{
	sql "SELECT count(*) FROM events WHERE type = 'retry.attempted' AND
		data ->> 'key' = '$1' AND run = (SELECT id FROM runs
		WHERE number = $run)"
}

# paused KEY - it has had one attempt and waits for the next.
paused()
{
	is "$(field "state || attempt" "$1")" pending1
}

commit_pipeline \
	'on: push' \
	'jobs:' \
	'  flaky:' \
	'    runs-on: x' \
	'    retry: {max-attempts: 3, initial-delay: 100ms, backoff: exponential}' \
	'    outputs: {try: "${{ steps.s.outputs.try }}"}' \
	'    steps:' \
	'      - id: s' \
	'        run: |' \
	'          echo "this is try $GITHUB_RUN_ATTEMPT"; test ! -e left; touch left' \
	'          echo "try=$GITHUB_RUN_ATTEMPT" >>"$GITHUB_OUTPUT"' \
	'          test "$GITHUB_RUN_ATTEMPT" = 3' \
	'  code:' \
	'    runs-on: x' \
	'    retry: {max-attempts: 2, initial-delay: 100ms, on: [75, oom]}' \
	'    steps: [{run: "test $GITHUB_RUN_ATTEMPT = 2 || exit 75"}]' \
	'  other-code:' \
	'    runs-on: x' \
	'    retry: {max-attempts: 2, initial-delay: 100ms, on: [75, timeout]}' \
	'    steps: [{run: "exit 74"}]' \
	'  slow:' \
	'    runs-on: x' \
	'    timeout: 1500ms' \
	'    retry: {max-attempts: 2, initial-delay: 100ms, on: timeout}' \
	'    steps: [{run: "test $GITHUB_RUN_ATTEMPT = 2 || sleep 600"}]' \
	'  never:' \
	'    runs-on: x' \
	'    continue-on-error: true' \
	'    retry: {max-attempts: 2, initial-delay: 100ms}' \
	'    steps: [{run: "echo number $GITHUB_RUN_ATTEMPT; exit 3"}]' \
	'  after:' \
	'    runs-on: x' \
	'    needs: [flaky, never]' \
	'    steps: [{run: "echo flaky took ${{ needs.flaky.outputs.try }}"}]'

test_expect 'a run with jobs that fail at first comes to its end' '
	push_run && wait_for 60 run_is "$run" failed
'

test_expect 'a job succeeds at its third attempt, each in a new container' '
	is "$(field "state || attempt" flaky)" succeeded3 &&
	is "$(retries flaky)" 2 &&
	logs=$state/public/logs/demo/app/$run &&
	grep -qx "this is try 1" "$logs/flaky.log" &&
	grep -qx "pawl: attempt 1 of 3; the next one in 100 ms (\"retry\")" \
		"$logs/flaky.log" &&
	grep -qx "this is try 2" "$logs/flaky.2.log" &&
	grep -qx "this is try 3" "$logs/flaky.3.log"
'

test_expect 'who needs it waits for its last attempt and gets its outputs' '
	is "$(field state after)" succeeded &&
	grep -qx "flaky took 3" "$state/public/logs/demo/app/$run/after.log"
'

test_expect 'the event tells of the attempt in words' '
	is "$(sql "SELECT data ->> \"reason\" FROM events
		WHERE type = \"retry.attempted\" AND data ->> \"key\" = \"never\"")" \
	    "attempt 1 of 2 failed: step 1 \"Run echo number \$GITHUB_RUN_ATTEMPT; exit 3\": exit code 3; next in 100 ms"
'

test_expect 'an exit code that is named is tried again, another is not' '
	is "$(field "state || attempt" code)" succeeded2 &&
	is "$(field "state || attempt" other-code)" failed1
'

test_expect 'a time-out is tried again when it is named' '
	is "$(field "state || attempt" slow)" succeeded2 &&
	sql "SELECT data ->> \"reason\" FROM events
		WHERE type = \"retry.attempted\"" |
		grep -q "^attempt 1 of 2 timed out: .*; next in 100 ms"
'

test_expect 'the last failure is the result of the job' '
	is "$(field "state || attempt || exit_code" never)" failed23
'

test_expect 'the events give the states that the tables have' '
	"$pawl" admin rebuild --verify
'

commit_pipeline 'on: push' 'jobs:' '  a:' '    runs-on: x' \
	'    retry: {max-attempts: 2, initial-delay: 5m}' \
	'    steps: [{run: "false"}]'

test_expect 'a job that waits for its next attempt is cancelled at once' '
	push_run && wait_for 60 paused a &&
	field reason a | grep -q "^attempt 1 of 2 failed: .*; next in 5 min" &&
	"$pawl" cancel "demo/app#$run" && wait_for 20 run_is "$run" cancelled &&
	is "$(field "state || attempt" a)" cancelled1
'

mkdir local
cat >local/.ci.yml <<'END'
on: push
jobs:
  a:
    runs-on: x
    retry: {max-attempts: 3, initial-delay: 50ms}
    steps: [{run: "echo number $GITHUB_RUN_ATTEMPT; test $GITHUB_RUN_ATTEMPT = 2"}]
END

test_expect 'pawl run tries again as a server does' '
	"$pawl" run local >out && grep -qx "number 1" out &&
	grep -q "attempt 1 of 3; the next one in 50 ms" out &&
	grep -qx "number 2" out && ! grep -qx "number 3" out
'

test_done

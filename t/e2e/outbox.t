#!/bin/bash
# outbox.t - what leaves Pawl: commit statuses over real HTTPS, against a
# server that fails in every way.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"
. "$srcdir/t/lib/sink.sh"

# No pause is long here: what waits an hour elsewhere waits seconds.
sink_start
worker_setup "notify-ca-file: $sink_ca" 'notify-pause: 50 ms' \
	'notify-timeout: 2 s'
printf 'a-token-of-tests' >"$T/token"
export NO_PROXY=localhost
worker_start

report()
{
	"$pawl" repo report demo/app "$@" >report.out 2>&1 ||
		{ cat report.out; false; }
}

ci()
{
	commit_pipeline 'name: ci' 'on: push' 'jobs:' "$@"
}
job="{runs-on: linux, steps: [{run: 'true'}]}"

# outbox_is QUEUED DEAD
outbox_is()
{
	[ "$(sql "SELECT sum(state = 'queued'), sum(state = 'failed')
		FROM outbox" | sed 's/^|$/0|0/')" = "$1|$2" ]
}

none_left()
{
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

test_expect 'without a token nobody is told, and no program is started' '
	ci "  a: $job" && push_run && wait_for 60 run_is 1 succeeded &&
	wait_for 20 none_left && is "$(sink_count)" 0 &&
	! worker_said notifier
'

test_expect 'with one the forge gets a status from the first to the last' '
	"$pawl" repo report demo/app --token-file token --api-url "$sink/api/v1" \
		>report.out && grep -q "token.*set" report.out &&
	ci "  a: $job" "  b: $job" && sha=$(git -C "$src" rev-parse HEAD) &&
	push_run && wait_for 60 run_is 2 succeeded && wait_for 20 none_left &&
	sink_requests -s "[.[] | .body | fromjson | .state] | unique | .[]" \
		>states && grep -qx pending states &&
	sink_requests -s "last" >last &&
	is "$(jq -r .url last)" "/api/v1/repos/demo/app/statuses/$sha" &&
	is "$(jq -r .headers.authorization last)" "token a-token-of-tests" &&
	jq .body last | jq -r fromjson >body &&
	is "$(jq -r .context body)" ci/pawl/push/ci &&
	is "$(jq -r .state body)" success &&
	is "$(jq -r .target_url body)" "http://ci.test/ci/demo/app/runs/2" &&
	jq -r .description body | grep -qx "2 of 2 jobs succeeded in .*"
'

test_expect 'a server that fails for a while is told in the end' '
	sink_clear && sink_mode status 500 && ci "  a: $job" && push_run &&
	wait_for 60 run_is 3 succeeded && wait_for 20 sink_has 2 &&
	is "$(sql "SELECT count(*) FROM outbox WHERE attempts > 0")" 1 &&
	sink_mode ok && wait_for 30 none_left &&
	is "$(sink_requests -s "last.body | fromjson | .state")" success
'

test_expect 'the token is in no log and not in the clear in the database' '
	! grep -q a-token-of-tests "$T/workerd.log" &&
	! grep -qa a-token-of-tests "$state/pawl.db"
'

test_done

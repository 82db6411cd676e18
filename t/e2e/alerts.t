#!/bin/bash
# alerts.t - rules about numbers, and a pager: over real HTTPS, as the service
# takes it.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"
. "$srcdir/t/lib/sink.sh"

sink_start
worker_setup "notify-ca-file: $sink_ca" 'notify-pause: 50 ms' \
	'notify-timeout: 2 s'
export NO_PROXY=localhost
worker_start

ci()
{
	commit_pipeline 'name: ci' 'on: push' 'jobs:' "$@"
}
job="{runs-on: linux, steps: [{run: 'true'}]}"

test_expect 'an alert fires and clears, to a pager and a webhook' '
	sink_clear && printf an-integration-key >key && "$pawl" notify add all --on alert --alert red \
		--to "pagerduty:$sink/v2/enqueue" --secret-file key &&
	"$pawl" notify add demo --on alert --to "$sink/alerts" >/dev/null &&
	"$pawl" alert add red demo/app --when "error_rate > 10" --within 4s \
		--severity critical &&
	ci "  a: {runs-on: linux, steps: [{run: exit 3}]}" && push_run &&
	wait_for 60 run_is 1 failed &&
	wait_for 30 sink_saw ".url == \"/v2/enqueue\" and
		(.body | fromjson | .event_action) == \"resolve\"" &&
	sink_requests -s "[.[] | select(.url == \"/v2/enqueue\") | .body |
		fromjson]" >pages &&
	is "$(jq -r "map(.event_action) | join(\" \")" pages)" \
		"trigger resolve" &&
	is "$(jq -r ".[0].routing_key, .[0].payload.severity" pages | xargs)" \
		"an-integration-key critical" &&
	is "$(jq -r "map(.dedup_key) | unique | length" pages)" 1 &&
	jq -r ".[0].payload.custom_details.what" pages | grep -q \
		"error_rate > 10 %, over 4 s; now 100 %" &&
	sink_requests "select(.url == \"/alerts\") | .body" | jq -r \
		"fromjson? // . | .type" | sort | xargs >types &&
	is "$(cat types)" "dev.pawl.alert.cleared dev.pawl.alert.firing" &&
	"$pawl" alert list | grep -q "^red  *clear" &&
	"$pawl" alert remove red && is "$("$pawl" alert list --json)" "[]" &&
	"$pawl" notify list --json | jq -r ".[] | select(.on == \"alert\") |
		.id" | while read -r id; do "$pawl" notify remove "$id"; done
'

test_expect 'a rule about failures leads to a pager, too' '
	sink_clear && "$pawl" notify add demo/app --on change \
		--to "pagerduty:$sink/v2/enqueue" --secret-file key &&
	ci "  a: $job" && push_run && wait_for 60 run_is 2 succeeded &&
	wait_for 30 sink_saw ".url == \"/v2/enqueue\" and
		(.body | fromjson | .event_action) == \"resolve\"" &&
	! "$pawl" notify add demo/app --to pagerduty 2>why &&
	grep -q "integration key" why
'

trace()
{
	sink_requests -s ".[] | select(.url == \"/v1/traces\") | .body |
		fromjson | .resourceSpans[0].scopeSpans[0].spans[]" | jq -s "$1"
}

test_expect 'a run becomes a trace, whose ids its steps knew' '
	sink_clear && printf "Bearer of-traces" >bearer &&
	! "$pawl" notify add demo/app --to "otlp:$sink" 2>why \
		--on change && grep -q "over: --on always" why &&
	"$pawl" notify add demo/app --on always --to "otlp:$sink" \
		--secret-file bearer && ci "  a:" "    runs-on: linux" \
		"    steps: [{run: echo TRACE \$TRACEPARENT}, {run: exit 3}]" &&
	push_run && wait_for 60 run_is 3 failed &&
	wait_for 30 sink_saw ".url == \"/v1/traces\"" &&
	trace . >spans && is "$(jq "map(.traceId) | unique | length" spans)" 1 &&
	is "$(jq -r ".[0].name, (map(.kind) | @csv)" spans | xargs)" \
		"RUN ci 2,1,1,1" &&
	jq -e "[.[1:][] | .parentSpanId] == [.[0].spanId, .[1].spanId,
		.[1].spanId] and all(.[]; (.startTimeUnixNano | tonumber) <=
		(.endTimeUnixNano | tonumber)) and .[3].status.code == 2" spans &&
	is "$(jq -r ".[3].attributes[] | select(.key == \"process.exit.code\") |
		.value.intValue" spans)" 3 &&
	grep -qx "TRACE 00-$(jq -r ".[2] | .traceId + \"-\" + .spanId" \
		spans)-01" "$T"/state/public/logs/demo/app/3/a.log
'

test_expect 'what Pawl does by itself is listed, with the last time' '
	wait_for 30 test "$(sql "SELECT count(*) FROM tasks
		WHERE name = \"send\"")" != 0 &&
	"$pawl" admin sweep >swept && "$pawl" tasks --json >tasks.json &&
	is "$(jq -r "map(.name) | join(\" \")" tasks.json)" \
		"sweep reconcile send schedules gates alerts leases" &&
	jq -e "(.[0].ended_at != null) and .[2].error == null" tasks.json &&
	"$pawl" tasks | grep -q "^sweep "
'

test_done

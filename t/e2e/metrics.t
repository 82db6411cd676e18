#!/bin/bash
# metrics.t - what monitoring is told: numbers that are those of the database,
# in formats that Prometheus reads; how each part does; and logs in which one
# grep finds the whole way of a push.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-attempts: 2'
workerd_start
repo_new ada demo >"$T/repo.out" || bail "no repository"

scrape()
{
	curl -sSf -D "$T/head" -H "Accept: ${1:-*/*}" "$base_url/metrics" \
		>"$T/metrics"
}

# number NAME{LABELS} - a value of the last scrape.
number()
{
	awk -v name="$1" 'index($0, name " ") == 1 { print $2 }' "$T/metrics"
}

# part NAME - "STATUS TEXT" of healthz?verbose.
part()
{
	curl -sS "$base_url/healthz?verbose" >"$T/health" &&
		jq -r --arg p "$1" '.parts[$p] | .status + " " + .text' \
			"$T/health"
}

test_expect 'before anything happened there are zeros, not gaps' '
	scrape && is "$(number pawl_job_retries_total)" 0 &&
	is "$(number pawl_job_wait_seconds_count)" 0 &&
	is "$(number "pawl_queue_jobs{state=\"pending\"}")" 0 &&
	is "$(number pawl_workerd_up)" 1
'

test_expect 'a run that succeeds, one that fails, one that is ignored' '
	push demo <<-\YML && wait_run 60 demo 1 &&
	on: {push: {branches: [main]}}
	jobs:
	  a: {runs-on: x, steps: [{run: echo one}, {run: echo two}]}
	  b: {runs-on: x, needs: a, if: false, steps: [{run: "true"}]}
	YML
	delivery=$(jq -r .id "$hook_answer") &&
	push demo <<-\YML && wait_run 60 demo 2 failed &&
	on: {push: {branches: [main]}}
	jobs: {a: {runs-on: x, steps: [{run: "exit 3"}]}}
	YML
	push demo other <<-\YML &&
	on: {push: {branches: [main]}}
	jobs: {a: {runs-on: x, steps: [{run: "true"}]}}
	YML
	none() { is "$(sql "SELECT count(*) FROM deliveries
		WHERE state = \"received\"")" 0; } && wait_for 30 none &&
	curl -s -o "$T/body" -H "X-Gitea-Event: push" --data "{}" \
		"$base_url/hook/gitea/ada/demo"
'

# recount FAMILY LABEL QUERY - the series are what the query counts.
recount()
{
	sql "$3" | while IFS="|" read -r value n; do
		echo "$1{$2=\"$value\"} $n"
	done | sort >want
	grep "^$1{" "$T/metrics" | sort >got
	[ -s want ] && test_cmp want got
}

test_expect 'counters are what a count of the tables says' '
	scrape &&
	recount pawl_runs_total result "SELECT state, count(*) FROM runs
		GROUP BY state" &&
	recount pawl_jobs_total result "SELECT state, count(*) FROM jobs
		GROUP BY state" &&
	recount pawl_step_duration_seconds_count result "SELECT state,
		count(*) FROM steps WHERE started_at_ms IS NOT NULL
		GROUP BY state" &&
	recount pawl_deliveries_total forge "SELECT forge, count(*)
		FROM deliveries GROUP BY forge" &&
	recount pawl_deliveries_settled_total "forge=\"gitea\",verdict" \
		"SELECT state, count(*) FROM deliveries GROUP BY state" &&
	recount pawl_webhooks_refused_total status "SELECT status, count(*)
		FROM refusals GROUP BY status" &&
	is "$(number pawl_job_wait_seconds_count)" "$(sql "SELECT count(*)
		FROM jobs WHERE attempt > 0")"
'

test_expect 'transitions are those of the events' '
	sql "SELECT type, coalesce(data ->> \"from\", \"\"),
		coalesce(data ->> \"to\", \"\"), count(*) FROM events
		GROUP BY 1, 2, 3" | while IFS="|" read -r type from to n; do
		printf "pawl_events_total{type=\"%s\",from=\"%s\",to=\"%s\"} %s\n" \
			"$type" "$from" "$to" "$n"
	done | sort >want &&
	grep "^pawl_events_total{" "$T/metrics" | sort >got && test_cmp want got
'

test_expect 'they are there under the names of workflow engines, too' '
	is "$(number "workflow_pipeline_executions_total{status=\"failed\"}")" 1 &&
	is "$(number workflow_pipeline_error_rate)" 0.5 &&
	is "$(number workflow_pipeline_active_executions)" 0 &&
	is "$(number workflow_worker_pool_queue_depth)" 0 &&
	is "$(number workflow_dlq_depth)" 0 &&
	is "$(number "workflow_event_store_events_total{event_type=\"run.created\"}")" 2 &&
	is "$(number "workflow_step_executions_total{status=\"succeeded\"}")" 2 &&
	is "$(number "workflow_connector_health{connector=\"database\"}")" 1
'

test_expect 'whoever asks for OpenMetrics gets it, others plain text' '
	grep -qi "^content-type: text/plain; version=0.0.4" "$T/head" &&
	grep -qx "# TYPE pawl_runs_total counter" "$T/metrics" &&
	scrape "application/openmetrics-text; version=1.0.0,*/*;q=0.1" &&
	grep -qi "^content-type: application/openmetrics-text; version=1.0.0" \
		"$T/head" &&
	grep -qx "# TYPE pawl_runs counter" "$T/metrics" &&
	grep -qx "# UNIT pawl_job_wait_seconds seconds" "$T/metrics" &&
	grep -qx "# TYPE pawl_build info" "$T/metrics" &&
	is "$(tail -n 1 "$T/metrics")" "# EOF"
'

if command -v promtool >"$T/promtool" 2>&1; then
	test_expect 'promtool finds nothing to say' '
		scrape && promtool check metrics <"$T/metrics" >out 2>&1 ||
			{ cat out; false; }
	'
else
	test_skip 'promtool finds nothing to say' 'no promtool here'
fi

test_expect 'all parts are well, and say how' '
	is "$(curl -sS "$base_url/healthz")" ok &&
	part workerd | grep -q "^ok runs, looked .* ago" &&
	is "$(jq -r .status "$T/health")" ok &&
	is "$(part database)" "ok can be written" &&
	is "$(part queue)" "ok 0 wait, 0 run" &&
	part engines | grep -q "^ok .*sandbox: works" &&
	part disk | grep -q "MiB free" &&
	is "$(number "pawl_engine_up{engine=\"sandbox\"}")" 1
'

test_expect 'a pause is a warning' '
	pawl queue pause --reason lunch >out && part queue | grep -q "^warn paused by" &&
	is "$(jq -r .status "$T/health")" warn &&
	pawl queue resume >out && is "$(part queue)" "ok 0 wait, 0 run"
'

test_expect 'one grep shows the whole way of a push' '
	cat "$T"/*.log | grep -F "$delivery" >way.log &&
	jq -r .component way.log | sort -u >got &&
	printf "%s\n" job pawl-hook planner workerd >want &&
	test_cmp want got && jq -r .message way.log >said &&
	for point in "webhook accepted" "planner started" "job enqueued" \
	    "delivery settled" "job picked up" "container started" \
	    "container stopped" "job ended"; do
		is "$(grep -cx "$point" said) $point" "1 $point" || return 1
	done
'

# cgi_metrics [TOKEN] - the status, of a handler that was told to be discreet.
cgi_metrics()
{
	printf 'metrics-public: false\n' | cat "$config" - >"$T/shut.yaml"
	env REQUEST_METHOD=GET REQUEST_URI="/${base_url#*://*/}/metrics" \
		${1:+HTTP_AUTHORIZATION="Bearer $1"} \
		"$PAWL_LIBEXEC_DIR/pawl-api" --config "$T/shut.yaml" \
		>"$T/cgi.out"
	sed -n 's/^Status: \([0-9]*\).*/\1/p' "$T/cgi.out" | grep . || echo 200
}

test_expect 'numbers may be for those alone who show a token' '
	token=$(pawl token add scraper --role reader 2>/dev/null) &&
	is "$(cgi_metrics)" 401 && ! grep -q pawl_runs "$T/cgi.out" &&
	is "$(cgi_metrics "$token")" 200 && grep -q "^pawl_runs_total" "$T/cgi.out"
'

test_expect 'with workerd down all is answered, and it is said' '
	workerd_stop && part workerd | grep -q "^warn does not run" &&
	scrape && is "$(number pawl_workerd_up)" 0 &&
	is "$(curl -sS -o /dev/null -w "%{http_code}" \
		"$base_url/healthz?verbose")" 200 &&
	curl -sSf -o "$T/body" "$base_url/ada/demo"
'

test_expect 'work that waits for it long makes it a fault' '
	push demo <<-\YML &&
	on: push
	jobs: {a: {runs-on: x, steps: [{run: "true"}]}}
	YML
	sqlite3 "$db" "UPDATE deliveries SET received_at_ms =
		received_at_ms - 120000 WHERE state = \"received\"" &&
	is "$(curl -sS -o /dev/null -w "%{http_code}" \
		"$base_url/healthz?verbose")" 503 &&
	part workerd | grep -q "^fail does not run.*a delivery waits for 2 min"
'

test_done

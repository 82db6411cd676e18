#!/bin/bash
# live.t - streams of events and logs, through a real nginx.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/e2e.sh"

LINES_FAST=6000

handlers='hook api web events'
pawl_setup 'max-streams: 215' 'max-streams-of-address: 210'
repo_new ada demo || bail 'no repository'
repo_new ada hidden || bail 'no repository'
workerd_start || bail 'no workerd'
api=$base_url/api/v1/repos/ada/demo

run_is()
{
	[ "$(run_state demo "$1")" = "$2" ]
}

# stream NAME PATH [ARGUMENT-OF-CURL...] - read into $T/NAME; sets stream_pid
stream()
{
	curl -sN -m 60 -D "$T/$1.head" "${@:3}" "$2" >"$T/$1" &
	stream_pid=$!
	wait_for 10 grep -q '^: connected' "$T/$1"
}

ended()
{
	wait_for 30 gone "$1"
}

# data NAME - the JSON of each event of a stream.
data()
{
	sed -n 's/^data: //p' "$T/$1"
}

# reader NAME COMMAND... - one of node, in the background: $T/NAME is what it
# prints, descriptor 9 what it reads; sets reader_pid.
reader()
{
	local name=$1
	shift
	rm -f "$T/feed"
	mkfifo "$T/feed" || return 1
	node "$srcdir/t/lib/$1" "${@:2}" <"$T/feed" >"$T/$name" \
	    2>"$T/$name.err" 9>&- &
	reader_pid=$!
	at_end stop_pid "$reader_pid"
	exec 9>"$T/feed"
}

has_line()
{
	grep -q -- "$1" "$2"
}

push demo <<'YML' || bail 'no push'
on: push
jobs:
  build:
    runs-on: sandbox
    steps:
      - name: wait
        run: |
          echo begun
          while [ ! -e /tmp/never ] && [ "$((n = n + 1))" -le 30 ]; do
            sleep 0.1
          done
          printf 'quote " and \\ tab \t not UTF-8 \377 end\n'
      - name: complain
        run: echo "to stderr" >&2
YML
wait_for 30 log_has begun demo 1 build || bail 'no log'

test_expect 'a run is followed from its beginning to its end' '
	stream events "$api/runs/1/events" && pid=$stream_pid &&
	stream lines "$api/runs/1/jobs/build/logs/stream" &&
	stream all "$base_url/api/runs/$(run_id demo 1)/logs" &&
	stream step "$base_url/api/runs/$(run_id demo 1)/logs?job=build&step=complain" &&
	is "$(sed -n 1p "$T/events")" ": connected" &&
	grep -qi "^content-type: text/event-stream" "$T/events.head" &&
	grep -qi "^cache-control: no-cache" "$T/events.head" &&
	wait_run 30 demo 1 && ended "$pid" && ended "$stream_pid" &&
	is "$(tail -n 3 "$T/events" | head -n 2)" "$(printf "%s\n%s" \
	    "event: end" "data: {\"state\":\"succeeded\"}")" &&
	is "$(data events | jq -r "select(.seq) | .seq" | tr "\n" " ")" \
	    "$(seq -s " " "$(sql "SELECT count(*) FROM events")") "
'

test_expect 'an event says what happened, where, and how long it took' '
	data events | jq -c "select(.type == \"step.completed\" and
	    .step == 1)" >"$T/one" &&
	is "$(jq -r "\"\(.repository) \(.run) \(.job) \(.data.to)\"" \
	    "$T/one")" "ada/demo 1 build succeeded" &&
	[ "$(jq .duration_ms "$T/one")" -ge 1000 ] &&
	is "$(grep -c "^event: step" "$T/events")" 4 &&
	is "$(grep -c "^event: job" "$T/events")" 5
'

test_expect 'a late joiner gets the earlier lines, each with its place' '
	is "$(data lines | jq -r "select(.line) |
	    \"\(.step) \(.step_name) \(.stream) \(.offset) \(.line)\"")" \
	    "$(printf "%s\n" "1 wait stdout 0 begun" \
	    "1 wait stdout 6 quote \" and \\ tab 	 not UTF-8 � end" \
	    "2 complain stderr 42 to stderr")" &&
	is "$(data lines | jq -r "select(.line) | .at" | sort -c && echo ok)" \
	    ok &&
	is "$(data all | jq -c "select(.line) | .line")" \
	    "$(data lines | jq -c "select(.line) | .line")" &&
	is "$(data step | jq -r "select(.line) | .line")" "to stderr"
'

test_expect 'a stream goes on behind an id, by header or argument' '
	curl -sN -m 20 -H "Last-Event-ID: 6" \
	    "$api/runs/1/jobs/build/logs/stream" >"$T/rest" &&
	is "$(data rest | jq -r "select(.line) | .offset" | tr "\n" " ")" \
	    "6 42 " &&
	id=$(sed -n "s/^id: //p" "$T/all" | head -n 1) &&
	curl -sN -m 20 "$base_url/api/runs/$(run_id demo \
	    1)/logs?last_event_id=$id" >"$T/rest" &&
	is "$(data rest | jq -r "select(.line) | .offset" | tr "\n" " ")" \
	    "6 42 " &&
	id=$(sed -n "s/^id: //p" "$T/events" | tail -n 2 | head -n 1) &&
	curl -sN -m 20 "$api/runs/1/events?last_event_id=$id" >"$T/rest" &&
	is "$(grep "^event:" "$T/rest")" "$(printf "event: run\nevent: end")" &&
	is "$(web_status -H "Last-Event-ID: x" "$api/runs/1/events")" 400
'

test_expect 'a step is told of soon after it has ended' '
	stream repo "$api/events" && pid=$stream_pid &&
	push demo <<-YML &&
		on: push
		jobs: {a: {runs-on: sandbox, steps: [{run: echo hi}]}}
	YML
	wait_run 30 demo 2 &&
	wait_for 5 has_line "\"run.completed\"" "$T/repo" &&
	stop_pid "$pid"
'

test_expect 'fifty breaks in a fast log lose and double nothing' '
	push demo <<-YML &&
		on: push
		jobs:
		  fast:
		    runs-on: sandbox
		    steps:
		      - run: |
		          for i in \$(seq $LINES_FAST); do
		            echo "line \$i"
		            [ \$((i % 600)) -ne 0 ] || sleep 0.3
		          done
	YML
	wait_for 30 log_has "line 1" demo 3 fast &&
	reader one streams.mjs resume "$api/runs/3/jobs/fast/logs/stream" \
	    50 && one=$reader_pid &&
	reader two streams.mjs resume \
	    "$base_url/api/runs/$(run_id demo 3)/logs" 50 &&
	two=$reader_pid &&
	wait_for 20 has_line "line 700\"" "$T/one" &&
	kill -9 "$(pids_of pawl-events)" && wait_for 10 gone "$events_pid" &&
	handler_start events && nginx_reload &&
	ended "$one" && ended "$two" &&
	 is "$(cat "$T/one.err" "$T/two.err" | uniq)" "50 breaks" &&
	seq -f "line %.0f" $LINES_FAST >"$T/expect" &&
	jq -r .line "$T/one" | cmp - "$T/expect" &&
	jq -r .line "$T/two" | cmp - "$T/expect"
'

test_expect 'a slow reader costs little memory and loses nothing' '
	push demo <<-YML &&
		on: push
		jobs:
		  wide:
		    runs-on: sandbox
		    steps:
		      - run: seq -f "%.0f $(printf %0200d 0)" 40000
	YML
	wait_run 60 demo 4 &&
	reader slow streams.mjs slow "$api/runs/4/jobs/wide/logs/stream" &&
	wait_for 10 has_line open "$T/slow" &&
	stream quick "$api/runs/4/jobs/wide/logs/stream" &&
	ended "$stream_pid" && is "$(grep -c "^event: log" "$T/quick")" 40000 &&
	peak=$(peak_kib "$(pids_of pawl-events)") &&
	[ "$peak" -lt 32768 ] &&
	echo go >&9 && ended "$reader_pid" &&
	is "$(tail -n +2 "$T/slow" | jq -r .line | cut -d" " -f1 | cmp - \
	    <(seq 40000) && echo same)" same
'

test_expect 'two hundred readers are told, and one too many is refused' '
	reader many streams.mjs many "$api/events" 200 &&
	many=$reader_pid && wait_for 20 has_line open "$T/many" &&
	push demo <<-YML &&
		on: push
		jobs: {a: {runs-on: sandbox, steps: [{run: echo hi}]}}
	YML
	wait_for 20 has_line told "$T/many" &&
	pid=$(pids_of pawl-events) &&
	grep -h "^Rss\|^Pss:" "/proc/$pid/smaps_rollup" >"$T/memory" &&
	[ "$(sed -n "s/^Rss: *\([0-9]*\).*/\1/p" "$T/memory")" -lt 20480 ] &&
	exec 8>&9 &&
	reader ten streams.mjs many "$api/events" 10 &&
	wait_for 20 has_line open "$T/ten" &&
	curl -sS "$base_url/metrics" | grep -q "^pawl_streams 210\$" &&
	is "$(web_status "$api/events")" 503 &&
	is "$(header retry-after)" 5 &&
	grep -q too-many-streams "$T/body" &&
	exec 8>&- 9>&- && ended "$many" && ended "$reader_pid" &&
	wait_run 30 demo 5
'

note "with a reader of 8 MB that does not read: at most $peak KiB;" \
    "with 200 streams: $(tr -s ' \n' ' ' <"$T/memory")"

test_expect 'a private repository is as one that is not there' '
	sqlite3 "$db" "UPDATE repos SET visibility = '\''private'\''
	    WHERE name = '\''hidden'\''" &&
	hidden=$base_url/api/v1/repos/ada/hidden/events &&
	is "$(web_status "$hidden")" 404 &&
	sed "s/hidden/nothing/g; /correlation/d" "$T/body" >"$T/expect" &&
	is "$(web_status "${hidden%/hidden/*}/nothing/events")" 404 &&
	sed /correlation/d "$T/body" | cmp - "$T/expect"
'

test_expect 'who may read it follows it, until the token is removed' '
	token=$(pawl token add --role reader reader) &&
	auth="Authorization: Bearer $token" &&
	stream mine "$hidden" -H "$auth" && pid=$stream_pid &&
	stream every "$base_url/api/v1/events" -H "$auth" &&
	stream others "$base_url/api/v1/events" &&
	push hidden <<-YML &&
		on: push
		jobs: {a: {runs-on: sandbox, steps: [{run: echo hi}]}}
	YML
	wait_run 30 hidden 1 &&
	wait_for 10 has_line "run.completed" "$T/mine" &&
	wait_for 10 has_line "run.completed" "$T/every" &&
	pawl token remove reader && ended "$pid" &&
	is "$(tail -n 2 "$T/mine" | head -n 1)" \
	    "data: {\"state\":\"denied\"}" &&
	! has_line hidden "$T/others" && stop_pid "$stream_pid"
'

test_expect 'pages follow by live.js, and give the connection back' '
	reader live live_client.mjs "$srcdir/htdocs/live.js" \
	    "$api/events" && wait_for 10 has_line "state open" "$T/live" &&
	echo hide >&9 && wait_for 10 has_line "state hidden" "$T/live" &&
	push demo <<-YML &&
		on: push
		jobs: {a: {runs-on: sandbox, steps: [{run: echo hi}]}}
	YML
	wait_run 30 demo 6 && ! has_line "^run " "$T/live" &&
	echo show >&9 && wait_for 10 has_line "run.completed" "$T/live" &&
	stop_pid "$reader_pid"
'

idle_start()
{
	spawn-fcgi -n -M 0666 -s "$run/events.sock" -- \
	    "$PAWL_LIBEXEC_DIR/pawl-events" --config "$config" --idle 1 \
	    2>>"$T/events.log" &
	idle_pid=$!
	at_end stop_pid "$idle_pid"
	wait_for 10 test -S "$run/events.sock"
}

test_expect 'it ends when nobody follows anything, and not before' '
	stop_pid "$events_pid" && rm -f "$run/events.sock" &&
	idle_start && stream held "$api/events" &&
	sleep 1.5 && kill -0 "$idle_pid" &&
	stop_pid "$stream_pid" && wait_for 10 gone "$idle_pid"
'

test_expect 'nothing went wrong on the way' '
	! grep -E "\"level\":\"(error|warn)\"" "$T/events.log"
'

test_no_leaks
test_done

#!/bin/bash
# crash.t - kill -9 anywhere: nothing is lost, nothing is left, attempts are
# counted.
#
# The lease is long here on purpose: what a death is noticed by must be the
# death itself.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'lease: 30 min' 'max-attempts: 3'

# push_ticks NAME COUNT - a job that prints ten lines a second.
push_ticks()
{
	push "$1" <<-YML
	on: push
	jobs:
	  slow:
	    runs-on: linux
	    steps:
	      - run: |
	          i=0
	          while [ \$i -lt $2 ]; do
	            i=\$((i + 1)); echo "tick \$i"; sleep 0.1
	          done
	          echo done
	YML
}

# ticks_whole FILE LEAST - its ticks are 1, 2, 3 ... to at least LEAST.
ticks_whole()
{
	grep '^tick ' "$1" >"$T/ticks" &&
	seq -f 'tick %.0f' "$(wc -l <"$T/ticks")" >"$T/want" &&
	test_cmp "$T/want" "$T/ticks" &&
	[ "$(wc -l <"$T/ticks")" -ge "$2" ]
}

# the_job - the pid of the only job's process. Asked of the database: looking
# through all processes takes longer on a busy machine than the job does.
the_job()
{
	sql "SELECT pid FROM jobs WHERE state IN ('assigned', 'running')"
}

test_expect 'repositories and workerd are there' '
	repo_new ada demo && workerd_start
'

test_expect 'workerd killed between the answer and the planning' '
	kill -STOP "$workerd_pid" && push_ticks demo 1 &&
	is "$hook_status" 202 && is "$(sql "SELECT count(*) FROM runs")" 0 &&
	workerd_kill && workerd_start && wait_run 60 demo 1 &&
	is "$(job attempt demo 1 slow)" 1 &&
	is "$(sql "SELECT count(*) FROM runs")" 1
'

test_expect 'a planner killed while it fetches: another plans the delivery' '
	kill -STOP "$workerd_pid" && push_ticks demo 1 &&
	git_pid=$(cat "$T/git.pid") && git_children=$(pgrep -P "$git_pid") &&
	kill -STOP $git_pid $git_children && kill -CONT "$workerd_pid" &&
	wait_for 20 sh -c "[ -n \"\$(pgrep -P $workerd_pid pawl-planner)\" ]" &&
	kill -9 $(pids_of pawl-planner) &&
	kill -CONT $git_pid $git_children && wait_run 60 demo 2 &&
	is "$(sql "SELECT count(*) FROM runs")" 2
'

test_expect 'a job killed in mid-step runs again as attempt 2' '
	push_ticks demo 40 && wait_for 60 log_has "tick 10" demo 3 slow &&
	kill -9 "$(the_job)" && log_of demo 3 slow >seen &&
	wait_run 60 demo 3 && is "$(job attempt demo 3 slow)" 2 &&
	log_of demo 3 slow 2 | grep -qx done && events_whole demo 3
'

test_expect 'the log of attempt 1 is whole up to the kill' '
	log_of demo 3 slow 1 >first && ticks_whole first 10 &&
	! grep -qx done first &&
	cmp -n "$(wc -c <seen)" seen first
'

test_expect 'the index of attempt 1 has whole lines only' '
	index=$(log_file demo 3 slow) && index=${index%.log}.idx &&
	curl -sSf "$base_url/$index" | jq -c . >/dev/null
'

test_no_leaks

test_expect 'workerd and job killed at once: the restart takes it up again' '
	push_ticks demo 40 && wait_for 60 log_has "tick 10" demo 4 slow &&
	kill -9 "$workerd_pid" "$(the_job)" &&
	wait_for 10 gone "$workerd_pid" && workerd_start &&
	wait_run 60 demo 4 && is "$(job attempt demo 4 slow)" 2 &&
	log_of demo 4 slow 1 >first && ticks_whole first 10 &&
	log_of demo 4 slow 2 >second && ticks_whole second 40 &&
	events_whole demo 4
'

test_expect 'a job killed at every attempt fails with the reason' '
	push_ticks demo 100 &&
	for attempt in 1 2 3; do
		wait_for 60 log_has "tick 3" demo 5 slow "$attempt" &&
		kill -9 "$(the_job)" || break
	done &&
	wait_run 60 demo 5 failed && is "$(job attempt demo 5 slow)" 3 &&
	job reason demo 5 slow && [ -n "$(job reason demo 5 slow)" ]
'

test_no_leaks
test_done

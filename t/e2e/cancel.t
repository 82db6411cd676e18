#!/bin/bash
# cancel.t - jobs that are told to end, or run out of time: queued, running,
# and deaf to TERM.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 1' 'cancel-grace: 2 s'

# push_script NAME SCRIPT-LINE... - one job "a" with one step.
push_script()
{
	local name=$1
	shift
	{
		printf 'on: push\njobs:\n  a:\n    runs-on: linux\n    steps:\n      - run: |\n'
		printf '          %s\n' "$@"
	} >script.yml
	push "$name" <script.yml
}

test_expect 'repositories and workerd are there' '
	repo_new ada demo && workerd_start
'

test_expect 'a running job is cancelled, and its log says so' '
	push_script demo "echo ready" "sleep 600" "echo never" &&
	wait_for 60 log_has ready demo 1 a && pawl cancel ada/demo#1 &&
	wait_run 60 demo 1 cancelled && job_is cancelled demo 1 a &&
	log_of demo 1 a | grep -qi "^pawl: .*cancel" &&
	! log_has never demo 1 a && events_whole demo 1
'

test_expect 'a step may clean up when it is cancelled' '
	push_script demo "trap \"echo cleaned; exit 1\" TERM" \
		"echo ready" "while :; do sleep 0.1; done" &&
	wait_for 60 log_has ready demo 2 a && pawl cancel ada/demo#2 &&
	wait_run 60 demo 2 cancelled && log_has cleaned demo 2 a
'

test_expect 'one that ignores TERM is killed after the grace' '
	push_script demo "trap \"\" TERM" "echo ready" \
		"while :; do sleep 0.1; done" &&
	wait_for 60 log_has ready demo 3 a && pawl cancel ada/demo#3 &&
	wait_run 60 demo 3 cancelled
'

test_expect 'a queued run is cancelled at once and never starts' '
	push_script demo "echo ready" "sleep 600" &&
	wait_for 60 log_has ready demo 4 a &&
	push_script demo "echo never" &&
	wait_for 60 job_is pending demo 5 a && pawl cancel ada/demo#5 &&
	wait_run 10 demo 5 cancelled &&
	is "$(job attempt demo 5 a)" 0 && job_is running demo 4 a
'

test_expect 'a run that is over cannot be cancelled' '
	! pawl cancel ada/demo#5 >got 2>&1 && cat got && [ -s got ]
'

test_expect 'cancelling frees the place for the next in the queue' '
	push_script demo "echo next" && wait_for 60 job_is pending demo 6 a &&
	pawl cancel ada/demo#4 && wait_run 60 demo 6
'

test_expect 'a step that takes too long fails with its time-out named' '
	push demo <<-\YML && wait_run 60 demo 7 failed &&
	on: push
	jobs:
	  a:
	    runs-on: linux
	    steps:
	      - run: echo ready; sleep 600
	        timeout-minutes: 0.02
	      - run: echo never
	YML
	job reason demo 7 a | grep -q "timed out" &&
	log_of demo 7 a | grep -q "^pawl: .*timed out" &&
	! log_has never demo 7 a
'

test_expect 'a job that takes too long fails with its time-out named' '
	everything_stop &&
	config_write "max-jobs: 1" "job-timeout: 2 s" "cancel-grace: 1 s" &&
	workerd_start && push_script demo "echo ready" "sleep 600" &&
	wait_run 60 demo 8 failed &&
	job reason demo 8 a | grep -q "timed out" &&
	job reason demo 8 a | grep -q job-timeout
'

test_no_leaks
test_done

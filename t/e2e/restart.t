#!/bin/bash
# restart.t - workerd is restarted, gently and by kill -9, while a job of ten
# seconds runs: the job goes on as if nothing happened.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

test_expect 'a job of ten seconds has started' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  long:
	    runs-on: linux
	    steps:
	      - run: |
	          for i in $(seq 100); do echo "tick $i"; sleep 0.1; done
	  after:
	    needs: long
	    runs-on: linux
	    steps:
	      - run: echo after
	YML
	wait_for 60 log_has "tick 10" demo 1 long && job_pid=$(pids_of pawl-job)
'

test_expect 'TERM ends workerd and leaves the job running' '
	stop_pid "$workerd_pid" && alive "$job_pid" &&
	wait_for 60 log_has "tick 20" demo 1 long
'

test_expect 'a started workerd adopts the job' '
	workerd_start && wait_for 60 log_has "tick 40" demo 1 long &&
	alive "$job_pid" && is "$(pids_of pawl-job)" "$job_pid"
'

test_expect 'kill -9 of workerd does not touch it either' '
	workerd_kill && wait_for 60 log_has "tick 60" demo 1 long &&
	alive "$job_pid" && workerd_start
'

test_expect 'the job ends right, in its first attempt, and the next one runs' '
	wait_run 60 demo 1 && is "$(job attempt demo 1 long)" 1 &&
	is "$(job attempt demo 1 after)" 1
'

test_expect 'its log is whole' '
	log_of demo 1 long | grep "^tick" >got &&
	seq -f "tick %.0f" 100 >want && test_cmp want got
'

test_expect 'nothing in its events tells of the restarts' '
	events_whole demo 1 &&
	is "$(event_count demo 1 job.requeued)" 0 &&
	is "$(event_count demo 1 job.assigned)" 2
'

test_expect 'a job that ended while workerd was away is noticed after' '
	push demo <<-\YML &&
	on: push
	jobs:
	  short:
	    runs-on: linux
	    steps:
	      - run: for i in $(seq 30); do echo "tick $i"; sleep 0.1; done
	  after:
	    needs: short
	    runs-on: linux
	    steps:
	      - run: echo after
	YML
	wait_for 60 log_has "tick 3" demo 2 short && workerd_kill &&
	wait_for 60 job_is succeeded demo 2 short && workerd_start &&
	wait_run 60 demo 2
'

test_no_leaks
test_done

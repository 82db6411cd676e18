#!/bin/bash
# docker-down.t - the engine does not answer: that is the infrastructure's
# fault, tried again up to max-attempts, and said so that one can mend it.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'engine: docker' "docker-socket: $T/nobody.sock" 'max-attempts: 2'

test_expect 'a job whose engine is down fails after max-attempts' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  a: {image: busybox, steps: [{run: echo never}]}
	YML
	wait_run 120 demo 1 failed && is "$(job attempt demo 1 a)" 2
'

test_expect 'the reason names the socket and what to do' '
	job reason demo 1 a && job reason demo 1 a | grep -q "$T/nobody.sock" &&
	log_of demo 1 a 2 | grep -q "^pawl: .*$T/nobody.sock"
'

test_expect 'the first attempt was given back as the fault of the host' '
	is "$(event_count demo 1 job.requeued)" 1 && events_whole demo 1
'

test_no_leaks
test_done

#!/bin/bash
# docker-down.t - the engine does not answer: that is the infrastructure's
# fault, tried again up to max-attempts, and said so that one can mend it.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"
. "$srcdir/t/lib/engines.sh"

pawl_setup 'engine: docker' "docker-socket: $T/nobody.sock" 'max-attempts: 2'

# attempt_over - the first attempt of run 2 was given back.
attempt_over()
{
	[ "$(event_count demo 2 job.requeued)" -ge 1 ]
}

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

if why=$(engine_missing docker); then
	test_skip 'dockerd goes away in mid-job' "$why"
	test_no_leaks
	test_done
fi
mkdir -p "$T/e"
at_end engines_stop "$T/e"
{ docker_start "$T/e" && image_load "$T/e/docker.sock"; } >docker.log 2>&1 ||
	bail "docker did not start: $(tail -n 3 docker.log)"

test_expect 'dockerd goes away in mid-job: given back, and run when it is there' '
	workerd_stop && config_write "engine: docker" "max-attempts: 10" \
		"docker-socket: $T/e/docker.sock" && workerd_start &&
	push demo <<-\YML &&
	on: push
	jobs:
	  a:
	    image: busybox
	    steps:
	      - run: |
	          i=0
	          while [ $i -lt 60 ]; do
	            i=$((i + 1)); echo "tick $i"; sleep 0.1
	          done
	          echo done
	YML
	wait_for 120 log_has "tick 10" demo 2 a && docker_stop "$T/e" &&
	wait_for 120 attempt_over && docker_start "$T/e" &&
	wait_run 240 demo 2 && [ "$(job attempt demo 2 a)" -ge 2 ]
'

test_expect 'the log of the first attempt says why it ended' '
	log_of demo 2 a 1 >first && tail -n 5 first &&
	grep -q "^pawl: " first && ! grep -qx done first &&
	events_whole demo 2
'

test_no_leaks
test_done

#!/bin/bash
# disk-full.t - a state directory without room: nothing is lost, nothing
# spins, and all goes on when there is room again.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/tap.sh disable=SC2016,SC2154
. "${srcdir:-.}/t/lib/tap.sh"
# shellcheck source=t/lib/worker.sh
. "$srcdir/t/lib/worker.sh"

mkdir "$T/state"
if ! mount -t tmpfs -o size=16m pawl-test "$T/state" 2>"$T/mount.err"; then
	test_skip 'a full disk' "no file system of a size can be made here: $(
		cat "$T/mount.err")"
	test_done
fi
at_end umount -l "$T/state"
worker_setup
worker_start

errors()
{
	grep -c '"level":"error"' "$T/workerd.log"
}

fill_disk()
{
	! head -c 20m /dev/zero >"$state/fill" 2>"$T/fill.err"
}

test_expect 'a push is waiting when the disk becomes full' '
	commit_pipeline "on: push" jobs: \
	    "  a: {runs-on: x, steps: [{run: echo fine}]}" &&
	kill -STOP "$worker" && deliver && fill_disk && kill -CONT "$worker" &&
	wait_for 30 worker_said "disk is full"
'

test_expect 'workerd says so about once a second, no more' '
	sleep 4 && echo "$(errors) errors" && [ "$(errors)" -lt 30 ]
'

test_expect 'with room again the push is planned and runs' '
	rm "$state/fill" && wait_for 60 run_is 1 succeeded
'

test_done

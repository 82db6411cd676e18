#!/bin/bash
# engine-podman.t - the docker engine against a real Podman.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

service=podman title=Podman calls_itself='Podman'
. "$srcdir/t/lib/engine_service.sh"

# Podman's containers do not need its service.
test_expect 'a service that stops under a job: the step goes on' '
	engine_t watch "$socket" busybox >"$T/watch" 2>&1 & watcher=$!
	wait_for 60 grep -s running "$T/watch" && podman_stop "$T/e" &&
	! grep "^step" "$T/watch" && podman_start "$T/e" &&
	touch "$(sed -n "s/^running in //p" "$T/watch")/end" &&
	wait "$watcher" && cat "$T/watch" &&
	grep "^step: exited 0" "$T/watch" &&
	grep "^remove: 0" "$T/watch" && podman_stop "$T/e"
'

test_expect 'a service that was stopped is unavailable at its socket' '
	! engine_t probe docker "$socket" >"$T/about" &&
	grep "unavailable at \"$socket\"" "$T/about"
'

test_expect 'nothing of it is left' '
	engines_stop "$T/e" && is "$(mounts_below "$T/e")" "" &&
	[ ! -e "/run/netns/$(engine_namespace "$T/e")" ]
'

test_done

#!/bin/bash
# engine-docker.t - the docker engine against a real Docker.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

service=docker title=Docker calls_itself='Docker'
. "$srcdir/t/lib/engine_service.sh"

# Docker ends its containers with itself.
test_expect 'a service that stops under a job: an error, and no hang' '
	engine_t watch "$socket" busybox >"$T/watch" 2>&1 & watcher=$!
	wait_for 60 grep -s running "$T/watch" && docker_stop "$T/e" &&
	wait "$watcher" && cat "$T/watch" &&
	grep "^step: .*unavailable at" "$T/watch" &&
	grep "^remove: -1 .*unavailable at" "$T/watch"
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

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

# orphan - a service that is killed in the middle of a start; sets id, and orphan
# to the process that it has forgotten.
orphan()
{
	local body='{"Image": "busybox", "Cmd": ["sleep", "1000"],
		"HostConfig": {"NetworkMode": "none"}}'
	id=$(curl -fsS --unix-socket "$socket" -H "Content-Type: application/json" \
		-d "$body" http://d/v1.41/containers/create | jq -r .Id) &&
	{ curl -s -o "$T/start" --unix-socket "$socket" -X POST \
		"http://d/v1.41/containers/$id/start" & } &&
	wait_for 20 container_process && kill -9 "$(cat "$T/e/podman/spawned")" &&
	wait_for 20 gone "$(cat "$T/e/podman/spawned")" &&
	rm -f "$socket" && podman_start "$T/e" && container_process
}

container_process()
{
	orphan=$(grep -ls "libpod-$id" /proc/[0-9]*/cgroup | cut -d/ -f3)
	[ -n "$orphan" ]
}

test_expect 'what a killed service has forgotten ends with its container' '
	podman_start "$T/e" && orphan &&
	engine_t remove "$socket" "$id" >"$T/removed" && cat "$T/removed" &&
	for pid in $orphan; do wait_for 20 gone "$pid" || return 1; done &&
	podman_stop "$T/e"
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

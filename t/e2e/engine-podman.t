#!/bin/bash
# engine-podman.t - the docker engine against a real Podman.
#
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016 # texts of tests are evaluated later
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/engines.sh"

if why=$(engine_missing podman); then
	test_skip 'the docker engine with Podman' "$why"
	test_done
fi

mkdir "$T/e" || bail 'no folder'
at_end engines_stop "$T/e"
socket=$T/e/podman.sock

test_expect 'without a service it names the socket and what to do' '
	! engine_t probe docker "$socket" >"$T/about" &&
	grep "unavailable at \"$socket\": no such socket; install" "$T/about"
'

test_expect 'Podman starts' '
	podman_start "$T/e" && image_load "$socket" && registry_start "$T/e" ||
		{ tail "$T"/e/podman/log; false; }
'

test_expect 'it says what answers' '
	engine_t probe docker "$socket" >"$T/about" &&
	grep "^docker: Podman Engine [0-9].*$socket, API 1\." "$T/about"
'

tap_program 'every behaviour with Podman' engine_t docker "$socket" busybox

# Root's files in the workspace of an ordinary user are given back to it.
mkdir -m 755 "$T/open" && cp "$builddir/libexec/pawl-init" \
	"$builddir/t/engine/engine-t" "$T/open/" && chmod 755 "$T/e" &&
	chmod 666 "$socket" || bail 'cannot copy'
tap_program 'every behaviour for an ordinary user' setpriv \
	--reuid=65533 --regid=65533 --clear-groups env \
	PAWL_LIBEXEC_DIR="$T/open" timeout 900 "$T/open/engine-t" \
	docker "$socket" busybox

test_expect 'an image that is not here is pulled, with its progress' '
	image_push "$socket" ci/app &&
	engine_t pull "$socket" 127.0.0.1:5001/ci/app >"$T/pull" &&
	grep "^progress: " "$T/pull" && grep "^here" "$T/pull"
'

test_expect 'then it is here' '
	engine_t pull "$socket" 127.0.0.1:5001/ci/app >"$T/pull" &&
	echo here >"$T/want" && test_cmp "$T/want" "$T/pull"
'

test_expect 'a tag that the registry does not have is not tried again' '
	! engine_t pull "$socket" 127.0.0.1:5001/ci/app:none >"$T/pull" &&
	cat "$T/pull" && ! grep "trying again" "$T/pull" &&
	grep "ci/app:none" "$T/pull"
'

test_expect 'a registry that does not answer is tried three times again' '
	service_stop "$T/e/registry/spawned" &&
	! engine_t pull "$socket" 127.0.0.1:5001/ci/other >"$T/pull" &&
	cat "$T/pull" && is "$(grep -c "trying again in [248] s" "$T/pull")" 3
'

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

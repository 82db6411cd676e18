# engine_service.sh - what the docker engine does with a real service, the same
# for Docker and Podman. Sourced by t/e2e/engine-docker.t and engine-podman.t,
# which set service (as t/lib/engines.sh names it), title (for people) and
# calls_itself (what the service says it is), and end with what differs.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
. "$srcdir/t/lib/engines.sh"

if why=$(engine_missing "$service"); then
	test_skip "the docker engine with $title" "$why"
	test_done
fi

mkdir "$T/e" || bail 'no folder'
at_end engines_stop "$T/e"
socket=$T/e/$service.sock

test_expect 'without a service it names the socket and what to do' '
	! engine_t probe docker "$socket" >"$T/about" &&
	grep "unavailable at \"$socket\": no such socket; install" "$T/about"
'

test_expect "$title starts" '
	"${service}_start" "$T/e" && image_load "$socket" && registry_start "$T/e" &&
	image_load "$socket" about "ENTRYPOINT [\"/bin/sh\", \"-c\"]" \
		"CMD [\"echo \\\"\$SAYS\\\"\"]" "USER ci" "WORKDIR /tmp" \
		"EXPOSE 8080/tcp" "EXPOSE 53/udp" "ENV SAYS=hi" ||
		{ tail "$T/e/$service/log"; false; }
'

test_expect 'it says what answers' '
	engine_t probe docker "$socket" >"$T/about" &&
	grep "^docker: $calls_itself [0-9].*$socket, API 1\." "$T/about"
'

# shellcheck disable=SC2034 # engine_t
engine_dir=$T/e
tap_program "every behaviour with $title" engine_t docker "$socket" busybox

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

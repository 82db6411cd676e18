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
# shellcheck disable=SC2034 # tap_program
service_log=$T/e/$service/log

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
tap_program 'every behaviour for an ordinary user' nsenter \
	--net="/run/netns/$(engine_namespace "$T/e")" setpriv \
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

test_expect 'a registry that wants to know who asks' '
	registry_start "$T/e" locked && image_push "$socket" ci/own 5002 &&
	! engine_t pull "$socket" 127.0.0.1:5002/ci/own >"$T/pull" &&
	cat "$T/pull" && ! grep "trying again" "$T/pull" &&
	grep "a login is given by" "$T/pull" &&
	! engine_t pull "$socket" 127.0.0.1:5001/ci/none >"$T/pull" &&
	cat "$T/pull" && ! grep "a login" "$T/pull"
'

echo s3cret >"$T/password"
echo other >"$T/other"
test_expect 'is told by the login of the configuration' '
	echo "registries: {\"127.0.0.1:5002\": {username: ci, password: {file: $T/password}}}" >"$T/login.yaml" &&
	PAWL_TEST_CONFIG=$T/login.yaml engine_t pull "$socket" \
		127.0.0.1:5002/ci/own >"$T/pull" && cat "$T/pull" &&
	grep "^here" "$T/pull" && ! grep s3cret "$T/pull"
'

test_expect 'a wrong one is refused, and not tried again' '
	image_forget "$socket" ci/own 5002 &&
	sed s/password}/other}/ "$T/login.yaml" >"$T/other.yaml" &&
	! PAWL_TEST_CONFIG=$T/other.yaml engine_t pull "$socket" \
		127.0.0.1:5002/ci/own >"$T/pull" && cat "$T/pull" &&
	grep "a login is given by" "$T/pull" &&
	! grep "trying again" "$T/pull"
'

test_expect 'a config.json of Docker does as well' '
	printf "{\"auths\": {\"http://127.0.0.1:5002/v2/\": {\"auth\": \"%s\"}}}" \
		"$(printf ci:s3cret | base64)" >"$T/config.json" &&
	echo "docker-config: config.json" >"$T/login.yaml" &&
	PAWL_TEST_CONFIG=$T/login.yaml engine_t pull "$socket" \
		127.0.0.1:5002/ci/own >"$T/pull" && grep "^here" "$T/pull"
'

# own LOGIN IMAGE - as a job with this login ("": none) asks for it.
own()
{
	PAWL_TEST_STATE=$T/logins PAWL_TEST_LOGIN=$1 \
		engine_t pull "$socket" "$2" >"$T/pull"
}

private=127.0.0.1:5002/ci/own
test_expect 'what came by the login of a job is for those that have one' '
	image_forget "$socket" ci/own 5002 &&
	! own ci:wrong "$private" && is "$(ls "$T/logins/images/logins")" "" &&
	own ci:s3cret "$private" && own ci:s3cret "$private" && cat "$T/pull" &&
	grep "^here" "$T/pull" && ! own "" "$private" && cat "$T/pull" &&
	grep "a login is given by" "$T/pull" && ! own ci:wrong "$private"
'

test_expect 'by whatever name it is asked for' '
	curl -fsS --unix-socket "$socket" "http://d/v1.41/images/$private/json" \
		>"$T/json" && digest=$(jq -r .RepoDigests[0] "$T/json") &&
	id=$(jq -r ".Id | ltrimstr(\"sha256:\")" "$T/json") &&
	for name in "$digest" "$id" "${id:0:8}"; do
		! own "" "$name" || { echo "$name"; return 1; }
	done &&
	own ci:s3cret "$digest" && ! own ci:wrong "$digest" && cat "$T/pull"
'

test_expect 'until the registry gives it to everybody' '
	PAWL_TEST_CONFIG=$T/login.yaml own "" "$private" && own "" "$private" &&
	is "$(cat "$T/pull")" here &&
	own ci:s3cret "$private" && is "$(cat "$T/pull")" here &&
	is "$(ls "$T/logins/images/logins")" ""
'

test_expect 'an image is pulled as the configuration says' '
	echo "image-pull: never" >"$T/never.yaml" &&
	! PAWL_TEST_CONFIG=$T/never.yaml engine_t pull "$socket" \
		127.0.0.1:5001/ci/none >"$T/pull" &&
	grep "not here, and it is not to be pulled" "$T/pull" &&
	echo "image-pull: always" >"$T/always.yaml" &&
	PAWL_TEST_CONFIG=$T/always.yaml engine_t pull "$socket" \
		127.0.0.1:5001/ci/app >"$T/pull" && cat "$T/pull" &&
	grep "^progress: pulling" "$T/pull"
'

test_expect 'a registry that does not answer is tried three times again' '
	service_stop "$T/e/registry/spawned" &&
	! engine_t pull "$socket" 127.0.0.1:5001/ci/other >"$T/pull" &&
	cat "$T/pull" && is "$(grep -c "trying again in [248] s" "$T/pull")" 3
'

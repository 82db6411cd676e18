#!/bin/bash
# engine-images.t - the sandbox's store of images, with a real registry; and
# jobs that are killed while their sandbox starts.
#
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016 # texts of tests are evaluated later
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/engines.sh"

if why=$(engine_missing sandbox-images); then
	test_skip 'images of the sandbox' "$why"
	test_done
fi
image_layout "$T/images" || bail 'no image'

tap_program 'killed at any moment of a start, nothing is left' \
	engine_t kills '' '' 60
tap_program 'nor with an image' \
	engine_t kills "$T/images" oci:busybox:latest 60

export PAWL_TEST_STATE=$T/state PAWL_LIBEXEC_DIR=$builddir/libexec

test_expect 'two at once fetch and unpack once' '
	engine_t fetch "$T/images" oci:busybox:latest >"$T/one" & other=$!
	engine_t fetch "$T/images" oci:busybox:latest >"$T/two" &&
	wait "$other" && cat "$T/one" "$T/two" &&
	is "$(cat "$T/one" "$T/two" | grep -c unpacking)" 1 &&
	is "$(cat "$T/one" "$T/two" | grep -c "^here")" 2 &&
	is "$(ls -d "$T"/state/images/sha256-* | wc -l)" 1 &&
	is "$(find "$T/state/images" -maxdepth 1 -name ".tmp-*")" ""
'

test_expect 'one that is not to be pulled is not here' '
	! engine_t fetch-never "$T/images" oci:other:latest >"$T/out" &&
	grep "not to be pulled" "$T/out"
'

test_expect 'files of the host need a folder that is allowed' '
	! engine_t fetch "" oci:busybox:latest >"$T/out" &&
	grep "\"sandbox-image-dir\"" "$T/out" &&
	! engine_t fetch "$T/images" oci:/etc:x >"$T/out" &&
	grep "names a file below" "$T/out"
'

test_expect 'without umoci or skopeo it says what to install' '
	mkdir -p "$T/bin" && ln -sf "$(command -v bwrap)" "$T/bin/" &&
	! PATH=$T/bin "$builddir/t/engine/engine-t" fetch "$T/images" \
		oci:none:latest >"$T/out" && cat "$T/out" &&
	grep "install the package \"skopeo\"" "$T/out" &&
	ln -sf "$(command -v skopeo)" "$T/bin/" &&
	! PATH=$T/bin PAWL_TEST_STATE=$T/other \
		"$builddir/t/engine/engine-t" fetch "$T/images" \
		oci:busybox:latest >"$T/out" && cat "$T/out" &&
	grep "install the package \"umoci\"" "$T/out"
'

test_expect 'what a killed fetch leaves is removed, what is at work is not' '
	mkdir -p "$T/state/images/.tmp-left/image" &&
	mkdir "$T/state/images/.tmp-busy" &&
	exec 7>"$T/state/images/.tmp-busy/lock" && flock 7 &&
	engine_t sweep 0 >"$T/out" && cat "$T/out" &&
	is "$(cat "$T/out")" "removed: .tmp-left" &&
	[ -d "$T/state/images/.tmp-busy" ] && exec 7>&- &&
	engine_t sweep 0 >"$T/out" &&
	is "$(cat "$T/out")" "removed: .tmp-busy"
'

test_expect 'over the budget an image goes, unless it is in use' '
	lock=$(echo "$T"/state/images/sha256-*/lock) &&
	exec 7<"$lock" && flock -s 7 &&
	engine_t sweep 1 >"$T/out" && is "$(cat "$T/out")" "" &&
	exec 7<&- && engine_t sweep 1 >"$T/out" && cat "$T/out" &&
	grep "^removed: .tmp-sha256-" "$T/out" &&
	is "$(find "$T/state/images" -maxdepth 1 -name "*sha256*")" ""
'

# auto LINE... - "engine: auto" for a job with an image, and more settings.
auto()
{
	mkdir -p "$T/auto" && cd "$T/auto" && cat >.ci.yml <<-YML &&
	on: push
	jobs: {a: {image: "oci:busybox:latest", steps: [{run: echo ran}]}}
	YML
	printf '%s\n' "engine: auto" "sandbox-image-dir: $T/images" "$@" >conf &&
	PAWL_CONFIG=$T/auto/conf "$builddir/pawl" run >out 2>&1
}

if [ -e /var/run/docker.sock ] || [ -e /run/podman/podman.sock ] ||
	[ -n "${DOCKER_HOST:-}" ]; then
	test_skip 'images without a daemon' 'there is one'
else
	test_expect 'without a daemon "auto" takes the sandbox for an image' '
		auto && cat out && grep -x ran out
	'
	test_expect 'but not in place of one that is named' '
		! auto "docker-socket: $T/none" && cat out &&
		grep "no such socket" out
	'
fi

if why=$(engine_missing docker) || ! command -v docker-registry >/dev/null
then
	test_skip 'images of a registry' "${why:-docker-registry is missing}"
	test_done
fi
mkdir "$T/e" || bail 'no folder'
at_end engines_stop "$T/e"

there()
{
	nsenter --net="/run/netns/$(engine_namespace "$T/e")" env \
		PAWL_LIBEXEC_DIR="$builddir/libexec" timeout 300 "$@"
}

test_expect 'an image comes from a registry' '
	registry_start "$T/e" &&
	there skopeo copy --quiet --dest-tls-verify=false \
		"oci:$T/images/busybox:latest" \
		docker://127.0.0.1:5001/ci/app:1 &&
	there "$builddir/t/engine/engine-t" fetch "" \
		127.0.0.1:5001/ci/app:1 >"$T/out" && cat "$T/out" &&
	grep "^progress: pulling" "$T/out" && grep "^here" "$T/out"
'

test_expect 'asked always, the registry says that it is the same' '
	there "$builddir/t/engine/engine-t" fetch-always "" \
		127.0.0.1:5001/ci/app:1 >"$T/out" &&
	there "$builddir/t/engine/engine-t" fetch-always "" \
		127.0.0.1:5001/ci/app:1 >"$T/out" &&
	is "$(cat "$T/out")" here
'

test_expect 'a tag that it does not have is not tried again' '
	! there "$builddir/t/engine/engine-t" fetch "" \
		127.0.0.1:5001/ci/app:none >"$T/out" && cat "$T/out" &&
	! grep "trying again" "$T/out" && grep "ci/app:none" "$T/out"
'

# own LOGIN - as a job with this login ("": none) asks for it.
own()
{
	PAWL_TEST_LOGIN=$1 there "$builddir/t/engine/engine-t" fetch "" \
		127.0.0.1:5002/ci/own:1 >"$T/out"
}

test_expect 'what came by the login of a job is for those that have one' '
	registry_start "$T/e" locked &&
	there skopeo copy --quiet --dest-tls-verify=false \
		--dest-creds ci:s3cret "oci:$T/images/busybox:latest" \
		docker://127.0.0.1:5002/ci/own:1 &&
	! own "" && ! own ci:wrong && own ci:s3cret && own ci:s3cret &&
	cat "$T/out" && is "$(cat "$T/out")" here &&
	! own "" && cat "$T/out" && grep -i "auth" "$T/out" &&
	! PAWL_TEST_LOGIN='' there "$builddir/t/engine/engine-t" fetch-never \
		"" 127.0.0.1:5002/ci/own:1 >"$T/out" && grep never "$T/out"
'

test_done

#!/bin/bash
# engine-sandbox.t - the sandbox, as root and as an ordinary user.
#
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2016 # texts of tests are evaluated later
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/engines.sh"

if ! command -v bwrap >/dev/null; then
	test_skip 'the sandbox' 'bwrap is not installed'
	test_done
fi

tap_program 'every behaviour of the sandbox' engine_t sandbox

test_expect 'it says what it is' '
	engine_t probe sandbox "" >"$T/about" &&
	grep "^sandbox: bubblewrap [0-9]" "$T/about"
'

test_expect 'without bubblewrap it says what to install' '
	mkdir "$T/empty" &&
	! PATH=$T/empty PAWL_LIBEXEC_DIR=$builddir/libexec \
		"$builddir/t/engine/engine-t" probe sandbox "" >"$T/about" &&
	grep "install the package \"bubblewrap\"" "$T/about"
'

test_expect 'without pawl-init it says what to set' '
	! PAWL_LIBEXEC_DIR=$T/empty "$builddir/t/engine/engine-t" \
		probe sandbox "" >"$T/about" &&
	grep "$T/empty/pawl-init.*PAWL_LIBEXEC_DIR" "$T/about"
'

# Root can make control groups; "yes" is what was tried.
test_expect 'the page of guarantees tries them, and they hold' '
	mkdir "$T/state" && printf "state-dir: %s\n" "$T/state" >"$T/p.yaml" &&
	PAWL_LIBEXEC_DIR=$builddir/libexec "$builddir/pawl" admin \
		guarantees --json --config "$T/p.yaml" >"$T/page" &&
	is "$(jq -r ".[] | select(.engine == \"sandbox\") |
		select(.holds != \"yes\") | .guarantee" "$T/page")" "" &&
	is "$(jq "[.[] | select(.engine == \"sandbox\")] | length" \
		"$T/page")" 9
'

# As in a container: root, but without the right to mount.
if [ "$(id -u)" -eq 0 ]; then
	test_expect 'a root that may not mount is told what to do' '
		! PAWL_LIBEXEC_DIR=$builddir/libexec setpriv \
			--bounding-set=-sys_admin --inh-caps=-sys_admin \
			"$builddir/t/engine/engine-t" probe sandbox "" \
			>"$T/about" &&
		cat "$T/about" && grep "may not mount" "$T/about"
	'
fi

# Root also works from where its user cannot go; a user works from its own.
if [ "$(id -u)" -eq 0 ]; then
	mkdir -m 700 "$T/closed" "$T/closed/libexec" || bail 'cannot copy'
	cp "$builddir/libexec/pawl-init" "$T/closed/libexec/" ||
		bail 'cannot copy'
	tap_program 'root may keep Pawl where nobody else can go' env \
		PAWL_LIBEXEC_DIR="$T/closed/libexec" TMPDIR="$T/closed" \
		timeout 900 "$builddir/t/engine/engine-t" sandbox

	mkdir -m 755 "$T/open" || bail 'cannot copy'
	cp "$builddir/libexec/pawl-init" "$builddir/t/engine/engine-t" \
		"$T/open/" || bail 'cannot copy'
	tap_program 'every behaviour as an ordinary user' setpriv \
		--reuid=65533 --regid=65533 --clear-groups env \
		PAWL_LIBEXEC_DIR="$T/open" timeout 900 "$T/open/engine-t" sandbox
fi

# --- with an image ---------------------------------------------------------------

if why=$(engine_missing sandbox-images); then
	test_skip 'the sandbox with an image' "$why"
	test_done
fi
image_layout "$T/images" || bail 'no image'
chmod -R a+rX "$T/images"

tap_program 'every behaviour with an image' engine_t sandbox "$T/images" \
	oci:busybox:latest

# An ordinary user with and without ids of its own in /etc/subuid, which are
# put there for this test alone.
ordinary()
{
	setpriv --reuid=65533 --regid=65533 --clear-groups env \
		PAWL_LIBEXEC_DIR="$T/open" timeout 900 "$@" \
		"$T/open/engine-t" sandbox "$T/images" oci:busybox:latest
}

with_ids()
{
	{ cat /etc/passwd; echo 'pawl-t:x:65533:65533::/:/bin/sh'; } \
		>"$T/passwd" && echo 'pawl-t:600000:65536' >"$T/subuid" &&
	export -f ordinary && export T &&
	unshare -m bash -c 'mount --bind "$T/passwd" /etc/passwd &&
		mount --bind "$T/subuid" /etc/subuid &&
		mount --bind "$T/subuid" /etc/subgid && ordinary env'
}

if [ "$(id -u)" -eq 0 ]; then
	tap_program 'every behaviour as an ordinary user with one id' \
		ordinary env PAWL_TEST_ONE_ID=1
	if command -v newuidmap >/dev/null; then
		tap_program 'every behaviour as one with many' with_ids
	else
		test_skip 'every behaviour as one with many' \
			'newuidmap is not installed'
	fi
fi

test_done

# tap.sh - tests in shell: TAP lines, a folder of one's own, waiting for
# conditions, ending what was started. Source it first:
#
#	. "${srcdir:-.}/t/lib/tap.sh"
#	test_expect 'a title that states a behaviour' '
#		commands && joined && by_and
#	'
#	test_done
#
# The commands run in the shell of the test, so variables stay; what they
# print is shown, as comments, when they fail. The current folder is $T, a
# fresh one that goes at the end; $srcdir and $builddir are absolute.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

set -u
export LC_ALL=C

srcdir=$(cd "${srcdir:-.}" && pwd)
builddir=$(cd "${builddir:-.}" && pwd)
T=$(mktemp -d "${TMPDIR:-/tmp}/pawl-t-XXXXXX") || exit 1
chmod 755 "$T"
cd "$T" || exit 1
# Where a test leaves what a person may want to look at (screenshots).
# shellcheck disable=SC2034 # read by tests
test_output=${TEST_OUTPUT:-$builddir/t/output}

tap_run=0
tap_failed=0
cleanup_commands=()

note()
{
	printf '%s\n' "$@" | sed 's/^/# /'
}

# bail WHY - nothing more can be tested here.
bail()
{
	printf 'Bail out! %s\n' "$*"
	exit 1
}

# A function of its own, so that "return" in a script ends the script alone.
test_body()
{
	eval "$1"
}

# test_expect TITLE SCRIPT
test_expect()
{
	local result=0
	tap_run=$((tap_run + 1))
	test_body "$2" >"$T/test.out" 2>&1 </dev/null || result=$?
	if [ "$result" -eq 0 ]; then
		printf 'ok %d - %s\n' "$tap_run" "$1"
		return 0
	fi
	printf 'not ok %d - %s\n' "$tap_run" "$1"
	tap_failed=$((tap_failed + 1))
	note "ended with $result:" "$2"
	tail -n 60 "$T/test.out" | cut -c 1-400 | sed 's/^/#   /'
	return 0
}

# test_skip TITLE WHY - never used where CI is set: there, a missing part fails.
test_skip()
{
	tap_run=$((tap_run + 1))
	if [ -n "${CI:-}" ]; then
		printf 'not ok %d - %s\n# %s\n' "$tap_run" "$1" "$2"
		tap_failed=$((tap_failed + 1))
	else
		printf 'ok %d - %s # SKIP %s\n' "$tap_run" "$1" "$2"
	fi
}

test_done()
{
	printf '1..%d\n' "$tap_run"
	[ "$tap_failed" -eq 0 ] && [ "$tap_run" -gt 0 ]
	exit
}

# at_end COMMAND... - run when the test ends, last said first.
at_end()
{
	cleanup_commands+=("$(printf '%q ' "$@")")
}

run_cleanup()
{
	local status=$? i
	trap '' INT TERM HUP
	for ((i = ${#cleanup_commands[@]} - 1; i >= 0; i--)); do
		eval "${cleanup_commands[i]}" >>"$T/cleanup.out" 2>&1
	done
	cd /
	rm -rf "$T"
	exit "$status"
}
trap run_cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# wait_for SECONDS COMMAND... - until the command succeeds; says what it
# waited for when it never does. A tenth of a second between two tries. Beside
# other tests everything takes longer: PAWL_TEST_PATIENCE times as long.
wait_for()
{
	local deadline=$((SECONDS + $1 * ${PAWL_TEST_PATIENCE:-1}))
	shift
	until "$@"; do
		if [ "$SECONDS" -ge "$deadline" ]; then
			printf 'waited in vain for: %s\n' "$*"
			return 1
		fi
		sleep 0.1
	done
}

alive()
{
	kill -0 "$1" 2>/dev/null && ! grep -qs '^State:.Z' "/proc/$1/status"
}

gone()
{
	! alive "$1"
}

# stop_pid PID [SECONDS] - TERM, and KILL when that does not help.
stop_pid()
{
	alive "$1" || return 0
	kill "$1" 2>/dev/null
	wait_for "${2:-20}" gone "$1" >/dev/null && return 0
	kill -9 "$1" 2>/dev/null
	wait_for 10 gone "$1"
}

# free_port - a TCP port of 127.0.0.1 that nobody listens on just now. The
# caller must be ready to try again.
free_port()
{
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# test_cmp WANT GOT - two files are the same; shows how they differ.
test_cmp()
{
	diff -u "$1" "$2" | head -n 40
	cmp -s "$1" "$2"
}

# is GOT WANT - two words are the same.
is()
{
	[ "$1" = "$2" ] && return 0
	printf 'got "%s", want "%s"\n' "$1" "$2"
	return 1
}

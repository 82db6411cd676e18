#!/bin/bash
# activation.t - what systemd does with the units, done by its own
# systemd-socket-activate: a request starts a handler, a wake-up starts
# workerd, and both end when nothing is left to do.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/e2e.sh
. "${srcdir:-.}/t/lib/e2e.sh"

if ! command -v systemd-socket-activate >/dev/null; then
	test_skip 'activation by sockets' 'there is no systemd-socket-activate'
	test_done
fi

handlers='hook api'
pawl_setup

# activate SOCKET OPTION... - its process id goes to activated
activate()
{
	local socket=$1
	shift
	rm -f "$socket"
	systemd-socket-activate -E PATH -E PAWL_CONFIG -E PAWL_LIBEXEC_DIR \
		-E PAWL_TEST_ID -E GIT_CONFIG_GLOBAL -E GIT_CONFIG_NOSYSTEM \
		-E NOTIFY_SOCKET -l "$socket" "$@" >>"$T/activated.log" 2>&1 &
	activated=$!
	at_end stop_pid "$activated"
	wait_for 20 test -S "$socket" && chmod 666 "$socket"
}

# runs PROGRAM - what was activated has become this program
runs()
{
	[ "$(basename "$(readlink "/proc/$activated/exe")")" = "$1" ]
}

test_expect 'a wake-up starts workerd, and it does the work' '
	repo_new ada demo &&
	activate "$run/wake.sock" --datagram \
		"$PAWL_LIBEXEC_DIR/pawl-workerd" --exit-idle 2 &&
	runs systemd-socket-activate &&
	push demo <<-\YML &&
	on: push
	jobs: {one: {runs-on: x, steps: [{run: sleep 3; echo done}]}}
	YML
	wait_run 60 demo 1
'

test_expect 'without work it ends, well, and leaves the socket' '
	wait_for 60 gone "$activated" && { wait "$activated"; is $? 0; } &&
	[ -S "$run/wake.sock" ]
'

test_expect 'a page starts its handler, which answers and ends when idle' '
	activate "$run/web.sock" "$PAWL_LIBEXEC_DIR/pawl-web" --idle 2 &&
	curl -sSf "$base_url/ada/demo" | grep -q "commit of demo" &&
	runs pawl-web && curl -sSf "$base_url/ada/demo/runs/1" >/dev/null &&
	wait_for 60 gone "$activated" && { wait "$activated"; is $? 0; }
'

test_expect 'workerd says when it is ready, and when it stops' '
	perl -MIO::Socket::UNIX -e "
		\$| = 1;
		my \$s = IO::Socket::UNIX->new(Type => SOCK_DGRAM,
			Local => q($T/notify)) or die;
		while (defined \$s->recv(my \$m, 100)) { print \$m, qq(\n) }
	" >"$T/notified" & listener=$! && at_end stop_pid "$listener" &&
	wait_for 20 test -S "$T/notify" &&
	export NOTIFY_SOCKET="$T/notify" && workerd_start &&
	unset NOTIFY_SOCKET &&
	wait_for 20 grep -qx READY=1 "$T/notified" && workerd_stop &&
	wait_for 20 grep -qx STOPPING=1 "$T/notified" &&
	stop_pid "$listener"
'

test_no_leaks
test_done

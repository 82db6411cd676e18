# browser.sh - one Chromium for a test (t/browser/driver.mjs). Source it after
# e2e.sh.
#
# The browser is the system's; only the library that drives it, and the one that
# finds barriers in pages (axe), are fetched, by npm, into a folder that git
# ignores, once.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

browser_modules=${PAWL_TEST_NODE:-$builddir/.check/node}
browser_libraries='playwright-core@1.58.0 axe-core@4.11.0'

# Tests run beside each other, and one alone fetches them. What is half there
# after a kill, or of other versions, is not taken for them.
browser_library_get()
{
	local whole="$browser_modules/${browser_libraries//[ \/]/_}"

	mkdir -p "$browser_modules" &&
	(
		flock 9 || exit
		[ -e "$whole" ] && exit
		# shellcheck disable=SC2086 # words
		npm install --prefix "$browser_modules" --no-save --no-fund \
			--no-audit --ignore-scripts $browser_libraries \
			>"$T/npm.log" 2>&1 && touch "$whole"
	) 9>"$browser_modules/lock" || { tail -n 20 "$T/npm.log"; return 1; }
}

# browser_start - until it is up; browser_said has its first answer.
browser_start()
{
	browser_library_get || return 1
	# Chromium finds its home and its D-Bus through these.
	coproc browser {
		HOME=$T DBUS_SESSION_BUS_ADDRESS=disabled: \
			exec node "$srcdir/t/browser/driver.mjs" \
			"$browser_modules" 2>"$T/browser.log"
	}
	browser_pid=$browser_PID
	at_end browser_stop
	if ! read -r -t 180 -u "${browser[0]}" browser_said; then
		tail -n 20 "$T/browser.log"
		return 1
	fi
}

browser_stop()
{
	alive "$browser_pid" || return 0
	printf '{"do":"quit"}\n' >&"${browser[1]}"
	wait_for 20 gone "$browser_pid" || stop_pid "$browser_pid"
}

# browser_ask COMMAND-JSON - its answer goes to browser_said.
browser_ask()
{
	jq -cn "$1" >&"${browser[1]}" &&
	read -r -t 180 -u "${browser[0]}" browser_said &&
	printf '%s\n' "$browser_said" | cut -c 1-2000
}

# said FILTER - a part of the last answer, by jq.
said()
{
	printf '%s\n' "$browser_said" | jq -r "$1"
}

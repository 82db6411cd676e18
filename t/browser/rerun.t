#!/bin/bash
# rerun.t - a person with a real browser signs in, cancels a run, and runs again
# what failed of another; with and without script.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"
. "$srcdir/t/lib/browser.sh"

pawl_setup
mkdir -p "$test_output"

# act SCRIPT PATH NAME ACT... - by somebody who has just come. That a wrong
# token is refused stands in the console, too.
act()
{
	local script=$1 path=$2 file=$test_output/$3.png acts
	shift 3
	acts=$(printf '%s,' "$@")
	browser_ask "{\"do\":\"act\", \"url\":\"$base_url/$path\",
		\"script\":$script, \"file\":\"$file\",
		\"acts\":[${acts%,}]}" &&
		is "$(said '.errors[] | select(test("status of 403") | not)')" ""
}

test_expect 'Chromium is up' '
	browser_start && note "Chromium $(said .version)"
'
[ "$(said .ready)" = true ] || bail "no browser: $(tail -n 3 "$T/browser.log")"

test_expect 'a run fails, and another one goes on' '
	repo_new ada demo && workerd_start &&
	token=$(pawl token add ada 2>"$T/said") && push demo <<-"YML" &&
	on: push
	jobs:
	  good: { runs-on: linux, steps: [{ run: echo good }] }
	  bad:
	    runs-on: linux
	    steps: [{ run: "test $GITHUB_RUN_ATTEMPT -gt 1" }]
	YML
	wait_run 60 demo 1 failed && push demo <<-"YML" &&
	on: push
	jobs: { slow: { runs-on: linux, steps: [{ run: sleep 600 }] } }
	YML
	wait_for 60 job_is running demo 2 slow
'

test_expect 'whoever has not signed in sees no button' '
	browser_ask "{\"do\":\"plain\",
		\"url\":\"$base_url/ada/demo/runs/2\"}" &&
	! said .text | grep -q "Cancel" && said .text | grep -q "Sign in"
'

# The form, which leads back to the page.
to_login="{\"go\":\"$base_url/login?to=/ci/ada/demo/runs"
test_expect 'a wrong token is told so, the right one leads back' '
	act false ada/demo/runs/2 sign-in "$to_login/2\"}" \
		"{\"sign\":\"pawl_wrong\"}" "{\"see\":\"no token that counts\"}" \
		"{\"sign\":\"$token\"}" "{\"see\":\"Sign out\"}" &&
	is "$(said .url)" "$base_url/ada/demo/runs/2" &&
	is "$(said ".cookies[] | [.name, .path, .httpOnly, .sameSite] |
		join(\" \")")" "pawl_session /ci true Strict"
'

test_expect 'a button cancels the run' '
	act false ada/demo/runs/2 cancel "$to_login/2\"}" \
		"{\"sign\":\"$token\"}" \
		"{\"open\":\"Cancel\"}" \
		"{\"press\":\"Yes, cancel this run\"}" "{\"see\":\"Sign out\"}" &&
	wait_run 60 demo 2 cancelled
'

test_expect 'a button runs again what failed, and the page follows it' '
	act true ada/demo/runs/1 rerun "$to_login/1\"}" \
		"{\"sign\":\"$token\"}" \
		"{\"open\":\"Run again\"}" \
		"{\"press\":\"Run failed jobs again\"}" \
		"{\"see\":\"what failed, asked for by token ada\"}" \
		"{\"see\":\"ran in attempt 1\"}" \
		"{\"open\":\"Run again\"}" \
		"{\"see\":\"Run all jobs again\"}" &&
	is "$(sql "SELECT group_concat(state) FROM runs WHERE number = 1
		ORDER BY attempt")" failed,succeeded
'

test_expect 'signing out takes the buttons away' '
	act true ada/demo/runs/1 sign-out "$to_login/1\"}" \
		"{\"sign\":\"$token\"}" "{\"press\":\"Sign out\"}" \
		"{\"see\":\"Sign in\"}" "{\"go\":\"$base_url/ada/demo/runs/1\"}" &&
	! said .text | grep -q "Run all jobs again" && is "$(said ".cookies | length")" 0
'

test_expect 'the browser ends' 'browser_stop'
test_no_leaks
test_done

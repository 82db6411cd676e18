#!/bin/bash
# run.t - a person looks at runs in a real browser: one that goes on, one that
# failed, one that waits, one of 1,000 jobs; by hand and by keys, with and
# without script, on a phone and in the dark.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"
. "$srcdir/t/lib/browser.sh"

web_setup /ci || bail 'no set-up'
seed()
{
	"$builddir/t/lib/run-seed" "$config" "$@"
}
seed fill && seed wide 1000 || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"
mkdir -p "$test_output"
runs=$base_url/octo/ship/runs
token=$(pawl token add ada 2>"$T/said") || bail "no token: $(cat "$T/said")"

# act SCRIPT PATH NAME ACT... - by somebody who has just come.
act()
{
	local script=$1 path=$2 file=$test_output/$3.png acts
	shift 3
	acts=$(printf '%s,' "$@")
	browser_ask "{\"do\":\"act\", \"url\":\"$base_url/$path\",
		\"script\":$script, \"file\":\"$file\",
		\"acts\":[${acts%,}]}" &&
		is "$(said '.errors[] | select(test("api/v1.*events") | not)')" ""
}

# shot RUN WIDTH SCHEME - nothing is wider than the window.
shot()
{
	browser_ask "{\"do\":\"shot\", \"url\":\"$runs/$1\", \"width\":$2,
		\"scheme\":\"$3\", \"file\":\"$test_output/run-${1//\//-}-$2-$3.png\"}" &&
		is "$(said .status)" 200 && is "$(said .wider)" 0
}

test_expect 'Chromium is up' '
	browser_start && note "Chromium $(said .version)"
'
[ "$(said .ready)" = true ] || bail "no browser: $(tail -n 3 "$T/browser.log")"

test_expect 'a failed run begins with its cause and the lines that say it' '
	act true octo/ship/runs/2 run-failed "{\"see\":\"What failed first\"}" &&
	said .text | sed -n "/What failed first/,/Graph/p" >"$T/first" &&
	grep -q "Test (forge)" "$T/first" &&
	grep -q "failed with exit code 1" "$T/first" &&
	grep -q "not ok 3 - a log that grows is followed" "$T/first" &&
	grep -q "t/log-t.c:42:7" "$T/first" &&
	! grep -q "Package" "$T/first"
'

test_expect 'from there one click leads to the line in the log' '
	act true octo/ship/runs/2 run-to-log "{\"focus\":\".tolog\"}" \
	    "{\"key\":\"Enter\"}" "{\"see\":\"t/log-t.c:42\"}" &&
	is "$(said .url)" "$runs/2/jobs/test%3A4#L15"
'

test_expect 'keys lead from the graph to a job' '
	act true octo/ship/runs/2 run-keys \
	    "{\"focus\":\".dag a[href\$=\\\"/jobs/lint\\\"]\"}" \
	    "{\"key\":\"Enter\"}" "{\"see\":\"Check the style\"}" &&
	is "$(said .url)" "$runs/2/jobs/lint"
'

test_expect 'graph and jobs go on by themselves, what was opened stays open' '
	{ sleep 3; seed step >"$T/step" 2>&1; } &
	stepper=$!
	act true octo/ship/runs/7 run-live "{\"see\":\"6 succeeded\"}" \
	    "{\"open\":\"Documentation\"}" "{\"see\":\"Write the pages\"}" \
	    "{\"see\":\"7 succeeded\"}" "{\"see\":\"Write the pages\"}" &&
	is "$(said .loads)" 0 && wait "$stepper"
'

test_expect 'without script all is there, and links to filter it' '
	browser_ask "{\"do\":\"plain\", \"url\":\"$runs/2\"}" &&
	said .text | grep -q "What failed first" &&
	said .text | grep -q "needs test, which failed\|needs .*, which" &&
	said ".links[]" | grep -q "state=failed#jobs" &&
	said ".links[]" | grep -q "github.com/octo/ship/commit/5f3c1e9d" &&
	said ".links[]" | grep -q "compare?left=octo/ship/runs/1&right="
'

test_expect 'an approval is given in its place, with a comment' '
	act true octo/ship/runs/6 run-approve \
	    "{\"go\":\"$base_url/login?to=/ci/octo/ship/runs/6\"}" \
	    "{\"sign\":\"$token\"}" "{\"see\":\"waits for approval by ada\"}" \
	    "{\"focus\":\"form[action\$=approve] input[name=comment]\"}" \
	    "{\"type\":\"looks good\"}" "{\"key\":\"Enter\"}" \
	    "{\"see\":\"looks good\"}" &&
	said .text | grep -q "approved by token ada"
'

test_expect 'a cancel is asked for twice' '
	act true octo/ship/runs/7 run-cancel \
	    "{\"go\":\"$base_url/login?to=/ci/octo/ship/runs/7\"}" \
	    "{\"sign\":\"$token\"}" "{\"open\":\"Cancel\"}" \
	    "{\"see\":\"End this run now?\"}" \
	    "{\"press\":\"Yes, cancel this run\"}" "{\"see\":\"cancelling\"}"
'

test_expect 'what failed is run again, and the attempts stand beside each other' '
	act true octo/ship/runs/2 run-again \
	    "{\"go\":\"$base_url/login?to=/ci/octo/ship/runs/2\"}" \
	    "{\"sign\":\"$token\"}" "{\"open\":\"Run again\"}" \
	    "{\"press\":\"Run failed jobs again\"}" \
	    "{\"see\":\"Attempt 2\"}" "{\"open\":\"Lint\"}" \
	    "{\"see\":\"ran in attempt 1\"}"
'

test_expect 'two runs are compared' '
	act true "compare?left=octo/ship/runs/1&right=octo/ship/runs/5" \
	    run-compare "{\"see\":\"Compare two runs\"}" \
	    "{\"see\":\"What was different from the start\"}" &&
	said .text | grep -q "inputs.target"
'

test_expect 'the page of a run takes less than 60 KB, with all that belongs to it' '
	shot 2/attempts/1 1440 light && note "$(said .bytes) bytes" &&
	[ "$(said .bytes)" -gt 3000 ] && [ "$(said .bytes)" -lt 60000 ]
'

# look NAME PATH - light and dark, on screens of each size: nothing is wider,
# nothing is in anybody's way, nothing is said in the console.
look()
{
	local views
	views=$(printf '{"scheme":"%s","width":%d,"file":"%s","axe":%s},' \
		light 1440 "$test_output/$1-light-1440.png" true \
		dark 320 "$test_output/$1-dark-320.png" true \
		light 768 "$test_output/$1-light-768.png" false)
	browser_ask "{\"do\":\"visit\", \"url\":\"$base_url/$2\",
		\"token\":\"$token\", \"views\":[${views%,}]}" >"$T/asked" &&
	said ".wider[], .barriers[], .others[]" >"$T/found" || return 1
	[ ! -s "$T/found" ] || { echo "$2:"; cat "$T/found"; return 1; }
}

test_expect 'nothing on any of them is in the way of anybody' '
	failed=0
	for run in 2 2/attempts/1 3 4 5 6 8; do
		look "run-${run//\//-}" octo/ship/runs/$run || failed=1
	done
	look compare "compare?left=octo/ship/runs/1&right=octo/ship/runs/4" &&
	[ $failed = 0 ]
'

test_expect '1,000 jobs are narrowed to some' '
	act true octo/ship/runs/8 run-wide "{\"see\":\"1000 pending\"}" \
	    "{\"focus\":\"input[name=job]\"}" "{\"type\":\"job99\"}" \
	    "{\"key\":\"Enter\"}" \
	    "{\"see\":\"All jobs\"}" "{\"see\":\"job995\"}" &&
	is "$(said .text | grep -c "^job99")" 11
'

test_expect 'the browser ends' 'browser_stop'
test_done

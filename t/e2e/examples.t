#!/bin/bash
# examples.t - the pipelines of examples/: no mistakes, the jobs that they are
# said to have, and those that need nothing from outside run.
#
# t/data/examples/NAME.plan is what "pawl plan" prints for the event that NAME
# is about. PAWL_TEST_UPDATE=1 writes it.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

# The examples are written as files of .ci.
mkdir -p repo && cp -r "$srcdir/examples" repo/.ci && cd repo || exit 1
rm .ci/README.md .ci/post-receive

# event NAME - the options of "pawl plan" that start it.
event()
{
	case $1 in
	called-build) echo --event workflow_call ;;
	docker) echo --ref refs/tags/v1.2.0 ;;
	manual) echo --event workflow_dispatch --input reason=moved ;;
	monorepo-api) echo --changed api/main.go --changed web/app.js ;;
	monorepo-web) echo --changed api/main.go --changed web/app.js ;;
	nightly) echo --event schedule ;;
	pull-request) echo --event pull_request --action opened ;;
	release) echo --ref refs/tags/v1.2.0 ;;
	esac
}

# plans NAME - the event starts it, a server could run all of it, and its plan
# is the one that was read and found right.
plans()
{
	local want=$srcdir/t/data/examples/$1.plan options
	read -r -a options < <(event "$1")
	pawl plan "${options[@]}" ".ci/$1.yml" >"$T/plan" 2>"$T/err" ||
		{ cat "$T/plan" "$T/err"; return 1; }
	[ -z "${PAWL_TEST_UPDATE:-}" ] || cp "$T/plan" "$want"
	diff -u "$want" "$T/plan"
}

# is_listed FILE - the README of the folder has a row of it.
is_listed()
{
	grep -qF "($1)" "$srcdir/examples/README.md"
}

test_expect 'there are at least fifteen, and lint finds nothing' '
	[ "$(find .ci -maxdepth 1 -name "*.yml" | wc -l)" -ge 15 ] &&
	pawl lint .ci .ci/actions/*/action.yml >"$T/out" 2>"$T/err" &&
	is "$(cat "$T/out")" "" &&
	grep -q " 0 errors, 0 warnings" "$T/err"
'

for file in .ci/*.yml; do
	name=$(basename "$file" .yml)
	test_expect "$name says what it shows, and is planned as it should" '
		head -n 1 "$file" | grep -q "^# [A-Z].*" &&
		is_listed "$name.yml" && plans "$name"
	'
done

test_expect 'a plan that nobody expects is gone' '
	for plan in "$srcdir"/t/data/examples/*.plan; do
		[ -e ".ci/$(basename "$plan" .plan).yml" ] || return 1
	done
'

test_done

#!/bin/bash
# examples.t - the pipelines of examples/: no mistakes, the jobs that they are
# said to have, and those that need nothing from outside run.
#
# t/data/examples/NAME.plan is what "pawl plan" prints for the event that NAME
# is about, NAME.run what "pawl run" says of its jobs and steps, without times
# and without what they print. PAWL_TEST_UPDATE=1 writes both.
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

# plans NAME - the event starts it, and its plan is the one that was read and
# found right, with what a server would not run of it.
plans()
{
	local want=$srcdir/t/data/examples/$1.plan options
	read -r -a options < <(event "$1")
	pawl plan "${options[@]}" ".ci/$1.yml" >"$T/plan" 2>"$T/err"
	cat "$T/err" >>"$T/plan"
	grep -q "^starts: " "$T/plan" || { cat "$T/plan"; return 1; }
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

# runs NAME OPTIONS... - its jobs and steps start and end as they should.
runs()
{
	local want=$srcdir/t/data/examples/$1.run name=$1
	shift
	pawl run "$@" ".ci/$name.yml" >"$T/out" 2>"$T/err" ||
		{ cat "$T/out" "$T/err"; return 1; }
	grep -E "^(==>|-->) " "$T/out" |
		sed -E "s/ in [0-9.]+ (ms|s|min).*\$//" >"$T/run"
	[ -z "${PAWL_TEST_UPDATE:-}" ] || cp "$T/run" "$want"
	diff -u "$want" "$T/run"
}

# says TEXT - a line of the last run.
says()
{
	grep -qxF -- "$1" "$T/out" || { cat "$T/out"; return 1; }
}

test_expect 'hello runs' '
	runs hello && grep -q "^hello from Linux" "$T/out"
'
test_expect 'matrix runs with all its values' '
	runs matrix && says "shell options: ehuBc" &&
	says "shell options: hxBc"
'
test_expect 'dynamic-matrix runs a job of each part' '
	runs dynamic-matrix && says "testing part c"
'
test_expect 'outputs go on to steps and jobs' '
	runs outputs && says "hello from a tool" &&
	grep -q "^version 1[.]2[.][0-9]" "$T/out"
'
test_expect 'calls run with inputs, and give outputs' '
	runs calls --ref refs/heads/main &&
	says "building plugins/chat with -O0" &&
	says "packing server.tar with its plugins"
'
test_expect 'composite actions stand in the job' '
	runs composite && says "HELLO EVERYBODY" && says "hello world"
'
test_expect 'stages run one after another' '
	runs stages --ref refs/heads/main && says uploaded
'
test_expect 'background steps run beside the others' '
	runs background && says 50 && says 51
'
test_expect 'retry tries again, and lets a failure pass' '
	runs retry && says "outcome failure, conclusion success"
'
test_expect 'fan-in leaves out what is not there' '
	runs fan-in && says "results: skipped skipped" &&
	mkdir -p api && printf "check:\n\t@echo checked\n" >api/Makefile &&
	pawl run .ci/fan-in.yml >"$T/out" && says checked &&
	says "results: success skipped" && rm -r api
'
test_expect 'notify tells of a failure, and tidies up all the same' '
	runs notify && touch broken &&
	! pawl run .ci/notify.yml >"$T/out" 2>&1 && rm broken &&
	grep -q "^Notify has failed for" "$T/out" &&
	grep -q "tidy up, however it ended$" "$T/out"
'
test_expect 'generate runs the jobs that were made' '
	runs generate && says "a small job" && says "a large job"
'
test_expect 'typed steps go where they are sent' '
	runs typed && says "there is nothing to build"
'
test_expect 'manual takes its inputs' '
	runs manual --event workflow_dispatch --input reason=moved &&
	says "would restart web: moved" &&
	! pawl run --event workflow_dispatch .ci/manual.yml >"$T/out" 2>&1 &&
	grep -q "reason" "$T/out"
'

test_expect 'what nobody expects any more is gone' '
	for file in "$srcdir"/t/data/examples/*; do
		name=${file##*/}
		[ -e ".ci/${name%.*}.yml" ] || return 1
	done
'

test_done

#!/bin/bash
# examples-push.t - one push of the examples that need nothing from outside: a
# server runs each of them to its end, and their jobs do what they say.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/e2e.sh
. "${srcdir:-.}/t/lib/e2e.sh"

runnable='background calls composite dynamic-matrix fan-in generate hello
	matrix notify outputs retry stages typed'

pawl_setup 'max-jobs: 4'

# number EXAMPLE - of its run.
number()
{
	sql "SELECT number FROM runs WHERE file = '.ci/$1.yml'"
}

# is_planned - there is a run of each.
is_planned()
{
	[ "$(sql "SELECT count(*) FROM runs")" -eq \
		"$(wc -w <<<"$runnable")" ]
}

# says EXAMPLE KEY TEXT - a job has printed this. Keys are encoded in paths.
says()
{
	local key=${2//:/\~3A}
	key=${key//\//\~2F}
	log_has "$3" demo "$(number "$1")" "$key" ||
		{ log_of demo "$(number "$1")" "$key"; return 1; }
}

# ended EXAMPLE - its jobs with their states, on one line.
ended()
{
	sql "SELECT group_concat(key || '=' || state, ' ') FROM (SELECT key,
		state FROM jobs WHERE run = $(run_id demo "$(number "$1")")
		ORDER BY key)"
}

test_expect 'a push of a folder of workflows makes a run of each' '
	repo_new ada demo && workerd_start &&
	clone=$T/clone/demo && mkdir -p "$clone/.ci" &&
	cp -r "$srcdir/examples/actions" "$srcdir/examples/called-build.yml" \
		"$clone/.ci" &&
	for name in $runnable; do
		cp "$srcdir/examples/$name.yml" "$clone/.ci" || return 1
	done
	git -C "$clone" add -A && git -C "$clone" commit -q -m examples &&
	git -C "$clone" push -q origin HEAD:refs/heads/main &&
	wait_for 60 is_planned
'

for name in $runnable; do
	test_expect "$name runs to its end" '
		wait_run 120 demo "$(number "$name")"
	'
done

test_expect 'a matrix has its values' '
	says matrix test:3 "shell options: ehuBc" &&
	says matrix test:4 "shell options: hxBc"
'

test_expect 'a matrix from an output has a job of each' '
	is "$(ended dynamic-matrix)" "list=succeeded report=succeeded \
test=succeeded test:2=succeeded test:3=succeeded" &&
	says dynamic-matrix test:3 "testing part c"
'

test_expect 'outputs, variables and paths go on' '
	says outputs version "hello from a tool" &&
	says outputs publish "version 1.2."
'

test_expect 'called workflows have their inputs, and give outputs' '
	says calls plugins:2/build "building plugins/chat with -O0" &&
	says calls pack "packing server.tar with its plugins"
'

test_expect 'composite actions stand in a job' '
	says composite greet "HELLO EVERYBODY" &&
	says composite greet "hello world"
'

test_expect 'steps run side by side, and are tried again' '
	says background test 51 &&
	says retry fetch "outcome failure, conclusion success"
'

test_expect 'what is left out takes nothing with it that runs always' '
	is "$(ended fan-in)" "all=succeeded api=skipped parts=succeeded \
web=skipped" &&
	is "$(ended notify)" "tell=skipped test=succeeded"
'

test_expect 'made jobs take part in the run' '
	is "$(ended generate)" "done=succeeded plan=succeeded \
plan/large=succeeded plan/small=succeeded" &&
	says generate plan/small "a small job"
'

test_expect 'stages and types of steps are ways to write the same' '
	says stages upload uploaded &&
	says typed build "there is nothing to build"
'

workerd_stop
test_no_leaks
test_done

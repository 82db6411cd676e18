#!/bin/bash
# why.t - `pawl why`, the API and the page say why a job ran, waited, was
# skipped, tried again, cancelled, or failed: with the place of the rule and
# the values that decided.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 4' 'cancel-grace: 1 s' 'memory-max-bytes: 64 MiB'

# why RUN [JOB] - the answer and all lines into `got`.
why()
{
	pawl why "ada/demo#$1" ${2:+"$2"} >got && cat got
}

# answer PATTERN - the first line of `got`.
answer()
{
	head -n 1 got | grep -q -- "$1" || { echo "no answer: $1"; false; }
}

has()
{
	grep -q -- "$1" got || { echo "no line: $1"; false; }
}

# at WORD - the places of a word in the pipeline: "LINE:COL", for patterns.
at()
{
	grep -nobF -- "$1" "$T/clone/demo/.ci.yml" | head -n 1 >"$T/at" &&
		awk -F: -v word="$1" -v file="$T/clone/demo/.ci.yml" '
		{ n = $1 } END {
			while (++i <= n) getline line < file
			printf "%d:%d", n, index(line, word)
		}' "$T/at"
}

# touch_and_push MESSAGE FILE - a commit that leaves the pipeline alone.
touch_and_push()
{
	local clone=$T/clone/demo
	mkdir -p "$(dirname "$clone/$2")" && date +%N >>"$clone/$2" &&
	git -C "$clone" add -A && git -C "$clone" commit -q -m "$1" &&
	sha=$(git -C "$clone" rev-parse HEAD) &&
	git -C "$clone" push -q origin HEAD:refs/heads/main
}

test_expect 'a run of everything that ends by itself' '
	repo_new ada demo && workerd_start && push demo <<-\YML
	on:
	  push:
	    branches: [main, "v*"]
	    paths-ignore: ["doc/**"]
	jobs:
	  good:
	    runs-on: x
	    steps: [{run: "true"}]
	  not-here:
	    if: github.ref_name == '\''v2'\''
	    runs-on: x
	    steps: [{run: "true"}]
	  bad:
	    runs-on: x
	    steps:
	      - run: "true"
	      - name: breaks
	        run: exit 7
	  after-bad: {needs: bad, runs-on: x, steps: [{run: "true"}]}
	  after-skip: {needs: not-here, runs-on: x, steps: [{run: "true"}]}
	  anyway:
	    needs: bad
	    if: always()
	    runs-on: x
	    steps: [{run: "true"}]
	  flaky:
	    runs-on: x
	    retry: {max-attempts: 2, initial-delay: 100ms, on: [75]}
	    steps: [{run: "test $GITHUB_RUN_ATTEMPT = 2 || exit 75"}]
	  slow-step:
	    runs-on: x
	    steps:
	      - run: sleep 600
	        timeout: 1s
	  slow-job:
	    runs-on: x
	    timeout: 1s
	    steps: [{run: sleep 600}]
	  eats: {runs-on: x, steps: [{run: tail /dev/zero}]}
	  cells:
	    strategy:
	      fail-fast: true
	      matrix: {what: [sleep 600, exit 9]}
	    runs-on: x
	    steps: [{run: "${{ matrix.what }}"}]
	YML
	wait_run 90 demo 1 failed
'

test_expect '1: it ran by the filter of pushes' '
	why 1 good && answer "good: ran, because it needs nothing" &&
	has "push by ada.*push to main matches \"main\" of branches.*(.ci.yml:3)" &&
	has "commit => $sha" && has "job \"good\".* (.ci.yml:$(at good:))"
'
test_expect '2: it was skipped by its if, and by which values' '
	why 1 not-here && answer "not-here: skipped: .if: .* is false \
(.ci.yml:$(at github.ref_name))" && has "github.ref_name => .main."
'
test_expect '3: it was skipped because what it needs failed' '
	why 1 after-bad && answer "skipped: needs bad, which failed \
(.ci.yml:$(sed -n "/after-bad/=" "$T/clone/demo/.ci.yml"):"
'
test_expect '4: it was skipped because what it needs was skipped' '
	why 1 after-skip && answer "skipped: needs not-here, which was skipped"
'
test_expect '5: it ran although another failed' '
	why 1 anyway && answer "ran, because .if: always(). is true, and \
succeeded in .*(.ci.yml:$(at "always()"))"
'
test_expect '6: it was tried again by an exit code' '
	why 1 flaky && answer "ran, because it needs nothing" &&
	has "tried again (attempt 1, after .*): attempt 1 of 2 failed: .*exit \
code 75.*(.ci.yml:$(at "retry:"))" && has "cause => failure"
'
test_expect '7: it failed by a step and its exit code' '
	why 1 bad && answer "failed: step 2 \"breaks\": exit code 7 \
(.ci.yml:$(at "name: breaks"))" && has "step 2 \"breaks\" failed after" &&
	has "exit code => 7"
'
test_expect '8: it ran out of time by a step' '
	why 1 slow-step && answer "failed: step 1 .*timed out after 1 s.*of the \
step.*(.ci.yml:$(sed -n "/sleep 600/=" "$T/clone/demo/.ci.yml" | head -n 1 |
		awk "{ print \$1 + 1 }"):" && has "cause => timeout"
'
test_expect '9: it ran out of time as a whole' '
	why 1 slow-job && answer "failed: .*the job timed out after 1 s.*\
(.ci.yml:$(sed -n "/slow-job:/=" "$T/clone/demo/.ci.yml" |
		awk "{ print \$1 + 2 }"):" && has "cause => timeout"
'
test_expect '10: it was cancelled because another of its matrix failed' '
	why 1 cells && answer "cells: cancelled: .*fail-fast.*(.ci.yml:$(at \
		fail-fast))" && has "matrix.what => sleep 600"
'
test_expect '11: it needed more memory than there is for it' '
	why 1 eats && answer "failed: step 1 .*out of memory (\"memory-max-\
bytes\") (.ci.yml:$(sed -n "/eats:/=" "$T/clone/demo/.ci.yml"):" &&
	has "cause => oom"
'
test_expect '12: its work was carried over by a re-run' '
	pawl rerun ada/demo#1 --job after-bad >/dev/null && 
	wait_for 30 eval "pawl why ada/demo#1 after-bad | grep -q failed" &&
	why 1 good && answer "not run again: it succeeded in attempt 1" && has "asked for job \
\"after-bad\" to run again" && why 1.2 after-bad &&
	answer "skipped: needs bad, which failed"
'
test_expect '13, 14: nothing was started for a path, a mark was heeded' '
	touch_and_push "only words" doc/a && ! pawl why ada/demo#2 2>/dev/null &&
	wait_for 30 eval "pawl why ada/demo@$sha | grep -q ignored" &&
	pawl why ada/demo@$sha >got && cat got &&
	has "all 1 changed paths are ignored by paths-ignore.*(.ci.yml:4)" &&
	touch_and_push "words [skip ci]" a &&
	wait_run 60 demo 2 skipped && why 2 &&
	answer "skipped: the message of the head commit says \"\[skip ci\]\""
'

test_expect 'a run of all that waits' '
	pawl environment set ada/demo prod --reviewer grace &&
	pawl queue limit 2 --label few && push demo <<-\YML
	on: push
	jobs:
	  first: {runs-on: x, steps: [{run: sleep 600}]}
	  second: {needs: first, runs-on: x, steps: [{run: "true"}]}
	  holds: {runs-on: few, concurrency: one, steps: [{run: sleep 600}]}
	  waits: {runs-on: x, concurrency: one, steps: [{run: "true"}]}
	  prod: {runs-on: x, environment: prod, steps: [{run: "true"}]}
	  cell:
	    strategy: {max-parallel: 1, matrix: {n: [1, 2]}}
	    runs-on: few
	    steps: [{run: sleep 600}]
	  third: {needs: prod, runs-on: x, steps: [{run: "true"}]}
	  limited: {runs-on: few, priority: 0, steps: [{run: "true"}]}
	YML
	wait_for 60 job_is running demo 3 first &&
	wait_for 60 job_is running demo 3 holds &&
	wait_for 60 job_is running demo 3 cell
'
test_expect '15: it waits for what it needs' '
	why 3 second && answer "second: waits for first (.ci.yml:4:" &&
	why 3 first && answer "first: runs, because it needs nothing: attempt 1"
'
test_expect '16: it waits for a concurrency group' '
	why 3 waits && answer "waits: waits for group \"one\", held by \"holds\" \
of this run (.ci.yml:6:"
'
test_expect '17: it waits for an approval' '
	why 3 prod && answer "prod: waits for approval by grace: environment \
\"prod\" (.ci.yml:7:"
'
test_expect '18: max-parallel holds it back' '
	why 3 cell:2 && answer "max-parallel is 1 (.ci.yml:9:"
'
test_expect '19: it waits by a limit' '
	why 3 limited && answer "limited: .*few.*(.ci.yml:13:"
'
test_expect '20: it waits by a pause' '
	pawl queue pause --reason "tests" >/dev/null && why 3 limited &&
	answer "paused.*tests" && pawl queue resume >/dev/null
'
test_expect 'the API and the page say the same' '
	curl -sSf "$base_url/api/v1/repos/ada/demo/runs/3/jobs/waits/why" >got &&
	cat got && is "$(jq -r "[.state, .why[0].kind, .why[0].file,
		.why[0].line] | @tsv" got)" \
		"$(printf "blocked\tanswer\t.ci.yml\t6")" &&
	curl -sSf "$base_url/ada/demo/runs/3/jobs/waits" >got &&
	has "held by .*holds.* of this run" && has ".ci.yml:6:"
'
test_expect '21: its attempt was lost to the host' '
	pid=$(job pid demo 3 first) && kill -9 "$pid" &&
	wait_for 60 eval "[ \$(job attempt demo 3 first) = 2 ]" &&
	why 3 first && has "the attempt was lost (attempt 1, after .*):"
'
test_expect '22: a person cancelled it' '
	pawl cancel ada/demo#3 >/dev/null && wait_run 60 demo 3 cancelled &&
	why 3 first && answer "first: cancelled: .*by root (command line)" &&
	has "the end of the run was asked for, by root (command line)" &&
	why 3 && answer "cancelled"
'

test_expect '23: a newer run took its place' '
	for i in 4 5; do
		push demo <<-\YML && wait_for 60 job_is running demo $i a || break
		on: push
		concurrency: {group: main, cancel-in-progress: true}
		jobs: {a: {runs-on: x, steps: [{run: sleep 600}]}}
		YML
	done &&
	wait_run 60 demo 4 cancelled && why 4 a && answer "a: cancelled: .*by run 5 \
(concurrency group \"main\").*(.ci.yml:2:" && why 4 &&
	answer "superseded by run #5" && pawl cancel ada/demo#5 &&
	wait_run 60 demo 5 cancelled
'

test_expect 'the events say what the tables say' '
	pawl admin rebuild --verify >got && cat got && is "$(wc -l <got)" 0
'

test_no_leaks
test_done

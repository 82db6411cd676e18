#!/bin/bash
# decide.t - a run goes on from job to job on a server: matrices, also from
# outputs, `if`, cancels, groups, calls; and what a kill cannot break.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

# jobs REPO N: "a=succeeded b=skipped", by the order in which they came.
jobs()
{
	sql "SELECT group_concat(key || '=' || state, ' ') FROM (
		SELECT key, state FROM jobs
		WHERE run = $(run_id "$1" "$2") ORDER BY id)"
}

test_expect 'a push with a matrix, include, fail-fast off and needs' '
	repo_new ada demo && workerd_start &&
	push demo <<-\YML && wait_run 60 demo 1 failed &&
	name: all
	on: push
	jobs:
	  build:
	    runs-on: linux
	    strategy:
	      fail-fast: false
	      matrix:
	        os: [a, b]
	        include:
	          - { os: c, bad: 1 }
	    steps:
	      - run: echo "os ${{ matrix.os }}"; test -z "${{ matrix.bad }}"
	  after: { needs: build, runs-on: linux, steps: [{ run: "true" }] }
	  mend:
	    needs: build
	    if: failure()
	    runs-on: linux
	    steps: [{ run: echo mended }]
	  never:
	    if: github.ref == '"'refs/heads/other'"'
	    runs-on: linux
	    steps: [{ run: "true" }]
	YML
	is "$(jobs demo 1 | tr " " "\n" | sort | tr "\n" " ")" \
	    "after=skipped build:2=succeeded build:3=failed build=succeeded mend=succeeded never=skipped " &&
	events_whole demo 1
'

test_expect 'logs of a matrix are apart, and have addresses' '
	log_of demo 1 build | grep -qx "os a" &&
	log_of demo 1 build:2 | grep -qx "os b" &&
	curl -sSf "$base_url/ada/demo/runs/1/jobs/build%3A2" |
		grep -q "os b"
'

test_expect 'why a job was skipped stands on its page, in the API, and in the tool' '
	curl -sSf "$base_url/ada/demo/runs/1/jobs/never" >page &&
	grep -q "refs/heads/other" page && grep -q "github.ref =&gt;\|github.ref" page &&
	grep -q "It was not started, so there is no log" page &&
	! grep -q "class=.steps" page &&
	curl -sSf "$base_url/ada/demo/runs/1" |
		grep "id=.job-never." | grep -q "is false" &&
	curl -sSf "$base_url/api/v1/repos/ada/demo/runs/1" |
		jq -e ".jobs[] | select(.key == \"never\") |
			(.why | contains(\"is false\")) and
			(.why_place == \".ci.yml:21:9\") and
			(.why_values | contains(\"=> false\"))" &&
	pawl show ada/demo#1 | grep -q "is false"
'


test_expect 'a cancel lets always() run, and tells the others' '
	push demo <<-\YML && wait_for 60 log_has ready demo 2 a &&
	on: push
	jobs:
	  a: { runs-on: linux, steps: [{ run: echo ready; sleep 600 }] }
	  b: { needs: a, runs-on: linux, steps: [{ run: echo never }] }
	  c: { needs: a, if: always(), runs-on: linux, steps: [{ run: echo swept }] }
	YML
	pawl cancel ada/demo#2 && wait_run 60 demo 2 cancelled &&
	is "$(jobs demo 2)" "a=cancelled b=skipped c=succeeded" &&
	is "$(job reason demo 2 a)" "cancelled by $(id -un) (command line)" &&
	log_of demo 2 c | grep -qx swept
'

test_expect 'cancelled twice, always() does not run' '
	push demo <<-\YML && wait_for 60 log_has ready demo 3 a &&
	on: push
	jobs:
	  a: { runs-on: linux, steps: [{ run: echo ready; sleep 600 }] }
	  c: { needs: a, if: always(), runs-on: linux, steps: [{ run: echo swept }] }
	YML
	pawl cancel ada/demo#3 && pawl cancel ada/demo#3 &&
	wait_run 60 demo 3 cancelled &&
	is "$(jobs demo 3)" "a=cancelled c=cancelled"
'

test_expect 'cancel-in-progress ends the run before, and the newer one waits for it' '
	for i in 4 5; do
		push demo <<-\YML && wait_for 20 log_has ready demo $i a || break
		on: push
		concurrency: { group: deploy, cancel-in-progress: true }
		jobs:
		  a:
		    runs-on: linux
		    steps: [{ run: echo ready; sleep 600 }]
		YML
	done
	wait_run 60 demo 4 cancelled &&
	is "$(sql "SELECT cancel_by FROM runs WHERE id = $(run_id demo 4)")" \
	    "run 5 (concurrency group \"deploy\")" &&
	is "$(run_state demo 5)" running && pawl cancel ada/demo#5 &&
	wait_run 60 demo 5 cancelled
'

test_expect 'with a queue runs go one after the other; without, the newest waits' '
	for i in 6 7 8; do
		push demo <<-\YML || break
		on: push
		concurrency: { group: line, queue: max }
		jobs:
		  a: { runs-on: linux, steps: [{ run: sleep 0.3 }] }
		YML
	done
	wait_run 60 demo 6 && wait_run 60 demo 7 && wait_run 60 demo 8 &&
	is "$(sql "SELECT count(*) FROM runs a JOIN runs b ON b.id > a.id
		WHERE a.number BETWEEN 6 AND 8 AND b.number BETWEEN 6 AND 8
		AND b.started_at_ms < a.finished_at_ms")" 0 &&
	is "$(sql "SELECT count(*) FROM group_places")" 0
'

test_expect 'never more than max-parallel at a time' '
	push demo <<-\YML && wait_run 90 demo 9 &&
	on: push
	jobs:
	  a:
	    runs-on: linux
	    strategy:
	      max-parallel: 2
	      matrix: { n: [1, 2, 3, 4, 5, 6] }
	    steps: [{ run: sleep 0.2 }]
	YML
	is "$(sql "SELECT max(n) FROM (SELECT count(*) AS n FROM jobs a
		JOIN jobs b ON b.run = a.run
			AND b.started_at_ms <= a.started_at_ms
			AND b.finished_at_ms > a.started_at_ms
		WHERE a.run = $(run_id demo 9) GROUP BY a.id)")" 2
'

test_expect 'a workflow of the repository is called with inputs' '
	mkdir -p "$T/clone/demo/.ci" && cat >"$T/clone/demo/.ci/called.yml" <<-\YML &&
	on:
	  workflow_call:
	    inputs:
	      whom: { type: string, required: true }
	jobs:
	  greet:
	    runs-on: linux
	    steps: [{ run: "echo hello ${{ inputs.whom }}" }]
	YML
	push demo <<-\YML && wait_run 60 demo 10 &&
	on: push
	jobs:
	  first: { runs-on: linux, steps: [{ run: "true" }] }
	  call:
	    needs: first
	    uses: ./.ci/called.yml
	    with: { whom: you }
	  last: { needs: call, runs-on: linux, steps: [{ run: "true" }] }
	YML
	log_of demo 10 call/greet | grep -qx "hello you" &&
	curl -sSf "$base_url/ada/demo/runs/10/jobs/call%2Fgreet" |
		grep -q "hello you" &&
	is "$(jobs demo 10)" "first=succeeded last=succeeded call/greet=succeeded"
'

test_expect 'outputs make a matrix, and reach the caller of a workflow' '
	cat >"$T/clone/demo/.ci/called.yml" <<-\YML &&
	on:
	  workflow_call:
	    outputs:
	      word: { value: "${{ jobs.say.outputs.word }}" }
	jobs:
	  say:
	    runs-on: linux
	    outputs: { word: "${{ steps.s.outputs.word }}" }
	    steps: [{ id: s, run: echo word=up >>"$GITHUB_OUTPUT" }]
	YML
	push demo <<-\YML && wait_run 60 demo 11 &&
	on: push
	jobs:
	  list:
	    runs-on: linux
	    outputs: { all: "${{ steps.l.outputs.all }}" }
	    steps:
	      - id: l
	        run: echo "all=[\"x\", \"y\"]" >>"$GITHUB_OUTPUT"
	  call: { uses: ./.ci/called.yml }
	  each:
	    needs: [list, call]
	    strategy: { matrix: { n: "${{ fromJSON(needs.list.outputs.all) }}" } }
	    runs-on: linux
	    steps: [{ run: "echo ${{ matrix.n }} ${{ needs.call.outputs.word }}" }]
	YML
	is "$(log_of demo 11 each) $(log_of demo 11 each:2)" "x up y up"
'

test_expect 'a job that continues on error fails alone' '
	push demo <<-\YML && wait_run 60 demo 12 &&
	on: push
	jobs:
	  a: { continue-on-error: true, runs-on: linux, steps: [{ run: exit 3 }] }
	  b: { needs: a, runs-on: linux, steps: [{ run: "true" }] }
	YML
	is "$(jobs demo 12)" "a=failed b=succeeded"
'

# Ends every pawl-job a moment after it was seen, until the run is over:
# some of them between the end of their job and the decision about the run.
kill_jobs_until_over()
{
	local end=$((SECONDS + 100)) pid

	until run_over demo "$1" || [ "$SECONDS" -gt "$end" ]; do
		for pid in $(pids_of pawl-job); do
			sleep 0.0$((RANDOM % 9))
			kill -9 "$pid" 2>/dev/null
		done
		sleep 0.3
	done
	run_over demo "$1"
}

test_expect 'however its processes are killed, a run comes to its end' '
	push demo <<-\YML && kill_jobs_until_over 13 &&
	on: push
	jobs:
	  a:
	    runs-on: linux
	    strategy: { fail-fast: false, matrix: { n: [1, 2, 3] } }
	    steps: [{ run: "true" }]
	  b: { needs: a, if: always(), runs-on: linux, steps: [{ run: "true" }] }
	YML
	is "$(sql "SELECT count(*) FROM runs WHERE facts <> decided")" 0 &&
	pawl admin rebuild --verify
'

test_expect 'a process that ended without deciding is replaced' '
	workerd_stop && push demo <<-\YML &&
	on: push
	jobs:
	  a: { if: false, runs-on: linux, steps: [{ run: "true" }] }
	YML
	workerd_start && wait_run 60 demo 14 skipped &&
	sqlite3 "$state/pawl.db" "UPDATE runs SET facts = facts + 1, decide_at_ms = 0
		WHERE id = $(run_id demo 14)" &&
	undecided() { is "$(sql "SELECT count(*) FROM runs
		WHERE facts <> decided")" 0 >/dev/null; } &&
	wait_for 20 undecided
'

# For some seconds now a job's process dies, now a planner, now workerd.
storm()
{
	local end=$((SECONDS + 8)) pid

	while [ "$SECONDS" -lt "$end" ]; do
		sleep 0.$((RANDOM % 5))
		case $((RANDOM % 4)) in
		0) workerd_kill && workerd_start ;;
		1) for pid in $(pids_of pawl-planner); do
			kill -9 "$pid" 2>/dev/null
		done ;;
		*) for pid in $(pids_of pawl-job); do
			kill -9 "$pid" 2>/dev/null
			break
		done ;;
		esac
	done
	true
}

test_expect 'a storm of kills over matrices: every run ends, and adds up' '
	for i in 15 16 17; do
		push demo <<-\YML || break
		on: push
		jobs:
		  a:
		    runs-on: linux
		    strategy: { max-parallel: 2, matrix: { n: [1, 2, 3] } }
		    steps: [{ run: sleep 0.2 }]
		  b: { needs: a, runs-on: linux, steps: [{ run: "true" }] }
		  c: { needs: a, if: always(), runs-on: linux, steps: [{ run: "true" }] }
		YML
	done
	storm; for i in 15 16 17; do wait_for 90 run_over demo $i || break; done
	is "$(sql "SELECT count(*) FROM runs WHERE facts <> decided")" 0 &&
	is "$(sql "SELECT count(*) FROM jobs WHERE finished_at_ms IS NULL")" 0 &&
	pawl admin rebuild --verify
'

test_no_leaks
test_done

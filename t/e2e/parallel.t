#!/bin/bash
# parallel.t - jobs run side by side up to max-jobs and never beyond it. Told
# by the times of their steps, not by how long all of it took.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 2'

# most_at_once NUMBER - how many steps of a run ran at one moment, at most.
most_at_once()
{
	sql "WITH s AS (SELECT steps.started_at_ms AS b,
		steps.finished_at_ms AS e FROM steps JOIN jobs ON jobs.id = steps.job
		WHERE jobs.run = $(run_id demo "$1"))
		SELECT max(n) FROM (SELECT (SELECT count(*) FROM s AS o
			WHERE o.b <= s.b AND o.e > s.b) AS n FROM s)"
}

jobs_of_two_seconds()
{
	printf 'on: push\njobs:\n'
	printf '  %s: {runs-on: linux, steps: [{run: sleep 2}]}\n' "$@"
}

test_expect 'two jobs of two seconds run at the same time' '
	repo_new ada demo && workerd_start &&
	push demo < <(jobs_of_two_seconds a b) && wait_run 60 demo 1 &&
	is "$(most_at_once 1)" 2
'

test_expect 'five of them never run more than two at once' '
	push demo < <(jobs_of_two_seconds a b c d e) && wait_run 60 demo 2 &&
	is "$(most_at_once 2)" 2
'

test_expect 'with max-jobs 1 they run one after the other' '
	workerd_stop && config_write "max-jobs: 1" && workerd_start &&
	push demo < <(jobs_of_two_seconds a b c) && wait_run 60 demo 3 &&
	is "$(most_at_once 3)" 1
'

test_expect 'adopted jobs count against the limit' '
	push demo < <(jobs_of_two_seconds a b c) &&
	wait_for 60 job_is running demo 4 a &&
	workerd_kill && workerd_start && wait_run 60 demo 4 &&
	is "$(most_at_once 4)" 1
'

test_expect 'needs are waited for' '
	push demo <<-\YML && wait_run 60 demo 5 &&
	on: push
	jobs:
	  last: {needs: [left, right], runs-on: linux, steps: [{run: "true"}]}
	  left: {needs: first, runs-on: linux, steps: [{run: "true"}]}
	  right: {needs: first, runs-on: linux, steps: [{run: "true"}]}
	  first: {runs-on: linux, steps: [{run: "true"}]}
	YML
	sql "SELECT key FROM jobs WHERE run = $(run_id demo 5)
		ORDER BY started_at_ms" >got &&
	is "$(sed -n 1p got)" first && is "$(sed -n 4p got)" last
'

test_no_leaks
test_done

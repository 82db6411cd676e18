#!/bin/bash
# ends.t - how jobs end that do not end well: what the log's last lines say,
# and how soon nothing is left.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"

printf 'correct horse' >"$T/pass"
worker_setup 'max-jobs: 3' 'cancel-grace: 1 s' 'memory-max-bytes: 64 MiB' \
	"secrets: {PASS: {file: $T/pass}}"
worker_start

# index KEY FILTER - lines of the index of a job of run $run, through jq.
index()
{
	jq -c "$2" "$(log_file "$run/$1.idx")"
}

# said KEY PATTERN - a line of Pawl in its log.
said()
{
	grep -a "^pawl: " "$(log_file "$run/$1.log")" | grep -q -- "$2"
}

commit_pipeline 'on: push' 'jobs:' \
	'  hangs:' \
	'    runs-on: x' \
	'    steps:' \
	'      - timeout-minutes: 0.02' \
	'        env: {PASS: "${{ secrets.PASS }}"}' \
	'        run: |' \
	'          sh -c "trap : TERM; sleep 601 & while :; do wait; done" sh "$PASS" &' \
	'          (trap "" TERM; exec sleep 602) &' \
	'          wait; sleep 603' \
	'  deaf:' \
	'    runs-on: x' \
	'    timeout: 1s' \
	'    steps:' \
	'      - run: |' \
	'          trap "" TERM; for i in 1 2 3 4 5 6 7 8; do sleep 604 & done' \
	'          while :; do sleep 605; done' \
	'  eats:' \
	'    runs-on: x' \
	'    steps:' \
	'      - run: |' \
	'          { head -c 48000000 /dev/zero && sleep 1 &&' \
	'            head -c 152000000 /dev/zero && sleep 2; } | tail >/dev/null' \
	'          echo "tail ended with ${PIPESTATUS[*]}"; exit 137'

test_expect 'jobs that hang and eat come to their end' '
	push_run && wait_for 60 run_is "$run" failed
'

test_expect 'at a time-out the log shows what ran, before it was ended' '
	said hangs "timed out after .*ending the step (TERM)" &&
	said hangs "pid s *elapsed *cpu *command" &&
	said hangs "S .* s .* s *sleep 601" && said hangs "sleep 602"
'

test_expect 'secrets in command lines are masked' '
	said hangs "sh -c .* sh \*\*\*" &&
	! grep -qa "correct horse" "$(log_file "$run/hangs.log")"
'

test_expect 'the processes are shown once when the job is out of time' '
	said deaf "sleep 605" &&
	is "$(grep -c "pid s *elapsed" "$(log_file "$run/deaf.log")")" 1
'

test_expect 'what is deaf to TERM is gone right behind the grace' '
	said deaf "did not end within 1 s (\"cancel-grace\"): killed" &&
	index deaf "select(.type == \"killed\")" && is "$(index deaf "select(
		.type == \"killed\" and .late_ms < 500 and
		.took_us < 500000) | .step")" 1 && no_process 604
'

test_expect 'out of memory: limit, peak and who it was' '
	job_field "$run" eats reason | grep -q "out of memory" &&
	said eats "the limit is 64.0 MB, the most that was used [1-9]" &&
	said eats "the largest process was [0-9]* with .* MB: tail"
'

commit_pipeline 'on: push' 'jobs:' \
	'  a:' \
	'    runs-on: x' \
	'    cancel-timeout-minutes: 0.05' \
	'    steps:' \
	'      - run: |' \
	'          trap "echo asked; sleep 2; echo cleaned; exit 1" TERM' \
	'          echo ready; while :; do sleep 0.1; done'

test_expect 'a job has the grace that its file gives it' '
	push_run && wait_for 60 logged "$run/a.log" ready &&
	"$pawl" cancel "demo/app#$run" && wait_for 30 run_is "$run" cancelled &&
	logged "$run/a.log" cleaned && ! said a killed
'

# The process of a job and its supervisor are gone at once.
commit_pipeline 'on: push' 'jobs:' '  a:' '    runs-on: x' \
	'    steps: [{run: "echo ready; test $GITHUB_RUN_ATTEMPT = 2 || sleep 606"}]'

test_expect 'the log of a lost attempt says what became of it' '
	push_run && wait_for 60 logged "$run/a.log" ready &&
	kill -9 "$(job_field "$run" a pid)" &&
	wait_for 60 run_is "$run" succeeded &&
	wait_for 60 said a "attempt 1 was lost: the job.s process: killed by signal 9" &&
	is "$(index a "select(.type == \"job-end\") | .on")" "\"fail\"" &&
	tail -n 1 "$(log_file "$run/a.log")" |
		grep -q "its container and workspace were removed$" &&
	no_process 606
'


test_expect 'a sweep counts what it would remove, removes it, and is done' '
	mkdir -p "$state/work/999-1/workspace" && touch -d "2 days ago" \
		"$state/.tmp-1-1" &&
	"$pawl" admin sweep --dry-run 2>/dev/null >counts &&
	grep -q "containers=0 .*folders=1 .*files=1 .*failed=0" counts &&
	[ -d "$state/work/999-1" ] &&
	"$pawl" admin sweep 2>log && grep -q "folders=1" log &&
	[ ! -e "$state/work/999-1" ] && [ ! -e "$state/.tmp-1-1" ] &&
	"$pawl" admin sweep --dry-run 2>/dev/null >counts &&
	! grep -q "=[1-9]" counts
'

# A mirror of an action that was used 31 days ago, one of today, and one that
# somebody holds.
other=$state/mirrors/.other
mkdir -p "$other"
for name in old new held; do
	mkdir "$other/$name.git" && : >"$other/$name.git.lock"
	touch -d "31 days ago" "$other/$name.git" "$other/$name.git.lock"
done
touch "$other/new.git.lock"

test_expect 'mirrors of others go that were not used for a month' '
	exec 9<"$other/held.git.lock" && flock 9 &&
	"$pawl" admin sweep --dry-run 2>/dev/null >counts &&
	grep -q "mirrors=1 " counts && [ -d "$other/old.git" ] &&
	"$pawl" admin sweep >/dev/null 2>&1 &&
	is "$(cd "$other" && echo *)" "held.git held.git.lock new.git new.git.lock" &&
	exec 9<&- && "$pawl" admin sweep >/dev/null 2>&1 &&
	is "$(cd "$other" && echo *)" "new.git new.git.lock"
'

test_done

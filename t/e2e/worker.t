#!/bin/bash
# worker.t - pawl-workerd and its children: plan, run, survive.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "${srcdir:-.}/t/lib/worker.sh"

cd "$T" || exit 1
worker_setup 'lease: 5s' 'cancel-grace: 1s' 'max-jobs: 2' \
	'log-max-bytes: 300MB' 'workspace-max-bytes: 64MB'
worker_start || bail "$(cat "$T/workerd.log")"

# --- planning ----------------------------------------------------------------

test_expect 'a push becomes a run, a log and a badge' '
	one_job "      - run: echo hello" && push_run &&
	wait_for 60 run_is 1 succeeded &&
	is "$(verdict "$delivery")" "planned: run 1" &&
	is "$(cat "$(log_file 1/test.log)")" hello &&
	wait_for 20 grep -q passing "$state/public/badges/demo/app/main.svg"
'

test_expect 'a second workerd for the same state refuses' '
	! "$PAWL_LIBEXEC_DIR/pawl-workerd" 2>second &&
	grep -q "another pawl-workerd runs" second
'

test_expect 'a commit without pipeline file is ignored, and says why' '
	git -C "$src" checkout -q --orphan bare && git -C "$src" rm -rqf . &&
	ln -s x "$src/.ci.yml" && git -C "$src" add .ci.yml &&
	git -C "$src" commit -q --allow-empty -m none && id=$(deliver) &&
	wait_for 30 delivery_is "$id" ignored &&
	verdict "$id" | grep "^no pipeline file in commit .*\.ci\.yml" &&
	verdict "$id" | grep "symbolic links do not count" &&
	git -C "$src" checkout -q -f main
'

test_expect 'a branch that no rule names is ignored, with the rule' '
	commit_pipeline "on: {push: {branches: [main]}}" jobs: "  t:" \
		"    runs-on: x" "    steps:" "      - run: true" &&
	id=$(deliver "$(git -C "$src" rev-parse HEAD)" refs/heads/other) &&
	wait_for 30 delivery_is "$id" ignored &&
	verdict "$id" | grep "\.ci\.yml"
'

test_expect 'a deleted branch is ignored' '
	id=$(deliver 0000000000000000000000000000000000000000) &&
	wait_for 30 delivery_is "$id" ignored &&
	verdict "$id" | grep deleted
'

test_expect 'a file with a mistake is a failed run that shows it' '
	commit_pipeline "on: push" jobs: "  t:" "    runs-on: x" \
		"    need: y" "    steps:" "      - run: true" &&
	id=$(deliver) && wait_for 30 delivery_is "$id" planned &&
	run_is 2 failed &&
	sql "SELECT problems FROM runs WHERE number = 2" |
		grep "\.ci\.yml:5:5: error.*need"
'

test_expect 'a commit that the origin does not have fails for good' '
	id=$(deliver 0123456789012345678901234567890123456789) &&
	wait_for 30 delivery_is "$id" failed &&
	verdict "$id" | grep "no commit 0123456789" &&
	is "$(sql "SELECT attempts FROM deliveries WHERE id = \"$id\"")" 1
'

test_expect 'an origin that is away is tried three times' '
	mv "$src" "$src.away" &&
	id=$(deliver 1111111111111111111111111111111111111111) &&
	wait_for 90 delivery_is "$id" failed &&
	verdict "$id" | grep "attempt 3" && mv "$src.away" "$src"
'

# --- a supervisor that dies --------------------------------------------------

# A git that stops before it talks to the origin, until $T/go is there.
mkdir "$T/bin"
cat >"$T/bin/git" <<SH
#!/bin/sh
case \$1 in fetch) while ! [ -e "$T/go" ]; do sleep 0.1; done ;; esac
PATH=$PATH exec git "\$@"
SH
chmod +x "$T/bin/git"

planner_of()
{
	pgrep -f "pawl-planner .*$1"
}

planner_runs()
{
	[ -n "$(planner_of "$1")" ]
}

test_expect 'killed between webhook and planning: planned once, later' '
	stop_pid "$worker" && one_job "      - run: echo again" &&
	PATH=$T/bin:$PATH worker_start && id=$(deliver) &&
	wait_for 30 planner_runs "$id" && worker_kill &&
	first=$(planner_of "$id") && delivery_is "$id" received &&
	worker_start && wait_for 30 worker_said ready && touch go &&
	wait_for 60 delivery_is "$id" planned && wait_for 60 gone "$first" &&
	run=$(sql "SELECT max(number) FROM runs") &&
	wait_for 60 run_is $run succeeded &&
	is "$(sql "SELECT count(*) FROM runs WHERE delivery = \"$id\"")" 1 &&
	rm go
'

test_expect 'a planner that is killed each time fails its delivery' '
	stop_pid "$worker" && one_job "      - run: echo third" &&
	PATH=$T/bin:$PATH worker_start && id=$(deliver) &&
	for i in 1 2 3; do
		wait_for 60 planner_runs "$id" || break
		pid=$(planner_of "$id") && kill -9 "$pid" &&
			wait_for 20 gone "$pid" || break
	done &&
	wait_for 30 delivery_is "$id" failed &&
	verdict "$id" | grep "3 times.*signal 9" && touch go &&
	stop_pid "$worker" && worker_start
'

test_expect 'restarted during a job: the job does not notice' '
	one_job "      - run: echo one; sleep 3; echo two" \
		"      - run: echo three" &&
	push_run && wait_for 60 logged $run/test.log one && kill "$worker" &&
	wait_for 20 gone "$worker" && worker_start &&
	wait_for 30 worker_said "job adopted" && wait_for 60 run_is $run succeeded &&
	printf "%s\n" one two three >want &&
	test_cmp want "$(log_file $run/test.log)" &&
	is "$(job_field $run test attempt)" 1
'

test_expect 'killed while a job ends: its end is known all the same' '
	one_job "      - run: echo one; sleep 2" && push_run &&
	wait_for 60 logged $run/test.log one && worker_kill &&
	wait_for 60 job_is $run test succeeded && worker_start &&
	run_is $run succeeded
'

# --- a job that dies ---------------------------------------------------------

first_only='test $GITHUB_RUN_ATTEMPT != 1 ||'

test_expect 'a job killed in mid-step runs again; nothing of it is left' '
	one_job "      - run: echo attempt \$GITHUB_RUN_ATTEMPT" \
		"      - run: $first_only sleep 86401" &&
	push_run && wait_for 60 logged $run/test.log "attempt 1" &&
	wait_for 30 has_process 86401 &&
	kill -9 "$(job_field $run test pid)" &&
	wait_for 60 run_is $run succeeded &&
	is "$(job_field $run test attempt)" 2 &&
	is "$(head -n 1 "$(log_file $run/test.log)")" "attempt 1" &&
	tail -n 1 "$(log_file $run/test.log)" | grep "attempt 1 was lost" &&
	is "$(cat "$(log_file $run/test.2.log)")" "attempt 2" &&
	wait_for 20 no_process 86401 && wait_for 60 no_work
'

test_expect 'a job that is killed each time fails, and says so' '
	one_job "      - run: sleep 86402" && push_run &&
	for i in 1 2 3; do
		wait_for 60 eval "[ \"\$(job_field $run test attempt)\" = $i ] &&
			job_is $run test running" || break
		kill -9 "$(job_field $run test pid)"
	done &&
	wait_for 60 run_is $run failed &&
	job_field $run test reason | grep "signal 9" &&
	wait_for 20 no_process 86402 && wait_for 60 no_work
'

test_expect 'a job whose process hangs loses its lease' '
	one_job "      - run: $first_only sleep 86403" &&
	push_run && wait_for 60 job_is $run test running &&
	wait_for 30 has_process 86403 &&
	kill -STOP "$(job_field $run test pid)" &&
	wait_for 60 run_is $run succeeded && is "$(job_field $run test attempt)" 2 &&
	worker_said "does not renew its lease" &&
	wait_for 20 no_process 86403
'

test_expect 'when the clock is set forward, jobs keep their leases' '
	one_job "      - run: sleep 4" && push_run &&
	wait_for 60 step_is $run test 1 running &&
	sql "UPDATE jobs SET lease_until_ms = 1 WHERE pid IS NOT NULL" &&
	wait_for 60 run_is $run succeeded &&
	is "$(job_field $run test attempt)" 1
'

# Hold the database for longer than two leases.
lock_database()
{
	{ echo "BEGIN IMMEDIATE; SELECT 1;"; sleep 14; echo "ROLLBACK;"; } |
		sqlite3 -cmd ".timeout 10000" "$state/pawl.db" >locked
}

test_expect 'while the database is locked, jobs keep their leases' '
	one_job "      - run: sleep 15" && push_run &&
	wait_for 60 step_is $run test 1 running && lock_database &&
	is "$(cat locked)" 1 && wait_for 60 run_is $run succeeded &&
	is "$(job_field $run test attempt)" 1
'

# --- jobs that misbehave -----------------------------------------------------

test_expect 'a cancelled job that ignores TERM is gone, and the log says so' '
	one_job "      - run: trap \"\" TERM; echo ready;" \
		"          while :; do sleep 86404; done" &&
	push_run && wait_for 60 logged $run/test.log ready &&
	"$pawl" cancel demo/app#$run && wait_for 60 run_is $run cancelled &&
	tail -n 1 "$(log_file $run/test.log)" | grep "cancelled" &&
	wait_for 20 no_process 86404 && no_work
'

test_expect 'a step over its time ends its job' '
	one_job "      - run: sleep 86405" "        timeout-minutes: 0.02" &&
	push_run && wait_for 60 run_is $run failed &&
	grep "^pawl: job failed" "$(log_file $run/test.log)" |
		grep "timed out.*timeout-minutes"
'

test_expect 'children that a step leaves behind end with the job' '
	one_job "      - run: (setsid sleep 86406 &) ; yes &" \
		"      - run: echo next" &&
	push_run && wait_for 60 run_is $run succeeded &&
	logged $run/test.log next && wait_for 20 no_process 86406
'

test_expect 'a full workspace ends the job, and the log says why' '
	one_job "      - run: for i in \$(seq 20); do" \
		"          head -c 10000000 /dev/zero >\$i; done; sleep 86407" &&
	push_run && wait_for 90 run_is $run failed &&
	grep "^pawl: job failed" "$(log_file $run/test.log)" |
		grep "workspace-max-bytes" &&
	wait_for 20 no_process 86407 && wait_for 30 no_work
'

test_expect 'so does a single file that is too large' '
	one_job "      - run: head -c 200000000 /dev/zero >big" &&
	push_run && wait_for 90 run_is $run failed &&
	grep "^pawl: job failed" "$(log_file $run/test.log)" |
		grep "workspace-max-bytes"
'

# Peak memory of the job's process so far, in kB.
peak()
{
	sed -n "s/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p" "/proc/$1/status"
}

test_expect '200 MB without a newline and without UTF-8, in little memory' '
	one_job "      - run: head -c 200000000 /dev/zero | tr \"\\\\0\" \"\\\\377\"" \
		"      - run: sleep 2" &&
	push_run &&
	wait_for 120 step_is $run test 2 running &&
	kb=$(peak "$(job_field $run test pid)") &&
	wait_for 60 run_is $run succeeded &&
	is "$(stat -c %s "$(log_file $run/test.log)")" 200000000 &&
	is "$(tr -d "\\377" <"$(log_file $run/test.log)" | wc -c)" 0 &&
	echo "peak $kb kB" && [ "$kb" -lt 30000 ] &&
	rm "$(log_file $run/test.log)"
'

test_expect 'two jobs at once, the others wait' '
	commit_pipeline "on: push" jobs: \
	    "  a: {runs-on: x, steps: [{run: sleep 2}]}" \
	    "  b: {runs-on: x, steps: [{run: sleep 2}]}" \
	    "  c: {runs-on: x, steps: [{run: sleep 1}]}" &&
	push_run && wait_for 30 job_is $run a running &&
	wait_for 30 job_is $run b running && job_is $run c pending &&
	wait_for 60 run_is $run succeeded
'

test_expect 'a fault of the host that passes costs an attempt, not the job' '
	commit_pipeline "on: push" jobs: \
	    "  a: {runs-on: x, steps: [{run: sleep 2}]}" \
	    "  b: {runs-on: x, needs: a, steps: [{run: echo fine}]}" &&
	push_run && wait_for 30 step_is $run a 1 running &&
	mv "$state/mirrors/demo/app.git" "$state/away" &&
	wait_for 30 logged $run/b.log "not by its own fault" &&
	mv "$state/away" "$state/mirrors/demo/app.git" &&
	wait_for 60 run_is $run succeeded &&
	is "$(job_field $run b attempt)" 2
'

# --- quiet -------------------------------------------------------------------

test_expect 'an engine that is away: three attempts, then a failure' '
	one_job "      - run: true" && sed -i "s/^engine:.*/engine: docker/" \
		"$PAWL_CONFIG" && echo "docker-socket: $T/none.sock
default-image: busybox" >>"$PAWL_CONFIG" &&
	kill -HUP "$worker" && wait_for 20 worker_said "reloaded" &&
	push_run && wait_for 60 run_is $run failed &&
	is "$(job_field $run test attempt)" 3 &&
	sed -i "/^docker-socket/d; /^default-image/d;
		s/^engine:.*/engine: sandbox/" "$PAWL_CONFIG" &&
	kill -HUP "$worker"
'

test_expect 'a wrong configuration is not taken over' '
	cp "$PAWL_CONFIG" saved && echo "no-such-key: 1" >>"$PAWL_CONFIG" &&
	kill -HUP "$worker" && wait_for 20 worker_said "was not reloaded" &&
	worker_said no-such-key && mv saved "$PAWL_CONFIG"
'

quiet()
{
	[ "$(sql "SELECT count(*) FROM jobs WHERE state IN ('pending',
		'assigned', 'running', 'completing')")" = 0 ] &&
		[ -z "$(cat "/proc/$worker/task/$worker/children")" ]
}

test_expect 'idle it makes no system call' '
	wait_for 60 quiet && sleep 1 &&
	timeout 5 strace -qq -o calls -p "$worker"; cat calls &&
	is "$(grep -cv restart_syscall calls)" 0
'

test_expect 'what a crash left is removed at the next start' '
	stop_pid "$worker" && mkdir -p "$state/work/999-1/workspace/x" &&
	touch -d "2 hours ago" "$state/private/badges/.tmp-1" &&
	worker_start && wait_for 60 no_work &&
	wait_for 20 eval "! [ -e \"\$state/private/badges/.tmp-1\" ]"
'

test_expect 'with --exit-idle it ends when there is nothing to do' '
	stop_pid "$worker" && worker_start --exit-idle 1 &&
	wait_for 60 gone "$worker" && worker_said "nothing to do"
'

test_done

#!/bin/bash
# hooks.t - programs of the administrator that are run when something happens.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup "hooks-dir: $T/hooks" 'hook-timeout: 1 s' 'job-timeout: 2 s' \
	'cancel-grace: 1 s'
mkdir -m 755 "$T/hooks" "$T/told"

# hook PATH LINE... - an executable; PATH is below the folder.
hook()
{
	local path="$T/hooks/$1"
	shift
	mkdir -p "${path%/*}" &&
		printf '%s\n' '#!/bin/sh' "$@" >"$path.new" &&
		chmod 755 "$path.new" && mv "$path.new" "$path"
}

# Each tells its name and run in a file of its own, and keeps what it was given.
for name in run_start pre_job post_job on_success on_failure on_timeout \
	run_complete; do
	hook "$name" "cat >$T/told/\$PAWL_HOOK.\$PAWL_RUN.\${PAWL_JOB:-run}.json" \
		"env >$T/told/\$PAWL_HOOK.\$PAWL_RUN.\${PAWL_JOB:-run}.env" \
		"echo \"\$PAWL_HOOK \$PAWL_RUN \${PAWL_JOB:-run} \$PAWL_RESULT\" \
>>$T/told/all"
done
workerd_start
repo_new ada demo >"$T/repo.out" || bail "no repository"

no_hooks_left()
{
	[ "$(sql "SELECT count(*) FROM outbox WHERE kind = 'hook'
		AND state = 'queued'")" = 0 ]
}

# told RUN - what was told of it, in order.
told()
{
	wait_for 30 no_hooks_left && grep "^[a-z_]* $1 " "$T/told/all" | sort
}

job='runs-on: x, steps: [{run:'

test_expect 'each is run once at its time' '
	push demo <<-YML && wait_run 60 demo 1 failed && told 1 >got &&
	on: push
	jobs:
	  good: {$job "true"}]}
	  bad: {$job "exit 3"}], needs: good}
	  never: {$job "true"}], needs: bad}
	YML
	cat >want <<-\END && test_cmp want got
	on_failure 1 bad failed
	on_success 1 good succeeded
	post_job 1 bad failed
	post_job 1 good succeeded
	pre_job 1 bad running
	pre_job 1 good running
	run_complete 1 run failed
	run_start 1 run running
	END
'

test_expect 'it is told what it is about, and nothing else' '
	env=$T/told/on_failure.1.bad.env json=$T/told/on_failure.1.bad.json &&
	grep -qx "PAWL_REPOSITORY=ada/demo" "$env" &&
	grep -qx "PAWL_SHA=$sha" "$env" && grep -qx "PAWL_CAUSE=failure" "$env" &&
	grep -qx "PAWL_URL=$base_url/ada/demo/runs/1/jobs/bad" "$env" &&
	! grep -q "^PAWL_CONFIG=\|^PAWL_TEST_ID=" "$env" &&
	is "$(jq -r "[.hook, .event, .run.number, .job.key, .result] |
		join(\" \")" "$json")" "on_failure job.failed 1 bad failed"
'

test_expect 'a job that takes too long is on_timeout, too' '
	push demo <<-YML && wait_run 60 demo 2 failed && told 2 >got &&
	on: push
	jobs: {slow: {$job "sleep 60"}]}}
	YML
	grep -qx "on_timeout 2 slow failed" got &&
	grep -qx "on_failure 2 slow failed" got &&
	grep -qx PAWL_CAUSE=timeout "$T/told/on_timeout.2.slow.env"
'

test_expect 'one that hangs or fails delays and fails nothing' '
	hook pre_job.d/hangs "sleep 60 & echo \$! >$T/told/child; wait" &&
	hook pre_job.d/fails "echo out of coffee; exit 7" &&
	push demo <<-YML && wait_run 60 demo 3 && wait_for 30 no_hooks_left &&
	on: push
	jobs: {a: {$job "true"}]}}
	YML
	pawl hooks >out && grep -q "failed.*pre_job.d/fails.*exit code 7" out &&
	grep -q "failed.*pre_job.d/hangs.*timed out" out &&
	grep -q "ok.*on_success" out &&
	grep "\"hook ended\"" "$T/workerd.log" | grep -q "out of coffee" &&
	wait_for 10 gone "$(cat "$T/told/child")" &&
	rm -r "$T/hooks/pre_job.d"
'

test_expect 'a condition says of which' '
	hook on_success.d/main "echo \$PAWL_BRANCH >>$T/told/branches" &&
	echo "run.branch == '\''main'\'' && job.key == '\''a'\''" \
		>"$T/hooks/on_success.d/main.if" &&
	for branch in main other; do
		push demo "$branch" <<-YML || return 1
		on: push
		jobs: {a: {$job "true"}]}, b: {$job "true"}]}}
		YML
	done &&
	wait_run 60 demo 4 && wait_run 60 demo 5 &&
	wait_for 30 no_hooks_left && is "$(cat "$T/told/branches")" main &&
	pawl hooks --json | jq -e ".hooks[] | select(.condition != null)" >out
'

test_expect 'one is added and removed by command' '
	printf "#!/bin/sh\necho added >>%s/told/added\n" "$T" >"$T/tell" &&
	path=$(pawl hooks add run_complete "$T/tell" --if "run.branch == '\''dev'\''") &&
	is "$path" "$T/hooks/run_complete.d/tell" && [ -x "$path" ] &&
	push demo dev <<-YML && wait_run 60 demo 6 && told 6 >got &&
	on: push
	jobs: {a: {$job "true"}]}}
	YML
	is "$(cat "$T/told/added")" added &&
	pawl hooks | grep -q "run_complete.d/tell.*dev" &&
	! pawl hooks add on_friday "$T/tell" 2>why &&
	grep -q "there are run_start, pre_job" why &&
	! pawl hooks add on_failure "$T/tell" --if "a ==" 2>why &&
	grep -q -- "--if:[0-9]" why &&
	! pawl hooks remove run_complete.d/../../x 2>why &&
	pawl hooks remove run_complete.d/tell && [ ! -e "$path" ] &&
	[ ! -e "$path.if" ] && ! pawl hooks remove run_complete.d/tell 2>why &&
	grep -q "no such file\|No such file" why
'

test_expect 'one that others may write is not run, and it is said' '
	chmod o+w "$T/hooks/on_success" && rm "$T/told/all" &&
	push demo <<-YML && wait_run 60 demo 7 && told 7 >got &&
	on: push
	jobs: {a: {$job "true"}]}}
	YML
	grep -qx "post_job 7 a succeeded" got && ! grep on_success got &&
	grep "a hook is not run" "$T/workerd.log" | grep -q "chmod go-w"
'

test_expect 'killed in between, all are run all the same' '
	chmod o-w "$T/hooks/on_success" &&
	hook pre_job "sleep 0.3; echo \"pre_job \$PAWL_RUN\" >>$T/told/killed" &&
	push demo <<-YML && wait_for 60 run_over demo 8 &&
	on: push
	jobs: {a: {$job "true"}]}}
	YML
	{ pkill -9 -P "$workerd_pid" -x pawl-notifier || true; } &&
	workerd_kill && workerd_start && wait_for 30 no_hooks_left &&
	grep -qx "pre_job 8" "$T/told/killed" && told 8 >got &&
	grep -qx "run_complete 8 run succeeded" got
'

test_no_leaks
test_done

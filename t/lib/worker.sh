# worker.sh - a state directory, a repository and a pawl-workerd of a test's
# own, without any web server: webhooks enter through pawl-hook as plain CGI.
# Source it after tap.sh.
#
#	worker_setup [CONFIGURATION LINE]...	on the engine $worker_engine,
#					else the sandbox
#	worker_start
#	commit_pipeline 'on: push' 'jobs:' ... && deliver
#	wait_for 60 run_is 1 succeeded
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# shellcheck disable=SC2034 # variables are read by the tests

export PAWL_LIBEXEC_DIR=$builddir/libexec
pawl=$builddir/pawl
unset NOTIFY_SOCKET LISTEN_FDS LISTEN_PID GIT_DIR GIT_WORK_TREE

worker_setup()
{
	state=$T/state
	src=$T/src
	export PAWL_CONFIG=$T/pawl.yaml
	printf '%s\n' "state-dir: $state" 'base-url: http://ci.test/ci' \
		'git-protocols: file' "engine: ${worker_engine:-sandbox}" "$@" >"$PAWL_CONFIG"
	printf 's3cret' >"$T/secret"
	git init -q -b main "$src"
	git -C "$src" config user.name Ada
	git -C "$src" config user.email ada@example.org
	"$pawl" admin migrate >"$T/setup.out" 2>&1 &&
		"$pawl" repo add --forge gitea --secret-file "$T/secret" \
			demo/app "$src" >>"$T/setup.out" 2>&1 ||
		bail "$(cat "$T/setup.out")"
	at_end worker_clean
}

# What jobs leave running would outlive a failed test.
worker_clean()
{
	local pid
	[ -n "${worker:-}" ] && stop_pid "$worker" 30
	for pid in $(sql "SELECT pid FROM jobs WHERE pid IS NOT NULL AND
		state IN ('assigned', 'running', 'completing')"); do
		grep -qsz pawl-job "/proc/$pid/cmdline" && kill -9 "$pid"
	done
}

# worker_start [OPTION]... - its pid in $worker; ready when this returns.
worker_start()
{
	: >"$T/workerd.log"
	"$PAWL_LIBEXEC_DIR/pawl-workerd" "$@" >>"$T/workerd.log" 2>&1 &
	worker=$!
	wait_for 60 worker_said '"message":"ready"'
}

worker_said()
{
	grep -q -- "$1" "$T/workerd.log"
}

worker_kill()
{
	kill -9 "$worker"
	wait "$worker" 2>/dev/null
	worker=
}

sql()
{
	sqlite3 -cmd '.timeout 10000' "$state/pawl.db" "$1"
}

# commit_pipeline LINE... - the new .ci.yml, committed.
commit_pipeline()
{
	printf '%s\n' "$@" >"$src/.ci.yml"
	git -C "$src" add -A && git -C "$src" commit -q --allow-empty -m "$1"
}

# job LINE... - the lines of a pipeline with one job, whose steps follow.
one_job()
{
	commit_pipeline 'on: push' 'jobs:' '  test:' \
		'    runs-on: ubuntu-latest' '    steps:' "$@"
}

# push_body SHA REF - as Gitea sends it.
push_body()
{
	jq -nc --arg sha "$1" --arg ref "$2" '{ref: $ref, after: $sha,
		before: ("0" * 40), repository: {name: "app",
		full_name: "demo/app", owner: {login: "demo"}},
		pusher: {login: "ada"},
		head_commit: {id: $sha, message: "a title\n\nmore"}}'
}

# deliver [SHA [REF]] - a signed push; prints the delivery's id.
deliver()
{
	local body signature
	body=$(push_body "${1:-$(git -C "$src" rev-parse HEAD)}" \
		"${2:-refs/heads/main}")
	signature=$(printf %s "$body" |
		openssl dgst -sha256 -hmac s3cret -r | cut -d ' ' -f 1)
	printf %s "$body" | env REQUEST_METHOD=POST SCRIPT_NAME=/ci \
		REQUEST_URI=/ci/hook/gitea/demo/app \
		PATH_INFO=/hook/gitea/demo/app CONTENT_TYPE=application/json \
		CONTENT_LENGTH=${#body} HTTP_X_GITEA_EVENT=push \
		HTTP_X_GITEA_DELIVERY="$(cat /proc/sys/kernel/random/uuid)" \
		HTTP_X_GITEA_SIGNATURE="$signature" \
		SERVER_PROTOCOL=HTTP/1.1 REMOTE_ADDR=127.0.0.1 \
		"$PAWL_LIBEXEC_DIR/pawl-hook" 2>>"$T/hook.log" |
		sed '1,/^\r*$/d' | jq -r .id
}

# push_run [SHA [REF]] - deliver, and wait for its run: its number in $run.
push_run()
{
	delivery=$(deliver "$@")
	wait_for 60 delivery_is "$delivery" planned || return 1
	run=$(sql "SELECT number FROM runs WHERE delivery = '$delivery'")
	[ -n "$run" ]
}

# --- conditions for wait_for ---------------------------------------------------

run_is()
{
	[ "$(sql "SELECT state FROM runs WHERE number = $1")" = "$2" ]
}

delivery_is()
{
	[ "$(sql "SELECT state FROM deliveries WHERE id = '$1'")" = "$2" ]
}

# job_field RUN KEY COLUMN
job_field()
{
	sql "SELECT j.$3 FROM jobs j JOIN runs r ON r.id = j.run
		WHERE r.number = $1 AND j.key = '$2'"
}

job_is()
{
	[ "$(job_field "$1" "$2" state)" = "$3" ]
}

# step_is RUN KEY NUMBER STATE
step_is()
{
	[ "$(sql "SELECT s.state FROM steps s JOIN jobs j ON j.id = s.job
		JOIN runs r ON r.id = j.run WHERE r.number = $1 AND
		j.key = '$2' AND s.number = $3 AND
		s.attempt = j.attempt")" = "$4" ]
}

verdict()
{
	sql "SELECT verdict FROM deliveries WHERE id = '$1'"
}

log_file()
{
	echo "$state/public/logs/demo/app/$1"
}

logged()
{
	grep -qsa -- "$2" "$(log_file "$1")"
}

# has_process ARGUMENT - something runs with it as an argument of its own.
has_process()
{
	grep -qsxz -- "$1" /proc/[0-9]*/cmdline
}

no_process()
{
	! has_process "$1"
}

no_work()
{
	[ -z "$(ls "$state/work")" ]
}

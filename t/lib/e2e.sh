# e2e.sh - a whole private Pawl in the test's own folder: nginx, handlers,
# workerd, and a git server that sends real signed webhooks.
#
#	. "${srcdir:-.}/t/lib/e2e.sh"
#	pawl_setup 'max-jobs: 2'	# lines for the configuration
#	repo_new ada demo
#	workerd_start
#	push demo <<'YML'
#	on: push
#	...
#	YML
#	wait_run 60 demo 1 && ...
#	test_no_leaks
#	test_done
#
# Everything listens on 127.0.0.1 or on sockets in $T and ends by its pid.
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

# Marks every process that descends from this test, for test_no_leaks.
export PAWL_TEST_ID=$T
export PAWL_CONFIG=$config
export PATH=$builddir:$PATH
export GIT_CONFIG_GLOBAL=$T/gitconfig GIT_CONFIG_NOSYSTEM=1
unset GIT_DIR XDG_CONFIG_HOME

db=$state/pawl.db
workerd_pid=

# --- the parts ---------------------------------------------------------------

# config_write LINE... - the configuration; lines given win over these.
config_write()
{
	local key standard
	: >"$config"
	while read -r key standard; do
		printf '%s\n' "$@" | grep -q "^$key:" ||
			printf '%s: %s\n' "$key" "$standard" >>"$config"
	done <<-END
		base-url $base_url
		state-dir $state
		run-dir $run
		engine sandbox
		git-protocols http:https:ssh
		log-level debug
	END
	printf '%s\n' "$@" >>"$config"
}

# handlers_start NAME PROCESSES - several of one kind behind one socket.
handlers_start()
{
	spawn-fcgi -s "$run/$1.sock" -M 0666 -F "$2" -P "$T/$1.pid" -- \
		"$PAWL_LIBEXEC_DIR/pawl-$1" >>"$T/$1.log" 2>&1 ||
		bail "pawl-$1 did not start"
	at_end handlers_stop "$1"
}

handlers_stop()
{
	local pid child pids
	mapfile -t pids <"$T/$1.pid"
	for pid in "${pids[@]}"; do
		# fcgiwrap does not end its children
		for child in "$pid" $(pgrep -P "$pid"); do
			stop_pid "$child"
		done
	done
}

# cgi_start NAME - fcgiwrap: what plain CGI programs are started by.
cgi_start()
{
	spawn-fcgi -s "$run/$1.sock" -M 0666 -P "$T/$1.pid" -- \
		/usr/sbin/fcgiwrap -f -c 4 >>"$T/$1.log" 2>&1 ||
		bail "fcgiwrap did not start"
	at_end handlers_stop "$1"
}

workerd_start()
{
	"$PAWL_LIBEXEC_DIR/pawl-workerd" >>"$T/workerd.log" 2>&1 &
	workerd_pid=$!
	disown "$workerd_pid"
	wait_for 20 test -S "$run/wake.sock"
}

workerd_stop()
{
	[ -n "$workerd_pid" ] || return 0
	stop_pid "$workerd_pid"
	workerd_pid=
}

# What it was just writing stays until the janitor finds it old enough.
workerd_kill()
{
	kill -9 "$workerd_pid" && wait_for 10 gone "$workerd_pid" &&
		find "$state" -name ".tmp-$workerd_pid-*" -delete
	workerd_pid=
}

# End what is running as well: the supervisor leaves its jobs alone.
everything_stop()
{
	local pid
	workerd_stop
	for pid in $(pids_of pawl-job) $(pids_of pawl-planner); do
		stop_pid "$pid"
	done
}

# descendants - the pids of all processes that this test has started, by the
# mark in their environment; itself left out.
descendants()
{
	local self=$BASHPID pid
	grep -lsazx "PAWL_TEST_ID=$T" /proc/[0-9]*/environ |
		while IFS=/ read -r _ _ pid _; do
			[ "$pid" = "$$" ] || [ "$pid" = "$self" ] ||
				echo "$pid"
		done
}

# End whatever is still there; the last resort, after test_no_leaks has told
# of it.
sweep()
{
	local pid
	for pid in $(descendants); do
		kill -9 "$pid"
	done
}

# pids_of PROGRAM - processes of this test that run one of our programs.
pids_of()
{
	local pid
	for pid in $(pgrep -x "$1"); do
		if grep -qsazx "PAWL_TEST_ID=$T" "/proc/$pid/environ"; then
			echo "$pid"
		fi
	done
}

# Pushes come to the same nginx as everything else, below /git/.
nginx_git()
{
	cat <<-END
		location ~ ^/git(?<git_path>/.*)\$ {
			include /etc/nginx/fastcgi_params;
			fastcgi_param SCRIPT_FILENAME
				/usr/lib/git-core/git-http-backend;
			fastcgi_param GIT_PROJECT_ROOT $T/git;
			fastcgi_param GIT_HTTP_EXPORT_ALL "";
			fastcgi_param GIT_CONFIG_GLOBAL $GIT_CONFIG_GLOBAL;
			fastcgi_param PATH_INFO \$git_path;
			fastcgi_param REMOTE_USER ada;
			client_max_body_size 0;
			fastcgi_pass unix:$run/git.sock;
		}
	END
}

# pawl_setup LINE... - everything but workerd. Variables: nginx_options of
# pawl-nginx-conf, nginx_extra for the server block, handlers to be started.
nginx_options=(--no-limits)
nginx_extra=
handlers='hook api web events'
pawl_setup()
{
	local name
	at_end sweep
	mkdir -p "$T/git" "$T/clone"
	cat >"$GIT_CONFIG_GLOBAL" <<-END
		[user]
			name = Ada Lovelace
			email = ada@example.org
		[init]
			defaultBranch = main
		[safe]
			directory = *
		[http]
			receivepack = true
	END
	web_setup /ci >"$T/setup.log" 2>&1 ||
		bail "pawl admin migrate: $(cat "$T/setup.log")"
	config_write "$@"
	cgi_start git
	for name in $handlers; do
		handler_start "$name" || bail "pawl-$name did not start"
	done
	nginx_conf ${nginx_options[@]+"${nginx_options[@]}"} &&
		{ nginx_git; printf '%s\n' "$nginx_extra"; } \
			>>"$T/nginx/pawl.conf" && nginx_start ||
		bail "nginx did not start: $(tail -n 3 "$T/nginx/error.log")"
	at_end everything_stop
}

# --- repositories and pushes ---------------------------------------------------

# repo_new OWNER NAME [FORGE] - a bare repository with its webhook, registered,
# and a clone of it through git over http.
repo_new()
{
	local bare="$T/git/$1/$2.git" forge="${3:-gitea}"
	local url="http://127.0.0.1:$port/git/$1/$2.git"
	git init -q --bare "$bare" &&
	printf 'secret of %s' "$2" >"$T/secret.$2" &&
	git -C "$bare" config pawl.url "$base_url/hook/$forge/$1/$2" &&
	git -C "$bare" config pawl.cloneUrl "$url" &&
	git -C "$bare" config pawl.owner "$1" &&
	git -C "$bare" config pawl.name "$2" &&
	git -C "$bare" config pawl.forge "$forge" &&
	git -C "$bare" config pawl.secretFile "$T/secret.$2" &&
	cp "$srcdir/t/lib/post-receive" "$bare/hooks/post-receive" &&
	chmod 755 "$bare/hooks/post-receive" &&
	pawl repo add "$1/$2" "$url" --forge "$forge" \
		--secret-file "$T/secret.$2" >"$T/repo-add.out" 2>&1 ||
		{ cat "$T/repo-add.out"; return 1; }
	git clone -q "$url" "$T/clone/$2" >"$T/clone.out" 2>&1 ||
		{ cat "$T/clone.out"; return 1; }
}

# push NAME [BRANCH] - commit what comes on standard input as .ci.yml and push
# it; sets sha, and hook_status and hook_answer of the webhook.
push()
{
	local clone="$T/clone/$1" branch="${2:-main}" sent
	cat >"$clone/.ci.yml"
	git -C "$clone" add -A &&
	git -C "$clone" commit -q --allow-empty -m "commit of $1" &&
	sha=$(git -C "$clone" rev-parse HEAD) &&
	git -C "$clone" push -q origin "HEAD:refs/heads/$branch" \
		>"$T/push.out" 2>&1 || { cat "$T/push.out"; return 1; }
	sent=$(echo "$T"/git/*/"$1.git")/hooks-sent/$sha
	hook_status=$(cat "$sent.status")
	hook_answer=$sent.answer
}

# --- what became of them ----------------------------------------------------------

# sql STATEMENT - one look into the database, for what no program shows.
sql()
{
	sqlite3 -cmd '.timeout 10000' -readonly "$db" "$1"
}

# run_id NAME NUMBER
run_id()
{
	sql "SELECT runs.id FROM runs JOIN repos ON repos.id = runs.repo
		WHERE repos.name = '$1' AND number = $2"
}

run_state()
{
	sql "SELECT runs.state FROM runs JOIN repos ON repos.id = runs.repo
		WHERE repos.name = '$1' AND number = $2"
}

delivery_state()
{
	sql "SELECT state FROM deliveries WHERE id = '$1'"
}

# event_count NAME NUMBER TYPE
event_count()
{
	sql "SELECT count(*) FROM events
		WHERE run = $(run_id "$1" "$2") AND type = '$3'"
}

run_over()
{
	case $(run_state "$1" "$2") in
	succeeded | failed | cancelled | skipped) return 0 ;;
	*) return 1 ;;
	esac
}

# wait_run SECONDS NAME NUMBER [STATE] - until it is over; then in this state.
wait_run()
{
	local got
	wait_for "$1" run_over "$2" "$3" || { workerd_tail; return 1; }
	got=$(run_state "$2" "$3")
	[ "$got" = "${4:-succeeded}" ] && return 0
	echo "run $3 of $2 has $got, not ${4:-succeeded}"
	sql "SELECT key, attempt, state, reason FROM jobs
		WHERE run = $(run_id "$2" "$3")"
	sql "SELECT problems FROM runs WHERE id = $(run_id "$2" "$3")"
	workerd_tail
	return 1
}

workerd_tail()
{
	echo "--- the end of workerd's log:"
	tail -n 25 "$T/workerd.log"
}

# job FIELD NAME NUMBER KEY - a column of a job's row.
job()
{
	sql "SELECT $1 FROM jobs WHERE run = $(run_id "$2" "$3")
		AND key = '$4'"
}

job_is()
{
	[ "$(job state "$2" "$3" "$4")" = "$1" ]
}

# log_file NAME NUMBER KEY [ATTEMPT] - the path of a log, as nginx serves it
# below $base_url/.
log_file()
{
	local attempt="" key
	[ "${4:-1}" -gt 1 ] && attempt=.$4
	key=$(printf %s "$3" | sed "s/:/~3A/g; s,/,~2F,g")
	echo "$(cd "$state/public" && echo logs/*/"$1")/$2/$key$attempt.log"
}

# log_of NAME NUMBER KEY [ATTEMPT] - its bytes, through nginx.
log_of()
{
	curl -sSf "$base_url/$(log_file "$@")"
}

log_has()
{
	grep -qsF -- "$1" "$state/public/$(log_file "${@:2}")"
}

# events_whole NAME NUMBER - numbered from 1 without gaps.
events_whole()
{
	is "$(sql "SELECT count(*) = max(seq) AND min(seq) = 1 FROM events
		WHERE run = $(run_id "$1" "$2")")" 1
}

# peak_kib PID - the largest resident size the process has had.
peak_kib()
{
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status"
}

# --- what must not be left ----------------------------------------------------------

# command_of PID - for people.
command_of()
{
	printf '%s: ' "$1"
	tr '\0' ' ' <"/proc/$1/cmdline"
	echo
} 2>/dev/null

# Processes of this test that are none of its servers; and those inside a
# container, whose environment is clean, by what is mounted there.
leaked_processes()
{
	local pid
	for pid in $(descendants); do
		case $(readlink "/proc/$pid/exe") in
		'' | */nginx | */fcgiwrap | */pawl-hook | */pawl-api | \
			*/pawl-web | */pawl-events | */pawl-signin | */pawl-workerd | \
			*/bash | */grep | \
			*/dockerd | */containerd | */podman) ;;
		*) command_of "$pid" ;;
		esac
	done
	grep -ls "$state/work" /proc/[0-9]*/mountinfo |
		while IFS=/ read -r _ _ pid _; do
			command_of "$pid"
		done
}

leaks()
{
	leaked_processes
	grep -s "$state" /proc/self/mountinfo
	find "$state/work" -mindepth 1 -maxdepth 1 2>/dev/null
	find "$state" -name '.tmp-*' 2>/dev/null
}

no_leaks()
{
	[ -z "$(leaks)" ]
}

test_no_leaks()
{
	test_expect 'no process, mount, container or work folder is left' '
		wait_for 30 no_leaks || { leaks; false; }
	'
}

#!/bin/bash
# storm.t - jobs of every kind, while workerd, the processes of jobs and of
# planners, containers and the engine itself are killed at random.
#
# For $PAWL_STORM_SECONDS (30; ten minutes are PAWL_STORM_SECONDS=600) there are
# always jobs under way, on the sandbox and on Docker in one Pawl, on the sandbox
# and Podman in another. Then all is left to come to its end, and counted: each
# job ended as its kind does, or failed after its attempts; no attempt ran twice;
# each attempt's log has its lines without a gap up to the kill; nothing is left.
#
# $PAWL_STORM_SEED repeats the order of blows; what they hit is up to the
# moment.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/tap.sh
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"
. "$srcdir/t/lib/engines.sh"
. "$srcdir/t/lib/userland.sh"

seconds=${PAWL_STORM_SECONDS:-30}
seed=${PAWL_STORM_SEED:-$RANDOM}
export PAWL_TEST_ID=$T
top=$T

# --- what is run --------------------------------------------------------------------

# kinds - each job and how it ends, where nobody kills it
kinds='plain succeeded
legs succeeded
legs:2 succeeded
long succeeded
failing failed
late failed
stubborn failed
composite succeeded
behind succeeded
image succeeded
docker succeeded
kept succeeded
taken succeeded
served succeeded
after succeeded'

# Jobs that are not run here, as KEY|KEY.
left_out=${PAWL_STORM_LEFT_OUT:-none}

# Numbered lines, and a last one that says that all were printed.
count='i=0; while [ $i -lt 40 ]; do i=$((i + 1)); echo "n $i"; sleep 0.02; done; echo n end'

pipeline()
{
	cat <<-YML
	on: push
	jobs:
	  plain:
	    runs-on: linux
	    steps:
	      - uses: actions/checkout@v4
	      - run: $count
	  legs:
	    runs-on: linux
	    strategy: {fail-fast: false, matrix: {leg: [1, 2]}}
	    steps:
	      - run: $count
	  long:
	    runs-on: linux
	    steps:
	      - run: seq -f 'n %.0f' 1 20000; echo n end
	  failing:
	    runs-on: linux
	    steps:
	      - run: $count; exit 3
	  late:
	    runs-on: linux
	    steps:
	      - run: echo n 1; echo n end; sleep 300
	        timeout: 1s
	  stubborn:
	    runs-on: linux
	    steps:
	      - run: trap '' TERM; echo n 1; echo n end; sleep 300; sleep 300
	        timeout: 1s
	  composite:
	    runs-on: linux
	    steps:
	      - uses: ./action
	  behind:
	    runs-on: linux
	    steps:
	      - run: sleep 300 & $count
	  image:
	    container: busybox
	    steps:
	      - run: $count
	  docker:
	    runs-on: linux
	    steps:
	      - uses: docker://busybox
	        with: {args: "sh -c 'echo n 1; echo n end'"}
	  kept:
	    runs-on: linux
	    steps:
	      - uses: actions/cache@v4
	        with: {path: cached, key: storm}
	      - run: mkdir -p cached; echo kept >cached/file; $count
	      - uses: actions/upload-artifact@v4
	        with: {name: kept, path: cached}
	  taken:
	    needs: kept
	    runs-on: linux
	    steps:
	      - uses: actions/download-artifact@v4
	        with: {name: kept}
	      - run: grep -x kept file; $count
	  served:
	    container: busybox
	    services:
	      one: {image: 'busybox', command: sleep 300}
	    steps:
	      - run: $count
	  after:
	    needs: [plain, failing]
	    if: always()
	    runs-on: linux
	    steps:
	      - run: $count
	YML
}

pipeline_commit()
{
	mkdir -p "$src/action"
	cat >"$src/action/action.yml" <<-YML
	name: counts
	runs: {using: composite, steps: [{shell: sh, run: '$count'}]}
	YML
	pipeline | awk -v out="^  ($left_out):\$" '
		/^  [a-z]+:$/ { skip = $0 ~ out } !skip' >"$src/.ci.yml" &&
	git -C "$src" add -A && git -C "$src" commit -qm pipeline
}

# --- what is killed --------------------------------------------------------------------

hit()
{
	echo "$1" >>"$T/blows"
}

# One of what a command prints.
any_of()
{
	local list
	mapfile -t list
	[ ${#list[@]} -gt 0 ] && echo "${list[RANDOM % ${#list[@]}]}"
}

# Where a test must come to its end soon, a job is hit so seldom that its pauses
# stay short.
kill_job()
{
	local pid
	pid=$(sql "SELECT pid FROM jobs WHERE pid IS NOT NULL AND attempt <= $max_hit
		AND state IN ('assigned', 'running', 'completing')" | any_of) &&
		kill -9 "$pid" && hit 'process of a job'
}

kill_planner()
{
	local pid
	pid=$(pgrep -P "$worker" -x pawl-planner | any_of) &&
		kill -9 "$pid" && hit 'planner'
}

kill_sandbox()
{
	local pid
	pid=$(sql "SELECT pid FROM jobs WHERE pid IS NOT NULL AND attempt <= $max_hit
		AND state = 'running'" | any_of) &&
		pid=$(pgrep -P "$pid" -x bwrap) && kill -9 "$pid" && hit 'sandbox'
}

kill_container()
{
	local id
	id=$(containers_of "$(seq -f 'ci.pawl.attempt=%.0f' "$max_hit")" |
		any_of) && curl -fs -o /dev/null --max-time 20 \
		--unix-socket "$socket" -X POST \
		"http://d/v1.41/containers/$id/kill" && hit 'container'
}

kill_worker()
{
	worker_kill && hit 'workerd'
	[ $((RANDOM % 2)) -eq 0 ] || sleep 0.5
	worker_start
}

# It comes back a moment later. A dockerd that was killed leaves a containerd
# that the next one may give up on; then that is ended, too. One that was killed
# while it made a network panics over what it has written of it, each time it
# starts (20.10, libnetwork): only without that it comes back.
kill_engine()
{
	local pid tries=0
	pid=$(cat "$T/e/$site/spawned")
	kill "-$(printf 'KILL\nTERM\n' | any_of)" "$pid" && hit 'engine'
	wait_for "$ENGINE_PATIENCE" gone "$pid"
	wait "$pid" 2>/dev/null
	rm -f "$socket"
	until "${site}_start" "$T/e" >>"$T/engine.log" 2>&1; do
		tries=$((tries + 1))
		docker_remains "$T/e"
		! grep -qs reservePools "$T/e/docker/log" ||
			rm -rf "$T/e/docker/data/network/files"
		[ "$tries" -lt 5 ] || {
			echo "$site did not start again" >>"$T/wrong-engine"
			return 1
		}
	done
}

blow()
{
	local n=$((RANDOM % 20))
	if [ $n -lt 9 ]; then
		kill_job
	elif [ $n -lt 11 ]; then
		kill_worker
	elif [ $n -lt 14 ]; then
		kill_sandbox
	elif [ $n -lt 17 ]; then
		kill_container
	elif [ $n -lt 18 ]; then
		kill_planner
	elif [ "$SECONDS" -ge "$next_engine" ]; then
		next_engine=$((SECONDS + engine_every))
		kill_engine
	fi
}

# --- one Pawl ---------------------------------------------------------------------------

# containers_of LABELS - those that have one of them, one a line
containers_of()
{
	local label
	for label in $1; do
		curl -fs --max-time 20 --unix-socket "$socket" -G \
			"http://d/v1.41/containers/json" --data all=1 \
			--data-urlencode "filters={\"label\":[\"$label\"]}" |
			jq -r '.[].Id'
	done
}

# Jobs that run or may; those that wait out a pause do not count.
open_jobs()
{
	sql "SELECT count(*) FROM jobs WHERE state NOT IN
		('succeeded', 'failed', 'cancelled', 'skipped', 'blocked') AND
		not_before_ms <= unixepoch() * 1000"
}

all_ended()
{
	[ "$(sql "SELECT count(*) FROM deliveries WHERE state = 'received'")" = 0 ] &&
		[ "$(sql "SELECT count(*) FROM runs WHERE state IN
			('pending', 'running')")" = 0 ]
}

storm()
{
	local until=$((SECONDS + seconds))
	next_engine=$((SECONDS + 8))
	while [ "$SECONDS" -lt "$until" ]; do
		[ "$(open_jobs)" -ge 10 ] || deliver >>"$T/delivered"
		sleep "0.$((RANDOM % 9 + 1))"
		blow
	done
}

site_run()
{
	site=$1 T=$top/$1 RANDOM=$2
	mkdir "$T" "$T/e" && cd "$T" || return 1
	socket=$T/e/$site.sock
	cleanup_commands=()
	at_end engines_stop "$T/e"
	trap 'site_clean' EXIT
	max_hit=1 engine_every=$seconds
	[ "$seconds" -lt 120 ] || max_hit=3 engine_every=15
	{ "${site}_start" "$T/e" && busybox_load "$socket" busybox; } \
		>"$T/engine.log" 2>&1 || return 1
	worker_engine=auto worker_setup "docker-socket: $socket" \
		'default-image: busybox' 'max-jobs: 4' 'max-attempts: 5' \
		'cancel-grace: 1s' 'log-level: info' 'lease: 5 min' || return 1
	pipeline_commit && worker_start || return 1
	storm
	wait_for 600 all_ended || return 1
	"$PAWL_LIBEXEC_DIR/pawl-janitor" --config "$PAWL_CONFIG" \
		>>"$T/janitor.log" 2>&1
	wait_for 60 site_quiet
	site_count
}

site_clean()
{
	local i
	for ((i = ${#cleanup_commands[@]} - 1; i >= 0; i--)); do
		eval "${cleanup_commands[i]}" >>"$T/cleanup.out" 2>&1
	done
	exit 0
}

# --- what is left --------------------------------------------------------------------------

# left - each thing of jobs that is still there, one a line
left()
{
	local instance pid
	instance=$(cat "$state/instance" 2>/dev/null)
	containers_of ci.pawl.job | sed 's/^/container /'
	curl -fs --max-time 20 --unix-socket "$socket" \
		http://d/v1.41/networks | jq -r '.[] |
		select(.Labels // {} | has("ci.pawl.instance")) |
		"network \(.Name)"'
	awk -v dir="$state/" 'index($5, dir) == 1 { print "mount " $5 }' \
		/proc/self/mountinfo
	find /sys/fs/cgroup -maxdepth 3 -type d \
		-name "pawl.$instance*ci-job-*" -printf 'cgroup %f\n'
	find "$state/work" -mindepth 1 -maxdepth 1 -printf 'workspace %f\n'
	# In a container it is called "init", and sees the workspace mounted.
	for pid in $(pgrep -x 'pawl-job|pawl-planner|init|bwrap'); do
		if tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q "$T" ||
		    grep -q "$state/work" "/proc/$pid/mountinfo"; then
			echo "process $pid $(tr '\0' ' ' <"/proc/$pid/cmdline")"
		fi
	done 2>/dev/null
	# Those of processes that were killed are removed when they are old.
	find "$state" -name '.tmp-*' | while read -r file; do
		pid=${file##*/.tmp-} && ! kill -0 "${pid%%-*}" 2>/dev/null ||
			echo "file $file"
	done
}

site_quiet()
{
	[ -z "$(left)" ]
}

# An attempt's log: its lines are 1, 2, 3 ... and the last one may be cut. A
# script that came to its end has printed all.
log_gaps()
{
	local log on
	find "$state/private/logs" -name '*.log' | while read -r log; do
		on=$(jq -rR 'fromjson? | select(.type == "job-end") | .on' \
			"${log%.log}.idx")
		awk -v log="$log" -v on="$on" '
			/^n end$/ { ended++; next }
			/^n [0-9]+$/ { if ($2 == last + 1) { last = $2; next }
				cut++; if (index(last + 1, $2) != 1 || cut > 1)
					bad = bad " " last "-" $2 }
			END {
				if (on == "succeed" && (!ended || cut))
					bad = bad " it ends at " last
				if (ended > 1) bad = bad " printed twice"
				if (bad != "") print log ":" bad
			}' "$log"
	done
}

# Attempts that more than one process worked on, by what each says first.
doubled()
{
	local index
	find "$state/private/logs" -name '*.idx' | while read -r index; do
		jq -rR 'fromjson? | select(.type == "note" and .step == 0 and
			(.text | test("^job .* attempt [0-9]+$"))) | .text' \
			"$index" | sort | uniq -d
		[ "$(jq -R 'fromjson? | select(.type == "note" and
			.step == 0 and (.text | startswith("job \"") and
			test("attempt [0-9]+$")))' "$index" | grep -c '"text"')" \
			-le 1 ] || echo "$index"
	done
	sql "SELECT 'job ' || json_extract(data, '\$.job') || ' attempt ' ||
			json_extract(data, '\$.attempt') || ' ' || type
		FROM events WHERE type IN ('job.assigned', 'job.started',
			'job.completed')
		GROUP BY type, json_extract(data, '\$.job'),
			json_extract(data, '\$.attempt') HAVING count(*) > 1"
}

# Jobs that ended otherwise than their kind does.
wrong()
{
	echo "$kinds" >"$T/kinds"
	sql "SELECT key || '|' || state || '|' || attempt || '|' ||
		coalesce(reason, '') FROM jobs" |
	awk -F '|' -v max=5 'NR == FNR { split($0, k, " "); want[k[1]] = k[2]
			next }
		$2 == want[$1] { next }
		$2 == "failed" && $4 ~ /given up after/ { next }
		$1 == "taken" && $2 == "skipped" { next }
		{ print }' "$T/kinds" -
}

site_count()
{
	left >"$T/left"
	log_gaps >"$T/gaps"
	doubled >"$T/doubled"
	wrong >"$T/wrong"
	sql "SELECT key FROM jobs" >"$T/keys"
	{
		echo "$(sql 'SELECT count(*) FROM runs') runs of $(wc -l \
			<"$T/delivered") pushes; jobs: $(sql "SELECT
			group_concat(n || ' ' || state, ', ') FROM (SELECT
			count(*) AS n, state FROM jobs GROUP BY state)")"
		echo "attempts: $(sql "SELECT group_concat(n || ' of ' ||
			attempt, ', ') FROM (SELECT count(*) AS n, attempt
			FROM jobs GROUP BY attempt)")"
		echo "killed: $(sort "$T/blows" | uniq -c |
			awk '{ n = $1; $1 = ""; printf "%s%d%s", s, n, $0
				s = ", " }')"
		echo "$(find "$state/private/logs" -name '*.log' | wc -l) logs," \
			"$(find "$state/private/logs" -name '*.log' \
				-exec cat {} + | grep -c '^n ') lines;" \
			"with gaps: $(wc -l <"$T/gaps")"
		echo "attempts that ran twice: $(wc -l <"$T/doubled");" \
			"jobs in a wrong state: $(wc -l <"$T/wrong")"
		echo "left: $(wc -l <"$T/left") (containers, networks," \
			"mounts, control groups, workspaces, processes, files)"
		sql "SELECT 'given up: ' || count(*) || ' ' || key ||
			', such as ' || substr(min(reason), 1, 100) FROM jobs
			WHERE reason LIKE '%given up%' GROUP BY key"
		[ "$left_out" = none ] || echo "left out: $left_out"
	} >"$T/count"
}

# --- the test -------------------------------------------------------------------------------

sites=
for name in ${PAWL_STORM_ENGINES:-docker podman}; do
	if why=$(engine_missing "$name") || why=$(engine_missing sandbox); then
		test_skip "a storm over $name and the sandbox" "$why"
		continue
	fi
	sites="$sites $name"
	seed=$((seed + 1))
	(site_run "$name" "$seed") >"$T/$name.out" 2>&1 &
	eval "pid_$name=$!"
done

for name in $sites; do
	at_end stop_pid "$(eval "echo \$pid_$name")" 60
	eval "wait \$pid_$name"
	note "$name, seed $seed, $seconds s:" "$(cat "$T/$name/count")"
	test_expect "$name: all runs came to an end" '
		test -s "$T/$name/count" || { tail -n 50 "$T/$name.out" \
			"$T/$name/workerd.log" "$T/$name/engine.log"; false; }
	'
	test_expect "$name: it came back each time that it was killed" '
		! cat "$T/$name/wrong-engine"
	'
	test_expect "$name: jobs of every kind were run" '
		sort -u "$T/$name/keys" >keys.seen &&
			grep -vE "^($left_out) " "$T/$name/kinds" |
			cut -d " " -f 1 | sort >keys.want &&
			test_cmp keys.want keys.seen
	'
	test_expect "$name: every job ended as its kind does, or by its attempts" '
		test_cmp /dev/null "$T/$name/wrong"
	'
	test_expect "$name: no attempt ran twice" '
		test_cmp /dev/null "$T/$name/doubled"
	'
	test_expect "$name: no log has a gap" '
		test_cmp /dev/null "$T/$name/gaps"
	'
	test_expect "$name: nothing is left" '
		test_cmp /dev/null "$T/$name/left"
	'
	test_expect "$name: the database is what its events say" '
		"$pawl" --config "$T/$name/pawl.yaml" admin rebuild --verify ||
			PAWL_CONFIG=$T/$name/pawl.yaml "$pawl" admin rebuild --verify
	'
done
[ -n "$sites" ] || test_done
test_expect 'something was killed' 'cat "$T"/*/blows | grep .'
test_done

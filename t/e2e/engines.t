#!/bin/bash
# engines.t - the same pipeline on the sandbox, on Docker and on Podman: the
# same log, the same exit codes, and nothing left, also after kill -9.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"
. "$srcdir/t/lib/engines.sh"

engines=$T/e

# engine_config ENGINE - what the configuration says of it.
engine_config()
{
	case $1 in
	sandbox) config_write 'engine: sandbox' 'lease: 30 min' ;;
	*)
		config_write 'engine: docker' 'default-image: busybox' \
			"docker-socket: $engines/$1.sock" 'lease: 30 min' ;;
	esac
}

# containers ENGINE - what it has, running or not.
containers()
{
	[ "$1" = sandbox ] && return 0
	curl -fsS --max-time 60 --unix-socket "$engines/$1.sock" \
		'http://d/v1.41/containers/json?all=1' |
		jq -r '.[] | "\(.State) \(.Names) \(.Labels)"'
}

no_containers()
{
	[ -z "$(containers "$1")" ]
}

# facts NUMBER - what one run came to, apart from times.
facts()
{
	local key
	sql "SELECT jobs.key, jobs.state, jobs.exit_code, steps.number,
		steps.state, steps.exit_code FROM jobs
		JOIN steps ON steps.job = jobs.id
		WHERE run = $(run_id demo "$1")
		ORDER BY jobs.id, steps.number"
	for key in build signal missing; do
		echo "--- $key"
		log_of demo "$1" "$key" | grep -v '^pawl: '
		:
	done
}

push_same()
{
	push demo <<-\YML
	on: push
	env: {GREETING: hello, UNSET: ""}
	jobs:
	  build:
	    env: {WHOM: world}
	    runs-on: linux
	    steps:
	      - run: |
	          echo "$GREETING $WHOM from $(pwd), [$UNSET]"
	          ls -A | grep -v "^.git$"
	          cat sub/data.txt
	      - run: pwd; echo out; echo made >made
	        working-directory: sub
	      - run: cat sub/made; echo "$STEP"; printf "no newline"
	        env: {STEP: third, WHOM: nobody}
	      - run: echo; [ ! -e /tmp/mine ] && touch /tmp/mine && echo clean
	        shell: sh
	  signal:
	    runs-on: linux
	    steps:
	      - run: kill -9 $$
	      - run: echo never
	  missing:
	    runs-on: linux
	    steps:
	      - run: no-such-command-anywhere 2>/dev/null
	YML
}

# one_engine NAME RUN-NUMBER
one_engine()
{
	test_expect "$1: the pipeline runs" '
		engine_config '"$1"' && workerd_start && push_same &&
		wait_run 240 demo '"$2"' failed && facts '"$2 >$T/facts.$1"' &&
		is "$(job engine demo '"$2"' build)" "$(
			[ '"$1"' = sandbox ] && echo sandbox || echo docker)"
	'
	test_expect "$1: what failed can be looked into" '
		echo "echo \$((40 + 2)) \$(cat sub/data.txt) \$WHOM; exit 5" |
			pawl shell ada/demo#'"$2"' signal >shell.out
		is "$?" 5 && grep -q "42 data" shell.out &&
		wait_for 60 no_containers '"$1"'
	'
	test_expect "$1: a killed job process takes its container with it" '
		push demo <<-\YML &&
		on: push
		jobs:
		  long:
		    runs-on: linux
		    steps:
		      - run: |
		          i=0
		          while [ $i -lt 50 ]; do
		            i=$((i + 1)); echo "tick $i"; sleep 0.1
		          done
		YML
		wait_for 120 log_has "tick 5" demo '"$(($2 + 1))"' long &&
		kill -9 "$(pids_of pawl-job)" &&
		wait_run 240 demo '"$(($2 + 1))"' &&
		is "$(job attempt demo '"$(($2 + 1))"' long)" 2
	'
	test_expect "$1: a cancelled job that ignores TERM is gone" '
		push demo <<-\YML &&
		on: push
		jobs:
		  deaf:
		    runs-on: linux
		    steps:
		      - run: trap "" TERM; echo ready; while :; do sleep 0.1; done
		YML
		wait_for 120 log_has ready demo '"$(($2 + 2))"' deaf &&
		pawl cancel ada/demo#'"$(($2 + 2))"' &&
		wait_run 240 demo '"$(($2 + 2))"' cancelled
	'
	test_expect "$1: no container is left" '
		wait_for 60 no_containers '"$1"' ||
			{ containers '"$1"'; false; }
	'
	workerd_stop
}

pawl_setup
test_expect 'a repository with some files is there' '
	repo_new ada demo && mkdir -p "$T/clone/demo/sub" &&
	echo data >"$T/clone/demo/sub/data.txt"
'
one_engine sandbox 1

number=4
for engine in docker podman; do
	if why=$(engine_missing $engine); then
		test_skip "$engine runs the same pipeline" "$why"
		continue
	fi
	mkdir -p "$engines"
	at_end engines_stop "$engines"
	${engine}_start "$engines" >"$T/$engine.log" 2>&1 &&
		image_load "$engines/$engine.sock" >>"$T/$engine.log" 2>&1 ||
		bail "$engine did not start: $(tail -n 3 "$T/$engine.log")"
	one_engine $engine $number
	number=$((number + 3))
	test_expect "$engine: same log, states and exit codes as the sandbox" '
		test_cmp "$T/facts.sandbox" "$T/facts.$engine"
	'
	"${engine}_stop" "$engines"
done

test_expect 'the log is what the steps printed' '
	cat facts.sandbox &&
	grep -qx "hello world from /workspace, \[\]" facts.sandbox &&
	grep -qx third facts.sandbox && grep -qx "no newline" facts.sandbox &&
	grep -qx clean facts.sandbox
'

test_no_leaks
test_done

#!/bin/bash
# shell.t - what a failed job leaves can be looked into, without its secrets.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

canary='canary-6b1d-value'
pawl_setup 'keep-failed-max-bytes: 20 MiB'

# shell RUN JOB [STEP] - with standard input as what is typed; output in out.
shell()
{
	timeout 60 pawl shell "ada/demo#$1" "${@:2}" >raw 2>err
	local code=$?
	tr -d '\r' <raw >out
	return "$code"
}

test_expect 'a job fails and leaves its workspace' '
	repo_new ada demo && workerd_start &&
	printf %s "$canary" | pawl secret set TOKEN &&
	printf abc | pawl secret set PIN 2>/dev/null &&
	push demo <<-\YML &&
	on: push
	jobs:
	  build:
	    runs-on: linux
	    env: {MINE: of-the-job, PIN: "${{ secrets.PIN }}"}
	    steps:
	      - name: make
	        run: |
	          mkdir -p sub && echo made >sub/made && touch "${#MINE}"
	          git config http.extraheader "AUTHORIZATION: basic abc"
	          git config user.name kept
	      - name: fail
	        working-directory: sub
	        env: {TOKEN: "${{ secrets.TOKEN }}", STEP: here}
	        run: |
	          echo "token: $TOKEN" >leak; printf %s "$TOKEN" | base64 >leak64
	          ln -s "/$TOKEN" leaklink; exit 3
	  good:
	    runs-on: linux
	    steps: [{run: "touch x"}]
	YML
	wait_run 60 demo 1 failed
'

test_expect 'the log ends with how to look inside' '
	log_of demo 1 build | tail -n 1 >got &&
	is "$(cat got)" \
		"pawl: to look inside, within 1 h: pawl shell ada/demo#1 build"
'

test_expect 'nothing that is kept holds a secret' '
	kept="$state/kept/$(job id demo 1 build)-1" &&
	is "$(ls "$kept")" "about.json
workspace" && is "$(stat -c %a "$state/kept")" 700 &&
	is "$(ls "$kept/workspace/sub")" made &&
	! grep -rlaF "$canary" "$state" &&
	! grep -rlaF "$(printf %s "$canary" | base64)" "$state" &&
	! grep -qi extraheader "$kept/workspace/.git/config" &&
	grep -q "name = kept" "$kept/workspace/.git/config" &&
	! grep -q "PIN=" "$kept/about.json"
'

test_expect 'a shell has the workspace, the step and its environment' '
	shell 1 build <<-\END
	stty -echo; PS1=; echo
	echo "at $PWD $(cat made) $STEP $MINE [${TOKEN-none}][${PIN-none}]"
	ls ../10 && tty -s <&1 && echo changed >changed
	exit 7
	END
	is "$?" 7 &&
	grep -qx "at /workspace/sub made here of-the-job \[none\]\[none\]" out &&
	grep -q "^pawl: ada/demo#1, job build, as step 2 \"fail\" had it; \
without the secret in PIN, TOKEN$" err
'

test_expect 'nothing of it is left but what was changed' '
	wait_for 10 no_leaks && is "$(ls "$kept")" "about.json
workspace" && is "$(cat "$kept/workspace/sub/changed")" changed &&
	is "$(find "$state/kept" -name sandbox)" ""
'

test_expect 'another step is asked for by its number or title' '
	shell 1 build 1 <<-\END &&
	stty -echo; PS1=; echo
	echo "at $PWD [${STEP-none}]"
	END
	grep -qx "at /workspace \[none\]" out &&
	! shell 1 build 9 </dev/null && grep -q "has not run a step \"9\"" err &&
	! shell 1 nope </dev/null && grep -q "has no job \"nope\"" err &&
	! shell 1 good </dev/null && grep -q "nothing is kept of job" err
'

# typed - a shell on a real terminal, whose keys are the pipe "keys".
typed()
{
	script -qfec "stty rows 33 cols 99; pawl \
		--config $PAWL_CONFIG shell ada/demo#1 build" typescript \
		<keys >/dev/null 2>&1
	echo "$?" >code
}

test_expect 'on a terminal it has its size, its keys, and ends by Ctrl-D' '
	mkfifo keys
	typed &
	exec 7>keys &&
	wait_for 30 grep -qs "Ctrl-D ends it" typescript &&
	echo "stty size; sleep 100" >&7 &&
	wait_for 30 grep -q "33 99" typescript &&
	! shell 1 build </dev/null && grep -q "somebody is looking" err &&
	printf "\003" >&7 && echo "echo back-\$((40 + 2)); (exit 5)" >&7 &&
	wait_for 30 grep -q "back-42" typescript &&
	printf "\004" >&7 && wait_for 30 test -s code && exec 7>&- &&
	is "$(cat code)" 5 && wait_for 10 no_leaks
'

test_expect 'a shell that is killed leaves nothing behind' '
	mkfifo more
	"$builddir/pawl" shell ada/demo#1 build <more >out2 2>err2 &
	pid=$! && exec 7>more &&
	echo "echo up-\$((40 + 2)); sleep 1000" >&7 &&
	wait_for 30 grep -q up-42 out2 &&
	kill -9 "$pid" && exec 7>&- && wait_for 20 no_leaks &&
	shell 1 build </dev/null
'

test_expect 'the oldest makes room, and what is too large is not kept' '
	push demo <<-\YML &&
	on: push
	jobs:
	  a:
	    runs-on: linux
	    steps: [{run: "head -c 15000000 /dev/zero >big; exit 1"}]
	  b:
	    needs: a
	    if: always()
	    runs-on: linux
	    steps: [{run: "head -c 15000000 /dev/zero >big; exit 1"}]
	  c:
	    needs: b
	    if: always()
	    runs-on: linux
	    steps: [{run: "head -c 30000000 /dev/zero >big; exit 1"}]
	YML
	wait_run 60 demo 2 failed &&
	is "$(ls "$state/kept")" "$(job id demo 2 b)-1" &&
	! log_has "to look inside" demo 2 c && log_has "look inside" demo 2 b
'

test_expect 'what is over its time goes with the next sweep' '
	pawl admin check >check; grep -q "^ok *kept *1 " check &&
	about=$state/kept/$(job id demo 2 b)-1/about.json &&
	jq -c ".until_ms = 1" "$about" >new && cp new "$about" &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" 2>/dev/null &&
	test ! -e "$state/kept"
'

test_no_leaks
test_done

#!/bin/bash
# secrets.t - secrets reach the steps that name them, and nothing else: no
# log, index, page, database or process has them.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

secret='hunter2-and-a-half+/=x'
printf '%s\n' "$secret" >token
printf 'first line of two\nsecond-line-of-two\n' >key
pawl_setup "secrets: {TOKEN: {file: $T/token}, KEY: {file: $T/key}}"

test_expect 'a pipeline prints its secrets in every way it can think of' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  tell:
	    env:
	      TOKEN: ${{ secrets.TOKEN }}
	      KEY: ${{ secrets.KEY }}
	    runs-on: linux
	    steps:
	      - run: echo "length ${#TOKEN}"
	      - name: plain
	        run: echo "plain [$TOKEN]"
	      - name: split
	        run: |
	          printf "split [hunter2-"; sleep 0.5
	          printf "and-a-ha"; sleep 0.5; printf "lf+/=x]\n"
	      - name: streams
	        run: echo "error [$TOKEN]" >&2
	      - name: base64
	        run: printf %s "$TOKEN" | base64
	      - name: lines
	        run: printf "%s\n" "$KEY"
	      - name: big
	        run: for i in $(seq 3000); do echo "$i $TOKEN"; done
	YML
	wait_run 60 demo 1
'

test_expect 'the steps had the real value' '
	log_has "length ${#secret}" demo 1 tell
'

test_expect 'the log shows stars in its place, also when it came in pieces' '
	log_of demo 1 tell >got &&
	grep -qxF "plain [***]" got && grep -qxF "split [***]" got &&
	grep -qxF "error [***]" got && grep -qxF "3000 ***" got
'

# nowhere TEXT - in no file of the state directory.
nowhere()
{
	! grep -rlaF -- "$1" "$state"
}

test_expect 'neither the secret nor its base64 nor a line of it is stored' '
	nowhere "$secret" && nowhere "$(printf %s "$secret" | base64)" &&
	nowhere "second-line-of-two"
'

test_expect 'pages do not show it' '
	curl -sSf "$base_url/ada/demo/runs/1/jobs/tell" >page &&
	! grep -qF "$secret" page
'

test_expect 'a secret that nobody set is empty, as on GitHub' '
	push demo <<-\YML && wait_run 60 demo 2 &&
	on: push
	jobs:
	  a:
	    env: {NO: "${{ secrets.NOBODY }}"}
	    runs-on: linux
	    steps: [{run: "echo [$NO]"}]
	YML
	log_of demo 2 a >got && grep -qxF "[]" got &&
	grep -qx "pawl: no secret of this name is set, so it is empty: NOBODY" \
		got
'

# --- those of the database -----------------------------------------------------

canary='canary-9f27-value'

# refused TEXT COMMAND... - it fails and says so.
refused()
{
	local text=$1
	shift
	! "$@" </dev/null >out 2>err && grep -qF -- "$text" err
}

test_expect 'secrets are set from a file or standard input, with a scope' '
	printf "%s\n" "$canary" | pawl secret set near --repo ada/demo >got &&
	grep -qx "set NEAR (ada/demo)" got &&
	printf "far-%s" "$canary" >far && pawl secret set NEAR --file far &&
	pawl secret set FAR --owner ada --file far &&
	echo "prod-$canary" |
		pawl secret set NEAR --repo ada/demo --env prod 2>err &&
	pawl secret set UNASKED --file far 2>>err && test ! -s err &&
	pawl secret list >list && grep -q "^NEAR *instance" list &&
	grep -q "^FAR *owner ada" list &&
	grep -q "^NEAR *environment prod of ada/demo .*never read" list &&
	! grep -q "$canary" list
'

test_expect 'what cannot be masked is warned of, what cannot be is refused' '
	echo abc | pawl secret set PIN 2>err && grep -q "not masked" err &&
	printf "long enough\nab\n{\n" | pawl secret set LINES 2>err &&
	grep -q "LINES: it has lines of less than 4 bytes" err &&
	refused "GitHub" pawl secret set GITHUB_X --file far &&
	refused "cannot be the name" pawl secret set A-B --file far &&
	refused "needs --repo" pawl secret set A --env prod --file far &&
	refused "stands alone" pawl secret set A --owner a --repo b/c &&
	refused "not nothing" pawl secret set A &&
	refused "unexpected argument" pawl secret set A B
'

test_expect 'jobs are given what they name, the nearest first' '
	push demo <<-\YML &&
	on: push
	jobs:
	  near:
	    runs-on: linux
	    env: {NEAR: "${{ secrets.NEAR }}", FAR: "${{ secrets.FAR }}"}
	    steps:
	      - run: |
	          echo "${NEAR%-value} ${FAR%-value} ${#UNASKED}"
	          echo "[$NEAR]"
	          until test -e go; do sleep 0.05; done
	  prod:
	    runs-on: linux
	    environment: prod
	    steps:
	      - {env: {NEAR: "${{ secrets.NEAR }}"}, run: "echo ${NEAR%-value}"}
	  broken:
	    runs-on: linux
	    env: {NEAR: "${{ secrets.NEAR }}"}
	    steps: [{run: "exit 3"}]
	YML
	wait_for 30 log_has "[***]" demo 3 near &&
	log_has "canary-9f27 far-canary-9f27 0" demo 3 near
'

# The environments, arguments and folders of Pawl while the job runs; what is
# in a container has them, and is not meant.
exposed()
{
	local pid
	for pid in $(descendants); do
		case $(readlink "/proc/$pid/exe") in
		*/pawl-* | */bwrap)
			[ "$(readlink "/proc/$pid/ns/pid")" != \
				"$(readlink /proc/self/ns/pid)" ] ||
				echo "/proc/$pid/environ /proc/$pid/cmdline"
			;;
		esac
	done
}

test_expect 'no process of Pawl has it in its environment or arguments' '
	exposed >files && test "$(wc -l <files)" -ge 3 &&
	! xargs grep -laF "$canary" <files
'

test_expect 'the value is nowhere in the state directory' '
	touch "$state/work/$(job id demo 3 near)-1/workspace/go" &&
	wait_run 60 demo 3 failed && log_has "prod-canary-9f27" demo 3 prod &&
	nowhere "$canary" && nowhere "$(printf %s "$canary" | base64)"
'

test_expect 'each read is in the audit, and what was not named is not' '
	pawl secret audit >audit && pawl secret audit near --json >near.json &&
	grep -q "read *NEAR *ada/demo *ada/demo#3 near, attempt 1" audit &&
	grep -q "read *FAR *owner ada *ada/demo#3 near, attempt 1" audit &&
	grep -q "read *NEAR *environment prod of ada/demo *ada/demo#3 prod" \
		audit &&
	grep -q "read *TOKEN *configuration *ada/demo#1 tell" audit &&
	! grep -q "read *UNASKED" audit &&
	is "$(jq "map(select(.action == \"read\")) | length" near.json)" 3 &&
	is "$(jq -r ".[-1].actor" near.json)" "$(id -un) (command line)"
'

test_expect 'the key is changed while jobs run, and the old one is gone' '
	cp "$state/keys/secrets.key" old.key && pawl secret rotate-key >got &&
	grep -q "^7 secrets are sealed" got &&
	! cmp -s "$state/keys/secrets.key" old.key &&
	is "$(stat -c "%a %s" "$state/keys/secrets.key")" "600 32" &&
	push demo <<-\YML &&
	on: push
	jobs:
	  a:
	    env: {NEAR: "${{ secrets.NEAR }}"}
	    runs-on: linux
	    steps: [{run: "echo ${NEAR%-value}"}]
	YML
	wait_run 60 demo 4 && log_has canary-9f27 demo 4 a &&
	{ pawl admin check >check || :; } &&
	grep -q "^ok *secrets *7 " check
'

test_expect 'what was removed is empty' '
	pawl secret delete NEAR --repo ada/demo && pawl secret delete near &&
	refused "no secret NEAR" pawl secret delete NEAR &&
	push demo <<-\YML &&
	on: push
	jobs:
	  a:
	    env: {NEAR: "${{ secrets.NEAR }}"}
	    runs-on: linux
	    steps: [{run: "echo [$NEAR]"}]
	YML
	wait_run 60 demo 5 && log_has "[]" demo 5 a
'

test_no_leaks
test_done

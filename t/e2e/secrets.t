#!/bin/bash
# secrets.t - secrets of the configuration reach the steps that name them, and
# nothing else: no log, index, page or database has them.
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
	log_of demo 2 a | grep -qxF "[]"
'

test_no_leaks
test_done

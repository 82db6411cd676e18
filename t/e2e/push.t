#!/bin/bash
# push.t - a push becomes a finished job: git over http, a signed webhook,
# planning, the sandbox, the log, badge, status and pages.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

test_expect 'a repository is registered and cloned over http' '
	repo_new ada demo
'

test_expect 'a push is answered 202 and durable while workerd is down' '
	push demo <<-\YML &&
	name: first
	on: push
	env:
	  GREETING: hello
	jobs:
	  hello:
	    env:
	      WHOM: world
	    runs-on: linux
	    steps:
	      - name: greet
	        run: echo "$GREETING, $WHOM"
	      - run: |
	          cat .ci.yml | head -n 1
	          echo "error stream" >&2
	YML
	is "$hook_status" 202 &&
	is "$(delivery_state "$(jq -r .id "$hook_answer")")" received &&
	is "$(sql "SELECT count(*) FROM runs")" 0
'

test_expect 'the badge of a repository without runs says so' '
	curl -sSf "$base_url/badges/ada/demo/main.svg" | grep -q "no runs"
'

test_expect 'workerd, started later, plans it and runs it to its end' '
	workerd_start && wait_run 60 demo 1
'

test_expect 'the log holds what the steps printed, in order' '
	log_of demo 1 hello | grep -v "^pawl: " >got &&
	printf "%s\n" "hello, world" "name: first" "error stream" >want &&
	test_cmp want got
'

test_expect 'badge and status files say that it passed' '
	curl -sSf "$base_url/badges/ada/demo/main.svg" | grep -q passing &&
	is "$(curl -sSf "$base_url/badges/ada/demo/main.json" |
		jq -r .message)" passing &&
	is "$(curl -sSf "$base_url/status/ada/demo/main.json" |
		jq -r .state)" succeeded
'

test_expect 'its events are numbered without gaps and tell its life' '
	events_whole demo 1 &&
	sql "SELECT type FROM events WHERE run = 1 ORDER BY seq" >got &&
	head -n 1 got | grep -qx run.created &&
	tail -n 1 got | grep -qx run.completed &&
	for type in job.assigned job.started step.started job.succeeded; do
		grep -qx "$type" got || { echo "no $type"; cat got; false; } ||
			break
	done
'

test_expect 'the command line shows the run and its log' '
	is "$(pawl show --json ada/demo#1 | jq -r .state)" succeeded &&
	pawl logs ada/demo#1 hello | grep -qx "hello, world" &&
	pawl runs ada/demo | grep -q "ada/demo#1"
'

test_expect 'the pages show repository, run, job and log' '
	curl -sSf "$base_url/" | grep -q ada/demo &&
	curl -sSf "$base_url/ada/demo" | grep -q "commit of demo" &&
	curl -sSf "$base_url/ada/demo/runs/1" | grep -q greet &&
	curl -sSf "$base_url/ada/demo/runs/1/jobs/hello" |
		grep -q "hello, world"
'

test_expect 'a failing job fails the run and skips what needs it' '
	push demo <<-\YML &&
	on: push
	jobs:
	  build:
	    runs-on: linux
	    steps:
	      - run: echo before; exit 3
	      - run: echo never
	  test:
	    needs: build
	    runs-on: linux
	    steps:
	      - run: echo never
	  other:
	    runs-on: linux
	    steps:
	      - run: echo fine
	YML
	wait_run 60 demo 2 failed &&
	job_is failed demo 2 build && is "$(job exit_code demo 2 build)" 3 &&
	job_is skipped demo 2 test && job_is succeeded demo 2 other &&
	! log_has never demo 2 build && events_whole demo 2 &&
	curl -sSf "$base_url/badges/ada/demo/main.svg" | grep -q failing
'

test_expect 'a branch that the filter leaves out starts nothing, with reason' '
	push demo other <<-\YML &&
	on: {push: {branches: [main]}}
	jobs: {a: {runs-on: linux, steps: [{run: "true"}]}}
	YML
	id=$(jq -r .id "$hook_answer") &&
	wait_for 30 sh -c "pawl inbox show --json $id | grep -q ignored" &&
	pawl inbox show "$id" | grep -q branches &&
	is "$(sql "SELECT count(*) FROM runs")" 2
'

test_expect 'GitHub signatures and payloads are taken as well' '
	repo_new ada hub github && push hub <<-\YML && wait_run 60 hub 1
	on: push
	jobs: {a: {runs-on: linux, steps: [{run: echo from github}]}}
	YML
'

test_expect 'a wrong signature is refused, nothing is stored, and it is noted' '
	before=$(sql "SELECT count(*) FROM deliveries") &&
	is "$(curl -s -o got -w "%{http_code} %{content_type}" \
		-H "X-Gitea-Event: push" -H "X-Gitea-Delivery: forged" \
		-H "X-Gitea-Signature: $(printf %064d 0)" -d "{}" \
		"$base_url/hook/gitea/ada/demo")" \
		"403 application/problem+json" &&
	is "$(sql "SELECT count(*) FROM deliveries")" "$before" &&
	is "$(sql "SELECT status FROM refusals ORDER BY id DESC LIMIT 1")" 403
'

test_no_leaks
test_done

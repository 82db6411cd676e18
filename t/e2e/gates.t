#!/bin/bash
# gates.t - jobs that wait for people or for a time: environments with rules,
# steps that are gates, over restarts; and who may decide.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

# state_is STATE REPO N JOB
state_is()
{
	job_is "$1" "$2" "$3" "$4"
}

test_expect 'a job of an environment waits, without a process' '
	repo_new ada demo && workerd_start &&
	pawl environment set ada/demo Production --reviewer root \
		--reviewer grace --branch main --no-self-review &&
	pawl environment list ada/demo >rules &&
	grep -q "Production *approval by root or grace *not by" rules &&
	echo of-the-place | pawl secret set KEY --repo ada/demo \
		--env production &&
	push demo <<-\YML &&
	on: push
	jobs:
	  build: {runs-on: x, steps: [{run: echo built}]}
	  deploy:
	    needs: build
	    runs-on: x
	    environment:
	      name: production
	      url: https://${{ steps.where.outputs.host }}/
	    steps:
	      - id: where
	        run: |
	          echo "host=x.example.org" >>"$GITHUB_OUTPUT"
	          test "$KEY" = of-the-place && echo deployed
	        env: {KEY: "${{ secrets.KEY }}"}
	YML
	wait_for 60 state_is waiting demo 1 deploy &&
	is "$(job reason demo 1 deploy)" "waits for approval by root or \
grace: environment \"Production\"" &&
	is "$(sql "SELECT count(*) FROM audit WHERE action = \"read\"")" 0 &&
	pawl approvals | grep -q "ada/demo#1 *deploy .*waits for approval by"
'

test_expect 'it waits over a restart, and is not claimed' '
	workerd_kill && workerd_start && pawl cancel ada/demo#9 2>/dev/null;
	state_is waiting demo 1 deploy && is "$(job attempt demo 1 deploy)" 0
'

test_expect 'approved, it runs with the secrets of its environment' '
	pawl approve ada/demo#1 deploy --comment "looks good" >said &&
	grep -qx "approved ada/demo#1 deploy" said &&
	wait_run 60 demo 1 && log_has deployed demo 1 deploy &&
	is "$(sql "SELECT decided_by || comment FROM gates")" \
		"root (command line)looks good" &&
	is "$(sql "SELECT environment || url FROM deployments")" \
		"productionhttps://x.example.org/" &&
	! pawl approve ada/demo#1 deploy 2>err &&
	grep -q "it was approved by root (command line) before" err &&
	events_whole demo 1
'

test_expect 'others may not, and a branch may not' '
	pawl environment set ada/demo production --reviewer grace &&
	push demo <<-\YML && wait_for 60 state_is waiting demo 2 a &&
	on: push
	jobs: {a: {runs-on: x, environment: production, steps: [{run: "true"}]}}
	YML
	! pawl approve ada/demo#2 2>err &&
	grep -q "\"root\" may not decide this: grace may" err &&
	pawl reject ada/demo#2 --force --comment "not today" &&
	wait_run 60 demo 2 failed &&
	is "$(job reason demo 2 a)" \
		"rejected by root (command line): not today" &&
	pawl environment set ada/demo production --tag "v*" &&
	push demo <<-\YML && wait_run 60 demo 3 failed &&
	on: push
	jobs: {a: {runs-on: x, environment: production, steps: [{run: "true"}]}}
	YML
	is "$(job reason demo 3 a)" "\"refs/heads/main\" may not deploy to \
environment \"Production\": its rules let only tag:v*"
'

test_expect 'a wait timer is woken for, also by a new workerd' '
	pawl environment set ada/demo production --wait 3s &&
	push demo <<-\YML && wait_for 60 state_is waiting demo 4 a &&
	on: push
	jobs: {a: {runs-on: x, environment: production, steps: [{run: "true"}]}}
	YML
	workerd_kill && workerd_start && wait_run 60 demo 4 &&
	test "$(sql "SELECT decided_at_ms >= due_at_ms FROM gates
		WHERE kind = \"timer\"")" = 1 && events_whole demo 4
'

test_expect 'gates open by themselves, wait, or fail in time' '
	push demo <<-\YML && wait_for 60 state_is waiting demo 5 ask &&
	on: push
	jobs:
	  scan:
	    runs-on: x
	    outputs: {passed: "${{ steps.s.outputs.passed }}"}
	    steps: [{id: s, run: "echo passed=true >>$GITHUB_OUTPUT"}]
	  open:
	    needs: scan
	    steps:
	      - type: step.gate
	        config:
	          type: automated
	          auto_approve_conditions: [scan.passed == true]
	  ask:
	    needs: open
	    steps:
	      - {type: step.gate, config: {type: manual, approvers: [root]}}
	  short:
	    needs: open
	    steps:
	      - type: step.gate
	        name: quick
	        config: {type: manual, timeout: 1s}
	  both:
	    needs: ask
	    runs-on: x
	    steps:
	      - {type: step.gate, config: {type: manual, approvers: [root]}}
	      - run: echo behind the gate
	YML
	state_is succeeded demo 5 open &&
	wait_for 30 state_is failed demo 5 short &&
	is "$(job reason demo 5 short)" "gate \"quick\": nobody approved it \
within 1 s (timeout)" &&
	pawl approve ada/demo#5 ask && wait_for 30 state_is waiting demo 5 both &&
	pawl approve ada/demo#5 both && wait_run 60 demo 5 failed &&
	job_is succeeded demo 5 both && log_has "behind the gate" demo 5 both &&
	events_whole demo 5
'

test_expect 'a job that waits is cancelled with its run' '
	pawl environment set ada/demo production --reviewer root &&
	push demo <<-\YML && wait_for 60 state_is waiting demo 6 a &&
	on: push
	jobs:
	  a:
	    if: always()
	    runs-on: x
	    environment: production
	    steps: [{run: "true"}]
	YML
	pawl cancel ada/demo#6 && wait_run 60 demo 6 cancelled &&
	job_is cancelled demo 6 a &&
	is "$(sql "SELECT group_concat(DISTINCT state) FROM gates
		WHERE run = $(run_id demo 6)")" withdrawn
'

test_no_leaks
test_done

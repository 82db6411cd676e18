#!/bin/bash
# gates.t - jobs that wait for people or for a time: environments with rules,
# steps that are gates, over restarts; and who may decide.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

# Whoever is to approve is told by mail.
printf '#!/bin/sh\ncat >>"%s"\n' "$T/mails" >"$T/sendmail"
chmod 755 "$T/sendmail"
pawl_setup "sendmail: $T/sendmail" 'mail-from: ci@example.org'

# state_is STATE REPO N JOB - also before there is such a run.
state_is()
{
	job_is "$@" 2>/dev/null
}

test_expect 'a job of an environment waits, without a process' '
	repo_new ada demo && workerd_start &&
	pawl notify add ada/demo --on waiting --to mail:ada@example.org &&
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
	is "$(sql "SELECT count(*) FROM audit WHERE action = \"secret.read\"")" 0 &&
	pawl approvals | grep -q "ada/demo#1 *deploy .*waits for approval by" &&
	wait_for 30 grep -qs "^Subject: ada/demo.1: .ci.yml waits" "$T/mails"
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

test_expect 'run again, it asks again' '
	pawl rerun ada/demo#1 --job deploy &&
	wait_for 30 eval "pawl approvals | grep -q \"ada/demo#1 *deploy\"" &&
	pawl cancel ada/demo#1 && wait_for 30 eval \
		"pawl show ada/demo#1 | grep -q \"demo#1.* cancelled\""
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

# api METHOD PATH TOKEN [BODY] - the status; the answer is in the file `answer`.
api()
{
	curl -s -o answer -w "%{http_code}" -X "$1" \
		-H "Authorization: Bearer $3" \
		-H "Content-Type: application/json" ${4:+--data "$4"} \
		"$base_url/api/v1/repos/ada/demo/$2"
}

test_expect 'over the API a token decides, if it is named' '
	grace=$(pawl token add grace 2>/dev/null) &&
	eve=$(pawl token add eve 2>/dev/null) &&
	eyes=$(pawl token add eyes --role reader 2>/dev/null) &&
	chief=$(pawl token add chief --role admin 2>/dev/null) &&
	is "$(api PUT environments/production "$eve" "{}")" 403 &&
	is "$(api PUT environments/production "$chief" \
		"{\"reviewers\": [\"Grace\"], \"wait\": \"0\"}")" 200 &&
	is "$(jq -c "[.environments[0] | .name, .reviewers, .wait_ms]" answer)" \
		"[\"Production\",[\"Grace\"],0]" &&
	is "$(api PUT environments/production "$chief" \
		"{\"reviewers\": \"Grace\"}")" 400 &&
	push demo <<-\YML && wait_for 60 state_is waiting demo 6 a &&
	on: push
	jobs:
	  a: {runs-on: x, environment: production, steps: [{run: "true"}]}
	  b: {runs-on: x, environment: production, steps: [{run: "true"}]}
	YML
	is "$(api GET approvals "$eyes")" 200 &&
	is "$(jq -r ".approvals[0] | .job + \" \" + .may_approve" answer)" \
		"a Grace" &&
	is "$(api POST runs/6/jobs/a/approve "$eyes")" 403 &&
	is "$(api POST runs/6/jobs/a/approve "$eve")" 403 &&
	jq -r .detail answer | grep -qx "\"eve\" may not decide this: Grace may" &&
	is "$(api POST runs/6/jobs/a/approve "$grace" \
		"{\"comment\": \"fine\"}")" 202 &&
	is "$(api POST runs/6/jobs/a/reject "$grace")" 409 &&
	jq -r .detail answer | grep -q "it was approved by token grace before" &&
	is "$(api GET runs/6 "$eyes")" 200 &&
	is "$(jq -r ".gates[0] | .state + \" by \" + .decided_by" answer)" \
		"approved by token grace"
'

test_expect 'and on the page who signed in' '
	curl -s -o /dev/null -c jar --data-urlencode "token=$grace" \
		"$base_url/login" &&
	curl -sSf "$base_url/approvals" | grep -q \
		"demo/runs/6/jobs/b\".*job <bdi>b</bdi>" &&
	curl -sSf "$base_url/ada/demo/runs/6" >page &&
	grep -q "waits for approval by Grace" page &&
	! grep -q ">Approve<" page &&
	curl -sSf -b jar "$base_url/ada/demo/runs/6/jobs/b" >page &&
	grep -q ">Approve<" page &&
	form=$(xmllint --html --xpath "string(//input[@name=\"form_token\"]/@value)" \
		page 2>/dev/null) &&
	is "$(curl -s -o /dev/null -w "%{http_code}" -b jar -d comment=x \
		"$base_url/ada/demo/runs/6/jobs/b/approve")" 403 &&
	is "$(curl -s -o /dev/null -w "%{http_code}" -b jar \
		-H "Origin: ${base_url%/ci}" --data-urlencode "form_token=$form" \
		-d comment=seen "$base_url/ada/demo/runs/6/jobs/b/reject")" 303 &&
	wait_run 60 demo 6 failed && is "$(job reason demo 6 b)" \
		"rejected by token grace: seen" &&
	curl -sSf "$base_url/ada/demo/runs/6" | grep -q "<q>seen</q>" &&
	curl -sSf "$base_url/ada/demo/runs/1/attempts/1" |
		grep -q "href=\"https://x.example.org/\""
'

test_expect 'a job that waits is cancelled with its run' '
	pawl environment set ada/demo production --reviewer root &&
	push demo <<-\YML && wait_for 60 state_is waiting demo 7 a &&
	on: push
	jobs:
	  a:
	    if: always()
	    runs-on: x
	    environment: production
	    steps: [{run: "true"}]
	YML
	pawl cancel ada/demo#7 && wait_run 60 demo 7 cancelled &&
	job_is cancelled demo 7 a &&
	is "$(sql "SELECT group_concat(DISTINCT state) FROM gates
		WHERE run = $(run_id demo 7)")" withdrawn
'

test_no_leaks
test_done

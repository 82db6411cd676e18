#!/bin/bash
# cli-server.t - the pawl command beside a server that works: runs, logs that
# grow, deliveries, cancelling.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/e2e.sh
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 1' 'cancel-grace: 1s'
cd "$T" || exit 1
workerd_start || bail 'workerd does not start'

delivery()
{
	jq -r .id "$hook_answer"
}

test_expect 'delivery --wait says which runs a webhook started' '
	repo_new ada demo && push demo <<-\YML &&
	on: push
	jobs:
	  first:
	    runs-on: x
	    steps: [{run: "echo one; sleep 2; echo two"}]
	  second:
	    needs: first
	    runs-on: x
	    steps: [{run: echo three}]
	YML
	pawl inbox show --wait --runs "$(delivery)" >out && cat out &&
	is "$(cat out)" "ada/demo#1"
'

test_expect 'logs -f shows every job from its start to its end' '
	timeout 60 pawl logs -f --exit-status ada/demo#1 >out 2>&1 &&
	grep -vx "pawl: .*" out >got &&
	printf "%s\n" "==> first" one two "==> second" three >want &&
	test_cmp want got
'

test_expect 'logs of one job, later, are the file' '
	pawl logs ada/demo/1 first >got && log_of demo 1 first >want &&
	test_cmp want got &&
	pawl logs "$base_url/ada/demo/runs/1" second | grep -qx three
'

test_expect 'a job that is not there is said' '
	pawl logs 1 third >out 2>err; is $? 3 && grep -q "no job" err
'

test_expect 'show and runs agree' '
	pawl show --exit-status 1 | head -n 1 | grep -q "ada/demo#1 *succeeded" &&
	pawl show --json 1 >json && is "$(jq -r .state json)" succeeded &&
	is "$(jq -r "[.jobs[].state] | unique[]" json)" succeeded &&
	is "$(jq -r ".jobs[0].steps[0].exit_code" json)" 0 &&
	curl -sSf "$(jq -r ".jobs[0].log_url" json)" | grep -qx one &&
	is "$(pawl runs --json | jq -r ".[0].number")" 1 &&
	pawl runs ada/demo | grep -q "ada/demo#1 *succeeded"
'

test_expect 'a run that failed is 1 when asked for' '
	push demo <<-\YML &&
	on: push
	jobs: {bad: {runs-on: x, steps: [{run: exit 9}]}}
	YML
	pawl inbox show --wait "$(delivery)" && timeout 60 pawl logs -f 2 &&
	{ pawl show --exit-status 2; is $? 1; } &&
	{ pawl logs --exit-status 2; is $? 1; } &&
	pawl show 2 | grep -q "exit code 9"
'

test_expect 'a file with a mistake is shown with its place' '
	push demo <<-\YML &&
	on: push
	jobs: {bad: {runs-no: x, steps: [{run: "true"}]}}
	YML
	pawl inbox show --wait "$(delivery)" &&
	pawl show 3 | grep -q "^.ci.yml:2:14: error" &&
	pawl logs 3 2>/dev/null | grep -q "^.ci.yml:2:14: error"
'

test_expect 'cancel ends a run, and following it ends too' '
	push demo <<-\YML &&
	on: push
	jobs: {long: {runs-on: x, steps: [{run: "echo up; sleep 600"}]}}
	YML
	pawl inbox show --wait "$(delivery)" &&
	{ timeout 60 pawl logs -f --exit-status 4 >followed 2>&1 & } &&
	follower=$! && wait_for 30 grep -qx up followed &&
	{ pawl repo remove --yes ada/demo 2>err; is $? 1; } &&
	pawl cancel 4 && { wait "$follower"; is $? 1; } &&
	wait_run 60 demo 4 cancelled
'

test_expect 'cancelling what is over is refused' '
	pawl cancel 4 2>err; is $? 1 && grep -q "is over: cancelled" err
'

test_expect 'a webhook with a wrong signature is listed' '
	is "$(curl -s -o /dev/null -w "%{http_code}" -d "{}" \
		-H "Content-Type: application/json" -H "X-Gitea-Event: push" \
		-H "X-Gitea-Delivery: 1" -H "X-Gitea-Signature: $(printf "%064d" 0)" \
		"$base_url/hook/gitea/ada/demo")" 403 &&
	pawl inbox list --refused | grep -q "403 .*hook/gitea/ada/demo" &&
	is "$(pawl inbox list --refused --json | jq -r ".[0].status")" 403
'

test_expect 'deliveries have their verdicts' '
	is "$(pawl inbox list ada/demo | wc -l)" 4 &&
	pawl inbox list | grep -q " planned "
'

test_expect 'events and tables agree' '
	pawl admin rebuild --verify && pawl admin rebuild --verify 4
'

test_expect 'admin check finds nothing wrong' '
	pawl admin check
'

test_expect 'remove takes runs, logs and mirror along' '
	pawl repo remove --yes ada/demo &&
	is "$(pawl runs --json)" "[]" &&
	[ -z "$(find "$state/private" "$state/mirrors" -path "*demo*" \
		! -name "*.lock")" ]
'

test_no_leaks
test_done

#!/bin/bash
# fork-approval.t - pull requests from forks wait until somebody has approved
# their commit: nothing of them runs before, new commits need a new approval,
# and what runs then has nothing to lose.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/forge.sh
. "${srcdir:-.}/t/lib/forge.sh"

# Whoever is to approve is told by mail.
printf '#!/bin/sh\ncat >>"%s"\n' "$T/mails" >"$T/sendmail"
chmod 755 "$T/sendmail"
pawl_setup "sendmail: $T/sendmail" 'mail-from: ci@example.org'
workerd_start

# new_head MESSAGE - a commit on the branch topic, where the forge keeps the head of pull
# request 7; sets sha.
new_head()
{
	in_clone app checkout -q -B topic && commit app "$1" &&
		in_clone app push -q -f origin topic:refs/pull/7/head
}

jobs_of()
{
	sql "SELECT count(*) FROM jobs WHERE run = $(run_id app "$1")"
}

test_expect 'a pull request from a fork waits, without a job' '
	repo_new ada app &&
	pawl notify add ada/app --on waiting --to mail:ada@example.org &&
	echo secret-text | pawl secret set KEY &&
	put app .ci.yml <<-\YML && commit app &&
	on: pull_request
	jobs:
	  a:
	    if: always()
	    runs-on: x
	    env: {KEY: "${{ secrets.KEY }}"}
	    steps:
	      - {uses: actions/cache@v4, with: {path: kept, key: k}}
	      - run: echo "ran with ${#KEY} bytes"; echo x >kept
	YML
	base=$sha && in_clone app push -q origin main && new_head one &&
	one=$sha && pull opened eve/app "$base" | tell app pull_request &&
	verdict "planned: run 1, to be approved as it comes from a fork" &&
	is "$(run_state app 1)" pending && is "$(jobs_of 1)" 0 &&
	pawl approvals ada/app | grep -q "ada/app#1 .*waits for approval of \
commit ${one:0:7}: pull request 7 comes from the fork \"eve/app\"" &&
	pawl show ada/app#1 | grep -q "waits for approval of commit ${one:0:7}" &&
	wait_for 30 grep -qs "^Subject: ada/app.1: .ci.yml waits" "$T/mails"
'

test_expect 'also over a restart' '
	workerd_kill && workerd_start && pawl approvals | grep -q "app#1" &&
	is "$(run_state app 1)" pending && is "$(jobs_of 1)" 0
'

test_expect 'new commits need a new approval, and end the run before' '
	new_head two && two=$sha &&
	pull synchronized eve/app "$base" | tell app pull_request &&
	verdict "planned: run 2, to be approved as it comes from a fork" &&
	is "$(run_state app 1)" cancelled && is "$(jobs_of 1)" 0 &&
	is "$(sql "SELECT cancel_by FROM runs WHERE number = 1")" \
		"run 2 (new commits in pull request 7)" &&
	! pawl approve ada/app#1 2>err &&
	grep -q "nothing of this run waits" err &&
	! pawl approve ada/app#2 --commit "$one" 2>err &&
	grep -q "the run is of commit $two, not of $one" err &&
	is "$(run_state app 2)" pending
'

test_expect 'approved, it runs, without secrets and without saving a cache' '
	pawl approve ada/app#2 --commit "$two" --comment "read it" &&
	wait_run 60 app 2 && log_has "ran with 0 bytes" app 2 a &&
	log_has "Pull requests from forks save no caches" app 2 a &&
	is "$(sql "SELECT count(*) FROM caches")" 0 && events_whole app 2
'

test_expect 'the same commit is not asked for again, another one is' '
	pull reopened eve/app "$base" | tell app pull_request &&
	verdict "planned: run 3" && wait_run 60 app 3 &&
	new_head three &&
	pull synchronized eve/app "$base" | tell app pull_request && settle &&
	is "$(run_state app 4)" pending &&
	pawl reject ada/app#4 --comment "mines coins" &&
	is "$(run_state app 4)" cancelled && is "$(jobs_of 4)" 0
'

test_expect 'a closed pull request waits no more, nor does a cancelled run' '
	pull reopened eve/app "$base" | tell app pull_request && settle &&
	is "$(run_state app 5)" pending && pawl cancel ada/app#5 &&
	is "$(run_state app 5)" cancelled && is "$(jobs_of 5)" 0 &&
	pull reopened eve/app "$base" | tell app pull_request && settle &&
	is "$(run_state app 6)" pending &&
	pull closed eve/app "$base" | tell app pull_request && settle &&
	is "$(run_state app 6)" cancelled && is "$(jobs_of 6)" 0
'

test_expect 'a repository may say otherwise' '
	pawl repo set ada/app --fork-pull-requests no >said &&
	grep -qx "pull requests from forks of ada/app: no" said &&
	new_head four && pull opened eve/app "$base" |
		tell app pull_request &&
	verdict "pull request 7 comes from the fork \"eve/app\": it starts \
nothing, because \"fork-pull-requests\" of the repository is \"no\"" &&
	pawl repo set ada/app --fork-pull-requests yes &&
	pull reopened eve/app "$base" | tell app pull_request &&
	verdict "planned: run 7" && wait_run 60 app 7 &&
	pawl repo set ada/app --fork-pull-requests default --trust mona |
		grep -qx "pull requests from forks of ada/app: approve \
(configuration); trusted: mona" &&
	pull reopened eve/app "$base" |
		jq ".pull_request.user = {login: \"Mona\"}" |
		tell app pull_request &&
	verdict "planned: run 8" && wait_run 60 app 8
'

test_expect 'a kill while it is approved loses nothing' '
	pawl repo set ada/app --distrust && new_head five &&
	pull opened eve/app "$base" | tell app pull_request && settle &&
	workerd_kill && pawl approve ada/app#9 && is "$(jobs_of 9)" 0 &&
	workerd_start && wait_run 60 app 9 && events_whole app 9
'

test_no_leaks
test_done

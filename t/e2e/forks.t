#!/bin/bash
# forks.t - what a pull request from a fork gets where "fork-pull-requests" lets
# it run: its own repository, and nothing that is meant for people who may push.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/forge.sh
. "${srcdir:-.}/t/lib/forge.sh"

printf 'not for strangers' >"$T/token"
pawl_setup 'fork-pull-requests: yes' 'allow-actions: [ada/open]' \
	"secrets: {TOKEN: {file: $T/token}}"
workerd_start

# action NAME - a repository with an action at its top.
action()
{
	repo_new ada "$1" && put "$1" action.yml <<-YML && commit "$1" &&
	runs: {using: composite, steps: [{run: echo act of $1, shell: sh}]}
	YML
	in_clone "$1" push -q origin main
}

# pipeline EVENT - the same jobs for whoever may push and for a stranger.
pipeline()
{
	{ echo "on: $1" && cat <<-\YML; } | put app .ci.yml
	jobs:
	  secret:
	    runs-on: x
	    env: {TOKEN: "${{ secrets.TOKEN }}"}
	    steps: [{run: 'echo "token of ${#TOKEN} bytes"'}]
	  cache:
	    runs-on: x
	    steps:
	      - {uses: actions/cache@v4, id: c, with: {path: kept, key: k}}
	      - run: echo "hit ${{ steps.c.outputs.cache-hit == 'true' }}"
	      - run: echo of a stranger >kept
	  own:
	    runs-on: x
	    steps: [{uses: ada/app@main}, {uses: ada/open@main}]
	  action: {runs-on: x, steps: [{uses: ada/private@main}]}
	  checkout:
	    runs-on: x
	    steps:
	      - uses: actions/checkout@v4
	        with: {repository: ada/private, path: p}
	      - run: grep -c act p/action.yml
	  call: {uses: ada/private/.ci/call.yml@main}
	YML
}

# printed N JOB LINE... - what its steps have printed.
printed()
{
	log_of app "$1" "$2" | grep -v "^pawl: " >got
	printf '%s\n' "${@:3}" >want
	test_cmp want got
}

# fails JOB TEXT - it failed in the stranger's run, and TEXT was said.
fails()
{
	job_is failed app 1 "$1" || { echo "$1 did not fail"; return 1; }
	{ job reason app 1 "$1" && log_of app 1 "$1"; } >said 2>&1
	grep -q "$2" said || { cat said; return 1; }
}

test_expect 'a stranger gets a run' '
	action private && action open && put private .ci/call.yml <<-\YML &&
	on: workflow_call
	jobs: {inner: {runs-on: x, steps: [{run: echo called}]}}
	YML
	commit private && in_clone private push -q origin main &&
	repo_new ada app && put app action.yml <<-\YML && commit app &&
	runs: {using: composite, steps: [{run: echo own act, shell: sh}]}
	YML
	base=$sha && in_clone app push -q origin main &&
	in_clone app checkout -q -b topic && pipeline pull_request &&
	commit app && in_clone app push -q origin topic:refs/pull/7/head &&
	pull opened eve/app "$base" | tell app pull_request &&
	verdict "planned: run 1" && wait_run 90 app 1 failed
'

test_expect 'of its own repository, and of what the configuration names' '
	printed 1 own "own act" "act of open"
'

test_expect 'without secrets' '
	printed 1 secret "token of 0 bytes" &&
	log_of app 1 secret | grep -q "secrets are not given to pull requests"
'

test_expect 'without other repositories, however it asks for them' '
	fails action "private.*forks.*allow-actions" &&
	fails checkout "ada/private" &&
	fails call "private.*forks.*allow-actions"
'

test_expect 'and what it has found is not saved as a cache' '
	log_of app 1 cache | grep "Pull requests from forks save no caches"
'

test_expect 'whoever may push has it all, but nothing of the stranger' '
	in_clone app checkout -q main && pipeline push && commit app &&
	send app main && verdict "planned: run 2" && wait_run 90 app 2 &&
	printed 2 secret "token of 17 bytes" && printed 2 action "act of private" &&
	log_of app 2 checkout | grep -qx 1 &&
	log_of app 2 cache | grep -qx "hit false"
'

test_no_leaks
test_done

#!/bin/bash
# events.t - what starts a run, by which paths a push changes and which other
# event came; and what a workflow uses of other repositories.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/forge.sh"

pawl_setup 'variables: {GREETING: hello}' 'fork-pull-requests: no'

# run_of NAME NUMBER COLUMN
run_of()
{
	sql "SELECT $3 FROM runs WHERE id = $(run_id "$1" "$2")"
}

# --- paths -----------------------------------------------------------------------

workerd_start
repo_new ada paths >"$T/repo.out" || bail "no repository"

test_expect 'the first push has all its files' '
	put paths .ci.yml <<-\YML &&
	on:
	  push:
	    paths: [src/**]
	jobs: {a: {runs-on: x, steps: [{run: echo built}]}}
	YML
	echo 1 | put paths src/one && commit paths && first=$sha &&
	send paths HEAD:refs/heads/main && verdict "planned: run 1" &&
	wait_run 60 paths 1 &&
	is "$(run_of paths 1 why)" "push to main; every push starts it \
(.ci.yml:2); changed path src/one matches paths: [src/**] (.ci.yml:3)"
'

test_expect 'a push of other paths starts nothing and says so' '
	echo 1 | put paths README && commit paths && second=$sha &&
	send paths HEAD:refs/heads/main &&
	verdict ".ci.yml: none of 1 changed path matches paths: [src/**] \
(.ci.yml:3)"
'

test_expect 'a new branch is compared with where it began' '
	in_clone paths checkout -q -b topic "$first" &&
	echo 1 | put paths doc/x && commit paths &&
	send paths HEAD:refs/heads/topic &&
	verdict ".ci.yml: none of 1 changed path matches paths: [src/**] \
(.ci.yml:3)" &&
	echo 2 | put paths src/two && commit paths && topic=$sha &&
	send paths HEAD:refs/heads/topic && verdict "planned: run 2"
'

test_expect 'a merge brings what the other branch has' '
	in_clone paths checkout -q main &&
	in_clone paths merge -q --no-ff -m merge topic &&
	send paths HEAD:refs/heads/main && verdict "planned: run 3" &&
	run_of paths 3 why | grep -q "changed path src/two matches"
'

test_expect 'a force push is compared with what was there' '
	in_clone paths reset -q --hard "$second" &&
	echo 2 | put paths README && commit paths &&
	send paths +HEAD:refs/heads/main && verdict "planned: run 4" &&
	run_of paths 4 why | grep -q "changed path src/two matches"
'

test_expect 'a branch without commits of its own changes nothing' '
	in_clone paths checkout -q -b same && commit paths &&
	send paths HEAD:refs/heads/same &&
	verdict ".ci.yml: no path changed, and there is paths: [src/**] \
(.ci.yml:3)"
'

test_expect 'the message of a commit may ask for no run' '
	echo 3 | put paths src/three && commit paths "three [skip ci]" &&
	send paths HEAD:refs/heads/same &&
	verdict "planned: run 5 (skipped: the message of the head commit says \
\"[skip ci]\")" &&
	is "$(run_of paths 5 state)" skipped &&
	run_of paths 5 why | grep -qF "[skip ci]" && events_whole paths 5
'

# --- other events ----------------------------------------------------------------

test_expect 'a pull request runs as its head, or says why not' '
	repo_new ada pulls && put pulls .ci.yml <<-\YML && commit pulls &&
	on: pull_request
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - run: echo "$GITHUB_REF $GITHUB_HEAD_REF $GITHUB_BASE_REF"
	      - run: echo "${{ vars.GREETING }} ${{ github.event.number }}"
	YML
	base=$sha && send pulls HEAD:refs/heads/main &&
	verdict ".ci.yml: event push is not listed under \"on\" (.ci.yml:1)" &&
	in_clone pulls checkout -q -b topic && commit pulls &&
	in_clone pulls push -q origin topic HEAD:refs/pull/7/head &&
	pull synchronized ada/pulls "$base" | tell pulls pull_request &&
	verdict "planned: run 1" && wait_run 60 pulls 1 &&
	is "$(run_of pulls 1 "event || ref || title")" \
		"pull_requestrefs/pull/7/headA title" &&
	log_of pulls 1 a | grep -v "^pawl: " >got &&
	printf "%s\n" "refs/pull/7/head topic main" "hello 7" >want &&
	test_cmp want got &&
	pull labeled ada/pulls "$base" | tell pulls pull_request &&
	verdict ".ci.yml: pull_request labeled: without \"types\" only opened, \
synchronize and reopened start it (.ci.yml:1)" &&
	pull opened eve/pulls "$base" | tell pulls pull_request &&
	verdict "pull request 7 comes from the fork \"eve/pulls\": it starts \
nothing, because \"fork-pull-requests\" of the configuration is \"no\""
'

test_expect 'a pull request of a fork runs the files of its target alone' '
	in_clone pulls checkout -q main && put pulls .ci.yml <<-\YML &&
	on: [pull_request, pull_request_target]
	jobs: {a: {runs-on: x, steps: [{run: "echo at $GITHUB_REF"}]}}
	YML
	commit pulls && send pulls HEAD:refs/heads/main && settle &&
	base=$sha && in_clone pulls checkout -q -b more && commit pulls &&
	in_clone pulls push -q origin more &&
	pull opened eve/pulls "$base" | tell pulls pull_request &&
	verdict "pull request 7 comes from the fork \"eve/pulls\": it starts \
nothing, because \"fork-pull-requests\" of the configuration is \"no\"; as \
pull_request_target planned: run 2" && wait_run 60 pulls 2 &&
	is "$(run_of pulls 2 "event || ref || sha")" \
		"pull_request_targetrefs/heads/main$base" &&
	log_has "at refs/heads/main" pulls 2 a &&
	pull opened ada/pulls "$base" | tell pulls pull_request &&
	verdict "planned: run 3; as pull_request_target planned: run 4" &&
	wait_run 60 pulls 3 && wait_run 60 pulls 4
'

test_expect 'a file with errors is told of to who changes it alone' '
	repo_new ada wrong && echo "on: [push, issues" | push wrong &&
	wait_run 60 wrong 1 failed &&
	echo "{\"action\": \"opened\"}" | tell wrong issues &&
	verdict ".ci.yml: the pipeline file has errors"
'

test_expect 'a release, a dispatch and a comment start what names them' '
	repo_new ada others && put others .ci.yml <<-\YML && commit others &&
	on:
	  release: {types: [published]}
	  issue_comment:
	  workflow_dispatch: {inputs: {who: {required: true}}}
	jobs:
	  a:
	    runs-on: x
	    steps: [{run: "echo ${{ github.ref }} ${{ inputs.who }}"}]
	YML
	in_clone others tag v1 && in_clone others push -q origin main v1 &&
	echo "{\"action\": \"published\", \"release\": {\"tag_name\": \"v1\"}}" |
		tell others release && verdict "planned: run 1" &&
	echo "{\"action\": \"created\", \"comment\": {\"body\": \"hi\"}}" |
		tell others issue_comment && verdict "planned: run 2" &&
	echo "{\"ref\": \"refs/heads/main\", \"workflow\": \".ci.yml\",
		\"inputs\": {\"who\": \"world\"}}" |
		tell others workflow_dispatch && verdict "planned: run 3" &&
	for n in 1 2 3; do
		wait_run 60 others $n && log_of others $n a || return 1
	done | grep -v "^pawl: " | sed "s/ *$//" >got &&
	printf "%s\n" refs/tags/v1 refs/heads/main "refs/heads/main world" \
		>want && test_cmp want got
'

# --- other repositories ----------------------------------------------------------

test_expect 'workflows and actions of another repository are used as they are' '
	repo_new ada shared && put shared .ci/build.yml <<-\YML &&
	on:
	  workflow_call:
	    inputs: {who: {type: string}}
	    outputs: {said: {value: "${{ jobs.inner.outputs.said }}"}}
	jobs:
	  inner:
	    uses: ./.ci/inner.yml
	    with: {who: "${{ inputs.who }}"}
	YML
	put shared .ci/inner.yml <<-\YML &&
	on:
	  workflow_call:
	    inputs: {who: {type: string}}
	    outputs: {said: {value: "${{ jobs.say.outputs.said }}"}}
	jobs:
	  say:
	    runs-on: x
	    outputs: {said: "${{ steps.s.outputs.said }}"}
	    steps:
	      - id: s
	        run: echo "said=first ${{ inputs.who }}" >>"$GITHUB_OUTPUT"
	YML
	put shared greet/action.yml <<-\YML &&
	inputs: {who: {default: nobody}}
	runs:
	  using: composite
	  steps:
	    - {run: "echo shared ${{ inputs.who }}", shell: sh}
	    - {run: "\"$GITHUB_ACTION_PATH\"/say.sh", shell: sh}
	    - {uses: ./deep}
	YML
	printf "#!/bin/sh\necho by a file\n" | put shared greet/say.sh &&
	chmod +x "$T/clone/shared/greet/say.sh" &&
	put shared deep/action.yml <<-\YML && commit shared && sha1=$sha &&
	runs: {using: composite, steps: [{run: echo deep, shell: sh}]}
	YML
	in_clone shared tag v1 &&
	sed -i "s/first/second/" "$T/clone/shared/.ci/inner.yml" &&
	commit shared && in_clone shared push -q origin main v1 &&
	repo_new ada user && put user local/action.yml <<-\YML &&
	runs: {using: composite, steps: [{run: echo local, shell: sh}]}
	YML
	push user <<-YML && wait_run 90 user 1 &&
	on: push
	jobs:
	  tag: {uses: ada/shared/.ci/build.yml@v1, with: {who: tag}}
	  sha: {uses: "ada/shared/.ci/build.yml@$sha1", with: {who: sha}}
	  new: {uses: Ada/Shared/.ci/build.yml@main, with: {who: main}}
	  all:
	    needs: [tag, sha, new]
	    runs-on: x
	    steps:
	      - uses: ada/shared/greet@v1
	        with: {who: world}
	      - uses: ./local
	      - run: |
	          echo "\${{ needs.tag.outputs.said }}"
	          echo "\${{ needs.sha.outputs.said }}"
	          echo "\${{ needs.new.outputs.said }}"
	YML
	log_of user 1 all | grep -v "^pawl: " >got &&
	printf "%s\n" "shared world" "by a file" deep local "first tag" "first sha" \
		"second main" >want && test_cmp want got
'

test_expect 'what cannot be had fails its job alone, with what to do' '
	push user <<-\YML && wait_run 60 user 2 failed &&
	on: push
	jobs:
	  call: {uses: none/there/x.yml@v1}
	  step: {runs-on: x, steps: [{uses: none/there@v1}]}
	  ref: {runs-on: x, steps: [{uses: ada/shared/greet@v9}]}
	  well: {runs-on: x, steps: [{run: echo well}]}
	YML
	job_is succeeded user 2 well && job_is failed user 2 call &&
	job_is failed user 2 step && job_is failed user 2 ref &&
	curl -sSf "$base_url/ada/user/runs/2" >page &&
	grep -q "none/there.* is not registered here" page &&
	grep -q "pawl repo add none/there CLONE_URL" page &&
	pawl show ada/user#2 >shown &&
	grep -q "no branch, tag or commit \"v9\"" shown &&
	grep -q "pawl repo add none/there CLONE_URL" shown
'

test_no_leaks
test_done

#!/bin/bash
# stored.t - pipelines that are kept here, without a forge: made, started,
# changed and removed over the API; and trying a command in the same way.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup "test-execute: true"
jobs=$base_url/api/v1/jobs

# ask STATUS METHOD ADDRESS [JSON] - as an admin; the answer is $T/answer.
ask()
{
	is "$(curl -sS -o "$T/answer" -w "%{http_code}" -X "$2" \
		-H "Authorization: Bearer $token" \
		${4:+-H "Content-Type: application/json" -d "$4"} "$3")" \
		"$1" || { cat "$T/answer"; return 1; }
}

field()
{
	jq -r "$1" "$T/answer"
}

# its_runs N - are there N, all over?
its_runs()
{
	ask 200 GET "$jobs/$id/runs" &&
	[ "$(field '.runs | length')" = "$1" ] &&
	! field '.runs[].state' | grep -qE 'pending|running'
}

# log_says TEXT - the log of the newest run.
log_says()
{
	local url
	ask 200 GET "$base_url/api/v1/runs/$(field '.runs[0].id')/jobs" &&
	url=$(field '.jobs[0].log_url') &&
	curl -sS -H "Authorization: Bearer $token" "$url" | grep -qF "$1"
}

test_expect 'a pipeline is made of steps alone' '
	token=$(pawl token add boss --role admin 2>"$T/said") &&
	workerd_start &&
	ask 201 POST "$jobs" "{\"name\": \"nightly\", \"config\":
		{\"steps\": [{\"name\": \"hi\", \"env\": {\"WHO\": \"you\"},
		\"command\": \"echo hello \$WHO of \$GITHUB_REPOSITORY\"}]}}" &&
	id=$(field .job.id) &&
	is "$(field .job.repository) $(field .job.revision)" \
		"pipelines/nightly 1" &&
	ask 409 POST "$jobs" "{\"name\": \"nightly\", \"config\":
		{\"steps\": [{\"run\": \"true\"}]}}"
'

test_expect 'it runs, and the run is found by both families of addresses' '
	ask 202 POST "$jobs/$id/runs" && wait_for 60 its_runs 1 &&
	is "$(field ".runs[0].state")" succeeded &&
	is "$(field ".runs[0].event")" push &&
	log_says "hello you of pipelines/nightly" &&
	ask 200 GET "$base_url/api/v1/repos/pipelines/nightly/runs/1" &&
	ask 200 GET "$jobs/$id/runs/$(field .id)"
'

test_expect 'another text is another commit; a workflow_dispatch has inputs' '
	ask 200 PUT "$jobs/$id" "$(jq -n --arg text "on:
  workflow_dispatch:
    inputs: {word: {default: none}}
jobs:
  a:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - run: ls -A; echo word \${{ inputs.word }}
" "{config: \$text, description: \"second\"}")" &&
	is "$(field .job.revision) $(field .job.dispatch)" "2 true" &&
	ask 202 POST "$jobs/$id/runs" "{\"inputs\": {\"word\": \"given\"}}" &&
	wait_for 60 its_runs 2 &&
	is "$(field ".runs[0].state")" succeeded &&
	is "$(field ".runs[0].event")" workflow_dispatch &&
	[ "$(field ".runs[0].sha")" != "$(field ".runs[1].sha")" ] &&
	log_says "word given" && ask 200 GET "$jobs/$id/runs" &&
	log_says ".ci.yml"
'

test_expect 'the same text is the same commit' '
	ask 202 POST "$jobs/$id/runs" && wait_for 60 its_runs 3 &&
	is "$(field ".runs[0].sha")" "$(field ".runs[1].sha")"
'

test_expect 'what is no pipeline is refused with its place' '
	ask 400 PUT "$jobs/$id" "{\"config\": \"jobs: 3\"}" &&
	is "$(field ".errors[0].pointer")" /config &&
	field .detail | grep -q "ci.yml:1:7"
'

test_expect 'removed is removed, with its runs' '
	ask 200 DELETE "$jobs/$id" && ask 404 GET "$jobs/$id" &&
	is "$(sql "SELECT count(*) FROM runs")" 0
'

test_expect 'a command is tried in the same way' '
	ask 202 POST "$base_url/api/test/execute" \
		"{\"commands\": [\"echo tried \$WHAT\"], \"env\": {\"WHAT\": \"it\"}}" &&
	id=$(field .job_id) && wait_for 60 its_runs 1 &&
	is "$(field ".runs[0].state")" succeeded && log_says "tried it"
'

test_no_leaks
test_done

#!/bin/bash
# dispatch.t - what is started by hand and by the clock: by command, API and
# page.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/forge.sh"

pawl_setup "schedule-catch-up: once"

api=$base_url/api/v1/repos/ada/demo
page=$base_url/ada/demo

# post STATUS ADDRESS JSON [CURL-WORD...] - with the writer's token; sets
# `delivery` from the answer.
post()
{
	is "$(curl -sS -o "$T/answer" -w "%{http_code}" \
		-H "Authorization: Bearer $token" \
		-H "Content-Type: application/json" -d "$3" "${@:4}" "$2")" \
		"$1" || { cat "$T/answer"; return 1; }
	jq -r '.delivery // empty' "$T/answer" >"$T/delivery"
}

detail()
{
	jq -r .detail "$T/answer"
}

# by_hand ARGUMENTS... - pawl dispatch; the file `delivery` has its id.
by_hand()
{
	pawl dispatch "$@" >"$T/delivery" 2>"$T/said"
}

test_expect 'a push makes workflows and schedules known' '
	repo_new ada demo && workerd_start &&
	token=$(pawl token add robot 2>"$T/said") &&
	put demo .ci/hand.yml <<-\YML && put demo .ci/night.yml <<-\NIGHT &&
	name: By hand
	on:
	  workflow_dispatch:
	    inputs:
	      level: {type: choice, options: [low, high], description: "How <high>"}
	      dry: {type: boolean, default: true}
	      note: {required: true}
	  repository_dispatch: {types: [built]}
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - run: |
	          echo "$GITHUB_ACTOR: $GITHUB_EVENT_NAME of $GITHUB_REF"
	          echo "level ${{ inputs.level }} dry ${{ inputs.dry }}"
	          echo "note $NOTE, what $WHAT"
	        env:
	          NOTE: ${{ inputs.note }}
	          WHAT: ${{ github.event.client_payload.what }}
	YML
	on:
	  schedule:
	    - cron: "0 3 * * *"
	    - {cron: "30 4 * * 1-5", timezone: Europe/Berlin}
	jobs:
	  a:
	    runs-on: x
	    steps: [{run: "echo due ${{ github.event.schedule }} by $GITHUB_EVENT_NAME"}]
	NIGHT
	commit demo && send demo HEAD:refs/heads/main && settle &&
	pawl schedule list ada/demo >list && cat list &&
	grep -q "night.yml .*0 3 \* \* \* UTC .*T03:00Z .*has not fired" list &&
	grep -q "30 4 \* \* 1-5 Europe/Berlin" list &&
	is "$(curl -sSf "$api/workflows" | jq -r ".workflows[] |
		select(.dispatch) | .path")" .ci/hand.yml &&
	is "$(curl -sSf "$api/schedules" | jq ".schedules | length")" 2
'

test_expect 'by command: with inputs, by the name of who did it' '
	by_hand ada/demo hand.yml -f level=high -f "note=two words" &&
	settle && sql "SELECT verdict FROM deliveries ORDER BY rowid DESC LIMIT 1" |
		grep "planned: run 1; not .ci/night.yml:" &&
	wait_run 20 demo 1 && log_of demo 1 a >log && cat log &&
	grep -qx "$(id -un): workflow_dispatch of refs/heads/main" log &&
	grep -qx "level high dry true" log && grep -qx "note two words, what " log
'

test_expect 'what is wrong is said at once' '
	! by_hand ada/demo hand.yml -f level=high && grep -q "\"note\" is required" said &&
	! by_hand ada/demo hand.yml -f note=x -f level=up &&
	grep -q "is one of low, high" said &&
	! by_hand ada/demo night.yml && grep -q "there is .ci/hand.yml" said &&
	! by_hand ada/demo hand.yml -f "note" && grep -q "NAME=VALUE" said &&
	! by_hand ada/demo && grep -q "give a workflow" said &&
	is "$(sql "SELECT count(*) FROM runs")" 1
'

test_expect 'over the API, for who may' '
	token=none post 401 "$api/workflows/hand.yml/dispatches" "{}" &&
	post 202 "$api/workflows/hand.yml/dispatches" \
		"{\"ref\": \"main\", \"inputs\": {\"note\": \"n\", \"dry\": false}}" &&
	settle && wait_run 20 demo 2 && log_of demo 2 a >log && cat log &&
	grep -qx "robot: workflow_dispatch of refs/heads/main" log &&
	grep -qx "level low dry false" log &&
	post 400 "$api/workflows/hand.yml/dispatches" "{\"inputs\": {}}" &&
	is "$(detail)" "input \"note\" is required" &&
	post 400 "$api/workflows/hand.yml/dispatches" "{\"inputs\": 5}" &&
	post 400 "$api/workflows/hand.yml/dispatches" "{\"input\": {}}" &&
	post 404 "$api/workflows/none.yml/dispatches" "{}" &&
	post 404 "$base_url/api/v1/repos/ada/none/workflows/x/dispatches" "{}"
'

test_expect 'repository_dispatch, by command and API' '
	post 202 "$api/dispatches" \
		"{\"event_type\": \"built\", \"client_payload\": {\"what\": \"all\"}}" &&
	settle && wait_run 20 demo 3 && log_of demo 3 a >log && cat log &&
	grep -qx "note , what all" log &&
	post 202 "$api/dispatches" "{\"event_type\": \"other\"}" && settle &&
	is "$(delivery_state "$(cat "$T/delivery")")" ignored &&
	post 400 "$api/dispatches" "{}" && detail | grep -q event_type &&
	echo "{\"what\": \"some\"}" | by_hand ada/demo --event built --payload - &&
	settle && wait_run 20 demo 4 && log_of demo 4 a | grep -qx "note , what some"
'

test_expect 'a commit by hand is as one that was pushed' '
	put demo .ci/push.yml <<-\YML && commit demo &&
	on: push
	jobs: {a: {runs-on: x, steps: [{run: echo pushed}]}}
	YML
	in_clone demo push -q origin HEAD:refs/heads/topic &&
	post 202 "$api/runs" "{\"branch\": \"topic\", \"commit_sha\": \"$sha\"}" &&
	settle && is "$(sql "SELECT event, branch, sha = '\''$sha'\'' FROM runs
		WHERE delivery = '\''$(cat delivery)'\''")" "push|topic|1" &&
	post 400 "$api/runs" "{\"branch\": \"topic\"}" &&
	detail | grep -q commit_sha &&
	post 400 "$api/runs" "{\"branch\": \"topic\", \"commit_sha\": \"abc\"}"
'

# --- by the clock --------------------------------------------------------------------

# overdue ID - it was due a minute ago; workerd hears of it as of all commits.
overdue()
{
	sqlite3 -cmd ".timeout 10000" "$db" "UPDATE schedules SET due_at_ms =
		(unixepoch() - 60) * 1000 WHERE id = $1"
}

fired()
{
	[ "$(sql "SELECT count(*) FROM runs WHERE event = 'schedule'")" = "$1" ]
}

test_expect 'a schedule fires when it is due, and once' '
	id=$(sql "SELECT id FROM schedules WHERE cron = \"0 3 * * *\"") &&
	overdue "$id" && wait_for 30 fired 1 &&
	n=$(sql "SELECT number FROM runs WHERE event = '\''schedule'\''") &&
	wait_run 20 demo "$n" && log_of demo "$n" a >log && cat log &&
	grep -qx "due 0 3 \* \* \* by schedule" log &&
	pawl schedule list ada/demo | grep "UTC .*fired "
'

test_expect 'what was missed while nothing ran comes once' '
	workerd_stop && sqlite3 -cmd ".timeout 10000" "$db" "UPDATE schedules
		SET due_at_ms = (unixepoch() - 5 * 86400) * 1000" &&
	workerd_start && wait_for 30 fired 3 &&
	is "$(sql "SELECT count(*) FROM schedules
		WHERE due_at_ms > unixepoch() * 1000")" 2 &&
	workerd_stop && workerd_start && by_hand ada/demo hand.yml -f note=after &&
	settle && fired 3
'

test_expect 'one that is paused does not; one may be added, run and removed' '
	pawl schedule pause "$id" && overdue "$id" &&
	pawl schedule list | grep -q "paused by" &&
	own=$(pawl schedule add ada/demo hand.yml -c "5 5 * * *" -f note=timed) &&
	pawl schedule run "$own" >delivery && settle &&
	n=$(sql "SELECT number FROM runs WHERE delivery = '\''$(cat delivery)'\''") &&
	wait_run 20 demo "$n" && log_of demo "$n" a | grep -qx "note timed, what " &&
	fired 3 && pawl schedule remove "$own" &&
	! pawl schedule remove "$id" 2>said && grep -q "stands in .ci/night.yml" said &&
	pawl schedule resume "$id" &&
	! pawl schedule add ada/demo hand.yml -c "5 5 * *" -f note=x 2>said &&
	! pawl schedule add ada/demo hand.yml -c "5 5 * * *" -z Mars/Base -f note=x 2>said &&
	grep -q "no time zone \"Mars/Base\"" said
'

test_expect 'over the API likewise' '
	post 201 "$api/schedules" "{\"workflow\": \"hand.yml\", \"cron\": \"7 7 * * *\",
		\"timezone\": \"Europe/Berlin\", \"inputs\": {\"note\": \"n\"}}" &&
	own=$(jq .id answer) && jq -e ".next_at | test(\"T0[56]:07\")" answer &&
	post 200 "$api/schedules/$own/pause" "{}" &&
	is "$(jq -r .paused_by answer)" "token robot" &&
	post 200 "$api/schedules/$own/resume" "{}" &&
	post 202 "$api/schedules/$own/run" "{}" && settle &&
	post 404 "$api/schedules/$own/jump" "{}" &&
	post 200 "$api/schedules/$own" "" -X DELETE &&
	post 404 "$api/schedules/$own" "" -X DELETE &&
	post 400 "$api/schedules" "{\"workflow\": \"hand.yml\", \"cron\": \"x\"}"
'

test_expect 'a schedule that leaves its file is forgotten' '
	in_clone demo rm -q .ci/night.yml && commit demo &&
	send demo HEAD:refs/heads/main && settle &&
	is "$(sql "SELECT count(*) FROM schedules")" 0
'

made()
{
	[ "$(sql "SELECT runs_made FROM repos")" = "$1" ]
}

# --- the page --------------------------------------------------------------------------

test_expect 'a form of the inputs, for who is signed in' '
	curl -sSf "$page/dispatch" >out.html && grep -q "Sign in" out.html &&
	! grep -q "How" out.html && jar=$T/jar &&
	curl -sSf -c "$jar" --data-urlencode "token=$token" "$base_url/login" &&
	curl -sSf -b "$jar" "$page/dispatch" >out.html && cat out.html &&
	grep -q "How &lt;high&gt;" out.html &&
	grep -q "<option>low</option><option>high</option>" out.html &&
	form=$(xmllint --html --xpath \
		"string(//input[@name=\"form_token\"]/@value)" out.html 2>said) &&
	n=$(sql "SELECT runs_made FROM repos") &&
	is "$(curl -sS -b "$jar" -o out.html -w "%{http_code}" \
		-H "Sec-Fetch-Site: same-origin" \
		-d "form_token=$form" -d workflow=.ci/hand.yml -d ref=main \
		-d input.level=high -d input.dry=false -d input.note=page \
		"$page/dispatch")" 303 &&
	wait_for 20 made $((n + 1)) &&
	wait_run 20 demo $((n + 1)) &&
	log_of demo $((n + 1)) a | grep -qx "note page, what "
'

test_done

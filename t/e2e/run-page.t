#!/bin/bash
# run-page.t - the page of a run and what the API says of its shape: what
# failed first, the graph, the time, two runs beside each other; and 1,000 jobs.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
seed()
{
	"$builddir/t/lib/run-seed" "$config" "$@"
}
seed fill && seed wide 1000 || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"
runs=$base_url/octo/ship/runs
api=$base_url/api/v1/repos/octo/ship/runs

page()
{
	is "$(web_status "$1")" 200
}

# query XPATH - of the last page, as text.
query()
{
	xmllint --html --xpath "$1" "$T/body" 2>/dev/null
}

test_expect 'what failed first is said once, with the lines of its step alone' '
	page "$runs/2" &&
	is "$(query "count(//section[@id=\"failed\"]/article)")" 1 &&
	is "$(query "string(//article/h3)")" "Test (forge)" &&
	is "$(query "count(//pre[@class=\"ending\"]/a)")" 10 &&
	is "$(query "string(//a[@class=\"tolog\"]/@href)")" \
	    "/ci/octo/ship/runs/2/jobs/test%3A4#L15" &&
	query "string(//pre[@class=\"ending\"])" >"$T/pre" &&
	grep -qF "<script>alert(1)</script>" "$T/pre" &&
	is "$(query "string(//article//ul//a/@href)")" "https://github.com/octo/ship/blob/5f3c1e9d0a7b4c2e8f6d1b3a9c5e7f0a2b4d6c8e/t/log-t.c#L42"
'

test_expect 'a fault of the machine looks like one, and so does one of the file' '
	page "$runs/4" &&
	is "$(query "string(//article/@class)")" "cause infra" &&
	query "string(//article)" | grep -q "no fault of the pipeline" &&
	page "$runs/3" &&
	is "$(query "string(//section[@id=\"problems\"]/@class)")" \
	    "problems error" &&
	is "$(query "string(//section[@id=\"problems\"]//a)")" ".ci.yml:14:5"
'

test_expect 'a succeeded run says nothing of failures' '
	page "$runs/1" &&
	is "$(query "count(//section[@id=\"failed\"])")" 0
'

test_expect 'what waits says for what' '
	page "$runs/6" &&
	query "string(//details[@id=\"job-deploy\"]//small)" |
	    grep -q "waits for approval by ada"
'

test_expect 'the graph has an edge for each need, between nodes that are there' '
	is "$(web_status "$api/2/graph")" 200 &&
	is "$(jq -r "[.edges[] | .source + \">\" + .target] | sort |
	    join(\" \")" "$T/body")" \
	    "build:*>test:* docs>package lint>package package>deploy test:*>package" &&
	is "$(jq "([.edges[] | .source, .target] - [.nodes[].id]) | length" \
	    "$T/body")" 0 &&
	is "$(jq "[.nodes[].id] | length == (unique | length)" "$T/body")" \
	    true &&
	is "$(jq -r ".nodes[] | select(.id == \"test:4\") |
	    [.status, .color, .parent] | join(\" \")" "$T/body")" \
	    "failed #F44336 test:*"
'

test_expect 'it can be narrowed, and be had with less detail' '
	is "$(web_status "$api/2/graph?state=failed")" 200 &&
	is "$(jq -r "[.nodes[].id] | join(\" \")" "$T/body")" test:4 &&
	is "$(web_status "$api/8/graph?detail=stages")" 200 &&
	is "$(jq "[.nodes, .edges] | map(length) | join(\" \")" "$T/body")" \
	    "\"10 9\"" &&
	is "$(stat -c "%s" "$T/body" | awk "{ print (\$1 < 8192) }")" 1 &&
	is "$(web_status "$api/2/graph?detail=all")" 400 &&
	is "$(web_status "$api/2/graph?state=fine")" 400
'

test_expect 'the picture of it is a file of its own that may do nothing' '
	is "$(web_status "$runs/8/graph.svg")" 200 &&
	is "$(header content-type)" "image/svg+xml" &&
	header content-security-policy | grep -q "^default-src .none.*sandbox" &&
	xmllint --noout "$T/body" &&
	is "$(grep -c "class=\"unit " "$T/body")" 1000
'

test_expect 'the timeline has jobs with their steps, and the critical path' '
	is "$(web_status "$api/1/timeline")" 200 &&
	is "$(jq -r "[.tenant, .pipeline, .status, .trigger.type] |
	    join(\" \")" "$T/body")" "octo/ship CI succeeded push" &&
	is "$(jq -r ".steps[] | select(.name == \"build\") |
	    [.steps[].name] | join(\", \")" "$T/body")" \
	    "Check out, Compile everything, Keep what was built" &&
	is "$(jq -r "[.steps[] | select(.critical) | .name] | last" \
	    "$T/body")" deploy &&
	is "$(jq -r ".steps[0].output.version" "$T/body")" 1.4.2
'

test_expect 'two runs beside each other: what differs, and what first' '
	is "$(web_status "$base_url/api/v1/compare?left=octo/ship/runs/1&right=octo/ship/runs/2")" 200 &&
	is "$(jq -c "[.summary.left_status, .summary.right_status,
	    .summary.steps_different, .summary.steps_identical,
	    .first_different]" "$T/body")" \
	    "[\"succeeded\",\"failed\",3,12,\"test:4\"]" &&
	is "$(jq -r ".step_diffs[] | select(.step == \"package\") |
	    .status + \": \" + .reason" "$T/body")" \
	    "right_skipped: needs test, which failed" &&
	page "$base_url/compare?left=octo/ship/runs/1&right=octo/ship/runs/5" &&
	query "string(//main)" | grep -q "inputs.target"
'

test_expect 'other spellings find a run by its id and its UUID' '
	uuid=$(curl -s "$api/2" | jq -r .uuid) &&
	is "$(web_status "$base_url/api/runs/$uuid/dag")" 200 &&
	is "$(web_status "$base_url/api/v1/executions/$uuid/timeline")" 200 &&
	is "$(jq -r .execution_id "$T/body")" "$uuid" &&
	is "$(web_status "$base_url/api/v1/executions/diff?left=$uuid&right=1")" 200 &&
	is "$(jq -r .left "$T/body")" "$uuid"
'

test_expect 'what is not there is 404, what is no run 400' '
	for q in "left=octo/ship/runs/1&right=octo/ship/runs/99" \
	    "left=x/y/z&right=1" "left=1&right=octo/ship/runs/1/attempts/9"; do
		is "$(web_status "$base_url/compare?$q")" 404 &&
		    is "$(web_status "$base_url/api/v1/compare?$q")" 404 ||
		    return 1
	done
	is "$(web_status "$base_url/compare?left=1")" 400 &&
	is "$(web_status "$runs/1?state=bad")" 400 &&
	is "$(web_status "$runs/1?page=0")" 400 &&
	is "$(web_status "$runs/99/graph.svg")" 404
'

test_expect 'the page of 1,000 jobs is bounded, whatever became of them' '
	page "$runs/8" && [ "$(stat -c %s "$T/body")" -lt 150000 ] &&
	is "$(query "count(//ol[contains(@class,\"jobs\")]/li)")" 50 &&
	is "$(query "count(//*[local-name()=\"g\"][contains(@class,\"unit\")])")" 10 &&
	page "$runs/8?stage=3&page=2" &&
	is "$(query "string((//details[starts-with(@id,\"job-\")])[1]/@id)")" \
	    job-job250 &&
	sqlite3 "$state/pawl.db" "UPDATE jobs SET state = \"failed\",
	    started_at_ms = 1, finished_at_ms = 2, reason = \"it broke\"
	    WHERE run = (SELECT id FROM runs WHERE number = 8)" &&
	page "$runs/8" && [ "$(stat -c %s "$T/body")" -lt 150000 ] &&
	is "$(query "count(//section[@id=\"failed\"]/article)")" 5
'

# Each statement outside of a transaction takes and gives back a lock.
locks()
{
	local tracer
	strace -qq -e trace=fcntl -o "$T/locks" -p "$web_pid" &
	tracer=$!
	wait_for 10 grep -q "TracerPid:.*[1-9]" "/proc/$web_pid/status" &&
	web_status "$1" >"$T/status" &&
	kill "$tracer" && { wait "$tracer"; true; } &&
	grep -c F_RDLCK "$T/locks"
}

test_expect 'it takes as many statements for 1,000 jobs as for 15' '
	page "$runs/2" && few=$(locks "$runs/2") && is "$(cat "$T/status")" 200 &&
	many=$(locks "$runs/8") && is "$(cat "$T/status")" 200 &&
	note "$few locks, $many locks" && [ "$few" -gt 5 ] &&
	[ "$many" -le "$few" ]
'

test_expect 'nobody sees a private run beside another, nor that it is there' '
	pawl repo set octo/ship --private >/dev/null &&
	is "$(web_status "$base_url/api/v1/compare?left=octo/ship/runs/1&right=octo/ship/runs/2")" 404 &&
	is "$(web_status "$base_url/api/runs/1/dag")" 404 &&
	is "$(web_status "$runs/1/graph.svg")" 404 &&
	is "$(web_status "$api/1/timeline")" 404 &&
	token=$(pawl token add ada 2>/dev/null) &&
	is "$(web_status -H "Authorization: Bearer $token" \
	    "$base_url/api/v1/compare?left=1&right=2")" 200
'

test_done

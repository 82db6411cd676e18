#!/bin/bash
# log-search.t - a log by its lines, and lines by what they say: of one job, of
# all runs, of those that somebody may read.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

test_expect 'three runs print, one of them in a private repository' '
	repo_new ada demo && repo_new ada hidden && workerd_start &&
	for n in 1 2; do
		push demo <<-YML && wait_run 60 demo $n failed || return 1
		on: push
		jobs:
		  build:
		    runs-on: linux
		    steps:
		      - name: Fetch
		        run: "seq 3000; echo the Needle of $n"
		      - name: Compile
		        run: "echo a needle too; printf \"\\\\033[31mnee\\\\033[0mdle\\\\n\"; exit 1"
		YML
	done &&
	push hidden <<-\YML && wait_run 60 hidden 1 &&
	on: push
	jobs: { build: { runs-on: linux, steps: [{ run: echo secret needle }] } }
	YML
	pawl repo set ada/hidden --private
'
api=$base_url/api/v1
logs=$api/repos/ada/demo/runs/1/jobs/build/logs

# ask ADDRESS [FILTER]
ask() { curl -sSf "$1" | jq -cr "${2:-.}"; }

test_expect 'a log says where its lines, steps and times are' '
	is "$(ask "$logs/marks" ".spans | map([.line, .step])")" \
	    "[[1,1],[3002,2],[3004,0]]" &&
	is "$(curl -sSf "$logs/text?line=3001&to=999999" | head -n 1)" \
	    "the Needle of 1" &&
	is "$(ask "$logs/times?line=3002" ".pieces[-1] | .[2:]")" \
	    "[0,\"pawl\"]" &&
	is "$(web_status "$logs/text?attempt=2")" 404 &&
	is "$(web_status "$logs/search")" 400
'

test_expect 'a search in it finds lines, in any case, whatever colours they have' '
	is "$(ask "$logs/search?q=NEEDLE" "[.hits[].line] | map(tostring) |
		join(\" \")")" "3001 3002 3003" &&
	is "$(ask "$logs/search?q=Needle&exact=1" ".hits | length")" 1 &&
	is "$(ask "$logs/search?q=needle&limit=1" ".next > 0")" true &&
	is "$(ask "$logs/search?q=nothing" "[.hits, .next]")" "[[],null]"
'

test_expect 'a search in all runs begins with the newest, and can be narrowed' '
	is "$(ask "$api/logs/search?q=the+needle" "[.hits[] |
		[.name, .run, .line]]")" "[[\"demo\",2,3001],[\"demo\",1,3001]]" &&
	is "$(ask "$api/logs/search?q=needle&step=Compile" "[.hits[].line]")" \
	    "[3002,3003,3002,3003]" &&
	is "$(ask "$api/logs/search?q=needle&step=1&since=2020-01-01" \
	    ".hits | length")" 2 &&
	is "$(ask "$api/logs/search?q=needle&branch=other" ".runs")" 0 &&
	is "$(ask "$api/logs/search?q=needle&until=2020-01-01" ".runs")" 0 &&
	is "$(ask "$api/logs/search?q=needle&status=succeeded" ".logs")" 0 &&
	is "$(ask "$api/repos/ada/demo/logs/search?q=of+1" \
	    ".hits[0].url")" "$base_url/ada/demo/runs/1/attempts/1/jobs/build#L3001"
'

test_expect 'its end is where the next question begins, and nothing comes twice' '
	q="$api/logs/search?q=0" && : >lines && next= && turns=0 &&
	while [ $turns -lt 30 ]; do
		ask "$q${next:+&after=$next}" >part &&
		jq -r ".hits[] | \"\(.run) \(.line)\"" part >>lines &&
		next=$(jq -r ".next // \"\"" part) && turns=$((turns + 1)) ||
			return 1
		[ -n "$next" ] || break
	done &&
	{ for n in 2 1; do sed "s/$(printf "\033")\[[0-9;]*m//g" \
		"$state/public/$(log_file demo $n build)" | grep -n 0 |
		cut -d: -f1 | sed "s/^/$n /"; done; } >expect &&
	[ $turns -gt 5 ] && cmp expect lines
'

test_expect 'nobody finds what they may not read' '
	is "$(ask "$api/logs/search?q=secret" "[.hits, .logs]")" "[[],2]" &&
	is "$(web_status "$api/repos/ada/hidden/logs/search?q=secret")" 404 &&
	is "$(web_status "$api/logs/search?q=secret&repo=ada/hidden")" 404 &&
	is "$(web_status "$base_url/search?in=logs&q=x&repo=ada/hidden")" 404 &&
	is "$(web_status "$api/repos/ada/hidden/runs/1/jobs/build/logs/text")" \
	    404 &&
	token=$(pawl token add admin 2>/dev/null) &&
	is "$(curl -sSf -H "Authorization: Bearer $token" \
	    "$api/logs/search?q=secret" | jq -r ".hits[0].text")" \
	    "secret needle"
'

test_expect 'the page has them by job, with ways to the lines' '
	is "$(web_status "$base_url/search")" 200 &&
	is "$(web_status "$base_url/search?in=logs&q=the+needle")" 200 &&
	grep -q "runs/2/jobs/build#L3001\">3001</a><code>the Needle of 2" \
	    "$T/body" && ! grep -q "secret" "$T/body" &&
	grep -q "That is all there is" "$T/body"
'

test_expect 'pawl logs --search prints them as grep does' '
	pawl logs --search "the needle" >said && cat >expect <<-\END &&
	ada/demo#2 build:3001: the Needle of 2
	ada/demo#1 build:3001: the Needle of 1
	END
	test_cmp expect said &&
	pawl logs -s secret ada/hidden >said &&
	is "$(cat said)" "ada/hidden#1 build:1: secret needle" &&
	! pawl logs --search nothing-like-it &&
	pawl logs ada/demo#1 build 2>/dev/null | grep -qx "the Needle of 1"
'

test_no_leaks
test_done

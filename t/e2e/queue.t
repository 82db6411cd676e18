#!/bin/bash
# queue.t - who waits says why, on the page, over the API and to pawl; pausing
# and draining; whose place another run took.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 1' 'cancel-grace: 2 s' 'queue-alert: 1 s'

api=$base_url/api/v1

# push_group NAME CANCEL COMMAND... - one job in the group "deploy".
push_group()
{
	local name=$1 cancel=$2
	shift 2
	{
		printf 'on: push\nconcurrency: {group: deploy, cancel-in-progress: %s}\n' \
			"$cancel"
		printf 'jobs:\n  a:\n    runs-on: linux\n    steps:\n      - run: |\n'
		printf '          %s\n' "$@"
	} >group.yml
	push "$name" <group.yml
}

# reason NAME NUMBER KEY - as the API gives it.
reason()
{
	curl -sSf "$api/repos/ada/$1/runs/$2" |
		jq -r --arg k "$3" '.jobs[] | select(.key == $k) | .reason'
}

page_has()
{
	curl -sSf "$base_url/$1" | grep -qF -- "$2"
}

test_expect 'repositories and workerd are there' '
	repo_new ada demo && repo_new bob other && workerd_start
'

test_expect 'a drained host starts nothing and says why, also when restarted' '
	pawl drain --reason "new kernel" | grep -q "^draining the host" &&
	push demo <<-\YML && wait_for 60 job_is pending demo 1 quick &&
	on: push
	priority: 7
	jobs:
	  quick:
	    runs-on: [Linux, GPU]
	    steps:
	      - run: echo ready
	YML
	workerd_stop && workerd_start &&
	reason demo 1 quick >got && cat got &&
	grep -q "^the host is being drained by .*: new kernel\$" got &&
	page_has ada/demo/runs/1 "the host is being drained by" &&
	page_has ada/demo/runs/1/jobs/quick "the host is being drained by" &&
	page_has queue "the host is being drained by" &&
	pawl queue >got && cat got && grep -q "new kernel" got &&
	is "$(curl -sSf "$base_url/readyz" | jq -r .queue)" drained &&
	is "$(curl -sSf "$api/queue" | jq -c \
		"[.jobs[] | .key, .priority, .held, .labels]")" \
		"[\"quick\",7,\"drain\",[\"gpu\",\"linux\"]]" &&
	is "$(curl -sSf "$api/queue/stats" | jq -r .drained.reason)" \
		"new kernel" &&
	job_is pending demo 1 quick
'

test_expect 'who waits for long is told of once' '
	wait_for 30 grep -q "a job waits for long.*drained" "$T/workerd.log" &&
	is "$(grep -c "a job waits for long" "$T/workerd.log")" 1
'

test_expect 'it goes on, and the job shows who claimed it' '
	pawl resume && wait_run 60 demo 1 &&
	curl -sSf "$api/repos/ada/demo/runs/1" >got &&
	worker=$(jq -r ".jobs[0].assigned_worker" got) &&
	[ ${#worker} -gt 9 ] && grep -qF "\"$worker\"" "$T/workerd.log"
'

test_expect 'a label that nobody offers keeps no others waiting' '
	pawl queue limit 0 --label gpu &&
	push demo <<-\YML && wait_for 60 job_is pending demo 2 b &&
	on: push
	jobs:
	  b: {runs-on: gpu, priority: 100, steps: [{run: "true"}]}
	  c: {runs-on: linux, steps: [{run: "true"}]}
	YML
	wait_for 60 job_is succeeded demo 2 c &&
	is "$(reason demo 2 b)" "no worker offers label \"gpu\"" &&
	pawl queue limit none --label gpu && wait_run 60 demo 2
'

test_expect 'a flood of one owner leaves the next slot to another' '
	pawl queue pause &&
	push demo <<-\YML && wait_for 60 job_is pending demo 3 a:9 &&
	on: push
	matrix: {n: [0, 1, 2, 3, 4, 5, 6, 7, 8]}
	jobs:
	  a: {runs-on: linux, steps: [{run: "true"}]}
	YML
	printf "on: push\njobs:\n  z: {runs-on: linux, steps: [{run: \"true\"}]}\n" |
		push other && wait_for 60 job_is pending other 1 z &&
	pawl queue --json >got && jq -r ".[] | \"\(.owner) \(.place)\"" got &&
	place=$(jq ".[] | select(.owner == \"bob\") | .place" got) &&
	[ "$place" -le 2 ] && pawl queue resume &&
	wait_run 60 other 1 && [ "$(sql "SELECT count(*) FROM jobs
		WHERE state = '\''pending'\''")" -ge 1 ] && wait_run 60 demo 3
'

test_expect 'whose place was taken links to the run that took it' '
	push_group demo false "echo ready" "sleep 600" &&
	wait_for 60 log_has ready demo 4 a &&
	push_group demo false "echo never" &&
	wait_for 60 job_is blocked demo 5 a &&
	is "$(reason demo 5 a)" \
		"waits for group \"deploy\", held by run 4" &&
	push_group demo true "echo newest" && wait_run 60 demo 5 cancelled &&
	wait_run 60 demo 4 cancelled && wait_run 60 demo 6 &&
	for n in 4 5; do
		is "$(curl -sSf "$api/repos/ada/demo/runs/$n" |
			jq -r .superseded_by_url)" "$base_url/ada/demo/runs/6" &&
		page_has "ada/demo/runs/$n" "runs/6\">run #6</a>" &&
		pawl show "ada/demo#$n" | grep -q "superseded by.*ada/demo#6" ||
			return 1
	done
'

test_expect 'a job whose condition is false asks for no group' '
	push_group demo false "echo ready" "sleep 600" &&
	wait_for 60 log_has ready demo 7 a &&
	push demo <<-\YML && wait_run 60 demo 8 skipped &&
	on: push
	jobs:
	  a:
	    if: false
	    concurrency: {group: deploy, cancel-in-progress: true}
	    runs-on: linux
	    steps:
	      - run: echo never
	YML
	job_is running demo 7 a && pawl cancel ada/demo#7 &&
	wait_run 60 demo 7 cancelled
'

test_expect 'an admin pauses a repository over the API' '
	admin=$(pawl token add boss --role admin 2>/dev/null) &&
	writer=$(pawl token add robot 2>/dev/null) &&
	post() {
		curl -sS -o body -w "%{http_code}" -X POST \
			-H "Authorization: Bearer $1" \
			-d "${3-}" "$api/repos/ada/demo/queue/$2"
	} &&
	is "$(post "$writer" pause)" 403 &&
	is "$(post "$admin" pause reason=moving)" 200 &&
	is "$(jq -r ".owners[0].repositories[0].paused.reason" body)" moving &&
	printf "on: push\njobs:\n  z: {runs-on: linux, steps: [{run: \"true\"}]}\n" |
		push demo && wait_for 60 job_is pending demo 9 z &&
	is "$(reason demo 9 z)" \
		"repository ada/demo is paused by token boss: moving" &&
	is "$(post "$admin" pause color=red)" 400 &&
	is "$(post "$admin" resume)" 200 && wait_run 60 demo 9
'

test_no_leaks
test_done

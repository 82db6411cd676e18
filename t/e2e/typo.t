#!/bin/bash
# typo.t - a mistake in a pipeline is shown with its place, its line and the
# nearest right spelling, wherever one may look.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

cat >typo.yml <<\YML
on: push
jobs:
  build:
    runs-on: linux
    steps:
      - run: echo build
  test:
    need: build
    runs-on: linux
    steps:
      - run: echo test
YML

# shows_the_mistake FILE NAME
shows_the_mistake()
{
	grep -qF "$2:8:5: error: Unexpected value 'need'" "$1" &&
	grep -qF 'need: build' "$1" &&
	grep -qF 'did you mean' "$1" && grep -q 'needs' "$1" ||
		{ cat "$1"; return 1; }
}

test_expect 'pawl lint shows place, line and suggestion, and exits with 1' '
	pawl lint typo.yml >got 2>&1; is $? 1 &&
	shows_the_mistake got typo.yml
'

test_expect 'pawl lint --json tells it to programs' '
	pawl lint --json typo.yml >got; is $? 1 &&
	jq -e ".. | objects | select(.line? == 8 and .column? == 5)" got
'

test_expect 'the push becomes a failed run without jobs' '
	repo_new ada demo && workerd_start && push demo <typo.yml &&
	is "$hook_status" 202 && wait_run 60 demo 1 failed &&
	is "$(sql "SELECT count(*) FROM jobs")" 0
'

test_expect 'the page of the run shows place, line and suggestion' '
	curl -sSf "$base_url/ada/demo/runs/1" |
		sed "s/<[^>]*>//g; s/&quot;/\"/g; s/&#34;/\"/g
			s/&#39;/\x27/g" >page &&
	shows_the_mistake page .ci.yml
'

test_expect 'the command line shows them too' '
	pawl show ada/demo#1 >got && shows_the_mistake got .ci.yml
'

test_expect 'the badge says that the pipeline is wrong' '
	curl -sSf "$base_url/badges/ada/demo/main.svg" >badge.svg &&
	grep -q "\.ci\.yml:8" badge.svg && ! grep -q passing badge.svg &&
	curl -sSf "$base_url/badges/ada/demo/main.json" | jq -r .message |
		grep -q "\.ci\.yml:8"
'

test_expect 'put right, the next push passes' '
	sed s/need:/needs:/ typo.yml >right.yml && push demo <right.yml &&
	wait_run 60 demo 2 &&
	curl -sSf "$base_url/badges/ada/demo/main.svg" | grep -q passing
'

test_no_leaks
test_done

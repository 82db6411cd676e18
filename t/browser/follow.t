#!/bin/bash
# follow.t - the job's page in a real browser: it follows the log live, works
# without script, and looks right in both colour schemes and on a phone.
#
# Pictures are left in t/output/ for people to look at.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"
. "$srcdir/t/lib/browser.sh"

# shellcheck disable=SC2034 # pawl_setup reads it
handlers='hook api web events'
pawl_setup
mkdir -p "$test_output"

test_expect 'Chromium is up' '
	browser_start && note "Chromium $(said .version)"
'
[ "$(said .ready)" = true ] || bail "no browser: $(tail -n 3 "$T/browser.log")"

test_expect 'a job prints the time, twice a second' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	name: clock
	on: push
	jobs:
	  talk:
	    runs-on: linux
	    steps:
	      - name: tell the time
	        run: |
	          for i in $(seq 40); do
	            echo "at $(date +%s%3N)"; sleep 0.5
	          done
	          echo "the end"
	      - run: printf "\033[31mred\033[0m and \033[1;32mgreen\033[0m\n"
	  later:
	    needs: talk
	    runs-on: linux
	    steps: [{run: echo later}]
	YML
	wait_for 60 log_has "at " demo 1 talk
'
page=$base_url/ada/demo/runs/1/jobs/talk

test_expect 'the page of the running job shows its lines as they come' '
	browser_ask "{\"do\":\"follow\", \"url\":\"$page\", \"mark\":\"at\",
		\"last\":\"the end\", \"seconds\":120}" &&
	is "$(said .status)" 200 && is "$(said ".errors | length")" 0
'

# Lines that the job printed after the page was there.
live='[.loadedAt as $at | .lines[] | select(.printed > $at)]'

test_expect 'without being loaded again' '
	is "$(said .loads)" 0 && [ "$(said "$live | length")" -ge 5 ]
'

test_expect 'and while the job was still running' '
	[ "$(said ".end > $live[0].shown and $live[0].shown < ($live | last |
		.printed)")" = true ]
'
note "from the printing of a line to the screen, in ms: $(
	said "$live | map(.shown - .printed) | sort |
		\"median \(.[length/2|floor]), largest \(.[-1]), of \(length)\"")"

test_expect 'the run ends well' 'wait_run 60 demo 1'

test_expect 'without script the text is there, and a link to the plain log' '
	browser_ask "{\"do\":\"plain\", \"url\":\"$page\"}" &&
	said .text | grep -q "the end" &&
	said ".links[]" | grep -qxF "$base_url/$(log_file demo 1 talk)"
'

# look NAME PATH - pictures of a page; nothing in its console, not too wide.
look()
{
	local scheme width
	for scheme in light dark; do
		for width in 1200 360; do
			browser_ask "{\"do\":\"shot\",
				\"url\":\"$base_url/$2\",
				\"file\":\"$test_output/$1-$scheme-$width.png\",
				\"scheme\":\"$scheme\", \"width\":$width}" &&
			is "$(said '.errors | length')" 0 &&
			is "$(said .wider)" 0 || return 1
		done
	done
}

push demo <<\YML
on: push
jobs:
  test:
    need: build
    runs-on: linux
    steps: [{run: echo test}]
YML

test_expect 'the pages fit a phone and leave no error in the console' '
	wait_run 60 demo 2 failed &&
	look runs "" && look repository ada/demo &&
	look run ada/demo/runs/1 && look mistake ada/demo/runs/2 &&
	look job ada/demo/runs/1/jobs/talk
'

test_expect 'the browser ends' 'browser_stop'
test_no_leaks
test_done

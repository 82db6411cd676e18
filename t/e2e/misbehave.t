#!/bin/bash
# misbehave.t - jobs with one fault each: every one of them ends right, in
# bounded memory, and its page stays small.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 2' 'cancel-grace: 1 s' 'step-timeout: 5 min' \
	'workspace-max-bytes: 20 MiB'

# The largest resident sizes seen, looked for while everything runs.
watch_peaks()
{
	local pid program peak
	while :; do
		for program in pawl-job pawl-workerd; do
			for pid in $(pids_of "$program"); do
				peak=$(peak_kib "$pid" 2>/dev/null) &&
					echo "${peak:-0}" >>"$T/peak.$program"
			done
		done
		sleep 0.2
	done
}

peak_of()
{
	sort -n "$T/peak.$1" | tail -n 1
}

test_expect 'repositories and workerd are there' '
	repo_new ada demo && workerd_start
'

watch_peaks 2>/dev/null &
watcher=$!
disown "$watcher"
at_end kill "$watcher"

push demo <<\YML
on: push
jobs:
  big:
    runs-on: linux
    steps:
      - run: yes 'one of the two million lines of this job, each of which has a hundred bytes with its newline at end' | head -n 2000000
      - run: echo after the 200 MB
  oneline:
    runs-on: linux
    steps:
      - run: head -c 5000000 /dev/zero | tr '\0' x
      - run: echo; echo after
  binary:
    runs-on: linux
    steps:
      - run: printf 'raw \377\376\000\001\200\303 end\n'; head -c 300000 /dev/urandom; echo; echo after
  stubborn:
    runs-on: linux
    steps:
      - run: |
          trap '' TERM INT HUP
          echo ready
          while :; do sleep 0.2; done
        timeout-minutes: 0.05
  forker:
    runs-on: linux
    steps:
      - run: |
          (sleep 1234 &)
          setsid sleep 1235 &
          nohup sh -c 'while :; do sleep 1; done' >/dev/null 2>&1 &
          echo parent ends
      - run: echo after
  filler:
    runs-on: linux
    steps:
      - run: |
          head -c 200000000 /dev/zero >big || echo "stopped: $?"
          [ "$(stat -c %s big)" -lt 100000000 ] && echo "kept small"
          exit 4
YML

test_expect 'a run of six of them comes to its end' '
	wait_run 300 demo 1 failed
'

test_expect '200 MB of output: all of it is in the log' '
	job_is succeeded demo 1 big &&
	log="$state/public/$(log_file demo 1 big)" &&
	[ "$(stat -c %s "$log")" -ge 200000000 ] &&
	is "$(grep -cxE "one of the two million lines .{70}" "$log")" \
		2000000 &&
	tail -n 5 "$log" | grep -q "after the 200 MB"
'

test_expect '200 MB of output: the page answers and is small' '
	curl -sS -o page -w "%{http_code} %{time_total}\n" \
		"$base_url/ada/demo/runs/1/jobs/big" >answer &&
	grep -q "^200 " answer && [ "$(stat -c %s page)" -lt 3000000 ] &&
	grep -q "after the 200 MB" page
'
note "the page of the 200 MB job: $(stat -c %s page) bytes, status and \
seconds $(cat answer)"

test_expect '5 MB without a newline are all there' '
	job_is succeeded demo 1 oneline &&
	is "$(log_of demo 1 oneline | tr -cd x | wc -c)" 5000000 &&
	is "$(curl -s -o page -w "%{http_code}" \
		"$base_url/ada/demo/runs/1/jobs/oneline")" 200 &&
	[ "$(stat -c %s page)" -lt 3000000 ]
'

test_expect 'bytes that are not UTF-8 are kept, and the page is UTF-8' '
	job_is succeeded demo 1 binary &&
	log_of demo 1 binary >got &&
	grep -qaP "^raw \xff\xfe\x00\x01\x80\xc3 end" got &&
	[ "$(stat -c %s got)" -ge 300000 ] &&
	curl -sSf "$base_url/ada/demo/runs/1/jobs/binary" >page &&
	iconv -f UTF-8 -t UTF-8 page >/dev/null && ! grep -qaP "\x00" page
'

test_expect 'a step that ignores TERM is killed at its time-out' '
	job_is failed demo 1 stubborn && log_has ready demo 1 stubborn &&
	job reason demo 1 stubborn | grep -q "timed out" &&
	log_of demo 1 stubborn | grep -q "^pawl: .*timed out"
'

test_expect 'children that were left behind neither hold the step nor survive' '
	job_is succeeded demo 1 forker && log_has after demo 1 forker &&
	! pgrep -fx "sleep 123[45]"
'

test_expect 'a workspace that fills up is stopped at its limit' '
	job_is failed demo 1 filler &&
	{ log_has "kept small" demo 1 filler ||
	  job reason demo 1 filler | grep -q workspace; }
'

test_expect 'the memory of job processes and workerd was bounded' '
	[ "$(peak_of pawl-job)" -lt 40000 ] &&
	[ "$(peak_of pawl-workerd)" -lt 20000 ]
'
note "peak resident KiB: pawl-job $(peak_of pawl-job)," \
	"pawl-workerd $(peak_of pawl-workerd)"

# 10 KiB, 64 KiB of the end, and what Pawl says.
test_expect 'of output beyond the limit the end stays, and the log says so' '
	everything_stop && config_write "log-max-bytes: 10 KiB" &&
	workerd_start && push demo <<-\YML && wait_run 60 demo 2 &&
	on: push
	jobs:
	  much:
	    runs-on: linux
	    steps:
	      - run: seq 100000
	      - run: echo the end
	YML
	[ "$(log_of demo 2 much | wc -c)" -lt 78000 ] &&
	log_of demo 2 much | grep -qx 100000 &&
	! log_of demo 2 much | grep -qx 50000 &&
	log_of demo 2 much | grep -q "^pawl: .*log-max-bytes"
'

test_no_leaks
test_done

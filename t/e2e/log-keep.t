#!/bin/bash
# log-keep.t - logs that are long, fast, old: what is kept of them, and that
# their addresses stay the same.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'log-max-bytes: 100 KiB' 'log-max-rate: 100 KiB'

test_expect 'jobs print much' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  long:
	    runs-on: x
	    steps: [{run: "seq 60000; echo this is why; exit 3"}]
	  short:
	    runs-on: x
	    steps: [{run: "seq 5000"}]
	YML
	wait_run 60 demo 1 failed && file=$state/public/$(log_file demo 1 long)
'

test_expect 'of a log that is too long start and end are there, and counted' '
	log_has "of what follows only the end is kept" demo 1 long &&
	grep -qx "this is why" "$file" && grep -qx 59999 "$file" &&
	! grep -qx 30000 "$file" &&
	seq 60000 >all && echo this is why >>all &&
	dropped=$(sed -n "s/^pawl: \([0-9]*\) bytes were dropped.*/\1/p" "$file") &&
	is "$(($(grep -v "^pawl: " "$file" | wc -c) + dropped))" \
		"$(($(wc -c <all) + 1))"
'

test_expect 'a job that prints too fast is told so once, and loses nothing' '
	is "$(grep -c "it is slowed down, nothing is lost" "$file")" 1 &&
	log_of demo 1 short | cmp - <(seq 5000)
'

# old LINE... - as if all runs had ended long ago.
old()
{
	workerd_stop && config_write "compress-logs-after: 1 s" "$@" &&
		sleep_until_old && pawl admin sweep 2>sweep.log
}

sleep_until_old()
{
	sqlite3 -cmd ".timeout 10000" "$db" "UPDATE runs SET
		finished_at_ms = finished_at_ms - 100000"
}

test_expect 'old logs are compressed, and indexes' '
	url=$base_url/$(log_file demo 1 short) &&
	log_of demo 1 short >before && cp -p "$file" long.log && old &&
	grep -q "logs_compressed=1" sweep.log &&
	[ ! -e "$file" ] && [ -e "$file.gz" ] && gzip -t "$file.gz" &&
	[ -e "${file%log}idx.gz" ] &&
	[ "$(stat -c %Y "$file.gz")" = "$(stat -c %Y long.log)" ]
'

test_expect 'the address answers plain text, and gzip to who takes it' '
	curl -sSf "$url" | cmp - before &&
	curl -sSf -D head --compressed "$url" | cmp - before &&
	grep -qi "^content-encoding: gzip" head &&
	curl -sSf -r 10-19 "$url" | cmp - before &&
	curl -sSf "${url%log}idx" | jq -es "last.type == \"job-end\"" >/dev/null
'

test_expect 'the page and pawl logs read them as before' '
	curl -sSf "$base_url/ada/demo/runs/1/jobs/long" >page &&
	grep -q "this is why" page &&
	pawl logs ada/demo#1 short 2>/dev/null | cmp - before
'

test_expect 'a second sweep finds nothing to do' '
	pawl admin sweep --dry-run 2>/dev/null >counts &&
	grep -q "logs_compressed=0.*logs_removed=0" counts
'

test_expect 'logs go after their time, the run stays' '
	old "keep-logs-for: 60 s" && grep -q "logs_removed=1" sweep.log &&
	[ ! -e "$file.gz" ] && [ "$(curl -s -o /dev/null -w "%{http_code}" \
		"$url")" = 404 ] &&
	curl -sSf "$base_url/ada/demo/runs/1/jobs/long" |
		grep -q "The log was removed" && run_over demo 1
'

test_no_leaks
test_done

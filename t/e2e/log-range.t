#!/bin/bash
# log-range.t - nginx serves a log while it grows: every range is the bytes of
# the file, and nothing in between (gzip, caches) gets in the way.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup

# range_is_file OFFSET - curl -r OFFSET- gives what the file has there.
range_is_file()
{
	curl -sSf -r "$1-" "$url" >"$T/range" || return 1
	tail -c "+$(($1 + 1))" "$log" | head -c "$(stat -c %s "$T/range")" |
		cmp - "$T/range"
}

test_expect 'a job prints for some seconds' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  talk:
	    runs-on: linux
	    steps:
	      - run: for i in $(seq 60); do seq -s, $i 300; sleep 0.1; done
	YML
	wait_for 60 log_has "2,3,4" demo 1 talk &&
	url=$base_url/$(log_file demo 1 talk) &&
	log=$state/public/$(log_file demo 1 talk)
'

test_expect 'ranges of the growing log equal the file, wherever they begin' '
	size=0 && grown=0 &&
	while [ "$(job state demo 1 talk)" = running ]; do
		range_is_file 0 && range_is_file 17 &&
		range_is_file $(($(stat -c %s "$log") - 1)) || break
		[ "$(stat -c %s "$log")" -gt "$size" ] && grown=$((grown + 1))
		size=$(stat -c %s "$log")
		sleep 0.2
	done &&
	echo "grown $grown times" && [ "$grown" -ge 5 ] &&
	wait_run 60 demo 1 && curl -sSf "$url" | cmp - "$log"
'

test_expect 'a follower that asks on from its last byte misses none' '
	: >got && curl -sS -r "0-99" "$url" >>got &&
	while have=$(stat -c %s got) &&
		[ "$have" -lt "$(stat -c %s "$log")" ]; do
		curl -sSf -r "$have-$((have + 9999))" "$url" >>got || break
	done && cmp got "$log"
'

test_expect 'a start at the end is answered 416 with the size' '
	size=$(stat -c %s "$log") &&
	is "$(web_status -r "$size-" "$url")" 416 &&
	is "$(header Content-Range)" "bytes */$size"
'

test_expect 'gzip does not take the range away' '
	is "$(web_status -r 0-9 -H "Accept-Encoding: gzip" "$url")" 206 &&
	is "$(stat -c %s body)" 10 && is "$(header Content-Encoding)" ""
'

test_expect 'type and caching are those of a growing text' '
	is "$(web_status "$url")" 200 &&
	is "$(header Content-Type)" "text/plain; charset=utf-8" &&
	is "$(header X-Content-Type-Options)" nosniff &&
	header Cache-Control | grep -q no-cache
'

test_expect 'an answer that has not changed costs 304' '
	etag=$(header ETag) &&
	is "$(web_status -H "If-None-Match: $etag" "$url")" 304
'

test_expect 'the index says where each step begins' '
	curl -sSf "${url%.log}.idx" | jq -es "length > 2"
'

test_expect 'readers are served when every process of Pawl is down' '
	everything_stop && stop_pid "$web_pid" && stop_pid "$api_pid" &&
	stop_pid "$hook_pid" &&
	curl -sSf "$url" | cmp - "$log" &&
	curl -sSf "$base_url/badges/ada/demo/main.svg" | grep -q passing
'

test_no_leaks
test_done

#!/bin/bash
# inbox-load.t - many webhooks at once while pawl-workerd is killed again and
# again: none is lost, none doubled, and what is too much is told to come
# again.
#
#	PAWL_BURST_WEBHOOKS=200 PAWL_BURST_DELIVERIES=10000 t/e2e/inbox-load.t
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/e2e.sh
. "${srcdir:-.}/t/lib/e2e.sh"

webhooks=${PAWL_BURST_WEBHOOKS:-40} # each of 50 jobs
deliveries=${PAWL_BURST_DELIVERIES:-300}

pawl_setup 'webhook-rate: 0' "inbox-max: $((deliveries * 4 / 3))" \
	'log-level: info'
cd "$T" || exit 1

# load OWNER/NAME REQUESTS CLIENTS TAG - webhooks of its last push, as JSON.
load()
{
	"$builddir/bench/post-load" "$port" \
		"${base_url#http://127.0.0.1:"$port"}/hook/gitea/$1" \
		"$T/secret.${1#*/}" "body.${1#*/}" "$2" "$3" "$4"
}

# silent_push NAME - what comes on standard input, pushed; body.NAME is the
# webhook of it, which is not sent.
silent_push()
{
	rm "git/ada/$1.git/hooks/post-receive"
	cat >"clone/$1/.ci.yml"
	git -C "clone/$1" add -A && git -C "clone/$1" commit -q -m one &&
	git -C "clone/$1" push -q origin HEAD:refs/heads/main &&
	printf '{"ref":"refs/heads/main","before":"%040d","after":"%s",
		"repository":{"full_name":"ada/%s","name":"%s",
		"owner":{"login":"ada"}},"pusher":{"login":"ada"}}' 0 \
		"$(git -C "clone/$1" rev-parse HEAD)" "$1" "$1" >"body.$1"
}

none_waits()
{
	[ "$(sql "SELECT count(*) FROM deliveries
		WHERE state = 'received'")" = 0 ] &&
	[ "$(sql "SELECT count(*) FROM runs WHERE
		NOT EXISTS (SELECT 1 FROM jobs WHERE run = runs.id)")" = 0 ]
}

# kill_workerd - again and again, until the file `stop` is there.
kill_workerd()
{
	local killed=0
	until [ -e stop ]; do
		workerd_start
		sleep "0.$((RANDOM % 9 + 1))"
		[ -e stop ] && break
		workerd_kill
		killed=$((killed + 1))
	done
	echo "$killed" >killed
	echo "$workerd_pid" >workerd.pid
}

test_expect "$webhooks webhooks at once of 50 jobs each, workerd killed" '
	repo_new ada big && repo_new ada small && pawl queue pause >/dev/null &&
	silent_push big <<-\YML &&
	on: push
	jobs:
	  a:
	    runs-on: x
	    strategy: {matrix: {x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
	      y: [1, 2, 3, 4, 5]}}
	    steps: [{run: "true"}]
	YML
	{ kill_workerd & } && killer=$! &&
	load ada/big "$webhooks" "$webhooks" big >big.json &&
	is "$(jq .accepted big.json)" "$webhooks" &&
	sleep 4; touch stop && wait "$killer" && workerd_pid=$(cat workerd.pid) &&
	{ [ -n "$workerd_pid" ] && ! gone "$workerd_pid" || workerd_start; } &&
	wait_for 300 none_waits
'

note "$webhooks webhooks: the slowest answer took $(jq .max_ms big.json) ms;" \
	"workerd was killed $(cat killed) times"

test_expect 'each became one run with its 50 jobs' '
	is "$(sql "SELECT count(*) FROM deliveries WHERE state = '\''planned'\''")" \
		"$webhooks" &&
	is "$(sql "SELECT count(*), count(DISTINCT delivery), max(number)
		FROM runs")" "$webhooks|$webhooks|$webhooks" &&
	is "$(sql "SELECT count(*), min(n), max(n) FROM (SELECT count(*) AS n
		FROM jobs GROUP BY run)")" "$webhooks|50|50"
'

test_expect "$deliveries deliveries: 202, or 429 with Retry-After" '
	silent_push small <<-\YML &&
	on: push
	jobs: {a: {runs-on: x, steps: [{run: "true"}]}}
	YML
	hook=$(pids_of pawl-hook | head -n 1) && peak_kib "$hook" >peak &&
	began=$(date +%s%N) && load ada/small "$deliveries" 64 small >small.json &&
	cat small.json &&
	is "$(jq ".accepted + .refused" small.json)" "$deliveries" &&
	[ "$(peak_kib "$hook")" -lt 65536 ] &&
	peak_kib "$hook" >>peak && wait_for 1800 none_waits &&
	echo "$((($(date +%s%N) - began) / 1000000))" >planned &&
	is "$(sql "SELECT count(*), count(DISTINCT delivery) FROM runs
		JOIN repos ON repos.id = runs.repo
		WHERE repos.name = '\''small'\''")" \
		"$(jq .accepted small.json)|$(jq .accepted small.json)"
'

note "$deliveries deliveries: $(jq -r '"\(.accepted) accepted, \(.refused)" +
	" told to come again, \(.per_second | round) in a second," +
	" the slowest answer took \(.max_ms) ms"' small.json);" \
	"pawl-hook had $(head -n 1 peak) KiB before, $(tail -n 1 peak) after;" \
	"all were planned after $(cat planned) ms"

test_expect 'nobody was told that the database is locked' '
	! grep -h "database is locked" "$T"/*.log
'

everything_stop
test_no_leaks
test_done

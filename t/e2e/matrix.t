#!/bin/bash
# matrix.t - every route of the handlers, as they print them, by everybody who
# may ask, about a public, a private and an unknown repository: nobody sees
# what they must not, and what is private is answered as what is not there.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

command -v node >/dev/null || skip_all 'no node'
web_setup /ci 'metrics-repositories: true' || bail 'no set-up'
db=$state/pawl.db
# Ids that are nothing else.
sqlite3 "$db" "INSERT INTO sqlite_sequence (name, seq)
	VALUES ('runs', 770100), ('jobs', 770200),
	('artifacts', 770300)"
for at in 'veiled7 hidden7 mark7' 'public7 opened7 plain7'; do
	# shellcheck disable=SC2086
	"$builddir/t/lib/web-seed" "$config" one $at || bail 'no database'
done
"$builddir/t/lib/web-seed" "$config" render || bail 'no files'

sql()
{
	sqlite3 -cmd '.timeout 10000' "$db" "$@"
}

token()
{
	pawl token add "$@" 2>>"$T/said"
}

# What both have besides runs.
furnish()
{
	local at=$1/$2 word=$3 repo
	repo=$(sql "SELECT id FROM repos WHERE name = '$2'")
	pawl dispatch "$at" --event "event-$word" >"$T/delivery.$2" &&
	pawl environment set "$at" prod --reviewer "$1" >>"$T/said" &&
	sql "INSERT INTO schedules (repo, workflow, cron, timezone, added_by,
		created_at_ms) VALUES ($repo, 'hand.yml', '0 0 * * *', 'UTC',
		'ada', 1);
	INSERT INTO gates (repo, run, job, kind, name, reason, reviewers,
		self_review, alone, state, created_at_ms) SELECT $repo, r.id,
		j.id, 'environment', 'env-$word', 'gate-$word', '[]', 1, 0,
		'open', 1 FROM runs r JOIN jobs j ON j.run = r.id
		WHERE r.repo = $repo LIMIT 1;
	INSERT INTO workflows (repo, path, name) SELECT $repo, 'hand.yml',
		'flow-$word' WHERE 0;
	INSERT INTO artifacts (run, job, attempt, name, path, files, bytes,
		digest, remote, created_at_ms, expires_at_ms) SELECT r.id, j.id,
		1, 'dist', 'artifacts/$at/2/dist', 1, 5, '', 0, 1, 9e15
		FROM runs r JOIN jobs j ON j.run = r.id
		WHERE r.repo = $repo AND r.number = 2 LIMIT 1" &&
	mkdir -p "$state/private/artifacts/$at/2/dist" &&
	echo "file-$word" >"$state/private/artifacts/$at/2/dist/file" &&
	printf "{\"version\":1,\"name\":\"dist\",\"files\":[\n%s,%s]}\n" \
		"{\"path\":\"file\",\"address\":\"file\",\"size\":$((${#word} + 6))" \
		"\"mode\":\"0644\",\"sha256\":\"$(printf %064d 0)\",\"crc32\":\"00000000\"}" \
		>"$state/private/artifacts/$at/2/dist~manifest.json" &&
	ln -sfn 2 "$state/private/artifacts/$at/latest" &&
	cp "$state/private/logs/$at/2/build.log" "$T/log" &&
	gzip -c "$T/log" >"$state/private/logs/$at/1/build.log.gz" &&
	rm -f "$state/private/logs/$at/1/build.log" &&
	echo "{\"o\":0}" >"$state/private/logs/$at/2/build.idx"
}

# thing OWNER REPO - the words by which it is asked for.
thing()
{
	printf '{"owner": "%s", "repo": "%s", "delivery_id": "%s", "run_id": "%s",
		"job_id": "%s", "artifact_id": "%s", "file": "%s"}' "$1" "$2" \
		"$(grep -Eo '[0-9a-f-]{36}' "$T/delivery.$2" | head -n 1)" \
		"$(sql "SELECT u.id FROM runs u JOIN repos r ON r.id = u.repo
			WHERE r.name = '$2' AND u.number = 2")" \
		"$(sql "SELECT j.id FROM jobs j JOIN runs u ON u.id = j.run
			JOIN repos r ON r.id = u.repo
			WHERE r.name = '$2' AND u.number = 2 LIMIT 1")" \
		"$(sql "SELECT a.id FROM artifacts a JOIN runs u ON u.id = a.run
			JOIN repos r ON r.id = u.repo
			WHERE r.name = '$2' LIMIT 1")" "$2.svg"
}

# roles ROLE - one actor with that role in both, by a token for each
roles()
{
	printf '{"name": "%s", "role": {"public": %s, "private": %s},
		"token": {"public": "%s", "private": "%s", "all": "%s"}},' \
		"$1" "$2" "$2" \
		"$(token "open-$1" --role "$1" --repo public7/opened7)" \
		"$(token "hid-$1" --role "$1" --repo veiled7/hidden7)" \
		"$(token "any-$1" --role "$1" --repo veiled7/hidden7)"
}

actors()
{
	local expired
	expired=$(token old --role admin --days 1)
	sql "UPDATE tokens SET expires_at_ms = 1 WHERE name = 'old'"
	printf '{"name": "nobody", "role": {}},'
	printf '{"name": "other", "role": {}, "token": {"all": "%s"}},' \
		"$(token other --role admin --owner acme)"
	roles reader 0 && roles writer 1 && roles admin 2
	printf '{"name": "all", "role": {"all": 2}, "token": {"all": "%s"}},' \
		"$(token boss --role admin)"
	printf '{"name": "expired", "role": {}, "status": 401,
		"token": {"all": "%s"}},' "$expired"
	printf '{"name": "disabled", "role": {}, "status": 401,
		"token": {"all": "%s"}}' "$disabled"
}

setting()
{
	cat <<END
{ "base": "$base_url",
  "actors": [$(actors)],
  "things": {
	"public": $(thing public7 opened7),
	"private": $(thing veiled7 hidden7),
	"unknown": { "owner": "nobody7", "repo": "nodata7",
		"delivery_id": "00000000-0000-4000-8000-000000000000",
		"run_id": "880001",
		"job_id": "880002", "artifact_id": "880003",
		"file": "nodata7.svg" } },
  "marks": ["hidden7", "veiled7", "mark7"],
  "paths": ["/logs/{owner}/{repo}/2/build.log",
	"/logs/{owner}/{repo}/2/build.idx", "/logs/{owner}/{repo}/1/build.log",
	"/status/{owner}/{repo}/main.json", "/cc.xml",
	"/status/{owner}/{repo}/cc.xml", "/status/{owner}/{repo}/feed.atom",
	"/artifacts/{owner}/{repo}/2/dist/", "/artifacts/{owner}/{repo}/",
	"/artifacts/{owner}/{repo}/2/dist/file",
	"/artifacts/{owner}/{repo}/latest/dist/file",
	"/badges/{owner}/{repo}/~.svg", "/badges/{owner}/{repo}/main.json",
	"/badge/{owner}/{repo}.svg?branch=main", "/badge/{owner}/{repo}.json",
	"/inbox?repo={owner}%2F{repo}",
	"/api/v1/deliveries?repo={owner}%2F{repo}"] }
END
}

test_expect 'there are three repositories, and people with every right' '
	furnish public7 opened7 plain7 && furnish veiled7 hidden7 mark7 &&
	disabled=$(token gone --role admin) &&
	pawl token remove gone >>"$T/said" &&
	pawl repo set veiled7/hidden7 --private >>"$T/said" &&
	web_start && setting >"$T/setting" &&
	for name in web api events; do
		"$PAWL_LIBEXEC_DIR/pawl-$name" --routes || return 1
	done >"$T/routes" && [ "$(wc -l <"$T/routes")" -gt 100 ]
'

test_expect 'everybody is told what they may know, and nothing else' '
	node "$srcdir/t/lib/matrix.mjs" "$T/setting" <"$T/routes" >"$T/said.2"
	rc=$?; cut -c 1-2000 "$T/said.2" | head -n 200; return $rc
'

test_expect 'a route that has no row is found' '
	! echo "GET /new open" | node "$srcdir/t/lib/matrix.mjs" "$T/setting" \
	    >"$T/said.3" && grep -q "no row for GET /new" "$T/said.3"
'

# work PID - what a handler has read so far, in calls and in bytes
work()
{
	sed -n 's/^\(rchar\|syscr\): //p' "/proc/$1/io" | tr '\n' ' '
}

# worked NAME URL - and how much it reads for fifty requests
worked()
{
	local pid before after
	pid=$(eval "echo \$${1}_pid")
	curl -s "$base_url/$2" >/dev/null
	before=$(work "$pid")
	for _ in 1 2 3 4 5; do
		curl -s "$base_url/$2?"{0,1,2,3,4,5,6,7,8,9} >/dev/null
	done
	after=$(work "$pid")
	# shellcheck disable=SC2086
	set -- $before $after
	echo "$(($3 - $1)) bytes in $(($4 - $2)) calls"
}

test_expect 'what is private costs a handler as much as what is not there' '
	for name in web api; do
		at=$([ $name = api ] && echo api/v1/repos/)
		hidden=$(worked $name "${at}veiled7/hidden7/runs/2") &&
		unknown=$(worked $name "${at}nobody7/nodata7/runs/2") &&
		echo "# $name reads $hidden for one, $unknown for the other" &&
		is "${hidden%% *}" "${unknown%% *}" || return 1
	done
'

test_done

#!/bin/bash
# rights.t - every route that changes something, as the tables of the handlers
# have it: who has no right to it gets 401 or 403, and nothing changes.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

jar=$T/cookies
db=$state/pawl.db

# routes NAME - "METHOD PATH ACCESS" of each row of a program that does not only
# read.
routes()
{
	"$PAWL_LIBEXEC_DIR/pawl-$1" --routes | sed 's, /, ,' | grep -v ^GET
}

# filled PATH - with what there is in the database.
filled()
{
	sed "s,{owner},octo,; s,{repo},demo,; s,{run},5,; s,{job},build,
		s,{id},$delivery,; s,{schedule},$schedule,; s,{what},pause,
		s,{workflow},hand.yml,; s,{environment},prod,
		s,{label},x,; s,{name},ada,; s,{secret},KEY,; s,{token},boss,
		s,{artifact},dist,; s,{cache},1,; s,{agent},x,; s#{pipeline}#octo%2Fdemo#" <<<"$1"
}

# All that the database has, but for who used which token when.
content()
{
	sqlite3 -cmd '.timeout 10000' "$db" .dump |
		grep -vE "^INSERT INTO (tokens|sessions|sign_in_failures|audit) |\
^INSERT INTO sqlite_sequence VALUES\('(sessions|audit)'" |
		sha256sum
}

# refused STATUS CURL-WORD... - of the row `method` `address`.
refused()
{
	local got
	got=$(web_status -X "$method" "${@:2}" "$base_url/$address")
	[ "$got" = "$1" ] && return 0
	echo "$method $address: $got, not $1: ${*:2}"
	return 1
}

# all_refused FILE STATUS CURL-WORD... - each row of a file, and nothing has
# changed.
all_refused()
{
	local file=$1 wrong=0 method path address
	shift
	while read -r method path _; do
		address=$(filled "$path")
		refused "$@" || wrong=1
	done <"$file"
	[ "$wrong" = 0 ] && is "$(content)" "$before"
}

token()
{
	pawl token add "$@" 2>>"$T/said"
}

test_expect 'the tables of routes are found' '
	admin=$(token boss --role admin) &&
	reader=$(token eyes --role reader) &&
	writer=$(token hand --repo octo/demo) &&
	other=$(token other --role admin --owner acme) &&
	delivery=$(pawl dispatch octo/demo --event built) && schedule=1 &&
	sqlite3 "$db" "INSERT INTO schedules (id, repo, workflow, cron,
		timezone, added_by, created_at_ms) SELECT 1, id, \"hand.yml\",
		\"0 0 * * *\", \"UTC\", \"ada\", 1 FROM repos
		WHERE name = \"demo\"" &&
	{ routes api && routes web; } | grep -vE " (login|logout|setup) " \
		>"$T/rows" &&
	grep " admin$" "$T/rows" >"$T/admin" && cat "$T/rows" &&
	grep -v " known$" "$T/rows" >"$T/others" &&
	[ "$(wc -l <"$T/rows")" -ge 40 ] && [ "$(wc -l <"$T/admin")" -ge 10 ] &&
	while read -r _ path _; do
		[[ $(filled "$path") != *"{"* ]] || return 1
	done <"$T/rows" &&
	before=$(content)
'

test_expect 'nobody without a token' '
	all_refused "$T/rows" 401
'

test_expect 'nobody with a token that is none' '
	all_refused "$T/rows" 401 -H "Authorization: Bearer pawl_none"
'

test_expect 'no reader' '
	all_refused "$T/others" 403 -H "Authorization: Bearer $reader"
'

test_expect 'no administrator of other repositories' '
	all_refused "$T/others" 403 -H "Authorization: Bearer $other"
'

test_expect 'no writer what is for administrators' '
	all_refused "$T/admin" 403 -H "Authorization: Bearer $writer"
'

test_expect 'no other site in the name of who is signed in' '
	is "$(web_status -c "$jar" -d "token=$admin" "$base_url/login")" 303 &&
	for says in "Sec-Fetch-Site: cross-site" "Origin: https://evil.example"
	do
		all_refused "$T/rows" 403 -b "$jar" -H "$says" || return 1
	done
'

test_expect 'and no request that is not of a form of the session' '
	all_refused "$T/rows" 403 -b "$jar" &&
	grep -q "does not belong to your session" "$T/body"
'

test_expect 'a right token gets further everywhere' '
	while read -r method path _; do
		address=$(filled "$path") &&
		got=$(web_status -X "$method" -H "Authorization: Bearer $admin" \
			-H "Content-Type: application/json" -d "{\"no\": 1}" \
			"$base_url/$address") &&
		[[ $got != 40[13] ]] ||
			{ echo "$method $address: $got"; return 1; }
	done <"$T/others"
'

test_done

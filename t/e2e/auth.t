#!/bin/bash
# auth.t - who may change something: tokens over the API, sessions of pages,
# and requests that another site makes a browser send.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

runs=$base_url/api/v1/repos/octo/demo/runs
jar=$T/cookies
origin=${base_url%/ci}

# post STATUS ADDRESS ARGUMENT-OF-CURL...
post()
{
	local want=$1 got
	shift
	got=$(web_status -X POST "$@")
	[ "$got" = "$want" ] || { echo "$got, not $want: $*"; cat "$T/body"; false; }
}

code()
{
	jq -r .code "$T/body"
}

bearer()
{
	echo "Authorization: Bearer $1"
}

# form_token PATH - of the last page's forms.
form_token()
{
	xmllint --html --xpath 'string(//input[@name="form_token"]/@value)' \
	    "$T/body" 2>/dev/null
}

# sign_in TOKEN ARGUMENT-OF-CURL...
sign_in()
{
	local token=$1
	shift
	web_status -c "$jar" --data-urlencode "token=$token" "$@" \
	    "$base_url/login"
}

test_expect 'a token is printed once, and is nowhere in the database' '
	writer=$(pawl token add robot 2>"$T/said") &&
	[[ $writer == pawl_* ]] && [ ${#writer} -eq 48 ] &&
	grep -q "writer of everything" "$T/said" &&
	reader=$(pawl token add eyes --role reader 2>/dev/null) &&
	other=$(pawl token add other --owner acme 2>/dev/null) &&
	! grep -aq "${writer#pawl_}" "$state"/pawl.db* &&
	! pawl token add robot 2>"$T/said" &&
	grep -q "there is a token \"robot\" already" "$T/said"
'

test_expect 'reading needs no token, but a wrong one is told' '
	is "$(web_status "$runs/6")" 200 &&
	grep -qi "^vary: Authorization, Cookie" "$T/headers" &&
	is "$(header cache-control)" no-cache &&
	is "$(web_status -H "$(bearer "$reader")" "$runs/6")" 200 &&
	is "$(header cache-control)" "private, no-cache" &&
	is "$(web_status -H "$(bearer pawl_nothing)" "$runs/6")" 401 &&
	is "$(header www-authenticate)" "Bearer realm=\"Pawl\"" &&
	is "$(code)" token-unknown &&
	is "$(web_status -H "Authorization: Basic eDp5" "$runs/6")" 200
'

test_expect 'changing needs a token with the role and the scope' '
	post 401 "$runs/6/cancel" && is "$(code)" not-signed-in &&
	post 403 "$runs/6/cancel" -H "$(bearer "$reader")" &&
	is "$(code)" not-allowed &&
	jq -r .detail "$T/body" | grep -q "reader of everything" &&
	post 403 "$runs/6/cancel" -H "$(bearer "$other")" &&
	jq -r .detail "$T/body" | grep -q "owner acme" &&
	is "$(pawl show octo/demo#6 --json | jq -r .state)" pending
'

# The database keeps the answer for a day.
test_expect 'a token made at most once is nowhere in the database either' '
	admin=$(pawl token add boss --role admin 2>/dev/null) &&
	once()
	{
		post "$1" "$base_url/api/v1/tokens" -H "$(bearer "$2")" \
		    -H "Idempotency-Key: 1" -d "{\"name\": \"once\"}" \
		    -H "Content-Type: application/json"
	} &&
	once 201 "$admin" && made=$(jq -r .token "$T/body") &&
	[[ $made == pawl_* ]] && once 201 "$admin" &&
	is "$(header idempotency-replayed)" true &&
	is "$(jq -r .token "$T/body")" "$made" &&
	! grep -aq "${made#pawl_}" "$state"/pawl.db*
'

test_expect 'another token of the same name is not told it again' '
	pawl token remove boss 2>/dev/null &&
	admin=$(pawl token add boss --role admin 2>/dev/null) &&
	once 409 "$admin" && is "$(code)" idempotency-key &&
	! grep -q pawl_ "$T/body"
'

test_expect 'a run is cancelled over the API, by the name of its token' '
	post 202 "$runs/6/cancel" -H "$(bearer "$writer")" &&
	is "$(jq .number "$T/body")" 6 &&
	is "$(sqlite3 "$state/pawl.db" "SELECT data ->> \"by\" FROM events
	    WHERE type = \"run.cancel-requested\"")" "token robot" &&
	post 404 "$runs/99/cancel" -H "$(bearer "$writer")" &&
	post 409 "$runs/2/cancel" -H "$(bearer "$writer")" &&
	jq -r .detail "$T/body" | grep -q "is over: failed"
'

test_expect 'so is a job' '
	post 404 "$runs/5/jobs/none/cancel" -H "$(bearer "$writer")" &&
	post 202 "$runs/5/jobs/build/cancel" -H "$(bearer "$writer")" \
	    -H "Content-Type: application/json" -d "{}" &&
	[ "$(sqlite3 "$state/pawl.db" "SELECT cancel_at_ms FROM jobs
	    WHERE key = \"build\" AND state = \"running\"")" -gt 0 ]
'

test_expect 'a body is told what is wrong with it' '
	post 400 "$runs/5/cancel" -H "$(bearer "$writer")" -d "why=me" &&
	jq -r .detail "$T/body" | grep -q "no field \"why\"" &&
	post 400 "$runs/5/cancel" -H "$(bearer "$writer")" -d "a=%4" &&
	post 415 "$runs/5/cancel" -H "$(bearer "$writer")" \
	    -H "Content-Type: text/plain" -d "x" &&
	head -c 70000 /dev/zero >"$T/large" &&
	post 413 "$runs/5/cancel" -H "$(bearer "$writer")" \
	    -H "Transfer-Encoding: chunked" --data-binary "@$T/large"
'

test_expect 'a page offers buttons only to who may press them' '
	is "$(web_status "$base_url/octo/demo/runs/5")" 200 &&
	! grep -q "/cancel\"" "$T/body" &&
	grep -q "login?to=%2Fci%2Focto%2Fdemo%2Fruns%2F5" "$T/body" &&
	is "$(sign_in "$reader")" 303 &&
	is "$(web_status -b "$jar" "$base_url/octo/demo/runs/5")" 200 &&
	! grep -q "/cancel\"" "$T/body" && grep -q "eyes</bdi>" "$T/body"
'

test_expect 'signing in sets a cookie for this path alone' '
	is "$(sign_in "$writer" -d "to=/ci/octo/demo/runs/5")" 303 &&
	is "$(header location)" "/ci/octo/demo/runs/5" &&
	header set-cookie | grep -qE "^pawl_session=[A-Za-z0-9_-]{43}; \
Path=/ci; Max-Age=[0-9]+; HttpOnly; SameSite=Strict$" &&
	is "$(web_status -b "$jar" "$base_url/octo/demo/runs/5")" 200 &&
	is "$(header cache-control)" "private, no-cache" &&
	form=$(form_token) && [ ${#form} -eq 64 ] &&
	! grep -aq "$(awk "END { print \$7 }" "$jar")" "$state"/pawl.db*
'

test_expect 'nobody is sent to another site behind the sign-in' '
	for to in https://evil.example //evil.example /ci//evil.example \
	    "/ci/\\evil" /other; do
		is "$(sign_in "$writer" --data-urlencode "to=$to")" 303 &&
		is "$(header location)" /ci/ || return 1
	done
'

test_expect 'a form counts only from a page of the session' '
	is "$(sign_in "$writer")" 303 &&
	is "$(web_status -b "$jar" "$base_url/octo/demo/runs/5")" 200 &&
	form=$(form_token) &&
	post 403 "$base_url/octo/demo/runs/5/cancel" -b "$jar" &&
	grep -q "does not belong to your session" "$T/body" &&
	post 403 "$base_url/octo/demo/runs/5/cancel" -b "$jar" \
	    -d "form_token=${form//[0-9]/0}" &&
	post 403 "$runs/5/cancel" -b "$jar" && is "$(code)" form-token
'

test_expect 'and not when another site has sent it' '
	for says in "Sec-Fetch-Site: cross-site" "Sec-Fetch-Site: same-site" \
	    "Origin: https://evil.example" "Origin: null"; do
		post 403 "$runs/5/cancel" -b "$jar" -H "$says" \
		    -d "form_token=$form" &&
		is "$(code)" cross-site || return 1
	done &&
	is "$(web_status -H "Sec-Fetch-Site: cross-site" -d "token=$writer" \
	    "$base_url/login")" 403 &&
	[ "$(pawl show octo/demo#5 --json | jq -r .state)" = running ]
'

test_expect 'the right form cancels, and leads back to the page' '
	post 303 "$base_url/octo/demo/runs/5/cancel" -b "$jar" \
	    -H "Origin: $origin" -d "form_token=$form" &&
	is "$(header location)" /ci/octo/demo/runs/5 &&
	post 303 "$base_url/octo/demo/runs/5/jobs/build/cancel" -b "$jar" \
	    -H "Sec-Fetch-Site: same-origin" -d "form_token=$form" &&
	is "$(header location)" /ci/octo/demo/runs/5/jobs/build
'

test_expect 'signing out ends the session for whoever has its cookie' '
	cp "$jar" "$T/kept" &&
	post 303 "$base_url/logout" -b "$jar" -c "$jar" \
	    -d "form_token=$form" &&
	header set-cookie | grep -q "^pawl_session=; .*Max-Age=0" &&
	post 401 "$runs/5/cancel" -b "$T/kept" -d "form_token=$form"
'

test_expect 'a token that is removed takes its sessions with it' '
	is "$(sign_in "$writer")" 303 && pawl token remove robot &&
	is "$(web_status -H "$(bearer "$writer")" "$runs")" 401 &&
	post 401 "$runs/5/cancel" -b "$jar" &&
	is "$(sqlite3 "$state/pawl.db" "SELECT count(*) FROM sessions
	    JOIN tokens ON tokens.id = token WHERE name = \"robot\"")" 0
'

test_expect 'one that has ended is none' '
	ended=$(pawl token add brief --days 1 2>/dev/null) &&
	is "$(web_status -H "$(bearer "$ended")" "$runs")" 200 &&
	sqlite3 "$state/pawl.db" "UPDATE tokens SET expires_at_ms = 1
	    WHERE name = \"brief\"" &&
	is "$(web_status -H "$(bearer "$ended")" "$runs")" 401 &&
	pawl token list | grep -q "brief.*ended"
'

test_expect 'who fails to sign in again and again has to wait' '
	for _ in $(seq 10); do
		is "$(sign_in pawl_wrong)" 403 || return 1
	done &&
	grep -q "no token that counts" "$T/body" &&
	is "$(sign_in pawl_wrong)" 429 && is "$(header retry-after)" 600 &&
	is "$(sign_in "$reader")" 429 &&
	sqlite3 "$state/pawl.db" "UPDATE sign_in_failures SET since_ms = 1" &&
	is "$(sign_in "$reader")" 303
'

# cgi_login BASE-URL URI - what plain CGI answers to the right token there.
cgi_login()
{
	sed "s,^base-url:.*,base-url: $1," "$config" >"$T/https.yaml" &&
	printf 'token=%s' "$reader" | env -i PATH="$PATH" \
	    REQUEST_METHOD=POST REQUEST_URI="$2" CONTENT_LENGTH=54 \
	    CONTENT_TYPE=application/x-www-form-urlencoded \
	    REMOTE_ADDR=192.0.2.1 \
	    "$PAWL_LIBEXEC_DIR/pawl-web" --config "$T/https.yaml" >"$T/cgi"
}

test_expect 'with https no other host or page can put a cookie in its place' '
	cgi_login https://ci.example /login && cat "$T/cgi" &&
	grep -qE "^Set-Cookie: __Host-pawl_session=.{43}; Path=/; .*; Secure" \
	    "$T/cgi" &&
	cgi_login https://ci.example/ci /ci/login &&
	grep -qE "^Set-Cookie: __Secure-pawl_session=.{43}; Path=/ci; .*; \
Secure" "$T/cgi"
'

# is_full ADDRESS - a search more is refused at once.
is_full()
{
	[ "$(web_status -m 1 "$1")" = 429 ]
}

# answered ADDRESS - 200, perhaps after others have been.
answered()
{
	[ "$(curl -s -o "$T/none" -w '%{http_code}' "$1")" = 200 ]
}

test_expect 'searches of one address leave others room in front of a handler' '
	search=$base_url/api/v1/logs/search?q=x &&
	kill -STOP "$api_pid" && waiting= &&
	for n in 1 2 3; do
		wait_for 40 answered "$search" &
		waiting="$waiting $!"
	done &&
	wait_for 15 is_full "$search" && is "$(code)" too-many &&
	is_full "$base_url/api/v1/repos/octo/demo/logs/search/?q=x" &&
	is_full "$base_url/search?in=logs&q=x"
	rc=$?
	kill -CONT "$api_pid" && for n in $waiting; do
		wait "$n" || return 1
	done && [ "$rc" = 0 ] && answered "$search"
'

# Whose a delivery is only it can tell: its handler asks for the role, which
# rights.t sees.
test_expect 'whatever is sent to change something names a role' '
	for name in web api; do
		"$PAWL_LIBEXEC_DIR/pawl-$name" --routes || return 1
	done | grep -v "^GET " >"$T/rows" &&
	[ "$(grep -c " writer$" "$T/rows")" -ge 6 ] &&
	grep -vE " (known|reader|writer|admin)$" "$T/rows" |
	    grep -vE "(inbox|deliveries|\{pipeline\})/\{id\}/replay" |
	    cut -d " " -f 2 | sort | tr "\n" " " >"$T/open" &&
	is "$(cat "$T/open")" "/login /logout /setup "
'

test_done

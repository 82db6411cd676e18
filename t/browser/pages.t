#!/bin/bash
# pages.t - every page as people see it: nothing in anybody's way (axe), not
# wider than a phone, nothing in the console, nothing asked of other hosts, in
# light and dark, with little and with much to show.
#
# Pictures are left in .check/screens/ for people to look at.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"
. "$srcdir/t/lib/browser.sh"

screens=$builddir/.check/screens
mkdir -p "$screens"

# visit PATH FIELDS VIEW... - and what must hold of any page.
visit()
{
	local path=$1 fields=$2 views
	shift 2
	views=$(printf ',%s' "$@")
	browser_ask "{\"do\":\"visit\", \"url\":\"$base_url/$path\"$fields,
		\"views\":[${views#,}]}" >/dev/null &&
	said ".wider[], .barriers[], .errors[], .others[]" >"$T/found" &&
	said .policy | grep "^default-src 'none'" | grep -qv unsafe || return 1
	[ ! -s "$T/found" ] || { echo "$path:"; cat "$T/found"; return 1; }
}

# view NAME SCHEME WIDTH [FIELDS] - for visit.
view()
{
	printf '{"scheme":"%s","width":%d,"file":"%s"%s}' "$2" "$3" \
		"$screens/$1-$2-$3.png" "${4:-}"
}

# look NAME PATH... - each large and light, and small and dark.
look()
{
	local failed=0
	while [ $# -gt 0 ]; do
		visit "$2" ",\"token\":\"$token\"" \
			"$(view "$1" light 1440 ',"axe":true')" \
			"$(view "$1" dark 320 ',"axe":true')" || failed=1
		shift 2
	done
	return "$failed"
}

web_setup /ci 'site-name: Pawl' || bail 'no set-up'
token=$(pawl token add root --role admin 2>"$T/said" | tail -n 1)
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

test_expect 'Chromium is up' '
	browser_start && note "Chromium $(said .version)"
'
[ "$(said .ready)" = true ] || bail "no browser: $(tail -n 3 "$T/browser.log")"

test_expect 'pages with nothing to show say what to do' '
	look empty-home "" empty-runs runs empty-queue queue \
		empty-inbox inbox empty-approvals approvals \
		empty-insights insights empty-outbox outbox
'

sqlite3 "$state/pawl.db" <"$srcdir/t/lib/web_busy.sql" 2>"$T/seed.log" &&
	"$builddir/t/lib/web-seed" "$config" render 2>>"$T/seed.log" ||
	bail "no database: $(tail -n 3 "$T/seed.log")"

test_expect 'the first page, lists and owners' '
	look home "" runs runs runs-failed "runs?status=failed&q=cart" owner acme
'

evil='%3Cb%3E%26%22evil%22/x%27y'
test_expect 'repositories' '
	look repository acme/webshop repository-branch \
		"acme/payments?branch=renovate/libpng-1.x" repository-evil $evil \
		repository-new acme/just-registered repository-runs $evil/runs \
		repository-insights acme/webshop/insights
'

test_expect 'the past in charts' 'look insights "insights?period=90d"'

test_expect 'what waits, what came, what leaves' '
	look queue queue inbox inbox outbox outbox approvals approvals \
		dispatch acme/webshop/dispatch
'

failed=$(sqlite3 "$state/pawl.db" "SELECT number FROM runs r
	JOIN repos p ON p.id = r.repo WHERE p.name = 'payments'
	AND r.state = 'failed' ORDER BY r.id DESC LIMIT 1")
test_expect 'runs and jobs' '
	look run acme/payments/runs/$failed job \
		acme/payments/runs/$failed/jobs/test
'

# flow NAME PATH ACT... - by somebody who has just come.
flow()
{
	local name=$1 path=$2 acts
	shift 2
	acts=$(printf ',%s' "$@")
	browser_ask "{\"do\":\"act\", \"url\":\"$base_url/$path\",
		\"script\":true, \"file\":\"$screens/$name.png\",
		\"acts\":[${acts#,}]}" >/dev/null &&
	is "$(said '.errors[]')" ''
}

# fill LABEL TEXT, act WORD TEXT - one act.
fill() { printf '{"fill":"%s","with":"%s"}' "$1" "$2"; }
act() { printf '{"%s":"%s"}' "$1" "$2"; }

test_expect 'the first administrator comes in, adds a user and leaves' '
	link=$(pawl setup 2>/dev/null) &&
	flow setup "${link#"$base_url/"}" "$(fill Name ada)" \
		"$(fill Password "a password of hers")" \
		"$(fill "The same again" "a password of hers")" \
		"$(act press "Set password and sign in")" \
		"$(act go "$base_url/account")" "$(act see "What you may")" \
		"$(act open "Make a token")" "$(fill Name laptop)" \
		"$(act press "Make token")" "$(act see pawl_)" \
		"$(act go "$base_url/users")" "$(fill Name bob)" \
		"$(act press "Add and make a link")" "$(act see "setup?token=")" \
		"$(act press Give)" "$(act see "writer")" \
		"$(act go "$base_url/audit")" "$(act see user.grant)" \
		"$(act go "$base_url/account")" "$(act press "Sign out")" \
		"$(act see "Sign in")" &&
	[ -z "$(said ".cookies[] | select(.name == \"pawl_session\") | .name")" ]
'

test_expect 'and signs in again with her password' '
	flow login login "$(fill Name ada)" "$(fill Password wrong-password)" \
		"$(act press "Sign in")" 2>/dev/null
	said ".text" | grep -q "Name or password is wrong" &&
	flow login "login?to=/ci/account" "$(fill Name ada)" \
		"$(fill Password "a password of hers")" \
		"$(act press "Sign in")" "$(act see "What you may")" &&
	is "$(said .url)" "$base_url/account"
'

test_expect 'the pages of people' '
	look users users user users/ada tokens tokens audit audit &&
	visit login "" "$(view login light 1440 ",\"axe\":true")" \
		"$(view login dark 320 ",\"axe\":true")"
'

# The browser says of the page itself that it is an error.
test_expect 'errors' '
	for path in nobody/nothing "runs?status=odd"; do
		visit "$path" "" "$(view error light 1440 ",\"axe\":true")"
		grep -v "^$path:\|status of 40[04]" "$T/found" && return 1
	done
	true
'

test_expect 'a tablet' '
	for path in "" acme/webshop runs queue insights; do
		visit "$path" "" "$(view "tablet-${path//\//-}" light 768)" ||
			return 1
	done
'

test_expect 'who runs no script' '
	for path in "" acme/webshop insights; do
		visit "$path" ",\"script\":false" \
			"$(view "plain-${path//\//-}" light 1440)" || return 1
	done
'

test_expect 'the browser ends' 'browser_stop'
test_done

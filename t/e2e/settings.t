#!/bin/bash
# settings.t - what administrators of a repository set, by pages and programs:
# who may read it, secrets that never come out again, environments, webhook
# secrets, and its end.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" one ada demo word &&
    "$builddir/t/lib/web-seed" "$config" finish &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

db=$state/pawl.db
admin=$(pawl token add admin --repo ada/demo --role admin 2>>"$T/said")
writer=$(pawl token add hand --repo ada/demo --role writer 2>>"$T/said")
owner=$(pawl token add own --owner ada --role admin 2>>"$T/said")
api=$base_url/api/v1/repos/ada/demo

# json TOKEN METHOD URL [BODY] - prints the status
json()
{
	web_status -X "$2" -H "Authorization: Bearer $1" \
		-H "Content-Type: application/json" ${4:+-d "$4"} "$3"
}

# form PATH FIELD... - as somebody who is signed in; prints the status
form()
{
	local path=$1 field words=()
	shift
	for field; do
		words+=(--data-urlencode "$field")
	done
	web_status -b "$T/jar" --data-urlencode "form_token=$token" \
		"${words[@]}" "$base_url/ada/demo/$path"
}

test_expect 'an administrator of it makes it private by program' '
	is "$(json "$writer" PATCH "$api" "{\"visibility\": \"private\"}")" \
	    403 &&
	is "$(json "$admin" PATCH "$api" "{\"visibility\": \"private\"}")" 200 &&
	is "$(jq -r .visibility "$T/body")" private &&
	[ ! -e "$state/public/logs/ada/demo" ] &&
	is "$(web_status "$api")" 404 &&
	is "$(json "$admin" PATCH "$api" "{\"visibility\": \"secret\"}")" 400 &&
	is "$(json "$admin" PATCH "$api" "{\"badges\": \"public\"}")" 200 &&
	[ -L "$state/public/badges/ada/demo" ] &&
	is "$(json "$admin" PATCH "$api" "{\"visibility\": \"public\"}")" 200 &&
	[ -L "$state/public/logs/ada/demo" ]
'

test_expect 'secrets go in and never come out' '
	is "$(json "$writer" GET "$api/secrets")" 403 &&
	is "$(json "$writer" PUT "$api/secrets/KEY" "{\"value\": \"x\"}")" 403 &&
	is "$(json "$admin" PUT "$api/secrets/key" \
	    "{\"value\": \"hushhush\"}")" 200 &&
	is "$(json "$admin" PUT "$api/secrets/KEY" \
	    "{\"value\": \"hushhush2\", \"environment\": \"prod\"}")" 200 &&
	is "$(jq -rc "[.secrets[] | [.name, .scope]]" "$T/body")" \
	    "[[\"KEY\",\"environment prod of ada/demo\"],[\"KEY\",\"ada/demo\"]]" &&
	! grep -q hush "$T/body" && ! grep -q hushhush "$db"* &&
	is "$(json "$admin" DELETE "$api/secrets/KEY?environment=prod")" 200 &&
	is "$(jq ".secrets | length" "$T/body")" 1 &&
	is "$(json "$admin" DELETE "$api/secrets/NONE")" 404 &&
	is "$(json "$admin" PUT "$api/secrets/1X" "{\"value\": \"x\"}")" 400 &&
	is "$(json "$admin" GET "$base_url/api/v1/owners/ada/secrets")" 403 &&
	is "$(json "$owner" PUT "$base_url/api/v1/owners/ada/secrets/ALL" \
	    "{\"value\": \"x\"}")" 200 &&
	is "$(jq -r ".secrets[0].scope" "$T/body")" "owner ada"
'

test_expect 'a page says the same, with a form' '
	is "$(web_status -b "$T/jar" "$base_url/ada/demo/settings")" 401 &&
	is "$(web_status -c "$T/jar" -d "token=$admin" \
	    "$base_url/login")" 303 &&
	is "$(web_status -b "$T/jar" "$base_url/ada/demo/settings")" 200 &&
	token=$(grep -o "name=\"form_token\" value=\"[0-9a-f]*" "$T/body" |
	    head -n 1 | sed "s/.*\"//") && [ -n "$token" ] &&
	is "$(form settings visibility=private badges=private \
	    fork_pull_requests=no)" 303 &&
	header location | grep -q "/ci/ada/demo/settings$" &&
	is "$(web_status "$base_url/ada/demo")" 404 &&
	is "$(form settings/secrets name=TOKEN value=whisper environment=)" \
	    303 &&
	is "$(web_status -b "$T/jar" "$base_url/ada/demo/settings/secrets")" \
	    200 &&
	grep -q TOKEN "$T/body" && ! grep -q whisper "$T/body" &&
	is "$(form settings/secrets remove=TOKEN environment=)" 303 &&
	! pawl secret list --repo ada/demo | grep -q TOKEN
'

test_expect 'rules of environments' '
	is "$(form settings/environments name=prod "reviewers=ada, grace" \
	    wait=10m refs=branch:main others=true)" 303 &&
	pawl environment list ada/demo >list && cat list &&
	grep -q "prod.*ada" list && grep -q "branch:main" list &&
	is "$(web_status -b "$T/jar" \
	    "$base_url/ada/demo/settings/environments")" 200 &&
	grep -q "10 min" "$T/body" &&
	is "$(form settings/environments remove=prod)" 303 &&
	! pawl environment list ada/demo | grep -q prod
'

test_expect 'a webhook secret is shown once' '
	is "$(form settings/hook name=second)" 200 &&
	secret=$(grep -o "class=\"once\">[0-9a-f]*" "$T/body" |
	    sed "s/.*>//") && [ ${#secret} = 40 ] &&
	is "$(web_status -b "$T/jar" "$base_url/ada/demo/settings")" 200 &&
	grep -q second "$T/body" && ! grep -q "$secret" "$T/body" &&
	is "$(form settings/hook remove=second)" 303
'

test_expect 'whoever registers one administers everything' '
	everything=$(pawl token add everything --role admin 2>/dev/null) &&
	is "$(json "$admin" POST "$base_url/api/v1/repos" "{\"owner\": \"ada\",
	    \"name\": \"new\", \"forge\": \"github\",
	    \"clone_url\": \"https://example.org/n.git\"}")" 403 &&
	is "$(json "$owner" POST "$base_url/api/v1/repos" "{\"owner\": \"ada\",
	    \"name\": \"new\", \"forge\": \"github\",
	    \"clone_url\": \"https://example.org/n.git\"}")" 403 &&
	is "$(json "$everything" POST "$base_url/api/v1/repos" "{\"owner\": \"ada\",
	    \"name\": \"new\", \"forge\": \"github\", \"visibility\": \"private\",
	    \"clone_url\": \"https://example.org/n.git\"}")" 201 &&
	is "$(jq -r .visibility "$T/body")" private &&
	is "$(json "$owner" DELETE "$base_url/api/v1/repos/ada/new")" 200 &&
	is "$(json "$owner" GET "$base_url/api/v1/repos/ada/new")" 404
'

test_expect 'it is removed by who writes its name; its files follow' '
	is "$(form settings/remove sure=ada/dem)" 400 &&
	is "$(form settings visibility=public)" 303 &&
	[ -e "$state/public/logs/ada/demo" ] &&
	is "$(form settings/remove sure=ada/demo)" 303 &&
	is "$(web_status -b "$T/jar" "$base_url/ada/demo")" 404 &&
	[ ! -L "$state/public/logs/ada/demo" ] &&
	[ -d "$state/private/logs/ada/demo" ] &&
	! pawl repo add ada/demo https://example.org/n.git --forge github \
	    2>said && grep -q "still being removed" said &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" --config "$config" >>said 2>&1 &&
	[ ! -e "$state/private/logs/ada/demo" ] &&
	pawl repo add ada/demo https://example.org/n.git --forge github \
	    >>said
'

if [ "$(id -u)" -eq 0 ]; then
	test_expect 'who may not read the keys seals by their public half' '
		"$PAWL_LIBEXEC_DIR/pawl-workerd" --config "$config" \
		    >"$T/workerd.log" 2>&1 & worker=$!
		at_end stop_pid "$worker" &&
		wait_for 20 test -s "$state/secrets.pub" && stop_pid "$worker" &&
		mv "$state/keys" "$T/keys.away" && chmod 700 "$T/keys.away" &&
		mkdir -m 0 "$state/keys" && chmod 777 "$state" "$T" &&
		chmod 666 "$db"* &&
		setpriv --reuid 65534 --clear-groups env \
		    PAWL_CONFIG="$config" "$builddir/pawl" --config "$config" \
		    secret set BLIND --repo ada/demo <<<"unseen" >>said 2>&1
		rc=$?; rmdir "$state/keys"; mv "$T/keys.away" "$state/keys"
		cat said; [ $rc = 0 ] &&
		is "$(sqlite3 "$db" "SELECT hex(substr(sealed, 1, 1))
		    FROM secrets WHERE name = '"'BLIND'"'")" 02 &&
		pawl secret rotate-key &&
		is "$(sqlite3 "$db" "SELECT hex(substr(sealed, 1, 1))
		    FROM secrets WHERE name = '"'BLIND'"'")" 01
	'
fi

test_done

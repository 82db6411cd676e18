#!/bin/bash
# signin.t - the first administrator, users and what they may, accounts
# elsewhere, tokens of machines, and the audit of all that.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

command -v node >/dev/null || bail 'no node'

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill || bail 'no database'

mkdir "$T/provider"
echo '{}' >"$T/provider/user.json"
node "$srcdir/t/lib/provider.mjs" "$T/provider" 2>"$T/provider/said" &
provider=$!
at_end kill "$provider"
wait_for 20 test -s "$T/provider/port" || bail 'no provider'
issuer=http://127.0.0.1:$(cat "$T/provider/port")
printf 's3cret/\n' >"$T/client.secret"

# Keys of a machine, and tokens that it shows.
node -e '
	const c = require("crypto"), fs = require("fs");
	const k = c.generateKeyPairSync("ed25519");
	fs.writeFileSync(process.argv[1] + "/keys.json", JSON.stringify({
		keys: [{ kid: "m", ...k.publicKey.export({ format: "jwk" }) }] }));
	fs.writeFileSync(process.argv[1] + "/key.pem",
		k.privateKey.export({ format: "pem", type: "pkcs8" }));
' "$T"

# machine CLAIMS - a token of the machine, with more claims.
machine()
{
	node -e '
		const c = require("crypto"), fs = require("fs");
		const b = (o) => Buffer.from(JSON.stringify(o)).toString(
			"base64url");
		const now = Math.floor(Date.now() / 1000);
		const t = b({ alg: "EdDSA", kid: "m" }) + "." + b({
			iss: "https://forge.example", aud: "pawl", sub: "job 7",
			iat: now, exp: now + 300, ...JSON.parse(process.argv[2]) });
		console.log(t + "." + c.sign(null, Buffer.from(t),
			fs.readFileSync(process.argv[1] + "/key.pem"))
			.toString("base64url"));
	' "$T" "$1"
}

cat >>"$config" <<EOT
sign-in:
  - name: corp
    kind: oidc
    label: The company
    url: $issuer
    client-id: pawl
    client-secret: {file: $T/client.secret}
    allow: [group:staff]
    grants:
      - {for: group:staff, role: reader, scope: everything}
      - {for: group:ops, role: admin, scope: octo/demo}
      - {for: group:ops, role: writer, scope: gone/gone}
  - name: hub
    kind: github
    url: $issuer
    client-id: pawl
    client-secret: {file: $T/client.secret}
    allow: [group:acme/core]
    grants:
      - {for: group:acme, role: writer, scope: octo/demo}
machines:
  - name: ci
    issuer: https://forge.example
    audience: pawl
    keys-file: $T/keys.json
    grants:
      - {when: {repository: acme/*}, role: writer, scope: octo/demo}
EOT
web_start --no-limits && handler_start signin ||
	bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

jar=$T/cookies
api=$base_url/api/v1
db=$state/pawl.db

bearer()
{
	echo "Authorization: Bearer $1"
}

# form_token - of the last page's forms.
form_token()
{
	xmllint --html --xpath 'string((//input[@name="form_token"])[1]/@value)' \
	    "$T/body" 2>/dev/null
}

# get STATUS PATH CURL-WORD...
get()
{
	local want=$1 path=$2
	shift 2
	is "$(web_status -b "$jar" -c "$jar" "$@" "$base_url/$path")" "$want" ||
		{ tail -c 600 "$T/body"; false; }
}

# send STATUS PATH FIELD=VALUE... - a form of the session.
send()
{
	local want=$1 path=$2 field words=()
	shift 2
	for field in "$@"; do
		words+=(--data-urlencode "$field")
	done
	web_status -b "$jar" "$base_url/account" >/dev/null
	get "$want" "$path" -d "form_token=$(form_token)" "${words[@]}"
}

sql()
{
	sqlite3 -cmd '.timeout 10000' "$db" "$1"
}

# last ACTION - "actor|target|detail" of the newest such row of the audit.
last()
{
	sql "SELECT actor || '|' || target || '|' || detail FROM audit
		WHERE action = '$1' ORDER BY id DESC LIMIT 1"
}

secret='correct horse battery'

test_expect 'a link makes the first administrator, once' '
	link=$(pawl setup 2>/dev/null) && [[ $link == "$base_url/setup?token="* ]] &&
	token=${link#*token=} && ! grep -aq "$token" "$state"/pawl.db* &&
	get 200 "setup?token=$token" && grep -q "First administrator" "$T/body" &&
	get 403 "setup?token=${token}x" &&
	get 400 setup -d "token=$token" -d name=ada -d password=short -d again=short &&
	grep -q "has 10 to 1000 characters" "$T/body" &&
	get 303 setup -d "token=$token" -d name=ada \
		--data-urlencode "password=$secret" \
		--data-urlencode "again=$secret" &&
	get 200 account && grep -q "<bdi>ada</bdi>" "$T/body" &&
	is "$(last user.add)" "ada|user ada|by a link" &&
	get 403 setup -d "token=$token" -d name=eve -d password=0123456789a \
		-d again=0123456789a &&
	is "$(pawl user list --json | jq -r "map(.name) | join(\" \")")" ada &&
	! pawl setup 2>"$T/said" && grep -q "there is an administrator" "$T/said" &&
	! grep -aq "$secret" "$state"/pawl.db* &&
	sql "SELECT password FROM users" | grep -q "^.argon2id.v=19.m=65536,t=3"
'

test_expect 'name and password sign in, wrong ones do not' '
	rm "$jar" && get 403 login -d name=ada -d password=wrong-one-here &&
	grep -q "Name or password is wrong" "$T/body" &&
	is "$(last sign-in.refused)" "||password of ada" &&
	get 403 login -d name=nobody -d password=wrong-one-here &&
	grep -q "Name or password is wrong" "$T/body" &&
	is "$(last sign-in.refused)" "||password of nobody" &&
	get 303 login -d name=ADA --data-urlencode "password=$secret" \
		-d to=/ci/account &&
	is "$(header location)" /ci/account &&
	header set-cookie | grep -q "HttpOnly; SameSite=Strict" &&
	is "$(last sign-in)" "ada||password"
'

test_expect 'what an administrator changes is told by his name' '
	send 200 users name=bob role=writer scope=octo/demo &&
	bob=$(grep -o "token=[A-Za-z0-9_-]*" "$T/body" | head -n 1) &&
	[ ${#bob} -gt 40 ] &&
	is "$(last user.add)" "ada|user bob|" &&
	is "$(last user.grant)" "ada|user bob|writer of octo/demo" &&
	is "$(last user.link)" "ada|user bob|" &&
	sql "SELECT address FROM audit WHERE action = \"user.add\"" |
		grep -q "^127.0.0.1" &&
	get 200 users && grep -q "writer of octo/demo" "$T/body" &&
	get 200 "audit?actor=ada&action=user" && grep -q "user.grant" "$T/body" &&
	! grep -q "sign-in" <(sed "s/.*<tbody//" "$T/body")
'

test_expect 'the last administrator cannot be taken away' '
	send 409 users/ada/remove && send 409 users/ada/disable disabled=true &&
	send 409 users/ada/revoke scope=everything &&
	send 409 users/ada/grant role=reader scope=everything &&
	pawl user show ada | grep -q "admin of everything"
'

# A second browser.
bobs=$T/bobs
as_bob()
{
	web_status -b "$bobs" -c "$bobs" "$@"
}

test_expect 'a user may what he was given, and no more' '
	is "$(as_bob -d "$bob" -d name=eve --data-urlencode "password=$secret!" \
		--data-urlencode "again=$secret!" "$base_url/setup")" 303 &&
	is "$(as_bob "$base_url/octo/demo/runs/5")" 200 &&
	grep -q "/cancel\"" "$T/body" && grep -q "bob</bdi>" "$T/body" &&
	for path in users tokens audit users/ada; do
		is "$(as_bob "$base_url/$path")" 403 || return 1
	done &&
	is "$(as_bob "$base_url/account")" 200 && form=$(form_token) &&
	is "$(as_bob -d "form_token=$form" -d name=x "$base_url/users")" 403
'

test_expect 'a token of his allows no more than he may' '
	is "$(as_bob -d "form_token=$form" -d name=mine -d role=admin \
		-d scope=everything -d days=7 "$base_url/account/tokens")" 200 &&
	mine=$(grep -o "pawl_[A-Za-z0-9_-]*" "$T/body" | head -n 1) &&
	is "$(web_status -H "$(bearer "$mine")" "$api/user")" 200 &&
	is "$(jq -c "[.kind, .by, .grants]" "$T/body")" \
		"[\"user\",\"bob (token mine)\",[{\"role\":\"writer\",\"scope\":\"octo/demo\"}]]" &&
	is "$(web_status -H "$(bearer "$mine")" "$api/users")" 403 &&
	is "$(web_status -H "$(bearer "$mine")" -d name=more "$api/user/tokens")" 403 &&
	is "$(web_status -c "$T/by-token" -d "token=$mine" "$base_url/login")" 303 &&
	is "$(web_status -b "$T/by-token" "$base_url/octo/demo/runs/5")" 200 &&
	is "$(web_status -b "$T/by-token" -d "form_token=$(form_token)" \
		-d name=more -d role=admin "$base_url/account/tokens")" 403 &&
	grep -q "not with a token" "$T/body" &&
	pawl user grant bob --role reader --repo octo/demo &&
	is "$(web_status -X POST -H "$(bearer "$mine")" \
		"$api/repos/octo/demo/runs/5/cancel")" 403
'

test_expect 'a new password ends all other sessions' '
	cp "$bobs" "$T/old" && form_of=$(as_bob "$base_url/account") &&
	form=$(form_token) &&
	is "$(web_status -c "$bobs" -d name=bob --data-urlencode \
		"password=$secret!" "$base_url/login")" 303 &&
	is "$(as_bob "$base_url/account")" 200 && form=$(form_token) &&
	is "$(grep -c "account/sessions/end" "$T/body")" 2 &&
	is "$(as_bob -d "form_token=$form" -d password=wrong-wrong \
		-d new=another-one-here -d again=another-one-here \
		"$base_url/account/password")" 403 &&
	is "$(as_bob -d "form_token=$form" --data-urlencode \
		"password=$secret!" -d new=another-one-here \
		-d again=another-one-here "$base_url/account/password")" 303 &&
	is "$(as_bob "$base_url/account")" 200 &&
	is "$(web_status -b "$T/old" "$base_url/account")" 401 &&
	printf "from-standard-input\n" | pawl user passwd bob &&
	is "$(as_bob "$base_url/account")" 401
'

test_expect 'who is disabled, or removed, is out at once' '
	is "$(web_status -H "$(bearer "$mine")" "$api/user")" 200 &&
	pawl user disable bob &&
	is "$(web_status -H "$(bearer "$mine")" "$api/user")" 401 &&
	is "$(web_status -d name=bob -d password=from-standard-input \
		"$base_url/login")" 403 &&
	pawl user enable bob &&
	is "$(web_status -H "$(bearer "$mine")" "$api/user")" 200 &&
	pawl user remove bob &&
	is "$(web_status -H "$(bearer "$mine")" "$api/user")" 401 &&
	is "$(sql "SELECT count(*) FROM tokens WHERE name = \"mine\"")" 0 &&
	pawl audit --action user.remove | grep -q "user bob.*command line"
'

test_expect 'many failures lock a user out only where he never was' '
	sql "UPDATE sign_in_failures SET since_ms = 1;
		INSERT OR REPLACE INTO sign_in_failures VALUES (\"user ada\", 1000,
			unixepoch() * 1000)" &&
	is "$(web_status -d name=ada --data-urlencode "password=$secret" \
		"$base_url/login")" 303 &&
	sql "DELETE FROM user_networks" &&
	is "$(web_status -d name=ada --data-urlencode "password=$secret" \
		"$base_url/login")" 429 && is "$(header retry-after)" 600 &&
	sql "DELETE FROM sign_in_failures"
'

# --- accounts elsewhere ---------------------------------------------------------

theirs=$T/theirs

# elsewhere PROVIDER [QUERY] - the whole way; $T/body is what is said at its
# end. The browser keeps the cookies of our site alone.
elsewhere()
{
	local to
	is "$(web_status -b "$theirs" -c "$theirs" \
		"$base_url/signin/$1?${2-}")" 303 || return 1
	to=$(header location)
	[[ $to == "$issuer"/* ]] || return 1
	to=$(curl -s -o /dev/null -w '%{redirect_url}' "$to")
	[[ $to == "$base_url/signin/$1/callback?"* ]] || return 1
	ended=$to
	status=$(web_status -b "$theirs" -c "$theirs" -H \
		'Sec-Fetch-Site: cross-site' "$to")
}

# they JSON [MODE] - who signs in, and what goes wrong.
they()
{
	echo "$1" >"$T/provider/user.json"
	echo "${2-}" >"$T/provider/mode"
}

cy='{"sub":"u-1","preferred_username":"cy","groups":["staff"]}'

test_expect 'an account elsewhere becomes a user with what the rules give' '
	rm -f "$theirs" && they "$cy" &&
	elsewhere corp "to=/ci/queue" && is "$status" 200 &&
	grep -q "content=\"0;url=/ci/queue\"" "$T/body" &&
	is "$(web_status -b "$theirs" "$base_url/account")" 200 &&
	grep -q "<bdi>cy</bdi>" "$T/body" &&
	is "$(pawl user show cy --json | jq -c .grants)" \
		"[{\"role\":\"reader\",\"scope\":\"everything\"}]" &&
	is "$(last sign-in)" "cy||corp" &&
	jq -s -e "map(select(.path == \"/authorize\"))[0].args |
		.code_challenge_method == \"S256\" and .response_type == \"code\" and
		(.nonce | length) == 43 and (.state | length) == 43" \
		"$T/provider/requests"
'

test_expect 'it stays the same user under another name, by its id' '
	they "{\"sub\":\"u-1\",\"preferred_username\":\"ada\",\"groups\":[\"staff\",\"ops\"]}" &&
	elsewhere corp && is "$status" 200 &&
	is "$(web_status -b "$theirs" "$base_url/account")" 200 &&
	grep -q "<bdi>cy</bdi>" "$T/body" &&
	is "$(pawl user show cy --json | jq -c "[.grants[].scope]")" \
		"[\"everything\",\"octo/demo\"]" &&
	is "$(sql "SELECT count(*) FROM users")" 2
'

test_expect 'another account of a name that is taken gets a new one' '
	they "{\"sub\":\"u-2\",\"preferred_username\":\"ada\",\"groups\":[\"staff\"]}" &&
	elsewhere corp && is "$status" 200 &&
	is "$(web_status -b "$theirs" "$base_url/account")" 200 &&
	grep -q "<bdi>ada-2</bdi>" "$T/body"
'

test_expect 'nobody comes in whom the rules do not let in, any more' '
	they "{\"sub\":\"u-3\",\"preferred_username\":\"eve\",\"groups\":[\"other\"]}" &&
	elsewhere corp && is "$status" 403 &&
	grep -q "do not let this account in" "$T/body" &&
	they "{\"sub\":\"u-1\",\"preferred_username\":\"cy\",\"groups\":[]}" &&
	elsewhere corp && is "$status" 403 &&
	is "$(sql "SELECT count(*) FROM users WHERE name = \"eve\"")" 0
'

test_expect 'what does not hold of an answer lets nobody in' '
	rm -f "$theirs" &&
	for wrong in state nonce iss aud expired alg key sub denied html huge \
		500; do
		they "$cy" "$wrong" && elsewhere corp &&
		[[ $status == 403 || $status == 503 ]] &&
		! grep -q "pawl_session" "$theirs" &&
		sql "DELETE FROM sign_in_failures" ||
			{ echo "$wrong: $status"; return 1; }
	done
'

test_expect 'an answer counts in the browser that asked, once' '
	they "$cy" && rm -f "$theirs" && elsewhere corp && is "$status" 200 &&
	is "$(web_status "$ended")" 403 &&
	is "$(web_status -b "$theirs" "$ended")" 403 &&
	is "$(web_status -b "$T/none" -b pawl_signin=x "$ended")" 403 &&
	is "$(web_status "$base_url/signin/none")" 404 &&
	is "$(web_status -H "Sec-Fetch-Site: cross-site" \
		"$base_url/signin/corp")" 403 &&
	for to in https://evil.example //evil.example /ci//evil "/ci/\\evil"; do
		elsewhere corp "to=$(jq -rn --arg t "$to" "\$t|@uri")" &&
		grep -q "content=\"0;url=/ci/\"" "$T/body" || return 1
	done
'

test_expect 'a user joins an account, and then signs in with it' '
	they "{\"sub\":\"boss\",\"preferred_username\":\"x\",\"groups\":[]}" &&
	rm -f "$jar" && get 303 login -d name=ada \
		--data-urlencode "password=$secret" &&
	cp "$jar" "$theirs" && elsewhere corp join=1 && is "$status" 200 &&
	is "$(last user.identity)" "ada|user ada|corp: x" &&
	rm "$theirs" && elsewhere corp && is "$status" 200 &&
	is "$(web_status -b "$theirs" "$base_url/account")" 200 &&
	grep -q "<bdi>ada</bdi>" "$T/body" &&
	rm "$theirs" && is "$(web_status "$base_url/signin/corp?join=1")" 403
'

test_expect 'GitHub has organizations and teams' '
	rm -f "$theirs" &&
	they "{\"id\":42,\"login\":\"mona\",\"orgs\":[{\"login\":\"acme\"}],
		\"teams\":[{\"slug\":\"core\",\"organization\":{\"login\":\"acme\"}}]}" &&
	elsewhere hub && is "$status" 200 &&
	is "$(pawl user show mona --json | jq -c .grants)" \
		"[{\"role\":\"writer\",\"scope\":\"octo/demo\"}]" &&
	they "{\"id\":43,\"login\":\"mona\",\"orgs\":[{\"login\":\"acme\"}]}" &&
	elsewhere hub && is "$status" 403
'

# --- machines --------------------------------------------------------------------

test_expect 'a machine may what the claims of its token are given' '
	good=$(machine "{\"repository\":\"acme/web\"}") &&
	is "$(web_status -H "$(bearer "$good")" "$api/user")" 200 &&
	is "$(jq -r .by "$T/body")" "machine ci:job 7" &&
	is "$(web_status -X POST -H "$(bearer "$good")" \
		"$api/repos/octo/demo/runs/5/cancel")" 202 &&
	is "$(last run.cancel)" "machine ci:job 7|run octo/demo#5|" &&
	is "$(web_status -H "$(bearer "$good")" "$api/users")" 403 &&
	other=$(machine "{\"repository\":\"evil/acme\"}") &&
	is "$(web_status -X POST -H "$(bearer "$other")" \
		"$api/repos/octo/demo/runs/6/cancel")" 403
'

test_expect 'and none whose token is not right' '
	for claims in "{\"exp\":1}" "{\"aud\":\"x\"}" "{\"nbf\":4102444800}" \
		"{\"iss\":\"https://other.example\"}"; do
		is "$(web_status -H "$(bearer "$(machine "$claims")")" \
			"$api/user")" 401 || return 1
	done &&
	is "$(web_status -H "$(bearer "${good}x")" "$api/user")" 401 &&
	is "$(jq -r .code "$T/body")" token-unknown &&
	is "$(web_status -H "$(bearer "eyJhbGciOiJub25lIn0.${good#*.}")" \
		"$api/user")" 401
'

test_expect 'no secret is in the audit, and nothing of it can be changed' '
	! sql ".dump audit" | grep -qE "pawl_|correct horse|another-one|s3cret" &&
	! sql "UPDATE audit SET actor = \"x\"" 2>"$T/said" &&
	! sql "DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)" \
		2>>"$T/said" && is "$(grep -c "the audit is" "$T/said")" 2 &&
	is "$(web_status -b "$jar" "$api/audit?action=user&limit=2")" 200 &&
	is "$(jq ".entries | length" "$T/body")" 2 &&
	jq -r .next "$T/body" | grep -q "before="
'

test_done

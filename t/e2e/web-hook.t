#!/bin/bash
# web-hook.t - webhooks through a real nginx: every answer, and what is kept.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci 'webhook-max-bytes: 64 KiB' 'log-level: debug' || bail 'no set-up'
pawl repo add --forge github --secret-file "$T/secret" \
    Codertocat/Hello-World https://github.com/Codertocat/Hello-World.git \
    >"$T/out" 2>&1 || bail "repo add: $(cat "$T/out")"
pawl repo add --forge gitea --secret-file "$T/secret" \
    mona/own https://gitea.example/mona/own.git >"$T/out" 2>&1 ||
    bail "repo add: $(cat "$T/out")"
web_start --no-limits || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

sha_a=1111111111111111111111111111111111111111
sha_b=2222222222222222222222222222222222222222

# push OWNER NAME [REF] - a payload on standard output.
push()
{
	printf '{"ref":"%s","before":"%s","after":"%s","repository":' \
	    "${3:-refs/heads/main}" $sha_a $sha_b
	printf '{"name":"%s","owner":{"login":"%s"}},' "$2" "$1"
	printf '"head_commit":{"message":"t"},"sender":{"login":"mona"}}'
}

# post PATH FILE - as GitHub does; prints the status. Variables say what is
# different; an empty one leaves the header out: type, event, id, sig.
post()
{
	local -a headers=(-H "Content-Type: ${type-application/json}"
	    -H "X-GitHub-Event: ${event-push}"
	    -H "X-GitHub-Delivery: ${id-$((n_posts++)).$RANDOM$RANDOM}"
	    -H "X-Hub-Signature-256: ${sig-sha256=$(sign "$2")}")
	web_status -X POST "${headers[@]}" ${more:+-H "$more"} \
	    --data-binary "@$2" "$base_url/$1"
}
n_posts=0

# is_problem STATUS CODE - the last answer is a problem of RFC 9457.
is_problem()
{
	is "$(header content-type)" application/problem+json &&
	    is "$(jq -r .status "$T/body")" "$1" &&
	    is "$(jq -r .code "$T/body")" "$2" &&
	    jq -e '.title and .detail and .type' "$T/body" >/dev/null
}

n_deliveries()
{
	pawl inbox list -n 1000 --json | jq length
}

push Codertocat Hello-World >"$T/push"

test_expect 'a signed push is accepted, stored and told where its verdict is' '
	is "$(id=first post hook/github "$T/push")" 202 &&
	url=$(jq -r .url "$T/body") &&
	is "$(header location)" "$url" &&
	is "$(jq -r .duplicate "$T/body")" false &&
	is "$(web_status "$url")" 200 &&
	is "$(jq -r .state "$T/body")" received &&
	is "$(jq -r .forge_id "$T/body")" first &&
	is "$(jq ".runs|length" "$T/body")" 0 &&
	! grep -q remote_addr "$T/body"
'

test_expect 'the same delivery again is answered 200 and is no second one' '
	is "$(id=first post hook/github "$T/push")" 200 &&
	is "$(jq -r .duplicate "$T/body")" true &&
	is "$(jq -r .url "$T/body")" "$url" &&
	is "$(n_deliveries)" 1
'

test_expect 'the address may name the repository, in any case of letters' '
	is "$(post hook/github/Codertocat/Hello-World "$T/push")" 202 &&
	is "$(post hook/github/codertocat/hello-world "$T/push")" 202
'

test_expect 'other spellings of the address reach the same handler' '
	is "$(post webhook/github "$T/push")" 202 &&
	is "$(post webhooks/github "$T/push")" 202
'

test_expect 'a form-encoded payload is verified as it came, then decoded' '
	{ printf payload=; jq -sRr @uri <"$T/push"; } | tr -d "\n" >"$T/form" &&
	is "$(type=application/x-www-form-urlencoded \
	    post hook/github "$T/form")" 202
'

test_expect 'Gitea and Forgejo sign with bare digits in headers of their own' '
	push mona own >"$T/gitea" &&
	is "$(web_status -X POST -H "Content-Type: application/json" \
	    -H "X-Gitea-Event: push" -H "X-Gitea-Delivery: g1" \
	    -H "X-GitHub-Event: issues" \
	    -H "X-Gitea-Signature: $(sign "$T/gitea")" \
	    --data-binary "@$T/gitea" "$base_url/hook/gitea/mona/own")" 202 &&
	is "$(web_status -X POST -H "Content-Type: application/json" \
	    -H "X-GitHub-Event: push" -H "X-GitHub-Delivery: g2" \
	    -H "X-Hub-Signature-256: sha256=$(sign "$T/gitea")" \
	    --data-binary "@$T/gitea" "$base_url/hook/gitea/mona/own")" 403
'

before=$(n_deliveries)

test_expect 'a wrong signature is 403' '
	is "$(sig=sha256=$(printf %064d 7) post hook/github "$T/push")" 403 &&
	is_problem 403 signature-wrong
'

test_expect 'a changed byte is 403' '
	sed s/mona/nona/ "$T/push" >"$T/changed" &&
	is "$(sig=sha256=$(sign "$T/push") \
	    post hook/github "$T/changed")" 403
'

test_expect 'a missing signature is 403' '
	is "$(sig= post hook/github "$T/push")" 403 &&
	is_problem 403 signature-missing
'

test_expect 'a malformed signature is 403 with a reason of its own' '
	is "$(sig=sha1=abc post hook/github "$T/push")" 403 &&
	is_problem 403 signature-malformed
'

test_expect 'a forge without a secret refuses, and says so' '
	grep -v "  forgejo:" "$config" >"$T/less" && mv "$T/less" "$config" &&
	stop_pid "$hook_pid" && rm -f "$run/hook.sock" && handler_start hook &&
	is "$(post hook/forgejo "$T/push")" 403 &&
	is_problem 403 no-secret &&
	grep -q "forgejo secret not configured" "$T/hook.log"
'

test_expect 'an unknown repository is 404, in the address and in the payload' '
	is "$(post hook/github/no/body "$T/push")" 404 &&
	is_problem 404 unknown-repository &&
	push no body >"$T/other" &&
	is "$(post hook/github "$T/other")" 404 &&
	is_problem 404 unknown-repository
'

test_expect 'an unknown forge is 404' '
	is "$(post hook/subversion "$T/push")" 404 &&
	is_problem 404 unknown-forge
'

test_expect 'a payload about another repository than the address is 400' '
	is "$(post hook/github/Codertocat/Hello-World "$T/other")" 400 &&
	is_problem 400 other-repository
'

test_expect 'a malformed payload is 400 with the place' '
	printf "{\"ref\": nope}" >"$T/bad" &&
	is "$(post hook/github "$T/bad")" 400 &&
	is_problem 400 payload &&
	jq -r .detail "$T/body" | grep -q "line 1, column"
'

test_expect 'a hostile ref is 400' '
	push Codertocat Hello-World "refs/heads/../../x" >"$T/bad" &&
	is "$(post hook/github "$T/bad")" 400 && is_problem 400 payload
'

test_expect 'a delivery without an id, or with no event, is 400' '
	is "$(id= post hook/github "$T/push")" 400 &&
	is_problem 400 delivery-id-missing &&
	is "$(event= post hook/github "$T/push")" 400 &&
	is_problem 400 event-missing
'

test_expect 'a body over our limit is 413' '
	head -c 70000 /dev/zero >"$T/large" &&
	is "$(post hook/github "$T/large")" 413 &&
	is_problem 413 too-large
'

test_expect 'a body over the limit of nginx is 413, as a problem too' '
	nginx_conf --body-max 8k && nginx_reload &&
	small_limit() { is "$(post hook/github "$T/large")" 413 &&
	    jq -r .detail "$T/body" | grep -q client_max_body_size; } &&
	head -c 20000 /dev/zero >"$T/large" &&
	wait_for 10 small_limit && is_problem 413 too-large
'

test_expect 'another type of content is 415' '
	is "$(type=text/plain post hook/github "$T/push")" 415 &&
	is_problem 415 content-type
'

test_expect 'a compressed body is 415' '
	is "$(more="Content-Encoding: gzip" post hook/github "$T/push")" 415 &&
	is_problem 415 content-encoding
'

test_expect 'another method is 405 and says which would do' '
	is "$(web_status "$base_url/hook/github")" 405 &&
	is "$(header allow)" POST && is_problem 405 method-not-allowed
'

test_expect 'nothing that was refused became a delivery' '
	is "$(n_deliveries)" "$before"
'

test_expect 'what was refused is kept for the administrator, with its reason' '
	pawl inbox list -n 1000 --refused --json >"$T/refused" &&
	jq -e "map(select(.status == 403 and .remote_addr == \"127.0.0.1\" and
	    (.reason | contains(\"invalid signature\")) and
	    (.snippet | contains(\"refs/heads/main\")))) | length > 0" \
	    "$T/refused" >/dev/null &&
	jq -c "map(.status) | unique" "$T/refused" &&
	jq -e "map(.status) | unique == [400, 403, 404, 405, 413, 415]" \
	    "$T/refused" >/dev/null
'

test_expect 'the log has the same correlation id as the answer' '
	is "$(sig= more="X-Correlation-ID: my-id.7" \
	    post hook/github "$T/push")" 403 &&
	is "$(header x-correlation-id)" my-id.7 &&
	is "$(jq -r .correlation_id "$T/body")" my-id.7 &&
	grep "\"request\":\"my-id.7\"" "$T/hook.log" |
	    grep -q signature-missing
'

test_expect 'neither log nor database ever holds a secret or a signature' '
	! grep -F "$hook_secret" "$T/hook.log" &&
	! grep -F "$(sign "$T/push")" "$T/hook.log" &&
	! strings "$state/pawl.db" "$state/pawl.db-wal" |
	    grep -F -e "$hook_secret" -e "$(sign "$T/push")"
'

test_expect 'a ping is answered 200 with a verdict' '
	is "$(event=ping post hook/github "$T/push")" 200 &&
	jq -r .verdict "$T/body" | grep -q "^ping: " &&
	printf "{\"zen\":\"x\"}" >"$T/ping" &&
	is "$(event=ping post hook/github "$T/ping")" 200
'

test_expect 'other events are ignored with a reason' '
	is "$(event=status post hook/github "$T/push")" 200 &&
	is "$(jq -r .verdict "$T/body")" "event \"status\" starts no runs" &&
	is "$(web_status "$(jq -r .url "$T/body")")" 200 &&
	is "$(jq -r .state "$T/body")" ignored
'

test_expect 'a database that stays locked is 503 with Retry-After' '
	{ sqlite3 "$state/pawl.db" "BEGIN IMMEDIATE" \
	    ".shell touch $T/locked" \
	    ".shell while test -e $T/locked; do sleep 0.1; done" ROLLBACK & } &&
	locker=$! &&
	wait_for 10 test -e "$T/locked" &&
	is "$(id=locked post hook/github "$T/push")" 503 &&
	is "$(header retry-after)" 5 &&
	is "$(jq -r .status "$T/body")" 503 &&
	rm "$T/locked" && wait "$locker" &&
	is "$(id=locked post hook/github "$T/push")" 202
'

# hold_request - a webhook that the handler has in hand, waiting for a lock
# that is held while $T/locked is there.
hold_request()
{
	sqlite3 "$state/pawl.db" "BEGIN IMMEDIATE" ".shell touch $T/locked" \
	    ".shell while test -e $T/locked; do sleep 0.1; done" ROLLBACK &
	locker=$!
	wait_for 10 test -e "$T/locked" || return 1
	more="X-Request-Id: held" post hook/github "$T/push" >"$T/held" &
	posting=$!
	wait_for 10 in_hand
}

in_hand()
{
	[ "$(find "/proc/$hook_pid/fd" -lname 'socket:*' | wc -l)" -ge 2 ]
}

test_expect 'SIGTERM lets the request in hand be finished' '
	hold_request && kill "$hook_pid" && rm "$T/locked" &&
	wait "$locker" && wait "$posting" && is "$(cat "$T/held")" 202 &&
	wait_for 5 gone "$hook_pid" &&
	rm -f "$run/hook.sock" && handler_start hook
'

test_expect 'a handler that crashes leaves its request in the log, and a 500' '
	hold_request && kill -SEGV "$hook_pid" && rm "$T/locked" &&
	wait "$locker" && wait "$posting" && is "$(cat "$T/held")" 500 &&
	is_problem 500 crashed && is "$(header x-correlation-id)" held &&
	is "$(jq -r .correlation_id "$T/body")" held &&
	grep "handler crashed" "$T/hook.log" | tail -n 1 >"$T/line" &&
	is "$(jq -r .request "$T/line")" held && wait_for 5 gone "$hook_pid" &&
	rm -f "$run/hook.sock" && handler_start hook
'

test_expect 'a handler that is down is 503, and SIGTERM ends it at once' '
	stop_pid "$hook_pid" 5 && rm -f "$run/hook.sock" &&
	is "$(post hook/github "$T/push")" 503 &&
	is_problem 503 handler-down &&
	handler_start hook &&
	is "$(post hook/github "$T/push")" 202
'

test_expect 'webhooks that come too fast are 429' '
	nginx_conf && nginx_reload &&
	curl -s -Z --parallel-immediate --parallel-max 300 -o /dev/null \
		-w "%{http_code}\n" -d x "$base_url/hook/github?[1-300]" \
		>"$T/codes" && sort "$T/codes" | uniq -c &&
	grep -q 429 "$T/codes" && grep -q 403 "$T/codes" &&
	rate() { is "$(post hook/github "$T/push")" 202; } &&
	wait_for 20 rate
'

test_done

#!/bin/bash
# outbox-fail.t - the other side fails in every way: nothing is lost, and what
# cannot be sent is kept and told.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"
. "$srcdir/t/lib/sink.sh"

sink_start
worker_setup "notify-ca-file: $sink_ca" 'notify-pause: 20 ms' \
	'notify-timeout: 1 s' 'mail-from: pawl@ci.test' "smtp-url: $sink_smtp"
export NO_PROXY=localhost
worker_start
"$pawl" notify add all --to "$sink/hook" >hook.out 2>&1 &&
	"$pawl" notify add all --to "$sink_wrong/hook" >>hook.out 2>&1 &&
	"$pawl" notify add all --to mail:ada@example.org >>hook.out 2>&1 ||
	bail "$(cat hook.out)"

# Messages without runs: the tests of rules.
tell()
{
	"$pawl" notify test "$1" >>told.out
}

empty()
{
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

failed()
{
	[ "$(sql "SELECT count(*) FROM outbox WHERE state = 'failed'")" = "$1" ]
}

# A try has failed so that it is made again.
later()
{
	[ "$(sql "SELECT count(*) FROM outbox_tries
		WHERE result = 'later' AND error LIKE '%$1%'")" -ge 1 ]
}

open_host()
{
	[ "$(sql "SELECT count(*) FROM outbox_hosts WHERE failures >= 5")" = 1 ]
}
more_failures()
{
	[ "$(sql "SELECT max(failures) FROM outbox_hosts")" -gt "$1" ]
}

notifier_pid()
{
	local pid
	for pid in $(pgrep -x pawl-notifier); do
		if grep -qsz "^PAWL_CONFIG=$PAWL_CONFIG" "/proc/$pid/environ"; then
			echo "$pid"
		fi
	done
}

# mends WHAT ERROR - told while the server does WHAT, sent when it is well.
mends()
{
	# shellcheck disable=SC2086 # a word and its number
	sql "DELETE FROM outbox_tries" &&
	sink_clear && sink_mode $1 && tell 1 && wait_for 20 later "$2" &&
	sink_mode ok && wait_for 20 empty &&
	is "$("$pawl" outbox tries --json -n 1 | jq -r .[0].result)" sent
}

test_expect 'an error of the server' 'mends "status 500" "answer is 500"'
test_expect 'a connection that is reset' 'mends reset localhost'
test_expect 'a server that does not answer' 'mends slow "timed out"'
test_expect 'an answer that is cut' 'mends truncated localhost'

test_expect 'a server whose certificate is not its own gets nothing' '
	sql "DELETE FROM outbox_tries" && sink_clear && tell 2 &&
	wait_for 20 later certificate && is "$(sink_count)" 0 &&
	sql "DELETE FROM outbox; DELETE FROM outbox_hosts"
'

test_expect 'an answer without an end is cut, and was one' '
	sink_clear && sink_mode huge && tell 1 && wait_for 20 empty &&
	is "$(sink_count)" 1
'

test_expect '429 with Retry-After: the host is left alone for so long' '
	sql "DELETE FROM outbox_tries" && sink_clear && sink_mode pause 2 &&
	tell 1 && wait_for 20 later "asks for a pause" && sink_mode ok &&
	tell 1 && wait_for 20 empty && is "$(sink_count)" 2 &&
	is "$(sql "SELECT max(at_ms) - min(at_ms) >= 1900
		FROM outbox_tries")" 1
'

test_expect '403 with a limit that is used up: until it is reset' '
	sql "DELETE FROM outbox_tries" && sink_clear && sink_mode limit 3 &&
	tell 1 && wait_for 20 later "rate limit" && sink_mode ok &&
	wait_for 20 empty && is "$(sink_count)" 2 &&
	is "$(sql "SELECT max(at_ms) - min(at_ms) >= 1500
		FROM outbox_tries")" 1
'

test_expect 'a redirect is not followed, and given up' '
	sink_clear && sink_mode redirect && tell 1 && wait_for 20 failed 1 &&
	! sink_saw ".url == \"/elsewhere\"" && is "$(sink_count)" 3 &&
	"$pawl" outbox list --failed | grep -q "follows no redirect"
'

test_expect 'a dead letter is replayed, or discarded' '
	id=$("$pawl" outbox list --failed --json | jq ".messages[0].id") &&
	sink_mode ok && "$pawl" outbox replay "$id" && wait_for 20 empty &&
	sink_mode status 404 && tell 1 && wait_for 20 failed 1 &&
	"$pawl" outbox show "$(sql "SELECT id FROM outbox")" |
		grep -q "answer is 404" &&
	"$pawl" outbox discard --all && empty &&
	! "$pawl" outbox replay 999 && sink_mode ok
'

# cgi PROGRAM METHOD PATH - what a handler answers an administrator.
cgi()
{
	env REQUEST_METHOD="$2" SCRIPT_NAME=/ci REQUEST_URI="/ci/$3" \
		PATH_INFO="/$3" SERVER_PROTOCOL=HTTP/1.1 CONTENT_LENGTH=0 \
		REMOTE_ADDR=127.0.0.1 HTTP_AUTHORIZATION="Bearer $admin" \
		"$PAWL_LIBEXEC_DIR/pawl-$1" </dev/null 2>>"$T/cgi.log"
}

test_expect 'page and API show dead letters to administrators, who replay' '
	admin=$("$pawl" token add boss --role admin --json | jq -r .token) &&
	sink_mode status 404 && tell 1 && wait_for 20 failed 1 &&
	id=$(sql "SELECT id FROM outbox") &&
	cgi api GET api/v1/outbox | sed "1,/^\r*$/d" >list &&
	is "$(jq ".messages[0].id" list)" "$id" &&
	cgi web GET outbox >page && grep -q "answer is 404" page &&
	sink_mode ok && cgi api POST "api/v1/outbox/$id/replay" |
		grep -q "messages.*1" && wait_for 20 empty &&
	admin=none && ! cgi api GET api/v1/outbox | grep -q messages
'

test_expect 'a host that is down is left alone, also after a restart' '
	sink_clear && sink_mode reset && tell 1 && wait_for 20 open_host &&
	worker_kill && worker_start && wait_for 20 open_host && sink_clear &&
	first=$(sql "SELECT failures FROM outbox_hosts") &&
	wait_for 30 more_failures "$first" &&
	[ "$(sink_count)" -le 3 ] && sink_mode ok && wait_for 30 empty &&
	is "$(sql "SELECT count(*) FROM outbox_hosts
		WHERE host LIKE '"'localhost:$(cat "$sink_dir/port")'"'")" 0
'
test_expect 'who is killed while sending sends it again, under the same id' '
	sink_clear && sink_mode slow && tell 1 && wait_for 20 sink_has 1 &&
	kill -9 "$(notifier_pid)" && sink_mode ok && wait_for 20 empty &&
	[ "$(sink_count)" -ge 2 ] &&
	is "$(sink_requests ".headers[\"webhook-id\"]" | sort -u | wc -l)" 1
'
test_expect 'a mail goes by SMTP; what the server refuses for now is kept' '
	sql "DELETE FROM outbox_tries" && sink_mode later && tell 3 &&
	wait_for 20 later localhost && sink_mode ok && wait_for 20 empty &&
	jq -r .from "$sink_dir/mails" | grep -qi "^MAIL FROM:<pawl@ci.test>" &&
	jq -r ".to[]" "$sink_dir/mails" |
		grep -qi "^RCPT TO:<ada@example.org>" &&
	jq -r .data "$sink_dir/mails" | grep -q "^Subject: Pawl: a test" &&
	sink_mode refuse && tell 3 && wait_for 20 failed 1 &&
	"$pawl" outbox discard --all && sink_mode ok
'

# --- what forges are told -------------------------------------------------------

printf 'glpat-of-tests' >"$T/token"
ci()
{
	commit_pipeline 'name: ci' "$@"
}
job="{runs-on: linux, steps: [{run: 'true'}]}"

test_expect 'each job has a status when asked, one of a commit at a time' '
	for id in 1 2 3; do "$pawl" notify remove "$id" || return 1; done &&
	"$pawl" repo report demo/app --token-file token --statuses job \
		--comments on --ignored on --api-url "$sink/api/v1" &&
	sink_clear && sink_mode late 60 &&
	ci "on: push" "jobs:" "  a: $job" "  b: $job" "  c: $job" &&
	push_run && wait_for 60 run_is "$run" succeeded &&
	wait_for 30 empty && is "$(sink_requests -s "[.[].open] | max")" 1 &&
	sink_requests ".body | fromjson | .context + \" \" + .state" |
		sort -u >contexts &&
	for name in ci ci/a ci/b ci/c; do
		grep -qx "ci/pawl/push/$name success" contexts || return 1
	done
'

test_expect 'an event that no workflow matches has a status when asked' '
	sink_clear && sink_mode ok && ci "on: {push: {branches: [other]}}" \
		"jobs: {a: $job}" && deliver >id &&
	wait_for 30 delivery_is "$(cat id)" ignored && wait_for 20 empty &&
	is "$(sink_requests ".body | fromjson | .context")" ci/pawl/push &&
	sink_requests ".body | fromjson | .description" | grep -q branches
'

test_expect 'a file with a mistake: a status with its place' '
	sink_clear && ci "on: push" "jobs:" "  a: {runs-onn: linux}" &&
	push_run && wait_for 20 empty && sink_requests -s "last.body" |
		jq . >body && is "$(jq -r .state body)" error &&
	jq -r .description body | grep -q "^\.ci\.yml:4:"
'

# pull NUMBER - a pull request of the commit at hand, as Gitea sends it.
pull()
{
	local sha body signature
	sha=$(git -C "$src" rev-parse HEAD) &&
	git -C "$src" update-ref "refs/pull/$1/head" "$sha" &&
	body=$(push_body "$sha" refs/heads/main | jq -c --arg sha "$sha" \
		--argjson number "$1" "{action: \"opened\", number: \$number,
		repository, sender: {login: \"ada\"}, pull_request: {
			number: \$number, title: \"t\", base: {ref: \"main\",
			sha: \"$base\", repo: .repository},
			head: {ref: \"f\", sha: \$sha, repo: .repository}}}") &&
	signature=$(printf %s "$body" |
		openssl dgst -sha256 -hmac s3cret -r | cut -d " " -f 1) &&
	printf %s "$body" | env REQUEST_METHOD=POST SCRIPT_NAME=/ci \
		REQUEST_URI=/ci/hook/gitea/demo/app \
		PATH_INFO=/hook/gitea/demo/app CONTENT_TYPE=application/json \
		CONTENT_LENGTH=${#body} HTTP_X_GITEA_EVENT=pull_request \
		HTTP_X_GITEA_DELIVERY="$(cat /proc/sys/kernel/random/uuid)" \
		HTTP_X_GITEA_SIGNATURE="$signature" \
		SERVER_PROTOCOL=HTTP/1.1 REMOTE_ADDR=127.0.0.1 \
		"$PAWL_LIBEXEC_DIR/pawl-hook" 2>>"$T/hook.log" |
		sed '1,/^\r*$/d' | jq -r .id >id
}

commented()
{
	sink_saw ".method == \"$1\" and (.url | test(\"comments\"))"
}

test_expect 'a pull request with a mistake gets one comment, with places' '
	base=$(git -C "$src" rev-parse HEAD) && sink_clear &&
	ci "on: pull_request" "jobs:" "  a: {runs-onn: linux}" && pull 7 &&
	wait_for 30 delivery_is "$(cat id)" planned &&
	wait_for 20 commented POST && wait_for 20 empty &&
	sink_requests "select(.method == \"POST\" and
		(.url | test(\"comments\")))" >posted &&
	is "$(jq -r .url posted)" /api/v1/repos/demo/app/issues/7/comments &&
	jq -r .body posted | jq -r .body >text &&
	is "$(head -n 1 text)" "<!-- pawl: problems of pipeline files -->" &&
	grep -q "^\.ci\.yml:4:.*error" text
'

test_expect 'which is edited when the next push has another, or none' '
	jq -n --rawfile body text "[{id: 1, body: \"hello\"},
		{id: 42, body: \$body}]" >"$sink_dir/answer.json" &&
	sink_clear && ci "on: pull_request" "jobs:" "  a: $job" && pull 7 &&
	wait_for 30 delivery_is "$(cat id)" planned &&
	wait_for 20 commented PATCH && wait_for 60 empty &&
	! commented POST && sink_requests "select(.method == \"PATCH\")" >edit &&
	is "$(jq -r .url edit)" /api/v1/repos/demo/app/issues/comments/42 &&
	jq -r .body edit | jq -r .body | grep -q "no errors any more"
'

test_done

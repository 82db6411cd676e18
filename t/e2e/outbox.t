#!/bin/bash
# outbox.t - what leaves Pawl: commit statuses over real HTTPS, against a
# server that fails in every way.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"
. "$srcdir/t/lib/sink.sh"

# No pause is long here: what waits an hour elsewhere waits seconds.
sink_start
printf '#!/bin/sh\nprintf "%%s " "$@" >>%s/argv; cat >>%s/mail\n' "$T" "$T" \
	>"$T/sendmail" && chmod 755 "$T/sendmail"
worker_setup "notify-ca-file: $sink_ca" 'notify-pause: 50 ms' \
	'notify-timeout: 2 s' 'mail-from: pawl@ci.test' \
	"sendmail: $T/sendmail"
printf 'a-token-of-tests' >"$T/token"
export NO_PROXY=localhost
worker_start

report()
{
	"$pawl" repo report demo/app "$@" >report.out 2>&1 ||
		{ cat report.out; false; }
}

ci()
{
	commit_pipeline 'name: ci' 'on: push' 'jobs:' "$@"
}
job="{runs-on: linux, steps: [{run: 'true'}]}"

# outbox_is QUEUED DEAD
outbox_is()
{
	[ "$(sql "SELECT sum(state = 'queued'), sum(state = 'failed')
		FROM outbox" | sed 's/^|$/0|0/')" = "$1|$2" ]
}

none_left()
{
	[ "$(sql "SELECT count(*) FROM outbox")" = 0 ]
}

# A message has failed, and waits.
tried()
{
	[ "$(sql "SELECT count(*) FROM outbox WHERE attempts > 0")" = 1 ]
}

test_expect 'without a token nobody is told, and no program is started' '
	ci "  a: $job" && push_run && wait_for 60 run_is 1 succeeded &&
	wait_for 20 none_left && is "$(sink_count)" 0 &&
	! worker_said notifier
'

test_expect 'with one the forge gets a status from the first to the last' '
	"$pawl" repo report demo/app --token-file token --api-url "$sink/api/v1" \
		>report.out && grep -q "token.*set" report.out &&
	ci "  a: $job" "  b: $job" && sha=$(git -C "$src" rev-parse HEAD) &&
	push_run && wait_for 60 run_is 2 succeeded && wait_for 20 none_left &&
	sink_requests -s "[.[] | .body | fromjson | .state] | unique | .[]" \
		>states && grep -qx pending states &&
	sink_requests -s "last" >last &&
	is "$(jq -r .url last)" "/api/v1/repos/demo/app/statuses/$sha" &&
	is "$(jq -r .headers.authorization last)" "token a-token-of-tests" &&
	jq .body last | jq -r fromjson >body &&
	is "$(jq -r .context body)" ci/pawl/push/ci &&
	is "$(jq -r .state body)" success &&
	is "$(jq -r .target_url body)" "http://ci.test/ci/demo/app/runs/2" &&
	jq -r .description body | grep -qx "2 of 2 jobs succeeded in .*"
'

test_expect 'a server that fails for a while is told in the end' '
	sink_clear && sink_mode status 500 && ci "  a: $job" && push_run &&
	wait_for 60 run_is 3 succeeded && wait_for 20 tried &&
	sink_mode ok && wait_for 30 none_left &&
	is "$(sink_requests -s "last.body | fromjson | .state")" success
'

rules_gone()
{
	[ "$(sql "SELECT count(*) FROM outbox WHERE kind <> 'files'")" = 0 ]
}

test_expect 'rules tell of a failure: webhook, mail, Slack and Matrix' '
	"$pawl" notify add demo/app --to "$sink/hook" >hook.out &&
	printf a-matrix-token >matrix &&
	"$pawl" notify add demo --on change --branch "ma*" \
		--to "matrix:$sink/!room:ci.test" --secret-file matrix &&
	"$pawl" notify add all --on always --to "slack:$sink/services/T0/B0" &&
	"$pawl" notify add demo/app --to mail:ada@example.org &&
	"$pawl" notify add demo/app --branch other --to "$sink/never" &&
	is "$("$pawl" notify list --json | jq length)" 5 &&
	sink_clear && ci "  a: {runs-on: linux, steps: [{run: exit 3}]}" &&
	push_run && wait_for 60 run_is 4 failed && wait_for 20 rules_gone &&
	sink_saw ".url == \"/hook\"" && ! sink_saw ".url == \"/never\"" &&
	sink_saw ".url == \"/services/T0/B0\"" && [ -s mail ]
'

test_expect 'a webhook is a CloudEvent that is signed' '
	secret=$(sed -n "s/.*: whsec_//p" hook.out) &&
	sink_requests "select(.url == \"/hook\")" >event &&
	jq -r .body event | jq . >body &&
	is "$(jq -r .specversion body)" 1.0 &&
	is "$(jq -r .type body)" dev.pawl.run.failed &&
	is "$(jq -r .source body)" http://ci.test/ci/demo/app &&
	is "$(jq -r .subject body)" runs/4 &&
	is "$(jq -r .data.run.jobs[0].exit_code body)" 3 &&
	id=$(jq -r ".headers[\"webhook-id\"]" event) &&
	is "$id" "$(jq -r .id body)" &&
	jq -r "\"\(.headers[\"webhook-id\"]).\(.headers[\"webhook-timestamp\"]).\(.body)\"" \
		event | head -c -1 >signed &&
	mac=$(openssl dgst -sha256 -mac HMAC -macopt \
		"hexkey:$(echo "$secret" | base64 -d | xxd -p -c 64)" \
		-binary signed | base64) &&
	is "$(jq -r ".headers[\"webhook-signature\"]" event)" "v1,$mac"
'

test_expect 'Slack gets its text, Matrix a room and a transaction' '
	sink_requests "select(.url == \"/services/T0/B0\") | .body" |
		jq -r .text >text &&
	is "$(head -n 1 text)" \
		"<http://ci.test/ci/demo/app/runs/4|demo/app#4: ci failed on main>" &&
	is "$(sed -n 2p text | cut -d ";" -f 1)" \
		"a failed: step 1 \"Run exit 3\": exit code 3" &&
	sink_requests "select(.method == \"PUT\")" >put &&
	jq -r .url put | grep -q \
		"^/_matrix/client/v3/rooms/%21room%3Aci.test/send/m.room.message/pawl-" &&
	is "$(jq -r .headers.authorization put)" "Bearer a-matrix-token" &&
	is "$(jq -r .body put | jq -r .msgtype)" m.notice
'

test_expect 'a mail goes through sendmail, for one address' '
	is "$(cat argv)" "-i -f pawl@ci.test -- ada@example.org " &&
	grep -q "^Subject: demo/app#4: ci failed on main" mail &&
	grep -q "^Auto-Submitted: auto-generated" mail &&
	sed "1,/^\r*$/d" mail | base64 -di >text &&
	grep -q "^a failed: step 1 .Run exit 3.: exit code 3" text &&
	grep -q "http://ci.test/ci/demo/app/runs/4" text
'

test_expect '"change" is silent while it stays, and tells when it is mended' '
	sink_clear && ci "  a: {runs-on: linux, steps: [{run: exit 3}]}" &&
	push_run && wait_for 60 run_is 5 failed && wait_for 20 rules_gone &&
	! sink_saw ".method == \"PUT\"" && sink_saw ".url == \"/hook\"" &&
	sink_clear && ci "  a: $job" && push_run &&
	wait_for 60 run_is 6 succeeded && wait_for 20 rules_gone &&
	sink_saw ".method == \"PUT\"" && ! sink_saw ".url == \"/hook\""
'

test_expect 'a rule is tested without a run' '
	sink_clear && "$pawl" notify test 1 >out && wait_for 20 rules_gone &&
	is "$(sink_requests -s "last.body | fromjson | .type")" \
		dev.pawl.run.test &&
	is "$("$pawl" outbox tries --json -n 1 | jq -r .[0].result)" sent &&
	for id in 2 3 4 5; do "$pawl" notify remove "$id" || return 1; done
'

test_expect 'secrets are in no log and not in the clear in the database' '
	! grep -q "a-token-of-tests\|a-matrix-token\|/services/" "$T/workerd.log" &&
	! grep -qa "a-token-of-tests\|a-matrix-token\|/services/\|whsec" \
		"$state/pawl.db"
'

newest_is()
{
	[ "$(sql "SELECT state FROM runs ORDER BY id DESC LIMIT 1")" = "$1" ]
}

# told_as FORGE PATH STATE - the run once more, its repository at that forge:
# where the last status went, and the state in it.
told_as()
{
	sql "UPDATE repos SET forge = '$1'" && sink_clear &&
	"$pawl" rerun "demo/app#$run" >rerun.out &&
	wait_for 60 newest_is succeeded && wait_for 20 none_left &&
	sink_requests -s last >told &&
	is "$(jq -r .url told | sed "s/$sha/SHA/")" "/api/v1$2" &&
	is "$(jq -r ".body | fromjson | .state" told)" "$3"
}

test_expect 'each forge is told over HTTPS at its own address, in its words' '
	"$pawl" notify remove 1 &&
	"$pawl" repo report demo/app --token-file token --api-url "$sink/api/v1" >out &&
	ci "  a: $job" && sha=$(git -C "$src" rev-parse HEAD) && push_run &&
	wait_for 60 run_is "$run" succeeded && wait_for 20 none_left &&
	told_as github /repos/demo/app/statuses/SHA success &&
	told_as gitlab /projects/demo%2Fapp/statuses/SHA success &&
	is "$(jq -r ".headers[\"private-token\"]" told)" a-token-of-tests &&
	told_as forgejo /repos/demo/app/statuses/SHA success &&
	told_as bitbucket-dc \
		/api/latest/projects/demo/repos/app/commits/SHA/builds SUCCESSFUL &&
	is "$(jq -r .headers.authorization told)" "Bearer a-token-of-tests" &&
	told_as gitea /repos/demo/app/statuses/SHA success
'

test_done

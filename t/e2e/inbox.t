#!/bin/bash
# inbox.t - webhooks are listed with what became of them and planned once more,
# by command, page and API; what came while nothing listened is found.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/e2e.sh
. "${srcdir:-.}/t/lib/e2e.sh"

pawl_setup 'max-jobs: 2'
cd "$T" || exit 1
workerd_start || bail 'workerd does not start'

api()
{
	curl -sS ${token:+-H "Authorization: Bearer $token"} "${@:2}" \
		"$base_url/api/v1/$1"
}
settled()
{
	case $(delivery_state "$1") in '' | received) return 1 ;; esac
}
# send_push SHA [REF] - a webhook of demo; prints its id.
send_push()
{
	local body
	body=$(printf '{"ref":"%s","before":"%s","after":"%s","repository":{
		"full_name":"ada/demo","name":"demo","owner":{"login":"ada"}},
		"pusher":{"login":"ada"}}' "${2:-refs/heads/main}" "$1" "$1")
	curl -sS "$base_url/hook/gitea/ada/demo" --data-binary "$body" \
		-H 'Content-Type: application/json' -H 'X-Gitea-Event: push' \
		-H "X-Gitea-Delivery: sent-$(date +%s%N)" \
		-H "X-Gitea-Signature: $(printf %s "$body" | openssl dgst \
			-sha256 -hmac "$(cat "$T/secret.demo")" |
			sed 's/.*= //')" | jq -r .id
}

has_run()
{
	[ "$(sql "SELECT count(*) FROM runs WHERE sha = '$1'")" = 1 ]
}

token=
test_expect 'a push that starts a run, and one that starts none, are listed' '
	repo_new ada demo && repo_new ada other && push demo <<-\YML &&
	on: {push: {branches: [main]}}
	jobs: {a: {runs-on: x, steps: [{run: echo here}]}}
	YML
	one=$(jq -r .id "$hook_answer") && wait_run 60 demo 1 &&
	cp clone/demo/.ci.yml ci.yml && push demo topic <ci.yml &&
	two=$(jq -r .id "$hook_answer") && wait_for 30 settled "$two" &&
	pawl inbox list | sed "s/  .*//" >got &&
	printf "%s\n" "$two" "$one" >want && test_cmp want got &&
	is "$(pawl inbox list --state ignored --json | jq -r ".[].id")" "$two" &&
	is "$(pawl inbox list ada/demo --event push --json | jq length)" 2 &&
	is "$(pawl inbox list ada/other --json | jq length)" 0 &&
	is "$(pawl inbox list -n 1 -b "$two" --json | jq -r ".[].id")" "$one" &&
	{ pawl inbox list --state lost 2>err; is $? 1; } &&
	grep -q "must be one of received|planned" err
'

test_expect 'show has headers, verdict and runs; --body the payload' '
	pawl inbox show "$one" >out && cat out &&
	grep -q "^header *X-Gitea-Event: push" out &&
	grep -q "^verdict *planned: run 1" out && grep -q "^run *ada/demo#1" out &&
	is "$(pawl inbox show --body "$one" | jq -r .ref)" refs/heads/main &&
	{ pawl inbox show nothing 2>err; is $? 3; }
'

test_expect 'a replay is a delivery of its own whose run says so' '
	again=$(pawl inbox replay "$one") && [ "$again" != "$one" ] &&
	is "$(pawl inbox show --wait --runs "$again")" "ada/demo#2" &&
	is "$(sql "SELECT sha FROM runs WHERE number = 2")" \
		"$(sql "SELECT sha FROM runs WHERE number = 1")" &&
	pawl show ada/demo#2 --json | jq -r .why >why && cat why &&
	grep -q "replay of delivery $one by .*(command line)" why &&
	pawl inbox show "$again" | grep -q "^replay *of $one, by" &&
	is "$(delivery_state "$one")" planned && wait_run 60 demo 2
'

test_expect 'one that was ignored is replayed, too, and ignored again' '
	again=$(pawl inbox replay "$two") && wait_for 30 settled "$again" &&
	is "$(delivery_state "$again")" ignored
'

test_expect 'one that failed is planned again in its place' '
	id=$(send_push 0123456789012345678901234567890123456789) &&
	wait_for 60 settled "$id" && is "$(delivery_state "$id")" failed &&
	pawl inbox replay --failed ada/demo | grep -qx "1 are planned again" &&
	wait_for 60 settled "$id"; pawl inbox show "$id" >out; cat out;
	grep -q "^replay *planned again, by .*(command line)" out
'

test_expect 'the API lists, pages and narrows' '
	is "$(api "deliveries?limit=2" | jq ".deliveries | length")" 2 &&
	next=$(api "deliveries?repo=ada/demo&state=planned&limit=1" |
		jq -r .next) && is "$(curl -sSf "$next" |
		jq -r ".deliveries[].id")" "$one" &&
	is "$(api "deliveries?state=lost" | jq .status)" 400 &&
	is "$(api "deliveries?repo=ada/none" | jq .status)" 404 &&
	is "$(api refusals | jq .status)" 401
'

test_expect 'headers and body are for who may read the repository' '
	api "deliveries/$one?body=1" >open &&
	is "$(jq -c "[.headers, .remote_addr, .body]" open)" "[null,null,null]" &&
	token=$(pawl token add --role reader --repo ada/demo r 2>/dev/null |
		grep -o "pawl_[^ ]*") &&
	api "deliveries/$one?body=1" >whole &&
	is "$(jq -r ".body | fromjson | .ref" whole)" refs/heads/main &&
	is "$(jq -r ".headers[\"X-Gitea-Event\"]" whole)" push
'

test_expect 'a replay by the API wants a writer of the repository' '
	is "$(api "deliveries/$one/replay" -X POST | jq .status)" 403 &&
	is "$(token=; api "deliveries/$one/replay" -X POST | jq .status)" 401 &&
	token=$(pawl token add --role writer --repo ada/demo w 2>/dev/null |
		grep -o "pawl_[^ ]*") &&
	api "deliveries/$one/replay" -X POST >answer && cat answer &&
	id=$(jq -r .id answer) && wait_for 30 settled "$id" &&
	is "$(api "deliveries/$id" | jq -r ".asked_by, .replay_of")" \
		"token w
$one"
'

test_expect 'the pages show the same, and the button to whoever may' '
	curl -sSf "$base_url/inbox?state=planned&repo=" >page &&
	grep -q "inbox/$one" page && ! grep -q "inbox/$two" page &&
	curl -sSf "$base_url/inbox/$one" >page && grep -q "planned: run 1" page &&
	! grep -q "X-Gitea-Event" page && ! grep -q "/replay\"" page &&
	curl -sSf -H "Authorization: Bearer $token" "$base_url/inbox/$one" >page &&
	grep -q "X-Gitea-Event" page && grep -q "/replay\"" page &&
	is "$(curl -sS -o page -w "%{http_code}" "$base_url/inbox/refused")" 401 &&
	is "$(curl -sS -o page -w "%{http_code}" -X POST \
		-H "Authorization: Bearer $token" \
		"$base_url/inbox/$two/replay")" 303
'

test_expect 'the first reconcile notes what is there, and starts nothing' '
	mv git/ada/demo.git/hooks/post-receive post-receive &&
	git -C clone/demo push -q origin HEAD:refs/heads/silent &&
	runs=$(sql "SELECT count(*) FROM runs") &&
	timeout 60 pawl reconcile --wait ada/demo >out; cat out;
	is "$(cat out)" "ada/demo: 0 found" &&
	is "$(sql "SELECT count(*) FROM runs")" "$runs"
'

test_expect 'pushes while nothing listened are found, each once' '
	git -C clone/demo commit -q --allow-empty -m "nobody told" &&
	sha=$(git -C clone/demo rev-parse HEAD) &&
	git -C clone/demo push -q origin HEAD:refs/heads/main \
		:refs/heads/silent &&
	timeout 60 pawl reconcile --wait ada/demo >out; cat out;
	is "$(cat out)" "ada/demo: 1 found" &&
	found=$(pawl inbox list -n 1 --json | jq -r ".[0].id") &&
	timeout 60 pawl inbox show --wait "$found" >out; cat out;
	grep -q "^reconcile *by .*(command line)" out &&
	is "$(sql "SELECT sha FROM runs WHERE delivery = '\''$found'\''")" \
		"$sha" &&
	sql "SELECT why FROM runs WHERE delivery = '\''$found'\''" |
		grep -q "no webhook came for it" &&
	is "$(sql "SELECT count(*) FROM heads WHERE ref LIKE '\''%silent'\''")" \
		0 &&
	is "$(timeout 60 pawl reconcile --wait ada/demo)" "ada/demo: 0 found"
'

test_expect 'a webhook that comes late is known' '
	late=$(send_push "$sha") && wait_for 30 settled "$late" &&
	is "$(delivery_state "$late")" ignored &&
	pawl inbox show "$late" | grep -q "a reconcile has found this push"
'

test_expect 'after a downtime workerd compares by itself' '
	git -C clone/demo commit -q --allow-empty -m "nobody told again" &&
	sha=$(git -C clone/demo rev-parse HEAD) && workerd_stop &&
	git -C clone/demo push -q origin HEAD:refs/heads/main &&
	touch -d "1 hour ago" "$state/workerd.lock" && workerd_start &&
	wait_for 60 has_run "$sha" &&
	pawl inbox show "$(sql "SELECT delivery FROM runs
		WHERE sha = '\''$sha'\''")" | grep -q "workerd, which was away"
'

test_expect 'and while it runs, every reconcile-every' '
	git -C clone/demo commit -q --allow-empty -m "nobody told a third time" &&
	sha=$(git -C clone/demo rev-parse HEAD) && workerd_stop &&
	echo "reconcile-every: 2 s" >>"$config" && workerd_start &&
	git -C clone/demo push -q origin HEAD:refs/heads/main &&
	wait_for 60 has_run "$sha" &&
	pawl inbox show "$(sql "SELECT delivery FROM runs
		WHERE sha = '\''$sha'\''")" | grep -q "by the clock" &&
	workerd_stop && sed -i "/^reconcile-every/d" "$config" && workerd_start
'

test_expect 'an origin that does not answer is said' '
	mv git/ada/other.git git/ada/away.git &&
	{ timeout 60 pawl reconcile --wait ada/other 2>err; is $? 1; } &&
	cat err && grep -q "ada/other: " err && mv git/ada/away.git \
		git/ada/other.git
'

test_expect 'the janitor removes what is older than inbox-keep; runs stay' '
	runs=$(sql "SELECT count(*) FROM runs") &&
	sqlite3 -cmd ".timeout 10000" "$db" "UPDATE deliveries
		SET received_at_ms = received_at_ms - 40 * 86400000
		WHERE id = '\''$one'\''" &&
	"$PAWL_LIBEXEC_DIR/pawl-janitor" >>janitor.log 2>&1;
	is "$(delivery_state "$one")" "" && [ -n "$(delivery_state "$two")" ] &&
	is "$(sql "SELECT count(*) FROM runs")" "$runs"
'

runs_over()
{
	is "$(sql "SELECT count(*) FROM runs WHERE finished_at_ms IS NULL")" 0
}
wait_for 60 runs_over
test_no_leaks
test_done

#!/bin/bash
# forges.t - a real push and a real pull request of every forge, through
# nginx, become runs; "generic" by the three lines of the documentation;
# secrets change without a delivery being lost; a flood is answered 429.
#
# The payloads are those of the corpus, with the commits of a repository of
# ours put in.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

corpus=${PAWL_CORPUS:-$srcdir/../shared/corpus}/webhooks
[ -d "$corpus" ] || {
	test_skip 'payloads of forges' "no $corpus; set PAWL_CORPUS"
	test_done
}

pawl_setup 'max-jobs: 2' 'webhook-rate: 30'

# --- one history, in a repository for each forge ----------------------------------

work=$T/clone/work
in_work()
{
	git -C "$work" "$@"
}

git init -q "$work"
cat >"$work/.ci.yml" <<'YML'
on: [push, pull_request]
jobs:
  tell:
    if: github.event_name == 'pull_request'
    runs-on: linux
    env:
      HEAD: ${{ github.event.pull_request.head.sha }}
      BASE: ${{ github.event.pull_request.base.sha }}
      REFS: ${{ github.head_ref }} to ${{ github.base_ref }}
      ACTOR: ${{ github.actor }}
    steps:
      - run: echo "$HEAD $BASE, $REFS, number ${{ github.event.number }},
          by $ACTOR"
YML
in_work add -A && in_work commit -q -m one && old=$(in_work rev-parse HEAD)
in_work commit -q --allow-empty -m two && new=$(in_work rev-parse HEAD)
in_work checkout -q -b topic
in_work commit -q --allow-empty -m topic && topic=$(in_work rev-parse HEAD)

# forge_repo FORGE OWNER NAME REF - registered, with the head of the pull
# request at REF.
forge_repo()
{
	local bare="$T/git/$1.git"
	git init -q --bare "$bare" &&
	in_work push -q "$bare" main topic "topic:$4" &&
	printf 'secret of %s' "$1" >"$T/secret.$1" &&
	pawl repo add "$2/$3" "http://127.0.0.1:$port/git/$1.git" \
		--forge "$1" --secret-file "$T/secret.$1" >/dev/null
}

# --- what forges send -------------------------------------------------------------

# edit FILE FILTER - a payload of the corpus with our commits.
edit()
{
	jq --arg old "$old" --arg new "$new" --arg topic "$topic" "$2" \
		"$corpus/$1"
}

hex()
{
	openssl dgst -sha256 -hmac "$(cat "$T/secret.$1")" -r "$2" |
		cut -d" " -f1
}

# headers FORGE EVENT FILE - as it sends them, one a line.
headers()
{
	local id
	id=$(cat /proc/sys/kernel/random/uuid)
	case $1 in
	github)
		printf '%s\n' "X-GitHub-Event: $2" "X-GitHub-Delivery: $id" \
			"X-Hub-Signature-256: sha256=$(hex "$1" "$3")" ;;
	gitlab)
		printf '%s\n' "X-Gitlab-Event: $2" "Idempotency-Key: $id" \
			"X-Gitlab-Token: $(cat "$T/secret.$1")" ;;
	gitea)
		printf '%s\n' "X-Gitea-Event: $2" "X-Gitea-Delivery: $id" \
			"X-Gitea-Signature: $(hex "$1" "$3")" \
			"X-GitHub-Event: $2" "X-GitHub-Delivery: $id" ;;
	forgejo)
		printf '%s\n' "X-Forgejo-Event: $2" \
			"X-Forgejo-Delivery: $id" \
			"X-Forgejo-Signature: $(hex "$1" "$3")" \
			"X-Gitea-Event: $2" "X-GitHub-Event: $2" ;;
	bitbucket)
		printf '%s\n' "X-Event-Key: $2" "X-Request-UUID: $id" \
			"X-Hub-Signature: sha256=$(hex "$1" "$3")" ;;
	bitbucket-dc)
		printf '%s\n' "X-Event-Key: $2" "X-Request-Id: $id" \
			"X-Hub-Signature: sha256=$(hex "$1" "$3")" ;;
	esac
}

# Slashes within the owner are written out.
address()
{
	local owner=${repo%/*}
	echo "${owner//\//%2F}/${repo##*/}"
}

# post FORGE EVENT - what comes on standard input; the status.
post()
{
	cat >"$T/payload" && headers "$1" "$2" "$T/payload" >"$T/sent" &&
		web_status -H "Content-Type: application/json" -H "@$T/sent" \
			--data-binary "@$T/payload" "$base_url/hook/$1/$(address)"
}

verdict()
{
	local id
	id=$(jq -r .id "$T/body")
	pawl inbox show --wait "$id" >/dev/null
	is "$(sql "SELECT verdict FROM deliveries WHERE id = '$id'")" "$1"
}

# told NAME ACTOR NUMBER - the pull request's run has all that a workflow asks
# for.
told()
{
	wait_run 60 "$1" 2 &&
		is "$(sql "SELECT event || ' ' || ref || ' ' || sha FROM runs
			WHERE id = $(run_id "$1" 2)")" \
			"pull_request refs/pull/$3/head $topic" &&
		is "$(log_of "$1" 2 tell | grep -v "^pawl: ")" \
			"$topic $new, topic to main, number $3, by $2"
}

pushed()
{
	verdict "planned: run 1" && wait_run 60 "$1" 1 skipped &&
		is "$(sql "SELECT event || ' ' || branch || ' ' || sha || ' ' ||
			actor FROM runs WHERE id = $(run_id "$1" 1)")" \
			"push main $new $2"
}

gh_pull='.pull_request |= (.head.sha = $topic | .head.ref = "topic" |
	.base.sha = $new | .base.ref = "main" |
	.head.repo.full_name = "o/R" | .base.repo.full_name = "o/R")'
gh_push='.ref = "refs/heads/main" | .before = $old | .after = $new |
	.commits = [] | .head_commit = null'

workerd_start

test_expect 'GitHub' '
	repo=Codertocat/Hello-World &&
	forge_repo github ${repo%/*} ${repo#*/} refs/pull/2/head &&
	is "$(edit github/go-scm/push.json "$gh_push" |
		post github push)" 202 && pushed Hello-World Codertocat &&
	is "$(edit github/octokit/pull_request/opened.json "$gh_pull" |
		post github pull_request)" 202 &&
	told Hello-World Codertocat 2 &&
	is "$(post github ping <"$corpus/github/octokit/ping/payload.json")" \
		400
'

test_expect 'GitLab, with its token' '
	repo=group/sub/gl-repo && ours=".project.path_with_namespace = \"$repo\"" &&
	forge_repo gitlab ${repo%/*} ${repo##*/} refs/merge-requests/1/head &&
	is "$(edit gitlab/go-scm/push.json ".before = \$old | .after = \$new |
		.ref = \"refs/heads/main\" | .checkout_sha = \$new | $ours" |
		post gitlab "Push Hook")" 202 && pushed gl-repo sytses &&
	is "$(edit gitlab/go-scm/pull_request_create.json "
		.object_attributes |= (.last_commit.id = \$topic |
		.source_branch = \"topic\" | .target_branch = \"main\") |
		$ours" | post gitlab "Merge Request Hook")" 202 &&
	told gl-repo sytses 1
'

test_expect 'GitLab, with its signing token' '
	edit gitlab/go-scm/push.json ".ref = \"refs/heads/topic\" |
		.before = \$old | .after = \$topic | $ours" >"$T/payload" &&
	id=$(cat /proc/sys/kernel/random/uuid) at=$(date +%s) &&
	signature=$({ printf %s "$id.$at."; cat "$T/payload"; } |
		openssl dgst -sha256 -binary -hmac "$(cat "$T/secret.gitlab")" |
		base64) &&
	signed() {
		web_status -H "Content-Type: application/json" \
			-H "X-Gitlab-Event: Push Hook" -H "webhook-id: $1" \
			-H "webhook-timestamp: $2" \
			-H "webhook-signature: v1,$signature" \
			-H "X-Gitlab-Token: $(cat "$T/secret.gitlab")" \
			--data-binary "@$T/payload" "$base_url/hook/gitlab/$(address)"
	} &&
	is "$(signed "$id" "$at")" 202 && is "$(signed "$id" "$at")" 200 &&
	is "$(signed "$id.2" "$at")" 403 &&
	is "$(signed "$id" $((at - 1000)))" 403
'

test_expect 'Gitea' '
	repo=o/gitea-repo &&
	forge_repo gitea ${repo%/*} ${repo#*/} refs/pull/1/head &&
	ours=".repository |= (.name = \"gitea-repo\" |
		.full_name = \"o/R\" | .owner = {login: \"o\"})" &&
	is "$(edit gitea/go-scm/push.json "$gh_push | $ours" |
		post gitea push)" 202 && pushed gitea-repo unknwon &&
	is "$(edit gitea/go-scm/pull_request_synchronized.json \
		"$gh_pull | $ours" | post gitea pull_request)" 202 &&
	told gitea-repo jcitizen 1
'

test_expect 'Forgejo' '
	repo=gordon/forgejo-repo &&
	forge_repo forgejo ${repo%/*} ${repo#*/} refs/pull/2/head &&
	ours=".repository |= (.name = \"forgejo-repo\" |
		.full_name = \"o/R\" | .owner = {login: \"gordon\"})" &&
	is "$(edit forgejo/woodpecker/HookPush.json "$gh_push | $ours" |
		post forgejo push)" 202 && pushed forgejo-repo gordon &&
	is "$(edit forgejo/woodpecker/HookPullRequestUpdated.json \
		"$gh_pull | $ours" | post forgejo pull_request)" 202 &&
	told forgejo-repo test 2
'

test_expect 'Bitbucket Cloud: several changes, and half of a commit name' '
	repo=brydzewski/foo &&
	forge_repo bitbucket ${repo%/*} ${repo#*/} refs/heads/other &&
	is "$(edit bitbucket/go-scm/push.json ".push.changes[0] |=
		(.new.name = \"main\" | .old.target.hash = \$old |
		.new.target.hash = \$new)" | post bitbucket repo:push)" 202 &&
	pushed foo brydzewski &&
	is "$(edit bitbucket/go-scm/pr_created.json ".pullrequest |=
		(.source.branch.name = \"topic\" |
		.source.commit.hash = \$topic[:12] |
		.destination.branch.name = \"main\" |
		.destination.commit.hash = \$new[:12])" |
		post bitbucket pullrequest:created)" 202 &&
	told foo brydzewski 1 &&
	is "$(edit bitbucket/go-scm/push.json ".push.changes[0] |=
		(.old = null | .new.name = \"topic\" |
		.new.target.hash = \$topic) | .push.changes[1] =
		(.push.changes[0] | .new.name = \"other\")" |
		post bitbucket repo:push)" 202 &&
	verdict "refs/heads/topic: planned: run 3; refs/heads/other: \
planned: run 4"
'

test_expect 'Bitbucket Data Center' '
	repo=PRJ/my-repo &&
	forge_repo bitbucket-dc ${repo%/*} ${repo#*/} \
		refs/pull-requests/2/from &&
	is "$(edit bitbucket-dc/go-scm/push.json ".changes[0] |=
		(.ref.id = \"refs/heads/main\" | .fromHash = \$old |
		.toHash = \$new)" | post bitbucket-dc repo:refs_changed)" 202 &&
	pushed my-repo jcitizen &&
	is "$(edit bitbucket-dc/go-scm/pr_open.json ".pullRequest |=
		(.fromRef |= (.id = \"refs/heads/topic\" |
		.latestCommit = \$topic) | .toRef |= (.id = \"refs/heads/main\" |
		.latestCommit = \$new))" | post bitbucket-dc pr:opened)" 202 &&
	told my-repo jcitizen 2 &&
	is "$(post bitbucket-dc diagnostics:ping \
		<"$corpus/bitbucket-dc/jenkins/ping.json")" 200
'

# --- our own format, as the documentation has it -------------------------------------

test_expect 'generic: three lines of shell' '
	forge_repo generic ada plain refs/heads/other &&
	sed -n "/^<!-- three lines -->/,/^\`\`\`\$/p" "$srcdir/doc/webhooks.md" |
		grep -v "^<!--\|^\`\`\`" >send.sh && is "$(wc -l <send.sh)" 3 &&
	URL=$base_url/hook/generic/ada/plain SECRET=$T/secret.generic \
		BODY="{\"event\": \"push\", \"ref\": \"refs/heads/main\",
			\"after\": \"$new\", \"sender\": \"mona\"}" \
		sh -eu send.sh >"$T/body" && pushed plain mona
'

test_expect '"pawl hook" sends what each forge would' '
	send() { pawl hook "$1" "$2" "$3" >out 2>err; } &&
	! send group/sub/gl-repo "Push Hook" \
		"$corpus/gitlab/go-gitlab/push.json" &&
	jq -r .code out | grep -qx other-repository &&
	echo "{}" >empty &&
	send Codertocat/Hello-World ping empty && grep -q "answered 200" err &&
	jq -r .verdict out | grep -q "^ping" &&
	send o/gitea-repo ping empty && send gordon/forgejo-repo ping empty &&
	send brydzewski/foo repo:fork empty &&
	send PRJ/my-repo diagnostics:ping empty &&
	echo "{\"event\": \"ping\"}" >ping && send ada/plain ping ping
'

# --- secrets and floods ---------------------------------------------------------------

test_expect 'a secret is replaced without a delivery being refused' '
	repo=PRJ/my-repo && ping=$corpus/bitbucket-dc/jenkins/ping.json &&
	try() { post bitbucket-dc diagnostics:ping <"$ping"; } &&
	cp "$T/secret.bitbucket-dc" old &&
	pawl repo secret add $repo second >"$T/secret.bitbucket-dc" &&
	new_secret=$(cat "$T/secret.bitbucket-dc") &&
	printf %s "$new_secret" >"$T/secret.bitbucket-dc" &&
	is "$(try)" 200 &&
	cp "$T/secret.bitbucket-dc" new && cp old "$T/secret.bitbucket-dc" &&
	is "$(try)" 200 && pawl repo secret remove $repo first &&
	is "$(try)" 403 && cp new "$T/secret.bitbucket-dc" &&
	is "$(try)" 200 &&
	pawl repo secret list --json $repo | jq -e ".[0].used_at" >/dev/null
'

test_expect 'more than "webhook-rate" is 429 with Retry-After' '
	n=0 && while is "$(try)" 200 >/dev/null && [ $n -lt 40 ]; do
		n=$((n + 1)); done
	[ $n -gt 10 ] && [ $n -lt 31 ] && is "$(try)" 429 &&
	is "$(jq -r .code "$T/body")" too-many &&
	[ "$(header retry-after)" -ge 1 ] && [ "$(header retry-after)" -le 60 ]
'

test_no_leaks
test_done

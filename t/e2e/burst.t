#!/bin/bash
# burst.t - fifty webhooks at the same moment, each sent twice: none is lost,
# none is taken twice.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

nginx_options=() # with the limits that an installation has
pawl_setup 'max-jobs: 2'
count=50

# Commits that are there, told of to nobody yet: one branch each.
make_branches()
{
	local clone=$T/clone/demo i
	printf 'on: push\njobs: {a: {runs-on: linux, steps: [{run: echo here}]}}\n' \
		>"$clone/.ci.yml"
	git -C "$clone" add -A
	for ((i = 1; i <= count; i++)); do
		git -C "$clone" commit -q --allow-empty -m "commit $i" &&
		git -C "$clone" branch "b$i" || return 1
	done
	mv "$T/git/ada/demo.git/hooks/post-receive" post-receive &&
	git -C "$clone" push -q origin 'refs/heads/b*:refs/heads/b*'
}

# deliver BRANCH COPY - one webhook; copies have the same delivery id.
deliver()
{
	local sha body signature
	sha=$(git -C "$T/clone/demo" rev-parse "$1")
	body="{\"ref\":\"refs/heads/$1\",\"after\":\"$sha\",
		\"before\":\"0000000000000000000000000000000000000000\",
		\"repository\":{\"full_name\":\"ada/demo\",\"name\":\"demo\",
		\"owner\":{\"login\":\"ada\"}},
		\"pusher\":{\"login\":\"ada\",\"name\":\"ada\"}}"
	signature=$(printf %s "$body" | openssl dgst -sha256 \
		-hmac "$(cat "$T/secret.demo")" | sed 's/.*= //')
	printf %s "$body" >"body.$1.$2"
	cat <<-END
		next
		url = "$base_url/hook/gitea/ada/demo"
		data-binary = "@$T/body.$1.$2"
		header = "Content-Type: application/json"
		header = "X-Gitea-Event: push"
		header = "X-Gitea-Delivery: burst-$1"
		header = "X-Gitea-Signature: $signature"
		output = "$T/answer.$1.$2"
		write-out = "%{http_code}\n"
		max-time = 120
	END
}

test_expect 'fifty commits wait on branches of their own' '
	repo_new ada demo && workerd_start && make_branches
'

test_expect 'a hundred deliveries at once: fifty are new, fifty seen before' '
	for ((i = 1; i <= count; i++)); do
		deliver "b$i" 1; deliver "b$i" 2
	done | sed 1d >curl.conf &&
	curl -sS -Z --parallel-immediate --parallel-max 100 -K curl.conf \
		>codes && sort codes | uniq -c &&
	is "$(grep -c 202 codes)" "$count" && is "$(grep -c 200 codes)" "$count"
'

test_expect 'both answers to a delivery name the same id' '
	for ((i = 1; i <= count; i++)); do
		is "$(jq -r .id "answer.b$i.1")" "$(jq -r .id "answer.b$i.2")" ||
			break
	done && [ "$i" -gt "$count" ]
'

all_over()
{
	[ "$(sql "SELECT count(*) FROM runs
		WHERE finished_at_ms IS NOT NULL")" -ge "$count" ]
}

test_expect 'each became one run, and every run passed' '
	wait_for 240 all_over; workerd_tail;
	is "$(sql "SELECT count(*) FROM runs")" "$count" &&
	is "$(sql "SELECT count(DISTINCT sha) FROM runs")" "$count" &&
	is "$(sql "SELECT count(*) FROM runs
		WHERE state <> '\''succeeded'\''")" 0
'

test_expect 'their numbers have no gap' '
	is "$(sql "SELECT max(number) FROM runs")" "$count"
'

test_no_leaks
test_done

# forge.sh - work in the clones of e2e.sh, and the webhooks that a forge sends
# besides those of pushes. Source it instead of e2e.sh.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# shellcheck source=t/lib/e2e.sh
. "${srcdir:-.}/t/lib/e2e.sh"

# in_clone NAME GIT-WORD... - git there.
in_clone()
{
	git -C "$T/clone/$1" "${@:2}" >"$T/git.out" 2>&1 ||
		{ cat "$T/git.out"; return 1; }
}

# put NAME PATH - standard input as a file of the clone.
put()
{
	mkdir -p "$(dirname "$T/clone/$1/$2")" && cat >"$T/clone/$1/$2"
}

# commit NAME [MESSAGE] - all that has changed; sets sha.
commit()
{
	in_clone "$1" add -A && in_clone "$1" commit -q --allow-empty \
		-m "${2:-change}" && sha=$(git -C "$T/clone/$1" rev-parse HEAD)
}

# send NAME REFSPEC... - push it; the file `delivery` has its webhook's id.
send()
{
	in_clone "$1" push -q origin "${@:2}" || return 1
	sha=$(git -C "$T/clone/$1" rev-parse HEAD)
	jq -r .id "$(echo "$T"/git/*/"$1.git")/hooks-sent/$sha.answer" \
		>"$T/delivery"
}

# tell NAME EVENT - a webhook of this event, standard input its payload without
# the repository; the file `delivery` has its id.
tell()
{
	local body="$T/body" signature
	jq --arg name "$1" '. + {repository: {name: $name,
		full_name: "ada/\($name)", owner: {login: "ada"},
		default_branch: "main"}, sender: {login: "mona"}}' >"$body" &&
	signature=$(openssl dgst -sha256 -hmac "$(cat "$T/secret.$1")" \
		<"$body" | sed 's/.*= //') &&
	curl -sSf -H "X-Gitea-Event: $2" -H "X-Gitea-Signature: $signature" \
		-H "X-Gitea-Delivery: $(cat /proc/sys/kernel/random/uuid)" \
		--data-binary "@$body" -o "$T/answer" \
		"$base_url/hook/gitea/ada/$1" &&
	jq -r .id "$T/answer" >"$T/delivery"
}

settled()
{
	[ "$(delivery_state "$(cat "$T/delivery")")" != received ]
}

settle()
{
	wait_for 30 settled || { workerd_tail; return 1; }
}

# verdict TEXT - what became of the delivery, exactly.
verdict()
{
	settle || return 1
	is "$(sql "SELECT verdict FROM deliveries
		WHERE id = '$(cat "$T/delivery")'")" "$1"
}

# pull ACTION OWNER/NAME BASE - the payload of pull request 7 of a branch there,
# at $sha, into the branch main of ada's at BASE.
pull()
{
	jq -n --arg sha "$sha" --arg base "$3" --arg from "$2" \
		--arg action "$1" '{action: $action, number: 7,
		pull_request: {number: 7, title: "A title",
		head: {ref: "topic", sha: $sha, repo: {full_name: $from}},
		base: {ref: "main", sha: $base,
			repo: {full_name: "ada/\($from | sub(".*/"; ""))"}}}}'
}

#!/bin/bash
# cli-repo.t - repositories, and what the lists say without runs.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

state=$T/state

test_expect 'migrate makes the database, once' '
	exits 0 pawl admin migrate && grep -q "version" out &&
	exits 0 pawl admin migrate && grep -q "nothing to do" out &&
	is "$(stat -c %a "$state")" 751 && is "$(stat -c %a "$state/public")" 755
'

test_expect 'add prints the hook address, a random secret and what is next' '
	exits 0 pawl repo add mina/app https://github.com/mina/app.git &&
	grep -q "http://127.0.0.1:9/ci/hook/github/mina/app" out &&
	grep -qE "^secret +[0-9a-f]{64}\$" out && grep -q "^next" out
'

test_expect 'two secrets are never the same' '
	awk "/^secret/ { print \$2 }" out >one &&
	exits 0 pawl repo add mina/two https://codeberg.org/mina/two &&
	awk "/^secret/ { print \$2 }" out >two && ! cmp -s one two
'

test_expect 'the hook address of odd names is an address' '
	exits 0 pawl repo add "mi na/a?b%" https://github.com/mina/odd.git &&
	grep -q "http://127.0.0.1:9/ci/hook/github/mi%20na/a%3Fb%25\$" out &&
	exits 0 pawl repo remove --yes "mi na/a?b%"
'

test_expect 'an owner whose pages nobody could reach is refused' '
	exits 1 pawl repo add logs/app https://github.com/logs/app.git &&
	grep -q "\"logs\" cannot be an owner" err
'

test_expect 'the forge of an unknown host must be said' '
	exits 1 pawl repo add mina/three https://git.example/mina/three &&
	grep -q "github, gitlab, gitea, forgejo" err &&
	exits 1 pawl repo add mina/three https://git.example/x --forge nope &&
	exits 0 pawl repo add mina/three https://git.example/x --forge gitea \
		--branch trunk
'

test_expect 'the badge says "no runs" at once' '
	grep -q "no runs" "$state/public/badges/mina/three/trunk.svg"
'

test_expect 'a secret of ones own comes from a file or standard input' '
	printf "s3cret\n" >file &&
	exits 0 pawl repo add a/f https://github.com/a/f --secret-file file &&
	exits 0 pawl repo show --secret a/f && grep -qE "^secret +s3cret\$" out &&
	exits 0 pawl repo add a/i https://github.com/a/i --secret-file - <file &&
	exits 0 pawl repo show --secret --json a/i &&
	is "$(jq -r .hook_secret out)" s3cret
'

test_expect 'the secret is shown only when asked for, stored sealed' '
	exits 0 pawl repo show a/f && ! grep -q s3cret out &&
	exits 0 pawl repo list --json && ! grep -q s3cret out &&
	! grep -q s3cret "$state"/pawl.db*
'

test_expect 'another secret is added, listed, shown as the newest, removed' '
	exits 0 pawl repo secret add a/f second --days 3 && new=$(cat out) &&
	is "${#new}" 64 &&
	exits 1 pawl repo secret add a/f second && grep -q already err &&
	exits 0 pawl repo secret list a/f && grep -q "^first .*no end" out &&
	grep -q "^second .*until .*never used" out && ! grep -q "$new" out &&
	exits 0 pawl repo show --secret a/f && grep -q "$new" out &&
	exits 0 pawl repo secret remove a/f second &&
	exits 3 pawl repo secret remove a/f second &&
	exits 0 pawl repo secret list --json a/f &&
	is "$(jq -r ".[].name" out)" first
'

test_expect 'an empty secret is refused' '
	exits 1 pawl repo add a/e https://github.com/a/e --secret-file /dev/null
'

test_expect 'twice is refused, whatever the case' '
	exits 1 pawl repo add Mina/APP https://github.com/mina/app.git
'

test_expect 'names that are none are refused' '
	exits 1 pawl repo add app https://github.com/x &&
	exits 1 pawl repo add a/.. https://github.com/x &&
	exits 1 pawl repo add "a/$(printf "x\033")" https://github.com/x
'

test_expect 'list' '
	exits 0 pawl repo list && is "$(wc -l <out)" 5 &&
	exits 0 pawl repo list --json && is "$(jq length out)" 5
'

test_expect 'what is not there is 3' '
	exits 3 pawl repo show no/such && exits 3 pawl show mina/app#1 &&
	exits 3 pawl logs mina/app/1 && exits 3 pawl cancel mina/app#1 &&
	exits 3 pawl runs no/such && exits 3 pawl inbox show nothing
'

test_expect 'a bare number needs a repository that is plain' '
	exits 3 pawl show 1 && grep -q "which repository" err &&
	git init -q checkout &&
	git -C checkout remote add o git@github.com:mina/app.git &&
	(cd checkout && exits 3 pawl show 1 && grep -q "mina/app#1" err)
'

test_expect 'empty lists are empty' '
	exits 0 pawl runs --json && is "$(jq length out)" 0 &&
	exits 0 pawl inbox list --json && is "$(jq length out)" 0 &&
	exits 0 pawl inbox list --refused --json && is "$(jq length out)" 0 &&
	exits 0 pawl admin rebuild --verify
'

test_expect 'remove asks, and without a terminal refuses' '
	exits 1 pawl repo remove mina/three </dev/null && grep -q -e --yes err &&
	exits 0 pawl repo show mina/three
'

test_expect 'remove takes the files too' '
	mkdir -p "$state/mirrors/mina/three.git" &&
	exits 0 pawl repo remove --yes mina/three &&
	exits 3 pawl repo show mina/three &&
	[ ! -L "$state/public/badges/mina/three" ] &&
	[ ! -e "$state/private/badges/mina/three" ] &&
	[ ! -e "$state/mirrors/mina/three.git" ] &&
	[ -e "$state/public/badges/mina/app" ]
'

if [ "$(id -u)" -eq 0 ]; then
	test_expect 'root leaves no file of roots in a state of others' '
		chmod 755 "$T" "$T"/out "$PAWL_CONFIG" &&
		chown -R daemon:daemon "$state" &&
		exits 0 pawl repo add b/b https://github.com/b/b &&
		[ -z "$(find "$state" ! -user daemon)" ]
	'
else
	note 'not root: the change of user is not tested'
fi

test_done

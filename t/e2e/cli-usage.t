#!/bin/bash
# cli-usage.t - the command line itself: help, mistakes, exit codes.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

test_expect '--help lists the commands, on standard output' '
	exits 0 pawl --help && grep -q "^  repo add " out && [ ! -s err ]
'

test_expect 'every command that is listed has a page of its own' '
	pawl --help | sed -n "s/^  \([a-z ]*[a-z]\)  .*/\1/p" >names &&
	[ "$(wc -l <names)" -gt 10 ] &&
	while read -r name; do
		# shellcheck disable=SC2086
		exits 0 pawl $name --help || return 1
		grep -q "^usage: pawl $name " out || return 1
		[ "$(awk "{ print length }" out | sort -n | tail -n 1)" -le 80 ] ||
			{ echo "wide: $name"; return 1; }
	done <names
'

test_expect 'nothing, or half a name, is usage' '
	exits 2 pawl && grep -q "^usage:" err && exits 2 pawl repo &&
	grep -q "repo add" err && ! grep -q "cancel" err
'

test_expect 'a mistyped command is guessed' '
	exits 2 pawl lnit && grep -q "did you mean \"lint\"" err &&
	exits 2 pawl repo lsit && grep -q "did you mean \"repo list\"" err
'

test_expect 'wrong options and words are usage' '
	exits 2 pawl runs --nope && exits 2 pawl show && exits 2 pawl show a b &&
	exits 2 pawl --nope runs && exits 2 pawl repo list extra
'

test_expect 'version' '
	exits 0 pawl --version && grep -q "^pawl [0-9]" out &&
	exits 0 pawl version --json && jq -e .database out
'

test_expect 'without a database the message has the command that makes it' '
	exits 3 pawl runs && grep -q "pawl admin migrate" err
'

test_expect 'a configuration with a mistake is refused with its place' '
	printf "base-ulr: http://x/\n" >wrong.yaml &&
	exits 1 pawl --config wrong.yaml runs && grep -q "wrong.yaml:1:1" err &&
	exits 3 pawl --config=nothing.yaml runs
'

test_expect 'a full disk is not success' '
	pawl --help >/dev/full 2>err; [ $? -ne 0 ] ||
	pawl version >/dev/full 2>err; [ $? -eq 1 ]
'

test_done

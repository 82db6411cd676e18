#!/bin/bash
# cli-remote.t - the same commands on the database of the host and against the
# server, through a real nginx: the same JSON, byte for byte, and the same
# exit codes. And who may: tokens, servers, TLS.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

export XDG_CONFIG_HOME=$T/xdg
unset PAWL_SERVER PAWL_TOKEN PAWL_REPO PAWL_CONFIG NO_COLOR

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"
pawl token add tester --role admin >"$T/token" || bail 'no token'

# remote COMMAND... - against the server, without a look at this host.
remote()
{
	"$builddir/pawl" --server "$base_url" "$@"
}

# code NAME COMMAND... - run, keep what it prints in NAME.out and NAME.err, and
# print how it ends.
code()
{
	local name=$1 rc=0
	shift
	"$@" >"$T/$name.out" 2>"$T/$name.err" || rc=$?
	printf '%s' "$rc"
}

# same COMMAND... - both ways end alike and print the same JSON.
same()
{
	local here there
	here=$(code here pawl "$@")
	there=$(code there remote "$@")
	is "$there" "$here" &&
	    cmp "$T/here.out" "$T/there.out" &&
	    case $* in
	    *--json*) [ "$here" != 0 ] || jq . "$T/here.out" >"$T/jq.out" ;;
	    esac
}

test_expect 'a token is kept in a file that only its owner may read' '
	is "$(code login "$builddir/pawl" login "$base_url" --name ci \
	    <"$T/token")" 0 &&
	is "$(stat -c %a "$XDG_CONFIG_HOME/pawl/servers.json")" 600 &&
	! grep -q pawl_ "$T/login.out" "$T/login.err" &&
	is "$(remote servers --json | jq -r ".[0].name")" ci &&
	is "$(remote servers --json | jq -r ".[0].default")" true
'

test_expect 'reading gives the same JSON here and there' '
	while read -r words; do
		# shellcheck disable=SC2086
		same $words || { echo "not the same: $words"; return 1; }
	done <"$srcdir/t/data/cli/same"
'

test_expect 'what is not found, or not allowed, ends with its code' '
	is "$(code x remote show octo/demo#999)" 3 &&
	is "$(code x remote show nobody/nothing#1)" 3 &&
	is "$(code x remote show)" 2 &&
	is "$(code x "$builddir/pawl" --server "$base_url" queue pause)" 0 &&
	is "$(code x remote queue resume)" 0 &&
	is "$(code x "$builddir/pawl" --server nowhere runs)" 3 &&
	is "$(code x "$builddir/pawl" --server http://127.0.0.1:9 runs)" 5
'

test_expect 'a token that is none is refused, and so is a file for all' '
	printf "pawl_wrong\n" >"$T/wrong" &&
	is "$(code x "$builddir/pawl" login "$base_url" --name bad \
	    --token-file "$T/wrong")" 4 &&
	chmod 644 "$XDG_CONFIG_HOME/pawl/servers.json" &&
	is "$(code x remote runs)" 4 && grep -q "chmod 600" "$T/x.err" &&
	chmod 600 "$XDG_CONFIG_HOME/pawl/servers.json"
'

test_done

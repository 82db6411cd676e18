#!/bin/bash
# private.t - files of private repositories: under the same addresses, for who
# may read them; and what becomes of them when that changes, also when whoever
# changes it is killed.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

db=$state/pawl.db
kept=$state/private/artifacts/octo/demo/5/dist
mkdir -p "$kept/sub" && echo treasure >"$kept/sub/file.txt" &&
    ln -s 5 "$state/private/artifacts/octo/demo/latest"
log=logs/octo/demo/5/build.log
files="$log badges/octo/demo/~..svg badge/octo/demo.svg
	status/octo/demo/main.json artifacts/octo/demo/5/dist/sub/file.txt
	artifacts/octo/demo/5/dist/ artifacts/octo/demo/latest/dist/sub/
	logs/octo/demo/2/build.log"

reader=$(pawl token add eyes --repo octo/demo --role reader 2>/dev/null)
other=$(pawl token add other --role admin --owner acme 2>/dev/null)
boss=$(pawl token add boss --role admin 2>/dev/null)
gone=$(pawl token add old --role admin 2>/dev/null) &&
    pawl token remove old >/dev/null

as()
{
	local who=$1
	shift
	web_status -H "Authorization: Bearer $who" "$@"
}

# same_as_unknown CURL-WORD... - each file is answered as one of a repository
# that is not there, but for the names.
same_as_unknown()
{
	local file unknown
	for file in $files; do
		unknown=${file/demo/nodemo}
		web_status "$@" "$base_url/$unknown" >"$T/status.1"
		# of HEAD, curl keeps the headers there
		sed "/^Date: /d" "$T/body" >"$T/body.1"
		grep -viE "^(date|x-correlation-id):" "$T/headers" >"$T/head.1"
		web_status "$@" "$base_url/$file" >"$T/status.2"
		grep -viE "^(date|x-correlation-id):" "$T/headers" |
			sed s/demo/nodemo/g >"$T/head.2"
		sed "/^Date: /d; s/demo/nodemo/g" "$T/body" >"$T/body.2"
		cmp "$T/status.1" "$T/status.2" &&
			cmp "$T/body.1" "$T/body.2" &&
			cmp "$T/head.1" "$T/head.2" || {
			echo "$file: $*"
			cat "$T"/status.* "$T"/head.*
			return 1
		}
		! grep -q 200 "$T/status.2" || [[ $file = badge* ]] || return 1
	done
}

all_seen()
{
	local file
	for file in $files; do
		is "$(as "$1" "$base_url/$file")" 200 || {
			echo "$file"
			return 1
		}
	done
}

nobody_sees()
{
	local file
	for file in $files; do
		is "$(web_status "$base_url/$file")" 200 || return 1
	done
}

test_expect 'public files need no handler' '
	nobody_sees && stop_pid "$web_pid" && nobody_sees &&
	is "$(web_status -I "$base_url/logs/octo/demo/5")" 301 &&
	handler_start web
'

test_expect 'private ones are not there, for nobody and for others' '
	is "$(pawl repo set octo/demo --private | head -n 1)" \
	    "octo/demo is private: who has a role for it may read it" &&
	[ ! -e "$state/public/logs/octo/demo" ] &&
	same_as_unknown &&
	same_as_unknown -H "Authorization: Bearer $other" &&
	same_as_unknown -H "Authorization: Bearer $gone" &&
	same_as_unknown -H "Cookie: pawl_session=pawls_none" &&
	same_as_unknown -r 0-3 && same_as_unknown -I &&
	same_as_unknown -X OPTIONS && same_as_unknown -X POST &&
	same_as_unknown --compressed -H "If-None-Match: *"
'

test_expect 'nobody is not even asked about' '
	stop_pid "$web_pid" && same_as_unknown &&
	is "$(web_status "$base_url/$log")" 404 && handler_start web
'

test_expect 'the name of its owner is not listed' '
	pawl repo set octo/quiet --private >/dev/null &&
	! curl -s "$base_url/artifacts/" | grep -q octo &&
	is "$(web_status "$base_url/artifacts/octo/")" 404 &&
	is "$(as "$other" "$base_url/artifacts/octo/")" 404 &&
	pawl repo set octo/quiet --public >/dev/null
'

test_expect 'who may read them has them, as files' '
	all_seen "$reader" && all_seen "$boss" &&
	is "$(as "$reader" "$base_url/$log")" 200 &&
	cmp "$T/body" "$state/private/$log" &&
	is "$(header cache-control)" "private, no-cache" &&
	is "$(as "$reader" -r 2-5 "$base_url/$log")" 206 &&
	is "$(header content-range)" \
	    "bytes 2-5/$(stat -c %s "$state/private/$log")" &&
	is "$(as "$reader" "$base_url/$log")" 200 &&
	is "$(as "$reader" -H "If-None-Match: $(header etag)" \
	    "$base_url/$log")" 304 &&
	is "$(as "$reader" "$base_url/artifacts/octo/demo/5/dist")" 301 &&
	header location | grep -q "/ci/artifacts/octo/demo/5/dist/\$" &&
	is "$(as "$reader" "$base_url/logs/octo/demo/99/x.log")" 404
'

test_expect 'in a browser, too' '
	is "$(web_status -c "$T/jar" -d "token=$reader" \
	    "$base_url/login")" 303 &&
	is "$(web_status -b "$T/jar" "$base_url/$log")" 200
'

test_expect 'a compressed log has the same address' '
	gzip -k "$state/private/$log" && mv "$state/private/$log" "$T/plain" &&
	is "$(as "$reader" "$base_url/$log")" 200 && cmp "$T/body" "$T/plain" &&
	is "$(as "$reader" -H "Accept-Encoding: gzip" "$base_url/$log")" 200 &&
	is "$(header content-encoding)" gzip &&
	is "$(web_status "$base_url/$log")" 404 &&
	mv "$T/plain" "$state/private/$log" && rm "$state/private/$log.gz"
'

test_expect 'no path leads from what is open to what is not' '
	for path in logs/acme/../octo/demo/5/build.log \
	    logs/acme/tools/%2e%2e/%2e%2e/octo/demo/5/build.log \
	    logs//octo/demo/5/build.log logs/octo/%64emo/5/build.log \
	    logs/octo/demo%2f5/build.log private/logs/octo/demo/5/build.log \
	    private/ci/logs/octo/demo/5/build.log auth/file nothing slash \
	    LOGS/octo/demo/5/build.log logs/Octo/Demo/5/build.log; do
		is "$(web_status --path-as-is "$base_url/$path")" 404 &&
		is "$(as "$other" --path-as-is "$base_url/$path")" 404 ||
			{ echo "$path"; return 1; }
	done &&
	is "$(web_status --path-as-is -H "PAWL-FILE: /ci/private/ci/$log" \
	    -H "PAWL_FILE: x" "$base_url/$log")" 404
'

test_expect 'badges alone can be shown' '
	pawl repo set octo/demo --badges public >/dev/null &&
	is "$(web_status "$base_url/badge/octo/demo.svg")" 200 &&
	cmp "$T/body" "$state/private/badges/octo/demo/~.svg" &&
	is "$(header access-control-allow-origin)" "*" &&
	is "$(web_status "$base_url/$log")" 404 &&
	is "$(web_status "$base_url/status/octo/demo/main.json")" 404 &&
	pawl repo set octo/demo --badges private >/dev/null &&
	curl -s "$base_url/badge/octo/demo.svg" | grep -q unknown
'

test_expect 'without handlers, those who may read are asked to wait' '
	stop_pid "$web_pid" &&
	is "$(as "$reader" "$base_url/$log")" 503 &&
	is "$(as "$reader" "$base_url/logs/octo/nodemo/5/build.log")" 503 &&
	same_as_unknown -H "Authorization: Bearer $other" &&
	handler_start web && is "$(as "$reader" "$base_url/$log")" 200
'

# killed_at CALL NUMBER COMMAND... - at that call of the system
killed_at()
{
	local call=$1 n=$2
	shift 2
	strace -qq -o "$T/strace" -e trace="$call" \
	    -e inject="$call:signal=KILL:when=$n" "$@" >/dev/null 2>&1
	[ $? = 137 ]
}

links()
{
	find "$state/public" -type l -path "*/octo/demo" | wc -l
}

settled()
{
	sqlite3 -cmd ".timeout 10000" "$db" "SELECT count(*) FROM repos
		WHERE shown IS NOT visibility || '/' || badges"
}

worker()
{
	"$PAWL_LIBEXEC_DIR/pawl-workerd" --config "$config" \
		>"$T/workerd.log" 2>&1 &
	worker_pid=$!
	at_end stop_pid "$worker_pid"
}

test_expect 'killed while it becomes public, the rest comes by itself' '
	for n in 1 2 3 4; do
		{ killed_at symlink "$n" "$builddir/pawl" --config "$config" \
		    repo set octo/demo --public || return 1; } 2>>said
		[ "$(links)" -lt 4 ] || [ "$n" = 4 ] || return 1
		is "$(settled)" 1 &&
		worker && wait_for 20 eval "[ \"\$(settled)\" = 0 ]" &&
		is "$(links)" 4 && nobody_sees && stop_pid "$worker_pid" &&
		pawl repo set octo/demo --private >/dev/null || return 1
		is "$(links)" 0 || return 1
	done
'

test_expect 'killed while it becomes private, too' '
	for n in 1 2 3 4; do
		pawl repo set octo/demo --public >/dev/null &&
		{ killed_at unlink "$n" "$builddir/pawl" --config "$config" \
		    repo set octo/demo --private || return 1; } 2>>said &&
		is "$(settled)" 1 &&
		is "$(web_status "$base_url/octo/demo")" 404 &&
		worker && wait_for 20 eval "[ \"\$(settled)\" = 0 ]" &&
		is "$(links)" 0 && same_as_unknown && stop_pid "$worker_pid" ||
			return 1
	done
'

test_expect 'workerd that runs does it at once, and mends links at its start' '
	worker && wait_for 20 grep -q ready "$T/workerd.log" &&
	sqlite3 -cmd ".timeout 10000" "$db" "UPDATE repos
		SET visibility = '"'public'"' WHERE name = '"'demo'"'" &&
	wait_for 20 eval "[ \"\$(links)\" = 4 ]" &&
	pawl repo set octo/demo --private >/dev/null && stop_pid "$worker_pid" &&
	mkdir -p "$state/public/logs/octo" &&
	ln -s ../../../private/logs/octo/demo "$state/public/logs/octo/demo" &&
	is "$(web_status "$base_url/$log")" 200 && worker &&
	wait_for 20 eval "[ \"\$(links)\" = 0 ]" && stop_pid "$worker_pid" &&
	is "$(web_status "$base_url/$log")" 404
'

test_expect 'a log that is being written goes on where it is' '
	pawl repo set octo/demo --public >/dev/null &&
	exec 8>>"$state/public/$log" && echo before >&8 &&
	pawl repo set octo/demo --private >/dev/null && echo after >&8 &&
	exec 8>&- && is "$(as "$reader" "$base_url/$log")" 200 &&
	is "$(tail -n 2 "$T/body" | tr "\n" " ")" "before after " &&
	is "$(web_status "$base_url/$log")" 404
'

test_expect 'files that were put in the place of a link are not shown' '
	mkdir -p "$state/public/logs/octo" &&
	mv "$state/private/logs/octo/demo" "$state/public/logs/octo/demo" &&
	pawl repo set octo/demo --private >/dev/null &&
	is "$(web_status "$base_url/$log")" 404 &&
	is "$(as "$reader" "$base_url/$log")" 200
'

test_expect 'new repositories are as the configuration says' '
	echo "visibility: private" >>"$config" &&
	pawl repo add octo/new https://example.org/n.git --forge github \
	    >/dev/null && is "$(web_status "$base_url/badges/octo/new/~.svg")" 200 &&
	cmp "$T/body" "$srcdir/htdocs/unknown.svg" &&
	is "$(web_status "$base_url/octo/new")" 404 &&
	is "$(as "$boss" "$base_url/octo/new")" 200
'

test_done

#!/bin/bash
# web-prefix.t - Pawl at any place of a server: alone at the root, or below a
# prefix beside what is there already.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

conf=$builddir/nginx/pawl-nginx-conf

# answers - every kind of address does.
answers()
{
	local at
	for at in / /octo/demo /healthz /api/v1/repos /static/pawl.css \
	    /badge/octo/demo.svg /badges/octo/demo/main.svg \
	    /status/octo/demo/main.json /logs/octo/demo/2/build.log; do
		is "$(web_status "$base_url$at")" 200 || { echo "$at"; return 1; }
	done
	is "$(web_status -X POST "$base_url/hook/github")" 415 &&
	    is "$(header content-type)" application/problem+json &&
	    web_status "$base_url/runs" >/dev/null &&
	    grep -q "href=\"$prefix/octo/demo/runs/2\"" "$T/body"
}

# move_to PREFIX - the same state under another address.
move_to()
{
	local name
	prefix=$1
	base_url=http://127.0.0.1:$port$prefix
	sed -i "s|^base-url:.*|base-url: $base_url|" "$config"
	for name in hook api web; do
		eval "stop_pid \$${name}_pid" && rm -f "$run/$name.sock" &&
		    handler_start "$name" || return 1
	done
}

reload()
{
	nginx -q -t -c "$T/nginx/nginx.conf" -e "$T/nginx/error.log" &&
	    nginx_reload
}

web_setup '' || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

test_expect 'Pawl can have a server for itself' '
	answers
'

test_expect 'it can stand deep in another one' '
	move_to /tools/our-ci && nginx_conf && reload &&
	wait_for 10 answers
'

test_expect 'it takes nothing from what is there already, nor loses to it' '
	move_to /ci && nginx_conf &&
	sed -i "s|^\t\tinclude $T/nginx/pawl.conf;|&\n\
location / { return 200 site; }\n\
location ~ [.](svg\|css\|json\|log)\$ { return 418; }\n\
location ~ /runs/ { return 418; }|" "$T/nginx/nginx.conf" && reload &&
	wait_for 10 answers &&
	is "$(web_status "$base_url/octo/demo/runs/2")" 200 &&
	is "$(web_status "http://127.0.0.1:$port/cinema")" 200 &&
	is "$(cat "$T/body")" site &&
	is "$(web_status "http://127.0.0.1:$port/hook/github")" 200 &&
	is "$(cat "$T/body")" site
'

test_expect 'a base-url that does not fit the location is told' '
	sed -i "s|^base-url:.*|base-url: http://127.0.0.1:$port/other|" \
	    "$config" && stop_pid "$web_pid" && rm -f "$run/web.sock" &&
	handler_start web &&
	is "$(web_status "$base_url/octo/demo")" 404 &&
	grep -q "base-url and the web server.*location differ" "$T/body"
'

test_expect 'what would break the configuration is refused' '
	for bad in ci /a//b "/a b" "/a;b" "/a{b" "/a.b" /é; do
		"$conf" --prefix "$bad" --templates "$srcdir/nginx" \
		    >"$T/out" 2>"$T/err" && return 1
		[ ! -s "$T/out" ] && grep -q "^pawl-nginx-conf: prefix" \
		    "$T/err" || return 1
	done
	! "$conf" --state-dir "/a;b" --templates "$srcdir/nginx" 2>"$T/err" &&
	! "$conf" --state-dir a --templates "$srcdir/nginx" 2>"$T/err" &&
	! "$conf" --nope 2>"$T/err" && "$conf" --help | grep -q usage
'

test_done

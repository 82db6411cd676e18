#!/bin/bash
# web-files.t - what nginx serves by itself: logs while they grow, badges,
# status, the parts of pages; without any handler.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
nginx_conf && nginx_start || bail "no nginx: $(cat "$T/nginx/error.log")"

log=$state/public/logs/octo/demo/5/build.log
log_url=$base_url/logs/octo/demo/5/build.log
seq -f 'line %g' 20000 >>"$log"

test_expect 'a log is plain text that no browser takes for anything else' '
	is "$(web_status "$log_url")" 200 && cmp "$T/body" "$log" &&
	is "$(header content-type)" "text/plain; charset=utf-8" &&
	is "$(header x-content-type-options)" nosniff &&
	is "$(header cache-control)" no-cache &&
	header content-security-policy | grep -q sandbox
'

test_expect 'a range of a growing log is what tail shows' '
	size=$(stat -c %s "$log") && seq 100 >>"$log" &&
	is "$(web_status -r "$size-" "$log_url")" 206 &&
	tail -c +$((size + 1)) "$log" | cmp - "$T/body" &&
	printf more >>"$log" &&
	is "$(web_status -r "$size-" "$log_url")" 206 &&
	tail -c +$((size + 1)) "$log" | cmp - "$T/body"
'

test_expect 'ranges work for clients that would take gzip' '
	is "$(web_status -r 0-9 -H "Accept-Encoding: gzip" "$log_url")" 206 &&
	is "$(stat -c %s "$T/body")" 10 &&
	is "$(header content-encoding)" ""
'

test_expect 'from the end there is nothing: 416 with the size' '
	size=$(stat -c %s "$log") &&
	is "$(web_status -r "$size-" "$log_url")" 416 &&
	is "$(header content-range)" "bytes */$size" &&
	is "$(web_status -r "$((size - 1))-" "$log_url")" 206 &&
	is "$(stat -c %s "$T/body")" 1
'

test_expect 'many ranges at once are not answered one by one' '
	is "$(web_status -r 0-1,4-5,8-9,12-13 "$log_url")" 200
'

test_expect 'a log that nobody wrote is 404' '
	is "$(web_status "$base_url/logs/octo/demo/99/build.log")" 404
'

test_expect 'nothing outside of the public files can be reached' '
	for up in logs/../../pawl.db logs/%2e%2e/%2e%2e/pawl.db \
	    logs../pawl.db logs/..%2f..%2fpawl.db static/../pawl.yaml \
	    badges/../../pawl.db status..%2f..%2fpawl.db; do
		is "$(web_status --path-as-is "$base_url/$up")" 400 ||
		is "$(web_status --path-as-is "$base_url/$up")" 404 ||
		is "$(web_status --path-as-is "$base_url/$up")" 503 || return 1
		! grep -q "SQLite format" "$T/body" || return 1
	done
'

badge=$base_url/badge/octo/demo.svg

test_expect 'a badge may be shown by others and is asked for again' '
	is "$(web_status "$badge")" 200 &&
	is "$(header content-type)" image/svg+xml &&
	is "$(header cache-control)" no-cache &&
	is "$(header access-control-allow-origin)" "*" &&
	is "$(header cross-origin-resource-policy)" cross-origin &&
	header content-security-policy | grep -q "default-src .none." &&
	grep -q "build: pending" "$T/body" && xmllint --noout "$T/body"
'

test_expect 'an unchanged badge is 304' '
	is "$(web_status -H "If-None-Match: $(header etag)" "$badge")" 304
'

test_expect 'a branch is asked for by its name' '
	is "$(web_status "$badge?branch=typo")" 200 &&
	grep -q "invalid .ci.yml:14:5" "$T/body" &&
	grep -q "unknown key &quot;need&quot;" "$T/body" &&
	is "$(web_status "$badge?branch=v1.0.0")" 200 &&
	grep -q passing "$T/body" &&
	is "$(web_status "$badge?branch=feature/log-view")" 200 &&
	grep -q failing "$T/body" &&
	is "$(web_status "$badge?branch=feature%2Flog-view")" 200 &&
	grep -q failing "$T/body"
'

test_expect 'an unknown branch, repository or odd name is "unknown", not 404' '
	for at in demo.svg?branch=nope demo.svg?branch=../../x nope.svg \
	    demo.svg?branch=.. demo.svg?branch=a/b/c/d/e \
	    "demo.svg?branch=%00" "demo.svg?branch=%C3%A9"; do
		is "$(web_status "$base_url/badge/octo/$at")" 200 &&
		grep -q "build: unknown" "$T/body" &&
		is "$(header access-control-allow-origin)" "*" &&
		is "$(header cache-control)" no-cache || return 1
	done
'

test_expect 'OPTIONS of a badge is answered for scripts of other sites' '
	is "$(web_status -X OPTIONS "$badge")" 204 &&
	is "$(header access-control-allow-origin)" "*"
'

test_expect 'a badge has JSON that shields.io takes' '
	is "$(web_status "$base_url/badge/octo/demo.json?branch=v1.0.0")" 200 &&
	is "$(header content-type)" application/json &&
	is "$(jq -c . "$T/body")" "{\"schemaVersion\":1,\"label\":\"build\",\
\"message\":\"passing\",\"color\":\"#4CAF50\"}"
'

test_expect 'and one for what is not there' '
	for at in demo.json?branch=nope nope.json demo.json?branch=a/b/c/d/e; do
		is "$(web_status -L "$base_url/badge/octo/$at")" 200 &&
		is "$(header content-type)" application/json &&
		is "$(jq -r .message "$T/body")" unknown &&
		is "$(header access-control-allow-origin)" "*" || return 1
	done
'

test_expect 'two states within one second do not share an ETag' '
	at=$state/public/badges/octo/demo/~.svg &&
	touch -d "2026-01-01T00:00:00Z" "$at" && web_status "$badge" &&
	first=$(header etag) &&
	"$builddir/t/lib/web-seed" "$config" many 2 &&
	"$builddir/t/lib/web-seed" "$config" render &&
	touch -d "2026-01-01T00:00:00Z" "$at" && web_status "$badge" &&
	grep -q skipped "$T/body" && [ "$(header etag)" != "$first" ] &&
	first=$(header etag) &&
	"$builddir/t/lib/web-seed" "$config" many 1 &&
	"$builddir/t/lib/web-seed" "$config" render &&
	touch -d "2026-01-01T00:00:00Z" "$at" && web_status "$badge" &&
	grep -q skipped "$T/body" && [ "$(header etag)" != "$first" ]
'

test_expect 'the status of a branch is JSON' '
	is "$(web_status "$base_url/status/octo/demo/typo.json")" 200 &&
	is "$(header content-type)" application/json &&
	is "$(jq -r .state "$T/body")" failed
'

test_expect 'parts of pages are kept for an hour' '
	is "$(web_status "$base_url/static/pawl.css")" 200 &&
	is "$(header cache-control)" "public, max-age=3600" &&
	is "$(header content-type)" "text/css; charset=utf-8" &&
	is "$(web_status "$base_url/static/pawl.js")" 200 &&
	is "$(header content-type)" "text/javascript; charset=utf-8" &&
	[ "$(stat -c %s "$T/body")" -lt 15000 ]
'

test_expect 'what nginx says about webhooks is not an address of its own' '
	is "$(web_status "$base_url/static/problem/503.json")" 404
'

test_expect 'without handlers a page is 503 and says that files are there' '
	is "$(web_status "$base_url/octo/demo")" 503 &&
	is "$(header retry-after)" 5 &&
	grep -q "Logs, badges, .* are still served" "$T/body"
'

test_expect 'the slash behind the prefix is added' '
	is "$(web_status "$base_url")" 301 && is "$(header location)" /ci/
'

test_done

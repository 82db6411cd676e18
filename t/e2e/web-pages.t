#!/bin/bash
# web-pages.t - the pages and the API, as FastCGI under a prefix, at the root,
# and as plain CGI through fcgiwrap.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci 'site-name: Test & Co' || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
web_start || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

# page PATH - its HTML, well-formed enough for xmllint's HTML parser.
page()
{
	is "$(web_status "$base_url/$1")" 200 &&
	    is "$(header content-type)" "text/html; charset=utf-8"
}

# query XPATH - of the last page, as text.
query()
{
	xmllint --html --xpath "$1" "$T/body" 2>/dev/null
}

test_expect 'the first page shows what runs, and all repositories' '
	page "" &&
	is "$(query "string(//title)")" "Home - Test & Co" &&
	query "string(//section[h2[@id=\"active\"]]//li[1])" |
	    grep -q "Follow the log as it grows" &&
	is "$(query "count(//section[h2[@id=\"repos\"]]//tbody/tr)")" 3
'

test_expect 'runs of all repositories are listed, newest first' '
	page runs &&
	is "$(query "count(//ol[contains(@class,\"runs\")]/li)")" 7 &&
	is "$(query "string((//p[@class=\"title\"])[1])")" \
	    "Wait for a free place" &&
	is "$(query "string(//li[2]//span[@class=\"word\"])")" running &&
	is "$(query "string(//title)")" "Runs - Test & Co"
'

test_expect 'and narrowed by what the address asks for' '
	titles="//p[@class=\"title\"]" &&
	page "runs?status=failed" && is "$(query "count($titles)")" 2 &&
	page "runs?branch=main&actor=mona" &&
	is "$(query "count($titles)")" 2 &&
	page "octo/demo/runs?q=the+LOG+as" && is "$(query "count($titles)")" 1 &&
	page "octo/demo/runs?q=89abcdef" &&
	is "$(query "string($titles)")" "Add a job that waits" &&
	page "runs?q=nothing-like-it" &&
	query "string(//main)" | grep -q "No run is like this" &&
	is "$(web_status "$base_url/runs?status=odd")" 400 &&
	is "$(web_status "$base_url/runs?before=x")" 400
'

test_expect 'every link of the pages leads somewhere' '
	for p in "" runs octo octo/demo octo/demo/runs octo/demo/runs/2 \
	    octo/demo/runs/2/jobs/build "%3Cb%3E%26%22evil%22/x%27y"; do
		page "$p" || return 1
		query "//a/@href|//link/@href|//script/@src|//img/@src" |
		    grep -o "\"[^\"]*\"" | tr -d "\"" |
		    sed "s/&amp;/\&/g" | grep -v "^#\|^https:" >"$T/links"
		[ -s "$T/links" ] || return 1
		while read -r link; do
			is "$(web_status "${base_url%/ci}$link")" 200 ||
			    { echo "$p: $link"; return 1; }
		done <"$T/links"
	done
'

test_expect 'the page of a repository has its runs and its badge' '
	page octo/demo &&
	is "$(query "count(//ol[contains(@class,\"runs\")]/li)")" 6 &&
	query "string(//details//pre)" | grep -qF \
	    "[![build]($base_url/badge/octo/demo.svg)]($base_url/octo/demo)"
'

test_expect 'the page of a run has jobs, steps, states and exit codes' '
	page octo/demo/runs/2 &&
	is "$(query "count(//ol[contains(@class,\"jobs\")]/li)")" 2 &&
	is "$(query "string(//summary//span[@class=\"word\"])")" failed &&
	is "$(query "string(//span[@class=\"exit\"])")" "exit code 2" &&
	query "string(//p[contains(@class,\"because\")])" |
	    grep -q "matches branches" &&
	is "$(query "string(//details[@id=\"job-test\"]//small)")" \
	    "needs build, which failed"
'

test_expect 'a pipeline that cannot be read shows where and what to do' '
	page octo/demo/runs/3 &&
	query "string(//section//pre)" >"$T/pre" &&
	grep -qF ".ci.yml:14:5: error: unknown key \"need\" in job \"test\"" \
	    "$T/pre" && grep -qF "did you mean \"needs\"?" "$T/pre"
'

test_expect 'the page of a job carries its log, coloured and harmless' '
	page octo/demo/runs/2/jobs/build &&
	is "$(query "string(//section[@id=\"log\"]//span[@class=\"c1 b\"])")" \
	    "error:" &&
	query "string(//section[@id=\"log\"])" >"$T/pre" &&
	grep -qF "<script>alert(1)</script>" "$T/pre" &&
	grep -q "make: \*\*\* \[Makefile:3: main.o\] Error 1$" "$T/pre" &&
	! grep -q "title" "$T/pre" && ! grep -q "$(printf "\033")" "$T/body" &&
	is "$(query "string(//section/@data-size)")" \
	    "$(stat -c %s "$state/public/logs/octo/demo/2/build.log")"
'

test_expect 'names and titles from outside stay text on every page' '
	evil="%3Cb%3E%26%22evil%22/x%27y" &&
	for p in "" runs $evil $evil/runs $evil/runs/1 \
	    $evil/runs/1/jobs/build; do
		page "$p" &&
		is "$(query "count(//script[not(@src)])")" 0 &&
		is "$(query "count(//img[@onerror])")" 0 &&
		is "$(query "count(//b)")" 0 &&
		! grep -q "$(printf "\342\200\256")" "$T/body" || return 1
	done
'

test_expect 'no page needs anything inline, or from elsewhere' '
	for p in "" runs octo octo/demo octo/demo/runs/5/jobs/build; do
		page "$p" &&
		is "$(query "count(//@style|//style|//@onclick)")" 0 &&
		header content-security-policy | grep -q "default-src .none." &&
		is "$(header x-content-type-options)" nosniff &&
		is "$(header referrer-policy)" same-origin || return 1
	done
'

test_expect 'a page under way loads itself again without script; others not' '
	page octo/demo/runs/5 &&
	is "$(query "count(//noscript/meta[@http-equiv=\"refresh\"])")" 1 &&
	is "$(query "string(//@data-live)")" yes &&
	page octo/demo/runs/2 &&
	is "$(query "count(//noscript/meta)")" 0 &&
	is "$(query "string(//@data-live)")" no
'

test_expect 'an unchanged page is 304' '
	page octo/demo/runs/3 &&
	is "$(web_status -H "If-None-Match: $(header etag)" \
	    "$base_url/octo/demo/runs/3")" 304 &&
	is "$(stat -c %s "$T/body")" 0
'

test_expect 'what is not there is 404, as a page' '
	for p in nobody/nothing octo/demo/runs/99 octo/demo/runs/x \
	    octo/demo/runs/2/jobs/nope a/b/c octo/demo/runs/-1; do
		is "$(web_status "$base_url/$p")" 404 &&
		query "string(//h1)" | grep -q "404 Not Found" || return 1
	done &&
	is "$(web_status "$base_url/nobody")" 404 &&
	is "$(web_status -X POST "$base_url/octo/demo")" 405 &&
	is "$(header allow)" "GET, HEAD"
'

test_expect 'HEAD has the headers and no body' '
	is "$(web_status -I "$base_url/octo/demo")" 200 &&
	[ "$(header content-length)" -gt 1000 ]
'

test_expect 'the page of a job is quick and small with 200 MB of log' '
	truncate -s 200M "$state/public/logs/octo/demo/2/build.log" &&
	printf "\nthe end\n" >>"$state/public/logs/octo/demo/2/build.log" &&
	page octo/demo/runs/2/jobs/build &&
	[ "$(stat -c %s "$T/body")" -lt 400000 ] &&
	query "string(//section[@id=\"log\"])" | grep -q "the end" &&
	is "$(query "count(//span[@class=\"cut\"])")" 1 &&
	rss=$(awk "/VmHWM/ { print \$2 }" "/proc/$web_pid/status") &&
	[ "$rss" -lt 30000 ]
'

test_expect 'lists come in pages' '
	"$builddir/t/lib/web-seed" "$config" many 70 &&
	page octo/demo/runs &&
	is "$(query "count(//ol[contains(@class,\"runs\")]/li)")" 30 &&
	next=$(query "string(//a[@rel=\"next\"]/@href)") &&
	is "$(web_status "${base_url%/ci}$next")" 200 &&
	is "$(query "count(//ol[contains(@class,\"runs\")]/li)")" 30 &&
	next=$(query "string(//a[@rel=\"next\"]/@href)") &&
	is "$(web_status "${base_url%/ci}$next")" 200 &&
	is "$(query "count(//ol[contains(@class,\"runs\")]/li)")" 16 &&
	is "$(query "count(//a[@rel=\"next\"])")" 0
'

test_expect 'charts have the numbers of the API, and of the database' '
	sum="//dl[@class=\"sums\"]/div" &&
	page "insights?period=7d" &&
	query "string($sum[dt=\"Runs\"]/dd)" >"$T/total" &&
	query "string($sum[dt=\"Failed\"]/dd)" >"$T/failed" &&
	is "$(query "count(//figure//*[local-name()=\"svg\"])")" 3 &&
	is "$(query "sum((//table)[1]/tbody/tr/td[2])")" "$(cat "$T/total")" &&
	is "$(web_status "$base_url/api/v1/metrics/summary?period=7d")" 200 &&
	is "$(jq .summary.total_executions "$T/body")" "$(cat "$T/total")" &&
	is "$(jq .summary.error_count "$T/body")" "$(cat "$T/failed")" &&
	is "$(sqlite3 "$state/pawl.db" "SELECT count(*) FROM runs
		WHERE state IN (\"succeeded\", \"failed\", \"cancelled\")")" \
		"$(cat "$T/total")" &&
	is "$(web_status "$base_url/insights?period=1y")" 400
'

test_expect 'the API says the same as JSON' '
	is "$(web_status "$base_url/api/v1/repos")" 200 &&
	is "$(jq -r ".repos | map(.name) | join(\" \")" "$T/body")" \
	    "x'"'"'y demo quiet" &&
	is "$(web_status "$base_url/api/v1/repos/octo/demo/runs/2")" 200 &&
	is "$(jq -r ".jobs[0].steps[1].exit_code" "$T/body")" 2 &&
	is "$(jq -r .url "$T/body")" "$base_url/octo/demo/runs/2" &&
	is "$(jq -r ".jobs[0].log_url" "$T/body")" \
	    "$base_url/logs/octo/demo/2/build.log" &&
	is "$(web_status "$base_url/api/v1/repos/octo/nope")" 404 &&
	is "$(header content-type)" application/problem+json &&
	is "$(web_status "$base_url/api/v1/runs?limit=0")" 400 &&
	is "$(web_status "$base_url/api/v1/runs?limit=2")" 200 &&
	is "$(jq ".runs | length" "$T/body")" 2 &&
	next=$(jq -r .next "$T/body") &&
	header link | grep -qF "<$next>; rel=\"next\"" &&
	first=$(jq ".runs[1].id" "$T/body") &&
	is "$(web_status "$next")" 200 &&
	[ "$(jq ".runs[0].id" "$T/body")" -lt "$first" ]
'

test_expect 'health is told by the handler, and by the database' '
	is "$(web_status "$base_url/healthz")" 200 &&
	is "$(cat "$T/body")" ok &&
	is "$(web_status "$base_url/readyz")" 200 &&
	is "$(jq -r .database "$T/body")" ok
'

# The same binaries as plain CGI: fcgiwrap behind the same nginx.
cgi_start()
{
	local name
	for name in hook api web; do
		printf '#!/bin/sh\nexec "%s" --config "%s"\n' \
		    "$PAWL_LIBEXEC_DIR/pawl-$name" "$config" >"$T/$name.cgi"
		chmod 755 "$T/$name.cgi"
		spawn-fcgi -n -M 0666 -s "$T/$name.cgi.sock" -- \
		    "$(command -v fcgiwrap)" -f 2>>"$T/cgi.log" >&2 &
		at_end stop_pid "$!"
		wait_for 10 test -S "$T/$name.cgi.sock" || return 1
		sed -i "s|unix:$run/$name.sock|unix:$T/$name.cgi.sock|
		    s|@$name@|$T/$name.cgi|" "$T/nginx/pawl.conf"
	done
	sed -i "s|fastcgi_pass unix:$T/\(.*\).cgi.sock;|fastcgi_pass \
unix:$T/\1.cgi.sock; set \$pawl_script $T/\1.cgi;|
	    s|fastcgi_param GATEWAY_INTERFACE.*|&\nfastcgi_param \
SCRIPT_FILENAME \$pawl_script;|" "$T/nginx/pawl.conf"
	nginx_reload
}

for path in octo/demo/runs/3 api/v1/repos nobody/nothing healthz \
    octo/demo?before=x octo/demo/runs/2/jobs/build; do
	web_status "$base_url/$path" >"$T/fcgi.$(echo "$path" | tr / _).status"
	grep -v correlation "$T/body" | grep -v '[0-9a-f]\{32\}' \
	    >"$T/fcgi.$(echo "$path" | tr / _)"
done
stop_pid "$web_pid"
stop_pid "$api_pid"

test_expect 'plain CGI answers the same' '
	cgi_start &&
	up() { is "$(web_status "$base_url/healthz")" 200; } &&
	wait_for 10 up &&
	for path in octo/demo/runs/3 api/v1/repos nobody/nothing healthz \
	    octo/demo?before=x octo/demo/runs/2/jobs/build; do
		at=$T/fcgi.$(echo "$path" | tr / _)
		is "$(web_status "$base_url/$path")" "$(cat "$at.status")" ||
		    { echo "$path"; return 1; }
		grep -v correlation "$T/body" | grep -v "[0-9a-f]\{32\}" |
		    sed "s/[0-9]* min ago/just now/" >"$T/cgi"
		sed -i "s/[0-9]* min ago/just now/" "$at"
		test_cmp "$at" "$T/cgi" || return 1
	done
'

test_expect 'plain CGI takes a webhook, and refuses one' '
	printf "{\"zen\":\"x\"}" >"$T/ping" &&
	hook() {
		web_status -X POST -H "Content-Type: application/json" \
		    -H "X-GitHub-Event: ping" -H "X-GitHub-Delivery: 1" \
		    -H "X-Hub-Signature-256: sha256=$1" \
		    --data-binary "@$T/ping" "$base_url/hook/github"
	} &&
	is "$(hook "$(sign "$T/ping")")" 200 &&
	is "$(hook "$(printf %064d 1)")" 403 &&
	is "$(header content-type)" application/problem+json
'

test_expect 'plain CGI without a configuration says so, and not more' '
	mv "$config" "$config.away" &&
	is "$(web_status "$base_url/octo/demo")" 500 &&
	grep -q "configuration of Pawl" "$T/body" &&
	! grep -q "$T" "$T/body" && mv "$config.away" "$config"
'

test_done

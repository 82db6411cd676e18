#!/bin/bash
# feeds.t - badges, feeds and status that programs and READMEs read: plain files
# with every handler down, other looks with one.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill &&
    "$builddir/t/lib/web-seed" "$config" render || bail 'no database'
nginx_conf && nginx_start || bail "no nginx: $(cat "$T/nginx/error.log")"

status=$base_url/status/octo/demo
badge=$base_url/badge/octo/demo.svg

# get ADDRESS TYPE - a well-formed answer that is asked for again.
get()
{
	is "$(web_status "$1")" 200 && is "$(header content-type)" "$2" &&
	is "$(header cache-control)" no-cache &&
	is "$(web_status -H "If-None-Match: $(header etag)" "$1")" 304 &&
	web_status "$1" >/dev/null
}

# query XPATH - of the last answer, as text; names without name spaces.
query()
{
	xmllint --noout "$T/body" || return 1
	sed "s/ xmlns=\"[^\"]*\"//" "$T/body" | xmllint --xpath "$1" -
}

all_feeds_are_xml()
{
	local file n=0
	while read -r file; do
		xmllint --noout "$file" || return 1
		n=$((n + 1))
	done < <(find "$state/private/status" "$state/public/feeds" \
	    -name '*.xml' -o -name '*.atom')
	[ "$n" -ge 7 ]
}

test_expect 'each workflow of the default branch is a project of cc.xml' '
	get "$status/cc.xml" "application/xml" &&
	is "$(query "count(/Projects/Project)")" 1 &&
	is "$(query "string(//Project/@name)")" "octo/demo CI" &&
	is "$(query "string(//Project/@activity)")" Building &&
	is "$(query "string(//Project/@lastBuildStatus)")" Success &&
	query "string(//Project/@lastBuildTime)" |
	    grep -Eqx "20[0-9-]{8}T[0-9:.]+Z" &&
	is "$(query "string(//Project/@webUrl)")" \
	    "$base_url/octo/demo/runs/$(query \
	    "string(//Project/@lastBuildLabel)")"
'

test_expect 'one cc.xml has all public repositories' '
	get "$base_url/cc.xml" "application/xml" &&
	[ "$(query "count(/Projects/Project)")" -ge 1 ] &&
	query "//Project/@name" | grep -q "octo/demo"
'

test_expect 'names of any kind leave feeds what they are' '
	all_feeds_are_xml
'

test_expect 'feed.atom is what RFC 4287 asks for' '
	get "$status/feed.atom" "application/atom+xml" &&
	grep -q "<feed xmlns=\"http://www.w3.org/2005/Atom\">" "$T/body" &&
	n=$(query "count(//entry)") && [ "$n" -ge 2 ] &&
	for one in id title updated "author/name" \
	    "link[@rel=\"alternate\"]/@href"; do
		is "$(query "count(//entry/$one)")" "$n" || return 1
	done &&
	is "$(query "count(/feed/id)")$(query "count(/feed/title)")$(query \
	    "count(/feed/updated)")" 111 &&
	is "$(query "string(/feed/link[@rel=\"self\"]/@href)")" \
	    "$status/feed.atom" &&
	is "$(query "//entry/id/text()" | sort | uniq -d)" "" &&
	! query "//updated/text()" |
	    grep -Evx "20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z" &&
	is "$(query "string(/feed/updated)")" "$(query \
	    "//entry/updated/text()" | sort | tail -n 1)"
'

test_expect 'entries keep their ids when they are written again' '
	cp "$T/body" "$T/before" &&
	"$builddir/t/lib/web-seed" "$config" many 1 &&
	"$builddir/t/lib/web-seed" "$config" render &&
	get "$status/feed.atom" "application/atom+xml" &&
	grep -o "<id>[^<]*" "$T/before" | sort >"$T/old" &&
	grep -o "<id>[^<]*" "$T/body" | sort >"$T/new" &&
	is "$(comm -23 "$T/old" "$T/new")" "" &&
	is "$(comm -13 "$T/old" "$T/new" | wc -l)" 1
'

test_expect 'a feed that says the same as before is not written' '
	ls -i "$state/private/status/octo/demo/cc.xml" \
	    "$state/public/feeds/cc.xml" >"$T/before" &&
	"$builddir/t/lib/web-seed" "$config" render &&
	ls -i "$state/private/status/octo/demo/cc.xml" \
	    "$state/public/feeds/cc.xml" | cmp - "$T/before"
'

test_expect 'a workflow has a badge and a status of its own' '
	get "$base_url/badges/octo/demo/~workflow/~2Eci.yml/v1.0.0.svg" \
	    image/svg+xml && grep -q "build: passing" "$T/body" &&
	get "$status/~workflow/~2Eci.yml/v1.0.0.json" application/json &&
	is "$(jq -r .state "$T/body")" succeeded &&
	get "$status/v1.0.0.json" application/json
'

test_expect 'with no handler a drawn badge is "unknown", not broken' '
	is "$(web_status "$badge?style=plastic")" 200 &&
	grep -q "build: unknown" "$T/body"
'

handler_start web || bail 'no handler'

test_expect 'a badge comes in the look and with the label that is asked for' '
	for style in flat flat-square plastic for-the-badge social; do
		is "$(web_status "$badge?branch=v1.0.0&style=$style")" 200 &&
		is "$(header content-type)" image/svg+xml &&
		is "$(header cache-control)" no-cache &&
		is "$(header access-control-allow-origin)" "*" &&
		is "$(header cross-origin-resource-policy)" cross-origin &&
		is "$(web_status -H "If-None-Match: $(header etag)" \
		    "$badge?branch=v1.0.0&style=$style")" 304 &&
		web_status "$badge?branch=v1.0.0&style=$style" >/dev/null &&
		xmllint --noout "$T/body" &&
		grep -qi "build: passing" "$T/body" || return 1
	done &&
	web_status "$badge?branch=v1.0.0&label=%3Cb%3E%22tests" >/dev/null &&
	xmllint --noout "$T/body" &&
	grep -q "&lt;b&gt;&quot;tests: passing" "$T/body" &&
	is "$(web_status \
	    "${badge%.svg}.json?branch=v1.0.0&style=social&label=x")" 200 &&
	is "$(jq -r "\"\(.label) \(.message) \(.style)\"" "$T/body")" \
	    "x passing social"
'

test_expect 'and of a workflow, a job or a tag' '
	web_status "$badge?tag=v1.0.0" -L >/dev/null &&
	grep -q "build: passing" "$T/body" &&
	web_status "$badge?tag=v1.0.0&workflow=.ci.yml" >/dev/null &&
	grep -q "build: passing" "$T/body" &&
	web_status "$badge?tag=v1.0.0&workflow=other.yml" >/dev/null &&
	grep -q "build: unknown" "$T/body" &&
	web_status "$badge?branch=feature/log-view&job=build" >/dev/null &&
	grep -q "build: failing" "$T/body" &&
	web_status "$badge?branch=feature/log-view&job=nope" >/dev/null &&
	grep -q "build: unknown" "$T/body"
'

test_expect 'an odd look, branch or repository is drawn all the same' '
	for at in "demo.svg?style=none" "demo.svg?style=social&branch=nope" \
	    "nope.svg?style=flat" "demo.svg?style=flat&branch=%FF" \
	    "demo.svg?label=%00&job=%C3%A9"; do
		is "$(web_status "$base_url/badge/octo/$at")" 200 &&
		is "$(header content-type)" image/svg+xml &&
		xmllint --noout "$T/body" || return 1
	done
'

test_expect 'a private repository is in no feed and on no badge' '
	pawl repo set octo/demo --private >/dev/null &&
	web_status "$base_url/cc.xml" >/dev/null &&
	! grep -q octo/demo "$T/body" && xmllint --noout "$T/body" &&
	is "$(web_status "$status/cc.xml")" 404 &&
	is "$(web_status "$status/feed.atom")" 404 &&
	is "$(web_status "$badge?style=social")" 200 &&
	grep -q "unknown" "$T/body" &&
	token=$(pawl token add --role reader --repo octo/demo badges) &&
	web_status -H "Authorization: Bearer $token" \
	    "$badge?style=social&branch=v1.0.0" >/dev/null &&
	grep -q "passing" "$T/body" &&
	header cache-control | grep -q private
'

test_done

#!/bin/bash
# web-docs.t - doc/api.md names every address and every code, and no other.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

# Paths of a program's table, which are literals and macros of such.
routes()
{
	awk -F '[, ]+' '
	function text(from, to,    i, all) {
		for (i = from; i <= to; i++)
			all = all ($i in macro ? macro[$i] : $i)
		gsub(/"/, "", all)
		return all
	}
	/^#define [A-Z]+ .*"$/ { macro[$2] = text(3, NF) }
	/^\t\{ METHOD_/ {
		for (end = 3; end < NF; end++)
			if ($end ~ /^(ACCESS_|WEBHOOK)/)
				break
		if (text(3, end - 1) != "")
			print text(3, end - 1)
	}' "$srcdir/cgi/$1.c" | sort
}

# The tables of the API, out of its own description.
api_tables()
{
	printf 'base-url: http://127.0.0.1\nstate-dir: %s\n' "$T" >"$T/conf"
	PAWL_CONFIG=$T/conf GATEWAY_INTERFACE=CGI/1.1 REQUEST_METHOD=GET \
	    REQUEST_URI=/api/v1/openapi.json \
	    "$builddir/libexec/pawl-api" </dev/null >"$T/openapi" || return 1
	sed '1,/^\r$/d' "$T/openapi" | jq -r -f "$srcdir/t/lib/api_doc.jq"
}

# update FILE - put the tables into the document.
update()
{
	awk -v tables="$1" '
	/^<!-- routes end/ { skip = 0 }
	!skip { print }
	/^<!-- Made of the table/ {
		print ""
		while ((getline line <tables) > 0)
			print line
		print ""
		skip = 1
	}' "$srcdir/doc/api.md" >"$T/new" && cp "$T/new" "$srcdir/doc/api.md"
}

api_tables >"$T/want" || bail "no description: $(cat "$T/openapi")"
[ -z "${PAWL_TEST_UPDATE:-}" ] || update "$T/want"

test_expect 'every address of the API is described, as the table has it' '
	[ -s "$T/want" ] &&
	sed -n "/^<!-- Made of/,/^<!-- routes end/p" "$srcdir/doc/api.md" |
	    sed "1,2d" | head -n -2 >"$T/got" && test_cmp "$T/want" "$T/got"
'

test_expect 'every address of a webhook is described' '
	for route in $(routes hook); do
		grep -qF "$route" "$srcdir/doc/api.md" || {
			echo "$route"; return 1; }
	done
'

test_expect 'every code of a refusal is described' '
	{
		grep -ohE "deny\(h, [0-9]+, \"[a-z-]+\"" \
		    "$srcdir"/cgi/hook_check.c
		grep -ohE "refuse\(s, req, res, [0-9]+, \"[a-z-]+\"" \
		    "$srcdir"/lib/web/serve.c
		grep -ohE "denial_set\(no, [0-9]+, \"[a-z-]+\"" \
		    "$srcdir"/lib/web/*.c
		grep -ohE "\"signature-[a-z]+\"" "$srcdir"/cgi/hook_check.c
		grep -ohE "\"inbox-[a-z]+\" :" "$srcdir"/cgi/hook_keep.c |
			tr -d " :"
		grep -hE "\"code\"" "$srcdir"/htdocs/problem/*.json
	} | grep -oE "\"[a-z-]+\",?$" | tr -d "\"," | sort -u |
	    grep -vx not-found >"$T/want" &&
	printf "%s\n" crashed payload >>"$T/want" && sort -u -o "$T/want" "$T/want" &&
	sed -n "s/^| [0-9, ]* | \(.*\) | .*/\1/p" "$srcdir/doc/api.md" |
	    grep -oE "\`[a-z-]+\`" | tr -d "\`" | sort -u >"$T/got" &&
	test_cmp "$T/want" "$T/got"
'

test_done

#!/bin/bash
# api.t - the contract of the API: what openapi.json says is what is answered,
# on every route, good and bad, through a real nginx; nonsense never breaks it.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/nginx.sh"

web_setup /ci 'api-origins: ["https://board.example"]' || bail 'no set-up'
"$builddir/t/lib/web-seed" "$config" fill >"$T/seed.out" 2>&1 ||
	bail "$(cat "$T/seed.out")"
token_of()
{
	pawl token add "$1" --role "$1" 2>/dev/null | tail -n 1
}
admin=$(token_of admin) && reader=$(token_of reader) || bail 'no tokens'
web_start --no-limits || bail "no nginx: $(cat "$T"/*.log "$T"/nginx/error.log)"

# It prints the plan, too.
node "$srcdir/t/lib/api_contract.mjs" "$base_url" "$admin" "$reader" \
	"$srcdir/t/lib/api_cases.json" "$state/pawl.db" 7 "${PAWL_TEST_NONSENSE:-800}"

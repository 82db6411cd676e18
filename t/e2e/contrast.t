#!/bin/bash
# contrast.t - the colours of the style sheet that stand on each other differ
# enough for every reader, in light and in dark: 4.5 to 1 for text, 3 to 1 for
# edges and marks (WCAG 2.2, 1.4.3 and 1.4.11).
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

css=$srcdir/htdocs/pawl.css

# Lines "NAME LIGHT DARK" of all variables, those that name another resolved.
awk '
/^\t--[a-z0-9-]+: light-dark\(#[0-9a-f]+, #[0-9a-f]+\);/ {
	gsub(/[:,();]/, " ")
	light[$1] = $3; dark[$1] = $4
}
/^\t--[a-z0-9-]+: var\(--[a-z0-9-]+\);/ {
	gsub(/[:();]/, " ")
	light[$1] = light[$3]; dark[$1] = dark[$3]
}
END { for (n in light) print substr(n, 3), light[n], dark[n] }
' "$css" >"$T/colours"

# contrast FLOOR FOREGROUNDS BACKGROUNDS - all pairs, in both schemes.
contrast()
{
	awk -v floor="$1" -v over="$2" -v under="$3" '
	function part(hex, at,    v) {
		v = (index(digits, substr(hex, at, 1)) - 1) * 16
		v = (v + index(digits, substr(hex, at + 1, 1)) - 1) / 255
		return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ^ 2.4
	}
	function light(hex) {
		return 0.2126 * part(hex, 2) + 0.7152 * part(hex, 4) \
		    + 0.0722 * part(hex, 6)
	}
	function ratio(a, b,    x, y) {
		x = light(a); y = light(b)
		return x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05)
	}
	BEGIN { digits = "0123456789abcdef" }
	{ colour[$1, 1] = $2; colour[$1, 2] = $3 }
	END {
		n = split(over, fore, " "); m = split(under, back, " ")
		for (i = 1; i <= n; i++) for (k = 1; k <= m; k++)
			for (s = 1; s <= 2; s++) {
				a = colour[fore[i], s]; b = colour[back[k], s]
				if (a == "" || b == "") {
					print fore[i] " or " back[k] \
					    " is no colour"
					bad = 1
				} else if (ratio(a, b) < floor) {
					printf "%s on %s, %s: %.2f\n", fore[i],
					    back[k], s == 1 ? "light" : "dark",
					    ratio(a, b)
					bad = 1
				}
			}
		exit bad
	}' "$T/colours"
}

test_expect 'the contrast of known pairs comes out right' '
	cp "$T/colours" "$T/all" &&
	printf "%s\n" "black #000000 #777777" "white #ffffff #ffffff" \
		>"$T/colours" &&
	contrast 20.9 black white >"$T/said"; cp "$T/all" "$T/colours" &&
	is "$(cat "$T/said")" "black on white, dark: 4.48"
'

test_expect 'text can be read wherever it stands' '
	contrast 4.5 "text quiet link accent" "bg panel hover" &&
	contrast 4.5 text "ok-bg bad-bg run-bg wait-bg accent-bg" &&
	contrast 4.5 on-accent accent
'

test_expect 'and so can the words of states' '
	contrast 4.5 "ok bad run wait none" "bg panel" &&
	contrast 4.5 ok ok-bg && contrast 4.5 bad bad-bg &&
	contrast 4.5 run run-bg && contrast 4.5 wait wait-bg &&
	contrast 4.5 accent accent-bg
'

test_expect 'and logs, in every colour of a terminal' '
	contrast 4.5 "log-text c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 c10 c11 c12 c13 \
		c14 c15" log-bg
'

test_expect 'edges of fields and marks of the focus are seen' '
	contrast 3 "edge focus" "bg panel"
'

test_expect 'the page that stands in for all others may use its own style' '
	awk "/<\/style>/ { exit } found { print } /<style>/ { found = 1 }" \
		"$srcdir/htdocs/down.html" >"$T/lines" &&
	{ printf "\n"; cat "$T/lines"; } >"$T/style" &&
	hash=$(openssl dgst -sha256 -binary "$T/style" | base64) &&
	grep -qF "sha256-$hash" "$srcdir/nginx/pawl.conf.in"
'

test_done

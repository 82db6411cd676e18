#!/bin/bash
# pages.t - the pages of the documentation: what they show is what is printed,
# their pipelines have no mistakes, and their links lead somewhere.
#
# PAWL_TEST_UPDATE=1 writes what is printed into the pages.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

mapfile -t pages < <(cd "$srcdir" && find . -name '*.md' \
	-not -path './.check/*' -not -path './.git/*' | sort)

# anchors FILE - the names of its headings, as forges make them.
anchors()
{
	sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' |
		sed 's/[^a-z0-9 _-]//g; s/ /-/g'
}

# link_is_good PAGE LINK - it is another site's, or a file and heading of ours.
link_is_good()
{
	local file=${2%%#*} anchor=""
	case $2 in
	*://* | mailto:*) return 0 ;;
	*'#'*) anchor=${2#*#} ;;
	esac
	if [ -n "$file" ]; then
		file=$(dirname "$1")/$file
	else
		file=$1
	fi
	[ -e "$file" ] || return 1
	[ -z "$anchor" ] || anchors "$file" | grep -qx -e "$anchor"
}

# links PAGE - what stands in [...](...), outside of blocks.
links()
{
	sed '/^```/,/^```/d' "$1" | grep -oE '\]\([^)]+\)' |
		sed 's/^](//; s/)$//; s/ .*//'
}

broken_links()
{
	local page link
	for page in "${pages[@]}"; do
		while read -r link; do
			link_is_good "$srcdir/$page" "$link" ||
				echo "$page: $link"
		done < <(links "$srcdir/$page")
	done
}

test_expect 'a link that leads nowhere is found' '
	printf "# A page\n\n[a](x.md) [b](#a-page) [c](#b-page) [d](p.md#a-page)\n" \
		>p.md &&
	link_is_good p.md "#a-page" && link_is_good p.md p.md#a-page &&
	! link_is_good p.md x.md && ! link_is_good p.md "#b-page" &&
	is "$(links p.md | wc -l)" 4
'

test_expect 'all links of all pages lead somewhere' '
	[ "${#pages[@]}" -gt 10 ] && is "$(broken_links)" ""
'

# What commands print, on the pages that show it.
for page in doc/expressions.md doc/pipeline.md; do
	test_expect "$page shows what is printed" '
		mkdir -p "work/$page" && cd "work/$page" &&
		"$srcdir/t/lib/page" <"$srcdir/$page" >"$T/got.md" &&
		if [ -n "${PAWL_TEST_UPDATE:-}" ]; then
			cp "$T/got.md" "$srcdir/$page"
		fi
		cd "$T" && diff -u "$srcdir/$page" got.md
	'
done

# workflows PAGE FOLDER - each of its blocks that is a workflow, as a file;
# one without "on" has a push.
workflows()
{
	mkdir -p "$2" && awk -v folder="$2" '
		/^```yaml$/ { text = ""; inside = 1; next }
		/^```$/ && inside {
			inside = 0
			if (text ~ /(^|\n)jobs:/)
				printf "%s", text >folder "/" ++n ".yml"
			next
		}
		inside { text = text $0 "\n" }' "$1"
}

test_expect 'the pipelines of the reference have no mistakes' '
	workflows "$srcdir/doc/pipeline.md" blocks &&
	[ "$(ls blocks | wc -l)" -gt 10 ] &&
	grep -L githb blocks/*.yml | xargs pawl lint >out 2>err &&
	is "$(cat out)" "" && grep -q " 0 errors, 0 warnings" err
'

test_done

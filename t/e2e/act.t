#!/bin/bash
# act.t - workflows that another runner is tested with end as they do there.
#
# The folder is not part of the sources: $PAWL_CORPUS, else ../shared/corpus
# beside them. Its index says which event starts a workflow, and whether the
# run succeeds. What a workflow asks for that is not on every machine is read
# from its text; t/corpus/act.skip has the cases that are not ours, with the
# reason.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

act=${PAWL_CORPUS:-$srcdir/../shared/corpus}/act
if [ ! -r "$act/index.json" ]; then
	printf '1..0 # SKIP there is no %s\n' "$act/index.json"
	exit 0
fi

# needs FILE - what it asks for that comes from outside, by its keys. A line of
# a script that looks like one is taken for it: then it is told, not run.
needs()
{
	local key="^[[:space:]]*(-[[:space:]]+)?[\"']?"
	grep -qE "${key}uses[\"']?:[[:space:]]*[\"']?[^.\"'[:space:]]" "$1" &&
		echo "actions or workflows of others"
	grep -qE "${key}container[\"']?:" "$1" && echo "an image"
	grep -qE "${key}services[\"']?:" "$1" && echo "services"
	return 0
}

# skip_reason DIR
skip_reason()
{
	awk -v name="$1: " 'index($0, name) == 1 {
		print substr($0, length(name) + 1)
	}' "$srcdir/t/corpus/act.skip"
}

# ends DIR FILE EVENT SUCCEEDS - it runs, and ends as it should; where nobody
# knows how, as one that was run.
ends()
{
	local code=0 options=(--event "$3")
	[ ! -e "$act/$1/event.json" ] ||
		options+=(--payload "$act/$1/event.json")
	timeout 120 pawl run "${options[@]}" "$act/$1/$2" >out 2>err || code=$?
	cat out err
	echo "exit code $code"
	case $4 in
	true) [ "$code" -eq 0 ] ;;
	false) [ "$code" -eq 1 ] && grep -q "^==> .* failed" out ;;
	*) [ "$code" -le 1 ] && grep -q "^==> " out ;;
	esac
}

jq -r '.[] | . as $case | .workflows[] |
	[$case.dir, ., $case.event // "push", $case.succeeds | tostring] |
	@tsv' "$act/index.json" >cases ||
	bail "$act/index.json cannot be read"

ran=0
while IFS=$'\t' read -r dir file event succeeds; do
	# What cannot be run here says so, in CI too.
	why=$(needs "$act/$dir/$file" | paste -sd ';')
	if [ -n "$why" ]; then
		test_expect "$dir/$file is not run: it needs $why" true
		continue
	fi
	why=$(skip_reason "$dir")
	if [ -n "$why" ]; then
		test_expect "$dir/$file is not run: $why" true
		continue
	fi
	ran=$((ran + 1))
	test_expect "$dir/$file ends as it should ($succeeds)" \
		'ends "$dir" "$file" "$event" "$succeeds"'
done <cases
test_expect 'something of it was run' '[ "$ran" -gt 0 ]'

# --- what is asked for is found ------------------------------------------------

test_expect 'needs are found by their keys, also where they stand oddly' '
	cat >odd.yml <<END &&
jobs:
  a:
    "services": {db: {image: x}}
    container:
      image: y
    steps:
      - uses: "actions/checkout@v4"
END
	is "$(needs odd.yml | wc -l)" 3 &&
	printf "steps:\n  - uses: ./here\n  - run: echo uses\n" >own.yml &&
	is "$(needs own.yml)" ""
'

test_done

#!/bin/bash
# seed.sh TARGET DIR - copy what a fuzz target starts from into DIR: the cases
# stored in t/data/fuzz, our own language cases and, where it is there, the data
# of other projects that PAWL_CORPUS names.
#
# t/data/fuzz/TARGET holds seeds that were written or that found something;
# t/data/fuzz/TARGET.seeds, one in base64 a line, the fewest that together reach
# what ten minutes of fuzzing reached:
#
#	t/fuzz/TARGET -set_cover_merge=1 -max_len=120 NEW FOUND
#	for f in NEW/*; do base64 -w 0 "$f"; echo; done >TARGET.seeds
#
# SPDX-License-Identifier: ISC
set -eu

target=$1 dir=$2
here=$(cd "$(dirname "$0")/../.." && pwd -P)
corpus=${PAWL_CORPUS:-$here/../shared/corpus}

# one NAME - standard input as a seed, unless it is longer than is tried
one()
{
	head -c 16384 >"$dir/corpus-$1"
}

# each FILTER FILE... - every text that jq's filter gives, as a seed; "@0" in
# it becomes the NUL that divides the parts of an input
each()
{
	local filter=$1 n=0 text
	shift
	while IFS= read -r text; do
		printf '%s' "$text" | base64 -d | sed 's/@0/\x00/' |
			one "$n-$(basename "$1")"
		n=$((n + 1))
	done < <(jq -r "$filter | @base64" "$@")
}

# What stands behind a workflow for the planner: an event and its dice.
facts()
{
	[ "$target" != planner ] || printf '\0%s' '{"ref":"refs/heads/main",
"action":"opened","commits":[{"modified":["a/b.c"]}],"list":"[1,2]"}'
}

# Payloads of events behind the byte that says which (t/fuzz/event.c).
payloads()
{
	local file n
	while IFS= read -r file; do
		case $file in
		*push*) n=0 ;; *pull_request*) n=1 ;; *create*) n=2 ;;
		*delete*) n=3 ;; *dispatch*) n=6 ;; *) n=7 ;;
		esac
		{ printf %b "\\0$n"; jq -c . "$corpus/$file"; } |
			one "${file//\//-}"
	done < <(cd "$corpus" && find webhooks/git* webhooks/forgejo \
		-name '*.json' -size -24k | sort)
}

# The same behind the two bytes of t/fuzz/forge.c: which forge, which event.
messages()
{
	local file forge word
	while IFS= read -r file; do
		case $file in
		github/*) forge=0 ;; gitlab/*) forge=1 ;; gitea/*) forge=2 ;;
		forgejo/*) forge=3 ;; bitbucket/*) forge=4 ;; *) forge=5 ;;
		esac
		case $file in
		bitbucket/*push* | *signed*) word=6 ;; bitbucket/*) word=7 ;;
		*-dc/*push* | *changed*) word=13 ;; *-dc/*) word=14 ;;
		*pull*) word=1 ;; *) word=0 ;;
		esac
		{ printf %b "\\0$forge\\0$word"; jq -c . "$corpus/webhooks/$file"; } |
			one "${file//\//-}"
	done < <(jq -r '.[].file' "$corpus/webhooks/index.json")
	printf '\6\0{"event":"push","ref":"refs/heads/m","after":"%040d"}' 1 |
		one generic
}

workflows()
{
	local file
	while IFS= read -r file; do
		{ cat "$corpus/$file"; facts; } | one "${file//\//-}"
	done < <(cd "$corpus" && find workflows actionlint act jobparser \
		-name '*.y*ml' -size -16k | sort)
	for file in "$corpus"/reader/*.yml; do
		{ awk '/^---\r?$/ { part++; next } part == 1' "$file"; facts; } |
			one "reader-$(basename "$file")"
	done
}

# Pipelines of our own tests and examples.
own()
{
	local file n=0
	case $target in
	yaml | reader | lint | planner) ;;
	*) return ;;
	esac
	for file in "$here"/t/data/{lint,pipeline,plan,plan/calls}/*.yml \
		"$here"/examples/*.yml; do
		{ cat "$file"; facts; } |
			one "own-$n-$(basename "$file")"
		n=$((n + 1))
	done
}

stored()
{
	local n=0 line file=$here/t/data/fuzz/$target.seeds
	[ ! -d "${file%.seeds}" ] || cp "${file%.seeds}"/* "$dir"
	[ -f "$file" ] || return 0
	while IFS= read -r line; do
		base64 -d <<<"$line" >"$dir/stored-$n"
		n=$((n + 1))
	done <"$file"
}

from_corpus()
{
	case $target in
	yaml) each '.[].yaml' "$corpus/yaml/cases.json"; workflows ;;
	reader | lint | planner) workflows ;;
	event) payloads ;;
	forge) messages ;;
	cron) each '.[].cron' "$corpus/cron/cases.json" ;;
	pattern) each '.[] | .patterns[] + "@0" + .inputs[]' \
		"$corpus/filter-patterns/cases.json" ;;
	expr)
		each '.[][] | .expr + "@0" + ((.contexts // {}) | tojson)' \
			"$corpus"/expressions/*.json
		split -l 1 -a 3 "$corpus/expressions/realworld.txt" \
			"$dir/corpus-realworld-" ;;
	esac
}

mkdir -p "$dir"
stored
own
[ ! -d "$corpus" ] || from_corpus

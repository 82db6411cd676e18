#!/bin/bash
# act.t - pipelines that others test their runners with end as they do there,
# on every engine alike: one matrix, a row for each pipeline, one result a row.
#
# The folder is not part of the sources: $PAWL_CORPUS, else ../shared/corpus
# beside them. act/index.json says which event starts a workflow, and whether
# the run succeeds; t/corpus/runs has more pipelines of that folder, and
# t/corpus/act.skip those that are not ours, with the reason. What a pipeline
# asks for that no machine has without the network is read from its text. Images
# are made here, from this host's own programs.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"
. "$srcdir/t/lib/engines.sh"
. "$srcdir/t/lib/userland.sh"

corpus=${PAWL_CORPUS:-$srcdir/../shared/corpus}
if [ ! -r "$corpus/act/index.json" ]; then
	printf '1..0 # SKIP there is no %s\n' "$corpus/act/index.json"
	exit 0
fi

# --- engines ---------------------------------------------------------------------

engines=sandbox

# engine_add NAME - one that runs, with images by the names that the pipelines
# write, made of what is here.
engine_add()
{
	local dir=$T/e-$1 socket=$T/e-$1/$1.sock
	mkdir -p "$dir" && at_end engines_stop "$dir"
	"$1_start" "$dir" && userland_load "$socket" &&
		busybox_load "$socket" alpine:latest &&
		busybox_load "$socket" postgres:12 pg_isready || return 1
	cat >"$1.yaml" <<-END
	base-url: http://127.0.0.1:9/ci
	state-dir: $T/state-$1
	engine: docker
	docker-socket: $socket
	default-image: userland
	END
	engines="$engines $1"
}

sed "s,^state-dir:.*,state-dir: $T/state-sandbox," "$PAWL_CONFIG" \
	>sandbox.yaml
printf '#!/bin/sh\nexit 0\n' >pg_isready && chmod 755 pg_isready
for name in docker podman; do
	if why=$(engine_missing "$name"); then
		test_skip "$name is there" "$why"
	else
		test_expect "$name is there" 'engine_add "$name"'
	fi
done

# What the pipelines find in their workspace: as much as templates ask for.
mkdir project && cd project || exit 1
printf '#!/bin/sh\ntrue\n' >configure && chmod 755 configure
printf 'all check distcheck install:\n\t@echo made $@\n' >Makefile
git init -q -b main && git add -A &&
	git -c user.name=Ada -c user.email=ada@example.org commit -qm one ||
	bail 'no project'
cd "$T" || exit 1

# --- cases ------------------------------------------------------------------------

ours='actions/(checkout|cache|upload-artifact|download-artifact)(/[a-z]+)?@'

# needs FILE ENGINE - what it asks for that comes from outside, by its keys. A
# line of a script that looks like one is taken for it: then it is told, not
# run.
needs()
{
	local key="^[[:space:]]*(-[[:space:]]+)?[\"']?"
	grep -E "${key}uses[\"']?:[[:space:]]*[\"']?[^.\"'[:space:]]" "$1" |
		grep -qvE "uses[\"']?:[[:space:]]*[\"']?$ours" &&
		echo "actions or workflows of others"
	[ "$2" = sandbox ] || return 0
	grep -qE "${key}container[\"']?:" "$1" && echo "an image"
	grep -qE "${key}services[\"']?:" "$1" && echo "services"
	return 0
}

# skip_reason FILE - below the corpus
skip_reason()
{
	awk -v name="${1#act/}" '/^[^#]/ { at = index($0, ": ")
		if (index(name, substr($0, 1, at - 1)) == 1)
			print substr($0, at + 2) }' "$srcdir/t/corpus/act.skip"
}

# ends ENGINE FILE EVENT SUCCEEDS [OPTION...] - it runs, and ends as it should;
# where nobody knows how, as one that was run.
ends()
{
	local engine=$1 file=$2 event=$3 succeeds=$4 code=0
	shift 4
	cd "$T/project" || return 1
	timeout 180 pawl run --config "$T/$engine.yaml" --event "$event" \
		"$@" "$corpus/$file" >"../$engine.out" 2>&1 || code=$?
	echo "exit code $code" >>"../$engine.out"
	case $succeeds in
	true) [ "$code" -eq 0 ] ;;
	false) [ "$code" -eq 1 ] &&
		grep -q "^==> .* failed" "../$engine.out" ;;
	*) [ "$code" -le 1 ] && grep -q "^==> " "../$engine.out" ;;
	esac
}

# row FILE EVENT SUCCEEDS [OPTION...] - all engines at once; they agree.
row()
{
	local engine why cell line="" rc=0 running=()
	for engine in $engines; do
		why=$(needs "$corpus/$1" "$engine" | paste -sd ';')
		if [ -n "$why" ]; then
			echo "$why" >"$engine.cell"
		else
			(ends "$engine" "$@" && echo right ||
				echo WRONG) >"$engine.cell" &
			running+=($!)
		fi
	done
	[ ${#running[@]} -eq 0 ] || wait "${running[@]}"
	for engine in $engines; do
		cell=$(cat "$engine.cell")
		case $cell in
		right) right=$((right + 1)) ;;
		WRONG) rc=1 && cat "$engine.out" ;;
		*) skipped=$((skipped + 1)) && cell="needs $cell" ;;
		esac
		line="$line | $cell"
	done
	printf '%s%s\n' "$1 ($2, $3)" "$line" >>table
	return "$rc"
}

{
	jq -r '.[] | . as $case | .workflows[] | ["act/\($case.dir)/\(.)",
		$case.event // "push", $case.succeeds | tostring] | @tsv' \
		"$corpus/act/index.json" &&
	grep -v '^#' "$srcdir/t/corpus/runs" | tr -s '\t'
} >cases || bail "$corpus/act/index.json cannot be read"

right=0
skipped=0
while IFS=$'\t' read -r file event succeeds options; do
	why=$(skip_reason "$file")
	if [ -n "$why" ]; then
		test_expect "$file is not run: $why" true
		continue
	fi
	read -ra words <<<"${options:-}"
	[ ! -e "$corpus/$(dirname "$file")/event.json" ] || words+=(--payload
		"$corpus/$(dirname "$file")/event.json")
	test_expect "$file ends as it should ($succeeds) on: $engines" \
		'row "$file" "$event" "$succeeds" "${words[@]}"'
done <cases

note "pipeline | ${engines// / | }"
note "$(cat table)"
note "$right runs ended as they should, $skipped were not possible"
test_expect 'something of it was run on each engine' '
	[ "$right" -gt "$(wc -w <<<"$engines")" ]
'

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
      - uses: "others/action@v4"
END
	is "$(needs odd.yml sandbox | wc -l)" 3 &&
	is "$(needs odd.yml docker | wc -l)" 1 &&
	printf "steps:\n  - uses: ./here\n  - run: echo uses\n" >own.yml &&
	is "$(needs own.yml sandbox)" ""
'

test_done

#!/bin/bash
# repro.t - jobs of a run are executed once more, as their stored plans say.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

canary='canary-4c4c-value'
pawl_setup

all_events()
{
	sql "SELECT count(*) FROM events"
}

mkdir tmp
repro()
{
	TMPDIR=$T/tmp timeout 60 "$builddir/pawl" repro "$@" >out 2>err
}

test_expect 'a run whose last job fails' '
	repo_new ada demo && workerd_start &&
	printf %s "$canary" | pawl secret set TOKEN &&
	echo first >"$T/clone/demo/file" &&
	push demo <<-\YML &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    outputs: {word: "${{ steps.w.outputs.word }}"}
	    steps: [{id: w, run: "echo word=hello >>$GITHUB_OUTPUT"}]
	  use:
	    needs: make
	    runs-on: linux
	    strategy: {fail-fast: false, matrix: {v: [1, 2]}}
	    env: {TOKEN: "${{ secrets.TOKEN }}", WORD: "${{ needs.make.outputs.word }}"}
	    steps:
	      - run: |
	          echo "$WORD ${{ matrix.v }} $(cat file) ${#TOKEN} $GITHUB_RUN_NUMBER"
	          echo "[$TOKEN]"; test "$WORD" = "${{ matrix.v }}"
	  never: {needs: use, runs-on: linux, steps: [{run: "echo never"}]}
	YML
	wait_run 60 demo 1 failed
'

test_expect 'one of its jobs runs again, though the branch has moved on' '
	echo second >"$T/clone/demo/file" && push demo <<-\YML &&
	on: push
	jobs: {other: {runs-on: linux, steps: [{run: "true"}]}}
	YML
	wait_run 60 demo 2 && before=$(all_events) && ! repro ada/demo#1 "use (2)" &&
	grep -qx "hello 2 first 0 1" out &&
	grep -qx "pawl: no secret of this name is set, so it is empty: TOKEN" \
		out &&
	grep -q "==> use (2) failed after" out && ! grep -q "make" out
'

test_expect 'secrets come from a file, and stay masked' '
	printf "# mine\nTOKEN=%s\n" "$canary" >mine &&
	! repro ada/demo#1 "use (2)" --secret-file mine &&
	grep -qx "hello 2 first ${#canary} 1" out && grep -qxF "[***]" out &&
	! grep -q "$canary" out
'

test_expect 'the whole run, but for what never was to start' '
	! repro ada/demo#1 && grep -q "==> make succeeded in" out &&
	grep -q "==> use (1) failed" out && grep -q "==> use (2) failed" out &&
	grep -q "\"never\" has no plan: it never was to start" out
'

test_expect 'good jobs are a success, unknown ones an error' '
	repro ada/demo#1 make && ! repro ada/demo#1 nope &&
	grep -q "has no job \"nope\"" err && ! repro ada/demo#9
'

test_expect 'the database has not heard of it' '
	is "$(all_events)" "$before" && pawl admin rebuild --verify &&
	is "$(ls "$T/tmp")" ""
'

test_no_leaks
test_done

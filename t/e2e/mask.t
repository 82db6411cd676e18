#!/bin/bash
# mask.t - a secret that a job does its best to print: nothing that Pawl keeps
# or serves has it. The shapes are those of t/unit/mask-shapes-t; here they are
# made by the programs themselves.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"
. "$srcdir/t/lib/worker.sh"

secret="hor'se & \"b&ttery/9"
printf %s "$secret" >"$T/pass"
printf 42 >"$T/pin"
printf 'first line of it\nsecond line of it\n' >"$T/key"
worker_setup 'max-jobs: 2' \
	"secrets: {PASS: {file: $T/pass}, KEY: {file: $T/key}, PIN: {file: $T/pin}}" \
	'variables: {ACTIONS_STEP_DEBUG: true}'

worker_start

# found TEXT... - which of them stand in anything that is kept or served.
found()
{
	local text
	for text in "$@"; do
		grep -rlaF -- "$text" "$state/private" "$state/pawl.db"* \
			"$T/workerd.log" 2>/dev/null
	done
}

commit_pipeline 'on: push' 'jobs:' \
	'  leak:' \
	'    runs-on: x' \
	'    outputs: {whole: "${{ steps.out.outputs.whole }}"}' \
	'    env: {PASS: "${{ secrets.PASS }}", KEY: "${{ secrets.KEY }}", PIN: "${{ secrets.PIN }}"}' \
	'    steps:' \
	'      - name: plain ${{ secrets.PASS }}' \
	'        run: |' \
	'          echo "<$PASS>"; echo "$KEY" >&2; printf "%s" "${PASS:0:5}"; sleep 0.3; echo "${PASS:5}"' \
	'          for ((i = 0; i < ${#PASS}; i++)); do printf %s "${PASS:i:1}"; done; echo' \
	'          echo $KEY; printf %s "$KEY" | tr "\n" "\r"' \
	'      - name: encoded' \
	'        shell: bash' \
	'        run: |' \
	'          printf %s "$PASS" | base64; printf "x:%s" "$PASS" | base64 -w 12; printf "xy%s" "$PASS" | base64 | tr +/ -_' \
	'          printf %s "$PASS" | od -An -v -tx1 | tr -d " \n"; echo' \
	'          printf "%q\n" "$PASS"; set -x; : "$PASS"; set +x' \
	'          printf %s "$PASS" | jq -Rs .; printf %s "$PASS" | jq -Rs "@uri, @html, @sh, tojson" -r' \
	'      - id: out' \
	'        name: reports' \
	'        run: |' \
	'          echo "::error file=$PASS.c,title=$PASS::$PASS"' \
	'          echo "**$PASS**" >>"$GITHUB_STEP_SUMMARY"' \
	'          echo "whole=$PASS" >>"$GITHUB_OUTPUT"' \
	'          echo "::group::$PASS"; echo "::endgroup::"; echo "debug is $RUNNER_DEBUG"' \
	'          echo "::add-mask::made here"; echo "made here; bWFkZSBoZXJl"' \
	'      - name: not there' \
	'        continue-on-error: true' \
	'        working-directory: /${{ secrets.PASS }}' \
	'        run: "true"' \
	'      - name: killed' \
	'        timeout-minutes: 0.01' \
	'        run: sh -c "while :; do sleep 1; done" sh "$PASS"'

test_expect 'a job that prints its secrets in every way comes to its end' '
	push_run && wait_for 60 run_is "$run" failed &&
	log=$(log_file "$run/leak.log")
'

test_expect 'neither the value nor a line of it is anywhere' '
	is "$(found "$secret" "b&ttery" "first line of it" "second line of it")" ""
'

test_expect 'nor what base64, jq, printf, od and bash made of it' '
	is "$(found "$(printf %s "$secret" | base64 | cut -c 1-12)" \
		"$(printf "x:%s" "$secret" | base64 -w 0 | cut -c 7-18)" \
		"$(printf %s "$secret" | od -An -v -tx1 | tr -d " \n" | cut -c 1-20)" \
		"b\\u0026ttery" "b%26ttery" "b&amp;ttery" "b\\&ttery")" ""
'

test_expect 'the rest of the log is there' '
	grep -qx "<\*\*\*>" "$log" && grep -qx "debug is 1" "$log" &&
	grep -q "too short to be masked: \"PIN\"" "$log" &&
	grep -qx "\*\*\*; \*\*\*" "$log" && ! grep -q bWFkZSBoZXJl "$log"
'

test_done

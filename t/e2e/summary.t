#!/bin/bash
# summary.t - what steps report: annotations and summaries, on the run's page
# and for programs.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

printf 'correct horse' >"$T/pass"
pawl_setup "secrets: {PASS: {file: $T/pass}}"

api=$base_url/api/v1/repos/ada/demo/runs/1

test_expect 'a run reports' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  a:
	    name: build & test
	    runs-on: x
	    env: {PASS: "${{ secrets.PASS }}"}
	    steps:
	      - name: says
	        run: |
	          echo "::warning file=/workspace/src/a.c,line=3,col=7,title=Old::use <b> for $PASS"
	          echo "::error file=b.c,line=x::broken%0Atwo lines"
	          for i in $(seq 30); do echo "::notice::number $i"; done
	      - name: writes
	        run: |
	          echo "## Tests" >>"$GITHUB_STEP_SUMMARY"
	          printf "| a | b |\n|---|--:|\n| %s | 2 |\n" "$PASS" >>"$GITHUB_STEP_SUMMARY"
	          echo "<script>alert(1)</script> [x](javascript:alert(1))" >>"$GITHUB_STEP_SUMMARY"
	      - name: too much
	        run: head -c 1100000 /dev/zero | tr "\0" x >"$GITHUB_STEP_SUMMARY"
	      - name: hostile
	        run: head -c 1000000 /dev/zero | tr "\0" ">" >"$GITHUB_STEP_SUMMARY"
	YML
	wait_run 60 demo 1 succeeded
'

test_expect 'programs get annotations, masked, errors first, 10 of each' '
	curl -sSf "$api/annotations" >got &&
	is "$(jq -r ".annotations[0] | [.level, .file, .line, .message] | @json" got)" \
		"[\"error\",\"b.c\",null,\"broken\\ntwo lines\"]" &&
	is "$(jq -r ".annotations[] | select(.level == \"warning\") | [.job, .step,
		.title, .file, .line, .col, .message] | @json" got)" \
		"[\"a\",1,\"Old\",\"src/a.c\",3,7,\"use <b> for ***\"]" &&
	is "$(jq "[.annotations[] | select(.level == \"notice\")] | length" got)" 10
'

test_expect 'the page shows them as text' '
	curl -sSf "$base_url/ada/demo/runs/1" >page &&
	grep -q "src/a.c:3:7<" page && grep -q "use &lt;b&gt; for \*\*\*" page
'

test_expect 'summaries are tables and headings, never scripts' '
	curl -sSf "$api/summaries" >got &&
	jq -r ".summaries[0].html" got >html &&
	is "$(jq -r ".summaries[0] | .job, .step, .title" got | xargs)" "a 2 writes" &&
	grep -q "<h4>Tests</h4>" html && grep -q "<td>\*\*\*</td><td class=\"right\">2</td>" html &&
	! grep -qi "<script\|javascript:" html &&
	grep -q "<h4>Tests</h4>" page && ! grep -q "alert(1)</script>" page
'

test_expect 'one that is too long is left out, and the log says so' '
	log_has "it is left out" demo 1 a &&
	is "$(jq "[.summaries[].step] | @csv" got)" "\"2,4\""
'

test_expect 'one that grows too much or takes too long is shown as text' '
	jq -r ".summaries[1].html" got >html && grep -q "^<pre tabindex" html &&
	[ "$(wc -c <html)" -lt 400000 ]
'

test_expect 'no secret is in anything' '
	! grep -rqa "correct horse" page got "$state/private" &&
	is "$(sql "SELECT count(*) FROM annotations WHERE
		message LIKE \"%horse%\"")" 0
'

test_no_leaks
test_done

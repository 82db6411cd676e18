#!/bin/bash
# cli-eval.t - pawl eval: values, mistakes, steps.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

echo '{"github": {"ref": "refs/heads/main", "event_name": "push"},
	"mine": {"n": [1, 2]}}' >context.json

# prints VALUE ARGUMENTS... - pawl eval ends with 0 and prints this.
prints()
{
	local want=$1
	shift
	exits 0 pawl eval "$@" && is "$(cat out)" "$want"
}

test_expect 'the value is printed as JSON' '
	prints true "1 < 2" && prints 255 0xff &&
	prints "\"it'\''s\"" "'\''it'\'''\''s'\''" &&
	is "$(pawl eval "fromJSON('\''[{\"a\": null}]'\'')" | jq -c .)" \
		"[{\"a\":null}]"
'

test_expect 'contexts come from a file' '
	prints "\"refs/heads/main\"" -c context.json github.ref &&
	prints 2 --context context.json "mine.n[1]" &&
	prints null github.ref
'

test_expect 'text around the expressions is kept' '
	prints "\"on push: 2\"" -c context.json \
		"on \${{ github.event_name }}: \${{ mine.n[1] }}"
'

test_expect 'a mistake is shown with its place and what was meant' '
	exits 1 pawl eval "1 == githb.ref" && [ ! -s out ] &&
	grep -q "^expression:1:6: error: Unrecognized named-value" err &&
	grep -q "^ *| *^~~~~  did you mean \"github\"" err
'

test_expect 'the place is right on the second line of a template' '
	exits 1 pawl eval "a
b \${{ nosuch() }}" && grep -q "^expression:2:7: error:" err
'

test_expect 'every step that was done is printed' '
	exits 0 pawl eval -e -c context.json \
		"github.ref == '\''x'\'' && github.event_name || mine.n[0]" &&
	cat >expect <<-END &&
	    github.ref => "refs/heads/main"
	    github.ref == '\''x'\'' => false
	  github.ref == '\''x'\'' && github.event_name => false
	  mine.n[0] => 1
	github.ref == '\''x'\'' && github.event_name || mine.n[0] => 1
	1
	END
	sed "s/^ *//" expect >want && sed "s/^ *//" out >got && diff want got
'

test_expect 'the state of the jobs can be chosen' '
	prints true "success()" && prints false --status failure "success()" &&
	prints true --status failure "failure()" &&
	prints true --status cancelled "always() && cancelled()" &&
	exits 2 pawl eval --status bad 1
'

test_expect 'a context file must be an object' '
	echo "[1]" >list.json && exits 1 pawl eval -c list.json 1 &&
	grep -q "list.json: is not a JSON object" err &&
	echo "{" >half.json && exits 1 pawl eval -c half.json 1 &&
	grep -q "half.json: line 2" err &&
	exits 3 pawl eval -c nothing.json 1
'

test_expect 'what comes from a stranger cannot steer the terminal' '
	printf "{\"a\":\"x\\\\u001b[31m\\302\\233 \\342\\200\\256\"}" \
		>odd.json && exits 0 pawl eval -e -c odd.json a &&
	! LC_ALL=C grep -q "[^ -~]" out &&
	is "$(tail -n 1 out | jq -r .)" "$(jq -r .a odd.json)"
'

test_done

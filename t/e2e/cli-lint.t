#!/bin/bash
# cli-lint.t - pawl lint and plan: what they print and how they end.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

good='on: push
jobs:
  test:
    runs-on: debian
    steps:
      - run: make
'
printf '%s' "$good" >good.yml
sed 's/^    steps:/    nmae: x\n&/' good.yml >bad.yml
mkdir -p places/.github/workflows places/.ci empty many/.ci

test_expect 'a sound file ends with 0 and prints nothing' '
	exits 0 pawl lint good.yml && [ ! -s out ] &&
	grep -q "^1 file, 0 errors" err
'

test_expect 'a mistake is file:line:col, the line, and what was meant' '
	exits 1 pawl lint bad.yml &&
	grep -q "^bad.yml:5:5: error: .*nmae" out &&
	grep -q "^ *5 | *nmae:" out && grep -q "did you mean \"name\"" out
'

test_expect 'the sum stands last, also when both go to one file' '
	{ pawl lint bad.yml >both 2>&1 || true; } &&
	tail -n 1 both | grep -q "^1 file, "
'

test_expect 'standard input is "-"' '
	exits 1 pawl lint - <bad.yml && grep -q "^stdin:5:5:" out
'

test_expect 'several files are all read' '
	exits 1 pawl lint good.yml bad.yml good.yml &&
	grep -q "^3 files, 1 error," err
'

test_expect 'action.yml is checked as an action' '
	mkdir -p act && printf "%s\n" "runs:" "  using: composite" "  steps:" \
		"    - run: echo \${{ secrets.A }}" "      shell: sh" \
		>act/action.yml &&
	exits 1 pawl lint act/action.yml &&
	grep -q "^act/action.yml:4:21: error: .*.secrets" out &&
	sed "s/secrets/env/" act/action.yml >action.yaml &&
	exits 0 pawl lint action.yaml && rm action.yaml
'

# A repository whose workflow uses a workflow and an action of its own.
mkdir -p own/.github/workflows own/act
cat >own/.github/workflows/called.yml <<'YML'
on:
  workflow_call:
    inputs:
      count: {type: number, required: true}
    outputs:
      url: {value: x}
permissions: {contents: read}
jobs:
  a: {runs-on: x, steps: [{run: make}]}
YML
cat >own/act/action.yml <<'YML'
inputs:
  who: {required: true}
outputs:
  greeting: {value: x}
runs:
  using: composite
  steps: [{run: echo, shell: sh}]
YML
cat >own/.github/workflows/ci.yml <<'YML'
on: push
jobs:
  call:
    uses: ./.github/workflows/called.yml
    with: {count: many}
  none:
    uses: ./.github/workflows/none.yml
  away:
    uses: other/repo/x.yml@v1
  use:
    needs: [call, away]
    runs-on: x
    steps:
      - uses: ./act
        id: act
        with: {whom: world}
      - run: echo ${{ steps.act.outputs.greting }}
      - run: echo ${{ needs.call.outputs.uri }}
      - run: echo ${{ needs.away.outputs.any }}
      - uses: ./later
  less:
    permissions: {}
    uses: ./.github/workflows/called.yml
    with: {count: 1}
YML
cat >want <<'END'
5:error: Unexpected value 'many'
7:error: cannot open "own/.github/workflows/none.yml": No such file or directory
14:warning: the action wants the input "who", which is not given
16:warning: the action has no input "whom"
17:error: "greting" is no member of "steps.act.outputs"
18:error: "uri" is no member of "needs.call.outputs"
20:warning: "./later" is no action: there is no action.yml or action.yaml in own/later
21:error: Error calling workflow './.github/workflows/called.yml'. The workflow './.github/workflows/called.yml' is requesting 'contents: read', but is only allowed 'contents: none'.
END

test_expect 'what a workflow uses of its own repository is looked into' '
	exits 1 pawl lint own &&
	sed -n "s/^own\/.github\/workflows\/ci.yml:\([0-9]*\):[0-9]*: /\1:/p" \
		out >got &&
	test_cmp want got
'

test_expect 'a file outside of the usual places is looked at alone' '
	cp own/.github/workflows/ci.yml alone.yml &&
	exits 0 pawl lint alone.yml
'

test_expect 'the types of steps are listed for programs' '
	exits 0 pawl schema --steps &&
	is "$(jq -r ".steps | length" out)" 12 &&
	is "$(jq -r ".steps[] | select(.runs) | .type" out | sort | tr "\n" " ")" \
		"$(printf "step.%s " artifact_pull artifact_push conditional \
			docker_build docker_push docker_run gate \
			shell_exec)" &&
	is "$(jq -r ". as \$s | .steps[0].config[\"\$ref\"] | split(\"/\")[-1] |
		\$s.definitions[.].anyOf | map(select(.properties))[0].properties |
		keys | first" out)" \
		artifacts_out
'

test_expect 'JSON has the same' '
	exits 1 pawl lint --json bad.yml &&
	is "$(jq -r ".[0] | \"\(.file) \(.line) \(.column) \(.level)\"" out)" \
		"bad.yml 5 5 error" &&
	exits 0 pawl lint --json good.yml && is "$(jq length out)" 0
'

test_expect '"--format" json is the same as --json' '
	pawl lint --json bad.yml >want; exits 1 pawl lint --format json bad.yml &&
	cmp want out
'

test_expect 'SARIF has rule, text and place' '
	exits 1 pawl lint --format sarif bad.yml &&
	is "$(jq -r .version out)" 2.1.0 &&
	is "$(jq -r ".runs[0].results[0] | .ruleId + \" \" + .level" out)" \
		"unknown-key error" &&
	is "$(jq -c ".runs[0].results[0].locations[0].physicalLocation
		| [.artifactLocation.uri, .region.startLine]" out)" \
		"[\"bad.yml\",5]"
'

test_expect 'log commands of GitHub are escaped' '
	printf "on: push\n\"a,b: c\": 1\n" >odd,name.yml &&
	exits 1 pawl lint --format github odd,name.yml &&
	grep -q "^::error file=odd%2Cname.yml,line=2,col=1,title=unknown-key::" out
'

test_expect 'an unknown format is refused with the known ones' '
	exits 1 pawl lint --format xml good.yml && grep -q "text, json" err
'

test_expect 'a folder of workflows itself is read' '
	mkdir -p flat && cp good.yml flat/a.yml && cp bad.yml flat/b.yaml &&
	exits 1 pawl lint flat && grep -q "^2 files, 1 error" err
'

test_expect 'what cannot run is right to lint, and said by plan' '
	mkdir -p js && echo "runs: {using: rust, main: x.rs}" >js/action.yml &&
	{ cat good.yml && echo "      - uses: ./js"; } >later.yml &&
	exits 0 pawl lint later.yml && exits 1 pawl plan later.yml &&
	grep -q "runs with rust, which Pawl does not bring" err
'

test_expect 'the schema is JSON that names every key of a step' '
	exits 0 pawl schema &&
	is "$(jq -r ".[\"\$schema\"]" out)" \
		"http://json-schema.org/draft-07/schema#" &&
	is "$(jq "[.. | objects | select(has(\"working-directory\"))] |
		length > 0" out)" true
'

test_expect 'a folder is searched in the order of places' '
	cp good.yml places/.github/workflows/ci.yml &&
	(cd places && exits 0 pawl lint && grep -q "^1 file," err) &&
	cp bad.yml places/.ci/x.yaml &&
	exits 1 pawl lint places && grep -q "^places/.ci/x.yaml:5:5" out &&
	cp good.yml places/.ci.yml && exits 0 pawl lint places
'

test_expect 'a folder without a pipeline names the places' '
	exits 3 pawl lint empty && grep -q "[.]forgejo/workflows/" err
'

test_expect 'a file that is not there is 3' '
	exits 3 pawl lint nothing.yml && grep -q nothing.yml err
'

test_expect 'a file that is no text is an error, not a crash' '
	head -c 1000000 /dev/zero >zeros.yml && exits 1 pawl lint zeros.yml
'

test_expect 'a file that is too large does not keep the others from being read' '
	head -c 1100000 /dev/zero | tr "\\0" "#" >large.yml &&
	exits 1 pawl lint large.yml bad.yml &&
	grep -q "^large.yml:1:1: error: .* more than 1048576 bytes" out &&
	grep -q "^bad.yml:5:5: error" out && grep -q "^2 files, 2 errors" err
'

test_expect 'plan prints jobs and steps' '
	exits 0 pawl plan good.yml && grep -q "^1. test" out &&
	grep -q "make" out
'

test_expect 'plan says whether an event starts it' '
	printf "on: {push: {branches: [main]}}\n%s" "$(tail -n +2 good.yml)" \
		>main.yml &&
	exits 0 pawl plan main.yml --ref refs/heads/main &&
	grep -q "^starts: " out &&
	exits 1 pawl plan main.yml --ref refs/heads/other &&
	grep -q "^does not start: " out
'

test_expect 'plan of a folder with two pipelines asks which' '
	cp good.yml many/.ci/a.yml && cp good.yml many/.ci/b.yml &&
	exits 1 pawl plan many && grep -q "say which" err
'

test_expect 'plan of a wrong file prints what is wrong' '
	exits 1 pawl plan bad.yml && grep -q "^bad.yml:5:5" err
'

test_expect 'what a file says cannot steer the terminal' '
	sed "s/test:/\"te\\\\e[31mst\":/" good.yml >colour.yml &&
	pawl plan colour.yml >out 2>&1; pawl lint colour.yml >>out 2>&1
	! grep -q "$(printf "\033")" out
'

test_done

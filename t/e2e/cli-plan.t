#!/bin/bash
# cli-plan.t - pawl plan: the event from options and payloads, what would run
# and why.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

mkdir -p .github/workflows
cat >.github/workflows/ci.yml <<'END'
on:
  push:
    branches: [main]
    paths: ['src/**']
  pull_request:
run-name: ${{ github.event_name }} by ${{ github.actor }}
jobs:
  test:
    strategy:
      matrix:
        os: [a, b]
        v: [1, 2]
        exclude: [{os: b, v: 1}]
    runs-on: ${{ matrix.os }}
    steps:
      - run: make
  deploy:
    needs: test
    if: github.ref == 'refs/heads/main'
    uses: ./.github/workflows/deploy.yml
    with: {target: live}
END
cat >.github/workflows/deploy.yml <<'END'
on:
  workflow_call:
    inputs:
      target: {type: string}
jobs:
  ship:
    name: ship to ${{ inputs.target }}
    runs-on: a
    steps:
      - run: make
END
ci=.github/workflows/ci.yml

# The server of this version may not run all of it, so only the output counts.
plan() {
	pawl plan "$ci" "$@" >out 2>err || [ $? = 1 ]
}

test_expect 'matrices are multiplied out, and calls stand in their place' '
	plan && grep "^[0-9]" out >names &&
	printf "%s\n" "1. test (a, 1)  [test]" "2. test (a, 2)  [test:2]" \
		"3. test (b, 2)  [test:3]" \
		"4. deploy / ship to live  [deploy/ship]" >expect &&
	diff expect names >&2
'

test_expect 'a job that is left out has the values that decided' '
	plan --ref refs/heads/dev &&
	grep -q "skipped: .if: github.ref == .refs/heads/main.. is false" out &&
	grep -q "github.ref => \"refs/heads/dev\"" out
'

test_expect '--changed decides on paths' '
	plan --changed README --changed doc/x &&
	grep -q "^does not start: none of 2 changed paths matches paths" out &&
	plan --changed README --changed src/a.c &&
	grep -q "^starts: .*changed path src/a.c matches" out
'

test_expect '--result asks what happens when a job fails' '
	plan --result test:2=failure &&
	grep -q "needs test, which failed" out &&
	exits 1 pawl plan "$ci" --result test=broken &&
	grep -q "success, failure, cancelled or skipped" err
'

test_expect 'a payload makes the github context' '
	cat >push.json <<END &&
{"ref": "refs/heads/main", "after": "0123", "deleted": false,
 "repository": {"full_name": "o/r"}, "sender": {"login": "mona"},
 "head_commit": {"message": "x"},
 "commits": [{"added": ["README"], "modified": ["src/b.c"],
	"removed": []}]}
END
	plan --payload push.json &&
	grep -q "^run name: push by mona" out &&
	grep -q "changed path src/b.c matches" out &&
	sed "s/\"x\"/\"x [skip ci]\"/" push.json >skip.json &&
	plan --payload skip.json &&
	grep -q "^does not start: .*\[skip ci\]" out
'

test_expect 'a pull request has its own types' '
	plan --event pull_request --action labeled &&
	grep -q "^does not start: pull_request labeled: without" out &&
	plan --event pull_request && grep -q "^starts: event pull_request" out
'

test_expect 'a payload that is no JSON is an error with its file' '
	echo "{" >broken.json &&
	exits 1 pawl plan "$ci" --payload broken.json &&
	grep -q "broken.json" err && echo "[1]" >list.json &&
	exits 1 pawl plan "$ci" --payload list.json &&
	grep -q "a payload is a JSON object" err
'

test_expect 'inputs have types, defaults and choices' '
	cat >hand.yml <<END &&
on:
  workflow_dispatch:
    inputs:
      dry: {type: boolean, default: true}
      count: {type: number}
      where: {type: choice, options: [test, live]}
      why: {required: true}
jobs:
  a:
    name: \${{ toJSON(inputs) }}
    runs-on: x
    steps:
      - run: make
END
	ci=hand.yml &&
	plan --event workflow_dispatch --input why=x --input COUNT=0x10 &&
	tr -d " " <out >packed &&
	grep -qF "{\"dry\":true,\"count\":16,\"where\":\"test\",\"why\":\"x\"}" \
		packed &&
	exits 1 pawl plan hand.yml --event workflow_dispatch &&
	grep -q "input \"why\" is required" err &&
	exits 1 pawl plan hand.yml --input why=x --input where=moon &&
	grep -q "is one of test, live, not \"moon\"" err &&
	exits 1 pawl plan hand.yml --input why=x --input dry=maybe &&
	grep -q "is true or false" err &&
	exits 1 pawl plan hand.yml --input wy=x &&
	grep -q "no input \"wy\"" err
'
ci=.github/workflows/ci.yml

test_expect 'variables of the job win over those of the workflow' '
	cat >env.yml <<END &&
on: push
env: {A: 1, B: "\${{ github.ref }}", C: 3}
jobs:
  own:
    env: {C: 4, a: 5}
    runs-on: x
    steps:
      - run: make
  none:
    runs-on: x
    steps:
      - run: make
END
	{ pawl plan env.yml --json >out 2>err || [ $? = 1 ]; } &&
	jq -e ".jobs[0].env == {A: \"1\", B: \"\${{ github.ref }}\", C: \"4\",
			a: \"5\"} and .jobs[1].env.C == \"3\"" out >&2
'

test_expect 'JSON has jobs, states and the decision' '
	plan --json --ref refs/heads/dev &&
	jq -e ".starts == false and .jobs[0].matrix.os == \"a\" and
		.jobs[3].state == \"skipped\" and
		(.jobs[3].values | test(\"refs/heads/dev\"))" out >&2
'

mkdir -p acts/both acts/js acts/wrong
cat >acts/both/action.yml <<'END'
inputs: {who: {default: me}}
runs:
  using: composite
  steps:
    - {run: 'echo ${{ inputs.who }}', shell: sh}
    - {uses: ./acts/js}
END
echo 'runs: {using: rust, main: x.rs}' >acts/js/action.yml
echo 'runs: {using: composite, stepss: []}' >acts/wrong/action.yml
cat >acts.yml <<'END'
on: push
jobs:
  ok:
    runs-on: [x, 'image:1']
    timeout-minutes: ${{ 3 }}
    steps:
      - run: make
  uses:
    runs-on: x
    steps:
      - uses: actions/checkout@v4
      - uses: ./acts/both
      - uses: some/where@v1
  wrong:
    runs-on: x
    steps:
      - uses: ./acts/wrong
  none:
    if: false
    runs-on: x
    steps:
      - run: make
END

test_expect '--job prints what the job is given' '
	exits 0 pawl plan acts.yml --job ok &&
	jq -e ".version == 3 and .job.key == \"ok\" and .job.labels == [\"x\"] and
		.job.container.image.string == \"image:1\" and
		.job.timeout_ms == 180000 and
		.job.steps[0].run.string == \"make\"" out >&2 &&
	exits 0 pawl plan acts.yml --job uses &&
	jq -e "[.job.steps[].action] == [-1, 0, 0, -1] and
		.job.actions[0].uses == \"./acts/both\"" out >&2
'

test_expect '--job says why there is nothing to print' '
	exits 1 pawl plan acts.yml --job none &&
	grep -q "job \"none\" is skipped: .if: false. is false" err &&
	exits 3 pawl plan acts.yml --job nine &&
	grep -q "the run has no job \"nine\"" err
'

test_expect 'what no server could run is said at its line' '
	exits 1 pawl plan acts.yml &&
	grep -q "^acts.yml:12:9: error: job \"uses\": \"./acts/js\" runs with rust" err &&
	grep -q "^acts.yml:13:9: warning: job \"uses\": \"some/where@v1\" is in another" err &&
	grep -q "^acts.yml:17:15: error: action ./acts/wrong:1:26: Unexpected value .stepss." err &&
	{ pawl plan acts.yml --json >out 2>err || [ $? = 1 ]; } &&
	jq -e "[.problems[] | [.line, .level]] ==
		[[17, \"error\"], [12, \"error\"], [13, \"warning\"]]" out >&2
'

test_expect 'so are keys that a server does not know yet' '
	cat >keys.yml <<END &&
on: push
jobs:
  a:
    runs-on: x
    snapshot: {image-name: x}
    permissions: {contents: read}
    steps: [{run: make}]
END
	exits 1 pawl plan keys.yml &&
	grep -q "^keys.yml:5:5: error: key \"snapshot\" is not supported" err &&
	grep -q "^keys.yml:6:5: warning: key \"permissions\" has no effect" err &&
	exits 0 pawl lint keys.yml
'

test_expect 'so is a step of a type that is not there yet' '
	cat >typed.yml <<END &&
on: push
jobs:
  a:
    runs-on: x
    steps:
      - type: step.scan_deps
        config: {}
END
	exits 0 pawl plan typed.yml &&
	grep -q "^typed.yml:6:9: warning: this version of Pawl" err
'

test_expect 'a file elsewhere has its own folder around it' '
	mkdir -p far/.ci/ far/act && cp acts/js/action.yml far/act &&
	cat >far/.ci/a.yml <<END &&
on: push
jobs:
  a:
    runs-on: x
    steps:
      - uses: ./act
END
	exits 1 pawl plan far/.ci/a.yml && grep -q "runs with rust" err &&
	exits 1 pawl plan far && grep -q "runs with rust" err
'

test_expect '--var gives variables of the repository' '
	cat >var.yml <<END &&
on: push
run-name: "\${{ vars.NAME }}"
jobs: {a: {runs-on: x, steps: [{run: make}]}}
END
	exits 0 pawl plan var.yml --var NAME=given && grep -q "run name: given" out &&
	exits 1 pawl plan var.yml --var NAME && grep -q "takes NAME=VALUE" err
'

test_done

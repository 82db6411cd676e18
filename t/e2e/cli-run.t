#!/bin/bash
# cli-run.t - pawl run: the pipeline of a folder, here and now.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"

export TMPDIR=$T/tmp
mkdir tmp project && cd project || exit 1
git init -q . 2>/dev/null

# pipeline COMMAND... - one job with one step
pipeline()
{
	printf 'on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n'
	printf '      - run: |\n          %s\n' "$*"
} >.ci.yml

nothing_left()
{
	[ -z "$(ls "$TMPDIR")" ] && ! grep -q "$T" /proc/self/mountinfo
}

test_expect 'a job that succeeds is 0, and its output is shown' '
	pipeline "echo hello from \$GITHUB_JOB" && exits 0 pawl run &&
	grep -qx "hello from test" out && nothing_left
'

test_expect 'a job that fails is 1, with the reason' '
	pipeline "exit 7" && exits 1 pawl run && grep -q "exit code 7" out &&
	nothing_left
'

test_expect 'files of the folder are there, what git ignores is not' '
	echo "*.o" >.gitignore && echo x >new.c && echo x >old.o &&
	pipeline "ls new.c && ! ls old.o" && exits 0 pawl run
'

# origin URL EXPECTED - what a folder with this origin is thought to be.
origin()
{
	git remote remove origin 2>/dev/null
	[ -z "$1" ] || git remote add origin "$1" || return 1
	exits 0 pawl run && grep -qx "$2" out || { cat out; return 1; }
}

test_expect 'repository, forge and actor are told by origin and user' '
	pipeline "echo \$GITHUB_REPOSITORY \$GITHUB_REPOSITORY_OWNER" \
		"\$GITHUB_SERVER_URL \$GITHUB_ACTOR \$GITHUB_TRIGGERING_ACTOR" &&
	git config github.user mona &&
	origin https://u:pw@git.example.org:8443/ada/demo.git \
		"ada/demo ada https://git.example.org:8443 mona mona" &&
	origin git@github.com:ada/demo.git \
		"ada/demo ada https://github.com mona mona" &&
	origin "$T/git/ada/demo.git" \
		"ada/demo ada https://github.com mona mona" &&
	git config --unset github.user &&
	origin "" "$(id -un)/project $(id -un) https://github.com $(id -un) $(id -un)"
'

mkdir ../tree && git -C ../tree init -q -b topic 2>/dev/null && (
	cd ../tree && git config user.name n && git config user.email e@x &&
	git config credential.helper "!echo password=secret" &&
	echo one >f && git add f && git commit -qm first && git tag v1 &&
	echo two >f && git commit -qam second && echo three >f &&
	git remote add origin https://mina:hunter2@example.org/a/b.git
) || exit 1

# history DEPTH COMMAND... - one job with a checkout, in the tree
history()
{
	printf 'on: push\njobs:\n  test:\n    runs-on: x\n    steps:\n'
	printf '      - {uses: actions/checkout@v4, with: {fetch-depth: %s}}\n' \
		"$1"
	printf '      - run: |\n          %s\n' "$2"
}

test_expect 'a working tree brings its branch, commit and changes' '
	history 1 "git log --format=%s%d; git status --short -uno" \
		>../tree/.ci.yml && exits 0 pawl run ../tree/.ci.yml &&
	grep -qx "second (grafted, HEAD -> topic, origin/topic)" out &&
	grep -qx " M f" out && ! grep -q first out &&
	is "$(git -C ../tree status --short f)" " M f"
'

test_expect 'and as much history as the checkout asks for' '
	history 0 "git describe --tags; cat f; git show HEAD:f" >../tree/.ci.yml &&
	exits 0 pawl run ../tree/.ci.yml && grep -q "^v1-1-g" out &&
	grep -qx three out && grep -qx two out
'

test_expect 'but none of its settings, and no password' '
	history 1 "cat .git/config" >../tree/.ci.yml &&
	exits 0 pawl run ../tree/.ci.yml && ! grep -q hunter2 out &&
	! grep -q credential out &&
	grep -q "https://example.org/a/b.git" out
'

test_expect 'a linked tree and a submodule have no pointers that lead out' '
	git -C ../tree worktree add -q ../linked -b side &&
	git -c protocol.file.allow=always -C ../linked submodule --quiet \
		add "$T/tree" sub &&
	history 1 "git status --short && cat sub/f && test ! -e sub/.git" \
		>../linked/.ci.yml && exits 0 pawl run ../linked/.ci.yml &&
	grep -qx "?? sub/" out && grep -qx two out
'

test_expect 'a folder of its own for a checkout has the changes, too' '
	history 1 "cat s/f" | sed "s|fetch-depth: 1|path: s|" \
		>../tree/.ci.yml && exits 0 pawl run ../tree/.ci.yml &&
	grep -qx three out
'

test_expect 'the folder itself is not written' '
	pipeline "echo y > new.c" && exits 0 pawl run && is "$(cat new.c)" x
'

test_expect 'a mistake in the file is shown, and nothing runs' '
	pipeline "echo ran" && sed -i "s/runs-on/runs-no/" .ci.yml &&
	exits 1 pawl run && grep -q "^.ci.yml:4:5: error" err && [ ! -s out ]
'

cat >../needs.yml <<'END'
on: push
jobs:
  build: {runs-on: x, steps: [{run: echo ran build}]}
  bad: {runs-on: x, needs: build, steps: [{run: "false"}]}
  after: {runs-on: x, needs: bad, steps: [{run: echo ran after}]}
  other: {runs-on: x, steps: [{run: echo ran other}]}
END

test_expect 'a job whose need failed is skipped, others still run' '
	exits 1 pawl run ../needs.yml && grep -qx "ran other" out &&
	! grep -qx "ran after" out && grep -q "after skipped: needs bad" out
'

test_expect '--job runs one job with what it needs' '
	exits 1 pawl run --job bad ../needs.yml && grep -qx "ran build" out &&
	! grep -qx "ran other" out && exits 3 pawl run --job nope ../needs.yml
'

# --- decided as on a server ---------------------------------------------------

mkdir -p .github/workflows act
cat >.github/workflows/called.yml <<'END'
on:
  workflow_call:
    inputs: {word: {type: string}}
    secrets: {inner: {}}
    outputs: {said: {value: "${{ jobs.in.outputs.said }}"}}
jobs:
  in:
    runs-on: x
    outputs: {said: "${{ steps.s.outputs.said }}"}
    steps:
      - id: s
        run: echo "said=${{ inputs.word }} and ${#INNER}" >>"$GITHUB_OUTPUT"
        env: {INNER: "${{ secrets.inner }}"}
END
cat >act/action.yml <<'END'
inputs: {who: {default: nobody}}
outputs: {made: {value: "${{ steps.m.outputs.made }}"}}
runs:
  using: composite
  steps:
    - {id: m, shell: sh, run: 'echo "made=for ${{ inputs.who }}" >>"$GITHUB_OUTPUT"'}
END

test_expect 'a matrix is multiplied out, and outputs go to who needs them' '
	cat >m.yml <<END &&
on: push
jobs:
  make:
    runs-on: x
    outputs: {list: "\${{ steps.l.outputs.list }}"}
    steps: [{id: l, run: "echo list=[1,2] >>\$GITHUB_OUTPUT"}]
  each:
    needs: make
    runs-on: x
    strategy: {matrix: {n: "\${{ fromJSON(needs.make.outputs.list) }}"}}
    steps: [{run: "echo leg \${{ matrix.n }} of \${{ strategy.job-total }}"}]
END
	exits 0 pawl run m.yml && grep -qx "leg 1 of 2" out &&
	grep -qx "leg 2 of 2" out && grep -q "each (2) succeeded" out
'

test_expect 'a job that is left out is said with what decided' '
	cat >if.yml <<END &&
on: push
jobs:
  a: {runs-on: x, if: "github.ref == '"'refs/heads/none'"'", steps: [{run: echo ran a}]}
  b: {runs-on: x, needs: a, if: always(), steps: [{run: echo ran b}]}
END
	exits 0 pawl run --ref refs/heads/main if.yml &&
	grep -q "a skipped: .if: github.ref == .refs/heads/none.. is false" out &&
	grep -q "github.ref => \"refs/heads/main\"" out &&
	! grep -qx "ran a" out && grep -qx "ran b" out
'

test_expect 'fail-fast ends the others of a matrix' '
	cat >ff.yml <<END &&
on: push
jobs:
  t:
    runs-on: x
    strategy: {matrix: {n: [1, 2, 3]}}
    steps: [{run: "echo leg \$N; [ \$N != 2 ]", env: {N: "\${{ matrix.n }}"}}]
END
	exits 1 pawl run ff.yml && grep -qx "leg 2" out &&
	! grep -qx "leg 3" out && grep -q "t (3) cancelled: .*fail-fast" out &&
	sed -i "s/matrix: {n/fail-fast: false, &/" ff.yml &&
	exits 1 pawl run ff.yml && grep -qx "leg 3" out
'

test_expect 'a local workflow is called, with inputs and secrets' '
	cat >call.yml <<END &&
on: push
jobs:
  c:
    uses: ./.github/workflows/called.yml
    with: {word: hello}
    secrets: {inner: "\${{ secrets.OUTER }}"}
  d:
    needs: c
    runs-on: x
    steps: [{run: "echo got \${{ needs.c.outputs.said }}"}]
END
	OUTER=hidden7 exits 0 pawl run --secret OUTER call.yml &&
	grep -qx "got hello and 7" out &&
	exits 3 pawl run --secret OUTER call.yml &&
	grep -q "no environment variable of that name" err
'

test_expect 'a composite action of the folder runs in its place' '
	cat >act.yml <<END &&
on: push
jobs:
  a:
    runs-on: x
    steps:
      - {uses: ./act, id: act, with: {who: "\${{ vars.WHO }}"}}
      - run: echo got \${{ steps.act.outputs.made }}
END
	exits 0 pawl run --var WHO=me act.yml && grep -qx "got for me" out
'

test_expect 'inputs and event come from the command line' '
	cat >hand.yml <<END &&
on: {workflow_dispatch: {inputs: {n: {type: number, default: 4}}}}
jobs:
  a:
    runs-on: x
    steps:
      - run: echo \${{ github.event_name }} \${{ inputs.n == 5 }}
      - run: echo "event \${{ toJSON(github.event.inputs.n) }}"
END
	exits 0 pawl run --event workflow_dispatch --input n=5 hand.yml &&
	grep -qx "workflow_dispatch true" out &&
	echo "{\"inputs\": {\"n\": \"5\"}}" >sent.json &&
	exits 0 pawl run --event workflow_dispatch --payload sent.json \
		hand.yml && grep -qx "workflow_dispatch true" out &&
	exits 0 pawl run --event workflow_dispatch --payload sent.json \
		--input n=6 hand.yml &&
	grep -qx "workflow_dispatch false" out &&
	grep -qx "event \"6\"" out &&
	exits 0 pawl run --event workflow_dispatch hand.yml &&
	grep -qx "event \"4\"" out &&
	exits 0 pawl run hand.yml &&
	grep -q "a server would not start it: event push is not listed" out
'

test_expect 'the name of a step is told with its expressions' '
	cat >named.yml <<END &&
on: push
jobs:
  a:
    runs-on: x
    strategy: {matrix: {v: [7]}}
    env: {E: here}
    steps:
      - {name: "v \${{ matrix.v }} \${{ env.E }}", run: "true"}
END
	exits 0 pawl run named.yml && grep -q "1. v 7 here" out
'

test_expect 'a job with a mistake fails alone, at its place' '
	mkdir bad && echo "runs: {using: composite, stepss: []}" >bad/action.yml &&
	cat >half.yml <<END &&
on: push
jobs:
  bad: {runs-on: x, steps: [{uses: ./bad}]}
  good: {runs-on: x, steps: [{run: echo ran good}]}
END
	exits 1 pawl run half.yml && grep -qx "ran good" out &&
	grep -q "bad failed after .*: half.yml:3:36: action ./bad:1:26: " out
'

test_expect 'a step that cannot run says why, also when the job goes on' '
	cat >../cannot.yml <<-END &&
	jobs:
	  a:
	    runs-on: x
	    steps:
	      - uses: others/action@v1
	        continue-on-error: true
	      - run: echo went on
	END
	exits 0 pawl run ../cannot.yml && grep -qx "went on" out &&
	grep -q "^--> 1.* failed: .*does not run the action .others/action@v1." out
'

test_expect 'so does one with a key that cannot run' '
	cat >key.yml <<END &&
on: push
jobs:
  bad: {runs-on: x, snapshot: {image-name: x}, steps: [{run: echo no}]}
  good: {runs-on: x, steps: [{run: echo ran good}]}
END
	exits 1 pawl run key.yml && grep -qx "ran good" out &&
	! grep -qx no out &&
	grep -q "bad failed after .*: key.yml:3:21: key .snapshot. is not" out
'

test_expect 'artifacts never replace a folder that is none' '
	mkdir -p kept/src && echo mine >kept/src/f &&
	cat >keep.yml <<END &&
on: push
jobs:
  keep:
    runs-on: x
    steps:
      - run: echo its >x
      - uses: actions/upload-artifact@v4
        with: {name: src, path: x, overwrite: true}
END
	exits 1 pawl run --artifacts kept keep.yml && cat out &&
	grep -q "kept/src. is there already" out && grep -qx mine kept/src/f
'

test_expect 'an engine that there is not is said' '
	pipeline "true" && exits 1 pawl run --engine nope &&
	grep -q nope out
'

test_expect 'no server is needed, and no state is made' '
	[ ! -e "$T/state" ]
'

test_expect 'an interrupt ends the job, is 130 and leaves nothing' '
	pipeline "echo up; sleep 600" &&
	{ pawl run >out 2>err & } && pid=$! &&
	wait_for 30 grep -qx up out && kill -INT "$pid" &&
	{ wait "$pid"; is $? 130; } && wait_for 10 nothing_left
'

test_done

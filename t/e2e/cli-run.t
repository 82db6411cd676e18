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

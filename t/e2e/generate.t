#!/bin/bash
# generate.t - what the language has beyond GitHub's, on a server: jobs that
# make jobs, steps with a type, variables in images, the limit of a matrix.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/e2e.sh"

echo hunter2-and-a-half >token
pawl_setup "secrets: {TOKEN: {file: $T/token}}"
repo_new ada made
workerd_start

test_expect 'a job writes a workflow, and its jobs go on with the run' '
	push made <<-\YML && wait_run 60 made 1 succeeded &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    generate: out/made.yml
	    steps:
	      - run: |
	          mkdir -p out
	          printf "%s\n" "jobs:" >out/made.yml
	          for part in one two; do
	            printf "%s\n" "  $part:" "    runs-on: linux" \
	              "    steps: [{run: echo made \$GITHUB_JOB}]"
	          done >>out/made.yml
	  after:
	    needs: make
	    runs-on: linux
	    steps: [{run: echo after}]
	YML
	log_of made 1 make~2Fone | grep -q "^made one" &&
	log_of made 1 make~2Ftwo | grep -q "^made two" &&
	is "$(job state made 1 after)" succeeded &&
	events_whole made 1
'

test_expect 'one that is wrong fails its job, and says where' '
	push made <<-\YML && wait_run 60 made 2 failed &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    generate: made.yml
	    steps:
	      - run: |
	          printf "jobs:\n  a:\n    runs-onn: x\n" >made.yml
	  after:
	    needs: make
	    runs-on: linux
	    steps: [{run: echo after}]
	YML
	is "$(job state made 2 make)" failed &&
	is "$(job state made 2 after)" skipped &&
	{ job reason made 2 make; log_of made 2 make; } >said &&
	grep -q "made.yml:3:5" said && grep -q "runs-onn" said
'

test_expect 'so does one that was not written' '
	push made <<-\YML && wait_run 60 made 3 failed &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    generate: made.yml
	    steps: [{run: "true"}]
	YML
	{ job reason made 3 make; log_of made 3 make; } | grep -q "made.yml"
'

test_expect 'a link out of the workspace is no file of it' '
	push made <<-\YML && wait_run 60 made 4 failed &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    generate: made.yml
	    steps: [{run: ln -s /etc/passwd made.yml}]
	YML
	! log_of made 4 make | grep -q "root:"
'

test_expect 'a secret in it goes nowhere' '
	push made <<-\YML && wait_run 60 made 5 failed &&
	on: push
	jobs:
	  make:
	    runs-on: linux
	    generate: made.yml
	    steps:
	      - run: |
	          printf "jobs: {a: {image: %s}}" "$TOKEN" >made.yml
	        env: {TOKEN: "${{ secrets.TOKEN }}"}
	YML
	job reason made 5 make | grep -q "holds a secret" &&
	! sql "SELECT * FROM jobs" | grep -q hunter2
'

test_expect 'steps with a type are the steps that they stand for' '
	push made <<-\YML && wait_run 60 made 6 failed &&
	on: push
	jobs:
	  a:
	    runs-on: linux
	    steps:
	      - id: check
	        run: echo "level=high" >>"$GITHUB_OUTPUT"
	      - name: choose
	        type: step.conditional
	        config:
	          field: steps.check.outputs.level
	          routes: {high: page, low: note}
	          default: last
	      - id: page
	        run: echo paged
	      - name: note
	        run: echo noted
	      - name: last
	        type: step.shell_exec
	        config: {commands: [echo last]}
	      - type: step.shell_exec
	        config:
	          commands: ["echo one $A", "echo ${{ env.A }} two"]
	          env: {A: b c}
	      - type: step.scan_sast
	        config: {scanner: semgrep}
	YML
	log_of made 6 a | grep -v "^pawl: " >got &&
	grep -qx "goes to: page" got && grep -qx paged got &&
	! grep -qx noted got && ! grep -qx last got &&
	grep -qx "one b c" got && grep -qx "b c two" got &&
	grep -q "step.scan_sast" got
'

test_expect 'with strict-variables an image lists what it lacks' '
	push made <<-\YML && wait_run 60 made 7 failed &&
	on: push
	strict-variables: true
	env: {TAG: "12"}
	jobs:
	  a:
	    image: ${REGISTRY}/$APP:$TAG
	    steps: [{run: "true"}]
	YML
	job reason made 7 a | grep -q "not defined: REGISTRY, APP"
'

test_expect 'a matrix that is larger than the server allows fails' '
	workerd_stop && config_write "matrix-limit: 3" && workerd_start &&
	push made <<-\YML && wait_run 60 made 8 failed &&
	on: push
	jobs:
	  a:
	    matrix: {v: [1, 2, 3, 4]}
	    runs-on: linux
	    steps: [{run: "true"}]
	YML
	sql "SELECT coalesce(problems, why) FROM runs
		WHERE id = $(run_id made 8)
		UNION ALL SELECT why FROM jobs
		WHERE run = $(run_id made 8)" | grep -q "more than 3 jobs"
'

test_no_leaks
test_done

# service_cases.sh - services and steps with containers of their own, on a real
# engine: the same for Docker and Podman. Sourced by t/e2e/services-*.t, which
# set service (as t/lib/engines.sh names it).
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
. "$srcdir/t/lib/e2e.sh"
. "$srcdir/t/lib/engines.sh"

if why=$(engine_missing "$service"); then
	test_skip "services with $service" "$why"
	test_done
fi
socket=$T/e/$service.sock
pawl_setup 'engine: docker' "docker-socket: $socket" \
	'default-image: busybox' 'lease: 30 min' 'max-attempts: 1'
mkdir -p "$T/e"
at_end engines_stop "$T/e"
{ "${service}_start" "$T/e" && image_load "$socket"; } >"$T/engine.log" 2>&1 ||
	bail "$service did not start: $(tail -n 3 "$T/engine.log")"

# ours KIND - ids of containers or networks that carry a label of ours.
ours()
{
	curl -fsS --max-time "$ENGINE_PATIENCE" --unix-socket "$socket" \
		"http://d/v1.41/$1?all=1&filters=%7B%22label%22%3A%5B%22ci.pawl.job%22%5D%7D" |
		jq -r '.[].Id'
}

nothing_left()
{
	[ -z "$(ours containers/json)$(ours networks)" ]
}

# swept - one janitor works at a time, and it may be that of pawl-workerd.
swept()
{
	nothing_left && return
	"$PAWL_LIBEXEC_DIR/pawl-janitor" >janitor.log 2>&1
	nothing_left
}

# none_runs - no container of ours does.
none_runs()
{
	[ -z "$(curl -fsS --unix-socket "$socket" \
		"http://d/v1.41/containers/json?filters=%7B%22label%22%3A%5B%22ci.pawl.job%22%5D%7D" |
		jq -r '.[].Id')" ]
}

# service_log NUMBER JOB SERVICE
service_log()
{
	curl -sSf "$base_url/logs/ada/demo/$1/$2.service-$3.log"
}

test_expect 'a job with services ends well' '
	repo_new ada demo && workerd_start && push demo <<-\YML &&
	on: push
	jobs:
	  test:
	    container: busybox
	    services:
	      web:
	        image: busybox
	        env: {GREETING: hello}
	        ports: [80]
	        command: >-
	          sh -c "mkdir /www; echo $GREETING >/www/up; echo serving;
	          exec httpd -f -p 80 -h /www"
	        ready: {http: {port: 80, path: /up}, timeout: 50s}
	      late:
	        image: busybox
	        command: sh -c "sleep 1; echo now; touch /up; exec sleep 300"
	        options: >-
	          --health-cmd "test -e /up" --health-interval 5s
	          --health-retries 10
	      setup: {image: busybox, command: echo done at once}
	    steps:
	      - run: wget -qO- http://web/up
	      - run: |
	          echo "net ${{ job.services.web.network }}"
	          echo "port ${{ job.services.web.ports[80] }}"
	          echo "ids ${{ job.services.web.id != job.container.id }}"
	      - id: own
	        uses: docker://busybox
	        env: {WHO: me}
	        with:
	          entrypoint: /bin/sh
	          args: -c "wget -qO- http://web/up; pwd; echo a=$WHO >>$GITHUB_OUTPUT; echo $INPUT_ENTRYPOINT >made; ls -d /github/workspace"
	      - run: cat made; echo "own gave ${{ steps.own.outputs.a }}"
	YML
	wait_run 120 demo 1 || { log_of demo 1 test; false; }
'

test_expect 'a service is reached by its name, from steps of both kinds' '
	log_of demo 1 test >log && cat log &&
	is "$(grep -cx hello log)" 2
'

test_expect 'its id, network and port are in the context job' '
	grep -qx "net ci-job-1-1" log && grep -Eqx "port [1-9][0-9]+" log &&
	grep -qx "ids true" log
'

test_expect 'a step with its own container has the workspace and its files' '
	grep -qx /workspace log && grep -qx /github/workspace log &&
	grep -qx /bin/sh log && grep -qx "own gave me" log
'

test_expect 'each service has a log of its own, and a note when it was up' '
	is "$(service_log 1 test web)" serving &&
	service_log 1 test late | grep -qx now &&
	service_log 1 test setup >log && grep -qx "done at once" log &&
	curl -sSf "$base_url/logs/ada/demo/1/test.idx" |
		grep -q "service ..late.. is up"
'

test_expect 'the page and the API lead to these logs' '
	curl -sSf "$base_url/ada/demo/runs/1/jobs/test" >page &&
	grep -q "\"?service=late\"" page &&
	curl -sSf "$base_url/ada/demo/runs/1/jobs/test?service=late" |
		grep -q "logs/ada/demo/1/test.service-late.log" &&
	curl -sSf "$base_url/api/v1/repos/ada/demo/runs/1" |
		jq -r ".jobs[0].services[].log_url" >urls && cat urls &&
	is "$(wc -l <urls)" 3 &&
	is "$(curl -sSf "$(tail -n 1 urls)")" serving
'

test_expect 'nothing of them is left' 'nothing_left'

# Two of them with the same port: the second one gets another.
test_expect 'a job without a container finds services at localhost' '
	push demo <<-\YML &&
	on: push
	jobs:
	  test:
	    runs-on: ubuntu-latest
	    services:
	      one:
	        image: busybox
	        env: {WHO: one}
	        ports: ["8080:80", 9000]
	        command: sh -c "mkdir /w; echo $WHO >/w/up; exec httpd -f -p 80 -h /w"
	        ready: {tcp: 80}
	      two:
	        image: busybox
	        command: sh -c "mkdir /w; dd if=/dev/zero bs=1k count=5000 of=/w/big; exec httpd -f -p 9000 -h /w"
	        ports: [9000]
	        ready: {tcp: 9000}
	    steps:
	      - run: wget -qO- http://localhost:8080/up
	      - run: |
	          echo "first ${{ job.services.one.ports[9000] }}"
	          wget -qO- http://localhost:${{ job.services.two.ports[9000] }}/big | wc -c
	      - run: "! wget -qO- http://localhost:8081/"
	YML
	wait_run 120 demo 2 && log_of demo 2 test >log && cat log &&
	grep -qx one log && grep -qx "first 9000" log &&
	grep -qx 5120000 log
'

test_expect 'services that do not come up fail their jobs' '
	push demo <<-\YML &&
	on: push
	jobs:
	  dead:
	    runs-on: ubuntu-latest
	    services:
	      db:
	        image: busybox
	        command: sh -c "echo opening; echo no such disk >&2; exit 3"
	        ready: {tcp: 5432}
	    steps: [{run: echo ran}]
	  deaf:
	    runs-on: ubuntu-latest
	    services:
	      db:
	        image: busybox
	        command: sleep 300
	        options: >-
	          --health-cmd "echo no answer; exit 1" --health-interval 200ms
	          --health-retries 3
	    steps: [{run: echo ran}]
	  mute:
	    runs-on: ubuntu-latest
	    services:
	      db:
	        image: busybox
	        command: sleep 300
	        ready: {tcp: 5432, timeout: 500ms}
	    steps: [{run: echo ran}]
	  gone:
	    runs-on: ubuntu-latest
	    services:
	      db: {image: busybox, command: sh -c "nc -l -p 99; exit 5"}
	    steps:
	      - run: |
	          for i in $(seq 100); do echo end | nc db 99 && break; sleep 0.1; done
	          sleep 2; echo after
	YML
	wait_run 120 demo 3 failed
'

test_expect 'one that ends: its place, exit code, last lines and log' '
	log_of demo 3 dead >log && cat log && ! grep -q "^ran" log &&
	grep -q "service \"db\" (.ci.yml:6:7, image busybox) did not come up: exit code 3; its log is dead.service-db.log" log &&
	grep -qx "pawl: db | opening" log &&
	grep -qx "pawl: db | no such disk" log
'

test_expect 'one whose check fails: how often, and what it said' '
	log_of demo 3 deaf >log && cat log && ! grep -q "^ran" log &&
	grep -q "did not come up: --health-cmd failed [0-9]* times within .*: no answer" log
'

test_expect 'one that nobody answers for: what was tried' '
	log_of demo 3 mute >log && cat log && ! grep -q "^ran" log &&
	grep -q "did not come up: \"ready\" failed .*Connection refused" log
'

test_expect 'one that ends later is told of when it does' '
	log_of demo 3 gone >log && cat log &&
	is "$(job state demo 3 gone)" succeeded &&
	grep -A1 "service \"db\" has ended: exit code 5" log | grep -qx after
'

test_expect 'kill -9 of the job: its services end, the janitor removes all' '
	push demo <<-\YML &&
	on: push
	jobs:
	  long:
	    runs-on: ubuntu-latest
	    services:
	      db: {image: busybox, command: sleep 300}
	    steps: [{run: echo begun; sleep 300}]
	YML
	wait_for 120 log_has begun demo 4 long &&
	is "$(ours containers/json | wc -l)" 2 &&
	kill -9 "$(sql "SELECT pid FROM jobs WHERE state = '\''running'\''")" &&
	wait_run 60 demo 4 failed && wait_for 30 none_runs &&
	wait_for 60 swept
'

# running_service - the id of a service's container that runs.
running_service()
{
	curl -fsS --unix-socket "$socket" \
		"http://d/v1.41/containers/json?filters=%7B%22label%22%3A%5B%22ci.pawl.role=service%22%5D%7D" |
		jq -er '.[0].Id'
}

# Nobody's fault but the host's: it costs an attempt, of which there is one here.
test_expect 'one that is killed from outside: the infrastructure failed' '
	push demo <<-\YML &&
	on: push
	jobs:
	  served:
	    runs-on: ubuntu-latest
	    services:
	      db:
	        image: busybox
	        command: sleep 300
	        ready: {tcp: 5432, timeout: 5min}
	    steps: [{run: echo ran}]
	YML
	wait_for 120 running_service &&
	curl -fsS --unix-socket "$socket" -X POST \
		"http://d/v1.41/containers/$(running_service)/kill" &&
	wait_run 60 demo 5 failed && sql "SELECT type, data FROM events
		WHERE type LIKE '\''job.%'\'' ORDER BY id DESC LIMIT 3" >ends &&
	cat ends && grep -q "did not come up: the container .*given up after 1 attempt" ends
'

# --- the job's own container ------------------------------------------------------

# One script for both, and each line of it is looked for.
test_expect 'options, volumes, variables and pull of the container' '
	push demo <<-\YML &&
	on: push
	jobs:
	  own:
	    container:
	      image: busybox
	      pull: never
	      env: {GREETING: hello}
	      volumes: [/data, "shared:/shared"]
	      options: --user 65534 --hostname box --shm-size 8m --ulimit nofile=99
	    steps:
	      - run: |
	          echo "$GREETING from $(id -u) at $(hostname), $(ulimit -n) files"
	          grep -c " /data \| /shared " /proc/self/mountinfo
	          grep " /dev/shm " /proc/self/mountinfo | grep -c size=8192k
	          touch made && echo written
	  no:
	    container: {image: busybox, options: --privileged}
	    steps: [{run: echo ran}]
	  host:
	    container: {image: busybox, volumes: ["/etc:/host"]}
	    steps: [{run: echo ran}]
	  none:
	    container: {image: nowhere, pull: never}
	    steps: [{run: echo ran}]
	YML
	wait_run 120 demo 6 failed && log_of demo 6 own >log && cat log &&
	grep -qx "hello from 65534 at box, 99 files" log &&
	grep -qx 2 log && grep -qx 1 log && grep -qx written log &&
	is "$(job state demo 6 own)" succeeded
'

test_expect 'what is not allowed, or not there, is said with what to do' '
	log_of demo 6 no >log && cat log &&
	grep -q ".ci.yml:[0-9]*:[0-9]*: .*--privileged.*allow-privileged" log &&
	log_of demo 6 host >log && cat log &&
	grep -q ".ci.yml:[0-9]*:[0-9]*: .*/etc.*allow-volumes" log &&
	log_of demo 6 none >log && cat log && grep -q "nowhere" log &&
	! grep -h "^ran" "$state/public/logs/ada/demo/5/"*.log
'

# --- actions for docker, here and now ---------------------------------------------

mkdir -p "$T/here/greet" && cd "$T/here" || bail 'no folder'
git init -q .
cat >greet/action.yml <<\END
inputs:
  who: {required: true}
  how often: {default: 2}
outputs: {said: {description: what}}
runs:
  using: docker
  image: docker://busybox
  entrypoint: /bin/sh
  env: {GREETING: hi, FOR: "${{ inputs.who }}"}
  args:
    - /workspace/greet/run.sh
    - ${{ inputs.who }}
    - two words
  post-entrypoint: /bin/true
END
cat >greet/run.sh <<\END
[ -n "$1" ] || exit 0
echo "$GREETING $1 for $FOR, $#, $INPUT_HOW_OFTEN, $INPUT_WHO"
echo "said=$2" >>"$GITHUB_OUTPUT"
echo "BY=greet" >>"$GITHUB_ENV"
echo "::notice::here"
exit ${FAIL:-0}
END
cat >.ci.yml <<\END
on: push
jobs:
  test:
    container: busybox
    steps:
      - id: greet
        uses: ./greet
        with: {who: Ada}
      - run: echo "then ${{ steps.greet.outputs.said }}, $BY"
      - uses: ./greet
      - uses: ./greet
        with: {who: Bob}
        env: {FAIL: 7}
        continue-on-error: true
      - uses: docker://busybox
        timeout-minutes: 0.03
        continue-on-error: true
        with: {args: sleep 300}
END

test_expect 'an action for docker has its inputs, variables and files' '
	PAWL_CONFIG=$config "$builddir/pawl" run >out 2>&1 || { cat out; false; } &&
	grep -qx "hi Ada for Ada, 2, 2, Ada" out &&
	grep -qx "then two words, greet" out
'

test_expect 'one that does nothing, without its input: that is said' '
	grep "^pawl: warning: .*exit code 0 .*\"who\"" out
'

test_expect 'its exit code and its limit are those of any step' '
	cat out && grep "4. .* failed: exit code 7" out &&
	grep "5. .* failed: timed out" out && nothing_left
'

mkdir built && cat >built/action.yml <<\END
inputs: {who: {default: you}}
outputs: {made: {description: where}}
runs:
  using: docker
  image: Dockerfile
  args: ["${{ inputs.who }}"]
  post-entrypoint: /post
END
cat >built/Dockerfile <<\END
FROM busybox
COPY run /run-it
RUN printf "#!/bin/sh\necho post of \$STATE_who\n" >/post && chmod 755 /post
ENTRYPOINT ["/run-it"]
END
cat >built/run <<\END
#!/bin/sh
echo "built for $1"
echo "made=here" >>$GITHUB_OUTPUT
echo "who=$1" >>$GITHUB_STATE
END
chmod 755 built/run
cat >.ci.yml <<\END
on: push
jobs:
  test:
    container: busybox
    steps:
      - id: b
        uses: ./built
        with: {who: Ada}
      - run: echo "it was ${{ steps.b.outputs.made }}"
END

test_expect 'an action is built once, for its part behind all steps too' '
	{ cat "$config" && echo "allow-image-steps: true"; } >build.yaml &&
	PAWL_CONFIG=$PWD/build.yaml "$builddir/pawl" run >out 2>&1 ||
		{ cat out; false; } &&
	cat out && grep -qx "built for Ada" out && grep -qx "it was here" out &&
	grep -qx "post of Ada" out && nothing_left
'

test_expect 'files leave containers and come into them: artifacts, caches' '
	repo_new ada files && push files <<-\YML && wait_run 60 files 1 &&
	on: push
	jobs:
	  make:
	    runs-on: x
	    steps:
	      - uses: actions/cache@v4
	        with: {path: "~/.deps\n/var/else", key: k}
	      - run: |
	          mkdir -p out ~/.deps /var/else /tmp/far
	          echo tool >out/tool; chmod 700 out/tool; echo far >/tmp/far/f
	          echo d >~/.deps/d; ln -s d ~/.deps/l; echo e >/var/else/e
	      - uses: actions/upload-artifact@v4
	        with: {name: out, path: "out\n/tmp/far/*"}
	  use:
	    needs: make
	    runs-on: x
	    steps:
	      - uses: actions/download-artifact@v4
	        with: {name: out, path: ~/got}
	      - uses: actions/cache/restore@v4
	        id: c
	        with: {path: "~/.deps\n/var/else", key: k, fail-on-cache-miss: true}
	      - run: test -x ~/got/workspace/out/tool && cat ~/got/tmp/far/f ~/.deps/l /var/else/e
	YML
	log_of files 1 use >log && grep -qx far log && grep -qx d log &&
	grep -qx e log && is "$(curl -sf "$base_url/artifacts/ada/files/1/out/tmp/far/f")" far
'

test_no_leaks
test_done

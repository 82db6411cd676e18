#!/bin/bash
# services-sandbox.t - services, and steps in containers of their own, in the
# sandbox: on the host's network, without any daemon.
#
# SPDX-License-Identifier: ISC
# shellcheck source=t/lib/cli.sh
. "${srcdir:-.}/t/lib/cli.sh"
. "$srcdir/t/lib/engines.sh"

if why=$(engine_missing sandbox-images); then
	test_skip 'services in the sandbox' "$why"
	test_done
fi
export TMPDIR=$T/tmp
mkdir tmp project && image_layout "$T/images" || bail 'no image'
chmod -R a+rX "$T/images" && chmod 755 "$T"
echo "sandbox-image-dir: $T/images" >>"$PAWL_CONFIG"
cd project && git init -q . || exit 1
port=$(free_port)

cat >.ci.yml <<END
on: push
jobs:
  image:
    container: oci:busybox:latest
    services:
      web: &web
        image: oci:busybox:latest
        env: {GREETING: hello}
        ports: [$port]
        command: >-
          sh -c "mkdir /www; echo \$GREETING >/www/up; echo serving;
          exec httpd -f -p $port -h /www"
        ready: {http: {port: $port, path: /up}, timeout: 50s}
    steps:
      - run: wget -qO- http://web:$port/up
      - run: echo "port \${{ job.services.web.ports[$port] }}"
      - uses: docker://oci:busybox:latest
        with:
          entrypoint: /bin/sh
          args: -c "pwd; wget -qO- http://web:$port/up; echo x >made"
      - run: cat made
  host:
    needs: image
    runs-on: x
    services: {web: *web}
    steps:
      - run: exec 3<>/dev/tcp/localhost/$port && echo "there it is"
  dead:
    needs: host
    runs-on: x
    services:
      db:
        image: oci:busybox:latest
        command: sh -c "echo opening; exit 3"
        ready: {tcp: $port}
    steps: [{run: echo ran}]
END

cat >own.yml <<'END'
on: push
jobs:
  host:
    runs-on: x
    env: {WORD: there}
    steps:
      - {run: "mkdir deep; echo from host >deep/given"}
      - id: inside
        type: step.shell_exec
        config:
          image: oci:busybox:latest
          commands:
            - 'cat given; pwd; readlink -f /bin/sh'
            - 'echo "said=$WORD $OWN" >>"$GITHUB_OUTPUT"; echo x >made'
          work_dir: deep
          env: {OWN: too}
          artifacts_out: [{key: kept, path: deep/made}]
      - run: cat deep/made; echo "[${{ steps.inside.outputs.said }}]"
      - type: step.shell_exec
        retry: {max-attempts: 2, initial-delay: 10ms}
        config:
          image: ${{ env.IMAGE }}
          commands: ['[ -f again ] || { echo first >again; false; }',
            '[ ! -d /usr/share/doc ] && echo second']
          env: {IMAGE: 'oci:busybox:latest'}
      - type: step.shell_exec
        continue-on-error: true
        timeout: 300ms
        config: {image: 'oci:busybox:latest', commands: [exec sleep 70]}
      - type: step.shell_exec
        config: {image: 'oci:none:1', commands: [echo ran]}
END

test_expect 'commands with an image of their own run in a container of it' '
	exits 1 pawl run own.yml; cat out err && grep -qx "from host" out &&
	grep -qx /workspace/deep out && grep -qx /bin/busybox out &&
	grep -qx x out && grep -qx "\[there too\]" out
'

test_expect 'each try has one, a limit ends it, a wrong image fails its step' '
	grep -q "try 2 of" out && grep -qx second out &&
	grep -q "timed out after 300 ms" out && ! grep -qx ran out &&
	grep -q "step 6 .*oci:none:1" out && [ -z "$(ls "$TMPDIR")" ]
'

test_expect 'services come up, are found, and are gone' '
	exits 1 pawl run && cat out && is "$(grep -cx hello out)" 2 &&
	grep -qx "port $port" out && grep -qx /workspace out &&
	grep -qx x out && [ -z "$(ls "$TMPDIR")" ] &&
	! pgrep -f "httpd -f -p $port"
'

test_expect 'a job without an image finds them at localhost' '
	grep -qx "there it is" out
'

test_expect 'one that does not come up fails its job' '
	grep "service \"db\" (.ci.yml:[0-9]*:7, .*) did not come up: exit code 3" out &&
	grep -qx "pawl: db | opening" out && ! grep -qx ran out
'

test_done

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

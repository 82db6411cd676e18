#!/bin/bash
# engine-docker.t - the docker engine against a real Docker.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

service=docker title=Docker calls_itself='Docker'
. "$srcdir/t/lib/engine_service.sh"

# Certificates of both sides by one authority, as Docker's manual has it, and a
# client's by another.
certificates()
{
	local c=$T/certs name
	mkdir -p "$c" "$T/strange" &&
	for name in ca other; do
		openssl req -x509 -newkey ed25519 -nodes -days 1 \
			-subj "/CN=$name" -keyout "$c/$name-key.pem" \
			-out "$c/$name.pem" || return 1
	done &&
	certificate ca server subjectAltName=IP:127.0.0.1 &&
	certificate ca client extendedKeyUsage=clientAuth &&
	certificate other stranger extendedKeyUsage=clientAuth &&
	cp "$c/client.pem" "$c/cert.pem" &&
	cp "$c/client-key.pem" "$c/key.pem" &&
	cp "$c/ca.pem" "$T/strange/" &&
	cp "$c/stranger.pem" "$T/strange/cert.pem" &&
	cp "$c/stranger-key.pem" "$T/strange/key.pem"
}

certificate()
{
	local c=$T/certs
	openssl req -newkey ed25519 -nodes -subj "/CN=$2" \
		-keyout "$c/$2-key.pem" -out "$c/$2.csr" &&
	echo "$3" >"$c/$2.ext" &&
	openssl x509 -req -days 1 -in "$c/$2.csr" -CA "$c/$1.pem" \
		-CAkey "$c/$1-key.pem" -CAcreateserial -extfile "$c/$2.ext" \
		-out "$c/$2.pem"
}

# over_tcp KEY: VALUE - what a probe says with that in the configuration.
over_tcp()
{
	printf '%s\n' "docker-socket: $address" "state-dir: $T" "$@" \
		>"$T/tcp.yaml"
	PAWL_TEST_CONFIG=$T/tcp.yaml engine_t probe docker "$address" \
		>"$T/about"
}

address=tcp://127.0.0.1:2376
test_expect 'over TCP with certificates of both sides it is the same' '
	certificates >"$T/openssl.out" 2>&1 || { cat "$T/openssl.out"; false; } &&
	docker_stop "$T/e" && docker_start "$T/e" -H "$address" --tlsverify \
		--tlscacert "$T/certs/ca.pem" \
		--tlscert "$T/certs/server.pem" \
		--tlskey "$T/certs/server-key.pem" &&
	over_tcp "docker-tls: $T/certs" && cat "$T/about" &&
	grep "^docker: Docker [0-9].* at $address, API [0-9.]*\$" "$T/about" &&
	PAWL_TEST_ONLY=ends PAWL_TEST_CONFIG=$T/tcp.yaml \
		engine_t docker "$address" busybox
'

test_expect 'DOCKER_HOST and its kin do as well' '
	DOCKER_HOST=$address DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$T/certs \
		engine_t probe docker "" >"$T/about" && cat "$T/about" &&
	grep "at $address" "$T/about"
'

test_expect 'who is not known, or is not who he should be, is told' '
	! over_tcp "docker-tls: $T/strange" && cat "$T/about" &&
	grep "do not trust each other" "$T/about" &&
	cp "$T/certs/other.pem" "$T/strange/ca.pem" &&
	! over_tcp "docker-tls: $T/strange" && cat "$T/about" &&
	grep "do not trust each other: .*certificate" "$T/about" &&
	! over_tcp "docker-tls: $T/nothing" && cat "$T/about" &&
	grep "see \"docker-tls\"" "$T/about"
'

# A folder that the service does not have stands for another machine.
test_expect 'an engine that does not see our files is told as such' '
	mkdir "$T/far" && printf "%s\n" "docker-socket: $address" \
		"docker-tls: $T/certs" "state-dir: $T/far" >"$T/tcp.yaml" &&
	! nsenter --net="/run/netns/$(engine_namespace "$T/e")" unshare -m \
		sh -c "mount -t tmpfs none \"\$0\" && exec \"\$@\"" "$T/far" \
		env PAWL_TEST_CONFIG="$T/tcp.yaml" \
		PAWL_LIBEXEC_DIR="$builddir/libexec" \
		"$builddir/t/engine/engine-t" probe docker "" >"$T/about" &&
	cat "$T/about" && grep "is the engine on another machine" "$T/about"
'

test_expect 'without TLS only loopback is asked' '
	address=tcp://192.0.2.1:2375 && ! over_tcp && cat "$T/about" &&
	grep "not asked without TLS" "$T/about"
'

# Docker ends its containers with itself.
test_expect 'a service that stops under a job: an error, and no hang' '
	engine_t watch "$socket" busybox >"$T/watch" 2>&1 & watcher=$!
	wait_for 60 grep -s running "$T/watch" && docker_stop "$T/e" &&
	wait "$watcher" && cat "$T/watch" &&
	grep "^step: .*unavailable at" "$T/watch" &&
	grep "^remove: -1 .*unavailable at" "$T/watch"
'

test_expect 'a service that was stopped is unavailable at its socket' '
	! engine_t probe docker "$socket" >"$T/about" &&
	grep "unavailable at \"$socket\"" "$T/about"
'

test_expect 'nothing of it is left' '
	engines_stop "$T/e" && is "$(mounts_below "$T/e")" "" &&
	[ ! -e "/run/netns/$(engine_namespace "$T/e")" ]
'

test_done

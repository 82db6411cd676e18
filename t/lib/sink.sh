# sink.sh - an HTTPS and SMTP server that keeps what Pawl sends it, with an
# authority of its own. Source it after worker.sh.
#
#	sink_start		certificates and the server; $sink is its URL,
#				$sink_dir its folder, $sink_ca its authority
#	sink_mode WORD...	what it answers from now on, see sink.mjs
#	sink_bodies FILTER	of all requests, by a filter of jq
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# shellcheck disable=SC2034 # variables are read by the tests

# sink_cert NAME HOST - a key and a certificate that the authority signs.
sink_cert()
{
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-keyout "$sink_dir/$1key.pem" -out "$sink_dir/$1.csr" \
		-subj "/CN=$2" &&
	printf 'subjectAltName=%s\n' "$3" >"$sink_dir/$1.ext" &&
	openssl x509 -req -in "$sink_dir/$1.csr" -CA "$sink_ca" \
		-CAkey "$sink_dir/ca-key.pem" -days 2 -CAcreateserial \
		-extfile "$sink_dir/$1.ext" -out "$sink_dir/$4"
}

sink_certs()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -keyout "$sink_dir/ca-key.pem" \
		-out "$sink_ca" -subj "/CN=An authority of tests" &&
	sink_cert "" localhost "DNS:localhost" cert.pem &&
	sink_cert wrong- elsewhere.test "DNS:elsewhere.test" wrong.pem
}

sink_start()
{
	sink_dir=$T/sink
	sink_ca=$sink_dir/ca.pem
	mkdir -p "$sink_dir"
	sink_certs >"$sink_dir/openssl.out" 2>&1 ||
		bail "$(cat "$sink_dir/openssl.out")"
	sink_mode ok
	: >"$sink_dir/requests"
	: >"$sink_dir/mails"
	node "$srcdir/t/lib/sink.mjs" "$sink_dir" >"$sink_dir/out" 2>&1 &
	sink_pid=$!
	disown "$sink_pid"
	at_end sink_stop
	wait_for 30 test -s "$sink_dir/smtp" && wait_for 30 \
		test -s "$sink_dir/port" && wait_for 30 \
		test -s "$sink_dir/wrong" || bail "$(cat "$sink_dir/out")"
	sink=https://localhost:$(cat "$sink_dir/port")
	sink_wrong=https://localhost:$(cat "$sink_dir/wrong")
	sink_smtp=smtp://localhost:$(cat "$sink_dir/smtp")
}

sink_stop()
{
	stop_pid "$sink_pid"
}

sink_mode()
{
	echo "$*" >"$sink_dir/mode.new" &&
		mv "$sink_dir/mode.new" "$sink_dir/mode"
}

# Forget what has come.
sink_clear()
{
	: >"$sink_dir/requests"
	: >"$sink_dir/mails"
}

# How many requests have come; that it were so many.
sink_count()
{
	wc -l <"$sink_dir/requests"
}

sink_has()
{
	[ "$(sink_count)" -ge "$1" ]
}

sink_requests()
{
	jq -r "$@" "$sink_dir/requests"
}

# that a request of the filter has come
sink_saw()
{
	jq -es "any(.[]; $1)" "$sink_dir/requests" >/dev/null
}

# nginx.sh - a real nginx with Pawl's handlers behind it, in the test's own
# folder. Source it after tap.sh:
#
#	. "$srcdir/t/lib/nginx.sh"
#	web_setup /ci            # or "" for the root; makes $T/pawl.yaml and
#	                         # the database; sets base_url, state, run
#	web_start                # handlers by spawn-fcgi, and nginx
#	curl "$base_url/healthz"
#
# What it starts is ended by the test's clean-up, by pid.
#
# SPDX-License-Identifier: ISC
# shellcheck shell=bash

# Accounts without a login have no sbin folders in their PATH.
PATH=$PATH:/usr/sbin:/sbin
export PAWL_LIBEXEC_DIR=$builddir/libexec

state=$T/state
run=$T/run
config=$T/pawl.yaml
hook_secret='It is a Secret to Everybody'

pawl()
{
	"$builddir/pawl" --config "$config" "$@"
}

# web_setup PREFIX [LINE-OF-CONFIGURATION...]
web_setup()
{
	prefix=$1
	shift
	port=$(free_port)
	base_url=http://127.0.0.1:$port$prefix
	mkdir -p "$state/public" "$run"
	printf '%s' "$hook_secret" >"$T/secret"
	chmod 600 "$T/secret"
	{
		printf 'base-url: %s\n' "$base_url"
		printf 'state-dir: %s\nrun-dir: %s\n' "$state" "$run"
		printf 'webhook-secrets:\n'
		printf '  %s: {file: %s}\n' github "$T/secret" \
		    gitea "$T/secret" forgejo "$T/secret"
		printf '%s\n' "$@"
	} >"$config"
	pawl admin migrate
}

# handler_start NAME - one handler as FastCGI on $run/NAME.sock.
handler_start()
{
	spawn-fcgi -n -M 0666 -s "$run/$1.sock" -- \
	    "$PAWL_LIBEXEC_DIR/pawl-$1" --config "$config" \
	    2>>"$T/$1.log" >&2 &
	eval "$1_pid=$!"
	at_end stop_pid "$!"
	wait_for 10 test -S "$run/$1.sock"
}

# nginx_conf [OPTION...] - write the configuration of a private nginx. Its
# workers need not be able to reach the source: it may be below /root.
nginx_conf()
{
	[ -d "$T/htdocs" ] || cp -R "$srcdir/htdocs" "$T/htdocs" || return 1
	chmod -R a+rX "$T/htdocs"
	"$builddir/nginx/pawl-nginx-conf" --prefix "${prefix:-/}" \
	    --state-dir "$state" --run-dir "$run" \
	    --htdocs "$T/htdocs" --templates "$srcdir/nginx" \
	    --standalone "$T/nginx" --listen "127.0.0.1:$port" "$@"
}

nginx_start()
{
	nginx -q -t -c "$T/nginx/nginx.conf" -e "$T/nginx/error.log" &&
	    nginx -c "$T/nginx/nginx.conf" -e "$T/nginx/error.log" || return 1
	wait_for 10 test -s "$T/nginx/nginx.pid"
	nginx_pid=$(cat "$T/nginx/nginx.pid")
	at_end stop_pid "$nginx_pid"
}

# With the configuration as it is now. The workers before are waited for: they
# go on accepting for a moment, and answer as they were told to.
nginx_reload()
{
	local worker old
	old=$(pgrep -P "$nginx_pid")
	nginx -s reload -c "$T/nginx/nginx.conf" -e "$T/nginx/error.log" ||
	    return 1
	for worker in $old; do
		wait_for 20 gone "$worker" || return 1
	done
}

# web_start [OPTION-OF-pawl-nginx-conf...]
web_start()
{
	local name
	for name in hook api web events; do
		handler_start "$name" || return 1
	done
	nginx_conf "$@" && nginx_start
}

# sign FILE [SECRET] - the hexadecimal HMAC-SHA256 of a file.
sign()
{
	openssl dgst -sha256 -hmac "${2:-$hook_secret}" -r "$1" | cut -d' ' -f1
}

# web_status ARGUMENT-OF-CURL... - prints the status; $T/body and $T/headers
# keep the answer.
web_status()
{
	: >"$T/body"
	curl -s -o "$T/body" -D "$T/headers" -w '%{http_code}' "$@"
}

# header NAME - of the last answer, without the line's end.
header()
{
	grep -i "^$1:" "$T/headers" | head -n 1 | sed 's/^[^:]*: *//; s/\r$//'
}

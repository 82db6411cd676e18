#!/bin/bash
# cgi.t - no root and no FastCGI: an ordinary user with nginx, plain CGI
# programs started anew for each request, and a workerd of one's own. The same
# push becomes the same finished job.
#
# SPDX-License-Identifier: ISC

# Root becomes an ordinary user first, unless that one may not look here.
if [ "$(id -u)" -eq 0 ] && [ -z "${PAWL_TEST_PLAIN:-}" ] &&
	setpriv --reuid nobody --regid nogroup --clear-groups \
		test -x "${builddir:-.}/pawl"; then
	PAWL_TEST_PLAIN=1 exec setpriv --reuid nobody --regid nogroup \
		--clear-groups env HOME=/nonexistent bash "$0"
fi

. "${srcdir:-.}/t/lib/e2e.sh"

# nginx_conf OPTION... - as always, but every handler is a program that
# fcgiwrap starts.
eval "fastcgi_$(declare -f nginx_conf)"
nginx_conf()
{
	fastcgi_nginx_conf "$@" &&
	sed -i -e "s|fastcgi_pass unix:$run/\(.*\)\.sock;|set \$pawl_program \
$PAWL_LIBEXEC_DIR/pawl-\1; fastcgi_pass unix:$run/git.sock;|" \
		-e "s|fastcgi_param GATEWAY_INTERFACE.*|&\
fastcgi_param SCRIPT_FILENAME \$pawl_program;\
fastcgi_param PAWL_CONFIG $config;|" "$T/nginx/pawl.conf"
}

handlers=
pawl_setup
note "as user $(id -un)"

test_expect 'no handler runs, and yet webhooks are taken' '
	repo_new ada demo && push demo <<-\YML &&
	on: push
	jobs:
	  hello:
	    runs-on: linux
	    steps:
	      - run: echo "hello from $(id -u)"
	YML
	is "$hook_status" 202 && is "$(pids_of pawl-hook)" "" &&
	is "$(delivery_state "$(jq -r .id "$hook_answer")")" received
'

test_expect 'workerd plans and runs it' '
	workerd_start && wait_run 60 demo 1 &&
	log_of demo 1 hello | grep "^hello from"
'

test_expect 'a forged signature is refused' '
	is "$(web_status -H "X-Gitea-Event: push" \
		-H "X-Gitea-Signature: $(printf %064d 0)" -d "{}" \
		"$base_url/hook/gitea/ada/demo")" 403
'

test_expect 'API and pages answer' '
	is "$(web_status "$base_url/api/v1/runs")" 200 &&
	is "$(jq -r ".runs[0].state" body)" succeeded &&
	is "$(web_status "$base_url/ada/demo/runs/1/jobs/hello")" 200 &&
	grep -q "hello from" body && is "$(pids_of pawl-web)" ""
'

test_expect 'the badge passes' '
	curl -sSf "$base_url/badges/ada/demo/main.svg" | grep -q passing
'

test_no_leaks
test_done

/*
 * check_web.c - does nginx answer under the base URL, for handlers and for
 * files?
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/check.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include "lib/base/layout.h"
#include "lib/store/repos.h"

#define WEB_TIMEOUT_S 10L

/* An answer's body does not matter. */
static size_t
drop(char *data, size_t size, size_t n, void *ctx)
{
	(void)data;
	(void)ctx;
	return size * n;
}

/* GET; returns the HTTP status, or 0 with the reason in `why`. */
static long
get(const char *url, char why[CURL_ERROR_SIZE])
{
	CURL *curl = curl_easy_init();
	long status = 0;
	CURLcode code;

	strcpy(why, "no memory for a request");
	if (!curl)
		return 0;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, WEB_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
	why[0] = '\0';
	code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	else if (!why[0])
		snprintf(why, CURL_ERROR_SIZE, "%s", curl_easy_strerror(code));
	curl_easy_cleanup(curl);
	return status;
}

/* One address that must answer 200. */
static bool
answers(struct checks *c, const char *url, const char *hint)
{
	char why[CURL_ERROR_SIZE];
	long status = get(url, why);

	if (status == 200)
		return true;
	if (status == 0)
		check_add(c, "nginx", CHECK_FAIL,
		    "start nginx, and set \"base-url\" to where it serves Pawl",
		    "%s: %s", url, why);
	else
		check_add(c, "nginx", CHECK_FAIL, hint, "%s: HTTP status %ld",
		    url, status);
	return false;
}

/* The badge of any repository: a file that nginx serves by itself. NULL when
 * there is none to ask for. */
static const char *
a_file(struct checks *c)
{
	struct cli *cli = c->cli;
	struct str path = STR_INIT;
	struct err err = { 0 };
	struct repo *repos;
	const char *url = NULL;
	size_t n = 0;

	if (cli->store && repo_list(cli->store, &cli->arena, &repos, &n,
	        &err) == 0 && n > 0) {
		layout_badge(&path, repos[0].owner, repos[0].name,
		    repos[0].default_branch, "svg");
		url = arena_printf(&cli->arena, "%s/%s", cli->config.base_url,
		    path.s);
	}
	str_release(&path);
	return url;
}

void
check_web(struct checks *c)
{
	const char *base = c->cli->config.base_url;
	const char *health = arena_printf(&c->cli->arena, "%s/healthz", base);
	const char *file = a_file(c);

	if (!answers(c, health,
	        "include pawl.conf in the server block and start the "
	        "handlers: systemctl start pawl.target"))
		return;
	if (file && !answers(c, file,
	        "let nginx read STATE/public and STATE/private, where its "
	        "links lead to: every folder above them needs o+x"))
		return;
	check_add(c, "nginx", CHECK_OK, NULL, "%s answers%s", base,
	    file ? ", pages and files" : "");
}

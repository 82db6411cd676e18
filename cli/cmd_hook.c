/*
 * cmd_hook.c - pawl hook: send a webhook to this server, signed in the form of
 * the repository's forge, to try it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include "cli/hook.h"
#include "cli/ref.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/forge/forge.h"

#define TIMEOUT_S 30L
#define ANSWER_MAX (64 * 1024)
#define ID_BYTES 16

/* The repository's newest, else one of the configuration's for the forge. */
static int
find_secret(struct cli *cli, const struct repo *repo, const char **out,
    struct err *err)
{
	if (hook_newest_secret(cli->store, repo->id, &cli->arena, out, err) ==
	    -1)
		return -1;
	for (size_t i = 0; i < cli->config.n_webhook_secrets && !*out &&
	    !repo->has_hook_secret; i++)
		if (!strcmp(cli->config.webhook_secrets[i].name, repo->forge))
			*out = cli->config.webhook_secrets[i].value;
	return *out ? 0 : err_set(err, ERR_NOT_FOUND, "%s/%s has no webhook "
	    "secret to sign with; \"pawl repo secret add\" makes one",
	    repo->owner, repo->name);
}

/* Each try is a delivery of its own. */
static const char *
new_id(struct arena *a)
{
	unsigned char raw[ID_BYTES];
	char text[ID_BYTES * 2 + 1];

	randombytes_buf(raw, sizeof(raw));
	return arena_printf(a, "pawl-hook-%s", sodium_bin2hex(text,
	    sizeof(text), raw, sizeof(raw)));
}

static struct curl_slist *
header_list(const char *lines)
{
	struct curl_slist *list = curl_slist_append(NULL,
	    "Content-Type: application/json"), *longer;

	while (list != NULL && *lines != '\0') {
		size_t len = strcspn(lines, "\n");
		struct str line = STR_INIT;

		str_add_len(&line, lines, len);
		longer = curl_slist_append(list, line.s);
		str_release(&line);
		if (longer == NULL)
			curl_slist_free_all(list);
		list = longer;
		lines += len + (lines[len] == '\n');
	}
	return list;
}

static size_t
keep(char *data, size_t size, size_t n, void *ctx)
{
	struct str *answer = ctx;

	if (answer->len + size * n > ANSWER_MAX)
		return 0;
	str_add_len(answer, data, size * n);
	return size * n;
}

/* The HTTP status, or -1. */
static long
post(const char *url, const char *headers, const struct str *body,
    struct str *answer, struct err *err)
{
	struct curl_slist *list = header_list(headers);
	CURL *curl = curl_easy_init();
	CURLcode code = CURLE_OUT_OF_MEMORY;
	long status = -1;

	if (curl == NULL || list == NULL)
		goto out;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->s);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)body->len);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
	code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
out:
	if (code != CURLE_OK)
		err_set(err, ERR_UNAVAILABLE, "%s: %s", url,
		    curl_easy_strerror(code));
	curl_easy_cleanup(curl);
	curl_slist_free_all(list);
	return status;
}

static int
send_hook(struct cli *cli, const struct repo *repo, const struct forge *f,
    const char *secret, struct err *err)
{
	struct str body = STR_INIT, url = STR_INIT, headers = STR_INIT;
	struct str answer = STR_INIT;
	long status = -1;

	hook_address(&cli->config, repo, &url);
	if (file_read(cli->words[2], (size_t)cli->config.webhook_max_bytes,
	    &body, err) == -1)
		goto out;
	forge_sign(f, secret, cli->words[1], new_id(&cli->arena),
	    clock_now_ms() / 1000, body.s, body.len, &headers);
	status = post(url.s, headers.s, &body, &answer, err);
	if (status == -1)
		goto out;
	fprintf(stderr, "%s answered %ld\n", url.s, status);
	printf("%s\n", answer.s);
out:
	str_release(&body);
	str_release(&url);
	str_release(&headers);
	str_release(&answer);
	if (status == -1)
		return -1;
	return status >= 200 && status < 300 ? CLI_OK : CLI_FAILED;
}

int
cmd_hook(struct cli *cli, struct err *err)
{
	const struct forge *f;
	const char *secret;
	struct repo repo;

	if (sodium_init() == -1)
		return err_set(err, ERR_IO, "no source of random numbers");
	if (ref_find_repo(cli, cli->words[0], &repo, err) == -1 ||
	    find_secret(cli, &repo, &secret, err) == -1)
		return -1;
	f = forge_find(repo.forge);
	if (f == NULL)
		return err_set(err, ERR_INVALID, "the forge \"%s\" sends no "
		    "webhooks", repo.forge);
	return send_hook(cli, &repo, f, secret, err);
}

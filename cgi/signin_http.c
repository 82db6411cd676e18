/*
 * signin_http.c - one request to a provider, and its answer as JSON.
 *
 * A provider is not trusted with our time and memory: it has FETCH_MS, may say
 * ANSWER_MAX, and cannot send us elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/signin.h"

#include <curl/curl.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

#define FETCH_MS 10000L
#define CONNECT_MS 5000L
#define ANSWER_MAX (256 * 1024)

bool
fetch_may(const char *url)
{
	static const char *const local[] = { "http://localhost",
		"http://127.0.0.1", "http://[::1]" };

	if (strpbrk(url, " \t\r\n\"<>@\\") != NULL)
		return false;
	if (str_starts_with(url, "https://"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(local); i++)
		if (str_starts_with(url, local[i]) && (url[strlen(local[i])] ==
		    ':' || url[strlen(local[i])] == '/'))
			return true;
	return false;
}

/* Less than was given ends the transfer. */
static size_t
on_body(char *data, size_t size, size_t n, void *to)
{
	struct str *body = to;

	if (body->len + size * n > ANSWER_MAX)
		return 0;
	str_add_len(body, data, size * n);
	return size * n;
}

static struct curl_slist *
headers_of(const struct fetch *f, struct arena *a)
{
	struct curl_slist *list = curl_slist_append(NULL,
	    "Accept: application/json");

	if (f->bearer != NULL)
		list = curl_slist_append(list, arena_printf(a,
		    "Authorization: Bearer %s", f->bearer));
	return list;
}

static void
set_up(CURL *c, const struct fetch *f, struct curl_slist *headers,
    struct str *body)
{
	curl_easy_setopt(c, CURLOPT_URL, f->url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, FETCH_MS);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Pawl/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
	if (f->form != NULL)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, f->form);
	if (f->ca_file[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, f->ca_file);
	if (f->user != NULL) {
		curl_easy_setopt(c, CURLOPT_USERNAME, f->user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, f->password);
	}
}

/* Its address without what follows, which may have secrets. */
static const char *
place_of(const char *url, struct arena *a)
{
	return arena_strndup(a, url, strcspn(url, "?#"));
}

static int
perform(CURL *c, const struct fetch *f, struct arena *a, struct err *err)
{
	CURLcode code = curl_easy_perform(c);
	long status = 0;

	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(err, ERR_TIMEOUT, "\"%s\" did not answer within "
		    "%ld s", place_of(f->url, a), FETCH_MS / 1000);
	if (code == CURLE_WRITE_ERROR)
		return err_set(err, ERR_UNAVAILABLE, "\"%s\" answered more "
		    "than %d bytes", place_of(f->url, a), ANSWER_MAX);
	if (code != CURLE_OK)
		return err_set(err, ERR_UNAVAILABLE, "\"%s\": %s",
		    place_of(f->url, a), curl_easy_strerror(code));
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		return 0;
	return err_set(err, status >= 400 && status < 500 ? ERR_DENIED :
	    ERR_UNAVAILABLE, "\"%s\" answered %ld", place_of(f->url, a),
	    status);
}

json_t *
fetch_json(const struct fetch *f, struct arena *a, struct err *err)
{
	struct curl_slist *headers = NULL;
	struct str body = STR_INIT;
	json_t *value = NULL;
	CURL *c = NULL;

	if (!fetch_may(f->url)) {
		err_set(err, ERR_UNAVAILABLE, "\"%s\" has no https",
		    place_of(f->url, a));
		goto out;
	}
	if ((c = curl_easy_init()) == NULL) {
		err_set(err, ERR_UNAVAILABLE, "libcurl cannot be set up");
		goto out;
	}
	headers = headers_of(f, a);
	set_up(c, f, headers, &body);
	if (perform(c, f, a, err) == -1)
		goto out;
	value = json_loadb(body.s, body.len, JSON_REJECT_DUPLICATES, NULL);
	if (value == NULL)
		err_set(err, ERR_UNAVAILABLE, "\"%s\" did not answer JSON",
		    place_of(f->url, a));
out:
	if (c != NULL)
		curl_easy_cleanup(c);
	curl_slist_free_all(headers);
	str_release(&body);
	return value;
}

/*
 * late_curl.c - libcurl, loaded when it is first used.
 *
 * It brings some thirty libraries along. Linked as usual, they cost each
 * process 4 ms and 2 MB at its start, and every job has a process, though one
 * in the sandbox sends no request. So programs link these functions instead:
 * the names and the header are libcurl's own.
 *
 * Without libcurl the first call fails as one that could not set it up.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <curl/curl.h>
#include <stdarg.h>
#include <stdbool.h>

#include "lib/base/late.h"
#include "lib/base/mem.h"

/* The name that all versions since 2006 have. */
#define LIBRARY "libcurl.so.4"

/* The header checks the types of these where they are called. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
	CURLcode (*global_init)(long);
	void (*global_cleanup)(void);
	CURL *(*easy_init)(void);
	void (*easy_cleanup)(CURL *);
	void (*easy_reset)(CURL *);
	CURLcode (*easy_perform)(CURL *);
	CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
	CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
	CURLHcode (*easy_header)(CURL *, const char *, size_t, unsigned, int,
	    struct curl_header **);
	const char *(*easy_strerror)(CURLcode);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_add_handle)(CURLM *, CURL *);
	CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
	CURLMcode (*multi_perform)(CURLM *, int *);
	CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd[], unsigned, int,
	    int *);
	CURLMsg *(*multi_info_read)(CURLM *, int *);
	CURLMcode (*multi_cleanup)(CURLM *);
	struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
	void (*slist_free_all)(struct curl_slist *);
} real;

/* Every program here has one thread. */
static bool
load(void)
{
	static const struct late_function functions[] = {
		{ "curl_global_init", &real.global_init },
		{ "curl_global_cleanup", &real.global_cleanup },
		{ "curl_easy_init", &real.easy_init },
		{ "curl_easy_cleanup", &real.easy_cleanup },
		{ "curl_easy_reset", &real.easy_reset },
		{ "curl_easy_perform", &real.easy_perform },
		{ "curl_easy_setopt", &real.easy_setopt },
		{ "curl_easy_getinfo", &real.easy_getinfo },
		{ "curl_easy_header", &real.easy_header },
		{ "curl_easy_strerror", &real.easy_strerror },
		{ "curl_multi_init", &real.multi_init },
		{ "curl_multi_add_handle", &real.multi_add_handle },
		{ "curl_multi_remove_handle", &real.multi_remove_handle },
		{ "curl_multi_perform", &real.multi_perform },
		{ "curl_multi_poll", &real.multi_poll },
		{ "curl_multi_info_read", &real.multi_info_read },
		{ "curl_multi_cleanup", &real.multi_cleanup },
		{ "curl_slist_append", &real.slist_append },
		{ "curl_slist_free_all", &real.slist_free_all },
	};
	static bool loaded;

	if (!loaded)
		loaded = late_load(LIBRARY, functions, ARRAY_LEN(functions));
	return loaded;
}

CURLcode
curl_global_init(long flags)
{
	return load() ? real.global_init(flags) : CURLE_FAILED_INIT;
}

void
curl_global_cleanup(void)
{
	if (load())
		real.global_cleanup();
}

CURL *
curl_easy_init(void)
{
	return load() ? real.easy_init() : NULL;
}

void
curl_easy_cleanup(CURL *curl)
{
	if (load())
		real.easy_cleanup(curl);
}

void
curl_easy_reset(CURL *curl)
{
	if (load())
		real.easy_reset(curl);
}

CURLcode
curl_easy_perform(CURL *curl)
{
	return load() ? real.easy_perform(curl) : CURLE_FAILED_INIT;
}

/* What follows an option has the type that its number says. */
CURLcode
curl_easy_setopt(CURL *curl, CURLoption option, ...)
{
	CURLcode code = CURLE_FAILED_INIT;
	va_list ap;

	if (!load())
		return code;
	va_start(ap, option);
	if ((int)option < CURLOPTTYPE_OBJECTPOINT)
		code = real.easy_setopt(curl, option, va_arg(ap, long));
	else if ((int)option >= CURLOPTTYPE_OFF_T &&
	    (int)option < CURLOPTTYPE_BLOB)
		code = real.easy_setopt(curl, option, va_arg(ap, curl_off_t));
	else
		code = real.easy_setopt(curl, option, va_arg(ap, void *));
	va_end(ap);
	return code;
}

CURLcode
curl_easy_getinfo(CURL *curl, CURLINFO info, ...)
{
	CURLcode code = CURLE_FAILED_INIT;
	va_list ap;

	if (!load())
		return code;
	va_start(ap, info);
	code = real.easy_getinfo(curl, info, va_arg(ap, void *));
	va_end(ap);
	return code;
}

CURLHcode
curl_easy_header(CURL *curl, const char *name, size_t index, unsigned origin,
    int request, struct curl_header **out)
{
	return load() ? real.easy_header(curl, name, index, origin, request,
	    out) : CURLHE_NOT_BUILT_IN;
}

const char *
curl_easy_strerror(CURLcode code)
{
	return load() ? real.easy_strerror(code) :
	    LIBRARY " is not installed";
}

/* Who has no handle has nothing to call the others with. */
CURLM *
curl_multi_init(void)
{
	return load() ? real.multi_init() : NULL;
}

CURLMcode
curl_multi_add_handle(CURLM *multi, CURL *curl)
{
	return real.multi_add_handle(multi, curl);
}

CURLMcode
curl_multi_remove_handle(CURLM *multi, CURL *curl)
{
	return real.multi_remove_handle(multi, curl);
}

CURLMcode
curl_multi_perform(CURLM *multi, int *running)
{
	return real.multi_perform(multi, running);
}

CURLMcode
curl_multi_poll(CURLM *multi, struct curl_waitfd fds[], unsigned n,
    int timeout_ms, int *ready)
{
	return real.multi_poll(multi, fds, n, timeout_ms, ready);
}

CURLMsg *
curl_multi_info_read(CURLM *multi, int *left)
{
	return real.multi_info_read(multi, left);
}

CURLMcode
curl_multi_cleanup(CURLM *multi)
{
	return multi != NULL ? real.multi_cleanup(multi) : CURLM_OK;
}

struct curl_slist *
curl_slist_append(struct curl_slist *list, const char *text)
{
	return load() ? real.slist_append(list, text) : NULL;
}

void
curl_slist_free_all(struct curl_slist *list)
{
	if (load())
		real.slist_free_all(list);
}

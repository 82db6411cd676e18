/*
 * git_url.c - addresses of repositories: compared, and joined.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <ctype.h>
#include <string.h>

/* Host and path of "scheme://[user@]host[:port]/path", else NULL. */
static const char *
key_of_url(const char *url, struct arena *a)
{
	const char *host = strstr(url, "://");
	const char *path, *at;

	if (!host)
		return NULL;
	host += 3;
	path = host + strcspn(host, "/");
	at = memchr(host, '@', (size_t)(path - host));
	if (at)
		host = at + 1;
	if (host == path)
		return arena_strdup(a, path); /* file:///path */
	return arena_printf(a, "%.*s%s", (int)strcspn(host, ":/"), host, path);
}

/* Host and path of "[user@]host:path", the form of scp(1), else NULL. */
static const char *
key_of_scp(const char *url, struct arena *a)
{
	size_t host_len = strcspn(url, ":/");
	const char *at;

	if (url[host_len] != ':')
		return NULL;
	at = memchr(url, '@', host_len);
	if (at) {
		host_len -= (size_t)(at + 1 - url);
		url = at + 1;
	}
	return arena_printf(a, "%.*s/%s", (int)host_len, url,
	    url + host_len + 1 + strspn(url + host_len + 1, "/"));
}

const char *
git_url_key(const char *url, struct arena *a)
{
	const char *found = key_of_url(url, a);
	char *key;
	size_t len;

	if (!found)
		found = key_of_scp(url, a);
	key = arena_strdup(a, found ? found : url);
	len = strlen(key);
	while (len > 1 && key[len - 1] == '/')
		key[--len] = '\0';
	if (str_ends_with(key, ".git"))
		key[len - 4] = '\0';
	if (key[0] != '/')
		for (char *p = key; *p && *p != '/'; p++)
			*p = (char)tolower((unsigned char)*p);
	return key;
}

const char *
git_url_clean(const char *url, struct arena *a)
{
	const char *host = strstr(url, "://"), *at;

	if (host == NULL)
		return url;
	host += 3;
	at = memrchr(host, '@', strcspn(host, "/"));
	if (at == NULL || str_starts_with(url, "ssh://"))
		return url;
	return arena_printf(a, "%.*s%s", (int)(host - url), url, at + 1);
}

/* Without its last part; never shorter than scheme and host. */
static size_t
parent_len(const char *url, size_t len)
{
	const char *scheme = strstr(url, "://");
	size_t least = scheme != NULL ? (size_t)(scheme + 3 - url) +
	    strcspn(scheme + 3, "/") : 0;

	while (len > least && url[len - 1] != '/' && url[len - 1] != ':')
		len--;
	while (len > least && url[len - 1] == '/')
		len--;
	return len;
}

const char *
git_url_join(const char *base, const char *url, struct arena *a)
{
	size_t len = strlen(base);

	if (!str_starts_with(url, "./") && !str_starts_with(url, "../"))
		return url;
	while (len > 0 && base[len - 1] == '/')
		len--;
	for (;;) {
		if (str_starts_with(url, "./")) {
			url += 2;
		} else if (str_starts_with(url, "../")) {
			url += 3;
			len = parent_len(base, len);
		} else {
			break;
		}
	}
	return arena_printf(a, "%.*s%s%s", (int)len, base,
	    len > 0 && base[len - 1] == ':' ? "" : "/", url);
}

/*
 * api.c - where the API of a forge is, and what each request to it carries.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/status.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "lib/base/percent.h"
#include "lib/base/str.h"
#include "lib/forge/status_row.h"

/* What a clone URL is made of. */
struct clone {
	const char *scheme; /* of its web pages */
	const char *host;   /* without the port */
	const char *port;   /* ":3000", or "" */
	const char *path;   /* "/prefix/owner/name.git" */
};

static int
no_address(const char *url, struct err *err)
{
	return err_set(err, ERR_INVALID, "the clone URL \"%.200s\" does not "
	    "tell where the forge's API is: set it with \"pawl repo report "
	    "--api-url\"", url);
}

/* "https://[user@]host[:port]/path", the same of ssh, "user@host:path". A port
 * of ssh is not that of the web. */
static int
split(const char *url, struct arena *a, struct clone *out, struct err *err)
{
	const char *at = strstr(url, "://"), *user, *colon;
	bool web = str_starts_with(url, "https://") ||
	    str_starts_with(url, "http://");
	size_t len;

	if (at == NULL) {
		user = strchr(url, '@');
		colon = user != NULL ? strchr(user, ':') : NULL;
		if (colon == NULL || url[0] == '/')
			return no_address(url, err);
		*out = (struct clone){ "https", arena_strndup(a, user + 1,
		    (size_t)(colon - user - 1)), "",
		    arena_printf(a, "/%s", colon + 1) };
		return 0;
	}
	if (!web && !str_starts_with(url, "ssh://"))
		return no_address(url, err);
	at += 3;
	len = strcspn(at, "/");
	user = memchr(at, '@', len);
	if (user != NULL) {
		len -= (size_t)(user + 1 - at);
		at = user + 1;
	}
	colon = memchr(at, ':', len);
	out->scheme = str_starts_with(url, "http://") ? "http" : "https";
	out->path = arena_strdup(a, at + len);
	out->port = colon != NULL && web ? arena_strndup(a, colon,
	    len - (size_t)(colon - at)) : "";
	out->host = arena_strndup(a, at, colon != NULL ?
	    (size_t)(colon - at) : len);
	return 0;
}

/* The path without "/OWNER/NAME.git" at its end, and without what `cut` says
 * before that. */
static const char *
prefix_of(const char *path, const char *owner, const char *name,
    const char *cut, struct arena *a)
{
	const char *tail = arena_printf(a, "/%s/%s", owner, name);
	size_t len = strlen(path), want = strlen(tail), n;

	while (len > 0 && path[len - 1] == '/')
		len--;
	if (len > 4 && strncmp(path + len - 4, ".git", 4) == 0)
		len -= 4;
	if (len < want || strncasecmp(path + len - want, tail, want) != 0)
		return "";
	len -= want;
	n = cut != NULL ? strlen(cut) : 0;
	if (n > 0 && len >= n && strncmp(path + len - n, cut, n) == 0)
		len -= n;
	return arena_strndup(a, path, len);
}

static int
find_base(const char *forge, const char *clone_url, struct arena *a,
    struct forge_api *out, struct err *err)
{
	struct clone c = { NULL, NULL, NULL, NULL };

	if (split(clone_url, a, &c, err) == -1)
		return -1;
	out->row = status_row_find(forge, c.host);
	if (out->row == NULL)
		return 0;
	out->known = out->row->public_host != NULL &&
	    strcasecmp(c.host, out->row->public_host) == 0;
	out->base = out->known ? out->row->public_api : arena_printf(a,
	    "%s://%s%s%s%s", c.scheme, c.host, c.port, prefix_of(c.path,
	    out->owner, out->name, out->row->cut, a), out->row->prefix);
	return 0;
}

/* The host of an address, without its port. */
static const char *
bare_host(const char *url, struct arena *a)
{
	const char *at = strstr(url, "://");

	return at == NULL ? NULL : arena_strndup(a, at + 3, strcspn(at + 3,
	    ":/"));
}

int
forge_api_find(const char *forge, const char *clone_url, const char *api_url,
    const char *owner, const char *name, struct arena *a,
    struct forge_api *out, struct err *err)
{
	*out = (struct forge_api){ .owner = owner, .name = name };
	if (api_url == NULL &&
	    find_base(forge, clone_url, a, out, err) == -1)
		return -1;
	if (api_url != NULL) {
		out->row = status_row_find(forge, bare_host(api_url, a));
		out->base = api_url;
	}
	if (out->row == NULL)
		return err_set(err, ERR_UNSUPPORTED, "the forge \"%s\" takes "
		    "no statuses", forge);
	return outgoing_host(out->base, a, &out->host, err);
}

bool
forge_token_valid(const char *token)
{
	for (const char *p = token; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return false;
	return *token != '\0';
}

/* The value of a {word}; NULL when it is none. */
static const char *
word_value(const struct forge_api *api, const char *word, size_t len,
    const char *const *more)
{
	if (len == 5 && strncmp(word, "owner", len) == 0)
		return api->owner;
	if (len == 4 && strncmp(word, "name", len) == 0)
		return api->name;
	for (; *more != NULL; more += 2)
		if (strlen(more[0]) == len && strncmp(word, more[0], len) == 0)
			return more[1];
	return NULL;
}

void
api_path(const struct forge_api *api, const char *path,
    const char *const *more, struct str *out)
{
	while (*path != '\0') {
		size_t len = strcspn(path + 1, "}");

		if (*path != '{') {
			str_add_char(out, *path++);
			continue;
		}
		if (strncmp(path, "{project}", 9) == 0) {
			percent_encode(out, api->owner);
			str_add(out, "%2F");
			percent_encode(out, api->name);
		} else {
			percent_encode(out, word_value(api, path + 1, len,
			    more));
		}
		path += len + 2;
	}
}

/* "Basic ..." of USER:TOKEN, as an Atlassian account wants it. */
static void
basic_header(const char *token, struct arena *a, struct outgoing *out)
{
	size_t size = sodium_base64_ENCODED_LEN(strlen(token),
	    sodium_base64_VARIANT_ORIGINAL);
	char *text = arena_alloc(a, size);

	sodium_bin2base64(text, size, (const unsigned char *)token,
	    strlen(token), sodium_base64_VARIANT_ORIGINAL);
	outgoing_header(out, a, "Authorization", arena_printf(a, "Basic %s",
	    text));
}

void
api_headers(const struct forge_api *api, const char *token, struct arena *a,
    struct outgoing *out)
{
	const char *form = api->row->token;

	if (form == NULL && strchr(token, ':') != NULL) {
		basic_header(token, a, out);
	} else {
		size_t before = form != NULL ? strcspn(form, "%") : 0;

		out->headers[out->n_headers++] = arena_printf(a, "%.*s%s",
		    form != NULL ? (int)before : 22, form != NULL ? form :
		    "Authorization: Bearer ", token);
	}
	outgoing_header(out, a, "Accept", api->row->accept);
	if (api->row->version[0] != NULL)
		outgoing_header(out, a, api->row->version[0],
		    api->row->version[1]);
	if (out->body != NULL)
		outgoing_header(out, a, "Content-Type", "application/json");
}

/*
 * outgoing.c - something that is to be sent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/outgoing.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

static const struct {
	const char *scheme;
	const char *port;
} schemes[] = {
	{ "https://", "443" },
	{ "http://", "80" },
	{ "smtps://", "465" },
	{ "smtp://", "25" },
};

void
outgoing_header(struct outgoing *o, struct arena *a, const char *name,
    const char *value)
{
	if (o->n_headers < OUTGOING_MAX_HEADERS)
		o->headers[o->n_headers++] = arena_printf(a, "%s: %s", name,
		    value);
}

static int
refuse(const char *url, const char *why, struct err *err)
{
	/* What stands behind the host may be secret. */
	return err_set(err, ERR_INVALID, "the address \"%.*s\" %s",
	    (int)strcspn(url, "@?"), url, why);
}

static const char *
lower(struct arena *a, const char *s, size_t len)
{
	char *copy = arena_strndup(a, s, len);

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
	return copy;
}

/* "host" or "host:port", and "[::1]" or "[::1]:port". */
static int
read_host(const char *url, const char *at, const char *standard,
    struct arena *a, const char **host, struct err *err)
{
	size_t len = strcspn(at, "/?#"), name;
	const char *end = at + len;
	long long port;

	name = at[0] == '[' ? strcspn(at, "]") + 1 : strcspn(at, ":/?#");
	if (name > len || name == 0 || (at[0] == '[' && name < 4))
		return refuse(url, "has no host", err);
	if (at + name == end) {
		*host = arena_printf(a, "%s:%s", lower(a, at, len), standard);
		return 0;
	}
	if (at[name] != ':' || !str_to_int64(arena_strndup(a, at + name + 1,
		len - name - 1), 1, 65535, &port))
		return refuse(url, "has no valid port", err);
	*host = lower(a, at, len);
	return 0;
}

int
outgoing_host(const char *url, struct arena *a, const char **host,
    struct err *err)
{
	if (strlen(url) > OUTGOING_MAX_URL)
		return err_set(err, ERR_INVALID, "the address has more than "
		    "%d bytes", OUTGOING_MAX_URL);
	for (const char *p = url; *p != '\0'; p++)
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f ||
		    strchr("\"<>\\^`{|}", *p) != NULL)
			return err_set(err, ERR_INVALID, "the address has a "
			    "character that none can have: encode it as %%XX");
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		const char *at = url + strlen(schemes[i].scheme);

		if (!str_starts_with(url, schemes[i].scheme))
			continue;
		if (memchr(at, '@', strcspn(at, "/?#")) != NULL)
			return refuse(url, "has a user in it: give a token "
			    "instead", err);
		return read_host(url, at, schemes[i].port, a, host, err);
	}
	return refuse(url, "begins with no scheme that is known (https://)",
	    err);
}

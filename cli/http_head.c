/*
 * http_head.c - see http_head.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/http_head.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool
is_header(const char *line, size_t len, const char *name, const char **value)
{
	size_t n = strlen(name);

	if (len <= n || strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	*value = line + n + 1;
	while (*value < line + len && (**value == ' ' || **value == '\t'))
		(*value)++;
	return true;
}

void
http_header(const char *line, size_t len, struct answer *a)
{
	struct { const char *name; struct str *to; } const known[] = {
		{ "Content-Type", &a->type },
		{ "X-Correlation-ID", &a->problem },
		{ "Location", &a->location },
	};
	const char *value;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!is_header(line, len, known[i].name, &value))
			continue;
		str_clear(known[i].to);
		str_add_len(known[i].to, value, len - (size_t)(value - line));
	}
}

int
http_read_cgi(const struct str *text, struct answer *a, struct err *err)
{
	const char *at = text->s, *end = text->s + text->len, *value;

	a->status = 200;
	while (at < end) {
		const char *stop = memchr(at, '\r', (size_t)(end - at));
		size_t len;

		if (stop == NULL || end - stop < 2)
			break;
		len = (size_t)(stop - at);
		if (is_header(at, len, "Status", &value))
			a->status = atoi(value);
		http_header(at, len, a);
		at = stop + 2;
		if (len == 0) {
			str_add_len(&a->body, at, (size_t)(end - at));
			return 0;
		}
	}
	return err_set(err, ERR_BUG, "an answer has no end of its headers");
}

bool
http_is_loopback(const char *url)
{
	const char *host = strstr(url, "://");
	char name[64];
	struct in_addr v4;
	size_t len;

	host = host != NULL ? host + 3 : url;
	if (strncmp(host, "[::1]", 5) == 0)
		return host[5] == '\0' || strchr(":/?#", host[5]) != NULL;
	len = strcspn(host, ":/?#");
	if (len >= sizeof(name) || memchr(host, '@', strcspn(host, "/?#")))
		return false;
	memcpy(name, host, len);
	name[len] = '\0';
	return strcasecmp(name, "localhost") == 0 ||
	    (inet_pton(AF_INET, name, &v4) == 1 &&
	    (ntohl(v4.s_addr) >> 24) == 127);
}

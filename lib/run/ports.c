/*
 * ports.c - `ports` of containers: "8080", "8080:80", "127.0.0.1:53:53/udp",
 * "7000-7005:7000-7005", as "docker create --publish" takes them.
 *
 * An address of the host is read and not used: ports are opened to the host
 * itself alone, for a stranger's database has no business on its network.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/wish.h"

#include <string.h>

struct range {
	int from, to;
};

static int
wrong(const char *text, struct err *err)
{
	return err_set(err, ERR_INVALID, "\"%s\" is no port: write "
	    "\"CONTAINER\", \"HOST:CONTAINER\" or \"HOST:CONTAINER/udp\" with "
	    "numbers of 1 to 65535", text);
}

/* "80" or "80-90" */
static bool
read_range(const char *text, size_t len, struct arena *a, struct range *out)
{
	char *copy = arena_strndup(a, text, len), *dash = strchr(copy, '-');
	long long from, to;

	if (dash != NULL)
		*dash = '\0';
	if (!str_to_int64(copy, 1, 65535, &from))
		return false;
	to = from;
	if (dash != NULL && !str_to_int64(dash + 1, from, 65535, &to))
		return false;
	*out = (struct range){ (int)from, (int)to };
	return true;
}

/* Cut the protocol off. */
static bool
read_protocol(const char *text, size_t *len, bool *udp)
{
	const char *slash = strchr(text, '/');

	*len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	*udp = slash != NULL && strcmp(slash, "/udp") == 0;
	return slash == NULL || *udp || strcmp(slash, "/tcp") == 0;
}

/* The last colon of the first `len` bytes, or NULL. */
static const char *
last_colon(const char *text, size_t len)
{
	while (len > 0)
		if (text[--len] == ':')
			return text + len;
	return NULL;
}

int
ports_read(const char *text, struct arena *a, struct container_port **list,
    size_t *n, struct err *err)
{
	struct range inside, host = { 0, 0 };
	const char *colon, *before;
	size_t len, written;
	bool udp;

	if (!read_protocol(text, &len, &udp))
		return wrong(text, err);
	colon = last_colon(text, len);
	before = colon != NULL ? colon + 1 : text;
	if (!read_range(before, len - (size_t)(before - text), a, &inside))
		return wrong(text, err);
	if (colon != NULL) {
		const char *address = last_colon(text, (size_t)(colon - text));

		before = address != NULL ? address + 1 : text;
		written = (size_t)(colon - before);
		if (written > 0 && !read_range(before, written, a, &host))
			return wrong(text, err);
	}
	if (host.from > 0 && host.to - host.from != inside.to - inside.from)
		return err_set(err, ERR_INVALID, "\"%s\": the two ranges of "
		    "ports are not of the same length", text);
	for (int i = 0; i <= inside.to - inside.from; i++) {
		struct container_port *room;

		if (*n == WISH_MAX_PORTS)
			return err_set(err, ERR_TOO_LARGE, "more than %d "
			    "ports", WISH_MAX_PORTS);
		room = arena_push(a, list, n, sizeof(*room));
		*room = (struct container_port){ inside.from + i,
			host.from > 0 ? host.from + i : 0, udp };
	}
	return 0;
}

/*
 * command.c - commands that a step prints.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/command.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"

/* --- one line ------------------------------------------------------------------- */

struct escape {
	const char *code;
	char c;
};

/* "%25" comes last, or what it makes would be read again. */
static const struct escape data_escapes[] = {
	{ "%0D", '\r' }, { "%0A", '\n' }, { "%25", '%' }, { NULL, 0 },
};
static const struct escape property_escapes[] = {
	{ "%0D", '\r' }, { "%0A", '\n' }, { "%3A", ':' }, { "%2C", ',' },
	{ "%25", '%' }, { NULL, 0 },
};
static const struct escape old_escapes[] = {
	{ "%0D", '\r' }, { "%0A", '\n' }, { "%3B", ';' }, { "%5D", ']' },
	{ "%25", '%' }, { NULL, 0 },
};

static void
unescape(const char *s, size_t len, const struct escape *escapes,
    struct str *out)
{
	for (size_t i = 0; i < len; i++) {
		const struct escape *e = escapes;

		while (e->code != NULL && (len - i < 3 ||
					      strncmp(s + i, e->code, 3) != 0))
			e++;
		str_add_char(out, e->code != NULL ? e->c : s[i]);
		if (e->code != NULL)
			i += 2;
	}
}

static const char *
find(const char *s, size_t len, const char *what)
{
	return memmem(s, len, what, strlen(what));
}

/* "file=a.c": both sides must be there. */
static void
read_property(const char *s, size_t len, const struct escape *escapes,
    struct command *out)
{
	struct command_property *p = &out->properties[out->n_properties];
	const char *equals = memchr(s, '=', len);
	size_t name;

	while (len > 0 && isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	if (equals == NULL || out->n_properties == COMMAND_MAX_PROPERTIES)
		return;
	name = (size_t)(equals - s);
	if (equals < s || name == 0 || name + 1 == len)
		return;
	str_init(&p->name);
	str_init(&p->value);
	str_add_len(&p->name, s, name);
	unescape(equals + 1, len - name - 1, escapes, &p->value);
	out->n_properties++;
}

/* "error file=a.c,line=3" */
static void
read_head(const char *s, size_t len, char separator,
    const struct escape *escapes, struct command *out)
{
	const char *blank = memchr(s, ' ', len), *end = s + len, *next;
	size_t name = blank != NULL ? (size_t)(blank - s) : len;

	for (size_t i = 0; i < name; i++)
		str_add_char(&out->name, (char)tolower((unsigned char)s[i]));
	for (s = blank != NULL ? blank + 1 : end; s < end; s = next + 1) {
		next = memchr(s, separator, (size_t)(end - s));
		if (next == NULL)
			next = end;
		read_property(s, (size_t)(next - s), escapes, out);
	}
}

static bool
read_new(const char *s, size_t len, struct command *out)
{
	const char *end = len >= 2 ? find(s + 2, len - 2, "::") : NULL;

	if (end == NULL || memcmp(s, "::", 2) != 0)
		return false;
	read_head(s + 2, (size_t)(end - s) - 2, ',', property_escapes, out);
	end += 2;
	unescape(end, len - (size_t)(end - s), data_escapes, &out->data);
	return out->name.len > 0;
}

/* "##[error]text", which is older. */
static bool
read_old(const char *s, size_t len, struct command *out)
{
	const char *end = len >= 3 ? memchr(s, ']', len) : NULL;

	if (end == NULL || memcmp(s, "##[", 3) != 0)
		return false;
	read_head(s + 3, (size_t)(end - s) - 3, ';', old_escapes, out);
	end++;
	unescape(end, len - (size_t)(end - s), old_escapes, &out->data);
	return out->name.len > 0;
}

bool
command_read(const char *line, size_t len, struct command *out)
{
	memset(out, 0, sizeof(*out));
	str_init(&out->name);
	str_init(&out->data);
	while (len > 0 && isspace((unsigned char)*line)) {
		line++;
		len--;
	}
	if (len > 0 && line[len - 1] == '\r')
		len--;
	return read_new(line, len, out) || read_old(line, len, out);
}

void
command_release(struct command *c)
{
	str_release(&c->name);
	str_release(&c->data);
	for (size_t i = 0; i < c->n_properties; i++) {
		str_release(&c->properties[i].name);
		str_release(&c->properties[i].value);
	}
	c->n_properties = 0;
}

const char *
command_property(const struct command *c, const char *name)
{
	for (size_t i = 0; i < c->n_properties; i++)
		if (strcasecmp(c->properties[i].name.s, name) == 0)
			return c->properties[i].value.s;
	return "";
}

/* --- lines of a stream -------------------------------------------------------------- */

static bool
begins_like(const char *s, size_t len, const char *prefix)
{
	size_t n = strlen(prefix);

	return memcmp(s, prefix, len < n ? len : n) == 0;
}

/* Can a line that begins so be a command? */
static bool
may_be_command(const char *s, size_t len)
{
	while (len > 0 && isspace((unsigned char)*s)) {
		s++;
		len--;
	}
	return begins_like(s, len, "::") || begins_like(s, len, "##[");
}

/* The held line is whole. */
static int
take_line(struct command_stream *s, const struct command_sink *sink,
    struct err *err)
{
	size_t len = s->held.len;
	struct command c;
	int rc = 0;

	if (len > 0 && s->held.s[len - 1] == '\n')
		len--;
	if (command_read(s->held.s, len, &c))
		rc = sink->command(sink->ctx, &c, err);
	command_release(&c);
	if (rc == 0)
		rc = sink->text(sink->ctx, s->held.s, s->held.len, err);
	str_clear(&s->held);
	return rc;
}

/* Add a piece of a line to what is held. It goes on when the line ends, or is
 * no command after all. */
static int
hold(struct command_stream *s, const char *data, size_t len, bool whole,
    const struct command_sink *sink, struct err *err)
{
	int rc;

	str_add_len(&s->held, data, len);
	if (may_be_command(s->held.s, s->held.len) &&
	    s->held.len <= COMMAND_MAX_BYTES)
		return whole ? take_line(s, sink, err) : 0;
	rc = sink->text(sink->ctx, s->held.s, s->held.len, err);
	str_clear(&s->held);
	s->inside = !whole;
	return rc;
}

int
command_stream_write(struct command_stream *s, const char *data, size_t len,
    const struct command_sink *sink, struct err *err)
{
	const char *end = data + len, *plain = data, *p, *next;

	for (p = data; p < end; p = next) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		next = nl != NULL ? nl + 1 : end;
		if (s->inside || (s->held.len == 0 &&
				     !may_be_command(p, (size_t)(next - p)))) {
			s->inside = nl == NULL;
			continue;
		}
		if (p > plain && sink->text(sink->ctx, plain,
		    (size_t)(p - plain), err) == -1)
			return -1;
		if (hold(s, p, (size_t)(next - p), nl != NULL, sink, err) ==
		    -1)
			return -1;
		plain = next;
	}
	return end > plain ? sink->text(sink->ctx, plain,
	    (size_t)(end - plain), err) : 0;
}

int
command_stream_flush(struct command_stream *s,
    const struct command_sink *sink, struct err *err)
{
	s->inside = false;
	return s->held.len > 0 ? take_line(s, sink, err) : 0;
}

void
command_stream_release(struct command_stream *s)
{
	str_release(&s->held);
}

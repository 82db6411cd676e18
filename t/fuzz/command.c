/*
 * command.c - fuzz target: what a step prints, in any pieces, and the files
 * that it writes.
 *
 * The first byte is how long the pieces are. Whatever is a command, all bytes
 * pass, in their order; and the commands are the same as in one piece.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/command.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/glob.h"
#include "lib/run/pairs.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct heard {
	struct str text, commands;
};

static int
on_text(void *ctx, const char *data, size_t len, struct err *err)
{
	struct heard *h = ctx;

	(void)err;
	str_add_len(&h->text, data, len);
	return 0;
}

static int
on_command(void *ctx, const struct command *c, struct err *err)
{
	struct heard *h = ctx;

	(void)err;
	str_addf(&h->commands, "%s=%s\n", c->name.s, c->data.s);
	for (size_t i = 0; i < c->n_properties; i++)
		str_addf(&h->commands, "%s=%s,", c->properties[i].name.s,
		    c->properties[i].value.s);
	return 0;
}

static void
hear(const char *data, size_t len, size_t piece, struct heard *h)
{
	struct command_stream s = COMMAND_STREAM_INIT;
	const struct command_sink sink = { h, on_text, on_command };
	struct err err = { 0 };

	for (size_t i = 0; i < len; i += piece)
		command_stream_write(&s, data + i, piece < len - i ? piece :
		    len - i, &sink, &err);
	command_stream_flush(&s, &sink, &err);
	command_stream_release(&s);
}

static void
read_files(const char *data, size_t len)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct pair *list;
	size_t n;

	pairs_read("F", data, len, &a, &list, &n, &err);
	pairs_read_variables("F", data, len, &a, &list, &n, &err);
	glob_match(arena_strndup(&a, data, len / 2),
	    arena_strndup(&a, data + len / 2, len - len / 2));
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct heard whole = { STR_INIT, STR_INIT };
	struct heard cut = { STR_INIT, STR_INIT };

	if (size < 2)
		return 0;
	hear((const char *)data + 1, size - 1, size, &whole);
	hear((const char *)data + 1, size - 1, 1 + data[0] % 16, &cut);
	if (whole.text.len != size - 1 ||
	    memcmp(whole.text.s, data + 1, size - 1) != 0 ||
	    cut.text.len != size - 1 ||
	    memcmp(cut.text.s, data + 1, size - 1) != 0 ||
	    cut.commands.len != whole.commands.len ||
	    memcmp(cut.commands.s, whole.commands.s, cut.commands.len) != 0)
		abort();
	read_files((const char *)data + 1, size - 1);
	str_release(&whole.text);
	str_release(&whole.commands);
	str_release(&cut.text);
	str_release(&cut.commands);
	return 0;
}

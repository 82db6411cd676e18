/*
 * command.h - commands that a step prints: "::error file=a.c,line=3::text".
 *
 * docs.github.com, "Workflow commands"; corners as actions/runner has them
 * (src/Runner.Common/ActionCommand.cs). A command is a whole line, blanks in
 * front are allowed. Output arrives in pieces cut anywhere: bytes pass at
 * once, only a line that may become a command is held until it ends.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_COMMAND_H
#define PAWL_RUN_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

/* A line that begins like a command and is longer is text. */
#define COMMAND_MAX_BYTES (1024 * 1024)
#define COMMAND_MAX_PROPERTIES 16

struct command_property {
	struct str name;
	struct str value;
};

struct command {
	struct str name; /* in small letters */
	struct command_property properties[COMMAND_MAX_PROPERTIES];
	size_t n_properties;
	struct str data;
};

/* Is the line (without its end) a command in form? Its name may be any. Fills
 * `out`, to be released in either case. */
bool
command_read(const char *line, size_t len, struct command *out);
void
command_release(struct command *c);

/* The value of a property, by its name in any case; "" when there is none. */
const char *
command_property(const struct command *c, const char *name);

/* What is done with output: text goes on, commands are acted on before their
 * own line goes on as text. -1 ends the writing. */
struct command_sink {
	void *ctx;
	int (*text)(void *ctx, const char *data, size_t len,
	    struct err *err);
	int (*command)(void *ctx, const struct command *c, struct err *err);
};

/* One descriptor's output. */
struct command_stream {
	struct str held;
	bool inside; /* a line that is no command has begun */
};

#define COMMAND_STREAM_INIT { STR_INIT, false }

int
command_stream_write(struct command_stream *s, const char *data, size_t len,
    const struct command_sink *sink, struct err *err);
/* Nothing more comes: a last line without an end counts as one. */
int
command_stream_flush(struct command_stream *s,
    const struct command_sink *sink, struct err *err);
void
command_stream_release(struct command_stream *s);

#endif

/*
 * log.h - the one logger: one JSON object a line on standard error.
 *
 *	log_info("webhook accepted", LOG_STR("delivery", id),
 *	    LOG_INT("bytes", n));
 *
 * {"time":"...","level":"info","component":"hook","message":"webhook
 * accepted","delivery":"...","bytes":123}. A key that contains "secret",
 * "token" or "password" is written as "[REDACTED]".
 * Every line is one write(2), so lines of several processes never mix.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LOG_H
#define PAWL_BASE_LOG_H

#include <stdint.h>
#include "lib/base/err.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

enum log_type { LOG_END, LOG_TYPE_STR, LOG_TYPE_INT };

struct log_field {
	enum log_type type;
	const char *key;
	const char *str; /* NULL is written as null */
	int64_t num;
};

#define LOG_STR(k, v) ((struct log_field){ LOG_TYPE_STR, (k), (v), 0 })
#define LOG_INT(k, v) ((struct log_field){ LOG_TYPE_INT, (k), NULL, (v) })
#define LOG_NONE ((struct log_field){ LOG_END, NULL, NULL, 0 })

/* Name this program's lines and set the least level written (default info).
 * A NULL component keeps the one before. The name is borrowed for ever. */
void
log_setup(const char *component, enum log_level least);

/* A field that every later line carries, such as the run's id; up to 4.
 * The value is copied. */
void
log_context(const char *key, const char *value);

/* Read "debug", "info", "warn" or "error"; -1 when it is none. */
int
log_level_parse(const char *word);

/* Fields end with LOG_NONE; the macros below add it. */
void
log_write(enum log_level level, const char *message,
    const struct log_field *fields);

#define LOG_FIELDS(...) ((const struct log_field[]){ __VA_ARGS__, LOG_NONE })
#define log_debug(msg, ...) log_at_(LOG_DEBUG, msg, ##__VA_ARGS__, LOG_NONE)
#define log_info(msg, ...) log_at_(LOG_INFO, msg, ##__VA_ARGS__, LOG_NONE)
#define log_warn(msg, ...) log_at_(LOG_WARN, msg, ##__VA_ARGS__, LOG_NONE)
#define log_error(msg, ...) log_at_(LOG_ERROR, msg, ##__VA_ARGS__, LOG_NONE)
#define log_at_(level, msg, ...) \
	log_write((level), (msg), (const struct log_field[]){ __VA_ARGS__ })

/* An error with its kind; the level is warn for the user's, else error. */
void
log_err(const char *message, const struct err *err);

#endif

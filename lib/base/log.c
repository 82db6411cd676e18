/*
 * log.c - one JSON object a line on standard error.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/log.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define MAX_CONTEXT 4

static const char *component = "pawl";
static enum log_level least_level = LOG_INFO;
static struct {
	char *key;
	char *value;
} context[MAX_CONTEXT];

static const char *const level_names[] = {
	[LOG_DEBUG] = "debug",
	[LOG_INFO] = "info",
	[LOG_WARN] = "warn",
	[LOG_ERROR] = "error",
};

void
log_setup(const char *name, enum log_level least)
{
	if (name != NULL)
		component = name;
	least_level = least;
}

void
log_context(const char *key, const char *value)
{
	for (int i = 0; i < MAX_CONTEXT; i++) {
		if (context[i].key != NULL && strcmp(context[i].key, key) != 0)
			continue;
		free(context[i].key);
		free(context[i].value);
		context[i].key = mem_strdup(key);
		context[i].value = mem_strdup(value);
		return;
	}
}

int
log_level_parse(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(level_names); i++)
		if (strcmp(level_names[i], word) == 0)
			return (int)i;
	return -1;
}

/* Does the key's name promise something that must not be in a log? */
static bool
is_sensitive(const char *key)
{
	static const char *const words[] = { "secret", "token", "password" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (const char *p = key; *p != '\0'; p++)
			if (strncasecmp(p, words[i], strlen(words[i])) == 0)
				return true;
	return false;
}

static void
add_text(struct str *line, const char *key, const char *value)
{
	str_add_char(line, ',');
	json_text(line, key);
	str_add_char(line, ':');
	if (value == NULL)
		str_add(line, "null");
	else
		json_text(line, is_sensitive(key) ? "[REDACTED]" : value);
}

static void
add_field(struct str *line, const struct log_field *f)
{
	if (f->type == LOG_TYPE_STR) {
		add_text(line, f->key, f->str);
		return;
	}
	str_add_char(line, ',');
	json_text(line, f->key);
	str_addf(line, ":%" PRId64, f->num);
}

void
log_write(enum log_level level, const char *message,
    const struct log_field *fields)
{
	struct str line = STR_INIT;
	char now[CLOCK_TEXT_SIZE];
	ssize_t ignored;

	if (level < least_level)
		return;
	str_addf(&line, "{\"time\":\"%s\"", clock_rfc3339(clock_now_ms(), now));
	add_text(&line, "level", level_names[level]);
	add_text(&line, "component", component);
	add_text(&line, "message", message);
	for (int i = 0; i < MAX_CONTEXT && context[i].key != NULL; i++)
		add_text(&line, context[i].key, context[i].value);
	for (; fields->type != LOG_END; fields++)
		add_field(&line, fields);
	str_add(&line, "}\n");
	ignored = write(STDERR_FILENO, line.s, line.len);
	(void)ignored; /* there is nowhere left to say it */
	str_release(&line);
}

void
log_err(const char *message, const struct err *err)
{
	enum err_kind kind = err_kind(err->code);

	log_write(kind == ERR_KIND_USER ? LOG_WARN : LOG_ERROR, message,
	    LOG_FIELDS(LOG_STR("error", err->text),
	    LOG_STR("error_type", err_kind_name(kind))));
}

/*
 * doc.c - see doc.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/doc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/size.h"

#define SHA_SHOWN 8

const char *
doc_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s != NULL ? s : "";
}

int64_t
doc_int(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool
doc_flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

int64_t
doc_time(const json_t *o, const char *key)
{
	struct tm tm = { 0 };
	int ms = 0;

	/* The form of clock_rfc3339(). */
	if (sscanf(doc_text(o, key), "%4d-%2d-%2dT%2d:%2d:%2d.%3d",
	    &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec, &ms) < 6)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	return (int64_t)timegm(&tm) * 1000 + ms;
}

const char *
doc_names(const json_t *list, const char *last, struct arena *a)
{
	size_t n = json_array_size(list), i;
	const char *all = "";
	json_t *item;

	json_array_foreach(list, i, item)
		all = arena_printf(a, "%s%s%s", all, i == 0 ? "" :
		    i + 1 < n ? ", " : arena_printf(a, " %s ", last),
		    json_is_string(item) ? json_string_value(item) : "?");
	return all;
}

const char *
doc_run_name(const json_t *run, struct arena *a)
{
	int64_t attempt = doc_int(run, "attempt");
	const char *name = arena_printf(a, "%s/%s#%" PRId64,
	    doc_text(run, "owner"), doc_text(run, "name"),
	    doc_int(run, "number"));

	return attempt <= 1 ? name : arena_printf(a, "%s.%" PRId64, name,
	    attempt);
}

/* --- tables --------------------------------------------------------------- */

/* A number as one, a text as it is. */
static const char *
plain(const json_t *value, struct arena *a)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		return arena_printf(a, "%" PRId64,
		    (int64_t)json_integer_value(value));
	case JSON_REAL:
		return arena_printf(a, "%g", json_real_value(value));
	case JSON_TRUE:
		return "yes";
	case JSON_ARRAY:
		return doc_names(value, "and", a);
	case JSON_FALSE:
	case JSON_NULL:
	case JSON_OBJECT:
		break;
	}
	return "";
}

static const char *
minute(int64_t at_ms, struct arena *a)
{
	char text[CLOCK_TEXT_SIZE];

	return at_ms == 0 ? "" : arena_printf(a, "%.16sZ",
	    clock_rfc3339(at_ms, text));
}

static const char *
bytes(int64_t n, struct arena *a)
{
	char text[SIZE_TEXT_SIZE];

	return arena_strdup(a, size_text(n, text));
}

static const char *
cell_text(const json_t *item, const struct doc_column *c, struct arena *a)
{
	const json_t *value = json_object_get(item, c->key != NULL ? c->key :
	    "");

	switch (c->kind) {
	case DOC_TEXT:
	case DOC_STATE:
		return value != NULL ? plain(value, a) : "";
	case DOC_AGO:
		return term_ago(a, doc_time(item, c->key), clock_now_ms());
	case DOC_TIME:
		return minute(doc_time(item, c->key), a);
	case DOC_SHA:
		return arena_strndup(a, doc_text(item, c->key), SHA_SHOWN);
	case DOC_TOOK:
		return term_span(a, doc_time(item, "started_at"),
		    doc_time(item, "finished_at"), clock_now_ms());
	case DOC_REPO:
		return arena_printf(a, "%s/%s", doc_text(item, "owner"),
		    doc_text(item, c->key));
	case DOC_RUN:
		return doc_run_name(item, a);
	case DOC_BYTES:
		return bytes(doc_int(item, c->key), a);
	case DOC_MADE:
		break;
	}
	return c->make(item, a);
}

void
doc_cell(struct cli *cli, struct term_table *t, const json_t *item,
    const struct doc_column *c)
{
	const char *text = cell_text(item, c, &cli->arena);

	term_cell(t, c->kind == DOC_STATE ? term_state_style(text) : c->style,
	    "%s", text);
}

void
doc_table(struct cli *cli, const json_t *list,
    const struct doc_column *columns)
{
	struct term_table t;
	size_t n = 0, i;
	json_t *item;

	while (columns[n].key != NULL || columns[n].kind != DOC_TEXT)
		n++;
	term_table_init(&t, &cli->arena, n);
	json_array_foreach(list, i, item)
		for (size_t k = 0; k < n; k++)
			doc_cell(cli, &t, item, &columns[k]);
	term_table_print(&t, cli->color, stdout);
}

void
doc_row(struct term_table *t, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	term_cell(t, TERM_DIM, "%s", name);
	term_cell(t, TERM_PLAIN, "%s", value);
}

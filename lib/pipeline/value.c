/*
 * value.c - single values of a pipeline file.
 *
 * Expressions are not in this version: every text that reaches the plan
 * passes here, so none can be taken for plain text by mistake.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

const char *
value_hint(struct reader *r, const char *word, const char *const *words)
{
	const char *near;

	/* Nobody sees the hint, and comparing costs. */
	if (r->d->truncated)
		return NULL;
	near = suggest_word(word, words);
	if (near == NULL)
		return NULL;
	return arena_printf(r->a, "did you mean \"%s\"?", near);
}

/* Offset in the source of a place; its length when it is not there. */
static size_t
offset_of(const struct diags *d, struct pos pos)
{
	const char *s = d->source, *end = s + d->source_len;

	if (d->source_len >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
		s += 3;
	for (int line = 1; line < pos.line; line++) {
		s = memchr(s, '\n', (size_t)(end - s));
		if (s == NULL)
			return d->source_len;
		s++;
	}
	return (size_t)(s - d->source) + (size_t)pos.col - 1;
}

static struct pos
pos_of(struct pos start, const char *from, const char *to)
{
	for (; from < to; from++) {
		start.col = *from == '\n' ? 1 : start.col + 1;
		start.line += *from == '\n';
	}
	return start;
}

/*
 * Where in the file an expression of a scalar stands: the value begins at
 * the first "${{" of its text, so at the first one behind the scalar's
 * start. Only an escape such as "\x24{{" hides it; then it is the start.
 */
static struct pos
expression_pos(const struct diags *d, const struct yaml *value)
{
	size_t at;
	const char *start, *found;

	if (d->source == NULL || d->truncated)
		return value->pos;
	at = offset_of(d, value->pos);
	if (at >= d->source_len)
		return value->pos;
	start = d->source + at;
	found = memmem(start, d->source_len - at, "${{", 3);
	return found != NULL ? pos_of(value->pos, start, found) : value->pos;
}

/* Bytes up to and with the closing "}}" on the first line of the rest. */
static int
expression_width(const char *s)
{
	const char *end = strstr(s, "}}");
	size_t line = strcspn(s, "\n");

	if (end == NULL || (size_t)(end - s) + 2 > line)
		return 3;
	return (int)(end - s) + 2;
}

bool
value_has_expression(struct reader *r, const struct yaml *value)
{
	const char *found = strstr(value->text, "${{");

	if (found == NULL)
		return false;
	diag_error(r->d, expression_pos(r->d, value), expression_width(found),
	    "expression", "only \"NAME: ${{ secrets.NAME }}\" under env is",
	    "expressions are not supported by this version of Pawl");
	return true;
}

/* As .NET prints with "G15", which GitHub's runner uses. */
static const char *
number_text(struct arena *a, double number)
{
	if (isnan(number))
		return "NaN";
	if (isinf(number))
		return number > 0 ? "Infinity" : "-Infinity";
	if (number == 0)
		return "0";
	return arena_printf(a, "%.15G", number);
}

const char *
value_text(struct reader *r, const struct yaml *value)
{
	const char *text = value->text;

	switch (value->type) {
	case YAML_NULL:
		return "";
	case YAML_BOOL:
		return value->boolean ? "true" : "false";
	case YAML_NUMBER:
		text = number_text(r->a, value->number);
		if (strcmp(text, value->text) != 0)
			diag_warning(r->d, value->pos, value->width,
			    "number", "quote it to keep it as it is",
			    "%s is read as the number %s", value->text, text);
		return text;
	case YAML_STRING:
	case YAML_LIST:
	case YAML_MAP:
		break;
	}
	return value_has_expression(r, value) ? NULL : text;
}

const char *
value_word(struct reader *r, const struct yaml_pair *pair)
{
	const char *text = value_text(r, pair->value);

	if (text == NULL || text[strspn(text, " \t\r\n")] != '\0')
		return text;
	diag_error(r->d, pair->value->pos, pair->value->width, "no-value",
	    NULL, "\"%s\" %s is empty", pair->key->text, r->where);
	return NULL;
}

void
value_each(struct reader *r, const struct yaml_pair *pair,
    void (*take)(struct reader *r, void *thing, const struct yaml *item),
    void *thing)
{
	const struct yaml *value = pair->value;

	if (value->type != YAML_LIST) {
		take(r, thing, value);
		return;
	}
	for (size_t i = 0; i < value->n_items; i++)
		if (schema_check_type(r, value->items[i], ALLOW_TEXT,
		    arena_printf(r->a, "%s[%zu]", pair->key->text, i),
		    r->where))
			take(r, thing, value->items[i]);
}

bool
value_check_id(struct reader *r, const struct yaml *value, const char *what)
{
	const char *s = value->text;

	if (strspn(s, LETTERS "_") > 0 && strlen(s) < MAX_ID_BYTES &&
	    s[strspn(s, LETTERS DIGITS "_-")] == '\0')
		return true;
	diag_error(r->d, value->pos, value->width, "wrong-name",
	    "letters, digits, \"_\" and \"-\", a letter or \"_\" first, less "
	    "than 100", "\"%s\" cannot be the id of a %s", s, what);
	return false;
}

const struct yaml *
value_seen_id(struct reader *r, struct map *seen, const struct yaml *id)
{
	char *lower = arena_strdup(r->a, id->text);

	for (char *c = lower; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return map_set(seen, lower, (void *)(uintptr_t)id);
}

/* NAME when the whole text is "${{ secrets.NAME }}"; else NULL. Blanks before
 * and behind would be part of the value, so they make it another. */
static const char *
secret_name(struct arena *a, const char *text)
{
	static const char prefix[] = "secrets.";
	const char *s;
	size_t len;

	if (!str_starts_with(text, "${{"))
		return NULL;
	s = text + 3 + strspn(text + 3, " \t");
	if (!str_starts_with(s, prefix))
		return NULL;
	s += sizeof(prefix) - 1;
	len = strspn(s, LETTERS DIGITS "_");
	if (len == 0 || isdigit((unsigned char)s[0]))
		return NULL;
	text = s + len;
	text += strspn(text, " \t");
	return strcmp(text, "}}") == 0 ? arena_strndup(a, s, len) : NULL;
}

static bool
check_env_name(struct reader *r, const struct yaml *key)
{
	const char *s = key->text;
	bool blank = false;

	for (const char *c = s; *c != '\0'; c++)
		blank = blank || isspace((unsigned char)*c) ||
		    iscntrl((unsigned char)*c);
	if (value_has_expression(r, key))
		return false;
	if (s[0] != '\0' && !blank && strpbrk(s, "=&") == NULL)
		return true;
	diag_error(r->d, key->pos, key->width, "wrong-name",
	    "without blanks, \"=\" and \"&\"",
	    "\"%s\" cannot be the name of an environment variable", s);
	return false;
}

static bool
read_var(struct reader *r, const struct yaml_pair *pair,
    struct plan_var *var)
{
	const struct yaml *value = pair->value;

	if (!check_env_name(r, pair->key) ||
	    !schema_check_type(r, value, ALLOW_TEXT | ALLOW_NULL,
	    pair->key->text, r->where))
		return false;
	var->name = pair->key->text;
	if (value->type == YAML_STRING)
		var->secret = secret_name(r->a, value->text);
	if (var->secret == NULL)
		var->value = value_text(r, value);
	return var->secret != NULL || var->value != NULL;
}

void
value_env(struct reader *r, const struct yaml_pair *pair,
    struct env_list *list)
{
	const struct yaml *map = pair->value;

	if (map->n_pairs > MAX_ENV) {
		diag_error(r->d, pair->key->pos, pair->key->width, "too-many",
		    NULL, "\"%s\" %s has %zu variables; at most %d are "
		    "allowed", pair->key->text, r->where, map->n_pairs,
		    MAX_ENV);
		return;
	}
	for (size_t i = 0; i < map->n_pairs; i++) {
		struct plan_var var = { NULL, NULL, NULL };

		if (read_var(r, &map->pairs[i], &var)) {
			struct plan_var *room = arena_push(r->a, &list->vars,
			    &list->n, sizeof(*room));
			*room = var;
		}
	}
}

static int64_t
check_timeout(struct reader *r, const struct yaml_pair *pair, int64_t ms)
{
	if (ms > 0 && ms <= MAX_TIMEOUT_MS)
		return ms;
	diag_error(r->d, pair->value->pos, pair->value->width, "wrong-value",
	    NULL, "\"%s\" %s must be more than 0 and at most 30 days",
	    pair->key->text, r->where);
	return 0;
}

int64_t
value_minutes(struct reader *r, const struct yaml_pair *pair)
{
	double minutes = pair->value->number;
	int64_t ms;

	/* Also false for .nan. */
	if (!(minutes > 0 && minutes <= MAX_TIMEOUT_MS / 60000.0))
		return check_timeout(r, pair, 0);
	ms = (int64_t)(minutes * 60000);
	return check_timeout(r, pair, ms > 0 ? ms : 1);
}

int64_t
value_duration(struct reader *r, const struct yaml_pair *pair)
{
	const char *text = value_word(r, pair);
	int64_t ms;

	if (text == NULL)
		return 0;
	if (clock_parse_duration(text, 1000, &ms))
		return check_timeout(r, pair, ms);
	diag_error(r->d, pair->value->pos, pair->value->width, "wrong-value",
	    "a number with a unit, such as 90s, 10m or 1.5h",
	    "\"%s\" %s is not a duration", pair->key->text, r->where);
	return 0;
}

/*
 * variables.c - variables in texts that no shell reads.
 *
 * One pass over the text: what a value holds is never a name, so values from
 * outside cannot ask for other values, and two that name each other end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/pipeline/variables.h"

/* One variable of a text. */
struct form {
	const char *name;
	size_t name_len;
	const char *text; /* behind ":-"; NULL: none */
	size_t text_len;
	size_t len; /* of all of it; 0: it is none */
};

static size_t
name_length(const char *s)
{
	static const char first[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
	size_t n = strspn(s, first) > 0;

	while (n > 0 && s[n] != '\0' && (strchr(first, s[n]) != NULL ||
	    strchr("0123456789", s[n]) != NULL))
		n++;
	return n;
}

/* What stands at a "$". */
static struct form
read_form(const char *s)
{
	bool braces = s[1] == '{';
	struct form f = { .name = s + 1 + braces };
	const char *end;

	f.name_len = name_length(f.name);
	end = f.name + f.name_len;
	if (f.name_len == 0)
		return f;
	if (!braces) {
		f.len = 1 + f.name_len;
		return f;
	}
	if (strncmp(end, ":-", 2) == 0) {
		f.text = end + 2;
		f.text_len = strcspn(f.text, "}");
		end = f.text + f.text_len;
	}
	if (*end == '}')
		f.len = (size_t)(end + 1 - s);
	return f;
}

/* Put in one form; false: it has no value. */
static bool
add_value(struct str *out, const char *at, const struct form *f,
    const char *value)
{
	if (value != NULL && (value[0] != '\0' || f->text == NULL))
		str_add(out, value);
	else if (f->text != NULL)
		str_add_len(out, f->text, f->text_len);
	else
		str_add_len(out, at, f->len);
	return value != NULL || f->text != NULL;
}

static int
fail_missing(const struct map *missing, struct err *err)
{
	struct str names = STR_INIT;
	int r;

	for (size_t i = 0; i < missing->n; i++)
		str_addf(&names, "%s%s", i > 0 ? ", " : "",
		    missing->entries[i].key);
	r = err_set(err, ERR_INVALID, "%s not defined: %s", missing->n > 1 ?
	    "these variables are" : "this variable is", names.s);
	str_release(&names);
	return r;
}

static int
expand(const char *text, const struct variables *v, struct arena *a,
    struct str *out, struct map *missing, struct err *err)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "$");
		struct form f;
		char *name;

		str_add_len(out, text, plain);
		text += plain;
		if (*text == '\0' || out->len > VARIABLES_MAX_BYTES)
			break;
		f = read_form(text);
		if (f.len == 0) {
			str_add_char(out, *text++);
			continue;
		}
		name = arena_strndup(a, f.name, f.name_len);
		if (!add_value(out, text, &f, v->find(v->ctx, name)))
			map_set(missing, name, missing);
		text += f.len;
	}
	if (out->len > VARIABLES_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "with the values of its "
		    "variables a text has more than %d bytes",
		    VARIABLES_MAX_BYTES);
	return v->strict && missing->n > 0 ? fail_missing(missing, err) : 0;
}

int
variables_expand(const char *text, const struct variables *v,
    struct arena *a, const char **out, struct err *err)
{
	struct str s = STR_INIT;
	struct map missing = MAP_INIT;
	int r = expand(text, v, a, &s, &missing, err);

	if (r == 0)
		*out = arena_strndup(a, s.s, s.len);
	str_release(&s);
	map_release(&missing);
	return r;
}

const char *
variables_wrong(const char *text)
{
	for (text = strchr(text, '$'); text != NULL;
	    text = strchr(text + 1, '$'))
		if (text[1] == '{' && read_form(text).len == 0)
			return text;
	return NULL;
}

/*
 * conf_value.c - one value of the configuration, by its type.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/conf_internal.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/base/str.h"

const char *
conf_resolve_path(const struct conf_reader *r, const char *path)
{
	if (path[0] == '\0' || path[0] == '/' || r->folder == NULL)
		return arena_strdup(r->a, path);
	return arena_printf(r->a, "%s%s%s", r->folder,
	    str_ends_with(r->folder, "/") ? "" : "/", path);
}

static bool
parse_text(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	(void)row;
	*(const char **)field = arena_strdup(r->a, text);
	return true;
}

static bool
parse_url(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	size_t len = strlen(text);

	(void)row;
	if (!str_starts_with(text, "http://") &&
	    !str_starts_with(text, "https://"))
		return false;
	if (strpbrk(text, " \t\"<>?#\\") != NULL)
		return false;
	while (len > 0 && text[len - 1] == '/')
		len--;
	if (text[len - 1] == ':')
		return false;
	*(const char **)field = arena_strndup(r->a, text, len);
	return true;
}

static bool
parse_path(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	(void)row;
	*(const char **)field = conf_resolve_path(r, text);
	return true;
}

static bool
in_range(const struct conf_row *row, int64_t value, void *field)
{
	if (value < row->min || value > row->max)
		return false;
	*(int64_t *)field = value;
	return true;
}

static bool
parse_number(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	long long value;

	(void)r;
	return str_to_int64(text, row->min, row->max, &value) &&
	    in_range(row, value, field);
}

static bool
parse_bytes(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	int64_t value;

	(void)r;
	return size_parse(text, &value) && in_range(row, value, field);
}

static bool
parse_duration(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	int64_t value;

	(void)r;
	return clock_parse_duration(text, 1000, &value) &&
	    in_range(row, value, field);
}

static bool
parse_bool(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	(void)r;
	(void)row;
	*(bool *)field = str_equal(text, "true");
	return *(bool *)field || str_equal(text, "false");
}

static bool
is_choice(const struct conf_row *row, const char *text)
{
	for (const char *const *c = row->choices; *c != NULL; c++)
		if (strcmp(*c, text) == 0)
			return true;
	return false;
}

static bool
parse_choice(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	*(const char **)field = arena_strdup(r->a, text);
	return is_choice(row, text);
}

static bool
parse_log_level(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	int level = log_level_parse(text);

	(void)r;
	(void)row;
	if (level < 0)
		return false;
	*(enum log_level *)field = (enum log_level)level;
	return true;
}

/* It becomes GIT_ALLOW_PROTOCOL (git(1)). */
static bool
parse_protocols(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	(void)row;
	*(const char **)field = arena_strdup(r->a, text);
	return text[0] != '\0' &&
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz+:")] == '\0';
}

const struct conf_type conf_text = {
	"text", "a text", parse_text, NULL
};
const struct conf_type conf_url = {
	"URL", "an address such as \"https://example.org/ci\"", parse_url, NULL
};
const struct conf_type conf_path = {
	"path", "a path", parse_path, NULL
};
const struct conf_type conf_number = {
	"number", "a whole number", parse_number, NULL
};
const struct conf_type conf_bytes = {
	"bytes", "a size such as \"64 KiB\" or \"1 GiB\"", parse_bytes, NULL
};
const struct conf_type conf_duration = {
	"duration", "a duration such as \"90 s\", \"10 min\" or \"2 h\"",
	parse_duration, NULL
};
const struct conf_type conf_bool = {
	"true or false", "true or false", parse_bool, NULL
};
const struct conf_type conf_choice = {
	"word", "", parse_choice, NULL
};
const struct conf_type conf_log_level = {
	"word", "", parse_log_level, NULL
};
const struct conf_type conf_protocols = {
	"protocols", "names of protocols joined by \":\"", parse_protocols,
	NULL
};

/* What a key wants: "a size such as ... from 1 KiB to 64 MiB". */
static const char *
describe(struct conf_reader *r, const struct conf_row *row)
{
	char low[SIZE_TEXT_SIZE + CLOCK_TEXT_SIZE];
	char high[SIZE_TEXT_SIZE + CLOCK_TEXT_SIZE];
	const char *text = row->type->what;

	for (size_t i = 0; row->choices != NULL && row->choices[i]; i++)
		text = arena_printf(r->a, "%s%s%s", i > 0 ? text : "",
		    i == 0 ? "" : row->choices[i + 1] != NULL ? ", " : " or ",
		    row->choices[i]);
	if (row->max == 0)
		return text;
	if (row->type == &conf_number)
		return arena_printf(r->a, "%s from %lld to %lld", text,
		    (long long)row->min, (long long)row->max);
	if (row->type == &conf_bytes)
		return arena_printf(r->a, "%s from %s to %s", text,
		    size_text(row->min, low), size_text(row->max, high));
	return arena_printf(r->a, "%s from %s to %s", text,
	    clock_duration(row->min, low), clock_duration(row->max, high));
}

static const char *
describe_hint(struct conf_reader *r, const struct conf_row *row,
    const char *text)
{
	const char *near = NULL;

	if (row->choices != NULL)
		near = suggest_word(text, row->choices);
	if (near == NULL)
		return NULL;
	return arena_printf(r->a, "did you mean \"%s\"?", near);
}

static void *
field_of(struct conf_reader *r, const struct conf_row *row)
{
	return (char *)r->out + row->offset;
}

void
conf_read_value(struct conf_reader *r, const struct conf_row *row,
    const struct yaml_pair *pair)
{
	const struct yaml *value = pair->value;

	if (row->type->read != NULL) {
		row->type->read(r, row, value, field_of(r, row));
		return;
	}
	if (value->type == YAML_LIST || value->type == YAML_MAP)
		diag_error(r->d, value->pos, value->width, "wrong-type", NULL,
		    "\"%s\" must be %s, not %s", row->name, describe(r, row),
		    yaml_type_name(value->type));
	else if (!row->type->parse(r, row, value->text, field_of(r, row)))
		diag_error(r->d, value->pos, value->width, "wrong-value",
		    describe_hint(r, row, value->text),
		    "\"%s\" must be %s, not \"%s\"", row->name,
		    describe(r, row), value->text);
}

int
conf_read_standard(struct conf_reader *r, const struct conf_row *row,
    struct err *err)
{
	/* A default is no path of the file: it stays as it is. */
	struct conf_reader own = { r->a, r->d, r->out, NULL };
	const char *text = row->standard;

	if (row->type->read != NULL)
		return 0;
	if (row->computed != NULL)
		text = row->computed(r, err);
	if (text == NULL)
		return -1;
	if (!row->type->parse(&own, row, text, field_of(r, row)))
		return err_set(err, ERR_BUG,
		    "the default of \"%s\" is not valid", row->name);
	return 0;
}

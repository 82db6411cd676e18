/*
 * expressions-t.c - the conformance cases of expressions and schedules.
 *
 * expressions/NAME.json is a family each, whose cases give a value or an
 * error; every line of expressions/realworld.txt must parse; cron/cases.json
 * says which schedules are valid. The corpus's README has the forms.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/pipeline/cron.h"
#include "lib/pipeline/expr.h"
#include "t/lib/corpus.h"
#include "t/lib/tap.h"

#define JSON_MAX (64 << 20)

/* --- values --------------------------------------------------------------- */

static bool
same(const struct expr_value *a, const struct expr_value *b);

static bool
same_array(const struct expr_array *a, const struct expr_array *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same(&a->items[i], &b->items[i]))
			return false;
	return true;
}

static bool
same_text(struct expr_text a, struct expr_text b)
{
	return a.len == b.len && memcmp(a.s, b.s, a.len) == 0;
}

static bool
same_object(const struct expr_object *a, const struct expr_object *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_text(a->members[i].name, b->members[i].name) ||
		    !same(&a->members[i].value, &b->members[i].value))
			return false;
	return true;
}

/* The same to the last: type, case, order of members. */
static bool
same(const struct expr_value *a, const struct expr_value *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case EXPR_NULL:
		return true;
	case EXPR_BOOLEAN:
		return a->boolean == b->boolean;
	case EXPR_NUMBER:
		return a->number == b->number ||
		    (isnan(a->number) && isnan(b->number));
	case EXPR_STRING:
		return same_text(a->text, b->text);
	case EXPR_ARRAY:
		return same_array(a->array, b->array);
	case EXPR_OBJECT:
		return same_object(a->object, b->object);
	}
	return false;
}

/* A value of the corpus; through text, as everything from outside comes. */
static struct expr_value
to_value(const json_t *j, struct arena *a)
{
	struct err err = { ERR_NONE, "" };
	struct expr_value v = expr_null();
	char *text = json_dumps(j, JSON_ENCODE_ANY);

	if (text != NULL && expr_json_read(text, strlen(text), JSON_MAX, a,
	    &v, &err) == -1)
		tap_note("a value of the corpus: %s", err.text);
	free(text);
	return v;
}

/* --- expressions ---------------------------------------------------------- */

/* What became of one. */
struct outcome {
	bool failed;
	struct expr_value value;
	struct expr_error error;
	struct str message;
};

static const char *const error_kinds[] = {
	[EXPR_LEXING] = "lexing",
	[EXPR_PARSING] = "parsing",
	[EXPR_EVALUATION] = "evaluation",
};

static void
run(const char *text, json_t *contexts, struct arena *a, struct outcome *o)
{
	struct expr_place place = { .contexts = NULL };
	struct expr_value all = to_value(contexts, a);
	struct expr_env env = { .max_bytes = EXPR_MAX_BYTES };
	const char **names = arena_alloc(a,
	    (json_object_size(contexts) + 1) * sizeof(*names));
	size_t n = 0;
	const char *name;
	json_t *value;
	struct expr e;

	json_object_foreach(contexts, name, value)
		names[n++] = name;
	place.contexts = names;
	if (all.type == EXPR_OBJECT)
		env.contexts = all.object;
	o->failed = expr_parse(text, strlen(text), &place, a, &e,
	        &o->error) == -1 ||
	    expr_eval(&e, &env, a, &o->value, &o->error) == -1;
	if (o->failed)
		expr_error_message(&o->error, &o->message);
}

static bool
as_expected(const json_t *item, const struct outcome *o, struct arena *a)
{
	const json_t *err = json_object_get(item, "err");
	const json_t *result = json_object_get(item, "result");
	const char *kind = json_string_value(json_object_get(
	    err != NULL ? err : result, "kind"));
	const json_t *value = json_object_get(err != NULL ? err : result,
	    "value");
	struct expr_value want;

	if (kind == NULL || o->failed != (err != NULL))
		return false;
	if (o->failed)
		return strcmp(kind, error_kinds[o->error.kind]) == 0 &&
		    json_is_string(value) &&
		    strstr(o->message.s, json_string_value(value)) != NULL;
	want = to_value(value, a);
	return strcasecmp(kind, expr_type_name(o->value.type)) == 0 &&
	    same(&o->value, &want);
}

static void
test_case(const char *family, const char *group, const json_t *item)
{
	const char *text = json_string_value(json_object_get(item, "expr"));
	struct arena a = ARENA_INIT(0);
	struct outcome o = { .message = STR_INIT };
	struct str got = STR_INIT;

	if (text == NULL) {
		tap_note("%s: %s: a case without \"expr\"", family, group);
		return;
	}
	run(text, json_object_get(item, "contexts"), &a, &o);
	if (!corpus_case(family, as_expected(item, &o, &a), "%s: %s", group,
	    text)) {
		if (!o.failed)
			expr_json_write(&o.value, 1000, &got);
		tap_note("got %s %s", o.failed ? error_kinds[o.error.kind]
		    : expr_type_name(o.value.type),
		    o.failed ? o.message.s : got.s);
	}
	str_release(&got);
	str_release(&o.message);
	arena_release(&a);
}

static void
test_family(const char *folder, const char *file)
{
	json_t *groups = corpus_json(folder, file), *cases;
	char family[64];
	const char *group;
	const json_t *item;
	size_t i;

	snprintf(family, sizeof(family), "%.40s", file);
	json_object_foreach(groups, group, cases)
		json_array_foreach(cases, i, item)
			test_case(family, group, item);
	json_decref(groups);
}

/* Each line is an expression that a workflow closes with }}. */
static void
test_line(const char *file, char *line)
{
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT;
	struct expr_template t;
	struct expr_error error;
	int r;

	str_addf(&text, "${{%s}}", line);
	r = expr_template_parse(text.s, text.len, NULL, &a, &t, &error);
	if (!corpus_case(file, r == 0 && t.n == 1, "%s", line) && r == -1)
		tap_note("%s", error.text);
	str_release(&text);
	arena_release(&a);
}

static void
test_lines(const char *folder, const char *file)
{
	struct err err = { ERR_NONE, "" };
	struct str text = STR_INIT;
	char *line, *rest;

	ok(file_read(corpus_path(folder, file), JSON_MAX, &text, &err) == 0,
	    "%s is read%s", file, err.text);
	rest = text.len > 0 ? text.s : NULL;
	while ((line = strsep(&rest, "\n")) != NULL)
		if (line[0] != '\0')
			test_line(file, line);
	str_release(&text);
}

/* --- schedules ------------------------------------------------------------ */

static void
test_cron(const char *folder, const char *file)
{
	json_t *cases = corpus_json(folder, file);
	const json_t *item;
	size_t i, at, len;

	json_array_foreach(cases, i, item) {
		const char *text =
		    json_string_value(json_object_get(item, "cron"));
		const char *reason =
		    json_string_value(json_object_get(item, "reason"));
		bool valid = json_is_true(json_object_get(item, "valid"));
		struct err err = { ERR_NONE, "" };
		struct cron c;

		if (text == NULL)
			continue;
		if (!corpus_case("cron", (cron_parse(text, strlen(text), &c,
		        &at, &len, &err) == 0) == valid, "\"%s\" is %s: %s",
		    text, valid ? "valid" : "refused", reason ? reason : ""))
			tap_note("%s", err.text);
	}
	json_decref(cases);
}

int
main(void)
{
	if (corpus_has("expressions")) {
		corpus_files("expressions", ".json", test_family);
		corpus_files("expressions", ".txt", test_lines);
	}
	if (corpus_has("cron"))
		corpus_files("cron", ".json", test_cron);
	corpus_report();
	return tap_done();
}

/*
 * schema-t.c - what `pawl schema` writes, as editors use it: a draft-07
 * schema that takes real workflows and refuses those with a mistake of
 * grammar.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/schema.h"
#include "t/lib/corpus.h"
#include "t/lib/json_schema.h"
#include "t/lib/tap.h"

static json_t *schema;

static json_t *
to_json(const struct yaml *y)
{
	json_t *out;

	switch (y->type) {
	case YAML_NULL:
		return json_null();
	case YAML_BOOL:
		return json_boolean(y->boolean);
	case YAML_NUMBER:
		return y->number == (double)(json_int_t)y->number ?
		    json_integer((json_int_t)y->number) :
		    json_real(y->number);
	case YAML_STRING:
		return json_string(y->text);
	case YAML_LIST:
		out = json_array();
		for (size_t i = 0; i < y->n_items; i++)
			json_array_append_new(out, to_json(y->items[i]));
		return out;
	case YAML_MAP:
		out = json_object();
		for (size_t i = 0; i < y->n_pairs; i++)
			json_object_set_new(out, y->pairs[i].key->text,
			    to_json(y->pairs[i].value));
		return out;
	}
	return NULL;
}

/* 1: it conforms, 0: not, -1: no YAML. */
static int
conforms(const char *path)
{
	struct str text = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const struct yaml *root;
	struct diags d;
	json_t *value;
	int r = -1;

	if (file_read(path, 1 << 20, &text, &err) < 0)
		tap_note("%s", err.text);
	corpus_fill_in(&text);
	diags_init(&d, &a, path, text.s, text.len);
	root = yaml_read(text.s, text.len, &a, &d);
	if (root != NULL && d.n_errors == 0) {
		value = to_json(root);
		r = json_schema_accepts(schema, value);
		json_decref(value);
	}
	arena_release(&a);
	str_release(&text);
	return r;
}

/* --- files that are right ------------------------------------------------------ */

static void
accept_file(const char *folder, const char *file)
{
	if (str_ends_with(file, ".yml") || str_ends_with(file, ".yaml"))
		corpus_case("schema", conforms(corpus_path(folder, file)) ==
		    1, "%s/%s conforms", folder, file);
}

static void
accept_folder(const char *folder, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	corpus_files(path, "", accept_file);
}

/* --- files that are not ---------------------------------------------------------- */

static size_t n_wrong, n_refused;

/* A mistake that a schema can see: of grammar, and not about keys that differ
 * by case only or stand twice. */
static bool
has_grammar_mistake(char *out)
{
	char *save = NULL;

	for (char *line = strtok_r(out, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save))
		if (strstr(line, "[syntax-check]") != NULL &&
		    (strstr(line, "unexpected key") != NULL ||
		    strstr(line, "is missing") != NULL))
			return true;
	return false;
}

static void
refuse_file(const char *folder, const char *file)
{
	struct str out = STR_INIT;
	struct err err = { 0 };
	char name[300];
	int result;

	snprintf(name, sizeof(name), "%.*s.out",
	    (int)(strrchr(file, '.') - file), file);
	if (file_read(corpus_path(folder, name), 1 << 20, &out, &err) < 0)
		tap_note("%s", err.text);
	if (out.len > 0 && has_grammar_mistake(out.s)) {
		result = conforms(corpus_path(folder, file));
		n_wrong += result >= 0;
		n_refused += result == 0;
		if (result == 1)
			tap_note("%s/%s conforms", folder, file);
	}
	str_release(&out);
}

/* --- our own ---------------------------------------------------------------------- */

static void
test_own(const char *folder, const char *const *files, int want)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];

	for (size_t i = 0; files[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%s/t/data/%s/%s.yml",
		    srcdir != NULL ? srcdir : ".", folder, files[i]);
		is_int(conforms(path), want, "%s/%s.yml %s", folder, files[i],
		    want ? "conforms" : "does not conform");
	}
}

int
main(void)
{
	static const char *const right[] = { "call", "matrix", "stages",
		"outputs", "short-names", NULL };
	static const char *const wrong[] = { "top-no-jobs", "top-unknown-key",
		"on-unknown-event", "job-unknown-key", "step-both",
		"step-map", "permissions-level", "permissions-scope",
		"container-key", "top-list", NULL };
	struct str text = STR_INIT;
	json_error_t error;

	schema_json(&text);
	schema = json_loads(text.s, 0, &error);
	ok(schema != NULL, "the schema is JSON");
	is_str(json_schema_problem(schema), NULL, "it has known words only");
	is_str(json_string_value(json_object_get(schema, "$schema")),
	    "http://json-schema.org/draft-07/schema#", "and says its draft");
	test_own("plan", right, 1);
	test_own("lint", wrong, 0);
	if (corpus_has("workflows"))
		corpus_files("workflows", "", accept_folder);
	if (corpus_has("actionlint")) {
		corpus_files("actionlint/ok", ".yaml", accept_file);
		corpus_files("actionlint/err", ".yaml", refuse_file);
		corpus_files("actionlint/examples", ".yaml", refuse_file);
		ok(n_refused * 10 >= n_wrong * 9,
		    "%zu of %zu files with a mistake of grammar are refused",
		    n_refused, n_wrong);
	}
	corpus_report();
	json_decref(schema);
	str_release(&text);
	return tap_done();
}

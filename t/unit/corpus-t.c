/*
 * corpus-t.c - the readers against data that other projects wrote.
 *
 * The folder is not part of the sources: $PAWL_CORPUS, else ../shared/corpus
 * beside them. Without it every test is skipped.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/pipeline.h"
#include "t/lib/tap.h"

static char corpus[4096];

static bool
find_corpus(void)
{
	const char *set = getenv("PAWL_CORPUS"), *srcdir = getenv("srcdir");

	if (set != NULL)
		snprintf(corpus, sizeof(corpus), "%s", set);
	else
		snprintf(corpus, sizeof(corpus), "%s/../shared/corpus",
		    srcdir != NULL ? srcdir : ".");
	return access(corpus, R_OK) == 0;
}

static json_t *
load_cases(const char *name)
{
	char path[4200];
	json_error_t error;
	json_t *cases;

	snprintf(path, sizeof(path), "%s/%s", corpus, name);
	cases = json_load_file(path, 0, &error);
	ok(json_is_array(cases), "%s is there", name);
	return cases;
}

static const char *
member(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* --- patterns ----------------------------------------------------------- */

/* Does one of the inputs, as a branch, start the workflow? */
static bool
starts(const json_t *item, const char *key, bool *refused)
{
	const json_t *inputs = json_object_get(item, "inputs");
	char *patterns = json_dumps(json_object_get(item, "patterns"), 0);
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT, why = STR_INIT;
	struct diags d;
	const struct pipeline *p;
	bool any = false;

	str_addf(&text, "on: {push: {%s: %s}}\n"
	    "jobs: {a: {runs-on: x, steps: [{run: y}]}}\n", key, patterns);
	diags_init(&d, &a, "x.yml", text.s, text.len);
	p = pipeline_read(text.s, text.len, &a, &d);
	*refused = p == NULL;
	for (size_t i = 0; p != NULL && i < json_array_size(inputs); i++) {
		struct str ref = STR_INIT;
		struct plan_event event = { "push", NULL };

		str_addf(&ref, "refs/heads/%s",
		    json_string_value(json_array_get(inputs, i)));
		event.ref = ref.s;
		any = pipeline_triggers(p, &event, &why) || any;
		str_release(&ref);
	}
	str_release(&text);
	str_release(&why);
	arena_release(&a);
	free(patterns);
	return any;
}

/* The corpus calls it "skip" when nothing starts; an empty list, and one of
 * "!" only, skip nothing there and are errors here. */
static void
test_patterns(void)
{
	json_t *cases = load_cases("filter-patterns/cases.json");
	const json_t *item;
	size_t i;

	json_array_foreach(cases, i, item) {
		bool skip = json_is_true(json_object_get(item, "skip"));
		bool filter = json_is_true(json_object_get(item, "filter"));
		char *patterns =
		    json_dumps(json_object_get(item, "patterns"), 0);
		bool refused, started;

		started = starts(item, "branches", &refused);
		if (refused)
			tap_skip("branches: %s is refused", patterns);
		else
			is_int(!started, skip, "branches: %s", patterns);
		if (strstr(patterns, "\"!") == NULL && !refused) {
			started = starts(item, "branches-ignore", &refused);
			is_int(!started, filter, "branches-ignore: %s",
			    patterns);
		}
		free(patterns);
	}
	json_decref(cases);
}

/* --- YAML --------------------------------------------------------------- */

/* Cases in which libyaml, or one of our limits, differs from the suite. */
static const struct {
	const char *id, *reason;
} known[] = {
	{ "2SXE", "a colon in an anchor's name" },
	{ "Y2GN", "a colon in an anchor's name" },
	{ "4MUZ/00", "a colon on the line after its key in flow style" },
	{ "4MUZ/01", "a colon on the line after its key in flow style" },
	{ "4MUZ/02", "a colon on the line after its key in flow style" },
	{ "K3WX", "a colon on the line after its key in flow style" },
	{ "VJP3/01", "a colon on the line after its key in flow style" },
	{ "6LVF", "unknown directives are refused" },
	{ "MUS6/05", "unknown directives are refused" },
	{ "MUS6/06", "unknown directives are refused" },
	{ "9C9N", "not refused by libyaml" },
	{ "9JBA", "not refused by libyaml" },
	{ "DK95/01", "not refused by libyaml" },
	{ "MUS6/00", "not refused by libyaml" },
	{ "DK3J", "a block scalar without indentation" },
	{ "DK95/00", "tabs where only blanks are safe" },
	{ "DK95/03", "tabs where only blanks are safe" },
	{ "DK95/04", "tabs where only blanks are safe" },
	{ "HM87/00", "a flow scalar that starts with a sign" },
	{ "HM87/01", "a flow scalar that starts with a sign" },
	{ "JEF9/02", "a last line of blanks only" },
	{ "L24T/01", "a last line of blanks only" },
	{ "6CK3", "tags beyond the core schema are refused" },
	{ "7FWL", "tags beyond the core schema are refused" },
	{ "CC74", "tags beyond the core schema are refused" },
	{ "CUP7", "tags beyond the core schema are refused" },
	{ "P76L", "tags beyond the core schema are refused" },
	{ "UGM3", "tags beyond the core schema are refused" },
	{ "Z67P", "tags beyond the core schema are refused" },
};

static const char *
known_reason(const char *id)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(known[i].id, id) == 0)
			return known[i].reason;
	return NULL;
}

static bool
same(const struct yaml *y, const json_t *j);

static bool
same_map(const struct yaml *y, const json_t *j)
{
	if (!json_is_object(j) || json_object_size(j) != y->n_pairs)
		return false;
	for (size_t i = 0; i < y->n_pairs; i++)
		if (!same(y->pairs[i].value,
		    json_object_get(j, y->pairs[i].key->text)))
			return false;
	return true;
}

static bool
same(const struct yaml *y, const json_t *j)
{
	switch (y->type) {
	case YAML_NULL:
		return json_is_null(j);
	case YAML_BOOL:
		return json_is_boolean(j) && json_is_true(j) == y->boolean;
	case YAML_NUMBER:
		return json_is_number(j) &&
		    fabs(json_number_value(j) - y->number) < 1e-9;
	case YAML_STRING:
		return json_is_string(j) &&
		    strcmp(json_string_value(j), y->text) == 0;
	case YAML_LIST:
		if (!json_is_array(j) || json_array_size(j) != y->n_items)
			return false;
		for (size_t i = 0; i < y->n_items; i++)
			if (!same(y->items[i], json_array_get(j, i)))
				return false;
		return true;
	case YAML_MAP:
		return same_map(y, j);
	}
	return false;
}

static void
run_yaml_case(const json_t *item)
{
	const char *text = member(item, "yaml"), *json = member(item, "json");
	const char *id = member(item, "id"), *name = member(item, "name");
	struct arena a = ARENA_INIT(0);
	struct str problems = STR_INIT;
	struct diags d;
	struct yaml *root;
	json_t *want = json != NULL ?
	    json_loads(json, JSON_DECODE_ANY, NULL) : NULL;

	diags_init(&d, &a, "x.yml", text, strlen(text));
	root = yaml_read(text, strlen(text), &a, &d);
	diags_print(&d, &problems);
	if (known_reason(id) != NULL) {
		tap_skip("%s: %s: %s", id, name, known_reason(id));
	} else if (json_is_true(json_object_get(item, "error"))) {
		ok(d.n_errors > 0, "%s: %s is refused", id, name);
	} else if (want == NULL) {
		tap_skip("%s: %s has no JSON of one document", id, name);
	} else if (!ok(root != NULL && d.n_errors == 0 && same(root, want),
	    "%s: %s is read", id, name)) {
		tap_note("%s%s", text, problems.s);
	}
	json_decref(want);
	str_release(&problems);
	arena_release(&a);
}

static void
test_yaml_suite(void)
{
	json_t *cases = load_cases("yaml/cases.json");
	const json_t *item;
	size_t i;

	json_array_foreach(cases, i, item)
		run_yaml_case(item);
	json_decref(cases);
}

int
main(void)
{
	if (!find_corpus()) {
		tap_skip("no corpus in %s; set PAWL_CORPUS", corpus);
		return tap_done();
	}
	test_patterns();
	test_yaml_suite();
	return tap_done();
}

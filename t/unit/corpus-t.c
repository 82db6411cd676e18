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
#include <yaml.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/event.h"
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

/* Does one of the inputs start the workflow, as a branch, or all of them as
 * changed paths? */
static bool
starts_by(const struct workflow *w, const char *key, const json_t *inputs,
    struct arena *a)
{
	bool paths = str_starts_with(key, "paths"), any = false;
	size_t n = json_array_size(inputs);
	const char **names = arena_alloc(a, (n + 1) * sizeof(*names));

	for (size_t i = 0; i < n; i++)
		names[i] = json_string_value(json_array_get(inputs, i));
	for (size_t i = 0; i < (paths ? 1 : n); i++) {
		struct trigger_event event = { .name = "push",
			.ref = paths ? "refs/heads/main" :
			    arena_printf(a, "refs/heads/%s", names[i]),
			.changed = names, .n_changed = n,
			.changed_known = paths };
		struct event_decision decision;

		event_decide(w, &event, a, &decision);
		any = decision.starts || any;
	}
	return any;
}

static bool
starts(const json_t *item, const char *key, bool *refused)
{
	char *patterns = json_dumps(json_object_get(item, "patterns"), 0);
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT;
	const struct workflow *w;
	struct diags d;
	bool any;

	str_addf(&text, "on: {push: {%s: %s}}\n"
	    "jobs: {a: {runs-on: x, steps: [{run: y}]}}\n", key, patterns);
	diags_init(&d, &a, "x.yml", text.s, text.len);
	w = workflow_read(text.s, text.len, &a, &d);
	if (w != NULL)
		workflow_check(w, &a, &d);
	*refused = d.n_errors > 0;
	any = !*refused && starts_by(w, key, json_object_get(item, "inputs"),
	    &a);
	str_release(&text);
	arena_release(&a);
	free(patterns);
	return any;
}

/* An empty list, and one of "!" only, skip nothing there and are errors here;
 * some paths are no branches. */
static void
test_pattern(const json_t *item, const char *key, const char *member)
{
	char *patterns = json_dumps(json_object_get(item, "patterns"), 0);
	bool refused, started = starts(item, key, &refused);

	if (refused)
		tap_skip("%s: %s is refused", key, patterns);
	else
		is_int(!started, json_is_true(json_object_get(item, member)),
		    "%s: %s", key, patterns);
	free(patterns);
}

static bool
has_negated(const json_t *patterns)
{
	const json_t *one;
	size_t i;

	json_array_foreach(patterns, i, one)
		if (json_string_value(one)[0] == '!')
			return true;
	return false;
}

/* The corpus calls it "skip" when nothing starts. */
static void
test_patterns(void)
{
	json_t *cases = load_cases("filter-patterns/cases.json");
	const json_t *item;
	size_t i;

	json_array_foreach(cases, i, item) {
		test_pattern(item, "branches", "skip");
		test_pattern(item, "paths", "skip");
		if (has_negated(json_object_get(item, "patterns")))
			continue;
		test_pattern(item, "branches-ignore", "filter");
		test_pattern(item, "paths-ignore", "filter");
	}
	json_decref(cases);
}

/* --- YAML --------------------------------------------------------------- */

/* The text of a scalar as the suite writes it. */
static void
add_escaped(struct str *out, const char *text)
{
	static const char from[] = "\n\t\b\r\\", to[] = "ntbr\\";

	for (; *text != '\0'; text++) {
		const char *at = strchr(from, *text);

		if (at != NULL)
			str_addf(out, "\\%c", to[at - from]);
		else
			str_add_len(out, text, 1);
	}
	str_add(out, "\n");
}

static void
add_event(struct str *out, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_SCALAR_EVENT:
		add_escaped(out, (const char *)ev->data.scalar.value);
		break;
	case YAML_ALIAS_EVENT:
		str_addf(out, "*%s\n", (const char *)ev->data.alias.anchor);
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		str_add(out, "+\n");
		break;
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		str_add(out, "-\n");
		break;
	default:
		break;
	}
}

/* What libyaml itself makes of a text: scalars, aliases, and what begins and
 * ends. False: it finds a mistake. */
static bool
libyaml_reads(const char *text, struct str *out)
{
	yaml_parser_t parser;
	yaml_event_t ev;
	bool right = true, more = true;

	if (!yaml_parser_initialize(&parser))
		abort();
	yaml_parser_set_input_string(&parser, (const unsigned char *)text,
	    strlen(text));
	while (more) {
		right = yaml_parser_parse(&parser, &ev) != 0;
		more = right && ev.type != YAML_STREAM_END_EVENT;
		if (right)
			add_event(out, &ev);
		if (right)
			yaml_event_delete(&ev);
	}
	yaml_parser_delete(&parser);
	return right;
}

/* The same from the suite's events, without anchors, tags and styles. */
static void
add_wanted(struct str *out, const char *events)
{
	for (const char *end; *events != '\0'; events = end) {
		size_t len = strcspn(events, "\n");
		const char *at = events + 5;

		end = events + len + (events[len] == '\n');
		if (events[0] != '=') {
			if (len > 3 && strchr("MS", events[1]) != NULL &&
			    strncmp(events + 1, "STR", 3) != 0)
				str_addf(out, "%c\n", events[0]);
			continue;
		}
		while (len > 5 && (*at == '&' || *at == '<'))
			at += strcspn(at, " ") + 1;
		at += events[1] == 'V';
		str_addf(out, "%.*s\n", (int)(events + len - at), at);
	}
}

/* Does libyaml read a case as the suite has it? */
static bool
libyaml_agrees(const json_t *item)
{
	const char *events = member(item, "event");
	struct str got = STR_INIT, want = STR_INIT;
	bool wrong = json_is_true(json_object_get(item, "error"));
	bool right = libyaml_reads(member(item, "yaml"), &got);
	bool same_events;

	add_wanted(&want, events != NULL ? events : "");
	same_events = str_equal(got.s, want.s);
	str_release(&got);
	str_release(&want);
	return right != wrong && (wrong || same_events);
}

/*
 * Why a case may fail: libyaml differs from the suite, or all problems have a
 * rule in which we are stricter. Found by asking, not by name, so that others
 * are tested as they are.
 */
static const char *
strict_reason(const struct diags *d)
{
	static const char *const rules[][2] = {
		{ "yaml-tag", "tags beyond the core schema are refused" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		bool all = d->n > 0;

		for (size_t j = 0; j < d->n; j++)
			all = all && strcmp(d->list[j].rule, rules[i][0]) == 0;
		if (all)
			return rules[i][1];
	}
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

/* Without this a mistake in asking libyaml would excuse every case. */
static size_t n_passed, n_agreed;

static void
run_yaml_case(const json_t *item)
{
	const char *text = member(item, "yaml"), *json = member(item, "json");
	const char *id = member(item, "id"), *name = member(item, "name");
	bool wrong = json_is_true(json_object_get(item, "error"));
	struct arena a = ARENA_INIT(0);
	struct str problems = STR_INIT;
	struct diags d;
	struct yaml *root;
	json_t *want = json != NULL ?
	    json_loads(json, JSON_DECODE_ANY, NULL) : NULL;
	const char *reason = NULL;
	bool passed;

	diags_init(&d, &a, "x.yml", text, strlen(text));
	root = yaml_read(text, strlen(text), &a, &d);
	diags_print(&d, &problems);
	passed = wrong ? d.n_errors > 0 : root != NULL && d.n_errors == 0 &&
	    want != NULL && same(root, want);
	n_passed += passed;
	n_agreed += passed && libyaml_agrees(item);
	if (!passed && !wrong && want == NULL)
		reason = "it has no JSON of one document";
	else if (!passed)
		reason = libyaml_agrees(item) ? strict_reason(&d) :
		    "libyaml reads it otherwise";
	if (reason != NULL)
		tap_skip("%s: %s: %s", id, name, reason);
	else if (!ok(passed, "%s: %s is %s", id, name,
	    wrong ? "refused" : "read"))
		tap_note("%s%s", text, problems.s);
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
	ok(n_agreed * 10 >= n_passed * 9, "libyaml reads %zu of %zu cases as "
	    "the suite has them", n_agreed, n_passed);
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

/*
 * reader-t.c - the reader against the cases of GitHub's own parser.
 *
 * A case is a file of parts: options, a workflow, workflows that it calls,
 * and the result as JSON or as messages with line and column. What is not
 * the language's (limits and rights of GitHub's service) stands in
 * reader.skip with its reason.
 *
 * GitHub's parser works in two steps and shows only the first one's messages
 * when there are any; ours shows all. So only messages of the step that the
 * result is about are compared, and all of them have to be there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "t/corpus/token.h"
#include "t/lib/corpus.h"
#include "t/lib/tap.h"

#define MAX_PARTS 64

static struct str skips = STR_INIT;

struct parts {
	char *text[MAX_PARTS];
	size_t n;
};

/* At lines that are "---" alone. */
static void
split(char *text, struct parts *parts)
{
	char *start = text, *line = text;

	parts->n = 0;
	for (;;) {
		char *end = strchr(line, '\n');

		if (strncmp(line, "---", 3) == 0 &&
		    line[3 + strspn(line + 3, " \r")] == '\n' &&
		    parts->n + 1 < MAX_PARTS) {
			if (line > start)
				line[-1] = '\0';
			else
				*line = '\0';
			parts->text[parts->n++] = start;
			start = end + 1;
		}
		if (end == NULL)
			break;
		line = end + 1;
	}
	parts->text[parts->n++] = start;
}

/* The reason not to run a case, or NULL. */
static const char *
skip_reason(const char *name)
{
	static char line[512];

	for (const char *s = skips.s; *s != '\0';) {
		size_t len = strcspn(s, "\n");
		char *colon;

		snprintf(line, sizeof(line), "%.*s", (int)len, s);
		s += len + (s[len] == '\n');
		colon = strstr(line, ": ");
		if (line[0] == '#' || colon == NULL)
			continue;
		*colon = '\0';
		if (fnmatch(line, name, 0) == 0)
			return colon + 2;
	}
	return NULL;
}

/* --- messages -------------------------------------------------------------------- */

/* Rules of the first step: the file by the grammar. */
static bool
is_grammar(const char *rule)
{
	static const char *const rules[] = { "expression", "wrong-value",
		"wrong-type", "unknown-key", "missing-key", "duplicate-key",
		NULL };

	for (size_t i = 0; rules[i] != NULL; i++)
		if (strcmp(rules[i], rule) == 0)
			return true;
	return false;
}

static bool
is_yaml(const char *rule)
{
	return str_starts_with(rule, "yaml-");
}

static int
compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
join_sorted(char **texts, size_t n, struct str *out)
{
	if (n > 1)
		qsort(texts, n, sizeof(*texts), compare_text);
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s\n", texts[i]);
}

static void
add_messages(struct arena *a, const struct diags *d, struct str *out)
{
	bool grammar = false;
	char **texts = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		grammar = grammar || (d->list[i].level == DIAG_ERROR &&
		    is_grammar(d->list[i].rule));
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];
		struct pos pos = one->value.line > 0 ? one->value : one->pos;
		char **room;

		if (one->level != DIAG_ERROR ||
		    (grammar && !is_grammar(one->rule) && !is_yaml(one->rule)))
			continue;
		room = arena_push(a, &texts, &n, sizeof(*room));
		*room = is_yaml(one->rule) ?
		    arena_printf(a, "%s: %s", d->file, one->text) :
		    arena_printf(a, "%s (Line: %d, Col: %d): %s", d->file,
		    pos.line, pos.col, one->text);
	}
	join_sorted(texts, n, out);
}

static void
add_expected(struct arena *a, const json_t *errors, struct str *out)
{
	char **texts = NULL;
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(errors); i++) {
		char **room = arena_push(a, &texts, &n, sizeof(*room));

		*room = arena_strdup(a, json_string_value(json_object_get(
		    json_array_get(errors, i), "Message")));
	}
	join_sorted(texts, n, out);
}

/* --- cases ------------------------------------------------------------------------ */

struct run {
	struct arena a;
	struct diags d;
	struct workflow *w;
	struct token_called called[MAX_PARTS];
	struct token_case c;
};

static struct workflow *
read_part(struct run *r, const char *file, char *text, struct diags *d)
{
	diags_init(d, &r->a, file, text, strlen(text));
	return workflow_read(text, strlen(text), &r->a, d);
}

static void
check_calls(struct run *r)
{
	for (size_t i = 0; i < r->w->n_jobs; i++)
		for (size_t j = 0; j < r->c.n_called; j++)
			if (r->w->jobs[i].kind == JOB_CALL &&
			    r->called[j].workflow != NULL &&
			    strcmp(r->w->jobs[i].uses->text,
			    r->called[j].ref) == 0)
				workflow_check_call(&r->w->jobs[i],
				    r->called[j].workflow, &r->a, &r->d);
}

static void
read_case(struct run *r, const char *name, struct parts *parts)
{
	struct diags d;

	r->w = read_part(r, arena_printf(&r->a, ".github/workflows/%s", name),
	    parts->text[1], &r->d);
	r->c.called = r->called;
	for (size_t i = 2; i + 2 < parts->n; i += 2) {
		struct token_called *one = &r->called[r->c.n_called++];
		char *ref = parts->text[i];

		ref += strspn(ref, " \r\n");
		ref[strcspn(ref, " \r\n")] = '\0';
		one->ref = ref;
		one->workflow = read_part(r, ref, parts->text[i + 1], &d);
	}
	if (r->w != NULL && r->d.n_errors == 0)
		check_calls(r);
}

static void
compare(struct run *r, const char *name, const json_t *want)
{
	const json_t *errors = json_object_get(want, "errors");
	struct str got = STR_INIT, expected = STR_INIT;
	json_t *tokens;
	bool same;

	add_messages(&r->a, &r->d, &got);
	add_expected(&r->a, errors, &expected);
	if (errors != NULL || got.len > 0 || r->w == NULL) {
		if (!corpus_case("reader", errors != NULL &&
		    strcmp(got.s, expected.s) == 0, "%s", name))
			tap_note("got:\n%swant:\n%s", got.s, expected.s);
		goto out;
	}
	tokens = token_workflow(&r->c, r->w);
	same = token_same(tokens, want);
	if (!corpus_case("reader", same, "%s", name)) {
		char *a = json_dumps(tokens, JSON_COMPACT | JSON_SORT_KEYS);
		char *b = json_dumps(want, JSON_COMPACT | JSON_SORT_KEYS);

		tap_note("got  %s\nwant %s", a, b);
		free(a);
		free(b);
	}
	json_decref(tokens);
out:
	str_release(&got);
	str_release(&expected);
}

static void
test_case(const char *folder, const char *file)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct parts parts;
	struct run r = { .a = ARENA_INIT(0) };
	json_error_t error;
	json_t *want;

	if (skip_reason(file) != NULL) {
		tap_skip("%s: %s", file, skip_reason(file));
		return;
	}
	if (file_read(corpus_path(folder, file), 1 << 20, &text, &err) < 0)
		tap_note("%s", err.text);
	split(text.s, &parts);
	want = json_loads(parts.text[parts.n - 1], 0, &error);
	if (parts.n < 3 || want == NULL) {
		corpus_case("reader", false, "%s has its parts", file);
		goto out;
	}
	r.c.with_source = strstr(parts.text[0], "include-source: true") !=
	    NULL || strstr(parts.text[0], "include-source") == NULL;
	r.c.skip_called = strstr(parts.text[0],
	    "skip-reusable-workflows: true") != NULL;
	r.c.with_events = json_object_get(want, "events") != NULL;
	if (json_object_get(want, "file-table") == NULL)
		r.c.with_source = false;
	read_case(&r, file, &parts);
	compare(&r, file, want);
out:
	json_decref(want);
	arena_release(&r.a);
	str_release(&text);
}

int
main(void)
{
	const char *srcdir = getenv("srcdir");
	struct str path = STR_INIT;
	struct err err = { 0 };

	if (!corpus_has("reader"))
		return tap_done();
	str_addf(&path, "%s/t/corpus/reader.skip", srcdir ? srcdir : ".");
	ok(file_read(path.s, 1 << 16, &skips, &err) >= 0,
	    "the list of what is not the language's is there");
	corpus_files("reader", ".yml", test_case);
	corpus_report();
	str_release(&path);
	str_release(&skips);
	return tap_done();
}

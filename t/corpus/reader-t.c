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

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/rights.h"
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

/* A line of the list is "WHAT: REASON". What is the file's name, or stands in
 * its part of options or in the expected result. */
static bool
is_about(const char *what, const char *name, const struct parts *parts)
{
	return strcmp(what, name) == 0 ||
	    (str_starts_with(what, "option ") &&
	    strstr(parts->text[0], what + strlen("option ")) != NULL) ||
	    (str_starts_with(what, "message ") &&
	    strstr(parts->text[parts->n - 1], what + strlen("message ")) !=
	    NULL);
}

/* The reason not to run a case, or NULL. Only what ends in errors can be
 * about a limit. */
static const char *
skip_reason(const char *name, const struct parts *parts, const json_t *want)
{
	static char line[512];

	for (const char *s = skips.s; *s != '\0';) {
		size_t len = strcspn(s, "\n");
		char *colon;

		snprintf(line, sizeof(line), "%.*s", (int)len, s);
		s += len + (s[len] == '\n');
		colon = strstr(line, ": ");
		if (line[0] == '#' || colon == NULL ||
		    json_object_get(want, "errors") == NULL)
			continue;
		*colon = '\0';
		if (is_about(line, name, parts))
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

struct messages {
	struct arena *a;
	char **texts;
	size_t n;
};

/* GitHub's are cut. */
static void
add_message(struct messages *m, const char *prefix, const char *text)
{
	char **room = arena_push(m->a, &m->texts, &m->n, sizeof(*room));
	const char *whole = arena_printf(m->a, "%s: %s", prefix, text);

	*room = strlen(whole) <= 500 ? arena_strdup(m->a, whole) :
	    arena_printf(m->a, "%.500s[...]", whole);
}

static void
add_messages(struct messages *m, const struct diags *d, const char *file)
{
	bool grammar = false;

	for (size_t i = 0; i < d->n; i++)
		grammar = grammar || (d->list[i].level == DIAG_ERROR &&
		    is_grammar(d->list[i].rule));
	for (size_t i = 0; i < d->n; i++) {
		const struct diag *one = &d->list[i];
		struct pos pos = one->value.line > 0 ? one->value : one->pos;

		if (one->level != DIAG_ERROR ||
		    (grammar && !is_grammar(one->rule) && !is_yaml(one->rule)))
			continue;
		add_message(m, is_yaml(one->rule) ? file : arena_printf(m->a,
		    "%s (Line: %d, Col: %d)", file, pos.line, pos.col),
		    one->text);
	}
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
	struct diags d, called_d[MAX_PARTS];
	struct workflow *w;
	struct token_called called[MAX_PARTS];
	struct token_case c;
	struct rights by_default;
	struct messages messages;
};

static struct workflow *
read_part(struct run *r, const char *file, char *text, struct diags *d)
{
	diags_init(d, &r->a, file, text, strlen(text));
	return workflow_read(text, strlen(text), &r->a, d);
}

static void
check_calls(struct run *r, const struct workflow *w, struct diags *d,
    const struct rights *inherited, int level);

/* A job that calls the i-th of the other parts. */
static void
check_call(struct run *r, const struct workflow *w,
    const struct workflow_job *job, size_t i, struct diags *d,
    const struct rights *inherited, int level)
{
	struct rights allowed = *inherited;
	const struct workflow *called = r->called[i].workflow;
	struct diags *inner = &r->called_d[i];

	if (inner->n_errors > 0) {
		add_messages(&r->messages, inner, arena_printf(&r->a,
		    "In %s (Line: %d, Col: %d): Error from called workflow %s",
		    d->file, job->uses->pos.line, job->uses->pos.col,
		    r->called[i].ref));
		return;
	}
	if (job->permissions != NULL)
		rights_read(job->permissions, &allowed);
	else if (w->permissions != NULL)
		rights_read(w->permissions, &allowed);
	workflow_check_call(job, called, &r->a, d);
	rights_check_call(job, called, &allowed, &r->a, d);
	check_calls(r, called, inner, &allowed, level + 1);
}

static void
check_calls(struct run *r, const struct workflow *w, struct diags *d,
    const struct rights *inherited, int level)
{
	for (size_t i = 0; i < w->n_jobs; i++)
		for (size_t j = 0; j < r->c.n_called; j++)
			if (w->jobs[i].kind == JOB_CALL && level < MAX_PARTS &&
			    strcmp(w->jobs[i].uses->text,
			    r->called[j].ref) == 0)
				check_call(r, w, &w->jobs[i], j, d,
				    inherited, level);
	add_messages(&r->messages, d, d->file);
}

static void
read_case(struct run *r, const char *name, struct parts *parts)
{
	r->w = read_part(r, arena_printf(&r->a, ".github/workflows/%s", name),
	    parts->text[1], &r->d);
	r->messages.a = &r->a;
	r->c.called = r->called;
	rights_default(strstr(parts->text[0],
	    "permissions-policy: LimitedRead") != NULL, &r->by_default);
	for (size_t i = 2; i + 2 < parts->n; i += 2) {
		size_t n = r->c.n_called++;
		char *ref = parts->text[i];

		ref += strspn(ref, " \r\n");
		ref[strcspn(ref, " \r\n")] = '\0';
		r->called[n].ref = ref;
		r->called[n].workflow = read_part(r, ref, parts->text[i + 1],
		    &r->called_d[n]);
	}
	if (r->w != NULL && r->d.n_errors == 0 && !r->c.skip_called)
		check_calls(r, r->w, &r->d, &r->by_default, 0);
	else
		add_messages(&r->messages, &r->d, r->d.file);
}

static void
compare(struct run *r, const char *name, const json_t *want)
{
	const json_t *errors = json_object_get(want, "errors");
	struct str got = STR_INIT, expected = STR_INIT;
	json_t *tokens;
	bool same;

	join_sorted(r->messages.texts, r->messages.n, &got);
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
	const char *reason;
	json_t *want;

	if (file_read(corpus_path(folder, file), 1 << 20, &text, &err) < 0)
		tap_note("%s", err.text);
	split(text.s, &parts);
	want = json_loads(parts.text[parts.n - 1], 0, &error);
	if (parts.n < 3 || want == NULL) {
		corpus_case("reader", false, "%s has its parts", file);
		goto out;
	}
	reason = skip_reason(file, &parts, want);
	if (reason != NULL) {
		tap_skip("%s: %s", file, reason);
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

/*
 * lint-t.c - real workflows lint without a false error, and the mistakes of
 * others' tests are found on their lines.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/lint.h"
#include "t/lib/corpus.h"
#include "t/lib/tap.h"

struct lint {
	struct arena a;
	struct diags d;
	struct str text, problems;
	struct workflow *w; /* NULL: not even YAML */
};

/* Workflows that are called are not there; actions are, as far as somebody
 * asks for their outputs: t/corpus/actions. */
static int
fetch_workflow(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	(void)ctx, (void)a, (void)text, (void)len;
	return str_starts_with(uses, "./") ? err_set(err, ERR_NOT_FOUND,
	    "there is no workflow \"%s\"", uses) : 1;
}

static int
fetch_action(void *ctx, const char *uses, struct arena *a,
    const char **text, size_t *len, struct err *err)
{
	const char *srcdir = getenv("srcdir"), *name = strrchr(uses, '/');
	struct str content = STR_INIT, path = STR_INIT;
	int rc = 1;

	(void)ctx;
	str_addf(&path, "%s/t/corpus/actions%s.yml", srcdir ? srcdir : ".",
	    name != NULL ? name : "");
	if (str_starts_with(uses, "./") && name != NULL &&
	    file_read(path.s, 1 << 16, &content, err) >= 0) {
		*text = arena_strndup(a, content.s, content.len);
		*len = content.len;
		rc = 0;
	}
	err_clear(err);
	str_release(&path);
	str_release(&content);
	return rc;
}

/* `files`: also what the workflow uses. */
static void
lint_file(struct lint *l, const char *path, bool template, bool files)
{
	static const struct lint_files here = { fetch_workflow, fetch_action,
		NULL };
	struct err err = { 0 };

	arena_init(&l->a, 0);
	str_init(&l->text);
	str_init(&l->problems);
	if (file_read(path, 1 << 20, &l->text, &err) < 0)
		tap_note("%s", err.text);
	if (template)
		corpus_fill_in(&l->text);
	diags_init(&l->d, &l->a, "test.yaml", l->text.s, l->text.len);
	l->w = workflow_read(l->text.s, l->text.len, &l->a, &l->d);
	if (l->w != NULL)
		workflow_lint_files(l->w, files ? &here : NULL, &l->a, &l->d);
	for (size_t i = 0; i < l->d.n; i++)
		if (l->d.list[i].level == DIAG_ERROR)
			diag_print(&l->d, &l->d.list[i], &l->problems);
}

static void
lint_release(struct lint *l)
{
	arena_release(&l->a);
	str_release(&l->text);
	str_release(&l->problems);
}

static void
accepts(const char *family, const char *path)
{
	struct lint l;
	const char *name = strstr(path, family);

	lint_file(&l, path, strcmp(family, "workflows") == 0, false);
	if (!corpus_case(family, l.d.n_errors == 0, "%s",
	    name != NULL ? name : path))
		tap_note("%s", l.problems.s);
	lint_release(&l);
}

static bool
is_workflow(const char *name)
{
	return str_ends_with(name, ".yml") || str_ends_with(name, ".yaml");
}

/* --- files to accept ---------------------------------------------------------------- */

static void
accept_file(const char *folder, const char *file)
{
	static const char *const families[] = { "workflows", "act/",
		"actionlint/ok" };
	size_t i = 0;

	while (i + 1 < ARRAY_LEN(families) &&
	    !str_starts_with(folder, families[i]))
		i++;
	if (is_workflow(file))
		accepts(families[i], corpus_path(folder, file));
}

static void
accept_workflows(const char *folder, const char *file)
{
	char path[512];

	(void)folder;
	snprintf(path, sizeof(path), "workflows/%s", file);
	corpus_files(path, "", accept_file);
}

/* Those that fail in running are right all the same; those that do not start
 * may be wrong. */
static bool
starts(const json_t *entry)
{
	const char *error = json_string_value(json_object_get(entry,
	    "error"));

	return !json_is_false(json_object_get(entry, "succeeds")) ||
	    error == NULL || strstr(error, "failed") != NULL;
}

static void
accept_act(void)
{
	json_t *index = corpus_json("act", "index.json");
	const json_t *entry;
	size_t i;

	json_array_foreach(index, i, entry) {
		const char *dir = json_string_value(json_object_get(entry,
		    "dir"));
		char path[512];

		if (dir == NULL || !starts(entry))
			continue;
		snprintf(path, sizeof(path), "act/%s", dir);
		corpus_files(path, "", accept_file);
	}
	json_decref(index);
}

/* --- mistakes to find --------------------------------------------------------------- */

/* Rules that a server can check; the others are advice for authors or need
 * tools and files of elsewhere. */
static bool
is_server_rule(const char *rule)
{
	static const char *const rules[] = { "syntax-check", "expression",
		"events", "matrix", "job-needs", "id", "glob", "shell-name",
		"credentials", "workflow-call", NULL };

	for (size_t i = 0; rules[i] != NULL; i++)
		if (strcmp(rules[i], rule) == 0)
			return true;
	return false;
}

/* LINE and RULE of "test.yaml:LINE:COL: MESSAGE [RULE]", also as a regular
 * expression between "/". */
static bool
take_line(const char *text, int *line, char *rule, size_t size)
{
	const char *at = strchr(text, ':'), *open;
	size_t len;

	if (at == NULL || (*line = atoi(at + 1)) <= 0)
		return false;
	open = strrchr(text, '[');
	if (open == NULL)
		return false;
	open++;
	len = strspn(open, "abcdefghijklmnopqrstuvwxyz-");
	snprintf(rule, size, "%.*s", (int)len, open);
	return len > 0;
}

static bool
found_on(const struct diags *d, int line)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].pos.line == line ||
		    d->list[i].value.line == line)
			return true;
	return false;
}

static struct str known = STR_INIT;

/* Is a step of this id an action from another repository? */
static bool
is_foreign(const struct workflow *w, const char *id, size_t len)
{
	for (size_t i = 0; i < w->n_jobs; i++)
		for (size_t j = 0; j < w->jobs[i].n_steps; j++) {
			const struct workflow_step *s = &w->jobs[i].steps[j];

			if (s->kind == STEP_USES && strlen(s->id) == len &&
			    strncmp(s->id, id, len) == 0 &&
			    !str_starts_with(s->uses->text, "./"))
				return true;
		}
	return false;
}

/* Does a line of the file read outputs of such a step? */
static bool
reads_foreign(const struct lint *l, int line)
{
	const char *text = l->text.s, *end, *at;

	while (line-- > 1 && (text = strchr(text, '\n')) != NULL)
		text++;
	if (text == NULL || l->w == NULL)
		return false;
	end = text + strcspn(text, "\n");
	for (at = strstr(text, "steps."); at != NULL && at < end;
	    at = strstr(at, "steps.")) {
		size_t len;

		at += strlen("steps.");
		len = strcspn(at, ". \n}");
		if (str_starts_with(at + len, ".outputs.") &&
		    is_foreign(l->w, at, len))
			return true;
	}
	return false;
}

/* The reason why a mistake is none to us, or NULL: lines of
 * actionlint.skip. */
static const char *
skip_reason(const struct lint *l, const char *message, int line)
{
	static char entry[512];

	for (const char *s = known.s; *s != '\0';) {
		size_t len = strcspn(s, "\n");
		char *colon;

		snprintf(entry, sizeof(entry), "%.*s", (int)len, s);
		s += len + (s[len] == '\n');
		colon = strstr(entry, ": ");
		if (entry[0] == '#' || colon == NULL)
			continue;
		*colon = '\0';
		if ((str_starts_with(entry, "message ") &&
		    strstr(message, entry + strlen("message ")) != NULL) ||
		    (strcmp(entry, "outputs of actions") == 0 &&
		    strstr(message, "is not defined in object type") != NULL &&
		    reads_foreign(l, line)))
			return colon + 2;
	}
	return NULL;
}

static void
expect_found(const char *family, const struct lint *l, const char *file,
    const char *text)
{
	const char *reason;
	char rule[64];
	int line;

	if (!take_line(text, &line, rule, sizeof(rule)) ||
	    !is_server_rule(rule))
		return;
	reason = skip_reason(l, text, line);
	if (reason != NULL) {
		tap_skip("%s:%d: %s", file, line, reason);
		return;
	}
	if (!corpus_case(family, found_on(&l->d, line), "%s:%d [%s]", file,
	    line, rule))
		tap_note("%s", text);
}

static void
find_mistakes(const char *folder, const char *file)
{
	struct str want = STR_INIT;
	struct err err = { 0 };
	struct lint l;
	char out[300], *save = NULL;

	snprintf(out, sizeof(out), "%.*s.out",
	    (int)(strrchr(file, '.') - file), file);
	lint_file(&l, corpus_path(folder, file), false, true);
	if (file_read(corpus_path(folder, out), 1 << 20, &want, &err) < 0)
		tap_note("%s", err.text);
	for (char *line = want.len > 0 ? strtok_r(want.s, "\n", &save) : NULL;
	    line != NULL; line = strtok_r(NULL, "\n", &save))
		expect_found(folder, &l, file, line);
	str_release(&want);
	lint_release(&l);
}

int
main(void)
{
	const char *srcdir = getenv("srcdir");
	struct str path = STR_INIT;
	struct err err = { 0 };

	str_addf(&path, "%s/t/corpus/actionlint.skip", srcdir ? srcdir : ".");
	ok(file_read(path.s, 1 << 16, &known, &err) >= 0,
	    "the list of what is none of a server's is there");
	if (corpus_has("workflows"))
		corpus_files("workflows", "", accept_workflows);
	if (corpus_has("act"))
		accept_act();
	if (corpus_has("actionlint")) {
		corpus_files("actionlint/ok", ".yaml", accept_file);
		corpus_files("actionlint/err", ".yaml", find_mistakes);
		corpus_files("actionlint/examples", ".yaml", find_mistakes);
	}
	corpus_report();
	str_release(&path);
	str_release(&known);
	return tap_done();
}

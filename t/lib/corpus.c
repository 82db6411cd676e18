/*
 * corpus.c - the folder of data that other projects wrote.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "t/lib/corpus.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"

#define FAMILIES 64

static struct {
	char name[64];
	int passed, failed;
} families[FAMILIES];

const char *
corpus_path(const char *folder, const char *file)
{
	const char *set = getenv("PAWL_CORPUS"), *srcdir = getenv("srcdir");
	static char path[4096];

	if (set != NULL)
		snprintf(path, sizeof(path), "%s/%s/%s", set, folder, file);
	else
		snprintf(path, sizeof(path), "%s/../shared/corpus/%s/%s",
		    srcdir != NULL ? srcdir : ".", folder, file);
	return path;
}

bool
corpus_has(const char *folder)
{
	const char *path = corpus_path(folder, "");

	if (access(path, R_OK) == 0)
		return true;
	tap_skip("no %s; set PAWL_CORPUS", path);
	return false;
}

static int
no_dot(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

void
corpus_files(const char *folder, const char *ending,
    void (*test)(const char *folder, const char *file))
{
	struct dirent **entries;
	int n = scandir(corpus_path(folder, ""), &entries, no_dot, alphasort);

	ok(n > 0, "%s has files", folder);
	for (int i = 0; i < n; i++) {
		if (str_ends_with(entries[i]->d_name, ending))
			test(folder, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

void
corpus_fill_in(struct str *text)
{
	static const char *const words[][2] = {
		{ "$default-branch", "main" },
		{ "$protected-branches", "main" },
		{ "$cron-daily", "'30 4 * * *'" },
		{ "$cron-weekly", "'30 4 * * 1'" },
		{ "$codeql-languages-matrix", "include: "
		    "[{language: go, build-mode: none}]" },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct str out = STR_INIT;
		const char *at = text->s, *found;

		while ((found = strstr(at, words[i][0])) != NULL) {
			str_add_len(&out, at, (size_t)(found - at));
			str_add(&out, words[i][1]);
			at = found + strlen(words[i][0]);
		}
		str_add(&out, at);
		str_release(text);
		*text = out;
	}
}

json_t *
corpus_json(const char *folder, const char *file)
{
	/* Numbers of any size and texts with NUL are values of expressions. */
	json_error_t error;
	json_t *j = json_load_file(corpus_path(folder, file),
	    JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL, &error);

	if (j == NULL)
		ok(false, "%s is JSON: line %d: %s", file, error.line,
		    error.text);
	return j;
}

static void
count(const char *family, bool passed)
{
	size_t i = 0;

	while (i < FAMILIES - 1 && families[i].name[0] != '\0' &&
	    strcmp(families[i].name, family) != 0)
		i++;
	snprintf(families[i].name, sizeof(families[i].name), "%s", family);
	families[i].passed += passed;
	families[i].failed += !passed;
}

bool
corpus_case(const char *family, bool passed, const char *what, ...)
{
	struct str title = STR_INIT;
	va_list ap;

	va_start(ap, what);
	str_vaddf(&title, what, ap);
	va_end(ap);
	for (size_t i = 0; i < title.len; i++)
		if (title.s[i] == '\n' || title.s[i] == '#')
			title.s[i] = ' '; /* TAP has a meaning for them */
	str_cut(&title, 160);
	count(family, passed);
	ok(passed, "%s: %s", family, title.s);
	str_release(&title);
	return passed;
}

void
corpus_report(void)
{
	int passed = 0, failed = 0;

	for (size_t i = 0; i < FAMILIES && families[i].name[0] != '\0'; i++) {
		tap_note("%-28s %4d passed, %d failed", families[i].name,
		    families[i].passed, families[i].failed);
		passed += families[i].passed;
		failed += families[i].failed;
	}
	tap_note("%-28s %4d passed, %d failed", "all", passed, failed);
}

/*
 * lint-t.c - what lint says of each mistake.
 *
 * A case is a file with one mistake, t/data/lint/NAME.yml, and all that lint
 * prints of it, NAME.err, to the letter. PAWL_TEST_UPDATE=1 writes what is
 * got instead of comparing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/pipeline/model.h"
#include "t/lib/tap.h"

static const char *
case_path(const char *name, const char *suffix)
{
	const char *srcdir = getenv("srcdir");
	static char path[4096];

	snprintf(path, sizeof(path), "%s/t/data/lint/%s%s",
	    srcdir != NULL ? srcdir : ".", name, suffix);
	return path;
}

static void
run_case(const char *name)
{
	struct str text = STR_INIT, got = STR_INIT, want = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct workflow *w;
	struct diags d;

	if (file_read(case_path(name, ".yml"), 1 << 20, &text, &err) < 0)
		tap_note("%s", err.text);
	diags_init(&d, &a, arena_printf(&a, "%s.yml", name), text.s,
	    text.len);
	w = workflow_read(text.s, text.len, &a, &d);
	if (w != NULL)
		workflow_lint(w, &a, &d);
	diags_print(&d, &got);
	if (getenv("PAWL_TEST_UPDATE") != NULL)
		file_replace(case_path(name, ".err"), got.s, got.len, 0644,
		    false, &err);
	if (file_read(case_path(name, ".err"), 1 << 20, &want, &err) < 0)
		str_add(&want, err.text);
	is_str(got.s, want.s, "%s", name);
	ok(got.len > 0, "%s: something is said", name);
	arena_release(&a);
	str_release(&text);
	str_release(&got);
	str_release(&want);
}

static int
is_case(const struct dirent *entry)
{
	return str_ends_with(entry->d_name, ".yml");
}

int
main(void)
{
	struct dirent **entries = NULL;
	int n = scandir(case_path("", ""), &entries, is_case, alphasort);

	ok(n >= 80, "the cases are there");
	for (int i = 0; i < n; i++) {
		entries[i]->d_name[strlen(entries[i]->d_name) - 4] = '\0';
		run_case(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return tap_done();
}

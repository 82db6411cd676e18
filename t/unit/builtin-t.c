/*
 * builtin-t.c - built-in actions: what the pipeline knows of them, what runs,
 * and what the page says are the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "t/lib/tap.h"

static void
test_rows(void)
{
	for (size_t i = 0; i < n_builtins; i++) {
		const struct builtin_action *about =
		    builtin_named(builtins[i].name);

		if (!ok(about != NULL, "%s is known to pipelines",
		    builtins[i].name))
			continue;
		is_int(about->has_post, builtins[i].post != NULL,
		    "and has a part behind when it says so");
	}
	for (size_t i = 0; i < n_builtin_actions; i++) {
		size_t k = 0;

		while (k < n_builtins && strcmp(builtins[k].name,
		    builtin_actions[i].name) != 0)
			k++;
		ok(k < n_builtins, "%s can run", builtin_actions[i].name);
	}
}

static void
test_find(void)
{
	static const struct {
		const char *uses, *name; /* NULL: none */
	} cases[] = {
		{ "actions/checkout@v4", "actions/checkout" },
		{ "Actions/Checkout@0123", "actions/checkout" },
		{ "actions/cache/save@v4", "actions/cache/save" },
		{ "actions/cache//save/@v4", "actions/cache/save" },
		{ "actions/cache/other@v4", NULL },
		{ "actions/checkout", NULL },
		{ "./actions/checkout@v4", NULL },
		{ "step.artifact_push", "step.artifact_push" },
		{ "step.artifact_push@v1", NULL },
		{ "docker://actions/checkout@v4", NULL },
	};
	struct arena a = ARENA_INIT(0);

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct builtin_action *found =
		    builtin_find(cases[i].uses, &a);

		is_str(found != NULL ? found->name : NULL, cases[i].name,
		    "%s", cases[i].uses);
	}
	arena_release(&a);
}

/* Each input stands in the section of its action. */
static void
test_page(void)
{
	const char *folder = getenv("srcdir");
	struct str path = STR_INIT, page = STR_INIT, name = STR_INIT;
	struct err err = { 0 };

	str_addf(&path, "%s/doc/actions.md", folder != NULL ? folder : ".");
	if (!is_int(file_read(path.s, 1 << 20, &page, &err), 0, "the page: %s",
	    err.text))
		goto out;
	for (size_t i = 0; i < n_builtin_actions; i++) {
		const struct builtin_action *one = &builtin_actions[i];
		const char *section = strstr(page.s, one->name);

		if (one->inputs == NULL)
			continue;
		ok(section != NULL, "%s is on the page", one->name);
		for (size_t k = 0; k < one->n_inputs; k++) {
			str_clear(&name);
			str_addf(&name, "`%s`", one->inputs[k].name);
			ok(strstr(page.s, name.s) != NULL, "with its input %s",
			    name.s);
		}
	}
out:
	str_release(&path);
	str_release(&page);
	str_release(&name);
}

int
main(void)
{
	test_rows();
	test_find();
	test_page();
	return tap_done();
}

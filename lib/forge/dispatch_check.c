/*
 * dispatch_check.c - see dispatch_check.h.
 *
 * The file is one that a planner has read without errors; it is read again
 * here, because its own words for types and mistakes are the ones to use.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/dispatch_check.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/forge/dispatch.h"
#include "lib/pipeline/inputs.h"

static bool
is_called(const struct workflow_row *w, const char *word)
{
	const char *slash = strrchr(w->path, '/');

	return strcmp(w->path, word) == 0 || strcmp(w->name, word) == 0 ||
	    (slash != NULL && strcmp(slash + 1, word) == 0);
}

static int
say_none(const struct repo *repo, const char *word,
    const struct workflow_row *list, size_t n, struct err *err)
{
	struct str names = STR_INIT;

	for (size_t i = 0; i < n; i++)
		if (list[i].by_hand)
			str_addf(&names, "%s%s", names.len > 0 ? ", " : "",
			    list[i].path);
	if (n == 0)
		err_set(err, ERR_NOT_FOUND, "no workflow of \"%s\" of %s/%s "
		    "is known: they are read when a push to it is planned",
		    repo->default_branch, repo->owner, repo->name);
	else if (names.len == 0)
		err_set(err, ERR_NOT_FOUND, "no workflow of \"%s\" has "
		    "\"workflow_dispatch\" under \"on\"",
		    repo->default_branch);
	else
		err_set(err, ERR_NOT_FOUND, "there is no workflow \"%.200s\" "
		    "with \"workflow_dispatch\" on \"%s\"; there is %.500s",
		    word, repo->default_branch, names.s);
	str_release(&names);
	return -1;
}

int
dispatch_find(struct store *st, const struct repo *repo, const char *word,
    struct arena *a, struct workflow_row *out, struct err *err)
{
	const struct workflow_row *found = NULL;
	struct workflow_row *list;
	size_t n;

	if (workflow_list(st, repo->id, a, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (!list[i].by_hand || !is_called(&list[i], word))
			continue;
		if (strcmp(list[i].path, word) == 0)
			found = NULL;
		if (found != NULL)
			return err_set(err, ERR_CONFLICT, "\"%.200s\" may be "
			    "%s or %s: give the path", word, found->path,
			    list[i].path);
		found = &list[i];
		if (strcmp(found->path, word) == 0)
			break;
	}
	if (found == NULL)
		return say_none(repo, word, list, n, err);
	return workflow_find(st, repo->id, found->path, a, out, err) == 1 ?
	    0 : -1;
}

static struct workflow *
read_file(const struct workflow_row *row, struct arena *a)
{
	struct diags d;

	diags_init(&d, a, row->path, row->text, strlen(row->text));
	return workflow_read(row->text, strlen(row->text), a, &d);
}

const struct workflow_input *
dispatch_ports(const struct workflow_row *row, struct arena *a, size_t *n)
{
	const struct workflow *w = read_file(row, a);
	const struct workflow_trigger *t = w == NULL ? NULL :
	    workflow_trigger_find(w, "workflow_dispatch");

	*n = t != NULL ? t->n_inputs : 0;
	return t != NULL ? t->inputs : NULL;
}

static bool
is_default(const struct repo *repo, const char *ref)
{
	if (ref == NULL || strcmp(ref, repo->default_branch) == 0)
		return true;
	return str_starts_with(ref, "refs/heads/") &&
	    strcmp(ref + strlen("refs/heads/"), repo->default_branch) == 0;
}

static int
read_given(const json_t *inputs, struct arena *a, struct expr_object **out,
    struct err *err)
{
	char *text = inputs != NULL ? json_dumps(inputs, JSON_COMPACT) :
	    strdup("{}");
	struct expr_value v;
	int rc;

	if (text == NULL)
		return err_set(err, ERR_INVALID, "the inputs are no text in "
		    "UTF-8");
	rc = expr_json_read(text, strlen(text), DISPATCH_MAX_INPUTS, a, &v,
	    err);
	free(text);
	if (rc == 0 && v.type != EXPR_OBJECT)
		rc = err_set(err, ERR_INVALID, "inputs are an object of "
		    "names and values");
	if (rc == 0)
		*out = v.object;
	return rc;
}

int
dispatch_check(const struct repo *repo, const struct workflow_row *row,
    const char *ref, const json_t *inputs, struct arena *a, struct err *err)
{
	struct expr_object *given = NULL, *taken;
	const struct workflow *w;

	if (dispatch_ref_check(repo, ref, err) == -1 ||
	    read_given(inputs, a, &given, err) == -1)
		return -1;
	if (!is_default(repo, ref))
		return 0;
	w = read_file(row, a);
	return w == NULL ? 0 : dispatch_inputs(w, given, a, &taken, err);
}

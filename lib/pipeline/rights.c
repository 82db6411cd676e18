/*
 * rights.c - see rights.h.
 *
 * Nothing is taken from a job here, for jobs get no token: but a file that
 * GitHub refuses to start must not start, or it breaks there unseen.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/rights.h"

#include <assert.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

const char *const rights_scopes[] = { "actions", "checks", "contents",
	"deployments", "discussions", "issues", "packages", "pages",
	"pull-requests", "repository-projects", "statuses",
	"security-events", "id-token",
	/* Not in read-all and write-all. */
	"artifact-metadata", "attestations", "code-quality",
	"copilot-requests", "drives", "models", "vulnerability-alerts",
	NULL };

#define N_IN_ALL 13

static_assert(ARRAY_LEN(rights_scopes) <= RIGHTS_MAX + 1, "a right has room");

static const char *const right_names[] = {
	[RIGHT_NONE] = "none",
	[RIGHT_READ] = "read",
	[RIGHT_WRITE] = "write",
};

static void
set(struct rights *r, const char *scope, enum right right)
{
	for (size_t i = 0; rights_scopes[i] != NULL; i++)
		if (strcmp(rights_scopes[i], scope) == 0)
			r->of[i] = right;
}

static void
set_all(struct rights *r, enum right right)
{
	for (size_t i = 0; i < N_IN_ALL; i++)
		r->of[i] = right;
}

void
rights_default(bool limited, struct rights *out)
{
	*out = (struct rights) { { RIGHT_NONE } };
	if (limited) {
		set(out, "contents", RIGHT_READ);
		set(out, "packages", RIGHT_READ);
		return;
	}
	for (size_t i = 0; rights_scopes[i] != NULL; i++)
		out->of[i] = RIGHT_WRITE;
	set(out, "id-token", RIGHT_NONE);
}

static enum right
right_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(right_names); i++)
		if (strcmp(right_names[i], word) == 0)
			return (enum right)i;
	return RIGHT_NONE;
}

void
rights_read(const struct value *permissions, struct rights *out)
{
	*out = (struct rights) { { RIGHT_NONE } };
	if (permissions->kind == VALUE_STRING)
		set_all(out, strcmp(permissions->text, "write-all") == 0 ?
		    RIGHT_WRITE : RIGHT_READ);
	for (size_t i = 0; i < permissions->n_pairs; i++) {
		const struct value_pair *p = &permissions->pairs[i];

		if (p->key->kind == VALUE_STRING && p->value->text != NULL)
			set(out, p->key->text, right_of(p->value->text));
	}
}

/* The rights of `r` that `asked` goes beyond, as messages have them. */
static const char *
list(const struct rights *r, const struct rights *asked,
    const struct rights *allowed, struct arena *a)
{
	struct str out = STR_INIT;
	const char *text;

	for (size_t i = 0; rights_scopes[i] != NULL; i++)
		if (asked->of[i] > allowed->of[i])
			str_addf(&out, "%s%s: %s", out.len > 0 ? ", " : "",
			    rights_scopes[i], right_names[r->of[i]]);
	text = out.len > 0 ? arena_strdup(a, out.s) : NULL;
	str_release(&out);
	return text;
}

static void
check(const struct workflow_job *job, const char *who,
    const struct value *permissions, const struct rights *allowed,
    struct arena *a, struct diags *d)
{
	struct rights asked;
	const char *more;

	if (permissions == NULL)
		return;
	rights_read(permissions, &asked);
	more = list(&asked, &asked, allowed, a);
	if (more != NULL)
		diag_error(d, job->key->pos, job->key->width, "workflow-call",
		    "a called workflow can only be given less: raise the "
		    "\"permissions\" of this job", "Error calling workflow "
		    "'%s'. The %s is requesting '%s', but is only allowed "
		    "'%s'.", job->uses->text, who, more,
		    list(allowed, &asked, allowed, a));
}

void
rights_check_call(const struct workflow_job *job,
    const struct workflow *called, const struct rights *allowed,
    struct arena *a, struct diags *d)
{
	check(job, arena_printf(a, "workflow '%s'", job->uses->text),
	    called->permissions, allowed, a, d);
	for (size_t i = 0; i < called->n_jobs; i++) {
		const struct workflow_job *one = &called->jobs[i];
		const char *name = value_literal(one->name);

		check(job, arena_printf(a, "nested job '%s'",
		    name != NULL ? name : one->id), one->permissions,
		    allowed, a, d);
	}
}

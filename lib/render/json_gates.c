/*
 * json_gates.c - environments and gates as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/json_gates.h"

#include "lib/base/clock.h"

static json_t *
text(const char *s)
{
	return s != NULL ? json_string(s) : json_null();
}

static json_t *
when(int64_t at_ms)
{
	char buf[CLOCK_TEXT_SIZE];

	return at_ms == 0 ? json_null() :
	    json_string(clock_rfc3339(at_ms, buf));
}

static json_t *
names(const char *const *list, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(list[i]));
	return array;
}

json_t *
json_environment(const struct environment_rules *e)
{
	return json_pack("{s:s, s:o, s:I, s:o, s:b, s:o}", "name", e->name,
	    "reviewers", names(e->reviewers, e->n_reviewers), "wait_ms",
	    (json_int_t)e->wait_ms, "refs", names(e->refs, e->n_refs),
	    "self_review", (int)e->self_review, "updated_at",
	    when(e->updated_at_ms));
}

json_t *
json_gate(const struct gate *g, struct arena *a)
{
	return json_pack("{s:I, s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:s, s:b, "
	    "s:s, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)g->id,
	    "repository", arena_printf(a, "%s/%s", g->owner, g->repo_name),
	    "run", (json_int_t)g->number, "job", text(g->key), "kind",
	    g->kind, "name", text(g->name), "reason", text(g->reason),
	    "reviewers", json_loads(g->reviewers, 0, NULL), "may_approve",
	    gate_reviewers_text(g, a), "self_review", (int)g->self_review,
	    "state", g->state, "decided_by", text(g->decided_by), "comment",
	    text(g->comment), "due_at", when(g->due_at_ms), "decided_at",
	    when(g->decided_at_ms), "created_at", when(g->created_at_ms));
}

json_t *
json_gates(const struct gate *list, size_t n, struct arena *a)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_gate(&list[i], a));
	return array;
}

void
json_add_deployments(json_t *jobs, const struct job *list, size_t n_jobs,
    const struct deployment *deployments, size_t n)
{
	for (size_t i = 0; i < n_jobs; i++) {
		json_t *own = json_null();

		for (size_t k = 0; k < n; k++)
			if (deployments[k].job == list[i].id)
				own = json_pack("{s:s, s:o}", "name",
				    deployments[k].environment, "url",
				    text(deployments[k].url));
		json_object_set_new(json_array_get(jobs, i), "environment",
		    own);
	}
}

/*
 * job_plan_secrets.c - which secrets a job names.
 *
 * All values of the plan are walked by its table of members, so that a member
 * that is new cannot be forgotten here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/job_plan_secrets.h"

#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/pipeline/check.h"
#include "lib/pipeline/job_plan_record.h"

#define CONTEXT "secrets"

struct search {
	struct arena *a;
	struct plan_secrets *out;
};

static bool
is_named(const struct plan_secrets *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcasecmp(s->names[i], name) == 0)
			return true;
	return false;
}

/* "secrets.NAME", or "secrets" and "secrets.*" for what is not known. */
static void
look(void *ctx, const struct expr_node *node, const char *path)
{
	const struct search *s = ctx;
	size_t len = strlen(CONTEXT);
	const char *name;

	(void)node;
	if (strncasecmp(path, CONTEXT, len) != 0 ||
	    (path[len] != '\0' && path[len] != '.'))
		return;
	name = path[len] == '.' ? path + len + 1 : "*";
	if (*name == '*')
		s->out->all = true;
	else if (!is_named(s->out, name))
		*(const char **)arena_push(s->a, &s->out->names, &s->out->n,
		    sizeof(char *)) = arena_strndup(s->a, name,
		    strcspn(name, "."));
}

static void
search_value(const struct search *s, const struct value *v)
{
	if (v == NULL)
		return;
	if (v->expr != NULL && v->expr->root != NULL)
		lint_each_path(v->expr->root, look, (void *)s);
	for (size_t i = 0; i < v->n_items; i++)
		search_value(s, v->items[i]);
	for (size_t i = 0; i < v->n_pairs; i++) {
		search_value(s, v->pairs[i].key);
		search_value(s, v->pairs[i].value);
	}
}

static void
search_record(const struct search *s, const struct record *r,
    const char *thing);

static void
search_field(const struct search *s, const struct field *f,
    const char *thing)
{
	const struct value *v;
	const char *first;
	size_t n;

	if (f->type == FIELD_VALUE) {
		memcpy(&v, thing + f->at, sizeof(v));
		search_value(s, v);
	} else if (f->type == FIELD_RECORD) {
		search_record(s, f->record, thing + f->at);
	} else if (f->type == FIELD_RECORDS) {
		memcpy(&first, thing + f->at, sizeof(first));
		memcpy(&n, thing + f->n_at, sizeof(n));
		for (size_t i = 0; i < n; i++)
			search_record(s, f->record, first +
			    i * f->record->size);
	}
}

/* The maps of calls (FIELD_VALUES) are another matter. */
static void
search_record(const struct search *s, const struct record *r,
    const char *thing)
{
	for (const struct field *f = r->fields; f->name != NULL; f++)
		search_field(s, f, thing);
}

/* What a call has to be given for what is named behind it. */
static struct plan_secrets
level_above(const struct plan_secrets *inner, const struct value *map,
    struct arena *a)
{
	struct plan_secrets outer = { 0 };
	const struct search s = { a, &outer };

	for (size_t i = 0; map != NULL && i < map->n_pairs; i++) {
		const struct value_pair *pair = &map->pairs[i];
		const char *name = value_literal(pair->key);

		search_value(&s, pair->key);
		if (inner->all || name == NULL || is_named(inner, name))
			search_value(&s, pair->value);
	}
	if (map != NULL && map->kind == VALUE_EXPR)
		search_value(&s, map);
	return outer;
}

void
job_plan_secrets(const struct job_plan *plan, struct arena *a,
    struct plan_secrets *out)
{
	const struct search s = { a, out };

	*out = (struct plan_secrets) { 0 };
	search_record(&s, &job_plan_record, (const char *)plan);
	for (size_t i = plan->n_secret_maps; i > 0; i--)
		*out = level_above(out, plan->secret_maps[i - 1], a);
}

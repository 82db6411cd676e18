/*
 * plan_value.c - single values of a plan.
 *
 * Every text that reaches a plan passes plan_text(), so that no expression
 * can be taken for plain text by mistake.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/pipeline/expr_ast.h"
#include "lib/pipeline/plan_internal.h"

static void
report_expression(struct planner *pl, const struct value *value)
{
	struct pos pos = value->pos;
	int width = value->width;

	if (value->n_parts > 0) {
		pos = value->parts[0].pos;
		width = (int)strcspn(value->parts[0].text, "\n");
	}
	diag_error(pl->d, pos, width, "expression",
	    "only \"NAME: ${{ secrets.NAME }}\" under env is",
	    "expressions are not supported by this version of Pawl");
}

const char *
plan_text(struct planner *pl, const struct value *value)
{
	if (value->kind == VALUE_EXPR || value->kind == VALUE_INSERT) {
		report_expression(pl, value);
		return NULL;
	}
	return value->kind > VALUE_STRING ? NULL : value->text;
}

const char *
plan_word(struct planner *pl, const struct value *value, const char *key)
{
	const char *text;

	if (value == NULL)
		return NULL;
	text = plan_text(pl, value);
	if (text == NULL || text[strspn(text, " \t\r\n")] != '\0')
		return text;
	diag_error(pl->d, value->pos, value->width, "no-value", NULL,
	    "\"%s\" %s is empty", key, pl->where);
	return NULL;
}

/* NAME when the whole value is ${{ secrets.NAME }}; else NULL. */
static const char *
secret_name(struct arena *a, const struct value *value)
{
	const struct expr_node *node;

	if (value->kind != VALUE_EXPR || value->n_parts != 1 ||
	    value->expr != value->parts[0].expr)
		return NULL;
	node = value->expr->root;
	if (node == NULL || node->kind != EXPR_NODE_INDEX ||
	    node->args[0]->kind != EXPR_NODE_CONTEXT ||
	    node->args[0]->name.len != strlen("secrets") ||
	    strncasecmp(node->args[0]->name.s, "secrets", 7) != 0 ||
	    node->args[1]->kind != EXPR_NODE_LITERAL ||
	    node->args[1]->literal.type != EXPR_STRING)
		return NULL;
	return arena_strndup(a, node->args[1]->literal.text.s,
	    node->args[1]->literal.text.len);
}

static bool
check_env_name(struct planner *pl, const struct value *key)
{
	if (key->kind != VALUE_STRING) {
		report_expression(pl, key);
		return false;
	}
	for (const char *c = key->text; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || strchr("=&\x7f", *c) != NULL) {
			diag_error(pl->d, key->pos, key->width, "wrong-name",
			    "without blanks, \"=\" and \"&\"", "\"%s\" cannot "
			    "be the name of an environment variable",
			    key->text);
			return false;
		}
	return true;
}

void
plan_env(struct planner *pl, const struct value *map, struct env_list *list)
{
	if (map == NULL)
		return;
	if (map->kind != VALUE_MAP) {
		plan_text(pl, map);
		return;
	}
	if (map->n_pairs > MAX_ENV) {
		diag_error(pl->d, map->pos, map->width, "too-many", NULL,
		    "\"env\" %s has %zu variables; at most %d are allowed",
		    pl->where, map->n_pairs, MAX_ENV);
		return;
	}
	for (size_t i = 0; i < map->n_pairs; i++) {
		const struct value_pair *pair = &map->pairs[i];
		struct plan_var var = { pair->key->text, NULL, NULL };
		struct plan_var *room;

		if (!check_env_name(pl, pair->key))
			continue;
		var.secret = secret_name(pl->a, pair->value);
		if (var.secret == NULL)
			var.value = plan_text(pl, pair->value);
		if (var.secret == NULL && var.value == NULL)
			continue;
		room = arena_push(pl->a, &list->vars, &list->n,
		    sizeof(*room));
		*room = var;
	}
}

static int64_t
check_timeout(struct planner *pl, const struct value *value, const char *key,
    double ms)
{
	/* Also false for .nan. */
	if (ms > 0 && ms <= (double)MAX_TIMEOUT_MS)
		return ms < 1 ? 1 : (int64_t)ms;
	diag_error(pl->d, value->pos, value->width, "wrong-value", NULL,
	    "\"%s\" %s must be more than 0 and at most 30 days", key,
	    pl->where);
	return 0;
}

int64_t
plan_timeout(struct planner *pl, const struct value *minutes,
    const struct value *duration)
{
	const char *text;
	int64_t ms;

	if (minutes != NULL && plan_text(pl, minutes) != NULL)
		return check_timeout(pl, minutes, "timeout-minutes",
		    minutes->number * 60000);
	text = plan_word(pl, duration, "timeout");
	if (text == NULL)
		return 0;
	if (clock_parse_duration(text, 1000, &ms))
		return check_timeout(pl, duration, "timeout", (double)ms);
	diag_error(pl->d, duration->pos, duration->width, "wrong-value",
	    "a number with a unit, such as 90s, 10m or 1.5h",
	    "\"timeout\" %s is not a duration", pl->where);
	return 0;
}

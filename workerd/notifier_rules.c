/*
 * notifier_rules.c - kind "rules": a run has come to something; every rule
 * that asks for it gets a message of its own.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <inttypes.h>
#include <string.h>

#include "lib/pipeline/pipeline.h"
#include "lib/store/notify.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"

/* What the rules are asked about. */
struct cause {
	const struct run *run;
	bool waiting;
	bool had, failed; /* the run before; `had` false: there was none */
};

static bool
always(const struct cause *c)
{
	return !c->waiting;
}

static bool
failure(const struct cause *c)
{
	return !c->waiting && c->run->state == RUN_FAILED;
}

/* From well to failed or back. Nothing before counts as well, and what was
 * cancelled or skipped says nothing. */
static bool
change(const struct cause *c)
{
	bool before = c->had && c->failed;

	return !c->waiting && ((c->run->state == RUN_FAILED && !before) ||
	    (c->run->state == RUN_SUCCEEDED && before));
}

static bool
waiting(const struct cause *c)
{
	return c->waiting;
}

static const struct {
	const char *name;
	bool (*holds)(const struct cause *c);
} causes[] = {
	{ "always", always },
	{ "failure", failure },
	{ "change", change },
	{ "waiting", waiting },
};

static bool
asks_for(const struct notify_rule *rule, const struct cause *c)
{
	if (rule->branch != NULL && !pattern_match(rule->branch,
		c->run->branch))
		return false;
	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(causes[i].name, rule->cause) == 0)
			return causes[i].holds(c);
	return false;
}

static int
add_for(struct notifier *n, struct sending *s, const struct notify_rule *rule,
    struct err *err)
{
	const struct message m = { .kind = rule->kind, .repo = s->m.repo,
		.run = s->m.run, .rule = rule->id, .data = s->m.data,
		.host = rule->host, .topic = arena_printf(&s->a,
		    "%" PRId64 " %s", rule->id, s->m.topic) };

	return outbox_add(n->program.store, &m, err);
}

/* All of them, and the end of this message, in one transaction. */
static int
add_all(struct notifier *n, struct sending *s, const struct cause *c,
    const struct notify_rule *rules, size_t n_rules, struct err *err)
{
	struct store *st = n->program.store;
	int rc = 0;

	if (store_begin(st, err) == -1)
		return -1;
	for (size_t i = 0; rc == 0 && i < n_rules; i++)
		if (asks_for(&rules[i], c))
			rc = add_for(n, s, &rules[i], err);
	if (rc == 0)
		rc = outbox_sent(st, s->m.id, err);
	if (rc == 0)
		return store_commit(st, err);
	store_rollback(st);
	return -1;
}

int
rules_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct store *st = n->program.store;
	struct notify_rule *rules;
	struct cause c = { .waiting = s->m.data != NULL };
	struct repo repo;
	struct run run;
	size_t n_rules;
	int rc;

	rc = run_find_id(st, s->m.run, &s->a, &run, err);
	if (rc == 1)
		rc = repo_find_id(st, run.repo, &s->a, &repo, err);
	if (rc != 1)
		return rc;
	c.run = &run;
	rc = notify_before(st, run.id, &c.failed, err);
	c.had = rc == 1;
	if (rc == -1 || notify_list_repo(st, &repo, &s->a, &rules, &n_rules,
		err) == -1)
		return -1;
	return add_all(n, s, &c, rules, n_rules, err);
}

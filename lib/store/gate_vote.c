/*
 * gate_vote.c - what people say to a gate.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/audit.h"
#include "lib/store/gates.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/str.h"
#include "lib/store/environments.h"
#include "lib/store/gate_rows.h"
#include "lib/store/grants.h"

#define ROLE_PREFIX "role:"

/* --- who may -------------------------------------------------------------- */

static bool
is_named(const char *reviewer, const struct gate_vote *vote)
{
	enum role wanted;

	if (!str_starts_with(reviewer, ROLE_PREFIX))
		return strcasecmp(reviewer, vote->name) == 0;
	/* Whoever may do more may do less. */
	return role_parse(reviewer + strlen(ROLE_PREFIX), &wanted) &&
	    vote->role >= wanted;
}

/* 1, 0 with why not, -1. */
static int
may_decide(const struct gate *g, const struct gate_vote *vote,
    struct arena *a, const char **why, struct err *err)
{
	const char *const *names = NULL;
	bool named;
	size_t n;

	if (vote->force)
		return 1;
	if (names_read(g->reviewers, a, &names, &n, err) == -1)
		return -1;
	named = n == 0;
	for (size_t i = 0; i < n && !named; i++)
		named = is_named(names[i], vote);
	if (!named)
		*why = arena_printf(a, "\"%s\" may not decide this: %s may",
		    vote->name, gate_reviewers_text(g, a));
	else if (!g->self_review && strcasecmp(g->actor, vote->name) == 0)
		*why = arena_printf(a, "\"%s\" started the run and may not "
		    "approve it: somebody else of %s may", vote->name,
		    gate_reviewers_text(g, a));
	else
		return 1;
	return 0;
}

/* --- which gates ---------------------------------------------------------- */

/* What is asked for, and what was found. */
struct voting {
	struct store *st;
	const struct gate_vote *vote;
	struct arena *a;
	struct gate *gates; /* of the run */
	size_t n;
	int64_t job;        /* 0: the run itself */
	const char *denied; /* why one of them was left open */
	size_t n_decided;
};

static bool
is_open(const struct gate *g)
{
	return strcmp(g->state, "open") == 0;
}

static bool
is_for_people(const struct gate *g)
{
	return strcmp(g->kind, "timer") != 0;
}

/* Somebody may have been faster. */
static int
report_none(const struct voting *v, const char *key, struct err *err)
{
	for (size_t i = v->n; i > 0; i--) {
		const struct gate *g = &v->gates[i - 1];

		if ((key == NULL || (g->key != NULL &&
		    strcmp(g->key, key) == 0)) && g->decided_by != NULL)
			return err_set(err, ERR_CONFLICT, "it was %s by %s "
			    "before", g->state, g->decided_by);
	}
	if (key != NULL)
		return err_set(err, ERR_CONFLICT, "job \"%s\" does not wait "
		    "for an approval", key);
	return err_set(err, ERR_CONFLICT, "nothing of this run waits for an "
	    "approval");
}

static int
report_many(const struct voting *v, struct err *err)
{
	struct str keys = STR_INIT;
	int64_t last = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct gate *g = &v->gates[i];

		if (!is_open(g) || !is_for_people(g) || g->key == NULL ||
		    g->job == last)
			continue;
		last = g->job;
		str_addf(&keys, "%s\"%s\"", keys.len > 0 ? ", " : "", g->key);
	}
	err_set(err, ERR_INVALID, "several jobs wait, say which one: %s",
	    keys.s);
	str_release(&keys);
	return -1;
}

/* Which job, or the run. */
static int
find_target(struct voting *v, const char *key, struct err *err)
{
	bool found = false;

	for (size_t i = 0; i < v->n; i++) {
		const struct gate *g = &v->gates[i];

		if (!is_open(g) || !is_for_people(g) || (key != NULL &&
		    (g->key == NULL || strcmp(g->key, key) != 0)))
			continue;
		if (found && g->job != v->job)
			return report_many(v, err);
		found = true;
		v->job = g->job;
	}
	return found ? 0 : report_none(v, key, err);
}

/* --- deciding ------------------------------------------------------------- */

static int
decide(struct voting *v, const struct gate *g, struct err *err)
{
	const struct gate_vote *vote = v->vote;
	struct gate_end end = { .state = vote->approve ? "approved" :
		"rejected", .by = vote->by, .comment = vote->comment };
	int rc;

	if (!vote->approve)
		end.reason = arena_printf(v->a, "rejected by %s%s%s",
		    vote->by, vote->comment != NULL ? ": " : "",
		    vote->comment != NULL ? vote->comment : "");
	rc = gate_decide(v->st, g, &end, err);
	v->n_decided += rc == 1;
	return rc;
}

/* An approval of a commit holds for all runs of it. */
static int
decide_commit(struct voting *v, const struct gate *g, struct err *err)
{
	struct gate *same = NULL;
	size_t n;

	if (v->vote->commit != NULL && strcmp(v->vote->commit, g->name) != 0)
		return err_set(err, ERR_CONFLICT, "the run is of commit %s, "
		    "not of %.100s", g->name, v->vote->commit);
	if (gate_list_commit(v->st, g->repo, g->name, g->ref, v->a, &same, &n,
	    err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (is_open(&same[i]) && decide(v, &same[i], err) == -1)
			return -1;
	return 0;
}

static int
decide_all(struct voting *v, struct err *err)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct gate *g = &v->gates[i];
		int may;

		if (!is_open(g) || !is_for_people(g) || g->job != v->job)
			continue;
		may = may_decide(g, v->vote, v->a, &v->denied, err);
		if (may == -1 || (may == 1 && (g->job == 0 ?
		    decide_commit(v, g, err) : decide(v, g, err)) == -1))
			return -1;
		/* A rejected job has ended, with all its gates. */
		if (may == 1 && !v->vote->approve)
			break;
	}
	if (v->n_decided == 0)
		return err_set(err, ERR_DENIED, "%s", v->denied);
	return 0;
}

int
gates_vote(struct store *st, int64_t run, const char *key,
    const struct gate_vote *vote, struct arena *a, const char **left,
    struct err *err)
{
	struct voting v = { .st = st, .vote = vote, .a = a };
	int rc = -1;

	if (vote->comment != NULL && strlen(vote->comment) > GATE_MAX_COMMENT)
		return err_set(err, ERR_INVALID, "the comment has more than "
		    "%d bytes", GATE_MAX_COMMENT);
	if (store_begin(st, err) == -1)
		return -1;
	if (gate_list_run(st, run, a, &v.gates, &v.n, err) == 0 &&
	    find_target(&v, key, err) == 0 && decide_all(&v, err) == 0)
		rc = gate_job_left(st, v.job, a, left, err);
	return store_end(st, audit_run(st, rc, vote->approve ? "run.approve" :
	    "run.reject", run, key, vote->comment, err), err);
}

/*
 * planner_trust.c - pull requests from forks: which start runs, which wait for
 * somebody who says of a commit that it may run, and which are outdated.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/event_context.h"
#include "lib/store/gates.h"
#include "lib/store/trust.h"

#define SHORT_SHA 7

/* Whoever opened it and whoever sent this must both be trusted: either may
 * have written what runs. */
static bool
is_trusted(struct planner *p, const struct repo_trust *t)
{
	const char *author = event_text(p->payload, "pull_request.user.login",
	    &p->arena);
	bool first = false, second = false;

	for (size_t i = 0; i < t->n_names && author != NULL; i++) {
		first = first || strcasecmp(t->names[i], author) == 0;
		second = second || (p->actor != NULL &&
		    strcasecmp(t->names[i], p->actor) == 0);
	}
	return first && second;
}

int
planner_trust(struct planner *p, struct err *err)
{
	const struct forge_pull *pull = p->change->pull;
	const char *of = "the repository", *forks;
	struct repo_trust trust;

	if (!pull->fork)
		return 1;
	if (repo_trust_read(p->program.store, p->repo.id, &p->arena, &trust,
	    err) == -1)
		return -1;
	forks = trust.forks;
	if (forks == NULL) {
		forks = p->program.config.fork_pull_requests;
		of = "the configuration";
	}
	if (strcmp(forks, "no") == 0) {
		str_addf(&p->verdict, "pull request %s comes from the fork "
		    "\"%s\": it starts nothing, because "
		    "\"fork-pull-requests\" of %s is \"no\"", pull->number,
		    pull->head_repo != NULL ? pull->head_repo : "(deleted)",
		    of);
		return 0;
	}
	p->asks = strcmp(forks, "approve") == 0 && !is_trusted(p, &trust);
	return 1;
}

int
planner_hold(struct planner *p, const struct run *run, struct err *err)
{
	const struct forge_pull *pull = p->pull;

	if (!p->asks || run->context == NULL)
		return 0;
	return gate_hold_fork(p->program.store, run, p->head,
	    arena_printf(&p->arena, "waits for approval of commit %.*s: pull "
	    "request %s comes from the fork \"%s\"", SHORT_SHA, p->head,
	    pull->number, pull->head_repo != NULL ? pull->head_repo :
	    "(deleted)"), err);
}

/* Events that say which commit a pull request has now. */
static bool
is_news(const struct planner *p)
{
	static const char *const actions[] = { "opened", "synchronize",
		"reopened", "closed" };

	for (size_t i = 0; p->action != NULL && i < ARRAY_LEN(actions); i++)
		if (strcmp(p->action, actions[i]) == 0)
			return strcmp(p->event_name, "pull_request") == 0;
	return false;
}

int
planner_supersede(struct planner *p, struct err *err)
{
	const struct forge_pull *pull = p->change->pull;
	bool closed;
	const char *by = NULL;

	if (pull == NULL || !pull->fork || p->as_target || !is_news(p))
		return 0;
	closed = strcmp(p->action, "closed") == 0;
	for (size_t i = 0; i < p->n_files && by == NULL; i++)
		if (p->files[i].run != 0)
			by = arena_printf(&p->arena, "run %" PRId64 " (new "
			    "commits in pull request %s)",
			    p->files[i].number, pull->number);
	if (by == NULL)
		by = arena_printf(&p->arena, closed ? "pull request %s, which "
		    "was closed" : "pull request %s, which has new commits",
		    pull->number);
	return gate_supersede_forks(p->program.store, p->repo.id,
	    arena_printf(&p->arena, "refs/pull/%s/", pull->number), closed ||
	    p->head == NULL ? "" : p->head, by, err);
}

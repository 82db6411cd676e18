/*
 * planner_commit.c - the commit of an event, and what only the mirror knows
 * of it: which paths differ, what its message says.
 *
 * docs.github.com, "Workflow syntax", on.<push|pull_request>.paths: a push is
 * compared by two dots, a new branch with the parent of its deepest new
 * commit, a pull request by three dots. What cannot be compared lets every
 * filter of paths pass.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/pipeline/event_context.h"
#include "workerd/planner_sources.h"

/* It has two sides, whichever of them is built. */
static bool
is_pull(const struct planner *p)
{
	return p->base != NULL;
}

/* --- which commit ---------------------------------------------------------- */

/* The forge merges a pull request by itself, sometime after its event: only a
 * merge of this very head counts. Without one its head is built. */
static int
find_merge(struct planner *p, struct err *err)
{
	char head[GIT_SHA_SIZE];
	int rc = git_ref_commit(p->git, p->mirror, p->ref, p->commit, err);

	if (rc == 1)
		rc = git_parent(p->git, p->mirror, p->commit, 2, head, err);
	if (rc == -1)
		return -1;
	if (rc == 0 || strcmp(head, p->head) != 0) {
		strcpy(p->commit, p->head);
		p->ref = arena_printf(&p->arena, "%.*shead",
		    (int)(strlen(p->ref) - strlen("merge")), p->ref);
	}
	p->branch = p->ref + strlen("refs/pull/");
	return 1;
}

int
planner_commit(struct planner *p, struct err *err)
{
	const char *url = p->repo.clone_url;
	char head[GIT_SHA_SIZE];
	int rc;

	/* A commit of a push may be there already; refs must be new. */
	if (strcmp(p->event_name, "push") == 0)
		return git_mirror_update(p->git, p->mirror, url, p->head,
		    p->commit, err) == -1 ? -1 : 1;
	if (!p->fetched && git_mirror_fetch(p->git, p->mirror, url, err) ==
	    -1)
		return -1;
	p->fetched = true;
	if (str_starts_with(p->ref, "refs/pull/"))
		return git_mirror_update(p->git, p->mirror, url, p->head,
		    head, err) == -1 ? -1 : find_merge(p, err);
	rc = git_ref_commit(p->git, p->mirror, p->ref, p->commit, err);
	if (rc == 0)
		str_addf(&p->verdict, "there is no \"%s\"", p->ref);
	return rc;
}

/* --- which paths ----------------------------------------------------------- */

/* Take what is compared with from the forge, if it still has it. */
static int
has_commit(struct planner *p, const char *sha, struct err *err)
{
	char commit[GIT_SHA_SIZE];
	struct err e = { 0 };

	if (git_mirror_update(p->git, p->mirror, p->repo.clone_url, sha,
	    commit, &e) == 0)
		return 1;
	if (e.code == ERR_NOT_FOUND || planner_tell(p, &e))
		return 0;
	return err_set(err, e.code, "%s", e.text);
}

/* The forge listed commits of a new branch that other branches have by now:
 * then it is not known which of them were new. */
static bool
had_commits(struct planner *p)
{
	const struct expr_value *v = event_value(p->payload, "commits");

	return v == NULL || v->type != EXPR_ARRAY || v->array->n > 0;
}

/* What the event is compared with, as `from`: 1; NULL for all files of the
 * commit, the commit itself for none. 0: it cannot be compared. */
static int
find_from(struct planner *p, char base[GIT_SHA_SIZE], const char **from,
    struct err *err)
{
	int rc;

	*from = base;
	if (is_pull(p)) {
		rc = has_commit(p, p->base, err);
		if (rc == 1)
			rc = has_commit(p, p->head, err);
		return rc != 1 ? rc : git_merge_base(p->git, p->mirror,
		    p->base, p->head, base, err);
	}
	if (!p->push.created) {
		*from = p->push.before;
		return has_commit(p, p->push.before, err);
	}
	rc = git_branch_base(p->git, p->mirror, p->branch, p->commit, base,
	    err);
	if (rc == 1 && base[0] == '\0')
		*from = NULL;
	if (rc != 0)
		return rc;
	*from = p->commit;
	return had_commits(p) ? 0 : 1;
}

static int
find_changed(struct planner *p, struct err *err)
{
	char base[GIT_SHA_SIZE];
	const char **paths = NULL, *from;
	size_t n = 0;
	int rc = find_from(p, base, &from, err);

	if (rc == 1)
		rc = git_changed(p->git, p->mirror, from, is_pull(p) ?
		    p->head : p->commit, &p->arena, &paths, &n, err);
	if (rc == -1)
		return err_wrap(err, "comparing commit %.12s", p->commit);
	p->event.changed = paths;
	p->event.n_changed = n;
	p->event.changed_known = rc == 1;
	return 0;
}

/* --- all ------------------------------------------------------------------- */

/* The message that may ask for no run is that of the head. */
static int
find_message(struct planner *p, struct err *err)
{
	struct git_commit commit;

	if (p->event.message != NULL || p->as_target)
		return 0;
	if (git_commit_read(p->git, p->mirror, is_pull(p) ? p->head :
	    p->commit, &p->arena, &commit, err) == -1)
		return -1;
	p->event.message = commit.message;
	return 0;
}

static void
fill_vars(struct planner *p)
{
	const struct config *config = &p->program.config;

	p->vars = expr_object_new(&p->arena);
	for (size_t i = 0; i < config->n_variables; i++)
		expr_object_add(p->vars, config->variables[i].name,
		    expr_string(config->variables[i].value));
}

int
planner_event_commit(struct planner *p, struct err *err)
{
	const struct event_source source = { .name = p->event_name,
		.action = p->action, .ref = p->ref, .sha = p->commit,
		.actor = p->actor, .payload = p->payload };
	bool push = strcmp(p->event_name, "push") == 0;

	event_context(&source, &p->arena, &p->github, &p->event);
	fill_vars(p);
	if (!push && !is_pull(p))
		return 0;
	if (find_message(p, err) == -1)
		return -1;
	return push && p->tag ? 0 : find_changed(p, err);
}

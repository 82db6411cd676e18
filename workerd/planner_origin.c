/*
 * planner_origin.c - repositories that workflows take files from: the run's
 * own, others that are registered, and those that "allow-actions" names.
 *
 * An address never comes from a workflow: that of a repository which is not
 * registered is made of its name and of a place that the administrator or the
 * run's own repository gives.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner_sources.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "lib/base/layout.h"
#include "lib/pipeline/event_context.h"
#include "lib/run/action_policy.h"

bool
planner_tell(const struct planner *p, const struct err *err)
{
	return err_kind(err->code) != ERR_KIND_INFRA ||
	    p->delivery.attempts >= RETRY_PLAN_ATTEMPTS;
}

/* A commit's name cut short: hexadecimal, and shorter than a whole one. */
static bool
is_short_sha(const char *ref)
{
	size_t len = strlen(ref);

	return len >= 7 && len < 40 &&
	    strspn(ref, "0123456789abcdefABCDEF") == len;
}

static void
say_no_ref(struct planner *p, struct plan_origin *o)
{
	o->problem = arena_printf(&p->arena, "\"%s/%s\" has no branch, tag or "
	    "commit \"%.80s\"%s", o->owner, o->name, o->ref,
	    is_short_sha(o->ref) ? "; a commit must be written in full, with "
	    "all its 40 digits" : "");
}

/* A tag goes before a branch of the same name (docs.github.com, "Reuse
 * workflows"). 1, 0 when there is none, -1. */
static int
find_ref(struct planner *p, struct plan_origin *o, struct err *err)
{
	static const char *const places[] = { "refs/tags/", "refs/heads/" };
	bool whole = str_starts_with(o->ref, "refs/");
	int rc = 0;

	for (size_t i = 0; i < (whole ? 1 : 2) && rc == 0; i++) {
		const char *ref = arena_printf(&p->arena, "%s%s",
		    whole ? "" : places[i], o->ref);

		if (forge_ref_valid(ref))
			rc = git_ref_commit(p->git, o->mirror, ref, o->sha,
			    err);
	}
	return rc;
}

/* A mirror is fetched once by a planner, so that all refs are of the same
 * moment. */
static int
fetch(struct planner *p, const struct repo *repo, struct plan_origin *o,
    struct err *err)
{
	for (size_t i = 0; i < p->n_origins; i++)
		if (p->origins[i].fetched &&
		    strcmp(p->origins[i].mirror, o->mirror) == 0)
			return 0;
	if (git_mirror_fetch(p->git, o->mirror, repo->clone_url, err) == -1)
		return -1;
	o->fetched = true;
	return 0;
}

/* What went wrong is told where it matters, or tried again later. */
static int
tell(struct planner *p, struct plan_origin *o, const struct err *e,
    struct err *err)
{
	if (e->code == ERR_NOT_FOUND) {
		say_no_ref(p, o);
		return 0;
	}
	if (!planner_tell(p, e))
		return err_set(err, e->code, "%s/%s: %s", o->owner, o->name,
		    e->text);
	o->problem = arena_printf(&p->arena, "\"%s/%s\" cannot be read: %s",
	    o->owner, o->name, e->text);
	return 0;
}

/* 1, 0 with a problem, -1 with err. */
static int
find_commit(struct planner *p, const struct repo *repo,
    struct plan_origin *o, struct err *err)
{
	struct err e = { 0 };
	int rc;

	if (git_sha_valid(o->ref)) {
		rc = git_mirror_update(p->git, o->mirror, repo->clone_url,
		    o->ref, o->sha, &e);
		if (rc == 0)
			return 1;
	} else {
		rc = fetch(p, repo, o, &e);
		if (rc == 0)
			rc = find_ref(p, o, &e);
	}
	if (rc == 1)
		return 1;
	if (rc == 0)
		e.code = ERR_NOT_FOUND;
	return tell(p, o, &e, err);
}

/* One that is not registered: only the commit that is asked for is taken. */
static int
find_other(struct planner *p, const struct uses *u, struct plan_origin *o,
    struct err *err)
{
	struct arena *a = &p->arena;
	const char *url, *ref = o->ref;
	struct err e = { 0 };
	char *lower;

	if (action_origin(&p->program.config, p->repo.clone_url, u, a, &url,
	    &o->mirror, &e) == -1) {
		o->problem = arena_strdup(a, e.text);
		return 0;
	}
	if (action_is_pinned(u)) {
		lower = arena_strdup(a, ref);
		for (char *c = lower; *c != '\0'; c++)
			*c = (char)tolower((unsigned char)*c);
		ref = lower;
	}
	if (git_mirror_take(p->git, o->mirror, url, ref, o->sha, &e) == -1)
		return tell(p, o, &e, err);
	return 0;
}

static int
find(struct planner *p, const struct uses *u, struct plan_origin *o,
    struct err *err)
{
	struct str path = STR_INIT;
	struct repo repo;
	int rc = repo_find(p->program.store, o->owner, o->name, &p->arena,
	    &repo, err);

	if (rc == 0)
		return find_other(p, u, o, err);
	if (rc != 1)
		return rc;
	o->registered = true;
	layout_mirror(&path, p->program.config.state_dir, repo.owner,
	    repo.name);
	o->mirror = arena_strdup(&p->arena, path.s);
	str_release(&path);
	return find_commit(p, &repo, o, err) == -1 ? -1 : 0;
}

/* A tag or branch that has the name of a commit is not taken for one. */
static void
check_pin(struct planner *p, const struct uses *u, struct plan_origin *o)
{
	if (o->problem == NULL && action_is_pinned(u) &&
	    strcasecmp(o->sha, u->ref) != 0)
		o->problem = arena_printf(&p->arena, "\"%s/%s@%s\" names no "
		    "commit, but something that stands for %s", o->owner,
		    o->name, o->ref, o->sha);
}

/* Is there a reason not to look at all? 1, with what says so in *out. */
static int
is_denied(struct planner *p, const struct uses *u, struct plan_origin *out,
    struct err *err)
{
	const struct reader reader = { p->repo.owner, p->repo.name,
		event_is_strangers(p->github, &p->arena) };
	struct err e = { 0 };
	struct repo repo;
	int rc = repo_find(p->program.store, u->owner, u->name, &p->arena,
	    &repo, err);

	if (rc == -1)
		return -1;
	if (action_allowed(&p->program.config, &reader, u, rc == 1, &e) == 0)
		return 0;
	*out = (struct plan_origin){ .owner = u->owner, .name = u->name,
		.ref = u->ref, .problem = arena_strdup(&p->arena, e.text) };
	return 1;
}

static struct plan_origin *
find_known(struct planner *p, const struct uses *u)
{
	for (size_t i = 0; i < p->n_origins; i++) {
		struct plan_origin *o = &p->origins[i];

		if (strcasecmp(o->owner, u->owner) == 0 &&
		    strcasecmp(o->name, u->name) == 0 &&
		    strcmp(o->ref, u->ref) == 0)
			return o;
	}
	return NULL;
}

/* The list grows by moving, so what is handed out is a copy. */
static const struct plan_origin *
copy(struct planner *p, const struct plan_origin *o)
{
	struct plan_origin *out = arena_alloc(&p->arena, sizeof(*out));

	*out = *o;
	return out;
}

int
planner_origin(struct planner *p, const struct uses *u,
    const struct plan_origin **out, struct err *err)
{
	struct plan_origin own = { .owner = p->repo.owner,
		.name = p->repo.name, .ref = p->commit, .mirror = p->mirror };
	struct plan_origin *o;

	if (u->kind != USES_REPOSITORY) {
		memcpy(own.sha, p->commit, sizeof(own.sha));
		*out = copy(p, &own);
		return 0;
	}
	switch (is_denied(p, u, &own, err)) {
	case -1:
		return -1;
	case 1:
		*out = copy(p, &own);
		return 0;
	}
	o = find_known(p, u);
	if (o == NULL) {
		o = arena_push(&p->arena, &p->origins, &p->n_origins,
		    sizeof(*o));
		o->owner = u->owner;
		o->name = u->name;
		o->ref = u->ref;
		if (p->n_origins > SOURCES_MAX_ORIGINS)
			o->problem = arena_printf(&p->arena, "the workflows "
			    "of one commit may use %d other repositories",
			    SOURCES_MAX_ORIGINS);
		else if (find(p, u, o, err) == -1)
			return -1;
		check_pin(p, u, o);
	}
	*out = copy(p, o);
	return 0;
}

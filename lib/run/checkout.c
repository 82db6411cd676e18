/*
 * checkout.c - actions/checkout: what it asks for, and where that is.
 *
 * The workspace is checked out before the first step, so a step that asks for
 * just that has nothing left to do. Anything else is checked out beside the
 * workspace, where no process of the job can be, and moved there as a whole
 * (checkout_place.c): git must not run where the job may have written its
 * settings.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/checkout.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/action.h"

#define MAX_DEPTH 1000000

/* --- inputs ------------------------------------------------------------------- */

static int
read_depth(struct step_run *s, struct checkout *c, struct err *err)
{
	const char *text;
	long long depth;

	if (builtin_text(s, "fetch-depth", &text, err) == -1)
		return -1;
	if (!str_to_int64(text, 0, MAX_DEPTH, &depth))
		return err_set(err, ERR_INVALID, "\"fetch-depth\" is a number "
		    "of commits, or 0 for all, not \"%.80s\"", text);
	c->what.depth = (int)depth;
	return 0;
}

/* One folder or pattern on a line. */
static int
read_sparse(struct step_run *s, struct checkout *c, struct err *err)
{
	const char **list = NULL, *text;
	size_t n = 0;

	if (builtin_text(s, "sparse-checkout", &text, err) == -1 ||
	    builtin_flag(s, "sparse-checkout-cone-mode", &c->what.cone,
	    err) == -1)
		return -1;
	while (*text != '\0') {
		size_t len = strcspn(text, "\r\n");

		if (len > 0)
			*(const char **)arena_push(&s->arena, &list, &n,
			    sizeof(*list)) = arena_strndup(&s->arena, text,
			    len);
		text += len + strspn(text + len, "\r\n");
	}
	if (n > GIT_MAX_SPARSE)
		return err_set(err, ERR_TOO_LARGE, "\"sparse-checkout\" takes "
		    "%d lines", GIT_MAX_SPARSE);
	if (n > 0)
		arena_push(&s->arena, &list, &n, sizeof(*list));
	c->what.sparse = list;
	return 0;
}

static int
read_submodules(struct step_run *s, struct checkout *c, struct err *err)
{
	const char *text;

	if (builtin_text(s, "submodules", &text, err) == -1)
		return -1;
	c->recursive = strcasecmp(text, "recursive") == 0;
	c->submodules = c->recursive || strcasecmp(text, "true") == 0;
	if (c->submodules || strcasecmp(text, "false") == 0)
		return 0;
	return err_set(err, ERR_INVALID, "\"submodules\" is true, false or "
	    "recursive, not \"%.80s\"", text);
}

static int
read_path(struct step_run *s, struct checkout *c, struct err *err)
{
	const char *text;
	struct uses path;

	if (builtin_text(s, "path", &text, err) == -1)
		return -1;
	if (str_starts_with(text, ENGINE_WORKSPACE "/"))
		text += strlen(ENGINE_WORKSPACE "/");
	path = uses_read(arena_printf(&s->arena, "./%s", text), &s->arena);
	if (path.kind != USES_LOCAL || text[0] == '/')
		return err_set(err, ERR_INVALID, "the \"path\" \"%.80s\" is "
		    "not below the workspace", text);
	c->path = path.path;
	return 0;
}

static int
refuse_keys(struct step_run *s, struct err *err)
{
	const char *key, *token;

	if (builtin_text(s, "ssh-key", &key, err) == -1 ||
	    builtin_text(s, "token", &token, err) == -1)
		return -1;
	if (key[0] != '\0')
		return err_set(err, ERR_UNSUPPORTED, "\"ssh-key\" is not used "
		    "by this server: what it fetches, it fetches with its own "
		    "keys; register the repository by an address that it can "
		    "read (pawl repo add)");
	if (token[0] == '\0' || s->plan->with == NULL)
		return 0;
	return joblog_note(s->x->log, s->plan->number, err, "\"token\" is not "
	    "needed: repositories come from the mirrors of this server");
}

static int
read_inputs(struct step_run *s, struct checkout *c, struct err *err)
{
	if (refuse_keys(s, err) == -1 ||
	    builtin_text(s, "repository", &c->repository, err) == -1 ||
	    builtin_text(s, "ref", &c->ref, err) == -1 ||
	    builtin_flag(s, "clean", &c->clean, err) == -1 ||
	    builtin_flag(s, "fetch-tags", &c->what.tags, err) == -1 ||
	    builtin_flag(s, "lfs", &c->lfs, err) == -1 ||
	    read_depth(s, c, err) == -1 || read_sparse(s, c, err) == -1 ||
	    read_submodules(s, c, err) == -1)
		return -1;
	return read_path(s, c, err);
}

/* --- where it is --------------------------------------------------------------- */

const char *
checkout_github(const struct job_exec *x, const char *name, struct arena *a)
{
	const struct expr_value *v = x->order->github == NULL ? NULL :
	    expr_object_member(x->order->github, name);

	return v == NULL || v->type != EXPR_STRING ? "" :
	    expr_to_string(v, a);
}

/* The run's own repository, by its mirror or its folder. */
static void
take_own(const struct job_exec *x, struct checkout *c, struct arena *a)
{
	const struct job_source *source = &x->order->source;
	const struct job_repository *known = checkout_find(x->order,
	    checkout_github(x, "repository", a));

	c->own = true;
	c->what.mirror = source->folder != NULL ? source->folder :
	    source->mirror;
	c->what.url = source->url;
	c->fetch_url = known != NULL ? known->url : NULL;
	c->branch = known != NULL ? known->branch : NULL;
}

const struct job_repository *
checkout_find(const struct job_order *o, const char *name)
{
	for (size_t i = 0; i < o->n_repositories; i++)
		if (strcasecmp(o->repositories[i].name, name) == 0)
			return &o->repositories[i];
	return NULL;
}

static int
find_repository(struct step_run *s, struct checkout *c, struct err *err)
{
	const struct job_exec *x = s->x;
	const struct job_repository *known;

	if (c->repository[0] == '\0' || strcasecmp(c->repository,
	    checkout_github(x, "repository", &s->arena)) == 0) {
		take_own(x, c, &s->arena);
		return 0;
	}
	known = checkout_find(x->order, c->repository);
	if (known == NULL)
		return err_set(err, ERR_NOT_FOUND, "the repository \"%.200s\" "
		    "is not registered here, so it cannot be checked out "
		    "(pawl repo add %.200s CLONE_URL)", c->repository,
		    c->repository);
	c->what.mirror = known->mirror;
	c->what.url = git_url_clean(known->url, &s->arena);
	c->fetch_url = known->url;
	c->branch = known->branch;
	return 0;
}

/* --- nothing left to do ---------------------------------------------------------- */

/* A literal text of the first step that checks out, or NULL. */
static const char *
plain_input(const struct job_exec *x, const char *name)
{
	const struct job_plan *plan = x->order->plan;
	struct arena a = ARENA_INIT(0);
	const char *found = NULL;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct job_plan_step *step = &plan->steps[i];
		const struct builtin_action *action = step->uses == NULL ?
		    NULL : builtin_find(step->uses->text, &a);
		const struct value_pair *given;

		if (action == NULL || strcmp(action->name,
		    "actions/checkout") != 0)
			continue;
		given = value_find(step->with, name);
		found = given != NULL ? value_written(given->value) : NULL;
		break;
	}
	arena_release(&a);
	return found;
}

void
checkout_implied(const struct job_exec *x, struct git_checkout *out)
{
	const struct job_source *source = &x->order->source;
	const char *depth = plain_input(x, "fetch-depth");
	const char *tags = plain_input(x, "fetch-tags");
	long long n = 1;

	if (depth != NULL)
		str_to_int64(depth, 0, MAX_DEPTH, &n);
	*out = (struct git_checkout){ .mirror = source->mirror,
		.sha = source->sha, .ref = source->ref, .url = source->url,
		.depth = (int)n, .cached = true,
		.tags = tags != NULL && strcasecmp(tags, "true") == 0 };
}

/* Is a ref that of the run? */
static bool
is_own_ref(struct step_run *s, const char *ref)
{
	static const char *const names[] = { "ref", "ref_name", "sha" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(checkout_github(s->x, names[i], &s->arena), ref) ==
		    0)
			return true;
	return ref[0] == '\0';
}

static bool
is_there(struct step_run *s, const struct checkout *c)
{
	struct git_checkout there;

	if (!c->own || c->path[0] != '\0' || c->submodules || c->lfs ||
	    c->what.sparse != NULL || s->x->replaced || !is_own_ref(s, c->ref))
		return false;
	if (s->x->order->source.folder != NULL)
		return true;
	checkout_implied(s->x, &there);
	return there.depth == c->what.depth &&
	    (there.tags || there.depth == 0 || !c->what.tags);
}

/* --- the step -------------------------------------------------------------------- */

int
builtin_checkout(struct step_run *s, struct err *err)
{
	struct checkout *c = arena_alloc(&s->arena, sizeof(*c));

	c->s = s;
	if (read_inputs(s, c, err) == -1 || find_repository(s, c, err) == -1)
		return -1;
	c->as_is = c->own && s->x->order->source.folder != NULL &&
	    c->what.sparse == NULL && is_own_ref(s, c->ref);
	if (!is_there(s, c))
		return checkout_begin(c, err);
	builtin_output(s, "ref", c->ref[0] != '\0' ? c->ref :
	    checkout_github(s->x, "ref", &s->arena));
	builtin_output(s, "commit", checkout_github(s->x, "sha", &s->arena));
	s->outcome.on = "succeed";
	return joblog_note(s->x->log, s->plan->number, err, "the workspace "
	    "was checked out before the first step");
}

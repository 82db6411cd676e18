/*
 * checkout_work.c - actions/checkout at work: which commit, its files, its
 * submodules.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/checkout.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/forge.h"

/* Of submodules in submodules. */
#define MAX_LEVELS 10

struct worker {
	struct checkout *c;
	struct work *w;
	struct git *g;
	struct arena *a;
};

/* --- which commit ---------------------------------------------------------------- */

/* All refs of the mirror as they are now. When the origin does not answer, as
 * they were. */
static void
refresh(struct worker *k, const char *mirror, const char *url)
{
	struct err e = { 0 };

	if (url != NULL && git_mirror_fetch(k->g, mirror, url, &e) == -1)
		work_warn(k->w, "%s: the mirror is used as it is", e.text);
}

static int
no_ref(const struct checkout *c, const char *ref, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "%s%s%s has no branch, tag or "
	    "commit \"%.200s\"", c->own ? "the repository" : "\"",
	    c->own ? "" : c->repository, c->own ? "" : "\"", ref);
}

/* A commit by its name in full. */
static int
find_sha(struct worker *k, const char *ref, char sha[GIT_SHA_SIZE],
    struct err *err)
{
	struct git_checkout *what = &k->c->what;
	char lower[GIT_SHA_SIZE];
	size_t i;

	for (i = 0; ref[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)ref[i]);
	lower[i] = '\0';
	if (k->c->fetch_url == NULL) {
		strcpy(sha, lower);
		return 0;
	}
	return git_mirror_update(k->g, what->mirror, k->c->fetch_url, lower,
	    sha, err);
}

/* What forges make of a pull request, made here: its head merged into the
 * branch that it is for. */
static int
merge_pull(struct worker *k, const char *ref, char sha[GIT_SHA_SIZE],
    struct err *err)
{
	const struct job_exec *x = k->c->s->x;
	const char *mirror = k->c->what.mirror;
	size_t number = strcspn(ref + strlen("refs/pull/"), "/");
	const char *head_ref = arena_printf(k->a, "refs/pull/%.*s/head",
	    (int)number, ref + strlen("refs/pull/"));
	const char *base_ref = arena_printf(k->a, "refs/heads/%s",
	    checkout_github(x, "base_ref", k->a));
	char head[GIT_SHA_SIZE], base[GIT_SHA_SIZE];
	int rc;

	if (!forge_ref_valid(base_ref) ||
	    git_ref_commit(k->g, mirror, head_ref, head, NULL) != 1 ||
	    git_ref_commit(k->g, mirror, base_ref, base, NULL) != 1)
		return no_ref(k->c, ref, err);
	rc = git_merge(k->g, mirror, base, head, arena_printf(k->a, "Merge %s "
	    "into %s", head, base), sha, err);
	if (rc == 0)
		return err_set(err, ERR_CONFLICT, "pull request %.*s does not "
		    "merge into \"%s\" cleanly", (int)number,
		    ref + strlen("refs/pull/"), base_ref);
	return rc == -1 ? -1 : 0;
}

/* A branch goes before a tag of its name, as actions/checkout has it. */
static int
find_ref(struct worker *k, const char *text, char sha[GIT_SHA_SIZE],
    struct err *err)
{
	static const char *const places[] = { "refs/heads/", "refs/tags/" };
	bool whole = str_starts_with(text, "refs/");
	struct git_checkout *what = &k->c->what;

	for (size_t i = 0; i < (whole ? 1 : ARRAY_LEN(places)); i++) {
		const char *ref = arena_printf(k->a, "%s%s", whole ? "" :
		    places[i], text);
		int rc = !forge_ref_valid(ref) ? 0 : git_ref_commit(k->g,
		    what->mirror, ref, sha, err);

		if (rc == -1)
			return -1;
		what->ref = ref;
		if (rc == 1)
			return 0;
	}
	what->ref = text;
	if (str_starts_with(text, "refs/pull/") &&
	    str_ends_with(text, "/merge"))
		return merge_pull(k, text, sha, err);
	return no_ref(k->c, text, err);
}

static int
find_default(struct worker *k, const char **ref, struct err *err)
{
	struct checkout *c = k->c;

	if (c->branch != NULL && c->branch[0] != '\0')
		*ref = arena_printf(k->a, "refs/heads/%s", c->branch);
	else if (c->fetch_url != NULL)
		return git_remote_head(k->g, c->fetch_url, k->a, ref, err);
	else
		*ref = "HEAD";
	return 0;
}

static bool
is_sha(const char *ref)
{
	size_t len = strlen(ref);

	return (len == 40 || len == 64) &&
	    strspn(ref, "0123456789abcdefABCDEF") == len;
}

/* Fill what->sha and what->ref; *told is the output "ref". */
static int
find_commit(struct worker *k, const char **told, struct err *err)
{
	struct checkout *c = k->c;
	const struct job_source *source = &c->s->x->order->source;
	char *sha = arena_alloc(k->a, GIT_SHA_SIZE);
	const char *ref = c->ref;

	c->what.sha = sha;
	*told = ref;
	if (ref[0] == '\0' && c->own && source->sha != NULL) {
		c->what.sha = source->sha;
		c->what.ref = source->ref;
		*told = source->ref != NULL ? source->ref : source->sha;
		return 0;
	}
	if (is_sha(ref))
		return find_sha(k, ref, sha, err);
	refresh(k, c->what.mirror, c->fetch_url);
	if (ref[0] == '\0' && find_default(k, &ref, err) == -1)
		return -1;
	*told = ref;
	if (strcmp(ref, "HEAD") == 0)
		return git_ref_commit(k->g, c->what.mirror, ref, sha, err) ==
		    1 ? 0 : no_ref(c, ref, err);
	return find_ref(k, ref, sha, err);
}

/* --- submodules ------------------------------------------------------------------ */

static const struct job_repository *
find_module(struct worker *k, const char *url)
{
	const struct job_order *o = k->c->s->x->order;
	const char *key = git_url_key(url, k->a);

	for (size_t i = 0; i < o->n_repositories; i++)
		if (o->repositories[i].url != NULL && strcmp(git_url_key(
		    o->repositories[i].url, k->a), key) == 0)
			return &o->repositories[i];
	return NULL;
}

static int
take_modules(struct worker *k, const char *folder, const char *base,
    int level, struct err *err);

static int
take_module(struct worker *k, const char *folder, const char *base,
    const struct git_submodule *module, int level, struct err *err)
{
	const char *url = git_url_join(base, module->url, k->a);
	const struct job_repository *known = find_module(k, url);
	const char *path = arena_printf(k->a, "%s/%s", folder, module->path);
	struct git_checkout what = { .url = git_url_clean(url, k->a),
		.depth = k->c->what.depth };
	char sha[GIT_SHA_SIZE];

	if (known == NULL)
		return err_set(err, ERR_DENIED, "the submodule \"%s\" is at "
		    "\"%.300s\", which is not registered here (pawl repo add)",
		    module->path, what.url);
	if (git_mirror_update(k->g, known->mirror, known->url, module->sha,
	    sha, err) == -1)
		return err_wrap(err, "the submodule \"%s\"", module->path);
	what.mirror = known->mirror;
	what.sha = sha;
	if (git_checkout(k->g, &what, path, err) == -1 ||
	    git_submodule_add(k->g, folder, module, what.url, err) == -1)
		return err_wrap(err, "the submodule \"%s\"", module->path);
	work_print(k->w, "submodule %s: %.12s of %s", module->path, sha,
	    known->name);
	return k->c->recursive ? take_modules(k, path, url, level + 1, err) :
	    0;
}

static int
take_modules(struct worker *k, const char *folder, const char *base,
    int level, struct err *err)
{
	struct git_submodule *list;
	size_t n;

	if (level == MAX_LEVELS)
		return err_set(err, ERR_TOO_LARGE, "submodules in submodules "
		    "over %d levels", MAX_LEVELS);
	if (git_submodules(k->g, folder, k->a, &list, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (take_module(k, folder, base, &list[i], level, err) == -1)
			return -1;
	return 0;
}

/* --- a user's folder -------------------------------------------------------------- */

/* What is not committed is what the user wants to try. */
static int
take_folder(struct worker *k, const char *to, struct err *err)
{
	const struct checkout *c = k->c;
	struct err lost = { 0 };

	if (git_folder_copy(k->g, c->what.mirror, &c->what, to, &lost, err) ==
	    -1)
		return -1;
	if (lost.text[0] != '\0')
		work_warn(k->w, "the copy has no history: %s", lost.text);
	work_print(k->w, "copied the folder%s%s", c->path[0] != '\0' ?
	    " to " : "", c->path);
	return container_own(c->s->x->container, c->fresh, err) == -1 ||
	    work_output(k->w, "ref", checkout_github(c->s->x, "ref", k->a),
	    err) == -1 ? -1 : work_output(k->w, "commit",
	    checkout_github(c->s->x, "sha", k->a), err);
}

/* --- all of it ------------------------------------------------------------------- */

static int
run(struct worker *k, struct err *err)
{
	struct checkout *c = k->c;
	const char *folder = arena_printf(k->a, "%s%s%s", c->fresh,
	    c->path[0] != '\0' ? "/" : "", c->path), *told;
	const char *url = c->fetch_url != NULL ? c->fetch_url : c->what.url;

	if (c->as_is)
		return take_folder(k, folder, err);
	if (find_commit(k, &told, err) == -1 ||
	    git_checkout(k->g, &c->what, folder, err) == -1)
		return -1;
	if (c->submodules && take_modules(k, folder, url != NULL ? url : "",
	    0, err) == -1)
		return -1;
	if (c->lfs && git_lfs_pull(k->g, folder, url != NULL ? url :
	    c->what.mirror, c->what.sha, err) == -1)
		return -1;
	if (container_own(c->s->x->container, c->fresh, err) == -1)
		return -1;
	work_print(k->w, "checked out %.12s (%s)%s%s", c->what.sha, told,
	    c->path[0] != '\0' ? " to " : "", c->path);
	return work_output(k->w, "ref", told, err) == -1 ||
	    work_output(k->w, "commit", c->what.sha, err) == -1 ? -1 : 0;
}

static int
work(struct work *w, void *ctx, struct err *err)
{
	struct checkout *c = ctx;
	struct arena a = ARENA_INIT(0);
	struct worker k = { c, w, NULL, &a };
	int rc = git_open(c->s->x->order->config, &k.g, err);

	if (rc == 0)
		rc = run(&k, err);
	git_close(k.g);
	arena_release(&a);
	return rc;
}

static int
done(struct step_run *s, void *ctx, const char *result, struct err *err)
{
	const struct checkout *c = ctx;

	(void)result;
	if (c->path[0] == '\0')
		s->x->replaced = true;
	return checkout_place(s->x, c->fresh, c->path, c->clean, err);
}

int
checkout_begin(struct checkout *c, struct err *err)
{
	struct step_run *s = c->s;

	c->fresh = arena_printf(&s->arena, "%s/fresh-%d-%d",
	    s->x->order->work_dir, s->plan->number, s->attempt);
	return builtin_work(s, work, done, c, err);
}

/*
 * reconciler.c - pawl-reconciler REPO: compare the branches and tags of a
 * repository with what was planned, and make deliveries for pushes whose
 * webhook never came.
 *
 * The first time there is nothing to compare with, but for what was planned
 * before: what is there is noted, and starts nothing. What is found goes the
 * way of all pushes. When the webhook comes after all, the planner knows it by
 * heads.found.
 *
 * Not while a delivery of the repository waits: that may be the very push.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <signal.h>
#include <string.h>

#include "lib/base/backoff.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/retries.h"
#include "lib/base/wake.h"
#include "lib/forge/dispatch.h"
#include "lib/run/git.h"
#include "lib/store/heads.h"
#include "lib/store/inbox.h"
#include "lib/store/tasks.h"
#include "workerd/program.h"

/* Deliveries that one comparison makes; the next one finds the rest. */
#define FOUND_MAX 100

struct reconciler {
	struct program program;
	struct arena arena;
	struct repo repo;
	struct reconcile state;
	struct git_ref *refs; /* of the origin */
	size_t n_refs;
	struct head *heads;   /* that are known */
	size_t n_heads;
	int64_t found;
};

static struct head *
find_head(const struct reconciler *r, const char *ref)
{
	for (size_t i = 0; i < r->n_heads; i++)
		if (strcmp(r->heads[i].ref, ref) == 0)
			return &r->heads[i];
	return NULL;
}

static bool
has_ref(const struct reconciler *r, const char *ref)
{
	for (size_t i = 0; i < r->n_refs; i++)
		if (strcmp(r->refs[i].ref, ref) == 0)
			return true;
	return false;
}

/* A push that nobody told of. */
static int
make_delivery(struct reconciler *r, const struct git_ref *ref,
    const struct head *before, struct err *err)
{
	struct store *st = r->program.store;
	const struct dispatch d = { &r->repo, r->repo.owner,
		r->state.wanted_by, NULL };
	char none[GIT_SHA_SIZE], id[37];

	memset(none, '0', sizeof(none));
	none[strlen(ref->sha)] = '\0';
	if (dispatch_push(st, &d, ref->ref, before == NULL ? none :
	    before->found != NULL ? before->found : before->sha, ref->sha, id,
	    err) == -1 ||
	    inbox_note_origin(st, id, "reconcile", NULL, r->state.wanted_by,
	    err) == -1)
		return -1;
	r->found++;
	log_info("found a push without a webhook", LOG_STR("ref", ref->ref),
	    LOG_STR("sha", ref->sha), LOG_STR("delivery", id));
	return head_put_found(st, r->repo.id, ref->ref, ref->sha, err);
}

static int
compare(struct reconciler *r, const struct git_ref *ref, struct err *err)
{
	const struct head *h = find_head(r, ref->ref);

	if (!forge_ref_valid(ref->ref) || r->found == FOUND_MAX)
		return 0;
	if (h != NULL && (strcmp(h->sha, ref->sha) == 0 ||
	    (h->found != NULL && strcmp(h->found, ref->sha) == 0)))
		return 0;
	if (h == NULL && r->state.done_at_ms == 0)
		return head_put(r->program.store, r->repo.id, ref->ref,
		    ref->sha, err);
	return make_delivery(r, ref, h, err);
}

/* Returns 0; 1 when it must wait for a delivery. */
static int
compare_all(struct reconciler *r, struct err *err)
{
	struct store *st = r->program.store;
	int rc = reconcile_must_wait(st, r->repo.id, err);

	if (rc == 0)
		rc = head_list(st, r->repo.id, &r->arena, &r->heads,
		    &r->n_heads, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < r->n_refs; i++)
		rc = compare(r, &r->refs[i], err);
	for (size_t i = 0; rc == 0 && i < r->n_heads; i++)
		if (!has_ref(r, r->heads[i].ref))
			rc = head_put(st, r->repo.id, r->heads[i].ref, NULL,
			    err);
	return rc == -1 ? -1 : reconcile_done(st, r->repo.id, r->found, err);
}

/* What the origin has now: asked for before the transaction. */
static int
read_refs(struct reconciler *r, struct err *err)
{
	struct git *git = NULL;
	int rc = git_open(&r->program.config, &git, err);

	if (rc == 0)
		rc = git_remote_refs(git, r->repo.clone_url, &r->arena,
		    &r->refs, &r->n_refs, err);
	git_close(git);
	return rc;
}

static int
reconcile(struct reconciler *r, struct err *err)
{
	struct store *st = r->program.store;

	if (read_refs(r, err) == -1 || store_begin(st, err) == -1)
		return -1;
	if (compare_all(r, err) == -1) {
		store_rollback(st);
		return -1;
	}
	return store_commit(st, err);
}

/* Tried again, some times; then the next comparison finds it. */
static int
fail(struct reconciler *r, const struct err *why)
{
	int64_t pause = backoff_ms(r->state.tries + 1,
	    RETRY_RECONCILE_FIRST_MS, RETRY_RECONCILE_MAX_MS,
	    backoff_chance());
	bool last = r->state.tries + 1 >= RETRY_RECONCILE_TRIES;
	struct err err = { 0 };

	log_err("the repository could not be compared", why);
	if (reconcile_failed(r->program.store, r->repo.id, last ? 0 :
	    clock_now_ms() + pause, why->text, &err) == 0)
		return 0;
	log_err("that could not be stored", &err);
	return EXIT_TRY_AGAIN;
}

static void
note_done(struct reconciler *r, int64_t began_ms, const struct err *why)
{
	struct err err = { 0 };

	if (task_done(r->program.store, TASK_RECONCILE, began_ms,
		arena_printf(&r->arena, "%s/%s", r->repo.owner,
		r->repo.name), why->code != ERR_NONE ? why->text : NULL,
		&err) == -1)
		log_err("that it is compared was not noted", &err);
}

int
main(int argc, char **argv)
{
	struct reconciler r = {
		.program = { .name = "pawl-reconciler", .usage = "REPO" },
	};
	struct err err = { 0 };
	int64_t id, began_ms = clock_now_ms();
	struct err why = { 0 };
	int code = 0;

	program_start(&r.program, argc, argv);
	id = program_number(&r.program, 0);
	log_context("repo", r.program.operands[0]);
	program_open_store(&r.program, STORE_EXISTING);
	signal(SIGPIPE, SIG_IGN);
	arena_init(&r.arena, 0);
	/* Removed meanwhile, or done by another. */
	if (repo_find_id(r.program.store, id, &r.arena, &r.repo, &err) == 1 &&
	    reconcile_read(r.program.store, id, &r.arena, &r.state, &err) ==
	    1 && r.state.wanted_at_ms != 0) {
		if (reconcile(&r, &why) == -1)
			code = fail(&r, &why);
		note_done(&r, began_ms, &why);
	}
	wake_send(r.program.config.run_dir);
	arena_release(&r.arena);
	program_end(&r.program);
	return code;
}

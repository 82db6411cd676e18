/*
 * cache_restore.c - find an entry and unpack it in the container.
 *
 * A cache makes jobs faster and nothing else: what goes wrong with one is a
 * warning, as if it had not been found.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/cache.h"

#include <signal.h>
#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/size.h"
#include "lib/blob/squeeze.h"

#define RESTORED "restored"

struct restore {
	struct cache_input in;
	struct cache_entry found;
	struct carrying carrying;
};

/* --- in the child ------------------------------------------------------------------ */

static int
send(void *ctx, const void *data, size_t len, struct err *err)
{
	return carry_write(ctx, data, len, err);
}

static int
unpack(struct work *w, void *ctx, struct err *err)
{
	struct restore *r = ctx;
	char size[SIZE_TEXT_SIZE], took[CLOCK_TEXT_SIZE];
	int64_t began = clock_mono_ms();
	struct err e = { 0 }, why = { 0 };
	int rc;

	signal(SIGPIPE, SIG_IGN);
	rc = squeeze_read(r->found.file, send, &r->carrying, &e);
	/* When the helper gave up it knows better why. */
	if (carry_end(w, &r->carrying, &why) == -1 &&
	    (rc == 0 || r->carrying.error.len > 0)) {
		e = why;
		rc = -1;
	}
	if (rc == -1) {
		work_warn(w, "the cache could not be restored: %s", e.text);
		return work_result(w, "", err);
	}
	work_print(w, "Cache Size: %s, restored in %s", size_text(
	    r->found.bytes, size), clock_duration(clock_mono_ms() - began,
	    took));
	return work_result(w, RESTORED, err);
}

/* --- in the job's process -------------------------------------------------------------- */

static int
tell(struct step_run *s, const struct restore *r, const char *matched,
    struct err *err)
{
	const struct job_storage *st = s->x->obs->storage;
	bool exact = strcasecmp(matched, r->in.keys[0]) == 0;

	environment_set(&s->state, CACHE_STATE_KEY, r->in.keys[0], true);
	environment_set(&s->state, CACHE_STATE_MATCHED, matched, true);
	builtin_output(s, "cache-primary-key", r->in.keys[0]);
	builtin_output(s, "cache-matched-key", matched);
	builtin_output(s, "cache-hit", matched[0] == '\0' ? "" :
	    exact ? "true" : "false");
	return st == NULL ? 0 : st->cache_tell(st->ctx, s->plan->number,
	    r->in.keys[0], matched, matched[0] != '\0' ? r->found.bytes : 0,
	    err);
}

static int
done(struct step_run *s, void *ctx, const char *result, struct err *err)
{
	const struct restore *r = ctx;

	if (strcmp(result, RESTORED) != 0)
		return tell(s, r, "", err);
	if (builtin_print(s, err, "Cache restored from key: %s",
	    r->found.key) == -1)
		return -1;
	return tell(s, r, r->found.key, err);
}

static int
miss(struct step_run *s, const struct restore *r, struct err *err)
{
	struct str keys = STR_INIT;
	bool strict;
	int rc;

	if (builtin_flag(s, "fail-on-cache-miss", &strict, err) == -1 ||
	    tell(s, r, "", err) == -1)
		return -1;
	for (size_t i = 0; i < r->in.n_keys; i++)
		str_addf(&keys, "%s%s", i > 0 ? ", " : "", r->in.keys[i]);
	s->outcome.on = "succeed";
	rc = strict ? err_set(err, ERR_NOT_FOUND, "Failed to restore cache "
	    "entry. Exiting as fail-on-cache-miss is set. Input key: %.200s",
	    r->in.keys[0]) : builtin_print(s, err, "Cache not found for "
	    "input keys: %s", keys.s);
	str_release(&keys);
	return rc;
}

/* 1 found, 0 not. What is wrong with the storage is no matter of the job. */
static int
find(struct step_run *s, struct restore *r, struct err *err)
{
	const struct job_storage *st = s->x->obs->storage;
	const char *scopes[CACHE_MAX_SCOPES];
	struct cache_query q = { .scopes = scopes, .version = r->in.version,
		.keys = r->in.keys, .n_keys = r->in.n_keys };
	struct err e = { 0 };
	int rc;

	q.n_scopes = cache_scopes(s->x->order->github, &s->arena, scopes);
	rc = st == NULL ? 0 : st->cache_find(st->ctx, &q, &s->arena,
	    &r->found, &e);
	if (rc != -1)
		return rc;
	return builtin_warn(s, err, "the cache cannot be looked for: %s",
	    e.text) == -1 ? -1 : 0;
}

int
builtin_restore(struct step_run *s, struct err *err)
{
	struct restore *r = arena_alloc(&s->arena, sizeof(*r));
	const char how[] = { CARRY_TREE, '\0' };
	bool look;
	int rc;

	*r = (struct restore){ .carrying = CARRYING_INIT };
	if (cache_input_read(s, &r->in, err) == -1 ||
	    builtin_flag(s, "lookup-only", &look, err) == -1)
		return -1;
	rc = find(s, r, err);
	if (rc != 1)
		return rc == -1 ? -1 : miss(s, r, err);
	if (look) {
		s->outcome.on = "succeed";
		return builtin_print(s, err, "Cache found and can be restored "
		    "from key: %s", r->found.key) == -1 ? -1 :
		    tell(s, r, r->found.key, err);
	}
	if (carry_start(s, CARRY_UNPACK, how, r->in.paths, &r->carrying,
	    err) == -1)
		return -1;
	rc = builtin_work(s, unpack, done, r, err);
	carry_close(&r->carrying);
	return rc;
}

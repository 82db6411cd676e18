/*
 * cache_save.c - pack files of the container into a new entry.
 *
 * An entry is never changed: one that is there is left alone, and of two that
 * are saved at once the first counts. Whatever goes wrong is a warning.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/cache.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/blob/squeeze.h"

#define READ_BYTES (128 * 1024)

struct save {
	struct cache_input in;
	struct cache_entry entry;
	int64_t max_bytes;
	struct carrying carrying;
};

/* --- in the child ------------------------------------------------------------------ */

static int
copy(struct carry_reader *reader, struct save *c, struct squeeze *z,
    unsigned char *buf, int64_t *total, struct err *err)
{
	char size[SIZE_TEXT_SIZE];
	ssize_t n;

	while ((n = carry_some(reader, buf, READ_BYTES)) > 0) {
		*total += n;
		if (c->max_bytes > 0 && *total > c->max_bytes)
			return err_set(err, ERR_TOO_LARGE, "it is larger than "
			    "%s (\"cache-max-bytes\")", size_text(
			    c->max_bytes, size));
		if (squeeze_write(z, buf, (size_t)n, err) == -1)
			return -1;
	}
	return n == 0 ? 0 : err_errno(err, "the files of the container "
	    "cannot be read");
}

/* What the archive holds is not looked at: the container that unpacks it will
 * have to. */
static int
take(struct work *w, struct save *c, struct squeeze *z, struct err *err)
{
	struct carry_reader reader = { w, &c->carrying };
	unsigned char *buf = mem_calloc(1, READ_BYTES);
	int64_t total = 0;
	int rc = copy(&reader, c, z, buf, &total, err);

	free(buf);
	if (rc == 0)
		rc = carry_end(w, &c->carrying, err);
	if (rc == 0 && total <= TAR_END_BYTES)
		rc = err_set(err, ERR_NOT_FOUND, "no path that it is made of "
		    "exists");
	return rc;
}

static int
pack(struct work *w, void *ctx, struct err *err)
{
	struct save *c = ctx;
	struct squeeze *z = NULL;
	struct squeezed end;
	struct err e = { 0 };
	char result[128];
	int rc = squeeze_open(c->entry.file, &z, &e);

	if (rc == 0)
		rc = take(w, c, z, &e);
	if (z != NULL && squeeze_close(z, rc == 0 ? &end : NULL, &e) == -1)
		rc = -1;
	if (rc == -1) {
		work_warn(w, "the cache is not saved: %s", e.text);
		return work_result(w, "", err);
	}
	snprintf(result, sizeof(result), "%s %" PRId64, end.digest,
	    end.bytes);
	return work_result(w, result, err);
}

/* --- in the job's process -------------------------------------------------------------- */

static int
done(struct step_run *s, void *ctx, const char *result, struct err *err)
{
	const struct job_storage *st = s->x->obs->storage;
	struct save *c = ctx;
	char size[SIZE_TEXT_SIZE];
	struct err e = { 0 };
	int rc;

	if (sscanf(result, "%64s %" SCNd64, c->entry.digest,
	    &c->entry.bytes) != 2)
		return 0;
	rc = st->cache_add(st->ctx, &c->entry, &e);
	if (rc == -1)
		return builtin_warn(s, err, "the cache is not saved: %s",
		    e.text);
	if (rc == 0)
		return builtin_print(s, err, "Another job saved the cache "
		    "with key %s first", c->entry.key);
	return builtin_print(s, err, "Cache saved with key: %s (%s)",
	    c->entry.key, size_text(c->entry.bytes, size));
}

static int
begin(struct step_run *s, struct save *c, struct err *err)
{
	const struct job_storage *st = s->x->obs->storage;
	const char *scopes[CACHE_MAX_SCOPES];
	const char how[] = { CARRY_TREE, '\0' };
	struct err e = { 0 };
	int rc;

	/* Another run of the pull request would take it, also one that was
	 * approved. */
	if (job_is_strangers(s->x)) {
		s->outcome.on = "succeed";
		return builtin_print(s, err, "Pull requests from forks save "
		    "no caches");
	}
	cache_scopes(s->x->order->github, &s->arena, scopes);
	c->entry.scope = scopes[0];
	c->entry.version = c->in.version;
	c->entry.file = arena_printf(&s->arena, "%s/cache-%d-%d",
	    s->x->order->work_dir, s->plan->number, s->attempt);
	rc = st->cache_begin(st->ctx, &c->entry, &c->max_bytes, &e);
	if (rc == 1) {
		s->outcome.on = "succeed";
		return builtin_print(s, err, "There is a cache with key %s "
		    "already, not saving cache.", c->entry.key);
	}
	if (rc == -1) {
		s->outcome.on = "succeed";
		return builtin_warn(s, err, "the cache is not saved: %s",
		    e.text);
	}
	if (carry_start(s, CARRY_PACK, how, c->in.paths, &c->carrying, err) ==
	    -1)
		return -1;
	rc = builtin_work(s, pack, done, c, err);
	carry_close(&c->carrying);
	return rc;
}

static struct save *
save_new(struct step_run *s)
{
	struct save *c = arena_alloc(&s->arena, sizeof(*c));

	*c = (struct save){ .carrying = CARRYING_INIT };
	return c;
}

static int
nowhere(struct step_run *s, struct err *err)
{
	s->outcome.on = "succeed";
	return builtin_warn(s, err, "caches are not kept here");
}

int
builtin_save(struct step_run *s, struct err *err)
{
	struct save *c = save_new(s);

	if (cache_input_read(s, &c->in, err) == -1)
		return -1;
	if (s->x->obs->storage == NULL)
		return nowhere(s, err);
	c->entry.key = c->in.keys[0];
	return begin(s, c, err);
}

/* Is it wanted after a job that went so? */
static int
is_wanted(struct step_run *s, bool *out, struct err *err)
{
	bool well = s->x->scope.status == STATUS_SUCCESS, always;
	const char *when;

	if (builtin_text(s, "when", &when, err) == -1 ||
	    builtin_flag(s, "save-always", &always, err) == -1)
		return -1;
	*out = always || strcmp(when, "always") == 0 ||
	    (strcmp(when, "on-failure") == 0 ? !well : well);
	return 0;
}

/* Behind all other steps. The key is the one that was looked for: files that
 * it is made of may be others by now. */
int
builtin_cache_post(struct step_run *s, struct err *err)
{
	const char *key = builtin_kept(s, CACHE_STATE_KEY);
	struct save *c = save_new(s);
	bool wanted;

	s->outcome.on = "succeed";
	if (key[0] == '\0')
		return 0; /* it did not come to that */
	if (is_wanted(s, &wanted, err) == -1 ||
	    cache_input_read(s, &c->in, err) == -1)
		return -1;
	if (!wanted)
		return builtin_print(s, err, "Not saving the cache after this "
		    "end of the job");
	if (s->x->obs->storage == NULL)
		return nowhere(s, err);
	if (strcasecmp(key, builtin_kept(s, CACHE_STATE_MATCHED)) == 0)
		return builtin_print(s, err, "Cache hit occurred on the "
		    "primary key %s, not saving cache.", key);
	c->entry.key = key;
	s->outcome.on = "fail";
	return begin(s, c, err);
}

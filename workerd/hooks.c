/*
 * hooks.c - the hooks that there are now, kept in the database, for those who
 * append events know nothing of folders.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include "lib/base/log.h"
#include "lib/keep/hook_folder.h"

/* Who looks often says it once: when their number is another. */
struct refusals {
	bool tell;
	size_t n;
};

static void
on_refused(void *ctx, const char *path, const struct err *why)
{
	struct refusals *r = ctx;

	r->n++;
	if (r->tell)
		log_warn("a hook is not run", LOG_STR("hook", path),
		    LOG_STR("reason", why->text));
}

int
hooks_look(struct supervisor *s, struct err *err)
{
	const char *folder = s->program.config.hooks_dir;
	struct refusals r = { false, 0 };
	struct arena a = ARENA_INIT(0);
	struct hook *hooks;
	size_t n;
	int rc;

	hook_folder_read(folder, &a, &hooks, &n, on_refused, &r);
	rc = hook_sync(s->program.store, hooks, n, err);
	if (rc == 1)
		log_info("hooks have changed", LOG_STR("folder", folder),
		    LOG_INT("hooks", (int64_t)n));
	if (r.n != s->hooks_refused) {
		s->hooks_refused = r.n;
		r.tell = true;
		hook_folder_read(folder, &a, &hooks, &n, on_refused, &r);
	}
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

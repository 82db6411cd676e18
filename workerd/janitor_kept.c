/*
 * janitor_kept.c - what is kept for a time: workspaces of failed jobs, and
 * who was given which secret, webhooks.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>

#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/run/kept.h"
#include "lib/store/outbox.h"
#include "lib/store/queue_hold.h"
#include "lib/store/inbox.h"
#include "lib/store/audit.h"
#include "workerd/janitor.h"

bool
janitor_is_kept(const struct janitor *j, const struct leftover *l)
{
	struct str path = STR_INIT;
	bool locked;

	layout_kept(&path, j->program.config.state_dir, l->job, l->attempt);
	locked = kept_is_locked(path.s);
	str_release(&path);
	return locked;
}

static void
on_removed(void *ctx, int64_t job, int attempt)
{
	struct janitor *j = ctx;

	janitor_count(j, SWEEP_KEPT, arena_printf(&j->arena, "%" PRId64 "-%d",
	    job, attempt), 0, NULL);
}

void
janitor_sweep_kept(struct janitor *j)
{
	const struct config *config = &j->program.config;
	struct err err = { 0 };

	if (janitor_acts(j) && kept_sweep(config,
	    config->keep_failed_for_ms > 0 ? config->keep_failed_max_bytes :
	    0, on_removed, j, &err) == -1)
		janitor_count(j, SWEEP_KEPT, "kept", -1, &err);
}

void
janitor_sweep_queue(struct janitor *j)
{
	struct err err = { 0 };

	int wrong;

	if (!janitor_acts(j))
		return;
	if (queue_sweep(j->program.store, &err) == -1)
		log_err("the queue could not be swept", &err);
	err_clear(&err);
	wrong = queue_recount(j->program.store, &err);
	if (wrong == -1)
		log_err("the queue could not be counted", &err);
	else if (wrong > 0)
		log_error("the queue was counted wrong, and is mended",
		    LOG_INT("rows", wrong));
}

/* In small batches: a webhook that comes meanwhile must not wait. */
#define INBOX_BATCH 200
#define INBOX_BATCHES 1000

void
janitor_trim_inbox(struct janitor *j)
{
	int64_t before = clock_now_ms() - j->program.config.inbox_keep_ms;
	struct err err = { 0 };
	int n = janitor_acts(j) ? INBOX_BATCH : 0;

	for (int i = 0; n == INBOX_BATCH && i < INBOX_BATCHES; i++)
		n = inbox_remove(j->program.store, before, INBOX_BATCH, &err);
	if (n == -1)
		log_err("old webhooks could not be removed", &err);
}

void
janitor_trim_audit(struct janitor *j)
{
	struct err err = { 0 };

	if (janitor_acts(j) && audit_trim(j->program.store,
	    j->program.config.audit_keep_ms, &err) == -1)
		log_err("the audit could not be cut", &err);
}

void
janitor_trim_outbox(struct janitor *j)
{
	struct err err = { 0 };

	if (janitor_acts(j) && outbox_trim(j->program.store, clock_now_ms() -
	    j->program.config.notify_keep_ms, &err) == -1)
		log_err("dead letters could not be removed", &err);
}

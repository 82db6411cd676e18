/*
 * outbox.c - messages that a change of state left to be sent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <signal.h>
#include <string.h>

#include "lib/base/backoff.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/retries.h"
#include "lib/forge/answer.h"
#include "lib/keep/artifact_latest.h"
#include "lib/render/files.h"
#include "lib/render/shown.h"
#include "lib/store/artifacts.h"
#include "lib/store/outbox.h"

/* Sent in one look, so that children are not kept waiting. */
#define LOOK_MAX 32

/* pawl-notifier is started again so long after one that failed. */
#define NOTIFIER_PAUSE_MS 1000

/* Nothing is put off for longer, whoever asks for it. */
#define LONGEST_PAUSE_MS (ANSWER_MAX_PAUSE_MS + RETRY_SEND_MAX_MS)

/* Second copies: the janitor starts so soon when one is due; and a job has so
 * long to make its own. */
#define COPY_MS 1000
#define COPY_FIRST_MS 60000

static int
send_files(struct supervisor *s, const struct message *m, struct err *err)
{
	struct store *st = s->program.store;

	if (render_run_files(st, &s->program.config, m->run, err) == -1)
		return -1;
	return artifact_latest(st, &s->program.config, m->run, err);
}

static int
record_failure(struct supervisor *s, const struct message *m,
    const struct err *why, struct err *err)
{
	int64_t pause = backoff_ms(m->attempts + 1, RETRY_FILES_FIRST_MS,
	    RETRY_FILES_MAX_MS, backoff_chance());
	bool last = m->attempts + 1 >= RETRY_FILES_ATTEMPTS ||
	    err_kind(why->code) == ERR_KIND_BUG;

	log_err(last ? "a message was given up" :
	    "a message could not be sent yet", why);
	return outbox_failed(s->program.store, m, last ? 0 :
	    clock_now_ms() + pause, why->text, err);
}

static int
send_one(struct supervisor *s, const struct message *m, struct err *err)
{
	struct err why = { 0 };

	s->activity = true;
	if (send_files(s, m, &why) == 0)
		return outbox_sent(s->program.store, m->id, err);
	return record_failure(s, m, &why, err);
}

/* --- pawl-notifier ----------------------------------------------------------- */

/* What goes to others is sent by a child, which ends when nothing is due. */
static int
look_at_others(struct supervisor *s, struct err *err)
{
	static const char *const none[] = { NULL };
	struct arena a = ARENA_INIT(0);
	int64_t at = 0;
	int rc = 0;

	if (s->stopping || children_count(s, CHILD_NOTIFIER) > 0)
		return 0;
	if (outbox_next_due(s->program.store, &at, err) == -1)
		return -1;
	if (at > clock_now_ms()) {
		supervisor_due_at(s, at);
	} else if (at > 0 && s->notify_ms > clock_mono_ms()) {
		supervisor_due(s, s->notify_ms);
	} else if (at > 0) {
		s->activity = true;
		rc = child_start(s, CHILD_NOTIFIER, program_command(
		    s->program.config.file, "pawl-notifier", none, &a), NULL,
		    err) == NULL ? -1 : 0;
	}
	arena_release(&a);
	return rc;
}

/* One that failed is not started again at once. */
void
outbox_ended(struct supervisor *s, const struct proc_end *end)
{
	struct str how = STR_INIT;

	if (end->how == PROC_EXITED && end->code == 0)
		return;
	proc_end_text(end, &how);
	log_warn("messages could not be sent", LOG_STR("end", how.s));
	str_release(&how);
	s->notify_ms = clock_mono_ms() + NOTIFIER_PAUSE_MS;
}

void
outbox_stop(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_children; i++)
		if (s->children[i]->kind == CHILD_NOTIFIER)
			kill(s->children[i]->proc.pid, SIGTERM);
}

/* Second copies of artifacts that their job could not make are tried again by
 * the janitor; this program talks to nobody outside. */
static int
look_at_copies(struct supervisor *s, struct err *err)
{
	int64_t at = 0, now = clock_now_ms();
	int rc;

	if (strcmp(s->program.config.artifacts_store, "s3") != 0)
		return 0;
	rc = artifact_next_store(s->program.store, &at, err);
	/* Right after its end the job does it. */
	if (rc == 1 && at > 0 && at <= now)
		supervisor_sweep(s, COPY_MS);
	else if (rc == 1)
		supervisor_due_at(s, at > 0 ? at : now + COPY_FIRST_MS);
	return rc == -1 ? -1 : 0;
}

/* Once for all that has changed. What fails is made with the next change. */
static void
write_all_feeds(struct supervisor *s)
{
	struct err why = { 0 };

	if (shown_feeds(s->program.store, &s->program.config, &why) == -1)
		log_err("writing feeds", &why);
}

int
outbox_look(struct supervisor *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct message *messages;
	size_t n = 0;
	int64_t next;
	int rc = 0;

	if (s->clock_set)
		rc = outbox_recall(s->program.store, clock_now_ms() +
		    LONGEST_PAUSE_MS, err);
	if (rc == 0)
		rc = outbox_files(s->program.store, clock_now_ms(), LOOK_MAX,
		    &a, &messages, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = send_one(s, &messages[i], err);
	if (rc == 0 && n > 0)
		write_all_feeds(s);
	arena_release(&a);
	if (rc == 0)
		rc = outbox_next_files(s->program.store, &next, err);
	if (rc == 0 && next > 0)
		supervisor_due_at(s, next);
	if (rc == 0)
		rc = look_at_others(s, err);
	return rc == 0 ? look_at_copies(s, err) : -1;
}

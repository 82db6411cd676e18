/*
 * outbox.c - messages that a change of state left to be sent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/retries.h"
#include "lib/keep/artifact_latest.h"
#include "lib/render/files.h"
#include "lib/store/artifacts.h"
#include "lib/store/outbox.h"

/* Sent in one look, so that children are not kept waiting. */
#define LOOK_MAX 32

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

static const struct {
	const char *kind;
	int (*send)(struct supervisor *s, const struct message *m,
	    struct err *err);
} kinds[] = {
	{ "files", send_files },
};

static int
dispatch(struct supervisor *s, const struct message *m, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].kind, m->kind) == 0)
			return kinds[i].send(s, m, err);
	return err_set(err, ERR_BUG, "nobody sends messages of kind \"%s\"",
	    m->kind);
}

static int
record_failure(struct supervisor *s, const struct message *m,
    const struct err *why, struct err *err)
{
	int64_t pause = RETRY_SEND_MAX_MS;
	bool last = m->attempts + 1 >= RETRY_SEND_ATTEMPTS ||
	    err_kind(why->code) == ERR_KIND_BUG;

	if (m->attempts < 9)
		pause = 1000LL << m->attempts;
	if (pause > RETRY_SEND_MAX_MS)
		pause = RETRY_SEND_MAX_MS;
	log_err(last ? "a message was given up" :
	    "a message could not be sent yet", why);
	return outbox_failed(s->program.store, m->id, last ? 0 :
	    clock_now_ms() + pause, why->text, err);
}

static int
send_one(struct supervisor *s, const struct message *m, struct err *err)
{
	struct err why = { 0 };

	s->activity = true;
	if (dispatch(s, m, &why) == 0)
		return outbox_sent(s->program.store, m->id, err);
	return record_failure(s, m, &why, err);
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

int
outbox_look(struct supervisor *s, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct message *messages;
	size_t n = 0;
	int64_t next;
	int rc;

	rc = outbox_due(s->program.store, clock_now_ms(), LOOK_MAX, &a,
	    &messages, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = send_one(s, &messages[i], err);
	arena_release(&a);
	if (rc == 0)
		rc = outbox_next_due(s->program.store, &next, err);
	if (rc == 0 && next > 0)
		supervisor_due_at(s, next);
	return rc == 0 ? look_at_copies(s, err) : -1;
}

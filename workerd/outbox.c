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
#include "lib/render/files.h"
#include "lib/store/outbox.h"

/* Sent in one look, so that children are not kept waiting. */
#define LOOK_MAX 32

/* A message is tried so often, after pauses of 1, 2, 4 ... s up to five
 * minutes; then it is a dead letter. */
#define SEND_ATTEMPTS 12
#define MAX_PAUSE_MS 300000

static int
send_files(struct supervisor *s, const struct message *m, struct err *err)
{
	return render_run_files(s->program.store, &s->program.config, m->run,
	    err);
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
	int64_t pause = MAX_PAUSE_MS;
	bool last = m->attempts + 1 >= SEND_ATTEMPTS ||
	    err_kind(why->code) == ERR_KIND_BUG;

	if (m->attempts < 9)
		pause = 1000LL << m->attempts;
	if (pause > MAX_PAUSE_MS)
		pause = MAX_PAUSE_MS;
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
	return rc;
}

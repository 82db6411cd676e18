/*
 * notifier_record.c - what became of a try: one transaction for the message,
 * its host and the list of tries.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/retries.h"

/* What a failure leads to. */
struct verdict {
	int64_t due_at_ms; /* 0: it is given up */
	bool well;         /* the host is: it has answered */
	int64_t pause_until_ms;
	struct err why;
};

static struct outbox_try
try_of(const struct sending *s, const char *result, long status,
    const char *error)
{
	return (struct outbox_try){ .host = s->out.host != NULL ? s->out.host :
		s->m.host, .result = result, .status = (int)status,
		.error = error, .took_ms = s->began_ms > 0 ?
		clock_mono_ms() - s->began_ms : 0 };
}

static int
set_host(struct notifier *n, const struct sending *s,
    const struct verdict *v, struct err *err)
{
	struct outbox_host h = { 0 };
	struct arena a = ARENA_INIT(0);
	int64_t now = clock_now_ms();
	struct breaker b;
	int rc;

	if (s->out.host == NULL || s->out.host[0] == '\0')
		return 0;
	rc = outbox_host_find(n->program.store, s->out.host, &a, &h, err);
	b = (struct breaker){ h.failures, h.until_ms };
	if (v->well)
		b = (struct breaker){ 0, 0 };
	if (v->pause_until_ms > 0)
		breaker_pause(&b, v->pause_until_ms);
	else if (!v->well)
		breaker_failed(&b, now, n->program.config.notify_pause_ms,
		    backoff_chance());
	if (rc != -1 && (rc == 1 || !v->well || v->pause_until_ms > 0))
		rc = outbox_host_set(n->program.store, s->out.host, &b,
		    v->why.text, err);
	if (rc != -1 && breaker_state(&b, now) == BREAKER_OPEN)
		log_warn("a host is left alone", LOG_STR("host", s->out.host),
		    LOG_INT("failures", b.failures), LOG_INT("for_ms",
		    b.until_ms - now), LOG_STR("reason", v->why.text));
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
record_sent(struct notifier *n, struct sending *s, int status,
    struct err *err)
{
	const struct outbox_try t = try_of(s, "sent", status, NULL);
	const struct verdict v = { .well = true };
	struct store *st = n->program.store;
	int rc = 0;

	log_info("message sent", LOG_INT("message", s->m.id),
	    LOG_STR("kind", s->m.kind), LOG_STR("topic", s->m.topic),
	    LOG_STR("host", s->out.host), LOG_INT("took_ms", t.took_ms));
	if (store_begin(st, err) == -1)
		return -1;
	if (outbox_sent(st, s->m.id, err) == -1 ||
	    outbox_tried(st, &s->m, &t, err) == -1 ||
	    set_host(n, s, &v, err) == -1)
		rc = -1;
	if (rc == 0)
		return store_commit(st, err);
	store_rollback(st);
	return -1;
}

/* Again, unless it was tried for so long. */
static int64_t
again(const struct notifier *n, const struct sending *s, int64_t now)
{
	const struct config *config = &n->program.config;

	if (now - s->m.queued_at_ms >= config->notify_retry_ms)
		return 0;
	return now + backoff_ms(s->m.attempts + 1, config->notify_pause_ms,
	    RETRY_SEND_MAX_MS, backoff_chance());
}

static struct verdict
judge(const struct notifier *n, const struct sending *s,
    const struct outcome *o)
{
	int64_t now = clock_now_ms();
	struct verdict v = { .well = !o->theirs, .why = o->err };
	struct answer_judgement j;

	if (!o->answered) {
		if (err_kind(o->err.code) == ERR_KIND_INFRA)
			v.due_at_ms = again(n, s, now);
		return v;
	}
	j = answer_judge(&o->answer, now, &v.why);
	v.pause_until_ms = j.pause_until_ms;
	v.well = j.means == ANSWER_REFUSED;
	if (j.means == ANSWER_LATER || s->m.attempts + 1 < RETRY_SEND_REFUSED)
		v.due_at_ms = again(n, s, now);
	if (v.due_at_ms != 0 && v.due_at_ms < v.pause_until_ms)
		v.due_at_ms = v.pause_until_ms;
	return v;
}

int
record_failed(struct notifier *n, struct sending *s, const struct outcome *o,
    struct err *err)
{
	struct verdict v = judge(n, s, o);
	const struct outbox_try t = try_of(s, v.due_at_ms > 0 ? "later" :
	    "failed", o->answer.status, v.why.text);
	struct store *st = n->program.store;
	int rc = 0;

	log_warn(v.due_at_ms > 0 ? "a message could not be sent yet" :
	    "a message was given up", LOG_INT("message", s->m.id),
	    LOG_STR("kind", s->m.kind), LOG_STR("topic", s->m.topic),
	    LOG_STR("host", t.host), LOG_STR("reason", v.why.text));
	s->m.host = t.host;
	if (store_begin(st, err) == -1)
		return -1;
	if (outbox_failed(st, &s->m, v.due_at_ms, v.why.text, err) == -1 ||
	    outbox_tried(st, &s->m, &t, err) == -1 ||
	    set_host(n, s, &v, err) == -1)
		rc = -1;
	if (rc == 0)
		return store_commit(st, err);
	store_rollback(st);
	return -1;
}

int
record_dropped(struct notifier *n, struct sending *s, struct err *err)
{
	log_debug("nothing to send any more", LOG_INT("message", s->m.id),
	    LOG_STR("kind", s->m.kind), LOG_STR("topic", s->m.topic));
	return outbox_sent(n->program.store, s->m.id, err);
}

/*
 * outbox_events.c - what follows from an event outside of the database: one
 * table from types of events to kinds of messages. Only what can be wanted is
 * queued: without a token or a rule nothing is, so that a host that tells
 * nobody anything starts no program for it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/outbox.h"

#include <inttypes.h>

#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/hooks.h"
#include "lib/store/statement.h"

/* An event that is followed. */
struct followed {
	int64_t run;
	const char *type;
	const struct event_facts *facts;
};

static int
add_files(struct store *st, const struct followed *e, struct err *err)
{
	const struct message m = { .kind = "files", .run = e->run };

	return outbox_add(st, &m, err);
}

/* What a status is about. */
struct status_of {
	int64_t repo;
	const char *sha, *event, *workflow;
	const char *job;      /* its key; NULL: the whole run */
	const char *statuses; /* "workflow", "job" */
};

static int
add_status_of(struct store *st, const struct followed *e, int64_t job,
    struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, status_of, repo),
		FIELD(TEXT, status_of, sha),
		FIELD(TEXT, status_of, event),
		FIELD(TEXT, status_of, workflow),
		FIELD(TEXT, status_of, job),
		FIELD(TEXT, status_of, statuses),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct status_of) };
	struct arena a = ARENA_INIT(0);
	struct message m = { .kind = "status", .run = e->run };
	struct status_of s;
	int rc;

	rc = store_row(st, SQL_OUTBOX_STATUS_OF, PARAMS(P_INT("run", e->run),
	    P_INT("job", job)), &shape, &a, &s, err);
	/* The sha is what is told apart first: two contexts of one commit
	 * are two topics, two runs of one context are one. */
	if (rc == 1 && (job == 0 || str_equal(s.statuses, "job"))) {
		m.repo = s.repo;
		m.topic = arena_printf(&a, "%" PRId64 " %s %s/%s%s%s", s.repo,
		    s.sha, s.event, s.workflow, s.job != NULL ? "/" : "",
		    s.job != NULL ? s.job : "");
		if (s.job != NULL)
			m.data = arena_printf(&a, "{\"job\":%" PRId64 "}",
			    job);
		rc = outbox_add(st, &m, err);
	}
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

static int
add_status(struct store *st, const struct followed *e, struct err *err)
{
	return add_status_of(st, e, 0, err);
}

static int
add_job_status(struct store *st, const struct followed *e, struct err *err)
{
	return add_status_of(st, e, e->facts->job, err);
}

/* A run has come to what rules may ask for: which of them do is found out by
 * who sends. */
static int
add_rules_of(struct store *st, const struct followed *e, bool waiting,
    struct err *err)
{
	struct message m = { .kind = "rules", .run = e->run };
	struct arena a = ARENA_INIT(0);
	int rc;

	rc = store_number(st, SQL_NOTIFY_WANTED, PARAMS(P_INT("run", e->run),
	    P_INT("waiting", waiting)), &m.repo, err);
	if (rc == 1 && waiting) {
		m.topic = arena_printf(&a, "%" PRId64 " waiting %" PRId64,
		    e->run, e->facts->job);
		m.data = arena_printf(&a, "{\"waiting\":%" PRId64 "}",
		    e->facts->job);
	}
	if (rc == 1)
		rc = outbox_add(st, &m, err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

static int
add_rules(struct store *st, const struct followed *e, struct err *err)
{
	return add_rules_of(st, e, false, err);
}

static int
add_waiting(struct store *st, const struct followed *e, struct err *err)
{
	return add_rules_of(st, e, true, err);
}

static int
add_comment(struct store *st, const struct followed *e, struct err *err)
{
	struct comment_of {
		int64_t repo, pull;
	} c;
	static const struct field fields[] = {
		FIELD(INT64, comment_of, repo),
		FIELD(INT64, comment_of, pull),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct comment_of) };
	struct message m = { .kind = "comment", .run = e->run };
	struct arena a = ARENA_INIT(0);
	int rc = store_row(st, SQL_OUTBOX_COMMENT_OF, PARAMS(
	    P_INT("run", e->run)), &shape, &a, &c, err);

	if (rc == 1) {
		m.repo = c.repo;
		m.topic = arena_printf(&a, "%" PRId64 " %" PRId64, c.repo,
		    c.pull);
		m.data = arena_printf(&a, "{\"pull\":%" PRId64 "}", c.pull);
		rc = outbox_add(st, &m, err);
	}
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

int
outbox_ignored(struct store *st, int64_t repo, const char *sha,
    const char *event, const char *verdict, struct err *err)
{
	struct message m = { .kind = "status", .repo = repo };
	struct arena a = ARENA_INIT(0);
	struct str data = STR_INIT;
	int64_t wanted;
	int rc = store_number(st, SQL_OUTBOX_IGNORED_OF, PARAMS(
	    P_INT("repo", repo)), &wanted, err);

	if (rc == 1) {
		m.topic = arena_printf(&a, "%" PRId64 " %s %s", repo, sha,
		    event);
		str_add(&data, "{\"sha\":");
		json_text(&data, sha);
		str_add(&data, ",\"event\":");
		json_text(&data, event);
		str_add(&data, ",\"verdict\":");
		json_text(&data, verdict);
		str_add_char(&data, '}');
		m.data = data.s;
		rc = outbox_add(st, &m, err);
	}
	str_release(&data);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

static const struct {
	const char *type;
	int (*add)(struct store *st, const struct followed *e,
	    struct err *err);
} follows[] = {
	/* event            message */
	{ "run.created",   add_files },
	{ "run.created",   add_status },
	{ "run.waiting",   add_waiting },
	{ "run.created",   add_comment },
	{ "run.started",   add_files },
	{ "run.started",   add_status },
	{ "run.completed", add_files },
	{ "run.completed", add_status },
	{ "run.completed", add_rules },
	{ "run.failed",    add_files },
	{ "run.failed",    add_status },
	{ "run.failed",    add_rules },
	{ "run.cancelled", add_files },
	{ "run.cancelled", add_status },
	{ "run.cancelled", add_rules },
	{ "run.skipped",   add_files },
	{ "run.skipped",   add_status },
	{ "run.skipped",   add_rules },
	{ "job.queued",    add_job_status },
	{ "job.waiting",   add_job_status },
	{ "job.waiting",   add_waiting },
	{ "job.started",   add_job_status },
	{ "job.completed", add_job_status },
	{ "job.failed",    add_job_status },
	{ "job.cancelled", add_job_status },
	{ "job.skipped",   add_job_status },
};

int
outbox_follow(struct store *st, int64_t run, const char *type,
    const struct event_facts *facts, struct err *err)
{
	const struct followed e = { run, type, facts };

	for (size_t i = 0; i < ARRAY_LEN(follows); i++)
		if (str_equal(follows[i].type, type) &&
		    follows[i].add(st, &e, err) == -1)
			return -1;
	return hook_follow(st, run, type, facts, err);
}

/*
 * outbox-t.c - messages: one of a kind, none lost, dead letters.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>

#include "lib/base/clock.h"
#include "lib/base/str.h"
#include "lib/store/outbox.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static size_t
due(struct store *st, int64_t now, struct arena *a, struct message **m)
{
	struct err err = { 0 };
	size_t n;

	must(outbox_files(st, now, 10, a, m, &n, &err));
	return n;
}

static int
add(struct store *st, const char *kind, int64_t run, const char *data,
    struct err *err)
{
	const struct message m = { .kind = kind, .run = run, .data = data };

	return outbox_add(st, &m, err);
}

/* Every change of a run's state asks for its files, in the same commit. */
static void
test_follows_states(void)
{
	struct store *st = fixture_store(NULL);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct message *m;
	int attempt;
	int64_t run, job;

	run = fixture_run(st, fixture_repo(st, "r"), 1, "a");
	ok(due(st, INT64_MAX, &a, &m) == 1 && m[0].run == run &&
	    str_equal(m[0].kind, "files"), "a new run asks for its files");
	must(outbox_sent(st, m[0].id, &err));
	is_int((long long)due(st, INT64_MAX, &a, &m), 0, "sent is gone");
	job = fixture_start(st, &attempt);
	ok(due(st, INT64_MAX, &a, &m) == 1, "so does its start");
	must(outbox_sent(st, m[0].id, &err));
	fixture_end(st, job, attempt, "succeed");
	ok(due(st, INT64_MAX, &a, &m) == 1, "and its end");
	arena_release(&a);
	store_close(st);
}

/* While one is being sent the state changes: the news must not be lost. */
static void
test_replaced_while_sending(void)
{
	struct store *st = fixture_store(NULL);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct message *sending, *m;

	due(st, INT64_MAX, &a, &sending);
	must(add(st, "files", run, "{\"n\":2}", &err));
	must(outbox_sent(st, sending[0].id, &err));
	ok(due(st, INT64_MAX, &a, &m) == 1 && m[0].id != sending[0].id &&
	    str_equal(m[0].data, "{\"n\":2}"),
	    "the newer one is still to be sent");
	must(outbox_failed(st, &sending[0], 1, "x", &err));
	ok(due(st, INT64_MAX, &a, &m) == 1 && m[0].attempts == 0,
	    "nor does the older one's failure touch it");
	must(add(st, "mail", run, NULL, &err));
	is_int((long long)due(st, INT64_MAX, &a, &m), 1,
	    "other kinds stand beside it");
	arena_release(&a);
	store_close(st);
}

static void
test_retry(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a"), at, id;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct message *m, first;
	int64_t later = clock_now_ms() + 3600000;

	due(st, INT64_MAX, &a, &m);
	first = m[0];
	id = first.id;
	must(outbox_failed(st, &first, later, "no route", &err));
	is_int((long long)due(st, later - 1, &a, &m), 0, "not due before");
	must(outbox_next_files(st, &at, &err));
	is_int(at, later, "the loop knows when");
	ok(due(st, later, &a, &m) == 1 && m[0].attempts == 1, "due then");
	must(outbox_failed(st, &first, 0, "gone for good", &err));
	is_int((long long)due(st, INT64_MAX, &a, &m), 0, "a dead letter");
	must(outbox_next_files(st, &at, &err));
	is_int(at, 0, "is never due");
	is_int(fixture_sql(path, "SELECT count(*) FROM outbox WHERE "
	    "state = 'failed' AND error = 'gone for good' AND "
	    "attempts = 2"), 1, "it is kept with its error");
	must(outbox_replay(st, id, &err));
	ok(due(st, clock_now_ms(), &a, &m) == 1 && m[0].attempts == 0,
	    "and can be replayed");
	is_int(outbox_replay(st, id, &err), -1, "once");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	must(outbox_failed(st, &first, 0, "x", &err));
	must(add(st, "files", run, NULL, &err));
	is_int(outbox_replay(st, id, &err), -1, "not beside a newer one");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(outbox_replay(st, 999, &err), -1, "nor when there is none");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	is_int(add(st, "files", 999, NULL, &err), -1,
	    "a run that is none has no messages");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	arena_release(&a);
	store_close(st);
}

/* A host that starts with the clock of another year. */
static void
test_clock_was_ahead(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t run = fixture_run(st, fixture_repo(st, "r"), 1, "a");
	int64_t now = clock_now_ms(), at = 0;
	const struct breaker pause = { 5, now + INT64_C(400) * 86400000 };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct message *m;

	due(st, INT64_MAX, &a, &m);
	must(outbox_failed(st, &m[0], pause.until_ms, "x", &err));
	must(add(st, "mail", run, NULL, &err));
	fixture_sql(path, "UPDATE outbox SET due_at_ms = due_at_ms + 3600000 "
	    "WHERE kind = 'mail'");
	must(outbox_host_set(st, "example.org", &pause, "x", &err));
	must(outbox_recall(st, now + 2 * 3600000, &err));
	is_int((long long)due(st, clock_now_ms(), &a, &m), 1,
	    "what was put off to another year is due");
	is_int(fixture_sql(path, "SELECT count(*) FROM outbox_hosts"), 0,
	    "its host is asked");
	must(outbox_next_due(st, &at, &err));
	ok(at >= now + 3600000, "what is due in an hour still is");
	arena_release(&a);
	store_close(st);
}

int
main(void)
{
	test_clock_was_ahead();
	test_follows_states();
	test_replaced_while_sending();
	test_retry();
	return tap_done();
}

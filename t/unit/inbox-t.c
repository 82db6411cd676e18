/*
 * inbox-t.c - lists of deliveries, planning one once more, how many there may
 * be and for how long.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/inbox.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct delivery
receive(struct store *st, int64_t repo, const char *event, const char *body)
{
	struct delivery d = { .forge = "github", .event = event,
		.repo = repo, .headers = "{\"a\":\"b\"}", .body = body,
		.body_len = strlen(body), .remote_addr = "127.0.0.1" };
	struct err err = { 0 };

	must(delivery_receive(st, &d, &err));
	return d;
}

/* The bodies' letters of what a query finds, newest first. */
static const char *
found(struct store *st, struct inbox_query q, struct arena *a)
{
	struct str s = STR_INIT;
	struct delivery *list, d;
	struct err err = { 0 };
	const char *text;
	size_t n;

	if (q.limit == 0)
		q.limit = 10;
	must(inbox_list(st, &q, a, &list, &n, &err));
	for (size_t i = 0; i < n; i++) {
		must(delivery_find(st, list[i].id, a, &d, &err));
		str_add(&s, d.body);
	}
	text = arena_strdup(a, s.s != NULL ? s.s : "");
	str_release(&s);
	return text;
}

static void
test_lists(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r = fixture_repo(st, "r"), s = fixture_repo(st, "s");
	struct delivery a, b, c;
	struct arena mem = ARENA_INIT(0);
	struct err err = { 0 };
	const char *sees;

	a = receive(st, r, "push", "a");
	b = receive(st, s, "push", "b");
	c = receive(st, r, "release", "c");
	receive(st, r, "push", "d");
	must(delivery_settle(st, a.id, "fail", "no mirror", &err));
	must(delivery_settle(st, b.id, "plan", "run 1", &err));
	must(delivery_settle(st, c.id, "fail", "no mirror", &err));
#define FOUND(want, what, ...) \
	is_str(found(st, (struct inbox_query){ __VA_ARGS__ }, &mem), want, \
	    what)
	ok(inbox_state_valid("failed") && !inbox_state_valid("lost"),
	    "words of states");
	FOUND("dcba", "all, newest first", .repo = 0);
	FOUND("dca", "of a repository", .repo = r);
	FOUND("ca", "of a state", .state = "failed");
	FOUND("dba", "of an event", .event = "push");
	FOUND("a", "of both", .event = "push", .state = "failed");
	FOUND("ca", "of a repository and a state", .repo = r,
	    .state = "failed");
	FOUND("da", "of a repository and an event", .repo = r,
	    .event = "push");
	FOUND("a", "of all three", .repo = r, .event = "push",
	    .state = "failed");
	FOUND("dc", "a page", .limit = 2);
	FOUND("ba", "goes on behind the last one seen", .before = c.id);
	FOUND("a", "also narrowed", .repo = r, .before = c.id);
	FOUND("", "and has an end", .before = a.id);
	FOUND("", "behind one that is gone there is nothing",
	    .before = "none");
	sees = arena_printf(&mem, "[%lld]", (long long)r);
	FOUND("dca", "who sees one repository", .sees = sees);
	FOUND("dc", "a page of it", .sees = sees, .limit = 2);
	FOUND("a", "and what is behind", .sees = sees, .before = c.id);
	FOUND("ca", "by state", .sees = sees, .state = "failed");
	FOUND("da", "by event", .sees = sees, .event = "push");
	FOUND("a", "by both", .sees = sees, .event = "push",
	    .state = "failed");
	sees = arena_printf(&mem, "[%lld,%lld]", (long long)s, (long long)r);
	FOUND("dcba", "two of them, in one order", .sees = sees);
	FOUND("", "none of them", .sees = "[]");
	arena_release(&mem);
	store_close(st);
}

static void
test_replay(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r = fixture_repo(st, "r");
	struct delivery d[4], copy;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	char made[37];

	for (size_t i = 0; i < ARRAY_LEN(d); i++)
		d[i] = receive(st, r, "push", "body");
	is_int(inbox_replay(st, d[0].id, "ada", made, &err), -1,
	    "what waits needs no replay");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(inbox_replay(st, "none", "ada", made, &err), -1, "nor nothing");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	must(delivery_settle(st, d[0].id, "fail", "no mirror", &err));
	must(delivery_settle(st, d[1].id, "plan", "run 1", &err));

	must(delivery_attempt(st, d[2].id, &err));
	must(inbox_replay(st, d[0].id, "ada", made, &err));
	is_str(made, d[0].id, "a failed one keeps its id");
	must(delivery_find(st, made, &a, &copy, &err));
	ok(copy.state == DELIVERY_RECEIVED && copy.attempts == 0 &&
	    copy.verdict == NULL, "and waits again");
	is_str(copy.asked_by, "ada", "it says who asked");

	must(inbox_replay(st, d[1].id, "token ci", made, &err));
	ok(!str_equal(made, d[1].id), "a planned one has a copy");
	must(delivery_find(st, made, &a, &copy, &err));
	is_str(copy.origin, "replay", "that is marked");
	is_str(copy.replay_of, d[1].id, "with what it repeats");
	ok(copy.state == DELIVERY_RECEIVED && copy.forge_id == NULL &&
	    copy.body_len == 4 && str_equal(copy.body, "body") &&
	    str_equal(copy.headers, "{\"a\":\"b\"}"), "and is the same");
	must(delivery_find(st, d[1].id, &a, &copy, &err));
	ok(copy.state == DELIVERY_PLANNED && copy.origin == NULL,
	    "what it repeats stays as it was");

	must(delivery_settle(st, d[2].id, "fail", "x", &err));
	must(delivery_settle(st, d[3].id, "fail", "x", &err));
	is_int(must(inbox_replay_failed(st, r + 1, "ada", &err)), 0,
	    "none of another repository failed");
	is_int(must(inbox_replay_failed(st, 0, "ada", &err)), 2,
	    "all that failed");
	is_int(must(inbox_replay_failed(st, 0, "ada", &err)), 0,
	    "are planned again once");
	arena_release(&a);
	store_close(st);
}

static void
test_full(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r = fixture_repo(st, "r"), s = fixture_repo(st, "s");
	struct delivery first = receive(st, r, "push", "a");
	struct err err = { 0 };

	receive(st, r, "push", "b");
	is_int(must(inbox_is_full(st, r, 0, &err)), 0, "no limit");
	is_int(must(inbox_is_full(st, r, 6, &err)), 0, "room for one more");
	is_int(must(inbox_is_full(st, r, 4, &err)), 1,
	    "one repository may have half");
	is_int(must(inbox_is_full(st, s, 4, &err)), 0,
	    "and leaves the rest to others");
	is_int(must(inbox_is_full(st, s, 2, &err)), 1, "which ends, too");
	must(delivery_settle(st, first.id, "plan", "run 1", &err));
	is_int(must(inbox_is_full(st, r, 4, &err)), 0,
	    "what is planned counts no more");
	store_close(st);
}

static void
test_remove(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t r = fixture_repo(st, "r"), later;
	struct delivery d[4];
	struct err err = { 0 };
	char made[37];

	for (size_t i = 0; i < ARRAY_LEN(d); i++)
		d[i] = receive(st, r, "push", "a");
	for (size_t i = 0; i < 3; i++)
		must(delivery_settle(st, d[i].id, "plan", "run 1", &err));
	must(inbox_replay(st, d[0].id, "ada", made, &err));
	must(delivery_settle(st, made, "plan", "run 2", &err));
	later = clock_now_ms() + 1000;
	is_int(must(inbox_remove(st, d[0].received_at_ms, 10, &err)), 0,
	    "none is older than the oldest");
	is_int(must(inbox_remove(st, later, 2, &err)), 2, "so many at once");
	is_int(must(inbox_remove(st, later, 10, &err)), 2, "then the rest");
	is_int(fixture_sql(path, "SELECT count(*) FROM deliveries"), 1,
	    "what waits stays");
	is_int(fixture_sql(path, "SELECT count(*) FROM delivery_origins"), 0,
	    "and nothing of the others");
	store_close(st);
}

int
main(void)
{
	test_lists();
	test_replay();
	test_full();
	test_remove();
	return tap_done();
}

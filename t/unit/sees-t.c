/*
 * sees-t.c - which repositories somebody may read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/inbox.h"
#include "lib/store/internal.h"
#include "lib/store/run_search.h"
#include "lib/store/sees.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static const char *path;
static struct store *st;

static void
sees(const struct grant *grants, size_t n, const char *expect,
    const char *what)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *text = "?";

	must(sees_find(st, grants, n, &a, &text, &err));
	is_str(text != NULL ? text : "all", expect, "%s", what);
	arena_release(&a);
}

#define NOBODY NULL, 0
#define GRANTS(...) \
	((const struct grant[]){ __VA_ARGS__ }), \
	    ARRAY_LEN(((const struct grant[]){ __VA_ARGS__ }))

static void
test_grants(void)
{
	sees(NOBODY, "all", "nothing is private: nobody sees all");
	fixture_sql(path, "UPDATE repos SET visibility = 'private' "
	    "WHERE id IN (2, 3)");
	sees(NOBODY, "[1,4]", "nobody sees the public ones");
	sees(GRANTS({ ROLE_READER, NULL, NULL }), "all", "everything is everything");
	sees(GRANTS({ ROLE_READER, "ada", "two" }), "[1,2,4]", "a repository");
	sees(GRANTS({ ROLE_READER, "ADA", "Two" }), "[1,2,4]",
	    "names are found however they are written");
	sees(GRANTS({ ROLE_READER, "ada", NULL }), "[1,2,4]", "all of an owner");
	sees(GRANTS({ ROLE_READER, "ada", "three" }), "[1,4]",
	    "the same name of another owner is another one");
	sees(GRANTS({ ROLE_READER, "ada", NULL }, { ROLE_READER, "bob", "three" }), "all",
	    "together all of them");
	sees(GRANTS({ ROLE_READER, "a\"da", "tw'o" }), "[1,4]", "names are no syntax");
	sees(GRANTS({ ROLE_READER, "zoe", NULL }), "[1,4]",
	    "an owner of whom nothing is known");
	fixture_sql(path, "UPDATE repos SET visibility = 'private'");
	sees(NOBODY, "[]", "nobody sees nothing");
}

static void
test_holds(void)
{
	ok(sees_holds(NULL, 7), "all holds each");
	ok(!sees_holds("[]", 7), "none holds none");
	ok(sees_holds("[7]", 7) && sees_holds("[1,7]", 7) &&
	    sees_holds("[7,70]", 7), "it is found at each place");
	ok(!sees_holds("[70,17,77]", 7), "but not as a part of another");
}

/* "4.1 1.2": repository and number of the runs that a search finds. */
static const char *
runs(struct arena *a, struct run_query q, int64_t *next)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct run *list;
	const char *out;
	size_t n;

	must(run_search(st, &q, a, &list, &n, next, &err));
	str_add(&text, "");
	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%s%lld.%lld", i > 0 ? " " : "",
		    (long long)list[i].repo, (long long)list[i].number);
	out = arena_strdup(a, text.s);
	str_release(&text);
	return out;
}

static void
test_runs(void)
{
	static const int order[] = { 1, 2, 4, 2, 1, 3, 4, 2, 2, 1 };
	struct arena a = ARENA_INIT(0);
	int64_t next;

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		fixture_run(st, order[i], 1, "a");
	is_str(runs(&a, (struct run_query){ .sees = "[1,4]", .limit = 9 },
	    &next), "1.3 4.2 1.2 4.1 1.1", "what is seen, newest first");
	is_int(next, 0, "and that is all");
	is_str(runs(&a, (struct run_query){ .sees = "[1,4]", .limit = 2 },
	    &next), "1.3 4.2", "a page");
	is_str(runs(&a, (struct run_query){ .sees = "[1,4]", .limit = 2,
	    .before = next }, &next), "1.2 4.1", "goes on");
	is_str(runs(&a, (struct run_query){ .sees = "[1,4]", .limit = 2,
	    .before = next }, &next), "1.1", "to its end");
	is_str(runs(&a, (struct run_query){ .sees = "[1,4]", .limit = 2,
	    .skip = 1 }, &next), "4.2 1.2", "some are left out");
	is_str(runs(&a, (struct run_query){ .sees = "[3,4]", .limit = 9,
	    .state = "pending" }, &next), "4.2 3.1 4.1", "by what they are");
	is_str(runs(&a, (struct run_query){ .sees = "[]", .limit = 9 },
	    &next), "", "nothing is seen");
	arena_release(&a);
}

/* Steps of SQLite's machine for a list of who sees one repository. */
static int
cost(enum sql_id id)
{
	struct arena a = ARENA_INIT(0);
	struct inbox_query inbox = { .sees = "[4]", .limit = 5 };
	struct delivery *list;
	struct err err = { 0 };
	int64_t next;
	size_t n;

	if (id == SQL_RUN_SEARCH_SEEN)
		runs(&a, (struct run_query){ .sees = "[4]", .limit = 5 },
		    &next);
	else
		must(inbox_list(st, &inbox, &a, &list, &n, &err));
	arena_release(&a);
	return sqlite3_stmt_status(st->cache[id], SQLITE_STMTSTATUS_VM_STEP,
	    1);
}

static void
receive(int64_t repo)
{
	struct err err = { 0 };
	struct delivery d = { .forge = "github", .event = "push",
		.repo = repo, .headers = "{}", .body = "{}", .body_len = 2,
		.remote_addr = "127.0.0.1" };

	must(delivery_receive(st, &d, &err));
}

/* A step or two more, where what is looked for is the last of an index no
 * more. */
#define EDGE 8

static void
test_cost(void)
{
	int before_runs, before_inbox;

	for (int i = 0; i < 10; i++)
		receive(4);
	cost(SQL_RUN_SEARCH_SEEN);
	cost(SQL_INBOX_SEEN);
	before_runs = cost(SQL_RUN_SEARCH_SEEN);
	before_inbox = cost(SQL_INBOX_SEEN);
	for (int i = 0; i < 200; i++) {
		receive(2);
		fixture_run(st, 2, 1, "a");
	}
	ok(cost(SQL_RUN_SEARCH_SEEN) <= before_runs + EDGE,
	    "hidden runs cost a list nothing");
	ok(cost(SQL_INBOX_SEEN) <= before_inbox + EDGE,
	    "nor hidden webhooks");
}

int
main(void)
{
	st = fixture_store(&path);
	fixture_repo_of(st, "ada", "one");
	fixture_repo_of(st, "ada", "two");
	fixture_repo_of(st, "bob", "three");
	fixture_repo_of(st, "bob", "four");
	test_grants();
	test_holds();
	test_runs();
	test_cost();
	store_close(st);
	return tap_done();
}

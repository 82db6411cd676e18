/*
 * sees-t.c - which repositories somebody may read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/mem.h"
#include "lib/base/str.h"
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
	store_close(st);
	return tap_done();
}

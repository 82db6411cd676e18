/*
 * tokens-t.c - tokens and what they allow, sessions, failed attempts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/sessions.h"
#include "lib/store/sign_ins.h"
#include "lib/store/tokens.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct arena a;

/* "writer of ada/demo" of the token with this text, or "none". */
static const char *
found(struct store *st, const char *text)
{
	struct err err = { 0 };
	struct token t;

	if (must(token_find(st, text, &a, &t, &err)) == 0)
		return "none";
	return arena_printf(&a, "%s of %s", role_name(t.grant.role),
	    grant_scope_text(&t.grant, &a));
}

static const char *
add(struct store *st, struct token t)
{
	struct err err = { 0 };
	const char *text;

	return token_add(st, &t, "tester", &a, &text, &err) == -1 ?
	    arena_strdup(&a, err.text) : text;
}

static void
test_tokens(struct store *st, const char *path)
{
	const char *all = add(st, (struct token){ .name = "all",
	    .grant.role = ROLE_ADMIN });
	const char *owner = add(st, (struct token){ .name = "some",
	    .grant.role = ROLE_WRITER, .grant.owner = "owner" });
	const char *repo = add(st, (struct token){ .name = "one",
	    .grant.role = ROLE_READER, .grant.owner = "owner", .grant.repo = "r" });
	struct err err = { 0 };
	struct token *list;
	size_t n;

	ok(strncmp(all, TOKEN_PREFIX, strlen(TOKEN_PREFIX)) == 0 &&
	    strlen(all) == 48, "a token says that it is one");
	ok(strcmp(all, owner) != 0, "no two are alike");
	is_str(found(st, all), "admin of everything", "one for everything");
	is_str(found(st, owner), "writer of owner owner", "for an owner");
	is_str(found(st, repo), "reader of owner/r", "for a repository");
	is_str(found(st, "pawl_"), "none", "another text is none");
	is_str(found(st, arena_printf(&a, "%0200d", 1)), "none",
	    "nor a long one");
	is_str(add(st, (struct token){ .name = "ALL" }), "there is a token "
	    "\"ALL\" already: remove it first, or take another name",
	    "a name is taken once, in any case");
	is_str(add(st, (struct token){ .name = "x", .grant.owner = "owner",
	    .grant.repo = "none" }), "there is no repository \"owner/none\"",
	    "a scope must be there");
	is_str(add(st, (struct token){ .name = "x\n" }), "a token's name has "
	    "letters, digits, \"_\", \".\", \"@\", and \"-\" and blanks "
	    "inside; \"x\n\" is none", "a name is one line");
	is_str(add(st, (struct token){ .name = "x", .expires_at_ms = 1 }),
	    "a token cannot end in the past", "an end is ahead");
	must(token_list(st, &a, &list, &n, &err));
	is_int((long long)n, 3, "what is refused is not stored");
	is_str(list[1].name, "one", "they are listed by name");
	must(token_remove(st, 0, "one", &err));
	is_str(found(st, repo), "none", "a removed one is none");
	is_int(token_remove(st, 0, "one", &err), -1, "and is gone");
	fixture_sql(path, "UPDATE tokens SET expires_at_ms = 1 "
	    "WHERE name = 'some'");
	is_str(found(st, owner), "none", "so is one that has ended");
}

static const struct {
	enum role role;
	const char *owner, *repo; /* its scope */
	enum role asked;
	const char *in_owner, *in_repo;
	bool want;
} rights[] = {
	{ ROLE_ADMIN, NULL, NULL, ROLE_WRITER, NULL, NULL, true },
	{ ROLE_ADMIN, NULL, NULL, ROLE_ADMIN, "o", "r", true },
	{ ROLE_WRITER, NULL, NULL, ROLE_ADMIN, "o", "r", false },
	{ ROLE_READER, NULL, NULL, ROLE_WRITER, "o", "r", false },
	{ ROLE_READER, NULL, NULL, ROLE_READER, NULL, NULL, true },
	{ ROLE_WRITER, "o", NULL, ROLE_WRITER, "O", "r", true },
	{ ROLE_WRITER, "o", NULL, ROLE_WRITER, "o", NULL, true },
	{ ROLE_WRITER, "o", NULL, ROLE_WRITER, "p", "r", false },
	{ ROLE_ADMIN, "o", NULL, ROLE_READER, NULL, NULL, false },
	{ ROLE_WRITER, "o", "r", ROLE_WRITER, "o", "R", true },
	{ ROLE_WRITER, "o", "r", ROLE_WRITER, "o", "r2", false },
	{ ROLE_WRITER, "o", "r", ROLE_WRITER, "p", "r", false },
	{ ROLE_WRITER, "o", "r", ROLE_WRITER, "o", NULL, false },
};

static void
test_rights(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
		struct token t = { .grant.role = rights[i].role,
			.grant.owner = rights[i].owner, .grant.repo = rights[i].repo };

		is_int(grant_allows(&t.grant, rights[i].asked, rights[i].in_owner,
		    rights[i].in_repo), rights[i].want, "%s of %s, %s in "
		    "%s/%s", role_name(t.grant.role), grant_scope_text(&t.grant, &a),
		    role_name(rights[i].asked), rights[i].in_owner != NULL ?
		    rights[i].in_owner : "*", rights[i].in_repo != NULL ?
		    rights[i].in_repo : "*");
	}
}

static void
test_use(struct store *st, const char *path)
{
	const char *text = add(st, (struct token){ .name = "used" });
	int64_t hour = INT64_C(3600) * 1000, used;
	struct err err = { 0 };
	struct token t;

	must(token_find(st, text, &a, &t, &err));
	is_int(t.used_at_ms, 0, "a new one was never used");
	must(token_used(st, &t, &err));
	must(token_find(st, text, &a, &t, &err));
	used = t.used_at_ms;
	ok(used > 0, "its use is noted");
	fixture_sql(path, "UPDATE tokens SET used_at_ms = used_at_ms - 1000 "
	    "WHERE name = 'used'");
	must(token_find(st, text, &a, &t, &err));
	must(token_used(st, &t, &err));
	must(token_find(st, text, &a, &t, &err));
	is_int(t.used_at_ms, used - 1000, "but not a second later");
	t.used_at_ms -= 2 * hour;
	fixture_sql(path, "UPDATE tokens SET used_at_ms = used_at_ms - "
	    "7200000 WHERE name = 'used'");
	must(token_used(st, &t, &err));
	must(token_find(st, text, &a, &t, &err));
	ok(t.used_at_ms >= used, "and again after an hour");
}

static const char *
session_of(struct store *st, const char *value)
{
	struct err err = { 0 };
	struct session s;
	struct token t;

	if (must(session_find(st, value, &a, &s, &err)) == 0 ||
	    must(token_find_id(st, s.token, &a, &t, &err)) == 0)
		return "none";
	return t.name;
}

static void
test_sessions(struct store *st, const char *path)
{
	const char *text = add(st, (struct token){ .name = "browser" });
	char form[SESSION_FORM_SIZE], other[SESSION_FORM_SIZE];
	const char *first, *second;
	struct err err = { 0 };
	struct session s = { 0 };
	struct token t;

	must(token_find(st, text, &a, &t, &err));
	s.token = t.id;
	must(session_begin(st, &s, &a, &first, &err));
	must(session_begin(st, &s, &a, &second, &err));
	is_str(session_of(st, first), "browser", "a session has its token");
	is_str(session_of(st, text), "none", "the token is no session");
	is_str(found(st, first), "none", "nor is a session a token");
	session_form(first, form);
	session_form(second, other);
	is_int((long long)strlen(form), 64, "its forms have a text");
	ok(strcmp(form, other) != 0, "which no other session's have");
	must(session_end(st, first, &err));
	is_str(session_of(st, first), "none", "one that was ended is none");
	is_str(session_of(st, second), "browser", "the other one stays");
	fixture_sql(path, "UPDATE sessions SET expires_at_ms = 1");
	is_str(session_of(st, second), "none", "it ends by itself");
	must(session_begin(st, &s, &a, &first, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM sessions"), 1,
	    "and is removed when the next one begins");
	fixture_sql(path, "UPDATE tokens SET expires_at_ms = 1 "
	    "WHERE name = 'browser'");
	is_str(session_of(st, first), "none", "none outlives its token");
}

static void
fail(struct store *st, const char *address, int times)
{
	struct err err = { 0 };

	for (int i = 0; i < times; i++)
		must(sign_in_failed(st, address, NULL, "test", &err));
}

static void
test_attempts(struct store *st, const char *path)
{
	struct err err = { 0 };

	fail(st, "192.0.2.1", SIGN_IN_MAX - 1);
	is_int(sign_in_allowed(st, "192.0.2.1", NULL, &err), 1, "some may fail");
	fail(st, "192.0.2.1", 1);
	is_int(sign_in_allowed(st, "192.0.2.1", NULL, &err), 0, "then one waits");
	is_int(sign_in_allowed(st, "192.0.2.2", NULL, &err), 1, "others do not");
	for (int i = 0; i < SIGN_IN_MAX; i++)
		fail(st, arena_printf(&a, "2001:db8:0:1::%x", i), 1);
	is_int(sign_in_allowed(st, "2001:db8:0:1:ffff::1", NULL, &err), 0,
	    "a network of IPv6 is one sender");
	is_int(sign_in_allowed(st, "2001:db8:0:2::1", NULL, &err), 1,
	    "another is another");
	fail(st, "::ffff:192.0.2.7", SIGN_IN_MAX);
	is_int(sign_in_allowed(st, "::ffff:192.0.2.8", NULL, &err), 1,
	    "an address of IPv4 in IPv6 is one of its own");
	fail(st, NULL, 1);
	fixture_sql(path, "UPDATE sign_in_failures SET since_ms = 1");
	is_int(sign_in_allowed(st, "192.0.2.1", NULL, &err), 1, "for a time");
	fail(st, "192.0.2.9", 1);
	is_int(fixture_sql(path, "SELECT count(*) FROM sign_in_failures"), 1,
	    "what no longer counts goes");
}

int
main(void)
{
	const char *path;
	struct store *st;

	arena_init(&a, 0);
	st = fixture_store(&path);
	fixture_repo(st, "r");
	test_tokens(st, path);
	test_rights();
	test_use(st, path);
	test_sessions(st, path);
	test_attempts(st, path);
	store_close(st);
	arena_release(&a);
	return tap_done();
}

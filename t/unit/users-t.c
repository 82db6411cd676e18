/*
 * users-t.c - users: names, grants, passwords, links, accounts elsewhere,
 * attempts to sign in; and the audit of what is done.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/grants.h"
#include "lib/store/identities.h"
#include "lib/store/links.h"
#include "lib/store/passwords.h"
#include "lib/store/sessions.h"
#include "lib/store/sign_ins.h"
#include "lib/store/tokens.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

extern const char password_of_nobody[];

static struct arena a;
static struct store *st;
static const char *path;
static struct err err;

/* "" or the error of a call. */
static const char *
said(int rc)
{
	const char *text = rc == -1 ? arena_strdup(&a, err.text) : "";

	err = (struct err){ 0 };
	return text;
}

static int64_t
add(const char *name)
{
	int64_t id = 0;

	must(user_add(st, name, "tester", &id, &err));
	return id;
}

static const char *
may(int64_t user)
{
	struct grant *list;
	const char *text = "";
	size_t n;

	must(grant_list(st, user, &a, &list, &n, &err));
	for (size_t i = 0; i < n; i++)
		text = arena_printf(&a, "%s%s%s", text, i > 0 ? ", " : "",
		    grant_text(&list[i], &a));
	return text;
}

static const char *
give(int64_t user, enum role role, const char *owner, const char *repo)
{
	const struct grant g = { role, owner, repo };

	return said(grant_set(st, user, &g, "tester", &a, &err));
}

static void
test_names(void)
{
	struct token t = { .name = "robot" };
	const char *text;
	int64_t id;

	add("ada");
	is_str(said(user_add(st, "ADA", "x", &id, &err)), "there is a user "
	    "\"ADA\" already: take another name", "a name is taken in any "
	    "case");
	must(token_add(st, &t, "x", &a, &text, &err));
	is_str(said(user_add(st, "Robot", "x", &id, &err)), "there is a token "
	    "\"Robot\" already: take another name", "also by a token");
	t.name = "ada";
	is_str(said(token_add(st, &t, "x", &a, &text, &err)), "there is a "
	    "user \"ada\" already: take another name", "and the other way");
	ok(strstr(said(user_add(st, "a b", "x", &id, &err)),
	    "\"a b\" is none") != NULL, "no blank is in one");
	is_str(said(user_add(st, "", "x", &id, &err)), "a user's name has 1 "
	    "to 100 characters", "nor is it empty");
	is_int(fixture_sql(path, "SELECT count(*) FROM users"), 1,
	    "what is refused is not stored");
}

static void
test_grants(void)
{
	const struct grant all = { ROLE_ADMIN, NULL, NULL };
	struct user u;
	int64_t id, other = add("other");

	must(user_find(st, "ada", &a, &u, &err));
	id = u.id;
	is_str(may(id), "", "a new user may nothing");
	is_str(give(id, ROLE_ADMIN, NULL, NULL), "", "one may everything");
	is_str(give(id, ROLE_READER, "owner", "r"), "", "and less elsewhere");
	is_str(give(id, ROLE_WRITER, "OWNER", "R"), "", "once in a scope");
	is_str(give(id, ROLE_READER, "acme", NULL), "", "an owner");
	is_str(may(id), "admin of everything, reader of owner acme, writer of "
	    "owner/r", "the widest first");
	is_str(give(id, ROLE_READER, "owner", "none"),
	    "there is no repository \"owner/none\"", "a scope must be there");
	is_str(give(id, ROLE_READER, NULL, NULL), "this is the last "
	    "administrator of everything: make another one first",
	    "the last administrator stays one");
	is_str(said(grant_remove(st, id, &all, &a, &err)), "this is the last "
	    "administrator of everything: make another one first",
	    "in every way");
	is_str(said(user_disable(st, id, true, &err)), "this is the last "
	    "administrator of everything: make another one first", "and on");
	is_str(give(other, ROLE_ADMIN, NULL, NULL), "", "with another one");
	is_str(said(user_disable(st, id, true, &err)), "", "he may go");
	is_str(said(user_remove(st, other, &err)), "this is the last "
	    "administrator of everything: make another one first",
	    "who is disabled does not count");
	is_str(said(user_disable(st, id, false, &err)), "", "he is back");
	is_str(said(user_remove(st, other, &err)), "", "the other one goes");
	is_str(said(grant_remove(st, id, &(struct grant){ ROLE_READER, "none",
	    NULL }, &a, &err)), "there is no grant of owner none",
	    "what he has not cannot be taken");
}

static const struct {
	struct grant g, h;
	const char *want; /* NULL: nothing */
} both[] = {
	{ { ROLE_ADMIN, NULL, NULL }, { ROLE_READER, "o", "r" },
	    "reader of o/r" },
	{ { ROLE_READER, NULL, NULL }, { ROLE_ADMIN, "o", NULL },
	    "reader of owner o" },
	{ { ROLE_WRITER, "o", NULL }, { ROLE_ADMIN, "O", "r" },
	    "writer of O/r" },
	{ { ROLE_WRITER, "o", "r" }, { ROLE_WRITER, "o", "r2" }, NULL },
	{ { ROLE_WRITER, "o", NULL }, { ROLE_WRITER, "p", NULL }, NULL },
	{ { ROLE_ADMIN, NULL, NULL }, { ROLE_ADMIN, NULL, NULL },
	    "admin of everything" },
};

static void
test_both(void)
{
	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		struct grant out, turned;
		bool has = grant_both(&both[i].g, &both[i].h, &out);
		bool same = grant_both(&both[i].h, &both[i].g, &turned);

		is_str(has ? grant_text(&out, &a) : NULL, both[i].want,
		    "what %s and %s allow", grant_text(&both[i].g, &a),
		    grant_text(&both[i].h, &a));
		ok(has == same && (!has || (turned.role == out.role &&
		    grant_allows(&turned, out.role, out.owner, out.repo))),
		    "from the other side, too");
	}
}

static void
test_passwords(void)
{
	struct session s = { 0 };
	const char *hash, *one, *two;
	struct user u;

	is_int(crypto_pwhash_str_needs_rehash(password_of_nobody,
	    PASSWORD_PASSES, PASSWORD_MEMORY), 0,
	    "a name that is none costs the same");
	is_str(said(password_check("short", "ada", &err)),
	    "a password has 10 to 1000 characters", "a short one");
	is_str(said(password_check("aaaaaaaaaaaa", "ada", &err)), "a password "
	    "is not one character again and again", "a dull one");
	is_str(said(password_check("adaadaadaada", "AdaAdaAdaAda", &err)),
	    "a password is not the user's name", "the name");
	must(user_find(st, "ada", &a, &u, &err));
	is_int(password_verify(st, "ada", "", &a, &u, &err), 0,
	    "a user without one does not sign in");
	must(password_hash("correct horse", &a, &hash, &err));
	s.user = u.id;
	must(session_begin(st, &s, &a, &one, &err));
	must(session_begin(st, &s, &a, &two, &err));
	must(session_find(st, two, &a, &s, &err));
	must(password_set(st, u.id, hash, s.id, &err));
	is_int(session_find(st, one, &a, &s, &err), 0, "other sessions end");
	is_int(session_find(st, two, &a, &s, &err), 1, "but for one's own");
	is_int(password_verify(st, "Ada", "correct horse", &a, &u, &err), 1,
	    "the right one");
	is_int(password_verify(st, "ada", "correct hors", &a, &u, &err), 0,
	    "a wrong one");
	is_int(password_verify(st, "eve", "correct horse", &a, &u, &err), 0,
	    "a wrong name");
	add("second");
	is_str(give(u.id, ROLE_ADMIN, NULL, NULL), "", "an administrator");
}

static void
test_links(void)
{
	const char *first, *second, *name = "second";
	struct user u, made;
	struct link link;

	is_str(said(link_make(st, LINK_SETUP, 0, "x", &a, &first, &err)),
	    "there is an administrator already; \"pawl user link NAME\" lets "
	    "one in who has lost the password", "no setup with one");
	is_int(link_first(st, &a, &first, &err), 0, "nor at the start");
	must(user_find(st, name, &a, &u, &err));
	must(link_make(st, LINK_PASSWORD, u.id, "x", &a, &first, &err));
	must(link_make(st, LINK_PASSWORD, u.id, "x", &a, &second, &err));
	is_int(link_find(st, first, &a, &link, &err), 0,
	    "a new link ends the one before");
	is_int(link_find(st, second, &a, &link, &err), 1, "and counts");
	is_str(said(link_accept(st, second, NULL, "short", &a, &made, &err)),
	    "a password has 10 to 1000 characters", "a bad password");
	is_str(said(link_accept(st, second, NULL, "correct horse", &a, &made,
	    &err)), "", "may be mended");
	is_str(made.name, name, "the user is the link's");
	ok(strstr(said(link_accept(st, second, NULL, "correct horse", &a,
	    &made, &err)), "does not count any more") != NULL, "once");
	must(link_make(st, LINK_PASSWORD, u.id, "x", &a, &second, &err));
	fixture_sql(path, "UPDATE links SET expires_at_ms = 1");
	is_int(link_find(st, second, &a, &link, &err), 0, "for a day");
}

static const char *
arrive(const char *subject, const char *login, bool may_join, int64_t joins)
{
	static const struct grant grants[] = {
		{ ROLE_READER, "owner", "r" }, { ROLE_WRITER, "owner", "r" },
		{ ROLE_ADMIN, "gone", "gone" },
	};
	const struct arrival who = { "p", subject, login, grants,
		ARRAY_LEN(grants), may_join, joins };
	struct user u;
	int rc = identity_arrive(st, &who, &a, &u, &err);

	return rc == -1 ? said(rc) : arena_printf(&a, "%s: %s", u.name,
	    may(u.id));
}

static void
test_identities(void)
{
	struct user u;

	is_str(arrive("1", "mona lisa", true, 0), "mona-lisa: writer of "
	    "owner/r", "a new user, with the higher role");
	is_str(arrive("1", "other", true, 0), "mona-lisa: writer of owner/r",
	    "known by the id");
	is_str(arrive("2", "ADA", true, 0), "ADA-2: writer of owner/r",
	    "no name that is taken");
	is_str(arrive("3", "robot", true, 0), "robot-2: writer of owner/r",
	    "also by a token");
	is_str(arrive("1", "mona", false, 0), "the rules of \"p\" do not let "
	    "this account in", "the rules can change");
	must(user_find(st, "second", &a, &u, &err));
	is_str(arrive("9", "x", false, u.id), "second: writer of owner/r",
	    "what is joined counts");
	is_str(arrive("9", "x", false, 0), "second: writer of owner/r",
	    "whatever the rules say");
	is_str(arrive("1", "x", true, u.id), "this account of p belongs to "
	    "another user already", "nobody takes another one's");
	must(user_disable(st, u.id, true, &err));
	is_str(arrive("9", "x", true, 0), "the user \"second\" is disabled",
	    "a disabled user stays out");
	ok(strstr(arrive("", "x", true, 0), "names nobody") != NULL,
	    "somebody it must be");
}

static void
test_attempts(void)
{
	struct user u;

	must(user_find(st, "ada", &a, &u, &err));
	must(sign_in_done(st, u.id, "ada", "192.0.2.1", "password", &err));
	for (int i = 0; i < SIGN_IN_USER_MAX; i++)
		must(sign_in_failed(st, arena_printf(&a, "198.51.100.%d", i),
		    "Ada", "test", &err));
	is_int(sign_in_allowed(st, "203.0.113.1", "ADA", &err), 0,
	    "who is tried from everywhere waits");
	is_int(sign_in_allowed(st, "192.0.2.1", "ada", &err), 1,
	    "but not where he has been before");
	is_int(sign_in_allowed(st, "203.0.113.1", "second", &err), 1,
	    "nor do others");
	is_int(sign_in_allowed(st, "203.0.113.1", NULL, &err), 1,
	    "nor tokens");
}

static void
test_audit(void)
{
	struct audit_query q = { .action = "user", .limit = 100 };
	struct audit_entry *list;
	int64_t id;
	size_t n;

	must(audit_list(st, &(struct audit_query){ .action = "user.add",
	    .limit = 9 }, &a, &list, &n, &err));
	is_int((long long)n, 0, "who acts for nobody writes no audit");
	store_act_for(st, "boss", "192.0.2.7");
	id = add("told");
	is_str(give(id, ROLE_READER, "owner", "r"), "", "a grant");
	ok(*give(id, ROLE_READER, "no", "no") != '\0', "one that fails");
	must(user_remove(st, id, &err));
	store_act_for(st, NULL, NULL);
	q.actor = "boss";
	must(audit_list(st, &q, &a, &list, &n, &err));
	is_int((long long)n, 3, "what was done is told, and nothing else");
	is_str(list[0].action, "user.remove", "the newest first");
	is_str(list[1].detail, "reader of owner/r", "with what it was");
	is_str(list[2].target, "user told", "on whom");
	is_str(list[2].address, "192.0.2.7", "and from where");
	q.before = list[0].id;
	q.limit = 1;
	must(audit_list(st, &q, &a, &list, &n, &err));
	ok(n == 1 && strcmp(list[0].action, "user.grant") == 0, "by pages");
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	arena_init(&a, 0);
	st = fixture_store(&path);
	fixture_repo(st, "r");
	test_names();
	test_grants();
	test_both();
	test_passwords();
	test_links();
	test_identities();
	test_attempts();
	test_audit();
	store_close(st);
	arena_release(&a);
	return tap_done();
}

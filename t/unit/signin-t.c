/*
 * signin-t.c - attempts to sign in elsewhere: what the browser keeps, and what
 * follows from it; who an account is, and what rules give it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "cgi/signin.h"
#include "lib/base/mem.h"
#include "t/lib/tap.h"

#define NOW 1000000

static struct arena a;

static void
test_attempt(void)
{
	struct attempt t, back;
	const char *cookie;

	attempt_begin(&t, "p", false, "/ci/a?b=c;d,e", NOW);
	cookie = attempt_cookie(&t, &a);
	ok(strpbrk(cookie, " ;,\"\\") == NULL, "it fits a cookie");
	ok(attempt_read(&back, cookie, "p", NOW + SIGNIN_S, &a),
	    "it counts for a time");
	is_str(back.to, "/ci/a?b=c;d,e", "and knows where to go");
	ok(attempt_is(&back, t.state) && strcmp(back.verifier,
	    t.verifier) == 0 && strcmp(back.nonce, t.nonce) == 0,
	    "with all that follows from it");
	ok(strcmp(t.state, t.nonce) != 0 && strcmp(t.state, t.verifier) != 0 &&
	    strcmp(t.verifier, t.challenge) != 0 && strcmp(t.nonce,
	    t.secret) != 0, "which are different things");
	ok(!attempt_read(&back, cookie, "p", NOW + SIGNIN_S + 1, &a),
	    "then it is over");
	ok(!attempt_read(&back, cookie, "p", NOW - 1, &a),
	    "none is from the future");
	ok(attempt_read(&back, cookie, "q", NOW, &a) &&
	    !attempt_is(&back, t.state), "another provider has another state");
	ok(!attempt_is(&t, NULL) && !attempt_is(&t, "") &&
	    !attempt_is(&t, t.nonce), "nothing else is its state");
	attempt_begin(&back, "p", false, "/ci/a?b=c;d,e", NOW);
	ok(!attempt_is(&back, t.state), "no two are alike");
}

static void
test_damage(void)
{
	static const char *const wrong[] = { "", ".", "...", "a.1.0.x",
		"x.y.z", "0123456789012345678901234567890123456789012.-1.0.",
		"0123456789012345678901234567890123456789012.1000000.2.",
		"0123456789012345678901234567890123456789012.1000000.0.%0",
		"0123456789012345678901234567890123456789012.1000000.0" };
	struct attempt t;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		ok(!attempt_read(&t, wrong[i], "p", NOW, &a), "\"%s\" is none",
		    wrong[i]);
	attempt_begin(&t, "p", false, NULL, NOW);
	ok(attempt_read(&t, arena_printf(&a, "%.43s.%d.1.", t.secret, NOW),
	    "p", NOW, &a) && t.joins, "joining is said there");
}

static const char *
who(const char *kind, const char *json)
{
	const struct config_sign_in p = { .name = "n", .kind = kind,
		.groups_claim = "groups" };
	json_t *user = json_loads(json, 0, NULL);
	struct account out;
	struct err err = { 0 };
	const char *text;

	if (account_read(&p, user, &a, &out, &err) == -1) {
		json_decref(user);
		return arena_strdup(&a, err.text);
	}
	text = arena_printf(&a, "%s %s", out.subject, out.login);
	for (size_t i = 0; i < out.n_groups; i++)
		text = arena_printf(&a, "%s [%s]", text, out.groups[i]);
	json_decref(user);
	return text;
}

static void
test_accounts(void)
{
	is_str(who("github", "{\"id\":42,\"login\":\"mona\",\"sub\":\"x\"}"),
	    "42 mona", "GitHub");
	is_str(who("gitlab", "{\"sub\":\"7\",\"nickname\":\"al\",\"groups\":"
	    "[\"a\",\"a/b\",3]}"), "7 al [a] [a/b]", "GitLab");
	is_str(who("oidc", "{\"sub\":\"u\",\"name\":\"ada\",\"email\":"
	    "\"ada@x\"}"), "u u", "a name that everybody writes is no login");
	is_str(who("oidc", "{\"sub\":\"\"}"), "\"n\" does not say who it is",
	    "nobody");
	is_str(who("github", "{\"sub\":\"u\"}"), "\"n\" does not say who it "
	    "is", "nor without the right id");
}

static void
test_rules(void)
{
	static const char *const groups[] = { "acme", "acme/ops" };
	static const char *const allow[] = { "group:ACME/ops" };
	static const struct config_grant grants[] = {
		{ "group:acme", NULL, 0, "reader", "everything" },
		{ "group:acm", NULL, 0, "admin", "everything" },
		{ "user:ADA", NULL, 0, "writer", "owner x" },
		{ "id:42", NULL, 0, "admin", "x/y" },
		{ "id:4", NULL, 0, "admin", "everything" },
		{ "anybody", NULL, 0, "reader", "x/z" },
	};
	const struct config_sign_in p = { .name = "n", .allow = { allow, 1 },
		.grants = grants, .n_grants = ARRAY_LEN(grants) };
	struct account one = { "42", "ada", groups, 2 };
	struct account other = { "1", "eve", NULL, 0 };
	struct arrival got;
	struct err err = { 0 };

	is_int(account_arrival(&p, &one, &a, &got, &err), 0, "rules");
	ok(got.may_join && got.n_grants == 4, "all that fit count");
	is_str(grant_text(&got.grants[2], &a), "admin of x/y", "as they say");
	is_int(account_arrival(&p, &other, &a, &got, &err), 0, "another");
	ok(!got.may_join && got.n_grants == 1, "and none that does not");
}

static void
test_addresses(void)
{
	ok(fetch_may("https://x.example/y") && fetch_may("http://127.0.0.1:1/")
	    && fetch_may("http://localhost/"), "https, or this host");
	ok(!fetch_may("http://x.example/") && !fetch_may("file:///etc/passwd")
	    && !fetch_may("http://localhost.evil.example/") &&
	    !fetch_may("http://127.0.0.1@evil.example/") &&
	    !fetch_may("https://u@x.example/"), "nothing else");
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	arena_init(&a, 0);
	test_attempt();
	test_damage();
	test_accounts();
	test_rules();
	test_addresses();
	arena_release(&a);
	return tap_done();
}

/*
 * status-t.c - what each forge is told, word by word; where its API is; what
 * answers mean; pauses and the breaker.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/backoff.h"
#include "lib/base/mem.h"
#include "lib/base/outgoing.h"
#include "lib/base/retries.h"
#include "lib/base/str.h"
#include "lib/forge/answer.h"
#include "lib/forge/comment.h"
#include "lib/forge/status.h"
#include "t/lib/tap.h"

#define SHA "0123456789012345678901234567890123456789"

/* --- where the API is ---------------------------------------------------------- */

static const struct {
	const char *forge, *clone, *api, *owner, *want;
} places[] = {
	{ "github", "https://github.com/o/n.git", NULL, "o",
	    "https://api.github.com" },
	{ "github", "git@github.com:o/n.git", NULL, "o",
	    "https://api.github.com" },
	{ "github", "https://ghe.test/o/n", NULL, "o",
	    "https://ghe.test/api/v3" },
	{ "gitlab", "https://gitlab.com/a/b/n.git", NULL, "a/b",
	    "https://gitlab.com/api/v4" },
	{ "gitlab", "https://host.test/git/a/b/n.git", NULL, "a/b",
	    "https://host.test/git/api/v4" },
	{ "gitea", "http://host.test:3000/o/n.git", NULL, "o",
	    "http://host.test:3000/api/v1" },
	{ "gitea", "ssh://git@host.test:2222/o/n.git", NULL, "o",
	    "https://host.test/api/v1" },
	{ "forgejo", "https://codeberg.org/O/N.git", NULL, "o",
	    "https://codeberg.org/api/v1" },
	{ "bitbucket", "https://me@bitbucket.org/o/n.git", NULL, "o",
	    "https://api.bitbucket.org/2.0" },
	{ "bitbucket", "https://host.test/scm/o/n.git", NULL, "o",
	    "https://host.test/rest" },
	{ "bitbucket-dc", "https://host.test/bb/scm/o/n.git", NULL, "o",
	    "https://host.test/bb/rest" },
	{ "gitea", "/srv/git/o/n.git", "https://api.test/v1", "o",
	    "https://api.test/v1" },
};

static void
test_places(void)
{
	struct arena a = ARENA_INIT(0);
	struct forge_api api;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		int rc = forge_api_find(places[i].forge, places[i].clone,
		    places[i].api, places[i].owner, "n", &a, &api, &err);

		is_str(rc == 0 ? api.base : err.text, places[i].want,
		    "the API of %s", places[i].clone);
	}
	is_int(forge_api_find("gitea", "/srv/git/o/n.git", NULL, "o", "n", &a,
	    &api, &err), -1, "a folder does not tell");
	ok(strstr(err.text, "--api-url") != NULL, "%s", err.text);
	is_int(forge_api_find("generic", "https://h.test/o/n", NULL, "o", "n",
	    &a, &api, &err), -1, "nor is every forge told");
	is_int(err.code, ERR_UNSUPPORTED, "%s", err.text);
	arena_release(&a);
}

/* --- statuses ------------------------------------------------------------------ */

static const struct {
	const char *forge, *clone, *token, *url, *header, *body;
} told[] = {
	{ "github", "https://github.com/o/n.git", "T",
	    "https://api.github.com/repos/o/n/statuses/" SHA,
	    "Authorization: Bearer T",
	    "{\"state\":\"failure\",\"target_url\":\"https://ci.test/o/n/runs/7\""
	    ",\"description\":\"1 of 2 jobs failed\","
	    "\"context\":\"ci/pawl/push/ci\"}" },
	{ "gitlab", "https://gitlab.com/o/n.git", "T",
	    "https://gitlab.com/api/v4/projects/o%2Fn/statuses/" SHA,
	    "PRIVATE-TOKEN: T",
	    "{\"state\":\"failed\",\"ref\":\"main\",\"name\":\"ci/pawl/push/ci\","
	    "\"target_url\":\"https://ci.test/o/n/runs/7\","
	    "\"description\":\"1 of 2 jobs failed\"}" },
	{ "gitea", "https://gitea.com/o/n.git", "T",
	    "https://gitea.com/api/v1/repos/o/n/statuses/" SHA,
	    "Authorization: token T",
	    "{\"state\":\"failure\",\"target_url\":\"https://ci.test/o/n/runs/7\""
	    ",\"description\":\"1 of 2 jobs failed\","
	    "\"context\":\"ci/pawl/push/ci\"}" },
	{ "forgejo", "https://codeberg.org/o/n.git", "T",
	    "https://codeberg.org/api/v1/repos/o/n/statuses/" SHA,
	    "Authorization: token T",
	    "{\"state\":\"failure\",\"target_url\":\"https://ci.test/o/n/runs/7\""
	    ",\"description\":\"1 of 2 jobs failed\","
	    "\"context\":\"ci/pawl/push/ci\"}" },
	{ "bitbucket", "https://bitbucket.org/o/n.git", "me@x.test:T",
	    "https://api.bitbucket.org/2.0/repositories/o/n/commit/" SHA
	    "/statuses/build",
	    "Authorization: Basic bWVAeC50ZXN0OlQ=",
	    "{\"key\":\"ci/pawl/push/ci\",\"state\":\"FAILED\","
	    "\"name\":\"ci/pawl/push/ci\","
	    "\"url\":\"https://ci.test/o/n/runs/7\","
	    "\"description\":\"1 of 2 jobs failed\",\"refname\":\"main\"}" },
	{ "bitbucket-dc", "https://host.test/scm/o/n.git", "T",
	    "https://host.test/rest/api/latest/projects/o/repos/n/commits/"
	    SHA "/builds", "Authorization: Bearer T",
	    "{\"key\":\"ci/pawl/push/ci\",\"state\":\"FAILED\","
	    "\"name\":\"ci/pawl/push/ci\","
	    "\"url\":\"https://ci.test/o/n/runs/7\","
	    "\"description\":\"1 of 2 jobs failed\","
	    "\"ref\":\"refs/heads/main\",\"buildNumber\":\"7\","
	    "\"duration\":2000}" },
};

/* pending, running, success, failure, error, cancelled, skipped */
static const char *const words[] = {
	"pending pending success failure error error success ",
	"pending running success failed failed canceled skipped ",
	"pending pending success failure error error success ",
	"pending pending success failure error error success ",
	"INPROGRESS INPROGRESS SUCCESSFUL FAILED FAILED STOPPED SUCCESSFUL ",
	"INPROGRESS INPROGRESS SUCCESSFUL FAILED FAILED CANCELLED "
	"SUCCESSFUL ",
};

static void
test_told(void)
{
	const struct forge_status s = { SHA, "ci/pawl/push/ci",
		FORGE_STATE_FAILURE, "1 of 2 jobs failed",
		"https://ci.test/o/n/runs/7", "main", 7, 2000 };
	struct arena a = ARENA_INIT(0);
	struct forge_api api;
	struct outgoing o;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		struct str all = STR_INIT;

		is_int(forge_api_find(told[i].forge, told[i].clone, NULL,
		    "o", "n", &a, &api, &err), 0, "%s is known",
		    told[i].forge);
		forge_status_request(&api, told[i].token, &s, &a, &o);
		is_str(o.method, "POST", "%s is told by POST", told[i].forge);
		is_str(o.url, told[i].url, "at its address");
		is_str(o.headers[0], told[i].header, "with its token");
		is_str(o.body, told[i].body, "in its words");
		for (int k = 0; k <= FORGE_STATE_SKIPPED; k++)
			str_addf(&all, "%s ", forge_state_word(&api, k));
		is_str(all.s, words[i], "all states of %s", told[i].forge);
		str_release(&all);
	}
	arena_release(&a);
}

/* A text of so many characters of two bytes. */
static const char *
long_text(size_t n, struct arena *a)
{
	struct str s = STR_INIT;
	const char *text;

	while (n-- > 0)
		str_add(&s, "\xc3\xa9");
	text = arena_strdup(a, s.s);
	str_release(&s);
	return text;
}

static void
test_limits(void)
{
	struct forge_status s = { .sha = SHA, .url = "u" };
	struct arena a = ARENA_INIT(0);
	struct forge_api api;
	struct outgoing o;
	struct err err = { 0 };
	const char *text;

	s.description = long_text(200, &a);
	s.context = "ci/pawl/pull_request/a workflow with a long name";
	forge_api_find("github", "https://github.com/o/n", NULL, "o", "n", &a,
	    &api, &err);
	forge_status_request(&api, "T", &s, &a, &o);
	text = arena_printf(&a, "\"%s...\"", long_text(137, &a));
	ok(strstr(o.body, text) != NULL, "GitHub's 140 characters");
	forge_api_find("bitbucket", "https://bitbucket.org/o/n", NULL, "o",
	    "n", &a, &api, &err);
	forge_status_request(&api, "T", &s, &a, &o);
	ok(str_starts_with(o.body, "{\"key\":\"pawl-") &&
	    strcspn(o.body + 8, "\"") == 37, "a key of Bitbucket that is too "
	    "long is hashed");
	forge_api_find("gitlab", "https://gitlab.com/o/n", NULL, "o", "n", &a,
	    &api, &err);
	ok(forge_status_known(&api, 400, "{\"message\":{\"state\":[\"Cannot "
	    "transition status via :run from :running\"]}}"),
	    "GitLab's 400 for a state that it has");
	ok(!forge_status_known(&api, 400, "{\"message\":\"ref is wrong\"}"),
	    "and no other");
	ok(!forge_token_valid("a b") && !forge_token_valid("a\r\nX: y") &&
	    !forge_token_valid("") && forge_token_valid("glpat-x"),
	    "a token is one word");
	arena_release(&a);
}

/* --- comments ------------------------------------------------------------------ */

static void
test_comments(void)
{
	static const char *const forges[][4] = {
		{ "github", "https://github.com/o/n", "PATCH "
		    "https://api.github.com/repos/o/n/issues/comments/42",
		    "[{\"id\":1,\"body\":\"x\"},{\"id\":42,\"body\":\"%s y\"}]" },
		{ "gitlab", "https://gitlab.com/o/n", "PUT "
		    "https://gitlab.com/api/v4/projects/o%2Fn/merge_requests/"
		    "7/notes/42", "[{\"id\":42,\"body\":\"%s\"}]" },
		{ "bitbucket", "https://bitbucket.org/o/n", "PUT "
		    "https://api.bitbucket.org/2.0/repositories/o/n/"
		    "pullrequests/7/comments/42", "{\"values\":[{\"id\":42,"
		    "\"content\":{\"raw\":\"%s\"}}]}" },
	};
	struct arena a = ARENA_INIT(0);
	struct forge_api api;
	struct outgoing o;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(forges); i++) {
		struct str list = STR_INIT;
		const char *p = forges[i][3], *id = "";

		forge_api_find(forges[i][0], forges[i][1], NULL, "o", "n",
		    &a, &api, &err);
		str_add_len(&list, p, (size_t)(strstr(p, "%s") - p));
		str_add(&list, forge_comment_mark(&api));
		str_add(&list, strstr(p, "%s") + 2);
		is_int(forge_comment_find(&api, list.s, list.len, &a, &id,
		    &err), 1, "%s: the comment is found", forges[i][0]);
		forge_comment_write(&api, "T", 7, id, "text", &a, &o);
		is_str(arena_printf(&a, "%s %s", o.method, o.url),
		    forges[i][2], "and edited");
		is_int(forge_comment_find(&api, "[", 1, &a, &id, &err), -1,
		    "an answer that is cut is none");
		is_int(forge_comment_find(&api, "[]", 2, &a, &id, &err), 0,
		    "nor is there one in none");
		err_clear(&err);
		str_release(&list);
	}
	arena_release(&a);
}

/* --- answers ------------------------------------------------------------------- */

static void
test_answers(void)
{
	static const struct {
		long status;
		int64_t after;
		const char *left, *reset, *body;
		enum answer_means means;
		int64_t pause;
		const char *text;
	} cases[] = {
		{ 201, -1, NULL, NULL, "", ANSWER_DONE, 0, "" },
		{ 500, -1, NULL, NULL, "", ANSWER_LATER, 0,
		    "the answer is 500" },
		{ 404, -1, NULL, NULL, "{\"message\":\"Not\\nFound\"}",
		    ANSWER_REFUSED, 0, "the answer is 404: Not Found" },
		{ 401, -1, NULL, NULL, "", ANSWER_REFUSED, 0,
		    "the answer is 401 (is the token right, and may it do "
		    "this?)" },
		{ 429, 5, NULL, NULL, "", ANSWER_LATER, 1005000,
		    "the answer is 429 (asks for a pause)" },
		{ 429, 99999999, NULL, NULL, "", ANSWER_LATER,
		    1000000 + ANSWER_MAX_PAUSE_MS,
		    "the answer is 429 (asks for a pause)" },
		{ 403, -1, "0", "1060", "", ANSWER_LATER, 1060000,
		    "the answer is 403 (asks for a pause)" },
		{ 403, -1, "17", "1060", "", ANSWER_REFUSED, 0,
		    "the answer is 403 (is the token right, and may it do "
		    "this?)" },
		{ 403, -1, "0", "-99999999999999999999", "", ANSWER_REFUSED,
		    0, "the answer is 403 (is the token right, and may it do "
		    "this?)" },
		{ 422, -1, NULL, NULL, "{\"errors\":[{\"message\":\"no\"}]}",
		    ANSWER_REFUSED, 0, "the answer is 422: no" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct answer r = { cases[i].status, cases[i].after,
			cases[i].left, cases[i].reset, NULL, cases[i].body,
			strlen(cases[i].body) };
		struct err err = { 0 };
		struct answer_judgement j = answer_judge(&r, 1000000, &err);

		ok((j.means == cases[i].means) &&
		    j.pause_until_ms == cases[i].pause, "%ld is understood",
		    cases[i].status);
		is_str(err.text, cases[i].text, "and told");
	}
}

/* --- pauses -------------------------------------------------------------------- */

static void
test_pauses(void)
{
	struct breaker b = { 0, 0 };
	int64_t until;

	/* A chance of 250 is neither more nor less. */
	is_int(backoff_ms(1, 2000, 900000, 250), 2000, "the first pause");
	is_int(backoff_ms(4, 2000, 900000, 250), 16000, "is doubled");
	is_int(backoff_ms(60, 2000, 900000, 250), 900000, "up to the most");
	is_int(backoff_ms(1, 2000, 900000, 0), 1500, "a quarter less");
	is_int(backoff_ms(1, 2000, 900000, 500), 2500, "or more");
	for (int i = 1; i < RETRY_HOST_FAILURES; i++)
		breaker_failed(&b, 1000, 100, 250);
	is_int(breaker_state(&b, 1000), BREAKER_CLOSED, "some failures");
	breaker_failed(&b, 1000, 100, 250);
	is_int(breaker_state(&b, 1000), BREAKER_OPEN, "one too many");
	until = b.until_ms;
	is_int(until, 1000 + RETRY_HOST_FACTOR * 100, "for so long");
	breaker_failed(&b, 1001, 100, 250);
	is_int(b.until_ms, until, "those under way then change nothing");
	is_int(breaker_state(&b, until), BREAKER_HALF_OPEN, "then one may");
	breaker_failed(&b, until, 100, 250);
	is_int(b.until_ms - until, 2 * RETRY_HOST_FACTOR * 100,
	    "and when it fails the pause is longer");
	b = (struct breaker){ 0, 0 };
	breaker_pause(&b, 5000);
	is_int(breaker_state(&b, 4999), BREAKER_OPEN, "a pause is kept to");
	is_int(breaker_state(&b, 5000), BREAKER_CLOSED, "and is no failure");
}

static void
test_hosts(void)
{
	static const char *const hosts[][2] = {
		{ "https://Example.org/x", "example.org:443" },
		{ "http://h.test:8080", "h.test:8080" },
		{ "smtp://mail.test:587", "mail.test:587" },
		{ "https://[::1]:8443/", "[::1]:8443" },
		{ "https://[::1]/", "[::1]:443" },
		{ "https://u:p@h.test/", NULL },
		{ "file:///etc/passwd", NULL },
		{ "gopher://h.test/", NULL },
		{ "https://h.test:99999/", NULL },
		{ "https:///x", NULL },
		{ "https://h.test/a b", NULL },
		{ "https://h.test/\r\nX: y", NULL },
	};
	struct arena a = ARENA_INIT(0);
	const char *host;

	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		struct err err = { 0 };
		int rc = outgoing_host(hosts[i][0], &a, &host, &err);

		is_str(rc == 0 ? host : NULL, hosts[i][1], "the host of %s",
		    hosts[i][0]);
	}
	arena_release(&a);
}

int
main(void)
{
	test_places();
	test_told();
	test_limits();
	test_comments();
	test_answers();
	test_pauses();
	test_hosts();
	return tap_done();
}

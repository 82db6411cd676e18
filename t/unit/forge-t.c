/*
 * forge-t.c - webhooks of the forges: signatures, and what a push says.
 *
 * Real payloads and published signatures are read from $PAWL_CORPUS.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/forge/forge.h"
#include "t/lib/tap.h"

#define SHA_A "1111111111111111111111111111111111111111"
#define SHA_B "2222222222222222222222222222222222222222"
#define SHA_0 "0000000000000000000000000000000000000000"
#define REPO "\"repository\":{\"name\":\"r\",\"owner\":{\"login\":\"o\"}}"
#define PUSH(ref, after) "{\"ref\":\"" ref "\",\"before\":\"" SHA_A \
	"\",\"after\":\"" after "\"," REPO "}"
#define BAD_REF "ref is not a valid name of a branch or tag"
#define BAD_SHA "after is not a commit id of 40 or 64 hex digits"

#define MAC_START "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b0"
#define MAC MAC_START "43e17"

/* A file of the corpus. One that is missing fails the test, unless nobody
 * said where the corpus is. */
static bool
corpus_read(const char *name, struct str *out)
{
	const char *dir = getenv("PAWL_CORPUS");
	struct str path = STR_INIT;
	struct err err = { 0 };
	int rc;

	str_addf(&path, "%s/webhooks/%s",
	    dir != NULL ? dir : "../shared/corpus", name);
	str_clear(out);
	rc = file_read(path.s, 1 << 20, out, &err);
	if (rc == -1 && dir == NULL)
		tap_note("skipped, set PAWL_CORPUS: %s", err.text);
	else
		ok(rc == 0, "%s is there", name);
	str_release(&path);
	return rc == 0;
}

static void
test_table(void)
{
	ok(forge_find("github") == forge_at(0), "github is found by name");
	ok(forge_find("svn") == NULL, "an unknown forge is not");
	ok(forge_find("") == NULL, "nor is an empty name");
	ok(forge_at(99) == NULL, "the table ends");
	for (size_t i = 0; forge_at(i) != NULL; i++) {
		const struct forge *f = forge_at(i);

		ok(forge_find(forge_name(f)) == f, "%s is its name",
		    forge_name(f));
		is_int(forge_event_kind(f, "push"), FORGE_PUSH, "its push");
		is_int(forge_event_kind(f, "issues"), FORGE_EVENT,
		    "an event that a workflow can name");
		is_int(forge_event_kind(f, "status"), FORGE_OTHER,
		    "what would answer to itself");
	}
	is_int(forge_event_kind(forge_find("github"), "ping"), FORGE_PING,
	    "GitHub's ping");
}

/* Workflows have GitHub's words, whatever the forge's are. */
static void
test_words(void)
{
	static const char *const cases[][4] = {
		/* word, action, in GitHub's words */
		{ "pull_request", "opened", "pull_request", "opened" },
		{ "pull_request", "synchronized", "pull_request",
		    "synchronize" },
		{ "pull_request_approved", "reviewed", "pull_request_review",
		    "submitted" },
		{ "issues", "label_updated", "issues", "labeled" },
		{ "release", "updated", "release", "edited" },
		{ "release", "synchronized", "release", "synchronized" },
		{ "create", NULL, "create", NULL },
	};
	const struct forge *f = forge_find("gitea");

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = forge_event_name(f, cases[i][0]);

		is_str(name, cases[i][2], "event %s", cases[i][0]);
		is_str(forge_event_action(f, name, cases[i][1]), cases[i][3],
		    "its type %s", cases[i][1] != NULL ? cases[i][1] : "none");
	}
}

static void
test_payload(void)
{
	static const char json[] = "{\"a\": 1}", form[] =
	    "x=1", field[] = "payload=%7B%22a%22%3A+1%7D&x=1";
	static const char deep[] = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	    "[[[[[[[[[[[[[[[[[[[[[[[[";
	struct str out = STR_INIT;
	struct err err = { 0 };

	is_int(forge_payload(json, strlen(json), &out, &err), 0, "JSON");
	is_str(out.s, json, "is itself");
	str_clear(&out);
	is_int(forge_payload(field, strlen(field), &out, &err), 0, "a form");
	is_str(out.s, json, "is decoded");
	str_clear(&out);
	is_int(forge_payload(form, strlen(form), &out, &err), 0,
	    "what is neither");
	is_str(out.s, form, "is left to who parses it");
	is_int(forge_payload(deep, strlen(deep), &out, &err), -1,
	    "bounds hold: %s", err.text);
	str_release(&out);
}

static const struct {
	const char *value;
	enum forge_signature want;
	const char *what;
} signatures[] = {
	{ NULL, FORGE_SIGNATURE_MISSING, "no header" },
	{ "", FORGE_SIGNATURE_MISSING, "an empty header" },
	{ "sha256=", FORGE_SIGNATURE_MALFORMED, "no digits" },
	{ MAC, FORGE_SIGNATURE_MALFORMED, "no prefix" },
	{ "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
	    FORGE_SIGNATURE_MALFORMED, "another algorithm" },
	{ "SHA256=" MAC, FORGE_SIGNATURE_MALFORMED, "an upper-case prefix" },
	{ "sha256=" MAC_START "43e1", FORGE_SIGNATURE_MALFORMED,
	    "a digit too few" },
	{ "sha256=" MAC "0", FORGE_SIGNATURE_MALFORMED, "a digit too many" },
	{ "sha256=" MAC_START "43eZZ", FORGE_SIGNATURE_MALFORMED,
	    "no hex digits" },
	{ " sha256=" MAC, FORGE_SIGNATURE_MALFORMED, "a blank before" },
	{ "sha256=" MAC " ", FORGE_SIGNATURE_MALFORMED, "a blank behind" },
	{ "sha256=" MAC_START "43e16", FORGE_SIGNATURE_WRONG, "the last bit" },
	{ "sha256=0000000000000000000000000000000000000000000000000000000000"
	  "000000", FORGE_SIGNATURE_WRONG, "all zeros" },
	{ "sha256=" MAC, FORGE_SIGNED, "the right one" },
};

static void
test_signature(void)
{
	const struct forge *f = forge_find("github");
	const char *secret = "It's a Secret to Everybody";
	const char *body = "Hello, World!";

	for (size_t i = 0; i < ARRAY_LEN(signatures); i++)
		is_int(forge_verify(f, secret, body, strlen(body),
		    signatures[i].value), signatures[i].want,
		    "signature: %s", signatures[i].what);
	is_int(forge_verify(f, secret, "Hello, World?", strlen(body),
	    "sha256=" MAC), FORGE_SIGNATURE_WRONG, "another body");
	is_int(forge_verify(f, "other", body, strlen(body), "sha256=" MAC),
	    FORGE_SIGNATURE_WRONG, "another secret");
}

static void
test_sign(void)
{
	struct str value = STR_INIT;

	for (size_t i = 0; forge_at(i) != NULL; i++) {
		const struct forge *f = forge_at(i);

		str_clear(&value);
		forge_sign(f, "k", "a\0b", 3, &value);
		is_int(forge_verify(f, "k", "a\0b", 3, value.s), FORGE_SIGNED,
		    "%s takes what it signed", forge_name(f));
		str_clear(&value);
		forge_sign(f, "", "x", 1, &value);
		is_int(forge_verify(f, "", "x", 1, value.s),
		    FORGE_SIGNATURE_WRONG, "an empty secret signs nothing");
	}
	/* Test case 2 of RFC 4231: a key that is not 32 bytes long. */
	str_clear(&value);
	forge_sign(forge_find("gitea"), "Jefe", "what do ya want for nothing?",
	    28, &value);
	is_str(value.s, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58"
	    "b964ec3843", "RFC 4231, test case 2");
	str_release(&value);
}

static void
test_published(void)
{
	struct str text = STR_INIT;
	json_t *list = NULL, *one;
	size_t i;

	if (corpus_read("signatures.json", &text))
		list = json_loads(text.s, 0, NULL);
	json_array_foreach(list, i, one) {
		const char *body =
		    json_string_value(json_object_get(one, "payload"));

		is_int(forge_verify(forge_find("github"),
		    json_string_value(json_object_get(one, "secret")), body,
		    strlen(body),
		    json_string_value(json_object_get(one, "value"))),
		    FORGE_SIGNED, "%s",
		    json_string_value(json_object_get(one, "source")));
	}
	json_decref(list);
	if (corpus_read("gitea/go-playground/push-event.json", &text))
		is_int(forge_verify(forge_find("gitea"),
		    "IsWishesWereHorsesWedAllBeEatingSteak!", text.s,
		    text.len, "60fe446c74fa0cb9474f98cc557db79e10c7aaf22cf324"
		    "ad65239600b9e4d915"), FORGE_SIGNED,
		    "a real delivery of Gitea");
	str_release(&text);
}

/* What a push says in one line, or its error. */
static void
push_text(const char *forge, const char *body, size_t len, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct push_event e;
	struct err err = { 0 };

	str_clear(out);
	if (forge_parse_push(forge_find(forge), body, len, &a, &e, &err) == -1)
		str_add(out, err.text);
	else
		str_addf(out, "%s/%s %s %s%s %.7s>%.7s%s%s \"%s\" %s",
		    e.repo.owner, e.repo.name, e.ref, e.tag ? "tag " : "",
		    e.branch, e.before, e.after, e.created ? " created" : "",
		    e.deleted ? " deleted" : "", e.title ? e.title : "-",
		    e.actor ? e.actor : "-");
	arena_release(&a);
}

static const struct {
	const char *file;
	const char *want;
} payloads[] = {
	{ "github/go-scm/push.json",
	    "Codertocat/Hello-World refs/heads/master master a10867b>199eddf "
	    "\"Update README\" Codertocat" },
	{ "github/go-scm/push_branch_delete.json",
	    "bradrydzewski/drone-test-go refs/heads/feature-branch "
	    "feature-branch d2b75aa>0000000 deleted \"-\" bradrydzewski" },
	{ "github/go-scm/push_tag.json",
	    "bradrydzewski/drone-test-go refs/tags/v0.0.1 tag v0.0.1 "
	    "0000000>d2b75aa created \"Update .drone.yml\" bradrydzewski" },
	{ "github/octokit/push/payload.json",
	    "Codertocat/Hello-World refs/tags/simple-tag tag simple-tag "
	    "6113728>0000000 deleted \"-\" Codertocat" },
	{ "github/octokit/push/with-new-branch.json",
	    "Codertocat/Hello-World refs/heads/master master 0000000>6113728 "
	    "created \"Initial commit\" Codertocat" },
	{ "github/woodpecker/HookPushForced.json",
	    "6543/oxiduct refs/heads/main main 5ea7372>f7220f1 "
	    "\"feat: initial implementation\" 6543" },
	{ "gitea/go-playground/push-event.json",
	    "example/example refs/heads/master master 0000000>67b5658 created "
	    "\"example\" example" },
	{ "gitea/go-scm/push.json",
	    "gogits/hello-world refs/heads/master master 9836a96>4522cbc "
	    "\"Updated readme\" unknwon" },
	{ "gitea/woodpecker/HookPushMulti.json",
	    "Test-CI/multi-line-secrets refs/heads/main main 6efcf5b>29be01c "
	    "\"add some text\" test-user" },
	{ "forgejo/woodpecker/HookPush.json",
	    "gordon/hello-world refs/heads/main main 4b26262>ef98532 "
	    "\"bump\" gordon" },
};

static void
test_real_payloads(void)
{
	struct str body = STR_INIT, got = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(payloads); i++) {
		const char *file = payloads[i].file;
		char forge[16];

		snprintf(forge, sizeof(forge), "%.*s",
		    (int)strcspn(file, "/"), file);
		if (!corpus_read(file, &body))
			continue;
		push_text(forge, body.s, body.len, &got);
		is_str(got.s, payloads[i].want, "%s", file);
	}
	str_release(&body);
	str_release(&got);
}

static const struct {
	const char *body;
	const char *want; /* how it starts */
} crafted[] = {
	{ PUSH("refs/heads/main", SHA_B),
	    "o/r refs/heads/main main 1111111>2222222 \"-\" -" },
	{ PUSH("refs/heads/a/b", SHA_0),
	    "o/r refs/heads/a/b a/b 1111111>0000000 deleted \"-\" -" },
	{ PUSH("refs/notes/x", SHA_B),
	    "o/r refs/notes/x refs/notes/x 1111111>2222222 \"-\" -" },
	{ "", "payload is not valid JSON: line 1, column 0: " },
	{ "{\n\"a\" 1}", "payload is not valid JSON: line 2, column 5: " },
	{ "[]", "payload is not a JSON object" },
	{ "{}", "payload has no repository.owner.login" },
	{ "{" REPO "}", "payload has no ref" },
	{ PUSH("main", SHA_B), BAD_REF },
	{ PUSH("refs/heads/..", SHA_B), BAD_REF },
	{ PUSH("refs/heads/a b", SHA_B), BAD_REF },
	{ PUSH("refs/heads/a\\u001bb", SHA_B), BAD_REF },
	{ PUSH("refs/heads/", SHA_B), BAD_REF },
	{ PUSH("refs/heads/.a", SHA_B), BAD_REF },
	{ PUSH("refs/heads/a.lock", SHA_B), BAD_REF },
	{ PUSH("refs/heads/a@{1}", SHA_B), BAD_REF },
	{ PUSH("refs/heads/m", "--upload-pack=x"), BAD_SHA },
	{ PUSH("refs/heads/m", "222222222222222222222222222222222222222G"),
	    BAD_SHA },
	{ PUSH("refs/heads/m", "222222222222222222222222222222222222222"),
	    BAD_SHA },
	{ "{\"repository\":{\"name\":\"..\",\"owner\":{\"login\":\"o\"}}}",
	    "repository.name is not a valid name" },
	{ "{\"repository\":{\"name\":\"a/b\",\"owner\":{\"login\":\"o\"}}}",
	    "repository.name is not a valid name" },
	{ "{\"repository\":{\"name\":\"a\",\"owner\":{\"login\":\"\\n\"}}}",
	    "repository.owner.login is not a valid name" },
	{ "{\"repository\":{\"name\":7,\"owner\":{\"login\":\"o\"}}}",
	    "payload has no repository.name" },
	{ "{\"ref\":\"a\",\"ref\":\"b\"}", "payload is not valid JSON: " },
	{ "payload=%7B%7D", "payload has no repository.owner.login" },
	{ "payload=%7B%22repository%22:+%7B%7D%7D&x=1",
	    "payload has no repository.owner.login" },
	{ "payload=%", "payload is not valid JSON: " },
};

static void
test_crafted(void)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(crafted); i++) {
		const char *body = crafted[i].body, *want = crafted[i].want;

		push_text("github", body, strlen(body), &got);
		if (str_ends_with(want, " "))
			str_cut(&got, strlen(want));
		is_str(got.s, want, "%.50s", body[0] ? body : "(empty)");
	}
	str_release(&got);
}

static void
test_form(void)
{
	struct str got = STR_INIT, body = STR_INIT;
	const char *json = PUSH("refs/heads/caf\\u00e9", SHA_B);

	str_add(&body, "payload=");
	for (const char *p = json; *p != '\0'; p++)
		str_addf(&body, "%%%02X", (unsigned)(unsigned char)*p);
	str_add(&body, "&other=1");
	push_text("github", body.s, body.len, &got);
	is_str(got.s, "o/r refs/heads/caf\303\251 caf\303\251 "
	    "1111111>2222222 \"-\" -", "a form-encoded payload");
	str_release(&got);
	str_release(&body);
}

static void
test_bounds(void)
{
	struct str got = STR_INIT, body = STR_INIT;

	for (int i = 0; i <= FORGE_MAX_DEPTH; i++)
		str_add(&body, "{\"a\":");
	push_text("github", body.s, body.len, &got);
	is_str(got.s, "payload is nested deeper than 64 levels",
	    "depth is bounded");

	str_clear(&body);
	str_add(&body, "{\"a\":[0");
	for (int i = 0; i < FORGE_MAX_VALUES; i++)
		str_add(&body, ",0");
	str_add(&body, "]}");
	push_text("github", body.s, body.len, &got);
	is_str(got.s, "payload has more than 1000000 values",
	    "the number of values is bounded");

	str_clear(&body);
	for (int i = 0; i <= FORGE_MAX_DEPTH; i++)
		str_add(&body, "[");
	str_reserve(&body, 0);
	body.s[0] = '"';
	push_text("github", body.s, body.len, &got);
	ok(str_starts_with(got.s, "payload is not valid JSON"),
	    "brackets in a string do not count, and an open one ends");
	str_release(&got);
	str_release(&body);
}

static void
test_title(void)
{
	static const char head[] = "{\"ref\":\"refs/heads/m\",\"before\":\""
	    SHA_A "\",\"after\":\"" SHA_B "\"," REPO
	    ",\"head_commit\":{\"message\":\"";
	struct str got = STR_INIT, body = STR_INIT;

	str_addf(&body, "%sa\\tb\\u001b[31m\\nsecond\"}}", head);
	push_text("github", body.s, body.len, &got);
	ok(str_ends_with(got.s, "\"a b [31m\" -"),
	    "a title is one line without control characters");

	str_clear(&body);
	str_add(&body, head);
	for (int i = 0; i < FORGE_MAX_TITLE - 1; i++)
		str_add_char(&body, 'x');
	str_add(&body, "\303\251tail\"}}");
	push_text("github", body.s, body.len, &got);
	ok(str_ends_with(got.s, "xxxx\" -"),
	    "a long title is cut between characters");
	str_release(&got);
	str_release(&body);
}

static void
test_repo(void)
{
	struct arena a = ARENA_INIT(0);
	struct forge_repo repo;
	struct err err = { 0 };
	struct str body = STR_INIT;
	const struct forge *f = forge_find("github");

	is_int(forge_parse_repo(f, "{\"zen\":1}", 9, &a, &repo, &err), 0,
	    "an organisation's ping names no repository");
	is_int(forge_parse_repo(f, "{\"repository\":{}}", 17, &a, &repo,
	    &err), -1, "a nameless repository is an error");
	is_int(err.code, ERR_INVALID, "of the sender");
	if (corpus_read("github/octokit/ping/payload.json", &body)) {
		err_clear(&err);
		is_int(forge_parse_repo(f, body.s, body.len, &a, &repo, &err),
		    1, "a repository's ping");
		is_str(repo.name, "Hello-World", "names it");
		is_str(repo.clone_url,
		    "https://github.com/Octocoders/Hello-World.git",
		    "with the address to clone");
	}
	str_release(&body);
	arena_release(&a);
}

int
main(void)
{
	test_table();
	test_words();
	test_payload();
	test_signature();
	test_sign();
	test_published();
	test_real_payloads();
	test_crafted();
	test_form();
	test_bounds();
	test_title();
	test_repo();
	return tap_done();
}

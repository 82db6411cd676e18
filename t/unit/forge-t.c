/*
 * forge-t.c - webhooks of the forges: what payloads say.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <string.h>

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

static void
test_table(void)
{
	struct str names = STR_INIT;

	ok(forge_find("github") == forge_at(0), "github is found by name");
	ok(forge_find("svn") == NULL, "an unknown forge is not");
	ok(forge_find("") == NULL, "nor is an empty name");
	ok(forge_at(99) == NULL, "the table ends");
	for (size_t i = 0; forge_at(i) != NULL; i++)
		ok(forge_find(forge_name(forge_at(i))) == forge_at(i),
		    "%s is its name", forge_name(forge_at(i)));
	forge_names(&names);
	is_str(names.s, "github, gitlab, gitea, forgejo, bitbucket, "
	    "bitbucket-dc and generic", "all of them");
	str_release(&names);
	is_int(forge_event_kind("push"), FORGE_PUSH, "a push");
	is_int(forge_event_kind("issues"), FORGE_EVENT,
	    "an event that a workflow can name");
	is_int(forge_event_kind("status"), FORGE_OTHER,
	    "what would answer to itself");
	is_int(forge_event_kind("ping"), FORGE_PING, "GitHub's ping");
}

/* --- what a payload says in one line, or its error ------------------------- */

static void
add_pull(const struct forge_pull *p, struct str *out)
{
	str_addf(out, " #%s %.7s %s of %s%s to %s %.7s at %s%s", p->number,
	    p->head_sha, p->head_ref != NULL ? p->head_ref : "-",
	    p->head_repo != NULL ? p->head_repo : "-", p->fork ? " fork" : "",
	    p->base_ref, p->base_sha != NULL ? p->base_sha : "-",
	    p->fetch_ref != NULL ? p->fetch_ref : "-", p->merged ?
	    " merged" : "");
}

static void
add_change(const struct forge_change *c, struct str *out)
{
	str_addf(out, "%s%s%s%s", c->derived ? "+" : "", c->event,
	    c->action != NULL ? " " : "", c->action != NULL ? c->action : "");
	if (c->ref != NULL)
		str_addf(out, " %s", c->ref);
	if (c->after != NULL)
		str_addf(out, " %.7s>%.7s%s%s", c->before != NULL ? c->before :
		    "-", c->after, c->created ? " created" : "",
		    c->deleted ? " deleted" : "");
	if (c->pull != NULL)
		add_pull(c->pull, out);
	str_addf(out, " \"%s\" %s", c->title ? c->title : "-",
	    c->actor ? c->actor : "-");
}

static void
read_text(const char *forge, const char *event, const char *body, size_t len,
    struct str *out)
{
	const struct forge_repo known = { "ada", "demo", NULL, NULL, "main" };
	struct arena a = ARENA_INIT(0);
	struct forge_delivery d;
	struct err err = { 0 };

	str_clear(out);
	if (forge_read(forge_find(forge), event, &known, body, len, &a, &d,
	    &err) == -1) {
		str_add(out, err.text);
	} else {
		if (d.has_repo)
			str_addf(out, "%s/%s: ", d.repo.owner, d.repo.name);
		for (size_t i = 0; i < d.n_changes; i++) {
			str_add(out, i > 0 ? "; " : "");
			add_change(&d.changes[i], out);
		}
		if (d.n_changes == 0)
			str_addf(out, "- %s", d.why);
		if (d.n_left > 0)
			str_addf(out, "; %zu left", d.n_left);
	}
	forge_delivery_release(&d);
	arena_release(&a);
}

static void
push_text(const char *forge, const char *body, size_t len, struct str *out)
{
	read_text(forge, "push", body, len, out);
}

static const struct {
	const char *body;
	const char *want; /* how it starts */
} crafted[] = {
	{ PUSH("refs/heads/main", SHA_B),
	    "o/r: push refs/heads/main 1111111>2222222 \"-\" -" },
	{ PUSH("refs/heads/a/b", SHA_0),
	    "o/r: push refs/heads/a/b 1111111>0000000 deleted \"-\" -" },
	{ PUSH("refs/notes/x", SHA_B),
	    "o/r: push refs/notes/x 1111111>2222222 \"-\" -" },
	{ "", "payload is not valid JSON: line 1, column 0: " },
	{ "{\n\"a\" 1}", "payload is not valid JSON: line 2, column 5: " },
	{ "[]", "payload is not a JSON object" },
	{ "{}", "payload has no ref" },
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
	{ "payload=%7B%7D", "payload has no ref" },
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
	is_str(got.s, "o/r: push refs/heads/caf\303\251 "
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
	struct str got = STR_INIT;

	read_text("github", "ping", "{\"zen\":1}", 9, &got);
	is_str(got.s, "- ping: the webhook and its secret are right",
	    "an organisation's ping names no repository");
	read_text("github", "ping", "{\"repository\":{}}", 17, &got);
	is_str(got.s, "payload has no repository.owner.login",
	    "a nameless repository is an error");
	str_release(&got);
}

/* --- events of each forge -------------------------------------------------- */

#define GH "\"repository\":{\"name\":\"r\",\"full_name\":\"o/r\"," \
	"\"owner\":{\"login\":\"o\"}},\"sender\":{\"login\":\"eve\"}"
#define GH_PULL(head) "\"pull_request\":{\"number\":7,\"title\":\"T\"," \
	"\"head\":{\"sha\":\"" SHA_A "\",\"ref\":\"t\",\"repo\":" head "}," \
	"\"base\":{\"sha\":\"" SHA_B "\",\"ref\":\"main\"}}"
#define OWN "{\"full_name\":\"O/r\"}"
#define PULLED "#7 1111111 refs/heads/t of O/r to refs/heads/main 2222222" \
	" at refs/pull/7/head \"T\" eve"
#define GL(id) "{\"id\":" id ",\"path_with_namespace\":\"g/s/r\"}"
#define GL_MR(more, changes) "{\"object_kind\":\"merge_request\"," \
	"\"user\":{\"username\":\"eve\"},\"project\":" GL("1") "," \
	"\"object_attributes\":{\"iid\":7,\"title\":\"T\"," \
	"\"source_branch\":\"t\",\"target_branch\":\"main\"," \
	"\"source\":" GL("1") ",\"target\":" GL("1") "," \
	"\"last_commit\":{\"id\":\"" SHA_A "\"}" more "},\"changes\":{" \
	changes "}}"
#define GL_PULLED "#7 1111111 refs/heads/t of g/s/r to refs/heads/main - at " \
	"refs/merge-requests/7/head"
#define BB_REPO "{\"full_name\":\"o/r\"}"
#define BB(change) "{\"push\":{\"changes\":[" change "]},\"repository\":" \
	BB_REPO ",\"actor\":{\"nickname\":\"eve\"}}"
#define BB_REF(name, sha) "{\"type\":\"branch\",\"name\":\"" name "\"," \
	"\"target\":{\"hash\":\"" sha "\",\"message\":\"m\"}}"

static const struct {
	const char *forge, *event, *body, *want;
} events[] = {
	{ "github", "pull_request", "{\"action\":\"opened\"," GH_PULL(OWN) ","
	    GH "}", "o/r: pull_request opened " PULLED },
	{ "gitea", "pull_request", "{\"action\":\"synchronized\","
	    GH_PULL(OWN) "," GH "}", "o/r: pull_request synchronize " PULLED },
	{ "gitea", "pull_request", "{\"action\":\"label_updated\","
	    GH_PULL(OWN) "," GH "}", "o/r: pull_request labeled " PULLED },
	{ "forgejo", "pull_request_approved", "{\"action\":\"reviewed\","
	    GH_PULL(OWN) "," GH "}", "o/r: pull_request_review submitted "
	    PULLED },
	{ "github", "pull_request", "{" GH_PULL("{\"full_name\":\"x/r\"}")
	    "," GH "}", "o/r: pull_request #7 1111111 refs/heads/t of x/r "
	    "fork to refs/heads/main 2222222 at refs/pull/7/head \"T\" eve" },
	{ "github", "pull_request", "{" GH_PULL("null") "," GH "}",
	    "o/r: pull_request #7 1111111 refs/heads/t of - fork to "
	    "refs/heads/main 2222222 at refs/pull/7/head \"T\" eve" },
	{ "github", "pull_request", "{" GH "}",
	    "the payload has no valid \"pull_request.number\"" },
	{ "github", "create", "{\"ref\":\"v1\",\"ref_type\":\"tag\"," GH "}",
	    "o/r: create refs/tags/v1 \"-\" eve" },
	{ "github", "create", "{\"ref\":\"../x\"," GH "}",
	    "the payload has no valid \"ref\"" },
	{ "gitea", "release", "{\"action\":\"updated\",\"release\":{"
	    "\"tag_name\":\"v1\",\"name\":\"One\"}," GH "}",
	    "o/r: release edited refs/tags/v1 \"One\" eve" },
	{ "gitea", "wiki", "{" GH "}", "o/r: gollum \"-\" eve" },
	{ "github", "status", "{" GH "}",
	    "o/r: - event \"status\" starts no runs" },

	{ "gitlab", "Merge Request Hook", GL_MR(",\"action\":\"merge\","
	    "\"state\":\"merged\"", ""), "g/s/r: pull_request closed "
	    GL_PULLED " merged \"T\" eve" },
	{ "gitlab", "Merge Request Hook", GL_MR(",\"action\":\"update\","
	    "\"oldrev\":\"" SHA_B "\"", ""), "g/s/r: pull_request "
	    "synchronize " GL_PULLED " \"T\" eve" },
	{ "gitlab", "System Hook", GL_MR(",\"action\":\"update\"",
	    "\"labels\":{\"previous\":[{\"title\":\"a\"}],\"current\":["
	    "{\"title\":\"b\"}]},\"draft\":{\"previous\":true,"
	    "\"current\":false}"), "g/s/r: pull_request labeled " GL_PULLED
	    " \"T\" eve; pull_request unlabeled " GL_PULLED " \"T\" eve; "
	    "pull_request ready_for_review " GL_PULLED " \"T\" eve" },
	{ "gitlab", "Merge Request Hook", GL_MR(",\"action\":\"update\"",
	    "\"title\":{},\"description\":{}"), "g/s/r: pull_request edited "
	    GL_PULLED " \"T\" eve" },
	{ "gitlab", "Merge Request Hook", GL_MR(",\"action\":\"approved\"",
	    ""), "g/s/r: pull_request_review submitted " GL_PULLED
	    " \"T\" eve" },
	{ "gitlab", "Merge Request Hook", "{\"object_kind\":"
	    "\"merge_request\",\"project\":" GL("1") ",\"object_attributes\""
	    ":{\"iid\":7,\"last_commit\":null}}",
	    "g/s/r: - the merge request has no commit" },
	{ "gitlab", "Note Hook", "{\"object_kind\":\"note\",\"project\":"
	    GL("1") ",\"user\":{\"username\":\"eve\"},\"merge_request\":{"
	    "\"iid\":7,\"title\":\"T\"},\"object_attributes\":{\"note\":"
	    "\"/x\",\"noteable_type\":\"MergeRequest\"}}",
	    "g/s/r: issue_comment created \"T\" eve" },
	{ "gitlab", "Note Hook", "{\"object_kind\":\"note\",\"project\":"
	    GL("1") ",\"object_attributes\":{\"noteable_type\":\"Commit\"}}",
	    "g/s/r: - only comments on issues and merge requests can start "
	    "runs" },
	{ "gitlab", "Issue Hook", "{\"object_kind\":\"issue\",\"project\":"
	    GL("1") ",\"object_attributes\":{\"title\":\"I\",\"action\":"
	    "\"reopen\"}}", "g/s/r: issues reopened \"I\" -" },
	{ "gitlab", "Release Hook", "{\"object_kind\":\"release\",\"project\":"
	    GL("1") ",\"tag\":\"v1\",\"name\":\"One\",\"action\":\"create\"}",
	    "g/s/r: release published refs/tags/v1 \"One\" -; +release created "
	    "refs/tags/v1 \"One\" -; +release released refs/tags/v1 \"One\" -" },
	{ "gitlab", "Push Hook", "{\"object_kind\":\"push\",\"project\":"
	    GL("1") ",\"ref\":\"refs/heads/a\",\"before\":\"" SHA_0
	    "\",\"after\":\"" SHA_A "\"}", "g/s/r: push refs/heads/a "
	    "0000000>1111111 created \"-\" -; +create refs/heads/a \"-\" -" },
	{ "gitlab", "Pipeline Hook", "{\"object_kind\":\"pipeline\","
	    "\"project\":" GL("1") "}", "g/s/r: - event \"Pipeline Hook\" "
	    "(pipeline) starts no runs" },
	{ "gitlab", "Push Hook", "{}", "- event \"Push Hook\" (of no kind) "
	    "starts no runs" },

	{ "bitbucket", "repo:push", BB("{\"old\":null,\"new\":"
	    BB_REF("a", SHA_A) "},{\"old\":" BB_REF("b", SHA_A) ",\"new\":"
	    BB_REF("b", SHA_B) "},{\"old\":" BB_REF("c", SHA_B)
	    ",\"new\":null}"), "o/r: push refs/heads/a 0000000>1111111 created "
	    "\"m\" eve; +create refs/heads/a \"-\" eve; push refs/heads/b "
	    "1111111>2222222 \"m\" eve; push refs/heads/c 2222222>0000000 "
	    "deleted \"-\" eve; +delete \"-\" eve" },
	{ "bitbucket", "repo:push", BB(""), "o/r: - the push changes nothing" },
	{ "bitbucket", "pullrequest:rejected", "{\"pullrequest\":{\"id\":3,"
	    "\"title\":\"T\",\"state\":\"DECLINED\",\"source\":{\"branch\":{"
	    "\"name\":\"t\"},\"commit\":{\"hash\":\"111111111111\"},"
	    "\"repository\":null},\"destination\":{\"branch\":{\"name\":"
	    "\"main\"},\"repository\":" BB_REPO "}},\"repository\":" BB_REPO
	    "}", "o/r: pull_request closed #3 1111111 refs/heads/t of - fork to "
	    "refs/heads/main - at - \"T\" -" },
	{ "bitbucket", "repo:fork", BB(""),
	    "o/r: - event \"repo:fork\" starts no runs" },
	{ "bitbucket-dc", "diagnostics:ping", "{\"test\":true}",
	    "- ping: the webhook and its secret are right" },

	{ "generic", NULL, "{\"event\":\"push\",\"ref\":\"refs/heads/main\","
	    "\"after\":\"" SHA_A "\",\"sender\":\"eve\",\"message\":\"m\"}",
	    "ada/demo: push refs/heads/main ->1111111 \"m\" eve" },
	{ "generic", NULL, "{\"event\":\"repository_dispatch\",\"action\":"
	    "\"go\",\"repository\":\"x/y\"}",
	    "x/y: repository_dispatch go \"-\" -" },
	{ "generic", NULL, "{\"event\":\"pull_request\",\"action\":"
	    "\"opened\"," GH_PULL("{\"full_name\":\"ada/demo\"}") "}",
	    "ada/demo: pull_request opened #7 1111111 refs/heads/t of ada/demo "
	    "to refs/heads/main 2222222 at - \"T\" -" },
	{ "generic", NULL, "{\"event\":\"ping\"}",
	    "ada/demo: - ping: the webhook and its secret are right" },
	{ "generic", NULL, "{\"event\":\"nothing\"}",
	    "ada/demo: - event \"nothing\" starts no runs" },
	{ "generic", NULL, "{\"ref\":\"refs/heads/main\"}",
	    "payload has no \"event\", such as \"push\"" },
};

static void
test_events(void)
{
	struct str got = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		read_text(events[i].forge, events[i].event, events[i].body,
		    strlen(events[i].body), &got);
		is_str(got.s, events[i].want, "%s %s, case %zu",
		    events[i].forge, events[i].event != NULL ?
		    events[i].event : "", i);
	}
	str_release(&got);
}

/* A push of many branches makes so many changes and no more. */
static void
test_many(void)
{
	struct str got = STR_INIT, changes = STR_INIT, body = STR_INIT;

	for (int i = 0; i < FORGE_MAX_CHANGES + 5; i++)
		str_addf(&changes, "%s{\"new\":" BB_REF("b%d", SHA_A) "}",
		    i > 0 ? "," : "", i);
	str_addf(&body, "{\"push\":{\"changes\":[%s]},\"repository\":"
	    BB_REPO "}", changes.s);
	read_text("bitbucket", "repo:push", body.s, body.len, &got);
	ok(strstr(got.s, "push refs/heads/b19 ") != NULL &&
	    strstr(got.s, "+create refs/heads/b19 ") != NULL &&
	    strstr(got.s, "b20") == NULL, "the first of many changes");
	ok(str_ends_with(got.s, "; 5 left"), "the others are counted");
	str_release(&got);
	str_release(&changes);
	str_release(&body);
}

/* What others send looks as if GitHub had, and is there as it came. */
static void
test_shape(void)
{
	static const char body[] = GL_MR(",\"action\":\"open\",\"state\":"
	    "\"opened\"", "");
	struct arena a = ARENA_INIT(0);
	struct str json = STR_INIT;
	struct forge_delivery d;
	struct err err = { 0 };
	json_t *o;

	if (!ok(forge_read(forge_find("gitlab"), "Merge Request Hook", NULL,
	    body, strlen(body), &a, &d, &err) == 0 && d.n_changes == 1 &&
	    forge_change_payload(&d.changes[0], &json, &err) == 0,
	    "a merge request"))
		return;
	o = json_loads(json.s, 0, NULL);
	is_str(json_string_value(json_object_get(json_object_get(
	    json_object_get(o, "pull_request"), "head"), "sha")), SHA_A,
	    "github.event.pull_request.head.sha");
	is_int(json_integer_value(json_object_get(o, "number")), 7,
	    "github.event.number");
	is_str(json_string_value(json_object_get(json_object_get(o, "raw"),
	    "object_kind")), "merge_request", "github.event.raw");
	json_decref(o);
	forge_delivery_release(&d);
	str_release(&json);
	arena_release(&a);
}

int
main(void)
{
	test_table();
	test_crafted();
	test_form();
	test_bounds();
	test_title();
	test_repo();
	test_events();
	test_many();
	test_shape();
	return tap_done();
}

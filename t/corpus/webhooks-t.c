/*
 * webhooks-t.c - every webhook payload of the corpus: what happened, who did
 * it to what, and who signed it.
 *
 * "index.json" says the kind of each file and its signature; NAME.golden.json
 * what another project makes of it. A payload that the index does not name
 * fails, and so does one that cannot be read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/forge/forge.h"
#include "t/lib/corpus.h"
#include "t/lib/tap.h"

#define FOLDER "webhooks"
#define NOW 1700000000

static json_t *entries;
static struct arena texts = ARENA_INIT(0);

/* --- reading -------------------------------------------------------------- */

/* What stands at a path such as "Repo.Name", as text: "" for nothing, null
 * and times that mean unknown. */
static const char *
at(const json_t *root, const char *path)
{
	const char *s;

	while (root != NULL) {
		size_t len = strcspn(path, ".");

		root = json_object_get(root, arena_strndup(&texts, path, len));
		path += len;
		if (*path == '\0')
			break;
		path++;
	}
	s = json_string_value(root);
	if (json_is_boolean(root))
		return json_is_true(root) ? "true" : "false";
	if (json_is_number(root))
		return arena_printf(&texts, "%.0f", json_number_value(root));
	return s != NULL ? s : "";
}

/* The forge that a file is of. */
static const struct forge *
forge_of(const char *file)
{
	return forge_find(arena_strndup(&texts, file, strcspn(file, "/")));
}

/* The index has one header for the event, under any of its names. */
static const char *
event_of(const struct forge *f, const json_t *headers)
{
	const char *s = "";

	for (size_t i = 0; forge_event_header(f, i) != NULL && !*s; i++)
		s = at(headers, forge_event_header(f, i));
	return s;
}

/* --- the kind ------------------------------------------------------------- */

static const struct {
	const char *action, *kind;
} pull_kinds[] = {
	{ "opened", "pr_opened" },
	{ "synchronize", "pr_updated" },
	{ "closed", "pr_closed" },
	{ "reopened", "pr_reopened" },
};

static const char *
kind_of(const struct forge_change *c)
{
	bool tag = c->ref != NULL && str_starts_with(c->ref, "refs/tags/");

	if (strcmp(c->event, "push") == 0)
		return c->deleted ? tag ? "tag_delete" : "branch_delete" :
		    tag ? "tag_push" : "push";
	if (strcmp(c->event, "create") == 0 || strcmp(c->event, "delete") == 0)
		return arena_printf(&texts, "%s_%s", at(c->payload,
		    "ref_type"), c->event);
	if (strcmp(c->event, "pull_request") != 0)
		return c->event;
	if (c->pull->merged && strcmp(c->action, "closed") == 0)
		return "pr_merged";
	for (size_t i = 0; i < ARRAY_LEN(pull_kinds); i++)
		if (strcmp(pull_kinds[i].action, c->action) == 0)
			return pull_kinds[i].kind;
	return "pr_other";
}

/* Those of a delivery, joined; what follows from another does not count. */
static const char *
kinds_of(const struct forge_delivery *d)
{
	const char *kinds = "";

	for (size_t i = 0; i < d->n_changes; i++)
		if (!d->changes[i].derived)
			kinds = arena_printf(&texts, "%s%s%s", kinds,
			    *kinds ? "+" : "", kind_of(&d->changes[i]));
	if (d->n_changes == 0)
		return d->kind == FORGE_PING ? "ping" : "(ignored)";
	return kinds;
}

/* --- what the golden files say --------------------------------------------- */

/* Where a golden file is not what the forge means; ours is compared with
 * this instead. */
static const struct {
	const char *forge, *path, *ours;
} differences[] = {
	/* visibility_level 0 is private (docs.gitlab.com, Projects API) */
	{ "gitlab", "Repo.Private", "true" },
	/* made of the namespace's title; source and target are one project */
	{ "gitlab", "PullRequest.Fork", "gitlab-org/hello-world" },
	/* there are none of the name at Bitbucket Cloud */
	{ "bitbucket", "PullRequest.Ref", "refs/heads/develop" },
	/* not in the payload */
	{ "bitbucket-dc", "Repo.Branch", "" },
	/* who pushed; the payload has no author */
	{ "bitbucket-dc", "Commit.Author.Name", "" },
	{ "bitbucket-dc", "Commit.Author.Email", "" },
};

struct golden {
	const char *file;
	const struct forge *forge;
	const struct forge_change *change;
	const json_t *golden;
};

static void
compare(const struct golden *g, const char *path, const char *got)
{
	const char *want = at(g->golden, path);

	for (size_t i = 0; i < ARRAY_LEN(differences); i++)
		if (strcmp(differences[i].forge, forge_name(g->forge)) == 0 &&
		    strcmp(differences[i].path, path) == 0)
			want = differences[i].ours;
	if (!corpus_case("golden", strcmp(want, got) == 0, "%s: %s", g->file,
	    path))
		tap_note("got \"%s\", want \"%s\"", got, want);
}

struct pair {
	const char *golden, *ours;
};

static void
compare_all(const struct golden *g, const struct pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		compare(g, pairs[i].golden, at(g->change->payload,
		    pairs[i].ours));
}

static void
compare_repo(const struct golden *g)
{
	static const struct pair pairs[] = {
		{ "Repo.Name", "repository.name" },
		{ "Repo.Branch", "repository.default_branch" },
		{ "Repo.Private", "repository.private" },
		{ "Repo.Clone", "repository.clone_url" },
		{ "Repo.CloneSSH", "repository.ssh_url" },
		{ "Repo.Link", "repository.html_url" },
		{ "Sender.Login", "sender.login" },
	};
	const char *owner = at(g->change->payload, "repository.owner.login");

	compare_all(g, pairs, ARRAY_LEN(pairs));
	compare(g, "Repo.Namespace", *owner ? owner : at(g->change->payload,
	    "repository.owner.name"));
	ok(g->change->actor != NULL && strcmp(g->change->actor,
	    at(g->golden, "Sender.Login")) == 0, "%s: by whom", g->file);
}

/* Each commit of the golden file, at its place. */
static void
compare_commits(const struct golden *g)
{
	static const struct pair pairs[] = {
		{ "Sha", "id" }, { "Message", "message" },
		{ "Author.Name", "author.name" },
		{ "Author.Email", "author.email" },
	};
	const json_t *ours = json_object_get(g->change->payload, "commits");
	const json_t *commit;
	size_t i;

	json_array_foreach(json_object_get(g->golden, "Commits"), i, commit)
		for (size_t k = 0; k < ARRAY_LEN(pairs) &&
		    json_array_size(ours) > 0; k++)
			ok(strcmp(at(commit, pairs[k].golden),
			    at(json_array_get(ours, i), pairs[k].ours)) == 0,
			    "%s: commit %zu, %s", g->file, i,
			    pairs[k].golden);
}

static void
compare_push(const struct golden *g)
{
	static const struct pair pairs[] = {
		{ "Commit.Sha", "head_commit.id" },
		{ "Commit.Message", "head_commit.message" },
		{ "Commit.Author.Name", "head_commit.author.name" },
		{ "Commit.Author.Email", "head_commit.author.email" },
	};
	const struct forge_change *c = g->change;

	compare(g, "Ref", c->ref);
	if (*at(g->golden, "Before"))
		compare(g, "Before", c->before);
	if (*at(g->golden, "After"))
		compare(g, "After", c->after);
	if (c->deleted)
		compare(g, "Commit.Sha", c->after);
	else if (json_object_get(c->payload, "head_commit") != NULL)
		compare_all(g, pairs, ARRAY_LEN(pairs));
	else
		is_str(c->title, arena_strndup(&texts, at(g->golden,
		    "Commit.Message"), strcspn(at(g->golden,
		    "Commit.Message"), "\n")), "%s: its title", g->file);
	compare_commits(g);
}

/* A branch or tag that came or went, told by a push or by itself. */
static void
compare_ref(const struct golden *g)
{
	const struct forge_change *c = g->change;
	const char *ref = at(c->payload, "ref");

	if (str_starts_with(ref, "refs/heads/"))
		ref += strlen("refs/heads/");
	compare(g, "Ref.Name", ref);
	compare(g, "Ref.Sha", c->before != NULL ? c->before :
	    at(c->payload, "sha"));
	compare(g, "Action", strcmp(c->event, "create") == 0 ? "created" :
	    strcmp(c->event, "delete") == 0 || c->deleted ? "deleted" : "");
}

static void
compare_pull(const struct golden *g)
{
	static const struct pair pairs[] = {
		{ "PullRequest.Number", "number" },
		{ "PullRequest.Title", "pull_request.title" },
		{ "PullRequest.Body", "pull_request.body" },
		{ "PullRequest.Sha", "pull_request.head.sha" },
		{ "PullRequest.Source", "pull_request.head.ref" },
		{ "PullRequest.Target", "pull_request.base.ref" },
		{ "PullRequest.Merged", "pull_request.merged" },
		{ "PullRequest.Fork", "pull_request.head.repo.full_name" },
	};
	const struct forge_change *c = g->change;
	const struct forge_pull *p = c->pull;

	compare_all(g, pairs, ARRAY_LEN(pairs));
	compare(g, "PullRequest.Ref", p->fetch_ref != NULL ? p->fetch_ref :
	    p->head_ref);
	compare(g, "PullRequest.Closed", strcmp(at(c->payload,
	    "pull_request.state"), "closed") == 0 ? "true" : "false");
	compare(g, "Action", strcmp(c->action, "synchronize") == 0 ?
	    "synchronized" : p->merged ? "merged" : c->action);
	ok(!p->fork, "%s: not of a fork", g->file);
	is_str(p->head_sha, at(g->golden, "PullRequest.Sha"), "%s: its head",
	    g->file);
}

static void
compare_golden(const char *file, const struct forge_delivery *d,
    const char *golden)
{
	struct golden g = { file, forge_of(file), &d->changes[0], NULL };
	json_t *root = corpus_json(FOLDER, golden);

	g.golden = root;
	if (d->n_changes == 0 || root == NULL) {
		ok(false, "%s has a change", file);
		goto out;
	}
	compare_repo(&g);
	if (json_object_get(root, "PullRequest") != NULL)
		compare_pull(&g);
	else if (json_is_object(json_object_get(root, "Ref")))
		compare_ref(&g);
	else
		compare_push(&g);
out:
	json_decref(root);
}

/* --- signatures ----------------------------------------------------------- */

static const char *
header(void *ctx, const char *name)
{
	const char *s = at(ctx, name);

	return *s ? s : NULL;
}

static enum forge_signature
verify(const struct forge *f, json_t *headers, const char *secret,
    const char *body, size_t len)
{
	struct forge_request r = { body, len, header, headers, NOW };
	size_t which;

	return forge_verify(f, &r, &secret, 1, &which);
}

static void
test_signature(const char *file, const json_t *entry, const struct str *body)
{
	json_t *headers = json_object_get(entry, "headers");
	const char *secret = at(entry, "secret");
	const struct forge *f = forge_of(file);

	corpus_case("signed", verify(f, headers, secret, body->s, body->len) ==
	    FORGE_SIGNED, "%s: its signature", file);
	ok(verify(f, headers, secret, body->s, body->len - 1) ==
	    FORGE_SIGNATURE_WRONG, "%s: not without its last byte", file);
	ok(verify(f, headers, "other", body->s, body->len) ==
	    FORGE_SIGNATURE_WRONG, "%s: not of another secret", file);
}

static void
test_published(void)
{
	json_t *list = corpus_json(FOLDER, "signatures.json"), *one;
	size_t i;

	json_array_foreach(list, i, one) {
		json_t *headers = json_object();
		const char *body = at(one, "payload");

		json_object_set(headers, at(one, "header"),
		    json_object_get(one, "value"));
		corpus_case("signed", verify(forge_find("github"), headers,
		    at(one, "secret"), body, strlen(body)) == FORGE_SIGNED,
		    "%s", at(one, "source"));
		json_decref(headers);
	}
	ok(json_array_size(list) > 0, "published signatures");
	json_decref(list);
}

/* --- all ------------------------------------------------------------------ */

/* What everything that may start something must have. */
static void
test_whole(const char *file, const struct forge_delivery *d)
{
	for (size_t i = 0; i < d->n_changes; i++) {
		const struct forge_change *c = &d->changes[i];
		struct str json = STR_INIT;
		struct err err = { 0 };

		ok(d->has_repo && c->actor != NULL, "%s: where and who", file);
		ok(forge_change_payload(c, &json, &err) == 0 &&
		    json.len > 2, "%s: its payload", file);
		if (strcmp(c->event, "push") == 0)
			ok(c->deleted || c->title != NULL || strcmp(
			    forge_name(forge_of(file)), "bitbucket-dc") == 0,
			    "%s: the head's message", file);
		str_release(&json);
	}
}

static void
test_entry(const json_t *entry)
{
	const char *file = at(entry, "file"), *golden = at(entry, "golden");
	const char *event = event_of(forge_of(file), json_object_get(entry,
	    "headers"));
	struct arena a = ARENA_INIT(0);
	struct str body = STR_INIT;
	struct forge_delivery d = { .root = NULL };
	struct err err = { 0 };

	if (file_read(corpus_path(FOLDER, file), 1 << 22, &body, &err) < 0 ||
	    forge_read(forge_of(file), event, NULL, body.s, body.len, &a, &d,
	    &err) == -1) {
		corpus_case("kind", false, "%s: %s", file, err.text);
		goto out;
	}
	if (!corpus_case("kind", strcmp(kinds_of(&d), at(entry, "kind")) == 0,
	    "%s: %s", file, at(entry, "kind")))
		tap_note("got %s", kinds_of(&d));
	test_whole(file, &d);
	if (*golden)
		compare_golden(file, &d, golden);
	if (*at(entry, "secret"))
		test_signature(file, entry, &body);
out:
	forge_delivery_release(&d);
	arena_release(&a);
	str_release(&body);
}

/* Every file has been looked at. */
static int
visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *name = path + strlen(corpus_path(FOLDER, ""));
	const json_t *entry;
	bool known = false;
	size_t i;

	(void)st;
	if (type != FTW_F || ftw->level == 1 || !str_ends_with(name, ".json") ||
	    str_ends_with(name, ".golden.json"))
		return 0;
	json_array_foreach(entries, i, entry)
		known |= strcmp(at(entry, "file"), name) == 0;
	ok(known, "%s is in the index", name);
	return 0;
}

int
main(void)
{
	const json_t *entry;
	size_t i;

	if (!corpus_has(FOLDER))
		return tap_done();
	entries = corpus_json(FOLDER, "index.json");
	ok(json_array_size(entries) > 0, "the index names payloads");
	json_array_foreach(entries, i, entry)
		test_entry(entry);
	ok(nftw(corpus_path(FOLDER, ""), visit, 8, FTW_PHYS) == 0,
	    "all files were seen");
	test_published();
	corpus_report();
	json_decref(entries);
	arena_release(&texts);
	return tap_done();
}

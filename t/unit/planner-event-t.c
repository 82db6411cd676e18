/*
 * planner-event-t.c - from a payload to the commit, the ref, the context and
 * the paths that differ, with a real repository as the forge.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/pipeline/event_context.h"
#include "lib/store/trust.h"
#include "t/lib/fixture.h"
#include "t/lib/shell.h"
#include "t/lib/tap.h"
#include "workerd/planner.h"

#define NOBODY "0123456789012345678901234567890123456789"
#define ZERO "0000000000000000000000000000000000000000"
#define REPO_ALONE "\"repository\": {\"name\": \"demo\", \"full_name\": " \
	"\"ada/demo\", \"owner\": {\"login\": \"ada\"}, \"id\": 7, " \
	"\"html_url\": \"https://forge.example/ada/demo\", " \
	"\"url\": \"https://forge.example/api/v1/repos/ada/demo\", " \
	"\"default_branch\": \"main\"}"
#define REPO REPO_ALONE ", \"sender\": {\"login\": \"mona\"}"

static struct err err;
static struct arena names = ARENA_INIT(0);
static struct planner p;
static bool as_target;
/*
 *	first --- second --- merged      main, v1
 *	      \           /
 *	       `-- topic                 topic, and pull request 1
 */
static const char *first, *second, *topic, *merged;

static const char *
in_dir(const char *name)
{
	return shell_path(&names, name);
}

/* Do this; the commit that is checked out then. */
static const char *
sh(const char *script)
{
	return shell_run(&names, "origin", arena_printf(&names,
	    "%s\ngit rev-parse HEAD", script));
}

static void
make_origin(void)
{
	if (file_mkdirs(in_dir("origin"), 0755, &err) == -1)
		abort();
	first = sh("git -c init.defaultBranch=main init -q\n"
	    "git config uploadpack.allowAnySHA1InWant true\n"
	    "echo 1 >a; git add .; git commit -q -m one");
	topic = sh("git checkout -q -b topic; echo t >t; git add .\n"
	    "git commit -q -m 'the topic' -m 'and [skip ci]'");
	second = sh("git checkout -q main; echo 2 >b; git add .\n"
	    "git commit -q -m two");
	merged = sh("git merge -q --no-ff -m merge topic\n"
	    "git update-ref refs/pull/1/merge HEAD; git tag -a -m v1 v1");
}

static void
open_planner(void)
{
	p.program.config = (struct config) { .git_protocols = "file",
		.git_timeout_ms = 60000, .state_dir = tap_dir(),
		.fork_pull_requests = "no" };
	p.program.store = fixture_store(NULL);
	p.repo = (struct repo) { .id = fixture_repo(p.program.store, "demo"),
		.forge = "gitea", .owner = "ada", .name = "demo",
		.clone_url = in_dir("origin"), .default_branch = "main" };
	p.mirror = in_dir("mirror.git");
	if (git_open(&p.program.config, &p.git, &err) == -1)
		abort();
}

/* Forget the delivery before. */
static void
take(const char *forge, const char *event, const char *body)
{
	struct planner fresh = { .program = p.program, .repo = p.repo,
		.mirror = p.mirror, .git = p.git, .verdict = STR_INIT };

	for (struct planner *q = p.next; q != NULL; q = q->next)
		arena_release(&q->arena);
	str_release(&p.verdict);
	arena_release(&p.arena);
	p = fresh;
	p.delivery = (struct delivery) { .forge = forge, .event = event,
		.body = body, .body_len = strlen(body) };
	err_clear(&err);
}

static const char *
name_of(const char *sha)
{
	return strcmp(sha, first) == 0 ? "first" :
	    strcmp(sha, second) == 0 ? "second" :
	    strcmp(sha, topic) == 0 ? "topic" :
	    strcmp(sha, merged) == 0 ? "merged" : sha;
}

static void
print_paths(const struct trigger_event *e, struct str *out)
{
	str_add(out, e->changed_known ? " [" : " unknown");
	for (size_t i = 0; i < e->n_changed && e->changed_known; i++)
		str_addf(out, "%s%s", i > 0 ? " " : "", e->changed[i]);
	str_add(out, e->changed_known ? "]" : "");
}

/* "EVENT ACTION REF COMMIT [PATHS]", the verdict, or the error. */
static const char *
plan(const char *forge, const char *event, const char *body)
{
	struct str out = STR_INIT;
	const char *text;
	int rc;

	take(forge, event, body);
	rc = planner_changes(&p, &err);
	p.as_target = as_target;
	if (rc == 1)
		rc = planner_event(&p, &err);
	if (rc == 1)
		rc = planner_commit(&p, &err);
	if (rc == 1 && planner_event_commit(&p, &err) == -1)
		rc = -1;
	if (rc == 0)
		str_addf(&out, "- %s", p.verdict.s);
	else if (rc == -1)
		str_addf(&out, "! %s", err.text);
	else
		str_addf(&out, "%s %s %s %s", p.event.name, p.event.action !=
		    NULL ? p.event.action : "-", p.ref, name_of(p.commit));
	if (rc == 1 && (p.head != NULL && !p.tag))
		print_paths(&p.event, &out);
	text = arena_strdup(&names, out.s);
	str_release(&out);
	return text;
}

static const char *
push(const char *ref, const char *before, const char *after,
    const char *commits)
{
	return arena_printf(&names, "{\"ref\": \"%s\", \"before\": \"%s\", "
	    "\"after\": \"%s\", \"commits\": %s, " REPO "}", ref, before,
	    after, commits);
}

#define PUSH(...) plan("gitea", "push", push(__VA_ARGS__))

static void
test_push(void)
{
	const char *rewritten;

	is_str(PUSH("refs/heads/main", first, second, "[]"),
	    "push - refs/heads/main second [b]", "two dots");
	is_str(PUSH("refs/heads/main", second, merged, "[{}]"),
	    "push - refs/heads/main merged [t]", "a merge");
	is_str(PUSH("refs/heads/topic", second, topic, "[{}]"),
	    "push - refs/heads/topic topic [b t]", "a force push");
	is_str(PUSH("refs/heads/main", NOBODY, merged, "[{}]"),
	    "push - refs/heads/main merged unknown",
	    "a commit before that nobody has any more");
	rewritten = sh("git checkout -q -b old; echo x >x; git add .\n"
	    "git commit -q -m x");
	sh("git checkout -q main; git branch -D -q old");
	is_str(PUSH("refs/heads/main", rewritten, merged, "[{}]"),
	    "push - refs/heads/main merged [x]",
	    "one that only the forge still has");
	is_str(PUSH("refs/tags/v1", ZERO, sh("git rev-parse v1; exit"),
	    "[]"), "push - refs/tags/v1 merged", "a tag is its commit");
	is_str(PUSH("refs/heads/topic", topic, ZERO, "[]"),
	    "- \"refs/heads/topic\" was deleted", "a deletion");
	is_str(PUSH("refs/notes/x", first, second, "[]"),
	    "- \"refs/notes/x\" is neither a branch nor a tag", "notes");
}

/* Not told by a forge, but asked for by somebody. */
static void
test_own_push(void)
{
	is_str(plan(FORGE_OWN, "push", push("refs/heads/topic", first, topic,
	    "[]")), "push - refs/heads/topic topic [t]",
	    "asked for: the newest commit of a branch");
	is_str(plan(FORGE_OWN, "push", push("refs/heads/main", first, second,
	    "[]")), "push - refs/heads/main second [b]",
	    "or one that it has");
	is_str(plan(FORGE_OWN, "push", push("refs/tags/v1", first, merged,
	    "[]")), "push - refs/tags/v1 merged", "the commit of a tag");
	is_str(plan(FORGE_OWN, "push", push("refs/tags/v1", first, second,
	    "[]")), arena_printf(&names, "- commit %.12s is not on "
	    "\"refs/tags/v1\"", second), "not another one");
	is_str(plan(FORGE_OWN, "push", push("refs/heads/topic", first, second,
	    "[]")), arena_printf(&names, "- commit %.12s is not on "
	    "\"refs/heads/topic\"", second),
	    "nor one that the branch does not have");
	is_str(plan(FORGE_OWN, "push", push("refs/heads/none", first, second,
	    "[]")), arena_printf(&names, "- commit %.12s is not on "
	    "\"refs/heads/none\"", second), "nor a branch that is none");
}

static void
test_new_branch(void)
{
	const char *tip = sh("git checkout -q -b new; echo n >n; git add .\n"
	    "git commit -q -m n; echo m >m; git add .; git commit -q -m m");

	is_str(PUSH("refs/heads/new", ZERO, tip, "[{}, {}]"), arena_printf(
	    &names, "push - refs/heads/new %s [m n]", tip),
	    "a new branch: all its commits");
	sh("git branch twin");
	is_str(PUSH("refs/heads/twin", ZERO, tip, "[]"), arena_printf(
	    &names, "push - refs/heads/twin %s []", tip),
	    "without commits of its own nothing differs");
	is_str(PUSH("refs/heads/twin", ZERO, tip, "[{}]"), arena_printf(
	    &names, "push - refs/heads/twin %s unknown", tip),
	    "of commits that two branches brought it is not known");
	sh("git branch -D -q twin; git checkout -q main");
}

static const char *
pull(const char *action, const char *head, const char *fork)
{
	return arena_printf(&names, "{\"action\": \"%s\", \"number\": 1, "
	    "\"pull_request\": {\"number\": 1, \"title\": \"A\\ttitle\", "
	    "\"head\": {\"ref\": \"topic\", \"sha\": \"%s\", \"repo\": %s}, "
	    "\"base\": {\"ref\": \"main\", \"sha\": \"%s\", \"repo\": "
	    "{\"full_name\": \"ada/demo\"}}}, " REPO "}", action, head, fork,
	    second);
}

#define OWN "{\"full_name\": \"Ada/demo\"}"

/* One of eve's, of mona, whose sender is `sender`; is it asked for? */
static bool
asks(const char *sender)
{
	(void)plan("github", "pull_request", arena_printf(&names, "{\"action\""
	    ": \"opened\", \"number\": 1, \"pull_request\": {\"number\": 1, "
	    "\"user\": {\"login\": \"mona\"}, \"head\": {\"ref\": \"topic\", "
	    "\"sha\": \"%s\", \"repo\": {\"full_name\": \"eve/demo\"}}, "
	    "\"base\": {\"ref\": \"main\", \"sha\": \"%s\", \"repo\": "
	    "{\"full_name\": \"ada/demo\"}}}, " REPO_ALONE ", \"sender\": {\"login\": "
	    "\"%s\"}}", topic, second, sender));
	return p.asks;
}

static void
set_trust(const char *forks, const char *const *who, size_t n)
{
	const struct repo_trust trust = { forks, who, n };

	must(repo_trust_set(p.program.store, p.repo.id, &trust, &err));
}

static void
test_trusted(void)
{
	static const char *const who[] = { "Mona", "lisa" };

	set_trust(NULL, who, 2);
	ok(!asks("mona"), "who is trusted need not ask");
	ok(!asks("lisa"), "nor when another one who is trusted sent it");
	ok(asks("eve"), "but when somebody else did");
	set_trust("yes", NULL, 0);
	ok(!asks("eve"), "the repository's word counts before the "
	    "configuration's");
	set_trust("no", NULL, 0);
	ok(strstr(plan("github", "pull_request", pull("opened", topic,
	    "{\"full_name\": \"eve/demo\"}")), "of the repository is") != NULL,
	    "also when it is no");
	set_trust(NULL, NULL, 0);
}

static void
test_pull_request(void)
{
	is_str(plan("github", "pull_request", pull("opened", topic, OWN)),
	    "pull_request opened refs/pull/1/merge merged [t]",
	    "the merge that the forge made; three dots");
	is_str(p.title, "A title", "its title is the run's");
	is_str(p.event.branch, "main", "where it goes into");
	is_str(event_skip_mark(p.event.message), "[skip ci]",
	    "the message of its head may ask for no run");
	sh(arena_printf(&names, "git update-ref refs/pull/1/head %s", topic));
	is_str(plan("gitea", "pull_request", pull("synchronized", first, OWN)),
	    "pull_request synchronize refs/pull/1/head first []",
	    "a merge of another head does not count");
	is_str(plan("github", "pull_request", pull("opened", topic,
	    "{\"full_name\": \"eve/demo\"}")), "- pull request 1 comes from "
	    "the fork \"eve/demo\": it starts nothing, because "
	    "\"fork-pull-requests\" of the configuration is \"no\"",
	    "a fork");
	p.program.config.fork_pull_requests = "yes";
	ok(strstr(plan("github", "pull_request", pull("opened", topic,
	    "{\"full_name\": \"eve/demo\"}")), "pull_request opened") != NULL,
	    "a fork, where that is allowed");
	ok(!p.asks, "without an approval");
	p.program.config.fork_pull_requests = "approve";
	(void)plan("github", "pull_request", pull("opened", topic,
	    "{\"full_name\": \"eve/demo\"}"));
	ok(p.asks, "or with one");
	(void)plan("github", "pull_request", pull("opened", topic, OWN));
	ok(!p.asks, "which the repository's own need not");
	test_trusted();
	p.program.config.fork_pull_requests = "no";
	is_str(plan("github", "pull_request_review", pull("submitted", topic,
	    "null")), "- pull request 1 comes from the fork \"(deleted)\": it "
	    "starts nothing, because \"fork-pull-requests\" of the "
	    "configuration is \"no\"", "a fork that is gone");
	is_str(plan("github", "pull_request", "{\"pull_request\": "
	    "{\"number\": 1, \"head\": {\"sha\": \"--all\"}}, " REPO "}"),
	    "! the payload has no valid \"pull_request.head.sha\"",
	    "a commit is no option");
	is_str(plan("github", "pull_request", "{\"pull_request\": "
	    "{\"number\": \"1/../x\"}, " REPO "}"),
	    "! the payload has no valid \"pull_request.number\"",
	    "a number is one");
}

/* The same delivery as pull_request_target: a fork's, too. */
static void
test_target(void)
{
	const char *eve = "{\"full_name\": \"eve/demo\"}";

	as_target = true;
	is_str(plan("github", "pull_request", pull("opened", topic, eve)),
	    "pull_request_target opened refs/heads/main merged [t]",
	    "the branch that it goes into, and what the other side changes");
	ok(p.event.message == NULL, "no message counts");
	is_str(plan("github", "pull_request", pull("opened", NOBODY, eve)),
	    "pull_request_target opened refs/heads/main merged unknown",
	    "of a head that cannot be had the paths are not known");
	as_target = false;
}

static void
test_others(void)
{
	is_str(plan("github", "issues", "{\"action\": \"opened\", \"issue\": "
	    "{\"title\": \"It fails\"}, " REPO "}"),
	    "issues opened refs/heads/main merged", "the default branch");
	is_str(p.title, "It fails", "the issue's title");
	is_str(p.actor, "mona", "who did it");
	is_str(plan("gitea", "create", "{\"ref\": \"v1\", \"ref_type\": "
	    "\"tag\", " REPO "}"), "create - refs/tags/v1 merged",
	    "a tag that was made");
	is_str(plan("gitea", "create", "{\"ref\": \"gone\", \"ref_type\": "
	    "\"branch\", " REPO "}"), "- there is no \"refs/heads/gone\"",
	    "a branch that is gone again");
	is_str(plan("github", "create", "{\"ref\": \"../x\", " REPO "}"),
	    "! the payload has no valid \"ref\"", "no name");
	is_str(plan("github", "delete", "{\"ref\": \"gone\", " REPO "}"),
	    "delete - refs/heads/main merged", "a deletion");
	is_str(plan("github", "release", "{\"action\": \"published\", "
	    "\"release\": {\"tag_name\": \"v1\", \"name\": \"One\"}, " REPO
	    "}"), "release published refs/tags/v1 merged", "a release");
	is_str(plan("github", "repository_dispatch", "{\"action\": \"go\", "
	    "\"branch\": \"topic\", " REPO "}"),
	    "repository_dispatch go refs/heads/topic topic", "a dispatch");
	is_str(plan("github", "workflow_dispatch", "{\"ref\": \"topic\", "
	    "\"workflow\": \".ci/x.yml\", \"inputs\": {\"a\": \"b\"}, " REPO
	    "}"), "workflow_dispatch - refs/heads/topic topic", "by hand");
	is_str(p.only_file, ".ci/x.yml", "of one workflow");
	ok(p.inputs != NULL && p.inputs->n == 1, "with its inputs");
	is_str(plan("github", "status", "{" REPO "}"),
	    "- event \"status\" starts no runs", "what starts nothing");
	is_str(plan("github", "issues", "[]"),
	    "! payload is not a JSON object", "no object");
}

/* --- other forges ----------------------------------------------------------- */

#define GL_PROJECT(id) "{\"id\": " id ", \"path_with_namespace\": " \
	"\"ada/demo\"}"

static const char *
merge_request(const char *head, const char *source)
{
	return arena_printf(&names, "{\"object_kind\": \"merge_request\", "
	    "\"user\": {\"username\": \"mona\"}, \"project\": %s, "
	    "\"object_attributes\": {\"iid\": 2, \"action\": \"open\", "
	    "\"title\": \"T\", \"source_branch\": \"topic\", "
	    "\"target_branch\": \"main\", \"source\": %s, \"target\": %s, "
	    "\"last_commit\": {\"id\": \"%s\"}}}", GL_PROJECT("1"), source,
	    GL_PROJECT("1"), head);
}

/* What the planner made of a text that is deep in the payload. */
static const char *
told(const char *path)
{
	const char *s = event_text(p.payload, path, &names);

	return s != NULL ? name_of(s) : "-";
}

static void
test_gitlab(void)
{
	sh(arena_printf(&names, "git update-ref refs/merge-requests/2/head "
	    "%s", topic));
	is_str(plan("gitlab", "Merge Request Hook", merge_request(topic,
	    GL_PROJECT("1"))),
	    "pull_request opened refs/pull/2/head topic []",
	    "a merge request's base is where its branch is now");
	is_str(told("pull_request.base.sha"), "merged",
	    "and the payload tells it");
	is_str(p.actor, "mona", "by whom");
	sh(arena_printf(&names, "git update-ref refs/merge-requests/2/merge "
	    "%s", merged));
	is_str(plan("gitlab", "Merge Request Hook", merge_request(topic,
	    GL_PROJECT("1"))),
	    "pull_request opened refs/pull/2/merge merged []",
	    "the merge that GitLab made");
	is_str(plan("gitlab", "Merge Request Hook", merge_request(topic,
	    "{\"id\": 3, \"path_with_namespace\": \"eve/demo\"}")),
	    "- pull request 2 comes from the fork \"eve/demo\": it starts "
	    "nothing, because \"fork-pull-requests\" of the configuration is "
	    "\"no\"", "a fork");
	is_str(plan("gitlab", "Push Hook", arena_printf(&names,
	    "{\"object_kind\": \"push\", \"ref\": \"refs/heads/main\", "
	    "\"before\": \"%s\", \"after\": \"%s\", \"project\": %s}",
	    first, second, GL_PROJECT("1"))),
	    "push - refs/heads/main second [b]", "a push");
	is_str(told("head_commit.message"), "two",
	    "the message, which was not told");
}

/* Half of a name, and no ref but the branch. */
static const char *
bitbucket(const char *head, const char *branch, const char *source)
{
	return arena_printf(&names, "{\"pullrequest\": {\"id\": 3, "
	    "\"title\": \"T\", \"state\": \"OPEN\", \"source\": {\"branch\": "
	    "{\"name\": \"%s\"}, \"commit\": {\"hash\": \"%.12s\"}, "
	    "\"repository\": {\"full_name\": \"%s\"}}, \"destination\": "
	    "{\"branch\": {\"name\": \"main\"}, \"commit\": {\"hash\": "
	    "\"%.12s\"}, \"repository\": {\"full_name\": \"ada/demo\"}}}, "
	    "\"repository\": {\"full_name\": \"ada/demo\"}}", branch, head,
	    source, merged);
}

static void
test_bitbucket(void)
{
	is_str(plan("bitbucket", "pullrequest:created", bitbucket(topic,
	    "topic", "ada/demo")),
	    "pull_request opened refs/pull/3/head topic []",
	    "the head of the source branch");
	is_str(told("pull_request.head.sha"), "topic", "by its whole name");
	is_str(plan("bitbucket", "pullrequest:updated", bitbucket(first,
	    "topic", "ada/demo")),
	    "pull_request synchronize refs/pull/3/head first []",
	    "a commit that the branch has left behind");
	is_str(plan("bitbucket", "pullrequest:created", bitbucket(NOBODY,
	    "topic", "ada/demo")), "- there is no commit 012345678901 of pull "
	    "request 3 any more", "one that nobody has");
	sh("git branch 0123456789ab");
	is_str(plan("bitbucket", "pullrequest:created", bitbucket(
	    "0123456789ab", "topic", "ada/demo")), "- there is no commit "
	    "0123456789ab of pull request 3 any more",
	    "a branch that looks like a commit is none");
	sh("git branch -D -q 0123456789ab");
	p.program.config.fork_pull_requests = "yes";
	is_str(plan("bitbucket", "pullrequest:created", bitbucket(NOBODY,
	    "topic", "eve/demo")), "- pull request 3 comes from the fork "
	    "\"eve/demo\", and bitbucket gives its commit to nobody else",
	    "a fork, even where that is allowed");
	p.program.config.fork_pull_requests = "no";
}

static void
test_context(void)
{
	static const char *const members[][2] = {
		{ "event_name", "pull_request" }, { "ref", "refs/pull/1/merge" },
		{ "ref_name", "1/merge" }, { "ref_type", "branch" },
		{ "head_ref", "topic" }, { "base_ref", "main" },
		{ "repository", "ada/demo" }, { "repository_owner", "ada" },
		{ "repository_id", "7" }, { "actor", "mona" },
		{ "triggering_actor", "mona" }, { "token", "" },
		{ "server_url", "https://forge.example" },
		{ "api_url", "https://forge.example/api/v1" },
		{ "graphql_url", "" },
	};

	plan("github", "pull_request", arena_printf(&names, "payload=%s",
	    pull("opened", topic, OWN)));
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		const struct expr_value *v = expr_object_get(p.github,
		    (struct expr_text) { members[i][0],
		        strlen(members[i][0]) });

		is_str(v != NULL ? expr_to_string(v, &names) : NULL,
		    members[i][1], "github.%s", members[i][0]);
	}
}

int
main(void)
{
	make_origin();
	open_planner();
	test_push();
	test_own_push();
	test_new_branch();
	test_pull_request();
	test_target();
	test_others();
	test_gitlab();
	test_bitbucket();
	test_context();
	for (struct planner *q = p.next; q != NULL; q = q->next)
		arena_release(&q->arena);
	str_release(&p.verdict);
	arena_release(&p.arena);
	git_close(p.git);
	arena_release(&names);
	return tap_done();
}

/*
 * event.c - fuzz target: any payload of any event on its way to a run, and any
 * text behind `uses`.
 *
 * What the planner takes from a payload is given to git as a name and becomes
 * a part of addresses, so it must be what it is said to be. A file that is
 * used lies within its repository.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/pipeline/event_context.h"
#include "lib/pipeline/uses.h"
#include "t/fuzz/require.h"
#include "t/lib/fixture.h"
#include "workerd/planner.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says which; the last is `uses`. */
static const char *const events[] = { "push", "pull_request", "create",
	"delete", "release", "repository_dispatch", "workflow_dispatch",
	"issues", "pull_request_review", "status", "pull_request_target",
	NULL };

static void
check_context(const struct planner *p)
{
	struct expr_object *github;
	struct trigger_event e;
	struct arena a = ARENA_INIT(0);
	const struct event_source source = { .name = p->event_name,
		.action = p->action, .ref = p->ref, .actor = p->actor,
		.payload = p->payload };

	event_context(&source, &a, &github, &e);
	require(e.ref != NULL && strcmp(e.ref, p->ref) == 0);
	require(e.name == p->event_name);
	require(e.changed_known == (e.n_changed > 0) || !e.changed_known);
	event_skip_mark(e.message);
	arena_release(&a);
}

static void
try_payload(const char *event, const char *body, size_t len)
{
	static struct store *st; /* asked whether forks are trusted */
	static int64_t repo;

	if (st == NULL) {
		st = fixture_store(NULL);
		repo = fixture_repo(st, "r");
	}

	struct planner p = { .verdict = STR_INIT,
		.program = { .store = st,
		    .config.fork_pull_requests = "approve" },
		.repo = { .id = repo, .owner = "o", .name = "r",
		    .forge = "gitea", .default_branch = "main" },
		.delivery = { .forge = "gitea", .event = event, .body = body,
		    .body_len = len } };
	struct err err = { 0 };
	int rc = planner_changes(&p, &err);

	if (rc == 1)
		rc = planner_event(&p, &err);
	require((rc == -1) == (err.code != ERR_NONE));
	require((rc == 0) == (p.verdict.len > 0));
	if (rc == 1) {
		require(forge_ref_valid(p.ref));
		require(p.branch[0] != '\0' &&
		    strstr(p.ref, p.branch) != NULL);
		require(p.head == NULL || git_sha_valid(p.head));
		require(p.pull == NULL || forge_ref_valid(p.pull->base_ref));
		require(p.title == NULL || strlen(p.title) <= FORGE_MAX_TITLE);
		require(p.actor == NULL || p.actor[0] != '\0');
		check_context(&p);
	}
	for (struct planner *q = p.next; q != NULL; q = q->next)
		arena_release(&q->arena);
	str_release(&p.verdict);
	arena_release(&p.arena);
}

static bool
stays(const char *path)
{
	return path[0] != '/' && strcmp(path, "..") != 0 &&
	    strncmp(path, "../", 3) != 0 && strstr(path, "/../") == NULL &&
	    !str_ends_with(path, "/..") && strstr(path, "//") == NULL;
}

static void
try_uses(const char *body, size_t len)
{
	struct arena a = ARENA_INIT(0);
	const char *text = arena_strndup(&a, body, len), *within;
	struct uses u = uses_read(text, &a), again;

	require(u.path == NULL || stays(u.path));
	if (u.kind == USES_REPOSITORY)
		require(u.owner[0] != '\0' && u.name[0] != '\0' &&
		    u.ref[0] != '\0' && strchr(u.owner, '/') == NULL &&
		    strchr(u.name, '/') == NULL);
	uses_built_in(&u);
	within = uses_within(text, "o/r/x.yml@v1", &a);
	again = uses_read(within, &a);
	if (u.kind == USES_LOCAL && within != text) {
		require(again.kind == USES_REPOSITORY ||
		    strchr(u.path, '@') != NULL);
		require(again.kind != USES_REPOSITORY ||
		    strcmp(again.path, u.path) == 0);
	}
	arena_release(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *event;

	if (size < 1)
		return 0;
	event = events[data[0] % (sizeof(events) / sizeof(*events))];
	if (event != NULL)
		try_payload(event, (const char *)data + 1, size - 1);
	else
		try_uses((const char *)data + 1, size - 1);
	return 0;
}

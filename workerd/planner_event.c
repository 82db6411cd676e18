/*
 * planner_event.c - what a delivery's payload says: which event, which ref,
 * and how its commit is found.
 *
 * docs.github.com, "Events that trigger workflows": GITHUB_REF and GITHUB_SHA
 * of each event.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/pipeline/event_context.h"

/* Trees of payloads take some times their text. */
#define PAYLOAD_ARENA_BYTES (64 * 1024 * 1024)

static int
read_created(struct planner *p, struct err *err);
static int
read_dispatch(struct planner *p, struct err *err);
static int
read_pull(struct planner *p, struct err *err);
static int
read_release(struct planner *p, struct err *err);
static int
read_target(struct planner *p, struct err *err);
static int
read_workflow_dispatch(struct planner *p, struct err *err);

/* Events that are not about the default branch. Each function fills the ref
 * and returns 1, 0 with a verdict, or -1. */
static const struct {
	const char *name;
	int (*read)(struct planner *p, struct err *err);
} readers[] = {
	{ "create", read_created },
	{ "pull_request", read_pull },
	{ "pull_request_review", read_pull },
	{ "pull_request_review_comment", read_pull },
	{ "pull_request_target", read_target },
	{ "release", read_release },
	{ "repository_dispatch", read_dispatch },
	{ "workflow_dispatch", read_workflow_dispatch },
};

/* What the title of a run is, the first that is there. */
static const char *const titles[] = { "pull_request.title", "issue.title",
	"discussion.title", "release.name" };

static const char *
text(struct planner *p, const char *path)
{
	return event_text(p->payload, path, &p->arena);
}

static int
missing(const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID, "the payload has no valid \"%s\"",
	    what);
}

/* --- refs ------------------------------------------------------------------ */

/* Take a ref, whole or a name of that kind, after checking it. */
static int
take_ref(struct planner *p, const char *kind, const char *name,
    const char *what, struct err *err)
{
	const char *ref = name;

	if (name != NULL && !str_starts_with(name, "refs/"))
		ref = arena_printf(&p->arena, "%s%s", kind, name);
	if (ref == NULL || !forge_ref_valid(ref))
		return missing(what, err);
	p->ref = ref;
	p->tag = str_starts_with(ref, "refs/tags/");
	p->branch = ref;
	if (p->tag)
		p->branch += strlen("refs/tags/");
	else if (str_starts_with(ref, "refs/heads/"))
		p->branch += strlen("refs/heads/");
	return 1;
}

static int
read_default(struct planner *p, struct err *err)
{
	const char *name = text(p, "repository.default_branch");

	return take_ref(p, "refs/heads/", name != NULL ? name :
	    p->repo.default_branch, "repository.default_branch", err);
}

static int
read_created(struct planner *p, struct err *err)
{
	const char *type = text(p, "ref_type");

	return take_ref(p, type != NULL && strcmp(type, "tag") == 0 ?
	    "refs/tags/" : "refs/heads/", text(p, "ref"), "ref", err);
}

static int
read_dispatch(struct planner *p, struct err *err)
{
	const char *name = text(p, "branch");

	return name == NULL ? read_default(p, err) :
	    take_ref(p, "refs/heads/", name, "branch", err);
}

static int
read_release(struct planner *p, struct err *err)
{
	return take_ref(p, "refs/tags/", text(p, "release.tag_name"),
	    "release.tag_name", err);
}

static int
read_workflow_dispatch(struct planner *p, struct err *err)
{
	const struct expr_value *inputs = event_value(p->payload, "inputs");

	p->only_file = text(p, "workflow");
	if (inputs != NULL && inputs->type == EXPR_OBJECT)
		p->inputs = inputs->object;
	return take_ref(p, "refs/heads/", text(p, "ref"), "ref", err);
}

/* --- pull requests --------------------------------------------------------- */

/* Its number, and the commits on both sides. */
static int
read_sides(struct planner *p, const char **number, struct err *err)
{
	const struct expr_value *v = event_value(p->payload,
	    "pull_request.number");

	*number = v != NULL && v->type == EXPR_NUMBER ?
	    expr_to_string(v, &p->arena) : "?";
	if ((*number)[strspn(*number, "0123456789")] != '\0')
		return missing("pull_request.number", err);
	p->head = text(p, "pull_request.head.sha");
	p->base = text(p, "pull_request.base.sha");
	if (p->head == NULL || !git_sha_valid(p->head))
		return missing("pull_request.head.sha", err);
	if (p->base == NULL || !git_sha_valid(p->base))
		return missing("pull_request.base.sha", err);
	return 0;
}

/* The files of the branch that it goes into, which strangers do not write. */
static int
read_target(struct planner *p, struct err *err)
{
	const char *number;

	if (read_sides(p, &number, err) == -1)
		return -1;
	return take_ref(p, "refs/heads/", text(p, "pull_request.base.ref"),
	    "pull_request.base.ref", err);
}

static int
read_pull(struct planner *p, struct err *err)
{
	const char *number, *fork;

	if (read_sides(p, &number, err) == -1)
		return -1;
	if (!p->program.config.fork_pull_requests &&
	    event_from_fork(p->payload, &p->arena, &fork)) {
		str_addf(&p->verdict, "pull request %s comes from the fork "
		    "\"%s\": it starts nothing, because "
		    "\"fork-pull-requests\" of the configuration is false",
		    number, fork != NULL ? fork : "(deleted)");
		return 0;
	}
	return take_ref(p, NULL, arena_printf(&p->arena,
	    "refs/pull/%s/merge", number), "pull_request.number", err);
}

/* --- pushes ---------------------------------------------------------------- */

static int
read_push(struct planner *p, const struct forge *f, struct err *err)
{
	if (forge_parse_push(f, p->delivery.body, p->delivery.body_len,
	    &p->arena, &p->push, err) == -1)
		return -1;
	p->title = p->push.title;
	p->actor = p->push.actor;
	if (p->push.deleted) {
		str_addf(&p->verdict, "\"%s\" was deleted", p->push.ref);
		return 0;
	}
	if (!p->push.tag && !str_starts_with(p->push.ref, "refs/heads/")) {
		str_addf(&p->verdict, "\"%s\" is neither a branch nor a tag",
		    p->push.ref);
		return 0;
	}
	p->head = p->push.after;
	return take_ref(p, NULL, p->push.ref, "ref", err);
}

/* --- all ------------------------------------------------------------------- */

static int
read_payload(struct planner *p, struct err *err)
{
	struct str json = STR_INIT;
	struct expr_value v;
	int rc = forge_payload(p->delivery.body, p->delivery.body_len, &json,
	    err);

	if (rc == 0)
		rc = expr_json_read(arena_strndup(&p->arena, json.s, json.len),
		    json.len, PAYLOAD_ARENA_BYTES, &p->arena, &v, err);
	str_release(&json);
	if (rc == -1)
		return err_wrap(err, "reading the payload");
	if (v.type != EXPR_OBJECT)
		return err_set(err, ERR_INVALID,
		    "payload is not a JSON object");
	p->payload = v.object;
	return 0;
}

static int
read_other(struct planner *p, struct err *err)
{
	const char *actor = text(p, "sender.login");

	if (actor != NULL && strlen(actor) <= FORGE_MAX_NAME)
		p->actor = forge_title(&p->arena, actor);
	for (size_t i = 0; p->title == NULL && i < ARRAY_LEN(titles); i++)
		p->title = forge_title(&p->arena, text(p, titles[i]));
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (strcmp(readers[i].name, p->event_name) == 0)
			return readers[i].read(p, err);
	return read_default(p, err);
}

int
planner_event(struct planner *p, struct err *err)
{
	const struct forge *f = forge_find(p->delivery.forge);
	enum forge_event kind;

	if (f == NULL)
		return err_set(err, ERR_INVALID, "the forge \"%s\" is not "
		    "known", p->delivery.forge);
	kind = forge_event_kind(f, p->delivery.event);
	if (kind != FORGE_PUSH && kind != FORGE_EVENT) {
		str_addf(&p->verdict, "the event \"%s\" starts nothing",
		    p->delivery.event);
		return 0;
	}
	if (read_payload(p, err) == -1)
		return -1;
	p->event_name = p->as_target ? "pull_request_target" :
	    forge_event_name(f, p->delivery.event);
	p->action = forge_event_action(f, p->event_name, text(p, "action"));
	return kind == FORGE_PUSH ? read_push(p, f, err) : read_other(p, err);
}

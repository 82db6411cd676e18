/*
 * change.c - what a payload in GitHub's shape says: the same for all forges.
 *
 * docs.github.com, "Webhook events and payloads"; "Events that trigger
 * workflows", GITHUB_REF of each event. Nothing is taken from `commits` but
 * the message of the commit that `after` names: forges cut that list.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/forge/row.h"

/* One change while it is read. */
struct change {
	const struct forge *forge;
	const json_t *root;
	struct arena *a;
	struct forge_change *out;
};

static int
missing(const char *what, struct err *err)
{
	return err_set(err, ERR_INVALID, "the payload has no valid \"%s\"",
	    what);
}

int
change_repo(const json_t *repo, struct arena *a, struct forge_repo *out,
    struct err *err)
{
	static const char *const owners[] = { "login", "name", "username" };
	const char *owner = NULL;

	for (size_t i = 0; i < ARRAY_LEN(owners) && owner == NULL; i++)
		owner = payload_text(repo, "owner", owners[i]);
	memset(out, 0, sizeof(*out));
	if (name_copy(a, "repository.owner.login", owner, true, &out->owner,
	    err) == -1 ||
	    name_copy(a, "repository.name", payload_text(repo, "name", NULL),
	    false, &out->name, err) == -1)
		return -1;
	out->clone_url = name_optional(a,
	    payload_text(repo, "clone_url", NULL), FORGE_MAX_URL);
	out->ssh_url = name_optional(a, payload_text(repo, "ssh_url", NULL),
	    FORGE_MAX_URL);
	out->default_branch = name_optional(a,
	    payload_text(repo, "default_branch", NULL), FORGE_MAX_REF);
	return 0;
}

/* A ref, whole or a name of that kind. */
static int
take_ref(const struct change *c, const char *kind, const char *path,
    const char **out, struct err *err)
{
	const char *s = payload_str(c->root, path);

	if (s != NULL && strlen(s) <= FORGE_MAX_REF)
		s = arena_printf(c->a, "%s%s",
		    str_starts_with(s, "refs/") ? "" : kind, s);
	if (s == NULL || !forge_ref_valid(s))
		return missing(path, err);
	*out = s;
	return 0;
}

/* --- pushes --------------------------------------------------------------- */

static int
take_sha(const struct change *c, const char *key, const char **out,
    struct err *err)
{
	const char *s = payload_text(c->root, key, NULL);

	if (s == NULL)
		return err_set(err, ERR_INVALID, "payload has no %s", key);
	if (!name_is_sha(s))
		return err_set(err, ERR_INVALID,
		    "%s is not a commit id of 40 or 64 hex digits", key);
	*out = arena_strdup(c->a, s);
	return 0;
}

/* Not every forge has head_commit; then it is the one of commits[] that has
 * the id, wherever it stands. */
static const char *
push_message(const struct change *c)
{
	const char *s = payload_text(c->root, "head_commit", "message");
	const json_t *commit;
	size_t i;

	if (s != NULL)
		return s;
	json_array_foreach(json_object_get(c->root, "commits"), i, commit) {
		const char *id = payload_text(commit, "id", NULL);

		if (id != NULL && strcmp(id, c->out->after) == 0)
			return payload_text(commit, "message", NULL);
	}
	return NULL;
}

static int
read_push(struct change *c, struct err *err)
{
	struct forge_change *out = c->out;
	const char *ref = payload_text(c->root, "ref", NULL);

	if (ref == NULL)
		return err_set(err, ERR_INVALID, "payload has no ref");
	if (!forge_ref_valid(ref))
		return err_set(err, ERR_INVALID,
		    "ref is not a valid name of a branch or tag");
	out->ref = arena_strdup(c->a, ref);
	if (take_sha(c, "after", &out->after, err) == -1 ||
	    (payload_text(c->root, "before", NULL) != NULL &&
	    take_sha(c, "before", &out->before, err) == -1))
		return -1;
	out->created = out->before != NULL && forge_sha_is_zero(out->before);
	out->deleted = forge_sha_is_zero(out->after);
	out->title = forge_title(c->a, push_message(c));
	return 0;
}

/* --- pull requests -------------------------------------------------------- */

static bool
is_digits(const char *s)
{
	return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static int
take_number(const struct change *c, const char **out, struct err *err)
{
	const json_t *v = payload_at(c->root, "pull_request.number");

	if (!json_is_integer(v) || json_integer_value(v) < 1)
		return missing("pull_request.number", err);
	*out = arena_printf(c->a, "%" JSON_INTEGER_FORMAT,
	    json_integer_value(v));
	return is_digits(*out) ? 0 : missing("pull_request.number", err);
}

static int
take_side(const struct change *c, const char *path, bool must,
    const char **out, struct err *err)
{
	const char *s = payload_str(c->root, path);

	if (s == NULL && !must)
		return 0;
	if (s == NULL || !name_is_sha_start(s))
		return missing(path, err);
	*out = arena_strdup(c->a, s);
	return 0;
}

/* Whoever may fork a repository writes the files of a pull request from a
 * fork. One that is not known any more is none the less a fork. */
static void
find_fork(const struct change *c, struct forge_pull *p)
{
	const char *head = payload_str(c->root,
	    "pull_request.head.repo.full_name");
	const char *base = payload_str(c->root,
	    "pull_request.base.repo.full_name");

	if (base == NULL)
		base = payload_str(c->root, "repository.full_name");
	p->head_repo = name_optional(c->a, head, 2 * FORGE_MAX_NAME);
	p->fork = p->head_repo == NULL || base == NULL ||
	    strcasecmp(head, base) != 0;
}

/* The branch of the other side is a name for people, except where the forge
 * has no other way to fetch it. */
static int
take_head_ref(const struct change *c, struct forge_pull *p, struct err *err)
{
	struct err none = { 0 };

	if (c->forge->pull_ref != NULL)
		p->fetch_ref = arena_printf(c->a, "%s%s%s",
		    c->forge->pull_ref, p->number, c->forge->pull_end);
	if (take_ref(c, "refs/heads/", "pull_request.head.ref", &p->head_ref,
	    &none) == -1 && p->fetch_ref == NULL)
		return missing("pull_request.head.ref", err);
	return 0;
}

static int
read_pull(struct change *c, struct err *err)
{
	struct forge_pull *p = arena_alloc(c->a, sizeof(*p));

	*p = (struct forge_pull){ .merged =
	    json_is_true(payload_at(c->root, "pull_request.merged")) };
	c->out->pull = p;
	find_fork(c, p);
	if (take_number(c, &p->number, err) == -1 ||
	    take_side(c, "pull_request.head.sha", true, &p->head_sha, err) ==
	    -1 ||
	    take_side(c, "pull_request.base.sha", false, &p->base_sha, err) ==
	    -1 ||
	    take_ref(c, "refs/heads/", "pull_request.base.ref", &p->base_ref,
	    err) == -1)
		return -1;
	return take_head_ref(c, p, err);
}

/* --- other events that are not about the default branch -------------------- */

static int
read_create(struct change *c, struct err *err)
{
	const char *type = payload_str(c->root, "ref_type");

	return take_ref(c, type != NULL && strcmp(type, "tag") == 0 ?
	    "refs/tags/" : "refs/heads/", "ref", &c->out->ref, err);
}

static int
read_release(struct change *c, struct err *err)
{
	return take_ref(c, "refs/tags/", "release.tag_name", &c->out->ref,
	    err);
}

static int
read_repository_dispatch(struct change *c, struct err *err)
{
	return payload_str(c->root, "branch") == NULL ? 0 :
	    take_ref(c, "refs/heads/", "branch", &c->out->ref, err);
}

/* It is not left out when it is no name that can be kept: without it every
 * workflow would start. */
static int
take_workflow(struct change *c, struct err *err)
{
	const char *path = payload_str(c->root, "workflow");

	c->out->workflow = name_optional(c->a, path, FORGE_MAX_URL);
	return path == NULL || c->out->workflow != NULL ? 0 :
	    missing("workflow", err);
}

static int
read_schedule(struct change *c, struct err *err)
{
	return take_workflow(c, err);
}

static int
read_workflow_dispatch(struct change *c, struct err *err)
{
	if (take_workflow(c, err) == -1)
		return -1;
	return take_ref(c, "refs/heads/", "ref", &c->out->ref, err);
}

static const struct {
	const char *event;
	int (*read)(struct change *c, struct err *err);
} readers[] = {
	{ "create", read_create },
	{ "pull_request", read_pull },
	{ "pull_request_review", read_pull },
	{ "pull_request_review_comment", read_pull },
	{ "pull_request_target", read_pull },
	{ "push", read_push },
	{ "release", read_release },
	{ "repository_dispatch", read_repository_dispatch },
	{ "schedule", read_schedule },
	{ "workflow_dispatch", read_workflow_dispatch },
};

/* --- all ------------------------------------------------------------------ */

/* The first that is there. `sender` of GitHub is an account, its `pusher` only
 * a name; in Gitea it is the other way round. */
static const char *const actors[] = { "pusher.login", "sender.login",
	"pusher.name" };
static const char *const titles[] = { "pull_request.title", "issue.title",
	"discussion.title", "release.name" };

static const char *
first_of(const json_t *root, const char *const *paths, size_t n)
{
	const char *s = NULL;

	for (size_t i = 0; i < n && s == NULL; i++)
		s = payload_str(root, paths[i]);
	return s;
}

int
change_read(const struct forge *f, const json_t *entry, struct arena *a,
    struct forge_change *out, struct err *err)
{
	struct change c = { f, json_object_get(entry, "payload"), a, out };
	const char *action = payload_text(entry, "action", NULL);

	*out = (struct forge_change){
		.event = arena_strdup(a, payload_text(entry, "event", NULL)),
		.derived = json_is_true(json_object_get(entry, "derived")),
		.payload = json_object_get(entry, "payload") };
	if (action == NULL)
		action = payload_text(c.root, "action", NULL);
	out->action = name_optional(a, action, FORGE_MAX_NAME);
	out->actor = name_optional(a, first_of(c.root, actors,
	    ARRAY_LEN(actors)), FORGE_MAX_NAME);
	out->title = forge_title(a, first_of(c.root, titles,
	    ARRAY_LEN(titles)));
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (strcmp(readers[i].event, out->event) == 0)
			return readers[i].read(&c, err);
	return 0;
}

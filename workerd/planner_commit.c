/*
 * planner_commit.c - the commit of an event, and what only the mirror knows
 * of it: which paths differ, what its message says.
 *
 * docs.github.com, "Workflow syntax", on.<push|pull_request>.paths: a push is
 * compared by two dots, a new branch with the parent of its deepest new
 * commit, a pull request by three dots. What cannot be compared lets every
 * filter of paths pass.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/pipeline/event_context.h"
#include "workerd/planner_sources.h"

/* It has two sides, whichever of them is built. */
static bool
is_pull(const struct planner *p)
{
	return p->pull != NULL;
}

/* --- which commit ---------------------------------------------------------- */

static void
put(struct expr_object *o, const char *name, struct expr_value v)
{
	expr_mark_outside(&v);
	expr_object_put(o, (struct expr_text){ name, strlen(name) }, v);
}

/* Make a text of the payload whole, where it was told in part or not. */
static void
put_text(struct planner *p, const char *object, const char *name,
    const char *text)
{
	const struct expr_value *v = event_value(p->payload, object);

	if (v != NULL && v->type == EXPR_OBJECT)
		put(v->object, name, expr_string(text));
}

/*
 * The whole name of a commit that a forge told in part or not at all: of the
 * branch, if it still starts so, else of any commit that does. 1, 0, -1.
 */
static int
complete_sha(struct planner *p, const char *start, const char *ref,
    const char **out, struct err *err)
{
	char commit[GIT_SHA_SIZE];
	int rc = 0;

	if (ref != NULL)
		rc = git_ref_commit(p->git, p->mirror, ref, commit, err);
	if (rc == 1 && start != NULL && !str_starts_with(commit, start))
		rc = 0;
	if (rc == 0 && start != NULL)
		rc = git_complete_sha(p->git, p->mirror, start, commit, err);
	if (rc == 1)
		*out = arena_strdup(&p->arena, commit);
	return rc;
}

/* Both sides by their whole names: 1, 0 with a verdict, -1. */
static int
find_sides(struct planner *p, struct err *err)
{
	const struct forge_pull *pull = p->pull;
	int rc = 1;

	p->head = pull->head_sha;
	p->base = pull->base_sha;
	if (!git_sha_valid(p->head))
		rc = complete_sha(p, pull->head_sha, pull->fork ? NULL :
		    pull->head_ref, &p->head, err);
	if (rc == 0 && pull->fork)
		str_addf(&p->verdict, "pull request %s comes from the fork "
		    "\"%s\", and %s gives its commit to nobody else",
		    pull->number, pull->head_repo != NULL ?
		    pull->head_repo : "(deleted)", p->delivery.forge);
	else if (rc == 0)
		str_addf(&p->verdict, "there is no commit %s of pull request "
		    "%s any more", pull->head_sha, pull->number);
	if (rc != 1)
		return rc;
	if (p->base == NULL || !git_sha_valid(p->base))
		rc = complete_sha(p, pull->base_sha, pull->base_ref, &p->base,
		    err);
	if (rc == 0)
		str_addf(&p->verdict, "there is no \"%s\"", pull->base_ref);
	if (rc == 1) {
		put_text(p, "pull_request.head", "sha", p->head);
		put_text(p, "pull_request.base", "sha", p->base);
	}
	return rc;
}

/* The forge's merge of a pull request lies beside its head. */
static const char *
merge_ref(struct planner *p)
{
	const char *head = p->pull->fetch_ref;

	return head == NULL ? NULL : arena_printf(&p->arena, "%.*s/merge",
	    (int)(strrchr(head, '/') - head), head);
}

/* The forge merges a pull request by itself, sometime after its event: only a
 * merge of this very head counts. Without one its head is built. */
static int
find_merge(struct planner *p, struct err *err)
{
	const char *ref = merge_ref(p);
	char head[GIT_SHA_SIZE];
	int rc = 0;

	if (ref != NULL)
		rc = git_ref_commit(p->git, p->mirror, ref, p->commit, err);
	if (rc == 1)
		rc = git_parent(p->git, p->mirror, p->commit, 2, head, err);
	if (rc == -1)
		return -1;
	if (rc == 0 || strcmp(head, p->head) != 0) {
		strcpy(p->commit, p->head);
		p->ref = arena_printf(&p->arena, "%.*shead",
		    (int)(strlen(p->ref) - strlen("merge")), p->ref);
	}
	p->branch = p->ref + strlen("refs/pull/");
	return 1;
}

/* Of a pull_request_target the head need not be had. */
static int
find_pull(struct planner *p, struct err *err)
{
	char head[GIT_SHA_SIZE];
	int rc = find_sides(p, err);

	if (rc != 1 || p->as_target)
		return rc;
	return git_mirror_update(p->git, p->mirror, p->repo.clone_url,
	    p->head, head, err) == -1 ? -1 : find_merge(p, err);
}

static int
fetch(struct planner *p, struct err *err)
{
	if (!p->fetched && (planner_is_stored(p) ?
	    planner_stored_fetch(p, err) : git_mirror_fetch(p->git,
	    p->mirror, p->repo.clone_url, err)) == -1)
		return -1;
	p->fetched = true;
	return 0;
}

/* Does the branch have the commit, or is the tag of it? */
static int
is_of_ref(struct planner *p, struct err *err)
{
	char tip[GIT_SHA_SIZE], base[GIT_SHA_SIZE];
	int rc = git_ref_commit(p->git, p->mirror, p->ref, tip, err);

	if (rc != 1 || strcmp(tip, p->commit) == 0)
		return rc;
	if (p->tag)
		return 0;
	rc = git_merge_base(p->git, p->mirror, p->commit, tip, base, err);
	return rc == 1 ? strcmp(base, p->commit) == 0 : rc;
}

/*
 * A commit of a push may be there already. A forge that signs says which
 * branch it came to; who asks for a run might name another one, whose
 * environments and caches are not for this commit.
 */
static int
find_push(struct planner *p, struct err *err)
{
	int rc;

	if (git_mirror_update(p->git, p->mirror, p->repo.clone_url, p->head,
	    p->commit, err) == -1)
		return -1;
	if (strcmp(p->delivery.forge, FORGE_OWN) != 0)
		return 1;
	rc = fetch(p, err) == -1 ? -1 : is_of_ref(p, err);
	if (rc == 0)
		str_addf(&p->verdict, "commit %.12s is not on \"%s\"",
		    p->commit, p->ref);
	return rc;
}

int
planner_commit(struct planner *p, struct err *err)
{
	int rc = 1;

	if (strcmp(p->event_name, "push") == 0 && !planner_is_stored(p))
		return find_push(p, err);
	/* Refs must be new. */
	if (fetch(p, err) == -1)
		return -1;
	if (is_pull(p))
		rc = find_pull(p, err);
	if (rc != 1 || (is_pull(p) && !p->as_target))
		return rc;
	rc = git_ref_commit(p->git, p->mirror, p->ref, p->commit, err);
	if (rc == 0)
		str_addf(&p->verdict, "there is no \"%s\"", p->ref);
	return rc;
}

/* --- which paths ----------------------------------------------------------- */

/* Take what is compared with from the forge, if it still has it. */
static int
has_commit(struct planner *p, const char *sha, struct err *err)
{
	char commit[GIT_SHA_SIZE];
	struct err e = { 0 };

	if (git_mirror_update(p->git, p->mirror, p->repo.clone_url, sha,
	    commit, &e) == 0)
		return 1;
	if (e.code == ERR_NOT_FOUND || planner_tell(p, &e))
		return 0;
	return err_set(err, e.code, "%s", e.text);
}

/* The forge listed commits of a new branch that other branches have by now:
 * then it is not known which of them were new. */
static bool
had_commits(struct planner *p)
{
	const struct expr_value *v = event_value(p->payload, "commits");

	return v == NULL || v->type != EXPR_ARRAY || v->array->n > 0;
}

/* What the event is compared with, as `from`: 1; NULL for all files of the
 * commit, the commit itself for none. 0: it cannot be compared. */
static int
find_from(struct planner *p, char base[GIT_SHA_SIZE], const char **from,
    struct err *err)
{
	int rc;

	*from = base;
	if (is_pull(p)) {
		rc = has_commit(p, p->base, err);
		if (rc == 1)
			rc = has_commit(p, p->head, err);
		return rc != 1 ? rc : git_merge_base(p->git, p->mirror,
		    p->base, p->head, base, err);
	}
	if (p->change->before == NULL)
		return 0;
	if (!p->change->created) {
		*from = p->change->before;
		return has_commit(p, p->change->before, err);
	}
	rc = git_branch_base(p->git, p->mirror, p->branch, p->commit, base,
	    err);
	if (rc == 1 && base[0] == '\0')
		*from = NULL;
	if (rc != 0)
		return rc;
	*from = p->commit;
	return had_commits(p) ? 0 : 1;
}

static int
find_changed(struct planner *p, struct err *err)
{
	char base[GIT_SHA_SIZE];
	const char **paths = NULL, *from;
	size_t n = 0;
	int rc = find_from(p, base, &from, err);

	if (rc == 1)
		rc = git_changed(p->git, p->mirror, from, is_pull(p) ?
		    p->head : p->commit, &p->arena, &paths, &n, err);
	if (rc == -1)
		return err_wrap(err, "comparing commit %.12s", p->commit);
	p->event.changed = paths;
	p->event.n_changed = n;
	p->event.changed_known = rc == 1;
	return 0;
}

/* --- all ------------------------------------------------------------------- */

/* What the forge did not tell of the commit of a push. */
static void
tell_message(struct planner *p, const char *message)
{
	const struct expr_value *v = event_value(p->payload, "head_commit");
	struct expr_object *head;
	size_t len = strlen(message);

	if (v == NULL || v->type != EXPR_OBJECT) {
		head = expr_object_new(&p->arena);
		put(head, "id", expr_string(arena_strdup(&p->arena,
		    p->commit)));
		put(p->payload, "head_commit", expr_from_object(head));
	}
	while (len > 0 && message[len - 1] == '\n')
		len--;
	put_text(p, "head_commit", "message", arena_strndup(&p->arena,
	    message, len));
}

/* The message that may ask for no run is that of the head. */
static int
find_message(struct planner *p, struct err *err)
{
	struct git_commit commit;

	if (p->event.message != NULL || p->as_target)
		return 0;
	if (git_commit_read(p->git, p->mirror, is_pull(p) ? p->head :
	    p->commit, &p->arena, &commit, err) == -1)
		return -1;
	p->event.message = commit.message;
	if (!is_pull(p))
		tell_message(p, commit.message);
	return 0;
}

static void
fill_vars(struct planner *p)
{
	const struct config *config = &p->program.config;

	p->vars = expr_object_new(&p->arena);
	for (size_t i = 0; i < config->n_variables; i++)
		expr_object_add(p->vars, config->variables[i].name,
		    expr_string(config->variables[i].value));
}

int
planner_event_commit(struct planner *p, struct err *err)
{
	const struct event_source source = { .name = p->event_name,
		.action = p->action, .ref = p->ref, .sha = p->commit,
		.actor = p->actor, .payload = p->payload };
	bool push = strcmp(p->event_name, "push") == 0;

	event_context(&source, &p->arena, &p->github, &p->event);
	fill_vars(p);
	if (!push && !is_pull(p))
		return 0;
	if (find_message(p, err) == -1)
		return -1;
	return push && p->tag ? 0 : find_changed(p, err);
}

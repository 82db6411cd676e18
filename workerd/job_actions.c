/*
 * job_actions.c - where the files of a job's actions are, and the repositories
 * that its steps may check out.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/job_actions.h"

#include <string.h>

#include "lib/base/layout.h"
#include "lib/pipeline/uses.h"
#include "lib/pipeline/event_context.h"
#include "lib/run/action_policy.h"
#include "lib/run/git.h"
#include "lib/store/decisions.h"
#include "lib/store/repos.h"

struct finding {
	struct store *st;
	int64_t run;
	const struct config *config;
	struct reader reader;
	const char *own_url;
	struct arena *a;
	struct job_action *list;
	size_t n;
};

static bool
is_known(const struct finding *f, const char *source)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->list[i].source, source) == 0)
			return true;
	return false;
}

/* What was allowed when the run was made need not be any more. */
static int
find_mirror(struct finding *f, const struct uses *u, const char **mirror,
    struct err *err)
{
	struct str path = STR_INIT;
	const char *url;
	struct repo repo;
	int rc = repo_find(f->st, u->owner, u->name, f->a, &repo, err);

	if (rc == -1 || action_allowed(f->config, &f->reader, u, rc == 1,
	    err) == -1)
		return -1;
	if (rc == 0)
		return action_origin(f->config, f->own_url, u, f->a, &url,
		    mirror, err);
	layout_mirror(&path, f->config->state_dir, repo.owner, repo.name);
	*mirror = arena_strdup(f->a, path.s);
	str_release(&path);
	return 0;
}

/* Put what a step uses on the list, when it lies in another repository. */
static int
add(struct finding *f, const char *source, struct err *err)
{
	struct job_action *room;
	const char *mirror = NULL;
	struct run_file file;
	struct uses u;
	int rc;

	if (source == NULL || is_known(f, source))
		return 0;
	u = uses_read(source, f->a);
	if (u.kind != USES_REPOSITORY || uses_built_in(&u))
		return 0;
	rc = run_file_find(f->st, f->run, source, f->a, &file, err);
	if (rc == 1 && file.sha != NULL)
		rc = find_mirror(f, &u, &mirror, err);
	if (rc == -1)
		return err_wrap(err, "finding the action \"%s\"", source);
	if (mirror == NULL)
		return 0; /* the step that uses it says why */
	room = arena_push(f->a, &f->list, &f->n, sizeof(*room));
	*room = (struct job_action) { source, mirror, file.sha };
	return 0;
}

static struct reader
reader_of(const struct run *run, const struct job_order *o, struct arena *a)
{
	return (struct reader) { run->owner, run->name,
		event_is_strangers(o->github, a) };
}

int
job_actions(struct store *st, const struct run *run, struct job_order *order,
    struct arena *a, struct err *err)
{
	const struct job_plan *plan = order->plan;
	struct finding f = { .st = st, .run = run->id,
		.config = order->config,
		.reader = reader_of(run, order, a), .a = a };
	struct repo own;
	int rc = repo_find(st, run->owner, run->name, a, &own, err);

	if (rc == -1)
		return -1;
	f.own_url = rc == 1 ? own.clone_url : NULL;

	for (size_t i = 0; i < plan->n_actions; i++)
		if (add(&f, plan->actions[i].source, err) == -1)
			return -1;
	for (size_t i = 0; i < plan->n_steps; i++)
		if (add(&f, plan->steps[i].source, err) == -1)
			return -1;
	order->actions = f.list;
	order->n_actions = f.n;
	return 0;
}

/* --- repositories ------------------------------------------------------------ */

/* What people see of the forge, when the event told it. */
static const char *
origin_url(const struct job_order *o, const struct job_repository *own,
    struct arena *a)
{
	const struct expr_value *server = expr_object_member(o->github,
	    "server_url");

	if (server != NULL && server->type == EXPR_STRING)
		return arena_printf(a, "%s/%s", expr_to_string(server, a),
		    own->name);
	return own->url != NULL ? git_url_clean(own->url, a) : NULL;
}

static void
fill(struct job_repository *one, const struct repo *repo,
    const struct config *config, struct arena *a)
{
	struct str path = STR_INIT;

	layout_mirror(&path, config->state_dir, repo->owner, repo->name);
	*one = (struct job_repository){
		.name = arena_printf(a, "%s/%s", repo->owner, repo->name),
		.url = repo->clone_url, .mirror = arena_strdup(a, path.s),
		.branch = repo->default_branch };
	str_release(&path);
}

/* The fork that a pull request comes from: its commits are in the mirror of
 * the repository that it is for. */
static const char *
head_name(const struct job_order *o, struct arena *a)
{
	const struct expr_value *event = expr_object_member(o->github,
	    "event"), *v = event == NULL || event->type != EXPR_OBJECT ?
	    NULL : event_value(event->object, "pull_request.head.repo."
	    "full_name");

	return v != NULL && v->type == EXPR_STRING ? expr_to_string(v, a) :
	    NULL;
}

int
job_repositories(struct store *st, const struct run *run,
    struct job_order *o, struct arena *a, struct err *err)
{
	const struct reader reader = reader_of(run, o, a);
	struct job_repository *list;
	const char *fork = reader.strange ? head_name(o, a) : NULL;
	struct repo *repos;
	size_t n;

	if (repo_list(st, a, &repos, &n, err) == -1)
		return -1;
	list = arena_alloc(a, (n + 2) * sizeof(*list));
	o->repositories = list;
	for (size_t i = 0; i < n; i++) {
		bool own = strcmp(repos[i].owner, run->owner) == 0 &&
		    strcmp(repos[i].name, run->name) == 0;
		struct job_repository *one = &list[o->n_repositories];

		if (!reader_has(&reader, repos[i].owner, repos[i].name))
			continue;
		o->n_repositories++;
		fill(one, &repos[i], o->config, a);
		if (!own)
			continue;
		o->source.url = origin_url(o, one, a);
		if (fork != NULL) {
			list[o->n_repositories] = *one;
			list[o->n_repositories++].name = fork;
		}
	}
	return 0;
}

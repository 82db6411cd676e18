/*
 * page_badge.c - badge/OWNER/REPO.svg: badges that are no file.
 *
 * nginx finds the files of ordinary names by itself. What it cannot do is to
 * encode every other byte: then it is told where the file is. Other looks, a
 * label of one's own, and badges of a workflow or a job are drawn here.
 *
 * A badge is a picture in somebody's README, so whatever is not there, or not
 * for everybody to see, or cannot be found out now, is "unknown".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "cgi/page.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/render/run_badge.h"
#include "lib/store/repos.h"
#include "lib/web/auth.h"

#define LABEL_MAX 100 /* bytes */

static const struct {
	const char *suffix, *type;
	void (*draw)(const struct badge *b, struct str *out);
} forms[] = {
	{ ".svg", "image/svg+xml", badge_svg },
	{ ".json", "application/json", badge_json },
};

/* "?branch=" or "?tag=": both are names of what was pushed. */
static const char *
branch_of(const struct request *req)
{
	const char *tag = request_arg(req, "tag");

	return tag != NULL ? tag : request_arg(req, "branch");
}

static bool
is_drawn(const struct request *req)
{
	static const char *const args[] = { "style", "label", "workflow",
		"job" };

	for (size_t i = 0; i < ARRAY_LEN(args); i++)
		if (request_arg(req, args[i]) != NULL)
			return true;
	return false;
}

static void
lead_to_file(struct web *w, struct request *req, struct response *res,
    const char *name, const char *suffix)
{
	const char *branch = branch_of(req);
	struct str to = STR_INIT;

	str_addf(&to, "%s/", w->base_path);
	layout_badge(&to, request_param(req, "owner"), name,
	    branch != NULL ? branch : "", suffix + 1);
	res->status = 302;
	response_header(res, "Location", to.s);
	str_release(&to);
}

/* May who asks see badges of it? 1, 0, -1. */
static int
is_shown(struct web *w, struct request *req, const struct repo *repo,
    struct err *err)
{
	const char *wrong;

	if (!repo->is_private || repo->badges_public)
		return 1;
	if (auth_find(w, req, &wrong, err) == -1)
		return -1;
	return actor_may(req->actor, ROLE_READER, repo->owner, repo->name);
}

static int
find_run_of(struct store *st, const struct request *req,
    const struct repo *repo, struct run *run, struct err *err)
{
	const char *branch = branch_of(req);
	const char *workflow = request_arg(req, "workflow");
	int found;

	if (branch == NULL || branch[0] == '\0')
		branch = repo->default_branch;
	found = workflow != NULL ? run_newest_of(st, repo->id, branch,
	    workflow, req->a, run, err) :
	    run_newest(st, repo->id, branch, req->a, run, err);
	/* Lists leave the problems out. */
	return found == 1 ? run_find_id(st, run->id, req->a, run, err) : found;
}

static int
draw_job(struct store *st, const struct request *req, const struct run *run,
    const char *key, struct badge *b, struct err *err)
{
	struct job *jobs;
	size_t n;

	if (job_list(st, run->id, req->a, &jobs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(jobs[i].key, key) == 0 ||
		    str_equal(jobs[i].title, key)) {
			job_badge(run, &jobs[i], req->a, b);
			return 0;
		}
	return 0;
}

/* What is asked for, if it can be seen; else `b` stays as it is. */
static int
find_badge(struct web *w, struct request *req, const char *name,
    struct badge *b, struct err *err)
{
	struct store *st = web_store(w, err);
	const char *job = request_arg(req, "job");
	struct repo repo;
	struct run run;
	int rc = st == NULL ? -1 : repo_find(st, request_param(req, "owner"),
	    name, req->a, &repo, err);

	if (rc == 1)
		rc = is_shown(w, req, &repo, err);
	if (rc == 1)
		rc = find_run_of(st, req, &repo, &run, err);
	if (rc != 1)
		return rc;
	if (job != NULL)
		return draw_job(st, req, &run, job, b, err);
	run_badge(&run, req->a, b);
	return 0;
}

static void
draw(struct web *w, struct request *req, struct response *res,
    const char *name, size_t form)
{
	const char *style = request_arg(req, "style");
	const char *label = request_arg(req, "label");
	struct err err = { 0 };
	struct badge b;

	unknown_badge(&b);
	if (find_badge(w, req, name, &b, &err) == -1)
		log_err("drawing a badge", &err);
	if (style != NULL && !badge_style_parse(style, &b.style))
		b.style = BADGE_FLAT;
	if (label != NULL)
		b.label = arena_strndup(req->a, label,
		    strnlen(label, LABEL_MAX));
	res->type = forms[form].type;
	res->revalidate = true;
	forms[form].draw(&b, &res->body);
}

int
page_badge(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *file = request_param(req, "file");

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *suffix = forms[i].suffix, *name;

		if (!str_ends_with(file, suffix))
			continue;
		name = arena_strndup(req->a, file,
		    strlen(file) - strlen(suffix));
		if (is_drawn(req))
			draw(w, req, res, name, i);
		else
			lead_to_file(w, req, res, name, suffix);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "a badge ends in .svg or .json");
}

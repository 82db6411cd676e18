/*
 * notifier_status.c - kind "status": the forge is told how a commit does.
 *
 * The message only says that something has changed. What is told is how the
 * newest run of the same commit, workflow and event does when it is told: so a
 * status never goes back in time, whatever was sent late, and one that is sent
 * twice says the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/render/words.h"
#include "lib/store/reporting.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"

#define CONTEXT "ci/pawl"

static enum forge_state
run_told(const struct run *run, size_t n_jobs)
{
	switch (run->state) {
	case RUN_PENDING:
		return FORGE_STATE_PENDING;
	case RUN_RUNNING:
		return FORGE_STATE_RUNNING;
	case RUN_SUCCEEDED:
		return FORGE_STATE_SUCCESS;
	case RUN_FAILED:
		/* Nothing was checked: the file is wrong. */
		return n_jobs == 0 ? FORGE_STATE_ERROR : FORGE_STATE_FAILURE;
	case RUN_CANCELLED:
		return FORGE_STATE_CANCELLED;
	case RUN_SKIPPED:
		return FORGE_STATE_SKIPPED;
	}
	return FORGE_STATE_ERROR;
}

static enum forge_state
job_told(const struct job *job)
{
	switch (job->state) {
	case JOB_BLOCKED:
	case JOB_WAITING:
	case JOB_PENDING:
		return FORGE_STATE_PENDING;
	case JOB_ASSIGNED:
	case JOB_RUNNING:
	case JOB_COMPLETING:
		return FORGE_STATE_RUNNING;
	case JOB_SUCCEEDED:
		return FORGE_STATE_SUCCESS;
	case JOB_FAILED:
		return job->continue_on_error ? FORGE_STATE_SUCCESS :
		    FORGE_STATE_FAILURE;
	case JOB_CANCELLED:
		return FORGE_STATE_CANCELLED;
	case JOB_SKIPPED:
		return FORGE_STATE_SKIPPED;
	}
	return FORGE_STATE_ERROR;
}

/* A token of a whole forge goes to that forge alone: its own service, or the
 * address that was set with it. */
static int
check_token_place(struct notifier *n, struct sending *s,
    const struct repo *repo, struct err *err)
{
	struct reporting own = REPORTING_NONE, forge = REPORTING_NONE;
	struct store *st = n->program.store;
	const char *host = NULL;

	if (reporting_find(st, reporting_place_repo(repo->id, &s->a), &s->a,
		&own, err) == -1 || reporting_find(st,
		reporting_place_forge(repo->forge, &s->a), &s->a, &forge,
		err) == -1)
		return -1;
	if (own.has_token || s->api.known)
		return 0;
	if (forge.api_url != NULL && outgoing_host(forge.api_url, &s->a,
		&host, err) == -1)
		return -1;
	if (host != NULL && strcmp(host, s->api.host) == 0)
		return 0;
	return err_set(err, ERR_DENIED, "the token of the forge \"%s\" is not "
	    "given to \"%s\": say where it belongs with \"pawl repo report %s "
	    "--api-url\"", repo->forge, s->api.host, repo->forge);
}

int
notify_forge(struct notifier *n, struct sending *s, int64_t repo,
    struct err *err)
{
	struct store *st = n->program.store;
	struct reporting r;
	struct repo found;
	int rc;

	rc = repo_find_id(st, repo, &s->a, &found, err);
	if (rc == 1)
		rc = reporting_token(st, &found, &s->a, &s->token, err);
	if (rc != 1)
		return rc;
	if (reporting_of(st, &found, &s->a, &r, err) == -1 ||
	    forge_api_find(found.forge, found.clone_url, r.api_url,
		found.owner, found.name, &s->a, &s->api, err) == -1 ||
	    check_token_place(n, s, &found, err) == -1)
		return -1;
	return 1;
}

static const char *
page(struct notifier *n, struct sending *s, const struct run *run,
    const struct job *job)
{
	struct str url = STR_INIT;
	const char *text;

	str_addf(&url, "%s/", n->program.config.base_url);
	if (job != NULL)
		layout_page_job(&url, run->owner, run->name, run->number,
		    job->key);
	else
		layout_page_run(&url, run->owner, run->name, run->number);
	text = arena_strdup(&s->a, url.s);
	str_release(&url);
	return text;
}

/* The job that the message is about: 1, 0: it is about the run, -1. */
static int
job_of(struct notifier *n, struct sending *s, struct job *out,
    struct err *err)
{
	long long id;

	if (s->m.data == NULL || !str_starts_with(s->m.data, "{\"job\":") ||
	    !str_to_int64(arena_strndup(&s->a, s->m.data + 7,
		strcspn(s->m.data + 7, "}")), 1, INT64_MAX, &id))
		return 0;
	return job_find_id(n->program.store, id, &s->a, out, err);
}

static void
tell_run(struct notifier *n, struct sending *s, const struct run *run,
    const struct job *jobs, size_t n_jobs, struct forge_status *out)
{
	out->context = arena_printf(&s->a, CONTEXT "/%s/%s", run->event,
	    run->workflow);
	out->state = run_told(run, n_jobs);
	out->description = words_run(run, jobs, n_jobs, &s->a);
	out->url = page(n, s, run, NULL);
	if (run->started_at_ms > 0 && run->finished_at_ms > 0)
		out->duration_ms = run->finished_at_ms - run->started_at_ms;
}

static void
tell_job(struct notifier *n, struct sending *s, const struct run *run,
    const struct job *job, struct forge_status *out)
{
	out->context = arena_printf(&s->a, CONTEXT "/%s/%s/%s", run->event,
	    run->workflow, job->key);
	out->state = job_told(job);
	out->description = words_job(job, &s->a);
	out->url = page(n, s, run, job);
}

/* An event that started nothing: all that is known of it is in the message. */
static int
tell_ignored(struct notifier *n, struct sending *s, struct err *err)
{
	struct forge_status status = { .state = FORGE_STATE_SKIPPED };
	json_t *data = json_loads(s->m.data, 0, NULL);
	struct str url = STR_INIT;
	const char *event = json_string_value(json_object_get(data, "event"));
	const char *sha = json_string_value(json_object_get(data, "sha"));
	const char *verdict = json_string_value(json_object_get(data,
	    "verdict"));
	int rc = notify_forge(n, s, s->m.repo, err);

	if (rc == 1 && (event == NULL || sha == NULL || verdict == NULL))
		rc = err_set(err, ERR_CORRUPT, "the message says nothing");
	if (rc == 1) {
		str_addf(&url, "%s/", n->program.config.base_url);
		layout_page_repo(&url, s->api.owner, s->api.name);
		status.sha = sha;
		status.context = arena_printf(&s->a, CONTEXT "/%s", event);
		status.description = verdict;
		status.url = url.s;
		forge_status_request(&s->api, s->token, &status, &s->a,
		    &s->out);
	}
	str_release(&url);
	json_decref(data);
	return rc;
}

int
status_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct store *st = n->program.store;
	struct forge_status status = { 0 };
	struct job *jobs, job;
	struct run run;
	int64_t newest;
	size_t n_jobs;
	int rc, of_job;

	if (s->m.run == 0)
		return s->m.data == NULL ? 0 : tell_ignored(n, s, err);
	rc = notify_forge(n, s, s->m.repo, err);
	if (rc == 1)
		rc = reporting_newest(st, s->m.run, &s->a, &newest,
		    &status.sha, err);
	of_job = rc == 1 ? job_of(n, s, &job, err) : 0;
	if (of_job == 1 && newest != s->m.run)
		return 0; /* the newer run tells of its own jobs */
	if (rc == 1)
		rc = run_find_id(st, newest, &s->a, &run, err);
	if (rc == 1)
		rc = job_list(st, run.id, &s->a, &jobs, &n_jobs, err) == -1 ?
		    -1 : 1;
	if (rc != 1 || of_job == -1)
		return of_job == -1 ? -1 : rc;
	status.number = run.number;
	if (str_starts_with(run.ref, "refs/heads/"))
		status.branch = run.branch;
	if (of_job == 1)
		tell_job(n, s, &run, &job, &status);
	else
		tell_run(n, s, &run, jobs, n_jobs, &status);
	forge_status_request(&s->api, s->token, &status, &s->a, &s->out);
	return 1;
}

bool
status_is_done(const struct sending *s, const struct answer *answer)
{
	return forge_status_known(&s->api, answer->status, answer->body);
}

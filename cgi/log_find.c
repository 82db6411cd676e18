/*
 * log_find.c - see log_find.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/log_find.h"

#include "cgi/find_run.h"
#include "lib/base/layout.h"
#include "lib/base/percent.h"

static int
no_attempt(const struct job *job, const char *text, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "the job \"%s\" has no attempt %s: "
	    "there were %d", job->key, text, job->attempt);
}

int
log_place(struct request *req, const struct run *run, const struct job *job,
    struct log_place *out, struct err *err)
{
	const char *attempt = request_arg(req, "attempt");
	struct layout_run place = run_layout(run);
	struct str log = STR_INIT;
	long long n = job->attempt;

	if (attempt != NULL && !str_to_int64(attempt, 1, job->attempt, &n))
		return no_attempt(job, attempt, err);
	*out = (struct log_place){ (int)n, request_arg(req, "service"),
		job->log, "" };
	if (n != job->attempt) {
		if (job->ran_in > 0)
			place.attempt = job->ran_in;
		layout_job_log(&log, LAYOUT_LOG, &place, job->key, (int)n);
		out->log = arena_strdup(req->a, log.s);
		out->query = arena_printf(req->a, "attempt=%lld", n);
	}
	if (out->service != NULL) {
		str_clear(&log);
		layout_service_log(&log, out->log, out->service);
		out->log = arena_strdup(req->a, log.s);
		str_clear(&log);
		str_addf(&log, "%s%sservice=", out->query,
		    out->query[0] != '\0' ? "&" : "");
		percent_encode(&log, out->service);
		out->query = arena_strdup(req->a, log.s);
	}
	str_release(&log);
	return 0;
}

int64_t
log_from_line(const struct request *req)
{
	const char *from = request_arg(req, "from");
	long long line = 0;

	if (from == NULL || !str_to_int64(from, 1, INT64_MAX / 2, &line))
		return 0;
	return line;
}

int
log_find(struct web *w, struct request *req, struct log_file **f,
    struct str *path, struct err *err)
{
	struct store *st = web_store(w, err);
	struct log_place place;
	struct err e = { 0 };
	struct run run;
	struct job job;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    find_job(st, req, &run, &job, err) == -1)
		return -1;
	if (job.log == NULL)
		return err_set(err, ERR_NOT_FOUND, "the job \"%s\" has no log "
		    "yet", job.key);
	if (log_place(req, &run, &job, &place, err) == -1)
		return -1;
	layout_public_file(path, w->config->state_dir, place.log);
	if (log_file_open(f, path->s, &e) == 0)
		return 0;
	if (e.code == ERR_NOT_FOUND)
		return err_set(err, ERR_NOT_FOUND, "the log of the job \"%s\" "
		    "is not there any more", job.key);
	return err_set(err, e.code, "%s", e.text);
}

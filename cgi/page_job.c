/*
 * page_job.c - one job: its steps, and the end of its log.
 *
 * The page carries the last part of the log, however large that is; the
 * browser asks nginx for what comes behind it, by byte ranges of the plain
 * file (htdocs/pawl.js), and without script the page loads itself again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgi/approve.h"
#include "cgi/find_run.h"
#include "cgi/page.h"
#include "cgi/page_account.h"
#include "cgi/page_attempts.h"
#include "cgi/page_steps.h"
#include "cgi/page_storage.h"
#include "cgi/page_why.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/packed.h"
#include "lib/base/size.h"
#include "lib/store/queue_line.h"
#include "lib/store/services.h"
#include "lib/web/ansi.h"

#define TAIL_BYTES 65536
#define MAX_ATTEMPT_LINKS 9
/* Of a compressed log, a fraction of a second's work. */
#define UNPACK_MAX_BYTES (64 * 1024 * 1024)

/* The part of a log that the page carries: bytes from `from` up to `to`. */
struct tail {
	struct str text;
	int64_t from, to, size;
	bool gone; /* there is no file any more */
};

/* pread() until `len` bytes or the end. */
static int
read_at(int fd, int64_t offset, size_t len, struct str *out)
{
	char buf[16384];

	while (len > 0) {
		ssize_t n = pread(fd, buf, len < sizeof(buf) ?
		    len : sizeof(buf), (off_t)offset);

		if (n == -1)
			return -1;
		if (n == 0)
			break;
		str_add_len(out, buf, (size_t)n);
		offset += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Begin at a line; while more is to come, end at one too, so that neither a
 * character nor an escape sequence is cut. A line longer than the tail stays
 * as it is. */
static void
cut_at_lines(struct tail *t, bool more_comes)
{
	const char *nl = memchr(t->text.s, '\n', t->text.len);
	size_t end = t->text.len;

	if (more_comes) {
		while (end > 0 && t->text.s[end - 1] != '\n')
			end--;
		if (end > 0) {
			t->to -= (int64_t)(t->text.len - end);
			str_cut(&t->text, end);
		}
	}
	if (t->from > 0 && nl != NULL &&
	    (size_t)(nl - t->text.s) + 1 < t->text.len) {
		size_t n = (size_t)(nl - t->text.s) + 1;

		memmove(t->text.s, t->text.s + n, t->text.len - n);
		str_cut(&t->text, t->text.len - n);
		t->from += (int64_t)n;
	}
}

/* The end of a log that was compressed: all before it has to be read. One that
 * is too long for that shows nothing of it. */
static int
tail_unpack(struct tail *t, const char *path, struct err *err)
{
	struct packed *p = NULL;
	struct err e = { 0 };
	char buf[16384];
	ssize_t n = -1;

	if (packed_open(path, &p, &e) == -1) {
		t->gone = true;
		return 0;
	}
	while (t->size <= UNPACK_MAX_BYTES &&
	    (n = packed_read(p, buf, sizeof(buf), err)) > 0) {
		t->size += n;
		str_add_len(&t->text, buf, (size_t)n);
		if (t->text.len < 2 * TAIL_BYTES)
			continue;
		memmove(t->text.s, t->text.s + t->text.len - TAIL_BYTES,
		    TAIL_BYTES);
		str_cut(&t->text, TAIL_BYTES);
	}
	packed_close(p);
	if (n > 0)
		str_clear(&t->text);
	t->to = t->size;
	t->from = t->to - (int64_t)t->text.len;
	return n == -1 ? -1 : 0;
}

/* Read the end of a log; a log that is not there is empty. */
static int
tail_read(struct tail *t, const char *path, bool more_comes, struct err *err)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	int rc = -1;

	if (fd == -1) {
		rc = tail_unpack(t, path, err);
		cut_at_lines(t, false);
		return rc;
	}
	if (fstat(fd, &st) == -1) {
		err_errno(err, "%s", path);
		goto out;
	}
	t->size = st.st_size;
	t->from = t->size > TAIL_BYTES ? t->size - TAIL_BYTES : 0;
	if (read_at(fd, t->from, TAIL_BYTES, &t->text) == -1) {
		err_errno(err, "reading \"%s\"", path);
		goto out;
	}
	t->to = t->from + (int64_t)t->text.len;
	cut_at_lines(t, more_comes);
	rc = 0;
out:
	close(fd);
	return rc;
}

/* What the page is about. */
struct shown {
	struct run run;
	struct job job;
	struct step *steps;
	size_t n_steps;
	struct job_service *services; /* of all jobs of the run */
	size_t n_services;
	bool newest; /* of the run's attempts */
	struct why why;
};

/* Logs of attempts that were lost. */
static void
add_earlier(struct page *p, const struct run *run, const struct job *job)
{
	int first = job->attempt > MAX_ATTEMPT_LINKS ?
	    job->attempt - MAX_ATTEMPT_LINKS : 1;
	struct layout_run place = run_layout(run);
	struct str log = STR_INIT;

	if (job->ran_in > 0)
		place.attempt = job->ran_in;
	for (int i = first; i < job->attempt; i++) {
		str_clear(&log);
		layout_job_log(&log, LAYOUT_LOG, &place, job->key, i);
		html_markup(p->out, " <a href=\"");
		page_address(p, log.s);
		str_addf(p->out, "\">Attempt %d</a>", i);
	}
	str_release(&log);
}

/* Services have logs of their own. */
static void
add_services(struct page *p, const struct shown *shown)
{
	struct str log = STR_INIT;

	for (size_t i = 0; i < shown->n_services; i++) {
		if (shown->services[i].job != shown->job.id)
			continue;
		str_clear(&log);
		layout_service_log(&log, shown->job.log,
		    shown->services[i].name);
		html_markup(p->out, " <a href=\"");
		page_address(p, log.s);
		html_markup(p->out, "\">Service <bdi>");
		html_text(p->out, shown->services[i].name);
		html_markup(p->out, "</bdi></a>");
	}
	str_release(&log);
}

static void
add_log_bar(struct page *p, const struct shown *shown, const struct tail *t)
{
	const struct job *job = &shown->job;

	char size[SIZE_TEXT_SIZE];

	html_markup(p->out, "<div class=\"bar\"><h2>Log</h2>"
	    "<span id=\"size\" class=\"quiet\">");
	html_text(p->out, size_text(t->size, size));
	html_markup(p->out, "</span><span class=\"actions\">"
	    "<button type=\"button\" id=\"follow\" aria-pressed=\"false\" "
	    "hidden>Follow</button><button type=\"button\" id=\"wrap\" "
	    "aria-pressed=\"true\" hidden>Wrap lines</button>");
	add_earlier(p, &shown->run, job);
	add_services(p, shown);
	html_markup(p->out, " <a href=\"");
	page_address(p, job->log);
	html_markup(p->out, "\">Whole log</a></span></div>\n");
	html_markup(p->out, t->from > 0 ?
	    "<p id=\"earlier\" class=\"quiet\">" :
	    "<p id=\"earlier\" class=\"quiet\" hidden>");
	html_markup(p->out, "Only the end of the log is shown here; the whole "
	    "log is a plain file.</p>\n");
}

static void
add_log(struct page *p, const struct shown *shown, const struct tail *t)
{
	html_markup(p->out, "<section class=\"logbox\">");
	add_log_bar(p, shown, t);
	html_markup(p->out, "<pre id=\"log\" tabindex=\"0\" role=\"log\" "
	    "aria-live=\"off\" aria-label=\"Log\" data-url=\"");
	page_address(p, shown->job.log);
	str_addf(p->out, "\" data-to=\"%" PRId64 "\">", t->to);
	ansi_html(p->out, t->text.s, t->text.len);
	html_markup(p->out, "</pre></section>\n");
}

static void
add_head(struct page *p, const struct shown *shown)
{
	const struct run *run = &shown->run;
	const struct job *job = &shown->job;

	html_markup(p->out, "<div id=\"job\" data-live=\"");
	html_attr(p->out, p->live ? "yes" : "no");
	html_markup(p->out, "\" data-log=\"");
	if (job->log != NULL)
		page_address(p, job->log);
	html_markup(p->out, "\">\n<div class=\"head\">");
	page_state(p, look_job(job->state),
	    machine_state_name(MACHINE_JOB, (int)job->state));
	html_markup(p->out, "<h1><bdi>");
	html_text(p->out, job->title);
	html_markup(p->out, "</bdi></h1><p class=\"facts\">");
	page_ref(p, run);
	html_markup(p->out, " ");
	page_sha(p, run->sha);
	html_markup(p->out, " ");
	page_time(p, job->started_at_ms);
	html_markup(p->out, " ");
	page_duration(p, job->started_at_ms, job->finished_at_ms);
	if (job->engine != NULL) {
		html_markup(p->out, " <span class=\"quiet\">engine ");
		html_text(p->out, job->engine);
		html_markup(p->out, "</span>");
	}
	if (job->worker != NULL) {
		html_markup(p->out, " <span class=\"quiet\">worker ");
		html_text(p->out, job->worker);
		html_markup(p->out, "</span>");
	}
	html_markup(p->out, "</p>");
	page_ran_in(p, run, job);
	if (p->live)
		page_run_button(p, run, job->key, "cancel", "Cancel this job");
	else if (shown->newest)
		page_rerun_job(p, run, job);
	html_markup(p->out, "</div>\n");
	page_job_reason(p, job);
	page_why(p, &shown->why);
	page_steps(p, job, shown->steps, shown->n_steps);
	html_markup(p->out, "</div>\n");
}

static void
name_page(struct page *p, struct arena *a, const struct run *run,
    const struct job *job, struct str *repo_at, struct str *run_at)
{
	layout_page_repo(repo_at, run->owner, run->name);
	page_run_at(p, run, NULL, run_at);
	p->title = arena_printf(a, "%s: %s, %s/%s #%" PRId64,
	    machine_state_name(MACHINE_JOB, (int)job->state), job->title,
	    run->owner, run->name, run->number);
	p->crumbs[p->n_crumbs++] = (struct crumb){
		arena_printf(a, "%s/%s", run->owner, run->name), repo_at->s };
	p->crumbs[p->n_crumbs++] = (struct crumb){
		page_run_number(p, run), run_at->s };
	p->crumbs[p->n_crumbs++] = (struct crumb){ job->title, NULL };
	p->live = !machine_terminal(MACHINE_JOB, (int)job->state);
}

int
page_job(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct page p = { .w = w, .req = req };
	struct str repo_at = STR_INIT, run_at = STR_INIT, path = STR_INIT;
	struct tail tail = { .text = STR_INIT };
	struct run *attempts;
	size_t n_attempts;
	struct shown s;
	int rc = -1;

	if (st == NULL || find_run(st, req, &s.run, err) == -1 ||
	    find_job(st, req, &s.run, &s.job, err) == -1 ||
	    queue_explain(st, &s.job, 1, w->config, req->a, err) == -1 ||
	    step_list(st, s.job.id, req->a, &s.steps, &s.n_steps, err) ==
	    -1 || service_list_run(st, s.run.id, req->a, &s.services,
	    &s.n_services, err) == -1 || run_list_attempts(st, &s.run,
	    req->a, &attempts, &n_attempts, err) == -1 || why_job(st,
	    w->config, &s.run, &s.job, req->a, &s.why, err) == -1)
		goto out;
	s.newest = n_attempts > 0 && attempts[0].id == s.run.id;
	name_page(&p, req->a, &s.run, &s.job, &repo_at, &run_at);
	if (s.job.log != NULL) {
		layout_public_file(&path, w->config->state_dir, s.job.log);
		if (tail_read(&tail, path.s, p.live, err) == -1)
			goto out;
	}
	page_begin(&p, res);
	add_head(&p, &s);
	if (page_gates(&p, st, &s.run, s.job.id, err) == -1)
		goto out;
	if (s.job.log != NULL && tail.gone && !p.live)
		html_markup(p.out, "<p class=\"quiet\">The log was removed."
		    "</p>\n");
	else if (s.job.log != NULL)
		add_log(&p, &s, &tail);
	else
		html_markup(p.out, p.live ? "<p class=\"quiet\">The log "
		    "begins when the job is started.</p>\n" : "<p class="
		    "\"quiet\">It was not started, so there is no log.</p>"
		    "\n");
	if (page_artifacts(&p, st, s.run.id, s.job.id, req->a, err) == -1 ||
	    page_caches(&p, st, s.job.id, req->a, err) == -1)
		goto out;
	page_end(&p);
	rc = 0;
out:
	str_release(&repo_at);
	str_release(&run_at);
	str_release(&path);
	str_release(&tail.text);
	return rc;
}

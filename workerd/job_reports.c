/*
 * job_reports.c - annotations and summaries of steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/job_reports.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/proc.h"
#include "lib/base/utf8.h"
#include "lib/web/html.h"
#include "lib/web/markdown.h"

/* The most that a step may write is 1 MiB; a table of short cells grows. */
#define HTML_MAX_BYTES (4 * 1024 * 1024)
/* Of what is shown as plain text instead. */
#define PLAIN_MAX_BYTES (64 * 1024)

#define RENDER_CPU_S 2
#define RENDER_MAX_MS 10000
#define RENDER_MEMORY (256 * 1024 * 1024)

int
job_report_annotation(struct store *st, int64_t job, int attempt,
    const struct job_plan_step *step, int number,
    const struct job_annotation *a, struct err *err)
{
	const struct annotation row = { .job = job, .step = step->number,
		.level = a->level, .title = a->title, .file = a->file,
		.line = a->line, .end_line = a->end_line, .col = a->col,
		.end_col = a->end_col, .message = a->message };

	return annotation_add(st, attempt, number, &row, err);
}

/* --- rendering ------------------------------------------------------------ */

static void
limit(int what, rlim_t value)
{
	const struct rlimit r = { value, value };

	if (setrlimit(what, &r) == -1)
		_exit(1);
}

static void __attribute__((noreturn))
render_child(pid_t parent, int fd, const char *text, size_t len)
{
	struct str html = STR_INIT;
	struct err err = { 0 };

	if (proc_die_with(parent) == -1)
		_exit(1);
	limit(RLIMIT_CPU, RENDER_CPU_S);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	/* A sanitizer needs more address space than there is memory. */
#ifndef __SANITIZE_ADDRESS__
	limit(RLIMIT_AS, RENDER_MEMORY);
#endif
	if (markdown_html(text, len, HTML_MAX_BYTES, &html, &err) == -1 ||
	    file_write_fd(fd, html.s, html.len, &err) == -1)
		_exit(1);
	_exit(0);
}

/* Everything that the child writes, as long as it may take. */
static void
read_html(int fd, struct str *html)
{
	int64_t until = clock_mono_ms() + RENDER_MAX_MS, left;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[65536];
	ssize_t n = 1;

	while (n != 0 && html->len <= HTML_MAX_BYTES + sizeof(buf) &&
	    (left = until - clock_mono_ms()) > 0) {
		if (poll(&p, 1, (int)left) != 1)
			continue;
		n = read(fd, buf, sizeof(buf));
		if (n == -1 && errno != EINTR)
			break;
		if (n > 0)
			str_add_len(html, buf, (size_t)n);
	}
}

/* 0 when `html` is whole. */
static int
render(const char *text, size_t len, struct str *html)
{
	pid_t parent = getpid(), pid;
	int ends[2], status;

	if (pipe(ends) == -1)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		render_child(parent, ends[1], text, len);
	}
	close(ends[1]);
	if (pid != -1)
		read_html(ends[0], html);
	close(ends[0]);
	if (pid == -1)
		return -1;
	kill(pid, SIGKILL); /* it has ended, or takes too long */
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

void
job_report_render(const char *text, size_t len, struct str *html)
{
	if (render(text, len, html) == 0)
		return;
	log_warn("a summary could not be rendered: it is shown as text",
	    LOG_INT("bytes", (int64_t)len));
	str_clear(html);
	html_markup(html, "<pre tabindex=\"0\">");
	html_text_len(html, text, utf8_cut_len(text, len, PLAIN_MAX_BYTES));
	html_markup(html, len > PLAIN_MAX_BYTES ? "...</pre>\n" :
	    "</pre>\n");
}

/*
 * job_log.c - see job_log.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/job_log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/doc.h"
#include "cli/log_filter.h"
#include "cli/source.h"
#include "lib/base/file.h"

/* How long a state is not looked at while there is no news. */
#define POLL_HERE_MS 300
#define POLL_THERE_MS 2000
#define TAIL_BYTES 8192

/* What of a log has been read. */
struct reader {
	struct cli *cli;
	struct str url; /* empty: none yet */
	int64_t offset;
	bool tty;
	struct log_filter filter;
	struct str text;
};

static int
put(void *ctx, const char *data, size_t len, struct err *err)
{
	struct reader *r = ctx;

	r->offset += (int64_t)len;
	if (!r->tty)
		return file_write_fd(STDOUT_FILENO, data, len, err);
	str_clear(&r->text);
	log_filter_add(&r->filter, data, len, &r->text);
	return file_write_fd(STDOUT_FILENO, r->text.s, r->text.len, err);
}

static int
copy(struct reader *r, struct err *err)
{
	int rc = r->url.len == 0 ? 1 : source_file(r->cli->source, r->url.s,
	    r->offset, put, r, err);

	if (rc == 0 && r->offset == 0)
		fprintf(stderr, "pawl: there is no file %s\n", r->url.s);
	return rc == -1 ? -1 : 0;
}

/* A new attempt of the job has a new log; what the one before got in the end
 * is copied first. */
static int
follow_job(struct reader *r, const json_t *job, struct err *err)
{
	const char *url = doc_text(job, "log_url");

	if (*url == '\0' || strcmp(url, r->url.s) == 0)
		return 0;
	if (copy(r, err) == -1)
		return -1;
	if (r->url.len > 0)
		fprintf(stderr, "pawl: attempt %lld of \"%s\"\n",
		    (long long)doc_int(job, "attempt"), doc_text(job, "key"));
	str_clear(&r->url);
	str_add(&r->url, url);
	r->offset = 0;
	return 0;
}

static bool
is_over(const json_t *job)
{
	static const char *const ends[] = { "succeeded", "failed",
		"cancelled", "skipped" };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (strcmp(doc_text(job, "state"), ends[i]) == 0)
			return true;
	return false;
}

/* The state is read before the file, so what was written before the end is
 * always copied. */
static int
read_once(struct reader *r, const struct run_ref *ref, const char *key,
    json_t **run, json_t **job, struct err *err)
{
	*run = source_get(r->cli->source, ref_run_path(r->cli, ref, ""), err);
	if (*run == NULL)
		return -1;
	*job = ref_job(*run, key, ref, err);
	return *job == NULL || follow_job(r, *job, err) == -1 ? -1 :
	    copy(r, err);
}

static void
say_none(const json_t *job)
{
	const char *reason = doc_text(job, "reason");

	fprintf(stderr, "pawl: \"%s\" has no log: %s%s%s\n", doc_text(job,
	    "key"), doc_text(job, "state"), *reason != '\0' ? ", " : "",
	    reason);
}

const char *
job_log_print(struct cli *cli, const struct run_ref *ref, const char *key,
    bool follow, struct err *err)
{
	struct reader r = { .cli = cli, .url = STR_INIT, .text = STR_INIT,
		.tty = isatty(STDOUT_FILENO) };
	const char *stream = ref_run_path(cli, ref, "/events");
	const char *state = NULL;
	json_t *run = NULL, *job;
	bool over = false;

	fflush(stdout);
	while (!over) {
		json_decref(run);
		if (read_once(&r, ref, key, &run, &job, err) == -1)
			goto out;
		over = !follow || is_over(job);
		if (!over && source_wait(cli->source, stream,
		    source_is_local(cli->source) ? POLL_HERE_MS :
		    POLL_THERE_MS, err) == -1)
			goto out;
	}
	if (*doc_text(job, "log_url") == '\0')
		say_none(job);
	state = arena_strdup(&cli->arena, doc_text(job, "state"));
out:
	json_decref(run);
	str_release(&r.url);
	str_release(&r.text);
	return state;
}

/* --- the end of one ------------------------------------------------------- */

struct tail {
	struct str text;
	int64_t all;
};

/* Keep the last TAIL_BYTES. */
static int
keep_tail(void *ctx, const char *data, size_t len, struct err *err)
{
	struct tail *t = ctx;

	(void)err;
	t->all += (int64_t)len;
	str_add_len(&t->text, data, len);
	if (t->text.len > 2 * TAIL_BYTES) {
		memmove(t->text.s, t->text.s + t->text.len - TAIL_BYTES,
		    TAIL_BYTES);
		str_cut(&t->text, TAIL_BYTES);
	}
	return 0;
}

/* Without colours, which would go on behind the picture. */
static void
add_line(struct str *out, const char *line, size_t len, size_t columns)
{
	struct log_filter f = { .n = 0 };
	struct str plain = STR_INIT, safe = STR_INIT;

	for (size_t i = 0; i < len; i++)
		if (line[i] != '\r')
			str_add_char(&plain, line[i] == '\t' ? ' ' : line[i]);
	log_filter_add(&f, plain.s, plain.len, &safe);
	str_clear(&plain);
	for (const char *p = safe.s; *p != '\0'; p++)
		if (*p == '\033')
			p += strcspn(p, "m");
		else
			str_add_char(&plain, *p);
	str_clear(&safe);
	term_text(&safe, plain.s);
	term_cut(out, safe.s, columns);
	str_add_char(out, '\n');
	str_release(&plain);
	str_release(&safe);
}

int
job_log_tail(struct cli *cli, const json_t *job, size_t n, size_t columns,
    struct str *out, struct err *err)
{
	const char *url = doc_text(job, "log_url");
	struct tail t = { .text = STR_INIT };
	const char *end, *at;
	size_t lines = 0;
	int rc;

	if (*url == '\0')
		return 0;
	rc = source_file(cli->source, url, -TAIL_BYTES, keep_tail, &t, err);
	end = t.text.s + t.text.len;
	while (end > t.text.s && (end[-1] == '\n' || end[-1] == '\r'))
		end--;
	for (at = end; at > t.text.s && lines < n; at--)
		lines += at[-1] == '\n';
	if (lines == n)
		at++;
	while (rc == 1 && at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		stop = stop != NULL ? stop : end;
		add_line(out, at, (size_t)(stop - at), columns);
		at = stop + 1;
	}
	str_release(&t.text);
	return rc == -1 ? -1 : 0;
}

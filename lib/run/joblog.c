/*
 * joblog.c - a job's log and its index.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/joblog.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/json_text.h"
#include "lib/base/line_map.h"
#include "lib/base/mem.h"

/* Output of one step and stream shares an index line for so long. */
#define INDEX_EVERY_MS 100
#define INDEX_EVERY_BYTES (64 * 1024)

/* A job that changes between stdout and stderr at every byte must not fill
 * the disk with index lines: beyond this they count as one. */
#define INDEX_MAX_BYTES (8 * 1024 * 1024)

/* Of what is dropped so much is kept, as its end. */
#define TAIL_BYTES (64 * 1024)

/* The streams of joblog.h, and both of a step at once. */
enum { STREAM_MIXED = JOBLOG_PAWL + 1, N_STREAMS };

static const char *const stream_names[N_STREAMS] = {
	[JOBLOG_STDOUT] = "stdout",
	[JOBLOG_STDERR] = "stderr",
	[JOBLOG_PAWL] = "pawl",
	[STREAM_MIXED] = "mixed",
};

struct joblog {
	int log_fd, index_fd, echo_fd;
	int64_t offset;    /* size of the log */
	struct line_map lines;
	bool mid_line;     /* its last byte is no newline */
	int64_t max_bytes; /* of output, 0: none */
	int64_t output_bytes;
	bool dropping;     /* the limit was reached, and said */
	struct str tail;   /* the end of what is dropped: up to twice
	                      TAIL_BYTES */
	int64_t dropped;   /* bytes, those of the tail among them */
	int tail_step;     /* whose the last of them are */
	int64_t max_rate, budget; /* bytes that may still be printed */
	int64_t budget_ms; /* when it was last filled */
	bool slowed;       /* that was said */
	struct mask *mask;
	struct str out;    /* scratch */

	/* the newest "output" line of the index */
	int index_step, index_stream; /* stream -1: there is none */
	int64_t index_offset, index_mono_ms;
	int64_t index_bytes;
};

struct joblog_source {
	struct joblog *log;
	int step;
	struct mask_stream *masked[2]; /* of stdout and stderr */
};

static int
open_append(const char *path, struct err *err)
{
	struct str folder = STR_INIT;
	const char *slash = strrchr(path, '/');
	int fd = -1;

	if (slash != NULL)
		str_add_len(&folder, path, (size_t)(slash - path));
	if (folder.len == 0 || file_mkdirs(folder.s, 0755, err) == 0) {
		fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0644);
		if (fd == -1)
			err_errno(err, "cannot open the log \"%s\"", path);
	}
	str_release(&folder);
	return fd;
}

int
joblog_open(struct joblog **out, const struct joblog_spec *spec,
    struct err *err)
{
	struct joblog *l = mem_calloc(1, sizeof(*l));
	char last;

	l->echo_fd = spec->echo_fd;
	l->max_bytes = spec->max_bytes;
	l->max_rate = l->budget = spec->max_rate;
	l->budget_ms = clock_mono_ms();
	str_init(&l->tail);
	l->mask = spec->mask;
	l->index_stream = -1;
	str_init(&l->out);
	l->index_fd = -1;
	l->lines = (struct line_map)LINE_MAP_INIT;
	l->log_fd = open_append(spec->log_path, err);
	if (l->log_fd == -1)
		goto fail;
	l->index_fd = open_append(spec->index_path, err);
	if (l->index_fd == -1)
		goto fail;
	l->offset = lseek(l->log_fd, 0, SEEK_END);
	if (l->offset == -1) {
		err_errno(err, "cannot read the size of \"%s\"",
		    spec->log_path);
		goto fail;
	}
	l->mid_line = l->offset > 0 && pread(l->log_fd, &last, 1,
	    l->offset - 1) == 1 && last != '\n';
	/* Readers do without: no reason to fail. */
	line_map_open(&l->lines, spec->log_path, l->log_fd, l->offset, NULL);
	*out = l;
	return 0;
fail:
	joblog_close(l, NULL);
	return -1;
}

/* The members that every index line begins with. */
static void
index_head(struct joblog *l, int step, const char *type)
{
	char at[CLOCK_TEXT_SIZE];

	str_clear(&l->out);
	str_addf(&l->out, "{\"offset\":%" PRId64 ",\"time\":\"%s\","
	    "\"step\":%d,\"type\":\"%s\"", l->offset,
	    clock_rfc3339(clock_now_ms(), at), step, type);
}

static int
index_write(struct joblog *l, struct err *err)
{
	str_add(&l->out, "}\n");
	if (file_write_fd(l->index_fd, l->out.s, l->out.len, err) == -1)
		return err_wrap(err, "cannot write the index of the log");
	return 0;
}

/* What the stream of the next bytes is called in the index. */
static int
index_stream_of(const struct joblog *l, int stream)
{
	if (stream != JOBLOG_PAWL && l->index_bytes >= INDEX_MAX_BYTES)
		return STREAM_MIXED;
	return stream;
}

/* Before bytes are written: an index line, unless the newest covers them. */
static int
index_output(struct joblog *l, int step, int stream,
    struct err *err)
{
	int called = index_stream_of(l, stream);
	int64_t now = clock_mono_ms();

	if (l->index_stream == called && l->index_step == step &&
	    now - l->index_mono_ms < INDEX_EVERY_MS &&
	    l->offset - l->index_offset < INDEX_EVERY_BYTES)
		return 0;
	index_head(l, step, "output");
	str_addf(&l->out, ",\"stream\":\"%s\"", stream_names[called]);
	l->index_bytes += (int64_t)l->out.len;
	l->index_step = step;
	l->index_stream = called;
	l->index_offset = l->offset;
	l->index_mono_ms = now;
	return index_write(l, err);
}

static int
append(struct joblog *l, int step, int stream,
    const char *data, size_t len, struct err *err)
{
	if (len == 0)
		return 0;
	if (index_output(l, step, stream, err) == -1)
		return -1;
	if (file_write_fd(l->log_fd, data, len, err) == -1) {
		int64_t size = lseek(l->log_fd, 0, SEEK_END);

		l->offset = size != -1 ? size : l->offset;
		line_map_close(&l->lines); /* who opens it next counts */
		return err_wrap(err, "cannot write the log");
	}
	l->offset += (int64_t)len;
	l->mid_line = data[len - 1] != '\n';
	line_map_add(&l->lines, data, len, NULL);
	if (l->echo_fd != -1 &&
	    file_write_fd(l->echo_fd, data, len, NULL) == -1)
		l->echo_fd = -1;
	return 0;
}

/* Output beyond the limit: its end is kept. */
static void
drop(struct joblog *l, int step, const char *data, size_t len)
{
	l->dropped += (int64_t)len;
	l->tail_step = step;
	if (len > TAIL_BYTES) {
		data += len - TAIL_BYTES;
		len = TAIL_BYTES;
	}
	str_add_len(&l->tail, data, len);
	if (l->tail.len < 2 * TAIL_BYTES)
		return;
	memmove(l->tail.s, l->tail.s + l->tail.len - TAIL_BYTES, TAIL_BYTES);
	str_cut(&l->tail, TAIL_BYTES);
}

/* Append masked output as far as the limit allows. */
static int
append_output(struct joblog *l, int step, enum joblog_stream stream,
    const char *data, size_t len, struct err *err)
{
	int64_t room = l->max_bytes - l->output_bytes;
	size_t fits = l->max_bytes == 0 || (int64_t)len <= room ? len :
	    (size_t)room;

	l->budget -= (int64_t)len;
	if (l->dropping) {
		drop(l, step, data, len);
		return 0;
	}
	l->output_bytes += (int64_t)fits;
	if (append(l, step, stream, data, fits, err) == -1)
		return -1;
	if (fits == len)
		return 0;
	l->dropping = true;
	drop(l, step, data + fits, len - fits);
	return joblog_say(l, step, err, "the job printed more than %" PRId64
	    " bytes (\"log-max-bytes\"): of what follows only the end is kept",
	    l->max_bytes);
}

/* The tail begins at a line, unless it is one. */
static void
cut_tail(struct joblog *l)
{
	const char *from = l->tail.s, *end = l->tail.s + l->tail.len;
	const char *nl;

	if (l->tail.len > TAIL_BYTES)
		from = end - TAIL_BYTES;
	nl = l->dropped > end - from ? memchr(from, '\n',
	    (size_t)(end - from)) : NULL;
	if (nl != NULL && nl + 1 < end)
		from = nl + 1;
	memmove(l->tail.s, from, (size_t)(end - from));
	str_cut(&l->tail, (size_t)(end - from));
}

int
joblog_tail(struct joblog *l, struct err *err)
{
	int64_t lost;
	int rc = 0;

	if (l->dropped == 0)
		return 0;
	cut_tail(l);
	lost = l->dropped - (int64_t)l->tail.len;
	if (lost > 0)
		rc = joblog_say(l, 0, err, "%" PRId64 " bytes were dropped "
		    "here (\"log-max-bytes\"); the end follows", lost);
	l->dropped = 0;
	if (rc == 0)
		rc = append(l, l->tail_step, STREAM_MIXED, l->tail.s,
		    l->tail.len, err);
	str_release(&l->tail);
	return rc;
}

int
joblog_pause_ms(struct joblog *l, int64_t *ms, struct err *err)
{
	int64_t now = clock_mono_ms();

	*ms = 0;
	if (l->max_rate == 0)
		return 0;
	l->budget += (now - l->budget_ms) * l->max_rate / 1000;
	if (l->budget > l->max_rate)
		l->budget = l->max_rate;
	l->budget_ms = now;
	if (l->budget > 0)
		return 0;
	/* A tenth of a second's worth at once: no crumbs. */
	*ms = 100 - l->budget * 1000 / l->max_rate;
	if (l->slowed)
		return 0;
	l->slowed = true;
	return joblog_say(l, 0, err, "the job prints more than %" PRId64
	    " bytes in a second (\"log-max-rate\"): it is slowed down, "
	    "nothing is lost", l->max_rate);
}

struct joblog_source *
joblog_source_new(struct joblog *l, int step)
{
	struct joblog_source *s = mem_calloc(1, sizeof(*s));

	s->log = l;
	s->step = step;
	s->masked[JOBLOG_STDOUT] = mask_stream_new(l->mask);
	s->masked[JOBLOG_STDERR] = mask_stream_new(l->mask);
	return s;
}

void
joblog_source_free(struct joblog_source *s)
{
	if (s == NULL)
		return;
	mask_stream_free(s->masked[JOBLOG_STDOUT]);
	mask_stream_free(s->masked[JOBLOG_STDERR]);
	free(s);
}

int
joblog_output(struct joblog_source *s, enum joblog_stream stream,
    const char *data, size_t len, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	mask_write(s->masked[stream], data, len, &text);
	rc = append_output(s->log, s->step, stream, text.s, text.len, err);
	str_release(&text);
	return rc;
}

int
joblog_flush(struct joblog_source *s, struct err *err)
{
	struct str text = STR_INIT;
	int rc = 0;

	for (int stream = JOBLOG_STDOUT; stream <= JOBLOG_STDERR; stream++) {
		str_clear(&text);
		mask_flush(s->masked[stream], &text);
		if (rc == 0)
			rc = append_output(s->log, s->step,
			    (enum joblog_stream)stream, text.s, text.len,
			    err);
	}
	str_release(&text);
	return rc;
}

/* Pawl's own words may quote what the pipeline's author wrote. */
static void
add_masked(const struct joblog *l, struct str *out, const char *fmt,
    va_list ap) __attribute__((format(printf, 3, 0)));

static void
add_masked(const struct joblog *l, struct str *out, const char *fmt,
    va_list ap)
{
	struct str said = STR_INIT;

	str_vaddf(&said, fmt, ap);
	mask_message(l->mask, said.s, said.len, out);
	str_release(&said);
}

int
joblog_say(struct joblog *l, int step, struct err *err, const char *fmt, ...)
{
	struct str text = STR_INIT;
	va_list ap;
	int rc;

	str_add(&text, l->mid_line ? "\npawl: " : "pawl: ");
	va_start(ap, fmt);
	add_masked(l, &text, fmt, ap);
	va_end(ap);
	str_add_char(&text, '\n');
	rc = append(l, step, JOBLOG_PAWL, text.s, text.len, err);
	str_release(&text);
	return rc;
}

int
joblog_note(struct joblog *l, int step, struct err *err, const char *fmt, ...)
{
	struct str text = STR_INIT, members = STR_INIT;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	add_masked(l, &text, fmt, ap);
	va_end(ap);
	str_add(&members, "\"text\":");
	json_text(&members, text.s);
	rc = joblog_event(l, step, "note", members.s, err);
	str_release(&text);
	str_release(&members);
	return rc;
}

int
joblog_event(struct joblog *l, int step, const char *type,
    const char *members, struct err *err)
{
	index_head(l, step, type);
	if (members != NULL)
		str_addf(&l->out, ",%s", members);
	return index_write(l, err);
}

int64_t
joblog_offset(const struct joblog *l)
{
	return l->offset;
}

int
joblog_close(struct joblog *l, struct err *err)
{
	int rc = 0;

	if (l == NULL)
		return 0;
	if (l->log_fd != -1) {
		/* Some file systems report a full disk only here. */
		if (close(l->log_fd) == -1)
			rc = err_errno(err, "cannot close the log");
	}
	line_map_close(&l->lines);
	if (l->index_fd != -1 && close(l->index_fd) == -1 && rc == 0)
		rc = err_errno(err, "cannot close the index of the log");
	str_release(&l->out);
	str_release(&l->tail);
	free(l);
	return rc;
}

/*
 * joblog-t.c - the log holds the bytes, the index says whose they are.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/joblog.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "t/lib/tap.h"

static char *
path_of(const char *name)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", tap_dir(), name);
	return str_detach(&path);
}

/* A log of its own for each test; `name` is its folder. */
#define MAX_STEP 10

struct fixture {
	char *log, *index;
	struct mask *mask;
	struct joblog *l;
	struct joblog_source *sources[MAX_STEP]; /* by step */
	struct err err;
	struct str text;
};

static void
begin_with(struct fixture *f, const char *name, int64_t max_bytes,
    int echo_fd)
{
	struct str path = STR_INIT;
	struct joblog_spec spec = { .max_bytes = max_bytes,
		.echo_fd = echo_fd };

	memset(f, 0, sizeof(*f));
	str_init(&f->text);
	str_addf(&path, "%s/a/b.log", name);
	f->log = path_of(path.s);
	str_clear(&path);
	str_addf(&path, "%s/a/b.idx", name);
	f->index = path_of(path.s);
	str_release(&path);
	f->mask = mask_new();
	mask_add(f->mask, "hunter22", 8);
	spec.log_path = f->log;
	spec.index_path = f->index;
	spec.mask = f->mask;
	if (joblog_open(&f->l, &spec, &f->err) == -1)
		tap_note("%s", f->err.text);
}

static void
begin(struct fixture *f, const char *name)
{
	begin_with(f, name, 0, -1);
}

static void
end(struct fixture *f)
{
	for (int i = 0; i < MAX_STEP; i++)
		joblog_source_free(f->sources[i]);
	if (f->l != NULL)
		joblog_close(f->l, NULL);
	mask_free(f->mask);
	str_release(&f->text);
	free(f->log);
	free(f->index);
}

static const char *
read_back(struct fixture *f, const char *path)
{
	str_clear(&f->text);
	if (file_read(path, 512 * 1024 * 1024, &f->text, &f->err) == -1)
		tap_note("%s", f->err.text);
	return f->text.s;
}

static struct joblog_source *
source(struct fixture *f, int step)
{
	if (f->sources[step] == NULL)
		f->sources[step] = joblog_source_new(f->l, step);
	return f->sources[step];
}

static int
out(struct fixture *f, int step, enum joblog_stream stream, const char *text)
{
	return joblog_output(source(f, step), stream, text, strlen(text),
	    &f->err);
}

/* The index as text, each line "OFFSET STEP TYPE STREAM;". */
static void
index_text(struct fixture *f, struct str *summary)
{
	char *line, *save = NULL;

	read_back(f, f->index);
	for (line = strtok_r(f->text.s, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		json_t *o = json_loads(line, 0, NULL);
		const char *stream, *type;

		stream = json_string_value(json_object_get(o, "stream"));
		type = json_string_value(json_object_get(o, "type"));
		str_addf(summary, "%d %d %s %s;",
		    (int)json_integer_value(json_object_get(o, "offset")),
		    (int)json_integer_value(json_object_get(o, "step")),
		    type != NULL ? type : "no JSON",
		    stream != NULL ? stream : "-");
		json_decref(o);
	}
}

static void
test_streams(void)
{
	struct fixture f;
	struct str idx = STR_INIT;

	begin(&f, "streams");
	joblog_say(f.l, 0, &f.err, "job \"%s\"", "test");
	joblog_event(f.l, 1, "step-start", "\"name\":\"x\"", &f.err);
	out(&f, 1, JOBLOG_STDOUT, "one\n");
	out(&f, 1, JOBLOG_STDOUT, "two\n");
	out(&f, 1, JOBLOG_STDERR, "oops");
	joblog_say(f.l, 1, &f.err, "said");
	is_int(joblog_offset(f.l), 41, "the offset is the log's size");
	is_int(joblog_close(f.l, &f.err), 0, "closed");
	f.l = NULL;
	is_str(read_back(&f, f.log), "pawl: job \"test\"\none\ntwo\noops\n"
	    "pawl: said\n", "a line of Pawl stands on a line of its own");
	index_text(&f, &idx);
	is_str(idx.s, "0 0 output pawl;17 1 step-start -;"
	    "17 1 output stdout;25 1 output stderr;29 1 output pawl;",
	    "one index line for each change of step or stream");
	str_release(&idx);
	end(&f);
}

static void
test_masked(void)
{
	struct fixture f;

	begin(&f, "masked");
	out(&f, 1, JOBLOG_STDOUT, "a hun");
	out(&f, 1, JOBLOG_STDERR, "err\n");
	out(&f, 1, JOBLOG_STDOUT, "ter22 b hunt");
	joblog_flush(source(&f, 1), &f.err);
	joblog_say(f.l, 1, &f.err, "no %s here", "hunter22");
	is_str(read_back(&f, f.log), "a err\n*** b hunt\npawl: no *** here\n",
	    "secrets are masked across writes, and in Pawl's own lines");
	end(&f);
}

/* Steps beside each other: what one holds back is not the other's. */
static void
test_beside(void)
{
	struct fixture f;

	begin(&f, "beside");
	out(&f, 1, JOBLOG_STDOUT, "hun");
	out(&f, 2, JOBLOG_STDOUT, "ter22\n");
	out(&f, 1, JOBLOG_STDOUT, "ter22\n");
	is_str(read_back(&f, f.log), "ter22\n***\n",
	    "each step has its own stream");
	end(&f);
}

static void
test_limit(void)
{
	struct fixture f;

	begin_with(&f, "limit", 10, -1);
	out(&f, 1, JOBLOG_STDOUT, "1234567.");
	out(&f, 1, JOBLOG_STDERR, "90abc");
	out(&f, 1, JOBLOG_STDOUT, "kept, hun");
	out(&f, 1, JOBLOG_STDOUT, "ter22\n");
	joblog_flush(source(&f, 1), &f.err);
	joblog_tail(f.l, &f.err);
	joblog_say(f.l, 0, &f.err, "the end");
	is_str(read_back(&f, f.log), "1234567.90\npawl: the job printed more "
	    "than 10 bytes (\"log-max-bytes\"): of what follows only the end "
	    "is kept\nabckept, ***\npawl: the end\n",
	    "behind the limit the end is kept, masked");
	end(&f);
}

/* How many bytes stand in the log but for lines of Pawl, and how many those
 * say were dropped. */
static void
count(struct fixture *f, int64_t *there, int64_t *dropped)
{
	char *line, *save = NULL;
	long long n;

	*there = *dropped = 0;
	read_back(f, f->log);
	for (line = strtok_r(f->text.s, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save)) {
		if (!str_starts_with(line, "pawl: "))
			*there += (int64_t)strlen(line) + 1;
		else if (sscanf(line, "pawl: %lld bytes were dropped", &n) ==
		    1)
			*dropped = n;
	}
}

/* Whole lines of 100 bytes, the limit at the end of one: all that was printed
 * is there or counted. */
static void
test_all_bytes(void)
{
	static const struct {
		int limit, lines;
	} cases[] = {
		{ 0, 5000 }, { 1000, 5 }, { 1000, 10 }, { 1000, 11 },
		{ 1000, 600 }, { 1000, 700 }, { 100000, 5000 },
	};
	char line[101];

	memset(line, '.', sizeof(line));
	memcpy(line + 99, "\n", 2);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t there, dropped;
		struct fixture f;
		char name[20];

		snprintf(name, sizeof(name), "bytes-%zu", i);
		begin_with(&f, name, cases[i].limit, -1);
		for (int k = 0; k < cases[i].lines; k++)
			out(&f, 1, JOBLOG_STDOUT, line);
		joblog_flush(source(&f, 1), &f.err);
		joblog_tail(f.l, &f.err);
		count(&f, &there, &dropped);
		is_int((int)(there + dropped), 100 * cases[i].lines,
		    "limit %d: %d bytes are there, %d counted", cases[i].limit,
		    (int)there, (int)dropped);
		end(&f);
	}
}

static void
test_raw_bytes(void)
{
	struct fixture f;
	char bytes[] = "\0\xff\xfe\r\x1b[0m\0";
	int fds[2];
	char echoed[64];
	ssize_t n;

	if (pipe(fds) == -1)
		abort();
	begin_with(&f, "raw", 0, fds[1]);
	joblog_output(source(&f, 1), JOBLOG_STDOUT, bytes, sizeof(bytes),
	    &f.err);
	read_back(&f, f.log);
	ok(f.text.len == sizeof(bytes) &&
	    memcmp(f.text.s, bytes, sizeof(bytes)) == 0,
	    "any bytes are kept as they are");
	n = read(fds[0], echoed, sizeof(echoed));
	ok(n == sizeof(bytes) && memcmp(echoed, bytes, sizeof(bytes)) == 0,
	    "and echoed");
	close(fds[0]);
	signal(SIGPIPE, SIG_IGN);
	is_int(out(&f, 1, JOBLOG_STDOUT, "more"), 0,
	    "nobody reads the echo: the log goes on");
	close(fds[1]);
	end(&f);
}

/* stdout and stderr in turn, byte by byte, must not make a huge index. */
static void
test_index_bound(void)
{
	struct fixture f;
	bool mixed;

	begin(&f, "bound");
	for (int i = 0; i < 200000; i++)
		out(&f, 1, i % 2 == 0 ? JOBLOG_STDOUT : JOBLOG_STDERR, "x");
	joblog_say(f.l, 1, &f.err, "end");
	read_back(&f, f.index);
	ok(f.text.len < 9 * 1024 * 1024, "the index is bounded: %zu bytes",
	    f.text.len);
	mixed = strstr(f.text.s, "\"stream\":\"mixed\"") != NULL;
	ok(mixed, "the rest is called mixed");
	ok(strstr(f.text.s + f.text.len - 120, "\"stream\":\"pawl\"") != NULL,
	    "lines of Pawl are still told apart");
	end(&f);
}

static void
test_continued(void)
{
	struct fixture f;

	begin(&f, "again");
	out(&f, 1, JOBLOG_STDOUT, "one\n");
	end(&f);
	begin(&f, "again");
	is_int(joblog_offset(f.l), 4, "a log that is there is continued");
	out(&f, 1, JOBLOG_STDOUT, "two\n");
	is_str(read_back(&f, f.log), "one\ntwo\n", "nothing is overwritten");
	end(&f);
}

/* A full disk, as a limit on the size of files shows it. */
static void
test_full_disk(void)
{
	struct fixture f;
	struct rlimit was, small;
	char block[4096];
	int rc = 0;

	memset(block, 'x', sizeof(block));
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &was);
	small = was;
	small.rlim_cur = 10000;
	begin(&f, "full");
	setrlimit(RLIMIT_FSIZE, &small);
	for (int i = 0; rc == 0 && i < 10; i++)
		rc = joblog_output(source(&f, 1), JOBLOG_STDOUT, block,
		    sizeof(block), &f.err);
	is_int(rc, -1, "a full disk is an error");
	ok(err_kind(f.err.code) == ERR_KIND_INFRA &&
	    strstr(f.err.text, "cannot write the log") != NULL,
	    "of the infrastructure: %s", f.err.text);
	is_int(joblog_offset(f.l), 10000, "the offset is what was written");
	setrlimit(RLIMIT_FSIZE, &was);
	end(&f);
}

int
main(void)
{
	test_streams();
	test_masked();
	test_beside();
	test_limit();
	test_all_bytes();
	test_raw_bytes();
	test_index_bound();
	test_continued();
	test_full_disk();
	return tap_done();
}

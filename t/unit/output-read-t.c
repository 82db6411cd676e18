/*
 * output-read-t.c - lines of two streams stay whole, however they are read.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "t/lib/tap.h"

enum { OUT, DIAG };

/* A step whose pipes are written to by hand. */
struct fixture {
	struct str log, index;
	struct mask *mask;
	struct joblog *joblog;
	struct job_exec x;
	struct job_plan_step plan;
	struct step_run s;
	int ends[2];
	struct err err;
};

static void
begin(struct fixture *f, const char *name)
{
	struct joblog_spec spec = { .echo_fd = -1 };

	memset(f, 0, sizeof(*f));
	str_addf(&f->log, "%s/%s.log", tap_dir(), name);
	str_addf(&f->index, "%s/%s.idx", tap_dir(), name);
	f->mask = mask_new();
	spec.log_path = f->log.s;
	spec.index_path = f->index.s;
	spec.mask = f->mask;
	if (joblog_open(&f->joblog, &spec, &f->err) == -1)
		abort();
	f->x.log = f->joblog;
	f->x.mask = f->mask;
	f->s.x = &f->x;
	f->s.plan = &f->plan;
	f->s.source = joblog_source_new(f->joblog, 1);
	for (int i = OUT; i <= DIAG; i++) {
		int ends[2];

		if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
			abort();
		f->s.fds[i] = ends[0];
		f->ends[i] = ends[1];
	}
}

static void
put(struct fixture *f, int stream, const char *text)
{
	if (file_write_fd(f->ends[stream], text, strlen(text), NULL) == -1)
		abort();
}

static void
take(struct fixture *f, int stream, int bytes)
{
	is_int(output_read(&f->s, stream, OUTPUT_READ_BYTES, &f->err), bytes,
	    "%d bytes are read", bytes);
}

static void
end(struct fixture *f, const char *want, const char *title)
{
	struct str text = STR_INIT;

	file_read(f->log.s, OUTPUT_READ_BYTES, &text, NULL);
	is_str(text.s, want, "%s", title);
	for (int i = OUT; i <= DIAG; i++) {
		if (f->s.fds[i] != -1)
			close(f->s.fds[i]);
		close(f->ends[i]);
		command_stream_release(&f->s.streams[i]);
	}
	joblog_source_free(f->s.source);
	joblog_close(f->joblog, NULL);
	mask_free(f->mask);
	str_release(&text);
	str_release(&f->log);
	str_release(&f->index);
}

static void
test_pieces(void)
{
	struct fixture f;

	begin(&f, "pieces");
	put(&f, DIAG, "ls: ");
	take(&f, DIAG, 4);
	put(&f, DIAG, "no such file\nmore of ");
	put(&f, OUT, "README\n");
	take(&f, OUT, 7);
	put(&f, DIAG, "it\n");
	take(&f, DIAG, 3);
	end(&f, "ls: no such file\nREADME\nmore of it\n",
	    "a line in pieces is ended before the other stream goes on");
}

static void
test_prompt(void)
{
	struct fixture f;

	begin(&f, "prompt");
	put(&f, OUT, "Sure? ");
	take(&f, OUT, 6);
	put(&f, DIAG, "nobody answers\n");
	take(&f, DIAG, 15);
	end(&f, "Sure? nobody answers\n", "one that goes on later does not "
	    "hold the other back");
}

static void
test_end(void)
{
	struct fixture f;

	begin(&f, "end");
	put(&f, DIAG, "last");
	take(&f, DIAG, 4);
	close(f.ends[DIAG]);
	put(&f, OUT, "on\n");
	take(&f, OUT, 3);
	is_int(f.s.fds[DIAG], -1, "a stream that has ended is closed");
	put(&f, OUT, "and on\n");
	take(&f, OUT, 7);
	f.ends[DIAG] = dup(f.ends[OUT]);
	end(&f, "laston\nand on\n", "and the other goes on");
}

/* Lines that are commands are not in the log before they are whole. */
static void
test_command(void)
{
	struct fixture f;

	begin(&f, "command");
	put(&f, OUT, "::debug::o");
	take(&f, OUT, 10);
	put(&f, DIAG, "between\n");
	take(&f, DIAG, 8);
	put(&f, OUT, "ne\n");
	take(&f, OUT, 3);
	end(&f, "between\n::debug::one\n", "what is held back is no line of "
	    "the log");
}

int
main(void)
{
	test_pieces();
	test_prompt();
	test_end();
	test_command();
	return tap_done();
}

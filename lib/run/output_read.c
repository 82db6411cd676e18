/*
 * output_read.c - from the pipes of a step into its log, line by line where
 * two streams meet.
 *
 * A program that writes a line in pieces, as those in C do with stderr, and
 * then to its other stream, may be read in between. So before one stream is
 * read, the line that the log has begun of the other is brought to its end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What one read of a pipe has given; what of it is not in the log yet is in
 * data[from] up to data[n]. */
struct piece {
	char data[OUTPUT_READ_BYTES];
	size_t from, n;
};

/* 1, or 0 when there was nothing. */
static int
read_piece(struct step_run *s, int i, size_t max, struct piece *p)
{
	ssize_t n = read(s->fds[i], p->data, max < sizeof(p->data) ? max :
	    sizeof(p->data));

	p->from = p->n = 0;
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		close(s->fds[i]);
		s->fds[i] = -1;
		return 0;
	}
	p->n = (size_t)n;
	return 1;
}

/* The next bytes of what was read, up to `to`. */
static int
print_piece(struct step_run *s, int i, struct piece *p, size_t to,
    struct err *err)
{
	size_t from = p->from;

	p->from = to;
	return from == to ? 0 : output_take(s, i, p->data + from, to - from,
	    err);
}

/* The end of the line that the log has begun, if it is there. What was read
 * behind it stays in the piece. */
static int
end_line(struct step_run *s, int i, struct piece *p, struct err *err)
{
	const char *nl;

	p->from = p->n = 0;
	if (s->fds[i] == -1 || !s->streams[i].inside ||
	    read_piece(s, i, OUTPUT_READ_BYTES, p) == 0)
		return 0;
	nl = memchr(p->data, '\n', p->n);
	return print_piece(s, i, p, nl != NULL ? (size_t)(nl - p->data) + 1 :
	    p->n, err);
}

int
output_read(struct step_run *s, int stream, size_t max, struct err *err)
{
	struct piece own, other;

	if (end_line(s, !stream, &other, err) == -1 ||
	    (read_piece(s, stream, max, &own) == 1 &&
		print_piece(s, stream, &own, own.n, err) == -1) ||
	    print_piece(s, !stream, &other, other.n, err) == -1)
		return -1;
	return (int)own.n;
}

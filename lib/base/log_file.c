/*
 * log_file.c - see log_file.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/log_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/line_map.h"
#include "lib/base/mem.h"
#include "lib/base/packed.h"
#include "lib/base/packed_table.h"

/* The whole map of a log of 64 GiB; a larger one is read up to there. */
#define MAX_PIECES ((int64_t)1 << 20)

struct log_file {
	struct packed *file;
	int64_t size;
	int map_fd;
	int64_t n_mapped;   /* pieces that the map on the disk knows */
	int64_t *counted;   /* newlines up to the end of the pieces behind */
	int64_t n_counted;  /* those */
	bool ready;         /* they were counted */
	int64_t newlines;   /* in all */
	char last;          /* byte */
	char piece[LINE_MAP_PIECE];
};

/* The size of what another program has compressed. */
static int
measure(struct log_file *f, struct err *err)
{
	ssize_t n;

	f->size = packed_size(f->file);
	if (f->size != -1)
		return 0;
	f->size = 0;
	while ((n = packed_read(f->file, f->piece, sizeof(f->piece), err)) >
	    0) {
		f->size += n;
		if (f->size > LOG_FILE_COUNT_MAX)
			break;
	}
	return n == -1 ? -1 : 0;
}

static void
open_map(struct log_file *f, const char *path)
{
	struct str map = STR_INIT;
	struct stat st;

	line_map_path(&map, path);
	f->map_fd = open(map.s, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	str_release(&map);
	if (f->map_fd == -1 || fstat(f->map_fd, &st) == -1)
		return;
	f->n_mapped = st.st_size / LINE_MAP_ENTRY;
	if (f->n_mapped > f->size / LINE_MAP_PIECE)
		f->n_mapped = f->size / LINE_MAP_PIECE;
}

int
log_file_open(struct log_file **out, const char *path, struct err *err)
{
	struct log_file *f = mem_calloc(1, sizeof(*f));

	f->map_fd = -1;
	if (packed_open(path, &f->file, err) == -1 || measure(f, err) == -1) {
		log_file_close(f);
		return -1;
	}
	open_map(f, path);
	*out = f;
	return 0;
}

void
log_file_close(struct log_file *f)
{
	if (f == NULL)
		return;
	packed_close(f->file);
	if (f->map_fd != -1)
		close(f->map_fd);
	free(f->counted);
	free(f);
}

int64_t
log_file_size(const struct log_file *f)
{
	return f->size;
}

ssize_t
log_file_read(struct log_file *f, int64_t offset, char *buf, size_t size,
    struct err *err)
{
	size_t done = 0;
	ssize_t n = 1;

	if (offset < 0 || offset >= f->size)
		return 0;
	if ((int64_t)size > f->size - offset)
		size = (size_t)(f->size - offset);
	if (packed_seek(f->file, offset, err) == -1)
		return -1;
	while (done < size && n > 0) {
		n = packed_read(f->file, buf + done, size - done, err);
		if (n == -1)
			return -1;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* --- lines ------------------------------------------------------------------ */

/* Newlines in front of a piece. */
static int64_t
newlines_before(struct log_file *f, int64_t piece)
{
	unsigned char entry[LINE_MAP_ENTRY];

	if (piece == 0)
		return 0;
	if (piece > f->n_mapped)
		return f->counted[piece - f->n_mapped - 1];
	if (pread(f->map_fd, entry, sizeof(entry),
	    (piece - 1) * LINE_MAP_ENTRY) != (ssize_t)sizeof(entry))
		return 0;
	return (int64_t)packed_get(entry, sizeof(entry));
}

/* Count what the map does not know: as a rule less than a piece. */
static int
count(struct log_file *f, struct err *err)
{
	int64_t whole = f->size / LINE_MAP_PIECE;
	int64_t at = f->n_mapped * LINE_MAP_PIECE;
	ssize_t n;

	if (f->ready)
		return 0;
	if (f->size - at > LOG_FILE_COUNT_MAX || whole > MAX_PIECES)
		return err_set(err, ERR_TOO_LARGE, "the lines of this log were "
		    "not counted when it was written, and it is too large to "
		    "do so now");
	free(f->counted);
	f->counted = mem_calloc((size_t)(whole - f->n_mapped) + 1,
	    sizeof(*f->counted));
	f->n_counted = 0;
	f->newlines = newlines_before(f, f->n_mapped);
	while ((n = log_file_read(f, at, f->piece, sizeof(f->piece), err)) >
	    0) {
		f->newlines += line_map_count(f->piece, (size_t)n);
		f->last = f->piece[n - 1];
		at += n;
		if (at % LINE_MAP_PIECE == 0 && f->n_counted < whole -
		    f->n_mapped)
			f->counted[f->n_counted++] = f->newlines;
	}
	if (n == 0 && f->size > 0 && f->size % LINE_MAP_PIECE == 0)
		n = log_file_read(f, f->size - 1, &f->last, 1, err);
	f->ready = n != -1;
	return n == -1 ? -1 : 0;
}

int
log_file_lines(struct log_file *f, int64_t *lines, struct err *err)
{
	if (count(f, err) == -1)
		return -1;
	*lines = f->newlines + (f->size > 0 && f->last != '\n');
	return 0;
}

/* The last piece with fewer newlines in front of it than this. */
static int64_t
piece_of(struct log_file *f, int64_t newlines)
{
	int64_t low = 0, high = f->size / LINE_MAP_PIECE;

	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;

		if (newlines_before(f, middle) < newlines)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

int
log_file_find(struct log_file *f, int64_t line, int64_t *offset,
    struct err *err)
{
	const char *p, *end;
	int64_t piece, left;
	ssize_t n;

	if (count(f, err) == -1)
		return -1;
	*offset = line > 1 ? f->size : 0;
	if (line <= 1 || line - 1 > f->newlines)
		return 0;
	piece = piece_of(f, line - 1);
	n = log_file_read(f, piece * LINE_MAP_PIECE, f->piece,
	    sizeof(f->piece), err);
	if (n == -1)
		return -1;
	left = line - 1 - newlines_before(f, piece);
	p = f->piece;
	end = p + n;
	while (left > 0 && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p++;
		left--;
	}
	if (p == NULL)
		return err_set(err, ERR_CORRUPT, "the map of a log's lines "
		    "does not fit the log");
	*offset = piece * LINE_MAP_PIECE + (p - f->piece);
	return 0;
}

int
log_file_number(struct log_file *f, int64_t offset, int64_t *line,
    struct err *err)
{
	int64_t piece;
	ssize_t n;

	if (count(f, err) == -1)
		return -1;
	if (offset > f->size)
		offset = f->size;
	piece = offset / LINE_MAP_PIECE;
	n = log_file_read(f, piece * LINE_MAP_PIECE, f->piece,
	    (size_t)(offset % LINE_MAP_PIECE), err);
	if (n == -1)
		return -1;
	*line = 1 + newlines_before(f, piece) +
	    line_map_count(f->piece, (size_t)n);
	return 0;
}

int
log_file_map(struct log_file *f, struct str *out, struct err *err)
{
	unsigned char entry[LINE_MAP_ENTRY];
	int64_t whole = f->size / LINE_MAP_PIECE;

	if (count(f, err) == -1)
		return -1;
	for (int64_t i = 1; i <= whole; i++) {
		packed_put(entry, sizeof(entry),
		    (uint64_t)newlines_before(f, i));
		str_add_len(out, (const char *)entry, sizeof(entry));
	}
	return 0;
}

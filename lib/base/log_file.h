/*
 * log_file.h - a job's log, read at any byte and at any line, whatever its
 * size, while it grows and after it was compressed.
 *
 * Lines are numbered from 1. The last one needs no newline. Of a log without a
 * map (line_map.h) lines are counted when that is asked for, up to
 * LOG_FILE_COUNT_MAX bytes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_LOG_FILE_H
#define PAWL_BASE_LOG_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

/* What one reader may count: a second's work. */
#define LOG_FILE_COUNT_MAX ((int64_t)1 << 30)

struct log_file;

/* `path` is that of NAME.log, also when NAME.log.gz is there instead.
 * ERR_NOT_FOUND: neither is. */
int
log_file_open(struct log_file **out, const char *path, struct err *err);
void
log_file_close(struct log_file *f); /* NULL is fine */

/* Bytes when it was opened: what comes later is not seen. */
int64_t
log_file_size(const struct log_file *f);

/* Up to `size` bytes from an offset; fewer at the end only. */
ssize_t
log_file_read(struct log_file *f, int64_t offset, char *buf, size_t size,
    struct err *err);

/* How many lines there are; 0 of an empty log. */
int
log_file_lines(struct log_file *f, int64_t *lines, struct err *err);

/* Where a line begins; one behind the last begins at the end. */
int
log_file_find(struct log_file *f, int64_t line, int64_t *offset,
    struct err *err);

/* The number of the line that this byte is in. */
int
log_file_number(struct log_file *f, int64_t offset, int64_t *line,
    struct err *err);

/* The whole map as the file has it, what it lacks counted. */
int
log_file_map(struct log_file *f, struct str *out, struct err *err);

#endif

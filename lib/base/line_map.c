/*
 * line_map.c - see line_map.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/line_map.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/packed_table.h"

#define CHUNK_BYTES 65536

void
line_map_path(struct str *out, const char *log)
{
	size_t len = strlen(log);

	if (str_ends_with(log, ".log"))
		len -= strlen(".log");
	str_add_len(out, log, len);
	str_add(out, ".lines");
}

int64_t
line_map_count(const char *data, size_t len)
{
	const char *p = data, *end = data + len;
	int64_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

/* Take over what is there and can be true of a log of this size. */
static int
take_over(struct line_map *m, int64_t size, struct err *err)
{
	unsigned char last[LINE_MAP_ENTRY];
	struct stat st;
	int64_t n;

	if (fstat(m->fd, &st) == -1)
		return err_errno(err, "reading the map of a log's lines");
	n = st.st_size / LINE_MAP_ENTRY;
	if (n > size / LINE_MAP_PIECE)
		n = size / LINE_MAP_PIECE;
	if (st.st_size != n * LINE_MAP_ENTRY &&
	    ftruncate(m->fd, n * LINE_MAP_ENTRY) == -1)
		return err_errno(err, "cutting the map of a log's lines");
	if (n == 0)
		return 0;
	if (pread(m->fd, last, sizeof(last), (n - 1) * LINE_MAP_ENTRY) !=
	    (ssize_t)sizeof(last))
		return err_errno(err, "reading the map of a log's lines");
	m->offset = n * LINE_MAP_PIECE;
	m->lines = (int64_t)packed_get(last, sizeof(last));
	return 0;
}

/* What was appended and not counted: by a process that was killed, or before
 * there were maps. */
static int
catch_up(struct line_map *m, int log_fd, int64_t size, struct err *err)
{
	char buf[CHUNK_BYTES];

	while (m->offset < size) {
		ssize_t n = pread(log_fd, buf, sizeof(buf), m->offset);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "counting the lines of a log");
		if (n == 0)
			break;
		if (line_map_add(m, buf, (size_t)n, err) == -1)
			return -1;
	}
	return 0;
}

int
line_map_open(struct line_map *m, const char *log, int log_fd, int64_t size,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc = -1;

	*m = (struct line_map)LINE_MAP_INIT;
	line_map_path(&path, log);
	m->fd = open(path.s, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0644);
	if (m->fd == -1)
		err_errno(err, "cannot open \"%s\"", path.s);
	else if (take_over(m, size, err) == 0)
		rc = catch_up(m, log_fd, size, err);
	if (rc == -1)
		line_map_close(m);
	str_release(&path);
	return rc;
}

int
line_map_add(struct line_map *m, const char *data, size_t len,
    struct err *err)
{
	unsigned char entry[LINE_MAP_ENTRY];

	while (m->fd != -1 && len > 0) {
		int64_t room = LINE_MAP_PIECE - m->offset % LINE_MAP_PIECE;
		size_t n = (int64_t)len < room ? len : (size_t)room;

		m->lines += line_map_count(data, n);
		m->offset += (int64_t)n;
		data += n;
		len -= n;
		if (m->offset % LINE_MAP_PIECE != 0)
			break;
		packed_put(entry, sizeof(entry), (uint64_t)m->lines);
		if (file_write_fd(m->fd, (const char *)entry, sizeof(entry),
		    err) == -1) {
			line_map_close(m);
			return -1;
		}
	}
	return 0;
}

void
line_map_close(struct line_map *m)
{
	if (m->fd != -1)
		close(m->fd);
	m->fd = -1;
}

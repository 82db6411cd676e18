/*
 * zip.c - see zip.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/str.h"

#define LOCAL_BYTES 30
#define CENTRAL_BYTES 46
#define END_BYTES 22
#define MAX_BYTES INT64_C(0xffffffff)
#define MAX_FILES 65535
#define VERSION_NEEDED 20
#define MADE_BY_UNIX (3 << 8 | VERSION_NEEDED)
#define UTF8_NAMES 0x0800
#define DOS_DATE 0x21 /* 1980-01-01: the first that the form knows */
#define READ_BYTES (64 * 1024)

static void
add16(struct str *s, unsigned v)
{
	str_add_char(s, (char)(v & 255));
	str_add_char(s, (char)(v >> 8 & 255));
}

static void
add32(struct str *s, uint32_t v)
{
	add16(s, v & 0xffff);
	add16(s, v >> 16);
}

/* What both headers of a file have in common. */
static void
add_common(struct str *s, const struct zip_entry *e)
{
	add16(s, VERSION_NEEDED);
	add16(s, UTF8_NAMES);
	add16(s, 0); /* stored */
	add16(s, 0);
	add16(s, DOS_DATE);
	add32(s, e->crc32);
	add32(s, (uint32_t)e->size);
	add32(s, (uint32_t)e->size);
	add16(s, (unsigned)strlen(e->path));
	add16(s, 0);
}

static void
add_local(struct str *s, const struct zip_entry *e)
{
	add32(s, 0x04034b50);
	add_common(s, e);
	str_add(s, e->path);
}

static void
add_central(struct str *s, const struct zip_entry *e, uint32_t offset)
{
	add32(s, 0x02014b50);
	add16(s, MADE_BY_UNIX);
	add_common(s, e);
	add16(s, 0);
	add16(s, 0);
	add16(s, 0);
	add32(s, (uint32_t)(S_IFREG | (e->mode & 0777)) << 16);
	add32(s, offset);
	str_add(s, e->path);
}

static void
add_end(struct str *s, size_t n, size_t central, int64_t offset)
{
	add32(s, 0x06054b50);
	add16(s, 0);
	add16(s, 0);
	add16(s, (unsigned)n);
	add16(s, (unsigned)n);
	add32(s, (uint32_t)central);
	add32(s, (uint32_t)offset);
	add16(s, 0);
}

int
zip_length(const struct zip_entry *entries, size_t n, int64_t *bytes,
    struct err *err)
{
	int64_t total = END_BYTES;

	for (size_t i = 0; i < n && total <= MAX_BYTES; i++)
		total += LOCAL_BYTES + CENTRAL_BYTES + entries[i].size +
		    2 * (int64_t)strlen(entries[i].path);
	if (total > MAX_BYTES || n > MAX_FILES)
		return err_set(err, ERR_TOO_LARGE, "it is too large for one "
		    "zip archive: fetch its files");
	*bytes = total;
	return 0;
}

static int
put_file(const struct zip_entry *e, zip_put_fn *put, void *to,
    struct err *err)
{
	char buf[READ_BYTES];
	int64_t left = e->size;
	ssize_t n = 0;
	int fd = open(e->file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), rc = 0;

	if (fd == -1)
		return err_errno(err, "cannot open \"%s\"", e->file);
	while (rc == 0 && left > 0) {
		n = read(fd, buf, left < READ_BYTES ? (size_t)left :
		    READ_BYTES);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			rc = err_set(err, ERR_IO, "\"%s\" is shorter than it "
			    "was", e->file);
		else if (put(to, buf, (size_t)n) == -1)
			rc = err_set(err, ERR_IO, "the client is gone");
		left -= n;
	}
	close(fd);
	return rc;
}

int
zip_write(const struct zip_entry *entries, size_t n, zip_put_fn *put,
    void *to, struct err *err)
{
	struct str head = STR_INIT, central = STR_INIT;
	int64_t offset = 0;
	size_t central_len;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		str_clear(&head);
		add_local(&head, &entries[i]);
		add_central(&central, &entries[i], (uint32_t)offset);
		offset += (int64_t)head.len + entries[i].size;
		rc = put(to, head.s, head.len);
		if (rc == 0)
			rc = put_file(&entries[i], put, to, err);
	}
	central_len = central.len;
	add_end(&central, n, central_len, offset);
	if (rc == 0)
		rc = put(to, central.s, central.len);
	str_release(&head);
	str_release(&central);
	return rc;
}

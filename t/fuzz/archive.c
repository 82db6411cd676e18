/*
 * archive.c - fuzz: what a job can make of an archive, and what an S3 service
 * can answer.
 *
 * Whatever comes, every path that is accepted stays below where it starts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/base/tar.h"
#include "lib/blob/manifest.h"
#include "lib/blob/ops.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	const uint8_t *data;
	size_t len;
};

static int
fill(void *ctx, void *buf, size_t len)
{
	struct source *s = ctx;

	if (s->len == 0)
		return 0;
	if (s->len < len) {
		errno = EPROTO;
		return -1;
	}
	memcpy(buf, s->data, len);
	s->data += len;
	s->len -= len;
	return 1;
}

static void
must_stay(const char *path)
{
	if (!path_stays_below(path) || path[0] == '\0')
		abort();
}

static int
on_info(void *ctx, const struct blob_info *info)
{
	(void)ctx;
	return info->size < 0 ? abort(), -1 : 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct tar_entry e;
	struct source s = { data, size };
	struct arena a = ARENA_INIT(1 << 20);
	struct str text = STR_INIT, token = STR_INIT;
	struct err err = { 0 };
	struct manifest m;

	while (tar_next(fill, &s, &e) == 1) {
		must_stay(e.path);
		if (e.size < 0 || e.mode > 0777 ||
		    (e.kind == TAR_LINK && e.target[0] == '\0'))
			abort();
	}
	if (manifest_read((const char *)data, size, &a, &m, &err) == 0)
		for (size_t i = 0; i < m.n; i++)
			must_stay(m.files[i].path);
	str_add_len(&text, (const char *)data, size);
	err_clear(&err);
	(void)blob_s3_list(text.s, on_info, NULL, &token, &err);
	str_clear(&token);
	blob_s3_problem(text.s, &token);
	str_release(&text);
	str_release(&token);
	arena_release(&a);
	return 0;
}

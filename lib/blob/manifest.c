/*
 * manifest.c - writing and reading manifests of artifacts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/manifest.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/json_text.h"
#include "lib/base/percent.h"
#include "lib/base/tar.h"

#define FORM 1

void
manifest_begin(struct str *out, const char *name)
{
	str_addf(out, "{\"version\":%d,\"name\":", FORM);
	json_text(out, name);
	str_add(out, ",\"files\":[");
}

/* Every folder's name by itself: "/" stays. */
static void
add_address(struct str *out, const char *path)
{
	char part[TAR_PATH_MAX + 1];

	for (size_t len; *path != '\0'; path += len) {
		len = strcspn(path, "/");
		snprintf(part, sizeof(part), "%.*s", (int)len, path);
		percent_encode(out, part);
		if (path[len] == '/') {
			str_add_char(out, '/');
			len++;
		}
	}
}

void
manifest_add(struct str *out, const struct manifest_file *file)
{
	str_add(out, out->s[out->len - 1] == '[' ? "\n{\"path\":" :
	    ",\n{\"path\":");
	json_text(out, file->path);
	str_add(out, ",\"address\":\"");
	add_address(out, file->path);
	str_addf(out, "\",\"size\":%" PRId64 ",\"mode\":\"%04o\","
	    "\"sha256\":\"%s\",\"crc32\":\"%08" PRIx32 "\"}", file->size,
	    file->mode & 0777, file->sha256, file->crc32);
}

void
manifest_end(struct str *out)
{
	str_add(out, "]}\n");
}

/* --- reading ------------------------------------------------------------------- */

static int
corrupt(const char *what, struct err *err)
{
	return err_set(err, ERR_CORRUPT, "the manifest has %s", what);
}

static bool
take_file(json_t *o, struct arena *a, struct manifest_file *f)
{
	const char *address, *mode, *sha, *crc;
	struct str path = STR_INIT;
	json_int_t size;
	bool ok;

	if (json_unpack(o, "{s:s,s:I,s:s,s:s,s:s}", "address", &address,
	    "size", &size, "mode", &mode, "sha256", &sha, "crc32",
	    &crc) == -1 || size < 0 || strlen(sha) != 64 ||
	    strspn(sha, "0123456789abcdef") != 64)
		return false;
	ok = percent_decode(&path, address, strlen(address), 0) &&
	    path.len <= TAR_PATH_MAX && tar_path_is_safe(path.s);
	f->path = arena_strdup(a, path.s);
	f->size = size;
	f->mode = (unsigned)strtoul(mode, NULL, 8) & 0777;
	f->crc32 = (uint32_t)strtoul(crc, NULL, 16);
	memcpy(f->sha256, sha, sizeof(f->sha256));
	str_release(&path);
	return ok;
}

static int
take(json_t *root, struct arena *a, struct manifest *out, struct err *err)
{
	const char *name;
	json_t *files, *one;
	int version;
	size_t i;

	if (json_unpack(root, "{s:i,s:s,s:o}", "version", &version, "name",
	    &name, "files", &files) == -1 || version != FORM ||
	    !json_is_array(files))
		return corrupt("another form", err);
	out->n = json_array_size(files);
	if (out->n > MANIFEST_MAX_FILES)
		return corrupt("too many files", err);
	out->name = arena_strdup(a, name);
	out->files = arena_alloc(a, (out->n + 1) * sizeof(*out->files));
	json_array_foreach(files, i, one)
		if (!take_file(one, a, &out->files[i]))
			return corrupt("a file that cannot be", err);
	return 0;
}

int
manifest_read(const char *text, size_t len, struct arena *a,
    struct manifest *out, struct err *err)
{
	json_error_t why;
	json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	int rc;

	if (root == NULL)
		return err_set(err, ERR_CORRUPT, "the manifest is no JSON: "
		    "line %d: %s", why.line, why.text);
	rc = take(root, a, out, err);
	json_decref(root);
	return rc;
}

int
manifest_load(const char *file, struct arena *a, struct manifest *out,
    struct err *err)
{
	struct str text = STR_INIT;
	int rc = file_read(file, MANIFEST_MAX_BYTES, &text, err);

	if (rc == 0)
		rc = manifest_read(text.s, text.len, a, out, err);
	str_release(&text);
	return rc;
}

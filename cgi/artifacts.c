/*
 * artifacts.c - see artifacts.h.
 *
 * An archive is not kept: it would be the same bytes again. It is made of the
 * plain files while it is sent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/artifacts.h"

#include <string.h>

#include "cgi/find_run.h"
#include "lib/base/layout.h"
#include "lib/blob/manifest.h"
#include "lib/render/json.h"
#include "lib/render/zip.h"
#include "lib/store/sees.h"

#define ZIP ".zip"

int
artifacts_list(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	struct artifact_row *rows;
	json_t *list, *o;
	struct run run;
	size_t n;

	if (st == NULL || find_run(st, req, &run, err) == -1 ||
	    artifact_list(st, run.id, req->a, &rows, &n, err) == -1)
		return -1;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_artifact(w->config,
		    &rows[i]));
	o = json_object();
	json_object_set_new(o, "artifacts", list);
	res->type = "application/json";
	res->revalidate = true;
	json_print(o, &res->body);
	json_decref(o);
	return 0;
}

/* --- zip ------------------------------------------------------------------------ */

struct archive {
	struct zip_entry *entries;
	size_t n;
};

static int
send_archive(void *ctx, response_put_fn *put, void *to, struct err *err)
{
	const struct archive *z = ctx;

	return zip_write(z->entries, z->n, put, to, err);
}

static int
make_archive(const struct web *w, const struct artifact_row *row,
    struct arena *a, struct response *res, struct err *err)
{
	struct archive *z = arena_alloc(a, sizeof(*z));
	struct str path = STR_INIT, file = STR_INIT;
	struct manifest m;
	int rc;

	layout_public_file(&path, w->config->state_dir, row->path);
	str_addf(&file, "%s" LAYOUT_MANIFEST, path.s);
	rc = manifest_load(file.s, a, &m, err);
	if (rc == 0) {
		z->n = m.n;
		z->entries = arena_alloc(a, (m.n + 1) * sizeof(*z->entries));
		for (size_t i = 0; i < m.n; i++)
			z->entries[i] = (struct zip_entry){ m.files[i].path,
				arena_printf(a, "%s/%s", path.s,
				m.files[i].path), m.files[i].size,
				m.files[i].crc32, m.files[i].mode };
		rc = zip_length(z->entries, z->n, &res->stream_bytes, err);
	}
	if (rc == 0) {
		res->type = "application/zip";
		res->stream = send_archive;
		res->stream_ctx = z;
		response_header(res, "Content-Disposition", "attachment");
	}
	str_release(&path);
	str_release(&file);
	return rc;
}

/* The last part of the row's address is the name that is asked for, encoded:
 * "dist", "dist~a2". */
static bool
is_called(const struct artifact_row *row, const char *name, size_t len)
{
	const char *own = strrchr(row->path, '/') + 1;

	return row->removed_at_ms == 0 && strlen(own) == len &&
	    strncmp(own, name, len) == 0;
}

/* The attempt of a run whose folder the address names: "N" is the first. */
static int
find_folder(struct store *st, struct request *req, struct run *run,
    struct err *err)
{
	const char *owner = request_param(req, "owner");
	const char *name = request_param(req, "repo");
	int64_t number;
	int attempt, found = 0;

	if (layout_run_parse(request_param(req, "run"), &number, &attempt))
		found = run_find_attempt(st, owner, name, number,
		    attempt != 0 ? attempt : 1, req->a, run, err);
	return found != 0 ? found : err_set(err, ERR_NOT_FOUND, "there is no "
	    "run %s of \"%s/%s\"", request_param(req, "run"), owner, name);
}

int
artifacts_zip(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *name = request_param(req, "zip");
	struct artifact_row *rows;
	struct run run;
	size_t n;

	if (st == NULL || find_folder(st, req, &run, err) == -1 ||
	    artifact_list(st, run.id, req->a, &rows, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n && str_ends_with(name, ZIP); i++)
		if (rows[i].run == run.id && is_called(&rows[i], name, strlen(name) - strlen(ZIP)))
			return make_archive(w, &rows[i], req->a, res, err);
	return err_set(err, ERR_NOT_FOUND, "the run has no such artifact");
}

int
artifacts_download(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct store *st = web_store(w, err);
	const char *word = request_param(req, "artifact");
	struct artifact_row *rows;
	int64_t run_id = 0;
	struct run run;
	long long id = 0;
	int rc = 0;
	size_t n;

	if (st == NULL)
		return -1;
	if (str_to_int64(word, 1, INT64_MAX, &id))
		rc = artifact_run(st, id, &run_id, err);
	if (rc == 1)
		rc = run_find_id(st, run_id, req->a, &run, err);
	if (rc == -1 || (rc == 1 && artifact_list(st, run_id, req->a, &rows,
	    &n, err) == -1))
		return -1;
	for (size_t i = 0; rc == 1 && i < n &&
	    sees_holds(req->sees, run.repo); i++)
		if (rows[i].id == id && rows[i].removed_at_ms == 0)
			return make_archive(w, &rows[i], req->a, res, err);
	return err_set(err, ERR_NOT_FOUND, "there is no artifact %.40s, or "
	    "not any more", word);
}

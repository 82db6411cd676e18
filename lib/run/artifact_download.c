/*
 * artifact_download.c - actions/download-artifact and step.artifact_pull:
 * artifacts of this run or of another one become files of the container.
 *
 * One that is asked for by its name or id goes right into the folder; several
 * get a folder each, unless they are to be merged.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/glob.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/base/str.h"
#include "lib/pipeline/event_context.h"
#include "lib/run/carry.h"
#include "lib/blob/manifest.h"

#define COPY_BYTES (256 * 1024)
#define MAX_IDS 1000

struct download {
	struct artifact_query query;
	const char *name, *ids, *pattern, *path;
	bool merge, apart;        /* apart: a folder for each */
	const struct job_storage *storage;
	struct artifact *list;    /* what is taken */
	size_t n;
	struct carrying carrying;
};

/* --- in the child ------------------------------------------------------------------ */

/* The file as it was stored; a copy that was damaged is not handed on. */
static int
send_file(struct download *d, const struct artifact *a,
    const struct manifest_file *f, unsigned char *buf, struct err *err)
{
	static const unsigned char zero[TAR_BLOCK];
	struct tar_entry *e = mem_calloc(1, sizeof(*e));
	unsigned char *header = mem_calloc(1, TAR_HEADER_MAX);
	struct str path = STR_INIT;
	struct stat st;
	int fd = -1, rc = -1;
	size_t len;

	str_addf(&path, "%s/%s", a->files, f->path);
	fd = open(path.s, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		err_errno(err, "cannot open \"%s\"", path.s);
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size != f->size) {
		err_set(err, ERR_IO, "\"%s\" of the artifact \"%s\" is damaged: "
		    "it has another size than its manifest says", f->path,
		    a->name);
		goto out;
	}
	e->kind = TAR_FILE;
	e->mode = f->mode | 0600;
	e->size = f->size;
	e->mtime_s = st.st_mtime;
	len = (size_t)snprintf(e->path, sizeof(e->path), "0/%s%s%s",
	    d->apart ? a->name : "", d->apart ? "/" : "", f->path);
	if (len >= sizeof(e->path)) {
		err_set(err, ERR_TOO_LARGE, "the name \"%s\" is too long",
		    f->path);
		goto out;
	}
	rc = carry_write(&d->carrying, header, tar_header(e, header), err);
	for (int64_t left = f->size; rc == 0 && left > 0;) {
		ssize_t n = read(fd, buf, left < COPY_BYTES ? (size_t)left :
		    COPY_BYTES);

		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			rc = err_set(err, ERR_IO, "cannot read \"%s\"",
			    path.s);
		else
			rc = carry_write(&d->carrying, buf, (size_t)n, err);
		left -= n;
	}
	if (rc == 0)
		rc = carry_write(&d->carrying, zero, tar_padding(f->size),
		    err);
out:
	if (fd != -1)
		close(fd);
	str_release(&path);
	free(header);
	free(e);
	return rc;
}

static int
send_artifact(struct work *w, struct download *d, const struct artifact *a,
    unsigned char *buf, struct err *err)
{
	struct arena arena = ARENA_INIT(0);
	char size[SIZE_TEXT_SIZE];
	struct manifest m;
	int rc;

	rc = d->storage->artifact_fetch(d->storage->ctx, a, err);
	if (rc == 0)
		rc = manifest_load(a->manifest, &arena, &m, err);
	for (size_t i = 0; rc == 0 && i < m.n; i++)
		rc = send_file(d, a, &m.files[i], buf, err);
	arena_release(&arena);
	if (rc == -1)
		return err_wrap(err, "artifact \"%s\"", a->name);
	work_print(w, "artifact \"%s\": %" PRId64 " file%s, %s", a->name,
	    a->n_files, a->n_files == 1 ? "" : "s", size_text(a->bytes,
	    size));
	return 0;
}

static int
download(struct work *w, void *ctx, struct err *err)
{
	static const unsigned char end[TAR_END_BYTES];
	struct download *d = ctx;
	unsigned char *buf = mem_calloc(1, COPY_BYTES);
	struct err e = { 0 };
	int rc = 0;

	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; rc == 0 && i < d->n; i++)
		rc = send_artifact(w, d, &d->list[i], buf, &e);
	if (rc == 0)
		rc = carry_write(&d->carrying, end, sizeof(end), &e);
	free(buf);
	/* When the helper gave up it knows better why. */
	if (carry_end(w, &d->carrying, err) == -1 && d->carrying.error.len >
	    0)
		return -1;
	return rc == -1 ? err_set(err, e.code, "%s", e.text) : 0;
}

/* --- in the job's process -------------------------------------------------------------- */

static int
read_run(struct step_run *s, struct download *d, struct err *err)
{
	const char *run;
	long long id;

	if (builtin_text(s, "repository", &d->query.repository, err) == -1 ||
	    builtin_text(s, "run-id", &run, err) == -1)
		return -1;
	if (run[0] == '\0')
		return 0;
	if (!str_to_int64(run, 1, INT64_MAX, &id))
		return err_set(err, ERR_INVALID, "the input \"run-id\" is a "
		    "number, not \"%.80s\"", run);
	d->query.run = id;
	return 0;
}

static int
read_inputs(struct step_run *s, struct download *d, struct err *err)
{
	if (builtin_text(s, "name", &d->name, err) == -1 ||
	    builtin_text(s, "artifact-ids", &d->ids, err) == -1 ||
	    builtin_text(s, "pattern", &d->pattern, err) == -1 ||
	    builtin_text(s, "path", &d->path, err) == -1 ||
	    builtin_flag(s, "merge-multiple", &d->merge, err) == -1)
		return -1;
	if (d->name[0] != '\0' && d->ids[0] != '\0')
		return err_set(err, ERR_INVALID, "the inputs \"name\" and "
		    "\"artifact-ids\" cannot be used together");
	return read_run(s, d, err);
}

static bool
has_id(const char *ids, int64_t id)
{
	char *end;

	while (*ids != '\0') {
		if (*ids < '0' || *ids > '9') {
			ids++;
			continue;
		}
		if (strtoll(ids, &end, 10) == id)
			return true;
		ids = end;
	}
	return false;
}

/* Which of the list are meant? */
static void
choose(struct download *d)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		const struct artifact *a = &d->list[i];
		bool in = d->name[0] != '\0' ? strcmp(a->name, d->name) == 0 :
		    d->ids[0] != '\0' ? has_id(d->ids, a->id) :
		    d->pattern[0] == '\0' || glob_match(d->pattern, a->name);

		if (in)
			d->list[n++] = *a;
	}
	d->n = n;
}

/* What there is, so that a wrong name is seen at once. */
static int
not_found(const struct download *d, size_t n_all, struct err *err)
{
	struct str names = STR_INIT;

	for (size_t i = 0; i < n_all && names.len < 300; i++)
		str_addf(&names, "%s\"%s\"", i > 0 ? ", " : "",
		    d->list[i].name);
	err_set(err, ERR_NOT_FOUND, "there is no artifact %s%s%s%s%s%s",
	    d->name[0] != '\0' ? "\"" : "with the id ",
	    d->name[0] != '\0' ? d->name : d->ids,
	    d->name[0] != '\0' ? "\"" : "", n_all > 0 ? ": the run has " :
	    ": the run has none", names.s, "");
	str_release(&names);
	return -1;
}

static int
find(struct step_run *s, struct download *d, struct err *err)
{
	const struct artifact *all;
	size_t n_all;

	if (d->storage->artifact_list(d->storage->ctx, &d->query, &s->arena,
	    &d->list, &d->n, err) == -1)
		return -1;
	all = d->list;
	n_all = d->n;
	d->list = arena_alloc(&s->arena, (n_all + 1) * sizeof(*d->list));
	for (size_t i = 0; i < n_all; i++)
		d->list[i] = all[i];
	choose(d);
	if (d->n > 0 || (d->name[0] == '\0' && d->ids[0] == '\0'))
		return 0;
	for (size_t i = 0; i < n_all; i++)
		d->list[i] = all[i];
	return not_found(d, n_all, err);
}

static int
done(struct step_run *s, void *ctx, const char *result, struct err *err)
{
	const struct download *d = ctx;

	(void)result;
	(void)err;
	builtin_output(s, "download-path", d->path);
	return 0;
}

/* As the action has it: absolute. */
static const char *
absolute(struct step_run *s, const char *path)
{
	if (path[0] == '/' || path[0] == '~')
		return path;
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	return path[0] == '\0' || strcmp(path, ".") == 0 ? ENGINE_WORKSPACE :
	    arena_printf(&s->arena, ENGINE_WORKSPACE "/%s", path);
}

/* What other runs have kept is not for strangers. */
static int
refuse_strangers(struct step_run *s, const struct download *d,
    struct err *err)
{
	const char *own = s->x->order->github == NULL ? NULL :
	    event_text(s->x->order->github, "run_id", &s->arena);
	const struct artifact_query *q = &d->query;
	bool other = q->latest || q->number != 0 || (q->run != 0 &&
	    !str_equal(own, arena_printf(&s->arena, "%" PRId64, q->run)));

	if (!other || !job_is_strangers(s->x))
		return 0;
	return err_set(err, ERR_DENIED, "artifacts of other runs are not "
	    "given to pull requests from forks");
}

static int
take(struct step_run *s, struct download *d, struct err *err)
{
	const char *patterns[2] = { NULL, NULL };
	const char how[] = { CARRY_LITERAL, '\0' };
	int rc;

	if (refuse_strangers(s, d, err) == -1 || find(s, d, err) == -1)
		return -1;
	d->path = absolute(s, d->path);
	if (d->n == 0) {
		s->outcome.on = "succeed";
		builtin_output(s, "download-path", d->path);
		return builtin_warn(s, err, "no artifact matches");
	}
	d->apart = !d->merge && d->name[0] == '\0' &&
	    (d->ids[0] == '\0' || d->n > 1);
	patterns[0] = d->path;
	if (carry_start(s, CARRY_UNPACK, how, patterns, &d->carrying, err) ==
	    -1)
		return -1;
	rc = builtin_work(s, download, done, d, err);
	carry_close(&d->carrying);
	return rc;
}

static struct download *
download_new(struct step_run *s, struct err *err)
{
	struct download *d = arena_alloc(&s->arena, sizeof(*d));

	*d = (struct download){ .carrying = CARRYING_INIT, .name = "",
		.ids = "", .pattern = "", .path = "", .storage = s->x->obs->storage };
	if (d->storage != NULL)
		return d;
	err_set(err, ERR_UNSUPPORTED, "artifacts are not kept here");
	return NULL;
}

int
builtin_download(struct step_run *s, struct err *err)
{
	struct download *d = download_new(s, err);

	if (d == NULL || read_inputs(s, d, err) == -1)
		return -1;
	return take(s, d, err);
}

/* `source`: "previous_execution" is the newest run of the branch that ended
 * well, or the one that `execution_id` says; else this run. */
int
builtin_pull(struct step_run *s, struct err *err)
{
	struct download *d = download_new(s, err);
	const char *source, *run;
	long long id;

	if (d == NULL || builtin_text(s, "source", &source, err) == -1 ||
	    builtin_text(s, "execution_id", &run, err) == -1 ||
	    builtin_text(s, "key", &d->name, err) == -1 ||
	    builtin_text(s, "dest", &d->path, err) == -1)
		return -1;
	if (run[0] != '\0' && !str_to_int64(run, 1, INT64_MAX, &id))
		return err_set(err, ERR_INVALID, "\"execution_id\" is the "
		    "number of a run, not \"%.80s\"", run);
	if (run[0] != '\0')
		d->query.number = id;
	else
		d->query.latest = strcmp(source, "previous_execution") == 0;
	return take(s, d, err);
}

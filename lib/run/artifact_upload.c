/*
 * artifact_upload.c - actions/upload-artifact, the job key `artifacts` and
 * step.artifact_push: files of the container become an artifact of the run.
 *
 * What names are relative to, what is hidden and what a folder means are as
 * GitHub's action has them; see lib/engine/init_pack.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/size.h"
#include "lib/base/utf8.h"
#include "lib/run/artifact_stage.h"
#include "lib/run/carry.h"

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum no_files { NO_FILES_WARN, NO_FILES_ERROR, NO_FILES_IGNORE };

struct upload {
	const char *name, *path, *stage;
	enum no_files no_files;
	bool overwrite;
	int64_t keep_ms;
	struct artifact_limits limits;
	struct carrying carrying;
};

/* --- inputs --------------------------------------------------------------------- */

int
artifact_name_check(const char *name, struct err *err)
{
	size_t len = strlen(name);

	if (len == 0 || len > ARTIFACT_NAME_MAX_BYTES ||
	    utf8_valid_len(name, len) != len)
		return err_set(err, ERR_INVALID, "the name of an artifact has "
		    "1 to %d bytes of UTF-8", ARTIFACT_NAME_MAX_BYTES);
	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || strchr("\"':<>|*?\\/", *p) !=
		    NULL)
			return err_set(err, ERR_INVALID, "the name of an "
			    "artifact cannot have %s: \"%s\"",
			    (unsigned char)*p < ' ' ? "control characters" :
			    "any of \" ' : < > | * ? \\ /", name);
	return 0;
}

static int
read_no_files(struct step_run *s, struct upload *u, struct err *err)
{
	static const char *const words[] = { [NO_FILES_WARN] = "warn",
		[NO_FILES_ERROR] = "error", [NO_FILES_IGNORE] = "ignore" };
	const char *text;

	if (builtin_text(s, "if-no-files-found", &text, err) == -1)
		return -1;
	if (text[0] == '\0')
		return 0;
	for (int i = NO_FILES_WARN; i <= NO_FILES_IGNORE; i++)
		if (strcmp(text, words[i]) == 0) {
			u->no_files = (enum no_files)i;
			return 0;
		}
	return err_set(err, ERR_INVALID, "the input \"if-no-files-found\" is "
	    "warn, error or ignore, not \"%.80s\"", text);
}

/* Days as GitHub has them, or a time with its unit. */
static int
read_keep(struct step_run *s, struct upload *u, struct err *err)
{
	const char *days, *time;
	long long n;

	if (builtin_text(s, "retention-days", &days, err) == -1 ||
	    builtin_text(s, "expire-in", &time, err) == -1)
		return -1;
	if (time[0] != '\0' && !clock_parse_duration(time, DAY_MS,
	    &u->keep_ms))
		return err_set(err, ERR_INVALID, "\"expire-in\" is a time "
		    "such as \"7d\", not \"%.80s\"", time);
	if (days[0] == '\0' || strcmp(days, "0") == 0)
		return 0;
	if (!str_to_int64(days, 1, 100000, &n))
		return err_set(err, ERR_INVALID, "the input "
		    "\"retention-days\" is a number of days, not \"%.80s\"",
		    days);
	u->keep_ms = n * DAY_MS;
	return 0;
}

/* "test:2" of a matrix is "test-2". */
static const char *
name_of_job(struct step_run *s)
{
	char *name = arena_strdup(&s->arena, s->x->order->plan->key);

	for (char *p = name; *p != '\0'; p++)
		if (*p == ':' || *p == '/')
			*p = '-';
	return name;
}

static int
read_inputs(struct step_run *s, struct upload *u, bool *hidden,
    struct err *err)
{
	if (builtin_text(s, "name", &u->name, err) == -1 ||
	    builtin_lines(s, "path", &u->path, err) == -1 ||
	    builtin_flag(s, "overwrite", &u->overwrite, err) == -1 ||
	    builtin_flag(s, "include-hidden-files", hidden, err) == -1 ||
	    read_no_files(s, u, err) == -1 || read_keep(s, u, err) == -1)
		return -1;
	if (u->name[0] == '\0')
		u->name = name_of_job(s);
	return artifact_name_check(u->name, err);
}

/* --- in the child ------------------------------------------------------------------ */

static int
no_files(struct work *w, const struct upload *u, struct err *err)
{
	static const char what[] = "No files were found with the provided "
	    "path: %s. No artifacts will be uploaded.";

	if (u->no_files == NO_FILES_ERROR)
		return err_set(err, ERR_INVALID, what, u->path);
	if (u->no_files == NO_FILES_WARN)
		work_warn(w, what, u->path);
	else
		work_print(w, what, u->path);
	return work_result(w, "", err);
}

static int
upload(struct work *w, void *ctx, struct err *err)
{
	struct upload *u = ctx;
	struct carry_reader reader = { w, &u->carrying };
	char size[SIZE_TEXT_SIZE], result[160];
	struct stage_result r;

	if (artifact_stage(carry_fill, &reader, u->stage, u->name, &u->limits,
	    &r, err) == -1 || carry_end(w, &u->carrying, err) == -1) {
		file_remove_tree(u->stage, NULL);
		return -1;
	}
	if (r.n_files == 0)
		return no_files(w, u, err);
	work_print(w, "%" PRId64 " file%s, %s, SHA-256 of the manifest %s",
	    r.n_files, r.n_files == 1 ? "" : "s", size_text(r.bytes, size),
	    r.digest);
	snprintf(result, sizeof(result), "%s %" PRId64 " %" PRId64, r.digest,
	    r.n_files, r.bytes);
	return work_result(w, result, err);
}

/* --- in the job's process -------------------------------------------------------------- */

static int
done(struct step_run *s, void *ctx, const char *result, struct err *err)
{
	const struct job_observer *obs = s->x->obs;
	const struct upload *u = ctx;
	struct artifact a = { .name = u->name, .keep_ms = u->keep_ms };
	char id[24];

	if (sscanf(result, "%64s %" SCNd64 " %" SCNd64, a.digest, &a.n_files,
	    &a.bytes) != 3)
		return 0; /* there were no files */
	if (obs->storage->artifact_commit(obs->storage->ctx, u->stage, u->overwrite,
	    &s->arena, &a, err) == -1)
		return -1;
	snprintf(id, sizeof(id), "%" PRId64, a.id);
	builtin_output(s, "artifact-id", id);
	builtin_output(s, "artifact-url", a.url);
	builtin_output(s, "artifact-digest", a.digest);
	return builtin_print(s, err, "artifact \"%s\": %s", a.name, a.url);
}

int
builtin_upload(struct step_run *s, struct err *err)
{
	struct job_exec *x = s->x;
	struct upload *u = arena_alloc(&s->arena, sizeof(*u));
	const char *const *patterns;
	bool hidden = false;
	char how[4] = { 0 };
	size_t n;
	int rc;

	*u = (struct upload){ .carrying = CARRYING_INIT };
	if (x->obs->storage == NULL)
		return err_set(err, ERR_UNSUPPORTED, "artifacts are not kept "
		    "here");
	if (read_inputs(s, u, &hidden, err) == -1)
		return -1;
	patterns = carry_patterns(u->path, &s->arena, &n);
	if (n == 0)
		return err_set(err, ERR_INVALID, "\"path\" names no files");
	if (x->obs->storage->artifact_begin(x->obs->storage->ctx, u->name,
	    u->overwrite, &u->limits, err) == -1)
		return -1;
	u->stage = arena_printf(&s->arena, "%s/artifact-%d-%d",
	    x->order->work_dir, s->plan->number, s->attempt);
	how[0] = hidden ? CARRY_HIDDEN : CARRY_ARTIFACT;
	how[1] = u->no_files == NO_FILES_IGNORE ? CARRY_QUIET : '\0';
	if (carry_start(s, CARRY_PACK, how, patterns, &u->carrying, err) ==
	    -1)
		return -1;
	rc = builtin_work(s, upload, done, u, err);
	carry_close(&u->carrying);
	return rc;
}

/*
 * kept_make.c - keep the workspace of a failed job.
 *
 * All that is not the workspace is removed, then what holds secrets; a
 * description is put beside it, and one rename makes it a kept one. Killed
 * before that, it is a leftover like any other.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/kept_make.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/pipeline/event_context.h"
#include "lib/run/job.h"
#include "lib/run/kept.h"

/* Of the environments that are remembered together. */
#define NOTE_MAX_BYTES (4 * 1024 * 1024)

void
kept_note_step(struct step_run *s, const char *const *env, const char *cwd)
{
	struct job_exec *x = s->x;
	const char **copy = NULL;
	struct kept_step *one;
	size_t n = 0;

	if (x->order->keep_dir == NULL || x->noted_bytes > NOTE_MAX_BYTES)
		return;
	for (size_t i = 0; env[i] != NULL; i++) {
		*(const char **)arena_push(&x->arena, &copy, &n,
		    sizeof(*copy)) = arena_strdup(&x->arena, env[i]);
		x->noted_bytes += strlen(env[i]);
	}
	*(const char **)arena_push(&x->arena, &copy, &n, sizeof(*copy)) =
	    NULL;
	one = arena_push(&x->arena, &x->noted, &x->n_noted, sizeof(*one));
	*one = (struct kept_step) { s->plan->number, s->plan->title,
		arena_strdup(&x->arena, cwd), copy };
}

/* Short secrets are not masked, but a variable that is one is known. */
static bool
is_secret(struct job_exec *x, const char *value)
{
	for (size_t i = 0; i < x->secrets->n; i++)
		if (*value != '\0' && strcmp(value, expr_to_string(
		    &x->secrets->members[i].value, &x->arena)) == 0)
			return true;
	return job_is_secret(x, value);
}

static void
drop_name(struct job_exec *x, struct kept *k, const char *name)
{
	for (size_t i = 0; i < k->n_dropped; i++)
		if (strcmp(k->dropped[i], name) == 0)
			return;
	*(const char **)arena_push(&x->arena, &k->dropped, &k->n_dropped,
	    sizeof(char *)) = name;
}

/* In place: variables that hold a secret, or the name of one, go. */
static void
clean_env(struct job_exec *x, struct kept *k, struct kept_step *s)
{
	const char **list = (const char **)s->env;
	size_t n = 0;

	for (size_t i = 0; list[i] != NULL; i++) {
		size_t len = strcspn(list[i], "=");

		if (list[i][len] == '\0' ||
		    (!is_secret(x, list[i] + len + 1) &&
		    !job_is_secret(x, list[i]))) {
			list[n++] = list[i];
			continue;
		}
		drop_name(x, k, arena_strndup(&x->arena, list[i], len));
	}
	list[n] = NULL;
}

/* The same for all that about.json says. */
static void
describe(struct job_exec *x, struct kept *k)
{
	const struct job_order *o = x->order;

	k->job = o->job;
	k->attempt = o->attempt;
	k->run = o->run;
	k->key = o->plan->key;
	k->engine = x->engine_name;
	k->image = x->image;
	k->until_ms = clock_now_ms() + o->config->keep_failed_for_ms;
	k->failed_step = x->failed_step;
	k->steps = x->noted;
	k->n_steps = x->n_noted;
	for (size_t i = 0; i < k->n_steps; i++) {
		struct kept_step *s = &k->steps[i];

		clean_env(x, k, s);
		if (job_is_secret(x, s->cwd))
			s->cwd = ENGINE_WORKSPACE;
	}
}

/* Everything of the job's folder but its workspace. */
static int
remove_others(const struct config *config, const char *work_dir,
    struct arena *a, struct err *err)
{
	DIR *dir = opendir(work_dir);
	struct dirent *entry;
	int rc = 0;

	if (dir == NULL)
		return err_errno(err, "cannot read \"%s\"", work_dir);
	while (rc == 0 && (entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0 &&
		    strcmp(entry->d_name, "workspace") != 0)
			rc = engine_remove_folder(config, arena_printf(a,
			    "%s/%s", work_dir, entry->d_name), err);
	closedir(dir);
	return rc;
}

static void
tick(void *ctx)
{
	job_tick(ctx, false);
}

/* Has it an end that one would look into, and nothing against it? */
static bool
may_keep(struct job_exec *x)
{
	const struct job_order *o = x->order;

	return o->keep_dir != NULL && x->engine_name != NULL &&
	    x->n_noted > 0 && x->failure.code == ERR_NONE &&
	    strcmp(x->result->on, "fail") == 0 &&
	    x->result->kind == ERR_KIND_USER &&
	    (o->github == NULL || !event_is_strangers(o->github,
	    &x->arena));
}

/* Move it. The others make room first. */
static int
move(struct job_exec *x, struct kept *k, struct err *err)
{
	const struct job_order *o = x->order;
	int64_t max = o->config->keep_failed_max_bytes;
	struct str folder = STR_INIT;
	int rc;

	str_add_len(&folder, o->keep_dir, (size_t)(strrchr(o->keep_dir, '/') -
	    o->keep_dir));
	k->path = o->work_dir;
	rc = kept_write(k, err);
	if (rc == 0)
		rc = kept_sweep(o->config, max - k->bytes, NULL, NULL, err);
	if (rc == 0)
		rc = file_mkdirs(folder.s, 0700, err);
	if (rc == 0 && rename(o->work_dir, o->keep_dir) == -1)
		rc = err_errno(err, "cannot move the workspace");
	str_release(&folder);
	return rc;
}

bool
kept_make(struct job_exec *x)
{
	const struct job_order *o = x->order;
	struct kept_scan scan = { .mask = x->mask, .tick = tick, .ctx = x,
		.max_bytes = o->config->keep_failed_max_bytes };
	struct kept k = { 0 };
	struct err err = { 0 };

	if (!may_keep(x))
		return false;
	if (remove_others(o->config, o->work_dir, &x->arena, &err) == -1 ||
	    kept_scan(&scan, arena_printf(&x->arena, "%s/workspace",
	        o->work_dir), &err) == -1)
		goto failed;
	describe(x, &k);
	k.bytes = scan.bytes;
	if (move(x, &k, &err) == -1)
		goto failed;
	if (scan.n_dropped > 0)
		joblog_note(x->log, 0, NULL, "%zu files of the workspace hold "
		    "a secret and are not kept", scan.n_dropped);
	return true;
failed:
	joblog_note(x->log, 0, NULL, "the workspace is not kept: %s",
	    err.text);
	return false;
}

/*
 * image_build.c - step.docker_build: an image of a folder of the workspace.
 *
 * The folder is packed inside the job's container, so that no link of a job
 * leads to files of the host, and goes on to the engine as it comes. The build
 * itself runs on the engine, so the configuration has to allow it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/run/carry.h"
#include "lib/run/dockerignore.h"
#include "lib/run/step_files.h"

#define IGNORE_FILE ".dockerignore"
#define TREE_PREFIX "0/" /* of names in what carry_start() packs */

struct image_work {
	struct step_run *s;
	const char *context, *dockerfile;
	const char *const *tags, *const *cache_from;
	struct image_argument *args;
	size_t n_args;
	struct dockerignore ignore;
	struct carrying carrying;
};

/* --- in the child: the archive as the engine wants it ---------------------------- */

/* What is read of what is packed, and given on: headers are made anew, with
 * names relative to the folder and without what is left out. */
struct context {
	struct image_work *b;
	struct carry_reader reader;
	struct tar_entry entry;
	unsigned char header[TAR_HEADER_MAX];
	size_t given, header_len;
	int64_t left;    /* bytes of content and padding of this entry */
	bool over;       /* the end of the archive is in `header` */
	struct err err;  /* of the files: why the build was given up */
};

static bool
is_wanted(const struct image_work *b, const char *path)
{
	return strcmp(path, b->dockerfile) == 0 ||
	    strcmp(path, IGNORE_FILE) == 0 ||
	    !dockerignore_has(&b->ignore, path);
}

static int
skip(struct context *c, int64_t bytes)
{
	char buf[4096];

	while (bytes > 0) {
		size_t n = bytes < (int64_t)sizeof(buf) ? (size_t)bytes :
		    sizeof(buf);

		if (carry_fill(&c->reader, buf, n) != 1)
			return -1;
		bytes -= (int64_t)n;
	}
	return 0;
}

/* Content of an entry, with what fills its last block. */
static int64_t
content(const struct tar_entry *e)
{
	if (e->kind != TAR_FILE)
		return 0;
	return e->size + (int64_t)tar_padding(e->size);
}

/* The next entry that is wanted, or the end. */
static int
next_entry(struct context *c)
{
	struct tar_entry *e = &c->entry;
	int rc;

	for (;;) {
		rc = tar_next(carry_fill, &c->reader, e);
		if (rc == -1)
			return -1;
		c->given = 0;
		c->left = 0;
		if (rc == 0) {
			c->over = true;
			c->header_len = TAR_END_BYTES;
			memset(c->header, 0, TAR_END_BYTES);
			return 0;
		}
		c->left = content(e);
		if (str_starts_with(e->path, TREE_PREFIX)) {
			memmove(e->path, e->path + strlen(TREE_PREFIX),
			    strlen(e->path) - strlen(TREE_PREFIX) + 1);
			if (is_wanted(c->b, e->path))
				break;
		}
		if (skip(c, c->left) == -1)
			return -1;
	}
	c->header_len = tar_header(e, c->header);
	return 0;
}

static ssize_t
read_context(void *ctx, void *buf, size_t len)
{
	struct context *c = ctx;

	if (c->given == c->header_len && c->left == 0) {
		if (c->over)
			return 0;
		if (next_entry(c) == -1)
			return err_errno(&c->err, "the files of \"%s\" cannot "
			    "be read", c->b->context);
	}
	if (c->given < c->header_len) {
		if (len > c->header_len - c->given)
			len = c->header_len - c->given;
		memcpy(buf, c->header + c->given, len);
		c->given += len;
		return (ssize_t)len;
	}
	if ((int64_t)len > c->left)
		len = (size_t)c->left;
	if (carry_fill(&c->reader, buf, len) != 1)
		return err_errno(&c->err, "the files of \"%s\" cannot be read",
		    c->b->context);
	c->left -= (int64_t)len;
	return (ssize_t)len;
}

/* --- in the child: the build --------------------------------------------------------- */

static void
say(void *ctx, const char *line)
{
	work_print(ctx, "%s", line);
}

static int
run_build(struct work *w, struct engine *e, struct image_work *b,
    struct err *err)
{
	const struct job_order *o = b->s->x->order;
	struct context c = { .b = b, .reader = { w, &b->carrying } };
	const struct image_build build = { .tags = b->tags,
		.dockerfile = b->dockerfile, .args = b->args,
		.n_args = b->n_args, .cache_from = b->cache_from,
		.memory_max_bytes = o->config->memory_max_bytes,
		.read = read_context, .read_ctx = &c, .say = say, .ctx = w };
	struct str id = STR_INIT;
	int rc = engine_image_build(e, &build, &id, err);

	if (rc == -1 && c.err.code != ERR_NONE)
		err_set(err, c.err.code, "%s", c.err.text);
	if (rc == 0)
		rc = carry_end(w, &b->carrying, err);
	if (rc == 0)
		rc = work_output(w, "image-id", id.s, err);
	str_release(&id);
	return rc;
}

static int
work(struct work *w, void *ctx, struct err *err)
{
	struct image_work *b = ctx;
	struct engine *e = NULL;
	int rc = engine_open("docker", NULL, b->s->x->order->config, &e, err);

	if (rc == 0)
		rc = run_build(w, e, b, err);
	engine_close(e);
	return rc;
}

/* --- in the job's process ---------------------------------------------------------- */

int
image_steps_allowed(const struct step_run *s, struct err *err)
{
	if (s->x->order->config->allow_image_steps)
		return 0;
	return err_set(err, ERR_DENIED, "steps may not build or push images "
	    "here (\"allow-image-steps\" in the configuration)");
}

static int
read_arguments(struct step_run *s, struct image_work *b, struct err *err)
{
	const struct value_pair *given = value_find(s->plan->with,
	    "build_args");
	struct environment vars;
	struct sight sight;
	int rc = 0;

	environment_init(&vars, &s->arena);
	sight_init(&sight, s->x, s->scope, &s->vars, s, &s->arena);
	if (given != NULL)
		rc = sight_env(&sight, given->value, &s->vars, &vars, err);
	for (size_t i = 0; rc == 0 && i < vars.vars.n; i++) {
		const struct env_var *v = vars.vars.entries[i].value;

		*(struct image_argument *)arena_push(&s->arena, &b->args,
		    &b->n_args, sizeof(*b->args)) = (struct image_argument){
			v->name, v->value };
	}
	environment_release(&vars);
	return rc;
}

/* Below the workspace, and "" for the workspace itself. */
static int
read_context_folder(struct step_run *s, struct image_work *b,
    struct err *err)
{
	const char *text;

	if (builtin_text(s, "context", &text, err) == -1)
		return -1;
	while (str_starts_with(text, "./"))
		text += 2;
	b->context = strcmp(text, ".") == 0 ? "" : text;
	if (b->context[0] != '\0' && !path_stays_below(b->context))
		return err_set(err, ERR_INVALID, "\"context\" is a folder "
		    "below the workspace, not \"%s\"", text);
	return 0;
}

static int
read_ignore(struct step_run *s, struct image_work *b, struct err *err)
{
	struct str text = STR_INIT, path = STR_INIT;
	struct err why = { 0 };
	int rc;

	str_addf(&path, "%s%s" IGNORE_FILE, b->context,
	    b->context[0] != '\0' ? "/" : "");
	rc = step_file_read_below(s->x->workspace, path.s,
	    DOCKERIGNORE_MAX_BYTES, &text, &why);
	if (rc == 0)
		dockerignore_read(text.s, &s->arena, &b->ignore);
	else if (why.code == ERR_NOT_FOUND)
		rc = 0;
	else
		err_set(err, why.code, "%s", why.text);
	str_release(&text);
	str_release(&path);
	return rc;
}

static int
read_inputs(struct step_run *s, struct image_work *b, struct err *err)
{
	if (read_context_folder(s, b, err) == -1 ||
	    builtin_text(s, "dockerfile", &b->dockerfile, err) == -1 ||
	    builtin_list(s, "tags", &b->tags, err) == -1 ||
	    builtin_list(s, "cache_from", &b->cache_from, err) == -1 ||
	    read_arguments(s, b, err) == -1)
		return -1;
	while (str_starts_with(b->dockerfile, "./"))
		b->dockerfile += 2;
	if (b->dockerfile[0] == '\0')
		b->dockerfile = "Dockerfile";
	if (b->tags[0] == NULL)
		return err_set(err, ERR_INVALID, "\"tags\" names no image");
	return read_ignore(s, b, err);
}

int
builtin_docker_build(struct step_run *s, struct err *err)
{
	struct image_work *b = arena_alloc(&s->arena, sizeof(*b));
	const char *folder[2] = { NULL };
	const char how[] = { CARRY_TREE, CARRY_LITERAL, '\0' };
	int rc;

	*b = (struct image_work){ .s = s, .carrying = CARRYING_INIT };
	if (image_steps_allowed(s, err) == -1 || read_inputs(s, b, err) == -1)
		return -1;
	folder[0] = arena_printf(&s->arena, ENGINE_WORKSPACE "%s%s",
	    b->context[0] != '\0' ? "/" : "", b->context);
	if (carry_start(s, CARRY_PACK, how, folder, &b->carrying, err) == -1)
		return -1;
	rc = builtin_work(s, work, NULL, b, err);
	carry_close(&b->carrying);
	return rc;
}

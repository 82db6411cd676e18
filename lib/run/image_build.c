/*
 * image_build.c - build an image: step.docker_build, of a folder of the
 * workspace; and actions for docker that bring a Dockerfile, of their own.
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
	const char *folder;     /* in the job's container */
	const char *dockerfile; /* a path in it */
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
			    "be read", c->b->folder);
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
		    c->b->folder);
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
		rc = work_result(w, id.s, err);
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
	if (job_is_strangers(s->x))
		return err_set(err, ERR_DENIED, "pull requests from forks may "
		    "not build or push images: names and logins are those of "
		    "all jobs");
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

/* What the folder of the job's container is on the host: below the workspace
 * or below what runner and steps share. */
static int
read_ignore(struct image_work *b, struct err *err)
{
	struct step_run *s = b->s;
	bool own = str_starts_with(b->folder, ENGINE_RUNNER "/");
	struct str text = STR_INIT, path = STR_INIT;
	struct err why = { 0 };
	int rc;

	str_addf(&path, "%s/" IGNORE_FILE, b->folder +
	    strlen(own ? ENGINE_RUNNER : ENGINE_WORKSPACE));
	rc = step_file_read_below(own ? s->x->runner : s->x->workspace,
	    path.s + 1, DOCKERIGNORE_MAX_BYTES, &text, &why);
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
begin(struct image_work *b, builtin_done_fn *done, struct err *err)
{
	const char how[] = { CARRY_TREE, CARRY_LITERAL, '\0' };
	const char *const folders[] = { b->folder, NULL };
	int rc;

	while (str_starts_with(b->dockerfile, "./"))
		b->dockerfile += 2;
	if (read_ignore(b, err) == -1 ||
	    carry_start(b->s, CARRY_PACK, how, folders, &b->carrying, err) ==
	    -1)
		return -1;
	rc = builtin_work(b->s, work, done, b, err);
	carry_close(&b->carrying);
	return rc;
}

static struct image_work *
work_new(struct step_run *s)
{
	struct image_work *b = arena_alloc(&s->arena, sizeof(*b));

	*b = (struct image_work){ .s = s, .carrying = CARRYING_INIT };
	return b;
}

/* --- step.docker_build -------------------------------------------------------------- */

/* Below the workspace, or all of it. */
static int
read_folder(struct step_run *s, const char **folder, struct err *err)
{
	const char *text, *path;
	size_t len;

	if (builtin_text(s, "context", &text, err) == -1)
		return -1;
	for (path = text; str_starts_with(path, "./"); path += 2)
		continue;
	for (len = strlen(path); len > 0 && path[len - 1] == '/'; len--)
		continue;
	path = arena_strndup(&s->arena, path, len);
	*folder = ENGINE_WORKSPACE;
	if (text[0] != '/' && (len == 0 || strcmp(path, ".") == 0))
		return 0;
	if (!path_stays_below(path))
		return err_set(err, ERR_INVALID, "\"context\" is a folder "
		    "below the workspace, not \"%s\"", text);
	*folder = arena_printf(&s->arena, ENGINE_WORKSPACE "/%s", path);
	return 0;
}

static int
read_inputs(struct step_run *s, struct image_work *b, struct err *err)
{
	if (read_folder(s, &b->folder, err) == -1 ||
	    builtin_text(s, "dockerfile", &b->dockerfile, err) == -1 ||
	    builtin_list(s, "tags", &b->tags, err) == -1 ||
	    builtin_list(s, "cache_from", &b->cache_from, err) == -1 ||
	    read_arguments(s, b, err) == -1)
		return -1;
	if (b->dockerfile[0] == '\0')
		b->dockerfile = "Dockerfile";
	if (b->tags[0] == NULL)
		return err_set(err, ERR_INVALID, "\"tags\" names no image");
	return 0;
}

static int
built(struct step_run *s, void *ctx, const char *id, struct err *err)
{
	(void)ctx;
	(void)err;
	builtin_output(s, "image-id", id);
	return 0;
}

int
builtin_docker_build(struct step_run *s, struct err *err)
{
	struct image_work *b = work_new(s);

	if (image_steps_allowed(s, err) == -1 || read_inputs(s, b, err) == -1)
		return -1;
	return begin(b, built, err);
}

/* --- actions with a Dockerfile ------------------------------------------------------- */

/* By its id: a name could be another's by now. */
static int
built_action(struct step_run *s, void *ctx, const char *id, struct err *err)
{
	const char *image = arena_strdup(&s->x->arena, id);

	(void)ctx;
	step_memory(s->x, s->plan)->image = image;
	if (action_container_start(s, image, err) == -1 ||
	    running_process(s, err) == -1)
		return -1;
	return 1;
}

int
action_container_build(struct step_run *s, const char *dockerfile,
    struct err *err)
{
	static const char *const none[] = { NULL };
	struct image_work *b = work_new(s);
	struct err why = { 0 };

	if (image_steps_allowed(s, &why) == -1)
		return err_set(err, why.code, "\"%s\" has to be built from "
		    "its Dockerfile: %s", s->plan->uses->text, why.text);
	b->folder = action_folder(s->x, s->plan->source);
	b->dockerfile = dockerfile;
	b->tags = none;
	if (b->folder == NULL)
		return err_set(err, ERR_NOT_FOUND, "the files of \"%s\" are "
		    "not here", s->plan->uses->text);
	return begin(b, built_action, err);
}

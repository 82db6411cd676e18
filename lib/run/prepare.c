/*
 * prepare.c - everything before the first step: engine, image, workspace,
 * container.
 *
 * The checkout and the images come from different places and can all take
 * long, so they are tasks at once, while this process watches the job's limits
 * and shows their progress. Each container starts as soon as its image is
 * there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/prepare.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/run/services.h"

/* That are fetched at a time; others wait. */
#define MAX_FETCHES 8

/* An image that is fetched. */
struct fetch {
	struct task task;
	const struct image_request *request;
	bool needed; /* by the job; else by steps, which may never run */
	bool begun, here;
};

struct prepare {
	struct job_exec *x;
	struct task source;
	bool filled;         /* the workspace */
	bool unfilled;       /* the container has started before that */
	struct wish wish;    /* for the job's own container */
	struct fetch *images; /* of the job, its services and its steps */
	size_t n_images;
	bool services_began; /* all of them */
	enum { EARLY_UNKNOWN, EARLY_NO, EARLY_YES } early;
	bool log_failed;     /* then `log_error` */
	struct err log_error;
};

/* --- images, in children ------------------------------------------------------ */

struct image_say {
	task_say_fn say;
	void *ctx;
};

struct fetch_order {
	struct job_exec *x;
	const struct image_request *request;
};

static void
image_progress(void *ctx, const char *line)
{
	const struct image_say *s = ctx;

	s->say(s->ctx, line);
}

/* In the child. The engine is opened anew, because connections cannot be
 * shared with the parent. */
static int
fetch_image(void *ctx, task_say_fn say, void *say_ctx, struct err *err)
{
	const struct fetch_order *o = ctx;
	struct image_say s = { say, say_ctx };
	struct engine *e = NULL;
	int rc;

	rc = engine_open(engine_name(o->x->engine), o->request->image,
	    o->x->order->config, &e, err);
	if (rc == 0)
		rc = engine_ensure_image(e, o->request, image_progress, &s,
		    err);
	engine_close(e);
	return rc;
}

static struct fetch *
find_fetch(struct prepare *p, const struct image_request *request)
{
	for (size_t i = 0; i < p->n_images; i++) {
		const struct image_request *one = p->images[i].request;

		if (strcmp(one->image, request->image) == 0 &&
		    one->pull == request->pull)
			return &p->images[i];
	}
	return NULL;
}

/* One image is fetched once, whoever wants it. */
static void
want_image(struct prepare *p, const struct image_request *request,
    bool needed)
{
	struct fetch *f;

	if (request->image == NULL || find_fetch(p, request) != NULL)
		return;
	f = arena_push(&p->x->arena, &p->images, &p->n_images, sizeof(*f));
	f->task = (struct task)TASK_INIT;
	f->request = request;
	f->needed = needed;
}

static void
want_images(struct prepare *p)
{
	struct job_exec *x = p->x;
	const struct job_plan *plan = x->order->plan;

	want_image(p, &p->wish.image, true);
	for (size_t i = 0; x->services != NULL && i < x->services->n; i++)
		want_image(p, &x->services->list[i].wish.image, true);
	for (size_t i = 0; i < plan->n_steps; i++) {
		struct image_request *request = arena_alloc(&x->arena,
		    sizeof(*request));

		request->image = action_container_image(&plan->steps[i],
		    &x->arena);
		want_image(p, request, false);
	}
}

static int
begin_fetches(struct prepare *p, struct err *err)
{
	size_t running = 0;

	for (size_t i = 0; i < p->n_images; i++)
		running += p->images[i].begun && !p->images[i].here;
	for (size_t i = 0; i < p->n_images && running < MAX_FETCHES; i++) {
		struct fetch *f = &p->images[i];
		struct fetch_order order = { p->x, f->request };

		if (f->begun)
			continue;
		if (task_start(&f->task, fetch_image, &order, err) == -1)
			return -1;
		f->begun = true;
		running++;
	}
	return 0;
}

static bool
all_here(const struct prepare *p)
{
	for (size_t i = 0; i < p->n_images; i++)
		if (!p->images[i].here)
			return false;
	return true;
}

/* --- the engine --------------------------------------------------------------- */

/* What the labels of runs-on stand for, when the job names no image. */
static void
read_labels(const struct job_exec *x, const char **engine,
    const char **image)
{
	const struct config *config = x->order->config;
	const struct job_plan *plan = x->order->plan;

	*engine = config->engine;
	for (size_t i = 0; *image == NULL && i < plan->n_labels; i++)
		for (size_t k = 0; k < config->n_labels; k++) {
			const struct config_label *l = &config->labels[k];

			if (strcmp(l->label, plan->labels[i]) != 0)
				continue;
			if (l->engine != NULL)
				*engine = l->engine;
			*image = l->image;
			return;
		}
}

/* Services, and steps with a container of their own, need images: they count
 * where the job has none. */
static const char *
choosing_image(const struct job_exec *x, const char *image)
{
	const struct job_plan *plan = x->order->plan;

	if (image == NULL && x->services != NULL && x->services->n > 0)
		return x->services->list[0].wish.image.image;
	for (size_t i = 0; image == NULL && i < plan->n_steps; i++)
		if (step_has_container(&plan->steps[i]))
			image = x->order->config->default_image;
	return image;
}

static int
open_engine(struct job_exec *x, struct err *err)
{
	const struct config *config = x->order->config;
	const char *engine, *image;

	if (wish_image(x, x->order->plan->container.image, &image, err) == -1)
		return -1;
	read_labels(x, &engine, &image);
	if (engine_open(engine, choosing_image(x, image), config, &x->engine,
	    err) == -1)
		return -1;
	if (image == NULL && strcmp(engine_name(x->engine), "sandbox") != 0)
		image = config->default_image;
	x->image = image;
	x->engine_name = engine_name(x->engine);
	if (joblog_note(x->log, 0, err, "engine %s%s%s",
	    engine_name(x->engine), image != NULL ? ", image " : "",
	    image != NULL ? image : "") == -1)
		return -1;
	x->started = true;
	if (x->obs->started == NULL)
		return 0;
	return x->obs->started(x->obs->ctx, engine_name(x->engine), err);
}

/* A pull may take minutes, so readers of the log see how it goes. */
static void
say_image(void *ctx, const char *line)
{
	struct prepare *p = ctx;

	if (!p->log_failed && joblog_say(p->x->log, 0, &p->log_error, "%s",
	    line) == -1)
		p->log_failed = true;
}

static void
note_workspace(void *ctx, const char *line)
{
	struct prepare *p = ctx;

	if (!p->log_failed && joblog_note(p->x->log, 0, &p->log_error, "%s",
	    line) == -1)
		p->log_failed = true;
}

/* --- containers --------------------------------------------------------------- */

static bool
is_here(struct prepare *p, const struct image_request *request)
{
	return find_fetch(p, request)->here;
}

static bool
is_root(const char *user)
{
	size_t len = strcspn(user, ":");

	return len == 0 || (len == 1 && user[0] == '0') ||
	    (len == strlen("root") && strncmp(user, "root", len) == 0);
}

/* May the container start before its workspace is filled? Nothing runs in it
 * until then. The sandbox is told when that is so; but where a container gives
 * the files to its user itself, it does so when it starts. */
static int
look_whether_early(struct prepare *p, struct err *err)
{
	struct job_exec *x = p->x;
	const char *user = p->wish.options.user;
	struct image_about about;

	p->early = EARLY_NO;
	if (strcmp(engine_name(x->engine), "sandbox") == 0) {
		p->early = EARLY_YES;
		return 0;
	}
	if (x->image == NULL)
		return 0;
	if (user == NULL) {
		if (engine_image_about(x->engine, x->image, &x->arena, &about,
		    err) == -1)
			return -1;
		user = about.user;
	}
	if (is_root(user))
		p->early = EARLY_YES;
	return 0;
}

static bool
shares_workspace(const struct job_plan *plan)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (step_has_container(&plan->steps[i]) || str_equal(
		    value_literal(plan->steps[i].uses), "step.docker_run"))
			return true;
	return false;
}

static int
start_container(struct prepare *p, struct err *err)
{
	struct job_exec *x = p->x;
	int64_t began = clock_mono_ms();
	char took[CLOCK_TEXT_SIZE];
	struct container_spec spec;

	job_container_spec(x, CONTAINER_JOB, NULL, &spec);
	spec.mounts = p->wish.mounts;
	spec.n_mounts = p->wish.n_mounts;
	spec.ports = p->wish.ports;
	spec.n_ports = p->wish.n_ports;
	spec.options = &p->wish.options;
	spec.unfilled = p->unfilled = !p->filled;
	spec.with_images = shares_workspace(x->order->plan);
	if (job_container_start(x, &spec, &x->container, err) == -1)
		return -1;
	return joblog_note(x->log, 0, err, "container started in %s",
	    clock_duration(clock_mono_ms() - began, took));
}

static int
start_services(struct prepare *p, struct err *err)
{
	struct services *all = p->x->services;

	p->services_began = true;
	for (size_t i = 0; all != NULL && i < all->n; i++) {
		struct service *s = &all->list[i];

		if (s->container != NULL)
			continue;
		if (!is_here(p, &s->wish.image)) {
			p->services_began = false;
			continue;
		}
		if (service_start(s, err) == -1)
			return -1;
	}
	return 0;
}

/* Start what can be started by now. Services come first: they take their time
 * to come up. */
static int
start_some(struct prepare *p, struct err *err)
{
	struct job_exec *x = p->x;

	if (begin_fetches(p, err) == -1 ||
	    (!p->services_began && start_services(p, err) == -1))
		return -1;
	/* Where all share one network, names are known when services are. */
	if (x->container != NULL ||
	    (x->image != NULL && !is_here(p, &p->wish.image)) ||
	    (!p->services_began && engine_shares_network(x->engine)))
		return 0;
	if (p->early == EARLY_UNKNOWN && look_whether_early(p, err) == -1)
		return -1;
	return p->filled || p->early == EARLY_YES ?
	    start_container(p, err) : 0;
}

/* --- waiting for all of it ------------------------------------------------------ */

static int
told_wrong(const struct prepare *p, struct err *err)
{
	if (!p->log_failed)
		return 0;
	return err_set(err, p->log_error.code, "%s", p->log_error.text);
}

/* An image that a step asks for and that is not to be had is that step's
 * failure: it finds out itself. */
static int
take_fetch(struct prepare *p, struct fetch *f, struct err *err)
{
	struct err why = { 0 };
	int rc = task_read(&f->task, say_image, p, &why);

	f->here = rc == 1 ||
	    (rc == -1 && !f->needed && err_kind(why.code) == ERR_KIND_USER);
	if (rc == -1 && !f->here)
		return err_set(err, why.code, "%s", why.text);
	return told_wrong(p, err);
}

/* Read what has come from the children. */
static int
take_tasks(struct prepare *p, const struct pollfd *fds, size_t n,
    struct err *err)
{
	int rc;

	if (fds[0].revents != 0) {
		rc = task_read(&p->source, note_workspace, p, err);
		p->filled = rc == 1;
		if (rc == -1 || told_wrong(p, err) == -1)
			return -1;
	}
	for (size_t i = 0; i < p->n_images; i++) {
		struct fetch *f = &p->images[i];

		for (size_t k = 1; k < n && f->task.fd != -1; k++) {
			if (fds[k].fd != f->task.fd || fds[k].revents == 0)
				continue;
			if (take_fetch(p, f, err) == -1)
				return -1;
			break;
		}
	}
	return 0;
}

static bool
is_complete(const struct prepare *p)
{
	return p->filled && p->services_began && all_here(p) &&
	    p->x->container != NULL;
}

/* Whatever can begin does, until all has begun, something has failed, or the
 * job has to end. */
static int
start_all(struct prepare *p, struct err *err)
{
	struct pollfd fds[1 + MAX_FETCHES];
	size_t n;

	while (p->x->stop == JOB_GOES_ON) {
		if (start_some(p, err) == -1)
			return -1;
		if (is_complete(p))
			return 0;
		n = 0;
		fds[n++] = (struct pollfd){ p->source.fd, POLLIN, 0 };
		for (size_t i = 0; i < p->n_images; i++)
			if (p->images[i].task.fd != -1)
				fds[n++] = (struct pollfd){
					p->images[i].task.fd, POLLIN, 0 };
		job_wait(p->x, fds, n, 0, true);
		if (take_tasks(p, fds, n, err) == -1)
			return -1;
	}
	return -1;
}

/* What has come into the folders since the container started. */
static int
give_folders(const struct prepare *p, struct err *err)
{
	static const char *const names[] = { "workspace", "runner" };
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; p->unfilled && rc == 0 && i < ARRAY_LEN(names);
	    i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", p->x->order->work_dir, names[i]);
		rc = container_own(p->x->container, path.s, err);
	}
	str_release(&path);
	return rc;
}

static int
wait_for_services(struct job_exec *x, struct err *err)
{
	struct pollfd none = { .fd = -1 };
	int rc;

	while ((rc = services_look(x, err)) == 0) {
		if (x->stop != JOB_GOES_ON)
			return -1;
		job_wait(x, &none, 1, 0, true);
	}
	return rc == 1 ? 0 : -1;
}

/* --- all of it ------------------------------------------------------------------ */

/* Steps with containers of their own find what is beside them by its name. */
static bool
needs_network(const struct job_exec *x)
{
	const struct job_plan *plan = x->order->plan;
	bool needs = x->services != NULL && x->services->n > 0;

	for (size_t i = 0; !needs && i < plan->n_steps; i++)
		needs = step_has_container(&plan->steps[i]);
	return needs;
}

/* What must be known before anything is started. */
static int
read_wishes(struct prepare *p, struct err *err)
{
	struct job_exec *x = p->x;

	if (services_read(x, err) == -1 || open_engine(x, err) == -1 ||
	    wish_read(x, &x->order->plan->container, x->image, &p->wish,
	    err) == -1)
		return -1;
	return needs_network(x) ? job_network(x, err) : 0;
}

int
job_prepare(struct job_exec *x, struct err *err)
{
	struct prepare p = { .x = x, .source = TASK_INIT };
	int rc = -1;

	if (prepare_folders(x, err) == 0 &&
	    task_start(&p.source, prepare_fill, x, err) == 0 &&
	    read_wishes(&p, err) == 0) {
		want_images(&p);
		rc = start_all(&p, err);
	}
	if (rc == 0)
		rc = give_folders(&p, err);
	if (rc == 0)
		rc = job_env_files(x, err);
	if (rc == 0)
		rc = wait_for_services(x, err);
	if (rc == 0)
		rc = services_forward(x, err);
	task_stop(&p.source);
	for (size_t i = 0; i < p.n_images; i++)
		task_stop(&p.images[i].task);
	wish_release(&p.wish);
	return rc;
}

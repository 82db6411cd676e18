/*
 * services.c - a job's services from what the plan says of them to their end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/services.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/proc.h"

#define READ_BYTES (64 * 1024)
/* From TERM to the container's removal, for all of them together. */
#define GRACE_MS 2000
/* Of its log, when one did not come up. */
#define TAIL_BYTES 2048
#define TAIL_LINES 20

/* --- reading ------------------------------------------------------------------ */

static int
read_one(struct job_exec *x, const struct job_plan_container *plan,
    struct err *err)
{
	struct services *all = x->services;
	struct service *s;
	const char *image;
	struct str path = STR_INIT;

	/* Its files are ours: a plan may be older than its check. */
	if (!path_is_name(plan->name))
		return err_set(err, ERR_INVALID, "%s:%d:%d: a service cannot "
		    "have this name", x->order->plan->file, plan->pos.line,
		    plan->pos.col);
	if (wish_image(x, plan->image, &image, err) == -1)
		return -1;
	if (image == NULL) /* as at GitHub: it is not wanted */
		return 0;
	if (all->n == SERVICES_MAX)
		return err_set(err, ERR_TOO_LARGE, "%s:%d:%d: a job has %d "
		    "services at most", x->order->plan->file, plan->pos.line,
		    plan->pos.col, SERVICES_MAX);
	s = &all->list[all->n++];
	s->x = x;
	s->name = plan->name;
	s->fds[0] = s->fds[1] = s->probe_fd = -1;
	str_init(&s->why);
	str_init(&s->said);
	layout_service_log(&path, x->order->log_path, s->name);
	s->log_path = arena_strdup(&x->arena, path.s);
	str_release(&path);
	if (wish_read(x, plan, image, &s->wish, err) == -1)
		return -1;
	return 0;
}

int
services_read(struct job_exec *x, struct err *err)
{
	const struct job_plan *plan = x->order->plan;

	if (plan->n_services == 0)
		return 0;
	x->services = arena_alloc(&x->arena, sizeof(*x->services));
	for (size_t i = 0; i < plan->n_services; i++)
		if (read_one(x, &plan->services[i], err) == -1)
			return err_wrap(err, "service \"%s\"",
			    plan->services[i].name);
	services_assign_ports(x->services);
	return 0;
}

const char *const *
service_env(const struct service *s, struct arena *a)
{
	const char *const *list;
	struct environment e;

	environment_init(&e, a);
	environment_add_list(&e, container_env(s->container));
	environment_merge(&e, &s->wish.env);
	list = environment_list(&e);
	environment_release(&e);
	return list;
}

/* --- its output --------------------------------------------------------------- */

/* What a pipe holds, at most `max` bytes. */
static int
take_output(struct service *s, int stream, size_t max, struct err *err)
{
	char buf[READ_BYTES];
	ssize_t n = read(s->fds[stream], buf, max < sizeof(buf) ? max :
	    sizeof(buf));

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0) {
		close(s->fds[stream]);
		s->fds[stream] = -1;
		return 0;
	}
	return joblog_output(s->source, (enum joblog_stream)stream, buf,
	    (size_t)n, err) == -1 ? -1 : (int)n;
}

/* What both hold now: what it left behind may print for ever. */
static int
drain(struct service *s, struct err *err)
{
	for (int i = 0; i < 2; i++) {
		int left = 0, n = 1;

		if (s->fds[i] != -1 &&
		    ioctl(s->fds[i], FIONREAD, &left) == -1)
			left = 0;
		for (; s->fds[i] != -1 && left > 0 && n > 0; left -= n) {
			n = take_output(s, i, (size_t)left, err);
			if (n == -1)
				return -1;
		}
	}
	return joblog_flush(s->source, err);
}

static void
take_said(struct service *s)
{
	char buf[512];
	ssize_t n;

	if (s->probe_fd == -1)
		return;
	n = read(s->probe_fd, buf, sizeof(buf));
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && s->said.len < TAIL_BYTES)
		str_add_len(&s->said, buf, (size_t)n);
	if (n > 0)
		return;
	close(s->probe_fd);
	s->probe_fd = -1;
}

/* --- its end ------------------------------------------------------------------ */

/* Its program has ended, or its container has. */
static int
ended(struct service *s, struct err *err)
{
	struct job_exec *x = s->x;
	int rc = drain(s, err);

	s->runs = false;
	s->probe = 0;
	if (rc == 0)
		rc = (x->services->ending ? joblog_note : joblog_say)(s->log,
		    0, err, "the service has ended: %s", s->why.s);
	if (rc == 0 && x->services->up && !x->services->ending)
		rc = joblog_say(x->log, 0, err, "the service \"%s\" has "
		    "ended: %s; its log is %s", s->name, s->why.s,
		    strrchr(s->log_path, '/') + 1);
	return rc;
}

static int
take_ends(struct service *s, struct err *err)
{
	struct err gone = { 0 };
	struct proc_end end;
	int64_t number;
	int rc;

	while ((rc = container_step_poll(s->container, &number, &end,
	    &gone)) == 1) {
		if (number == s->probe) {
			take_said(s);
			service_probed(s, &end);
		}
		if (number != s->number || !s->runs)
			continue;
		proc_end_text(&end, &s->why);
		s->ended_well = end.how == PROC_EXITED && end.code == 0;
		if (container_out_of_memory(s->container))
			str_add(&s->why, ", out of memory");
		if (ended(s, err) == -1)
			return -1;
	}
	if (rc == 0 || !s->runs)
		return 0;
	str_add(&s->why, gone.text);
	s->lost = err_kind(gone.code) == ERR_KIND_INFRA &&
	    !container_out_of_memory(s->container);
	return ended(s, err);
}

/* --- what drives them ----------------------------------------------------------- */

size_t
services_fds(const struct job_exec *x, struct pollfd *fds)
{
	size_t n = 0;

	for (size_t i = 0; x->services != NULL && i < x->services->n; i++) {
		const struct service *s = &x->services->list[i];
		int list[] = { s->fds[0], s->fds[1], s->probe_fd,
			s->container != NULL && s->runs ?
			container_fd(s->container) : -1 };

		for (size_t k = 0; k < sizeof(list) / sizeof(*list); k++)
			if (list[k] != -1)
				fds[n++] = (struct pollfd){ list[k], POLLIN,
					0 };
	}
	return n;
}

int64_t
services_next_ms(const struct job_exec *x)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; x->services != NULL && i < x->services->n; i++) {
		const struct service *s = &x->services->list[i];

		if (s->runs && health_next_ms(&s->health) < next)
			next = health_next_ms(&s->health);
	}
	return next;
}

int
services_take(struct job_exec *x, struct err *err)
{
	for (size_t i = 0; x->services != NULL && i < x->services->n; i++) {
		struct service *s = &x->services->list[i];

		for (int k = 0; k < 2; k++)
			if (s->fds[k] != -1 && take_output(s, k, READ_BYTES,
			    err) == -1)
				return -1;
		take_said(s);
		if (s->container == NULL || !s->runs)
			continue;
		if (take_ends(s, err) == -1 ||
		    (s->runs && service_probe(s, err) == -1))
			return -1;
	}
	return 0;
}

/* --- the verdict ---------------------------------------------------------------- */

/* The end of a file; nothing when it cannot be read. */
static void
read_tail(const char *path, struct str *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd != -1 ? lseek(fd, 0, SEEK_END) : -1;

	if (size != -1 && lseek(fd, size > TAIL_BYTES ? size - TAIL_BYTES : 0,
	    SEEK_SET) != -1 && file_read_fd(fd, TAIL_BYTES, out, NULL) == -1)
		str_clear(out);
	if (fd != -1)
		close(fd);
}

/* The last lines of its log. */
static void
say_tail(const struct service *s)
{
	struct str text = STR_INIT;
	int lines = 0;
	const char *p;

	read_tail(s->log_path, &text);
	for (p = text.s + text.len; p > text.s; p--)
		if (p[-1] == '\n' && lines++ == TAIL_LINES)
			break;
	while (*p != '\0') {
		size_t len = strcspn(p, "\n");

		joblog_say(s->x->log, 0, NULL, "%s | %.*s", s->name, (int)len,
		    p);
		p += len + (p[len] == '\n');
	}
	str_release(&text);
}

static int
not_up(struct service *s, const char *what, struct err *err)
{
	const struct job_plan *plan = s->x->order->plan;
	struct pos pos = s->wish.plan->pos;

	say_tail(s);
	return err_set(err, s->lost ? ERR_UNAVAILABLE : ERR_CONFLICT,
	    "the service \"%s\" (%s:%d:%d, image %s) did not come up: %s; "
	    "its log is %s", s->name, plan->file, pos.line, pos.col,
	    s->wish.image.image, what, strrchr(s->log_path, '/') + 1);
}

/* What its check said last, on one line. */
static int
not_healthy(struct service *s, struct err *err)
{
	char took[CLOCK_TEXT_SIZE];
	struct str what = STR_INIT;
	int rc;

	str_addf(&what, "%s failed %d times within %s",
	    s->health.plan.about, s->health.failures, clock_duration(
	    clock_mono_ms() - s->health.began_ms, took));
	while (s->said.len > 0 && s->said.s[s->said.len - 1] == '\n')
		str_cut(&s->said, s->said.len - 1);
	if (s->said.len > 0)
		str_addf(&what, ", the last time with: %.300s", s->said.s);
	for (size_t i = 0; i < what.len; i++)
		if (what.s[i] == '\n')
			what.s[i] = ' ';
	rc = not_up(s, what.s, err);
	str_release(&what);
	return rc;
}

static int
note_up(struct services *all, struct err *err)
{
	char took[CLOCK_TEXT_SIZE];

	all->up = true;
	for (size_t i = 0; i < all->n; i++) {
		struct service *s = &all->list[i];

		if (!s->runs && joblog_say(s->x->log, 0, err, "the service "
		    "\"%s\" has ended before the first step, with exit code 0",
		    s->name) == -1)
			return -1;
		if (s->runs && joblog_note(s->x->log, 0, err, "service "
		    "\"%s\" is up, %s after its start", s->name,
		    clock_duration(clock_mono_ms() - s->started_ms, took)) ==
		    -1)
			return -1;
	}
	return 1;
}

int
services_look(struct job_exec *x, struct err *err)
{
	bool all_up = true;

	for (size_t i = 0; x->services != NULL && i < x->services->n; i++) {
		struct service *s = &x->services->list[i];

		/* A container that does its work and ends is fine, as at
		 * GitHub, as long as nobody asked to be told that it runs. */
		if (!s->runs && (s->health.plan.argv != NULL ||
		    !s->ended_well))
			return not_up(s, s->why.s, err);
		if (s->health.state == HEALTH_DOWN)
			return not_healthy(s, err);
		all_up = all_up && s->health.state == HEALTH_UP;
	}
	if (!all_up)
		return 0;
	return x->services != NULL ? note_up(x->services, err) : 1;
}

/* --- the end of all -------------------------------------------------------------- */

void
services_ask_to_end(struct job_exec *x)
{
	if (x->services == NULL)
		return;
	x->services->ending = true;
	for (size_t i = 0; i < x->services->n; i++)
		if (x->services->list[i].runs)
			container_signal(x->services->list[i].container, 0,
			    SIGTERM, NULL);
}

static void
wait_for_ends(struct job_exec *x)
{
	int64_t until = clock_mono_ms() + GRACE_MS;
	struct pollfd none = { .fd = -1 };
	bool runs = true;

	while (runs && clock_mono_ms() < until) {
		runs = false;
		for (size_t i = 0; i < x->services->n; i++)
			runs = runs || x->services->list[i].runs;
		if (runs)
			job_wait(x, &none, 1, until, false);
	}
}

static void
remove_one(struct service *s)
{
	struct err err = { 0 };

	if (s->source != NULL && drain(s, &err) == -1)
		joblog_say(s->x->log, 0, NULL, "warning: %s", err.text);
	for (int i = 0; i < 2; i++)
		if (s->fds[i] != -1)
			close(s->fds[i]);
	if (s->probe_fd != -1)
		close(s->probe_fd);
	err_clear(&err);
	if (container_remove(s->container, &err) == -1)
		joblog_say(s->x->log, 0, NULL, "warning: the container of the "
		    "service \"%s\" could not be removed: %s", s->name,
		    err.text);
	s->container = NULL;
	err_clear(&err);
	joblog_source_free(s->source);
	if (joblog_close(s->log, &err) == -1)
		joblog_say(s->x->log, 0, NULL, "warning: %s", err.text);
	str_release(&s->why);
	str_release(&s->said);
	wish_release(&s->wish);
}

void
services_remove(struct job_exec *x)
{
	if (x->services == NULL)
		return;
	wait_for_ends(x);
	for (size_t i = 0; i < x->services->n; i++) {
		job_tick(x, true);
		remove_one(&x->services->list[i]);
	}
	x->services = NULL;
}

/* --- what expressions see ---------------------------------------------------------- */

static struct expr_object *
ports_context(const struct service *s, struct arena *a)
{
	struct expr_object *o = expr_object_new(a);

	for (size_t i = 0; s->container != NULL && i < s->wish.n_ports; i++) {
		const struct container_port *p = &s->wish.ports[i];
		int host = engine_shares_network(s->x->engine) ?
		    p->container : p->host;

		expr_object_add(o, arena_printf(a, "%d", p->container),
		    expr_string(arena_printf(a, "%d", host)));
	}
	return o;
}

struct expr_object *
services_context(const struct job_exec *x, struct arena *a)
{
	struct expr_object *all = expr_object_new(a);

	for (size_t i = 0; x->services != NULL && i < x->services->n; i++) {
		const struct service *s = &x->services->list[i];
		struct expr_object *o = expr_object_new(a);

		expr_object_add(o, "id", expr_string(s->id != NULL ? s->id :
		    ""));
		expr_object_add(o, "network", expr_string(x->network_name !=
		    NULL ? x->network_name : ""));
		expr_object_add(o, "ports",
		    expr_from_object(ports_context(s, a)));
		expr_object_add(all, s->name, expr_from_object(o));
	}
	return all;
}

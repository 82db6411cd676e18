/*
 * children.c - the processes that the supervisor watches, ours and adopted
 * ones, each with a descriptor that tells of its end at once.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/mem.h"

static void
child_free(struct child *c)
{
	if (c->fd != -1)
		close(c->fd);
	free(c);
}

static void
forget(struct supervisor *s, struct child *c)
{
	size_t i = 0;

	while (s->children[i] != c)
		i++;
	s->children[i] = s->children[--s->n_children];
	loop_unwatch(s->loop, c->fd);
}

static void
tell_end(struct supervisor *s, struct child *c, const struct proc_end *end)
{
	switch (c->kind) {
	case CHILD_JOB:
		jobs_ended(s, c, end);
		break;
	case CHILD_PLANNER:
		planners_ended(s, c, end);
		break;
	case CHILD_DECIDER:
		deciders_ended(c, end);
		break;
	case CHILD_NOTIFIER:
		outbox_ended(s, end);
		break;
	case CHILD_RECONCILER:
		reconciles_ended(s, end);
		break;
	case CHILD_JANITOR:
		break;
	}
}

static void
on_end(struct loop *loop, int fd, short events, void *ctx)
{
	struct supervisor *s = ctx;
	struct proc_end end = { PROC_UNKNOWN, 0 };
	struct err err = { 0 };
	struct child *c = NULL;

	(void)loop;
	(void)events;
	for (size_t i = 0; i < s->n_children; i++)
		if (s->children[i]->fd == fd)
			c = s->children[i];
	if (c == NULL)
		return;
	if (c->ours && proc_wait(&c->proc, -1, &end, &err) == -1)
		log_err("cannot tell how a process ended", &err);
	forget(s, c);
	tell_end(s, c, &end);
	if (c->kind != CHILD_JANITOR)
		s->activity = true;
	child_free(c);
	supervisor_look_soon(s);
}

struct child *
child_adopt(struct supervisor *s, enum child_kind kind,
    const struct proc *proc, struct err *err)
{
	struct child *c;
	int fd = proc_watch(proc, err);

	if (fd == -1)
		return NULL;
	c = mem_calloc(1, sizeof(*c));
	c->kind = kind;
	c->proc = *proc;
	c->fd = fd;
	if (s->n_children == s->cap_children) {
		s->cap_children = s->cap_children > 0 ?
		    s->cap_children * 2 : 8;
		s->children = mem_realloc(s->children, s->cap_children,
		    sizeof(struct child *));
	}
	s->children[s->n_children++] = c;
	loop_watch(s->loop, fd, POLLIN, on_end, s);
	return c;
}

struct child *
child_start(struct supervisor *s, enum child_kind kind,
    const char *const *command, const char *log, struct err *err)
{
	struct proc_spec spec = { .argv = command, .in = PROC_NULL,
		.out = PROC_INHERIT, .err = PROC_INHERIT, .session = true };
	struct proc_end end;
	struct proc proc;
	struct child *c = NULL;
	int fd = -1;

	if (log != NULL) {
		fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0640);
		if (fd == -1) {
			err_errno(err, "cannot open \"%s\"", log);
			return NULL;
		}
		spec.out = spec.err = fd;
	}
	if (proc_spawn(&spec, &proc, err) == 0) {
		c = child_adopt(s, kind, &proc, err);
		if (c != NULL) {
			c->ours = true;
		} else {
			kill(proc.pid, SIGKILL);
			proc_wait(&proc, -1, &end, NULL);
		}
	}
	if (fd != -1)
		close(fd);
	return c;
}

size_t
children_count(const struct supervisor *s, enum child_kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_children; i++)
		n += s->children[i]->kind == kind;
	return n;
}

struct child *
child_of_job(const struct supervisor *s, int64_t job, int attempt)
{
	for (size_t i = 0; i < s->n_children; i++) {
		struct child *c = s->children[i];

		if (c->kind == CHILD_JOB && c->job == job &&
		    c->attempt == attempt)
			return c;
	}
	return NULL;
}

void
children_release(struct supervisor *s)
{
	for (size_t i = 0; i < s->n_children; i++)
		child_free(s->children[i]);
	free(s->children);
	s->children = NULL;
	s->n_children = 0;
}

/*
 * forward.c - services at localhost, for jobs that name no container.
 *
 * Workflows that were written for a runner on a machine of its own reach their
 * services at localhost and the port that `ports` maps. Here such a job has a
 * container, too, where that would be nobody's port; and mapped on the host it
 * would be in the way of the next job's. So a program in the job's container
 * listens there and passes connections on.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/services.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"

/* Both programs answer at once. */
#define ANSWER_MS 10000
#define MAX_ANSWER 512

/* Where dynamic ports begin when the usual one is taken. */
#define FIRST_PORT 32768

/* --- which port is whose ----------------------------------------------------- */

static bool
is_taken(const struct services *all, int port)
{
	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->list[i].wish.n_ports; k++)
			if (all->list[i].wish.ports[k].host == port)
				return true;
	return false;
}

void
services_assign_ports(struct services *all)
{
	int next = FIRST_PORT;

	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->list[i].wish.n_ports; k++) {
			struct container_port *p =
			    &all->list[i].wish.ports[k];

			if (p->host != 0)
				continue;
			if (!is_taken(all, p->container)) {
				p->host = p->container;
				continue;
			}
			while (is_taken(all, next))
				next++;
			p->host = next++;
		}
}

/* --- programs that answer with a line ------------------------------------------- */

/* Start one, and wait for its first line, without the line's end. */
static int
ask(struct job_exec *x, struct container *c, const char *const *argv,
    struct str *line, struct err *err)
{
	static const char *const env[] = { NULL };
	struct container_step step = { .argv = argv, .env = env,
		.cwd = "/" };
	int64_t until = clock_mono_ms() + ANSWER_MS, number;
	int ends[2], rc;
	char buf[MAX_ANSWER];
	ssize_t n = -1;

	if (job_pipe(ends, err) == -1)
		return -1;
	step.out = step.err = ends[1];
	rc = container_step_start(c, &step, &number, err);
	close(ends[1]);
	while (rc == 0 && n != 0 && line->len < MAX_ANSWER &&
	    strchr(line->s, '\n') == NULL && x->stop == JOB_GOES_ON &&
	    clock_mono_ms() < until) {
		struct pollfd fd = { ends[0], POLLIN, 0 };

		job_wait(x, &fd, 1, until, true);
		n = read(ends[0], buf, sizeof(buf));
		if (n > 0)
			str_add_len(line, buf, (size_t)n);
	}
	close(ends[0]);
	str_cut(line, strcspn(line->s, "\n"));
	return rc;
}

static int
find_address(struct service *s, struct str *out, struct err *err)
{
	const char *const argv[] = { ENGINE_INIT, "address", NULL };

	if (ask(s->x, s->container, argv, out, err) == -1)
		return -1;
	if (out->len > 0 &&
	    strspn(out->s, "0123456789.") == out->len)
		return 0;
	return err_set(err, ERR_UNAVAILABLE, "the service \"%s\" has no "
	    "address on the job's network: %s", s->name, out->s);
}

/* --- the program in the job's container ------------------------------------------ */

struct words {
	const char **list;
	size_t n;
	struct arena *a;
};

static void
add_word(struct words *w, const char *word)
{
	*(const char **)arena_push(w->a, &w->list, &w->n,
	    sizeof(*w->list)) = word;
}

/* UDP has no connections that could be passed on. */
static int
add_service(struct service *s, struct words *w, struct err *err)
{
	struct str address = STR_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < s->wish.n_ports; i++) {
		const struct container_port *p = &s->wish.ports[i];

		if (p->udp || !s->runs)
			continue;
		if (address.len == 0)
			rc = find_address(s, &address, err);
		add_word(w, arena_printf(w->a, "%d", p->host));
		add_word(w, arena_strdup(w->a, address.s));
		add_word(w, arena_printf(w->a, "%d", p->container));
	}
	str_release(&address);
	return rc;
}

static int
start(struct job_exec *x, struct words *w, struct err *err)
{
	struct str answer = STR_INIT;
	int rc;

	add_word(w, NULL);
	rc = ask(x, x->container, w->list, &answer, err);
	if (rc == 0 && strcmp(answer.s, "ready") != 0)
		rc = err_set(err, ERR_CONFLICT, "services cannot be had at "
		    "localhost (\"ports\"): %s", answer.s);
	str_release(&answer);
	return rc;
}

int
services_forward(struct job_exec *x, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct words w = { .a = &a };
	int rc = 0;

	if (x->services == NULL || engine_shares_network(x->engine) ||
	    x->order->plan->container.image != NULL)
		return 0;
	add_word(&w, ENGINE_INIT);
	add_word(&w, "forward");
	for (size_t i = 0; rc == 0 && i < x->services->n; i++)
		rc = add_service(&x->services->list[i], &w, err);
	if (rc == 0 && w.n > 2)
		rc = start(x, &w, err);
	arena_release(&a);
	return rc;
}

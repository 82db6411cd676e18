/*
 * notifier.c - pawl-notifier: sends what is due in the outbox, and ends.
 *
 * A short-lived child of pawl-workerd, which stays small and talks to nobody.
 * It may be killed at any moment: what it was sending is queued still and is
 * sent again. There is one for each state directory, so that two never send
 * the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/store/tasks.h"

/* New messages and ends of programs are looked for so often while others are
 * under way. */
#define LOOK_MS 250
/* What is due so soon is waited for. */
#define WAIT_MS 1000

/* A look at what is due. */
struct look {
	struct notifier *n;
	struct arena a;
	bool writing; /* a transaction is open: messages are put off */
	size_t seen;
};

static volatile sig_atomic_t asked_to_stop;

static void
on_stop(int signo)
{
	(void)signo;
	asked_to_stop = 1;
}

/* --- one message --------------------------------------------------------------- */

/* Of those of one lane one is under way: the statuses of a commit, for GitLab
 * makes two pipelines of two at once; the messages about one matter. */
static char *
lane_of(const struct message *m, struct arena *a)
{
	size_t first = strcspn(m->topic, " ");
	size_t second = m->topic[first] == ' ' ?
	    strcspn(m->topic + first + 1, " ") + 1 : 0;

	return arena_printf(a, "%s %.*s", m->kind, (int)(first + second),
	    m->topic);
}

static struct sending *
sending_new(const struct message *m)
{
	struct sending *s = mem_calloc(1, sizeof(*s));
	struct arena *a = &s->a;

	arena_init(a, 0);
	str_init(&s->body);
	str_init(&s->said);
	s->said_fd = -1;
	s->watch_fd = -1;
	s->m = *m;
	s->m.kind = arena_strdup(a, m->kind);
	s->m.topic = arena_strdup(a, m->topic);
	s->m.data = arena_strdup(a, m->data);
	s->m.host = arena_strdup(a, m->host);
	s->m.error = NULL;
	s->lane = lane_of(m, a);
	s->kind = notify_kind_find(m->kind);
	return s;
}

static void
sending_free(struct notifier *n, struct sending *s)
{
	send_release(n, s);
	arena_release(&s->a);
	free(s);
}

static void
forget(struct notifier *n, struct sending *s)
{
	size_t i = 0;

	while (n->all[i] != s)
		i++;
	n->all[i] = n->all[--n->n];
	sending_free(n, s);
}

static bool
lane_busy(const struct notifier *n, const char *lane)
{
	for (size_t i = 0; i < n->n; i++)
		if (strcmp(n->all[i]->lane, lane) == 0)
			return true;
	return false;
}

static size_t
under_way_to(const struct notifier *n, const char *host)
{
	size_t count = 0;

	for (size_t i = 0; i < n->n; i++)
		count += n->all[i]->out.host != NULL &&
		    strcmp(n->all[i]->out.host, host) == 0;
	return count;
}

/* --- starting ------------------------------------------------------------------ */

/* Put it off until its host is asked again; all of a page in one
 * transaction. */
static int
put_off(struct look *l, struct sending *s, const struct outbox_host *h,
    struct err *err)
{
	if (!l->writing && store_begin(l->n->program.store, err) == -1)
		return -1;
	l->writing = true;
	s->m.host = s->out.host;
	return outbox_defer(l->n->program.store, &s->m, h->until_ms, h->error,
	    err);
}

/* May it be sent now? 1; 0: later, and it is put off when that is long;
 * -1. */
static int
may_send(struct look *l, struct sending *s, struct err *err)
{
	struct notifier *n = l->n;
	struct outbox_host h = { 0 };
	struct breaker b;
	size_t busy = under_way_to(n, s->out.host);
	int rc;

	rc = outbox_host_find(n->program.store, s->out.host, &l->a, &h, err);
	if (rc == -1)
		return -1;
	b = (struct breaker){ h.failures, h.until_ms };
	switch (breaker_state(&b, clock_now_ms())) {
	case BREAKER_OPEN:
		return put_off(l, s, &h, err);
	case BREAKER_HALF_OPEN:
		return busy == 0;
	case BREAKER_CLOSED:
		break;
	}
	return busy < NOTIFY_MAX_OF_HOST;
}

/* It could not even be begun. */
static int
begun_badly(struct notifier *n, struct sending *s, const struct err *why,
    struct err *err)
{
	const struct outcome o = { .err = *why };

	return record_failed(n, s, &o, err);
}

/* 1: it is under way; 0; -1. */
static int
begin(struct look *l, struct sending *s, struct err *err)
{
	struct notifier *n = l->n;
	struct err why = { 0 };
	int rc;

	if (s->kind == NULL) {
		err_set(&why, ERR_BUG, "nobody sends messages of kind \"%s\"",
		    s->m.kind);
		return begun_badly(n, s, &why, err);
	}
	rc = s->kind->make(n, s, &why);
	if (rc == -1)
		return begun_badly(n, s, &why, err);
	if (rc == 0)
		return record_dropped(n, s, err);
	rc = may_send(l, s, err);
	if (rc != 1)
		return rc;
	if (send_start(n, s, &why) == -1)
		return begun_badly(n, s, &why, err);
	return 1;
}

static int
consider(struct look *l, const struct message *m, struct err *err)
{
	struct notifier *n = l->n;
	struct sending *s;
	int rc;

	if (m->host[0] != '\0' &&
	    under_way_to(n, m->host) >= NOTIFY_MAX_OF_HOST)
		return 0;
	s = sending_new(m);
	rc = lane_busy(n, s->lane) ? 0 : begin(l, s, err);
	if (rc == 1)
		n->all[n->n++] = s;
	else
		sending_free(n, s);
	return rc == -1 ? -1 : 0;
}

static int
end_page(struct look *l, int rc, struct err *err)
{
	bool writing = l->writing;

	l->writing = false;
	if (!writing)
		return rc;
	if (rc == 0)
		return store_commit(l->n->program.store, err);
	store_rollback(l->n->program.store);
	return -1;
}

/* Start what is due, as far as there is room. */
static int
start_due(struct notifier *n, struct err *err)
{
	struct look l = { n, ARENA_INIT(0), false, 0 };
	int64_t now = clock_now_ms();
	struct message *page, *last = NULL;
	size_t n_page = NOTIFY_PAGE;
	int rc = 0;

	while (rc == 0 && n->n < NOTIFY_MAX && n_page == NOTIFY_PAGE &&
	    l.seen < NOTIFY_LOOK_MAX) {
		rc = outbox_due(n->program.store, now, last, NOTIFY_PAGE,
		    &l.a, &page, &n_page, err);
		for (size_t i = 0; rc == 0 && i < n_page &&
		    n->n < NOTIFY_MAX; i++)
			rc = consider(&l, &page[i], err);
		rc = end_page(&l, rc, err);
		if (rc == 0 && n_page > 0)
			last = &page[n_page - 1];
		l.seen += n_page;
	}
	arena_release(&l.a);
	return rc;
}

/* --- ending -------------------------------------------------------------------- */

/* The kind may have more to ask: 1 when it does and that is under way. */
static int
go_on(struct notifier *n, struct sending *s, struct outcome *o,
    struct err *err)
{
	int rc = 0;

	s->step++;
	if (s->kind->answered != NULL)
		rc = s->kind->answered(n, s, &o->answer, &o->err);
	if (rc == 1 && s->step >= NOTIFY_STEPS_MAX)
		rc = err_set(&o->err, ERR_UNAVAILABLE, "it takes more than %d "
		    "requests", NOTIFY_STEPS_MAX);
	if (rc == 1)
		rc = send_start(n, s, &o->err) == -1 ? -1 : 1;
	if (rc == 1)
		return 1;
	if (rc == 0)
		return record_sent(n, s, (int)o->answer.status, err);
	o->answered = false;
	o->answer.status = 0;
	return record_failed(n, s, o, err);
}

static int
finish(struct notifier *n, struct sending *s, struct outcome *o,
    struct err *err)
{
	bool done = o->answered && o->answer.status >= 200 &&
	    o->answer.status < 300;
	int rc;

	if (!done && o->answered && s->kind->is_done != NULL)
		done = s->kind->is_done(s, &o->answer);
	rc = done ? go_on(n, s, o, err) : record_failed(n, s, o, err);
	if (rc != 1)
		forget(n, s);
	return rc == -1 ? -1 : 0;
}

static int
finish_ended(struct notifier *n, struct err *err)
{
	struct outcome o;
	struct sending *s;
	int rc = 0;

	while (rc == 0 && (s = send_ended(n, &o)) != NULL)
		rc = finish(n, s, &o, err);
	return rc;
}

/* --- all ------------------------------------------------------------------------ */

/* Nothing is under way: 0 when something is due soon, 1 when not, -1. */
static int
idle(struct notifier *n, struct err *err)
{
	int64_t at;

	if (n->stop)
		return 1;
	if (outbox_next_due(n->program.store, &at, err) == -1)
		return -1;
	return at > 0 && at <= clock_now_ms() + WAIT_MS ? 0 : 1;
}

/* Who ended while nobody was told of it is asked by his pid. */
static bool
must_stop(pid_t parent)
{
	return asked_to_stop != 0 || getppid() != parent;
}

static int
serve(struct notifier *n, struct err *err)
{
	int64_t until = clock_mono_ms() + NOTIFY_LIFE_MS;
	pid_t parent = getppid();
	int rc = 0;

	do {
		n->stop = n->stop || must_stop(parent) ||
		    clock_mono_ms() > until;
		if (!n->stop)
			rc = start_due(n, err);
		if (rc == 0) {
			send_wait(n, LOOK_MS);
			rc = finish_ended(n, err);
		}
		if (must_stop(parent))
			break; /* what is under way is sent again */
		if (rc == 0 && n->n == 0)
			rc = idle(n, err);
	} while (rc == 0);
	return rc == -1 ? -1 : 0;
}

static int
lock(const struct config *config, struct err *err)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/notifier.lock", config->state_dir);
	fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd == -1) {
		err_errno(err, "cannot open \"%s\"", path.s);
	} else if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno == EWOULDBLOCK)
			err_set(err, ERR_BUSY, "another pawl-notifier runs");
		else
			err_errno(err, "cannot lock \"%s\"", path.s);
		close(fd);
		fd = -1;
	}
	str_release(&path);
	return fd;
}

static void
note_done(struct notifier *n, int64_t began_ms, const char *error)
{
	struct err err = { 0 };

	if (task_done(n->program.store, TASK_SEND, began_ms, NULL, error,
		&err) == -1)
		log_err("that messages are sent was not noted", &err);
}

int
main(int argc, char **argv)
{
	struct notifier n = {
		.program = { .name = "pawl-notifier", .usage = "" },
	};
	int64_t began_ms = clock_now_ms();
	struct err err = { 0 };
	int held, rc = -1;

	program_start(&n.program, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_stop);
	held = lock(&n.program.config, &err);
	if (held != -1) {
		program_open_store(&n.program, STORE_EXISTING);
		rc = serve(&n, &err);
		note_done(&n, began_ms, rc == -1 ? err.text : NULL);
	}
	if (rc == -1)
		log_err("cannot send messages", &err);
	while (n.n > 0)
		forget(&n, n.all[0]);
	curl_multi_cleanup(n.multi);
	program_end(&n.program);
	return rc == -1 ? EXIT_TRY_AGAIN : 0;
}

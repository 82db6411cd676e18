/*
 * events.c - pawl-events, the program.
 *
 * As long as nobody follows anything, it waits for a connection and nothing
 * else. The kernel tells of writes to the database; but it does when they are
 * written, and readers see them when the writer is done, which takes as long
 * as its disk does. So each write is followed by a few looks that come later
 * and later, and then by none.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/told.h"
#include "lib/store/audit.h"

#define SPARE_CONNECTIONS 64 /* for those who ask while all places are taken */
#define SPARE_FILES 256
#define CHECK_MS 1000 /* from a change of rights to its effect */

/* Milliseconds from one look to the next. */
static const int look_ms[] = { 1, 3, 10, 30, 100, 300, 1000 };

static void
stop_timer(struct hub *hub, int *timer)
{
	if (*timer != 0)
		loop_cancel(hub->loop, *timer);
	*timer = 0;
}

struct store *
hub_store(struct hub *hub, struct err *err)
{
	return web_store(&hub->server.web, err);
}

/* All of them ask again whether they may. */
static void
check_all(struct loop *loop, void *ctx)
{
	struct hub *hub = ctx;

	(void)loop;
	hub->check_timer = 0;
	for (struct client *c = hub->clients, *next; c != NULL; c = next) {
		next = c->next;
		client_check(c);
	}
}

/* Whoever changes rights leaves an entry in the audit. */
static int
look_at_rights(struct hub *hub, struct err *err)
{
	struct store *st = hub_store(hub, err);
	int64_t audited;

	if (st == NULL || audit_newest(st, &audited, err) == -1)
		return -1;
	if (audited != hub->audited && hub->check_timer == 0)
		hub->check_timer = loop_after(hub->loop, CHECK_MS, check_all,
		    hub);
	hub->audited = audited;
	return 0;
}

int
hub_catch_up(struct hub *hub, struct err *err)
{
	struct store *st = hub_store(hub, err);

	if (st == NULL)
		return -1;
	if (hub->n_streams > 0)
		return 0;
	return tail_newest(st, &hub->newest, err) == -1 ||
	    audit_newest(st, &hub->audited, err) == -1 ? -1 : 0;
}

static void
look(struct loop *loop, void *ctx)
{
	struct hub *hub = ctx;
	struct err err = { 0 };

	hub->look_timer = 0;
	if (tell_new(hub, &err) == -1 || look_at_rights(hub, &err) == -1)
		log_err("looking for events", &err);
	if (hub->looks < ARRAY_LEN(look_ms))
		hub->look_timer = loop_after(loop, look_ms[hub->looks++], look,
		    hub);
}

void
hub_wake(struct hub *hub)
{
	stop_timer(hub, &hub->look_timer);
	hub->looks = 0;
	look(hub->loop, hub);
}

static void
on_database(void *ctx)
{
	hub_wake(ctx);
}

static void
watch_database(struct hub *hub)
{
	struct str path = STR_INIT;

	layout_db(&path, hub->server.web.config->state_dir);
	hub->database = watch_begin(hub->watches, path.s, on_database, hub);
	str_add(&path, "-wal");
	hub->wal = watch_begin(hub->watches, path.s, on_database, hub);
	str_release(&path);
}

static void
unwatch_database(struct hub *hub)
{
	watch_end(hub->database);
	watch_end(hub->wal);
	hub->database = hub->wal = NULL;
	stop_timer(hub, &hub->look_timer);
	stop_timer(hub, &hub->check_timer);
}

static void
beat(struct loop *loop, void *ctx)
{
	struct hub *hub = ctx;

	hub->beat_timer = loop_after(loop, EVENTS_BEAT_MS, beat, hub);
	for (struct client *c = hub->clients, *next; c != NULL; c = next) {
		next = c->next;
		client_beat(c);
	}
}

static void
end_idle(struct loop *loop, void *ctx)
{
	struct hub *hub = ctx;

	hub->idle_timer = 0;
	loop_stop(loop);
}

static void
on_connection(struct loop *loop, int fd, short events, void *ctx)
{
	struct hub *hub = ctx;
	int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)loop;
	(void)events;
	if (client != -1)
		client_accept(hub, client);
	else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR &&
	    errno != ECONNABORTED)
		log_error("a connection cannot be accepted");
}

/* More connections than this wait in the socket. */
static bool
is_full(const struct hub *hub)
{
	return hub->n_clients >= (size_t)hub->server.web.config->max_streams +
	    SPARE_CONNECTIONS;
}

void
hub_count(struct hub *hub)
{
	if (is_full(hub))
		loop_unwatch(hub->loop, hub->listener);
	else
		loop_watch(hub->loop, hub->listener, POLLIN, on_connection,
		    hub);
	if (hub->n_clients > 0) {
		stop_timer(hub, &hub->idle_timer);
		if (hub->beat_timer == 0)
			hub->beat_timer = loop_after(hub->loop,
			    EVENTS_BEAT_MS, beat, hub);
	} else {
		stop_timer(hub, &hub->beat_timer);
		if (hub->idle_ms >= 0 && hub->idle_timer == 0)
			hub->idle_timer = loop_after(hub->loop, hub->idle_ms,
			    end_idle, hub);
	}
	told_set(hub->told, (int64_t)hub->n_streams);
	if (hub->n_streams > 0 && hub->database == NULL)
		watch_database(hub);
	else if (hub->n_streams == 0 && hub->database != NULL)
		unwatch_database(hub);
}

static void
on_signal(struct loop *loop, int signo, void *ctx)
{
	(void)signo;
	(void)ctx;
	loop_stop(loop);
}

/* A stream is a descriptor, and may be the only reader of two files. */
static void
allow_files(int64_t streams)
{
	rlim_t wanted = (rlim_t)streams * 3 + SPARE_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur < wanted)
		log_warn("fewer open files are allowed than streams may need",
		    LOG_INT("allowed", (int64_t)limit.rlim_cur),
		    LOG_INT("wanted", (int64_t)wanted));
}

static int
serve(struct server *server, int listener, int idle_ms, struct err *err)
{
	struct hub hub = { .server = *server, .listener = listener,
		.idle_ms = idle_ms, .frame = STR_INIT };
	int rc;

	allow_files(server->web.config->max_streams);
	if (loop_new(&hub.loop, err) == -1)
		return -1;
	hub.watches = watches_new(hub.loop);
	hub.told = told_open(server->web.config->run_dir, TOLD_STREAMS);
	rc = file_set_flags(listener, true, err);
	if (rc == 0)
		rc = loop_signal(hub.loop, SIGTERM, on_signal, NULL, err);
	if (rc == 0)
		rc = loop_signal(hub.loop, SIGINT, on_signal, NULL, err);
	hub_count(&hub);
	if (rc == 0)
		rc = loop_run(hub.loop, err);
	while (hub.clients != NULL)
		client_close(hub.clients);
	watches_free(hub.watches);
	loop_free(hub.loop);
	str_release(&hub.frame);
	if (hub.told != -1)
		close(hub.told);
	server->web.store = hub.server.web.store;
	return rc;
}

int
main(int argc, char **argv)
{
	struct web_app app = events_app;

	app.serve = serve;
	return web_main(&app, argc, argv);
}

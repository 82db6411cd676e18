/*
 * events.h - pawl-events: streams of what happens, and of logs as they grow,
 * for as many readers as there are, in one process that never waits for one.
 *
 * A stream is where its reader is: an id of the table of events, an offset of
 * a log. What a reader does not take stays where it is, in the table and in
 * the file; nothing is queued beside a few kilobytes of output, and nothing is
 * lost. doc/live.md describes the streams for those who read them.
 *
 *	events.c         the program: connections, clocks, the end
 *	events_client.c  one connection, from its request to its last byte
 *	events_ask.c     which stream an address is
 *	events_tell.c    events from the table to those who follow them
 *	events_log.c     the logs of a job or a run, as lines
 *	events_line.c    one log: its bytes and its index, line by line
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_EVENTS_H
#define PAWL_CGI_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/loop.h"
#include "lib/base/str.h"
#include "lib/base/watch.h"
#include "lib/store/runs.h"
#include "lib/store/tail.h"
#include "lib/web/server.h"

struct client;
struct log_file;
struct logs;

#define EVENTS_BEAT_MS 30000  /* between signs of life */
#define EVENTS_ASK_MS 10000   /* for a request to come whole */
#define EVENTS_OUT_HIGH 16384 /* bytes that wait: nothing is added then */

struct hub {
	struct server server; /* how requests are answered */
	struct loop *loop;
	struct watches *watches;
	int listener;
	int told;             /* told_set() of n_streams */
	int idle_ms;          /* < 0: do not end by itself */

	struct client *clients;
	size_t n_clients, n_streams;
	struct client *asking; /* whose request is being answered */
	struct log_file *files;

	int64_t newest;       /* the last event that was told */
	struct watch *database, *wal;
	int64_t audited;      /* the last entry of the audit */
	int look_timer, beat_timer, idle_timer, check_timer; /* 0: none */
	size_t looks;         /* since the database was written to */
	struct str frame;     /* event `framed` as it is sent */
	int64_t framed;
};

enum client_state {
	CLIENT_ASKS,    /* its request is not whole */
	CLIENT_FOLLOWS,
	CLIENT_ENDS,    /* what waits is sent, then it is closed */
};

/* What a stream tells of; 0 and NULL: anything. */
struct interest {
	int64_t repo, run;    /* ids */
	const char *owner;    /* these two are the client's own */
	const char *workflow;
};

struct client {
	struct client *next, *prev;
	struct hub *hub;
	int fd;
	enum client_state state;
	struct str head;      /* the request; whether it may is asked again */
	struct str out;       /* to be sent, from `sent` on */
	size_t sent;
	char address[64];     /* whose it is, as the web server says */
	int64_t since_ms;     /* monotonic */
	bool streams;         /* it is one of hub->n_streams */

	struct interest what;
	char *sees;           /* sees.h; as it was when last asked */
	struct logs *logs;    /* NULL: a stream of events */
	int64_t cursor;       /* the last event that it was told, or passed by */
	bool live;            /* it has been told all that the hub has */
	bool more;            /* there is more to send than was room for */
	bool over;            /* what it follows has ended */
	const char *over_as;  /* its state then, a literal */
};

/* --- events_client.c -------------------------------------------------------- */

void
client_accept(struct hub *hub, int fd);
void
client_close(struct client *c);

/* Send what there is, read on where there is room. The client may be gone
 * afterwards. */
void
client_pump(struct client *c);
bool
client_has_room(const struct client *c);

/* Ask again whether it may; else its stream ends. It may be gone then. */
void
client_check(struct client *c);

/* That, and a sign of life. It may be gone then. */
void
client_beat(struct client *c);

/* --- events.c --------------------------------------------------------------- */

struct store *
hub_store(struct hub *hub, struct err *err);

/* Somebody comes first, or again: what was before is not news. */
int
hub_catch_up(struct hub *hub, struct err *err);

/* Look into the database until nothing comes any more: it was written to. */
void
hub_wake(struct hub *hub);
/* A client came, or left. */
void
hub_count(struct hub *hub);

/* --- events_ask.c ------------------------------------------------------------ */

extern const struct web_app events_app;

/* --- events_tell.c ----------------------------------------------------------- */

/* Tell all who are up to date what is new: 1 when there was something, 0. */
int
tell_new(struct hub *hub, struct err *err);

/* Tell one who is behind. Sets live, or more. */
int
tell_old(struct client *c, struct err *err);

/* --- events_log.c ------------------------------------------------------------ */

/* Logs of a run, or of one job of it. */
struct logs_wish {
	const struct run *run;
	const struct job *job; /* NULL: of all its jobs */
	int attempt;           /* only this one of the job; 0: all from the
	                          newest on */
	const char *step;      /* only of this one: its number or name; NULL */
	const char *after;     /* the id of the last line it has; NULL: none */
};

/* Begin for a client; sets its cursor. ERR_INVALID: `after` is no id. */
int
logs_new(struct client *c, const struct logs_wish *wish, struct err *err);
void
logs_free(struct logs *l); /* NULL is fine */

/* An event of the run: false when it has to wait until more was sent. */
bool
logs_take(struct client *c, const struct tail_row *row);

/* Add lines while there is room. Sets over at the end, or more. */
int
logs_fill(struct client *c, struct err *err);

/* Will it go on by itself, because a log of it is over? Was all sent? */
bool
logs_drains(const struct logs *l);
bool
logs_done(const struct logs *l);

/* Does it read this file? */
bool
logs_reads(const struct logs *l, const struct log_file *file);

#endif

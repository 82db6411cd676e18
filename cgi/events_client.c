/*
 * events_client.c - one connection of pawl-events.
 *
 * The web server speaks HTTP/1 to us, a request for each connection. What the
 * answer is made of is as in every handler: the request's head becomes the
 * variables that FastCGI would give.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/web/http_head.h"
#include "lib/web/sse.h"

#define HEAD_ARENA ((size_t)1024 * 1024)
#define ROUNDS 4 /* of sending, until others get their turn */

bool
client_has_room(const struct client *c)
{
	return c->out.len - c->sent < EVENTS_OUT_HIGH;
}

void
client_close(struct client *c)
{
	struct hub *hub = c->hub;

	loop_unwatch(hub->loop, c->fd);
	close(c->fd);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		hub->clients = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	hub->n_clients--;
	if (c->streams)
		hub->n_streams--;
	logs_free(c->logs);
	free(c->sees);
	free((char *)c->what.owner);
	free((char *)c->what.workflow);
	str_release(&c->head);
	str_release(&c->out);
	free(c);
	hub_count(hub);
}

/* --- the request ------------------------------------------------------------- */

struct answer {
	struct exchange ex;
	struct str text;
};

static long
no_body(struct exchange *ex, char *buf, size_t len)
{
	(void)ex;
	(void)buf;
	(void)len;
	return 0;
}

static int
keep_text(struct exchange *ex, const char *data, size_t len)
{
	struct answer *a = (struct answer *)ex;

	str_add_len(&a->text, data, len);
	return 0;
}

/* From CGI's form of an answer to HTTP's. */
static void
add_answer(struct client *c, const char *text)
{
	static const char status[] = "Status: ";

	if (str_starts_with(text, status))
		text += strlen(status);
	str_addf(&c->out, "HTTP/1.1 %.*s\r\nConnection: close%s",
	    (int)strcspn(text, "\r"), text, text + strcspn(text, "\r"));
}

/* Answer the request in c->head. 1, 0 when it is not whole, -1: it is none. */
static int
ask(struct client *c, struct str *text, struct err *err)
{
	struct answer answer = { { NULL, no_body, keep_text }, STR_INIT };
	struct arena a = ARENA_INIT(HEAD_ARENA);
	int rc = http_head_read(c->head.s, c->head.len, &a, &answer.ex.env,
	    err);

	if (rc == 1) {
		c->hub->asking = c;
		server_answer(&answer.ex, &c->hub->server);
		c->hub->asking = NULL;
	}
	*text = answer.text;
	arena_release(&a);
	return rc;
}

static void
refuse_head(struct client *c, const struct err *err)
{
	str_addf(&c->out, "HTTP/1.1 400 Bad Request\r\n"
	    "Connection: close\r\nContent-Type: text/plain\r\n\r\n%s\n",
	    err->text);
	c->state = CLIENT_ENDS;
}

/* With the id at which it begins: who is cut off before the first event goes
 * on from there. */
static void
say_begin(struct client *c)
{
	sse_comment(&c->out, "connected");
	if (c->logs == NULL)
		str_addf(&c->out, "id: %" PRId64 "\n\n", c->cursor);
}

static void
take_request(struct client *c)
{
	struct err err = { 0 };
	struct str text = STR_INIT;
	int rc = ask(c, &text, &err);

	if (rc == -1)
		refuse_head(c, &err);
	if (rc == 1) {
		add_answer(c, text.s);
		if (c->state == CLIENT_FOLLOWS)
			say_begin(c);
		else
			c->state = CLIENT_ENDS;
		hub_count(c->hub);
	}
	str_release(&text);
}

/* --- the connection ----------------------------------------------------------- */

/* 1 all was sent, 0 not yet, -1 nobody takes it. */
static int
flush(struct client *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.s + c->sent,
		    c->out.len - c->sent, MSG_NOSIGNAL);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return errno == EAGAIN || errno == EWOULDBLOCK ?
			    0 : -1;
		c->sent += (size_t)n;
	}
	/* Who waits keeps no memory. */
	str_release(&c->out);
	c->sent = 0;
	return 1;
}

static void
on_client(struct loop *loop, int fd, short events, void *ctx);

static void
wait_for(struct client *c, short events)
{
	loop_watch(c->hub->loop, c->fd, events, on_client, c);
}

static void
say_end(struct client *c)
{
	struct str data = STR_INIT;

	str_addf(&data, "{\"state\":\"%s\"}", c->over_as);
	sse_event(&c->out, NULL, "end", data.s);
	str_release(&data);
	c->state = CLIENT_ENDS;
}

static void
fill(struct client *c)
{
	struct err err = { 0 };
	int rc = 0;

	c->more = false;
	if (c->logs != NULL)
		rc = logs_fill(c, &err);
	if (rc == 0 && !c->live)
		rc = tell_old(c, &err);
	if (rc == -1) {
		log_err("following", &err);
		c->state = CLIENT_ENDS;
	} else if (c->over && c->live && !c->more) {
		if (c->logs == NULL || logs_done(c->logs))
			say_end(c);
		else
			c->more = true;
	}
}

void
client_pump(struct client *c)
{
	for (int i = 0; i < ROUNDS; i++) {
		int sent;

		if (c->state == CLIENT_FOLLOWS)
			fill(c);
		sent = flush(c);
		if (sent == -1 || (sent == 1 && c->state == CLIENT_ENDS)) {
			client_close(c);
			return;
		}
		if (sent == 0)
			break;
		if (c->state == CLIENT_ASKS || !c->more) {
			wait_for(c, POLLIN);
			return;
		}
	}
	wait_for(c, POLLIN | POLLOUT);
}

/* 1, 0 nothing has come, -1 it was closed. */
static int
receive(struct client *c)
{
	char buf[4096];
	ssize_t n = recv(c->fd, buf, sizeof(buf), 0);

	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ||
		    errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	/* Behind its request a client has nothing to say. */
	if (c->state == CLIENT_ASKS)
		str_add_len(&c->head, buf, (size_t)n);
	return 1;
}

static void
on_client(struct loop *loop, int fd, short events, void *ctx)
{
	struct client *c = ctx;
	int came = 0;

	(void)loop;
	(void)fd;
	if (events & (POLLIN | POLLHUP | POLLERR))
		came = receive(c);
	if (came == -1) {
		client_close(c);
		return;
	}
	if (c->state == CLIENT_ASKS && came == 1)
		take_request(c);
	client_pump(c);
}

void
client_accept(struct hub *hub, int fd)
{
	struct client *c = mem_calloc(1, sizeof(*c));

	c->hub = hub;
	c->fd = fd;
	str_init(&c->head);
	str_init(&c->out);
	c->since_ms = clock_mono_ms();
	c->next = hub->clients;
	if (c->next != NULL)
		c->next->prev = c;
	hub->clients = c;
	hub->n_clients++;
	wait_for(c, POLLIN);
	hub_count(hub);
}

/* Would its request be answered now as it was? Rights are taken away, and
 * repositories become private, while a stream lasts. */
static bool
still_may(struct client *c)
{
	struct err err = { 0 };
	struct str text = STR_INIT;
	bool may = ask(c, &text, &err) == 1 &&
	    str_starts_with(text.s, "Status: 200 ");

	str_release(&text);
	return may;
}

static void
deny(struct client *c)
{
	c->over_as = "denied";
	say_end(c);
	client_pump(c);
}

void
client_check(struct client *c)
{
	if (c->state == CLIENT_FOLLOWS && !still_may(c))
		deny(c);
}

void
client_beat(struct client *c)
{
	if (c->state == CLIENT_ASKS) {
		if (clock_mono_ms() - c->since_ms > EVENTS_ASK_MS)
			client_close(c);
		return;
	}
	if (c->state == CLIENT_FOLLOWS && !still_may(c)) {
		deny(c);
		return;
	}
	if (c->state == CLIENT_FOLLOWS && c->out.len == 0)
		sse_comment(&c->out, "ping");
	client_pump(c);
}

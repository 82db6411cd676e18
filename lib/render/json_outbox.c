/*
 * json_outbox.c - see json_outbox.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/json_outbox.h"

#include "lib/render/json.h"

static json_t *
number_or_null(int64_t n)
{
	return n == 0 ? json_null() : json_integer(n);
}

json_t *
json_message(const struct message *m)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_integer(m->id));
	json_object_set_new(o, "kind", json_text_of(m->kind));
	json_object_set_new(o, "topic", json_text_of(m->topic));
	json_object_set_new(o, "state", json_text_of(machine_state_name(
	    MACHINE_MESSAGE, (int)m->state)));
	json_object_set_new(o, "run_id", number_or_null(m->run));
	json_object_set_new(o, "rule", number_or_null(m->rule));
	json_object_set_new(o, "host", json_text_of(m->host));
	json_object_set_new(o, "attempts", json_integer(m->attempts));
	json_object_set_new(o, "error", json_text_of(m->error));
	json_object_set_new(o, "created_at", json_time_of(m->created_at_ms));
	json_object_set_new(o, "due_at", json_time_of(m->state == MESSAGE_QUEUED ?
	    m->due_at_ms : 0));
	return o;
}

static json_t *
json_host(const struct outbox_host *h)
{
	json_t *o = json_object();

	json_object_set_new(o, "host", json_text_of(h->host));
	json_object_set_new(o, "failures", json_integer(h->failures));
	json_object_set_new(o, "until", json_time_of(h->until_ms));
	json_object_set_new(o, "error", json_text_of(h->error));
	return o;
}

json_t *
json_outbox(const struct message *list, size_t n,
    const struct outbox_host *hosts, size_t n_hosts)
{
	json_t *o = json_object(), *messages = json_array();
	json_t *others = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(messages, json_message(&list[i]));
	for (size_t i = 0; i < n_hosts; i++)
		json_array_append_new(others, json_host(&hosts[i]));
	json_object_set_new(o, "messages", messages);
	json_object_set_new(o, "hosts", others);
	return o;
}

json_t *
json_outbox_tries(const struct outbox_try *list, size_t n)
{
	json_t *tries = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();

		json_object_set_new(o, "message",
		    json_integer(list[i].message));
		json_object_set_new(o, "kind", json_text_of(list[i].kind));
		json_object_set_new(o, "topic", json_text_of(list[i].topic));
		json_object_set_new(o, "host", json_text_of(list[i].host));
		json_object_set_new(o, "result", json_text_of(list[i].result));
		json_object_set_new(o, "status",
		    number_or_null(list[i].status));
		json_object_set_new(o, "error", json_text_of(list[i].error));
		json_object_set_new(o, "took_ms",
		    json_integer(list[i].took_ms));
		json_object_set_new(o, "at", json_time_of(list[i].at_ms));
		json_array_append_new(tries, o);
	}
	return tries;
}

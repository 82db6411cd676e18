/*
 * http-head-t.c - the head of a request as variables, and events as text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/web/http_head.h"
#include "lib/web/sse.h"
#include "t/lib/tap.h"

/* The variables in a line, "..." when the head is not whole, or the error. */
static const char *
read_head(const char *head, size_t len)
{
	static struct str out = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *const *env;
	int rc = http_head_read(head, len, &a, &env, &err);

	str_clear(&out);
	if (rc == 0)
		str_add(&out, "...");
	else if (rc == -1)
		str_addf(&out, "error: %s", err.text);
	for (size_t i = 0; rc == 1 && env[i] != NULL; i++)
		str_addf(&out, "%s%s", i > 0 ? "|" : "", env[i]);
	arena_release(&a);
	return out.s;
}

static void
test_heads(void)
{
	static const struct {
		const char *title, *head, *want;
	} cases[] = {
		{ "a request", "GET /ci/events?a=b HTTP/1.1\r\nHost: x\r\n"
		    "Last-Event-ID:  7 \r\nPawl-Address: ::1\r\n\r\n",
		    "REQUEST_METHOD=GET|REQUEST_URI=/ci/events?a=b|"
		    "HTTP_HOST=x|HTTP_LAST_EVENT_ID=7|REMOTE_ADDR=::1" },
		{ "lines may end with LF", "GET / HTTP/1.0\nA: b\n\n",
		    "REQUEST_METHOD=GET|REQUEST_URI=/|HTTP_A=b" },
		{ "no fields", "GET / HTTP/1.1\r\n\r\n",
		    "REQUEST_METHOD=GET|REQUEST_URI=/" },
		{ "an empty value", "GET / HTTP/1.1\r\nA:\r\n\r\n",
		    "REQUEST_METHOD=GET|REQUEST_URI=/|HTTP_A=" },
		{ "what follows is not looked at",
		    "GET / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n",
		    "REQUEST_METHOD=GET|REQUEST_URI=/" },
		{ "nothing yet", "", "..." },
		{ "half a line", "GET / HTT", "..." },
		{ "no empty line yet", "GET / HTTP/1.1\r\nA: b\r\n", "..." },
		{ "no target", "GET\r\n\r\n",
		    "error: not a request of HTTP" },
		{ "a target that is no path", "GET http://x/ HTTP/1.1\r\n\r\n",
		    "error: not a request of HTTP" },
		{ "another version", "GET / HTTP/2.0\r\n\r\n",
		    "error: this is not HTTP/1" },
		{ "a blank in the target", "GET /a b HTTP/1.1\r\n\r\n",
		    "error: this is not HTTP/1" },
		{ "a control character", "GET /\001 HTTP/1.1\r\n\r\n",
		    "error: not a request of HTTP" },
		{ "a field without a colon", "GET / HTTP/1.1\r\nA\r\n\r\n",
		    "error: a field of the request is not written as HTTP "
		    "has it" },
		{ "a folded field", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
		    "error: a field of the request is not written as HTTP "
		    "has it" },
		{ "a name that could be another's",
		    "GET / HTTP/1.1\r\nA_B: c\r\n\r\n",
		    "error: a field of the request is not written as HTTP "
		    "has it" },
		{ "an empty line first", "\r\nGET / HTTP/1.1\r\n\r\n",
		    "error: not a request of HTTP" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_str(read_head(cases[i].head, strlen(cases[i].head)),
		    cases[i].want, "%s", cases[i].title);
	is_str(read_head("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 25),
	    "error: not a request of HTTP", "a NUL");
}

static void
test_bounds(void)
{
	struct str head = STR_INIT;

	str_add(&head, "GET / HTTP/1.1\r\n");
	for (int i = 0; i < HTTP_HEAD_FIELDS; i++)
		str_add(&head, "A: b\r\n");
	is_str(read_head(head.s, head.len),
	    "error: the request has more than 100 fields", "many fields");
	str_clear(&head);
	str_add(&head, "GET /");
	while (head.len < HTTP_HEAD_MAX)
		str_add_char(&head, 'a');
	is_str(read_head(head.s, head.len),
	    "error: the head of the request is longer than 16384 bytes",
	    "a long line");
	str_release(&head);
}

static void
test_events(void)
{
	struct str out = STR_INIT;

	sse_comment(&out, "ping");
	is_str(out.s, ": ping\n\n", "a comment");
	str_clear(&out);
	sse_comment(&out, "a\ndata: b");
	is_str(out.s, ": a\n\n", "a comment is one line");
	str_clear(&out);
	sse_event(&out, "12", "log", "{}");
	is_str(out.s, "id: 12\nevent: log\ndata: {}\n\n", "an event");
	str_clear(&out);
	sse_event(&out, NULL, "end", "a\nb\r\nc\rd\n");
	is_str(out.s, "event: end\ndata: a\ndata: b\ndata: c\ndata: d\n"
	    "data: \n\n", "lines of its data are fields of their own");
	str_clear(&out);
	sse_event(&out, "1\ndata: x", "a\nb", "");
	is_str(out.s, "event: a\ndata: \n\n", "no field begins another");
	str_release(&out);
}

int
main(void)
{
	test_heads();
	test_bounds();
	test_events();
	return tap_done();
}

/*
 * crash.c - see crash.h.
 *
 * A signal's handler may do next to nothing, so the line and the answer are
 * written out in full before each request and only have to be sent.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/crash.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"

static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

static const char *name = "pawl";
static char line[4096];
static volatile size_t line_len;

static char answer[4096];
static volatile size_t answer_len;
static volatile int answer_fd = -1;
static int answer_id;

static void
on_fault(int signo)
{
	ssize_t ignored = write(STDERR_FILENO, line, line_len);

	if (answer_fd != -1)
		ignored = write(answer_fd, answer, answer_len);
	(void)ignored;
	raise(signo); /* by default now: SA_RESETHAND */
}

void
crash_watch(const char *component)
{
	struct sigaction action;

	name = component;
	crash_request(NULL);
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_fault;
	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		sigaction(faults[i], &action, NULL);
}

void
crash_answers(int fd, int id)
{
	answer_fd = fd;
	answer_id = id;
}

/* A record of FastCGI (its specification, section 3.3). */
static void
add_record(struct str *out, int type, const char *body, size_t len)
{
	const unsigned char head[8] = { 1, (unsigned char)type,
		(unsigned char)(answer_id >> 8), (unsigned char)answer_id,
		(unsigned char)(len >> 8), (unsigned char)len, 0, 0 };

	str_add_len(out, (const char *)head, sizeof(head));
	str_add_len(out, body, len);
}

#define STDOUT 6
#define END_REQUEST 3

static void
make_answer(const struct request *req)
{
	static const char end[8]; /* exit code 0, the request is complete */
	struct str text = STR_INIT, out = STR_INIT;

	str_addf(&text, "Status: 500 Internal Server Error\r\n"
	    "Content-Type: application/problem+json\r\n"
	    "Cache-Control: no-store\r\nX-Correlation-ID: %s\r\n\r\n"
	    "{\n  \"type\": \"about:blank\",\n"
	    "  \"title\": \"Internal Server Error\",\n  \"status\": 500,\n"
	    "  \"detail\": \"the server has crashed on this request; its log "
	    "has a line with this correlation id\",\n"
	    "  \"code\": \"crashed\",\n  \"correlation_id\": ", req->id);
	json_text(&text, req->id);
	str_add(&text, "\n}\n");
	if (answer_id == CRASH_CGI) {
		str_add_len(&out, text.s, text.len);
	} else {
		add_record(&out, STDOUT, text.s, text.len);
		add_record(&out, STDOUT, "", 0);
		add_record(&out, END_REQUEST, end, sizeof(end));
	}
	answer_len = 0;
	if (out.len <= sizeof(answer)) {
		memcpy(answer, out.s, out.len);
		answer_len = out.len;
	}
	str_release(&text);
	str_release(&out);
}

void
crash_request(const struct request *req)
{
	char now[CLOCK_TEXT_SIZE];
	struct str s = STR_INIT;

	str_addf(&s, "{\"time\":\"%s\",\"level\":\"error\",\"component\":",
	    clock_rfc3339(clock_now_ms(), now));
	json_text(&s, name);
	str_add(&s, ",\"message\":\"handler crashed\"");
	if (req != NULL) {
		str_add(&s, ",\"request\":");
		json_text(&s, req->id);
		str_add(&s, ",\"method\":");
		json_text(&s, method_name(req->method));
	}
	str_add(&s, ",\"error_type\":\"bug\"}\n");
	answer_len = 0;
	if (req != NULL && answer_fd != -1)
		make_answer(req);
	if (s.len <= sizeof(line)) {
		line_len = 0;
		memcpy(line, s.s, s.len);
		line_len = s.len;
	}
	str_release(&s);
}

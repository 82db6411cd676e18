/*
 * crash.c - see crash.h.
 *
 * A signal's handler may do next to nothing, so the line is written out in
 * full before each request and only has to be sent.
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

static void
on_fault(int signo)
{
	ssize_t ignored = write(STDERR_FILENO, line, line_len);

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
	if (s.len <= sizeof(line)) {
		line_len = 0;
		memcpy(line, s.s, s.len);
		line_len = s.len;
	}
	str_release(&s);
}

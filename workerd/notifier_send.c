/*
 * notifier_send.c - requests, mails and programs under way: begun, waited for
 * together, ended.
 *
 * Certificates are always verified. Redirects are not followed: where a
 * message goes is what the administrator has said. Every try has one limit of
 * time, and of an answer no more than ANSWER_MAX_BYTES is taken.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"

#define CONNECT_MS 10000L
#define REDIRECTS 0L
#define SAID_MAX 8192 /* of what a hook says */

/* --- libcurl ------------------------------------------------------------------ */

static size_t
on_body(char *data, size_t one, size_t n, void *ctx)
{
	struct sending *s = ctx;

	(void)one;
	/* What comes behind says nothing that matters. */
	if (n > ANSWER_MAX_BYTES - s->body.len)
		return 0;
	str_add_len(&s->body, data, n);
	return n;
}

static size_t
on_give(char *to, size_t one, size_t n, void *ctx)
{
	struct sending *s = ctx;
	size_t left = strlen(s->out.body) - s->given;

	n *= one;
	if (n > left)
		n = left;
	memcpy(to, s->out.body + s->given, n);
	s->given += n;
	return n;
}

static bool
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer != NULL)
		*list = longer;
	return longer != NULL;
}

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_UNAVAILABLE, "libcurl cannot be set up (is "
	    "it installed?)");
}

static void
set_common(const struct notifier *n, struct sending *s)
{
	const struct config *config = &n->program.config;
	CURL *c = s->curl;

	curl_easy_setopt(c, CURLOPT_URL, s->out.url);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, s->why);
	curl_easy_setopt(c, CURLOPT_PRIVATE, s);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS,
	    (long)config->notify_timeout_ms);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, REDIRECTS);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, s);
	if (config->notify_ca_file[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, config->notify_ca_file);
}

static int
set_request(struct sending *s, struct err *err)
{
	CURL *c = s->curl;

	for (size_t i = 0; i < s->out.n_headers; i++)
		if (!add_line(&s->headers, s->out.headers[i]))
			return no_memory(err);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Pawl/" PACKAGE_VERSION);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, s->headers);
	if (s->out.body != NULL)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, s->out.body);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, s->out.method);
	return 0;
}

static int
set_mail(struct sending *s, struct err *err)
{
	CURL *c = s->curl;

	if (!add_line(&s->headers, s->out.mail_to))
		return no_memory(err);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(c, CURLOPT_MAIL_FROM, s->out.mail_from);
	curl_easy_setopt(c, CURLOPT_MAIL_RCPT, s->headers);
	curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(c, CURLOPT_READFUNCTION, on_give);
	curl_easy_setopt(c, CURLOPT_READDATA, s);
	if (s->out.user != NULL) {
		/* A password never goes in the clear. */
		curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
		curl_easy_setopt(c, CURLOPT_USERNAME, s->out.user);
		curl_easy_setopt(c, CURLOPT_PASSWORD, s->out.password);
	} else {
		curl_easy_setopt(c, CURLOPT_USE_SSL, (long)CURLUSESSL_TRY);
	}
	return 0;
}

static int
start_request(struct notifier *n, struct sending *s, struct err *err)
{
	if (n->multi == NULL)
		n->multi = curl_multi_init();
	if (s->curl == NULL)
		s->curl = curl_easy_init();
	if (n->multi == NULL || s->curl == NULL)
		return no_memory(err);
	set_common(n, s);
	if ((s->out.mail_to != NULL ? set_mail(s, err) :
		set_request(s, err)) == -1)
		return -1;
	if (curl_multi_add_handle(n->multi, s->curl) != CURLM_OK)
		return no_memory(err);
	return 0;
}

/* --- programs ----------------------------------------------------------------- */

static int
start_program(struct sending *s, struct err *err)
{
	struct proc_spec spec = { .argv = s->out.argv, .out = PROC_NULL,
		.err = PROC_INHERIT, .session = true };
	FILE *input = tmpfile();
	int said[2] = { -1, -1 }, rc = -1;

	if (input == NULL)
		return err_errno(err, "cannot make a temporary file");
	spec.env = s->out.env;
	if (s->out.is_hook) {
		if (pipe2(said, O_CLOEXEC | O_NONBLOCK) == -1) {
			fclose(input);
			return err_errno(err, "cannot make a pipe");
		}
		spec.out = spec.err = said[1];
	}
	if (fputs(s->out.body, input) == EOF || fflush(input) == EOF ||
	    fseek(input, 0, SEEK_SET) == -1) {
		err_errno(err, "cannot write a temporary file");
	} else {
		spec.in = fileno(input);
		rc = proc_spawn(&spec, &s->proc, err);
		s->is_program = rc == 0;
		/* Without, its end is seen at the next look. */
		s->watch_fd = rc == 0 ? proc_watch(&s->proc, NULL) : -1;
	}
	fclose(input);
	if (said[1] != -1)
		close(said[1]);
	s->said_fd = said[0];
	return rc;
}

static void
unwatch(struct sending *s)
{
	if (s->watch_fd != -1)
		close(s->watch_fd);
	s->watch_fd = -1;
}

/* Take what a hook has said so far; more than SAID_MAX is dropped, so that it
 * never waits for us for long. */
static void
hear(struct sending *s)
{
	char part[4096];
	ssize_t n = -1;

	while (s->said_fd != -1 && (n = read(s->said_fd, part,
	    sizeof(part))) > 0) {
		size_t room = SAID_MAX - s->said.len;

		str_add_len(&s->said, part, (size_t)n < room ? (size_t)n :
		    room);
	}
	if (n == 0) { /* it has closed it: nothing more to wait for */
		close(s->said_fd);
		s->said_fd = -1;
	}
}

/* A hook has ended: nothing of its group goes on, and what it has said is
 * logged. That it failed is nobody else's fault. */
static void
hook_ended(struct sending *s, struct outcome *out)
{
	kill(-s->proc.pid, SIGKILL);
	hear(s);
	log_info("hook ended", LOG_STR("hook", s->out.argv[0]),
	    LOG_INT("run", s->m.run), LOG_STR("topic", s->m.topic),
	    LOG_STR("output", s->said.len > 0 ? s->said.s : ""),
	    LOG_STR("error", out->err.text));
	out->theirs = false;
	if (out->err.code == ERR_UNAVAILABLE)
		out->err.code = ERR_INVALID;
}

/* A program that has ended, or is over its time: 1 with the outcome. */
static int
program_ended(const struct notifier *n, struct sending *s,
    struct outcome *out)
{
	struct proc_end end = { PROC_UNKNOWN, 0 };
	struct str how = STR_INIT;
	int64_t limit = s->out.limit_ms > 0 ? s->out.limit_ms :
	    n->program.config.notify_timeout_ms;
	int rc = proc_wait(&s->proc, 0, &end, &out->err);

	hear(s);
	if (rc == 0 && clock_mono_ms() - s->began_ms < limit)
		return 0;
	if (rc == 0) {
		kill(-s->proc.pid, SIGKILL);
		proc_wait(&s->proc, -1, &end, NULL);
		end.how = PROC_TIMED_OUT;
	}
	s->is_program = false;
	unwatch(s);
	out->answered = rc != -1 && end.how == PROC_EXITED && end.code == 0;
	out->answer.status = out->answered ? 200 : 0;
	out->answer.body = "";
	proc_end_text(&end, &how);
	if (!out->answered && rc != -1)
		err_set(&out->err, ERR_UNAVAILABLE, "\"%s\": %s",
		    s->out.argv[0], how.s);
	out->theirs = true;
	if (s->out.is_hook)
		hook_ended(s, out);
	str_release(&how);
	return 1;
}

/* --- what has ended ------------------------------------------------------------ */

static const char *
header(struct sending *s, const char *name)
{
	struct curl_header *h;

	return curl_easy_header(s->curl, name, 0, CURLH_HEADER, -1, &h) ==
	    CURLHE_OK ? arena_strdup(&s->a, h->value) : NULL;
}

static void
take_answer(struct sending *s, struct answer *r)
{
	curl_off_t after = 0;

	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &r->status);
	curl_easy_getinfo(s->curl, CURLINFO_RETRY_AFTER, &after);
	r->retry_after_s = after > 0 || header(s, "retry-after") != NULL ?
	    (int64_t)after : -1;
	r->rate_left = header(s, "x-ratelimit-remaining");
	r->rate_reset = header(s, "x-ratelimit-reset");
	if (r->rate_left == NULL)
		r->rate_left = header(s, "ratelimit-remaining");
	if (r->rate_reset == NULL)
		r->rate_reset = header(s, "ratelimit-reset");
	r->location = header(s, "location");
	r->body = s->body.s;
	r->body_len = s->body.len;
}

/* Mistakes that no other try mends. */
static bool
is_ours(CURLcode code)
{
	return code == CURLE_URL_MALFORMAT ||
	    code == CURLE_UNSUPPORTED_PROTOCOL ||
	    code == CURLE_BAD_FUNCTION_ARGUMENT ||
	    code == CURLE_SSL_CACERT_BADFILE;
}

static void
request_ended(struct sending *s, CURLcode code, struct outcome *out)
{
	bool mail = s->out.mail_to != NULL;
	long status = 0;

	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	/* Too much of an answer is an answer; of a mail the server's last
	 * word counts, for it has codes of its own. */
	out->answered = (code == CURLE_OK || (code == CURLE_WRITE_ERROR &&
	    status > 0)) && !mail;
	if (out->answered) {
		take_answer(s, &out->answer);
		return;
	}
	out->answer.body = "";
	if (mail && code == CURLE_OK) {
		out->answered = true;
		out->answer.status = 250;
		return;
	}
	out->answer.status = mail ? status : 0;
	out->theirs = !is_ours(code) && !(mail && status >= 500);
	err_set(&out->err, out->theirs ? ERR_UNAVAILABLE : ERR_DENIED,
	    "%s: %s", s->out.host, s->why[0] != '\0' ? s->why :
	    curl_easy_strerror(code));
}

static struct sending *
request_done(struct notifier *n, struct outcome *out)
{
	struct sending *s = NULL;
	CURLMsg *msg;
	int left;

	if (n->multi == NULL)
		return NULL;
	while ((msg = curl_multi_info_read(n->multi, &left)) != NULL) {
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		for (size_t i = 0; i < n->n; i++)
			if (n->all[i]->curl == msg->easy_handle)
				s = n->all[i];
		request_ended(s, code, out);
		curl_multi_remove_handle(n->multi, s->curl);
		return s;
	}
	return NULL;
}

struct sending *
send_ended(struct notifier *n, struct outcome *out)
{
	memset(out, 0, sizeof(*out));
	out->answer.retry_after_s = -1;
	for (size_t i = 0; i < n->n; i++)
		if (n->all[i]->is_program &&
		    program_ended(n, n->all[i], out) == 1)
			return n->all[i];
	return request_done(n, out);
}

/* --- all ------------------------------------------------------------------------ */

int
send_start(struct notifier *n, struct sending *s, struct err *err)
{
	s->began_ms = clock_mono_ms();
	s->given = 0;
	s->why[0] = '\0';
	str_clear(&s->body);
	if (s->curl != NULL)
		curl_easy_reset(s->curl);
	curl_slist_free_all(s->headers);
	s->headers = NULL;
	return s->out.argv != NULL ? start_program(s, err) :
	    start_request(n, s, err);
}

void
send_release(struct notifier *n, struct sending *s)
{
	if (s->is_program) {
		kill(-s->proc.pid, SIGKILL);
		proc_wait(&s->proc, -1, NULL, NULL);
	}
	unwatch(s);
	if (s->curl != NULL) {
		curl_multi_remove_handle(n->multi, s->curl);
		curl_easy_cleanup(s->curl);
	}
	if (s->headers != NULL)
		curl_slist_free_all(s->headers);
	if (s->said_fd != -1)
		close(s->said_fd);
	str_release(&s->said);
	str_release(&s->body);
}

/* What programs say, and their ends: how many there are to wait for. */
static unsigned
watched(const struct notifier *n, struct curl_waitfd *fds)
{
	unsigned count = 0;

	for (size_t i = 0; i < n->n; i++) {
		const struct sending *s = n->all[i];

		if (s->is_program && s->watch_fd != -1)
			fds[count++] = (struct curl_waitfd){ s->watch_fd,
				CURL_WAIT_POLLIN, 0 };
		if (s->is_program && s->said_fd != -1)
			fds[count++] = (struct curl_waitfd){ s->said_fd,
				CURL_WAIT_POLLIN, 0 };
	}
	return count;
}

/* Before the first request there is no library to wait with. */
static void
wait_for_programs(const struct curl_waitfd *fds, unsigned count,
    int timeout_ms)
{
	struct pollfd polled[2 * NOTIFY_MAX];

	for (unsigned i = 0; i < count; i++)
		polled[i] = (struct pollfd){ fds[i].fd, POLLIN, 0 };
	(void)poll(polled, count, timeout_ms);
}

static int
count_requests(const struct notifier *n)
{
	int count = 0;

	for (size_t i = 0; i < n->n; i++)
		count += !n->all[i]->is_program;
	return count;
}

void
send_wait(struct notifier *n, int timeout_ms)
{
	struct curl_waitfd fds[2 * NOTIFY_MAX];
	unsigned count = watched(n, fds);
	int running = 0;

	if (n->multi == NULL) {
		wait_for_programs(fds, count, timeout_ms);
		return;
	}
	(void)curl_multi_perform(n->multi, &running);
	/* A request that has ended already is not waited for. */
	if (running < count_requests(n))
		timeout_ms = 0;
	(void)curl_multi_poll(n->multi, fds, count, timeout_ms, NULL);
	(void)curl_multi_perform(n->multi, &running);
}

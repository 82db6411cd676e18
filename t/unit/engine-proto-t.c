/*
 * engine-proto-t.c - messages between the job's process and pawl-init: what
 * is encoded is decoded, and what is malformed is refused.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/engine/step_protocol.h"
#include "t/lib/tap.h"

static const char *const argv_1[] = { "sh", "-c", "echo \"$A\"", NULL };
static const char *const env_2[] = { "A=1", "EMPTY=", NULL };
static const char *const none[] = { NULL };

static unsigned char *
encode(const struct step_request *req, size_t *len)
{
	unsigned char *body;

	*len = step_request_size(req);
	body = mem_calloc(1, *len);
	step_request_write(req, body);
	return body;
}

/* All of a request as one text. */
static void
show(const struct step_request *req, struct str *out)
{
	for (size_t i = 0; req->argv[i] != NULL; i++)
		str_addf(out, "[%s]", req->argv[i]);
	for (size_t i = 0; req->env[i] != NULL; i++)
		str_addf(out, "{%s}", req->env[i]);
	str_addf(out, " cwd=%s script=%s at=%s", req->cwd,
	    req->script ? req->script : "(none)",
	    req->script_path ? req->script_path : "(none)");
}

static void
survives(const struct step_request *req, const char *title)
{
	struct step_request back;
	struct str want = STR_INIT, got = STR_INIT;
	size_t len;
	unsigned char *body = encode(req, &len);

	show(req, &want);
	if (is_int(step_request_read(body, len, &back), 0, "%s: read", title)) {
		show(&back, &got);
		is_str(got.s, want.s, "%s: the same", title);
		step_request_release(&back);
	}
	free(body);
	str_release(&want);
	str_release(&got);
}

static void
test_round_trip(void)
{
	struct step_request req = { argv_1, env_2, "/workspace", NULL, NULL };

	survives(&req, "a step without script");
	req.script = "printf '\x01\xff\n'\n";
	req.script_path = "/tmp/s";
	survives(&req, "a step with a script");
	req.script = "";
	req.env = none;
	survives(&req, "an empty script, no variables");
}

/* Each shorter body must be refused, and so must one with more behind. */
static void
test_cut(void)
{
	const struct step_request req = { argv_1, env_2, "/w", "true\n",
		"/tmp/s" };
	struct step_request back;
	size_t len;
	unsigned char *body = encode(&req, &len), *copy;
	int accepted = 0;

	for (size_t n = 0; n < len; n++) {
		/* A copy of that size, so that reading past its end shows. */
		copy = mem_calloc(1, n + 1);
		memcpy(copy, body, n);
		if (step_request_read(copy, n, &back) == 0) {
			step_request_release(&back);
			accepted++;
		}
		free(copy);
	}
	is_int(accepted, 0, "no body that was cut is accepted");
	copy = mem_calloc(1, len + 1);
	memcpy(copy, body, len);
	is_int(step_request_read(copy, len + 1, &back), -1,
	    "a body with more behind is refused");
	free(copy);
	free(body);
}

static void
refused(const unsigned char *body, size_t len, const char *title)
{
	struct step_request back;

	is_int(step_request_read(body, len, &back), -1, "%s", title);
}

static void
test_malformed(void)
{
	const struct step_request req = { argv_1, env_2, "/w", NULL, NULL };
	const uint32_t huge[] = { 0xffffffff, 0xffffffff, 1 };
	const uint32_t no_argv[] = { 0, 0, 1, 0 };
	const uint32_t two_more[] = { 1, 0, 2, 0 };
	uint32_t n;
	size_t len;
	unsigned char *body = encode(&req, &len);

	refused((const unsigned char *)huge, sizeof(huge),
	    "counts beyond every limit are refused");
	refused((const unsigned char *)no_argv, sizeof(no_argv),
	    "a step without a program is refused");
	refused((const unsigned char *)two_more, sizeof(two_more),
	    "a script without its path is refused");
	body[16] = '\0';
	refused(body, len, "a NUL inside a string is refused");
	body[16] = 's';
	n = 0x7fffffff;
	memcpy(body + 12, &n, sizeof(n));
	refused(body, len, "a string longer than the body is refused");
	free(body);
}

static void
test_too_large(void)
{
	struct step_request req = { argv_1, none, "/w", NULL, "/tmp/s" };
	char *text = mem_calloc(1, STEP_MAX_BYTES + 2);
	const char **many = mem_calloc(STEP_MAX_STRINGS + 2, sizeof(*many));

	memset(text, 'x', STEP_MAX_BYTES + 1);
	req.script = text;
	is_int((long long)step_request_size(&req), 0,
	    "a script over the limit has no size");
	text[STEP_MAX_BYTES / 2] = '\0';
	ok(step_request_size(&req) > STEP_MAX_BYTES / 2,
	    "one below the limit has");
	for (size_t i = 0; i < STEP_MAX_STRINGS + 1; i++)
		many[i] = "A=1";
	req.env = many;
	is_int((long long)step_request_size(&req), 0,
	    "too many variables have no size");
	free(many);
	free(text);
}

static void
test_headers(void)
{
	static const struct {
		uint32_t type, len;
		int valid;
	} rows[] = {
		{ 0, sizeof(struct step_note), 0 },
		{ STEP_N_TYPES, sizeof(struct step_note), 0 },
		{ STEP_SIGNAL, sizeof(struct step_note), 1 },
		{ STEP_SIGNAL, sizeof(struct step_note) + 1, 0 },
		{ STEP_SIGNAL, 0, 0 },
		{ STEP_START, 0, 0 },
		{ STEP_START, STEP_MAX_BYTES, 1 },
		{ STEP_START, STEP_MAX_BYTES + 1, 0 },
		{ STEP_HELLO, 0xffffffff, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct step_header h = { rows[i].type, rows[i].len };

		is_int(step_header_valid(&h), rows[i].valid,
		    "type %u with %u bytes is %s", h.type, h.len,
		    rows[i].valid ? "valid" : "not valid");
	}
}

static void
test_wire(void)
{
	const struct step_note note = { { 1, -2, INT64_MAX, 0 } };
	const struct step_header wrong = { 99, 12 };
	int ends[2], fds[STEP_FDS], pipe_ends[2];
	struct step_header h;
	struct step_note back;
	struct stat sent, got;

	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	if (pipe(pipe_ends) == -1)
		return;
	is_int(step_send(ends[0], STEP_ENDED, &note, sizeof(note), pipe_ends,
	    2), 0, "a message with descriptors is sent");
	is_int(step_recv_header(ends[1], &h, fds), 1, "its header comes");
	is_int(h.type, STEP_ENDED, "with its type");
	fstat(pipe_ends[1], &sent);
	ok(fds[1] != -1 && fstat(fds[1], &got) == 0 &&
	    got.st_ino == sent.st_ino, "with the descriptor");
	is_int(step_recv_body(ends[1], &back, sizeof(back)), 1,
	    "and its body");
	ok(memcmp(&note, &back, sizeof(note)) == 0, "which is the same");
	is_int(send(ends[0], &wrong, sizeof(wrong), 0), sizeof(wrong),
	    "a header of no known type");
	errno = 0;
	is_int(step_recv_header(ends[1], &h, fds), -1, "is refused");
	is_int(errno, EPROTO, "as a breach of the protocol");
	is_int(send(ends[0], &wrong, 3, 0), 3, "a part of a header");
	close(ends[0]);
	is_int(step_recv_header(ends[1], &h, fds), 0,
	    "and then the end is the end");
	is_int(step_send(ends[1], STEP_SIGNAL, &note, sizeof(note), NULL, 0),
	    -1, "nothing can be sent to who is gone");
	close(ends[1]);
}

/* It must never believe to be process 1: it would kill the whole machine. */
static void
test_init_outside(void)
{
	const char *dir = getenv("PAWL_LIBEXEC_DIR");
	struct str path = STR_INIT;
	int status;
	pid_t pid;

	str_addf(&path, "%s/pawl-init", dir != NULL ? dir : "libexec");
	pid = fork();
	if (pid == 0) {
		close(STDERR_FILENO);
		execl(path.s, path.s, (char *)NULL);
		_exit(77);
	}
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 1,
	    "pawl-init refuses to run outside of a container");
	str_release(&path);
}

int
main(void)
{
	test_round_trip();
	test_cut();
	test_malformed();
	test_too_large();
	test_headers();
	test_wire();
	test_init_outside();
	return tap_done();
}

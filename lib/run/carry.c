/*
 * carry.c - the job's side of packing and unpacking, see carry.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/carry.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/step_protocol.h"

#define PIPE_BYTES (1024 * 1024)
#define LINE_MAX_BYTES 8192
#define WARNINGS "::warning::"
#define ERRORS "::error::"

const char *const *
carry_patterns(const char *text, struct arena *a, size_t *n)
{
	const char **list = NULL;
	size_t count = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\r\n");
		const char *end = text + len;

		while (text < end && isblank((unsigned char)*text))
			text++;
		while (end > text && isblank((unsigned char)end[-1]))
			end--;
		if (end > text && *text != '#')
			*(const char **)arena_push(a, &list, &count,
			    sizeof(*list)) = arena_strndup(a, text,
			    (size_t)(end - text));
		text += strcspn(text, "\r\n");
		text += strspn(text, "\r\n");
	}
	*n = count;
	*(const char **)arena_push(a, &list, &count, sizeof(*list)) = NULL;
	return list;
}

/* --- in the job's process --------------------------------------------------------- */

static const char *
home_of(const struct step_run *s)
{
	const struct env_var *v = environment_get(&s->vars, "HOME");
	const char *const *env = container_env(s->x->container);

	if (v == NULL)
		v = environment_get(&s->x->container_env, "HOME");
	if (v != NULL)
		return v->value;
	for (; *env != NULL; env++)
		if (strncmp(*env, "HOME=", 5) == 0)
			return *env + 5;
	return "/root";
}

static int
start(struct step_run *s, const char *const *argv, bool pack,
    struct carrying *c, struct err *err)
{
	const char *const env[] = { NULL };
	int data[2] = { -1, -1 }, diag[2] = { -1, -1 }, rc = -1;
	struct container_step cs = { .argv = argv, .env = env,
		.cwd = ENGINE_WORKSPACE };
	int64_t number;

	if (pipe2(data, O_CLOEXEC) == -1 || pipe2(diag, O_CLOEXEC) == -1) {
		err_errno(err, "cannot make a pipe");
	} else {
		/* Refused when the user has many already; then as usual. */
		fcntl(data[0], F_SETPIPE_SZ, PIPE_BYTES);
		cs.out = data[pack ? 1 : 0];
		cs.err = diag[1];
		rc = container_step_start(s->x->container, &cs, &number, err);
	}
	c->data = data[pack ? 0 : 1];
	c->diag = diag[0];
	/* Its own ends are the helper's alone, or their close says nothing. */
	if (data[pack ? 1 : 0] != -1)
		close(data[pack ? 1 : 0]);
	if (diag[1] != -1)
		close(diag[1]);
	return rc;
}

int
carry_start(struct step_run *s, const char *what, const char *how,
    const char *const *patterns, struct carrying *c, struct err *err)
{
	const char *argv[CARRY_MAX_PATTERNS + 5] = { STEP_INIT_PATH, what, how,
		home_of(s) };
	size_t n = 4;
	int rc;

	for (; *patterns != NULL; patterns++) {
		if (n == ARRAY_LEN(argv) - 1)
			return err_set(err, ERR_TOO_LARGE, "more than %d "
			    "paths", CARRY_MAX_PATTERNS);
		argv[n++] = *patterns;
	}
	rc = start(s, argv, strcmp(what, CARRY_PACK) == 0, c, err);
	if (rc == -1)
		carry_close(c);
	return rc == -1 ? err_wrap(err, "reaching the files of the "
	    "container") : 0;
}

void
carry_close(struct carrying *c)
{
	if (c->data != -1)
		close(c->data);
	if (c->diag != -1)
		close(c->diag);
	c->data = c->diag = -1;
	str_release(&c->held);
	str_release(&c->error);
}

/* --- in the child ------------------------------------------------------------------- */

static void
take_line(struct work *w, struct carrying *c, const char *line)
{
	if (strcmp(line, CARRY_DONE) == 0) {
		c->done = true;
	} else if (str_starts_with(line, ERRORS)) {
		str_clear(&c->error);
		str_add(&c->error, line + strlen(ERRORS));
	} else {
		work_warn(w, "%s", str_starts_with(line, WARNINGS) ?
		    line + strlen(WARNINGS) : line);
	}
}

/* One read of what the helper says; false at its end. */
static bool
hear(struct work *w, struct carrying *c)
{
	char buf[4096], *nl;
	ssize_t n = read(c->diag, buf, sizeof(buf));

	if (n == -1 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	str_add_len(&c->held, buf, (size_t)n);
	while ((nl = memchr(c->held.s, '\n', c->held.len)) != NULL) {
		size_t len = (size_t)(nl + 1 - c->held.s);

		*nl = '\0';
		take_line(w, c, c->held.s);
		memmove(c->held.s, nl + 1, c->held.len - len);
		str_cut(&c->held, c->held.len - len);
	}
	/* Only another program of the job writes lines without an end. */
	if (c->held.len > LINE_MAX_BYTES)
		str_clear(&c->held);
	return true;
}

ssize_t
carry_some(struct carry_reader *r, void *buf, size_t len)
{
	struct pollfd fds[2] = { { r->c->data, POLLIN, 0 },
		{ r->c->diag, POLLIN, 0 } };
	ssize_t n;

	for (;;) {
		n = poll(fds, 2, -1);
		if (n == -1 && errno != EINTR)
			return -1;
		if (n == -1)
			continue;
		if (fds[1].revents != 0 && !hear(r->w, r->c))
			fds[1].fd = -1;
		if (fds[0].revents == 0)
			continue;
		n = read(r->c->data, buf, len);
		if (n != -1 || errno != EINTR)
			return n;
	}
}

int
carry_fill(void *reader, void *buf, size_t len)
{
	size_t got = 0;
	ssize_t n;

	while (got < len) {
		n = carry_some(reader, (char *)buf + got, len - got);
		if (n == 0 && got == 0)
			return 0;
		if (n <= 0) {
			errno = n == 0 ? EPROTO : errno;
			return -1;
		}
		got += (size_t)n;
	}
	return 1;
}

int
carry_write(struct carrying *c, const void *data, size_t len,
    struct err *err)
{
	return file_write_fd(c->data, data, len, err);
}

int
carry_end(struct work *w, struct carrying *c, struct err *err)
{
	close(c->data);
	c->data = -1;
	while (hear(w, c))
		continue;
	if (c->done)
		return 0;
	return err_set(err, ERR_INVALID, "%.900s", c->error.len > 0 ?
	    c->error.s : "the container ended before all files were through");
}

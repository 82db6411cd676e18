/*
 * source_local.c - the API asked in this process: its own table of routes, on
 * the database of this host, without a web server and a token. Who may open
 * the database may do everything.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgi/api.h"
#include "cli/cli.h"
#include "cli/http_head.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/packed.h"
#include "lib/base/percent.h"
#include "lib/web/auth.h"
#include "lib/web/server.h"

#define MAX_VARIABLES 8

struct local {
	struct source source;
	struct cli *cli;
	struct server server;
	struct actor self;
	struct grant grant;
	int news; /* of inotify: writes to the database and to the last log */
};

/* --- requests ------------------------------------------------------------- */

struct call {
	struct exchange ex;
	const char *body;
	size_t left;
	struct str out;
};

static long
read_body(struct exchange *ex, char *buf, size_t len)
{
	struct call *c = (struct call *)ex;
	size_t n = c->left < len ? c->left : len;

	if (n > 0)
		memcpy(buf, c->body, n);
	c->body += n;
	c->left -= n;
	return (long)n;
}

static int
write_answer(struct exchange *ex, const char *data, size_t len)
{
	str_add_len(&((struct call *)ex)->out, data, len);
	return 0;
}

static int
local_ask(struct source *s, const char *method, const char *path,
    const json_t *body, struct answer *a, struct err *err)
{
	struct local *l = (struct local *)s;
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT |
	    JSON_ENCODE_ANY) : NULL;
	const char *env[MAX_VARIABLES];
	struct arena memory = ARENA_INIT(0);
	struct call c = { .ex = { env, read_body, write_answer },
		.body = text, .left = text != NULL ? strlen(text) : 0,
		.out = STR_INIT };
	size_t n = 0;
	int rc;

	env[n++] = arena_printf(&memory, "REQUEST_METHOD=%s", method);
	env[n++] = arena_printf(&memory, "REQUEST_URI=%s/%s",
	    l->server.web.base_path, path);
	env[n++] = arena_printf(&memory, "CONTENT_LENGTH=%zu", c.left);
	if (text != NULL)
		env[n++] = "CONTENT_TYPE=application/json";
	env[n] = NULL;
	server_answer(&c.ex, &l->server);
	rc = http_read_cgi(&c.out, a, err);
	str_release(&c.out);
	arena_release(&memory);
	free(text);
	return rc;
}

/* --- files ---------------------------------------------------------------- */

static int
copy_plain(int fd, int64_t from, source_put put, void *ctx, struct err *err)
{
	char buf[64 * 1024];
	struct stat st;
	ssize_t n;

	if (from < 0 && fstat(fd, &st) == -1)
		return err_errno(err, "looking at the file");
	if (from < 0)
		from = st.st_size + from > 0 ? st.st_size + from : 0;
	while ((n = pread(fd, buf, sizeof(buf), (off_t)from)) != 0) {
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_errno(err, "reading the file");
		if (put(ctx, buf, (size_t)n, err) == -1)
			return -1;
		from += n;
	}
	return 1;
}

static int
copy_packed(struct packed *p, int64_t from, source_put put, void *ctx,
    struct err *err)
{
	char buf[64 * 1024];
	ssize_t n;

	while ((n = packed_read(p, buf, sizeof(buf), err)) > 0) {
		size_t skip = from <= 0 ? 0 :
		    from < n ? (size_t)from : (size_t)n;

		from -= (int64_t)skip;
		if ((size_t)n > skip && put(ctx, buf + skip,
		    (size_t)n - skip, err) == -1)
			return -1;
	}
	return n == -1 ? -1 : 1;
}

static int
copy_file(struct local *l, const char *path, int64_t from, source_put put,
    void *ctx, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), rc;
	struct packed *packed = NULL;
	struct err none = { 0 };

	if (fd == -1) {
		if (packed_open(path, &packed, &none) == -1) {
			if (none.code == ERR_NOT_FOUND)
				return 0;
			*err = none;
			return -1;
		}
		rc = copy_packed(packed, from, put, ctx, err);
		packed_close(packed);
		return rc;
	}
	if (l->news != -1) /* without it the wait is longer */
		inotify_add_watch(l->news, path, IN_MODIFY);
	rc = copy_plain(fd, from, put, ctx, err);
	close(fd);
	return rc;
}

static int
local_file(struct source *s, const char *path, int64_t from, source_put put,
    void *ctx, struct err *err)
{
	static const char *const roots[] = { "public", "private" };
	struct local *l = (struct local *)s;
	struct str file = STR_INIT, plain = STR_INIT;
	int rc = 0;

	if (!percent_decode(&plain, path, strlen(path), 0) ||
	    !path_stays_below(plain.s))
		rc = err_set(err, ERR_INVALID, "no file has the address %s",
		    path);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(roots); i++) {
		str_clear(&file);
		str_addf(&file, "%s/%s/%s", l->cli->config.state_dir,
		    roots[i], plain.s);
		rc = copy_file(l, file.s, from, put, ctx, err);
	}
	str_release(&plain);
	str_release(&file);
	return rc;
}

/* --- news ----------------------------------------------------------------- */

/* Every commit writes to the log of the database, which exists as long as we
 * have it open; see workerd/wal_linux.c. */
static void
watch_database(struct local *l)
{
	struct str path = STR_INIT;

	l->news = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	layout_db(&path, l->cli->config.state_dir);
	str_add(&path, "-wal");
	if (l->news != -1)
		inotify_add_watch(l->news, path.s, IN_MODIFY);
	str_release(&path);
}

static int
local_wait(struct source *s, const char *stream, int timeout_ms,
    struct err *err)
{
	struct local *l = (struct local *)s;
	struct pollfd p = { .events = POLLIN };
	char events[4096];

	(void)stream;
	(void)err;
	if (l->news == -1) {
		watch_database(l);
		return 0; /* what came before was not seen */
	}
	p.fd = l->news;
	if (poll(&p, 1, timeout_ms) == 1)
		while (read(l->news, events, sizeof(events)) > 0)
			continue; /* that there is news is all there is */
	return 0;
}

static void
local_close(struct source *s)
{
	struct local *l = (struct local *)s;

	if (l->news != -1)
		close(l->news);
	free(l);
}

static const struct source_kind local_kind = {
	local_ask, local_file, local_wait, local_close,
};

bool
source_is_local(const struct source *s)
{
	return s->kind == &local_kind;
}

int
source_open_local(struct cli *cli, struct source **out, struct err *err)
{
	struct local *l;

	if (sodium_init() == -1)
		return err_set(err, ERR_BUG, "libsodium cannot be "
		    "initialised");
	l = mem_calloc(1, sizeof(*l));
	l->source = (struct source){ &local_kind, cli->config.base_url };
	l->cli = cli;
	l->news = -1;
	l->grant = (struct grant){ .role = ROLE_ADMIN };
	l->self = (struct actor){ .kind = ACTOR_HOST, .by = cli_by(cli),
		.name = cli_user(cli), .grants = &l->grant, .n_grants = 1 };
	l->server = (struct server){ .app = &api_app, .self = &l->self,
		.web = { .config = &cli->config, .store = cli->store,
		    .base_path = server_base_path(cli->config.base_url) } };
	*out = &l->source;
	return 0;
}

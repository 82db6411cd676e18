/*
 * kept-t.c - workspaces of failed jobs: what is not kept in them, and when
 * they go.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/run/kept.h"
#include "lib/run/kept_make.h"
#include "t/lib/tap.h"

static struct arena a;

static const char *
in(const char *folder, const char *name)
{
	return arena_printf(&a, "%s/%s/%s", tap_dir(), folder, name);
}

static void
put(const char *path, const char *text)
{
	struct err err = { 0 };

	if (file_replace(path, text, strlen(text), 0644, false, &err) == -1)
		abort();
}

static bool
there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static const char *
content(const char *path)
{
	struct str text = STR_INIT;
	const char *kept;

	kept = file_read(path, 1 << 20, &text, NULL) == -1 ? "-" :
	    arena_strdup(&a, text.s);
	str_release(&text);
	return kept;
}

/* --- what is in a workspace ----------------------------------------------------- */

static int
scan(const char *folder, const char *secret, int64_t max, size_t *dropped,
    struct err *err)
{
	struct kept_scan s = { .mask = mask_new(), .max_bytes = max };
	int rc;

	if (secret != NULL)
		(void)mask_add(s.mask, secret, strlen(secret));
	rc = kept_scan(&s, arena_printf(&a, "%s/%s", tap_dir(), folder), err);
	*dropped = s.n_dropped;
	mask_free(s.mask);
	return rc;
}

static void
test_scan(void)
{
	struct err err = { 0 };
	char *big = arena_alloc(&a, 200000);
	size_t dropped;

	memset(big, 'x', 199999);
	memcpy(big + 65536 - 4, "hunter22", 8); /* across two reads */
	big[199999] = '\0';
	put(in("w", "plain"), "hunter2");
	put(in("w", "holds"), "a hunter22 b");
	put(in("w", "deep/er/base64"), "aHVudGVyMjI=\n");
	put(in("w", "deep/big"), big);
	put(in("w", "deep/hunter22.txt"), "nothing");
	put(in("w", "binary"), "x");
	if (symlink("/etc/hunter22", in("w", "link")) == -1 ||
	    symlink("/etc/passwd", in("w", "other")) == -1 ||
	    mkfifo(in("w", "pipe"), 0600) == -1)
		abort();
	is_int(scan("w", "hunter22", 1 << 20, &dropped, &err), 0, "scanned %s",
	    err.text);
	is_int((long long)dropped, 5, "five are dropped");
	ok(!there(in("w", "holds")) && !there(in("w", "deep/er/base64")) &&
	    !there(in("w", "deep/big")) && !there(in("w", "link")) &&
	    !there(in("w", "deep/hunter22.txt")), "all that hold the secret");
	ok(there(in("w", "plain")) && there(in("w", "other")) &&
	    there(in("w", "pipe")) && there(in("w", "binary")),
	    "nothing else");
	is_int(scan("w", "hunter22", 4096, &dropped, &err), -1, "too large: %s",
	    err.text);
	is_int(err.code, ERR_TOO_LARGE, "is told apart");
	err_clear(&err);
	is_int(scan("w", NULL, 1 << 20, &dropped, &err), 0, "without secrets");
	is_int((long long)dropped, 0, "nothing is dropped");
	put(in("f", "a-hunter22/x"), "");
	is_int(scan("f", "hunter22", 1 << 20, &dropped, &err), -1,
	    "a folder's name: %s", err.text);
}

static void
test_git(void)
{
	struct err err = { 0 };
	size_t dropped;

	put(in("g", ".git/config"), "[core]\n\tbare = false\n"
	    "[http \"https://forge/\"]\n\textraHeader = AUTHORIZATION: x\n"
	    "[remote \"origin\"]\n\turl = https://me:pass@forge/a\n"
	    "\turl = https://forge/b\n\tfetch = +a:b\n"
	    "[credential]\n\thelper = store\n[user]\n\temail = a@b\n");
	is_int(scan("g", NULL, 1 << 20, &dropped, &err), 0, "scanned %s",
	    err.text);
	is_str(content(in("g", ".git/config")), "[core]\n\tbare = false\n"
	    "[http \"https://forge/\"]\n[remote \"origin\"]\n"
	    "\turl = https://forge/b\n\tfetch = +a:b\n[credential]\n"
	    "[user]\n\temail = a@b\n", "without credentials");
	put(in("h", "outside"), "\thelper = x\n");
	if (mkdir(in("h", ".git"), 0755) == -1 ||
	    symlink("../outside", in("h", ".git/config")) == -1)
		abort();
	is_int(scan("h", NULL, 1 << 20, &dropped, &err), 0, "a link: %s",
	    err.text);
	ok(!there(in("h", ".git/config")) &&
	    strcmp(content(in("h", "outside")), "\thelper = x\n") == 0,
	    "goes, and is not followed");
}

/* --- the folder of all ---------------------------------------------------------- */

static const char *state;

static void
make(const char *name, int64_t until_ms, int64_t bytes)
{
	static const char *const env[] = { "A=1", "B=x=y", NULL };
	static const char *dropped[] = { "TOKEN" };
	struct kept_step step = { 2, "make", "/workspace", env };
	struct kept k = { .path = arena_printf(&a, "%s/kept/%s", state, name),
		.run = "ada/demo#7", .key = "build", .engine = "sandbox",
		.until_ms = until_ms, .bytes = bytes, .failed_step = 2,
		.steps = &step, .n_steps = 1, .dropped = dropped,
		.n_dropped = 1 };
	struct err err = { 0 };

	put(arena_printf(&a, "%s/workspace/file", k.path), "x");
	if (kept_write(&k, &err) == -1)
		abort();
}

static int
sweep(int64_t max_bytes, struct err *err)
{
	const struct config config = { .state_dir = state };

	return kept_sweep(&config, max_bytes, NULL, NULL, err);
}

/* Names of those that are there, the oldest first. */
static const char *
all(void)
{
	struct str text = STR_INIT;
	struct kept *list;
	struct err err = { 0 };
	const char *kept;
	size_t n;

	if (kept_list(state, &a, &list, &n, &err) == -1)
		return err.text[0] != '\0' ? "error" : "?";
	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%s%lld-%d", i > 0 ? " " : "",
		    (long long)list[i].job, list[i].attempt);
	kept = arena_strdup(&a, text.s);
	str_release(&text);
	return kept;
}

static void
test_about(void)
{
	struct kept k;
	struct err err = { 0 };
	const char *path;

	state = arena_printf(&a, "%s/state", tap_dir());
	is_str(all(), "", "nothing is kept yet");
	make("1-1", clock_now_ms() + 60000, 10);
	path = arena_printf(&a, "%s/kept/1-1", state);
	is_int(kept_read(path, &a, &k, &err), 0, "read again %s", err.text);
	ok(strcmp(k.run, "ada/demo#7") == 0 && strcmp(k.key, "build") == 0 &&
	    strcmp(k.engine, "sandbox") == 0 && k.image == NULL &&
	    k.bytes == 10 && k.failed_step == 2 && k.n_steps == 1 &&
	    k.n_dropped == 1 && strcmp(k.dropped[0], "TOKEN") == 0,
	    "the same");
	ok(k.steps[0].number == 2 && strcmp(k.steps[0].env[1], "B=x=y") == 0 &&
	    k.steps[0].env[2] == NULL, "with its step");
	put(arena_printf(&a, "%s/about.json", path), "{\"run\": 3}");
	is_int(kept_read(path, &a, &k, &err), -1, "damaged: %s", err.text);
	is_str(all(), "", "is not listed");
	is_int(sweep(1000, &err), 0, "swept");
	ok(!there(path) && !there(arena_printf(&a, "%s/kept", state)),
	    "and goes, with the folder when nothing is left");
}

static void
test_sweep(void)
{
	int64_t now = clock_now_ms();
	struct err err = { 0 };
	int lock;

	make("5-1", now + 50000, 100);
	make("3-2", now + 30000, 100);
	make("4-1", now - 1, 100);
	make("6-1", now + 60000, 100);
	is_str(all(), "4-1 3-2 5-1 6-1", "the oldest first");
	is_int(sweep(1000, &err), 0, "swept");
	is_str(all(), "3-2 5-1 6-1", "what is over its time is gone");
	is_int(sweep(250, &err), 0, "for room");
	is_str(all(), "5-1 6-1", "the oldest makes it");
	lock = kept_lock(arena_printf(&a, "%s/kept/5-1", state), &err);
	ok(lock != -1 && kept_is_locked(arena_printf(&a, "%s/kept/5-1",
	    state)), "one is looked into");
	ok(kept_lock(arena_printf(&a, "%s/kept/5-1", state), &err) == -1 &&
	    err.code == ERR_CONFLICT, "by one alone: %s", err.text);
	err_clear(&err);
	is_int(sweep(0, &err), 0, "all are to go");
	is_str(all(), "5-1", "but that one");
	close(lock);
	is_int(sweep(0, &err), 0, "nobody looks");
	is_str(all(), "", "gone as well");
	ok(kept_lock(arena_printf(&a, "%s/kept/5-1", state), &err) == -1 &&
	    err.code == ERR_NOT_FOUND, "and cannot be looked into: %s",
	    err.text);
}

int
main(void)
{
	test_scan();
	test_git();
	test_about();
	test_sweep();
	arena_release(&a);
	return tap_done();
}

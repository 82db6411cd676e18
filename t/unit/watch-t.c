/*
 * watch-t.c - being called when a file has changed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/watch.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"

#define PATIENCE_MS 10000

struct seen {
	struct watch *watch;
	int calls;
	bool ends; /* ends its watch when it is called */
};

static struct loop *loop;

static void
on_change(void *ctx)
{
	struct seen *seen = ctx;

	seen->calls++;
	if (seen->ends) {
		watch_end(seen->watch);
		seen->watch = NULL;
	}
}

/* Turn the loop until it was called more than `before` times, or for `ms`. */
static bool
called(const struct seen *seen, int before, int64_t ms)
{
	int64_t end = clock_mono_ms() + ms;
	struct err err = { 0 };

	while (seen->calls == before && clock_mono_ms() < end)
		if (loop_turn(loop, 20, &err) == -1)
			return false;
	return seen->calls > before;
}

static void
append(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct err err = { 0 };

	if (fd == -1 || file_write_fd(fd, "x", 1, &err) == -1)
		tap_note("cannot write %s", path);
	close(fd);
}

int
main(void)
{
	struct str path = STR_INIT, other = STR_INIT;
	struct seen one = { 0 }, two = { 0 };
	struct err err = { 0 };
	struct watches *set;

	str_addf(&path, "%s/one", tap_dir());
	str_addf(&other, "%s/two", tap_dir());
	if (loop_new(&loop, &err) == -1)
		return 1;
	set = watches_new(loop);
	append(path.s);
	one.watch = watch_begin(set, path.s, on_change, &one);
	two.watch = watch_begin(set, other.s, on_change, &two);
	ok(!called(&one, 0, 50), "nothing is said of what was before");
	append(path.s);
	ok(called(&one, 0, PATIENCE_MS), "a write is told");
	is_int(two.calls, 0, "to who watches that file");
	append(other.s);
	ok(called(&two, 0, PATIENCE_MS), "so is that a file appears");
	is_int(unlink(path.s), 0, "a file is removed");
	ok(called(&one, one.calls, PATIENCE_MS), "that is told");
	append(path.s);
	ok(called(&one, one.calls, PATIENCE_MS), "and that it is there again");
	append(path.s);
	ok(called(&one, one.calls, PATIENCE_MS), "and what is written then");
	two.ends = true;
	append(other.s);
	ok(called(&two, two.calls, PATIENCE_MS) && two.watch == NULL,
	    "a watch may end in its own call");
	one.calls = 0;
	watch_end(one.watch);
	append(path.s);
	ok(!called(&one, 0, 50), "then nothing is told any more");
	watches_free(set);
	loop_free(loop);
	str_release(&path);
	str_release(&other);
	return tap_done();
}

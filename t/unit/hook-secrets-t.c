/*
 * hook-secrets-t.c - several webhook secrets of a repository, and how many
 * deliveries it may have.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/store/deliveries.h"
#include "lib/store/hook_secrets.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct arena a = ARENA_INIT(0);

/* "NAME=VALUE ..." of those that count. */
static const char *
open_all(struct store *st, int64_t repo, size_t *n)
{
	struct hook_secret *list;
	struct err err = { 0 };
	const char *out = "";

	must(hook_secret_open(st, repo, &a, &list, n, &err));
	for (size_t i = 0; i < *n; i++)
		out = arena_printf(&a, "%s%s%s=%s", out, i > 0 ? " " : "",
		    list[i].name, list[i].value);
	return out;
}

static void
test_rotation(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), other = fixture_repo(st, "o");
	int64_t now = clock_now_ms();
	struct hook_secret *list;
	struct err err = { 0 };
	size_t n;

	is_str(open_all(st, repo, &n), "first=secret",
	    "that of the repository");
	must(hook_secret_add(st, repo, "new", "n3w", 0, "ada", &err));
	must(hook_secret_add(st, repo, "old", "0ld", now - 1, "ada", &err));
	must(hook_secret_add(st, repo, "soon", "s00n", now + 3600000, "ada",
	    &err));
	is_str(open_all(st, repo, &n), "first=secret new=n3w soon=s00n",
	    "all that have not ended count");
	is_str(open_all(st, other, &n), "first=secret", "of one repository");
	is_int(hook_secret_add(st, repo, "new", "x", 0, "ada", &err), -1,
	    "a name twice: %s", err.text);
	is_int(err.code, ERR_EXISTS, "is refused");
	err_clear(&err);
	is_int(hook_secret_add(st, repo, "", "x", 0, "ada", &err), -1,
	    "no name: %s", err.text);
	err_clear(&err);
	must(hook_secret_remove(st, repo, "first", &err));
	is_int(hook_secret_remove(st, repo, "first", &err), -1,
	    "removed twice: %s", err.text);
	is_int(err.code, ERR_NOT_FOUND, "is not found");
	must(hook_secret_list(st, repo, &a, &list, &n, &err));
	ok(n == 3 && strcmp(list[1].name, "old") == 0 &&
	    list[1].value == NULL && strcmp(list[1].created_by, "ada") == 0,
	    "the list has those that have ended, and no values");
	store_close(st);
}

static void
test_most(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");
	struct err err = { 0 };

	for (int i = 1; i < HOOK_SECRETS_MAX; i++)
		must(hook_secret_add(st, repo, arena_printf(&a, "n%d", i),
		    "x", 0, "ada", &err));
	is_int(hook_secret_add(st, repo, "more", "x", 0, "ada", &err), -1,
	    "one more than may be: %s", err.text);
	is_int(err.code, ERR_CONFLICT, "is refused");
	store_close(st);
}

static int
receive(struct store *st, struct delivery *d, int64_t secret, int per_minute,
    int64_t *wait_ms, struct err *err)
{
	const struct hook_limits limits = { .per_minute = per_minute };

	return delivery_receive_hook(st, d, secret, &limits, wait_ms, err);
}

static struct delivery
push_of(int64_t repo, const char *forge_id)
{
	return (struct delivery){ .forge = "github", .forge_id = forge_id,
		.event = "push", .repo = repo, .headers = "{}",
		.body = "{}", .body_len = 2, .remote_addr = "127.0.0.1" };
}

static void
test_rate(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), other = fixture_repo(st, "o");
	int64_t wait_ms = 0;
	struct delivery d = push_of(repo, "1");
	struct err err = { 0 };

	is_int(must(receive(st, &d, 0, 2, &wait_ms, &err)), 1,
	    "the first of two");
	d = push_of(repo, "2");
	is_int(must(receive(st, &d, 0, 2, &wait_ms, &err)), 1,
	    "the second");
	d = push_of(repo, "3");
	is_int(must(receive(st, &d, 0, 2, &wait_ms, &err)), 2,
	    "the third is too many");
	ok(wait_ms > 0 && wait_ms <= 60000, "for less than a minute");
	d = push_of(repo, "2");
	is_int(must(receive(st, &d, 0, 2, &wait_ms, &err)), 0,
	    "a double is none the less known");
	d = push_of(repo, "3");
	is_int(must(receive(st, &d, 0, 3, &wait_ms, &err)), 1,
	    "three are fewer than four");
	d = push_of(other, "1");
	is_int(must(receive(st, &d, 0, 1, &wait_ms, &err)), 1,
	    "another repository has its own");
	d = push_of(repo, "4");
	is_int(must(receive(st, &d, 0, 0, &wait_ms, &err)), 1,
	    "0 is no limit");
	store_close(st);
}

static void
test_used(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), wait_ms, first;
	struct delivery d = push_of(repo, "1");
	struct hook_secret *list;
	struct err err = { 0 };
	size_t n;

	must(hook_secret_list(st, repo, &a, &list, &n, &err));
	is_int(list[0].used_at_ms, 0, "never used");
	must(receive(st, &d, list[0].id, 0, &wait_ms, &err));
	must(hook_secret_list(st, repo, &a, &list, &n, &err));
	first = list[0].used_at_ms;
	ok(first > 0 && first <= d.received_at_ms, "used now");
	d = push_of(repo, "2");
	must(receive(st, &d, list[0].id, 0, &wait_ms, &err));
	must(hook_secret_list(st, repo, &a, &list, &n, &err));
	is_int(list[0].used_at_ms, first, "to the minute");
	store_close(st);
}

int
main(void)
{
	test_rotation();
	test_most();
	test_rate();
	test_used();
	arena_release(&a);
	return tap_done();
}

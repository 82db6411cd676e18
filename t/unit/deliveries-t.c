/*
 * deliveries-t.c - webhooks: kept whole, once, and settled once; refusals.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/deliveries.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct delivery
push_of(int64_t repo, const char *forge_id)
{
	return (struct delivery){ .forge = "github", .forge_id = forge_id,
		.event = "push", .repo = repo, .headers = "{}",
		.body = "{}", .body_len = 2, .remote_addr = "127.0.0.1" };
}

static void
test_body(void)
{
	static const char body[] = "{\"a\":\"\0\xff\xfe\r\n\"}";
	struct store *st = fixture_store(NULL);
	struct delivery d = push_of(fixture_repo(st, "r"), "1"), read;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };

	d.body = body;
	d.body_len = sizeof(body) - 1;
	d.headers = "{\"x-github-event\":\"push\"}";
	is_int(must(delivery_receive(st, &d, &err)), 1, "it is new");
	is_int((long long)strlen(d.id), 36, "and has an id");
	is_int(must(delivery_find(st, d.id, &a, &read, &err)), 1, "found");
	ok(read.body_len == d.body_len &&
	    memcmp(read.body, body, d.body_len) == 0,
	    "the body is the same byte for byte");
	is_str(read.headers, d.headers, "so are the headers");
	ok(read.state == DELIVERY_RECEIVED && read.verdict == NULL &&
	    read.received_at_ms == d.received_at_ms, "received");
	is_int(must(delivery_find(st, "none", &a, &read, &err)), 0,
	    "another id is not found");
	d.body = "";
	d.body_len = 0;
	d.forge_id = "2";
	must(delivery_receive(st, &d, &err));
	must(delivery_find(st, d.id, &a, &read, &err));
	ok(read.body_len == 0 && read.body != NULL, "an empty body is one");
	arena_release(&a);
	store_close(st);
}

static void
test_doubles(void)
{
	struct store *st = fixture_store(NULL);
	int64_t r1 = fixture_repo(st, "r"), r2 = fixture_repo(st, "s");
	struct delivery first = push_of(r1, "x"), again = push_of(r1, "x");
	struct delivery elsewhere = push_of(r2, "x");
	struct delivery other_forge = push_of(r1, "x");
	struct delivery none = push_of(r1, NULL);
	struct delivery lost = push_of(99, "x");
	struct err err = { 0 };

	other_forge.forge = "gitea";
	is_int(must(delivery_receive(st, &first, &err)), 1, "new");
	is_int(must(delivery_receive(st, &again, &err)), 0, "seen");
	is_str(again.id, first.id, "under the id of the first");
	is_int(must(delivery_receive(st, &elsewhere, &err)), 1,
	    "another repository's is another");
	is_int(must(delivery_receive(st, &other_forge, &err)), 1,
	    "so is another forge's");
	is_int(must(delivery_receive(st, &none, &err)), 1, "without an id");
	is_int(must(delivery_receive(st, &none, &err)), 1, "never a double");
	is_int(delivery_receive(st, &lost, &err), -1, "no such repository");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	store_close(st);
}

static void
test_settle(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");
	int64_t other = fixture_repo(st, "other");
	struct delivery d[3], read;
	struct delivery_waiting waiting[8];
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(d); i++) {
		d[i] = push_of(i < 2 ? repo : other, NULL);
		must(delivery_receive(st, &d[i], &err));
	}
	must(delivery_waiting(st, waiting, 1, &n, &err));
	is_int((long long)n, 1, "at most as many as asked for");
	is_str(waiting[0].id, d[0].id, "the oldest first");
	must(delivery_attempt(st, d[0].id, &err));
	must(delivery_waiting(st, waiting, 8, &n, &err));
	ok(n == 2 && waiting[0].attempts == 1, "plannings are counted");
	is_str(waiting[1].id, d[2].id, "one of each repository, so that many "
	    "of one do not hide another's");
	must(delivery_settle(st, d[0].id, "plan", "1 run", &err));
	must(delivery_waiting(st, waiting, 8, &n, &err));
	is_str(waiting[0].id, d[1].id, "its next one follows");
	must(delivery_settle(st, d[1].id, "ignore", "no rule", &err));
	must(delivery_settle(st, d[2].id, "fail", "no mirror", &err));
	must(delivery_waiting(st, waiting, 8, &n, &err));
	is_int((long long)n, 0, "none waits");
	is_int(delivery_settle(st, d[0].id, "fail", "x", &err), -1,
	    "what is settled stays so");
	is_int(err.code, ERR_CONFLICT, "%s", err.text);
	is_int(delivery_attempt(st, d[0].id, &err), -1, "nor is it planned");
	must(delivery_find(st, d[0].id, &a, &read, &err));
	is_str(read.verdict, "1 run", "the verdict is the first");

	arena_release(&a);
	store_close(st);
}

static void
test_ping(void)
{
	struct store *st = fixture_store(NULL);
	struct delivery d = push_of(fixture_repo(st, "r"), "1");
	struct delivery_waiting waiting[1];
	struct err err = { 0 };
	size_t n;

	d.event = "ping";
	d.state = DELIVERY_IGNORED;
	d.verdict = "ping";
	must(delivery_receive(st, &d, &err));
	must(delivery_waiting(st, waiting, 1, &n, &err));
	is_int((long long)n, 0, "a ping is not planned");
	store_close(st);
}

#define CLIENTS 6
#define EACH 25

struct flood {
	const char *path;
	int to;
};

/* Every client sends the same deliveries; one byte for each that is new. */
static int
flood_client(int i, void *ctx)
{
	struct flood *f = ctx;
	struct store *st = fixture_open(f->path);
	struct err err = { 0 };

	for (int k = 0; k < EACH; k++) {
		char id[16];
		struct delivery d = push_of(1, id);
		int rc;

		(void)snprintf(id, sizeof(id), "%d", (k * (i + 1)) % EACH);
		rc = must(delivery_receive(st, &d, &err));
		if (rc == 1 && write(f->to, "x", 1) != 1)
			return 1;
	}
	store_close(st);
	return 0;
}

static void
test_flood(void)
{
	struct flood f;
	struct store *st = fixture_store(&f.path);
	char buf[CLIENTS * EACH];
	int fds[2];

	fixture_repo(st, "r");
	store_close(st);
	if (!ok(pipe(fds) == 0, "a pipe"))
		return;
	f.to = fds[1];
	is_int(fixture_fork(CLIENTS, flood_client, &f), 0,
	    "%d clients send the same %d deliveries", CLIENTS, EACH);
	(void)close(fds[1]);
	is_int((long long)read(fds[0], buf, sizeof(buf)), EACH,
	    "each is new to one of them");
	(void)close(fds[0]);
	is_int(fixture_sql(f.path, "SELECT count(*) FROM deliveries"), EACH,
	    "and stored once");
}

static void
test_refusals(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	char reason[32], huge[3000];
	struct refusal r = { .path = huge, .remote_addr = "::1",
		.status = 403, .reason = reason, .snippet = "" }, *list, *older;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	size_t n;

	/* "é" is two bytes, and one byte stands before: 500 cuts one. */
	memset(huge, 0, sizeof(huge));
	huge[0] = '/';
	for (size_t i = 1; i + 2 < sizeof(huge); i += 2)
		memcpy(huge + i, "\xc3\xa9", 2);
	must(store_begin(st, &err));
	for (int i = 1; i <= 1010; i++) {
		(void)snprintf(reason, sizeof(reason), "reason %d", i);
		must(refusal_record(st, &r, &err));
	}
	must(store_commit(st, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM refusals"), 1000,
	    "the newest thousand are kept");
	is_int(fixture_sql(path, "SELECT min(id) FROM refusals"), 11,
	    "the oldest went");
	must(refusal_list(st, 0, 2, &a, &list, &n, &err));
	is_str(list[0].reason, "reason 1010", "newest first");
	must(refusal_list(st, list[1].id, 2, &a, &older, &n, &err));
	is_str(older[0].reason, "reason 1008", "and what is older");
	is_int((long long)strlen(list[0].path), 499,
	    "long texts are cut between characters");
	r.path = r.snippet = NULL;
	must(refusal_record(st, &r, &err));
	must(refusal_list(st, 0, 1, &a, &list, &n, &err));
	is_str(list[0].path, "", "what a request did not have is empty");
	arena_release(&a);
	store_close(st);
}

int
main(void)
{
	test_body();
	test_doubles();
	test_settle();
	test_ping();
	test_flood();
	test_refusals();
	return tap_done();
}

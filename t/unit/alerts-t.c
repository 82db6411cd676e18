/*
 * alerts-t.c - rules about numbers: what they say, firing and clearing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/alerts.h"
#include "lib/store/notify.h"
#include "lib/store/outbox.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

#define NOW INT64_C(1700000000000)
#define MINUTE INT64_C(60000)

static void
test_conditions(void)
{
	static const struct {
		const char *text, *said; /* NULL: it is none */
		int64_t threshold;
	} rows[] = {
		{ "error_rate > 5", "error_rate > 5 %", 500 },
		{ "error_rate>=0.5%", "error_rate >= 0.50 %", 50 },
		{ "duration_p99 > 2000", "duration_p99 > 2 s", 2000 },
		{ "duration_p99 <= 10 min", "duration_p99 <= 10 min", 600000 },
		{ "dead_letters > 50", "dead_letters > 50", 50 },
		{ "dead_letters > 5.5", NULL, 0 },
		{ "error_rate > 101", NULL, 0 },
		{ "error_rate > ", NULL, 0 },
		{ "error_rate > 99999999999999999999", NULL, 0 },
		{ "error_rate = 5", NULL, 0 },
		{ "error_rat > 5", NULL, 0 },
		{ "duration_p99 > 5 apples", NULL, 0 },
		{ "", NULL, 0 },
	};
	struct arena a = ARENA_INIT(0);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = { 0 };
		struct alert al = { 0 };
		struct str said = STR_INIT;
		int rc = alert_condition_parse(rows[i].text, &al, &a, &err);

		if (rc == 0)
			alert_condition_text(&al, &said);
		ok(rows[i].said == NULL ? rc == -1 && err.text[0] != '\0' :
		    rc == 0 && al.threshold == rows[i].threshold &&
		    str_equal(said.s, rows[i].said), "\"%s\" is %s",
		    rows[i].text, rows[i].said != NULL ? rows[i].said :
		    "refused");
		str_release(&said);
	}
	arena_release(&a);
}

/* --- looking ---------------------------------------------------------------- */

struct world {
	struct store *st;
	const char *path;
	int64_t repo;
	struct arena a;
};

static void
world_open(struct world *w)
{
	struct err err = { 0 };
	struct notify_rule rule = { .place = "all", .cause = "alert",
		.kind = "mail", .target = "mail:ada@example.org", .host = "",
		.made_by = "ada" };
	int64_t id;

	memset(w, 0, sizeof(*w));
	clock_stand_at(NOW);
	w->st = fixture_store(&w->path);
	w->repo = fixture_repo(w->st, "demo");
	must(notify_add(w->st, &rule, NULL, &id, &err));
}

static void
world_close(struct world *w)
{
	clock_stand_at(0);
	arena_release(&w->a);
	store_close(w->st);
}

static void
add(struct world *w, struct alert al, const char *condition)
{
	struct err err = { 0 };

	if (al.place == NULL)
		al.place = "all";
	al.severity = "critical";
	al.made_by = "ada";
	must(alert_condition_parse(condition, &al, &w->a, &err));
	must(alert_add(w->st, &al, &err));
}

/* A run of one job that ends so, now. */
static void
run_ends(struct world *w, const char *how)
{
	int64_t run = fixture_run(w->st, w->repo, 1, "a"), job;
	int attempt;

	(void)run;
	job = fixture_start(w->st, &attempt);
	fixture_end(w->st, job, attempt, how);
}

/* Look at a time; how many fired or cleared. */
static int
look_at(struct world *w, int64_t at, int64_t *next)
{
	struct err err = { 0 };
	size_t changed;

	clock_stand_at(at);
	must(alerts_check(w->st, &changed, next, &err));
	return (int)changed;
}

static const struct alert *
the_alert(struct world *w)
{
	struct err err = { 0 };
	struct alert *list;
	size_t n;

	must(alert_list(w->st, &w->a, &list, &n, &err));
	return &list[0];
}

static int64_t
told(const struct world *w, const char *what)
{
	return fixture_sql(w->path, arena_printf((struct arena *)&w->a,
	    "SELECT count(*) FROM outbox WHERE kind = 'mail' AND "
	    "data ->> '$.alert.firing' = %s", what));
}

static void
test_error_rate(void)
{
	struct world w;
	int64_t next, at = NOW;

	world_open(&w);
	add(&w, (struct alert){ .name = "red", .window_ms = 5 * MINUTE },
	    "error_rate > 30");
	is_int(look_at(&w, at, &next), 0, "nothing to count: it does not "
	    "fire");
	ok(next == 0 && !the_alert(&w)->has_value,
	    "and nothing is asked until something happens");
	run_ends(&w, "succeed");
	run_ends(&w, "fail");
	is_int(look_at(&w, at += 10000, &next), 1, "half of them failed");
	ok(the_alert(&w)->firing && the_alert(&w)->value == 5000,
	    "so it fires, at 50 %%");
	is_int(told(&w, "1"), 1, "and is told of, once");
	run_ends(&w, "fail");
	is_int(look_at(&w, at += 10000, &next), 0, "worse is no news");
	is_int(told(&w, "1"), 1, "nobody is told again");
	for (int i = 0; i < 6; i++)
		run_ends(&w, "succeed");
	is_int(look_at(&w, at += 10000, &next), 1, "it clears at 22 %%");
	is_int(told(&w, "0"), 1, "which is told, too");
	run_ends(&w, "fail");
	run_ends(&w, "fail");
	is_int(look_at(&w, at += 10000, &next), 1, "fires again");
	ok(next > at && next <= at + 5 * MINUTE,
	    "the end of the window is a time to look");
	is_int(look_at(&w, at + 6 * MINUTE, &next), 1,
	    "when it has passed, it clears by itself");
	is_int((long long)next, 0, "and nothing is left to look at");
	is_int((long long)the_alert(&w)->changes, 4, "four changes");
	world_close(&w);
}

static void
test_rests(void)
{
	struct world w;
	int64_t next;

	world_open(&w);
	add(&w, (struct alert){ .name = "red", .window_ms = 5 * MINUTE },
	    "error_rate > 30");
	look_at(&w, NOW, &next);
	run_ends(&w, "fail");
	is_int(look_at(&w, NOW + 1, &next), 0, "it rests after a look");
	ok(next > NOW + 1 && next <= NOW + 5000,
	    "and is looked at within seconds");
	is_int(look_at(&w, next, &next), 1, "then it fires");
	world_close(&w);
}

static void
test_place_and_step(void)
{
	struct world w;
	struct err err = { 0 };
	int64_t next, other;

	world_open(&w);
	other = fixture_repo_of(w.st, "grace", "tool");
	add(&w, (struct alert){ .name = "there", .place = "owner:grace",
	    .owner = "grace", .window_ms = MINUTE }, "error_rate > 0");
	run_ends(&w, "fail");
	is_int(look_at(&w, NOW + 10000, &next), 0,
	    "another owner's failure is none");
	w.repo = other;
	run_ends(&w, "fail");
	is_int(look_at(&w, NOW + 20000, &next), 1, "their own is");
	must(alert_remove(w.st, "there", &err));
	add(&w, (struct alert){ .name = "step", .step = "no such step",
	    .window_ms = MINUTE }, "error_rate > 0");
	is_int(look_at(&w, NOW + 20000, &next), 0, "no such step failed");
	ok(alert_remove(w.st, "nobody", &err) == -1 &&
	    err.code == ERR_NOT_FOUND, "what is not there is not removed");
	world_close(&w);
}

static void
test_p99(void)
{
	struct world w;
	int64_t next;

	world_open(&w);
	add(&w, (struct alert){ .name = "slow", .window_ms = MINUTE },
	    "duration_p99 > 2 s");
	run_ends(&w, "succeed");
	fixture_sql(w.path, "UPDATE runs SET started_at_ms = "
	    "finished_at_ms - 2000");
	is_int(look_at(&w, NOW + 10000, &next), 0, "2 s are not more");
	run_ends(&w, "succeed");
	fixture_sql(w.path, "UPDATE runs SET started_at_ms = "
	    "finished_at_ms - 2001");
	is_int(look_at(&w, NOW + 20000, &next), 1, "a millisecond more is");
	world_close(&w);
}

/* A level fires when it holds for the whole window. */
static void
test_dead_letters(void)
{
	struct world w;
	struct err err = { 0 };
	struct message m = { .kind = "webhook", .topic = "1" }, *due;
	size_t n;
	int64_t next;

	world_open(&w);
	add(&w, (struct alert){ .name = "dead", .window_ms = MINUTE },
	    "dead_letters > 0");
	look_at(&w, NOW, &next);
	must(outbox_add(w.st, &m, &err));
	must(outbox_due(w.st, INT64_MAX, NULL, 10, &w.a, &due, &n, &err));
	must(outbox_failed(w.st, &due[0], 0, "gone", &err));
	is_int(look_at(&w, NOW + 10000, &next), 0, "one has died, just now");
	is_int((long long)next, NOW + 10000 + MINUTE,
	    "which counts when it lasts for the window");
	is_int(look_at(&w, next, &next), 1, "it fires");
	must(outbox_discard(w.st, due[0].id, &err));
	is_int(look_at(&w, NOW + 3 * MINUTE, &next), 1,
	    "and clears when it is discarded");
	world_close(&w);
}

static void
test_bounds(void)
{
	struct world w;
	struct err err = { 0 };
	struct alert al = { .name = "a b", .place = "all", .metric =
	    "error_rate", .op = ">", .window_ms = MINUTE, .severity =
	    "warning", .made_by = "ada" };

	world_open(&w);
	ok(alert_add(w.st, &al, &err) == -1 && err.code == ERR_INVALID,
	    "a name has no blanks: %s", err.text);
	al.name = "ok";
	al.window_ms = ALERT_WINDOW_MAX_MS + 1;
	ok(alert_add(w.st, &al, &err) == -1, "a window has an end");
	al.window_ms = MINUTE;
	must(alert_add(w.st, &al, &err));
	ok(alert_add(w.st, &al, &err) == -1 && err.code == ERR_EXISTS,
	    "a name counts once: %s", err.text);
	al.metric = "dead_letters";
	al.name = "other";
	al.step = "build";
	ok(alert_add(w.st, &al, &err) == -1, "%s", err.text);
	world_close(&w);
}

int
main(void)
{
	test_conditions();
	test_error_rate();
	test_rests();
	test_place_and_step();
	test_p99();
	test_dead_letters();
	test_bounds();
	return tap_done();
}

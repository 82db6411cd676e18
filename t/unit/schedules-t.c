/*
 * schedules-t.c - time zones, when schedules fire, and that none fires twice.
 *
 * The clock of this process stands where a test puts it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"
#include "lib/base/zone.h"
#include "lib/forge/dispatch.h"
#include "lib/forge/dispatch_check.h"
#include "lib/forge/schedule.h"
#include "lib/store/inbox.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

#define HOUR_MS (3600LL * 1000)
/* 2026-11-21T12:00:00Z */
#define NOON_MS 1795262400000LL

static struct arena a;

/* --- zones ---------------------------------------------------------------------- */

static void
test_zones(void)
{
	setenv("TZ", "America/New_York", 1);
	ok(zone_known("UTC") && zone_known("Europe/Berlin"),
	    "names of tzdata are known");
	ok(!zone_known("Europe/Nowhere") && !zone_known("../../etc/passwd") &&
	    !zone_known("/etc/localtime") && !zone_known("") &&
	    !zone_known("Europe") && !zone_known(":UTC"),
	    "others are not, and no path is");
	is_int(zone_offset_s("Europe/Berlin", 1795262400), 3600, "winter");
	is_int(zone_offset_s("Europe/Berlin", 1784721600), 7200, "summer");
	is_int(zone_offset_s("UTC", 1784721600), 0, "UTC is itself");
	is_str(getenv("TZ"), "America/New_York",
	    "the process keeps its own zone");
	unsetenv("TZ");
	zone_offset_s("Europe/Berlin", 0);
	ok(getenv("TZ") == NULL, "also when it names none");
}

/* "2026-11-22T03:00:00.000Z", "never" or the error. */
static const char *
next_of(const char *cron, const char *zone, int64_t after_ms)
{
	static char text[1200];
	struct err err = { 0 };
	int64_t at;
	int rc = schedule_next(cron, zone, after_ms, &at, &err);

	if (rc == 1)
		clock_rfc3339(at, text);
	else
		snprintf(text, sizeof(text), "%s", rc == 0 ? "never" :
		    err.text);
	return text;
}

static void
test_next(void)
{
	/* 2026-10-25 and 2026-03-29: clocks change in Berlin. */
	const int64_t back = 1792886400000LL, forth = 1774742400000LL;

	is_str(next_of("0 3 * * *", "UTC", NOON_MS),
	    "2026-11-22T03:00:00.000Z", "in UTC");
	is_str(next_of("0 3 * * *", "Europe/Berlin", NOON_MS),
	    "2026-11-22T02:00:00.000Z", "in Berlin");
	is_str(next_of("30 2 * * *", "Europe/Berlin", back),
	    "2026-10-25T00:30:00.000Z", "an hour that comes twice: the first");
	is_str(next_of("30 2 * * *", "Europe/Berlin", 1792888200000LL),
	    "2026-10-26T01:30:00.000Z", "and not the second");
	is_str(next_of("30 2 * * *", "Europe/Berlin", forth),
	    "2026-03-29T01:30:00.000Z", "an hour that is left out: later");
	is_str(next_of("* * * * *", "Europe/Berlin", back),
	    "2026-10-25T00:01:00.000Z", "each minute, before clocks go back");
	is_str(next_of("* * * * *", "Australia/Lord_Howe", NOON_MS),
	    "2026-11-21T12:01:00.000Z", "and where they do by half an hour");
	is_str(next_of("0 0 31 2 *", "UTC", NOON_MS), "never", "no such day");
	ok(strstr(next_of("0 3 * * *", "Mars/Base", NOON_MS),
	    "no time zone \"Mars/Base\"") != NULL, "a zone that is none");
	ok(strstr(next_of("61 3 * * *", "UTC", NOON_MS), "schedule") != NULL,
	    "an expression that is none");
}

/* --- what fires ------------------------------------------------------------------ */

static int
count_deliveries(struct store *st, int64_t repo)
{
	const struct inbox_query q = { .repo = repo, .limit = 100 };
	struct err err = { 0 };
	struct delivery *list;
	size_t n;

	must(inbox_list(st, &q, &a, &list, &n, &err));
	return (int)n;
}

static struct schedule
only(struct store *st, int64_t repo)
{
	struct err err = { 0 };
	struct schedule *list;
	size_t n;

	must(schedule_list(st, repo, 0, 10, &a, &list, &n, &err));
	return n == 1 ? list[0] : (struct schedule){ .id = -1 };
}

static int64_t
add_hourly(struct store *st, const char *name, int64_t due_ms)
{
	struct err err = { 0 };
	struct schedule s = { .workflow = ".ci.yml", .cron = "0 * * * *",
		.timezone = "UTC", .due_at_ms = due_ms };
	int64_t repo = fixture_repo(st, name);

	must(schedules_set(st, repo, &s, 1, &err));
	return repo;
}

static int
fire_at(struct store *st, enum catch_up policy, int64_t now_ms)
{
	struct err err = { 0 };
	size_t fired = 0;

	clock_stand_at(now_ms);
	must(schedules_fire(st, policy, &fired, &err));
	return (int)fired;
}

static void
test_fire(struct store *st)
{
	int64_t repo = add_hourly(st, "fire", NOON_MS);

	is_int(fire_at(st, CATCH_UP_ONCE, NOON_MS - 1), 0, "not before");
	is_int(fire_at(st, CATCH_UP_ONCE, NOON_MS), 1, "at its minute");
	is_int(fire_at(st, CATCH_UP_ONCE, NOON_MS + 1), 0, "once");
	is_int(fire_at(st, CATCH_UP_ONCE, NOON_MS - HOUR_MS), 0,
	    "not again when the clock is set back");
	is_int(only(st, repo).due_at_ms, NOON_MS + HOUR_MS, "then next hour");
	is_int(only(st, repo).fired_at_ms, NOON_MS, "when it fired is kept");
	is_int(count_deliveries(st, repo), 1, "one delivery came of it");
}

/* A supervisor that was killed between its transaction and the next look, or
 * a database that was put back: the delivery is the one that there is. */
static void
test_once(struct store *st)
{
	int64_t repo = add_hourly(st, "once", NOON_MS);
	struct err err = { 0 };

	fire_at(st, CATCH_UP_ONCE, NOON_MS);
	must(schedule_move(st, only(st, repo).id, NOON_MS, 0, &err));
	fire_at(st, CATCH_UP_ONCE, NOON_MS + 5);
	is_int(count_deliveries(st, repo), 1, "one minute, one delivery");
}

/* Nothing ran for three hours and a half. */
static void
test_missed(struct store *st)
{
	static const struct {
		enum catch_up policy;
		int want;
		const char *name;
	} cases[] = {
		{ CATCH_UP_NONE, 0, "missed-none" },
		{ CATCH_UP_ONCE, 1, "missed-once" },
		{ CATCH_UP_ALL, 4, "missed-all" },
	};
	const int64_t now = NOON_MS + 3 * HOUR_MS + HOUR_MS / 2;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t repo = add_hourly(st, cases[i].name, NOON_MS);

		for (int k = 0; k < 8; k++)
			fire_at(st, cases[i].policy, now);
		is_int(count_deliveries(st, repo), cases[i].want, "%s",
		    cases[i].name);
		is_int(only(st, repo).due_at_ms, NOON_MS + 4 * HOUR_MS,
		    "and then in time");
	}
}

static void
test_missed_long(struct store *st)
{
	int64_t repo = add_hourly(st, "long", NOON_MS);

	for (int k = 0; k < 30; k++)
		fire_at(st, CATCH_UP_ALL, NOON_MS + 240 * HOUR_MS);
	is_int(count_deliveries(st, repo), 24, "no more than those of a "
	    "day, each once");
}

/* A host that starts with the clock of another year. */
static void
test_ahead(struct store *st)
{
	const int64_t wrong = NOON_MS + 400 * 24 * HOUR_MS;
	int64_t repo = add_hourly(st, "ahead", NOON_MS);
	struct err err = { 0 };

	for (int late = 0; late < 2; late++) {
		fire_at(st, CATCH_UP_ONCE, wrong + late * HOUR_MS);
		clock_stand_at(NOON_MS + 10);
		must(schedules_recall(st, &err));
		is_int(only(st, repo).due_at_ms, NOON_MS + HOUR_MS,
		    "what fired with the clock ahead goes on when it is "
		    "right");
		must(schedule_move(st, only(st, repo).id, wrong, 0, &err));
	}
	must(schedules_recall(st, &err));
	fire_at(st, CATCH_UP_ONCE, NOON_MS + HOUR_MS);
	is_int(only(st, repo).fired_at_ms, NOON_MS + HOUR_MS,
	    "and fires in time");
	clock_stand_at(NOON_MS + HOUR_MS / 2);
	must(schedules_recall(st, &err));
	is_int(only(st, repo).due_at_ms, NOON_MS + 2 * HOUR_MS,
	    "not again for a time for which it has fired");
	must(schedules_set(st, repo, NULL, 0, &err));
}

/* The repository was given a ref that is none. */
static void
test_broken(struct store *st)
{
	int64_t good = add_hourly(st, "good", NOON_MS);
	struct schedule bad = { .repo = fixture_repo(st, "bad"),
		.workflow = "c", .cron = "0 * * * *", .timezone = "UTC",
		.added_by = "ada", .ref = "a b", .due_at_ms = NOON_MS - 1 };
	struct err err = { 0 };

	must(schedule_add(st, &bad, &err));
	is_int(fire_at(st, CATCH_UP_ONCE, NOON_MS), 1,
	    "one that cannot fire keeps no other from it");
	is_int(count_deliveries(st, good), 1, "its delivery is there");
	is_int(count_deliveries(st, bad.repo), 0, "of the broken one none");
	is_int(only(st, bad.repo).due_at_ms, NOON_MS + HOUR_MS,
	    "it is tried again at its next time");
	is_int(only(st, bad.repo).fired_at_ms, 0, "and has not fired");
}

static void
test_pause(struct store *st)
{
	int64_t repo = add_hourly(st, "pause", NOON_MS);
	struct schedule s = only(st, repo);
	struct err err = { 0 };

	clock_stand_at(NOON_MS - 1);
	must(schedule_hold(st, &s, "ada", &err));
	is_int(fire_at(st, CATCH_UP_ONCE, NOON_MS), 0, "paused");
	is_str(only(st, repo).paused_by, "ada", "by whom");
	clock_stand_at(NOON_MS + HOUR_MS / 2);
	must(schedule_hold(st, &s, NULL, &err));
	is_int(only(st, repo).due_at_ms, NOON_MS + HOUR_MS,
	    "it goes on from now");
}

/* --- what stands in files --------------------------------------------------------- */

static const char *
listed(struct store *st, int64_t repo)
{
	static char text[500];
	struct err err = { 0 };
	struct schedule *list;
	size_t n, len = 0;

	must(schedule_list(st, repo, 0, 10, &a, &list, &n, &err));
	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%s %s%s", i > 0 ? ", " : "", list[i].workflow,
		    list[i].cron, list[i].added_by != NULL ? " added" : "");
	return text;
}

static void
test_set(struct store *st)
{
	int64_t repo = fixture_repo(st, "set");
	struct schedule own = { .repo = repo, .workflow = "c",
		.cron = "5 * * * *", .timezone = "UTC", .added_by = "ada",
		.due_at_ms = NOON_MS };
	const struct schedule one[] = {
		{ .workflow = "a", .cron = "0 1 * * *", .timezone = "UTC",
		    .due_at_ms = NOON_MS },
		{ .workflow = "b", .cron = "0 2 * * *", .timezone = "UTC",
		    .due_at_ms = NOON_MS },
		{ .workflow = "b", .cron = "0 2 * * *", .timezone = "UTC",
		    .due_at_ms = NOON_MS },
	};
	struct schedule later = one[1];
	struct err err = { 0 };

	must(schedule_add(st, &own, &err));
	must(schedules_set(st, repo, one, 3, &err));
	is_str(listed(st, repo), "c 5 * * * * added, a 0 1 * * *, "
	    "b 0 2 * * *", "those of files, each once, beside what was added");
	later.due_at_ms = NOON_MS + HOUR_MS;
	must(schedules_set(st, repo, &later, 1, &err));
	is_str(listed(st, repo), "c 5 * * * * added, b 0 2 * * *",
	    "what has gone from its file goes");
	is_int(schedule_remove(st, own.id + 2, &err), -1,
	    "what stands in a file is not removed by hand");
	is_int(err.code, ERR_CONFLICT, "and said so");
	must(schedule_remove(st, own.id, &err));
	is_str(listed(st, repo), "b 0 2 * * *", "what was added is");
}

static void
test_many(struct store *st)
{
	const size_t n = SCHEDULES_MAX + 50;
	struct schedule *list = mem_calloc(n, sizeof(*list)), *found, own;
	int64_t repo = fixture_repo(st, "many");
	struct err err = { 0 };
	size_t n_found;

	for (size_t i = 0; i < n; i++)
		list[i] = (struct schedule){ .workflow = "a", .timezone =
			"UTC", .cron = arena_printf(&a, "%zu %zu * * *",
			i % 60, i / 60) };
	/* planned twice */
	must(schedules_set(st, repo, list, n, &err));
	must(schedules_set(st, repo, list, n, &err));
	must(schedule_list(st, repo, 0, 2 * SCHEDULES_MAX, &a, &found,
	    &n_found, &err));
	is_int((long long)n_found, SCHEDULES_MAX, "so many, each once");
	own = list[n - 1];
	own.repo = repo;
	own.added_by = "ada";
	is_int(schedule_add(st, &own, &err), -1, "and none may be added");
	is_int(err.code, ERR_TOO_LARGE, "which is said");
	must(schedules_set(st, repo, NULL, 0, &err));
	is_str(listed(st, repo), "", "all go");
	free(list);
}

/* --- by hand ----------------------------------------------------------------------- */

#define FILE_TEXT "on:\n  workflow_dispatch:\n    inputs:\n" \
	"      level: {type: choice, options: [low, high], required: true}\n" \
	"jobs: {a: {runs-on: x, steps: [{run: 'true'}]}}\n"

static const char *
checked(const struct repo *repo, const struct workflow_row *row,
    const char *ref, const char *inputs)
{
	static char text[1200];
	struct err err = { 0 };
	json_t *json = inputs != NULL ? json_loads(inputs, 0, NULL) : NULL;
	int rc = dispatch_check(repo, row, ref, json, &a, &err);

	json_decref(json);
	snprintf(text, sizeof(text), "%s", rc == 0 ? "ok" : err.text);
	return text;
}

static void
test_by_hand(struct store *st)
{
	const struct workflow_row rows[] = {
		{ ".ci/a.yml", "Deploy", true, FILE_TEXT },
		{ ".ci/b.yml", "Deploy", true, FILE_TEXT },
		{ ".ci/push.yml", "Push", false, "on: push\n" },
	};
	struct repo repo;
	struct workflow_row row;
	struct err err = { 0 };

	must(repo_find_id(st, fixture_repo(st, "hand"), &a, &repo, &err));
	is_int(dispatch_find(st, &repo, "a.yml", &a, &row, &err), -1,
	    "nothing is known before a push was planned");
	ok(strstr(err.text, "when a push to it is planned") != NULL,
	    "and why");
	must(workflows_set(st, repo.id, rows, 3, &err));
	must(dispatch_find(st, &repo, "b.yml", &a, &row, &err));
	is_str(row.path, ".ci/b.yml", "by the file's name");
	is_int(dispatch_find(st, &repo, "Deploy", &a, &row, &err), -1,
	    "not by a name that two have");
	is_int(err.code, ERR_CONFLICT, "and said so");
	is_int(dispatch_find(st, &repo, "Push", &a, &row, &err), -1,
	    "not what has no workflow_dispatch");
	must(dispatch_find(st, &repo, ".ci/a.yml", &a, &row, &err));
	is_str(checked(&repo, &row, NULL, "{\"level\": \"high\"}"), "ok",
	    "inputs that it takes");
	is_str(checked(&repo, &row, "main", NULL),
	    "input \"level\" is required", "one is missing");
	ok(strstr(checked(&repo, &row, NULL, "{\"level\": \"up\"}"),
	    "is one of low, high") != NULL, "one is not of the choice");
	ok(strstr(checked(&repo, &row, NULL, "{\"speed\": 1}"),
	    "has no input \"speed\"") != NULL, "one is not known");
	is_str(checked(&repo, &row, "topic", "{\"speed\": 1}"), "ok",
	    "of another ref it is not known yet");
	ok(strstr(checked(&repo, &row, "a b", NULL),
	    "is not the name of a branch") != NULL, "a ref that is none");
	ok(strstr(checked(&repo, &row, "refs/pull/1/head", NULL),
	    "is not the name of a branch") != NULL,
	    "nor is one of neither branch nor tag taken");
}

static void
test_refs(struct store *st)
{
	struct err err = { 0 };
	struct repo repo;
	struct dispatch d = { &repo, "ada", "ada (command line)", NULL };
	struct delivery found;
	char id[37];

	must(repo_find_id(st, fixture_repo(st, "refs"), &a, &repo, &err));
	is_int(dispatch_workflow(st, &d, "x", "a..b", NULL, id, &err), -1,
	    "a ref that is none");
	is_int(err.code, ERR_INVALID, "is refused");
	is_int(dispatch_workflow(st, &d, "x", "refs/pull/1/head", NULL, id,
	    &err), -1, "nor is what somebody else has written");
	is_int(dispatch_workflow(st, &d, "x", "\xff", NULL, id, &err), -1,
	    "nor what is no UTF-8");
	must(dispatch_workflow(st, &d, "x", "refs/tags/v1", NULL, id, &err));
	must(delivery_find(st, id, &a, &found, &err));
	ok(strstr(found.body, "\"ref\":\"refs/tags/v1\"") != NULL &&
	    strstr(found.body, "\"inputs\":{}") != NULL, "a tag");
	is_str(found.forge, FORGE_OWN, "it is Pawl's own");
	ok(strstr(found.headers, "ada (command line)") != NULL, "who did it");
	ok(forge_find(FORGE_OWN) == NULL, "no webhook can be of that forge");
}

int
main(void)
{
	struct store *st = fixture_store(NULL);

	log_setup("schedules-t", LOG_ERROR);
	test_zones();
	test_next();
	test_fire(st);
	test_once(st);
	test_missed(st);
	test_missed_long(st);
	test_ahead(st);
	test_broken(st);
	test_pause(st);
	test_set(st);
	test_many(st);
	test_by_hand(st);
	test_refs(st);
	store_close(st);
	arena_release(&a);
	return tap_done();
}

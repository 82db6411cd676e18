/*
 * gates-t.c - what waits for people or for a time: rules of environments,
 * steps that are gates, who may decide, times, and runs of forks.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/decisions.h"
#include "lib/store/environments.h"
#include "lib/store/gates.h"
#include "lib/store/rebuild.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

#define ON "on: push\njobs:\n"
#define STEPS "runs-on: ubuntu, steps: [{ run: make }]"
#define GATE "steps: [{ type: step.gate, name: Release, config: { type: "

static struct store *st;
static const char *path;
static int64_t repo;

/* --- help ----------------------------------------------------------------- */

static void
tell(void *ctx, const char *text)
{
	str_addf(ctx, "%s\n", text);
}

static void
verify(void)
{
	struct str text = STR_INIT;
	struct err err = { 0 };
	int64_t n;

	must(store_verify_events(st, 0, tell, &text, &n, &err));
	is_str(text.s, "", "events and states say the same");
	str_release(&text);
}

/* The reason of a job. */
static const char *
reason_of(int64_t run, const char *key)
{
	static char text[1000];
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;

	must(job_find_id(st, fixture_job(st, run, key), &a, &job, &err));
	(void)snprintf(text, sizeof(text), "%s", job.reason != NULL ?
	    job.reason : "(none)");
	arena_release(&a);
	return text;
}

/* Vote; the error, or what is left, or "". */
static const char *
vote_as(int64_t run, const char *key, bool approve, const char *name,
    enum role role, const char *comment, bool force)
{
	static char text[2000];
	char by[100];
	const struct gate_vote v = { .approve = approve, .name = name,
		.role = role, .by = by, .comment = comment, .force = force };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *left = NULL;

	(void)snprintf(by, sizeof(by), "%s (test)", name);
	if (gates_vote(st, run, key, &v, &a, &left, &err) == -1)
		(void)snprintf(text, sizeof(text), "%s: %s",
		    err.code == ERR_DENIED ? "denied" : err.code ==
		    ERR_CONFLICT ? "conflict" : err.code == ERR_INVALID ?
		    "invalid" : "other", err.text);
	else
		(void)snprintf(text, sizeof(text), "%s", left != NULL ? left :
		    "");
	arena_release(&a);
	fixture_advance(st, run);
	return text;
}

static const char *
approve(int64_t run, const char *key, const char *name)
{
	return vote_as(run, key, true, name, ROLE_WRITER, NULL, false);
}

static void
set_rules(const struct environment_rules *rules)
{
	struct environment_rules own = *rules;
	struct err err = { 0 };

	own.repo = repo;
	must(environment_rules_set(st, &own, &err));
}

static size_t
expire(void)
{
	struct err err = { 0 };
	size_t n;

	must(gates_expire(st, &n, &err));
	return n;
}

/* Nothing of a run is left in the queue. */
static void
over(int64_t run)
{
	fixture_cancel(st, run);
	fixture_cancel(st, run);
}

static int64_t
workflow(const char *text)
{
	return fixture_workflow(st, repo, 1, text);
}

/* --- environments --------------------------------------------------------- */

static void
test_rules(void)
{
	static const char *const many[] = { "a", "b", "c", "d", "e", "f",
		"g" };
	static const char *const refs[] = { "main" };
	static const struct {
		struct environment_rules rules;
		const char *why;
	} wrong[] = {
		{ { .name = "" }, "the name of an environment has 1 to 255 "
		    "bytes" },
		{ { .name = "a\nb" }, "the name of an environment has a "
		    "control character" },
		{ { .name = "a\xff" }, "the name of an environment is not "
		    "UTF-8" },
		{ { .name = "x", .reviewers = many, .n_reviewers = 7 },
		    "an environment has at most 6 reviewers; one of them "
		    "approves" },
		{ { .name = "x", .refs = refs, .n_refs = 1 }, "\"main\" is no "
		    "rule for refs: write \"branch:PATTERN\", \"tag:PATTERN\" "
		    "or \"ref:PATTERN\"" },
		{ { .name = "x", .wait_ms = ENVIRONMENT_MAX_WAIT_MS + 1 },
		    "the time to wait is at most 30 days" },
	};
	struct arena a = ARENA_INIT(0);
	struct environment_rules got;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		err_clear(&err);
		ok(environment_rules_set(st, &wrong[i].rules, &err) == -1,
		    "wrong rules %zu are refused", i + 1);
		is_str(err.text, wrong[i].why, "and it says why");
	}
	err_clear(&err);
	set_rules(&(struct environment_rules) { .name = "Prod",
		.reviewers = many, .n_reviewers = 6, .wait_ms = 60000,
		.self_review = true });
	is_int(environment_rules_find(st, repo, "pROD", &a, &got, &err), 1,
	    "a name counts without regard to case");
	ok(got.n_reviewers == 6 && strcmp(got.reviewers[5], "f") == 0 &&
	    got.wait_ms == 60000 && got.n_refs == 0 && got.self_review,
	    "rules are read as they were set");
	set_rules(&(struct environment_rules) { .name = "prod" });
	is_int(environment_rules_find(st, repo, "Prod", &a, &got, &err), 1,
	    "rules are set over those before");
	ok(got.n_reviewers == 0 && got.wait_ms == 0 && !got.self_review,
	    "all at once");
	must(environment_rules_remove(st, repo, "PROD", &err));
	is_int(environment_rules_find(st, repo, "prod", &a, &got, &err), 0,
	    "rules can be removed");
	is_int(environment_rules_remove(st, repo, "prod", &err), -1,
	    "once");
	arena_release(&a);
}

static const char *const two[] = { "ada", "Grace" };

static void
test_reviewers(void)
{
	int64_t run, attempt_job;
	int attempt;

	set_rules(&(struct environment_rules) { .name = "production",
		.reviewers = two, .n_reviewers = 2, .self_review = true });
	run = workflow(ON "  a: { " STEPS " }\n"
	    "  b: { needs: a, environment: Production, " STEPS " }\n");
	is_str(fixture_jobs(st, run), "a=pending b=blocked",
	    "nothing waits for people before its needs have ended");
	attempt_job = fixture_start(st, &attempt);
	fixture_end(st, attempt_job, attempt, "succeed");
	is_str(fixture_jobs(st, run), "a=succeeded b=waiting",
	    "a job of an environment with reviewers waits");
	is_str(reason_of(run, "b"), "waits for approval by ada or Grace: "
	    "environment \"production\"", "and says for whom");
	is_int(fixture_sql(path, "SELECT count(*) FROM jobs WHERE state = "
	    "'waiting' AND plan IS NOT NULL AND rank_ms IS NULL"), 1,
	    "it is frozen, and has no place in the queue");
	is_str(approve(run, "b", "eve"), "denied: \"eve\" may not decide "
	    "this: ada or Grace may", "others may not decide");
	is_str(approve(run, "a", "ada"), "conflict: job \"a\" does not wait "
	    "for an approval", "of a job that does not wait there is nothing "
	    "to decide");
	is_str(fixture_jobs(st, run), "a=succeeded b=waiting",
	    "and nothing has changed");
	is_str(vote_as(run, NULL, true, "grace", ROLE_WRITER, "fine", false),
	    "",
	    "one of them approves");
	is_str(fixture_jobs(st, run), "a=succeeded b=pending",
	    "and it is queued");
	is_str(reason_of(run, "b"), "(none)", "without a reason");
	is_str(approve(run, "b", "ada"), "conflict: it was approved by grace "
	    "(test) before", "the second is told");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE type IN ("
	    "'gate.approved', 'job.approved') AND data ->> 'by' = "
	    "'grace (test)' AND data ->> 'reason' = 'fine'"), 2,
	    "who it was and what they said is in the events");
	attempt_job = fixture_start(st, &attempt);
	fixture_end(st, attempt_job, attempt, "succeed");
	is_str(fixture_run_state(st, run), "succeeded", "it ends well");
	verify();
}

static void
test_rejected(void)
{
	int64_t run = workflow(ON "  b: { environment: { name: production, "
	    "url: \"https://example.org\" }, " STEPS " }\n"
	    "  c: { needs: b, if: always(), " STEPS " }\n"
	    "  d: { needs: b, " STEPS " }\n");

	is_str(vote_as(run, "b", false, "ada", ROLE_WRITER, "not today", false),
	    "", "a job is rejected");
	is_str(fixture_jobs(st, run), "b=failed c=pending d=skipped",
	    "it has failed, and what follows is decided");
	is_str(reason_of(run, "b"), "rejected by ada (test): not today",
	    "with the reason");
	over(run);
	verify();
}

static void
test_cancelled(void)
{
	int64_t run = workflow(ON "  b: { if: always(), environment: "
	    "production, " STEPS " }\n");

	fixture_cancel(st, run);
	is_str(fixture_jobs(st, run), "b=cancelled", "a job that waits is "
	    "cancelled with its run, also with always()");
	is_str(fixture_run_state(st, run), "cancelled", "and the run");
	is_str(approve(run, "b", "ada"), "conflict: job \"b\" does not wait "
	    "for an approval", "nobody decides it afterwards");
	is_int(fixture_sql(path, "SELECT count(*) FROM gates WHERE state = "
	    "'open'"), 0, "no gate stays behind");
	verify();
}

static void
test_fail_fast(void)
{
	int64_t run = workflow(ON "  b: { environment: \"${{ matrix.e }}\", "
	    "strategy: { matrix: { e: [production, test, other] } }, " STEPS
	    " }\n");
	int attempt;
	int64_t job;

	is_str(fixture_jobs(st, run), "b=waiting b:2=pending b:3=pending",
	    "legs of a matrix wait for themselves");
	job = fixture_start(st, &attempt);
	fixture_end(st, job, attempt, "fail");
	is_str(fixture_jobs(st, run), "b=cancelled b:2=failed b:3=cancelled",
	    "fail-fast ends one that waits");
	verify();
}

static void
test_self_review(void)
{
	int64_t run;

	set_rules(&(struct environment_rules) { .name = "strict",
		.reviewers = (const char *const[]) { "somebody", "role:admin"
		}, .n_reviewers = 2 });
	run = workflow(ON "  b: { environment: strict, " STEPS " }\n");
	fixture_sql(path, "UPDATE runs SET actor = 'somebody' WHERE id = "
	    "(SELECT max(id) FROM runs)");
	is_str(approve(run, "b", "Somebody"), "denied: \"Somebody\" started "
	    "the run and may not approve it: somebody else of somebody or "
	    "role:admin may", "who started the run may be kept out");
	is_str(approve(run, "b", "ada"), "denied: \"ada\" may not decide "
	    "this: somebody or role:admin may", "a writer is no admin");
	is_str(vote_as(run, "b", true, "ada", ROLE_ADMIN, NULL, false), "",
	    "a role may be named");
	over(run);
	run = workflow(ON "  b: { environment: strict, " STEPS " }\n");
	is_str(vote_as(run, "b", true, "eve", ROLE_WRITER, NULL, true), "",
	    "force goes over all");
	over(run);
}

static void
test_refs(void)
{
	static const struct {
		const char *rule, *ref;
		bool may;
	} cases[] = {
		{ "branch:main", "refs/heads/main", true },
		{ "branch:release/*", "refs/heads/release/1", true },
		{ "branch:release/*", "refs/heads/release/1/x", false },
		{ "branch:v*", "refs/tags/v1", false },
		{ "tag:v*", "refs/tags/v1", true },
		{ "tag:v*", "refs/heads/v1", false },
		{ "branch:**", "refs/pull/7/merge", false },
		{ "ref:refs/pull/*/merge", "refs/pull/7/merge", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char sql[300];
		int64_t run;

		set_rules(&(struct environment_rules) { .name = "refs",
			.refs = &cases[i].rule, .n_refs = 1 });
		run = workflow(ON "  a: { " STEPS " }\n  b: { needs: a, "
		    "environment: refs, " STEPS " }\n");
		(void)snprintf(sql, sizeof(sql), "UPDATE runs SET context = "
		    "json_set(context, '$.github.ref', '%s') WHERE id = %"
		    PRId64, cases[i].ref, run);
		fixture_sql(path, sql);
		fixture_sql(path, "UPDATE jobs SET rank_ms = 0 WHERE "
		    "state = 'pending' AND key = 'a'");
		{
			int attempt;
			int64_t job = fixture_start(st, &attempt);

			fixture_end(st, job, attempt, "succeed");
		}
		is_str(fixture_jobs(st, run), cases[i].may ?
		    "a=succeeded b=pending" : "a=succeeded b=failed",
		    "%s for %s", cases[i].rule, cases[i].ref);
		if (!cases[i].may && i == 2)
			is_str(reason_of(run, "b"),
			    "\"refs/heads/release/1/x\" may not deploy to "
			    "environment \"refs\": its rules let only "
			    "branch:release/*", "the rule is named");
		over(run);
	}
}

/* --- times ---------------------------------------------------------------- */

static void
test_timer(void)
{
	struct err err = { 0 };
	int64_t run, at;

	set_rules(&(struct environment_rules) { .name = "slow",
		.reviewers = two, .n_reviewers = 2, .wait_ms = 600000,
		.self_review = true });
	run = workflow(ON "  b: { environment: slow, " STEPS " }\n");
	is_int(expire(), 0, "a timer is not over at once");
	must(gates_next(st, &at, &err));
	ok(at > clock_now_ms() + 590000 && at <= clock_now_ms() + 600000,
	    "when it is over is known");
	ok(strncmp(approve(run, "b", "ada"), "waits until ", 12) == 0,
	    "an approval alone is not enough");
	ok(strncmp(reason_of(run, "b"), "waits until ", 12) == 0,
	    "the reason is what is left");
	fixture_sql(path, "UPDATE gates SET due_at_ms = 1 WHERE state = "
	    "'open'");
	is_int(expire(), 1, "its time comes");
	is_str(fixture_jobs(st, run), "b=pending", "and the job goes on");
	is_int(expire(), 0, "once");
	must(gates_next(st, &at, &err));
	is_int(at, 0, "nothing else has a time");
	over(run);
	verify();
}

/* --- steps ---------------------------------------------------------------- */

static const struct {
	const char *what, *gate;
	const char *outputs; /* of the job before */
	const char *jobs, *reason;
} steps[] = {
	{ "a manual gate waits", "manual, approvers: [ada]", "{}",
	    "scan=succeeded gate=waiting after=blocked",
	    "waits for approval by ada: gate \"Release\"" },
	{ "one without approvers is for whoever may write", "manual", "{}",
	    "scan=succeeded gate=waiting after=blocked",
	    "waits for approval by whoever may write: gate \"Release\"" },
	{ "conditions open a gate at once", "automated, "
	    "auto_approve_conditions: [scan.passed == true]",
	    "{\"passed\":\"true\"}",
	    "scan=succeeded gate=succeeded after=pending", "(none)" },
	{ "an output counts before how the job ended", "automated, "
	    "auto_approve_conditions: [scan.passed == true]",
	    "{\"passed\":\"false\"}",
	    "scan=succeeded gate=failed after=skipped",
	    "gate \"Release\" is shut: scan.passed == true is false "
	    "(scan.passed => false)" },
	{ "without such an output it is how the job ended", "automated, "
	    "auto_approve_conditions: [scan.passed == true]", "{}",
	    "scan=succeeded gate=succeeded after=pending", "(none)" },
	{ "all conditions must hold", "manual, approvers: [ada], "
	    "auto_approve_conditions: [scan.passed, scan.n > 3]",
	    "{\"n\":\"3\"}", "scan=succeeded gate=waiting after=blocked",
	    "waits for approval by ada: gate \"Release\"; gate \"Release\" is "
	    "shut: scan.passed is true, scan.n > 3 is false "
	    "(scan.n => \"3\")" },
	{ "expressions of the language do, too", "automated, "
	    "auto_approve_conditions: [\"${{ needs.scan.outputs.n == '3' "
	    "}}\"]", "{\"n\":\"3\"}",
	    "scan=succeeded gate=succeeded after=pending", "(none)" },
	{ "who may approve may be an output", "manual, approvers: [\"${{ "
	    "needs.scan.outputs.who }}\"]", "{\"who\":\"grace\"}",
	    "scan=succeeded gate=waiting after=blocked",
	    "waits for approval by grace: gate \"Release\"" },
	{ "but must be somebody", "manual, approvers: [\"${{ "
	    "needs.scan.outputs.who }}\"]", "{}",
	    "scan=succeeded gate=failed after=skipped",
	    ".ci.yml:4:101: \"approvers\" must name 1 to 100 people" },
};

static void
test_steps(void)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		char text[1000];
		int64_t run, job;
		int attempt;

		(void)snprintf(text, sizeof(text), ON "  scan: { outputs: { x:"
		    " y }, " STEPS " }\n  gate: { needs: scan, " GATE "%s } }"
		    "] }\n  after: { needs: gate, " STEPS " }\n",
		    steps[i].gate);
		run = workflow(text);
		job = fixture_start(st, &attempt);
		fixture_end_with(st, job, attempt, "succeed",
		    steps[i].outputs);
		is_str(fixture_jobs(st, run), steps[i].jobs, "%s",
		    steps[i].what);
		is_str(reason_of(run, "gate"), steps[i].reason,
		    "and says what for");
		over(run);
	}
	verify();
}

static void
test_step_ends(void)
{
	const char *text = ON "  gate: { " GATE "manual, timeout: 2h } }] }\n"
	    "  after: { needs: gate, " STEPS " }\n";
	int64_t run = workflow(text);

	is_str(approve(run, "gate", "anybody"), "", "a gate is approved");
	is_str(fixture_jobs(st, run), "gate=succeeded after=pending",
	    "its job has nothing to run, so it has ended well");
	is_int(fixture_sql(path, "SELECT count(*) FROM steps s JOIN jobs j ON "
	    "j.id = s.job WHERE j.key = 'gate' AND s.state = 'succeeded' AND "
	    "j.attempt = 0 AND j.run = (SELECT max(id) FROM runs)"), 1,
	    "with its step, without an attempt");
	over(run);
	run = workflow(text);
	fixture_sql(path, "UPDATE gates SET due_at_ms = created_at_ms + "
	    "7200000, created_at_ms = 1 WHERE state = 'open'");
	fixture_sql(path, "UPDATE gates SET due_at_ms = 7200001 WHERE state = "
	    "'open'");
	is_int(expire(), 1, "a gate's time is over");
	fixture_advance(st, run);
	is_str(fixture_jobs(st, run), "gate=failed after=skipped",
	    "it has failed");
	is_str(reason_of(run, "gate"), "gate \"Release\": nobody approved it "
	    "within 2 h (timeout)", "with the reason");
	is_str(approve(run, "gate", "ada"), "conflict: job \"gate\" does not "
	    "wait for an approval", "nobody is late");
	verify();
}

static void
test_step_more(void)
{
	int64_t run = workflow(ON "  a: { runs-on: x, steps: [{ type: "
	    "step.gate, if: \"github.ref == 'refs/heads/other'\", config: { "
	    "type: manual } }, { type: step.gate, name: One, config: { type: "
	    "manual, approvers: [ada] } }, { type: step.gate, name: Two, "
	    "config: { type: manual, approvers: [grace, ada] } }, { run: make "
	    "}] }\n");

	is_str(reason_of(run, "a"), "waits for approval by ada: gate \"One\"; "
	    "waits for approval by grace or ada: gate \"Two\"",
	    "gates before other steps hold the job; one whose `if` is false "
	    "does not");
	is_str(approve(run, NULL, "grace"), "waits for approval by ada: gate "
	    "\"One\"", "each is decided by who may");
	is_str(fixture_jobs(st, run), "a=waiting", "the job still waits");
	is_str(approve(run, NULL, "ada"), "", "until the last");
	is_str(fixture_jobs(st, run), "a=pending", "then it runs");
	over(run);
	run = workflow(ON "  a: { " GATE "manual } }] }\n  b: { " GATE
	    "manual } }] }\n");
	is_str(approve(run, NULL, "ada"), "invalid: several jobs wait, say "
	    "which one: \"a\", \"b\"", "of several jobs one is named");
	is_str(approve(run, "a", "ada"), "", "one of them");
	is_str(approve(run, "b", "ada"), "", "and the other");
	is_str(fixture_run_state(st, run), "succeeded",
	    "a run of gates alone ends well");
	verify();
}

/* --- two at once ---------------------------------------------------------- */

static int
vote_in_child(int i, void *ctx)
{
	const struct gate_vote v = { .approve = i % 2 == 0, .name = "ada",
		.role = ROLE_WRITER, .by = "ada" };
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *left;
	struct store *own = fixture_open(path);
	int rc = gates_vote(own, *(int64_t *)ctx, "a", &v, &a, &left, &err);

	arena_release(&a);
	store_close(own);
	return rc == 0 ? 0 : err.code == ERR_CONFLICT ? 1 : 2;
}

static void
test_race(void)
{
	int64_t run = workflow(ON "  a: { " GATE "manual } }] }\n");

	is_int(fixture_fork(8, vote_in_child, &run), 7,
	    "of eight at once one decides");
	is_int(fixture_sql(path, "SELECT count(*) FROM events WHERE type IN "
	    "('gate.approved', 'gate.rejected') AND run = (SELECT max(id) "
	    "FROM runs)"), 1, "and it is told once");
	fixture_advance(st, run);
	verify();
}

/* --- forks ---------------------------------------------------------------- */

static int64_t
fork_run(const char *commit, int *held)
{
	struct run run = { .repo = repo, .workflow = "w", .file = "f.yml",
		.event = "pull_request", .ref = "refs/pull/7/merge",
		.branch = "refs/pull/7/merge", .sha = "aaaa", .title = "t",
		.actor = "mona", .why = "w", .priority = 1,
		.config = ON "  a: { if: always(), " STEPS " }\n",
		.context = "{\"github\":{}}" };
	struct err err = { 0 };

	must(store_begin(st, &err));
	must(run_create(st, &run, &err));
	*held = gate_hold_fork(st, &run, commit, "waits", &err);
	must(*held);
	must(gate_supersede_forks(st, repo, "refs/pull/7/", commit, "run 99",
	    &err));
	must(store_commit(st, &err));
	fixture_advance(st, run.id);
	return run.id;
}

static void
test_forks(void)
{
	int64_t one, two_, three;
	int held;

	one = fork_run("c1", &held);
	ok(held == 1, "a commit from a fork is held");
	is_str(fixture_jobs(st, one), "", "without jobs");
	is_str(fixture_run_state(st, one), "pending", "the run exists");
	two_ = fork_run("c1", &held);
	ok(held == 1, "another run of the same commit, too");
	is_str(approve(one, NULL, "ada"), "", "the commit is approved");
	is_str(fixture_jobs(st, one), "a=pending", "the run has its jobs");
	fixture_advance(st, two_);
	is_str(fixture_jobs(st, two_), "a=pending",
	    "and so has the other of that commit");
	three = fork_run("c1", &held);
	ok(held == 0, "a later one of that commit is not held");
	is_str(fixture_jobs(st, three), "a=pending", "it has its jobs");
	over(one);
	over(two_);
	over(three);

	one = fork_run("c2", &held);
	ok(held == 1, "a new commit is held again");
	two_ = fork_run("c3", &held);
	is_str(fixture_run_state(st, one), "cancelled",
	    "and ends the one before, which waits");
	is_str(fixture_jobs(st, one), "", "without any job");
	is_str(approve(one, NULL, "ada"), "conflict: nothing of this run waits "
	    "for an approval", "an outdated commit cannot be approved");
	is_str(vote_as(two_, NULL, false, "ada", ROLE_WRITER, "no", false), "",
	    "a commit is rejected");
	is_str(fixture_run_state(st, two_), "cancelled", "its run ends");
	is_str(fixture_jobs(st, two_), "", "and no always() has run");
	three = fork_run("c3", &held);
	ok(held == 1, "a rejected commit is asked for again");
	fixture_cancel(st, three);
	is_str(fixture_run_state(st, three), "cancelled",
	    "a cancel ends it");
	is_str(fixture_jobs(st, three), "", "without any job");
	verify();
}

int
main(void)
{
	st = fixture_store(&path);
	repo = fixture_repo(st, "demo");
	test_rules();
	test_reviewers();
	test_rejected();
	test_cancelled();
	test_fail_fast();
	test_self_review();
	test_refs();
	test_timer();
	test_steps();
	test_step_ends();
	test_step_more();
	test_race();
	test_forks();
	store_close(st);
	return tap_done();
}

/*
 * planner.c - pawl-planner DELIVERY: from a stored webhook to runs.
 *
 * A short-lived child: it updates the mirror, reads the pipeline files of the
 * exact commit, and creates the runs together with the delivery's verdict in
 * one transaction. It may be killed at any moment and started again, even
 * while another one of the same delivery lives: only one verdict is taken.
 *
 * pawl-planner --run ID decides what a run does next (advance.h).
 *
 * Exit code 0: there is a verdict. EXIT_TRY_AGAIN: the infrastructure failed
 * and the supervisor may start another attempt.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <signal.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/wake.h"
#include "workerd/advance.h"

/* What a delivery is left with, besides "plan". */
static int
settle(struct planner *p, const char *on, const char *verdict,
    struct err *err)
{
	int rc = delivery_settle(p->program.store, p->delivery.id, on,
	    verdict, err);

	if (rc == -1 && err->code == ERR_CONFLICT) {
		err_clear(err); /* another planner was faster */
		return 0;
	}
	if (rc == 0)
		log_info("delivery settled", LOG_STR("on", on),
		    LOG_STR("verdict", verdict));
	return rc;
}

/* Read the delivery and its repository: 1, 0 when it has its verdict. */
static int
load(struct planner *p, struct err *err)
{
	struct store *st = p->program.store;
	const char *id = p->program.operands[0];
	struct str path = STR_INIT;
	int rc;

	rc = delivery_find(st, id, &p->arena, &p->delivery, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "there is no delivery \"%.40s\"", id);
	if (rc == -1 || p->delivery.state != DELIVERY_RECEIVED)
		return rc == -1 ? -1 : 0;
	rc = repo_find_id(st, p->delivery.repo, &p->arena, &p->repo, err);
	if (rc == 0)
		return err_set(err, ERR_NOT_FOUND,
		    "its repository was removed");
	layout_mirror(&path, p->program.config.state_dir, p->repo.owner,
	    p->repo.name);
	p->mirror = arena_strdup(&p->arena, path.s);
	str_release(&path);
	return rc;
}

static void
say_no_file(struct planner *p)
{
	str_addf(&p->verdict, "no pipeline file in commit %.12s (looked for",
	    p->commit);
	for (size_t i = 0; pipeline_places[i] != NULL; i++)
		str_addf(&p->verdict, "%s %s", i > 0 ? "," : "",
		    pipeline_places[i]);
	str_add(&p->verdict, "; symbolic links do not count)");
}

/* The delivery has its verdict; what fails now is tried again by another
 * planner, for the runs are marked. */
static void
advance_all(struct planner *p)
{
	struct err err = { 0 };

	wake_send(p->program.config.run_dir);
	for (size_t i = 0; i < p->n_files; i++)
		if (p->files[i].run != 0 && run_advance(p->program.store,
		    &p->program.config, p->files[i].run, &err) == -1) {
			log_err("a run could not be decided yet", &err);
			err_clear(&err);
		}
}

/* All that must be known before runs can be made: 1, 0 with a verdict, -1. */
static int
prepare(struct planner *p, struct err *err)
{
	int rc = planner_event(p, err);

	if (rc == 1 && planner_stored_event(p, err) == -1)
		return -1;
	if (rc == 1 && p->git == NULL)
		rc = git_open(&p->program.config, &p->git, err) == -1 ? -1 :
		    1;
	if (rc == 1)
		rc = planner_fetch(p, err);
	if (rc != 1)
		return rc;
	rc = planner_is_newest(p, err);
	if (rc == -1)
		return -1;
	p->newest = rc == 1;
	if (p->n_files == 0) {
		say_no_file(p);
		return 0;
	}
	if (planner_event_commit(p, err) == -1)
		return -1;
	planner_parse(p);
	for (size_t i = 0; i < p->n_files; i++)
		if (p->files[i].triggered &&
		    planner_sources(p, &p->files[i], err) == -1)
			return -1;
	return 1;
}

/* Those that start nothing have a verdict. */
static int
prepare_all(struct planner *first, struct err *err)
{
	bool fetched = false;
	int rc;

	for (struct planner *p = first; p != NULL; p = p->next) {
		p->git = first->git;
		p->fetched = fetched;
		rc = prepare(p, err);
		if (rc == -1)
			return -1;
		first->git = p->git;
		fetched |= p->fetched;
		p->ready = rc == 1;
	}
	return 0;
}

static int
plan(struct planner *p, struct err *err)
{
	int rc = load(p, err);

	if (rc == 1)
		rc = planner_changes(p, err);
	if (rc == 0 && p->verdict.len > 0)
		return settle(p, "ignore", p->verdict.s, err);
	if (rc != 1)
		return rc;
	if (prepare_all(p, err) == -1)
		return -1;
	rc = planner_store(p, err);
	if (rc == -1 && err->code == ERR_CONFLICT) {
		err_clear(err);
		return 0;
	}
	for (; p != NULL && rc == 0; p = p->next)
		advance_all(p);
	return rc;
}

/* What the infrastructure did is tried again, a few times; all else is
 * final. */
static int
give_up(struct planner *p, const struct err *why)
{
	struct str verdict = STR_INIT;
	struct err err = { 0 };
	int code = EXIT_TRY_AGAIN;

	log_err("the delivery could not be planned", why);
	if (err_kind(why->code) == ERR_KIND_INFRA &&
	    p->delivery.attempts < RETRY_PLAN_ATTEMPTS)
		return EXIT_TRY_AGAIN;
	str_addf(&verdict, "%s", why->text);
	if (p->delivery.attempts > 1)
		str_addf(&verdict, " (attempt %d)", p->delivery.attempts);
	if (p->delivery.id[0] != '\0' &&
	    settle(p, "fail", verdict.s, &err) == 0)
		code = 0;
	else if (p->delivery.id[0] != '\0')
		log_err("the verdict could not be stored", &err);
	str_release(&verdict);
	return code;
}

static void
release_files(struct planner *p)
{
	for (size_t i = 0; i < p->n_files; i++) {
		str_release(&p->files[i].text);
		str_release(&p->files[i].problems);
	}
	str_release(&p->verdict);
	arena_release(&p->arena);
}

/* The others live in the arena of the first. */
static void
release(struct planner *p)
{
	for (struct planner *q = p->next; q != NULL; q = q->next)
		release_files(q);
	git_close(p->git);
	release_files(p);
	program_end(&p->program);
}

/* pawl-planner --run ID: whoever was to decide it did not. */
static int
decide(struct planner *p, struct err *err)
{
	if (run_advance(p->program.store, &p->program.config,
	    program_number(&p->program, 0), err) == 0)
		return 0;
	log_err("the run could not be decided", err);
	return EXIT_TRY_AGAIN;
}

int
main(int argc, char **argv)
{
	struct planner p = {
		.program = { .name = "pawl-planner",
		    .usage = "DELIVERY", .takes_run = true },
		.verdict = STR_INIT,
	};
	struct err err = { 0 };
	int code = 0;

	program_start(&p.program, argc, argv);
	log_context(p.program.run ? "run" : "delivery",
	    p.program.operands[0]);
	program_open_store(&p.program, STORE_EXISTING);
	signal(SIGPIPE, SIG_IGN);
	if (p.program.run)
		code = decide(&p, &err);
	else if (plan(&p, &err) == -1)
		code = give_up(&p, &err);
	wake_send(p.program.config.run_dir);
	release(&p);
	return code;
}

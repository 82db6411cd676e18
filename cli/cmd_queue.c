/*
 * cmd_queue.c - pawl queue: who waits and why, pauses, limits; drain and
 * resume.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/render/json_queue.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"

#define SCOPE_OPTIONS \
	{ "repo", 'r', "OWNER/NAME", "only jobs of this repository", false }, \
	{ "owner", 'o', "OWNER", "only jobs of this owner", false }
#define REASON_OPTION \
	{ "reason", 0, "TEXT", "said to everybody whose job waits", false }

const struct cli_option queue_options[] = {
	{ "limit", 'n', "N", "how many jobs [50]", false },
	{ "skip", 0, "N", "leave out the first N [0]", false },
	{ "stats", 0, NULL, "who has what of the host, instead of the jobs",
	    false },
	{ NULL, 0, NULL, NULL, false },
};
const struct cli_option queue_pause_options[] = {
	SCOPE_OPTIONS, REASON_OPTION, { NULL, 0, NULL, NULL, false },
};
const struct cli_option queue_resume_options[] = {
	SCOPE_OPTIONS, { NULL, 0, NULL, NULL, false },
};
const struct cli_option queue_limit_options[] = {
	{ "repo", 'r', "OWNER/NAME", "of this repository", false },
	{ "owner", 'o', "OWNER", "of this owner", false },
	{ "label", 'l', "LABEL", "that ask for this label in runs-on", false },
	{ NULL, 0, NULL, NULL, false },
};
const struct cli_option drain_options[] = {
	REASON_OPTION, { NULL, 0, NULL, NULL, false },
};

/* --- the line ------------------------------------------------------------- */

static void
print_line(struct cli *cli, const struct queue_entry *line, size_t n)
{
	int64_t now = clock_now_ms();
	struct arena *a = &cli->arena;
	struct term_table t;

	term_table_init(&t, a, 6);
	for (size_t i = 0; i < n; i++) {
		const struct queue_entry *e = &line[i];

		term_cell(&t, TERM_PLAIN, "%s", e->place == 0 ? "-" :
		    arena_printf(a, "%" PRId64, e->place));
		term_cell(&t, TERM_BOLD, "%s/%s#%" PRId64, e->owner, e->name,
		    e->number);
		term_cell(&t, TERM_PLAIN, "%s", e->title);
		term_cell(&t, TERM_DIM, "priority %d", e->priority);
		term_cell(&t, TERM_DIM, "%s", term_span(a, e->queued_at_ms, 0,
		    now));
		term_cell(&t, e->place == 0 ? TERM_YELLOW : TERM_PLAIN, "%s",
		    e->reason);
	}
	term_table_print(&t, cli->color, stdout);
}

/* Above the list: how full the host is, and what stops all of it. */
static int
print_state(struct cli *cli, struct err *err)
{
	struct queue_stats stats;
	struct queue_stop *stops;
	struct str s = STR_INIT;
	size_t n;

	if (queue_stats(cli->store, &stats, err) == -1 ||
	    queue_stops(cli->store, &cli->arena, &stops, &n, err) == -1)
		return -1;
	str_addf(&s, "%" PRId64 " waiting, %" PRId64 " of %" PRId64
	    " slots used", stats.pending, stats.active, cli->config.max_jobs);
	for (size_t i = 0; i < n; i++)
		str_addf(&s, "; %s by %s%s%s", stops[i].drain ?
		    "the host is being drained" : "paused", stops[i].by,
		    stops[i].reason != NULL ? ": " : "",
		    stops[i].reason != NULL ? stops[i].reason : "");
	str_add_char(&s, '\n');
	term_styled(&s, false, TERM_PLAIN, "");
	fputs(s.s, stdout);
	str_release(&s);
	return 0;
}

/* --- shares --------------------------------------------------------------- */

static const char *
limit_text(struct cli *cli, int64_t own, int64_t standard)
{
	int64_t max = own >= 0 ? own : standard > 0 ? standard : -1;

	return max == -1 ? "" : arena_printf(&cli->arena, "at most %" PRId64,
	    max);
}

static void
share_row(struct cli *cli, struct term_table *t, const char *name,
    int64_t ready, int64_t running, int64_t used_ms, const char *limit,
    const char *paused_by)
{
	char used[CLOCK_TEXT_SIZE];

	term_cell(t, strchr(name, '/') == NULL ? TERM_BOLD : TERM_PLAIN, "%s",
	    name);
	term_cell(t, TERM_PLAIN, "%" PRId64 " running", running);
	term_cell(t, TERM_PLAIN, "%" PRId64 " ready", ready);
	term_cell(t, TERM_DIM, "used %s", clock_duration(used_ms, used));
	term_cell(t, TERM_PLAIN, "%s", limit);
	term_cell(t, TERM_YELLOW, "%s", paused_by == NULL ? "" :
	    arena_printf(&cli->arena, "paused by %s", paused_by));
}

static void
print_shares(struct cli *cli, const struct queue_share *list, size_t n)
{
	const struct config *c = &cli->config;
	struct term_table t;

	term_table_init(&t, &cli->arena, 6);
	for (size_t i = 0; i < n; i++) {
		const struct queue_share *s = &list[i];

		if (i == 0 || strcmp(s->owner, list[i - 1].owner) != 0)
			share_row(cli, &t, s->owner, s->owner_ready,
			    s->owner_running, s->owner_used_ms,
			    limit_text(cli, s->owner_max, c->max_owner_jobs),
			    s->owner_paused_by);
		share_row(cli, &t, arena_printf(&cli->arena, "  %s/%s",
		    s->owner, s->name), s->ready, s->running, s->used_ms,
		    limit_text(cli, s->max_running, c->max_repo_jobs),
		    s->paused_by);
	}
	term_table_print(&t, cli->color, stdout);
}

static void
print_labels(struct cli *cli, const struct queue_label *labels, size_t n)
{
	struct term_table t;

	term_table_init(&t, &cli->arena, 3);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_BOLD, "label %s", labels[i].label);
		term_cell(&t, TERM_PLAIN, "%" PRId64 " running",
		    labels[i].running);
		term_cell(&t, TERM_PLAIN, "at most %" PRId64,
		    labels[i].max_running);
	}
	term_table_print(&t, cli->color, stdout);
}

static int
show_stats(struct cli *cli, struct err *err)
{
	struct queue_share *shares;
	struct queue_label *labels;
	json_t *o = NULL;
	size_t n, n_labels;

	if (cli->json) {
		o = json_queue_stats(cli->store, &cli->config, &cli->arena,
		    err);
		return o == NULL ? -1 : json_out(o, err);
	}
	if (print_state(cli, err) == -1 ||
	    queue_shares(cli->store, QUEUE_LINE_MAX, &cli->arena, &shares,
		&n, err) == -1 ||
	    queue_labels(cli->store, &cli->arena, &labels, &n_labels, err) ==
	    -1)
		return -1;
	print_shares(cli, shares, n);
	print_labels(cli, labels, n_labels);
	return CLI_OK;
}

int
cmd_queue(struct cli *cli, struct err *err)
{
	const struct queue_limits limits = queue_limits_of(&cli->config);
	struct queue_query q = { 0 };
	struct queue_entry *line;
	long long limit, skip;
	size_t n;

	if (args_option(cli, "stats") != NULL)
		return show_stats(cli, err);
	if (args_number(cli, "limit", 1, QUEUE_LINE_MAX, 50, &limit, err) ==
	    -1 || args_number(cli, "skip", 0, INT32_MAX, 0, &skip, err) == -1)
		return -1;
	q.limit = limit;
	q.skip = skip;
	if (queue_line(cli->store, &q, &limits, &cli->arena, &line, &n, err) ==
	    -1)
		return -1;
	if (cli->json)
		return json_out(json_queue_line(&cli->config, line, n), err);
	if (print_state(cli, err) == -1)
		return -1;
	print_line(cli, line, n);
	return CLI_OK;
}

/* --- pauses --------------------------------------------------------------- */

static int
read_scope(struct cli *cli, struct queue_scope *scope, struct err *err)
{
	const char *repo = args_option(cli, "repo");
	struct repo found;

	*scope = (struct queue_scope){ .what = QUEUE_ALL };
	scope->name = args_option(cli, "owner");
	if (scope->name != NULL && repo != NULL)
		return err_set(err, ERR_INVALID, "--repo and --owner do not "
		    "go together");
	if (scope->name != NULL)
		scope->what = QUEUE_OWNER;
	if (repo == NULL)
		return 0;
	if (ref_find_repo(cli, repo, &found, err) == -1)
		return -1;
	*scope = (struct queue_scope){ QUEUE_REPO,
		arena_printf(&cli->arena, "%s/%s", found.owner, found.name),
		found.id };
	return 0;
}

static const char *
scope_text(const struct queue_scope *scope)
{
	switch (scope->what) {
	case QUEUE_HOST:
		return "the host";
	case QUEUE_ALL:
		return "the queue";
	case QUEUE_OWNER:
	case QUEUE_REPO:
	case QUEUE_LABEL:
		break;
	}
	return scope->name;
}

static int
pause_scope(struct cli *cli, const struct queue_scope *scope,
    const char *done, struct err *err)
{
	int rc = queue_pause(cli->store, scope, cli_by(cli),
	    args_option(cli, "reason"), err);

	if (rc == -1)
		return -1;
	printf("%s %s%s\n", done, scope_text(scope), rc == 1 ? "" :
	    " already");
	return CLI_OK;
}

static int
resume_scope(struct cli *cli, const struct queue_scope *scope,
    const char *what, struct err *err)
{
	int rc = queue_resume(cli->store, scope, err);

	if (rc == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (rc == 1)
		printf("resumed %s\n", scope_text(scope));
	else
		printf("%s is not %s\n", scope_text(scope), what);
	return CLI_OK;
}

int
cmd_queue_pause(struct cli *cli, struct err *err)
{
	struct queue_scope scope;

	return read_scope(cli, &scope, err) == -1 ? -1 :
	    pause_scope(cli, &scope, "paused", err);
}

int
cmd_queue_resume(struct cli *cli, struct err *err)
{
	struct queue_scope scope;

	return read_scope(cli, &scope, err) == -1 ? -1 :
	    resume_scope(cli, &scope, "paused", err);
}

int
cmd_drain(struct cli *cli, struct err *err)
{
	const struct queue_scope scope = { .what = QUEUE_HOST };

	return pause_scope(cli, &scope, "draining", err);
}

int
cmd_resume(struct cli *cli, struct err *err)
{
	const struct queue_scope scope = { .what = QUEUE_HOST };

	return resume_scope(cli, &scope, "being drained", err);
}

/* --- limits --------------------------------------------------------------- */

#define LIMIT_MAX 100000

int
cmd_queue_limit(struct cli *cli, struct err *err)
{
	const char *label = args_option(cli, "label");
	struct queue_scope scope;
	long long max = -1;

	if (read_scope(cli, &scope, err) == -1)
		return -1;
	if ((scope.what == QUEUE_ALL) == (label == NULL))
		return err_set(err, ERR_INVALID, "one of --repo, --owner and "
		    "--label says whose limit it is; that of the host is "
		    "\"max-jobs\" of the configuration");
	if (label != NULL)
		scope = (struct queue_scope){ QUEUE_LABEL, label, 0 };
	if (strcmp(cli->words[0], "none") != 0 &&
	    !str_to_int64(cli->words[0], 0, LIMIT_MAX, &max))
		return err_set(err, ERR_INVALID, "\"%s\" is not \"none\" nor "
		    "a number from 0 to %d", cli->words[0], LIMIT_MAX);
	if (queue_limit(cli->store, &scope, max, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	if (max == -1)
		printf("%s has no limit of its own\n", scope_text(&scope));
	else
		printf("at most %lld jobs of %s run at once\n", max,
		    scope_text(&scope));
	return CLI_OK;
}

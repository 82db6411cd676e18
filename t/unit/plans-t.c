/*
 * plans-t.c - no statement reads a table that grows from end to end.
 *
 * Walks all named statements through EXPLAIN QUERY PLAN. A scan, or a sort
 * that no index does, must be named here with its reason.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static const struct {
	const char *statement;
	const char *detail;
	const char *reason;
} allowed[] = {
	{ "alert_count", "SCAN alerts USING COVERING INDEX "
	    "sqlite_autoindex_alerts_1", "1,000 at most" },
	{ "alert_dead_letters", "SCAN CONSTANT ROW", "one number" },
	{ "alert_dead_letters", "SCAN o USING INDEX outbox_dead",
	    "what is given up and not old" },
	{ "alert_duration_p99", "SCAN CONSTANT ROW",
	    "one row" },
	{ "alert_duration_p99", "SCAN d",
	    "what ended within a window" },
	{ "alert_duration_p99", "USE TEMP B-TREE FOR ORDER BY",
	    "the same" },
	{ "alert_step_duration_p99", "SCAN CONSTANT ROW",
	    "one row" },
	{ "alert_step_duration_p99", "SCAN d",
	    "what ended within a window" },
	{ "alert_step_duration_p99", "USE TEMP B-TREE FOR ORDER BY",
	    "the same" },
	{ "alert_list", "SCAN alerts USING INDEX sqlite_autoindex_alerts_1",
	    "1,000 at most, in order" },
	{ "audit_trim_time", "SCAN audit", "from the oldest to the first that "
	    "stays" },
	{ "artifact_next_store", "SCAN artifacts USING INDEX "
	    "artifacts_to_store", "the first entry of the index" },
	{ "board_broken", "SCAN p", "a few rows of each repository" },
	{ "board_broken", "USE TEMP B-TREE FOR ORDER BY",
	    "what is broken now" },
	{ "board_broken", "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
	    "the errors of one job, 50 at most" },
	{ "board_history", "USE TEMP B-TREE FOR ORDER BY",
	    "the newest of the repositories on a page" },
	{ "board_projects", "SCAN p USING INDEX sqlite_autoindex_repos_1",
	    "repositories, 1,000 rows at most" },
	{ "board_repos", "SCAN p", "a few rows of each repository" },
	{ "board_repos", "USE TEMP B-TREE FOR ORDER BY",
	    "a row for each repository" },
	{ "board_waits", "SCAN CONSTANT ROW", "one row of two numbers" },
	{ "board_waits", "SCAN gates USING INDEX gates_open",
	    "what waits now" },
	{ "board_waits", "SCAN j USING INDEX jobs_pending",
	    "the jobs that wait now" },
	{ "cache_oldest", "SCAN caches USING INDEX caches_used",
	    "in the order of the index, to a limit" },
	{ "cache_total", "SCAN caches USING COVERING INDEX caches_used",
	    "a sum, by the janitor and after a save of `pawl run`" },
	{ "annotation_list", "USE TEMP B-TREE FOR ORDER BY",
	    "at most 50 of each job of one run" },
	{ "delivery_waiting", "SCAN deliveries USING COVERING INDEX "
	    "deliveries_received", "what waits" },
	{ "detail_event", "SCAN json_each VIRTUAL TABLE INDEX 3:",
	    "the variables of one run" },
	{ "engine_list", "SCAN engine_states", "two rows" },
	{ "grant_list", "USE TEMP B-TREE FOR ORDER BY",
	    "at most 200 of one user" },
	{ "inbox_seen", "SCAN l", "as many as are listed" },
	{ "inbox_seen", "USE TEMP B-TREE FOR ORDER BY",
	    "as many as are listed" },
	{ "inbox_seen_event", "SCAN l", "as many as are listed" },
	{ "inbox_seen_event", "USE TEMP B-TREE FOR ORDER BY",
	    "as many as are listed" },
	{ "inbox_seen_state", "SCAN l", "as many as are listed" },
	{ "inbox_seen_state", "USE TEMP B-TREE FOR ORDER BY",
	    "as many as are listed" },
	{ "repo_removed_next", "SCAN removed_repos", "the first one" },
	{ "repo_seen", "USE TEMP B-TREE FOR ORDER BY",
	    "all that somebody may read are asked for" },
	{ "run_search_end_seen", "SCAN l", "a window of runs" },
	{ "run_search_end_seen", "SCAN line", "a window of runs" },
	{ "run_search_seen", "SCAN l", "a window of runs" },
	{ "run_search_seen", "USE TEMP B-TREE FOR ORDER BY",
	    "a window of runs" },
	{ "hook_list", "SCAN hooks", "as many as files in a folder" },
	{ "hook_tries", "SCAN outbox_tries", "a ring, to a limit" },
	{ "inbox_waiting", "SCAN deliveries USING COVERING INDEX "
	    "deliveries_received", "what waits, to a limit" },
	{ "insight_jobs", "SCAN q USING COVERING INDEX "
	    "sqlite_autoindex_repos_1", "of each repository the period alone" },
	{ "insight_jobs", "USE TEMP B-TREE FOR ORDER BY",
	    "the runs of a period, and the jobs of some" },
	{ "insight_jobs", "USE TEMP B-TREE FOR GROUP BY",
	    "the jobs of 2,000 runs" },
	{ "insight_jobs", "SCAN e", "2,000 runs" },
	{ "insight_runs", "SCAN p USING COVERING INDEX "
	    "sqlite_autoindex_repos_1", "of each repository the period alone" },
	{ "meta_foreign_key_check", "SCAN pragma_foreign_key_check VIRTUAL "
	    "TABLE INDEX 0:", "the whole is what is checked" },
	{ "meta_tables", "SCAN sqlite_master", "a row for each table" },
	{ "notify_list", "SCAN notify_rules", "all of a small table" },
	{ "notify_list_places", "USE TEMP B-TREE FOR ORDER BY",
	    "the rules of three places" },
	{ "number_counted_by_repo", "USE TEMP B-TREE FOR GROUP BY",
	    "a dozen rows for each repository" },
	{ "number_deliveries_oldest", "SCAN CONSTANT ROW", "one number" },
	{ "number_deliveries_waiting", "SCAN deliveries USING COVERING INDEX "
	    "deliveries_received", "what waits" },
	{ "number_engines_up", "SCAN engine_states", "two rows" },
	{ "number_gates_open", "SCAN gates USING INDEX gates_open",
	    "what waits now" },
	{ "number_hosts_left", "SCAN outbox_hosts",
	    "the hosts that do not answer now" },
	{ "number_outbox_dead", "SCAN outbox USING INDEX outbox_dead",
	    "what is given up and not old" },
	{ "number_outbox_oldest", "SCAN CONSTANT ROW", "one number" },
	{ "number_outbox_queued", "SCAN outbox USING INDEX outbox_once",
	    "what waits now" },
	{ "number_queue_jobs", "SCAN jobs USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "number_queue_jobs", "SCAN jobs USING INDEX jobs_pending",
	    "the queue" },
	{ "number_queue_jobs", "USE TEMP B-TREE FOR GROUP BY",
	    "of the jobs that run now" },
	{ "number_queue_oldest", "SCAN CONSTANT ROW", "one number" },
	{ "number_queue_oldest", "SCAN jobs USING INDEX jobs_pending",
	    "the first entry of the index" },
	{ "number_queue_stopped", "SCAN CONSTANT ROW", "two numbers" },
	{ "number_queue_stopped", "SCAN w", "two rows" },
	{ "step_list_jobs", "USE TEMP B-TREE FOR ORDER BY",
	    "the steps of one page" },
	{ "outbox_counts", "SCAN CONSTANT ROW", "one row of two numbers" },
	{ "outbox_counts", "SCAN outbox USING INDEX outbox_due",
	    "what waits now" },
	{ "outbox_counts", "SCAN outbox USING INDEX outbox_dead",
	    "what is given up and not old" },
	{ "outbox_dead_ids", "SCAN outbox USING INDEX outbox_dead",
	    "in the order of the index, to a limit" },
	{ "outbox_host_list", "SCAN outbox_hosts",
	    "the hosts that do not answer now" },
	{ "outbox_next_due", "SCAN outbox USING INDEX outbox_due",
	    "the first entry of the index" },
	{ "outbox_next_files", "SCAN outbox USING INDEX outbox_files",
	    "the first entry of the index" },
	{ "reporting_sealed", "SCAN CONSTANT ROW", "when there is no key" },
	{ "reporting_sealed", "SCAN notify_rules", "a small table, then" },
	{ "reporting_sealed", "SCAN reporting", "a small table, then" },
	{ "outbox_host_recall", "SCAN outbox_hosts",
	    "the hosts that do not answer now" },
	{ "queue_active", "SCAN jobs USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "queue_claim", "SCAN o USING INDEX queue_owners_next",
	    "up to the first owner who may have one more" },
	{ "queue_claim", "SCAN queue_stops", "two rows at most" },
	{ "queue_claim", "SCAN jobs USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "queue_claim", "SCAN q", "labels with a limit" },
	{ "queue_claim", "SCAN a USING COVERING INDEX queue_lanes_running",
	    "lanes whose jobs run now" },
	{ "queue_claim", "USE TEMP B-TREE FOR RIGHT PART OF ORDER BY",
	    "the lanes of one repository" },
	{ "queue_label_limits", "SCAN q", "labels with a limit" },
	{ "queue_label_limits", "SCAN a USING COVERING INDEX "
	    "queue_lanes_running", "lanes whose jobs run now" },
	{ "queue_line", "SCAN jobs USING INDEX jobs_pending",
	    "the jobs that wait now" },
	{ "queue_line", "SCAN j USING INDEX jobs_pending",
	    "the jobs that wait now" },
	{ "queue_line", "SCAN q", "labels with a limit" },
	{ "queue_line", "SCAN a USING COVERING INDEX queue_lanes_running",
	    "lanes whose jobs run now" },
	{ "queue_line", "SCAN w", "the jobs that wait now" },
	{ "queue_line", "SEARCH l USING AUTOMATIC COVERING INDEX (id=?)",
	    "lanes whose jobs wait now" },
	{ "queue_line", "USE TEMP B-TREE FOR ORDER BY",
	    "the jobs that wait now" },
	{ "queue_recount_lanes", "SCAN l USING COVERING INDEX "
	    "sqlite_autoindex_queue_lanes_1", "all are counted, by the "
	    "janitor" },
	{ "queue_recount_lanes", "SCAN j USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "queue_recount_lost", "SCAN jobs USING INDEX jobs_pending",
	    "the queue" },
	{ "queue_recount_owners", "SCAN o USING COVERING INDEX "
	    "queue_owners_used", "all are counted, by the janitor" },
	{ "queue_recount_repos", "SCAN r USING COVERING INDEX "
	    "queue_repos_used", "all are counted, by the janitor" },
	{ "queue_running", "SCAN jobs USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "queue_shares", "SCAN p USING COVERING INDEX "
	    "sqlite_autoindex_repos_1", "a row for each repository" },
	{ "queue_shares", "USE TEMP B-TREE FOR ORDER BY",
	    "a row for each repository" },
	{ "queue_stops", "SCAN queue_stops", "two rows at most" },
	{ "queue_sweep", "SCAN queue_lanes", "all are looked at, by the "
	    "janitor" },
	{ "rebuild_lanes", "SCAN q", "all are looked at, by a person" },
	{ "rebuild_lanes", "SCAN j USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "queue_waits", "SCAN CONSTANT ROW", "one row of one number" },
	{ "queue_waits", "SCAN queue_owners USING INDEX queue_owners_next",
	    "the first entry of the index" },
	{ "queue_stats", "SCAN CONSTANT ROW", "one row of two numbers" },
	{ "queue_stats", "SCAN jobs USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "queue_stats", "SCAN jobs USING INDEX jobs_pending",
	    "the jobs that wait now" },
	{ "summary_total", "SCAN seen", "20,000 runs at most" },
	{ "summary_place", "SCAN seen", "20,000 runs at most" },
	{ "summary_place", "USE TEMP B-TREE FOR ORDER BY", "the same" },
	{ "summary_hours", "SCAN seen", "20,000 runs at most" },
	{ "summary_hours", "USE TEMP B-TREE FOR GROUP BY", "the same" },
	{ "summary_steps", "SCAN seen", "the steps of 20,000 runs" },
	{ "summary_steps", "SCAN placed", "the same" },
	{ "summary_steps", "USE TEMP B-TREE FOR ORDER BY", "the same" },
	{ "summary_steps", "USE TEMP B-TREE FOR GROUP BY", "the same" },
	{ "reconcile_want", "SCAN p", "all repositories are asked for" },
	{ "repo_active", "SCAN j USING INDEX jobs_active",
	    "the jobs that run now" },
	{ "repo_all", "SCAN repos USING INDEX sqlite_autoindex_repos_1",
	    "all of a small table are asked for, in order" },
	{ "repo_unsettled", "SCAN repos USING INDEX repos_unsettled",
	    "what a kill left half done" },
	{ "artifact_list", "USE TEMP B-TREE FOR ORDER BY",
	    "what the jobs of one run have kept" },
	{ "sign_in_unlearn", "USE TEMP B-TREE FOR ORDER BY",
	    "at most 51 of one user" },
	{ "link_not_first", "SCAN CONSTANT ROW", "whether there is one" },
	{ "link_not_first", "SCAN users USING COVERING INDEX "
	    "sqlite_autoindex_users_1", "its first row" },
	{ "link_not_first", "SCAN tokens USING COVERING INDEX tokens_name",
	    "its first row" },
	{ "link_delete_kind", "SCAN links", "what waits to be used" },
	{ "token_list", "SCAN t USING INDEX tokens_name",
	    "all are asked for" },
	{ "user_admins", "SCAN g USING INDEX grants_admin",
	    "those who may administer everything" },
	{ "sees_hidden", "SCAN CONSTANT ROW", "one answer" },
	{ "sees_hidden", "SCAN p USING INDEX repos_private",
	    "up to the first that is hidden" },
	{ "sees_list", "SCAN p", "all of a small table, when one is hidden" },
	{ "secret_count", "SCAN secrets USING COVERING INDEX "
	    "sqlite_autoindex_secrets_1", "when there is no key" },
	{ "secret_list", "SCAN s USING INDEX sqlite_autoindex_secrets_1",
	    "all are asked for, in order" },
	{ "secret_list_repo", "USE TEMP B-TREE FOR ORDER BY",
	    "what one repository has, 1,000 in a place" },
	{ "hook_secret_list", "USE TEMP B-TREE FOR ORDER BY",
	    "a repository has 16 at most" },
	{ "hook_secret_all", "SCAN hook_secrets USING COVERING INDEX "
	    "sqlite_autoindex_hook_secrets_1", "a small table, when a key is lost" },
};
static bool used[ARRAY_LEN(allowed)];

static bool
is_allowed(const char *statement, const char *detail)
{
	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		if (str_equal(allowed[i].statement, statement) &&
		    str_equal(allowed[i].detail, detail)) {
			used[i] = true;
			return true;
		}
	return false;
}

static bool
is_costly(const char *detail)
{
	if (str_starts_with(detail, "SCAN (subquery-"))
		return false; /* what it was made of has its own line */
	if (strstr(detail, " VIRTUAL TABLE INDEX 1:") != NULL)
		return false; /* json_each() of a parameter */
	return str_starts_with(detail, "SCAN ") ||
	    str_starts_with(detail, "USE TEMP B-TREE") ||
	    strstr(detail, "AUTOMATIC") != NULL;
}

/* Costly lines of a statement's plan that nobody allowed. */
static void
walk_plan(sqlite3 *db, const char *name, const char *sql, struct str *out)
{
	struct str explain = STR_INIT;
	sqlite3_stmt *s = NULL;

	str_addf(&explain, "EXPLAIN QUERY PLAN %s", sql);
	if (sqlite3_prepare_v2(db, explain.s, -1, &s, NULL) != SQLITE_OK)
		str_addf(out, "%s; ", sqlite3_errmsg(db));
	while (s != NULL && sqlite3_step(s) == SQLITE_ROW) {
		const char *detail = (const char *)sqlite3_column_text(s, 3);

		if (is_costly(detail) && !is_allowed(name, detail))
			str_addf(out, "%s; ", detail);
	}
	(void)sqlite3_finalize(s);
	str_release(&explain);
}

static bool
has_plan(const char *sql)
{
	return str_starts_with(sql, "SELECT") ||
	    str_starts_with(sql, "WITH") ||
	    str_starts_with(sql, "INSERT") ||
	    str_starts_with(sql, "UPDATE") || str_starts_with(sql, "DELETE");
}

/* Steps of SQLite's machine for one claim. */
static int
claim_cost(struct store *st)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job job;
	int cost, attempt;

	must(queue_claim(st, "w", 60000, NULL, &a, &job, &err));
	cost = sqlite3_stmt_status(st->cache[SQL_QUEUE_CLAIM],
	    SQLITE_STMTSTATUS_VM_STEP, 1);
	attempt = job.attempt;
	must(job_start(st, job.id, attempt, "sandbox", NULL, "l", &err));
	fixture_end(st, job.id, attempt, "succeed");
	arena_release(&a);
	return cost;
}

static void
test_claim_cost(void)
{
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");
	int first = 0, last = 0;

	fixture_run(st, repo, 1, "a b c");
	claim_cost(st); /* the first one is prepared in it */
	first = claim_cost(st); /* one more is left in the indexes */
	for (int i = 0; i < 40; i++) {
		fixture_run(st, repo, 1, "a b c:a");
		claim_cost(st);
	}
	last = claim_cost(st);
	is_int(last, first, "a claim costs the same with more history and a "
	    "longer queue");
	store_close(st);
}

int
main(void)
{
	struct store *st = fixture_store(NULL);

	for (int i = 0; i < SQL_N; i++) {
		struct str costly = STR_INIT;

		if (!has_plan(sql_texts[i]))
			continue;
		walk_plan(st->db, sql_names[i], sql_texts[i], &costly);
		is_str(costly.s, "", "%s reads by an index", sql_names[i]);
		str_release(&costly);
	}
	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		ok(used[i], "the allowance for %s is needed: %s",
		    allowed[i].statement, allowed[i].reason);
	store_close(st);
	test_claim_cost();
	return tap_done();
}

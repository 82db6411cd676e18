/*
 * check_server.c - probes of Pawl's own parts: database, clock, workerd,
 * webhooks, secrets, kept workspaces.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/check.h"

#include <inttypes.h>
#include <string.h>
#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/wake.h"
#include "lib/run/kept.h"
#include "lib/store/queue_hold.h"
#include "lib/store/queue_line.h"
#include "lib/store/repos.h"
#include "lib/store/runs.h"
#include "lib/store/hook_secrets.h"
#include "lib/store/secrets.h"

/* Two hosts' clocks may differ a little; more makes times meaningless. */
#define QUEUE_LATE_MS (INT64_C(5) * 60 * 1000)
#define CLOCK_SLACK_MS (60 * 1000)
/* 2026-01-01: Pawl is not older. */
#define CLOCK_LEAST_MS INT64_C(1767225600000)

/* Can it be written just now? */
static bool
writable(struct store *st, struct err *err)
{
	if (store_begin(st, err) == -1)
		return false;
	store_rollback(st);
	return true;
}

void
check_database(struct checks *c)
{
	struct cli *cli = c->cli;
	struct str path = STR_INIT;
	struct err err = { 0 };

	layout_db(&path, cli->config.state_dir);
	if (store_open(&cli->store, path.s, STORE_EXISTING, &err) == -1) {
		const char *hint = err.code == ERR_NOT_FOUND
		    ? "pawl admin migrate" : NULL;

		check_add(c, "database", CHECK_FAIL, hint, "%s", err.text);
	} else if (store_check(cli->store, &err) == -1) {
		check_add(c, "database", CHECK_FAIL,
		    "put back a backup, see doc/operations.md", "%s",
		    err.text);
	} else if (!writable(cli->store, &err)) {
		check_add(c, "database", CHECK_FAIL,
		    "give it to the user that runs pawl-workerd, and look "
		    "for a process that holds it", "%s", err.text);
	} else {
		check_add(c, "database", CHECK_OK, NULL,
		    "%s, version %d, sound and writable", path.s,
		    store_version_wanted());
	}
	str_release(&path);
}

void
check_clock(struct checks *c)
{
	int64_t now = clock_now_ms();
	char text[CLOCK_TEXT_SIZE], newest[CLOCK_TEXT_SIZE];
	struct err err = { 0 };
	struct run *runs;
	size_t n = 0;

	clock_rfc3339(now, text);
	if (now < CLOCK_LEAST_MS) {
		check_add(c, "clock", CHECK_FAIL, "set the clock (NTP)",
		    "%s is in the past", text);
		return;
	}
	if (c->cli->store && run_list(c->cli->store, 0, 0, 1, &c->cli->arena,
	        &runs, &n, &err) == -1) {
		check_add(c, "database", CHECK_FAIL, NULL, "%s", err.text);
	} else if (n == 1 && runs[0].created_at_ms > now + CLOCK_SLACK_MS) {
		check_add(c, "clock", CHECK_FAIL, "set the clock (NTP)",
		    "%s is before the newest run, made at %s", text,
		    clock_rfc3339(runs[0].created_at_ms, newest));
		return;
	}
	check_add(c, "clock", CHECK_OK, NULL, "%s", text);
}

void
check_workerd(struct checks *c)
{
	const char *run_dir = c->cli->config.run_dir;

	if (wake_send(run_dir))
		check_add(c, "workerd", CHECK_OK, NULL,
		    "listens on %s/wake.sock", run_dir);
	else
		check_add(c, "workerd", CHECK_FAIL,
		    "systemctl start pawl.target, or start pawl-workerd",
		    "nobody listens on %s/wake.sock", run_dir);
}

/* Jobs that nothing holds back start within seconds while there is room. */
void
check_queue(struct checks *c)
{
	const struct config *config = &c->cli->config;
	const struct queue_limits limits = queue_limits_of(config);
	const struct queue_query q = { .limit = QUEUE_LINE_MAX };
	int64_t late_ms = clock_now_ms() - QUEUE_LATE_MS, running, stuck = 0;
	struct queue_entry *line;
	struct err err = { 0 };
	size_t n;

	if (c->cli->store == NULL)
		return;
	if (queue_line(c->cli->store, &q, &limits, &c->cli->arena, &line, &n,
	    &err) == -1 || queue_running(c->cli->store, &running, &err) == -1) {
		check_add(c, "queue", CHECK_FAIL, NULL, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < n && running < config->max_jobs; i++)
		stuck += line[i].place > 0 && line[i].queued_at_ms < late_ms;
	if (stuck > 0)
		check_add(c, "queue", CHECK_FAIL, "look at the log of workerd; "
		    "\"pawl queue\" lists them", "%lld jobs wait for minutes "
		    "though there is room for them", (long long)stuck);
	else
		check_add(c, "queue", CHECK_OK, NULL, "%zu jobs wait, %lld of "
		    "%lld slots are used", n, (long long)running,
		    (long long)config->max_jobs);
}

static bool
forge_has_secret(const struct config *config, const char *forge)
{
	for (size_t i = 0; i < config->n_webhook_secrets; i++)
		if (!strcmp(config->webhook_secrets[i].name, forge))
			return true;
	return false;
}

/* A secret that signatures of this repository can be checked with. */
static bool
check_hook(struct checks *c, const struct repo *r)
{
	struct cli *cli = c->cli;
	struct hook_secret *list;
	struct err err = { 0 };
	size_t n = 0;

	if (r->has_hook_secret && hook_secret_open(cli->store, r->id,
	    &cli->arena, &list, &n, &err) == -1) {
		check_add(c, "webhooks", CHECK_FAIL,
		    "put back hook.key from the backup", "%s/%s: %s",
		    r->owner, r->name, err.text);
		return false;
	}
	if (r->has_hook_secret ? n > 0 :
	    forge_has_secret(&cli->config, r->forge))
		return true;
	check_add(c, "webhooks", CHECK_FAIL, r->has_hook_secret ?
	    "pawl repo secret add" : "pawl repo secret add, or set "
	    "webhook-secrets in the configuration",
	    "%s/%s has no secret%s, so every webhook is refused", r->owner,
	    r->name, r->has_hook_secret ? " that has not ended" : "");
	return false;
}

void
check_hooks(struct checks *c)
{
	struct cli *cli = c->cli;
	struct err err = { 0 };
	struct repo *repos;
	size_t n, good = 0;

	if (!cli->store)
		return;
	if (repo_list(cli->store, &cli->arena, &repos, &n, &err) == -1) {
		check_add(c, "webhooks", CHECK_FAIL, NULL, "%s", err.text);
		return;
	}
	for (size_t i = 0; i < n; i++)
		good += check_hook(c, &repos[i]);
	if (good == n)
		check_add(c, "webhooks", CHECK_OK, NULL,
		    "%zu repositor%s, each with a secret", n,
		    n == 1 ? "y" : "ies");
}

/* Every stored secret must open: else jobs fail that name it. */
void
check_secrets(struct checks *c)
{
	struct err err = { 0 };
	size_t n = 0;

	if (c->cli->store == NULL)
		return;
	if (secret_check(c->cli->store, &n, &err) == -1)
		check_add(c, "secrets", CHECK_FAIL, "put back keys/secrets.key from "
		    "the backup, or set the secret anew", "%s", err.text);
	else
		check_add(c, "secrets", CHECK_OK, NULL, "%zu stored, each can "
		    "be opened", n);
}

/* Workspaces that wait for "pawl shell". */
void
check_kept(struct checks *c)
{
	const struct config *config = &c->cli->config;
	struct err err = { 0 };
	struct kept *kept;
	int64_t bytes = 0;
	size_t n;

	if (kept_list(config->state_dir, &c->cli->arena, &kept, &n, &err) ==
	    -1) {
		check_add(c, "kept", CHECK_WARN, "give it to the user that "
		    "runs pawl-workerd", "%s", err.text);
		return;
	}
	for (size_t i = 0; i < n; i++)
		bytes += kept[i].bytes;
	check_add(c, "kept", CHECK_OK, NULL, "%zu workspace%s of failed jobs, "
	    "%" PRId64 " MB of %" PRId64 " MB", n, n == 1 ? "" : "s",
	    bytes >> 20, config->keep_failed_max_bytes >> 20);
}

/*
 * cli.h - what the commands of `pawl` share: the table row that describes a
 * command, its parsed arguments, and the exit codes.
 *
 * A command is one function and one row in the table of main.c. The row says
 * what must hold before the function is called (number of words, options,
 * configuration read, database open); the loop in main.c sees to it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_CLI_H
#define PAWL_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"
#include "lib/store/store.h"

/* Exit codes, as documented by `pawl --help`. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,      /* the operation, or the run, failed */
	CLI_USAGE = 2,       /* the command line makes no sense */
	CLI_NOT_FOUND = 3,   /* it names nothing that exists */
	CLI_DENIED = 4,      /* not permitted */
	CLI_UNAVAILABLE = 5, /* a service does not answer */
	CLI_INTERRUPTED = 130,
};

/* What a command needs before it is called. */
enum cli_need {
	CLI_NEED_CONFIG = 1 << 0, /* cli->config is read */
	CLI_NEED_STORE = 1 << 1,  /* cli->store is open; implies CONFIG */
	CLI_HAS_JSON = 1 << 2,    /* knows --json */
	CLI_AS_CALLER = 1 << 3,   /* root stays root, see cli_become_owner() */
	CLI_NEED_SOURCE = 1 << 4, /* cli->source is open: source.h */
	CLI_HAS_WEB = 1 << 5,     /* knows --web */
	CLI_NEED_SERVERS = 1 << 6, /* takes --server, and opens none */
};

struct cli_option {
	const char *name;  /* without the dashes; NULL ends a table */
	char letter;       /* short form, or 0 */
	const char *value; /* "FILE" as help shows it; NULL: a flag */
	const char *help;
	bool many; /* may be given again: the values are lines */
};

struct cli;

struct command {
	const char *name; /* "runs", "repo add" */
	/* Returns an enum cli_exit, or -1 with err set. */
	int (*run)(struct cli *cli, struct err *err);
	const char *words; /* "[--] OWNER/NAME" as help shows them; or NULL */
	int min_words;
	int max_words; /* -1: any number */
	unsigned needs; /* enum cli_need */
	const struct cli_option *options; /* or NULL */
	const char *summary; /* one line */
	const char *help;    /* whole lines, or NULL */
};

#define CLI_MAX_OPTIONS 16

/* Options that every command has, or each of those with the need. */
struct cli_common {
	struct cli_option option;
	unsigned needs; /* any of these; 0: all commands */
};
extern const struct cli_common cli_common[]; /* ends in a NULL name */

struct cli {
	const struct command *command;
	const char *config_file; /* --config, or NULL */
	const char *server;      /* --server, or NULL */
	bool json;               /* --json or --jq was given */
	const char *fields;      /* --json=FIELDS; NULL: all */
	const char *jq;          /* --jq, or NULL */
	bool web;                /* --web was given */
	uid_t caller;            /* who started us, see cli_become_owner() */
	bool color;              /* standard output takes colours */
	const char *values[CLI_MAX_OPTIONS]; /* by row of command->options;
	                                        NULL: not given, flags "" */
	char **words;
	int n_words;
	struct arena arena; /* lives as long as the program */
	struct config config;
	struct store *store;
	struct source *source; /* see source.h */
};

/* args.c: read argv behind the command's name into `cli`. Returns 0, or
 * CLI_USAGE after saying what is wrong. `*help` is set for --help. */
int
args_parse(struct cli *cli, int argc, char **argv, bool *help);

/* --color: 0, or CLI_USAGE after saying what is wrong. */
int
args_color(struct cli *cli, const char *when);

/* The value of an option of this command, "" for a flag that was given, NULL
 * when it was not given. */
const char *
args_option(const struct cli *cli, const char *name);

/* A number option within a range, or `standard` when it was not given. -1
 * with err (ERR_INVALID) when it is none. */
int
args_number(const struct cli *cli, const char *name, long long min,
    long long max, long long standard, long long *out, struct err *err);

/* Print "pawl COMMAND: <text>" and where help is; returns CLI_USAGE. */
int
cli_usage(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The rows of main.c, for help, completion and manual pages. */
extern const struct command cli_commands[];
extern const size_t cli_n_commands;

/* Other spellings of commands, as gh has them; ends in NULL. */
struct cli_alias {
	const char *words, *name;
};
extern const struct cli_alias cli_aliases[];

/* How many of the words are the name, of one word or more; 0: none. */
int
cli_name_matches(const char *name, int argc, char **argv);

/* help.c: the page of all commands, of the group that begins with `group`
 * (such as "repo"), or of one command. */
void
help_all(const char *group, struct str *out);
void
help_command(const struct command *c, struct str *out);

/* setup.c */

/* Read the configuration and open the database, as far as `needs` says. */
int
cli_setup(struct cli *cli, unsigned needs, struct err *err);

/* The database of cli->config. */
int
cli_open_store(struct cli *cli, struct err *err);

/*
 * When root uses a state directory of another user, become that user, so
 * that files made here are not root's and the services can go on writing
 * them.
 */
int
cli_become_owner(const char *state_dir, struct err *err);

/* The user who typed the command, also behind sudo; and as whoever changes
 * something by it, "ada (command line)". */
const char *
cli_caller(struct cli *cli);
const char *
cli_by(struct cli *cli);
/* Their name alone, as approvals are given to. */
const char *
cli_user(struct cli *cli);

/* The exit code that belongs to an error. */
int
cli_exit_code(const struct err *err);

/* The commands, one file each. */
int cmd_repo_add(struct cli *cli, struct err *err);
int cmd_repo_list(struct cli *cli, struct err *err);
int cmd_repo_set(struct cli *cli, struct err *err);
int cmd_repo_show(struct cli *cli, struct err *err);
int cmd_repo_remove(struct cli *cli, struct err *err);
int cmd_repo_report(struct cli *cli, struct err *err);
int cmd_hook(struct cli *cli, struct err *err);
int cmd_repo_secret_add(struct cli *cli, struct err *err);
int cmd_repo_secret_list(struct cli *cli, struct err *err);
int cmd_repo_secret_remove(struct cli *cli, struct err *err);
int cmd_runs(struct cli *cli, struct err *err);
int cmd_show(struct cli *cli, struct err *err);
int cmd_why(struct cli *cli, struct err *err);
int cmd_artifacts(struct cli *cli, struct err *err);
int cmd_logs(struct cli *cli, struct err *err);
int cmd_cancel(struct cli *cli, struct err *err);
int cmd_environment_set(struct cli *cli, struct err *err);
int cmd_environment_list(struct cli *cli, struct err *err);
int cmd_environment_remove(struct cli *cli, struct err *err);
int cmd_approvals(struct cli *cli, struct err *err);
int cmd_approve(struct cli *cli, struct err *err);
int cmd_reject(struct cli *cli, struct err *err);
int cmd_reconcile(struct cli *cli, struct err *err);
int cmd_inbox_list(struct cli *cli, struct err *err);
int cmd_inbox_show(struct cli *cli, struct err *err);
int cmd_inbox_replay(struct cli *cli, struct err *err);
int cmd_run(struct cli *cli, struct err *err);
int cmd_eval(struct cli *cli, struct err *err);
int cmd_lint(struct cli *cli, struct err *err);
int cmd_schema(struct cli *cli, struct err *err);
int cmd_rerun(struct cli *cli, struct err *err);
int cmd_dispatch(struct cli *cli, struct err *err);
int cmd_schedule_list(struct cli *cli, struct err *err);
int cmd_schedule_add(struct cli *cli, struct err *err);
int cmd_schedule_remove(struct cli *cli, struct err *err);
int cmd_schedule_pause(struct cli *cli, struct err *err);
int cmd_schedule_resume(struct cli *cli, struct err *err);
int cmd_schedule_run(struct cli *cli, struct err *err);
int cmd_token_add(struct cli *cli, struct err *err);
int cmd_token_list(struct cli *cli, struct err *err);
int cmd_token_remove(struct cli *cli, struct err *err);
int cmd_queue(struct cli *cli, struct err *err);
int cmd_queue_pause(struct cli *cli, struct err *err);
int cmd_queue_resume(struct cli *cli, struct err *err);
int cmd_queue_limit(struct cli *cli, struct err *err);
int cmd_drain(struct cli *cli, struct err *err);
int cmd_resume(struct cli *cli, struct err *err);
int cmd_secret_set(struct cli *cli, struct err *err);
int cmd_secret_list(struct cli *cli, struct err *err);
int cmd_secret_delete(struct cli *cli, struct err *err);
int cmd_secret_rotate(struct cli *cli, struct err *err);
int cmd_secret_audit(struct cli *cli, struct err *err);
int cmd_repro(struct cli *cli, struct err *err);
int cmd_shell(struct cli *cli, struct err *err);
int cmd_tasks(struct cli *cli, struct err *err);
int cmd_hooks_add(struct cli *cli, struct err *err);
int cmd_hooks_remove(struct cli *cli, struct err *err);
int cmd_setup(struct cli *cli, struct err *err);
int cmd_user_add(struct cli *cli, struct err *err);
int cmd_user_list(struct cli *cli, struct err *err);
int cmd_user_show(struct cli *cli, struct err *err);
int cmd_user_passwd(struct cli *cli, struct err *err);
int cmd_user_link(struct cli *cli, struct err *err);
int cmd_user_grant(struct cli *cli, struct err *err);
int cmd_user_revoke(struct cli *cli, struct err *err);
int cmd_user_disable(struct cli *cli, struct err *err);
int cmd_user_enable(struct cli *cli, struct err *err);
int cmd_user_remove(struct cli *cli, struct err *err);
int cmd_audit(struct cli *cli, struct err *err);
int cmd_alert_add(struct cli *cli, struct err *err);
int cmd_alert_list(struct cli *cli, struct err *err);
int cmd_alert_remove(struct cli *cli, struct err *err);
int cmd_notify_add(struct cli *cli, struct err *err);
int cmd_notify_list(struct cli *cli, struct err *err);
int cmd_notify_remove(struct cli *cli, struct err *err);
int cmd_notify_test(struct cli *cli, struct err *err);
int cmd_hooks(struct cli *cli, struct err *err);
int cmd_outbox_list(struct cli *cli, struct err *err);
int cmd_outbox_show(struct cli *cli, struct err *err);
int cmd_outbox_tries(struct cli *cli, struct err *err);
int cmd_outbox_replay(struct cli *cli, struct err *err);
int cmd_outbox_discard(struct cli *cli, struct err *err);
int cmd_plan(struct cli *cli, struct err *err);
int cmd_admin_migrate(struct cli *cli, struct err *err);
int cmd_admin_rebuild(struct cli *cli, struct err *err);
int cmd_admin_sweep(struct cli *cli, struct err *err);
int cmd_admin_check(struct cli *cli, struct err *err);
int cmd_admin_guarantees(struct cli *cli, struct err *err);
int cmd_version(struct cli *cli, struct err *err);
int cmd_watch(struct cli *cli, struct err *err);
int cmd_completion(struct cli *cli, struct err *err);
int cmd_download(struct cli *cli, struct err *err);
int cmd_cache_list(struct cli *cli, struct err *err);
int cmd_cache_delete(struct cli *cli, struct err *err);
int cmd_workflow_list(struct cli *cli, struct err *err);
int cmd_workflow_show(struct cli *cli, struct err *err);
int cmd_search(struct cli *cli, struct err *err);
int cmd_graph(struct cli *cli, struct err *err);
int cmd_timeline(struct cli *cli, struct err *err);
int cmd_compare(struct cli *cli, struct err *err);
int cmd_events_list(struct cli *cli, struct err *err);
int cmd_agent_list(struct cli *cli, struct err *err);
int cmd_insights(struct cli *cli, struct err *err);
int cmd_db_check(struct cli *cli, struct err *err);
int cmd_db_backup(struct cli *cli, struct err *err);
int cmd_db_vacuum(struct cli *cli, struct err *err);
int cmd_login(struct cli *cli, struct err *err);
int cmd_logout(struct cli *cli, struct err *err);
int cmd_whoami(struct cli *cli, struct err *err);
int cmd_servers(struct cli *cli, struct err *err);
int cmd_api(struct cli *cli, struct err *err);

extern const struct cli_option watch_options[];
extern const struct cli_option download_options[];
extern const struct cli_option limit_options[];
extern const struct cli_option insights_options[];
extern const struct cli_option login_options[];
extern const struct cli_option api_options[];
extern const struct cli_option repo_add_options[];
extern const struct cli_option repo_show_options[];
extern const struct cli_option sweep_options[];
extern const struct cli_option repo_remove_options[];
extern const struct cli_option repo_report_options[];
extern const struct cli_option repo_secret_add_options[];
extern const struct cli_option runs_options[];
extern const struct cli_option show_options[];
extern const struct cli_option artifacts_options[];
extern const struct cli_option logs_options[], search_options[];
extern const struct cli_option graph_options[], timeline_options[];
extern const struct cli_option compare_options[], events_options[];
extern const struct cli_option reconcile_options[];
extern const struct cli_option inbox_list_options[];
extern const struct cli_option inbox_show_options[];
extern const struct cli_option inbox_replay_options[];
extern const struct cli_option run_options[];
extern const struct cli_option lint_options[];
extern const struct cli_option schema_options[];
extern const struct cli_option plan_options[];
extern const struct cli_option eval_options[];
extern const struct cli_option repro_options[];
extern const struct cli_option rerun_options[];
extern const struct cli_option dispatch_options[];
extern const struct cli_option schedule_add_options[];
extern const struct cli_option token_add_options[];
extern const struct cli_option environment_set_options[];
extern const struct cli_option approve_options[];
extern const struct cli_option rebuild_options[];
extern const struct cli_option queue_options[];
extern const struct cli_option queue_pause_options[];
extern const struct cli_option queue_resume_options[];
extern const struct cli_option queue_limit_options[];
extern const struct cli_option drain_options[];
extern const struct cli_option repo_set_options[];
extern const struct cli_option secret_set_options[];
extern const struct cli_option secret_list_options[];
extern const struct cli_option secret_delete_options[];
extern const struct cli_option secret_audit_options[];
extern const struct cli_option user_add_options[], user_grant_options[];
extern const struct cli_option user_revoke_options[], user_passwd_options[];
extern const struct cli_option token_remove_options[], audit_options[];
extern const struct cli_option alert_add_options[];
extern const struct cli_option hooks_add_options[];
extern const struct cli_option notify_add_options[];
extern const struct cli_option hooks_options[];
extern const struct cli_option outbox_list_options[];
extern const struct cli_option outbox_tries_options[];
extern const struct cli_option outbox_all_options[];

#endif

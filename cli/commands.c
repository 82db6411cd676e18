/*
 * commands.c - the table of commands.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include "lib/base/mem.h"

#define STORE (CLI_NEED_CONFIG | CLI_NEED_STORE)
#define SOURCE CLI_NEED_SOURCE
#define JSON CLI_HAS_JSON
#define WEB CLI_HAS_WEB

const struct command cli_commands[] = {
	/* name, function, words, least and most of them, needs, options,
	 * summary, help */
	{ "run", cmd_run, "[FILE]", 0, 1, CLI_NEED_CONFIG | CLI_AS_CALLER,
	    run_options, "run the pipeline of this folder here and now",
	    "Runs the jobs one after another in containers of this machine, "
	    "without a\nserver; nothing is stored. What runs is decided as on "
	    "a server, for a push of\nthe branch that is checked out or what "
	    "the options say, but the event starts\nit in any case. Without "
	    "FILE the first pipeline file of the folder's usual\nplaces is "
	    "taken. The exit code is 0 when no job failed.\n" },
	{ "lint", cmd_lint, "[FILE|DIR|-]...", 0, -1, JSON,
	    lint_options, "check pipeline files",
	    "Without an argument the pipeline files of this folder are "
	    "checked; \"-\" is\nstandard input. The exit code is 1 when there "
	    "were errors.\n" },
	{ "schema", cmd_schema, NULL, 0, 0, 0, schema_options,
	    "print the pipeline language as a JSON Schema",
	    "For editors: in VS Code set yaml.schemas, or begin a file "
	    "with\n# yaml-language-server: $schema=FILE\n" },
	{ "plan", cmd_plan, "[FILE|DIR|-]", 0, 1, JSON, plan_options,
	    "print what a pipeline would do",
	    "Jobs are printed in an order in which they can run, as if every "
	    "one ended well;\n--result JOB=failure asks what happens else. The "
	    "exit code is 1 when the event\ndoes not start the pipeline, or "
	    "the server cannot run all of it.\n" },

	{ "eval", cmd_eval, "EXPRESSION", 1, 1, 0, eval_options,
	    "print the value of an expression as JSON",
	    "EXPRESSION is what stands between ${{ and }}, or text with such "
	    "parts in it.\nThe exit code is 1 when it has a mistake.\n" },

	{ "runs watch", cmd_watch, "[RUN]", 0, 1, SOURCE | JSON,
	    watch_options, "show a run as it goes on, until it ends",
	    "Without RUN the newest of the branch that is checked out here. "
	    "On a terminal a\npicture of its jobs; elsewhere a line for each "
	    "change, with --json the run's\ndocument as one line for each.\n" },
	{ "runs", cmd_runs, "[OWNER/NAME]", 0, 1, SOURCE | JSON | WEB,
	    runs_options, "list the newest runs", NULL },
	{ "show", cmd_show, "RUN", 1, 1, SOURCE | JSON | WEB, show_options,
	    "show one run with its jobs and steps", NULL },
	{ "why", cmd_why, "RUN [JOB]|REPO@COMMIT", 1, 2, SOURCE | JSON, NULL,
	    "say why a job ran, waits, was skipped, or ended as it did",
	    "The answer first, then what led to it, with the place of each "
	    "rule in the\npipeline file and the values that decided. OWNER/NAME@COMMIT, or a "
	    "branch in the\nplace of the commit, asks for the webhook that "
	    "told of it: also when it started\nnothing.\n" },
	{ "logs", cmd_logs, "[RUN [JOB]]", 0, 2, SOURCE | WEB, logs_options,
	    "print the logs of a run or of one job, or search in many",
	    NULL },
	{ "search", cmd_search, "TEXT [OWNER/NAME]", 1, 2, SOURCE | JSON,
	    search_options, "print lines with a text of the logs of many runs",
	    "The newest runs first. The exit code is 1 when there is no such "
	    "line.\n" },
	{ "graph", cmd_graph, "RUN", 1, 1, SOURCE | JSON, graph_options,
	    "show the jobs of a run and what each of them needs", NULL },
	{ "timeline", cmd_timeline, "RUN", 1, 1, SOURCE | JSON,
	    timeline_options, "show when the jobs of a run waited and ran",
	    "Dots are the time in which a job could have run, * marks those "
	    "that the run\nhad to wait for.\n" },
	{ "compare", cmd_compare, "LEFT RIGHT", 2, 2, SOURCE | JSON,
	    compare_options, "show in what two runs differ",
	    "Jobs with their state and time on both sides, and each field "
	    "that differs.\nRUN.A names attempt A.\n" },
	{ "events list", cmd_events_list, "RUN", 1, 1, STORE | JSON,
	    events_options, "list what happened in a run, in order",
	    "Only on the server itself: through the API events are a stream. "
	    "They cannot be\ncleared, as the state of the run is rebuilt from "
	    "them.\n" },
	{ "artifacts", cmd_artifacts, "RUN [NAME]", 1, 2, SOURCE | JSON,
	    artifacts_options, "list what a run has kept, or copy it",
	    "With NAME its files are copied, with their folders and modes, and "
	    "compared with\ntheir digests.\n"
	    },
	{ "download", cmd_download, "RUN [NAME]", 1, 2, SOURCE,
	    download_options, "copy all artifacts of a run, or one",
	    "Each to a folder of its name; what is copied is compared with "
	    "its digest.\n" },
	{ "cancel", cmd_cancel, "RUN [JOB]", 1, 2, SOURCE | JSON, NULL,
	    "end a run, or one job of it, that has not ended", NULL },

	{ "approvals", cmd_approvals, "[OWNER/NAME]", 0, 1, SOURCE | JSON | WEB,
	    NULL, "list what waits for an approval or a time", NULL },
	{ "approve", cmd_approve, "RUN [JOB]", 1, 2, SOURCE | JSON, approve_options,
	    "let a job, or a run from a fork, go on",
	    "Without JOB the only one that waits is meant, or the run itself. "
	    "Of a commit\nthat comes from a fork all runs go on. The rules of "
	    "the environment, or the\ngate, name who may decide.\n" },
	{ "reject", cmd_reject, "RUN [JOB]", 1, 2, SOURCE | JSON, approve_options,
	    "end a job or a run of a fork that waits for people",
	    NULL },

	{ "queue pause", cmd_queue_pause, NULL, 0, 0, SOURCE | JSON,
	    queue_pause_options, "start no more jobs",
	    "Of all repositories, or of one or an owner. What runs goes "
	    "on.\n" },
	{ "queue resume", cmd_queue_resume, NULL, 0, 0, SOURCE | JSON,
	    queue_resume_options, "start jobs again", NULL },
	{ "queue limit", cmd_queue_limit, "N|none", 1, 1, SOURCE,
	    queue_limit_options, "say how many jobs run at once",
	    "Of a repository, an owner, or with a label. \"none\" goes back "
	    "to what the\nconfiguration says.\n" },
	/* Behind those that begin with the same word. */
	{ "queue", cmd_queue, NULL, 0, 0, SOURCE | JSON | WEB,
	    queue_options,
	    "list the jobs that wait, and why each of them does",
	    "In the order in which they will start if nobody ends meanwhile; "
	    "those that are\nheld back have no place. doc/queue.md says who "
	    "is next.\n" },
	{ "drain", cmd_drain, NULL, 0, 0, SOURCE | JSON, drain_options,
	    "let this host end its jobs and start no others",
	    "Holds over restarts, until \"pawl resume\".\n" },
	{ "resume", cmd_resume, NULL, 0, 0, SOURCE | JSON, NULL,
	    "let this host start jobs again", NULL },

	{ "rerun", cmd_rerun, "RUN", 1, 1, SOURCE | JSON, rerun_options,
	    "run a run, or a part of it, again",
	    "Makes its next attempt, of the same commit and the same files; "
	    "what was before\nstays as it is. Jobs that need one that runs "
	    "again run again, too; all others\nkeep their results, outputs "
	    "and artifacts. RUN.A names attempt A elsewhere.\n" },

	{ "shell", cmd_shell, "RUN JOB [STEP]", 2, 3, STORE, NULL,
	    "look into what a failed job has left",
	    "Opens a shell in a container like the job's, in the workspace "
	    "as the job left\nit, with the environment of the step that "
	    "failed or of STEP, a number or title,\nwithout secrets. Only "
	    "on the server itself. The exit code is the shell's.\n" },

	{ "repro", cmd_repro, "RUN [JOB]", 1, 2, STORE, repro_options,
	    "run jobs of a run once more, here",
	    "Executes the stored plans of all jobs, or of JOB, as \"pawl run\" "
	    "does; the\ndatabase is not changed. Secrets are those that the "
	    "options give, the output\nnames the others. The exit code is 0 "
	    "when no job failed.\n" },

	{ "repo add", cmd_repo_add, "OWNER/NAME CLONE_URL", 2, 2, SOURCE | JSON,
	    repo_add_options, "register a repository",
	    "Prints the address and the secret for its webhook. Without "
	    "--secret-file a\nrandom secret is made. Through a server none is "
	    "made: its page of settings does.\n" },
	{ "repo list", cmd_repo_list, NULL, 0, 0, SOURCE | JSON, NULL,
	    "list the registered repositories", NULL },
	{ "repo show", cmd_repo_show, "OWNER/NAME", 1, 1, SOURCE | JSON,
	    repo_show_options, "show one repository and its webhook", NULL },
	{ "repo set", cmd_repo_set, "OWNER/NAME", 1, 1, SOURCE,
	    repo_set_options, "say who may read it, and what forks may",
	    "Without options it prints what forks may now; that and --trust "
	    "only on the\nserver itself.\n" },
	{ "repo remove", cmd_repo_remove, "OWNER/NAME", 1, 1, SOURCE,
	    repo_remove_options, "forget a repository, its runs and files",
	    NULL },
	{ "repo report", cmd_repo_report, "OWNER/NAME|FORGE", 1, 1,
	    STORE | JSON, repo_report_options,
	    "show or set how the forge is told of runs",
	    "With a token the forge gets commit statuses, see "
	    "doc/notifications.md. What a\nrepository does not set is that of "
	    "its forge. A token of a whole forge goes to\nthe forge's own "
	    "service, or to the host of its --api-url, and to no other.\n" },
	{ "repo secret add", cmd_repo_secret_add, "OWNER/NAME NAME", 2, 2,
	    STORE | JSON, repo_secret_add_options,
	    "accept one more webhook secret",
	    "All secrets of a repository are accepted until they are removed "
	    "or end: add\na new one, set it at the forge, see by \"list\" "
	    "that it is used, then remove\nthe old one. Without --file a "
	    "random secret is made and printed.\n" },
	{ "repo secret list", cmd_repo_secret_list, "OWNER/NAME", 1, 1,
	    STORE | JSON, NULL, "list a repository's webhook secrets",
	    NULL },
	{ "repo secret remove", cmd_repo_secret_remove, "OWNER/NAME NAME", 2,
	    2, STORE, NULL, "accept a webhook secret no longer", NULL },
	{ "hook", cmd_hook, "OWNER/NAME EVENT FILE", 3, 3, STORE, NULL,
	    "send a webhook as the forge would, to try it",
	    "FILE is the message, as the forge sends it; \"-\" is standard "
	    "input. It is signed\nwith the repository's newest secret and sent "
	    "to its address; the answer is\nprinted. EVENT is what the forge "
	    "has in its header, such as push, \"Push Hook\"\nor repo:push.\n" },

	{ "environment set", cmd_environment_set, "OWNER/NAME ENV", 2, 2,
	    SOURCE, environment_set_options,
	    "say what must hold before a job may deploy",
	    "All rules are set at once; what is not given is no rule. Jobs "
	    "name it under\n\"environment\".\n" },
	{ "environment list", cmd_environment_list, "OWNER/NAME", 1, 1,
	    SOURCE | JSON, NULL, "list the environments with rules", NULL },
	{ "environment remove", cmd_environment_remove, "OWNER/NAME ENV", 2,
	    2, SOURCE, NULL, "take all rules from an environment", NULL },

	{ "secret set", cmd_secret_set, "NAME", 1, 1, SOURCE,
	    secret_set_options, "store a secret for jobs that name it",
	    "The value is read from FILE or standard input, or asked for on a "
	    "terminal; no\ncommand prints it again. Without a scope all "
	    "repositories have it; such ones are\nset and listed only on the "
	    "server itself. Of several secrets of one name that of\nthe "
	    "environment counts before that of the repository, the owner and "
	    "the\ninstance.\n" },
	{ "secret list", cmd_secret_list, NULL, 0, 0, SOURCE | JSON,
	    secret_list_options, "list the names of the secrets", NULL },
	{ "secret delete", cmd_secret_delete, "NAME", 1, 1, SOURCE,
	    secret_delete_options, "remove a secret", NULL },
	{ "secret rotate-key", cmd_secret_rotate, NULL, 0, 0, STORE, NULL,
	    "seal all secrets under a new key", "Jobs go on meanwhile. When "
	    "it is interrupted, call it again.\n" },
	{ "secret audit", cmd_secret_audit, "[NAME]", 0, 1, STORE | JSON,
	    secret_audit_options, "show who set secrets and which jobs were "
	    "given them", NULL },

	{ "notify add", cmd_notify_add, "OWNER/NAME|OWNER|all", 1, 1,
	    STORE | JSON, notify_add_options, "tell somebody of runs",
	    "CAUSE: failure; change, from well to failed and back; always; "
	    "waiting, for\nsomebody's approval. PATTERN is one of a "
	    "workflow's \"branches\". \"alert\" is about\nthose of pawl alert. TARGET:\n"
	    "  https://...                  a webhook: CloudEvents, signed\n"
	    "  mail:ADDRESS\n"
	    "  slack:https://...            an incoming webhook of Slack\n"
	    "  matrix:https://HOST/!ROOM:SERVER\n"
	    "  pagerduty                    or pagerduty:https://... of "
	    "another region\n"
	    "  otlp:https://...             a collector of traces\n"
	    "Without --secret-file the secret of a webhook is made and "
	    "printed once. See\ndoc/notifications.md.\n" },
	{ "notify list", cmd_notify_list, "[OWNER/NAME|OWNER|all]", 0, 1,
	    STORE | JSON, NULL, "list the rules of notifications", NULL },
	{ "notify remove", cmd_notify_remove, "RULE", 1, 1, STORE, NULL,
	    "remove a rule, and what is queued for it", NULL },
	{ "notify test", cmd_notify_test, "RULE", 1, 1, STORE, NULL,
	    "send a rule's target a test", NULL },

	{ "alert add", cmd_alert_add, "NAME [OWNER/NAME|OWNER|all]", 1, 2,
	    SOURCE | JSON, alert_add_options, "fire an alert when a number is "
	    "crossed",
	    "CONDITION is a number, one of > >= < <=, and a limit:\n"
	    "  error_rate > 5          percent of runs that failed\n"
	    "  duration_p99 > 10 min   what 99 of 100 runs took at most\n"
	    "  dead_letters > 100      messages and webhooks given up, for "
	    "the whole TIME\n"
	    "Who is told says \"pawl notify add ... --on alert\".\n" },
	{ "alert list", cmd_alert_list, NULL, 0, 0, SOURCE | JSON, NULL,
	    "list the alerts, and which of them fire", NULL },
	{ "alert remove", cmd_alert_remove, "NAME", 1, 1, SOURCE, NULL,
	    "remove an alert", NULL },
	{ "tasks", cmd_tasks, NULL, 0, 0, SOURCE | JSON, NULL,
	    "list what Pawl does by itself",
	    "When each task is done, when it was the last time, and what came "
	    "of it.\n" },

	{ "hooks add", cmd_hooks_add, "NAME FILE", 2, 2, CLI_NEED_CONFIG,
	    hooks_add_options, "have a program run when something happens",
	    "NAME is when: run_start, pre_job, post_job, on_success, "
	    "on_failure, on_timeout\nor run_complete. A copy of FILE is put "
	    "into the folder of hooks.\n" },
	{ "hooks remove", cmd_hooks_remove, "NAME|NAME.d/FILE", 1, 1,
	    CLI_NEED_CONFIG, NULL, "remove a hook", NULL },
	{ "hooks", cmd_hooks, NULL, 0, 0, STORE | JSON, hooks_options,
	    "list programs that are run when something happens",
	    "And what they did last. See doc/hooks.md.\n" },
	{ "outbox list", cmd_outbox_list, NULL, 0, 0, SOURCE | JSON | WEB,
	    outbox_list_options, "list what waits to be sent, and dead "
	    "letters", NULL },
	{ "outbox show", cmd_outbox_show, "ID", 1, 1, SOURCE | JSON, NULL,
	    "show a message and what was tried", NULL },
	{ "outbox tries", cmd_outbox_tries, NULL, 0, 0, SOURCE | JSON,
	    outbox_tries_options, "list the last tries to send, of all "
	    "messages", NULL },
	{ "outbox replay", cmd_outbox_replay, "[ID]", 0, 1, SOURCE,
	    outbox_all_options, "send a dead letter after all",
	    "One that a newer message made needless is discarded by "
	    "--all.\n" },
	{ "outbox discard", cmd_outbox_discard, "[ID]", 0, 1, SOURCE,
	    outbox_all_options, "remove a dead letter", NULL },

	{ "dispatch", cmd_dispatch, "OWNER/NAME [WORKFLOW]", 1, 2,
	    SOURCE | JSON | WEB, dispatch_options, "start a workflow by hand",
	    "WORKFLOW is the path or name of a file of the default branch "
	    "that has\n\"workflow_dispatch\" under \"on\", or the "
	    "workflow's name. With --event every\nworkflow is started that "
	    "has \"repository_dispatch\" of this type. Prints the\nid of "
	    "the delivery.\n" },
	{ "schedule list", cmd_schedule_list, "[OWNER/NAME]", 0, 1,
	    SOURCE | JSON | WEB, NULL, "list what starts by the clock, and when",
	    NULL },
	{ "schedule add", cmd_schedule_add, "OWNER/NAME WORKFLOW", 2, 2,
	    SOURCE | JSON, schedule_add_options, "start a workflow by the "
	    "clock that has no \"schedule\" of its own",
	    "It is started as by \"pawl dispatch\". Prints the schedule's "
	    "number.\n" },
	{ "schedule remove", cmd_schedule_remove, "ID", 1, 1, SOURCE, NULL,
	    "remove one that was added", NULL },
	{ "schedule pause", cmd_schedule_pause, "ID", 1, 1, SOURCE, NULL,
	    "let one not fire", NULL },
	{ "schedule resume", cmd_schedule_resume, "ID", 1, 1, SOURCE, NULL,
	    "let one fire again, from now on", NULL },
	{ "schedule run", cmd_schedule_run, "ID", 1, 1, SOURCE | JSON, NULL,
	    "fire one now, out of its turn", NULL },

	{ "setup", cmd_setup, NULL, 0, 0, STORE, NULL,
	    "make a link with which the first administrator comes in",
	    "Only while there is none. The link is printed alone on standard "
	    "output; it\ncounts once, for a day.\n" },
	{ "user add", cmd_user_add, "NAME", 1, 1, SOURCE | JSON,
	    user_add_options, "add a user, and make a link for them",
	    "The link is printed alone on standard output: whoever opens it "
	    "sets the\npassword, once, within a day.\n" },
	{ "user list", cmd_user_list, NULL, 0, 0, SOURCE | JSON | WEB, NULL,
	    "list the users and what they may", NULL },
	{ "user show", cmd_user_show, "NAME", 1, 1, SOURCE | JSON, NULL,
	    "show one user", NULL },
	{ "user passwd", cmd_user_passwd, "NAME", 1, 1, STORE,
	    user_passwd_options, "set the password of a user",
	    "It is asked for, or read from standard input or FILE. All "
	    "sessions of the user\nend.\n" },
	{ "user link", cmd_user_link, "NAME", 1, 1, SOURCE | JSON, NULL,
	    "make a link with which a user sets a new password", NULL },
	{ "user grant", cmd_user_grant, "NAME", 1, 1, SOURCE,
	    user_grant_options, "let a user do more", "In place of the role "
	    "that he has in the same scope.\n" },
	{ "user revoke", cmd_user_revoke, "NAME", 1, 1, SOURCE,
	    user_revoke_options, "take back what a user may in a scope",
	    NULL },
	{ "user disable", cmd_user_disable, "NAME", 1, 1, SOURCE, NULL,
	    "let a user do nothing, until he is enabled", NULL },
	{ "user enable", cmd_user_enable, "NAME", 1, 1, SOURCE, NULL,
	    "let a disabled user in again", NULL },
	{ "user remove", cmd_user_remove, "NAME", 1, 1, SOURCE, NULL,
	    "remove a user with his tokens and sessions", NULL },
	{ "audit", cmd_audit, NULL, 0, 0, SOURCE | JSON | WEB, audit_options,
	    "show who did what by hand", NULL },
	{ "token add", cmd_token_add, "NAME", 1, 1, SOURCE | JSON,
	    token_add_options, "make a token, with which one may change "
	    "things",
	    "Its text is printed once, alone on standard output: for the "
	    "header\n\"Authorization: Bearer TEXT\" of the API, or for "
	    "signing in to the pages. What\nis done with it is said to be "
	    "done by \"token NAME\".\n" },
	{ "token list", cmd_token_list, NULL, 0, 0, SOURCE | JSON | WEB, NULL,
	    "list the tokens and what they allow", NULL },
	{ "token remove", cmd_token_remove, "NAME", 1, 1, SOURCE,
	    token_remove_options,
	    "make a token useless, and end its sessions", NULL },

	{ "cache list", cmd_cache_list, "OWNER/NAME", 1, 1, SOURCE | JSON,
	    limit_options, "list the caches of a repository", NULL },
	{ "cache delete", cmd_cache_delete, "OWNER/NAME ID", 2, 2, SOURCE,
	    NULL, "remove a cache", NULL },
	{ "workflow list", cmd_workflow_list, "OWNER/NAME", 1, 1,
	    SOURCE | JSON, NULL, "list the workflows of the default branch",
	    NULL },
	{ "workflow show", cmd_workflow_show, "OWNER/NAME WORKFLOW", 2, 2,
	    SOURCE | JSON, NULL, "show one workflow and its newest runs",
	    "WORKFLOW is its path, the name of its file, or its name.\n" },
	{ "agent list", cmd_agent_list, NULL, 0, 0, SOURCE | JSON, NULL,
	    "list where jobs run", NULL },
	{ "insights", cmd_insights, "[OWNER/NAME]", 0, 1,
	    SOURCE | JSON | WEB, insights_options, "show how runs did", NULL },

	{ "db check", cmd_db_check, NULL, 0, 0, STORE, NULL,
	    "say whether the database is sound", NULL },
	{ "db backup", cmd_db_backup, "FILE", 1, 1, STORE, NULL,
	    "copy the database while it is used",
	    "FILE is whole or not there. See doc/operations.md for what else "
	    "belongs to a\nbackup.\n" },
	{ "db vacuum", cmd_db_vacuum, NULL, 0, 0, STORE, NULL,
	    "give back the room that removed rows have left",
	    "Writers wait meanwhile; it needs as much room on the disk "
	    "again.\n" },
	{ "reconcile", cmd_reconcile, "[OWNER/NAME]", 0, 1, STORE,
	    reconcile_options, "find pushes whose webhook never came",
	    "Compares branches and tags with what was planned; what differs "
	    "is planned as if\nits webhook had come. The first time what is "
	    "there is only noted.\n" },
	{ "inbox list", cmd_inbox_list, "[OWNER/NAME]", 0, 1, SOURCE | JSON | WEB,
	    inbox_list_options, "list the newest webhooks and what became "
	                        "of them", NULL },
	{ "inbox show", cmd_inbox_show, "ID", 1, 1, SOURCE | JSON | WEB,
	    inbox_show_options, "show one webhook and the runs it started",
	    "The exit code is 0 when it started a run or was ignored for a "
	    "reason, 1 when\nit failed or (without --wait) is not decided "
	    "yet.\n" },
	{ "inbox replay", cmd_inbox_replay, "[ID... | OWNER/NAME]", 0, -1,
	    SOURCE, inbox_replay_options, "plan a webhook once more",
	    "One that failed is planned again. Of one that was planned or "
	    "ignored a copy is\nplanned, whose id is printed: its runs are "
	    "new ones.\n" },

	{ "admin migrate", cmd_admin_migrate, NULL, 0, 0, CLI_NEED_CONFIG,
	    NULL, "make the database, or bring it up to date", NULL },
	{ "admin check", cmd_admin_check, NULL, 0, 0, JSON, NULL,
	    "say whether everything is right, and how to mend it",
	    "The exit code is 1 when a line says FAIL.\n" },
	{ "admin guarantees", cmd_admin_guarantees, NULL, 0, 0,
	    CLI_NEED_CONFIG | CLI_HAS_JSON, NULL,
	    "try which walls and limits hold on this host",
	    "Starts a container of each engine for each of them; takes some "
	    "seconds.\nWhat they mean is in doc/engines.md.\n" },
	{ "admin rebuild", cmd_admin_rebuild, "[RUN]", 0, 1, STORE,
	    rebuild_options,
	    "compare the database with its history of events",
	    "Every difference is a line, and a bug worth reporting; the exit "
	    "code is then 1.\nNothing is written without --yes.\n" },
	{ "admin sweep", cmd_admin_sweep, NULL, 0, 0, CLI_NEED_CONFIG,
	    sweep_options, "remove what crashes left: containers, folders, "
	    "files", "workerd does this by itself every five minutes while "
	    "jobs run, and after a\nloss. The last line counts what was "
	    "done; after a second sweep it is all zeros.\n" },
	{ "login", cmd_login, "URL", 1, 1, 0, login_options,
	    "let this user work with a server from elsewhere",
	    "The token is asked for, or read from standard input or FILE, and "
	    "kept in a\nfile that only you may read. Commands then ask that "
	    "server by default where\nthere is no database of this host; "
	    "--server NAME asks any of several.\n" },
	{ "logout", cmd_logout, "[NAME|URL]", 0, 1, 0, NULL,
	    "forget a server and its token", NULL },
	{ "whoami", cmd_whoami, NULL, 0, 0, SOURCE | JSON, NULL,
	    "say who the server takes you for, and what you may", NULL },
	{ "servers", cmd_servers, NULL, 0, 0, JSON, NULL,
	    "list the servers that you have logged in to", NULL },
	{ "api", cmd_api, "[METHOD] PATH", 1, 2, SOURCE | JSON, api_options,
	    "send any request to the API",
	    "PATH is below api/v1/, as doc/api.md has it, with its arguments: "
	    "\"runs?limit=5\".\nA refused request's document is printed, "
	    "too.\n" },

	{ "completion", cmd_completion, "SHELL", 1, 1, 0, NULL,
	    "print the script by which a shell completes commands",
	    "SHELL is bash, zsh or fish. An installed Pawl has them in place; "
	    "else for bash:\n"
	    "  source <(pawl completion bash)\n" },
	{ "version", cmd_version, NULL, 0, 0, JSON, NULL,
	    "print the version", NULL },
};
const size_t cli_n_commands = ARRAY_LEN(cli_commands);

const struct cli_alias cli_aliases[] = {
	{ "run list", "runs" }, { "runs list", "runs" },
	{ "run view", "show" }, { "runs view", "show" },
	{ "run show", "show" }, { "runs show", "show" },
	{ "run watch", "runs watch" }, { "watch", "runs watch" },
	{ "run logs", "logs" }, { "runs logs", "logs" },
	{ "run cancel", "cancel" }, { "runs cancel", "cancel" },
	{ "run rerun", "rerun" }, { "runs rerun", "rerun" },
	{ "run download", "download" }, { "runs download", "download" },
	{ "run artifacts", "artifacts" }, { "runs artifacts", "artifacts" },
	{ "run approve", "approve" }, { "runs approve", "approve" },
	{ "run reject", "reject" }, { "runs reject", "reject" },
	{ "run graph", "graph" }, { "runs graph", "graph" },
	{ "run timeline", "timeline" }, { "runs timeline", "timeline" },
	{ "run compare", "compare" }, { "runs compare", "compare" },
	{ "logs search", "search" }, { "workflow view", "workflow show" },
	{ "run why", "why" }, { "runs why", "why" },
	{ "queue list", "queue" },
	{ "workflow run", "dispatch" }, { "workflow validate", "lint" },
	{ "secret remove", "secret delete" },
	{ "repo view", "repo show" }, { "repo delete", "repo remove" },
	{ "auth login", "login" }, { "auth logout", "logout" },
	{ "auth status", "whoami" },
	{ "db migrate", "admin migrate" }, { "doctor", "admin check" },
	{ "worker list", "agent list" },
	{ "cache remove", "cache delete" },
	{ NULL, NULL },
};

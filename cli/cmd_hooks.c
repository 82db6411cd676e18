/*
 * cmd_hooks.c - pawl hooks: the administrator's programs that are run when
 * something happens, and what they did last.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <string.h>

#include "cli/json_out.h"
#include "cli/term.h"
#include "lib/base/clock.h"
#include "lib/base/wake.h"
#include "lib/keep/hook_condition.h"
#include "lib/keep/hook_folder.h"
#include "lib/render/json_outbox.h"
#include "lib/store/hooks.h"

#define LIMIT_MAX 1000

const struct cli_option hooks_options[] = {
	{ "limit", 'n', "N", "how many of the last results [10]", false },
	{ NULL, 0, NULL, NULL, false },
};

const struct cli_option hooks_add_options[] = {
	{ "if", 0, "CONDITION", "run it only when this expression is true",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

static json_t *
hooks_json(const struct hook *hooks, size_t n, const struct outbox_try *tries,
    size_t n_tries)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s?}",
		    "name", hooks[i].name, "path", hooks[i].path,
		    "condition", hooks[i].condition));
	return json_pack("{s:o, s:o}", "hooks", list, "results",
	    json_outbox_tries(tries, n_tries));
}

static void
print_hooks(struct cli *cli, const struct hook *hooks, size_t n)
{
	struct term_table t;

	if (n == 0)
		printf("no hooks in %s\n", cli->config.hooks_dir);
	term_table_init(&t, &cli->arena, 3);
	for (size_t i = 0; i < n; i++) {
		term_cell(&t, TERM_BOLD, "%s", hooks[i].name);
		term_cell(&t, TERM_PLAIN, "%s", hooks[i].path);
		term_cell(&t, TERM_DIM, "%s%s", hooks[i].condition != NULL ?
		    "if " : "", hooks[i].condition != NULL ?
		    hooks[i].condition : "");
	}
	term_table_print(&t, cli->color, stdout);
}

static void
print_results(struct cli *cli, const struct outbox_try *tries, size_t n)
{
	int64_t now = clock_now_ms();
	struct term_table t;

	term_table_init(&t, &cli->arena, 4);
	for (size_t i = 0; i < n; i++) {
		bool well = strcmp(tries[i].result, "sent") == 0;

		term_cell(&t, TERM_DIM, "%s", term_ago(&cli->arena,
		    tries[i].at_ms, now));
		term_cell(&t, well ? TERM_GREEN : TERM_RED, "%s", well ?
		    "ok" : tries[i].result);
		term_cell(&t, TERM_PLAIN, "%s", tries[i].topic);
		term_cell(&t, TERM_PLAIN, "%s", tries[i].error != NULL ?
		    tries[i].error : "");
	}
	term_table_print(&t, cli->color, stdout);
}

int
cmd_hooks(struct cli *cli, struct err *err)
{
	struct outbox_try *tries;
	struct hook *hooks;
	size_t n, n_tries;
	long long limit;

	if (args_number(cli, "limit", 1, LIMIT_MAX, 10, &limit, err) == -1 ||
	    hook_list(cli->store, &cli->arena, &hooks, &n, err) == -1 ||
	    hook_tries(cli->store, (int)limit, &cli->arena, &tries, &n_tries,
		err) == -1)
		return -1;
	if (cli->json)
		return json_out(cli, hooks_json(hooks, n, tries, n_tries), err);
	print_hooks(cli, hooks, n);
	print_results(cli, tries, n_tries);
	return CLI_OK;
}

/* A condition that nobody can read would be found out at the first event. */
static int
check_condition(struct cli *cli, const char *text, struct err *err)
{
	struct expr_error error;
	struct expr e;

	if (text == NULL)
		return 0;
	if (strlen(text) > HOOK_CONDITION_MAX)
		return err_set(err, ERR_TOO_LARGE, "a condition has at most "
		    "%d bytes", HOOK_CONDITION_MAX);
	if (hook_condition_parse(text, &cli->arena, &e, &error) == -1)
		return err_set(err, ERR_INVALID, "--if:%zu: %s",
		    error.offset + 1, error.text);
	return 0;
}

int
cmd_hooks_add(struct cli *cli, struct err *err)
{
	const char *condition = args_option(cli, "if");
	const char *path;

	if (check_condition(cli, condition, err) == -1 ||
	    hook_install(cli->config.hooks_dir, cli->words[0], cli->words[1],
		condition, &cli->arena, &path, err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	printf("%s\n", path);
	return CLI_OK;
}

int
cmd_hooks_remove(struct cli *cli, struct err *err)
{
	if (hook_uninstall(cli->config.hooks_dir, cli->words[0], err) == -1)
		return -1;
	wake_send(cli->config.run_dir);
	printf("removed %s\n", cli->words[0]);
	return CLI_OK;
}

/*
 * main.c - the `pawl` command: the way from its arguments to a command.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/complete.h"
#include "cli/source.h"
#include "cli/term.h"
#include "lib/base/diag.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/mem.h"

static bool
is_group(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < cli_n_commands; i++)
		if (!strncmp(cli_commands[i].name, word, len) &&
		    cli_commands[i].name[len] == ' ')
			return true;
	return false;
}

static int
print_help(FILE *to, const char *group)
{
	struct str text = STR_INIT;

	help_all(group, &text);
	fputs(text.s, to);
	str_release(&text);
	return to == stdout ? CLI_OK : CLI_USAGE;
}

static int
unknown_command(int argc, char **argv)
{
	const char **names = mem_calloc(cli_n_commands + 1, sizeof(*names));
	struct str given = STR_INIT;
	const char *near;
	int code;

	for (size_t i = 0; i < cli_n_commands; i++)
		names[i] = cli_commands[i].name;
	str_add(&given, argv[0]);
	for (int i = 1; i < argc && is_group(given.s) &&
	    argv[i][0] != '-'; i++)
		str_addf(&given, " %s", argv[i]);
	if (is_group(given.s)) {
		code = print_help(stderr, given.s);
		str_release(&given);
		free(names);
		return code;
	}
	near = suggest_word(given.s, names);
	fprintf(stderr, "pawl: unknown command \"%s\"%s%s%s\n", given.s,
	    near ? ", did you mean \"" : "", near ? near : "",
	    near ? "\"?" : "; \"pawl --help\" lists them");
	str_release(&given);
	free(names);
	return CLI_USAGE;
}

/* Call a command whose row and arguments are known. */
static int
call(struct cli *cli)
{
	struct err err = { 0 };
	int code;

	code = cli_setup(cli, cli->command->needs, &err);
	if (code == 0)
		code = cli->command->run(cli, &err);
	if (code < 0) {
		fprintf(stderr, "pawl: %s\n", err.text);
		code = cli_exit_code(&err);
	}
	if (fflush(stdout) == EOF && code == CLI_OK) {
		perror("pawl: standard output");
		code = CLI_FAILED;
	}
	return code;
}

/* The row with this name. */
static const struct command *
row_of(const char *name)
{
	for (size_t i = 0; i < cli_n_commands; i++)
		if (strcmp(cli_commands[i].name, name) == 0)
			return &cli_commands[i];
	abort(); /* an alias of nothing: the test of tables has it */
}

/* The command that the words name; *n is how many of them do, or 1. */
static const struct command *
find_command(int argc, char **argv, int *n)
{
	for (const struct cli_alias *a = cli_aliases; a->words != NULL; a++)
		if ((*n = cli_name_matches(a->words, argc, argv)) > 0)
			return row_of(a->name);
	for (size_t i = 0; i < cli_n_commands; i++)
		if ((*n = cli_name_matches(cli_commands[i].name, argc,
		    argv)) > 0)
			return &cli_commands[i];
	*n = 1;
	return NULL;
}

/* Become the program pawl-WORD of PATH, which is how commands are added. Comes
 * back when there is none. */
static void
run_program(const struct cli *cli, int argc, char **argv)
{
	struct str name = STR_INIT;

	if (argc < 1 || !path_is_name(argv[0]))
		return;
	if (cli->config_file != NULL)
		setenv("PAWL_CONFIG", cli->config_file, 1);
	if (cli->server != NULL)
		setenv("PAWL_SERVER", cli->server, 1);
	str_addf(&name, "pawl-%s", argv[0]);
	fflush(stdout);
	execvp(name.s, argv);
	str_release(&name);
}

static int
run_command(struct cli *cli, int argc, char **argv)
{
	bool help;
	int code, n;

	cli->command = find_command(argc, argv, &n);
	argc -= n - 1;
	argv += n - 1;
	if (!cli->command) {
		run_program(cli, argc, argv);
		return unknown_command(argc, argv);
	}
	code = args_parse(cli, argc, argv, &help);
	if (help) {
		struct str text = STR_INIT;

		help_command(cli->command, &text);
		fputs(text.s, stdout);
		str_release(&text);
		return CLI_OK;
	}
	return code ? code : call(cli);
}

/* Options that may stand before the command. Returns the number of arguments
 * that were taken, or -1 after saying what is wrong. */
static int
global_options(struct cli *cli, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (!strncmp(argv[i], "--config=", 9)) {
			cli->config_file = argv[i] + 9;
		} else if (!strcmp(argv[i], "--config") && i + 1 < argc) {
			cli->config_file = argv[++i];
		} else if (!strncmp(argv[i], "--server=", 9)) {
			cli->server = argv[i] + 9;
		} else if (!strcmp(argv[i], "--server") && i + 1 < argc) {
			cli->server = argv[++i];
		} else if (!strncmp(argv[i], "--color=", 8)) {
			if (args_color(cli, argv[i] + 8) != 0)
				return -1;
		} else {
			fprintf(stderr, "pawl: unknown option \"%s\" before "
			                "the command; try: pawl --help\n",
			    argv[i]);
			return -1;
		}
	}
	return i - 1;
}

int
main(int argc, char **argv)
{
	struct cli cli = { .color = term_color(STDOUT_FILENO),
		.caller = getuid() };
	int taken, code;

	setlocale(LC_CTYPE, "C.UTF-8");
	log_setup("pawl", LOG_WARN);
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")))
		return print_help(stdout, NULL);
	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("pawl %s\n", PACKAGE_VERSION);
		return CLI_OK;
	}
	taken = global_options(&cli, argc, argv);
	if (taken < 0)
		return CLI_USAGE;
	if (taken + 1 >= argc)
		return print_help(stderr, NULL);
	if (!strcmp(argv[taken + 1], "__complete"))
		code = complete(&cli, argc - taken - 2, argv + taken + 2);
	else
		code = run_command(&cli, argc - taken - 1, argv + taken + 1);
	source_close(cli.source);
	store_close(cli.store);
	arena_release(&cli.arena);
	return code;
}

/*
 * args.c - the command line of one command, read by its table of options.
 *
 * getopt_long(3) does the reading; its tables are made from the command's
 * row, so an option is written down once and help cannot forget it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values that getopt_long returns for the options every command knows; those
 * of the command follow from OPT_FIRST. */
enum { OPT_CONFIG = 256, OPT_JSON, OPT_HELP, OPT_FIRST };

int
cli_usage(const struct cli *cli, const char *fmt, ...)
{
	const char *name = cli->command->name;
	va_list ap;

	fprintf(stderr, "pawl %s: ", name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\ntry: pawl %s --help\n", name);
	return CLI_USAGE;
}

/* Fill the tables of getopt_long(3) for a command; returns the number of the
 * command's own options. */
static size_t
make_tables(const struct command *c, struct option *longs, char *shorts)
{
	size_t n_long = 0, n = 0;

	longs[n_long++] =
	    (struct option){ "config", required_argument, NULL, OPT_CONFIG };
	longs[n_long++] =
	    (struct option){ "help", no_argument, NULL, OPT_HELP };
	if (c->needs & CLI_HAS_JSON)
		longs[n_long++] =
		    (struct option){ "json", no_argument, NULL, OPT_JSON };
	*shorts++ = ':';
	*shorts++ = 'h';
	for (const struct cli_option *o = c->options; o && o->name; o++, n++) {
		if (n == CLI_MAX_OPTIONS)
			abort(); /* a table grew beyond struct cli */
		longs[n_long++] = (struct option){ o->name,
			o->value ? required_argument : no_argument, NULL,
			OPT_FIRST + (int)n };
		if (!o->letter)
			continue;
		*shorts++ = o->letter;
		if (o->value)
			*shorts++ = ':';
	}
	longs[n_long] = (struct option){ NULL, 0, NULL, 0 };
	*shorts = '\0';
	return n;
}

/* The row of a short option's letter. */
static int
row_of_letter(const struct command *c, int letter)
{
	int n = 0;

	for (const struct cli_option *o = c->options; o && o->name; o++, n++)
		if (o->letter == letter)
			return n;
	return -1;
}

static int
check_words(const struct cli *cli)
{
	const struct command *c = cli->command;

	if (cli->n_words < c->min_words)
		return cli_usage(cli, "missing argument: expected %s",
		    c->words);
	if (c->max_words >= 0 && cli->n_words > c->max_words)
		return cli_usage(cli, "unexpected argument \"%s\"",
		    cli->words[c->max_words]);
	return 0;
}

static void
set_value(struct cli *cli, int row, const char *value)
{
	const char *before = cli->values[row];

	cli->values[row] = before && cli->command->options[row].many
	    ? arena_printf(&cli->arena, "%s\n%s", before, value) : value;
}

int
args_parse(struct cli *cli, int argc, char **argv, bool *help)
{
	struct option longs[CLI_MAX_OPTIONS + 4];
	char shorts[2 * CLI_MAX_OPTIONS + 3];
	int n = (int)make_tables(cli->command, longs, shorts);
	int c;

	*help = false;
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == OPT_CONFIG) {
			cli->config_file = optarg;
		} else if (c == OPT_JSON) {
			cli->json = true;
		} else if (c == OPT_HELP || c == 'h') {
			*help = true;
			return 0;
		} else if (c == ':') {
			return cli_usage(cli, "option \"%s\" needs a value",
			    argv[optind - 1]);
		} else if (c == '?') {
			return cli_usage(cli, "unknown option \"%s\"",
			    argv[optind - 1]);
		} else {
			int row = c >= OPT_FIRST
			    ? c - OPT_FIRST : row_of_letter(cli->command, c);

			if (row < 0 || row >= n)
				abort(); /* getopt gave what was not asked */
			set_value(cli, row, optarg ? optarg : "");
		}
	}
	cli->words = argv + optind;
	cli->n_words = argc - optind;
	return check_words(cli);
}

const char *
args_option(const struct cli *cli, const char *name)
{
	size_t n = 0;

	for (const struct cli_option *o = cli->command->options; o && o->name;
	     o++, n++)
		if (!strcmp(o->name, name))
			return cli->values[n];
	abort(); /* the command asks for what its table does not have */
}

int
args_number(const struct cli *cli, const char *name, long long min,
    long long max, long long standard, long long *out, struct err *err)
{
	const char *value = args_option(cli, name);

	*out = standard;
	if (!value || str_to_int64(value, min, max, out))
		return 0;
	return err_set(err, ERR_INVALID,
	    "--%s takes a number from %lld to %lld, not \"%s\"", name, min, max,
	    value);
}

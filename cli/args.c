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

/* Values that getopt_long returns for the options of cli_common, by their row;
 * those of the command follow from OPT_FIRST. */
enum common {
	COMMON_SERVER, COMMON_CONFIG, COMMON_JSON, COMMON_JQ, COMMON_WEB,
	COMMON_COLOR, COMMON_HELP, COMMON_N,
};
enum { OPT_COMMON = 256, OPT_FIRST = OPT_COMMON + COMMON_N };

const struct cli_common cli_common[] = {
	[COMMON_SERVER] = { { "server", 0, "URL|NAME", "ask this server, not "
	    "this host (also: $PAWL_SERVER)", false },
	    CLI_NEED_SOURCE | CLI_NEED_SERVERS },
	[COMMON_CONFIG] = { { "config", 0, "FILE", "the configuration to use "
	    "(also: $PAWL_CONFIG)", false }, 0 },
	[COMMON_JSON] = { { "json", 0, "[=FIELD,...]", "print JSON for "
	    "programs", false }, CLI_HAS_JSON },
	[COMMON_JQ] = { { "jq", 0, "FILTER", "print what jq makes of the "
	    "JSON", false }, CLI_HAS_JSON },
	[COMMON_WEB] = { { "web", 0, NULL, "open its page in a browser",
	    false }, CLI_HAS_WEB },
	[COMMON_COLOR] = { { "color", 0, "WHEN", "auto, always or never "
	    "(also: $NO_COLOR, $CLICOLOR_FORCE)", false }, 0 },
	[COMMON_HELP] = { { "help", 'h', NULL, "print this page", false },
	    0 },
	{ { NULL, 0, NULL, NULL, false }, 0 },
};

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

static bool
knows(const struct command *c, const struct cli_common *o)
{
	return o->needs == 0 || (c->needs & o->needs) != 0;
}

static int
takes_value(const struct cli_option *o)
{
	return o->value == NULL ? no_argument : o->value[0] == '[' ?
	    optional_argument : required_argument;
}

/* Fill the tables of getopt_long(3) for a command; returns the number of the
 * command's own options. */
static size_t
make_tables(const struct command *c, struct option *longs, char *shorts)
{
	size_t n_long = 0, n = 0;

	for (int i = 0; i < COMMON_N; i++)
		if (knows(c, &cli_common[i]))
			longs[n_long++] = (struct option){
				cli_common[i].option.name,
				takes_value(&cli_common[i].option), NULL,
				OPT_COMMON + i };
	*shorts++ = ':';
	*shorts++ = 'h';
	for (const struct cli_option *o = c->options; o && o->name; o++, n++) {
		if (n == CLI_MAX_OPTIONS)
			abort(); /* a table grew beyond struct cli */
		longs[n_long++] = (struct option){ o->name, takes_value(o),
			NULL, OPT_FIRST + (int)n };
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
args_color(struct cli *cli, const char *when)
{
	if (strcmp(when, "always") == 0)
		cli->color = true;
	else if (strcmp(when, "never") == 0)
		cli->color = false;
	else if (strcmp(when, "auto") != 0) {
		fprintf(stderr, "pawl: --color takes auto, always or never, "
		    "not \"%s\"\n", when);
		return CLI_USAGE;
	}
	return 0;
}

static int
set_common(struct cli *cli, enum common which, const char *value)
{
	switch (which) {
	case COMMON_SERVER:
		cli->server = value;
		break;
	case COMMON_CONFIG:
		cli->config_file = value;
		break;
	case COMMON_JSON:
		cli->json = true;
		cli->fields = value;
		break;
	case COMMON_JQ:
		cli->json = true;
		cli->jq = value;
		break;
	case COMMON_WEB:
		cli->web = true;
		break;
	case COMMON_COLOR:
		return args_color(cli, value);
	case COMMON_HELP:
	case COMMON_N:
		break;
	}
	return 0;
}

/* What getopt_long(3) has found: 0, or CLI_USAGE. */
static int
take_option(struct cli *cli, int c, int n, char **argv)
{
	int row;

	if (c == ':')
		return cli_usage(cli, "option \"%s\" needs a value",
		    argv[optind - 1]);
	if (c == '?')
		return cli_usage(cli, "unknown option \"%s\"",
		    argv[optind - 1]);
	if (c >= OPT_COMMON && c < OPT_FIRST)
		return set_common(cli, (enum common)(c - OPT_COMMON), optarg);
	row = c >= OPT_FIRST ? c - OPT_FIRST : row_of_letter(cli->command, c);
	if (row < 0 || row >= n)
		abort(); /* getopt gave what was not asked */
	set_value(cli, row, optarg ? optarg : "");
	return 0;
}

int
args_parse(struct cli *cli, int argc, char **argv, bool *help)
{
	struct option longs[CLI_MAX_OPTIONS + COMMON_N + 1];
	char shorts[2 * CLI_MAX_OPTIONS + 3];
	int n = (int)make_tables(cli->command, longs, shorts);
	int c, code;

	*help = false;
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (c == OPT_COMMON + COMMON_HELP || c == 'h') {
			*help = true;
			return 0;
		}
		if ((code = take_option(cli, c, n, argv)) != 0)
			return code;
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

int
cli_name_matches(const char *name, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		size_t len = strcspn(name, " ");

		if (strlen(argv[i]) != len || strncmp(argv[i], name, len))
			return 0;
		if (name[len] == '\0')
			return i + 1;
		name += len + 1;
	}
	return 0;
}

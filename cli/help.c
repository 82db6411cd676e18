/*
 * help.c - the help pages, made from the table of commands.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <string.h>

static const struct cli_option common_options[] = {
	{ "config", 0, "FILE",
	    "the configuration to use (also: $PAWL_CONFIG)" },
	{ "json", 0, NULL, "print JSON for programs" },
	{ "help", 'h', NULL, "print this page" },
	{ NULL, 0, NULL, NULL },
};

static bool
in_group(const char *name, const char *group)
{
	size_t len = strlen(group);

	return !strncmp(name, group, len) && name[len] == ' ';
}

void
help_all(const struct command *table, size_t n, const char *group,
    struct str *out)
{
	str_add(out, "usage: pawl ");
	str_addf(out, "%s%sCOMMAND [OPTIONS] [ARGUMENTS]\n\n",
	    group ? group : "", group ? " " : "");
	for (size_t i = 0; i < n; i++)
		if (!group || in_group(table[i].name, group))
			str_addf(out, "  %-19s %s\n", table[i].name,
			    table[i].summary);
	str_add(out, "\n\"pawl COMMAND --help\" explains one command.\n");
	if (group)
		return;
	str_add(out, "RUN is OWNER/NAME#N, OWNER/NAME/N, the address of its "
	             "page, or just N\n"
	             "where the repository is plain.\n"
	             "\n"
	             "exit codes: 0 done, 1 failed, 2 wrong usage, 3 not "
	             "found, 4 not permitted,\n"
	             "5 a service does not answer, 130 interrupted\n");
}

static void
add_option(struct str *out, const struct cli_option *o)
{
	struct str left = STR_INIT;

	if (o->letter)
		str_addf(&left, "-%c, ", o->letter);
	else
		str_add(&left, "    ");
	str_addf(&left, "--%s%s%s", o->name, o->value ? " " : "",
	    o->value ? o->value : "");
	str_addf(out, "  %-23s %s\n", left.s, o->help);
	str_release(&left);
}

void
help_command(const struct command *c, struct str *out)
{
	str_addf(out, "usage: pawl %s [OPTIONS]%s%s\n\n%s\n", c->name,
	    c->words ? " " : "", c->words ? c->words : "", c->summary);
	if (c->help)
		str_addf(out, "\n%s", c->help);
	str_add(out, "\noptions:\n");
	for (const struct cli_option *o = c->options; o && o->name; o++)
		add_option(out, o);
	for (const struct cli_option *o = common_options; o->name; o++)
		if (strcmp(o->name, "json") || (c->needs & CLI_HAS_JSON))
			add_option(out, o);
}

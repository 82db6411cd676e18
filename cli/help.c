/*
 * help.c - the help pages, made from the table of commands.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <string.h>

static bool
in_group(const char *name, const char *group)
{
	size_t len = strlen(group);

	return !strncmp(name, group, len) && name[len] == ' ';
}

void
help_all(const char *group, struct str *out)
{
	str_add(out, "usage: pawl ");
	str_addf(out, "%s%sCOMMAND [OPTIONS] [ARGUMENTS]\n\n",
	    group ? group : "", group ? " " : "");
	for (size_t i = 0; i < cli_n_commands; i++)
		if (!group || in_group(cli_commands[i].name, group))
			str_addf(out, "  %-19s %s\n", cli_commands[i].name,
			    cli_commands[i].summary);
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

#define PAGE_WIDTH 79
#define OPTION_WIDTH 26 /* of what stands before an option's text */

/* Text in lines that do not pass the page's width; those behind the first are
 * indented like it. */
static void
add_wrapped(struct str *out, const char *text, size_t indent)
{
	size_t at = indent;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (at > indent && at + 1 + len > PAGE_WIDTH) {
			str_addf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			str_add_char(out, ' ');
			at++;
		}
		str_add_len(out, text, len);
		at += len;
		text += len;
		text += strspn(text, " ");
	}
	str_add_char(out, '\n');
}

static void
add_option(struct str *out, const struct cli_option *o)
{
	struct str left = STR_INIT;

	if (o->letter)
		str_addf(&left, "-%c, ", o->letter);
	else
		str_add(&left, "    ");
	str_addf(&left, "--%s%s%s", o->name, o->value && *o->value != '[' ?
	    " " : "", o->value ? o->value : "");
	str_addf(out, "  %-23s ", left.s);
	if (left.len > OPTION_WIDTH - 3)
		str_addf(out, "\n%*s", OPTION_WIDTH, "");
	add_wrapped(out, o->help, OPTION_WIDTH);
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
	for (const struct cli_common *o = cli_common; o->option.name; o++)
		if (o->needs == 0 || (c->needs & o->needs))
			add_option(out, &o->option);
}

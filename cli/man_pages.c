/*
 * man_pages.c - pawl-man: writes the manual pages of the commands, the
 * programs and the configuration from the tables that they are made of, in
 * mdoc(7). A program of the build; it is not installed.
 *
 *	pawl-man FOLDER
 *
 * Pages that are text for people, such as pawl-workflow.5, are made of doc/
 * by doc/man.awk.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"

#define PAGES_DATE "November 22, 2026"

/* --- text ----------------------------------------------------------------- */

/* Does a sentence end with this blank? */
static bool
ends_sentence(const char *s, size_t i, size_t len)
{
	return i > 0 && i + 1 < len && s[i] == ' ' &&
	    strchr(".!?:", s[i - 1]) != NULL;
}

/* One line: no macro begins in it, a backslash is one, and each sentence has a
 * line of its own. */
static void
add_line(struct str *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((i == 0 || ends_sentence(s, i - 1, len)) &&
		    (s[i] == '.' || s[i] == '\''))
			str_add(out, "\\&");
		if (s[i] == '\\')
			str_add(out, "\\e");
		else
			str_add_char(out, ends_sentence(s, i, len) ? '\n' :
			    s[i]);
	}
	str_add_char(out, '\n');
}

/* Lines of a help text; those that are indented stay as they are. */
static void
add_text(struct str *out, const char *text)
{
	bool literal = false;

	while (text != NULL && *text != '\0') {
		size_t len = strcspn(text, "\n");
		bool indented = len > 0 && text[0] == ' ';

		if (indented && !literal)
			str_add(out, ".Bd -literal -offset 2n\n");
		else if (!indented && literal)
			str_add(out, ".Ed\n");
		literal = indented;
		if (len > 0)
			add_line(out, text + (indented ? 2 : 0),
			    len - (indented ? 2 : 0));
		text += len + (text[len] == '\n');
	}
	if (literal)
		str_add(out, ".Ed\n");
}

/* As an argument of a macro: in quotes, which are doubled inside. */
static void
add_quoted(struct str *out, const char *s)
{
	str_add_char(out, '"');
	for (; *s != '\0'; s++)
		if (*s == '"')
			str_add(out, "\"\"");
		else if (*s == '\\')
			str_add(out, "\\e");
		else
			str_add_char(out, *s);
	str_add_char(out, '"');
}

static void
add_head(struct str *out, const char *name, const char *section,
    const char *what)
{
	str_add(out, ".\\\" made by pawl-man\n.Dd " PAGES_DATE "\n.Dt ");
	for (const char *p = name; *p != '\0'; p++)
		str_add_char(out, (char)toupper((unsigned char)*p));
	str_addf(out, " %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd ", section, name);
	add_line(out, what, strlen(what));
}

/* --- commands ------------------------------------------------------------- */

static bool
is_of(const struct command *c, const char *word)
{
	size_t len = strlen(word);

	return strncmp(c->name, word, len) == 0 &&
	    (c->name[len] == '\0' || c->name[len] == ' ');
}

static void
add_option(struct str *out, const struct cli_option *o)
{
	str_add(out, ".It ");
	if (o->letter)
		str_addf(out, "Fl %c , ", o->letter);
	str_addf(out, "Fl Fl %s", o->name);
	if (o->value != NULL && o->value[0] == '[')
		str_addf(out, "Ns %s", o->value); /* "[=FIELD,...]" */
	else if (o->value != NULL) {
		str_add(out, " Ar ");
		add_quoted(out, o->value);
	}
	str_add_char(out, '\n');
	add_line(out, o->help, strlen(o->help));
}

static void
add_options(struct str *out, const struct command *c)
{
	str_add(out, ".Bl -tag -width Ds\n");
	for (const struct cli_option *o = c->options; o && o->name; o++)
		add_option(out, o);
	for (const struct cli_common *o = cli_common; o->option.name; o++)
		if (o->needs != 0 && (c->needs & o->needs) != 0)
			add_option(out, &o->option);
	str_add(out, ".El\n");
}

static bool
has_options(const struct command *c)
{
	bool has = c->options != NULL && c->options->name != NULL;

	for (const struct cli_common *o = cli_common; o->option.name; o++)
		has = has || (o->needs != 0 && (c->needs & o->needs) != 0);
	return has;
}

static void
add_synopsis(struct str *out, const struct command *c)
{
	str_addf(out, ".Nm pawl Cm %s", c->name);
	if (has_options(c))
		str_add(out, " Op Ar options");
	str_add_char(out, '\n');
	if (c->words != NULL) {
		str_add(out, ".Ar ");
		add_quoted(out, c->words);
		str_add_char(out, '\n');
	}
}

static void
add_command(struct str *out, const struct command *c, bool headed)
{
	if (headed)
		str_addf(out, ".Ss pawl %s\n", c->name);
	str_add_char(out, (char)toupper((unsigned char)c->summary[0]));
	add_line(out, c->summary + 1, strlen(c->summary) - 1);
	str_cut(out, out->len - 1);
	str_add(out, ".\n");
	if (c->help != NULL)
		str_add(out, ".Pp\n");
	add_text(out, c->help);
	if (has_options(c))
		add_options(out, c);
}

static const char exit_status[] =
    ".Sh EXIT STATUS\n"
    ".Bl -tag -width 4n -compact\n"
    ".It 0\ndone\n"
    ".It 1\nthe operation, or the run, failed\n"
    ".It 2\nthe command line makes no sense\n"
    ".It 3\nit names nothing that exists\n"
    ".It 4\nnot permitted, or no valid token\n"
    ".It 5\na service does not answer\n"
    ".It 130\ninterrupted\n"
    ".El\n";

/* All commands that begin with a word, on one page. */
static void
command_page(struct str *out, const char *word)
{
	const struct command *first = NULL;
	char name[80];
	size_t n = 0;

	for (size_t i = 0; i < cli_n_commands; i++)
		if (is_of(&cli_commands[i], word)) {
			first = first != NULL && strcmp(cli_commands[i].name,
			    word) != 0 ? first : &cli_commands[i];
			n++;
		}
	snprintf(name, sizeof(name), "pawl-%s", word);
	add_head(out, name, "1", first->summary);
	str_add(out, ".Sh SYNOPSIS\n");
	for (size_t i = 0; i < cli_n_commands; i++)
		if (is_of(&cli_commands[i], word))
			add_synopsis(out, &cli_commands[i]);
	str_add(out, ".Sh DESCRIPTION\n");
	for (size_t i = 0; i < cli_n_commands; i++)
		if (is_of(&cli_commands[i], word))
			add_command(out, &cli_commands[i], n > 1);
	str_add(out, "Options of all commands are in\n.Xr pawl 1 .\n");
	str_add(out, exit_status);
	str_add(out, ".Sh SEE ALSO\n.Xr pawl 1 ,\n.Xr pawl.yaml 5\n");
}

/* Is it the first command with this first word? */
static bool
begins_page(size_t i, char *word, size_t size)
{
	snprintf(word, size, "%.*s", (int)strcspn(cli_commands[i].name, " "),
	    cli_commands[i].name);
	for (size_t k = 0; k < i; k++)
		if (is_of(&cli_commands[k], word))
			return false;
	return true;
}

static void
main_page(struct str *out)
{
	add_head(out, "pawl", "1", "work with a Pawl server, or run a "
	    "pipeline here");
	str_add(out, ".Sh SYNOPSIS\n.Nm\n.Op Fl Fl config Ar FILE\n"
	    ".Op Fl Fl server Ar URL|NAME\n.Ar command\n.Op Ar options\n"
	    ".Op Ar arguments\n.Sh DESCRIPTION\nCommands that read or change "
	    "the state of a server ask the database of this host\nwhen its "
	    "folder may be used, and else the server that\n"
	    ".Ql pawl login\nhas made the usual one, or the one that is "
	    "named.\nThe first words of a command have a page each, such as\n"
	    ".Xr pawl-run 1 .\n.Bl -tag -width Ds\n");
	for (size_t i = 0; i < cli_n_commands; i++) {
		str_addf(out, ".It Cm %s\n", cli_commands[i].name);
		add_line(out, cli_commands[i].summary,
		    strlen(cli_commands[i].summary));
	}
	str_add(out, ".El\n.Pp\nOptions that commands have in common:\n"
	    ".Bl -tag -width Ds\n");
	for (const struct cli_common *o = cli_common; o->option.name; o++)
		add_option(out, &o->option);
	str_add(out, ".El\n.Pp\nA command that is not listed is looked for "
	    "as a program\n.Pa pawl-COMMAND\nin\n.Ev PATH .\n"
	    ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
	    ".It Ev PAWL_CONFIG\nthe configuration, as\n.Fl Fl config\n"
	    ".It Ev PAWL_SERVER , PAWL_TOKEN\na server, as\n.Fl Fl server ,\n"
	    "and the token for it\n"
	    ".It Ev PAWL_REPO\nthe repository that is meant when none is "
	    "named\n.It Ev SSL_CERT_FILE\na file with the authorities that "
	    "sign certificates of servers\n.It Ev NO_COLOR , CLICOLOR , "
	    "CLICOLOR_FORCE\nwhether there are colours\n.El\n"
	    ".Sh FILES\n.Bl -tag -width Ds\n"
	    ".It Pa $XDG_CONFIG_HOME/pawl/servers.json\nservers and their "
	    "tokens; only its owner may read it\n"
	    ".It Pa /etc/pawl/pawl.yaml\nthe configuration of a server, see\n"
	    ".Xr pawl.yaml 5\n.El\n");
	str_add(out, exit_status);
	str_add(out, ".Sh SEE ALSO\n.Xr pawl-log 5 ,\n.Xr pawl-workflow 5 ,\n"
	    ".Xr pawl.yaml 5 ,\n.Xr pawl-workerd 8\n");
}

/* --- programs and files --------------------------------------------------- */

static const struct {
	const char *name, *what, *synopsis, *text;
} programs[] = {
	{ "pawl-hook", "take in webhooks of forges", "handler",
	    "Stores each webhook before it is answered, and wakes\n"
	    ".Xr pawl-workerd 8 .\n" },
	{ "pawl-api", "answer programs as JSON", "handler",
	    "The API, as doc/api.md has it.\n" },
	{ "pawl-web", "answer browsers with pages", "handler",
	    "The dashboard.\n" },
	{ "pawl-events", "stream events and logs", "",
	    "Server-sent events for pages, programs and\n"
	    ".Ql pawl runs watch .\n" },
	{ "pawl-workerd", "start what is to be done", "",
	    "Watches the database, starts planners, jobs and other programs "
	    "of Pawl, and\nkeeps badges and status files.\nJobs outlive "
	    "it.\n" },
	{ "pawl-planner", "make runs of one delivery", "DELIVERY",
	    "Started by\n.Xr pawl-workerd 8 .\n" },
	{ "pawl-job", "execute one attempt of one job", "JOB ATTEMPT",
	    "Started by\n.Xr pawl-workerd 8 .\n" },
	{ "pawl-notifier", "send what is due in the outbox", "",
	    "Started by\n.Xr pawl-workerd 8 .\n" },
	{ "pawl-reconciler", "find pushes whose webhook never came", "REPO",
	    "Started by\n.Xr pawl-workerd 8 .\n" },
	{ "pawl-janitor", "remove what is not needed any more", "",
	    "Started by\n.Xr pawl-workerd 8\nor\n.Ql pawl admin sweep .\n" },
};

static void
program_page(struct str *out, size_t i)
{
	bool handler = strcmp(programs[i].synopsis, "handler") == 0;

	add_head(out, programs[i].name, "8", programs[i].what);
	str_add(out, ".Sh SYNOPSIS\n.Nm\n.Op Fl Fl config Ar FILE\n");
	if (handler)
		str_add(out, ".Op Fl Fl idle Ar SECONDS\n");
	else if (*programs[i].synopsis != '\0')
		str_addf(out, ".Ar %s\n", programs[i].synopsis);
	str_addf(out, ".Sh DESCRIPTION\n%s", programs[i].text);
	if (handler)
		str_add(out, ".Pp\nStarted by the web server or its socket: "
		    "FastCGI when descriptor 0 is a listening\nsocket or one "
		    "is passed by systemd, plain CGI otherwise.\nWith\n"
		    ".Fl Fl idle\nit ends when no request came for so "
		    "long.\n");
	str_add(out, ".Sh SEE ALSO\n.Xr pawl 1 ,\n.Xr pawl.yaml 5\n");
}

static void
configuration_page(struct str *out)
{
	add_head(out, "pawl.yaml", "5", "configuration of a Pawl server");
	str_add(out, ".Sh DESCRIPTION\nA mapping in YAML.\n.Ql pawl admin "
	    "check\ntells of mistakes with their place.\n"
	    ".Bl -tag -width Ds\n");
	for (const struct config_key *k = config_keys(); k->name; k++) {
		str_addf(out, ".It Cm %s : Ar ", k->name);
		add_quoted(out, k->type);
		str_add_char(out, '\n');
		add_text(out, k->doc);
		if (k->standard != NULL && *k->standard != '\0') {
			str_add(out, "Default:\n.Li ");
			add_quoted(out, k->standard);
			str_add_char(out, '\n');
		}
	}
	str_add(out, ".El\n.Sh SEE ALSO\n.Xr pawl 1 ,\n.Xr pawl-workerd 8\n");
}

/* --- the program ---------------------------------------------------------- */

static int
write_page(const char *dir, const char *name, struct str *page,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/%s", dir, name);
	rc = file_replace(path.s, page->s, page->len, 0644, false, err);
	str_release(&path);
	str_clear(page);
	return rc;
}

static int
write_all(const char *dir, struct err *err)
{
	struct str page = STR_INIT;
	char word[64], name[80];
	int rc;

	main_page(&page);
	rc = write_page(dir, "pawl.1", &page, err);
	for (size_t i = 0; rc == 0 && i < cli_n_commands; i++) {
		if (!begins_page(i, word, sizeof(word)))
			continue;
		snprintf(name, sizeof(name), "pawl-%s.1", word);
		command_page(&page, word);
		rc = write_page(dir, name, &page, err);
	}
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(programs); i++) {
		snprintf(name, sizeof(name), "%s.8", programs[i].name);
		program_page(&page, i);
		rc = write_page(dir, name, &page, err);
	}
	configuration_page(&page);
	if (rc == 0)
		rc = write_page(dir, "pawl.yaml.5", &page, err);
	str_release(&page);
	return rc;
}

int
main(int argc, char **argv)
{
	struct err err = { 0 };

	if (argc != 2) {
		fprintf(stderr, "usage: pawl-man FOLDER\n");
		return 2;
	}
	if (write_all(argv[1], &err) == -1) {
		fprintf(stderr, "pawl-man: %s\n", err.text);
		return 1;
	}
	return 0;
}

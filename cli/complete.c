/*
 * complete.c - see complete.h.
 *
 * What is known from the tables is printed at once. Repositories and runs are
 * asked for, within a second: no answer is no suggestion.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/complete.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/doc.h"
#include "cli/servers.h"
#include "cli/source.h"
#include "lib/base/mem.h"

#define PATIENCE_S 1
#define RUNS_SHOWN 20

/* What is typed, and what stands before each suggestion. */
struct typing {
	struct cli *cli;
	const char *word;   /* being typed */
	const char *before; /* "--state=" when the option is in the word */
};

static void
suggest(const struct typing *t, const char *word, const char *text)
{
	struct str safe = STR_INIT;

	if (!str_starts_with(word, t->word))
		return;
	term_text(&safe, word);
	str_add_char(&safe, '\t');
	term_text(&safe, text);
	printf("%s%s\n", t->before, safe.s);
	str_release(&safe);
}

/* --- values --------------------------------------------------------------- */

static void
suggest_repos(const struct typing *t)
{
	struct cli *cli = t->cli;
	struct err ignored = { 0 };
	json_t *repos, *repo;
	size_t i;

	alarm(PATIENCE_S); /* by default its signal ends this process */
	if (source_open(cli, &ignored) == -1)
		return;
	repos = source_list(cli->source, "api/v1/repos", "repos", 0, 0,
	    &ignored);
	json_array_foreach(repos, i, repo)
		suggest(t, arena_printf(&cli->arena, "%s/%s", doc_text(repo,
		    "owner"), doc_text(repo, "name")), doc_text(repo,
		    "forge"));
	json_decref(repos);
}

static void
suggest_runs(const struct typing *t)
{
	struct cli *cli = t->cli;
	struct err ignored = { 0 };
	json_t *runs, *run;
	size_t i;

	alarm(PATIENCE_S);
	if (source_open(cli, &ignored) == -1)
		return;
	runs = source_list(cli->source, "api/v1/runs", "runs", RUNS_SHOWN,
	    SOURCE_PAGED, &ignored);
	json_array_foreach(runs, i, run)
		suggest(t, doc_run_name(run, &cli->arena), arena_printf(
		    &cli->arena, "%s %s", doc_text(run, "state"),
		    doc_text(run, "title")));
	json_decref(runs);
}

static void
suggest_servers(const struct typing *t)
{
	struct err ignored = { 0 };
	struct servers list;

	suggest(t, "local", "the database of this host");
	if (servers_load(&list, &t->cli->arena, &ignored) == -1)
		return;
	for (size_t i = 0; i < list.n; i++)
		suggest(t, list.list[i].name, list.list[i].url);
}

static void
say_files(const struct typing *t)
{
	(void)t;
	printf(":files\n");
}

static void
say_folders(const struct typing *t)
{
	(void)t;
	printf(":folders\n");
}

/* What a placeholder of help stands for: words, or a function. A row of a
 * command goes before one for all. */
static const struct {
	const char *command, *value, *words; /* words with blanks between */
	void (*ask)(const struct typing *t);
} values[] = {
	{ "inbox list", "STATE", "received planned ignored failed", NULL },
	{ NULL, "STATE", "pending running succeeded failed cancelled skipped",
	    NULL },
	{ NULL, "WHEN", "auto always never", NULL },
	{ NULL, "ROLE", "reader writer admin", NULL },
	{ NULL, "SHELL", "bash zsh fish", NULL },
	{ NULL, "METHOD", "GET POST PUT PATCH DELETE", NULL },
	{ NULL, "FORMAT", "text json sarif github", NULL },
	{ NULL, "FORGE", "github gitlab gitea forgejo bitbucket bitbucket-dc "
	    "generic", NULL },
	{ NULL, "FILE", NULL, say_files },
	{ NULL, "DIR", NULL, say_folders },
	{ NULL, "OWNER/NAME", NULL, suggest_repos },
	{ NULL, "REPO@COMMIT", NULL, suggest_repos },
	{ NULL, "RUN", NULL, suggest_runs },
	{ NULL, "NAME|URL", NULL, suggest_servers },
	{ NULL, "URL|NAME", NULL, suggest_servers },
};

static void
suggest_words(const struct typing *t, const char *words)
{
	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		suggest(t, arena_strndup(&t->cli->arena, words, len), "");
		words += len + (words[len] == ' ');
	}
}

/* Does a placeholder, "[FILE|DIR|-]...", name this value? */
static bool
names(const char *placeholder, const char *value)
{
	size_t len = strlen(value);

	for (const char *p = placeholder; (p = strstr(p, value)) != NULL; p++)
		if ((p == placeholder || strchr("[|", p[-1]) != NULL) &&
		    (p[len] == '\0' || strchr("]|@", p[len]) != NULL))
			return true;
	return false;
}

static void
suggest_value(const struct typing *t, const char *command,
    const char *placeholder)
{
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (!names(placeholder, values[i].value) ||
		    (values[i].command != NULL &&
		    strcmp(values[i].command, command) != 0))
			continue;
		if (values[i].ask != NULL)
			values[i].ask(t);
		else
			suggest_words(t, values[i].words);
		return;
	}
}

/* --- options and words ---------------------------------------------------- */

static bool
knows(const struct command *c, const struct cli_common *o)
{
	return o->needs == 0 || (c->needs & o->needs) != 0;
}

static void
suggest_options(const struct typing *t, const struct command *c)
{
	for (const struct cli_option *o = c->options; o && o->name; o++)
		suggest(t, arena_printf(&t->cli->arena, "--%s", o->name),
		    o->help);
	for (const struct cli_common *o = cli_common; o->option.name; o++)
		if (knows(c, o))
			suggest(t, arena_printf(&t->cli->arena, "--%s",
			    o->option.name), o->option.help);
}

/* The option that a word is, "--state", "-s" or the first part of
 * "--state=x" (then *value is behind it); NULL. */
static const struct cli_option *
find_option(const struct command *c, const char *word, const char **value)
{
	size_t len = strcspn(word, "=");

	*value = word[len] == '=' ? word + len + 1 : NULL;
	for (const struct cli_option *o = c->options; o && o->name; o++)
		if ((str_starts_with(word, "--") && strlen(o->name) + 2 ==
		    len && strncmp(word + 2, o->name, len - 2) == 0) ||
		    (len == 2 && word[0] == '-' && word[1] == o->letter))
			return o;
	for (const struct cli_common *o = cli_common; o->option.name; o++)
		if (knows(c, o) && str_starts_with(word, "--") &&
		    strlen(o->option.name) + 2 == len &&
		    strncmp(word + 2, o->option.name, len - 2) == 0)
			return &o->option;
	return NULL;
}

/* The next word of names that begin with those that are typed. */
static void
suggest_names(const struct typing *t, const char *typed)
{
	const char *last = "";

	for (size_t i = 0; i < cli_n_commands; i++) {
		const struct command *c = &cli_commands[i];
		const char *rest = c->name + strlen(typed), *word;
		size_t len;

		if (!str_starts_with(c->name, typed))
			continue;
		len = strcspn(rest, " ");
		word = arena_strndup(&t->cli->arena, rest, len);
		if (len == 0 || strcmp(word, last) == 0)
			continue;
		last = word;
		suggest(t, word, rest[len] == '\0' ? c->summary : "");
	}
}

/* The n-th placeholder of "RUN [JOB]"; the last one when it may be again. */
static const char *
placeholder(struct arena *a, const char *words, int n)
{
	const char *at = words != NULL ? words : "";

	while (n > 0 && *at != '\0') {
		size_t len = strcspn(at, " ");

		if (at[len] == '\0')
			return strstr(at, "...") != NULL ? at : "";
		at += len + 1;
		n--;
	}
	return arena_strndup(a, at, strcspn(at, " "));
}

/* The longest name that the words begin with; *used is how many. */
static const struct command *
find_command(int n, char **words, int *used)
{
	const struct command *found = NULL;

	*used = 0;
	for (size_t i = 0; i < cli_n_commands; i++) {
		int len = cli_name_matches(cli_commands[i].name, n, words);

		if (len > *used) {
			found = &cli_commands[i];
			*used = len;
		}
	}
	return found;
}

/* Behind the command's name. */
static void
suggest_argument(struct typing *t, const struct command *c, int n,
    char **words)
{
	const struct cli_option *o;
	const char *value;
	int position = 0;

	for (int i = 0; i < n - 1; i++) {
		o = find_option(c, words[i], &value);
		if (o != NULL && o->value != NULL && value == NULL &&
		    o->value[0] != '[') {
			if (i == n - 2) {
				suggest_value(t, c->name, o->value);
				return;
			}
			i++;
		} else if (words[i][0] != '-') {
			position++;
		}
	}
	o = find_option(c, t->word, &value);
	if (o != NULL && value != NULL && o->value != NULL) {
		t->before = arena_strndup(&t->cli->arena, t->word,
		    (size_t)(value - t->word));
		t->word = value;
		suggest_value(t, c->name, o->value);
	} else if (t->word[0] == '-') {
		suggest_options(t, c);
	} else {
		suggest_value(t, c->name, placeholder(&t->cli->arena,
		    c->words, position));
	}
}

/* bash cuts words at "=": "--state", "=", "x" are put together again. */
static int
join_words(struct cli *cli, int n, char **words)
{
	int to = 0;

	for (int i = 0; i < n; i++) {
		if (to > 0 && strcmp(words[i], "=") == 0 &&
		    str_starts_with(words[to - 1], "--"))
			words[to - 1] = arena_printf(&cli->arena, "%s=%s",
			    words[to - 1], i + 1 < n ? words[++i] : "");
		else
			words[to++] = words[i];
	}
	return to;
}

int
complete(struct cli *cli, int n, char **words)
{
	struct typing t = { .cli = cli, .before = "" };
	const struct command *c;
	struct str typed = STR_INIT;
	int used;

	if (n == 0)
		return CLI_OK;
	n = join_words(cli, n, words);
	t.word = words[n - 1];
	c = find_command(n - 1, words, &used);
	for (int i = 0; i < n - 1; i++)
		str_addf(&typed, "%s ", words[i]);
	if (used == n - 1)
		suggest_names(&t, typed.s);
	if (c != NULL)
		suggest_argument(&t, c, n - used, words + used);
	str_release(&typed);
	return CLI_OK;
}

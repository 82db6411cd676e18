/*
 * cli-t.c - how the command line is read: names of runs and repositories,
 * options, and text that must not steer a terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include "cli/cli.h"
#include "cli/ref.h"
#include "lib/run/git.h"
#include "cli/term.h"
#include "lib/base/mem.h"
#include "t/lib/tap.h"

static struct arena arena;

static void
test_run_refs(void)
{
	static const char base[] = "https://ci.example/ci";
	static const struct {
		const char *text, *owner, *name;
		long long number; /* 0: refused */
		int attempt;
	} cases[] = {
		{ "mina/app#7", "mina", "app", 7, 0 },
		{ "mina/app/7", "mina", "app", 7, 0 },
		{ "group/sub/app#12", "group/sub", "app", 12, 0 },
		{ "7", NULL, NULL, 7, 0 },
		{ "#7", NULL, NULL, 7, 0 },
		{ "mina/runs/7", "mina", "runs", 7, 0 },
		{ "https://ci.example/ci/mina/app/runs/7", "mina", "app", 7, 0 },
		{ "https://ci.example/ci/mina/app/runs/7/jobs/build?x#L1",
		    "mina", "app", 7, 0 },
		{ "https://ci.example/ci/a/runs/runs/7", "a", "runs", 7, 0 },
		{ "mina/app#7.2", "mina", "app", 7, 2 },
		{ "7.12", NULL, NULL, 7, 12 },
		{ "https://ci.example/ci/mina/app/runs/7/attempts/2", "mina",
		    "app", 7, 2 },
		{ "https://ci.example/ci/mina/app/runs/7/attempts/3/jobs/a?b",
		    "mina", "app", 7, 3 },
		{ "mina/app#7.0", NULL, NULL, 0, 0 },
		{ "mina/app#7.", NULL, NULL, 0, 0 },
		{ "mina/app#.7", NULL, NULL, 0, 0 },
		{ "mina/app#7.2.1", NULL, NULL, 0, 0 },
		{ "", NULL, NULL, 0, 0 },
		{ "app", NULL, NULL, 0, 0 },
		{ "app#7", NULL, NULL, 0, 0 },
		{ "/app#7", NULL, NULL, 0, 0 },
		{ "mina/#7", NULL, NULL, 0, 0 },
		{ "mina/app#0", NULL, NULL, 0, 0 },
		{ "mina/app#-1", NULL, NULL, 0, 0 },
		{ "mina/app#7x", NULL, NULL, 0, 0 },
		{ "mina/app#99999999999999999999", NULL, NULL, 0, 0 },
		{ "https://ci.example/cinema/app/runs/7x", NULL, NULL, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct run_ref ref = { 0 };
		struct err err = { 0 };
		int r = ref_parse_run(cases[i].text, base, &arena, &ref, &err);

		if (cases[i].number == 0) {
			ok(r == -1 && err.code == ERR_INVALID,
			    "refused: \"%s\"", cases[i].text);
			continue;
		}
		ok(r == 0 && ref.number == cases[i].number &&
		    ref.attempt == cases[i].attempt &&
		    str_equal(ref.owner, cases[i].owner) &&
		    str_equal(ref.name, cases[i].name), "a run: \"%s\"",
		    cases[i].text);
	}
}

static void
test_remotes(void)
{
	static const struct {
		const char *url, *key;
	} cases[] = {
		{ "https://git.example/mina/app.git", "git.example/mina/app" },
		{ "https://git.example/mina/app/", "git.example/mina/app" },
		{ "https://u:p@Git.Example:8443/mina/App",
		    "git.example/mina/App" },
		{ "ssh://git@git.example:22/mina/app.git",
		    "git.example/mina/app" },
		{ "git@git.example:mina/app.git", "git.example/mina/app" },
		{ "git.example:/mina/app", "git.example/mina/app" },
		{ "file:///srv/app.git", "/srv/app" },
		{ "/srv/App.git/", "/srv/App" },
		{ "/srv/a:b@c", "/srv/a:b@c" },
		{ "", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_str(git_url_key(cases[i].url, &arena), cases[i].key,
		    "\"%s\"", cases[i].url);
}

static void
test_text(void)
{
	static const struct {
		const char *given, *shown;
	} cases[] = {
		{ "plain", "plain" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f" },
		{ "\033[31mred", "?[31mred" },
		{ "\xc2\x9b" "31m", "?31m" }, /* CSI as C1 */
		{ "a\nb\tc\x7f", "a?b?c?" },
		{ "\xff\xe2\x82", "???" },
		{ NULL, "" },
	};
	struct str out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str_clear(&out);
		term_text(&out, cases[i].given);
		is_str(out.s, cases[i].shown, "harmless text %zu", i);
	}
	str_clear(&out);
	term_lines(&out, "one\n\033two");
	is_str(out.s, "one\n?two\n", "lines stay lines");
	str_release(&out);
}

static const struct cli_option options[] = {
	{ "limit", 'n', "N", "how many" },
	{ "yes", 'y', NULL, "do not ask" },
	{ NULL, 0, NULL, NULL },
};
static const struct command command = { .name = "test", .words = "ONE [TWO]",
	.min_words = 1, .max_words = 2, .needs = CLI_HAS_JSON,
	.options = options };

static int
parse(struct cli *cli, const char *line, bool *help)
{
	static char text[200];
	static char *argv[20];
	char *save = NULL;
	int argc = 0;

	*cli = (struct cli){ .command = &command };
	snprintf(text, sizeof(text), "%s", line);
	for (char *w = strtok_r(text, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	argv[argc] = NULL;
	return args_parse(cli, argc, argv, help);
}

static void
test_args(void)
{
	struct err err = { 0 };
	struct cli cli;
	long long n;
	bool help;

	ok(parse(&cli, "test a -n 5 --yes b --json", &help) == 0 &&
	    cli.n_words == 2 && cli.json && args_option(&cli, "yes"),
	    "options may stand anywhere");
	ok(args_number(&cli, "limit", 1, 9, 3, &n, &err) == 0 && n == 5,
	    "a number");
	ok(parse(&cli, "test a", &help) == 0 &&
	    args_number(&cli, "limit", 1, 9, 3, &n, &err) == 0 && n == 3 &&
	    !args_option(&cli, "yes"), "what is not given");
	ok(parse(&cli, "test a --limit=10", &help) == 0 &&
	    args_number(&cli, "limit", 1, 9, 3, &n, &err) == -1 &&
	    err.code == ERR_INVALID, "a number out of range");
	ok(parse(&cli, "test -- -y", &help) == 0 && cli.n_words == 1 &&
	    !args_option(&cli, "yes"), "\"--\" ends the options");
	ok(parse(&cli, "test --help", &help) == 0 && help,
	    "help needs no words");
	is_int(parse(&cli, "test", &help), CLI_USAGE, "too few words");
	is_int(parse(&cli, "test a b c", &help), CLI_USAGE, "too many words");
	is_int(parse(&cli, "test a --nope", &help), CLI_USAGE,
	    "unknown option");
	is_int(parse(&cli, "test a -n", &help), CLI_USAGE, "missing value");
	is_int(parse(&cli, "test a --yes=1", &help), CLI_USAGE,
	    "a flag takes no value");
}

int
main(void)
{
	test_run_refs();
	test_remotes();
	test_text();
	test_args();
	arena_release(&arena);
	return tap_done();
}

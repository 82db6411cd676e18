/*
 * cmd_check.c - pawl admin check: ask every probe and print what they found.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "cli/check.h"
#include "cli/json_out.h"
#include "cli/term.h"
#include "lib/base/mem.h"

static void (*const probes[])(struct checks *) = {
	check_state_dir,
	check_space,
	check_database, /* opens it for those below */
	check_clock,
	check_workerd,
	check_programs,
	check_git,
	check_engines,
	check_queue,
	check_hooks,
	check_secrets,
	check_kept,
	check_web,
};

static const struct {
	const char *word;
	enum term_style style;
} levels[] = {
	[CHECK_OK] = { "ok", TERM_GREEN },
	[CHECK_WARN] = { "warn", TERM_YELLOW },
	[CHECK_FAIL] = { "FAIL", TERM_RED },
};

void
check_add(struct checks *c, const char *name, enum check_level level,
    const char *hint, const char *fmt, ...)
{
	struct arena *a = &c->cli->arena;
	struct check_line *line = arena_push(a, &c->lines, &c->n,
	    sizeof(*line));
	struct str text = STR_INIT;
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	line->name = name;
	line->level = level;
	line->text = arena_strdup(a, text.s);
	line->hint = arena_strdup(a, hint);
	str_release(&text);
}

/* The configuration comes first: without it nothing else can be asked. */
static bool
check_config(struct checks *c)
{
	struct cli *cli = c->cli;
	struct str problems = STR_INIT;
	struct err err = { 0 };
	bool good;

	good = config_load(cli->config_file, &cli->arena, &cli->config,
	    &problems, &err) == 0;
	if (!good)
		check_add(c, "configuration", CHECK_FAIL,
		    "every key is explained in doc/configuration.md", "%s",
		    problems.len > 0 ? problems.s : err.text);
	else if (cli->config.file)
		check_add(c, "configuration", CHECK_OK, NULL, "%s",
		    cli->config.file);
	else
		check_add(c, "configuration", CHECK_OK, NULL,
		    "no file, so every default: looked for --config, "
		    "$PAWL_CONFIG, ~/.config/pawl/pawl.yaml, "
		    PAWL_SYSCONFDIR "/pawl/pawl.yaml");
	str_release(&problems);
	return good;
}

/* From here on with the rights of who owns the state, as workerd has them. */
static bool
check_user(struct checks *c)
{
	struct err err = { 0 };

	if (cli_become_owner(c->cli->config.state_dir, &err) == 0)
		return true;
	check_add(c, "user", CHECK_FAIL, NULL, "%s", err.text);
	return false;
}

static void
print_text(const struct checks *c)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < c->n; i++) {
		const struct check_line *l = &c->lines[i];
		struct str name = STR_INIT, text = STR_INIT;

		str_addf(&name, "%-5s", levels[l->level].word);
		term_styled(&out, c->cli->color, levels[l->level].style,
		    name.s);
		term_lines(&text, l->text);
		str_addf(&out, "%-14s %s", l->name, text.s);
		if (l->hint)
			str_addf(&out, "%20smend: %s\n", "", l->hint);
		str_release(&name);
		str_release(&text);
	}
	fputs(out.s, stdout);
	str_release(&out);
}

static json_t *
as_json(const struct checks *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n; i++) {
		const struct check_line *l = &c->lines[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s?}", "check", l->name,
		        "level", levels[l->level].word, "message", l->text,
		        "mend", l->hint));
	}
	return list;
}

int
cmd_admin_check(struct cli *cli, struct err *err)
{
	struct checks c = { .cli = cli };
	int r = CLI_OK;

	if (check_config(&c) && check_user(&c))
		for (size_t i = 0; i < ARRAY_LEN(probes); i++)
			probes[i](&c);
	if (!cli->json)
		print_text(&c);
	else if (json_out(cli, as_json(&c), err) == -1)
		return -1;
	for (size_t i = 0; i < c.n; i++)
		if (c.lines[i].level == CHECK_FAIL)
			r = CLI_FAILED;
	return r;
}

/*
 * local.c - a workflow of a folder and what happened, from the command line.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "cli/secret_input.h"
#include "cli/sources.h"
#include "lib/base/file.h"
#include "lib/pipeline/event_context.h"
#include "lib/pipeline/inputs.h"

#define MAX_PAYLOAD (25 * 1024 * 1024) /* GitHub's largest webhook */

/* --- options ------------------------------------------------------------------ */

void
local_values(struct cli *cli, const char *option, const char ***out,
    size_t *n)
{
	const char *at = args_option(cli, option);

	while (at != NULL) {
		size_t len = strcspn(at, "\n");

		*(const char **)arena_push(&cli->arena, out, n, sizeof(**out)) =
		    arena_strndup(&cli->arena, at, len);
		at = at[len] == '\n' ? at + len + 1 : NULL;
	}
}

/* NULL when it has no path, such as standard input. */
static const char *
absolute(struct arena *a, const char *file)
{
	char *path = realpath(file, NULL);
	const char *kept = path != NULL ? arena_strdup(a, path) : NULL;

	free(path);
	return kept;
}

int
local_dir(struct arena *a, const char **out, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = arena_printf(a, "%s/pawl-run-XXXXXX",
	    tmp && tmp[0] == '/' ? tmp : "/tmp");

	if (!mkdtemp(dir))
		return err_errno(err, "making the folder %s", dir);
	*out = dir;
	return 0;
}

static struct config_secret *
add_secret(struct cli *cli, struct config_secret **list, size_t *n)
{
	return arena_push(&cli->arena, list, n, sizeof(**list));
}

int
local_secrets(struct cli *cli, struct err *err)
{
	struct config *config = &cli->config;
	const char *file = args_option(cli, "secret-file");
	struct config_secret *list = NULL, *one;
	struct secret_pair *pairs = NULL;
	const char **names = NULL, *path = NULL;
	size_t n = 0, n_pairs = 0, count = 0;

	if (file != NULL && secret_file(file, &cli->arena, &pairs, &n_pairs,
	    err) == -1)
		return -1;
	if (file != NULL)
		path = absolute(&cli->arena, file);
	local_values(cli, "secret", &names, &n);
	for (size_t i = 0; i < n; i++) {
		one = add_secret(cli, &list, &count);
		one->name = names[i];
		one->value = getenv(names[i]);
		if (one->value == NULL)
			return err_set(err, ERR_NOT_FOUND, "--secret %s: there "
			    "is no environment variable of that name",
			    names[i]);
	}
	for (size_t i = 0; i < n_pairs; i++) {
		one = add_secret(cli, &list, &count);
		*one = (struct config_secret) { pairs[i].name, pairs[i].value,
			path }; /* the sandbox covers the file */
	}
	for (size_t i = 0; i < config->n_secrets; i++)
		*add_secret(cli, &list, &count) = config->secrets[i];
	config->secrets = list;
	config->n_secrets = count;
	return 0;
}

int
local_pair(struct local *l, const char *option, const char *pair,
    const char **name, const char **value, struct err *err)
{
	const char *equals = strchr(pair, '=');

	if (equals == NULL || equals == pair)
		return err_set(err, ERR_INVALID,
		    "--%s takes NAME=VALUE, not \"%s\"", option, pair);
	*name = arena_strndup(l->a, pair, (size_t)(equals - pair));
	*value = equals + 1;
	return 0;
}

/* All pairs of an option as one object; NULL when there is none. */
static int
read_pairs(struct local *l, const char *option, struct expr_object **out,
    struct err *err)
{
	const char **pairs = NULL, *name, *value;
	size_t n = 0;

	local_values(l->cli, option, &pairs, &n);
	*out = n > 0 ? expr_object_new(l->a) : NULL;
	for (size_t i = 0; i < n; i++) {
		if (local_pair(l, option, pairs[i], &name, &value, err) == -1)
			return -1;
		expr_object_add(*out, name, expr_string(value));
	}
	return 0;
}

static int
read_payload(struct local *l, struct expr_object **out, struct err *err)
{
	const char *file = args_option(l->cli, "payload");
	struct str text = STR_INIT;
	struct expr_value v;
	int r = -1;

	*out = NULL;
	if (file == NULL)
		return 0;
	if (file_read(file, MAX_PAYLOAD, &text, err) == -1)
		goto out;
	if (expr_json_read(arena_strndup(l->a, text.s, text.len), text.len,
	        16 * (size_t)MAX_PAYLOAD, l->a, &v, err) == -1) {
		err_wrap(err, "%s", file);
		goto out;
	}
	if (v.type != EXPR_OBJECT) {
		err_set(err, ERR_INVALID, "%s: a payload is a JSON object",
		    file);
		goto out;
	}
	*out = v.object;
	r = 0;
out:
	str_release(&text);
	return r;
}

/* Those of the options win over those of the payload. */
static int
read_inputs(struct local *l, struct expr_object *payload, struct err *err)
{
	const struct expr_value *sent = payload != NULL ?
	    event_value(payload, "inputs") : NULL;
	struct expr_object *given;

	if (read_pairs(l, "input", &given, err) == -1)
		return -1;
	/* Only who starts a workflow by hand gives inputs. */
	if (given == NULL && strcmp(l->event.name, "workflow_dispatch") != 0)
		return 0;
	if (given == NULL)
		given = expr_object_new(l->a);
	for (size_t i = 0; sent != NULL && sent->type == EXPR_OBJECT &&
	    i < sent->object->n; i++)
		expr_object_add_len(given, sent->object->members[i].name,
		    sent->object->members[i].value);
	if (dispatch_inputs(l->w, given, l->a, &l->facts.inputs, err) == -1)
		return -1;
	dispatch_tell_event(l->facts.github, l->facts.inputs, l->a);
	return 0;
}

/* Those that are given win over those of the configuration, if it was read. */
static int
read_vars(struct local *l, struct err *err)
{
	const struct config *config = &l->cli->config;

	if (read_pairs(l, "var", &l->facts.vars, err) == -1)
		return -1;
	if (l->facts.vars == NULL)
		l->facts.vars = expr_object_new(l->a);
	for (size_t i = 0; i < config->n_variables; i++)
		expr_object_add(l->facts.vars, config->variables[i].name,
		    expr_string(config->variables[i].value));
	return 0;
}

int
local_event(struct local *l, const char *ref, const char *sha,
    struct err *err)
{
	const char *name = args_option(l->cli, "event");
	struct event_source source = { .name = name != NULL ? name : "push",
		.action = args_option(l->cli, "action"),
		.ref = args_option(l->cli, "ref"), .sha = sha };

	if (read_payload(l, &source.payload, err) == -1)
		return -1;
	if (source.ref == NULL && source.payload == NULL)
		source.ref = ref;
	event_context(&source, l->a, &l->facts.github, &l->event);
	if (read_vars(l, err) == -1)
		return -1;
	return read_inputs(l, source.payload, err);
}

/* --- the workflow ------------------------------------------------------------- */

void
local_problems(const struct diags *d)
{
	struct str text = STR_INIT;

	diags_print(d, &text);
	fputs(text.s, stderr);
	str_release(&text);
}

int
local_open(struct local *l, struct err *err)
{
	const char *word = l->cli->n_words > 0 ? l->cli->words[0] : ".";
	const char **files = NULL;
	struct workflow *w;
	size_t n = 0;

	l->a = &l->cli->arena;
	l->facts.fetch = local_fetch_workflow;
	l->facts.ctx = l;
	if (sources_find(word, l->a, &files, &n, err) == -1)
		return -1;
	if (n > 1)
		return err_set(err, ERR_INVALID, "\"%s\" has several pipeline "
		    "files (%s, %s ...): say which", word, files[0], files[1]);
	l->root = local_root(files[0], l->a);
	if (l->root == NULL)
		l->root = ".";
	if (source_workflow(files[0], l->a, &l->d, &w, err) == -1)
		return -1;
	if (w != NULL)
		workflow_check(w, l->a, &l->d);
	l->w = w;
	if (w != NULL && l->d.n_errors == 0)
		return 0;
	local_problems(&l->d);
	return 1;
}

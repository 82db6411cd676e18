/*
 * cmd_eval.c - pawl eval: the value of one expression.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "lib/base/diag.h"
#include "lib/base/file.h"
#include "lib/base/lines.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/pipeline/expr.h"

#define CONTEXT_MAX (8 << 20)    /* bytes of the file */
#define CONTEXT_MEMORY (256 << 20)

const struct cli_option eval_options[] = {
	{ "context", 'c', "FILE", "JSON object of contexts, such as github" },
	{ "status", 0, "STATUS", "what success() sees: success, failure, "
	                         "cancelled" },
	{ "explain", 'e', NULL, "print every step of the evaluation" },
	{ NULL, 0, NULL, NULL },
};

/* What --status makes the functions of status say. */
static const struct status {
	const char *name;
	enum expr_status which;
} statuses[] = {
	{ "success", EXPR_SUCCESS },
	{ "failure", EXPR_FAILURE },
	{ "cancelled", EXPR_CANCELLED },
};

static bool
is_status(void *ctx, enum expr_status which, const char *const *jobs,
    size_t n_jobs)
{
	const enum expr_status *given = ctx;

	(void)jobs;
	(void)n_jobs;
	return *given == which;
}

static int
read_status(const struct cli *cli, enum expr_status *out)
{
	const char *name = args_option(cli, "status");

	if (name == NULL)
		return CLI_OK;
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++)
		if (strcmp(statuses[i].name, name) == 0) {
			*out = statuses[i].which;
			return CLI_OK;
		}
	return cli_usage(cli, "--status is success, failure or cancelled, not "
	                      "\"%s\"", name);
}

/* The file of --context as an object; an empty one without it. */
static int
read_contexts(struct cli *cli, struct expr_object **out, struct err *err)
{
	const char *file = args_option(cli, "context");
	struct str text = STR_INIT;
	struct expr_value v;
	int r = -1;

	*out = expr_object_new(&cli->arena);
	if (file == NULL)
		return 0;
	if (file_read(file, CONTEXT_MAX, &text, err) == -1)
		goto out;
	if (expr_json_read(text.s, text.len, CONTEXT_MEMORY, &cli->arena, &v,
	    err) == -1) {
		err_wrap(err, "%s", file);
		goto out;
	}
	if (v.type != EXPR_OBJECT) {
		err_set(err, ERR_INVALID, "%s: is not a JSON object of "
		                          "contexts", file);
		goto out;
	}
	*out = v.object;
	r = 0;
out:
	str_release(&text);
	return r;
}

/* Every context of the language, whether it has a value or not, and those of
 * the file: a wrong name is an error, and gets the right one. */
static struct expr_place
make_place(struct arena *a, struct expr_object *contexts)
{
	static const char *const standard[] = { "github", "inputs", "vars",
		"secrets", "needs", "strategy", "matrix", "job", "jobs",
		"runner", "env", "steps" };
	const char **names = arena_alloc(a,
	    (ARRAY_LEN(standard) + contexts->n + 1) * sizeof(*names));
	size_t n = 0;

	for (size_t i = 0; i < contexts->n; i++)
		names[n++] = arena_strndup(a, contexts->members[i].name.s,
		    contexts->members[i].name.len);
	for (size_t i = 0; i < ARRAY_LEN(standard); i++)
		if (expr_object_member(contexts, standard[i]) == NULL)
			names[n++] = standard[i];
	return (struct expr_place){ .contexts = names, .functions =
	    EXPR_STATUS | EXPR_STATUS_OF_JOBS | EXPR_HASH_FILES };
}

/* The mistake as lint prints one, on standard error. */
static int
print_error(struct arena *a, const char *text,
    const struct expr_error *error)
{
	struct str out = STR_INIT;
	struct lines lines;
	struct diags d;

	diags_init(&d, a, "expression", text, strlen(text));
	lines_init(&lines, text, strlen(text));
	diag_error(&d, lines_pos(&lines, error->offset), (int)error->len,
	    "expression", error->hint, "%s", error->text);
	diags_print(&d, &out);
	fputs(out.s, stderr);
	lines_release(&lines);
	str_release(&out);
	return CLI_FAILED;
}

static void
print_steps(const struct expr_trace *trace, const char *text)
{
	struct str out = STR_INIT;

	expr_trace_print(trace, text, &out);
	fputs(out.s, stdout);
	str_release(&out);
}

/* A character as JSON escapes it: one unit of UTF-16, or two. */
static void
add_escape(struct str *out, uint32_t c)
{
	if (c > 0xffff)
		str_addf(out, "\\u%04x\\u%04x",
		    (unsigned)(0xd800 + ((c - 0x10000) >> 10)),
		    (unsigned)(0xdc00 + (c & 0x3ff)));
	else
		str_addf(out, "\\u%04x", (unsigned)c);
}

/* JSON in which what could steer a terminal is escaped: the same value. */
static void
print_value(const struct expr_value *v)
{
	struct str json = STR_INIT, out = STR_INIT;
	size_t n;

	expr_json_write(v, 0, &json);
	for (size_t i = 0; i < json.len; i += n) {
		uint32_t c;

		n = utf8_char_len(json.s + i, json.len - i);
		c = n > 0 ? utf8_char(json.s + i, n) : 0xfffd;
		if (c == '\n' || (n > 0 && utf8_printable(c)))
			str_add_len(&out, json.s + i, n);
		else
			add_escape(&out, c);
		n += n == 0;
	}
	puts(out.s);
	str_release(&json);
	str_release(&out);
}

static int
evaluate(const char *text, const struct expr_place *place,
    const struct expr_env *env, struct arena *a, struct expr_value *v,
    struct expr_error *error)
{
	size_t len = strlen(text);
	struct expr e;

	if (expr_template_has(text, len))
		return expr_template(text, len, place, env, a, v, error);
	if (expr_parse(text, len, place, a, &e, error) == -1)
		return -1;
	return expr_eval(&e, env, a, v, error);
}

int
cmd_eval(struct cli *cli, struct err *err)
{
	enum expr_status status = EXPR_SUCCESS;
	struct expr_trace trace = { NULL, 0 };
	struct expr_env env = { .status = is_status, .ctx = &status,
		.max_bytes = EXPR_MAX_BYTES_STEP, .trace = &trace };
	const char *text = cli->words[0];
	struct expr_place place;
	struct expr_error error;
	struct expr_value v;
	int r;

	r = read_status(cli, &status);
	if (r != CLI_OK)
		return r;
	if (read_contexts(cli, &env.contexts, err) == -1)
		return -1;
	place = make_place(&cli->arena, env.contexts);
	r = evaluate(text, &place, &env, &cli->arena, &v, &error);
	if (args_option(cli, "explain"))
		print_steps(&trace, text); /* up to a mistake, too */
	if (r == -1)
		return print_error(&cli->arena, text, &error);
	print_value(&v);
	return CLI_OK;
}

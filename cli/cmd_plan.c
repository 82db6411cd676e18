/*
 * cmd_plan.c - pawl plan: what a pipeline would do for an event, and why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/sources.h"
#include "lib/base/file.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/event_context.h"
#include "lib/pipeline/inputs.h"
#include "lib/pipeline/pipeline.h"

#define MAX_PAYLOAD (25 * 1024 * 1024) /* GitHub's largest webhook */

const struct cli_option plan_options[] = {
	{ "event", 0, "EVENT", "what happened [push]", false },
	{ "action", 0, "TYPE", "its type, such as opened", false },
	{ "ref", 0, "REF", "its ref, such as refs/heads/main", false },
	{ "sha", 0, "SHA", "its commit", false },
	{ "payload", 0, "FILE", "what GitHub sent, as JSON", false },
	{ "changed", 0, "PATH", "a path that differs; may be repeated", true },
	{ "input", 0, "NAME=VALUE", "an input; may be repeated", true },
	{ "result", 0, "JOB=RESULT",
	    "how a job ended, as build=failure; may be repeated", true },
	{ NULL, 0, NULL, NULL, false },
};

struct planning {
	struct cli *cli;
	struct arena *a;
	const struct workflow *w;
	struct diags d;
	struct diags server; /* what the server cannot run of it */
	struct trigger_event event;
	struct event_decision decision;
	struct run_facts facts;
	struct run_plan plan;
};

/* --- options ------------------------------------------------------------------ */

/* The values of an option that may be repeated. */
static void
split_lines(struct planning *p, const char *option, const char ***out,
    size_t *n)
{
	const char *at = args_option(p->cli, option);

	while (at != NULL) {
		size_t len = strcspn(at, "\n");

		*(const char **)arena_push(p->a, out, n, sizeof(**out)) =
		    arena_strndup(p->a, at, len);
		at = at[len] == '\n' ? at + len + 1 : NULL;
	}
}

static int
read_payload(struct planning *p, struct expr_object **out, struct err *err)
{
	const char *file = args_option(p->cli, "payload");
	struct str text = STR_INIT;
	struct expr_value v;
	int r = -1;

	*out = NULL;
	if (file == NULL)
		return 0;
	if (file_read(file, MAX_PAYLOAD, &text, err) == -1)
		goto out;
	if (expr_json_read(arena_strndup(p->a, text.s, text.len), text.len,
	        16 * (size_t)MAX_PAYLOAD, p->a, &v, err) == -1) {
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

static int
read_event(struct planning *p, struct err *err)
{
	const char *name = args_option(p->cli, "event");
	struct event_source source = { .name = name ? name : "push",
		.action = args_option(p->cli, "action"),
		.ref = args_option(p->cli, "ref"),
		.sha = args_option(p->cli, "sha") };
	const char **changed = NULL;
	size_t n = 0;

	if (read_payload(p, &source.payload, err) == -1)
		return -1;
	if (source.ref == NULL && source.payload == NULL)
		source.ref = "refs/heads/main";
	event_context(&source, p->a, &p->facts.github, &p->event);
	split_lines(p, "changed", &changed, &n);
	if (n > 0) {
		p->event.changed = changed;
		p->event.n_changed = n;
		p->event.changed_known = true;
	}
	return 0;
}

/* NAME=VALUE apart; the name is cut off in place. */
static int
split_pair(struct planning *p, const char *option, const char *pair,
    const char **name, const char **value, struct err *err)
{
	const char *equals = strchr(pair, '=');

	if (equals == NULL || equals == pair)
		return err_set(err, ERR_INVALID,
		    "--%s takes NAME=VALUE, not \"%s\"", option, pair);
	*name = arena_strndup(p->a, pair, (size_t)(equals - pair));
	*value = equals + 1;
	return 0;
}

static int
read_inputs(struct planning *p, struct err *err)
{
	struct expr_object *given = expr_object_new(p->a);
	const char **pairs = NULL, *name, *value;
	size_t n = 0;

	split_lines(p, "input", &pairs, &n);
	for (size_t i = 0; i < n; i++) {
		if (split_pair(p, "input", pairs[i], &name, &value,
		        err) == -1)
			return -1;
		expr_object_add(given, name, expr_string(value));
	}
	/* Only who starts a workflow by hand gives inputs. */
	if (n == 0 && strcmp(p->event.name, "workflow_dispatch") != 0)
		return 0;
	return dispatch_inputs(p->w, given, p->a, &p->facts.inputs, err);
}

static int
read_results(struct planning *p, struct err *err)
{
	struct job_outcome *outcomes = NULL;
	const char **pairs = NULL, *value;
	size_t n = 0;

	split_lines(p, "result", &pairs, &n);
	for (size_t i = 0; i < n; i++) {
		struct job_outcome *one = arena_push(p->a, &outcomes,
		    &p->facts.n_outcomes, sizeof(*one));

		if (split_pair(p, "result", pairs[i], &one->key, &value,
		        err) == -1)
			return -1;
		for (int k = RESULT_SUCCESS; k <= RESULT_SKIPPED; k++)
			if (strcmp(value, job_result_name(k)) == 0)
				one->result = k;
		if (one->result == RESULT_NONE)
			return err_set(err, ERR_INVALID, "--result %s: a job "
			    "ends with success, failure, cancelled or skipped",
			    pairs[i]);
	}
	p->facts.outcomes = outcomes;
	return 0;
}

/* --- files -------------------------------------------------------------------- */

/* A workflow of this repository; those of others are not at hand. */
static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	struct str content = STR_INIT;

	(void)ctx;
	if (!str_starts_with(uses, "./") || strstr(uses, "..") != NULL)
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is in another "
		    "repository, which is not looked into here", uses);
	if (file_read(uses, YAML_MAX_BYTES + 1, &content, err) == -1) {
		str_release(&content);
		return -1;
	}
	*text = arena_strndup(a, content.s, content.len);
	*len = content.len;
	str_release(&content);
	return 0;
}

static int
read_workflow(struct planning *p, const char *file, struct err *err)
{
	struct str text = STR_INIT;
	const char *kept;

	if (file_read(file, YAML_MAX_BYTES + 1, &text, err) == -1) {
		str_release(&text);
		return -1;
	}
	kept = arena_strndup(p->a, text.s, text.len);
	diags_init(&p->d, p->a, strcmp(file, "-") ? file : "stdin", kept,
	    text.len);
	p->w = workflow_read(kept, text.len, p->a, &p->d);
	if (p->w != NULL)
		workflow_check(p->w, p->a, &p->d);
	diags_init(&p->server, p->a, p->d.file, kept, text.len);
	pipeline_read(kept, text.len, p->a, &p->server);
	str_release(&text);
	return 0;
}

static int
find_workflow(struct planning *p, struct err *err)
{
	const char *word = p->cli->n_words ? p->cli->words[0] : ".";
	const char **files = NULL;
	size_t n = 0;

	if (sources_find(word, p->a, &files, &n, err) == -1)
		return -1;
	if (n > 1)
		return err_set(err, ERR_INVALID, "\"%s\" has several pipeline "
		    "files (%s, %s ...): say which", word, files[0], files[1]);
	return read_workflow(p, files[0], err);
}

/* --- output ------------------------------------------------------------------- */

static void
print_problems(const struct diags *d)
{
	struct str text = STR_INIT;

	diags_print(d, &text);
	fputs(text.s, stderr);
	str_release(&text);
}

static int
print_json(struct planning *p, struct err *err)
{
	struct str text = STR_INIT;
	json_t *json;

	run_plan_json(&p->plan, &text);
	json = json_loads(text.s, 0, NULL);
	str_release(&text);
	if (json != NULL) {
		json_object_set_new(json, "starts",
		    json_boolean(p->decision.starts));
		json_object_set_new(json, "event", json_string(p->event.name));
		json_object_set_new(json, "why",
		    json_string(p->decision.why));
	}
	return json_out(json, err);
}

static int
print_plan(struct planning *p, struct err *err)
{
	struct str text = STR_INIT;

	if (p->cli->json)
		return print_json(p, err);
	run_plan_print(&p->plan, &text);
	str_addf(&text, "\n%s: %s\n", p->decision.starts ? "starts" :
	    "does not start", p->decision.why);
	fputs(text.s, stdout);
	str_release(&text);
	return 0;
}

int
cmd_plan(struct cli *cli, struct err *err)
{
	struct planning p = { .cli = cli, .a = &cli->arena,
		.facts = { .rehearsal = true, .fetch = fetch } };
	int r;

	if (find_workflow(&p, err) == -1)
		return -1;
	if (p.w == NULL || p.d.n_errors > 0) {
		print_problems(&p.d);
		return CLI_FAILED;
	}
	if (read_event(&p, err) == -1 || read_inputs(&p, err) == -1 ||
	    read_results(&p, err) == -1)
		return -1;
	event_decide(p.w, &p.event, p.a, &p.decision);
	r = run_decide(p.w, &p.facts, p.a, &p.d, &p.plan);
	print_problems(&p.d);
	if (r == -1)
		return CLI_FAILED;
	if (print_plan(&p, err) == -1)
		return -1;
	print_problems(&p.server);
	return p.decision.starts && p.d.n_errors == 0 &&
	    p.server.n_errors == 0 ? CLI_OK : CLI_FAILED;
}

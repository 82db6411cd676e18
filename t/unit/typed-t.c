/*
 * typed-t.c - steps with a type: the ordinary steps that they become, and the
 * list of all types.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/evaluate.h"
#include "lib/pipeline/typed.h"
#include "t/lib/tap.h"

/* A workflow of one job; `steps` are its lines from "steps:" on. */
static const struct workflow_job *
read_job(struct arena *a, struct diags *d, const char *steps)
{
	const char *text = arena_printf(a, "on: push\njobs:\n  j:\n"
	    "    runs-on: x\n%s", steps);
	const struct workflow *w;

	diags_init(d, a, "w.yml", text, strlen(text));
	w = workflow_read(text, strlen(text), a, d);
	is_int(d->n_errors, 0, "it is read: %s", d->n > 0 ?
	    d->list[0].text : "");
	return w->n_jobs == 1 ? &w->jobs[0] : NULL;
}

static void
test_shell_exec(void)
{
	struct arena a = ARENA_INIT(0);
	struct diags d;
	const struct workflow_job *j = read_job(&a, &d,
	    "    artifacts: kept/*\n"
	    "    steps:\n"
	    "      - type: step.shell_exec\n"
	    "        config:\n"
	    "          image: alpine\n"
	    "          commands: ['echo hello', 'echo ${{ env.A }}']\n"
	    "          work_dir: src\n"
	    "          timeout: 300s\n"
	    "          env: {A: b}\n"
	    "          artifacts_out: [{key: ui, path: dist/*}]\n");
	const struct workflow_step *s = &j->steps[0];

	is_int(s->kind, STEP_RUN, "it is a step with a script");
	is_str(s->run->text, "format('echo hello\necho {0}\n', env.A)",
	    "of all commands");
	is_int(s->run->n_parts, 1, "whose expressions are known one by one");
	is_int(s->run->parts[0].pos.line, 10, "with their places");
	is_int(s->run->parts[0].pos.col, 46, "to the column");
	is_str(s->name->text, "step.shell_exec", "it is called by its type");
	is_str(s->working_directory->text, "src", "work_dir");
	is_str(s->timeout->text, "300s", "timeout");
	is_str(value_get(s->env, "A")->text, "b", "env");
	is_str(j->container.image->text, "alpine", "its image is the job's");
	is_int((long long)j->artifacts->n_items, 2,
	    "its artifacts stand with those of the job");
	is_str(value_get(j->artifacts->items[1], "name")->text, "ui",
	    "by their name");
	ok(s->problem == NULL, "it can be run");
	arena_release(&a);
}

/* Steps; the image of their job, and those that its steps have of their own. */
static void
test_images(void)
{
#define EXEC(image) "      - {type: step.shell_exec, config: {commands: [a]" \
	image "}}\n"
	static const struct {
		const char *what, *steps, *image, *own;
	} cases[] = {
		{ "alone", EXEC(", image: alpine"), "alpine", "" },
		{ "the same twice", EXEC(", image: alpine")
		    EXEC(", image: alpine"), "alpine", "" },
		{ "beside an action", "      - uses: actions/checkout@v4\n"
		    EXEC(", image: alpine"), "alpine", "" },
		{ "two", EXEC(", image: alpine") EXEC(", image: node"), NULL,
		    "1=alpine 2=node " },
		{ "beside none", EXEC(", image: alpine") EXEC(""), NULL,
		    "1=alpine " },
		{ "beside a script", EXEC(", image: alpine")
		    "      - run: a\n", NULL, "1=alpine " },
		{ "of an expression", EXEC(", image: '${{ env.A }}'"), NULL,
		    "1=env.A " },
		{ "beside that of the job", EXEC(", image: alpine")
		    EXEC(", image: node") "    container: alpine\n",
		    "alpine", "2=node " },
	};
#undef EXEC

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = ARENA_INIT(0);
		struct diags d;
		const struct workflow_job *j = read_job(&a, &d,
		    arena_printf(&a, "    steps:\n%s", cases[i].steps));
		const struct value *image = j->container.image;
		const char *own = "";

		for (size_t k = 0; k < j->n_steps; k++) {
			const struct workflow_step *s = &j->steps[k];

			ok(s->problem == NULL, "it can be run");
			if (s->image != NULL)
				own = arena_printf(&a, "%s%d=%s ", own,
				    s->number, s->image->text);
		}
		is_str(image != NULL ? image->text : NULL, cases[i].image,
		    "image: %s", cases[i].what);
		is_str(own, cases[i].own, "and that of its steps");
		arena_release(&a);
	}
}

/* --- step.conditional ----------------------------------------------------------- */

static const char choice[] =
    "    steps:\n"
    "      - {id: check, run: a}\n"
    "      - name: choose\n"
    "        type: step.conditional\n"
    "        config:\n"
    "          field: steps.check.outputs.level\n"
    "          routes: {high: page, \"it's\": note it, 'true': page}\n"
    "          default: last\n"
    "      - {id: page, run: a}\n"
    "      - {name: note it, run: b, if: always()}\n"
    "      - {name: last, run: c, if: env.X}\n"
    "      - {run: d}\n";

static struct expr_object *
one_member(struct arena *a, const char *name, struct expr_value v)
{
	struct expr_object *o = expr_object_new(a);

	expr_object_add(o, name, v);
	return o;
}

/* The step that a value goes to, as its `route` says. */
static const char *
route_of(const struct workflow_step *s, struct expr_value level,
    struct arena *a, struct diags *d)
{
	struct expr_object *outputs = one_member(a, "level", level);
	struct expr_object *check = one_member(a, "outputs",
	    expr_from_object(outputs));
	struct expr_object *steps = one_member(a, "check",
	    expr_from_object(check));
	struct expr_env env = { .contexts = one_member(a, "steps",
	    expr_from_object(steps)) };

	return value_eval_text(value_get(s->env, "ROUTE"), NULL, &env, a, d);
}

/* Which steps run, as a text of 0 and 1, when this was chosen. */
static const char *
runs_with(const struct workflow_job *j, const char *route, struct arena *a,
    struct diags *d)
{
	struct expr_object *outputs = one_member(a, "route",
	    expr_string(route));
	struct expr_object *own = one_member(a, "outputs",
	    expr_from_object(outputs));
	struct expr_object *contexts = one_member(a, "steps",
	    expr_from_object(one_member(a, j->steps[1].id,
	    expr_from_object(own))));
	struct expr_env env = { .contexts = contexts };
	const char *runs = "";

	expr_object_add(contexts, "env", expr_from_object(one_member(a, "X",
	    expr_string("x"))));
	for (size_t i = 2; i < j->n_steps; i++) {
		struct expr_value v = expr_null();

		value_eval(j->steps[i].condition, &env, a, d, &v);
		runs = arena_printf(a, "%s%d", runs, expr_truthy(&v));
	}
	return runs;
}

static void
test_conditional(void)
{
	struct arena a = ARENA_INIT(0);
	struct diags d;
	const struct workflow_job *j = read_job(&a, &d, choice);
	const struct workflow_step *s = &j->steps[1];

	is_str(route_of(s, expr_string("high"), &a, &d), "page", "a route");
	is_str(route_of(s, expr_string("it's"), &a, &d), "note it",
	    "one with a quote");
	is_str(route_of(s, expr_boolean(true), &a, &d), "page",
	    "values are compared as texts");
	is_str(route_of(s, expr_string("low"), &a, &d), "last",
	    "all others go to the default");
	is_str(runs_with(j, "page", &a, &d), "1001", "only the step that is "
	    "gone to runs, and those that nobody goes to");
	is_str(runs_with(j, "note it", &a, &d), "0101", "by its name");
	is_str(runs_with(j, "last", &a, &d), "0011", "its own if counts");
	is_str(runs_with(j, "", &a, &d), "0001", "or none of them");
	ok(strstr(s->run->text, "GITHUB_OUTPUT") != NULL,
	    "the choice is an output");
	is_int(d.n_errors, 0, "without an error");
	arena_release(&a);
}

/* --- all types ---------------------------------------------------------------- */

static void
test_list(void)
{
	struct str text = STR_INIT;
	json_t *json, *steps, *one;
	size_t i;

	step_types_json(&text);
	json = json_loads(text.s, 0, NULL);
	steps = json_object_get(json, "steps");
	is_int((long long)json_array_size(steps), (long long)n_step_types,
	    "the list has all types");
	json_array_foreach(steps, i, one) {
		const char *name = json_string_value(json_object_get(one,
		    "type"));
		const char *ref = json_string_value(json_object_get(
		    json_object_get(one, "config"), "$ref"));

		is_str(name, step_types[i].name, "in their order");
		ok(ref != NULL && json_object_get(json_object_get(json,
		    "definitions"), strrchr(ref, '/') + 1) != NULL,
		    "%s: its config is defined", name);
	}
	json_decref(json);
	str_release(&text);
}

/* What cannot be run says so, where it can be seen, and fails. */
static void
test_problems(void)
{
	for (size_t i = 0; i < n_step_types; i++) {
		struct arena a = ARENA_INIT(0);
		struct diags d;
		const char *text = arena_printf(&a, "jobs:\n  j:\n    runs-on: "
		    "x\n    steps: [{type: %s, config: {}}]\n",
		    step_types[i].name);
		const struct workflow *w;
		const struct workflow_step *s;

		diags_init(&d, &a, "w.yml", text, strlen(text));
		w = workflow_read(text, strlen(text), &a, &d);
		s = &w->jobs[0].steps[0];
		ok((s->problem != NULL) == (step_types[i].make == NULL) &&
		    (s->problem == NULL || (strstr(s->run->text, "exit 1") &&
		    strcmp(value_get(s->env, "PROBLEM")->text,
		    s->problem) == 0)), "%s", step_types[i].name);
		arena_release(&a);
	}
}

int
main(void)
{
	test_shell_exec();
	test_images();
	test_conditional();
	test_list();
	test_problems();
	return tap_done();
}

/*
 * job_plan-t.c - jobs frozen, written and read again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/job_plan.h"
#include "lib/pipeline/job_plan_secrets.h"
#include "t/lib/corpus.h"
#include "t/lib/tap.h"

/* --- a run to take jobs from -------------------------------------------------------- */

static const struct {
	const char *uses, *text;
} files[] = {
	{ "./both", "inputs: {who: {default: me}, how: {}}\n"
	    "outputs: {o: {value: \"${{ steps.a.outputs.x }}\"}}\n"
	    "runs:\n  using: composite\n  steps:\n"
	    "    - {run: one, shell: sh, id: a}\n"
	    "    - parallel: [{run: two, shell: sh}, {uses: ./inner}]\n" },
	{ "./inner", "runs:\n  using: composite\n  steps:\n"
	    "    - {run: \"echo ${{ inputs.v }}\", shell: sh}\n" },
	{ "./docker", "inputs: {a: {default: 1}}\n"
	    "runs: {using: docker, image: Dockerfile, args: [x]}\n" },
	{ "o/node@v1", "runs: {using: node20, main: m.js, pre: a.js, "
	    "post: z.js,\n  post-if: failure()}\n" },
	{ "o/around@v1", "runs:\n  using: composite\n  steps:\n"
	    "    - {uses: o/node@v1, name: inner}\n"
	    "    - {uses: ./local}\n" },
	{ "o/around/local@v1", "runs: {using: node20, main: m.js, pre: a.js}"
	    "\n" },
	{ "./local", "runs: {using: node20, main: m.js, pre: a.js, "
	    "post: z.js}\n" },
	{ "./.github/workflows/call.yml", "name: Called\n"
	    "on: {workflow_call: {inputs: {v: {type: string}}, "
	    "secrets: {s: {}}}}\n"
	    "jobs:\n  in:\n    runs-on: x\n    env: {A: b}\n"
	    "    steps: [run: \"${{ inputs.v }}\"]\n" },
	{ "./.github/workflows/inherit.yml", "on: workflow_call\n"
	    "jobs:\n  next:\n    uses: ./.github/workflows/call.yml\n"
	    "    secrets: {s: \"${{ secrets.t }}\"}\n" },
	{ "./.github/workflows/names.yml", "on: {workflow_call: {secrets: "
	    "{s: {}, other: {}}}}\njobs: {in: {runs-on: x, steps: [run: "
	    "\"${{ secrets.s }}\"]}}\n" },
	{ "./.github/workflows/whole.yml", "on: {workflow_call: {secrets: "
	    "{s: {}, other: {}}}}\njobs: {in: {runs-on: x, steps: [run: "
	    "\"${{ toJSON(secrets) }}\"]}}\n" },
	{ "./.github/workflows/inherits.yml", "on: workflow_call\n"
	    "jobs:\n  next:\n    uses: ./.github/workflows/names.yml\n"
	    "    secrets: {s: \"${{ secrets.t }}\"}\n" },
	{ "./.github/workflows/wrong.yml", "on: workflow_call\n"
	    "jobs:\n  in:\n    runs-on: x\n    steps:\n"
	    "      - {run: a, timeout-minutes: -1}\n" },
};

static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	(void)ctx;
	if (uses[0] != '.' && !str_starts_with(uses, "o/"))
		return 1;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (strcmp(files[i].uses, uses) == 0) {
			*text = arena_strdup(a, files[i].text);
			*len = strlen(*text);
			return 0;
		}
	return err_set(err, ERR_NOT_FOUND, "there is nothing at %s", uses);
}

struct rig {
	struct arena a;
	struct str text;
	struct diags d;
	struct run_facts facts;
	struct run_plan run;
	bool planned;
};

static void
rig_plan(struct rig *r)
{
	const struct workflow *w;

	diags_init(&r->d, &r->a, "w.yml", r->text.s, r->text.len);
	w = workflow_read(r->text.s, r->text.len, &r->a, &r->d);
	r->facts.fetch = fetch;
	r->planned = w != NULL && r->d.n_errors == 0 &&
	    run_decide(w, &r->facts, &r->a, &r->d, &r->run) == 0;
}

static void
rig_init(struct rig *r, const char *jobs)
{
	memset(r, 0, sizeof(*r));
	str_init(&r->text);
	str_add(&r->text, jobs);
	rig_plan(r);
	ok(r->planned, "it is planned: %s", r->d.n > 0 ? r->d.list[0].text :
	    "");
}

static void
rig_release(struct rig *r)
{
	arena_release(&r->a);
	str_release(&r->text);
}

static const struct planned_job *
rig_job(const struct rig *r, const char *key)
{
	for (size_t i = 0; i < r->run.n_jobs; i++)
		if (strcmp(r->run.jobs[i].key, key) == 0)
			return &r->run.jobs[i];
	ok(false, "there is a job %s", key);
	exit(tap_done());
}

static int
rig_make(struct rig *r, const char *key, struct job_plan *out)
{
	return job_plan_make(rig_job(r, key), &r->facts, fetch, NULL, &r->a,
	    &r->d, out);
}

static const char *const part_names[] = { "main", "pre", "post" };

/* --- what is in a plan -------------------------------------------------------------- */

static const char *
text_of(const struct value *v)
{
	return v == NULL ? "-" : v->text != NULL ? v->text : "...";
}

static void
print_steps(const struct job_plan *plan, struct str *out)
{
	for (size_t i = 0; i < plan->n_actions; i++) {
		const struct job_plan_action *one = &plan->actions[i];

		str_addf(out, "action %zu in %d, parallel %d: %s (%s:%d) as %s",
		    i, one->outer, one->parallel, one->uses, one->file,
		    one->pos.line, one->id);
		for (size_t k = 0; k < one->n_inputs; k++)
			str_addf(out, ", %s=%s", one->inputs[k].name,
			    text_of(one->inputs[k].value));
		for (size_t k = 0; k < one->n_outputs; k++)
			str_addf(out, ", gives %s=%s", one->outputs[k].name,
			    text_of(one->outputs[k].value));
		str_add(out, "\n");
	}
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct job_plan_step *one = &plan->steps[i];

		str_addf(out, "%d in %d, parallel %d: %s (%s:%d) if %s%s%s\n",
		    one->number, one->action, one->parallel, one->title,
		    one->file, one->pos.line, one->condition->text,
		    one->using != NULL ? ", using " : "",
		    one->using != NULL ? one->using : "");
	}
}

static void
test_steps(void)
{
	struct str got = STR_INIT;
	struct job_plan plan;
	struct rig r;

	rig_init(&r, "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
	    "      - run: |\n          make\n          more\n"
	    "      - name: n ${{ github.ref }}\n        run: b\n"
	    "        if: always()\n"
	    "      - uses: actions/checkout@v4\n"
	    "      - parallel:\n"
	    "          - {run: left, id: l}\n"
	    "          - {uses: ./both, id: both, if: env.x}\n"
	    "      - {run: late, background: true, id: bg}\n"
	    "      - wait: bg\n      - wait-all:\n      - cancel: bg\n"
	    "      - uses: ./docker\n");
	is_int(rig_make(&r, "a", &plan), 0, "a job is frozen");
	print_steps(&plan, &got);
	is_str(got.s,
	    "action 0 in -1, parallel 4: ./both (w.yml:15) as both, who=me, "
	    "how=-, gives o=steps.a.outputs.x\n"
	    "action 1 in 0, parallel 7: ./inner (./both:7) as __self\n"
	    "1 in -1, parallel 0: Run make (w.yml:6) if success()\n"
	    "2 in -1, parallel 0: n ${{ github.ref }} (w.yml:9) if always()\n"
	    "3 in -1, parallel 0: Run actions/checkout@v4 (w.yml:12) if "
	    "success()\n"
	    "4 in -1, parallel 0: Parallel steps (w.yml:13) if success()\n"
	    "5 in -1, parallel 4: Run left (w.yml:14) if success()\n"
	    "6 in 0, parallel 4: Run one (./both:6) if success()\n"
	    "7 in 0, parallel 4: Parallel steps (./both:7) if success()\n"
	    "8 in 0, parallel 7: Run two (./both:7) if success()\n"
	    "9 in 1, parallel 7: Run echo ${{ inputs.v }} (./inner:4) if "
	    "success()\n"
	    "10 in -1, parallel 0: Run late (w.yml:16) if success()\n"
	    "11 in -1, parallel 0: Wait for bg (w.yml:17) if success()\n"
	    "12 in -1, parallel 0: Wait for all background steps (w.yml:18) "
	    "if success()\n"
	    "13 in -1, parallel 0: Cancel bg (w.yml:19) if success()\n"
	    "14 in -1, parallel 0: Run ./docker (w.yml:20) if success(), "
	    "using docker\n", "steps stand in their order, with those of "
	    "actions and parallel");
	is_str(plan.actions[0].condition->text, "success() && (env.x)",
	    "an action keeps its condition");
	str_release(&got);
	rig_release(&r);
}

/* "NAME=TEXT" of a list. */
static void
print_named(const struct named_value *list, size_t n, struct str *out)
{
	for (size_t i = 0; i < n; i++)
		str_addf(out, " %s=%s", list[i].name, text_of(list[i].value));
}

static void
print_job(const struct job_plan *plan, struct str *out)
{
	struct expr_value matrix = expr_from_object(plan->matrix);

	str_addf(out, "%s %s (%s)\nlabels:", plan->key, plan->name,
	    plan->workflow);
	for (size_t i = 0; i < plan->n_labels; i++)
		str_addf(out, " %s", plan->labels[i]);
	str_addf(out, "\nimage: %s\nservices:",
	    text_of(plan->container.image));
	for (size_t i = 0; i < plan->n_services; i++)
		str_addf(out, " %s=%s", plan->services[i].name,
		    text_of(plan->services[i].image));
	str_add(out, "\nenv:");
	print_named(plan->env, plan->n_env, out);
	str_add(out, "\nfiles:");
	for (size_t i = 0; i < plan->n_env_files; i++)
		str_addf(out, " %s", plan->env_files[i]);
	str_addf(out, "\nshell %s in %s, %lld and %lld ms\nmatrix ",
	    text_of(plan->shell), text_of(plan->working_directory),
	    (long long)plan->timeout_ms, (long long)plan->cancel_timeout_ms);
	expr_json_write(&matrix, 1000, out);
	str_add(out, "\noutputs:");
	print_named(plan->outputs, plan->n_outputs, out);
	str_add(out, "\n");
}

static void
test_job(void)
{
	struct str got = STR_INIT;
	struct job_plan plan;
	struct rig r;

	rig_init(&r, "name: W\non: push\nenv: {A: 1, B: \"${{ github.ref }}\"}\n"
	    "env-file: one.env\n"
	    "defaults: {run: {shell: sh, working-directory: d}}\n"
	    "jobs:\n  a:\n    runs-on: [self-hosted, \"${{ matrix.v }}\"]\n"
	    "    strategy: {matrix: {v: [7, 8], t: [1.5]}}\n"
	    "    container: {image: \"${{ matrix.v }}:${{ github.T }}\"}\n"
	    "    env: {A: 2, \"${{ insert }}\": "
	    "\"${{ fromJSON('{\\\"C\\\": 3}') }}\"}\n"
	    "    env-file: [two.env, three.env]\n"
	    "    defaults: {run: {shell: bash}}\n"
	    "    timeout-minutes: ${{ matrix.t }}\n"
	    "    cancel-timeout-minutes: 1\n"
	    "    outputs: {o: \"${{ steps.s.outputs.o }}\"}\n"
	    "    steps: [run: x]\n");
	is_int(rig_make(&r, "a:2", &plan), 0, "a job is frozen");
	print_job(&plan, &got);
	is_str(got.s, "a:2 a (8, 1.5) (W)\nlabels: self-hosted 8\n"
	    "image: format('{0}:{1}', matrix.v, github.T)\n"
	    "services:\n"
	    "env: A=2 B=github.ref C=3\n"
	    "files: one.env two.env three.env\n"
	    "shell bash in d, 90000 and 60000 ms\n"
	    "matrix {\"v\": 8, \"t\": 1.5}\n"
	    "outputs: o=steps.s.outputs.o\n", "what is known is evaluated");
	str_release(&got);
	rig_release(&r);
}

static void
test_calls(void)
{
	struct job_plan plan;
	struct rig r;

	rig_init(&r, "on: push\njobs:\n"
	    "  none: {uses: ./.github/workflows/call.yml, with: {v: hello}}\n"
	    "  deep: {uses: ./.github/workflows/inherit.yml, "
	    "secrets: inherit}\n");
	is_int(rig_make(&r, "none/in", &plan), 0, "a called job is frozen");
	is_str(plan.workflow, "Called", "it knows its workflow");
	is_int((long long)plan.n_secret_maps, 1, "it is called once");
	ok(plan.secret_maps[0] == NULL, "no secrets are passed down");
	is_str(expr_to_string(expr_object_get(plan.inputs,
	    (struct expr_text) { "v", 1 }), &r.a), "hello", "its inputs");
	is_int(rig_make(&r, "deep/next/in", &plan), 0, "so is a deep one");
	is_int((long long)plan.n_secret_maps, 1, "`inherit` adds no level");
	is_str(text_of(value_get(plan.secret_maps[0], "s")), "secrets.t",
	    "a map does");
	rig_release(&r);
}

/* A text from outside stays one when its map is one expression. */
static void
test_outside(void)
{
	struct expr_object *inputs;
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct job_plan plan;
	struct expr_env env = { 0 };
	struct expr_value v;
	struct diags d;
	struct rig r;

	memset(&r, 0, sizeof(r));
	str_init(&r.text);
	str_add(&r.text, "on: push\njobs:\n  a:\n    runs-on: x\n"
	    "    env: ${{ fromJSON(inputs.env) }}\n"
	    "    strategy: {matrix: {v: [\"${{ inputs.env }}\", .nan, -0.0, "
	    "{$x: $y}]}}\n"
	    "    steps: [run: x]\n");
	inputs = expr_object_new(&r.a);
	expr_object_add(inputs, "env",
	    expr_string("{\"it's\": [1, {\"k\": \"v\"}]}"));
	r.facts.inputs = inputs;
	rig_plan(&r);
	is_int(rig_make(&r, "a", &plan), 0, "a job is frozen");
	job_plan_write(&plan, &text);
	is_int(job_plan_read(text.s, &r.a, &plan, &err), 0, "%s", err.text);
	is_str(text_of(plan.env[0].value->items[1]->pairs[0].value),
	    "(fromJSON(inputs.env))['it''s'][1]['k']",
	    "it is an expression");
	env.contexts = expr_object_new(&r.a);
	expr_object_add(env.contexts, "inputs",
	    expr_from_object(plan.inputs));
	diags_init(&d, &r.a, "", NULL, 0);
	is_int(expr_eval(plan.env[0].value->items[1]->pairs[0].value->expr,
	    &env, &r.a, &v, &(struct expr_error) { 0 }), 0, "evaluated");
	is_str(expr_to_string(&v, &r.a), "v", "to what it was");
	ok(v.outside, "and it came from outside");
	v = plan.matrix->members[0].value;
	ok(v.outside, "so does a value of the matrix");
	is_int(rig_make(&r, "a:2", &plan), 0, "a matrix with NaN");
	str_clear(&text);
	job_plan_write(&plan, &text);
	ok(strstr(text.s, "{\"v\": {\"$number\": \"NaN\"}}") != NULL,
	    "NaN is written");
	is_int(job_plan_read(text.s, &r.a, &plan, &err), 0, "%s", err.text);
	v = plan.matrix->members[0].value;
	ok(v.type == EXPR_NUMBER && v.number != v.number, "and read");
	is_int(rig_make(&r, "a:4", &plan), 0, "a matrix with $");
	str_clear(&text);
	job_plan_write(&plan, &text);
	ok(strstr(text.s, "{\"v\": {\"$$x\": \"$y\"}}") != NULL,
	    "$ in a name is doubled");
	str_release(&text);
	rig_release(&r);
}

/* What a rehearsal cannot know is left out, and is no mistake. */
static void
test_rehearsal(void)
{
	static const char jobs[] = "on: push\njobs:\n"
	    "  a: {runs-on: x, steps: [run: x]}\n"
	    "  b:\n    needs: a\n    runs-on: ${{ needs.a.outputs.os }}\n"
	    "    timeout-minutes: ${{ needs.a.outputs.m }}\n"
	    "    container: ${{ needs.a.outputs.image }}\n"
	    "    env: ${{ fromJSON(needs.a.outputs.env) }}\n"
	    "    generate: ${{ needs.a.outputs.file }}\n"
	    "    steps: [run: x]\n"
	    "  c: {runs-on: x, generate: made.yml, steps: [run: x]}\n";
	struct rig r = { .facts = { .rehearsal = true } };
	struct job_plan plan;

	str_init(&r.text);
	str_add(&r.text, jobs);
	rig_plan(&r);
	is_int(rig_make(&r, "b", &plan), 0, "a job with open values: %s",
	    r.d.n > 0 ? r.d.list[0].text : "");
	ok(plan.n_labels == 0 && plan.n_env == 0 && plan.timeout_ms == 0 &&
	    plan.generate == NULL, "has none of them");
	is_int(rig_make(&r, "c", &plan), 0, "a job that generates");
	is_str(plan.generate, "made.yml", "knows its file");
	rig_release(&r);
}

/* --- mistakes ----------------------------------------------------------------------- */

static void
test_mistakes(void)
{
	static const struct {
		const char *job, *error;
	} cases[] = {
		{ "runs-on: 'a:1'\n    container: b\n",
		    "job \"a\" names a second image" },
		{ "runs-on: 'a:!'\n", "\"a:!\" is not the name of an image" },
		{ "runs-on: x\n    timeout-minutes: 0\n", "\"timeout-minutes\" "
		    "must be more than 0 and at most 30 days" },
		{ "runs-on: x\n    timeout: soon\n",
		    "\"timeout\" is not a duration" },
		{ "runs-on: x\n    env: ${{ fromJSON(secrets.x) }}\n",
		    "a map as one expression may not look into \"env\" and "
		    "\"secrets\"" },
		{ "runs-on: x\n    steps: [{uses: ./none}]\n",
		    "there is nothing at ./none" },
		{ "uses: ./.github/workflows/wrong.yml\n", "in the workflow "
		    "that is called: ./.github/workflows/wrong.yml:6:35: "
		    "\"timeout-minutes\" must be more than 0 and at most 30 "
		    "days" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str text = STR_INIT;
		struct job_plan plan;
		struct rig r;

		str_addf(&text, "on: push\njobs:\n  a:\n    %s",
		    cases[i].job);
		if (strstr(text.s, "uses: ./.g") == NULL &&
		    strstr(text.s, "steps") == NULL)
			str_add(&text, "    steps: [run: x]\n");
		rig_init(&r, text.s);
		is_int(job_plan_make(&r.run.jobs[0], &r.facts, fetch, NULL,
		    &r.a, &r.d, &plan), -1, "a mistake in a job");
		is_str(r.d.n > 0 ? r.d.list[0].text : "", cases[i].error,
		    "says why");
		rig_release(&r);
		str_release(&text);
	}
}

/* 500 steps with one text of 100 kB, by an alias. */
static void
test_too_large(void)
{
	struct str text = STR_INIT;
	struct job_plan plan;
	struct rig r;

	str_add(&text, "on: push\njobs:\n  a:\n    runs-on: x\n"
	    "    steps:\n      - run: &t ");
	for (int i = 0; i < 100000; i++)
		str_add_char(&text, 'x');
	str_add(&text, "\n");
	for (int i = 0; i < 500; i++)
		str_add(&text, "      - run: *t\n");
	rig_init(&r, text.s);
	is_int(rig_make(&r, "a", &plan), -1, "aliases make much of little");
	is_str(r.d.n > 0 ? r.d.list[0].text : "", "the texts of job \"a\" "
	    "need more than 16777216 bytes, with aliases and actions",
	    "that is said");
	rig_release(&r);
	str_release(&text);
}

/* --- there and back ----------------------------------------------------------------- */

static bool
comes_back(const struct job_plan *plan, struct str *text, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	struct str again = STR_INIT;
	struct job_plan read;
	bool same;

	job_plan_write(plan, text);
	same = job_plan_read(text->s, &a, &read, err) == 0;
	if (same) {
		job_plan_write(&read, &again);
		same = strcmp(text->s, again.s) == 0;
	}
	str_release(&again);
	arena_release(&a);
	return same;
}

static const char everything[] =
    "on: push\nenv: {A: \"x ${{ github.ref }} y\"}\njobs:\n  a:\n"
    "    runs-on: [x, 'image:1']\n    timeout-minutes: 3\n"
    "    strategy: {matrix: {v: [1, null, true, {k: [a]}]}}\n"
    "    concurrency: {group: g, cancel-in-progress: true}\n"
    "    env-file: f\n    outputs: {o: \"${{ steps.s.outputs.o }}\"}\n"
    "    steps:\n      - {run: a, if: failure(), retry: 2, id: s, "
    "timeout: 3s, continue-on-error: true}\n"
    "      - {uses: ./both, with: {who: \"${{ matrix.v }}\"}}\n"
    "      - {uses: ./docker}\n      - {run: b, background: true, id: c}\n"
    "      - cancel: c\n";

static void
test_round_trip(void)
{
	const struct value port = { .kind = VALUE_NUMBER, .number = 1.5 };
	struct job_plan_container db = { .name = "db", .ports = &port };
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct job_plan plan;
	struct rig r;

	rig_init(&r, everything);
	is_int(rig_make(&r, "a:4", &plan), 0, "a job is frozen");
	plan.services = &db;
	plan.n_services = 1;
	ok(comes_back(&plan, &text, &err), "and comes back: %s", err.text);
	str_release(&text);
	rig_release(&r);
}

/* --- secrets ------------------------------------------------------------------------ */

static const char *
secrets_of(struct rig *r, const char *key, struct str *text)
{
	struct plan_secrets found;
	struct job_plan plan;

	str_clear(text);
	if (rig_make(r, key, &plan) == -1)
		return "no plan";
	job_plan_secrets(&plan, &r->a, &found);
	for (size_t i = 0; i < found.n; i++)
		str_addf(text, "%s ", found.names[i]);
	str_add(text, found.all ? "all" : ".");
	return text->s;
}

static void
test_secrets(void)
{
	static const struct {
		const char *key, *want;
	} cases[] = {
		{ "none", "." },
		{ "places", "IMAGE TOP ENV Run With ." },
		{ "whole", "TOP all" }, { "known", "TOP A b ." },
		{ "guess", "TOP A all" },
		{ "mapped/in", "OUT ." }, { "mapped_all/in", "OUT OTHER ." },
		{ "inherited/next/in", "t ." }, { "closed/next/in", "." },
	};
	struct str text = STR_INIT;
	struct rig r;

	rig_init(&r, "on: push\nenv: {E: '${{ secrets.TOP }}'}\njobs:\n"
	    "  none: {runs-on: x, env: {E: a}, steps: [run: 'secrets.NO']}\n"
	    "  places:\n    runs-on: x\n    environment: prod\n"
	    "    container: {image: a, env: {V: '${{ secrets.IMAGE }}'}}\n"
	    "    env: {V: 'x${{ secrets.ENV }}'}\n"
	    "    steps:\n      - run: echo ${{ secrets.Run }}${{ secrets.RUN }}\n"
	    "      - {uses: ./docker, with: {a: \"${{ secrets['With'] }}\"}}\n"
	    "  whole: {runs-on: x, steps: [{run: a, env: "
	    "{V: '${{ toJSON(secrets) }}'}}]}\n"
	    "  known: {runs-on: x, steps: [run: "
	    "\"${{ secrets.A || secrets['b'] }}\"]}\n"
	    "  guess: {runs-on: x, steps: [run: "
	    "\"${{ secrets[secrets.A] }}\"]}\n"
	    "  mapped: {uses: ./.github/workflows/names.yml, secrets: "
	    "{S: '${{ secrets.OUT }}', other: '${{ secrets.OTHER }}'}}\n"
	    "  mapped_all: {uses: ./.github/workflows/whole.yml, secrets: "
	    "{S: '${{ secrets.OUT }}', other: '${{ secrets.OTHER }}'}}\n"
	    "  inherited: {uses: ./.github/workflows/inherits.yml, "
	    "secrets: inherit}\n"
	    "  closed: {uses: ./.github/workflows/inherits.yml}\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_str(secrets_of(&r, cases[i].key, &text), cases[i].want,
		    "secrets of %s", cases[i].key);
	str_release(&text);
	rig_release(&r);
}

/* --- damage ------------------------------------------------------------------------- */

/* Each member of the tree in turn is taken away or made something else; what
 * reads must not fall over, and must say what it refuses. */
struct damage {
	json_t *root;
	size_t n, refused, unnamed;
};

static void
try_read(struct damage *d)
{
	char *text = json_dumps(d->root, JSON_COMPACT);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct job_plan plan;

	d->n++;
	if (job_plan_read(text, &a, &plan, &err) == -1) {
		d->refused++;
		if (err.code != ERR_CORRUPT ||
		    !str_starts_with(err.text, "stored plan: \""))
			d->unnamed++;
	}
	arena_release(&a);
	free(text);
}

static json_t *
wrong(int i)
{
	return i == 0 ? json_string("?") : i == 1 ? json_integer(-2) :
	    i == 2 ? json_pack("[[]]") : i == 3 ? json_object() : json_null();
}

static void
damage(struct damage *d, json_t *json)
{
	json_t *item;
	size_t i;

	json_array_foreach(json, i, item) {
		json_incref(item);
		for (int k = 0; k < 5; k++) {
			json_array_set_new(json, i, wrong(k));
			try_read(d);
		}
		json_array_set_new(json, i, item);
		damage(d, item);
	}
	if (!json_is_object(json))
		return;
	for (void *at = json_object_iter(json); at != NULL;
	    at = json_object_iter_next(json, at)) {
		item = json_incref(json_object_iter_value(at));
		for (int k = 0; k < 5; k++) {
			json_object_iter_set_new(json, at, wrong(k));
			try_read(d);
		}
		json_object_iter_set_new(json, at, item);
		damage(d, item);
	}
}

static void
test_damage(void)
{
	struct damage d = { 0 };
	struct str text = STR_INIT;
	struct job_plan plan;
	struct rig r;

	rig_init(&r, everything);
	rig_make(&r, "a:4", &plan);
	job_plan_write(&plan, &text);
	d.root = json_loads(text.s, 0, NULL);
	damage(&d, d.root);
	ok(d.n > 1000 && d.refused > d.n / 2, "%zu of %zu damaged plans are "
	    "refused", d.refused, d.n);
	is_int((long long)d.unnamed, 0, "each with the member's name");
	json_decref(d.root);
	str_release(&text);
	rig_release(&r);
}

static void
print_parts(const struct job_plan *plan, struct str *out)
{
	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct job_plan_step *one = &plan->steps[i];

		str_addf(out, "%d %s of %d in %d, parallel %d: %s if %s\n",
		    one->number, part_names[one->part], one->of, one->action,
		    one->parallel, one->title, one->condition->text);
	}
}

static const char with_parts[] =
    "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n"
    "      - uses: actions/cache@v4\n        with: {key: k, path: p}\n"
    "      - parallel: [{run: one}, {uses: o/node@v1}]\n"
    "      - uses: o/around@v1\n"
    "      - uses: ./local\n";

/* Parts before all steps in their order, parts behind them in reverse. */
static void
test_parts(void)
{
	static const char want[] =
	    "1 pre of 7 in -1, parallel 0: Pre Run o/node@v1 if always()\n"
	    "2 pre of 8 in 0, parallel 0: Pre inner if always()\n"
	    "3 pre of 9 in 0, parallel 0: Pre Run ./local if always()\n"
	    "4 main of 0 in -1, parallel 0: Run actions/cache@v4 if "
	    "success()\n"
	    "5 main of 0 in -1, parallel 0: Parallel steps if success()\n"
	    "6 main of 0 in -1, parallel 5: Run one if success()\n"
	    "7 main of 0 in -1, parallel 5: Run o/node@v1 if success()\n"
	    "8 main of 0 in 0, parallel 0: inner if success()\n"
	    "9 main of 0 in 0, parallel 0: Run ./local if success()\n"
	    "10 main of 0 in -1, parallel 0: Run ./local if success()\n"
	    "11 post of 10 in -1, parallel 0: Post Run ./local if always()\n"
	    "12 post of 8 in 0, parallel 0: Post inner if failure()\n"
	    "13 post of 7 in -1, parallel 0: Post Run o/node@v1 if "
	    "failure()\n"
	    "14 post of 4 in -1, parallel 0: Post Run actions/cache@v4 if "
	    "always()\n";
	struct str got = STR_INIT, text = STR_INIT;
	struct job_plan plan, back;
	struct err err = { 0 };
	char *at;
	struct rig r;

	rig_init(&r, with_parts);
	is_int(rig_make(&r, "a", &plan), 0, "actions have parts");
	print_parts(&plan, &got);
	is_str(got.s, want, "before and behind all other steps");
	job_plan_write(&plan, &text);
	str_clear(&got);
	is_int(job_plan_read(text.s, &r.a, &back, &err), 0, "which are "
	    "written and read: %s", err.text);
	print_parts(&back, &got);
	is_str(got.s, want, "as they were");
	at = strstr(text.s, "\"of\": 10");
	if (ok(at != NULL, "one is of step 10")) {
		memcpy(at, "\"of\": 12", strlen("\"of\": 10"));
		is_int(job_plan_read(text.s, &r.a, &back, &err), -1,
		    "a part of a part is refused");
		is_str(err.text, "stored plan: \"steps\": item 10: it is no "
		    "part of a step that uses an action", "by its place");
	}
	str_release(&got);
	str_release(&text);
	rig_release(&r);
}

/* A job that waited while the server was upgraded has such a plan. */
static void
test_older(void)
{
	struct str text = STR_INIT;
	struct job_plan plan, back;
	struct err err = { 0 };
	struct rig r;
	char *at;

	rig_init(&r, "on: push\njobs:\n  a:\n    runs-on: x\n"
	    "    steps: [{uses: actions/cache@v4}, {run: b}]\n");
	rig_make(&r, "a", &plan);
	plan.n_steps = 2; /* without the part behind */
	job_plan_write(&plan, &text);
	at = strstr(text.s, "\"version\": 3");
	if (ok(at != NULL, "a plan without parts"))
		at[strlen("\"version\": ")] = '2';
	is_int(job_plan_read(text.s, &r.a, &back, &err), 0, "of the version "
	    "before is read: %s", err.text);
	is_int((long)back.n_steps, 2, "with its steps");
	is_int(back.steps[0].part == STEP_MAIN && back.steps[0].of == 0, 1,
	    "which are no parts of others");
	str_release(&text);
	rig_release(&r);
}

static void
test_refused(void)
{
	static const struct {
		const char *from, *to, *error;
	} cases[] = {
		{ "{", "", "stored plan: '[' or '{' expected near '\"version\"' "
		    "(byte 9)" },
		{ "\"version\": 3", "\"version\": 1",
		    "stored plan: \"version\": it must be 2 to 3" },
		{ "\"version\": 3", "\"version\": 4",
		    "stored plan: \"version\": it must be 2 to 3" },
		{ "\"key\"", "\"kay\"", "stored plan: \"key\": it is missing" },
		{ "\"needs\": {", "\"needs\": 1, \"x\": {",
		    "stored plan: \"needs\": it must be an object" },
		{ "\"kind\": \"run\"", "\"kind\": \"ran\"", "stored plan: "
		    "\"steps\": item 0: \"kind\": it must be a kind of step" },
		{ "\"expression\": \"failure()\"",
		    "\"expression\": \"failure(\"", "stored plan: \"steps\": "
		    "item 0: \"condition\": an expression cannot be parsed" },
		{ "\"timeout_ms\": 180000", "\"timeout_ms\": 2592000001",
		    "stored plan: \"timeout_ms\": it must be a whole number in "
		    "its range" },
		{ "\"number\": 2, \"kind\"", "\"number\": 3, \"kind\"",
		    "stored plan: \"steps\": item 1: it names what is not "
		    "before it" },
		{ "\"action\": 0,", "\"action\": 9,", "stored plan: \"steps\": "
		    "item 1: it names what is not before it" },
		{ "\"outer\": -1", "\"outer\": 0", "stored plan: \"actions\": "
		    "item 0: it names what is not before it" },
	};
	struct str text = STR_INIT;
	struct job_plan plan;
	struct rig r;

	rig_init(&r, everything);
	rig_make(&r, "a:4", &plan);
	job_plan_write(&plan, &text);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *at = strstr(text.s, cases[i].from);
		struct str damaged = STR_INIT;
		struct err err = { 0 };

		if (!ok(at != NULL, "there is %s", cases[i].from))
			continue;
		str_add_len(&damaged, text.s, (size_t)(at - text.s));
		str_add(&damaged, cases[i].to);
		str_add(&damaged, at + strlen(cases[i].from));
		is_int(job_plan_read(damaged.s, &r.a, &plan, &err), -1,
		    "%s is refused", cases[i].to);
		is_str(err.text, cases[i].error, "by name");
		is_int(err.code, ERR_CORRUPT, "as our own fault");
		str_release(&damaged);
	}
	str_release(&text);
	rig_release(&r);
}

/* Reading stops when its arena is full. */
static void
test_arena(void)
{
	struct arena small = ARENA_INIT(2000);
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct job_plan plan;
	struct rig r;

	rig_init(&r, everything);
	rig_make(&r, "a", &plan);
	job_plan_write(&plan, &text);
	is_int(job_plan_read(text.s, &small, &plan, &err), -1,
	    "a plan that needs more memory is refused");
	is_int(err.code, ERR_TOO_LARGE, "and that is said: %s", err.text);
	arena_release(&small);
	str_release(&text);
	rig_release(&r);
}

/* --- workflows of others ------------------------------------------------------------ */

static int
fetch_none(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	(void)ctx;
	(void)a;
	(void)text;
	(void)len;
	(void)uses;
	(void)err;
	return 1;
}

static size_t n_frozen;

/* Every job that may start; placeholders of templates are names here. */
static void
freeze_file(const char *folder, const char *file)
{
	struct rig r = { .facts = { .rehearsal = true } };
	struct err err = { 0 };

	if (!str_ends_with(file, ".yml") && !str_ends_with(file, ".yaml"))
		return;
	str_init(&r.text);
	if (file_read(corpus_path(folder, file), 1 << 20, &r.text, &err) < 0)
		tap_note("%s", err.text);
	rig_plan(&r);
	for (size_t i = 0; r.planned && i < r.run.n_jobs; i++) {
		const struct planned_job *job = &r.run.jobs[i];
		struct str text = STR_INIT;
		struct job_plan plan;
		size_t before = r.d.n;
		const char *why;

		if (job->state != PLANNED_READY)
			continue;
		if (job_plan_make(job, &r.facts, fetch_none, NULL, &r.a, &r.d,
		        &plan) == -1) {
			why = r.d.n > before ? r.d.list[before].text : "";
			ok(str_starts_with(folder, "actionlint") ||
			    strstr(why, "not supported by this") != NULL,
			    "%s/%s: %s: %s", folder, file, job->key, why);
			continue;
		}
		n_frozen++;
		ok(comes_back(&plan, &text, &err), "%s/%s: %s %s", folder,
		    file, job->key, err.text);
		str_release(&text);
	}
	rig_release(&r);
}

static void
freeze_folder(const char *folder, const char *file)
{
	struct str path = STR_INIT;

	if (strchr(file, '.') != NULL)
		return;
	str_addf(&path, "%s/%s", folder, file);
	corpus_files(path.s, "", freeze_file);
	str_release(&path);
}

static void
test_corpus(void)
{
	static const char *const deep[] = { "workflows", "realworld", "act" };

	for (size_t i = 0; i < ARRAY_LEN(deep); i++)
		if (corpus_has(deep[i]))
			corpus_files(deep[i], "", freeze_folder);
	if (corpus_has("realworld"))
		corpus_files("realworld", "", freeze_file);
	if (corpus_has("actionlint/ok"))
		corpus_files("actionlint/ok", "", freeze_file);
	tap_note("%zu jobs were frozen", n_frozen);
}

int
main(void)
{
	test_steps();
	test_job();
	test_calls();
	test_outside();
	test_rehearsal();
	test_mistakes();
	test_too_large();
	test_round_trip();
	test_secrets();
	test_damage();
	test_refused();
	test_parts();
	test_older();
	test_arena();
	test_corpus();
	return tap_done();
}

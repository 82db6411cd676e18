/*
 * action-t.c - actions read, put into a job, and given their inputs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/action.h"
#include "t/lib/tap.h"

static const struct {
	const char *uses, *text;
} actions[] = {
	{ "./both", "name: Both\n"
	    "inputs:\n  who: {default: \"${{ github.actor }}\"}\n"
	    "  How: {required: true}\n"
	    "outputs: {o: {value: \"${{ steps.a.outputs.x }}\"}}\n"
	    "runs:\n  using: composite\n  steps:\n"
	    "    - {run: one, shell: sh, id: a}\n"
	    "    - {uses: ./inner, with: {v: \"${{ inputs.who }}\"}}\n" },
	{ "./inner", "inputs: {v: {}}\nruns:\n  using: composite\n  steps:\n"
	    "    - {run: \"echo ${{ inputs.v }}\", shell: sh}\n" },
	{ "./node", "runs: {using: node20, main: x.js}\n" },
	{ "./loop", "runs:\n  using: composite\n  steps: [{uses: ./loop}]\n" },
	{ "./wrong", "runs:\n  using: composite\n  stepss: []\n" },
	{ "o/r/outer@v1", "runs:\n  using: composite\n  steps:\n"
	    "    - {run: one, shell: sh}\n    - {uses: ./sub/inner}\n" },
	{ "o/r/sub/inner@v1", "runs:\n  using: composite\n  steps:\n"
	    "    - {run: theirs, shell: sh}\n" },
	{ "./sub/inner", "runs:\n  using: composite\n  steps:\n"
	    "    - {run: ours, shell: sh}\n" },
	{ "./empty", "runs: {using: composite}\n" },
};

static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	(void)ctx;
	if (str_starts_with(uses, "docker://") ||
	    str_starts_with(uses, "actions/checkout@"))
		return 1;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(actions[i].uses, uses) == 0) {
			*text = arena_strdup(a, actions[i].text);
			*len = strlen(*text);
			return 0;
		}
	return err_set(err, ERR_NOT_FOUND, "there is no action \"%s\"", uses);
}

struct job {
	struct arena a;
	struct diags d;
	struct str text;
	struct inlined_step *steps;
	size_t n;
	int result;
};

/* A job with these steps, in flow style. */
static void
job_read(struct job *j, const char *steps)
{
	const struct workflow *w;

	memset(j, 0, sizeof(*j));
	str_init(&j->text);
	str_addf(&j->text, "on: push\njobs:\n  a:\n    runs-on: x\n"
	    "    steps: %s\n", steps);
	diags_init(&j->d, &j->a, "w.yml", j->text.s, j->text.len);
	w = workflow_read(j->text.s, j->text.len, &j->a, &j->d);
	if (!ok(w != NULL && j->d.n_errors == 0, "read %s", steps))
		return;
	j->result = action_inline(w->jobs[0].steps, w->jobs[0].n_steps,
	    fetch, NULL, &j->a, &j->d, &j->steps, &j->n);
}

static void
job_release(struct job *j)
{
	arena_release(&j->a);
	str_release(&j->text);
}

/* "one <./both" for a step of an action. */
static void
print_steps(const struct job *j, struct str *out)
{
	for (size_t i = 0; i < j->n; i++) {
		const struct inlined_step *s = &j->steps[i];

		str_addf(out, "%s%s", i > 0 ? ", " : "", s->step->run != NULL ?
		    s->step->run->text : s->step->uses->text);
		if (s->action != NULL)
			str_addf(out, " (%s)", s->action->using);
		for (const struct used_action *u = s->in; u; u = u->outer)
			str_addf(out, " <%s", u->step->uses->text);
	}
}

static void
test_inline(void)
{
	static const struct {
		const char *steps, *result;
	} cases[] = {
		{ "[{run: a}, {run: b}]", "a, b" },
		{ "[{run: a}, {uses: ./both}, {run: b}]",
		    "a, one <./both, format('echo {0}', inputs.v) <./inner "
		    "<./both, b" },
		{ "[{uses: ./node}, {uses: 'docker://x'}, "
		    "{uses: actions/checkout@v4}]",
		    "./node (node20), docker://x, actions/checkout@v4" },
		{ "[{uses: o/r/outer@v1}, {uses: ./sub/inner}]",
		    "one <o/r/outer@v1, theirs <./sub/inner <o/r/outer@v1, "
		    "ours <./sub/inner" },
		{ "[{uses: ./none}]", "there is no action \"./none\"" },
		{ "[{uses: ./loop}]", "composite actions may use each other "
		    "over 10 levels; \"./loop\" is one more" },
		{ "[{uses: ./wrong}]",
		    "action ./wrong:3:3: Unexpected value 'stepss'" },
		{ "[{uses: ./empty}]",
		    "action ./empty:1:7: a composite action needs \"steps\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str got = STR_INIT;
		struct job j;

		job_read(&j, cases[i].steps);
		if (j.result == -1)
			str_add(&got, j.d.list[0].text);
		else
			print_steps(&j, &got);
		is_str(got.s, cases[i].result, "%s", cases[i].steps);
		str_release(&got);
		job_release(&j);
	}
}

/* The inputs context of an action that is used. */
static int
inputs_of(struct job *j, const struct used_action *used,
    const struct expr_env *env, struct expr_object **out)
{
	struct named_value list[4];
	size_t n = used->action->n_inputs;

	for (size_t i = 0; i < n && i < 4; i++)
		list[i] = (struct named_value) { used->action->inputs[i].name,
			used->action->inputs[i].default_value };
	return action_inputs(list, n, used->step->with, env, &j->a, &j->d,
	    out);
}

static void
test_inputs(void)
{
	const struct value *key;
	const char *near;
	size_t next = 0;
	struct expr_object *contexts, *github, *inputs = NULL;
	struct expr_env env = { 0 };
	struct str got = STR_INIT;
	struct expr_value v;
	struct job j;

	job_read(&j, "[{uses: ./both, with: {HOW: 3, wo: 1}}]");
	contexts = expr_object_new(&j.a);
	github = expr_object_new(&j.a);
	expr_object_add(github, "actor", expr_string("me"));
	expr_object_add(contexts, "github", expr_from_object(github));
	env.contexts = contexts;
	is_int(inputs_of(&j, j.steps[0].in, &env, &inputs), 0,
	    "inputs are evaluated");
	v = expr_from_object(inputs);
	expr_json_write(&v, 1000, &got);
	is_str(got.s, "{\"who\": \"me\", \"How\": \"3\"}",
	    "defaults are evaluated, names have no case, all is text");
	key = action_input_unknown(action_input_names(j.steps[0].in->action,
	    &j.a), j.steps[0].in->step->with, &next, &near);
	if (ok(key != NULL, "an input that it has not is found")) {
		is_str(key->text, "wo", "by its name");
		is_str(near, "who", "with what may be meant");
	}
	ok(action_input_unknown(action_input_names(j.steps[0].in->action,
	    &j.a), j.steps[0].in->step->with, &next, &near) == NULL,
	    "and no other");
	expr_object_add(contexts, "inputs", v);
	is_int(inputs_of(&j, j.steps[1].in, &env, &inputs), 0,
	    "inputs of an inner action");
	str_clear(&got);
	v = expr_from_object(inputs);
	expr_json_write(&v, 1000, &got);
	is_str(got.s, "{\"v\": \"me\"}", "come from those of the outer one");
	str_release(&got);
	job_release(&j);
}

/* What a composite action may not say, and how it is told. */
static void
test_mistakes(void)
{
#define STEP(text) "runs:\n  using: composite\n  steps:\n    - " text "\n"
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ STEP("{run: 'echo ${{ secrets.A }}', shell: sh}"),
		    "Unrecognized named-value: 'secrets'" },
		{ STEP("{run: a, shell: sh, env: {A: '${{ vars.A }}'}}"),
		    "Unrecognized named-value: 'vars'" },
		{ STEP("{run: a, shell: sh, if: needs.a.result == 'x'}"),
		    "Unrecognized named-value: 'needs'" },
		{ STEP("{run: a, shell: sh, if: github.ref == env.X}"), NULL },
		{ STEP("{run: '${{ matrix.a }}${{ hashFiles(''a'') }}', "
		    "shell: sh}"), NULL },
		{ STEP("{run: a}"), "Required property is missing: shell" },
		{ STEP("{type: step.shell_exec, config: {commands: [a]}}"),
		    NULL },
	};
#undef STEP

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena a = ARENA_INIT(0);
		struct diags d;

		diags_init(&d, &a, "action.yml", cases[i].text,
		    strlen(cases[i].text));
		action_read(cases[i].text, strlen(cases[i].text), &a, &d);
		ok(cases[i].want == NULL ? d.n == 0 : d.n == 1 &&
		    str_starts_with(d.list[0].text, cases[i].want),
		    "%s", cases[i].want != NULL ? cases[i].want : "right");
		arena_release(&a);
	}
}

int
main(void)
{
	test_mistakes();
	test_inline();
	test_inputs();
	return tap_done();
}

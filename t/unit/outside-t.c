/*
 * outside-t.c - what strangers wrote is known as theirs, whatever is made of
 * it; what is ours is not.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/event_context.h"
#include "lib/pipeline/expr_ast.h"
#include "lib/pipeline/outside.h"
#include "t/lib/tap.h"

static const char payload[] =
    "{\"ref\": \"refs/heads/$(x)\", \"after\": \"0123\", \"number\": 7,"
    " \"deleted\": false, \"sender\": {\"login\": \"mona\"},"
    " \"json\": \"{\\\"k\\\": [\\\"v\\\", 1, true, null]}\","
    " \"repository\": {\"full_name\": \"o/r\"},"
    " \"labels\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}";
/* Not from outside: variables of the repository. */
static const char vars[] = "{\"a\": \"mine\", \"list\": [\"x\", \"y\"],"
    " \"json\": \"{\\\"k\\\": \\\"v\\\"}\"}";

static struct expr_object *
read_object(const char *json, struct arena *a)
{
	struct err err = { 0 };
	struct expr_value v = expr_null();

	if (expr_json_read(json, strlen(json), 1 << 20, a, &v, &err) == -1)
		tap_note("%s", err.text);
	return v.object;
}

static struct expr_object *
make_contexts(struct arena *a)
{
	struct event_source source = { .name = "push",
		.payload = read_object(payload, a) };
	struct expr_object *contexts = expr_object_new(a), *github;
	struct trigger_event e;

	event_context(&source, a, &github, &e);
	expr_object_add(contexts, "github", expr_from_object(github));
	expr_object_add(contexts, "vars",
	    expr_from_object(read_object(vars, a)));
	return contexts;
}

static int
hash_files(void *ctx, const char *const *patterns, size_t n, struct arena *a,
    const char **hash, struct err *err)
{
	(void)ctx;
	(void)patterns;
	(void)n;
	(void)a;
	(void)err;
	*hash = "00ff";
	return 0;
}

/* --- expressions ----------------------------------------------------------- */

#define REF "github.ref"

/* "+": the value is from outside; "-": it is not. */
static const char *const cases[] = {
	/* what strangers write */
	"+" REF, "+github.ref_name", "+github.actor", "+github.event.ref",
	"+github.event.labels[1].name", "+GITHUB['Event']['REF']",
	"-github.sha", "-github.event_name", "-github.repository",
	"-github.ref_type", "-github.event.number", "-github.event.deleted",
	"-github.event.nothing", "-vars.a", "-'text'", "-1", "-null",
	/* operators */
	"-" REF " == 'x'", "-" REF " != 'x'", "-" REF " < 'x'",
	"-" REF " <= 'x'", "-" REF " > 'x'", "-" REF " >= 'x'", "-!" REF,
	"+" REF " && github.event.ref", "-" REF " && 'mine'",
	"+'mine' && " REF, "-'' && " REF, "+'' || " REF, "-vars.a || " REF,
	"+" REF " || vars.a",
	/* parts, and many at once */
	"-vars[" REF "]", "-vars.list[0]", "+github.event.labels[0]['name']",
	"-github.event.labels", "-github.event.labels.*.name",
	/* functions */
	"-contains(" REF ", 'x')", "-startsWith(" REF ", 'x')",
	"-endsWith(" REF ", 'x')", "-hashFiles(" REF ")",
	"-success(" REF ")", "-failure(" REF ")", "-cancelled()",
	"-always()",
	"+format('a {0}', " REF ")", "+format('{1}{0}', 'a', " REF ")",
	"+format(" REF ")", "+format(" REF ", 'a')",
	"-format('{0}', 'a', " REF ")", "-format('{0}', vars.a)",
	"-format('{0}', github.event.number)",
	"-format('{0} {1}', github.event, github.event.labels)",
	"+join(github.event.labels.*.name, ' ')", "+join(vars.list, " REF ")",
	"-join(vars.list, ' ')", "-join(vars.list[0], " REF ")",
	"+join(" REF ")", "-join(github.event.labels)",
	"+toJSON(" REF ")", "+toJSON(github.event)", "+toJSON(github)",
	"+toJSON(github.event.labels)", "+toJSON(github.event.labels.*.name)",
	"-toJSON(vars)", "-toJSON(vars.list)", "-toJSON(github.event.number)",
	"+fromJSON(format('\"{0}\"', " REF "))",
	"+fromJSON(github.event.json).k[0]", "-fromJSON(vars.json).k",
	"-fromJSON(github.event.json).k[1]",
	"-fromJSON(github.event.json).k[2]",
	"-fromJSON(github.event.json).k[3]",
	"+toJSON(fromJSON('{\"a\": 1}') && fromJSON(github.event.json))",
	"+fromJSON(toJSON(github.event.labels))[0].name",
	"+fromJSON(format('[\"{0}\"]', github.event.ref))[0]",
	"+case(true, " REF ", 'b')", "-case(false, " REF ", 'b')",
	"+case(false, 'a', " REF ")", "-case(" REF " == '', 'a', 'b')",
	"+case(true, format('{0}', case(true, " REF ", 1)), '')",
};

static bool
is_outside(const char *text, struct expr_object *contexts)
{
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = contexts,
		.hash_files = hash_files };
	struct expr_error error;
	struct expr_value v = expr_null();
	struct expr e;
	bool outside;

	if (expr_parse(text, strlen(text), NULL, &a, &e, &error) == -1 ||
	    expr_eval(&e, &env, &a, &v, &error) == -1)
		ok(false, "%s: %s", text, error.text);
	outside = v.outside;
	arena_release(&a);
	return outside;
}

static void
test_cases(struct expr_object *contexts)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_int(is_outside(cases[i] + 1, contexts),
		    cases[i][0] == '+', "%s", cases[i]);
}

/* Who adds a function decides what it hands on, and writes it here. */
static void
test_every_function(void)
{
	for (size_t i = 0; i < expr_n_functions; i++) {
		const char *name = expr_functions[i].name;
		size_t len = strlen(name);
		bool found = false;

		for (size_t k = 0; k < ARRAY_LEN(cases) && !found; k++)
			found = strncmp(cases[k] + 1, name, len) == 0 &&
			    cases[k][1 + len] == '(' &&
			    (strstr(cases[k], REF) != NULL ||
			    expr_functions[i].max_args == 0);
		ok(found, "%s() is decided about", name);
	}
}

static void
test_templates(struct expr_object *contexts)
{
	static const char *const texts[] = { "+a ${{ github.ref }}",
		"+${{ vars.a }}${{ github.ref }}", "-a ${{ vars.a }}",
		"-${{ github.event.number }} b", "+${{ github.ref }}",
		"-${{ github.ref == 'x' }}", "-plain" };
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = contexts };
	struct expr_error error;
	struct expr_value v;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (expr_template(texts[i] + 1, strlen(texts[i] + 1), NULL,
		    &env, &a, &v, &error) == -1)
			v = expr_null();
		is_int(v.outside, texts[i][0] == '+', "%s", texts[i]);
	}
	arena_release(&a);
}

/* An event that has a text at each path that lint warns of. */
static void
add_at(struct expr_object *o, const char *path, struct arena *a)
{
	size_t len = strcspn(path, ".");
	const char *name = arena_strndup(a, path, len);
	struct expr_object *inner = expr_object_new(a);
	struct expr_array *list = expr_array_new(a);

	if (path[len] == '\0') {
		expr_object_add(o, name, expr_string("x"));
	} else if (strncmp(path + len, ".*.", 3) == 0) {
		add_at(inner, path + len + 3, a);
		expr_array_add(list, expr_from_object(inner));
		expr_object_add(o, name, expr_from_array(list));
	} else {
		add_at(inner, path + len + 1, a);
		expr_object_add(o, name, expr_from_object(inner));
	}
}

static void
test_risky(void)
{
	const char *path;

	for (size_t n = 0; (path = outside_risky_at(n)) != NULL; n++) {
		struct arena a = ARENA_INIT(0);
		struct expr_object *contexts = expr_object_new(&a);
		const char *star = strstr(path, ".*");

		add_at(contexts, path, &a);
		github_mark_outside(expr_object_get(contexts,
		    (struct expr_text) { "github", 6 })->object);
		if (star != NULL)
			path = arena_printf(&a, "%.*s[0]%s",
			    (int)(star - path), path, star + 2);
		ok(is_outside(path, contexts), "%s", path);
		arena_release(&a);
	}
}

/* --- plans ----------------------------------------------------------------- */

static const char caller[] =
    "on: push\n"
    "jobs:\n"
    "  first: {runs-on: x, steps: [{run: a}]}\n"
    "  many:\n"
    "    needs: first\n"
    "    strategy:\n"
    "      matrix: ${{ fromJSON(needs.first.outputs.json) }}\n"
    "    runs-on: ${{ matrix.k }}\n"
    "    steps: [{run: a}]\n"
    "  mine:\n"
    "    needs: first\n"
    "    strategy: {matrix: {k: [a]}}\n"
    "    runs-on: ${{ matrix.k }}\n"
    "    steps: [{run: a}]\n"
    "  typed:\n"
    "    runs-on: ${{ inputs.given }}\n"
    "    steps: [{run: a}]\n"
    "  call:\n"
    "    uses: ./w.yml\n"
    "    with: {theirs: 'a ${{ github.ref }}', ours: b}\n"
    "  after:\n"
    "    needs: call\n"
    "    runs-on: '${{ needs.call.outputs.theirs }}'\n"
    "    steps: [{run: a}]\n";
static const char called[] =
    "on:\n"
    "  workflow_call:\n"
    "    inputs: {theirs: {type: string}, ours: {type: string}}\n"
    "    outputs: {theirs: {value: '${{ jobs.t.outputs.o }}'}}\n"
    "jobs:\n"
    "  t: {runs-on: '${{ inputs.theirs }}', steps: [{run: a}],\n"
    "    outputs: {o: x}}\n"
    "  o: {runs-on: '${{ inputs.ours }}', steps: [{run: a}]}\n";

static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	(void)ctx;
	(void)uses;
	(void)a;
	(void)err;
	*text = called;
	*len = strlen(called);
	return 0;
}

static void
check_plan(const struct run_plan *plan)
{
	/* What was evaluated for `runs-on` tells where it came from. */
	static const struct {
		const char *key;
		bool outside;
	} want[] = {
		{ "many", true }, { "mine", false }, { "typed", true },
		{ "call/t", true }, { "call/o", false }, { "after", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct planned_job *j = NULL;

		for (size_t k = 0; k < plan->n_jobs; k++)
			if (strcmp(plan->jobs[k].key, want[i].key) == 0)
				j = &plan->jobs[k];
		ok(j != NULL && j->runs_on.type == EXPR_STRING &&
		    j->runs_on.outside == want[i].outside,
		    "job %s: %s", want[i].key,
		    want[i].outside ? "outside" : "ours");
	}
}

static void
test_plan(void)
{
	struct arena a = ARENA_INIT(0);
	struct job_outcome outcomes[] = {
		{ "first", RESULT_SUCCESS,
		    read_object("{\"json\": \"{\\\"k\\\": [\\\"v\\\"]}\"}",
		    &a) },
		{ "call/t", RESULT_SUCCESS,
		    read_object("{\"o\": \"x\"}", &a) },
		{ "call/o", RESULT_SUCCESS, NULL },
	};
	/* As from a database: nothing is marked. */
	struct run_facts facts = { .outcomes = outcomes,
		.n_outcomes = ARRAY_LEN(outcomes), .fetch = fetch,
		.github = read_object("{\"ref\": \"refs/heads/x\"}", &a),
		.inputs = read_object("{\"given\": \"x\"}", &a) };
	struct workflow *w;
	struct run_plan plan;
	struct diags d;

	diags_init(&d, &a, "w.yml", caller, strlen(caller));
	w = workflow_read(caller, strlen(caller), &a, &d);
	is_int(d.n_errors, 0, "the workflow is right");
	is_int(run_decide(w, &facts, &a, &d, &plan), 0, "and is decided");
	check_plan(&plan);
	ok(facts.github->members[0].value.outside, "stored contexts get "
	    "their marks again");
	arena_release(&a);
}

int
main(void)
{
	struct arena a = ARENA_INIT(0);
	struct expr_object *contexts = make_contexts(&a);

	test_cases(contexts);
	test_every_function();
	test_templates(contexts);
	test_risky();
	test_plan();
	arena_release(&a);
	return tap_done();
}

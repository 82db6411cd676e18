/*
 * decide-t.c - what a run does next, case by case.
 *
 * A case is t/data/plan/NAME.yml, what has happened in NAME.json, and what
 * comes of it in NAME.plan, to the letter. Members of the JSON, all optional:
 * "on" (a trigger_event), "github", "inputs", "vars", "outcomes" (in the order
 * of ending; "generated" of one is a text), "cancelled", "rehearsal". Workflows that are called lie in
 * calls/. PAWL_TEST_UPDATE=1 writes what is got instead of comparing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/str.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/event.h"
#include "t/lib/tap.h"

#define MAX_ITEMS 64

static const char *
data_path(const char *file)
{
	static char path[4096];
	const char *srcdir = getenv("srcdir");

	snprintf(path, sizeof(path), "%s/t/data/plan/%s",
	    srcdir != NULL ? srcdir : ".", file);
	return path;
}

/* ./NAME.yml is calls/NAME.yml. */
static int
fetch(void *ctx, const char *uses, struct arena *a, const char **text,
    size_t *len, struct err *err)
{
	const char *base = strrchr(uses, '/');
	struct str name = STR_INIT, content = STR_INIT;
	int r;

	(void)ctx;
	str_addf(&name, "calls%s", base != NULL ? base : uses);
	r = file_read(data_path(name.s), 1 << 20, &content, err) < 0 ? -1 : 0;
	if (r == 0) {
		*text = arena_strndup(a, content.s, content.len);
		*len = content.len;
	} else {
		err_set(err, ERR_NOT_FOUND, "there is no workflow \"%s\"",
		    uses);
	}
	str_release(&name);
	str_release(&content);
	return r;
}

static struct expr_object *
to_object(const json_t *json, struct arena *a)
{
	char *text = json != NULL ? json_dumps(json, 0) : NULL;
	struct expr_value v = { .type = EXPR_NULL };
	struct err err = { 0 };

	if (text != NULL && expr_json_read(arena_strdup(a, text),
	        strlen(text), 1 << 20, a, &v, &err) == -1)
		ok(false, "facts: %s", err.text);
	free(text);
	return v.type == EXPR_OBJECT ? v.object : NULL;
}

static const char *
text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static enum job_result
result_of(const char *name)
{
	for (int i = RESULT_NONE; i <= RESULT_SKIPPED; i++)
		if (name != NULL && strcmp(job_result_name(i), name) == 0)
			return i;
	return RESULT_NONE;
}

/* One case. */
struct play {
	struct arena a;
	json_t *facts;
	const struct workflow *w;
	struct diags d;
	struct str out;
};

static void
play_event(struct play *p)
{
	const json_t *on = json_object_get(p->facts, "on");
	const json_t *changed = json_object_get(on, "changed");
	const char *paths[MAX_ITEMS];
	struct trigger_event e = { .name = text_of(on, "name"),
		.action = text_of(on, "action"), .ref = text_of(on, "ref"),
		.branch = text_of(on, "branch"),
		.workflow = text_of(on, "workflow"),
		.cron = text_of(on, "cron"),
		.message = text_of(on, "message"),
		.deleted = json_is_true(json_object_get(on, "deleted")),
		.changed = paths, .changed_known = changed != NULL };
	struct event_decision decision;

	if (on == NULL)
		return;
	for (size_t i = 0; i < json_array_size(changed); i++)
		paths[e.n_changed++] =
		    json_string_value(json_array_get(changed, i));
	event_decide(p->w, &e, &p->a, &decision);
	str_addf(&p->out, "%s: %s\n", decision.starts ? "starts" :
	    "does not start", decision.why);
}

/* Every id is there once, and what others point at is there. */
static void
check_graph(const struct run_plan *plan, const char *name)
{
	struct str text = STR_INIT;
	struct map ids = MAP_INIT;
	json_t *json, *nodes, *edges, *one;
	size_t i, n_jobs = 0;
	bool sound = true;

	run_plan_graph(plan, &text);
	json = json_loads(text.s, 0, NULL);
	nodes = json_object_get(json, "nodes");
	edges = json_object_get(json, "edges");
	json_array_foreach(nodes, i, one) {
		sound = sound && map_set(&ids, text_of(one, "id"), one) ==
		    NULL;
		n_jobs += strcmp(text_of(one, "type"), "job") == 0;
	}
	json_array_foreach(nodes, i, one)
		if (text_of(one, "parent") != NULL)
			sound = sound && map_get(&ids, text_of(one,
			    "parent")) != NULL;
	json_array_foreach(edges, i, one)
		sound = sound && map_get(&ids, text_of(one, "source")) !=
		    NULL && map_get(&ids, text_of(one, "target")) != NULL;
	ok(sound && n_jobs == plan->n_jobs, "%s: its graph is sound", name);
	json_decref(json);
	map_release(&ids);
	str_release(&text);
}

static void
play_run(struct play *p)
{
	const json_t *list = json_object_get(p->facts, "outcomes");
	struct job_outcome outcomes[MAX_ITEMS];
	struct run_facts facts = { .outcomes = outcomes, .fetch = fetch,
		.github = to_object(json_object_get(p->facts, "github"),
		    &p->a),
		.inputs = to_object(json_object_get(p->facts, "inputs"),
		    &p->a),
		.vars = to_object(json_object_get(p->facts, "vars"), &p->a),
		.cancelled = json_is_true(json_object_get(p->facts,
		    "cancelled")),
		.rehearsal = json_is_true(json_object_get(p->facts,
		    "rehearsal")) };
	struct run_plan plan;
	int r;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		outcomes[facts.n_outcomes++] = (struct job_outcome) {
			text_of(one, "key"), result_of(text_of(one,
			    "result")), to_object(json_object_get(one,
			    "outputs"), &p->a), text_of(one, "generated"),
			json_string_length(json_object_get(one,
			    "generated")) };
	}
	r = run_decide(p->w, &facts, &p->a, &p->d, &plan);
	diags_print(&p->d, &p->out);
	if (r == -1) {
		str_add(&p->out, "no plan\n");
		return;
	}
	run_plan_print(&plan, &p->out);
	check_graph(&plan, p->d.file);
	if (plan.result != RESULT_NONE)
		str_addf(&p->out, "\nresult: %s\n",
		    job_result_name(plan.result));
}

/* The JSON form of every plan must be JSON. */
static void
check_json(const struct run_plan *plan, const char *name)
{
	struct str text = STR_INIT;
	json_t *json;

	run_plan_json(plan, &text);
	json = json_loads(text.s, 0, NULL);
	is_int((long long)json_array_size(json_object_get(json, "jobs")),
	    (long long)plan->n_jobs, "%s: as JSON", name);
	json_decref(json);
	str_release(&text);
}

static void
compare(const char *name, const char *got)
{
	struct str file = STR_INIT, want = STR_INIT;
	struct err err = { 0 };

	str_addf(&file, "%s.plan", name);
	if (getenv("PAWL_TEST_UPDATE") != NULL)
		file_replace(data_path(file.s), got, strlen(got), 0644, false,
		    &err);
	if (file_read(data_path(file.s), 1 << 20, &want, &err) < 0)
		ok(false, "%s: %s", name, err.text);
	else
		is_str(got, want.s, "%s", name);
	str_release(&file);
	str_release(&want);
}

static void
play_case(const char *name)
{
	struct play p = { .out = STR_INIT };
	struct str file = STR_INIT, text = STR_INIT;
	struct err err = { 0 };

	arena_init(&p.a, 64 << 20);
	str_addf(&file, "%s.json", name);
	p.facts = json_load_file(data_path(file.s), 0, NULL);
	str_clear(&file);
	str_addf(&file, "%s.yml", name);
	if (file_read(data_path(file.s), 1 << 20, &text, &err) < 0)
		ok(false, "%s: %s", name, err.text);
	diags_init(&p.d, &p.a, file.s, text.s, text.len);
	p.w = workflow_read(text.s, text.len, &p.a, &p.d);
	if (p.w != NULL && p.d.n_errors == 0) {
		play_event(&p);
		play_run(&p);
	} else {
		diags_print(&p.d, &p.out);
	}
	compare(name, p.out.s);
	json_decref(p.facts);
	arena_release(&p.a);
	str_release(&p.out);
	str_release(&file);
	str_release(&text);
}

static int
is_case(const struct dirent *entry)
{
	return str_ends_with(entry->d_name, ".yml");
}

static void
test_cases(void)
{
	struct dirent **entries;
	int n = scandir(data_path(""), &entries, is_case, alphasort);

	ok(n > 0, "there are cases in %s", data_path(""));
	for (int i = 0; i < n; i++) {
		char *dot = strrchr(entries[i]->d_name, '.');

		*dot = '\0';
		play_case(entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}

static struct run_plan
plan_text(const char *text, const struct run_facts *facts, struct arena *a,
    struct diags *d)
{
	struct run_plan plan = { 0 };
	const struct workflow *w;

	diags_init(d, a, "t.yml", text, strlen(text));
	w = workflow_read(text, strlen(text), a, d);
	ok(w != NULL && d->n_errors == 0, "it is read: %s",
	    d->n > 0 ? d->list[0].text : "");
	if (w != NULL)
		run_decide(w, facts, a, d, &plan);
	return plan;
}

static void
test_json(void)
{
	struct run_facts facts = { .rehearsal = true };
	struct arena a = ARENA_INIT(0);
	struct run_plan plan;
	struct diags d;

	plan = plan_text("on: push\nrun-name: a \"b\"\nconcurrency: g\njobs:\n"
	    "  a:\n    runs-on: [x, 'y']\n    strategy: {matrix: "
	    "{v: [1, {k: \"\\u00e9\\n\"}]}}\n    steps: [run: b]\n"
	    "  c:\n    needs: a\n    if: failure()\n    runs-on: x\n"
	    "    steps: [run: b]\n", &facts, &a, &d);
	check_json(&plan, "a plan");
	arena_release(&a);
}

/* Two matrices of n and m jobs: "N jobs", then all problems. */
static void
plan_matrices(int n, int m, size_t max, struct str *out)
{
	struct run_facts facts = { .rehearsal = true,
		.max_matrix_jobs = max };
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT;
	struct run_plan plan;
	struct diags d;

	str_add(&text, "on: push\njobs:\n");
	for (int i = 0; i < 2; i++) {
		str_addf(&text, "  j%d:\n    runs-on: x\n    steps: "
		    "[run: a]\n    strategy:\n      matrix:\n"
		    "        v: [0", i);
		for (int k = 1; k < (i == 0 ? n : m); k++)
			str_addf(&text, ", %d", k);
		str_add(&text, "]\n");
	}
	plan = plan_text(text.s, &facts, &a, &d);
	str_addf(out, "%zu jobs", plan.n_jobs);
	for (size_t i = 0; i < d.n; i++)
		str_addf(out, "; %d: %s", d.list[i].pos.line,
		    d.list[i].text);
	arena_release(&a);
	str_release(&text);
}

static void
test_matrix_limits(void)
{
	static const struct {
		int n, m;
		const char *result;
	} cases[] = {
		{ 50, 1, "51 jobs" },
		{ 51, 1, "52 jobs; 8: the matrix of \"j0\" makes 51 jobs" },
		{ 255, 1, "256 jobs; 8: the matrix of \"j0\" makes 255 "
		    "jobs" },
		{ 256, 1, "257 jobs; 8: the matrix of \"j0\" makes 256 jobs; "
		    "14: up to this one the matrices of a run make 257 jobs; "
		    "256 are allowed" },
		{ 257, 1, "2 jobs; 8: the matrix makes more than 256 jobs" },
	};
	struct str got = STR_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		str_clear(&got);
		plan_matrices(cases[i].n, cases[i].m, 0, &got);
		is_str(got.s, cases[i].result, "matrices of %d and %d jobs",
		    cases[i].n, cases[i].m);
	}
	str_clear(&got);
	plan_matrices(75, 1, 50, &got);
	is_str(got.s, "2 jobs; 8: the matrix makes more than 50 jobs",
	    "75 jobs, where 50 are allowed");
	str_clear(&got);
	plan_matrices(75, 1, 76, &got);
	is_str(got.s, "76 jobs; 8: the matrix of \"j0\" makes 75 jobs",
	    "75 jobs, where 76 are allowed");
	str_release(&got);
}

/* One chain of jobs, longest way through the graph. */
static void
test_chain(void)
{
	struct run_facts facts = { .rehearsal = true };
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT;
	struct run_plan plan;
	size_t one;
	struct diags d;

	for (int n = 500; n <= 1000; n += 500) {
		str_clear(&text);
		str_add(&text, "on: push\njobs:\n");
		for (int i = 0; i < n; i++) {
			str_addf(&text, "  j%d:\n    runs-on: x\n"
			    "    steps: [run: a]\n", i);
			if (i > 0)
				str_addf(&text, "    needs: j%d\n", i - 1);
		}
		one = a.used;
		arena_release(&a);
		arena_init(&a, 0);
		plan = plan_text(text.s, &facts, &a, &d);
		is_int((long long)plan.n_jobs, n, "%d jobs are planned", n);
		is_int(plan.result, RESULT_SUCCESS, "and end well");
	}
	/* Memory stands for the work, which no clock need measure. */
	ok(a.used < 3 * one, "twice the jobs need about twice the memory");
	arena_release(&a);
	str_release(&text);
}

#define NODE(id, label, type) "{\"id\": \"" id "\", \"label\": \"" label \
	"\", \"type\": \"" type "\""
#define READY(parent) ", \"status\": \"ready\", \"parent\": \"" parent "\"}"
#define EDGE(source, target) "{\"source\": \"" source "\", \"target\": \"" \
	target "\", \"type\": \"depends_on\"}"

static void
test_generated_check(void)
{
	static const char good[] = "jobs:\n  a:\n    image: x\n"
	    "    steps: [run: a]\n";
	static const char bad[] = "jobs:\n  a:\n    imag: x\n"
	    "    steps: [run: a, timeout: 3]\n";
	struct str problems = STR_INIT;
	struct err err = { 0 };

	is_int(generated_check("g.yml", good, strlen(good), &problems, &err),
	    0, "what was generated is a workflow");
	is_int(generated_check("g.yml", bad, strlen(bad), &problems, &err),
	    -1, "or is none");
	is_str(err.text, "in the workflow that was generated: g.yml:2:3: "
	    "Required property is missing: runs-on", "which is said");
	ok(strstr(problems.s, "g.yml:3:5: error:") != NULL &&
	    strstr(problems.s, "did you mean") != NULL, "with all of it");
	str_release(&problems);
}

static void
test_graph(void)
{
	static const char text[] = "on: push\nstages: [s, t]\njobs:\n"
	    "  a: {runs-on: x, stage: s, steps: [run: a]}\n"
	    "  b:\n    needs: a\n    stage: t\n    uses: ./deploy.yml\n    with: {target: x}\n"
	    "  c:\n    needs: [A, b]\n    runs-on: x\n"
	    "    strategy: {matrix: {v: [1, 2]}}\n    steps: [run: a]\n";
	struct run_facts facts = { .rehearsal = true, .fetch = fetch };
	struct arena a = ARENA_INIT(0);
	struct str got = STR_INIT;
	struct run_plan plan;
	struct diags d;

	plan = plan_text(text, &facts, &a, &d);
	run_plan_graph(&plan, &got);
	is_str(got.s, "{\"nodes\": [\n"
	    NODE("stage:s", "s", "stage") "}, \n"
	    NODE("a", "a", "job") READY("stage:s") ", \n"
	    NODE("stage:t", "t", "stage") "}, \n"
	    NODE("b:*", "b", "stage") ", \"parent\": \"stage:t\"}, \n"
	    NODE("b/push", "b / push to x 0 false", "job") READY("b:*")
	    ", \n" NODE("b/verify", "b / verify", "job")
	    ", \"status\": \"skipped\", \"parent\": \"b:*\"}, \n"
	    NODE("c:*", "c", "stage") "}, \n"
	    NODE("c", "c (1)", "job") READY("c:*") ", \n"
	    NODE("c:2", "c (2)", "job") READY("c:*") "],\n\"edges\": [\n"
	    EDGE("stage:s", "stage:t") ", \n" EDGE("a", "b:*") ", \n"
	    EDGE("b/push", "b/verify") ", \n" EDGE("a", "c:*") ", \n"
	    EDGE("b:*", "c:*") "]}\n", "the graph of stages, a call and a "
	    "matrix");
	str_release(&got);
	arena_release(&a);
}

/* A job that generates itself again and again. */
static void
test_generate_levels(void)
{
	static const char text[] = "jobs:\n  j:\n    runs-on: x\n"
	    "    generate: w.yml\n    steps: [run: a]\n";
	struct job_outcome outcomes[PLAN_MAX_LEVELS + 1];
	struct run_facts facts = { .outcomes = outcomes };
	struct arena a = ARENA_INIT(0);
	struct run_plan plan;
	struct diags d;
	const char *key = "j";

	for (int i = 0; i <= PLAN_MAX_LEVELS; i++) {
		outcomes[i] = (struct job_outcome) { key, RESULT_SUCCESS, NULL,
			text, strlen(text) };
		key = arena_printf(&a, "%s/j", key);
		facts.n_outcomes++;
	}
	plan = plan_text(text, &facts, &a, &d);
	is_int((long long)plan.n_jobs, PLAN_MAX_LEVELS,
	    "as many levels as are allowed");
	is_int(plan.result, RESULT_FAILURE, "the next one fails its job");
	ok(plan.n_jobs > 0 && strstr(plan.jobs[plan.n_jobs - 1].why,
	    "over 10 levels") != NULL, "and says why");
	arena_release(&a);
}

int
main(void)
{
	test_cases();
	test_generate_levels();
	test_graph();
	test_generated_check();
	test_json();
	test_matrix_limits();
	test_chain();
	return tap_done();
}

/*
 * reference-t.c - doc/pipeline.md says what the code says: tables of keys and
 * events are made from the schema, limits from their constants, and the codes
 * of problems are those that the cases of t/data show.
 *
 * PAWL_TEST_UPDATE=1 writes the tables instead of comparing them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/forge/forge.h"
#include "lib/pipeline/action.h"
#include "lib/pipeline/decide.h"
#include "lib/pipeline/expr.h"
#include "lib/pipeline/job_plan.h"
#include "lib/pipeline/matrix.h"
#include "lib/pipeline/reader.h"
#include "lib/pipeline/schema.h"
#include "lib/run/execute.h"
#include "lib/run/splice.h"
#include "lib/run/step_files.h"
#include "lib/store/groups.h"
#include "t/lib/tap.h"

static const char *
source_path(struct arena *a, const char *path)
{
	const char *srcdir = getenv("srcdir");

	return arena_printf(a, "%s/%s", srcdir != NULL ? srcdir : ".", path);
}

/* "a `b` c": what stands in quotes in a row is code on the page. */
static void
add_doc(struct str *out, const char *doc)
{
	for (; *doc != '\0'; doc++) {
		if (*doc == '|')
			str_add_char(out, '\\');
		str_add_char(out, *doc == '"' ? '`' : *doc);
	}
}

/* --- contexts --------------------------------------------------------------- */

/* What expressions may use in the keys of one map: where it is least, and
 * where it is most. */
struct place {
	const struct schema_map *map;
	unsigned least, most;
};

struct walk {
	struct place places[128];
	size_t n;
	struct {
		const struct schema_type *type;
		unsigned contexts;
	} seen[1024];
	size_t n_seen;
};

static struct place *
find_place(struct walk *w, const struct schema_map *map)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->places[i].map == map)
			return &w->places[i];
	return NULL;
}

static void
note_place(struct walk *w, const struct schema_map *map, unsigned contexts)
{
	struct place *p = find_place(w, map);

	if (p == NULL && w->n < ARRAY_LEN(w->places)) {
		p = &w->places[w->n++];
		*p = (struct place) { map, contexts, contexts };
	} else if (p != NULL) {
		p->least &= contexts;
		p->most |= contexts;
	}
}

static void
walk_type(struct walk *w, const struct schema_type *type, unsigned contexts)
{
	contexts |= type->contexts;
	for (size_t i = 0; i < w->n_seen; i++)
		if (w->seen[i].type == type && w->seen[i].contexts == contexts)
			return;
	if (w->n_seen == ARRAY_LEN(w->seen))
		return;
	w->seen[w->n_seen].type = type;
	w->seen[w->n_seen++].contexts = contexts;
	if (type->item != NULL)
		walk_type(w, type->item, contexts);
	for (size_t i = 0; type->maps != NULL && type->maps[i] != NULL; i++) {
		const struct schema_map *map = type->maps[i];

		note_place(w, map, contexts);
		for (size_t k = 0; map->keys != NULL && map->keys[k].name; k++)
			walk_type(w, map->keys[k].type, contexts);
		if (map->free_value != NULL)
			walk_type(w, map->free_value, contexts);
	}
}

/* Sets that have a name on the page, then what is left. */
static void
add_contexts(struct str *out, unsigned contexts)
{
	static const struct {
		unsigned bits;
		const char *name;
	} sets[] = {
		{ CONTEXTS_MATRIX | CONTEXT_STEPS | CONTEXT_JOB |
		    CONTEXT_RUNNER | CONTEXT_ENV, "*step*" },
		{ CONTEXTS_MATRIX, "*job*" },
		{ CONTEXTS_NEEDS, "*needs*" },
		{ CONTEXTS_RUN, "*run*" },
		{ FUNCTION_STATUS_JOBS | FUNCTION_STATUS,
		    "status functions of jobs" },
		{ FUNCTION_STATUS, "status functions" },
		{ FUNCTION_HASHFILES, "hashFiles" },
		{ CONTEXT_SHORT, "branch, tag, event, sha" },
	};
	size_t start = out->len;

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		if ((contexts & sets[i].bits) != sets[i].bits)
			continue;
		str_addf(out, "%s%s", out->len > start ? ", " : "",
		    sets[i].name);
		contexts &= ~sets[i].bits;
	}
	for (unsigned i = 0; i < N_CONTEXTS; i++)
		if ((contexts & 1u << i) != 0)
			str_addf(out, "%s%s", out->len > start ? ", " : "",
			    schema_context_name(1u << i));
	if (out->len == start)
		str_add(out, "-");
}

/* Those of a key with those of the single values in it. */
static unsigned
contexts_of(const struct schema_type *type)
{
	unsigned contexts = type->contexts;

	if (type->maps != NULL && type->maps[0]->keys == NULL)
		contexts |= type->maps[0]->free_value->contexts;
	return type->item != NULL ? contexts | type->item->contexts : contexts;
}

static void
add_expressions(struct str *out, const struct place *p,
    const struct schema_type *type)
{
	unsigned own = contexts_of(type);

	add_contexts(out, p->least | own);
	if ((p->least | own) == (p->most | own))
		return;
	str_add(out, "; in a job ");
	add_contexts(out, p->most | own);
}

/* --- keys ------------------------------------------------------------------- */

static void
add_words(struct str *out, const char *const *words)
{
	for (size_t i = 0; words[i] != NULL; i++)
		str_addf(out, "%s`%s`", i == 0 ? "" : ", ", words[i]);
}

static void
add_may_be(struct str *out, struct arena *a, const struct schema_type *type)
{
	if (type->words == NULL || type->item != NULL) {
		str_add(out, schema_describe(a, type));
		return;
	}
	add_words(out, type->words);
	if ((type->scalars & SCALAR_NUMBER) != 0)
		str_add(out, ", a number");
	if (type->maps != NULL)
		str_add(out, ", a map");
}

/* Our own keys can stand for these two. */
static bool
is_required(const struct schema_key *k)
{
	return (k->flags & KEY_REQUIRED) != 0 &&
	    strcmp(k->name, "runs-on") != 0 && strcmp(k->name, "run") != 0;
}

static void
add_row(struct str *out, struct arena *a, const struct place *p,
    const struct schema_key *k)
{
	str_addf(out, "| `%s`%s | ", k->name,
	    (k->flags & KEY_OURS) != 0 ? " (Pawl)" : "");
	add_may_be(out, a, k->type);
	str_add(out, " | ");
	add_expressions(out, p, k->type);
	str_add(out, " | ");
	add_doc(out, is_required(k) ? "**required**" :
	    k->fallback != NULL ? k->fallback : "-");
	str_add(out, " | ");
	add_doc(out, k->doc);
	if (k->state != SCHEMA_DONE)
		str_addf(out, "; %s: ", k->state == SCHEMA_IGNORED ?
		    "has no effect in this version" :
		    "not run by this version");
	if (k->state != SCHEMA_DONE)
		add_doc(out, k->instead != NULL ? k->instead : "remove it");
	str_add(out, " |\n");
}

static void
make_keys(struct walk *w, struct arena *a, struct str *out)
{
	static const struct place nowhere;
	const struct schema_map *map;

	for (size_t i = 0; (map = schema_map_at(i)) != NULL; i++) {
		const struct place *p = find_place(w, map);

		if (map == &map_on)
			continue;
		str_addf(out, "### %s\n\n| key | may be | expressions | "
		    "default | what |\n| --- | --- | --- | --- | --- |\n",
		    map->name);
		for (const struct schema_key *k = map->keys; k->name; k++)
			add_row(out, a, p != NULL ? p : &nowhere, k);
		str_add_char(out, '\n');
	}
}

/* --- events ------------------------------------------------------------------- */

/* Does it start runs of a server? */
static const char *
event_starts(const char *name)
{
	enum forge_event kind = forge_event_kind(name);

	if (strcmp(name, "workflow_call") == 0)
		return "by a call";
	if (strcmp(name, "schedule") == 0)
		return "yes"; /* no forge sends it */
	return kind == FORGE_PUSH || kind == FORGE_EVENT ? "yes" : "no";
}

static void
add_event(struct str *out, const struct schema_key *event)
{
	const struct schema_map *map = event->type->maps != NULL ?
	    event->type->maps[0] : NULL;
	const struct schema_key *types = map == NULL ? NULL :
	    schema_find(map, "types");
	size_t n = 0;

	str_addf(out, "| `%s` | ", event->name);
	add_doc(out, event->doc);
	str_addf(out, " | %s | ", event_starts(event->name));
	if (types != NULL && types->type->words != NULL)
		add_words(out, types->type->words);
	else
		str_add(out, types != NULL ? "any" : "-");
	str_add(out, " | ");
	for (const struct schema_key *k = map != NULL ? map->keys : NULL;
	    k != NULL && k->name != NULL; k++)
		if (k != types)
			str_addf(out, "%s`%s`", n++ > 0 ? ", " : "", k->name);
	str_add(out, n > 0 ? " |\n" : "- |\n");
}

static void
make_events(struct str *out)
{
	str_add(out, "| event | when | starts runs | activity types | "
	    "further keys |\n| --- | --- | --- | --- | --- |\n");
	for (const struct schema_key *k = map_on.keys; k->name != NULL; k++)
		add_event(out, k);
	str_add_char(out, '\n');
}

/* --- limits ------------------------------------------------------------------- */

static const struct {
	const char *what;
	long long value;
	const char *message;
	const char *setting; /* of the server; NULL: it is fixed */
} limits[] = {
	{ "bytes of a file", YAML_MAX_BYTES,
	    "the file has more than 1048576 bytes" },
	{ "levels of YAML", YAML_MAX_DEPTH, "nested deeper than 64 levels" },
	{ "values in a file, with aliases counted at each use",
	    YAML_MAX_NODES, "more than 100000 values, with aliases counted "
	    "at each use" },
	{ "problems shown of a file", DIAG_MAX,
	    "more problems were found than are shown" },
	{ "jobs in a file", MAX_JOBS,
	    "the file has 1001 jobs; at most 1000 are allowed" },
	{ "jobs that one job needs", MAX_JOBS,
	    "a job cannot need more jobs than a file may have" },
	{ "steps in a job", MAX_STEPS,
	    "a job has 1001 steps; at most 1000 are allowed" },
	{ "steps of a job with those of composite actions", ACTION_MAX_STEPS,
	    "with the steps of actions the job has more than 1000 steps" },
	{ "patterns in a filter", MAX_PATTERNS,
	    "\"branches\" has 1001 entries; at most 1000 are allowed" },
	{ "bytes of a pattern", MAX_PATTERN_BYTES,
	    "pattern \"...\" in \"branches\" is too long" },
	{ "characters of an id", MAX_ID_BYTES - 1,
	    "The identifier '...' is invalid. ..." },
	{ "inputs of `workflow_dispatch`", MAX_INPUTS,
	    "\"workflow_dispatch\" has 26 inputs; at most 25 are allowed" },
	{ "characters of an expression", EXPR_MAX_LENGTH,
	    "Exceeded max expression length 21000" },
	{ "levels of an expression", EXPR_MAX_DEPTH,
	    "Exceeded max expression depth 50" },
	{ "bytes that an evaluation holds, outside of steps", EXPR_MAX_BYTES,
	    "The maximum allowed memory size was exceeded" },
	{ "bytes that an evaluation holds, in a step", EXPR_MAX_BYTES_STEP,
	    "The maximum allowed memory size was exceeded" },
	{ "jobs of all matrices of a run", MATRIX_MAX_JOBS,
	    "the matrix makes more than 256 jobs", "`matrix-limit`" },
	{ "jobs of one matrix without a warning", MATRIX_MANY_JOBS,
	    "the matrix of \"test\" makes 51 jobs" },
	{ "levels of workflows that call each other", PLAN_MAX_LEVELS,
	    "workflows may call each other over 10 levels; this is one "
	    "more" },
	{ "workflows that one run calls", PLAN_MAX_CALLED,
	    "a run may call 50 different workflows" },
	{ "levels of composite actions", ACTION_MAX_LEVELS,
	    "composite actions may use each other over 10 levels; \"...\" is "
	    "one more" },
	{ "jobs of a run, with those of called workflows", PLAN_MAX_JOBS,
	    "up to this job the run has more than 5000 jobs, with those of "
	    "called workflows, or needs too much memory" },
	{ "runs or jobs that wait in a concurrency group with `queue: max`",
	    GROUP_MAX_WAITING, "100 wait for the group \"...\" already" },
	{ "bytes of the name of a concurrency group", GROUP_MAX_NAME,
	    "the name of its concurrency group has more than 1000 bytes" },
	{ "bytes of the outputs of a job", JOB_OUTPUTS_MAX_BYTES,
	    "the outputs of the job have more than 1048576 bytes" },
	{ "bytes of a file that a job generates", JOB_GENERATED_MAX_BYTES,
	    "... is larger than 1048576 bytes" },
	{ "bytes that a step writes to GITHUB_OUTPUT, GITHUB_ENV or "
	  "GITHUB_PATH", STEP_FILE_MAX_BYTES,
	    "GITHUB_OUTPUT is larger than 4194304 bytes" },
	{ "bytes of a summary", STEP_SUMMARY_MAX_BYTES,
	    "GITHUB_STEP_SUMMARY is larger than 1048576 bytes" },
	{ "values from outside in one script", SPLICE_MAX_VARS,
	    "the script has more than 1000 values from outside" },
};

static void
make_limits(struct str *out)
{
	str_add(out, "| what | at most | setting | message |\n"
	    "| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		str_addf(out, "| %s | %lld | %s | ", limits[i].what,
		    limits[i].value, limits[i].setting != NULL ?
		    limits[i].setting : "-");
		add_doc(out, limits[i].message);
		str_add(out, " |\n");
	}
	str_add_char(out, '\n');
}

/* --- the page ------------------------------------------------------------------- */

static void
put(struct str *page, const char *path, size_t start, size_t end,
    const struct str *block)
{
	struct str whole = STR_INIT;
	struct err err = { 0 };

	str_add_len(&whole, page->s, start);
	str_add(&whole, block->s);
	str_add(&whole, page->s + end);
	if (file_replace(path, whole.s, whole.len, 0644, false, &err) == -1)
		tap_note("%s", err.text);
	str_clear(page);
	str_add(page, whole.s);
	str_release(&whole);
}

/* A block stands between two comments; compare it, or write it. */
static void
compare_block(struct str *page, const char *path, const char *name,
    const struct str *want)
{
	struct str from = STR_INIT, got = STR_INIT;
	const char *start, *end;

	str_addf(&from, "<!-- %s: made by t/unit/reference-t -->\n\n", name);
	start = strstr(page->s, from.s);
	end = start == NULL ? NULL : strstr(start, "<!-- end -->");
	if (!ok(end != NULL, "the page has a place for %s", name))
		goto out;
	start += from.len;
	if (getenv("PAWL_TEST_UPDATE") != NULL) {
		put(page, path, (size_t)(start - page->s),
		    (size_t)(end - page->s), want);
		goto out;
	}
	str_add_len(&got, start, (size_t)(end - start));
	is_str(got.s, want->s, "%s are as the code has them", name);
out:
	str_release(&from);
	str_release(&got);
}

static void
test_tables(struct str *page, const char *path)
{
	static struct walk w;
	struct arena a = ARENA_INIT(0);
	struct str block = STR_INIT;

	walk_type(&w, &schema_workflow, 0);
	ok(w.n < ARRAY_LEN(w.places) && w.n_seen < ARRAY_LEN(w.seen),
	    "the whole schema was walked");
	make_events(&block);
	compare_block(page, path, "events", &block);
	str_clear(&block);
	make_keys(&w, &a, &block);
	compare_block(page, path, "keys", &block);
	str_clear(&block);
	make_limits(&block);
	compare_block(page, path, "limits", &block);
	str_release(&block);
	arena_release(&a);
}

/* --- codes of problems --------------------------------------------------------------- */

/* Freeze the jobs that may start. */
static void
freeze(const struct run_plan *plan, const struct run_facts *facts,
    struct arena *a, struct diags *d)
{
	struct job_plan frozen;

	for (size_t i = 0; i < plan->n_jobs; i++)
		if (plan->jobs[i].state == PLANNED_READY)
			job_plan_make(&plan->jobs[i], facts, NULL, NULL, a, d,
			    &frozen);
}

/* What lint says of one file, and planning it. */
static void
note_codes(struct map *codes, const char *text, size_t len)
{
	struct arena a = ARENA_INIT(0);
	struct run_facts facts = { .rehearsal = true };
	struct run_plan plan;
	struct workflow *w;
	struct diags d;

	diags_init(&d, &a, "x.yml", text, len);
	w = workflow_read(text, len, &a, &d);
	if (w != NULL)
		workflow_lint(w, &a, &d);
	if (w != NULL && d.n_errors == 0 &&
	    run_decide(w, &facts, &a, &d, &plan) == 0)
		freeze(&plan, &facts, &a, &d);
	for (size_t i = 0; i < d.n; i++)
		map_set(codes, d.list[i].rule, codes);
	arena_release(&a);
}

static void
note_file(struct map *codes, const char *path)
{
	struct str text = STR_INIT;
	struct err err = { 0 };

	if (file_read(path, YAML_MAX_BYTES, &text, &err) == -1)
		tap_note("%s", err.text);
	note_codes(codes, text.s, text.len);
	str_release(&text);
}

/* Files that no folder of cases holds: bytes that are no text, and too much
 * of something. */
static void
note_odd(struct map *codes)
{
	struct str s = STR_INIT;

	note_codes(codes, "a: \"\\0\"", 7);
	note_codes(codes, "a: \x01", 4);
	note_codes(codes, "a: \xff", 4);
	note_codes(codes, "[a]: b", 6);
	for (int i = 0; i <= YAML_MAX_DEPTH; i++)
		str_add_char(&s, '[');
	note_codes(codes, s.s, s.len);
	str_clear(&s);
	str_add_char(&s, '[');
	for (int i = 0; i <= YAML_MAX_NODES; i++)
		str_add(&s, "1,");
	note_codes(codes, s.s, s.len);
	str_clear(&s);
	str_add(&s, "on: {push: {branches: [");
	for (int i = 0; i <= MAX_PATTERNS; i++)
		str_add(&s, "a,");
	str_add(&s, "]}}\njobs: {a: {image: b, steps: [{run: c}]}}");
	note_codes(codes, s.s, s.len);
	str_clear(&s);
	for (int i = 0; i <= YAML_MAX_BYTES; i++)
		str_add_char(&s, '#');
	note_codes(codes, s.s, s.len);
	str_release(&s);
}

static int
is_case(const struct dirent *entry)
{
	return str_ends_with(entry->d_name, ".yml");
}

static void
note_folder(struct map *codes, struct arena *a, const char *folder)
{
	struct dirent **entries = NULL;
	const char *path = source_path(a, folder);
	int n = scandir(path, &entries, is_case, alphasort);

	ok(n > 0, "%s has cases", folder);
	for (int i = 0; i < n; i++) {
		note_file(codes, arena_printf(a, "%s/%s", path,
		    entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
}

/* Rows "| `code` | ..." between two comments. */
static void
read_codes(struct map *codes, struct arena *a, const char *page)
{
	const char *at = strstr(page, "<!-- codes: compared by");
	const char *end = at == NULL ? NULL : strstr(at, "<!-- end -->");

	while (at != NULL && (at = strstr(at, "\n| `")) != NULL && at < end) {
		size_t len;

		at += 4;
		len = strcspn(at, "`\n");
		map_set(codes, arena_strndup(a, at, len), codes);
	}
}

/* Codes that need more than one file, or more memory than a test has. */
static const char *const elsewhere[] = { "action", "generate",
	"too-large", "yaml-memory" };

static void
test_codes(const char *page)
{
	struct arena a = ARENA_INIT(0);
	struct map shown = MAP_INIT, written = MAP_INIT;

	note_folder(&shown, &a, "t/data/lint");
	note_folder(&shown, &a, "t/data/pipeline");
	note_folder(&shown, &a, "t/data/plan");
	note_odd(&shown);
	for (size_t i = 0; i < ARRAY_LEN(elsewhere); i++)
		map_set(&shown, elsewhere[i], &shown);
	read_codes(&written, &a, page);
	for (size_t i = 0; i < shown.n; i++)
		ok(map_get(&written, shown.entries[i].key) != NULL,
		    "the page has the code %s", shown.entries[i].key);
	for (size_t i = 0; i < written.n; i++)
		ok(map_get(&shown, written.entries[i].key) != NULL,
		    "a case shows the code %s", written.entries[i].key);
	map_release(&shown);
	map_release(&written);
	arena_release(&a);
}

/* Every context has a row on the page of expressions. */
static void
test_contexts(void)
{
	struct arena a = ARENA_INIT(0);
	struct str page = STR_INIT;
	struct err err = { 0 };

	if (file_read(source_path(&a, "doc/expressions.md"), 1 << 20, &page,
	        &err) == -1)
		tap_note("%s", err.text);
	for (unsigned i = 0; i < N_CONTEXTS; i++)
		if (1u << i != CONTEXT_SHORT)
			ok(strstr(page.s, arena_printf(&a, "\n| `%s` | ",
			    schema_context_name(1u << i))) != NULL,
			    "the page says what %s has",
			    schema_context_name(1u << i));
	str_release(&page);
	arena_release(&a);
}

int
main(void)
{
	struct arena a = ARENA_INIT(0);
	const char *path = source_path(&a, "doc/pipeline.md");
	struct str page = STR_INIT;
	struct err err = { 0 };

	if (!ok(file_read(path, 1 << 20, &page, &err) != -1,
	        "doc/pipeline.md is there"))
		tap_note("%s", err.text);
	test_tables(&page, path);
	test_codes(page.s);
	test_contexts();
	str_release(&page);
	arena_release(&a);
	return tap_done();
}

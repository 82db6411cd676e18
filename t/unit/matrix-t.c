/*
 * matrix-t.c - a matrix multiplied out.
 *
 * The definitions are JSON, for that is what fromJSON() makes of them too.
 * Random ones are compared with an oracle that works the other way round: it
 * grows lists key by key, and asks of every include entry which lists it
 * touches.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/matrix.h"
#include "t/lib/tap.h"

#define ROUNDS 400

/* One line a job: "LABEL: {VALUES}"; or the error with its place. */
static void
expand(const char *json, size_t max, struct str *out)
{
	struct arena a = ARENA_INIT(0);
	struct expr_value definition;
	struct err err = { 0 };
	struct matrix m;

	if (expr_json_read(json, strlen(json), 1 << 20, &a, &definition,
	        &err) == -1) {
		str_addf(out, "not JSON: %s", err.text);
	} else if (matrix_expand(&definition, max, &a, &m, &err) == -1) {
		str_addf(out, "%s", err.text);
		if (m.wrong_key != NULL)
			str_addf(out, " [%s %zu]", m.wrong_key, m.wrong_item);
	} else {
		for (size_t i = 0; i < m.n; i++) {
			struct expr_value v =
			    expr_from_object(m.jobs[i].values);

			str_addf(out, "%s%s: ", i > 0 ? "\n" : "",
			    m.jobs[i].label);
			expr_json_write(&v, 4000, out);
		}
	}
	arena_release(&a);
}

static const struct {
	const char *title, *json, *result;
} cases[] = {
	{ "the last key varies fastest",
	    "{\"os\":[\"a\",\"b\"],\"v\":[1,2]}",
	    "a, 1: {\"os\": \"a\", \"v\": 1}\na, 2: {\"os\": \"a\", \"v\": 2}\n"
	    "b, 1: {\"os\": \"b\", \"v\": 1}\nb, 2: {\"os\": \"b\", \"v\": 2}" },
	{ "the example of the documentation",
	    "{\"fruit\":[\"apple\",\"pear\"],\"animal\":[\"cat\",\"dog\"],"
	    "\"include\":[{\"color\":\"green\"},"
	    "{\"color\":\"pink\",\"animal\":\"cat\"},"
	    "{\"fruit\":\"apple\",\"shape\":\"circle\"},"
	    "{\"fruit\":\"banana\"},{\"fruit\":\"banana\","
	    "\"animal\":\"cat\"}]}",
	    "apple, cat: {\"fruit\": \"apple\", \"animal\": \"cat\","
	    " \"color\": \"pink\", \"shape\": \"circle\"}\n"
	    "apple, dog: {\"fruit\": \"apple\", \"animal\": \"dog\","
	    " \"color\": \"green\", \"shape\": \"circle\"}\n"
	    "pear, cat: {\"fruit\": \"pear\", \"animal\": \"cat\","
	    " \"color\": \"pink\"}\n"
	    "pear, dog: {\"fruit\": \"pear\", \"animal\": \"dog\","
	    " \"color\": \"green\"}\n"
	    "banana: {\"fruit\": \"banana\"}\n"
	    "banana, cat: {\"fruit\": \"banana\", \"animal\": \"cat\"}" },
	{ "exclude is a partial match",
	    "{\"os\":[\"a\",\"b\"],\"v\":[1,2],\"exclude\":[{\"os\":\"a\"},"
	    "{\"os\":\"b\",\"v\":1}]}",
	    "b, 2: {\"os\": \"b\", \"v\": 2}" },
	{ "values are compared as == does",
	    "{\"os\":[\"Linux\",\"b\"],\"v\":[1],\"exclude\":"
	    "[{\"os\":\"LINUX\",\"v\":\"1\"}]}",
	    "b, 1: {\"os\": \"b\", \"v\": 1}" },
	{ "a filter may look into a map",
	    "{\"c\":[{\"n\":1,\"k\":[7]},{\"n\":2}],\"exclude\":[{\"c\":"
	    "{\"k\":[7]}}]}",
	    "2: {\"c\": {\"n\": 2}}" },
	{ "include brings back what was excluded, as an entry of its own",
	    "{\"v\":[1,2],\"exclude\":[{\"v\":2}],\"include\":[{\"v\":2}]}",
	    "1: {\"v\": 1}\n2: {\"v\": 2}" },
	{ "include alone: every entry is a job",
	    "{\"include\":[{\"a\":1},{\"a\":1,\"b\":true}]}",
	    "1: {\"a\": 1}\n1, true: {\"a\": 1, \"b\": true}" },
	{ "entries that match nothing do not extend each other",
	    "{\"v\":[1],\"include\":[{\"v\":3,\"x\":1},{\"v\":3,\"y\":1}]}",
	    "1: {\"v\": 1}\n3, 1: {\"v\": 3, \"x\": 1}\n"
	    "3, 1: {\"v\": 3, \"y\": 1}" },
	{ "keys are compared without regard to case",
	    "{\"OS\":[\"a\"],\"include\":[{\"os\":\"a\",\"x\":1}]}",
	    "a: {\"OS\": \"a\", \"x\": 1}" },
	{ "empty texts and null are not shown",
	    "{\"a\":[\"\",null,1.50]}",
	    ": {\"a\": \"\"}\n: {\"a\": null}\n1.5: {\"a\": 1.5}" },
	{ "an empty vector", "{\"v\":[]}",
	    "Matrix vector 'v' does not contain any values [v 0]" },
	{ "a vector that is no list", "{\"v\":\"x\"}",
	    "Matrix vector 'v' must be a list of values; it is of type string "
	    "[v 0]" },
	{ "no vector", "{}", "Matrix must define at least one vector" },
	{ "exclude alone", "{\"exclude\":[]}",
	    "Matrix must define at least one vector" },
	{ "an unknown key in exclude",
	    "{\"v\":[1],\"exclude\":[{\"v\":1},{\"w\":1}]}",
	    "Matrix exclude key 'w' does not match any key within the matrix "
	    "[exclude 1]" },
	{ "an empty entry", "{\"v\":[1],\"include\":[{}]}",
	    "each entry of \"include\" must be a map of at least one key "
	    "[include 0]" },
	{ "include that is no list", "{\"v\":[1],\"include\":{\"v\":1}}",
	    "\"include\" of a matrix must be a list of maps [include 0]" },
	{ "everything excluded", "{\"v\":[1],\"exclude\":[{\"v\":1}]}",
	    "the matrix excludes all of its combinations" },
	{ "not a map", "[1]", "a matrix must be a map; it is of type array" },
};

static void
test_cases(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct str got = STR_INIT;

		expand(cases[i].json, MATRIX_MAX_JOBS, &got);
		is_str(got.s, cases[i].result, "%s", cases[i].title);
		str_release(&got);
	}
}

static void
test_limits(void)
{
	struct str json = STR_INIT, got = STR_INIT;

	expand("{\"a\":[1,2,3],\"b\":[1,2,3]}", 8, &got);
	ok(str_starts_with(got.s, "the matrix makes more than 8 jobs"),
	    "more jobs than allowed: %s", got.s);
	str_clear(&got);
	expand("{\"a\":[1,2,3],\"b\":[1,2,3],\"exclude\":[{\"a\":1,\"b\":1}]}",
	    8, &got);
	ok(str_starts_with(got.s, "1, 2: "), "excluded ones do not count");
	str_clear(&got);
	str_add(&json, "{\"z\":[1]");
	for (int i = 0; i < 64; i++)
		str_addf(&json, ",\"k%d\":[1,2,3,4,5,6,7,8]", i);
	str_add(&json, "}");
	expand(json.s, 256, &got);
	is_str(got.s, "the matrix has more than 10000 combinations before "
	    "\"exclude\" [k4 0]", "8 to the power of 64 ends at once");
	str_release(&json);
	str_release(&got);
}

static void
test_names(void)
{
	struct arena a = ARENA_INIT(0);
	char label[300];

	memset(label, 'x', sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	is_str(matrix_job_name("job", "", &a), "job", "no label");
	is_str(matrix_job_name("job", "a, 1", &a), "job (a, 1)", "a label");
	is_int((long long)strlen(matrix_job_name("job", label, &a)), 100,
	    "a long name has 100 characters");
	ok(str_ends_with(matrix_job_name("job", label, &a), "x..."),
	    "and ends in dots");
	label[94] = '\0';
	ok(str_ends_with(matrix_job_name("job", label, &a), "x)"),
	    "100 characters are not cut");
	arena_release(&a);
}

/* --- the oracle -------------------------------------------------------------- */

/* A combination is a text of four letters, one for each of the keys a to d:
 * its value, or '-'. Keys a and b are vectors; c and d are extras. */
#define KEYS "abcd"

static unsigned seed = 1;

static unsigned
roll(unsigned sides)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % sides;
}

struct oracle {
	char list[64][5];
	bool original[64];
	size_t n;
};

/* Does `entry` say nothing else of the vectors than `of`? */
static bool
agrees(const char *entry, const char *of)
{
	for (int k = 0; k < 2; k++)
		if (entry[k] != '-' && entry[k] != of[k])
			return false;
	return true;
}

static void
oracle_include(struct oracle *o, const char *entry, const char (*plain)[5])
{
	bool touched = false;

	for (size_t i = 0; i < o->n; i++) {
		if (!o->original[i] || !agrees(entry, plain[i]))
			continue;
		touched = true;
		for (int k = 2; k < 4; k++)
			if (entry[k] != '-')
				o->list[i][k] = entry[k];
	}
	if (touched)
		return;
	memcpy(o->list[o->n], entry, 5);
	o->original[o->n++] = false;
}

static void
oracle_run(struct oracle *o, const char *va, const char *vb,
    char (*exclude)[5], size_t n_exclude, char (*include)[5],
    size_t n_include)
{
	char plain[64][5];

	o->n = 0;
	for (const char *x = va; *x != '\0'; x++)
		for (const char *y = vb; *y != '\0'; y++) {
			char one[5] = { *x, *y, '-', '-', '\0' };
			bool out = false;

			for (size_t i = 0; i < n_exclude; i++)
				out = out || agrees(exclude[i], one);
			if (out)
				continue;
			memcpy(o->list[o->n], one, 5);
			o->original[o->n++] = true;
		}
	memcpy(plain, o->list, sizeof(plain));
	for (size_t i = 0; i < n_include; i++)
		oracle_include(o, include[i], (const char (*)[5])plain);
}

static void
json_vector(struct str *json, char key, const char *values)
{
	str_addf(json, "\"%c\":[", key);
	for (const char *v = values; *v != '\0'; v++)
		str_addf(json, "%s\"%c\"", v > values ? "," : "", *v);
	str_add(json, "]");
}

static void
json_entries(struct str *json, const char *key, char (*entries)[5], size_t n)
{
	str_addf(json, ",\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		const char *comma = "";

		str_add(json, i > 0 ? ",{" : "{");
		for (int k = 0; k < 4; k++) {
			if (entries[i][k] == '-')
				continue;
			str_addf(json, "%s\"%c\":\"%c\"", comma, KEYS[k],
			    entries[i][k]);
			comma = ",";
		}
		str_add(json, "}");
	}
	str_add(json, "]");
}

/* Entries of 1 to `keys` keys, with values x, y, z. */
static size_t
random_entries(char (*entries)[5], unsigned keys)
{
	size_t n = roll(5);

	for (size_t i = 0; i < n; i++) {
		memcpy(entries[i], "----", 5);
		entries[i][roll(keys)] = (char)('x' + roll(3));
		for (unsigned k = 0; k < keys; k++)
			if (roll(3) == 0)
				entries[i][k] = (char)('x' + roll(3));
	}
	return n;
}

/* The jobs as the oracle writes them. */
static void
as_letters(const struct matrix *m, struct str *out)
{
	for (size_t i = 0; i < m->n; i++) {
		str_add(out, i > 0 ? " " : "");
		for (int k = 0; k < 4; k++) {
			struct expr_text key = { &KEYS[k], 1 };
			const struct expr_value *v =
			    expr_object_get(m->jobs[i].values, key);

			str_add_char(out, v != NULL ? v->text.s[0] : '-');
		}
	}
}

static bool
random_round(void)
{
	static const char *const vectors[] = { "x", "xy", "xyz", "zx", "zyx" };
	char exclude[8][5], include[8][5];
	const char *va = vectors[roll(5)], *vb = vectors[roll(5)];
	size_t n_exclude = random_entries(exclude, 2);
	size_t n_include = random_entries(include, 4);
	struct str json = STR_INIT, want = STR_INIT, got = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct expr_value definition;
	struct oracle o;
	struct matrix m;
	struct err err = { 0 };
	bool same;

	str_add(&json, "{");
	json_vector(&json, 'a', va);
	str_add(&json, ",");
	json_vector(&json, 'b', vb);
	json_entries(&json, "exclude", exclude, n_exclude);
	json_entries(&json, "include", include, n_include);
	str_add(&json, "}");
	oracle_run(&o, va, vb, exclude, n_exclude, include, n_include);
	for (size_t i = 0; i < o.n; i++)
		str_addf(&want, "%s%s", i > 0 ? " " : "", o.list[i]);
	if (expr_json_read(json.s, json.len, 1 << 20, &a, &definition,
	        &err) == 0 && matrix_expand(&definition, 256, &a, &m,
	        &err) == 0)
		as_letters(&m, &got);
	same = strcmp(got.s, want.s) == 0;
	if (!same)
		tap_note("%s\ngot  %s\nwant %s", json.s, got.s, want.s);
	arena_release(&a);
	str_release(&json);
	str_release(&want);
	str_release(&got);
	return same;
}

static void
test_random(void)
{
	int n = 0;

	for (int i = 0; i < ROUNDS; i++)
		n += random_round();
	is_int(n, ROUNDS, "%d random matrices agree with the oracle", ROUNDS);
}

int
main(void)
{
	test_cases();
	test_limits();
	test_names();
	test_random();
	return tap_done();
}

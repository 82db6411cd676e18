/*
 * expr-template-t.c - texts with expressions in them, conditions, and what
 * callers give and get: states, files, steps.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/mem.h"
#include "t/lib/expr.h"
#include "t/lib/tap.h"

static void
test_templates(void)
{
	static const struct expr_pair pairs[] = {
		{ "", "\"\"" },
		{ "plain", "\"plain\"" },
		{ "$ {{ a }} $${ b }", "\"$ {{ a }} $${ b }\"" },
		{ "${{ 1 }}", "1" },
		{ "${{list[0]}}", "[1, 2]" },
		{ "${{ 1 }}${{ null }}${{ true }}", "\"1true\"" },
		{ " ${{ 1 }}", "\" 1\"" },
		{ "a ${{ list }} b", "\"a Array b\"" },
		{ "{0} ${{ '{1}' }}", "\"{0} {1}\"" },
		{ "${{ '}}' }}", "\"}}\"" },
		{ "${{ 'it''s }}' }}!", "\"it's }}!\"" },
		{ "${{ 1 }} }}", "\"1 }}\"" },
		{ "${{ }}", "An expression was expected" },
		{ "a ${{ 1", "The expression is not closed. An unescaped ${{ "
		    "sequence was found, but the closing }} sequence was not "
		    "found." },
		{ "a ${{ ' }}", "The expression is not closed. An unescaped "
		    "${{ sequence was found, but the closing }} sequence was "
		    "not found." },
		{ "${{ 1 }} ${{ nosuch }}",
		    "Unrecognized named-value: 'nosuch'" },
	};
	struct str got = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		const char *text = pairs[i].text;
		struct arena a = ARENA_INIT(0);
		struct expr_env env = { .contexts = NULL };
		struct expr_error error;
		struct expr_value v;

		env.contexts = expr_test_json(expr_test_contexts, &a).object;
		str_clear(&got);
		if (expr_template(text, strlen(text), &expr_test_place, &env,
		    &a, &v, &error) == -1)
			str_add(&got, error.text);
		else
			expr_json_write(&v, 500, &got);
		is_str(got.s, pairs[i].want, "template: %s", text);
		arena_release(&a);
	}
	str_release(&got);
}

static void
test_template_places(void)
{
	static const struct {
		const char *text;
		size_t offset;
	} cases[] = {
		{ "abc ${{ nosuch }}", 8 },
		{ "${{ 1 }} ${{ 1 + }}", 15 },
		{ "x${{ fromJSON('[') }}", 5 },
		{ "x ${{ 1", 2 },
		{ "x ${{  }}", 2 },
	};
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct expr_error error;
	struct expr_value v;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;

		is_int(expr_template(text, strlen(text), &expr_test_place, &env,
		    &a, &v, &error), -1, "%s is a mistake", text);
		is_int((long long)error.offset, (long long)cases[i].offset,
		    "at its place: %s", error.text);
	}
	arena_release(&a);
}

/* A template as one expression says the same as the template. */
static void
test_sources(void)
{
	static const struct expr_pair pairs[] = {
		{ "", "''" },
		{ "it's {x}", "'it''s {x}'" },
		{ "${{  1 < 2\n}}", "1 < 2" },
		{ "echo ${{ env.A }}", "format('echo {0}', env.A)" },
		{ "${{ 'a' }}${{ 'b' }}", "format('{0}{1}', 'a', 'b')" },
		{ "it's {x} ${{ 'y' }}", "format('it''s {{x}} {0}', 'y')" },
	};
	static const struct expr_pair conditions[] = {
		{ " ", "success()" },
		{ "${{ toJSON( env.A) }}", "success() && (toJSON( env.A))" },
		{ "false || true", "success() && (false || true)" },
		{ "false || always()", "false || always()" },
		{ "${{ failure() }}", "failure()" },
		{ "${{ 1 }} == 1", "success() && (format('{0} == 1', 1))" },
	};
	struct arena a = ARENA_INIT(0);
	struct str got = STR_INIT;
	struct expr_error error;
	struct expr_template t;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		str_clear(&got);
		expr_template_parse(pairs[i].text, strlen(pairs[i].text),
		    &expr_test_place, &a, &t, &error);
		expr_template_source(&t, &got);
		is_str(got.s, pairs[i].want, "\"%s\" as an expression",
		    pairs[i].want);
	}
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		str_clear(&got);
		expr_condition_parse(conditions[i].text,
		    strlen(conditions[i].text), &expr_test_place, &a, &t,
		    &error);
		expr_condition_source(&t, &got);
		is_str(got.s, conditions[i].want, "if: %s",
		    conditions[i].text);
	}
	str_release(&got);
	arena_release(&a);
}

static void
test_template_messages(void)
{
	static const struct expr_pair pairs[] = {
		{ "a ${{  secrets.foo  }}", "Unrecognized named-value: "
		    "'secrets'. Located at position 1 within expression: "
		    "secrets.foo" },
		{ "${{ 1 }}: ${{ 1 < }}", "Unexpected end of expression: '<'. "
		    "Located at position 3 within expression: 1 <" },
		{ "a ${{ case(1, 2, 3) }}", "case predicate must evaluate to a "
		    "boolean value. Located at position 6 within expression: "
		    "case(1, 2, 3)" },
		{ "a ${{ }}", "An expression was expected" },
	};
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .contexts = NULL };
	struct str got = STR_INIT;
	struct expr_error error;
	struct expr_value v;

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		str_clear(&got);
		expr_template(pairs[i].text, strlen(pairs[i].text),
		    &expr_test_place, &env, &a, &v, &error);
		expr_error_message(&error, &got);
		is_str(got.s, pairs[i].want, "the message for %s",
		    pairs[i].text);
	}
	str_release(&got);
	arena_release(&a);
}

/* What happened: a set of bits of enum expr_status. */
static bool
happened(void *ctx, enum expr_status which, const char *const *jobs,
    size_t n_jobs)
{
	const unsigned *bits = ctx;

	if (n_jobs > 0)
		return strcmp(jobs[0], "bad") != 0;
	return *bits >> which & 1;
}

static void
test_conditions(void)
{
	static const struct {
		const char *text;
		bool well, failed; /* what it is after success, failure */
	} cases[] = {
		{ "", true, false },
		{ "  ", true, false },
		{ "true", true, false },
		{ "false", false, false },
		{ "always()", true, true },
		{ "!failure()", true, false },
		{ "failure()", false, true },
		{ "${{ failure() }}", false, true },
		{ "${{ true }}", true, false },
		{ "${{ false }} ", true, false }, /* text, so it is true */
		{ "success() || failure()", true, true },
		{ "success('good')", true, true },
		{ "success('bad') || true", true, true },
		{ "Failure() == false", true, false },
		{ "'failure()'", true, false },
	};
	unsigned well = 1 << EXPR_SUCCESS, failed = 1 << EXPR_FAILURE;
	struct arena a = ARENA_INIT(0);
	struct expr_env env = { .status = happened };
	struct expr_error error;
	struct expr_template t;
	bool got[2] = { false, false };
	int r;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *text = cases[i].text;

		r = expr_condition_parse(text, strlen(text), &expr_test_place,
		    &a, &t, &error);
		env.ctx = &well;
		if (r == 0)
			r = expr_condition_eval(&t, &env, &a, &got[0], &error);
		env.ctx = &failed;
		if (r == 0)
			r = expr_condition_eval(&t, &env, &a, &got[1], &error);
		ok(r == 0 && got[0] == cases[i].well &&
		    got[1] == cases[i].failed, "if: \"%s\"", text);
	}
	r = expr_condition_parse("1 == ", 5, &expr_test_place, &a, &t, &error);
	is_int(r, -1, "a mistake in a condition is one");
	arena_release(&a);
}

static int
hash(void *ctx, const char *const *patterns, size_t n, struct arena *a,
    const char **out, struct err *err)
{
	(void)ctx;
	if (strcmp(patterns[0], "bad") == 0)
		return err_set(err, ERR_IO, "cannot read \"bad\"");
	*out = arena_printf(a, "%zu:%s", n, patterns[n - 1]);
	return 0;
}

static void
test_hash_files(void)
{
	struct expr_env env = { .hash_files = hash };
	struct str got = STR_INIT;

	expr_test_eval("hashFiles('a', 1, '**/x')", &env, &got);
	is_str(got.s, "\"3:**/x\"", "hashFiles() asks the caller");
	expr_test_eval("hashFiles('bad')", &env, &got);
	is_str(got.s, "hashFiles failed: cannot read \"bad\"",
	    "and passes on what went wrong");
	str_release(&got);
}

static void
test_trace(void)
{
	static const char text[] =
	    "github.event.n > 5 && (startsWith(github.ref,\n\t'refs') || "
	    "list[0])";
	struct arena a = ARENA_INIT(0);
	struct expr_trace trace = { NULL, 0 };
	struct expr_env env = { .trace = &trace };
	struct str out = STR_INIT;
	struct expr_error error;
	struct expr_value v;
	struct expr e;

	env.contexts = expr_test_json(expr_test_contexts, &a).object;
	expr_parse(text, strlen(text), &expr_test_place, &a, &e, &error);
	expr_eval(&e, &env, &a, &v, &error);
	expr_trace_print(&trace, text, &out);
	is_str(out.s,
	    "    github.event.n => 7\n"
	    "  github.event.n > 5 => true\n"
	    "      github.ref => \"refs/heads/main\"\n"
	    "    startsWith(github.ref, 'refs') => true\n"
	    "  (startsWith(github.ref, 'refs') || list[0]) => true\n"
	    "github.event.n > 5 && (startsWith(github.ref, 'refs') || "
	    "list[0]) => true\n",
	    "the steps are those that were done");
	str_release(&out);
	arena_release(&a);
}

static void
test_template_trace(void)
{
	static const char text[] = "on ${{ github.ref }} ${{ !list }}";
	struct arena a = ARENA_INIT(0);
	struct expr_trace trace = { NULL, 0 };
	struct expr_env env = { .trace = &trace, .max_bytes = 60 };
	struct str out = STR_INIT;
	struct expr_error error;
	struct expr_value v;

	env.contexts = expr_test_json(expr_test_contexts, &a).object;
	is_int(expr_template(text, strlen(text), &expr_test_place, &env, &a, &v,
	    &error), -1, "a template has the limit of one value");
	is_str(error.text, "The maximum allowed memory size was exceeded",
	    "and says so");
	env.max_bytes = 100;
	trace = (struct expr_trace){ NULL, 0 };
	is_int(expr_template(text, strlen(text), &expr_test_place, &env, &a, &v,
	    &error), 0, "one that is large enough");
	expr_trace_print(&trace, text, &out);
	is_str(out.s, "github.ref => \"refs/heads/main\"\n"
	              "  list => [[1, 2], [3, 4], {\"0\": \"zero\"}, "
	              "\"abc\"]\n"
	              "!list => false\n", "steps point into the template");
	str_release(&out);
	arena_release(&a);
}

int
main(void)
{
	test_templates();
	test_template_places();
	test_sources();
	test_template_messages();
	test_conditions();
	test_hash_files();
	test_trace();
	test_template_trace();
	return tap_done();
}

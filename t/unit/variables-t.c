/*
 * variables-t.c - variables in texts that no shell reads.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/pipeline/variables.h"
#include "t/lib/tap.h"

static const char *const values[][2] = {
	{ "USER", "alice" }, { "HOME", "/home/alice" }, { "EMPTY", "" },
	{ "A", "$B" }, { "B", "${A}" }, { "_x9", "nine" },
	{ "ODD", "a\"b'c`d;e" },
};

static const char *
find(void *ctx, const char *name)
{
	(void)ctx;
	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		if (strcmp(values[i][0], name) == 0)
			return values[i][1];
	return NULL;
}

/* The text, or "!" and the error. */
static void
check(const char *text, bool strict, const char *want)
{
	struct variables v = { find, NULL, strict };
	struct arena a = ARENA_INIT(0);
	struct err err = { ERR_NONE, "" };
	const char *got = NULL;

	if (variables_expand(text, &v, &a, &got, &err) == -1)
		got = arena_printf(&a, "!%s", err.text);
	is_str(got, want, "%s%s", strict ? "strict: " : "", text);
	arena_release(&a);
}

static void
test_forms(void)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "app:1", "app:1" },
		{ "$USER ${HOME}", "alice /home/alice" },
		{ "${USER}name $USER-x $USER/y", "alicename alice-x alice/y" },
		{ "$USERNAME", "$USERNAME" },
		{ "$_x9${_x9}", "ninenine" },
		{ "${UNSET:-go:1.22}", "go:1.22" },
		{ "${EMPTY:-other}", "other" },
		{ "${USER:-other}", "alice" },
		{ "${UNSET:-}", "" },
		{ "[$EMPTY][${EMPTY}]", "[][]" },
		{ "${UNSET} $UNSET", "${UNSET} $UNSET" },
		{ "${A} ${B}", "$B ${A}" },
		{ "${UNSET:-$USER}", "$USER" },
		{ "$ODD", "a\"b'c`d;e" },
		{ "$", "$" },
		{ "$$USER", "$alice" },
		{ "$1 ${1} ${} $- ${USER", "$1 ${1} ${} $- ${USER" },
		{ "${USER:?} ${USER-x} ${#USER}", "${USER:?} ${USER-x} "
		    "${#USER}" },
		{ "${UNSET:-open", "${UNSET:-open" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		check(cases[i][0], false, cases[i][1]);
}

static void
test_strict(void)
{
	check("$USER ${UNSET:-x} $1 ${EMPTY}", true, "alice x $1 ");
	check("$NO", true, "!this variable is not defined: NO");
	check("$NO ${ANY} ${NO} $USER", true,
	    "!these variables are not defined: NO, ANY");
}

static void
test_size(void)
{
	struct variables v = { find, NULL, false };
	struct arena a = ARENA_INIT(0);
	struct err err = { ERR_NONE, "" };
	struct str text = STR_INIT;
	const char *got;

	while (text.len < VARIABLES_MAX_BYTES)
		str_add(&text, "$HOME");
	is_int(variables_expand(text.s, &v, &a, &got, &err), -1,
	    "a text that grows too large");
	is_int(err.code, ERR_TOO_LARGE, "is an error");
	str_release(&text);
	arena_release(&a);
}

static void
test_wrong(void)
{
	static const char *const right[] = { "", "$", "$A", "${A}${B:-c}",
		"$1", "a{b}" };

	for (size_t i = 0; i < ARRAY_LEN(right); i++)
		ok(variables_wrong(right[i]) == NULL, "right: %s", right[i]);
	is_str(variables_wrong("${A} ${B"), "${B", "what is not closed");
	is_str(variables_wrong("${A.b}"), "${A.b}", "what is no name");
	is_str(variables_wrong("${A-b} ${"), "${A-b} ${", "other forms");
}

int
main(void)
{
	test_forms();
	test_strict();
	test_size();
	test_wrong();
	return tap_done();
}

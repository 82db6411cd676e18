/*
 * retry-t.c - what is tried again, how often, and after which pause.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/retry.h"

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"

#define BIT(cause) (1u << (cause))
#define COMMAND BIT(FAIL_COMMAND)

static const struct {
	const char *name;
	struct retry_rule rule;
	enum fail_cause cause;
	int exit_code;
	const char *pauses; /* in seconds, before each further attempt */
} cases[] = {
	{ "constant", { 3, RETRY_CONSTANT, 1000, 30000, COMMAND, { 0 }, 0 },
	    FAIL_COMMAND, 1, "1 1 " },
	{ "linear", { 4, RETRY_LINEAR, 2000, 30000, COMMAND, { 0 }, 0 },
	    FAIL_COMMAND, 1, "2 4 6 " },
	{ "exponential", { 8, RETRY_EXPONENTIAL, 1000, 30000, COMMAND, { 0 },
	    0 }, FAIL_COMMAND, 1, "1 2 4 8 16 30 30 " },
	{ "a first pause over the longest", { 3, RETRY_CONSTANT, 60000, 5000,
	    COMMAND, { 0 }, 0 }, FAIL_COMMAND, 1, "5 5 " },
	{ "no pause", { 3, RETRY_EXPONENTIAL, 0, 5000, COMMAND, { 0 }, 0 },
	    FAIL_COMMAND, 1, "0 0 " },
	{ "once", { 1, RETRY_CONSTANT, 1000, 5000, COMMAND, { 0 }, 0 },
	    FAIL_COMMAND, 1, "" },
	{ "another cause", { 3, RETRY_CONSTANT, 1000, 5000, COMMAND, { 0 },
	    0 }, FAIL_TIMEOUT, -1, "" },
	{ "success", { 3, RETRY_CONSTANT, 1000, 5000, ~BIT(FAIL_NONE), { 0 },
	    0 }, FAIL_NONE, -1, "" },
	{ "a code that is named", { 2, RETRY_CONSTANT, 1000, 5000, 0,
	    { 7, 75 }, 2 }, FAIL_COMMAND, 75, "1 " },
	{ "a code that is not", { 2, RETRY_CONSTANT, 1000, 5000, 0,
	    { 7, 75 }, 2 }, FAIL_COMMAND, 8, "" },
	{ "a code of a time-out", { 2, RETRY_CONSTANT, 1000, 5000, 0, { 75 },
	    1 }, FAIL_TIMEOUT, 75, "" },
	{ "many attempts do not overflow", { 20, RETRY_EXPONENTIAL, 300000,
	    300000, BIT(FAIL_INFRA), { 0 }, 0 }, FAIL_INFRA, -1,
	    "300 300 300 300 300 300 300 300 300 300 300 300 300 300 300 300 "
	    "300 300 300 " },
};

int
main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str got = STR_INIT;
		int64_t pause;

		for (int attempt = 1; retry_again(&cases[i].rule,
		    cases[i].cause, cases[i].exit_code, attempt, &pause);
		    attempt++)
			str_addf(&got, "%d ", (int)(pause / 1000));
		is_str(got.s, cases[i].pauses, "%s", cases[i].name);
		str_release(&got);
	}
	for (int cause = 0; cause < FAIL_N; cause++)
		ok(fail_cause_name((enum fail_cause)cause)[0] != '\0',
		    "cause %d has a name", cause);
	return tap_done();
}

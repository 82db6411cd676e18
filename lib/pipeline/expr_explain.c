/*
 * expr_explain.c - the steps of an evaluation, for people.
 *
 *	  github.ref => "refs/heads/main"
 *	  startsWith(github.ref, 'refs/heads/') => true
 *	! startsWith(github.ref, 'refs/heads/') => false
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#define VALUE_MAX 200 /* bytes of a value that are shown */

/* Line ends and runs of blanks as one blank, so that a step is a line. */
static void
add_one_line(struct str *out, const char *s, size_t len)
{
	bool blank = false;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = expr_space_len(s + i, len - i);
		if (n > 0) {
			blank = true;
			continue;
		}
		if (blank)
			str_add_char(out, ' ');
		blank = false;
		n = 1;
		str_add_char(out, s[i]);
	}
}

void
expr_trace_print(const struct expr_trace *trace, const char *text,
    struct str *out)
{
	for (size_t i = 0; i < trace->n; i++) {
		const struct expr_step *step = &trace->steps[i];

		str_addf(out, "%*s", 2 * step->depth, "");
		add_one_line(out, text + step->offset, step->len);
		str_add(out, " => ");
		expr_json_write(&step->value, VALUE_MAX, out);
		str_add_char(out, '\n');
	}
}

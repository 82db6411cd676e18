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

#include "lib/base/utf8.h"

#define VALUE_MAX 200 /* bytes of a value that are shown */

/* As diagnostics do: what could steer a terminal becomes "?". */
static void
add_printable(struct str *out, const char *s, size_t len)
{
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_char_len(s + i, len - i);
		if (n > 0 && utf8_printable(utf8_char(s + i, n)))
			str_add_len(out, s + i, n);
		else
			str_add_char(out, '?');
		n += n == 0;
	}
}

/* Line ends and runs of blanks as one blank, so that a step is a line. */
static void
add_one_line(struct str *out, const char *s, size_t len)
{
	size_t from = 0, n;

	for (size_t i = 0; i < len; i += n) {
		n = expr_space_len(s + i, len - i);
		if (n == 0) {
			n = 1;
			continue;
		}
		add_printable(out, s + from, i - from);
		if (i > from)
			str_add_char(out, ' ');
		from = i + n;
	}
	add_printable(out, s + from, len - from);
}

void
expr_trace_print(const struct expr_trace *trace, const char *text,
    struct str *out)
{
	struct str value = STR_INIT;

	for (size_t i = 0; i < trace->n; i++) {
		const struct expr_step *step = &trace->steps[i];

		str_addf(out, "%*s", 2 * step->depth, "");
		add_one_line(out, text + step->offset, step->len);
		str_add(out, " => ");
		str_clear(&value);
		expr_json_write(&step->value, VALUE_MAX, &value);
		add_printable(out, value.s, value.len);
		str_add_char(out, '\n');
	}
	str_release(&value);
}

/*
 * yaml_error.c - what stopped libyaml, in words for the author of the file.
 *
 * libyaml says what its grammar wanted; an author needs to know what to
 * change. A text that is not in the table is passed on as it is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/yaml_internal.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

/* Whether the place is where libyaml stopped, or where the thing began. */
enum place { AT_PROBLEM, AT_CONTEXT };

static const struct {
	const char *context; /* NULL: any */
	const char *problem;
	enum place place;
	const char *text;
	const char *hint;
} wordings[] = {
	{ NULL, "mapping values are not allowed in this context", AT_PROBLEM,
	    "\":\" is not expected here",
	    "quote a text that contains \": \", or check the indentation" },
	{ NULL, "mapping keys are not allowed in this context", AT_PROBLEM,
	    "\"?\" is not expected here", "quote a text that starts with it" },
	{ NULL, "block sequence entries are not allowed in this context",
	    AT_PROBLEM, "a list item is not expected here",
	    "put \"-\" on a line of its own, or quote it" },
	{ "while parsing a block mapping", "did not find expected key",
	    AT_PROBLEM, "expected a key of the map that is open here",
	    "check the indentation of this line and those above" },
	{ "while parsing a block collection",
	    "did not find expected '-' indicator", AT_PROBLEM,
	    "expected \"-\" of the list that is open here",
	    "check the indentation of this line and those above" },
	{ "while scanning a simple key", "could not find expected ':'",
	    AT_CONTEXT, "expected \":\" after this key", NULL },
	{ "while scanning a quoted scalar", "found unexpected end of stream",
	    AT_CONTEXT, "the quote that opens here is never closed", NULL },
	{ "while scanning a quoted scalar",
	    "found unexpected document indicator", AT_CONTEXT,
	    "the quote that opens here is never closed", NULL },
	{ "while parsing a quoted scalar", "found unknown escape character",
	    AT_PROBLEM, "unknown escape in a text of double quotes",
	    "write \"\\\\\" for a backslash, or use single quotes" },
	{ "while parsing a flow sequence", "did not find expected ',' or ']'",
	    AT_PROBLEM, "expected \",\" or \"]\" of the list that is open here",
	    NULL },
	{ "while parsing a flow mapping", "did not find expected ',' or '}'",
	    AT_PROBLEM, "expected \",\" or \"}\" of the map that is open here",
	    NULL },
	{ NULL, "found a tab character that violates indentation", AT_PROBLEM,
	    "a tab is used for indentation", "indent with blanks" },
	{ NULL, "found a tab character where an indentation space is expected",
	    AT_PROBLEM, "a tab is used for indentation", "indent with blanks" },
	{ NULL, "found undefined tag handle", AT_PROBLEM,
	    "tags other than those of YAML's core schema are not allowed",
	    "quote a text that starts with \"!\"" },
	{ NULL, "did not find expected <document start>", AT_PROBLEM,
	    "the document has ended before this line",
	    "check the indentation of this line and those above" },
	{ NULL, "did not find expected node content", AT_PROBLEM,
	    "expected a value here", "put a text with such signs in quotes" },
	{ NULL, "found unexpected ':'", AT_PROBLEM,
	    "\":\" is not expected here", "quote a text that contains it" },
};

/* A character that can start no value: which, and what to do. */
static void
report_start(struct pos pos, char c, struct diags *d)
{
	if (c == '\t')
		diag_error(d, pos, 1, "yaml-tab", "indent with blanks",
		    "a tab is used for indentation");
	else
		diag_error(d, pos, 1, "yaml-syntax", "put the text in quotes",
		    "a value cannot start with \"%c\"", c);
}

static bool
report_worded(const yaml_parser_t *p, const struct yaml_marks *m,
    struct diags *d)
{
	const char *context = p->context != NULL ? p->context : "";

	for (size_t i = 0; i < ARRAY_LEN(wordings); i++) {
		const yaml_mark_t *mark = wordings[i].place == AT_CONTEXT ?
		    &p->context_mark : &p->problem_mark;

		if (strcmp(wordings[i].problem, p->problem) != 0 ||
		    (wordings[i].context != NULL &&
		    strcmp(wordings[i].context, context) != 0))
			continue;
		diag_error(d, yaml_marks_pos(m, mark), 1, "yaml-syntax",
		    wordings[i].hint, "%s", wordings[i].text);
		return true;
	}
	return false;
}

void
yaml_report_syntax(const yaml_parser_t *p, const struct yaml_marks *m,
    struct diags *d)
{
	size_t offset = yaml_marks_offset(m, &p->problem_mark);
	struct pos pos = lines_pos(&m->lines, offset);

	if (p->problem == NULL)
		diag_error(d, pos, 1, "yaml-syntax", NULL, "not valid YAML");
	else if (strcmp(p->problem,
	    "found character that cannot start any token") == 0 &&
	    offset < m->lines.len)
		report_start(pos, m->lines.text[offset], d);
	else if (!report_worded(p, m, d))
		diag_error(d, pos, 1, "yaml-syntax", NULL, "%s%s%s",
		    p->context != NULL ? p->context : "",
		    p->context != NULL ? ", " : "", p->problem);
}

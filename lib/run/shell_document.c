/*
 * shell_document.c - here-documents of a script that is scanned.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/shell_scanner.h"

#include <ctype.h>
#include <string.h>

/* The word behind "<<". */
void
scan_begin_document(struct scan *s)
{
	struct document *d;
	size_t from;
	char quote;

	s->i += 2;
	if (s->n_documents == MAX_DOCUMENTS) {
		s->lost = true;
		return;
	}
	d = &s->documents[s->n_documents++];
	memset(d, 0, sizeof(*d));
	d->depth = s->n;
	d->tabs = scan_at(s, 0) == '-';
	s->i += d->tabs;
	while (scan_at(s, 0) == ' ' || scan_at(s, 0) == '\t')
		s->i++;
	quote = scan_at(s, 0);
	d->quoted = quote == '\'' || quote == '"' || quote == '\\';
	s->i += d->quoted;
	from = s->i;
	while (s->i < s->len && (isalnum((unsigned char)scan_at(s, 0)) ||
				    strchr("_-.+!%@:/,", scan_at(s, 0)) != NULL) &&
	    scan_at(s, 0) != '\0')
		s->i++;
	d->end = s->s + from;
	d->end_len = s->i - from;
	if (d->quoted && quote != '\\') {
		s->lost |= scan_at(s, 0) != quote;
		s->i++;
	}
	s->lost |= d->end_len == 0 || strchr(" \t\n;&|<>)", scan_at(s, 0)) == NULL
	    || scan_at(s, 0) == '\0';
}

/* The length of the line at `from`, without its end. */
static size_t
line_len(const struct scan *s, size_t from)
{
	const char *nl = memchr(s->s + from, '\n', s->len - from);

	return nl != NULL ? (size_t)(nl - s->s) - from : s->len - from;
}

static size_t
skip_tabs(const struct scan *s, size_t from, bool tabs)
{
	while (tabs && from < s->len && s->s[from] == '\t')
		from++;
	return from;
}

/* Where the lines of a document end, and where what follows it begins. Where
 * no line ends it, or a "\" joins that line with the one before, shells
 * differ. */
static size_t
find_end(struct scan *s, const struct document *d, size_t *after)
{
	size_t line = s->i, begin, n;

	while (line < s->len) {
		begin = skip_tabs(s, line, d->tabs);
		n = line_len(s, begin);
		*after = begin + n + 1 < s->len ? begin + n + 1 : s->len;
		if (n == d->end_len &&
		    memcmp(s->s + begin, d->end, n) == 0) {
			s->lost |= !d->quoted && line > s->i + 1 &&
			    s->s[line - 2] == '\\';
			return line;
		}
		line = *after;
	}
	s->lost = true;
	*after = s->len;
	return s->len;
}

void
scan_set_document(struct shell_hole *hole, const struct document *d)
{
	hole->end = d->end;
	hole->end_len = d->end_len;
	hole->tabs = d->tabs;
}

/* Lines that are not expanded: their holes become text. */
static void
take_lines(struct scan *s, const struct document *d, size_t end)
{
	for (; s->i < end; s->i++) {
		if (!scan_is_hole(s, 0))
			continue;
		scan_add_hole(s, SHELL_LITERAL, s->lost ? scan_refuse(s) :
		    d->danger ? "in lines that are read as code" : NULL);
		scan_set_document(&s->holes[s->n_holes - 1], d);
	}
}

/* Lines that are expanded as in double quotes. */
static void
walk_lines(struct scan *s, const struct document *d, size_t end)
{
	size_t depth = s->n;
	struct frame *f = scan_push(s, DOCUMENT);

	f->document = d;
	f->refuses = d->danger;
	scan_walk(s, end);
	if (s->n != depth + 1)
		s->lost = true; /* something is open over its end */
	s->n = depth;
}

/* A line has ended: what was announced on it follows. */
void
scan_take_documents(struct scan *s)
{
	struct document list[MAX_DOCUMENTS];
	size_t n = s->n_documents, after, end;
	bool danger = scan_top(s)->words.line_danger;

	memcpy(list, s->documents, sizeof(list));
	s->n_documents = 0;
	for (size_t i = 0; i < n; i++) {
		list[i].danger = danger;
		s->lost |= list[i].depth != s->n; /* its line goes on above */
		end = find_end(s, &list[i], &after);
		if (list[i].quoted || s->lost)
			take_lines(s, &list[i], end);
		else
			walk_lines(s, &list[i], end);
		if (s->i < after)
			s->i = after;
	}
}

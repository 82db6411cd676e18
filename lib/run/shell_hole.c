/*
 * shell_hole.c - what a value may be where the walk is: an expansion, text,
 * or nothing at all.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/shell_scanner.h"

#include <string.h>

#include "lib/run/shell_pipe.h"

/* Are the words of this frame those that we are in? A here-document stands
 * behind the line that announced it. */
bool
scan_has_words(const struct scan *s, size_t i)
{
	return s->frames[i].kind == CODE &&
	    (i + 1 == s->n || s->frames[i + 1].kind != DOCUMENT);
}

bool
scan_in_backticks(const struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->frames[i].kind == CODE && s->frames[i].close == '`')
			return true;
	return false;
}

static bool
has_word(const char *text, size_t len, const char *const *words)
{
	for (; *words != NULL; words++) {
		size_t n = strlen(*words);

		for (size_t i = 0; i + n <= len; i++)
			if (memcmp(text + i, *words, n) == 0)
				return true;
	}
	return false;
}

/* A test that calculates, or looks at a variable by name, runs what is in the
 * index of an array. It may say so behind the hole. */
static const char *
refuse_test(const struct scan *s, const struct words *w)
{
	static const char *const names[] = { "-v", "-R", NULL };
	static const char *const counts[] = { "-eq", "-ne", "-lt", "-le",
		"-gt", "-ge", NULL };
	const char *from = s->s + w->begin, *end;
	size_t len = s->len - w->begin;
	bool brackets = w->place == WORDS_TEST;

	if (!brackets && !(w->danger & WORDS_SUBSCRIPT))
		return NULL;
	for (end = from; end < from + len; end++)
		if (*end == '\n' || (brackets && end > s->s + s->i &&
					end[-1] == ']' && *end == ']'))
			break;
	len = (size_t)(end - from);
	if (has_word(from, len, names) ||
	    (brackets && has_word(from, len, counts)))
		return "in a test that may run it";
	return NULL;
}

/* "| sh" behind it: what is printed is read as code. */
static const char *
refuse_pipe(struct scan *s)
{
	if (s->i >= s->line_end)
		s->line_pipe = shell_pipe_in_line(s->s, s->len, s->i,
		    &s->line_end);
	return s->i < s->line_pipe || s->i < s->group_pipe ?
	    "in text that is piped to a shell" : NULL;
}

const char *
scan_refuse(struct scan *s)
{
	const char *why = NULL;

	if (s->lost)
		return SCAN_LOST;
	for (size_t i = 0; why == NULL && i < s->n; i++) {
		const struct frame *f = &s->frames[i];

		if (f->kind == COUNTS)
			why = "in a calculation";
		else if (f->kind == EXPANDS && f->refuses)
			why = "in an expansion";
		else if (f->kind != EXPANDS && f->refuses)
			why = "in lines that are read as code";
		else if (f->kind == DOLLAR)
			why = "in $'...'";
		else if (scan_has_words(s, i) &&
		    (why = words_refuse(&f->words)) == NULL)
			why = refuse_test(s, &f->words);
	}
	return why != NULL ? why : refuse_pipe(s);
}

void
scan_add_hole(struct scan *s, enum shell_place place, const char *why)
{
	struct shell_hole *hole = &s->holes[s->n_holes];

	while (hole->offset < s->i)
		hole = &s->holes[++s->n_holes];
	s->n_holes++;
	hole->place = why != NULL ? SHELL_REFUSES : place;
	hole->why = why;
	for (size_t i = 0; i < s->n; i++) {
		hole->counts |= s->frames[i].kind == COUNTS;
		if (s->frames[i].kind == DOCUMENT)
			scan_set_document(hole, s->frames[i].document);
	}
}

/* The words that this stands in are not known any more. */
void
scan_add_opaque(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (scan_has_words(s, i))
			words_add_opaque(&s->frames[i].words);
}

/* Is it without quotes in a word that must stay one? */
static bool
needs_quotes(const struct scan *s)
{
	size_t i = s->n - 1;

	while (i > 0 && s->frames[i].kind == EXPANDS && !s->frames[i].quoted)
		i--;
	return s->frames[i].kind == CODE &&
	    words_keep_one(&s->frames[i].words);
}

void
scan_take_hole(struct scan *s)
{
	struct frame *f = scan_top(s);

	scan_add_hole(s, f->kind == SINGLE ? SHELL_QUOTED :
	    needs_quotes(s) ? SHELL_WORD : SHELL_EXPANDS, scan_refuse(s));
	if (f->kind == SINGLE && scan_in_backticks(s) && s->n > 2)
		s->lost = true;
	scan_add_opaque(s);
	s->i++;
}

/* A byte right before a hole that changes how the shell reads it. */
void
scan_take_spoilt_hole(struct scan *s, const char *why)
{
	s->i++;
	scan_add_hole(s, SHELL_REFUSES, why);
	s->lost = true;
	s->i++;
}

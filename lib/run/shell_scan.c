/*
 * shell_scan.c - where in a shell's script a value would stand.
 *
 * One walk with a stack: what is open (a command substitution, quotes, an
 * expansion) is a frame, and each frame of commands knows its words. A hole
 * asks every frame that it is in: "$(echo HOLE)" as the name of a command is
 * as bad as the hole itself. Whatever is too odd to follow makes the scan
 * `lost`, and then it refuses all that comes.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/shell_scanner.h"

#include <ctype.h>
#include <string.h>

#include "lib/run/shell_pipe.h"

struct frame *
scan_top(struct scan *s)
{
	return &s->frames[s->n - 1];
}

char
scan_at(const struct scan *s, size_t offset)
{
	return s->i + offset < s->len ? s->s[s->i + offset] : '\n';
}

bool
scan_is_hole(const struct scan *s, size_t offset)
{
	return s->i + offset < s->len && s->s[s->i + offset] == '\0';
}

struct frame *
scan_push(struct scan *s, enum frame_kind kind)
{
	struct frame *f;

	if (s->n == MAX_FRAMES) {
		s->lost = true;
		return scan_top(s);
	}
	f = &s->frames[s->n++];
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	if (kind == CODE)
		f->words.begin = s->i;
	return f;
}

void
scan_pop(struct scan *s)
{
	if (s->n > 1)
		s->n--;
}

/* --- what begins with "$", "`" or "\" -------------------------------------------- */

/* ${NAME and the operator behind it: is what follows a word? */
static bool
word_follows(const char *op)
{
	if (op[0] == ':')
		return op[1] != '\0' && strchr("-=+?", op[1]) != NULL;
	return op[0] != '\0' && strchr("-=+?#%/^,}", op[0]) != NULL;
}

static void
open_expansion(struct scan *s)
{
	bool quoted = scan_top(s)->kind == DOUBLE || scan_top(s)->kind == DOCUMENT ||
	    (scan_top(s)->kind == EXPANDS && scan_top(s)->quoted);
	struct frame *f;
	char op[2];

	s->i += 2;
	f = scan_push(s, EXPANDS);
	f->quoted = quoted;
	if (scan_at(s, 0) == '#' && scan_at(s, 1) != '}')
		s->i++;
	if (isalpha((unsigned char)scan_at(s, 0)) || scan_at(s, 0) == '_')
		while (isalnum((unsigned char)scan_at(s, 0)) || scan_at(s, 0) == '_')
			s->i++;
	else if (isdigit((unsigned char)scan_at(s, 0)))
		while (isdigit((unsigned char)scan_at(s, 0)))
			s->i++;
	else if (scan_at(s, 0) != '\0' && strchr("@*#?$-", scan_at(s, 0)) != NULL)
		s->i++;
	else
		s->lost |= scan_at(s, 0) != '!';
	op[0] = scan_at(s, 0);
	op[1] = scan_at(s, 1);
	f->refuses = !word_follows(op);
	if (op[0] == '#')
		s->i++; /* no comment */
}

/* $NAME, $1 or $?: what it is called is no part of a word. */
static void
skip_name(struct scan *s)
{
	s->i++;
	if (isalpha((unsigned char)scan_at(s, 0)) || scan_at(s, 0) == '_')
		while (isalnum((unsigned char)scan_at(s, 0)) ||
		    scan_at(s, 0) == '_')
			s->i++;
	else if (scan_at(s, 0) != '\0' &&
	    strchr("0123456789@*#?$!-", scan_at(s, 0)) != NULL)
		s->i++;
}

static void
open_dollar(struct scan *s, bool in_code)
{
	struct frame *f;

	if (scan_is_hole(s, 1)) {
		scan_take_spoilt_hole(s, "behind a \"$\"");
		return;
	}
	switch (scan_at(s, 1)) {
	case '{':
		open_expansion(s);
		return;
	case '(':
		if (scan_at(s, 2) == '(') {
			s->i += 3;
			scan_push(s, COUNTS)->depth = 2;
			return;
		}
		s->i += 2;
		f = scan_push(s, CODE);
		f->close = ')';
		return;
	case '[':
		s->lost = true;
		break;
	case '\'':
		if (in_code) {
			s->i += 2;
			scan_push(s, DOLLAR);
			return;
		}
		break;
	default:
		break;
	}
	skip_name(s);
}

static void
take_backtick(struct scan *s)
{
	bool quoted = scan_top(s)->kind == DOUBLE || scan_top(s)->kind == EXPANDS;

	if (scan_top(s)->kind == CODE && scan_top(s)->close == '`') {
		words_end_command(&scan_top(s)->words, s->i);
		scan_pop(s);
		s->i++;
		return;
	}
	/* Quotes within backticks within quotes differ between shells. */
	s->lost |= scan_in_backticks(s) || (quoted && scan_top(s)->kind != DOUBLE);
	s->i++;
	scan_push(s, CODE)->close = '`';
}

static void
take_backslash(struct scan *s)
{
	if (scan_in_backticks(s))
		s->lost = true;
	if (scan_is_hole(s, 1)) {
		scan_take_spoilt_hole(s, "behind a \"\\\"");
		return;
	}
	if (scan_top(s)->kind == CODE)
		words_add_quoted(&scan_top(s)->words, scan_at(s, 1));
	else
		scan_add_opaque(s);
	s->i += s->i + 1 < s->len ? 2 : 1;
}

/* --- one byte in each kind of frame ---------------------------------------------- */

/* What is special in text that is expanded; false: the byte is not. */
static bool
take_expansion(struct scan *s, bool in_code)
{
	char c = scan_at(s, 0);

	if (c != '\0' && strchr("\\`$", c) == NULL)
		return false;
	if (c == '\0') {
		scan_take_hole(s);
		return true;
	}
	if (c == '\\' && scan_at(s, 1) == '\n') { /* one line with the next */
		s->i += s->i + 1 < s->len ? 2 : 1;
		return true;
	}
	if (c == '\\') {
		take_backslash(s);
		return true;
	}
	scan_add_opaque(s);
	if (c == '`')
		take_backtick(s);
	else
		open_dollar(s, in_code);
	return true;
}

static void
walk_double(struct scan *s)
{
	if (take_expansion(s, false))
		return;
	if (scan_at(s, 0) == '"') {
		s->lost |= scan_in_backticks(s) && s->frames[s->n - 2].kind !=
		    CODE;
		scan_pop(s);
	} else if (scan_top(s)->kind == DOUBLE && s->n > 1 &&
	    s->frames[s->n - 2].kind == CODE) {
		words_add_quoted(&s->frames[s->n - 2].words, scan_at(s, 0));
	}
	s->i++;
}

static void
walk_single(struct scan *s)
{
	if (scan_is_hole(s, 0)) {
		scan_take_hole(s);
		return;
	}
	s->lost |= scan_at(s, 0) == '`' && scan_in_backticks(s);
	s->lost |= scan_at(s, 0) == '\\' && (scan_in_backticks(s) ||
	    scan_top(s)->kind == DOLLAR);
	if (scan_at(s, 0) == '\'')
		scan_pop(s);
	else if (s->n > 1 && s->frames[s->n - 2].kind == CODE)
		words_add_quoted(&s->frames[s->n - 2].words, scan_at(s, 0));
	s->i++;
}

static void
walk_expansion(struct scan *s)
{
	if (take_expansion(s, false))
		return;
	switch (scan_at(s, 0)) {
	case '}':
		scan_pop(s);
		break;
	case '"':
		scan_push(s, DOUBLE);
		break;
	case '\'':
		if (scan_top(s)->quoted)
			s->lost = true;
		else
			scan_push(s, SINGLE);
		break;
	default:
		break;
	}
	s->i++;
}

static void
walk_count(struct scan *s)
{
	struct frame *f = scan_top(s);

	if (take_expansion(s, false))
		return;
	if (scan_at(s, 0) == '(')
		f->depth++;
	else if (scan_at(s, 0) == ')' && --f->depth == 0)
		scan_pop(s);
	else if (scan_at(s, 0) == '\'' || scan_at(s, 0) == '"')
		s->lost = true;
	s->i++;
}

/* --- commands ---------------------------------------------------------------------- */

static void
take_comment(struct scan *s)
{
	for (; s->i < s->len && scan_at(s, 0) != '\n'; s->i++) {
		if (scan_is_hole(s, 0))
			scan_add_hole(s, SHELL_EXPANDS, s->lost ? scan_refuse(s) : NULL);
		s->lost |= scan_at(s, 0) == '`' && scan_in_backticks(s);
	}
}

static void
take_line_end(struct scan *s)
{
	struct words *w = &scan_top(s)->words;

	words_end_command(w, s->i + 1);
	s->i++;
	if (s->n_documents > 0)
		scan_take_documents(s);
	w->line_danger = false;
}

/* "()" behind a word. */
static bool
is_function(struct scan *s)
{
	const struct words *w = &scan_top(s)->words;
	size_t i = 1;

	while (scan_at(s, i) == ' ' || scan_at(s, i) == '\t')
		i++;
	return scan_at(s, i) == ')' && (w->in_word ||
	    w->place == WORDS_ARGUMENT || w->place == WORDS_PREFIX);
}

static void
open_parenthesis(struct scan *s)
{
	struct words *w = &scan_top(s)->words;
	struct frame *f;
	bool array = w->in_word && w->len > 0 && !w->opaque &&
	    w->word[w->len - 1] == '=';

	if (w->place == WORDS_PATTERN || w->place == WORDS_TEST) {
		words_end(w);
		w->anew = true;
		s->i++;
		return;
	}
	if (!array && is_function(s)) {
		words_end_command(w, s->i);
		s->i++;
		while (scan_at(s, 0) != ')')
			s->i++;
		s->i++;
		return;
	}
	s->lost |= w->in_word && !array;
	if (!w->in_word && scan_at(s, 1) == '(') {
		w->place = WORDS_ARGUMENT;
		s->i += 2;
		scan_push(s, COUNTS)->depth = 2;
		return;
	}
	if (!array && w->place == WORDS_COMMAND && !w->target)
		w->place = WORDS_ARGUMENT;
	if (!array)
		words_end(w);
	s->i++;
	f = scan_push(s, CODE);
	f->close = ')';
	if (array && f != &s->frames[0]) {
		w->list = true;
		f->words.array = true;
		f->words.place = WORDS_ARGUMENT;
		f->words.integers = w->integers;
	}
}

static void
close_parenthesis(struct scan *s)
{
	struct words *w = &scan_top(s)->words;

	words_end(w);
	if (w->place == WORDS_TEST) {
		s->i++;
	} else if (w->place == WORDS_PATTERN) {
		w->place = WORDS_COMMAND;
		w->begin = s->i + 1;
		s->i++;
	} else {
		s->lost |= scan_top(s)->close != ')' || (s->n_documents > 0 &&
		    s->documents[s->n_documents - 1].depth == s->n);
		if (scan_top(s)->close == ')')
			scan_pop(s);
		s->i++;
	}
}

/* "<", ">" and what belongs to them. */
static void
take_redirection(struct scan *s)
{
	struct words *w = &scan_top(s)->words;
	bool number = w->in_word && w->len > 0 && !w->opaque;
	struct frame *f;

	if (w->place == WORDS_TEST) {
		words_end(w);
		s->i++;
		return;
	}
	for (size_t i = 0; number && i < w->len; i++)
		number = isdigit((unsigned char)w->word[i]);
	if (number) {
		w->in_word = false;
		w->len = 0;
	}
	words_end(w);
	if (scan_at(s, 1) == '(') { /* bash: <(...) is a word */
		words_add_opaque(w);
		s->i += 2;
		f = scan_push(s, CODE);
		f->close = ')';
		f->refuses |= w->line_danger;
		return;
	}
	if (scan_at(s, 0) == '<' && scan_at(s, 1) == '<' && scan_at(s, 2) != '<') {
		scan_begin_document(s);
		return;
	}
	if (scan_at(s, 0) == '<' && scan_at(s, 1) == '<') {
		s->i += 3;
		if (w->line_danger) { /* it reads the word */
			w->danger |= WORDS_CODE;
			return;
		}
	} else {
		s->i++;
		while (scan_at(s, 0) != '\0' && strchr("<>&|", scan_at(s, 0)) != NULL)
			s->i++;
	}
	w->target = true;
}

static void
take_operator(struct scan *s)
{
	struct words *w = &scan_top(s)->words;

	words_end(w);
	if (w->place == WORDS_TEST || w->place == WORDS_PATTERN) {
		w->anew = true;
		s->i++;
		return;
	}
	if (scan_at(s, 0) == '&' && scan_at(s, 1) == '>') {
		words_end_command(w, s->i + 1); /* "&" of a POSIX shell */
		s->i++;
		take_redirection(s);
		return;
	}
	words_end_command(w, s->i + 1);
	if (scan_at(s, 0) == ';' && (scan_at(s, 1) == ';' || scan_at(s, 1) == '&')) {
		s->i++;
		if (w->cases > 0)
			w->place = WORDS_PATTERN;
		while (scan_at(s, 1) == '&' || scan_at(s, 1) == ';')
			s->i++;
	}
	s->i++;
}

static void
walk_code(struct scan *s)
{
	struct words *w = &scan_top(s)->words;

	switch (scan_at(s, 0)) {
	case ' ':
	case '\t':
		words_end(w);
		s->i++;
		return;
	case '\n':
		take_line_end(s);
		return;
	case '#':
		if (!w->in_word) {
			take_comment(s);
			return;
		}
		break;
	case '\'':
	case '"':
		words_quote(w);
		scan_push(s, scan_at(s, 0) == '"' ? DOUBLE : SINGLE);
		s->i++;
		return;
	case '(':
		open_parenthesis(s);
		return;
	case ')':
		close_parenthesis(s);
		return;
	case '<':
	case '>':
		take_redirection(s);
		return;
	case ';':
	case '&':
	case '|':
		take_operator(s);
		return;
	default:
		break;
	}
	if (take_expansion(s, true))
		return;
	words_add(w, scan_at(s, 0));
	s->i++;
}

void
scan_walk(struct scan *s, size_t end)
{
	while (s->i < end) {
		switch (scan_top(s)->kind) {
		case CODE:
			walk_code(s);
			break;
		case DOUBLE:
			walk_double(s);
			break;
		case SINGLE:
		case DOLLAR:
			walk_single(s);
			break;
		case EXPANDS:
			walk_expansion(s);
			break;
		case COUNTS:
			walk_count(s);
			break;
		case DOCUMENT:
			if (!take_expansion(s, false))
				s->i++;
			break;
		}
	}
}

void
shell_scan(const char *script, size_t len, struct shell_hole *holes)
{
	struct scan s = { .s = script, .len = len, .holes = holes };
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		if (script[i] == '\0')
			holes[n++] = (struct shell_hole){ .offset = i,
				.place = SHELL_REFUSES,
				.why = SCAN_LOST };
	s.group_pipe = shell_pipe_of_groups(script, len);
	scan_push(&s, CODE);
	scan_walk(&s, len);
}

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
#include "lib/run/shell_scan.h"

#include <ctype.h>
#include <string.h>

#include "lib/run/shell_words.h"

#define MAX_FRAMES 40
#define MAX_DOCUMENTS 8

#define LOST "where Pawl cannot tell how the shell reads it"

enum frame_kind {
	CODE,     /* commands, up to `close` */
	DOUBLE,   /* "..." */
	SINGLE,   /* '...' */
	DOLLAR,   /* $'...' */
	EXPANDS,  /* ${...} */
	COUNTS,   /* $((...)), ((...)) */
	DOCUMENT, /* the lines of a here-document that expands */
};

struct frame {
	enum frame_kind kind;
	char close;       /* of CODE: ")", "`" or NUL */
	bool quoted;      /* of EXPANDS: in double quotes */
	bool refuses;     /* of EXPANDS and DOCUMENT: no place for a value */
	int depth;        /* of COUNTS: parentheses that are open */
	size_t end;       /* of DOCUMENT: where its lines end */
	struct words words; /* of CODE */
};

struct document {
	const char *end;
	size_t end_len;
	bool tabs, quoted, danger;
};

struct scan {
	const char *s;
	size_t len, i;
	struct shell_hole *holes;
	size_t n_holes;
	struct frame frames[MAX_FRAMES];
	size_t n;
	struct document documents[MAX_DOCUMENTS];
	size_t n_documents;
	bool lost;
};

static struct frame *
top(struct scan *s)
{
	return &s->frames[s->n - 1];
}

static char
at(const struct scan *s, size_t offset)
{
	return s->i + offset < s->len ? s->s[s->i + offset] : '\n';
}

static bool
is_hole(const struct scan *s, size_t offset)
{
	return s->i + offset < s->len && s->s[s->i + offset] == '\0';
}

static struct frame *
push(struct scan *s, enum frame_kind kind)
{
	struct frame *f;

	if (s->n == MAX_FRAMES) {
		s->lost = true;
		return top(s);
	}
	f = &s->frames[s->n++];
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	if (kind == CODE)
		f->words.begin = s->i;
	return f;
}

static void
pop(struct scan *s)
{
	if (s->n > 1)
		s->n--;
}

/* Are the words of this frame those that we are in? A here-document stands
 * behind the line that announced it. */
static bool
has_words(const struct scan *s, size_t i)
{
	return s->frames[i].kind == CODE &&
	    (i + 1 == s->n || s->frames[i + 1].kind != DOCUMENT);
}

static bool
in_backticks(const struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->frames[i].kind == CODE && s->frames[i].close == '`')
			return true;
	return false;
}

/* --- holes --------------------------------------------------------------- */

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
refuse_pipe(const struct scan *s)
{
	static const char *const shells[] = { "sh", "bash", "dash", "ash",
		"zsh", "ksh", "sudo", "ssh", NULL };
	size_t i = s->i, n;

	for (; i < s->len && s->s[i] != '\n'; i++) {
		if (s->s[i] != '|')
			continue;
		while (i + 1 < s->len && (s->s[i + 1] == ' ' ||
					     s->s[i + 1] == '\t'))
			i++;
		for (size_t k = 0; shells[k] != NULL; k++) {
			n = strlen(shells[k]);
			if (i + n < s->len &&
			    memcmp(s->s + i + 1, shells[k], n) == 0 &&
			    (i + n + 1 == s->len ||
				strchr(" \t\n;)", s->s[i + n + 1]) != NULL))
				return "in text that is piped to a shell";
		}
	}
	return NULL;
}

static const char *
refuse(const struct scan *s)
{
	const char *why = NULL;

	if (s->lost)
		return LOST;
	for (size_t i = 0; why == NULL && i < s->n; i++) {
		const struct frame *f = &s->frames[i];

		if (f->kind == COUNTS)
			why = "in a calculation";
		else if (f->kind == EXPANDS && f->refuses)
			why = "in an expansion";
		else if (f->kind == DOCUMENT && f->refuses)
			why = "in lines that are read as code";
		else if (f->kind == DOLLAR)
			why = "in $'...'";
		else if (has_words(s, i) &&
		    (why = words_refuse(&f->words)) == NULL)
			why = refuse_test(s, &f->words);
	}
	return why != NULL ? why : refuse_pipe(s);
}

static void
add_hole(struct scan *s, enum shell_place place, const char *why)
{
	struct shell_hole *hole = &s->holes[s->n_holes];

	while (hole->offset < s->i)
		hole = &s->holes[++s->n_holes];
	s->n_holes++;
	hole->place = why != NULL ? SHELL_REFUSES : place;
	hole->why = why;
}

/* The words that this stands in are not known any more. */
static void
add_opaque(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (has_words(s, i))
			words_add_opaque(&s->frames[i].words);
}

static void
take_hole(struct scan *s)
{
	struct frame *f = top(s);

	add_hole(s, f->kind == SINGLE ? SHELL_QUOTED : SHELL_EXPANDS,
	    refuse(s));
	if (f->kind == SINGLE && in_backticks(s) && s->n > 2)
		s->lost = true;
	add_opaque(s);
	s->i++;
}

/* A byte right before a hole that changes how the shell reads it. */
static void
take_spoilt_hole(struct scan *s, const char *why)
{
	s->i++;
	add_hole(s, SHELL_REFUSES, why);
	s->lost = true;
	s->i++;
}

/* --- here-documents ----------------------------------------------------------- */

/* The word behind "<<". */
static void
begin_document(struct scan *s)
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
	d->tabs = at(s, 0) == '-';
	s->i += d->tabs;
	while (at(s, 0) == ' ' || at(s, 0) == '\t')
		s->i++;
	quote = at(s, 0);
	d->quoted = quote == '\'' || quote == '"' || quote == '\\';
	s->i += d->quoted;
	from = s->i;
	while (s->i < s->len && (isalnum((unsigned char)at(s, 0)) ||
				    strchr("_-.+!%@:/,", at(s, 0)) != NULL) &&
	    at(s, 0) != '\0')
		s->i++;
	d->end = s->s + from;
	d->end_len = s->i - from;
	if (d->quoted && quote != '\\') {
		s->lost |= at(s, 0) != quote;
		s->i++;
	}
	s->lost |= d->end_len == 0 || strchr(" \t\n;&|<>)", at(s, 0)) == NULL
	    || at(s, 0) == '\0';
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

/* Where the lines of a document end, and where what follows it begins. */
static size_t
find_end(const struct scan *s, const struct document *d, size_t *after)
{
	size_t line = s->i, begin, n;

	while (line < s->len) {
		begin = skip_tabs(s, line, d->tabs);
		n = line_len(s, begin);
		*after = begin + n + 1 < s->len ? begin + n + 1 : s->len;
		if (n == d->end_len &&
		    memcmp(s->s + begin, d->end, n) == 0)
			return line;
		line = *after;
	}
	*after = s->len;
	return s->len;
}

/* Lines that are not expanded: their holes become text. */
static void
take_lines(struct scan *s, const struct document *d, size_t end)
{
	for (; s->i < end; s->i++) {
		struct shell_hole *hole;

		if (!is_hole(s, 0))
			continue;
		add_hole(s, SHELL_LITERAL, s->lost ? refuse(s) : d->danger ?
		    "in lines that are read as code" : NULL);
		hole = &s->holes[s->n_holes - 1];
		hole->end = d->end;
		hole->end_len = d->end_len;
		hole->tabs = d->tabs;
	}
}

static void
walk(struct scan *s, size_t end);

/* Lines that are expanded as in double quotes. */
static void
walk_lines(struct scan *s, const struct document *d, size_t end)
{
	size_t depth = s->n;
	struct frame *f = push(s, DOCUMENT);

	f->refuses = d->danger;
	walk(s, end);
	if (s->n != depth + 1)
		s->lost = true; /* something is open over its end */
	s->n = depth;
}

/* A line has ended: what was announced on it follows. */
static void
take_documents(struct scan *s)
{
	struct document list[MAX_DOCUMENTS];
	size_t n = s->n_documents, after, end;
	bool danger = top(s)->words.line_danger;

	memcpy(list, s->documents, sizeof(list));
	s->n_documents = 0;
	for (size_t i = 0; i < n; i++) {
		list[i].danger = danger;
		end = find_end(s, &list[i], &after);
		if (list[i].quoted || s->lost)
			take_lines(s, &list[i], end);
		else
			walk_lines(s, &list[i], end);
		if (s->i < after)
			s->i = after;
	}
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
	bool quoted = top(s)->kind == DOUBLE || top(s)->kind == DOCUMENT ||
	    (top(s)->kind == EXPANDS && top(s)->quoted);
	struct frame *f;
	char op[2];

	s->i += 2;
	f = push(s, EXPANDS);
	f->quoted = quoted;
	if (at(s, 0) == '#' && at(s, 1) != '}')
		s->i++;
	if (isalpha((unsigned char)at(s, 0)) || at(s, 0) == '_')
		while (isalnum((unsigned char)at(s, 0)) || at(s, 0) == '_')
			s->i++;
	else if (isdigit((unsigned char)at(s, 0)))
		while (isdigit((unsigned char)at(s, 0)))
			s->i++;
	else if (at(s, 0) != '\0' && strchr("@*#?$-", at(s, 0)) != NULL)
		s->i++;
	else
		s->lost |= at(s, 0) != '!';
	op[0] = at(s, 0);
	op[1] = at(s, 1);
	f->refuses = !word_follows(op);
	if (op[0] == '#')
		s->i++; /* no comment */
}

static void
open_dollar(struct scan *s, bool in_code)
{
	struct frame *f;

	if (is_hole(s, 1)) {
		take_spoilt_hole(s, "behind a \"$\"");
		return;
	}
	switch (at(s, 1)) {
	case '{':
		open_expansion(s);
		return;
	case '(':
		if (at(s, 2) == '(') {
			s->i += 3;
			push(s, COUNTS)->depth = 2;
			return;
		}
		s->i += 2;
		f = push(s, CODE);
		f->close = ')';
		return;
	case '[':
		s->lost = true;
		break;
	case '\'':
		if (in_code) {
			s->i += 2;
			push(s, DOLLAR);
			return;
		}
		break;
	default:
		break;
	}
	s->i++;
}

static void
take_backtick(struct scan *s)
{
	bool quoted = top(s)->kind == DOUBLE || top(s)->kind == EXPANDS;

	if (top(s)->kind == CODE && top(s)->close == '`') {
		words_end_command(&top(s)->words, s->i);
		pop(s);
		s->i++;
		return;
	}
	/* Quotes within backticks within quotes differ between shells. */
	s->lost |= in_backticks(s) || (quoted && top(s)->kind != DOUBLE);
	s->i++;
	push(s, CODE)->close = '`';
}

static void
take_backslash(struct scan *s)
{
	if (in_backticks(s))
		s->lost = true;
	if (is_hole(s, 1))
		take_spoilt_hole(s, "behind a \"\\\"");
	else
		s->i += s->i + 1 < s->len ? 2 : 1;
}

/* --- one byte in each kind of frame ---------------------------------------------- */

/* What is special in text that is expanded; false: the byte is not. */
static bool
take_expansion(struct scan *s, bool in_code)
{
	char c = at(s, 0);

	if (c != '\0' && strchr("\\`$", c) == NULL)
		return false;
	if (c == '\0') {
		take_hole(s);
		return true;
	}
	if (c == '\\' && at(s, 1) == '\n') { /* one line with the next */
		s->i += s->i + 1 < s->len ? 2 : 1;
		return true;
	}
	add_opaque(s);
	if (c == '\\')
		take_backslash(s);
	else if (c == '`')
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
	if (at(s, 0) == '"') {
		s->lost |= in_backticks(s) && s->frames[s->n - 2].kind !=
		    CODE;
		pop(s);
	} else if (top(s)->kind == DOUBLE && s->n > 1 &&
	    s->frames[s->n - 2].kind == CODE) {
		words_add_quoted(&s->frames[s->n - 2].words, at(s, 0));
	}
	s->i++;
}

static void
walk_single(struct scan *s)
{
	if (is_hole(s, 0)) {
		take_hole(s);
		return;
	}
	s->lost |= at(s, 0) == '`' && in_backticks(s);
	s->lost |= at(s, 0) == '\\' && (in_backticks(s) ||
	    top(s)->kind == DOLLAR);
	if (at(s, 0) == '\'')
		pop(s);
	else if (s->n > 1 && s->frames[s->n - 2].kind == CODE)
		words_add_quoted(&s->frames[s->n - 2].words, at(s, 0));
	s->i++;
}

static void
walk_expansion(struct scan *s)
{
	if (take_expansion(s, false))
		return;
	switch (at(s, 0)) {
	case '}':
		pop(s);
		break;
	case '"':
		push(s, DOUBLE);
		break;
	case '\'':
		if (top(s)->quoted)
			s->lost = true;
		else
			push(s, SINGLE);
		break;
	default:
		break;
	}
	s->i++;
}

static void
walk_count(struct scan *s)
{
	struct frame *f = top(s);

	if (take_expansion(s, false))
		return;
	if (at(s, 0) == '(')
		f->depth++;
	else if (at(s, 0) == ')' && --f->depth == 0)
		pop(s);
	else if (at(s, 0) == '\'' || at(s, 0) == '"')
		s->lost = true;
	s->i++;
}

/* --- commands ---------------------------------------------------------------------- */

static void
take_comment(struct scan *s)
{
	for (; s->i < s->len && at(s, 0) != '\n'; s->i++) {
		if (is_hole(s, 0))
			add_hole(s, SHELL_EXPANDS, s->lost ? refuse(s) : NULL);
		s->lost |= at(s, 0) == '`' && in_backticks(s);
	}
}

static void
take_line_end(struct scan *s)
{
	struct words *w = &top(s)->words;

	words_end_command(w, s->i + 1);
	s->i++;
	if (s->n_documents > 0)
		take_documents(s);
	w->line_danger = false;
}

static void
open_parenthesis(struct scan *s)
{
	struct words *w = &top(s)->words;
	struct frame *f;
	bool array = w->in_word && w->len > 0 && !w->opaque &&
	    w->word[w->len - 1] == '=';

	if (w->place == WORDS_PATTERN || w->place == WORDS_TEST) {
		s->i++;
		return;
	}
	if (w->in_word && !array && at(s, 1) == ')') { /* a function */
		words_end(w);
		words_end_command(w, s->i);
		s->i += 2;
		return;
	}
	s->lost |= w->in_word && !array;
	if (!w->in_word && at(s, 1) == '(') {
		w->place = WORDS_ARGUMENT;
		s->i += 2;
		push(s, COUNTS)->depth = 2;
		return;
	}
	if (!array && w->place == WORDS_COMMAND && !w->target)
		w->place = WORDS_ARGUMENT;
	if (!array)
		words_end(w);
	s->i++;
	f = push(s, CODE);
	f->close = ')';
	if (array && f != &s->frames[0]) {
		f->words.array = true;
		f->words.place = WORDS_ARGUMENT;
		f->words.integers = w->integers;
	}
}

static void
close_parenthesis(struct scan *s)
{
	struct words *w = &top(s)->words;

	words_end(w);
	if (w->place == WORDS_TEST) {
		s->i++;
	} else if (w->place == WORDS_PATTERN) {
		w->place = WORDS_COMMAND;
		w->begin = s->i + 1;
		s->i++;
	} else {
		s->lost |= top(s)->close != ')';
		if (top(s)->close == ')')
			pop(s);
		s->i++;
	}
}

/* "<", ">" and what belongs to them. */
static void
take_redirection(struct scan *s)
{
	struct words *w = &top(s)->words;
	bool number = w->in_word && w->len > 0 && !w->opaque;

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
	if (at(s, 1) == '(') { /* bash: <(...) is a word */
		words_add_opaque(w);
		s->i += 2;
		push(s, CODE)->close = ')';
		return;
	}
	if (at(s, 0) == '<' && at(s, 1) == '<' && at(s, 2) != '<') {
		begin_document(s);
		return;
	}
	if (at(s, 0) == '<' && at(s, 1) == '<') {
		s->i += 3;
		if (w->line_danger) { /* it reads the word */
			w->danger |= WORDS_CODE;
			return;
		}
	} else {
		s->i++;
		while (at(s, 0) != '\0' && strchr("<>&|", at(s, 0)) != NULL)
			s->i++;
	}
	w->target = true;
}

static void
take_operator(struct scan *s)
{
	struct words *w = &top(s)->words;

	if (w->place == WORDS_TEST || w->place == WORDS_PATTERN) {
		words_end(w);
		s->i++;
		return;
	}
	if (at(s, 0) == '&' && at(s, 1) == '>') {
		words_end(w);
		s->i++;
		take_redirection(s);
		return;
	}
	words_end_command(w, s->i + 1);
	if (at(s, 0) == ';' && (at(s, 1) == ';' || at(s, 1) == '&')) {
		s->i++;
		if (w->cases > 0)
			w->place = WORDS_PATTERN;
		while (at(s, 1) == '&' || at(s, 1) == ';')
			s->i++;
	}
	s->i++;
}

static void
walk_code(struct scan *s)
{
	struct words *w = &top(s)->words;

	switch (at(s, 0)) {
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
		w->in_word = true;
		push(s, at(s, 0) == '"' ? DOUBLE : SINGLE);
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
	words_add(w, at(s, 0));
	s->i++;
}

static void
walk(struct scan *s, size_t end)
{
	while (s->i < end) {
		switch (top(s)->kind) {
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
				.why = LOST };
	push(&s, CODE);
	walk(&s, len);
}

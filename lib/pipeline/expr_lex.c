/*
 * expr_lex.c - expression text to tokens.
 *
 * A symbol ends at white space or at one of ( ) [ ] , . ! < > = & |, so that
 * "github/workflow" is one symbol, and a wrong one. Numbers may hold dots.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/pipeline/expr_internal.h"

#include <math.h>
#include <string.h>
#include "lib/base/mem.h"

struct lexer {
	const char *text;
	size_t len;
	size_t at;
	struct arena *arena;
	struct expr_token *tokens;
	size_t n;
	struct expr_error *error;
};

/* What one character always means. */
static const struct {
	char c;
	enum expr_token_kind kind;
} singles[] = {
	{ '(', TOKEN_OPEN },
	{ ')', TOKEN_CLOSE },
	{ '[', TOKEN_OPEN_INDEX },
	{ ']', TOKEN_CLOSE_INDEX },
	{ ',', TOKEN_COMMA },
	{ '*', TOKEN_STAR },
};

/* Longer ones first. */
static const struct {
	const char *text;
	enum expr_token_kind kind;
} operators[] = {
	{ "!=", TOKEN_NOT_EQUAL },
	{ "==", TOKEN_EQUAL },
	{ "<=", TOKEN_LESS_EQUAL },
	{ ">=", TOKEN_GREATER_EQUAL },
	{ "&&", TOKEN_AND },
	{ "||", TOKEN_OR },
	{ "!", TOKEN_NOT },
	{ "<", TOKEN_LESS },
	{ ">", TOKEN_GREATER },
};

static struct expr_token *
add(struct lexer *l, enum expr_token_kind kind, size_t len)
{
	struct expr_token *t = arena_push(l->arena, &l->tokens, &l->n,
	    sizeof(*t));

	t->kind = kind;
	t->offset = l->at;
	t->len = len;
	l->at += len;
	return t;
}

static int
unexpected(struct lexer *l, size_t len)
{
	return expr_error_symbol(l->error, l->arena, EXPR_LEXING,
	    "Unexpected symbol", l->text, l->at, len);
}

static bool
is_boundary(const struct lexer *l, size_t at)
{
	return (l->text[at] != '\0' &&
	    strchr("([)],.!><=&|", l->text[at]) != NULL) ||
	    expr_space_len(l->text + at, l->len - at) > 0;
}

/* Length of the symbol here, its first character whatever it is. */
static size_t
symbol_len(const struct lexer *l, bool dots)
{
	size_t end = l->at + 1;

	while (end < l->len &&
	    (!is_boundary(l, end) || (dots && l->text[end] == '.')))
		end++;
	return end - l->at;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
lex_number(struct lexer *l)
{
	size_t len = symbol_len(l, true);
	double d = expr_parse_number(
	    (struct expr_text){ l->text + l->at, len });

	if (isnan(d))
		return unexpected(l, len);
	add(l, TOKEN_LITERAL, len)->value = expr_number(d);
	return 0;
}

/* 'text', with '' for a quote. The value points into the text when nothing
 * is doubled. */
static int
lex_string(struct lexer *l)
{
	const char *s = l->text + l->at;
	size_t left = l->len - l->at, i, n = 0, doubled = 0;
	char *value;

	for (i = 1; i < left; i++) {
		if (s[i] != '\'')
			continue;
		if (i + 1 == left || s[i + 1] != '\'')
			break;
		doubled++;
		i++;
	}
	if (i >= left) {
		unexpected(l, left);
		l->error->hint = "close the string with a single quote";
		return -1;
	}
	if (doubled == 0) {
		add(l, TOKEN_LITERAL, i + 1)->value =
		    expr_string_len(s + 1, i - 1);
		return 0;
	}
	value = arena_alloc(l->arena, i - doubled);
	for (size_t k = 1; k < i; k++) {
		value[n++] = s[k];
		k += s[k] == '\'';
	}
	add(l, TOKEN_LITERAL, i + 1)->value = expr_string_len(value, n);
	return 0;
}

/* Words that are values, unless they stand behind a dot. */
static bool
word_value(const char *s, size_t len, struct expr_value *out)
{
	const struct {
		const char *word;
		struct expr_value value;
	} words[] = {
		{ "null", expr_null() },
		{ "true", expr_boolean(true) },
		{ "false", expr_boolean(false) },
		{ "NaN", expr_number(NAN) },
		{ "Infinity", expr_number(INFINITY) },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].word) == len &&
		    memcmp(s, words[i].word, len) == 0) {
			*out = words[i].value;
			return true;
		}
	return false;
}

static int
lex_word(struct lexer *l)
{
	const char *s = l->text + l->at;
	size_t len = symbol_len(l, false), i = 1;
	struct expr_value value;

	while (i < len && (is_letter(s[i]) || is_digit(s[i]) || s[i] == '-'))
		i++;
	if (!is_letter(s[0]) || i < len) {
		unexpected(l, len);
		if (s[0] == '"')
			l->error->hint = "strings stand in single quotes";
		return -1;
	}
	if (!(l->n > 0 && l->tokens[l->n - 1].kind == TOKEN_DOT) &&
	    word_value(s, len, &value))
		add(l, TOKEN_LITERAL, len)->value = value;
	else
		add(l, TOKEN_NAME, len);
	return 0;
}

/* Can a property follow here? Else a dot begins a number. */
static bool
may_look_into(const struct lexer *l)
{
	if (l->n == 0)
		return false;
	switch (l->tokens[l->n - 1].kind) {
	case TOKEN_NAME:
	case TOKEN_CLOSE:
	case TOKEN_CLOSE_INDEX:
	case TOKEN_STAR:
		return true;
	default: /* all that is not the end of a value */
		return false;
	}
}

static int
lex_one(struct lexer *l)
{
	const char *s = l->text + l->at;
	size_t left = l->len - l->at;

	for (size_t i = 0; i < ARRAY_LEN(singles); i++)
		if (s[0] == singles[i].c) {
			add(l, singles[i].kind, 1);
			return 0;
		}
	for (size_t i = 0; i < ARRAY_LEN(operators); i++) {
		size_t n = strlen(operators[i].text);

		if (left >= n && memcmp(s, operators[i].text, n) == 0) {
			add(l, operators[i].kind, n);
			return 0;
		}
	}
	if (s[0] == '\'')
		return lex_string(l);
	if (s[0] == '.' && may_look_into(l)) {
		add(l, TOKEN_DOT, 1);
		return 0;
	}
	if (is_digit(s[0]) || s[0] == '.' || s[0] == '-' || s[0] == '+')
		return lex_number(l);
	return lex_word(l);
}

int
expr_lex(const char *text, size_t len, struct arena *a,
    struct expr_token **tokens, size_t *n, struct expr_error *error)
{
	struct lexer l = { .text = text, .len = len, .arena = a,
		.error = error };
	size_t blank;

	if (len > EXPR_MAX_LENGTH &&
	    expr_utf16_len(text, len) > EXPR_MAX_LENGTH)
		return expr_error_set(error, a, EXPR_LEXING, 0, 1,
		    "Exceeded max expression length %d", EXPR_MAX_LENGTH);
	while (l.at < len) {
		blank = expr_space_len(text + l.at, len - l.at);
		l.at += blank;
		if (blank == 0 && lex_one(&l) == -1)
			return -1;
	}
	add(&l, TOKEN_END, 0);
	*tokens = l.tokens;
	*n = l.n;
	return 0;
}

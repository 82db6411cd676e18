/*
 * words.c - a text as the words that a shell would make of it.
 *
 * POSIX, Shell Command Language, 2.2: in single quotes all is literal; in
 * double quotes a backslash takes its meaning only before $ ` " \ and a
 * newline; outside it makes any character literal, and a newline vanish.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/words.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/str.h"

#define SPACE " \t\r\n"

static int
single(const char **p, struct str *word, struct err *err)
{
	size_t len = strcspn(*p, "'");

	if ((*p)[len] == '\0')
		return err_set(err, ERR_INVALID, "a quote (') is not closed");
	str_add_len(word, *p, len);
	*p += len + 1;
	return 0;
}

/* A backslash at **p. */
static void
escaped(const char **p, const char *meant, struct str *word)
{
	char c = (*p)[1];

	if (meant != NULL && (c == '\0' || strchr(meant, c) == NULL)) {
		str_add_char(word, '\\');
		*p += 1;
		return;
	}
	if (c != '\0' && c != '\n')
		str_add_char(word, c);
	*p += c == '\0' ? 1 : 2;
}

static int
quoted(const char **p, struct str *word, struct err *err)
{
	while (**p != '"') {
		if (**p == '\0')
			return err_set(err, ERR_INVALID,
			    "a quote (\") is not closed");
		if (**p == '\\')
			escaped(p, "$`\"\\\n", word);
		else
			str_add_char(word, *(*p)++);
	}
	(*p)++;
	return 0;
}

/* One word, from its first character on. */
static int
read_word(const char **p, struct str *word, struct err *err)
{
	int rc = 0;

	while (rc == 0 && **p != '\0' && strchr(SPACE, **p) == NULL) {
		switch (**p) {
		case '\'':
			(*p)++;
			rc = single(p, word, err);
			break;
		case '"':
			(*p)++;
			rc = quoted(p, word, err);
			break;
		case '\\':
			escaped(p, NULL, word);
			break;
		default:
			str_add_char(word, *(*p)++);
		}
	}
	return rc;
}

int
words_split(const char *text, struct arena *a, const char *const **out,
    size_t *n, struct err *err)
{
	struct str word = STR_INIT;
	const char **list = NULL;
	int rc = 0;

	*n = 0;
	for (text += strspn(text, SPACE); rc == 0 && *text != '\0';
	     text += strspn(text, SPACE)) {
		str_clear(&word);
		rc = read_word(&text, &word, err);
		if (rc == 0 && *n == WORDS_MAX)
			rc = err_set(err, ERR_TOO_LARGE,
			    "there are more than %d words", WORDS_MAX);
		if (rc == 0)
			*(const char **)arena_push(a, &list, n,
			    sizeof(*list)) = arena_strndup(a, word.s,
			    word.len);
	}
	if (rc == 0) {
		arena_push(a, &list, n, sizeof(*list));
		(*n)--;
		*out = list;
	}
	str_release(&word);
	return rc;
}

/*
 * shell_words.h - the words of a shell's commands, as far as one must know
 * them to say whether a value may stand in one: what names a command, what
 * is an assignment, and which commands take their arguments for code.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SHELL_WORDS_H
#define PAWL_RUN_SHELL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Where the next word stands. */
enum words_place {
	WORDS_COMMAND,   /* names a command, or is an assignment before it */
	WORDS_PREFIX,    /* names a command, behind "A=b", "exec" or "sudo" */
	WORDS_ARGUMENT,
	WORDS_CASE,      /* behind "case" */
	WORDS_CASE_IN,   /* "in" is to come */
	WORDS_PATTERN,   /* of a case */
	WORDS_TEST,      /* between [[ and ]] */
	WORDS_NAME,      /* behind "function" */
};

/* Of the current command, or of its line. */
enum words_danger {
	WORDS_CODE = 1 << 0,     /* arguments are code */
	WORDS_OPTIONS = 1 << 1,  /* they are behind some option */
	WORDS_DECLARE = 1 << 2,  /* they declare: NAME=VALUE is well */
	WORDS_SUBSCRIPT = 1 << 3, /* code behind -v and -R */
	WORDS_PRINTF = 1 << 4,   /* behind -v */
};

#define WORDS_MAX_BYTES 64

struct words {
	enum words_place place;
	bool target;        /* the next word is a redirection's */
	bool in_word;
	bool array;         /* the words are elements of one */
	char word[WORDS_MAX_BYTES]; /* its text so far, without quotes */
	size_t len;
	bool opaque;        /* some of it is not known: an expansion */
	bool quoted;        /* a quote stands before any "=" */
	bool subscript;     /* it has a "[" that is open */
	int cases;          /* of "case" that are open */
	unsigned danger;    /* of the command */
	const char *options; /* letters that make code of what follows */
	bool line_danger;   /* something on this line reads code */
	bool integers;      /* some variables calculate what is assigned */
	bool compounds;     /* some take "(...)" for a list of words */
	bool list;          /* the word is NAME=(...) */
	bool anew;          /* of WORDS_TEST: to a shell without [[ ]] a
	                       command begins here */
	size_t begin;       /* of the command, in the script */
};

/* One more byte of a word, or one in quotes. */
void
words_add(struct words *w, char c);
void
words_add_quoted(struct words *w, char c);

/* A quote opens. */
void
words_quote(struct words *w);

/* The word has a part that is only known when the script runs. */
void
words_add_opaque(struct words *w);

/* A blank or an operator: the word ends here. */
void
words_end(struct words *w);

/* The command ends: behind ";", "&", "|", "(" or a line. */
void
words_end_command(struct words *w, size_t offset);

/* Must a value stay one word here, although no quotes are around it? Several
 * could be options of "test", or a command behind "env A=". */
bool
words_keep_one(const struct words *w);

/* May a value stand here, as part of a word? NULL, or why not. */
const char *
words_refuse(const struct words *w);

#endif

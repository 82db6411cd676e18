/*
 * shell_scan.h - where in a shell's script a value would stand, and how it
 * can stand there without ever being read as code.
 *
 * The script is text with holes; a hole is a NUL byte. The scan follows what
 * POSIX ("Shell Command Language", 2.2 to 2.10) and bash make of quotes,
 * comments, here-documents, substitutions and commands. Where it cannot
 * follow, a hole has no safe place.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SHELL_SCAN_H
#define PAWL_RUN_SHELL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

enum shell_place {
	SHELL_EXPANDS, /* "${NAME}" is its text here */
	SHELL_WORD,    /* the same in double quotes: it must stay one word */
	SHELL_QUOTED,  /* in single quotes, which must be left for it */
	SHELL_LITERAL, /* in a here-document that expands nothing */
	SHELL_REFUSES, /* see `why` */
};

struct shell_hole {
	size_t offset; /* in the script */
	enum shell_place place;
	const char *why; /* SHELL_REFUSES: "as the name of a command" */
	bool counts; /* in a calculation */
	/* The line that ends the here-document that it is in, if it has no
	 * other bytes but `tabs` tabs at most in front. NULL: it is in none. */
	const char *end;
	size_t end_len;
	bool tabs;
};

/* Fill `holes` in order of the script; there must be room for all. */
void
shell_scan(const char *script, size_t len, struct shell_hole *holes);

#endif

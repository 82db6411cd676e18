/*
 * shell_scanner.h - between the files that scan a shell's script:
 *
 *	shell_scan.c      the walk, byte by byte
 *	shell_hole.c      what a hole may be, where the walk is
 *	shell_document.c  here-documents
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_SHELL_SCANNER_H
#define PAWL_RUN_SHELL_SCANNER_H

#include "lib/run/shell_scan.h"
#include "lib/run/shell_words.h"

#define MAX_FRAMES 40
#define MAX_DOCUMENTS 8

#define SCAN_LOST "where Pawl cannot tell how the shell reads it"

enum frame_kind {
	CODE,     /* commands, up to `close` */
	DOUBLE,   /* "..." */
	SINGLE,   /* '...' */
	DOLLAR,   /* $'...' */
	EXPANDS,  /* ${...} */
	COUNTS,   /* $((...)), ((...)) */
	DOCUMENT, /* the lines of a here-document that expands */
};

struct document;

struct frame {
	enum frame_kind kind;
	char close;       /* of CODE: ")", "`" or NUL */
	bool quoted;      /* of EXPANDS: in double quotes */
	bool refuses;     /* no place for a value */
	int depth;        /* of COUNTS: parentheses that are open */
	const struct document *document; /* of DOCUMENT */
	struct words words; /* of CODE */
};

struct document {
	const char *end;
	size_t end_len;
	size_t depth; /* the frames where it is announced */
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
	size_t line_end;  /* of the line that line_pipe is of */
	size_t line_pipe, group_pipe; /* before them, all goes to a shell */
	bool lost;
};

/* --- shell_scan.c: the stack, the place, and the walk up to an offset --------- */

struct frame *
scan_top(struct scan *s);
char
scan_at(const struct scan *s, size_t offset);
bool
scan_is_hole(const struct scan *s, size_t offset);
struct frame *
scan_push(struct scan *s, enum frame_kind kind);
void
scan_pop(struct scan *s);
void
scan_walk(struct scan *s, size_t end);

/* --- shell_hole.c --------------------------------------------------------------- */

bool
scan_has_words(const struct scan *s, size_t i);
bool
scan_in_backticks(const struct scan *s);
const char *
scan_refuse(struct scan *s);
void
scan_add_hole(struct scan *s, enum shell_place place, const char *why);
void
scan_add_opaque(struct scan *s);
void
scan_take_hole(struct scan *s);
void
scan_take_spoilt_hole(struct scan *s, const char *why);

/* --- shell_document.c ------------------------------------------------------------ */

void
scan_begin_document(struct scan *s);
void
scan_set_document(struct shell_hole *hole, const struct document *d);
void
scan_take_documents(struct scan *s);

#endif

/*
 * pty.h - a terminal of our own between ours and a program elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_PTY_H
#define PAWL_CLI_PTY_H

#include <stdbool.h>
#include <termios.h>
#include "lib/base/err.h"

struct pty {
	int master;
	int slave; /* give it to the program, then pty_begin() */
	int signals[2];
	bool terminal; /* standard input is one, */
	bool raw;      /* and is set to pass everything on */
	bool eof;      /* it has ended */
	struct termios was;
};

/* Make it, with the size of the terminal that we have. */
int
pty_open(struct pty *p, struct err *err);

/* The program has the slave: close ours, and pass on what is typed. */
int
pty_begin(struct pty *p, struct err *err);

/*
 * Pass bytes on, both ways, until `fd` is readable. Returns 1 then, 0 when a
 * signal asks us to end, or nobody takes the output any more.
 */
int
pty_relay(struct pty *p, int fd);

/* Print what is left, and set our terminal as it was. */
void
pty_close(struct pty *p);

#endif

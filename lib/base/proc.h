/*
 * proc.h - other programs: the one function that starts them, and the ways
 * they end.
 *
 * Children get exactly the descriptors that are listed, default signals, an
 * empty signal mask, and no shell is ever involved. A program that cannot be
 * executed is the caller's error, not an exit code to guess.
 *
 * A process is known by its pid *and* its start time, so that a pid that was
 * given to another program meanwhile is not mistaken for it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_PROC_H
#define PAWL_BASE_PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

#define PROC_NULL (-1)    /* /dev/null */
#define PROC_INHERIT (-2) /* the caller's own descriptor 0, 1 or 2 */

struct proc_spec {
	const char *const *argv; /* argv[0] is looked up in PATH; ends in NULL */
	const char *const *env;  /* ends in NULL; NULL inherits environ */
	const char *cwd;         /* NULL stays */
	int in, out, err;        /* descriptor, PROC_NULL or PROC_INHERIT */
	const int *keep;         /* further descriptors, kept at their number */
	size_t n_keep;
	bool session;            /* setsid(): its own session and group */
	bool die_with_parent;    /* SIGKILL when the starter's thread ends */
	uid_t uid;               /* with `drop`: become this user and group, */
	gid_t gid;               /* without supplementary groups */
	bool drop;
	int (*prepare)(void *ctx); /* NULL, or called in the child while it
	                              is still the caller's user: system calls
	                              only; -1 with errno fails the start */
	void *prepare_ctx;
};

struct proc {
	pid_t pid;        /* 0 when nothing was started */
	uint64_t started; /* clock ticks since boot, from the kernel; 0 unknown */
};

/* How a process ended: five different ends, and a lost one is no success. */
enum proc_end_how {
	PROC_EXITED,    /* code is its exit code */
	PROC_SIGNALLED, /* code is the signal */
	PROC_TIMED_OUT, /* we ended it at its limit */
	PROC_CANCELLED, /* we ended it because somebody asked */
	PROC_UNKNOWN,   /* nobody saw its end */
};

struct proc_end {
	enum proc_end_how how;
	int code;
};

/* "exit code 2", "killed by signal 9 (Killed)", "timed out" ... */
void
proc_end_text(const struct proc_end *end, struct str *out);

/* Start a program. Fills `p`. Errors: ERR_NOT_FOUND when there is no such
 * program, ERR_DENIED when it may not be executed, ERR_IO. */
int
proc_spawn(const struct proc_spec *spec, struct proc *p, struct err *err);

/* Wait for a child of ours. timeout_ms < 0 waits for ever. Returns 1 when it
 * ended (`end` is filled and the child is reaped), 0 at the timeout, -1 with
 * err. */
int
proc_wait(const struct proc *p, int timeout_ms, struct proc_end *end,
    struct err *err);

/*
 * Run a program to its end with its output taken: standard output to `out`,
 * standard error to `diag` (either NULL: /dev/null), each cut at `max_bytes`
 * (the rest is read and dropped). `input` (may be NULL) is written to its
 * standard input. At timeout_ms (< 0: none) its whole group is killed and
 * `end` says PROC_TIMED_OUT. Fields in, out, err and session of `spec` are
 * ignored. Returns 0 when it ran, however it ended.
 */
int
proc_run(const struct proc_spec *spec, const char *input, size_t max_bytes,
    int timeout_ms, struct str *out, struct str *diag, struct proc_end *end,
    struct err *err);

/* The same, and any end but exit code 0 is an error that quotes the last
 * line of standard error. */
int
proc_run_ok(const struct proc_spec *spec, const char *input, size_t max_bytes,
    int timeout_ms, struct str *out, struct err *err);

/* The start time of a running process as in struct proc; 0 when there is no
 * such process or the system does not tell. proc_linux.c */
uint64_t
proc_start_time(pid_t pid);

/* Is exactly this process still running? (A zombie is not.) proc_linux.c */
bool
proc_alive(const struct proc *p);

/* A descriptor that polls readable when the process (child or not) has
 * ended; the caller closes it. -1 with err. proc_linux.c */
int
proc_watch(const struct proc *p, struct err *err);

/* SIGKILL for the calling process when its parent dies; returns -1 when the
 * parent is dead already or is not `parent`. proc_linux.c */
int
proc_die_with(pid_t parent);

/* Mark every descriptor from `first` on close-on-exec. proc_linux.c */
void
proc_close_on_exec_from(int first);

#endif

/*
 * check.h - what `pawl admin check` finds: one line for each thing that must
 * be right, and how to mend it when it is not.
 *
 * A probe is one function and one row in cmd_check.c. It adds as many lines
 * as it has things to say, and never changes anything.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CLI_CHECK_H
#define PAWL_CLI_CHECK_H

#include "cli/cli.h"

enum check_level { CHECK_OK, CHECK_WARN, CHECK_FAIL };

struct check_line {
	const char *name; /* "database" */
	enum check_level level;
	const char *text; /* what was found */
	const char *hint; /* how to mend it, or NULL */
};

struct checks {
	struct cli *cli; /* its config is read; its store may be NULL */
	struct check_line *lines;
	size_t n;
};

/* Add a line. `hint` NULL when there is nothing to mend. */
void
check_add(struct checks *c, const char *name, enum check_level level,
    const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* The probes. check_host.c: */
void check_state_dir(struct checks *c);
void check_space(struct checks *c);
void check_git(struct checks *c);
void check_programs(struct checks *c);
/* check_engines.c: */
void check_engines(struct checks *c);
/* check_server.c: */
void check_database(struct checks *c);
void check_clock(struct checks *c);
void check_workerd(struct checks *c);
void check_hooks(struct checks *c);
void check_queue(struct checks *c);
void check_secrets(struct checks *c);
void check_kept(struct checks *c);
/* check_web.c: */
void check_web(struct checks *c);

#endif

/*
 * program.h - what the programs of this room begin with: options,
 * configuration, log, database.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_WORKERD_PROGRAM_H
#define PAWL_WORKERD_PROGRAM_H

#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/store/store.h"

/* Exit codes that mean something to the supervisor. */
#define EXIT_USAGE 2      /* wrong options or configuration */
#define EXIT_TRY_AGAIN 75 /* EX_TEMPFAIL of sysexits.h */

struct program {
	const char *name;        /* "pawl-job" */
	const char *usage;       /* operands and options beyond the common */
	const char *config_file; /* --config, or NULL */
	struct arena arena;      /* of the configuration */
	struct config config;
	struct store *store;
	const char **operands;
	int n_operands;
	int64_t exit_idle_ms;    /* --exit-idle, when `takes_exit_idle`; 0:
	                            not given */
	bool takes_exit_idle;
	bool takes_dry_run; /* --dry-run: say what would be done */
	bool dry_run;
	bool takes_run; /* --run: the operand is a run's id */
	bool run;       /* it was given */
};

/* Read options and configuration, set up the log. Ends the process for
 * --help and --version, and with a message for mistakes. */
void
program_start(struct program *p, int argc, char **argv);

/* Open the database; ends the process with a message when that fails. */
void
program_open_store(struct program *p, enum store_mode mode);

/* A whole number from 1 among the operands; ends the process when it is
 * none. */
int64_t
program_number(const struct program *p, int i);

void
program_end(struct program *p);

/*
 * The words that start another program of Pawl with the same configuration:
 * its path, --config, then `operands` (end in NULL). Live in `a`.
 */
const char *const *
program_command(const char *config_file, const char *name,
    const char *const *operands, struct arena *a);

/* The name that this state directory's containers carry as label: made at
 * the first call, kept in STATE/instance. Lives in `a`; NULL with err. */
const char *
program_instance(const struct config *config, struct arena *a,
    struct err *err);

#endif

/*
 * programs.h - where programs lie, Pawl's own first of all.
 *
 * Programs that people do not call themselves (workerd, the job's process,
 * the handlers, pawl-init) are all installed into one folder. A build tree
 * keeps the same shape: all of them are built into its folder "libexec/"
 * (Makefile.am names them libexec/pawl-NAME), so that running without an
 * installation means one variable: PAWL_LIBEXEC_DIR=BUILD/libexec.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_PROGRAMS_H
#define PAWL_BASE_PROGRAMS_H

#include <stdbool.h>
#include "lib/base/str.h"

/* Append the path of a program such as "pawl-init": in $PAWL_LIBEXEC_DIR when
 * that is an absolute path, else where it was installed. Whether it is there
 * is for the caller to find. */
void
program_path(const char *name, struct str *out);

/* Is a program of others in a folder of $PATH? */
bool
program_installed(const char *name);

#endif

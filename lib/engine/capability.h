/*
 * capability.h - names of Linux's capabilities. Used by the static pawl-init
 * too, so nothing here needs lib/base.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_CAPABILITY_H
#define PAWL_ENGINE_CAPABILITY_H

/* The number of "SYS_PTRACE", as in <linux/capability.h>; -1 when there is no
 * capability of that name. */
int
capability_bit(const char *name);

#endif

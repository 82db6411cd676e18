/*
 * systemd.h - the two protocols between a service and systemd that Pawl
 * speaks: a socket that was passed, and news for the supervisor. Both are
 * plain environment variables (sd_listen_fds(3), sd_notify(3)), so neither
 * needs a library, and without systemd both do nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_SYSTEMD_H
#define PAWL_BASE_SYSTEMD_H

#include <stdbool.h>

/* The descriptor of the one socket that systemd passed to this very process,
 * when it is of this type (SOCK_STREAM, SOCK_DGRAM); else -1. */
int
systemd_socket(int type);

/* Tell systemd, such as "READY=1". False when nobody wants to know or the
 * message did not get there. */
bool
systemd_notify(const char *state);

#endif

/*
 * wake.h - the datagram that wakes workerd after a commit.
 *
 * It carries nothing but "look": what there is to do stands in the database.
 * A lost one costs nothing but time, because workerd also watches the
 * database itself (doc/design.md, section 2). So sending cannot fail in a
 * way that matters to the sender, and never waits.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_WAKE_H
#define PAWL_BASE_WAKE_H

#include <stdbool.h>
#include "lib/base/err.h"

/* Tell the workerd of this run-dir to look. False when nobody listens. */
bool
wake_send(const char *run_dir);

/*
 * Bind RUN_DIR/wake.sock in place of one left behind; the caller makes sure
 * that it is the only workerd. A socket that systemd passed is taken instead,
 * so that a datagram can start workerd. Everybody who reaches the folder may send.
 * Returns a nonblocking descriptor, or -1.
 */
int
wake_listen(const char *run_dir, struct err *err);

/* Read what has come and forget it. */
void
wake_drain(int fd);

#endif

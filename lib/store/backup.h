/*
 * backup.h - a copy of the database while it is used, and making it small.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_STORE_BACKUP_H
#define PAWL_STORE_BACKUP_H

#include "lib/store/store.h"

/*
 * Copy it as it is at one moment into a file, which is made whole or not at
 * all (SQLite's online backup). Writers wait for no more than some pages at a
 * time. The file is for its owner alone. ERR_EXISTS, ERR_BUSY, ERR_IO.
 */
int
store_backup(struct store *st, const char *path, struct err *err);

/* Write it anew without the room that removed rows have left. Writers wait
 * meanwhile, and it takes as much room on the disk again. */
int
store_vacuum(struct store *st, struct err *err);

#endif

/*
 * backup.c - see backup.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "lib/store/statement.h"

#define PAGES_AT_ONCE 256
#define PAUSE_MS 5
#define TRIES_MAX 12000 /* of a busy database, PAUSE_MS apart: a minute */

static int
copy_pages(sqlite3 *to, sqlite3 *from, struct err *err)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	int rc = SQLITE_OK, tries = 0;

	if (b == NULL)
		return err_set(err, ERR_IO, "cannot copy the database: %s",
		    sqlite3_errmsg(to));
	while (rc == SQLITE_OK || ((rc == SQLITE_BUSY ||
	    rc == SQLITE_LOCKED) && tries++ < TRIES_MAX)) {
		rc = sqlite3_backup_step(b, PAGES_AT_ONCE);
		if (rc != SQLITE_DONE)
			sqlite3_sleep(PAUSE_MS);
	}
	sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		return 0;
	return err_set(err, rc == SQLITE_BUSY || rc == SQLITE_LOCKED ?
	    ERR_BUSY : ERR_IO, "cannot copy the database: %s",
	    sqlite3_errstr(rc));
}

static int
sync_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc = fd == -1 || fsync(fd) == -1 ? err_errno(err,
	    "cannot write \"%s\"", path) : 0;

	if (fd != -1)
		close(fd);
	return rc;
}

/* Into a file that is made here, with rights for its owner alone. */
static int
copy_to(struct store *st, const char *path, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	sqlite3 *to = NULL;
	int rc;

	if (fd == -1)
		return err_errno(err, "cannot make \"%s\"", path);
	close(fd);
	if (sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE, NULL) !=
	    SQLITE_OK)
		rc = err_set(err, ERR_IO, "cannot write \"%s\": %s", path,
		    sqlite3_errmsg(to));
	else
		rc = copy_pages(to, st->db, err);
	if (sqlite3_close(to) != SQLITE_OK && rc == 0)
		rc = err_set(err, ERR_IO, "cannot close \"%s\"", path);
	return rc == 0 ? sync_file(path, err) : rc;
}

int
store_backup(struct store *st, const char *path, struct err *err)
{
	struct str part = STR_INIT;
	int rc;

	if (access(path, F_OK) == 0)
		return err_set(err, ERR_EXISTS, "\"%s\" is there already",
		    path);
	str_addf(&part, "%s.part", path);
	if (unlink(part.s) == -1 && errno != ENOENT)
		rc = err_errno(err, "cannot remove \"%s\"", part.s);
	else
		rc = copy_to(st, part.s, err);
	if (rc == 0 && rename(part.s, path) == -1)
		rc = err_errno(err, "cannot make \"%s\"", path);
	if (rc == -1)
		unlink(part.s);
	str_release(&part);
	return rc;
}

int
store_vacuum(struct store *st, struct err *err)
{
	bool ready = st->ready;
	int rc;

	st->ready = false; /* it is a transaction by itself */
	rc = store_exec(st, SQL_META_VACUUM, NULL, err);
	st->ready = ready;
	return rc == -1 ? -1 : 0;
}

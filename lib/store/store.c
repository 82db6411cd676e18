/*
 * store.c - the database: open, close, transactions.
 *
 * A CGI handler opens it for each request, so opening asks no table: the
 * version stands in the file's header, and statements are prepared when they
 * are first used.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "lib/store/statement.h"

/* Handlers run as other users of the same group and write as well. */
#define DB_MODE 0660

/* Make an empty file with the right mode, unless it is there: SQLite would
 * take the mode from the umask. */
static int
make_file(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, DB_MODE);
	int rc = 0;

	if (fd == -1)
		return errno == EEXIST ? 0 :
		    err_errno(err, "cannot make database \"%s\"", path);
	if (fchmod(fd, DB_MODE) == -1)
		rc = err_errno(err, "cannot set the mode of \"%s\"", path);
	(void)close(fd);
	return rc;
}

static int
find_file(const char *path, struct err *err)
{
	struct stat sb;

	if (stat(path, &sb) == 0)
		return 0;
	if (errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "there is no database at "
		    "\"%s\": make it with \"pawl admin migrate\"", path);
	return err_errno(err, "cannot open database \"%s\"", path);
}

/* Settings that belong to the connection, not to the file. */
static int
set_up(struct store *st, struct err *err)
{
	static const enum sql_id settings[] = {
		SQL_META_FOREIGN_KEYS_ON,
		SQL_META_SYNCHRONOUS_FULL,
		SQL_META_CACHE_SMALL,
		SQL_META_WAL_BOUNDS,
		SQL_META_WAL_LIMIT,
	};
	int64_t ignored;

	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (store_number(st, settings[i], NULL, &ignored, err) == -1)
			return -1;
	return 0;
}

/* Without WAL (see place.c) the rollback journal is kept and cut instead of
 * removed: one folder operation less in each commit. */
static int
set_journal(struct store *st, struct err *err)
{
	static const struct field fields[] = {
		{ "journal_mode", FIELD_TEXT, 0 },
	};
	static const struct shape shape = { fields, 1, sizeof(char *) };
	struct arena a = ARENA_INIT(0);
	const char *mode = NULL;
	int64_t ignored;
	int rc;

	rc = store_row(st, SQL_META_JOURNAL_MODE, NULL, &shape, &a, &mode,
	    err);
	st->has_wal = rc == 1 && str_equal(mode, "wal");
	if (rc == 1 && !st->has_wal)
		rc = store_number(st, SQL_META_JOURNAL_TRUNCATE, NULL,
		    &ignored, err);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

static int
check_version(struct store *st, struct err *err)
{
	int64_t id, wanted = store_version_wanted();
	int version;

	if (store_version(st, &version, err) == -1 ||
	    store_number(st, SQL_META_APPLICATION_ID, NULL, &id, err) == -1)
		return -1;
	if (version > 0 && id != STORE_APPLICATION_ID)
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is a database of "
		    "another program", st->path);
	if (version > wanted)
		return err_set(err, ERR_UNSUPPORTED, "database \"%s\" has "
		    "version %d, newer than the %d of this program: use the "
		    "newer program", st->path, version, (int)wanted);
	if (version < wanted)
		return err_set(err, ERR_UNSUPPORTED, "database \"%s\" has "
		    "version %d, older than the %d of this program: run "
		    "\"pawl admin migrate\"", st->path, version, (int)wanted);
	return 0;
}

static int
connect_to(struct store *st, struct err *err)
{
	int rc = sqlite3_open_v2(st->path, &st->db,
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL);

	if (rc != SQLITE_OK)
		return store_sqlite_err(st, rc, "open", err);
	sqlite3_busy_timeout(st->db, STORE_BUSY_TIMEOUT_MS);
	if (sqlite3_db_readonly(st->db, "main") == 1)
		return err_set(err, ERR_IO, "database \"%s\" can only be "
		    "read: give this user the right to write the file and its "
		    "folder", st->path);
	return 0;
}

/* The last handler to leave would empty the WAL and remove it, and the next
 * one make it again: three flushes of the disk for nothing. */
static int
keep_wal(struct store *st, struct err *err)
{
	int rc = sqlite3_db_config(st->db,
	    SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);

	if (rc != SQLITE_OK)
		return store_sqlite_err(st, rc, "configure", err);
	return 0;
}

static int
open_existing(struct store *st, struct err *err)
{
	if (find_file(st->path, err) == -1 || connect_to(st, err) == -1 ||
	    set_up(st, err) == -1 || check_version(st, err) == -1 ||
	    set_journal(st, err) == -1)
		return -1;
	return keep_wal(st, err);
}

static int
open_and_migrate(struct store *st, struct err *err)
{
	if (make_file(st->path, err) == -1 || connect_to(st, err) == -1 ||
	    set_up(st, err) == -1 || store_migrate(st, err) == -1 ||
	    check_version(st, err) == -1)
		return -1;
	return set_journal(st, err);
}

int
store_open(struct store **out, const char *path, enum store_mode mode,
    struct err *err)
{
	struct store *st;
	int rc;

	if (sodium_init() == -1)
		return err_set(err, ERR_IO, "the system gives no random "
		    "numbers");
	st = mem_calloc(1, sizeof(*st));
	st->path = mem_strdup(path);
	rc = mode == STORE_MIGRATE ? open_and_migrate(st, err) :
	    open_existing(st, err);
	if (rc == -1) {
		store_close(st);
		return -1;
	}
	st->ready = true;
	*out = st;
	return 0;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	for (size_t i = 0; i < SQL_N; i++)
		(void)sqlite3_finalize(st->cache[i]);
	(void)sqlite3_close(st->db);
	free(st->path);
	free(st);
}

int
store_version(struct store *st, int *version, struct err *err)
{
	int64_t v;

	if (store_number(st, SQL_META_VERSION, NULL, &v, err) == -1)
		return -1;
	*version = (int)v;
	return 0;
}

int
store_version_wanted(void)
{
	return SQL_N_MIGRATIONS;
}

/* SQLite takes this setting when it prepares the statement, so each time is
 * the first. Without WAL less than FULL would risk the file itself. */
static int
set_hasty(struct store *st, bool hasty, struct err *err)
{
	enum sql_id id = hasty ? SQL_META_SYNCHRONOUS_NORMAL :
	    SQL_META_SYNCHRONOUS_FULL;
	int64_t ignored;

	if (hasty == st->hasty || !st->has_wal)
		return 0;
	(void)sqlite3_finalize(st->cache[id]);
	st->cache[id] = NULL;
	if (store_number(st, id, NULL, &ignored, err) == -1)
		return -1;
	st->hasty = hasty;
	return 0;
}

static int
begin(struct store *st, bool hasty, struct err *err)
{
	if (st->depth > 0) {
		st->depth++;
		return 0;
	}
	if (set_hasty(st, hasty, err) == -1)
		return -1;
	st->depth = 1;
	st->failed = false;
	if (store_exec(st, SQL_META_BEGIN, NULL, err) == -1) {
		st->depth = 0;
		return -1;
	}
	return 0;
}

int
store_begin(struct store *st, struct err *err)
{
	return begin(st, false, err);
}

int
store_begin_hasty(struct store *st, struct err *err)
{
	return begin(st, true, err);
}

/* Nothing more can be done when this fails: SQLite has rolled back by itself
 * (disk full, input/output error), or the next open will. */
static void
roll_back(struct store *st)
{
	if (!sqlite3_get_autocommit(st->db))
		(void)store_exec(st, SQL_META_ROLLBACK, NULL, NULL);
}

int
store_commit(struct store *st, struct err *err)
{
	int rc;

	if (st->depth == 0)
		return err_set(err, ERR_BUG, "commit without a transaction");
	if (st->depth > 1) {
		st->depth--;
		return 0;
	}
	if (st->failed)
		rc = err_set(err, ERR_BUG, "database \"%s\": the transaction "
		    "was given up by one of its parts", st->path);
	else
		rc = store_exec(st, SQL_META_COMMIT, NULL, err);
	if (rc == -1)
		roll_back(st);
	st->depth = 0;
	return rc == -1 ? -1 : 0;
}

void
store_rollback(struct store *st)
{
	if (st->depth == 0)
		return;
	st->failed = true;
	if (--st->depth == 0)
		roll_back(st);
}

int
store_end(struct store *st, int rc, struct err *err)
{
	if (rc == -1) {
		store_rollback(st);
		return -1;
	}
	return store_commit(st, err) == -1 ? -1 : rc;
}

int
store_check(struct store *st, struct err *err)
{
	static const struct field fields[] = {
		{ "quick_check", FIELD_TEXT, 0 },
	};
	static const struct shape shape = { fields, 1, sizeof(char *) };
	struct arena a = ARENA_INIT(0);
	const char *text = NULL;
	int64_t lost = 0;
	int rc;

	rc = store_row(st, SQL_META_QUICK_CHECK, NULL, &shape, &a, &text, err);
	if (rc == 1 && !str_equal(text, "ok"))
		rc = err_set(err, ERR_CORRUPT, "database \"%s\" is damaged: "
		    "%s: restore a backup", st->path, text);
	if (rc == 1)
		rc = store_number(st, SQL_META_FOREIGN_KEY_CHECK, NULL,
		    &lost, err);
	if (rc == 1 && lost > 0)
		rc = err_set(err, ERR_CORRUPT, "database \"%s\" is damaged: "
		    "%lld rows refer to rows that are gone: restore a backup",
		    st->path, (long long)lost);
	arena_release(&a);
	return rc == -1 ? -1 : 0;
}

void
store_uuid(char out[37])
{
	unsigned char b[16];
	char hex[33];

	randombytes_buf(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* its variant */
	sodium_bin2hex(hex, sizeof(hex), b, sizeof(b));
	(void)snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
}

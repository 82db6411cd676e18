/*
 * migrate.c - bring a database to this program's version.
 *
 * Each migration is one transaction that ends with the new version in the
 * file's header. The version is read again under the write lock, so of two
 * processes that migrate at once one works and the other finds it done.
 *
 * Foreign keys do not act meanwhile (a table that is rebuilt is dropped
 * first, and would take along what belongs to it); they are checked as a
 * whole before each commit instead.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <poll.h>
#include <sqlite3.h>

#include "lib/base/clock.h"
#include "lib/store/internal.h"
#include "lib/store/seal.h"
#include "lib/store/statement.h"

/* Never touch a database that is not ours or newer than we know. The order of
 * the reads matters: another process may migrate between them, and a table or
 * a version that was seen comes with the id. */
static int
check_before(struct store *st, int *version, struct err *err)
{
	int64_t id, tables;

	if (store_number(st, SQL_META_TABLES, NULL, &tables, err) == -1 ||
	    store_version(st, version, err) == -1 ||
	    store_number(st, SQL_META_APPLICATION_ID, NULL, &id, err) == -1)
		return -1;
	if (id != STORE_APPLICATION_ID && (tables > 0 || *version > 0))
		return err_set(err, ERR_UNSUPPORTED, "\"%s\" is a database of "
		    "another program", st->path);
	if (*version > store_version_wanted())
		return err_set(err, ERR_UNSUPPORTED, "database \"%s\" has "
		    "version %d, newer than the %d of this program: use the "
		    "newer program", st->path, *version,
		    store_version_wanted());
	return 0;
}

static int
apply(struct store *st, int version, struct err *err)
{
	int64_t lost;
	int rc, reached;

	rc = sqlite3_exec(st->db, sql_migrations[version - 1], NULL, NULL,
	    NULL);
	if (rc != SQLITE_OK)
		return store_sqlite_err(st, rc, "migration", err);
	if (store_version(st, &reached, err) == -1 ||
	    store_number(st, SQL_META_FOREIGN_KEY_CHECK, NULL, &lost,
		err) == -1)
		return -1;
	if (lost > 0)
		return err_set(err, ERR_CORRUPT, "%lld rows would refer to "
		    "rows that are gone", (long long)lost);
	if (reached != version)
		return err_set(err, ERR_BUG, "migration %d ends with version "
		    "%d in the file's header", version, reached);
	return store_exec(st, SQL_META_MIGRATED, PARAMS(
	    P_INT("version", version), P_INT("now", clock_now_ms())), err);
}

/* One step: 1 when a migration was applied, 0 when none is missing. */
static int
migrate_step(struct store *st, struct err *err)
{
	int version, rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = check_before(st, &version, err);
	if (rc == 0 && version < store_version_wanted()) {
		rc = apply(st, version + 1, err);
		if (rc == -1)
			err_wrap(err, "migrating to version %d", version + 1);
		else
			rc = 1;
	}
	return store_end(st, rc, err);
}

/* A key that is lost is not replaced in silence: what it sealed would be lost
 * as well, and the next webhook would tell it the wrong way. */
static int
make_key(struct store *st, struct err *err)
{
	int rc = seal_make_folder(st->path, err);
	int64_t sealed;

	if (rc == 0)
		rc = seal_has_key(st->path, SEAL_HOOKS, err);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (store_number(st, SQL_HOOK_SECRET_ALL, NULL, &sealed, err) == -1)
		return -1;
	if (sealed > 0)
		return err_set(err, ERR_IO, "\"hook.key\" beside \"%s\" is "
		    "missing, and %lld webhook secrets are sealed with it: "
		    "restore it from the backup, or remove those repositories",
		    st->path, (long long)sealed);
	return seal_make_key(st->path, SEAL_HOOKS, err);
}

/* Going over to WAL needs the file alone for a moment, and SQLite does not
 * wait for that by itself. */
static int
set_wal(struct store *st, struct err *err)
{
	int64_t until = clock_mono_ms() + STORE_BUSY_TIMEOUT_MS, ignored;
	struct err last = { 0 };

	while (store_number(st, SQL_META_JOURNAL_WAL, NULL, &ignored,
		&last) == -1) {
		if (last.code != ERR_BUSY || clock_mono_ms() >= until)
			return err_set(err, last.code, "setting up its "
			    "write-ahead log: %s", last.text);
		(void)poll(NULL, 0, 10);
	}
	return 0;
}

static int
migrate_all(struct store *st, struct err *err)
{
	int64_t ignored;
	int rc;

	if (store_number(st, SQL_META_FOREIGN_KEYS_OFF, NULL, &ignored,
		err) == -1)
		return -1;
	while ((rc = migrate_step(st, err)) == 1)
		continue;
	if (rc == 0)
		rc = store_number(st, SQL_META_FOREIGN_KEYS_ON, NULL,
		    &ignored, err);
	return rc;
}

int
store_migrate(struct store *st, struct err *err)
{
	int version;

	if (check_before(st, &version, err) == -1)
		return -1;
	if (place_has_wal(st->path) && set_wal(st, err) == -1)
		return -1;
	return migrate_all(st, err) == -1 ? -1 : make_key(st, err);
}

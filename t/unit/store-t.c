/*
 * store-t.c - the database itself: opening, versions, transactions, what
 * survives a kill, the sealed secrets, and the rules of the statement layer.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/hook_secrets.h"
#include "lib/store/internal.h"
#include "lib/store/outbox.h"
#include "lib/store/statement.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static void
refused(const char *path, enum store_mode mode, enum err_code code,
    const char *part)
{
	struct err err = { 0 };
	struct store *st = NULL;

	is_int(store_open(&st, path, mode, &err), -1, "refused: %s",
	    err.text);
	is_int(err.code, (int)code, "with its code");
	ok(strstr(err.text, part) != NULL, "that says \"%s\"", part);
}

static void
test_open(void)
{
	const char *path = fixture_path();
	struct err err = { 0 };
	struct store *st;
	struct stat sb;
	int version;

	refused(path, STORE_EXISTING, ERR_NOT_FOUND, "pawl admin migrate");
	refused("/nowhere/pawl.db", STORE_MIGRATE, ERR_NOT_FOUND,
	    "/nowhere/pawl.db");
	must(store_open(&st, path, STORE_MIGRATE, &err));
	must(store_version(st, &version, &err));
	is_int(version, store_version_wanted(), "made at this version");
	store_close(st);
	ok(stat(path, &sb) == 0 && (sb.st_mode & 0777) == 0660,
	    "for its user and group");
	must(store_open(&st, path, STORE_MIGRATE, &err));
	store_close(st);
	is_int(fixture_sql(path, "SELECT count(*) FROM schema_migrations"),
	    store_version_wanted(), "migrating again does nothing");
	st = fixture_open(path);
	must(store_check(st, &err));
	store_close(st);
}

static int64_t
setting(struct store *st, const char *sql)
{
	sqlite3_stmt *s = NULL;
	int64_t v = -1;

	if (sqlite3_prepare_v2(st->db, sql, -1, &s, NULL) == SQLITE_OK &&
	    sqlite3_step(s) == SQLITE_ROW)
		v = sqlite3_column_int64(s, 0);
	(void)sqlite3_finalize(s);
	return v;
}

static void
test_settings(void)
{
	struct store *st = fixture_store(NULL);

	is_int(setting(st, "PRAGMA foreign_keys"), 1, "foreign keys count");
	is_int(setting(st, "PRAGMA synchronous"), 2, "commits are flushed");
	is_int(setting(st, "PRAGMA busy_timeout"), 5000, "locks are waited "
	    "for");
	is_int(setting(st, "SELECT journal_mode = 'wal' FROM "
	    "pragma_journal_mode"), 1, "readers do not wait for writers");
	store_close(st);
}

static void
test_versions(void)
{
	const char *path = fixture_path();

	store_close(fixture_store(&path));
	fixture_sql(path, "PRAGMA user_version = 99");
	refused(path, STORE_EXISTING, ERR_UNSUPPORTED, "newer");
	refused(path, STORE_MIGRATE, ERR_UNSUPPORTED, "newer");
	refused(path, STORE_EXISTING, ERR_UNSUPPORTED, "99");
	fixture_sql(path, "PRAGMA user_version = 0");
	refused(path, STORE_EXISTING, ERR_UNSUPPORTED, "older");

	path = fixture_path();
	fixture_sql(path, "CREATE TABLE theirs (a); "
	    "INSERT INTO theirs VALUES (1); PRAGMA user_version = 1");
	refused(path, STORE_EXISTING, ERR_UNSUPPORTED, "another program");
	refused(path, STORE_MIGRATE, ERR_UNSUPPORTED, "another program");
	is_int(fixture_sql(path, "SELECT count(*) FROM sqlite_schema"), 1,
	    "and is left alone");
}

static void
test_no_database(void)
{
	const char *path = fixture_path();
	struct err err = { 0 };
	char text[8192];

	memset(text, 'x', sizeof(text));
	must(file_replace(path, text, sizeof(text), 0644, false, &err));
	refused(path, STORE_EXISTING, ERR_CORRUPT, "not a database");
	refused(path, STORE_MIGRATE, ERR_CORRUPT, "not a database");
}

/* A table that is in the way makes the first migration fail in its middle. */
static void
test_failing_migration(void)
{
	const char *path = fixture_path();
	struct store *st;
	struct err err = { 0 };

	fixture_sql(path, "PRAGMA application_id = 1348564844; "
	    "CREATE TABLE runs (a)");
	refused(path, STORE_MIGRATE, ERR_BUG, "migrating to version 1");
	is_int(fixture_sql(path, "SELECT count(*) FROM sqlite_schema"), 1,
	    "nothing of it stays");
	is_int(fixture_sql(path, "PRAGMA user_version"), 0,
	    "nor its version");
	fixture_sql(path, "DROP TABLE runs");
	must(store_open(&st, path, STORE_MIGRATE, &err));
	store_close(st);
	ok(true, "and it works when the cause is mended");
}

/* A database of version 1 with a run under way: nothing of it is lost, what
 * refers to jobs still does, and the run comes to an end. */
static void
test_from_version_1(void)
{
	const char *path = fixture_path();
	struct str sql = STR_INIT;
	struct err err = { 0 };
	struct store *st;

	fixture_sql(path, sql_migrations[0]);
	str_add(&sql, "INSERT INTO repos VALUES (1, 'github', 'o', 'n', 'u', "
	    "'main', NULL, 1, 1); INSERT INTO runs VALUES (1, "
	    "'00000000-0000-4000-8000-000000000001', 1, 1, "
	    "NULL, NULL, 'ci', '.ci.yml', 'push', 'refs/heads/main', 'main', "
	    "'0', 't', 'a', 'w', NULL, 'pending', 1, 1, NULL, NULL, 1); "
	    "INSERT INTO jobs (id, uuid, run, key, title, plan, state, "
	    "priority, queued_at_ms, rank_ms, created_at_ms, updated_at_ms) "
	    "VALUES (3, 'u3', 1, 'a', 'A', '{}', 'pending', 1, 1, 1, 1, 1), "
	    "(9, 'u9', 1, 'gone', 'G', '{}', 'blocked', 1, NULL, NULL, 1, 1), "
	    "(5, 'u5', 1, 'b', 'B', '{}', 'blocked', 1, NULL, NULL, 1, 1); "
	    "DELETE FROM jobs WHERE id = 9; "
	    "INSERT INTO job_needs VALUES (5, 3); "
	    "INSERT INTO steps (job, attempt, number, title, command, state) "
	    "VALUES (5, 1, 1, 's', 'c', 'queued')");
	fixture_sql(path, sql.s);
	must(store_open(&st, path, STORE_MIGRATE, &err));
	is_int(fixture_sql(path, "SELECT needs = '[\"a\"]' FROM jobs "
	    "WHERE id = 5"), 1, "needs stand with their job");
	is_int(fixture_sql(path, "SELECT count(*) FROM steps s JOIN jobs j "
	    "ON j.id = s.job"), 1, "steps still have theirs");
	is_int(fixture_sql(path, "SELECT seq FROM sqlite_sequence "
	    "WHERE name = 'jobs'"), 9, "no id is given again");
	fixture_advance(st, 1);
	is_str(fixture_run_state(st, 1), "failed", "a run of the old version "
	    "ends");
	is_int(fixture_sql(path, "SELECT instr(problems, 'older version') > 0 "
	    "FROM runs"), 1, "and says why");
	must(repo_remove(st, 1, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM steps"), 0,
	    "and goes whole with its repository");
	str_release(&sql);
	store_close(st);
}

static int
migrate(int i, void *ctx)
{
	struct store *st = NULL;
	struct err err = { 0 };
	int rc = store_open(&st, ctx, STORE_MIGRATE, &err);

	(void)i;
	if (rc == -1)
		printf("# %s\n", err.text);
	store_close(st);
	return rc == -1;
}

static void
test_migrating_at_once(void)
{
	for (int turn = 0; turn < 5; turn++) {
		const char *path = fixture_path();
		struct store *st;
		int64_t repo;

		is_int(fixture_fork(6, migrate, (void *)(uintptr_t)path), 0,
		    "six processes migrate at once");
		is_int(fixture_sql(path, "SELECT count(*) FROM "
		    "schema_migrations"), store_version_wanted(),
		    "each migration is applied once");
		st = fixture_open(path);
		repo = fixture_repo(st, "r");
		ok(fixture_run(st, repo, 1, "a") == 1, "and it works");
		store_close(st);
	}
}

static void
test_transactions(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	struct err err = { 0 };

	must(store_begin(st, &err));
	fixture_repo(st, "a");
	must(store_begin(st, &err));
	fixture_repo(st, "b");
	must(store_commit(st, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 0,
	    "an inner commit is none");
	must(store_commit(st, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 2,
	    "the outermost is");

	must(store_begin(st, &err));
	fixture_repo(st, "c");
	must(store_begin(st, &err));
	store_rollback(st);
	is_int(store_commit(st, &err), -1, "after an inner rollback: %s",
	    err.text);
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 2,
	    "nothing is stored");
	must(store_begin(st, &err));
	fixture_repo(st, "d");
	store_rollback(st);
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 2,
	    "nor after an outer one");
	fixture_repo(st, "e");
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 3,
	    "and the connection is as before");
	is_int(store_commit(st, &err), -1, "a commit of nothing is refused");
	store_close(st);
}

static void
test_hasty(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	struct err err = { 0 };

	must(store_begin_hasty(st, &err));
	is_int(setting(st, "PRAGMA synchronous"), 1, "a hasty commit waits "
	    "for no disk");
	must(store_begin(st, &err));
	fixture_repo(st, "a");
	must(store_commit(st, &err));
	must(store_commit(st, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 1,
	    "but others see it");
	for (int i = 0; i < 2; i++) {
		must(store_begin(st, &err));
		is_int(setting(st, "PRAGMA synchronous"), 2, "the next does");
		must(store_begin_hasty(st, &err));
		must(store_commit(st, &err));
		is_int(setting(st, "PRAGMA synchronous"), 2, "with all that "
		    "is in it");
		must(store_commit(st, &err));
		must(store_begin_hasty(st, &err));
		is_int(setting(st, "PRAGMA synchronous"), 1, "each time");
		store_rollback(st);
	}
	store_close(st);
}

/* Another program holds the lock: wait for it, but not for ever. */
static void
test_locked(void)
{
	const char *path;
	struct store *st = fixture_store(&path), *other = fixture_open(path);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct repo r;
	int fds[2];
	char c;

	fixture_repo(st, "r");
	must(store_begin(other, &err));
	sqlite3_busy_timeout(st->db, 20);
	is_int(store_begin(st, &err), -1, "locked: %s", err.text);
	is_int(err.code, ERR_BUSY, "it can be tried again");
	is_int(must(repo_find(st, "owner", "r", &a, &r, &err)), 1,
	    "reading goes on");
	store_close(other);

	sqlite3_busy_timeout(st->db, STORE_BUSY_TIMEOUT_MS);
	if (!ok(pipe(fds) == 0, "a pipe"))
		return;
	if (fork() == 0) {
		other = fixture_open(path);
		must(store_begin(other, &err));
		(void)!write(fds[1], "x", 1);
		(void)usleep(300000);
		must(store_commit(other, &err));
		_exit(0);
	}
	ok(read(fds[0], &c, 1) == 1, "another process has the lock");
	fixture_repo(st, "waited");
	ok(true, "which is waited for");
	(void)wait(NULL);
	(void)close(fds[0]);
	(void)close(fds[1]);
	arena_release(&a);
	store_close(st);
}

/* Write runs for ever; tell the number of each commit. */
static int
write_runs(const char *path, int to)
{
	struct store *st = fixture_open(path);
	struct err err = { 0 };

	for (;;) {
		int64_t run;

		must(store_begin(st, &err));
		run = fixture_run(st, 1, 1, "a b:a");
		fixture_run(st, 1, 1, "a");
		must(store_commit(st, &err));
		if (write(to, &run, sizeof(run)) != sizeof(run))
			return 0;
	}
}

/* Read what the writer told until `enough` commits, kill it, read the rest. */
static int64_t
kill_after(pid_t pid, int from, int enough)
{
	int64_t run, last = 0;
	int n = 0;

	while (read(from, &run, sizeof(run)) == sizeof(run)) {
		last = run;
		if (++n == enough)
			(void)kill(pid, SIGKILL);
	}
	(void)waitpid(pid, NULL, 0);
	return last;
}

static void
test_killed_writer(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t last = 0;
	int bad = 0;

	fixture_repo(st, "r");
	store_close(st);
	for (int turn = 0; turn < 12; turn++) {
		struct err err = { 0 };
		int fds[2];
		pid_t pid;
		int64_t told;

		if (pipe(fds) == -1)
			break;
		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			(void)close(fds[0]);
			_exit(write_runs(path, fds[1]));
		}
		(void)close(fds[1]);
		told = kill_after(pid, fds[0], 1 + turn);
		(void)close(fds[0]);
		st = fixture_open(path);
		bad += store_check(st, &err) == -1;
		store_close(st);
		/* What was told is there; the two runs of a commit come
		 * together. */
		bad += told <= last;
		last = fixture_sql(path, "SELECT max(id) FROM runs");
		bad += last < told + 1 || last % 2 != 0;
	}
	is_int(bad, 0, "a writer killed twelve times loses nothing that it "
	    "told, and leaves nothing half");
	is_int(fixture_sql(path, "SELECT count(*) FROM runs r WHERE "
	    "r.number <> r.id OR (SELECT count(*) FROM jobs WHERE "
	    "run = r.id) <> 1 + r.id % 2 OR (SELECT max(seq) FROM events "
	    "WHERE run = r.id) <> 2 + r.id % 2"), 0, "every run is whole");
}

/* A process that dies with an open transaction leaves no trace and no lock. */
static void
test_killed_in_transaction(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	struct err err = { 0 };
	int fds[2];
	pid_t pid;
	char c;

	if (!ok(pipe(fds) == 0, "a pipe"))
		return;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		st = fixture_open(path);
		must(store_begin(st, &err));
		for (int i = 0; i < 50; i++) {
			char name[16];

			(void)snprintf(name, sizeof(name), "r%d", i);
			fixture_run(st, fixture_repo(st, name), 1, "a b c d");
		}
		(void)!write(fds[1], "x", 1);
		(void)pause();
	}
	ok(read(fds[0], &c, 1) == 1, "a process is in its transaction");
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	ok(fixture_repo(st, "mine") > 0, "its lock died with it");
	is_int(fixture_sql(path, "SELECT count(*) FROM repos"), 1,
	    "so did its rows");
	must(store_check(st, &err));
	(void)close(fds[0]);
	(void)close(fds[1]);
	store_close(st);
}

static const char *
key_of(const char *path)
{
	static char key[300];

	(void)snprintf(key, sizeof(key), "%.*s/hook.key",
	    (int)(strrchr(path, '/') - path), path);
	return key;
}

static int
secret_of(struct store *st, int64_t repo, struct arena *a,
    const char **secret, struct err *err)
{
	struct hook_secret *list;
	size_t n;

	err_clear(err);
	if (hook_secret_open(st, repo, a, &list, &n, err) == -1)
		return -1;
	if (n == 1)
		*secret = list[0].value;
	return (int)n;
}

/* A database with one repository that has a secret; its id. */
static int64_t
sealed_repo(struct store *st, const char *name, const char *secret)
{
	const struct repo r = { .forge = "gitea", .owner = "o", .name = name,
		.clone_url = "u", .default_branch = "main" };
	struct err err = { 0 };
	int64_t id;

	must(repo_add(st, &r, secret, &id, &err));
	return id;
}

static void
test_secrets(void)
{
	const char *path, *secret = NULL;
	struct store *st = fixture_store(&path);
	struct str db = STR_INIT, wal = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	int64_t with = sealed_repo(st, "n", "hunter2-hunter2");
	int64_t without = sealed_repo(st, "m", NULL);
	char name[300];
	struct stat sb;

	is_int(must(secret_of(st, with, &a, &secret, &err)), 1, "opened");
	is_str(secret, "hunter2-hunter2", "the same");
	is_int(must(secret_of(st, without, &a, &secret, &err)), 0, "none");
	(void)snprintf(name, sizeof(name), "%s-wal", path);
	must(file_read(path, 1 << 24, &db, &err));
	must(file_read(name, 1 << 24, &wal, &err));
	ok(memmem(db.s, db.len, "hunter2", 7) == NULL &&
	    memmem(wal.s, wal.len, "hunter2", 7) == NULL,
	    "the files of the database do not tell it");
	ok(stat(key_of(path), &sb) == 0 && (sb.st_mode & 0777) == 0600,
	    "the key is its owner's alone");
	str_release(&db);
	str_release(&wal);
	arena_release(&a);
	store_close(st);
}

static void
test_wrong_keys(void)
{
	const char *path, *secret = NULL;
	struct store *st = fixture_store(&path);
	int64_t id = sealed_repo(st, "n", "secret");
	struct str key = STR_INIT;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };

	must(file_read(key_of(path), 100, &key, &err));
	is_int(chmod(key_of(path), 0644), 0, "a key for everybody");
	is_int(secret_of(st, id, &a, &secret, &err), -1, "refused: %s",
	    err.text);
	is_int(chmod(key_of(path), 0640), 0, "a key for the group");
	is_int(must(secret_of(st, id, &a, &secret, &err)), 1, "is fine");
	key.s[5] ^= 1;
	must(file_replace(key_of(path), key.s, key.len, 0600, false, &err));
	is_int(secret_of(st, id, &a, &secret, &err), -1, "another key: %s",
	    err.text);
	is_int(err.code, ERR_CORRUPT, "is found out");
	must(file_replace(key_of(path), key.s, 31, 0600, false, &err));
	is_int(secret_of(st, id, &a, &secret, &err), -1, "short: %s",
	    err.text);
	is_int(err.code, ERR_IO, "is no key");
	str_release(&key);
	arena_release(&a);
	store_close(st);
}

static void
test_lost_key(void)
{
	const char *path, *secret = NULL;
	struct store *st = fixture_store(&path);
	int64_t id = sealed_repo(st, "n", "secret");
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct repo r;
	struct stat sb;

	is_int(unlink(key_of(path)), 0, "the key is lost");
	is_int(secret_of(st, id, &a, &secret, &err), -1, "refused: %s",
	    err.text);
	is_int(err.code, ERR_IO, "not as the sender's fault");
	ok(strstr(err.text, "hook.key") != NULL, "naming the file");
	is_int(must(repo_find(st, "O", "N", &a, &r, &err)), 1,
	    "pages need no key");
	ok(r.has_hook_secret, "to say that there is a secret");
	refused(path, STORE_MIGRATE, ERR_IO, "restore it");
	must(repo_remove(st, id, &err));
	store_close(st);
	must(store_open(&st, path, STORE_MIGRATE, &err));
	ok(stat(key_of(path), &sb) == 0, "a new key, when nothing needs the "
	    "old one");
	arena_release(&a);
	store_close(st);
}

static void
test_repos(void)
{
	static const struct {
		const char *owner, *name;
		enum err_code code;
	} cases[] = {
		{ "OWNER", "R", ERR_EXISTS },
		{ "", "n", ERR_INVALID },
		{ "o", "", ERR_INVALID },
		{ "o", "..", ERR_INVALID },
		{ ".", "n", ERR_INVALID },
		{ "o", "a\nb", ERR_INVALID },
		{ "o", "a/b", ERR_INVALID },
		{ "o", "-x", ERR_INVALID },
		{ NULL, "n", ERR_INVALID },
	};
	struct store *st = fixture_store(NULL);
	struct err err = { 0 };
	char longest[300];
	struct repo r = { .forge = "github", .clone_url = "u",
		.default_branch = "main" };
	int64_t id;
	int attempt;

	fixture_repo(st, "r");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		r.owner = cases[i].owner;
		r.name = cases[i].name;
		is_int(repo_add(st, &r, NULL, &id, &err), -1, "refused: %s",
		    err.text);
		is_int(err.code, (int)cases[i].code, "with its code");
	}
	memset(longest, 'a', sizeof(longest));
	longest[256] = '\0';
	r.owner = "group/sub";
	r.name = longest;
	is_int(repo_add(st, &r, NULL, &id, &err), -1, "256 bytes");
	longest[255] = '\0';
	must(repo_add(st, &r, NULL, &id, &err));
	fixture_run(st, id, 1, "a");
	fixture_start(st, &attempt);
	is_int(repo_remove(st, id, &err), -1, "not removed: %s", err.text);
	is_int(err.code, ERR_CONFLICT, "while a job of it runs");
	store_close(st);
}

/* A file system without WAL: the same rules with a rollback journal. */
static void
test_without_wal(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r");
	struct err err = { 0 };

	store_close(st);
	fixture_sql(path, "PRAGMA journal_mode = DELETE");
	st = fixture_open(path);
	is_int(setting(st, "SELECT journal_mode = 'truncate' FROM "
	    "pragma_journal_mode"), 1, "the journal is cut, not removed");
	ok(fixture_run(st, repo, 1, "a") == 1, "and all works");
	must(store_begin_hasty(st, &err));
	is_int(setting(st, "PRAGMA synchronous"), 2, "with no haste");
	must(store_commit(st, &err));
	must(store_check(st, &err));
	store_close(st);
}

/* The layer refuses what would be a mistake of ours. */
static void
test_misuse(void)
{
	static const struct field less[] = { FIELD(INT64, message, id) };
	static const struct shape small = { less, 1, sizeof(struct message) };
	static const struct field more[] = {
		FIELD(INT64, message, due_at_ms),
		FIELD(TEXT, message, data),
	};
	static const struct shape large = { more, 2, sizeof(struct message) };
	struct store *st = fixture_store(NULL);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct message m;
	int64_t v;

	is_int(store_exec(st, SQL_OUTBOX_SENT, PARAMS(P_INT("id", 1)), &err),
	    -1, "%s", err.text);
	is_int(err.code, ERR_BUG, "a write needs a transaction");
	is_int(store_number(st, SQL_REPO_ACTIVE, NULL, &v, &err), -1, "%s",
	    err.text);
	is_int(err.code, ERR_BUG, "parameters are given");
	is_int(store_number(st, SQL_REPO_ACTIVE, PARAMS(P_INT("id", 1),
	    P_INT("x", 1)), &v, &err), -1, "%s", err.text);
	is_int(err.code, ERR_BUG, "and known");
	is_int(store_row(st, SQL_OUTBOX_FIND, PARAMS(P_INT("id", 1)), &small,
	    &a, &m, &err), -1, "%s", err.text);
	is_int(err.code, ERR_BUG, "columns are read");
	is_int(store_row(st, SQL_OUTBOX_NEXT_DUE, NULL, &large, &a, &m,
	    &err), -1, "%s", err.text);
	is_int(err.code, ERR_BUG, "fields have their column");
	arena_release(&a);
	store_close(st);
}

/* What somebody else wrote into the file is not believed. */
static void
test_strange_rows(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct run run;

	fixture_run(st, fixture_repo(st, "r"), 1, "a");
	fixture_sql(path, "PRAGMA ignore_check_constraints = ON; "
	    "UPDATE runs SET state = 'odd'");
	is_int(run_find_id(st, 1, &a, &run, &err), -1, "%s", err.text);
	is_int(err.code, ERR_CORRUPT, "an unknown word is not a state");
	fixture_sql(path, "PRAGMA ignore_check_constraints = ON; "
	    "UPDATE runs SET state = 'pending', priority = 99999999999");
	is_int(run_find_id(st, 1, &a, &run, &err), -1, "%s", err.text);
	is_int(err.code, ERR_CORRUPT, "nor a number that does not fit");
	fixture_sql(path, "UPDATE runs SET priority = 1, uuid = 'short'");
	is_int(run_find_id(st, 1, &a, &run, &err), -1, "%s", err.text);
	is_int(err.code, ERR_CORRUPT, "nor an id of another length");
	fixture_sql(path, "PRAGMA foreign_keys = OFF; DELETE FROM repos");
	is_int(store_check(st, &err), -1, "%s", err.text);
	is_int(err.code, ERR_CORRUPT, "and the check finds lost references");
	arena_release(&a);
	store_close(st);
}

/* doc/database.md names every table and view. */
static void
test_guide(void)
{
	const char *srcdir = getenv("srcdir");
	struct store *st = fixture_store(NULL);
	struct str path = STR_INIT, guide = STR_INIT, name = STR_INIT;
	struct err err = { 0 };
	sqlite3_stmt *s = NULL;
	int n = 0;

	str_addf(&path, "%s/doc/database.md", srcdir != NULL ? srcdir : ".");
	must(file_read(path.s, 1 << 20, &guide, &err));
	sqlite3_prepare_v2(st->db, "SELECT name FROM sqlite_schema WHERE "
	    "type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'", -1, &s,
	    NULL);
	while (sqlite3_step(s) == SQLITE_ROW) {
		str_clear(&name);
		str_addf(&name, "`%s`", (const char *)sqlite3_column_text(s,
		    0));
		ok(strstr(guide.s, name.s) != NULL, "the guide has %s",
		    name.s);
		n++;
	}
	ok(n > 10, "all of them");
	(void)sqlite3_finalize(s);
	str_release(&path);
	str_release(&guide);
	str_release(&name);
	store_close(st);
}

static void
test_uuid(void)
{
	char a[37], b[37];

	store_uuid(a);
	store_uuid(b);
	ok(strcmp(a, b) != 0, "two ids differ");
	ok(strlen(a) == 36 && a[8] == '-' && a[13] == '-' && a[14] == '4' &&
	    a[18] == '-' && strchr("89ab", a[19]) != NULL && a[23] == '-',
	    "%s is a version 4 UUID", a);
}

int
main(void)
{
	test_open();
	test_settings();
	test_versions();
	test_no_database();
	test_failing_migration();
	test_from_version_1();
	test_migrating_at_once();
	test_transactions();
	test_hasty();
	test_locked();
	test_killed_writer();
	test_killed_in_transaction();
	test_secrets();
	test_wrong_keys();
	test_lost_key();
	test_repos();
	test_without_wal();
	test_misuse();
	test_strange_rows();
	test_guide();
	test_uuid();
	return tap_done();
}

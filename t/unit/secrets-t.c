/*
 * secrets-t.c - secrets of jobs: names, scopes, the box, the key, the audit.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/seal.h"
#include "lib/store/audit.h"
#include "lib/store/secrets.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct arena a;

static const char *
key_file(const char *db)
{
	return arena_printf(&a, "%.*skeys/secrets.key",
	    (int)(strrchr(db, '/') + 1 - db), db);
}

static void
set(struct store *st, struct secret_place place, const char *name,
    const char *value)
{
	struct err err = { 0 };

	must(secret_set(st, &place, name, value, "tester", &err));
}

static struct secret_place
of_repo(int64_t repo, const char *environment)
{
	return (struct secret_place) { .repo = repo, .repo_name = "owner/r",
		.environment = environment };
}

static const struct secret_place instance;

/* "NAME=VALUE ..." of what a job is given. */
static const char *
given(struct store *st, const struct secrets_wanted *wanted)
{
	struct err err = { 0 };
	struct secret_value *values;
	struct str text = STR_INIT;
	const char *kept;
	size_t n;

	if (secrets_read(st, wanted, &a, &values, &n, &err) == -1)
		str_addf(&text, "! %s", err.text);
	else
		for (size_t i = 0; i < n; i++)
			str_addf(&text, "%s%s=%s", i > 0 ? " " : "",
			    values[i].name, values[i].value);
	kept = arena_strdup(&a, text.s);
	str_release(&text);
	return kept;
}

static struct secrets_wanted
job_of(int64_t repo, const char *environment, const char *const *names,
    size_t n)
{
	return (struct secrets_wanted) { .owner = "Owner", .repo = repo,
		.repo_name = "owner/r", .environment = environment,
		.names = names, .n_names = n, .run = "owner/r#7",
		.job = "build", .attempt = 1 };
}

static void
test_names(void)
{
	static const struct {
		const char *name, *stored; /* NULL: refused */
	} cases[] = {
		{ "TOKEN", "TOKEN" }, { "token_2", "TOKEN_2" },
		{ "_x", "_X" }, { "", NULL }, { "2ND", NULL },
		{ "A-B", NULL }, { "A B", NULL }, { "\xc3\x84", NULL },
		{ "GITHUB_TOKEN", NULL }, { "github_x", NULL },
		{ "GITHUBX", "GITHUBX" },
	};
	char longest[SECRET_NAME_MAX + 2];
	const char *stored;
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		err_clear(&err);
		if (secret_name(cases[i].name, &a, &stored, &err) == -1)
			stored = NULL;
		is_str(stored, cases[i].stored, "\"%s\": %s", cases[i].name,
		    stored != NULL ? "a name" : err.text);
	}
	memset(longest, 'A', sizeof(longest));
	longest[SECRET_NAME_MAX + 1] = '\0';
	is_int(secret_name(longest, &a, &stored, &err), -1, "too long");
	is_int(secret_name(longest + 1, &a, &stored, &err), 0, "not too long");
}

static void
test_sizes(void)
{
	struct store *st = fixture_store(NULL);
	char *text = arena_alloc(&a, SEAL_JOB_MAX + 2);
	struct err err = { 0 };

	memset(text, 'x', SEAL_JOB_MAX + 1);
	text[SEAL_JOB_MAX + 1] = '\0';
	is_int(secret_set(st, &instance, "A", text, "t", &err), -1,
	    "48 KiB and a byte: %s", err.text);
	err_clear(&err);
	is_int(secret_set(st, &instance, "A", text + 1, "t", &err), 0,
	    "48 KiB are a secret");
	is_int(secret_set(st, &instance, "A", "", "t", &err), -1,
	    "nothing is none");
	store_close(st);
}

static void
test_scopes(void)
{
	static const char *const names[] = { "a", "B", "C", "D", "NONE" };
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r"), other = fixture_repo(st, "s");
	struct secret_place owner = { .owner = "OWNER" };
	struct secrets_wanted job = job_of(repo, "Prod", names, 5);
	static const struct secret_value config[] = { { "D", "config" },
		{ "GITHUB_TOKEN", "config" }, { "E", "config" } };

	for (const char *n = "ABCD"; *n != '\0'; n++) {
		const char name[2] = { *n, '\0' };

		set(st, instance, name, "instance");
		if (*n < 'D')
			set(st, owner, name, "owner");
		if (*n < 'C')
			set(st, of_repo(repo, NULL), name, "repo");
		if (*n < 'B')
			set(st, of_repo(repo, "prod"), name, "prod");
	}
	set(st, of_repo(other, "prod"), "NONE", "of another repository");
	set(st, instance, "UNASKED", "x");
	is_str(given(st, &job), "A=prod B=repo C=owner D=instance",
	    "the nearest counts, in any case");
	job.environment = "staging";
	is_str(given(st, &job), "A=repo B=repo C=owner D=instance",
	    "another environment's are not given");
	job.environment = NULL;
	is_str(given(st, &job), "A=repo B=repo C=owner D=instance",
	    "nor those of any without one");
	job.owner = "somebody";
	job.repo = other;
	is_str(given(st, &job), "A=instance B=instance C=instance D=instance",
	    "another repository has the instance's");
	job.all = true;
	job.n_names = 0;
	is_str(given(st, &job), "A=instance B=instance C=instance D=instance "
	    "UNASKED=x", "all, where they are asked for");
	job.all = false;
	job.names = (const char *const[]){ "D", "GITHUB_TOKEN" };
	job.n_names = 2;
	job.fallback = config;
	job.n_fallback = ARRAY_LEN(config);
	is_str(given(st, &job), "D=instance GITHUB_TOKEN=config",
	    "the configuration's stand behind all");
	store_close(st);
}

static void
test_change(void)
{
	static const char *const names[] = { "A" };
	struct store *st = fixture_store(NULL);
	int64_t repo = fixture_repo(st, "r");
	struct secrets_wanted job = job_of(repo, NULL, names, 1);
	struct secret_place place = of_repo(repo, NULL);
	struct secret_entry *list;
	struct err err = { 0 };
	size_t n;

	set(st, place, "A", "old");
	set(st, place, "a", "new");
	is_str(given(st, &job), "A=new", "the old value is gone");
	must(secret_list(st, repo, &a, &list, &n, &err));
	is_int((long long)n, 1, "one entry");
	is_str(list[0].scope, "owner/r", "with its scope");
	ok(list[0].read_at_ms > 0, "and when it was read");
	set(st, place, "A", "newer");
	must(secret_list(st, 0, &a, &list, &n, &err));
	is_int(list[0].read_at_ms, 0, "what is set anew was not read yet");
	must(secret_delete(st, &place, "A", "t", &err));
	is_str(given(st, &job), "", "removed");
	is_int(secret_delete(st, &place, "A", "t", &err), -1, "%s", err.text);
	is_int(err.code, ERR_NOT_FOUND, "only once");
	set(st, of_repo(repo, "e"), "A", "x");
	must(repo_remove(st, repo, &err));
	must(secret_list(st, 0, &a, &list, &n, &err));
	is_int((long long)n, 0, "they go with their repository");
	store_close(st);
}

/* Rows that somebody moves in the database do not open. */
static void
test_moved(void)
{
	static const char *const names[] = { "A" };
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r"), other = fixture_repo(st, "s");
	struct secrets_wanted job = job_of(repo, NULL, names, 1);
	size_t n;
	struct err err = { 0 };

	set(st, of_repo(repo, NULL), "A", "mine");
	set(st, of_repo(other, NULL), "A", "others");
	fixture_sql(path, "UPDATE secrets SET sealed = (SELECT sealed FROM "
	    "secrets WHERE place = 'repo:2') WHERE place = 'repo:1'");
	ok(strstr(given(st, &job), "! secret A (owner/r): a secret does not "
	    "belong where it stands") != NULL, "of another repository: %s",
	    given(st, &job));
	is_int(secret_check(st, &n, &err), -1, "the check finds it: %s",
	    err.text);
	set(st, of_repo(repo, NULL), "B", "mine");
	fixture_sql(path, "UPDATE secrets SET sealed = (SELECT sealed FROM "
	    "secrets WHERE name = 'B') WHERE place = 'repo:1'");
	ok(strstr(given(st, &job), "does not belong") != NULL,
	    "of another name");
	fixture_sql(path, "UPDATE secrets SET sealed = x'01' "
	    "WHERE place = 'repo:1'");
	ok(strstr(given(st, &job), "is damaged") != NULL, "cut");
	store_close(st);
}

static void
read_key(const char *path, struct str *out)
{
	struct err err = { 0 };

	str_clear(out);
	must(file_read(key_file(path), 1000, out, &err));
}

static void
test_key(void)
{
	static const char *const names[] = { "A" };
	const char *path;
	struct store *st = fixture_store(&path);
	struct secrets_wanted job = job_of(0, NULL, names, 1);
	struct str key = STR_INIT, db = STR_INIT, wal = STR_INIT;
	struct err err = { 0 };
	struct stat sb;
	size_t n;

	is_int(secret_rotate(st, "t", &n, &err), -1, "no key yet: %s",
	    err.text);
	set(st, instance, "A", "canary-canary");
	ok(stat(key_file(path), &sb) == 0 && (sb.st_mode & 0777) == 0600 &&
	    sb.st_size == 32, "the key is its owner's alone");
	must(file_read(path, 1 << 24, &db, &err));
	must(file_read(arena_printf(&a, "%s-wal", path), 1 << 24, &wal, &err));
	ok(memmem(db.s, db.len, "canary", 6) == NULL &&
	    memmem(wal.s, wal.len, "canary", 6) == NULL,
	    "the files of the database do not tell it");
	is_int(chmod(key_file(path), 0640), 0, "a key for the group");
	ok(strstr(given(st, &job), "is open to others") != NULL,
	    "is refused: %s", given(st, &job));
	read_key(path, &key);
	key.s[3] ^= 1;
	must(file_replace(key_file(path), key.s, key.len, 0600, false, &err));
	ok(strstr(given(st, &job), "another key") != NULL, "a wrong one is "
	    "found out");
	is_int(unlink(key_file(path)), 0, "it is lost");
	ok(strstr(given(st, &job), "is missing") != NULL, "refused");
	is_int(secret_set(st, &instance, "B", "x", "t", &err), -1,
	    "and not replaced in silence: %s", err.text);
	str_release(&key);
	str_release(&db);
	str_release(&wal);
	store_close(st);
}

static void
test_rotation(void)
{
	static const char *const names[] = { "A", "B" };
	const char *path;
	struct store *st = fixture_store(&path);
	struct secrets_wanted job = job_of(0, NULL, names, 2);
	struct str before = STR_INIT, both = STR_INIT, after = STR_INIT;
	struct err err = { 0 };
	size_t n;

	set(st, instance, "A", "one");
	set(st, instance, "B", "two");
	read_key(path, &before);
	must(secret_rotate(st, "t", &n, &err));
	read_key(path, &after);
	is_int((long long)n, 2, "both are sealed again");
	ok(after.len == 32 && memcmp(before.s, after.s, 32) != 0,
	    "under another key, which is alone");
	is_str(given(st, &job), "A=one B=two", "jobs go on");
	must(file_replace(key_file(path), before.s, 32, 0600, false, &err));
	ok(strstr(given(st, &job), "another key") != NULL,
	    "the old key opens nothing");
	must(file_replace(key_file(path), after.s, 32, 0600, false, &err));
	/* Killed after the file was written: nothing is sealed anew yet. */
	must(seal_add_key(path, SEAL_JOBS, &err));
	is_str(given(st, &job), "A=one B=two", "killed in between, all open");
	set(st, instance, "A", "three");
	is_str(given(st, &job), "A=three B=two", "under both keys");
	read_key(path, &both);
	must(secret_rotate(st, "t", &n, &err));
	read_key(path, &after);
	ok(both.len == 64 && after.len == 32 &&
	    memcmp(both.s, after.s, 32) == 0, "it is finished, not begun anew");
	is_str(given(st, &job), "A=three B=two", "all open under it");
	str_release(&before);
	str_release(&both);
	str_release(&after);
	store_close(st);
}

struct storm {
	const char *path;
};

/* Jobs that read while others rotate and set. */
static int
storm(int i, void *ctx)
{
	static const char *const names[] = { "A", "B" };
	const struct storm *s = ctx;
	struct store *st = fixture_open(s->path);
	struct secrets_wanted job = job_of(0, NULL, names, 2);
	struct err err = { 0 };
	size_t n;
	int bad = 0;

	for (int k = 0; k < 15 && bad == 0; k++) {
		if (i == 0)
			bad = secret_rotate(st, "t", &n, &err) == -1;
		else if (i == 1)
			bad = secret_set(st, &instance, "A", "one", "t",
			    &err) == -1;
		else
			bad = strcmp(given(st, &job), "A=one B=two") != 0;
	}
	if (bad)
		tap_note("%d: %s", i, i < 2 ? err.text : given(st, &job));
	store_close(st);
	return bad;
}

static void
test_storm(void)
{
	struct storm s;
	struct store *st = fixture_store(&s.path);

	set(st, instance, "A", "one");
	set(st, instance, "B", "two");
	store_close(st);
	is_int(fixture_fork(4, storm, &s), 0, "keys are changed while jobs "
	    "read and people set");
}

static void
test_audit(void)
{
	static const char *const names[] = { "A" };
	const char *path;
	struct store *st = fixture_store(&path);
	int64_t repo = fixture_repo(st, "r");
	struct secrets_wanted job = job_of(repo, "prod", names, 1);
	struct audit_entry *list;
	struct err err = { 0 };
	struct str text = STR_INIT;
	size_t n;

	set(st, of_repo(repo, "prod"), "A", "x");
	given(st, &job);
	must(secret_rotate(st, "root", &n, &err));
	must(audit_list(st, &(struct audit_query){ .limit = 10 }, &a, &list,
	    &n, &err));
	for (size_t i = 0; i < n; i++)
		str_addf(&text, "%s %s [%s] [%s] %s %s %d\n", list[i].actor,
		    list[i].action, list[i].target, list[i].scope, list[i].run,
		    list[i].job, list[i].attempt);
	is_str(text.s, "root secret.rotate [] []   0\n"
	    "pawl-job secret.read [secret A] [environment prod of owner/r] "
	    "owner/r#7 build 1\n"
	    "tester secret.set [secret A] [environment prod of owner/r]   0\n",
	    "who, what, when, the newest first");
	must(audit_list(st, &(struct audit_query){ .target = "secret A",
	    .limit = 1 }, &a, &list, &n, &err));
	ok(n == 1 && strcmp(list[0].action, "secret.read") == 0,
	    "of one name");
	fixture_sql(path, "DROP TRIGGER audit_no_update");
	fixture_sql(path, "UPDATE audit SET at_ms = 1 "
	    "WHERE action = 'secret.set'");
	must(audit_trim(st, 3600000, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM audit"), 2,
	    "old rows go");
	must(audit_trim(st, -3600000, &err));
	must(audit_trim(st, 0, &err));
	is_int(fixture_sql(path, "SELECT count(*) FROM audit"), 0,
	    "and an empty table is fine");
	str_release(&text);
	store_close(st);
}

int
main(void)
{
	test_names();
	test_sizes();
	test_scopes();
	test_change();
	test_moved();
	test_key();
	test_rotation();
	test_storm();
	test_audit();
	arena_release(&a);
	return tap_done();
}

/*
 * secrets.c - secrets of jobs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/secrets.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/internal.h"
#include "lib/store/seal.h"
#include "lib/store/audit.h"
#include "lib/store/secret_rows.h"

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define NAMES_OF_GITHUB "GITHUB_"
#define ENVIRONMENT_MAX 255

static const struct field sealed_fields[] = {
	FIELD(INT64, sealed_row, id),
	FIELD(TEXT, sealed_row, place),
	FIELD(TEXT, sealed_row, name),
	FIELD(TEXT, sealed_row, sealed),
	FIELD(SIZE, sealed_row, sealed_len),
};
const struct shape sealed_shape = { sealed_fields, ARRAY_LEN(sealed_fields),
	sizeof(struct sealed_row) };

/* --- names and places ------------------------------------------------------- */

int
secret_name(const char *name, struct arena *a, const char **out,
    struct err *err)
{
	char *upper = arena_strdup(a, name);
	size_t len = strlen(name);

	for (char *p = upper; *p != '\0'; p++)
		*p = (char)(*p >= 'a' && *p <= 'z' ? *p - 'a' + 'A' : *p);
	if (len == 0 || len > SECRET_NAME_MAX ||
	    strspn(upper, UPPER "0123456789") != len ||
	    strchr(UPPER, *upper) == NULL)
		return err_set(err, ERR_INVALID, "\"%.100s\" cannot be the "
		    "name of a secret: it has letters, digits and \"_\", no "
		    "digit first, at most %d", name, SECRET_NAME_MAX);
	if (str_starts_with(upper, NAMES_OF_GITHUB))
		return err_set(err, ERR_INVALID, "\"%s\" cannot be the name "
		    "of a secret: names that begin with " NAMES_OF_GITHUB
		    " are GitHub's own", upper);
	*out = upper;
	return 0;
}

static const char *
lower(struct arena *a, const char *text)
{
	char *copy = arena_strdup(a, text);

	for (char *p = copy; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
	return copy;
}

/* As it is stored. */
static const char *
place_key(const struct secret_place *p, struct arena *a)
{
	if (p->repo != 0 && p->environment != NULL)
		return arena_printf(a, "environment:%" PRId64 ":%s", p->repo,
		    lower(a, p->environment));
	if (p->repo != 0)
		return arena_printf(a, "repo:%" PRId64, p->repo);
	if (p->owner != NULL)
		return arena_printf(a, "owner:%s", lower(a, p->owner));
	return "instance";
}

const char *
secret_place_text(const struct secret_place *p, struct arena *a)
{
	const char *repo = p->repo_name != NULL ? p->repo_name : "";

	if (p->repo != 0 && p->environment != NULL)
		return arena_printf(a, "environment %s of %s", p->environment,
		    repo);
	if (p->repo != 0)
		return arena_strdup(a, repo);
	if (p->owner != NULL)
		return arena_printf(a, "owner %s", p->owner);
	return "instance";
}

const char *
secret_about(const char *place, const char *name, struct arena *a)
{
	return arena_printf(a, "%s\n%s", place, name);
}

static const char *
secret_target(const char *name, struct arena *a)
{
	return arena_printf(a, "secret %s", name);
}

/* Text that people are shown and that is part of a key. */
static int
check_place(const struct secret_place *p, struct err *err)
{
	const char *word = p->environment != NULL ? p->environment : p->owner;

	if (word == NULL)
		return 0;
	if (*word == '\0' || strlen(word) > ENVIRONMENT_MAX)
		return err_set(err, ERR_INVALID, "the name of an environment "
		    "or owner has 1 to %d bytes", ENVIRONMENT_MAX);
	for (const char *c = word; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			return err_set(err, ERR_INVALID, "the name of an "
			    "environment or owner has a control character");
	return 0;
}

/* --- setting ---------------------------------------------------------------- */

/* A key that is lost is not replaced in silence. */
static int
make_key(struct store *st, struct err *err)
{
	int64_t sealed;
	int rc;

	if (seal_is_kept_away(st->path, SEAL_JOBS))
		return 0;
	rc = seal_has_key(st->path, SEAL_JOBS, err);

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (store_number(st, SQL_SECRET_COUNT, NULL, &sealed, err) == -1)
		return -1;
	if (sealed > 0)
		return err_set(err, ERR_IO, "\"keys/secrets.key\" beside \"%s\" is "
		    "missing, and %" PRId64 " secrets are sealed with it: "
		    "restore it from the backup, or delete them first",
		    st->path, sealed);
	return seal_make_key(st->path, SEAL_JOBS, err);
}

int
secret_publish_keys(struct store *st, struct err *err)
{
	int rc;

	if (store_begin(st, err) == -1)
		return -1;
	rc = store_end(st, make_key(st, err), err);
	if (rc == 0)
		rc = seal_publish(st->path, SEAL_JOBS, err);
	return rc == 0 ? seal_publish(st->path, SEAL_HOOKS, err) : -1;
}

static int
check_room(struct store *st, const char *key, const char *name,
    struct arena *a, struct err *err)
{
	struct sealed_row row;
	int64_t n;
	int rc = store_row(st, SQL_SECRET_ONE, PARAMS(P_TEXT("place", key),
	    P_TEXT("name", name)), &sealed_shape, a, &row, err);

	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (store_number(st, SQL_SECRET_IN_PLACE, PARAMS(P_TEXT("place",
	    key)), &n, err) == -1)
		return -1;
	return n < SECRETS_MAX ? 0 : err_set(err, ERR_TOO_LARGE, "there are "
	    "%d secrets already, which is the most: delete one", SECRETS_MAX);
}

static int
do_set(struct store *st, const struct secret_place *place, const char *name,
    const char *value, const char *actor, struct arena *a, struct err *err)
{
	const char *key = place_key(place, a);
	const struct audit_entry entry = { .action = "secret.set",
		.actor = actor, .target = secret_target(name, a),
		.scope = secret_place_text(place, a) };
	unsigned char *sealed;
	size_t len;

	if (make_key(st, err) == -1 ||
	    check_room(st, key, name, a, err) == -1 ||
	    seal_close(st->path, SEAL_JOBS, secret_about(key, name, a), value,
	        a, &sealed, &len, err) == -1 ||
	    store_exec(st, SQL_SECRET_SET, PARAMS(P_TEXT("place", key),
	        P_INT_UNLESS("repo", place->repo, 0), P_TEXT("name", name),
	        P_BLOB("sealed", sealed, len), P_INT("now", clock_now_ms())),
	        err) == -1)
		return -1;
	return audit_add(st, &entry, err);
}

int
secret_set(struct store *st, const struct secret_place *place,
    const char *name, const char *value, const char *actor, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *stored;
	int rc = -1;

	if (check_place(place, err) == 0 &&
	    secret_name(name, &a, &stored, err) == 0 &&
	    store_begin(st, err) == 0)
		rc = store_end(st, do_set(st, place, stored, value, actor, &a,
		    err), err);
	arena_release(&a);
	return rc;
}

/* --- removing, listing ------------------------------------------------------ */

static int
do_delete(struct store *st, const struct secret_place *place,
    const char *name, const char *actor, struct arena *a, struct err *err)
{
	const struct audit_entry entry = { .action = "secret.delete",
		.actor = actor, .target = secret_target(name, a),
		.scope = secret_place_text(place, a) };
	int n = store_exec(st, SQL_SECRET_DELETE, PARAMS(P_TEXT("place",
	    place_key(place, a)), P_TEXT("name", name)), err);

	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no secret %s of "
		    "this scope (%s); \"pawl secret list\" lists them", name,
		    entry.scope);
	return n == -1 ? -1 : audit_add(st, &entry, err);
}

int
secret_delete(struct store *st, const struct secret_place *place,
    const char *name, const char *actor, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *stored;
	int rc = -1;

	if (secret_name(name, &a, &stored, err) == 0 &&
	    store_begin(st, err) == 0)
		rc = store_end(st, do_delete(st, place, stored, actor, &a,
		    err), err);
	arena_release(&a);
	return rc;
}

struct listed {
	const char *name, *place, *repo;
	int64_t updated_at_ms, read_at_ms;
};

/* A place from what is stored of it. */
static const char *
listed_scope(const struct listed *row, struct arena *a)
{
	const char *colon = strchr(row->place, ':');
	struct secret_place p = { .repo_name = row->repo,
		.repo = *row->repo != '\0' };

	if (colon != NULL && p.repo == 0)
		p.owner = colon + 1;
	else if (colon != NULL && (colon = strchr(colon + 1, ':')) != NULL)
		p.environment = colon + 1;
	return secret_place_text(&p, a);
}

int
secret_list(struct store *st, int64_t repo, struct arena *a,
    struct secret_entry **out, size_t *n, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, listed, name),
		FIELD(TEXT, listed, place),
		FIELD(TEXT, listed, repo),
		FIELD(INT64, listed, updated_at_ms),
		FIELD(INT64, listed, read_at_ms),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct listed) };
	struct listed *rows;
	int rc;

	if (repo == 0)
		rc = store_rows(st, SQL_SECRET_LIST, NULL, &shape, a, &rows,
		    n, err);
	else
		rc = store_rows(st, SQL_SECRET_LIST_REPO, PARAMS(P_INT("repo",
		    repo)), &shape, a, &rows, n, err);
	if (rc == -1)
		return -1;
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = (struct secret_entry) { rows[i].name,
			listed_scope(&rows[i], a), rows[i].updated_at_ms,
			rows[i].read_at_ms };
	return 0;
}

/* --- giving them to a job --------------------------------------------------- */

#define MAX_PLACES 4

struct reading {
	struct store *st;
	const struct secrets_wanted *wanted;
	struct secret_place places[MAX_PLACES]; /* the nearest first */
	size_t n_places;
	struct arena *a;
	struct secret_value *values;
	size_t n;
};

static void
find_places(struct reading *r)
{
	const struct secrets_wanted *w = r->wanted;

	if (w->environment != NULL)
		r->places[r->n_places++] = (struct secret_place) {
			.repo = w->repo, .repo_name = w->repo_name,
			.environment = w->environment };
	r->places[r->n_places++] = (struct secret_place) { .repo = w->repo,
		.repo_name = w->repo_name };
	r->places[r->n_places++] = (struct secret_place) {
		.owner = w->owner };
	r->places[r->n_places++] = (struct secret_place) { 0 };
}

/* Write down who is given it. */
static int
give(struct reading *r, const char *scope, const char *name,
    const char *value, struct err *err)
{
	const struct secrets_wanted *w = r->wanted;
	const struct audit_entry entry = { .action = "secret.read",
		.actor = "pawl-job", .target = secret_target(name, r->a),
		.scope = scope,
		.run = w->run, .job = w->job, .attempt = w->attempt };
	struct secret_value *one = arena_push(r->a, &r->values, &r->n,
	    sizeof(*one));

	*one = (struct secret_value) { name, value };
	return audit_add(r->st, &entry, err);
}

static int
open_row(struct reading *r, const struct secret_place *place,
    const struct sealed_row *row, struct err *err)
{
	const char *scope = secret_place_text(place, r->a), *value;

	if (seal_open(r->st->path, SEAL_JOBS, secret_about(row->place,
	    row->name, r->a), (const unsigned char *)row->sealed,
	    row->sealed_len, r->a, &value, err) == -1)
		return err_wrap(err, "secret %s (%s)", row->name, scope);
	if (store_exec(r->st, SQL_SECRET_WAS_READ, PARAMS(P_INT("id",
	    row->id), P_INT("now", clock_now_ms())), err) == -1)
		return -1;
	return give(r, scope, row->name, value, err);
}

static bool
is_given(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcasecmp(r->values[i].name, name) == 0)
			return true;
	return false;
}

/* The nearest of one name, if there is any. */
static int
read_one(struct reading *r, const char *name, struct err *err)
{
	struct sealed_row row;
	int rc = 0;

	if (is_given(r, name))
		return 0;
	for (size_t i = 0; rc == 0 && i < r->n_places; i++) {
		rc = store_row(r->st, SQL_SECRET_ONE, PARAMS(P_TEXT("place",
		    place_key(&r->places[i], r->a)), P_TEXT("name", name)),
		    &sealed_shape, r->a, &row, err);
		if (rc == 1 && open_row(r, &r->places[i], &row, err) == -1)
			return -1;
	}
	return rc == -1 ? -1 : 0;
}

static int
read_place(struct reading *r, const struct secret_place *place,
    struct err *err)
{
	struct named {
		const char *name;
	} *names;
	static const struct field fields[] = { FIELD(TEXT, named, name) };
	static const struct shape shape = { fields, 1, sizeof(struct named) };
	size_t n;

	if (store_rows(r->st, SQL_SECRET_NAMES, PARAMS(P_TEXT("place",
	    place_key(place, r->a))), &shape, r->a, &names, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (read_one(r, names[i].name, err) == -1)
			return -1;
	return 0;
}

static int
read_fallback(struct reading *r, struct err *err)
{
	const struct secrets_wanted *w = r->wanted;

	for (size_t i = 0; i < w->n_fallback; i++) {
		const struct secret_value *v = &w->fallback[i];
		bool named = w->all;

		for (size_t k = 0; !named && k < w->n_names; k++)
			named = strcasecmp(w->names[k], v->name) == 0;
		if (named && !is_given(r, v->name) &&
		    give(r, "configuration", v->name, v->value, err) == -1)
			return -1;
	}
	return 0;
}

static int
read_all(struct reading *r, struct err *err)
{
	const struct secrets_wanted *w = r->wanted;
	struct err ignored = { 0 };
	const char *name;

	for (size_t i = 0; w->all && i < r->n_places; i++)
		if (read_place(r, &r->places[i], err) == -1)
			return -1;
	/* What cannot be a name stands in the configuration, if anywhere. */
	for (size_t i = 0; i < w->n_names; i++)
		if (secret_name(w->names[i], r->a, &name, &ignored) == 0 &&
		    read_one(r, name, err) == -1)
			return -1;
	return read_fallback(r, err);
}

int
secrets_read(struct store *st, const struct secrets_wanted *wanted,
    struct arena *a, struct secret_value **out, size_t *n, struct err *err)
{
	struct reading r = { .st = st, .wanted = wanted, .a = a };

	find_places(&r);
	if (store_begin(st, err) == -1 ||
	    store_end(st, read_all(&r, err), err) == -1)
		return -1;
	*out = r.values;
	*n = r.n;
	return 0;
}

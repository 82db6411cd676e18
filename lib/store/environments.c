/*
 * environments.c - the rules of environments.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/environments.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/store/audit.h"
#include "lib/store/statement.h"

/* --- lists of texts ------------------------------------------------------- */

const char *
names_write(const char *const *names, size_t n, struct arena *a)
{
	struct str s = STR_INIT;
	const char *kept;

	str_add_char(&s, '[');
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			str_add_char(&s, ',');
		json_text(&s, names[i]);
	}
	str_add_char(&s, ']');
	kept = arena_strdup(a, s.s);
	str_release(&s);
	return kept;
}

const char *
names_text(const char *const *names, size_t n, struct arena *a)
{
	struct str s = STR_INIT;
	const char *kept;

	for (size_t i = 0; i < n; i++)
		str_addf(&s, "%s%s", i == 0 ? "" : i + 1 < n ? ", " : " or ",
		    names[i]);
	kept = arena_strdup(a, s.s);
	str_release(&s);
	return kept;
}

int
names_read(const char *json, struct arena *a, const char *const **out,
    size_t *n, struct err *err)
{
	json_t *list = json_loads(json, 0, NULL), *item;
	const char **names = NULL;
	size_t i;
	int rc = 0;

	*n = 0;
	if (!json_is_array(list))
		rc = err_set(err, ERR_CORRUPT, "a list of names is none");
	json_array_foreach(list, i, item) {
		const char *text = json_string_value(item);

		if (text == NULL) {
			rc = err_set(err, ERR_CORRUPT,
			    "a list of names has something else in it");
			break;
		}
		*(const char **)arena_push(a, &names, n, sizeof(*names)) =
		    arena_strdup(a, text);
	}
	*out = names;
	json_decref(list);
	return rc;
}

/* --- checking ------------------------------------------------------------- */

static int
check_text(const char *text, const char *what, struct err *err)
{
	if (*text == '\0' || strlen(text) > ENVIRONMENT_MAX_NAME)
		return err_set(err, ERR_INVALID, "%s has 1 to %d bytes", what,
		    ENVIRONMENT_MAX_NAME);
	if (utf8_valid_len(text, strlen(text)) != strlen(text))
		return err_set(err, ERR_INVALID, "%s is not UTF-8", what);
	for (const char *c = text; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			return err_set(err, ERR_INVALID, "%s has a control "
			    "character", what);
	return 0;
}

static int
check_ref(const char *ref, struct err *err)
{
	static const char *const kinds[] = { "branch:", "tag:", "ref:" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts_with(ref, kinds[i]))
			return check_text(ref + strlen(kinds[i]),
			    "a pattern of branches or tags", err);
	return err_set(err, ERR_INVALID, "\"%.100s\" is no rule for refs: "
	    "write \"branch:PATTERN\", \"tag:PATTERN\" or \"ref:PATTERN\"",
	    ref);
}

static int
check(const struct environment_rules *rules, struct err *err)
{
	if (check_text(rules->name, "the name of an environment", err) == -1)
		return -1;
	if (rules->n_reviewers > ENVIRONMENT_MAX_REVIEWERS)
		return err_set(err, ERR_INVALID, "an environment has at most "
		    "%d reviewers; one of them approves",
		    ENVIRONMENT_MAX_REVIEWERS);
	if (rules->n_refs > ENVIRONMENT_MAX_REFS)
		return err_set(err, ERR_INVALID, "an environment has at most "
		    "%d patterns of branches and tags", ENVIRONMENT_MAX_REFS);
	if (rules->wait_ms < 0 || rules->wait_ms > ENVIRONMENT_MAX_WAIT_MS)
		return err_set(err, ERR_INVALID, "the time to wait is at most "
		    "30 days");
	for (size_t i = 0; i < rules->n_reviewers; i++)
		if (check_text(rules->reviewers[i], "the name of a reviewer",
		    err) == -1)
			return -1;
	for (size_t i = 0; i < rules->n_refs; i++)
		if (check_ref(rules->refs[i], err) == -1)
			return -1;
	return 0;
}

/* --- reading and writing -------------------------------------------------- */

static int
has_room(struct store *st, const struct environment_rules *rules,
    struct arena *a, struct err *err)
{
	struct environment_rules old;
	int64_t n = 0;
	int rc;

	rc = environment_rules_find(st, rules->repo, rules->name, a, &old,
	    err);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (store_number(st, SQL_ENVIRONMENT_COUNT, PARAMS(
	    P_INT("repo", rules->repo)), &n, err) == -1)
		return -1;
	return n < ENVIRONMENTS_MAX ? 0 : err_set(err, ERR_TOO_LARGE,
	    "a repository has at most %d environments with rules",
	    ENVIRONMENTS_MAX);
}

static int
write_rules(struct store *st, const struct environment_rules *r,
    struct arena *a, struct err *err)
{
	if (has_room(st, r, a, err) == -1)
		return -1;
	return store_exec(st, SQL_ENVIRONMENT_SET, PARAMS(
	    P_INT("repo", r->repo), P_TEXT("name", r->name),
	    P_TEXT("reviewers", names_write(r->reviewers, r->n_reviewers, a)),
	    P_INT("wait_ms", r->wait_ms),
	    P_TEXT("refs", names_write(r->refs, r->n_refs, a)),
	    P_INT("self_review", r->self_review),
	    P_INT("now", clock_now_ms())), err) == -1 ? -1 : 0;
}

int
environment_rules_set(struct store *st, const struct environment_rules *rules,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int rc;

	if (check(rules, err) == -1 || store_begin(st, err) == -1)
		return -1;
	rc = write_rules(st, rules, &a, err);
	rc = store_end(st, audit_done(st, rc, "environment.set", rules->repo,
	    err, "environment %s", rules->name), err);
	arena_release(&a);
	return rc;
}

/* As the table has it. */
struct row {
	int64_t id, repo;
	const char *name, *reviewers, *refs;
	int64_t wait_ms;
	bool self_review;
	int64_t updated_at_ms;
};

static const struct field row_fields[] = {
	FIELD(INT64, row, id),
	FIELD(INT64, row, repo),
	FIELD(TEXT, row, name),
	FIELD(TEXT, row, reviewers),
	FIELD(INT64, row, wait_ms),
	FIELD(TEXT, row, refs),
	FIELD(BOOL, row, self_review),
	FIELD(INT64, row, updated_at_ms),
};
static const struct shape row_shape = { row_fields, ARRAY_LEN(row_fields),
	sizeof(struct row) };

static int
from_row(const struct row *row, struct arena *a,
    struct environment_rules *out, struct err *err)
{
	*out = (struct environment_rules) { .id = row->id, .repo = row->repo,
		.name = row->name, .wait_ms = row->wait_ms,
		.self_review = row->self_review,
		.updated_at_ms = row->updated_at_ms };
	if (names_read(row->reviewers, a, &out->reviewers, &out->n_reviewers,
	    err) == -1 || names_read(row->refs, a, &out->refs, &out->n_refs,
	    err) == -1)
		return err_wrap(err, "environment \"%s\"", row->name);
	return 0;
}

int
environment_rules_find(struct store *st, int64_t repo, const char *name,
    struct arena *a, struct environment_rules *out, struct err *err)
{
	struct row row;
	int rc = store_row(st, SQL_ENVIRONMENT_FIND, PARAMS(
	    P_INT("repo", repo), P_TEXT("name", name)), &row_shape, a, &row,
	    err);

	return rc != 1 ? rc : from_row(&row, a, out, err) == -1 ? -1 : 1;
}

int
environment_rules_list(struct store *st, int64_t repo, struct arena *a,
    struct environment_rules **out, size_t *n, struct err *err)
{
	struct environment_rules *list;
	struct row *rows = NULL;

	if (store_rows(st, SQL_ENVIRONMENT_LIST, PARAMS(P_INT("repo", repo)),
	    &row_shape, a, &rows, n, err) == -1)
		return -1;
	list = arena_alloc(a, (*n + 1) * sizeof(*list));
	for (size_t i = 0; i < *n; i++)
		if (from_row(&rows[i], a, &list[i], err) == -1)
			return -1;
	*out = list;
	return 0;
}

int
environment_rules_remove(struct store *st, int64_t repo, const char *name,
    struct err *err)
{
	int n;

	if (store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_ENVIRONMENT_REMOVE, PARAMS(P_INT("repo", repo),
	    P_TEXT("name", name)), err);
	if (n == 0)
		n = err_set(err, ERR_NOT_FOUND, "there is no environment "
		    "\"%s\" with rules", name);
	return store_end(st, audit_done(st, n == -1 ? -1 : 0,
	    "environment.remove", repo, err, "environment %s", name), err);
}

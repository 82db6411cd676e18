/*
 * trust.c - what a repository lets pull requests from forks do.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/trust.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/audit.h"
#include "lib/store/environments.h"
#include "lib/store/statement.h"

struct row {
	const char *forks, *names;
};

static int
not_there(int64_t repo, struct err *err)
{
	return err_set(err, ERR_NOT_FOUND, "there is no repository %" PRId64,
	    repo);
}

int
repo_trust_read(struct store *st, int64_t repo, struct arena *a,
    struct repo_trust *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(TEXT, row, forks),
		FIELD(TEXT, row, names),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct row) };
	struct row row;
	int rc = store_row(st, SQL_TRUST_READ, PARAMS(P_INT("id", repo)),
	    &shape, a, &row, err);

	if (rc != 1)
		return rc == 0 ? not_there(repo, err) : -1;
	out->forks = row.forks;
	return names_read(row.names, a, &out->names, &out->n_names, err);
}

static int
check(const struct repo_trust *t, struct err *err)
{
	static const char *const words[] = { "no", "approve", "yes" };
	bool known = t->forks == NULL;

	for (size_t i = 0; i < ARRAY_LEN(words) && !known; i++)
		known = strcmp(t->forks, words[i]) == 0;
	if (!known)
		return err_set(err, ERR_INVALID, "pull requests from forks: "
		    "\"%.40s\" is not no, approve or yes", t->forks);
	if (t->n_names > TRUST_MAX_NAMES)
		return err_set(err, ERR_INVALID, "at most %d people are "
		    "trusted", TRUST_MAX_NAMES);
	for (size_t i = 0; i < t->n_names; i++)
		if (t->names[i][0] == '\0' ||
		    strlen(t->names[i]) > ENVIRONMENT_MAX_NAME)
			return err_set(err, ERR_INVALID, "the name of who is "
			    "trusted has 1 to %d bytes",
			    ENVIRONMENT_MAX_NAME);
	return 0;
}

int
repo_trust_set(struct store *st, int64_t repo, const struct repo_trust *trust,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	int n;

	if (check(trust, err) == -1 || store_begin(st, err) == -1)
		return -1;
	n = store_exec(st, SQL_TRUST_SET, PARAMS(P_INT("id", repo),
	    P_TEXT("forks", trust->forks),
	    P_TEXT("names", names_write(trust->names, trust->n_names, &a))),
	    err);
	if (n == 0)
		n = not_there(repo, err);
	arena_release(&a);
	return store_end(st, audit_done(st, n == -1 ? -1 : 0, "repo.trust",
	    repo, err, "pull requests from forks: %s", trust->forks != NULL ?
	    trust->forks : "as configured"), err);
}

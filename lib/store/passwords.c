/*
 * passwords.c - see passwords.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/store/passwords.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/store/audit.h"
#include "lib/store/sessions.h"
#include "lib/store/statement.h"

/* Of a password that nobody has, with the same costs: what a name that is
 * none is compared with (a test holds it to the costs above). */
const char password_of_nobody[] =
    "$argon2id$v=19$m=65536,t=3,p=1$00GQM79Sja8s4MgF1pavhA$"
    "b4Ara5ABQziV+o6MDi57pv/V7C0xu+Ly9NcSWpVriNI";

int
password_check(const char *text, const char *name, struct err *err)
{
	size_t len = strlen(text);

	if (len < PASSWORD_MIN || len > PASSWORD_MAX)
		return err_set(err, ERR_INVALID, "a password has %d to %d "
		    "characters", PASSWORD_MIN, PASSWORD_MAX);
	if (strspn(text, (char[]){ text[0], '\0' }) == len)
		return err_set(err, ERR_INVALID, "a password is not one "
		    "character again and again");
	if (name != NULL && strcasecmp(text, name) == 0)
		return err_set(err, ERR_INVALID, "a password is not the "
		    "user's name");
	return 0;
}

int
password_hash(const char *text, struct arena *a, const char **out,
    struct err *err)
{
	char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);

	if (crypto_pwhash_str_alg(hash, text, strlen(text), PASSWORD_PASSES,
	    PASSWORD_MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(err, ERR_BUSY, "there is no memory to hash a "
		    "password: %zu MiB", PASSWORD_MEMORY >> 20);
	*out = hash;
	return 0;
}

struct password_row {
	int64_t id;
	const char *password;
};

int
password_verify(struct store *st, const char *name, const char *text,
    struct arena *a, struct user *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, password_row, id),
		FIELD(TEXT, password_row, password),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct password_row) };
	struct password_row row = { 0, NULL };
	int found = store_row(st, SQL_USER_PASSWORD, PARAMS(P_TEXT("name",
	    name)), &shape, a, &row, err);

	if (found == -1)
		return -1;
	if (strlen(text) > PASSWORD_MAX)
		text = "";
	if (crypto_pwhash_str_verify(found == 1 ? row.password :
	    password_of_nobody, text, strlen(text)) != 0 || found == 0)
		return 0;
	return user_find_id(st, row.id, a, out, err);
}

static int
do_set(struct store *st, int64_t user, const char *hash, int64_t session,
    struct err *err)
{
	int n = store_exec(st, SQL_USER_PASSWORD_SET, PARAMS(P_INT("id",
	    user), P_TEXT("password", hash)), err);

	if (n == 0)
		return err_set(err, ERR_NOT_FOUND, "there is no such user");
	if (n == -1 || session_end_others(st, user, session, err) == -1 ||
	    store_exec(st, SQL_LINK_DELETE_KIND, PARAMS(P_TEXT("kind",
		"password"), P_INT("user", user)), err) == -1)
		return -1;
	return audit_user(st, 0, "user.password", user, NULL, err);
}

int
password_set(struct store *st, int64_t user, const char *hash,
    int64_t session, struct err *err)
{
	if (store_begin(st, err) == -1)
		return -1;
	return store_end(st, do_set(st, user, hash, session, err), err);
}

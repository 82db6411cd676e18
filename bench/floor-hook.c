/*
 * floor-hook.c - the least that a durable webhook can cost: one FastCGI
 * request, one HMAC over the body, one durable insert, one short answer.
 *
 * bench/webhook measures pawl-hook against it, through the same nginx and on
 * the same disk. It checks nothing else, knows no repositories and answers
 * no reasons; so the distance to it is what Pawl's own work costs.
 *
 *	floor-hook DATABASE SECRET-FILE	(listening socket on descriptor 0)
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcgiapp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX (1024 * 1024)
#define SECRET_MAX 1000

static const char setup_sql[] =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA cache_size = -512;"
    "PRAGMA journal_size_limit = 16777216;"
    "PRAGMA busy_timeout = 5000;"
    "CREATE TABLE IF NOT EXISTS delivery ("
    " id INTEGER PRIMARY KEY,"
    " forge_id TEXT NOT NULL UNIQUE,"
    " body BLOB NOT NULL) STRICT;";

static const char insert_sql[] =
    "INSERT INTO delivery (forge_id, body) VALUES (?1, ?2)";

static unsigned char secret[SECRET_MAX];
static size_t secret_len;

static void
die(const char *what, const char *why)
{
	fprintf(stderr, "floor-hook: %s: %s\n", what, why);
	exit(1);
}

static void
read_secret(const char *path)
{
	FILE *f;

	if ((f = fopen(path, "r")) == NULL)
		die(path, "cannot be read");
	secret_len = fread(secret, 1, sizeof(secret), f);
	fclose(f);
	while (secret_len > 0 && secret[secret_len - 1] == '\n')
		secret_len--;
}

static sqlite3_stmt *
database_open(const char *path, sqlite3 **db)
{
	sqlite3_stmt *insert;

	if (sqlite3_open(path, db) != SQLITE_OK ||
	    sqlite3_exec(*db, setup_sql, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(*db, insert_sql, -1, &insert, NULL) !=
	    SQLITE_OK)
		die(path, sqlite3_errmsg(*db));
	return insert;
}

static int
signature_right(const char *given, const unsigned char *body, size_t len)
{
	crypto_auth_hmacsha256_state state;
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	char hex[2 * sizeof(mac) + 1];

	crypto_auth_hmacsha256_init(&state, secret, secret_len);
	crypto_auth_hmacsha256_update(&state, body, len);
	crypto_auth_hmacsha256_final(&state, mac);
	sodium_bin2hex(hex, sizeof(hex), mac, sizeof(mac));
	return given != NULL && strlen(given) == strlen(hex) &&
	    sodium_memcmp(given, hex, strlen(hex)) == 0;
}

static int
store(sqlite3_stmt *insert, const char *id, const unsigned char *body,
    size_t len)
{
	int rc;

	sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
	sqlite3_bind_blob64(insert, 2, body, len, SQLITE_STATIC);
	rc = sqlite3_step(insert);
	sqlite3_reset(insert);
	return rc == SQLITE_DONE ? 0 : -1;
}

static void
answer(FCGX_Request *req, sqlite3_stmt *insert)
{
	static unsigned char body[BODY_MAX];
	const char *id = FCGX_GetParam("HTTP_X_GITEA_DELIVERY", req->envp);
	const char *sig = FCGX_GetParam("HTTP_X_GITEA_SIGNATURE", req->envp);
	int len = FCGX_GetStr((char *)body, BODY_MAX, req->in);

	if (id == NULL || !signature_right(sig, body, (size_t)len))
		FCGX_PutS("Status: 403\r\n\r\n", req->out);
	else if (store(insert, id, body, (size_t)len) == -1)
		FCGX_PutS("Status: 503\r\n\r\n", req->out);
	else
		FCGX_PutS("Status: 202\r\n"
		    "Content-Type: application/json\r\n\r\n{}\n", req->out);
}

int
main(int argc, char **argv)
{
	FCGX_Request req;
	sqlite3 *db = NULL;
	sqlite3_stmt *insert;

	if (argc != 3)
		die("usage", "floor-hook DATABASE SECRET-FILE");
	if (sodium_init() == -1 || FCGX_Init() != 0 ||
	    FCGX_InitRequest(&req, 0, 0) != 0)
		die("start", "libsodium or libfcgi failed");
	read_secret(argv[2]);
	insert = database_open(argv[1], &db);
	while (FCGX_Accept_r(&req) == 0)
		answer(&req, insert);
	FCGX_Finish_r(&req);
	sqlite3_finalize(insert);
	sqlite3_close(db);
	return 0;
}

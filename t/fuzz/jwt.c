/*
 * jwt.c - fuzzing tokens that somebody else has signed: whatever comes, none
 * counts, for nobody has the key. What is before the first newline are the
 * keys.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/web/jwt.h"
#include "t/fuzz/require.h"

static const char known[] = "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\","
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}]}";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct jwt_expect e = { "i", "a", 1000 };
	struct arena a = ARENA_INIT(0);
	char *text = arena_strndup(&a, (const char *)data, size);
	char *token = strchr(text, '\n');
	struct err err = { 0 };
	json_t *keys;

	require(sodium_init() != -1);
	if (token != NULL)
		*token++ = '\0';
	else
		token = text;
	keys = jwt_keys_read(token == text ? known : text, token == text ?
	    strlen(known) : strlen(text), &err);
	if (keys == NULL)
		keys = jwt_keys_read(known, strlen(known), &err);
	(void)jwt_is_one(token);
	(void)jwt_issuer(token, &a);
	json_decref(jwt_verify(token, keys, &e, &a, &err));
	json_decref(keys);
	arena_release(&a);
	return 0;
}

/*
 * http_head.c - fuzz target: any bytes as the head of a request.
 *
 * What is whole is made of variables that a request can be read from, each
 * with a name and without control characters. More bytes behind a whole head
 * change nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "lib/web/http_head.h"
#include "lib/web/request.h"
#include "t/fuzz/require.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
check(const char *const *env)
{
	size_t n = 0;

	for (; env[n] != NULL; n++) {
		require(strchr(env[n], '=') != NULL);
		for (const char *p = env[n]; *p != '\0'; p++)
			require((unsigned char)*p >= 0x20 || *p == '\t');
	}
	require(n >= 2 && n <= HTTP_HEAD_FIELDS + 1);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *const *env, *const *again;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct request req;
	size_t n;

	if (http_head_read(text, size, &a, &env, &err) == 1) {
		n = check(env);
		(void)request_init(&req, env, "/ci", &a, &err);
		request_release(&req);
		for (size_t cut = size / 2; cut < size; cut++)
			if (http_head_read(text, cut, &a, &again, &err) == 1)
				require(check(again) == n);
	}
	arena_release(&a);
	return 0;
}

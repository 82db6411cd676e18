/*
 * answer.c - fuzzing of what forges answer: bodies and headers.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/forge/answer.h"
#include "lib/forge/comment.h"
#include "t/fuzz/require.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first line is x-ratelimit-reset, the rest a body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(0);
	char *text = arena_strndup(&a, (const char *)data, size);
	char *body = text + strcspn(text, "\n");
	struct answer r = { 403, -1, "0", text, NULL, body, 0 };
	struct answer_judgement j;
	struct forge_api api;
	struct err err = { 0 };
	const char *id = NULL, *reason;

	if (*body != '\0')
		*body++ = '\0';
	r.body = body;
	r.body_len = strlen(body);
	j = answer_judge(&r, 1000, &err);
	require(j.means != ANSWER_DONE && err.code != ERR_NONE);
	require(j.pause_until_ms <= 1000 + ANSWER_MAX_PAUSE_MS);
	reason = answer_reason(r.body, r.body_len, &a);
	require(reason == NULL || strlen(reason) <= 200);
	reason = answer_id(r.body, r.body_len, &a);
	require(reason == NULL || reason[strspn(reason, "0123456789")] ==
	    '\0');
	require(forge_api_find("bitbucket", "https://bitbucket.org/o/n", NULL,
	    "o", "n", &a, &api, NULL) == 0);
	if (forge_comment_find(&api, r.body, r.body_len, &a, &id, NULL) == 1)
		require(id[strspn(id, "0123456789")] == '\0');
	arena_release(&a);
	return 0;
}

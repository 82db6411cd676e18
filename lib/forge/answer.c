/*
 * answer.c - what an answer to something that was sent means.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/answer.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/forge/row.h"

#define REASON_MAX 200

/* Members of answers that say what is wrong. */
static const char *const reasons[] = { "message", "error_description",
	"error", "errors" };

/* --- bodies ------------------------------------------------------------------ */

/* The text that stands somewhere in it: itself, its first item, its member
 * "message" (Bitbucket's and GitHub's lists of errors). Depth is bounded by
 * answer_load(). */
static const char *
text_in(const json_t *v)
{
	while (v != NULL && !json_is_string(v)) {
		if (json_is_array(v))
			v = json_array_get(v, 0);
		else if (json_object_get(v, "message") != NULL)
			v = json_object_get(v, "message");
		else
			v = json_object_iter_value(json_object_iter(
			    (json_t *)v));
	}
	return json_string_value(v);
}

const char *
answer_reason(const char *body, size_t len, struct arena *a)
{
	json_t *root = answer_load(body, len, NULL);
	const char *text = NULL;
	char *out = NULL;

	for (size_t i = 0; text == NULL && i < ARRAY_LEN(reasons); i++)
		text = text_in(json_object_get(root, reasons[i]));
	if (text != NULL && *text != '\0') {
		out = arena_strndup(a, text, utf8_cut_len(text, strlen(text),
		    REASON_MAX));
		for (char *p = out; *p != '\0'; p++)
			if ((unsigned char)*p < ' ' || *p == 0x7f)
				*p = ' ';
	}
	json_decref(root);
	return out;
}

const char *
answer_id(const char *body, size_t len, struct arena *a)
{
	json_t *root = answer_load(body, len, NULL);
	const json_t *id = json_object_get(root, "id");
	const char *out = NULL;

	if (json_is_integer(id) && json_integer_value(id) > 0)
		out = arena_printf(a, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(id));
	json_decref(root);
	return out;
}

/* --- what it means ------------------------------------------------------------ */

/* Until when the host asks to be left alone; 0: it does not. A limit that is
 * used up tells so by its own headers. */
static int64_t
pause_of(const struct answer *r, int64_t now_ms)
{
	int64_t until = 0;
	long long reset;

	if (r->retry_after_s >= 0)
		until = now_ms + (r->retry_after_s < ANSWER_MAX_PAUSE_MS / 1000
		    ? r->retry_after_s * 1000 : ANSWER_MAX_PAUSE_MS);
	else if (r->rate_left != NULL && strcmp(r->rate_left, "0") == 0 &&
	    r->rate_reset != NULL && str_to_int64(r->rate_reset, 0,
		INT64_MAX / 1000, &reset))
		until = reset * 1000;
	if (until > now_ms + ANSWER_MAX_PAUSE_MS)
		until = now_ms + ANSWER_MAX_PAUSE_MS;
	return until > now_ms ? until : 0;
}

static void
say(const struct answer *r, const char *what, enum err_code code,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *why = answer_reason(r->body, r->body_len, &a);

	err_set(err, code, "the answer is %ld%s%s%s", r->status, what,
	    why != NULL ? ": " : "", why != NULL ? why : "");
	arena_release(&a);
}

struct answer_judgement
answer_judge(const struct answer *r, int64_t now_ms, struct err *err)
{
	struct answer_judgement j = { ANSWER_REFUSED, 0 };

	if (r->status >= 200 && r->status < 300) {
		j.means = ANSWER_DONE;
		return j;
	}
	if (r->status == 403 || r->status == 429 || r->status == 503)
		j.pause_until_ms = pause_of(r, now_ms);
	if (r->status == 408 || r->status == 425 || r->status == 429 ||
	    r->status >= 500 || j.pause_until_ms > 0) {
		j.means = ANSWER_LATER;
		say(r, j.pause_until_ms > 0 ? " (asks for a pause)" : "",
		    ERR_UNAVAILABLE, err);
	} else if (r->status >= 300 && r->status < 400) {
		err_set(err, ERR_DENIED, "the answer is %ld: it leads to "
		    "\"%.200s\", and what is sent follows no redirect: set "
		    "the address itself", r->status, r->location != NULL ?
		    r->location : "");
	} else {
		say(r, r->status == 401 || r->status == 403 ?
		    " (is the token right, and may it do this?)" : "",
		    ERR_DENIED, err);
	}
	return j;
}

/*
 * s3_xml.c - the few words that are needed of a service's answers.
 *
 * An answer is a short XML document of known names without attributes; names
 * of files come percent-encoded, so nothing of XML is in them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/ops.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/percent.h"

/* The text between <NAME> and </NAME>, from `*at` on and before `end`, which
 * then stands behind it. */
static bool
find(const char **at, const char *end, const char *name, const char **text,
    size_t *len)
{
	char open[64], close[64];
	const char *from, *to;

	snprintf(open, sizeof(open), "<%s>", name);
	snprintf(close, sizeof(close), "</%s>", name);
	from = strstr(*at, open);
	if (from == NULL || from >= end)
		return false;
	from += strlen(open);
	to = strstr(from, close);
	if (to == NULL || to >= end)
		return false;
	*text = from;
	*len = (size_t)(to - from);
	*at = to + strlen(close);
	return true;
}

/* The five names of XML; others stay as they are. */
static void
add_text(struct str *out, const char *text, size_t len)
{
	static const struct {
		const char *name;
		char c;
	} names[] = { { "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' } };

	for (const char *end = text + len; text < end; text++) {
		size_t i = 0;

		while (i < 5 && strncmp(text, names[i].name,
		    strlen(names[i].name)) != 0)
			i++;
		str_add_char(out, i < 5 ? names[i].c : *text);
		if (i < 5)
			text += strlen(names[i].name) - 1;
	}
}

void
blob_s3_problem(const char *text, struct str *out)
{
	const char *end = text + strlen(text), *at = text, *part;
	size_t len;

	if (find(&at, end, "Code", &part, &len))
		add_text(out, part, len);
	at = text;
	if (find(&at, end, "Message", &part, &len) && len > 0) {
		if (out->len > 0)
			str_add(out, ": ");
		add_text(out, part, len);
	}
}

static int
take_object(const char *at, const char *end, blob_fn *fn, void *ctx)
{
	const char *from = at, *text;
	struct blob_info info;
	struct str name = STR_INIT;
	long long size = -1;
	char number[32];
	size_t len;
	int rc = -1;

	if (find(&from, end, "Key", &text, &len) &&
	    percent_decode(&name, text, len, PERCENT_PLUS)) {
		from = at;
		if (find(&from, end, "Size", &text, &len) &&
		    len < sizeof(number)) {
			snprintf(number, sizeof(number), "%.*s", (int)len,
			    text);
			if (str_to_int64(number, 0, INT64_MAX, &size)) {
				info.name = name.s;
				info.size = size;
				rc = fn(ctx, &info);
			}
		}
	}
	str_release(&name);
	return size == -1 ? -2 : rc;
}

int
blob_s3_list(const char *text, blob_fn *fn, void *ctx, struct str *token,
    struct err *err)
{
	const char *end = text + strlen(text), *at = text, *part;
	size_t len;
	int rc = 0;

	str_clear(token);
	if (strstr(text, "<ListBucketResult") == NULL)
		return err_set(err, ERR_UNAVAILABLE, "the S3 service answers "
		    "with something that is no list");
	if (find(&at, end, "NextContinuationToken", &part, &len))
		add_text(token, part, len);
	at = text;
	while (rc == 0 && find(&at, end, "Contents", &part, &len))
		rc = take_object(part, part + len, fn, ctx);
	if (rc == -2)
		return err_set(err, ERR_UNAVAILABLE, "the S3 service lists a "
		    "file without a name or a size");
	return rc;
}

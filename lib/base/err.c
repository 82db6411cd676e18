/*
 * err.c - fill and wrap errors; which code is whose fault.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A cut text ends in "..." so that nobody takes it for the whole. */
static void
mark_cut(struct err *err, int wanted)
{
	if (wanted >= 0 && (size_t)wanted >= sizeof(err->text))
		memcpy(err->text + sizeof(err->text) - 4, "...", 4);
}

int
err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	err->code = code;
	va_start(ap, fmt);
	mark_cut(err, vsnprintf(err->text, sizeof(err->text), fmt, ap));
	va_end(ap);
	return -1;
}

static enum err_code
code_of_errno(int number)
{
	static const struct {
		int number;
		enum err_code code;
	} codes[] = {
		{ ENOENT, ERR_NOT_FOUND },
		{ ENOTDIR, ERR_NOT_FOUND },
		{ EEXIST, ERR_EXISTS },
		{ EACCES, ERR_DENIED },
		{ EPERM, ERR_DENIED },
		{ ETIMEDOUT, ERR_TIMEOUT },
		{ ECONNREFUSED, ERR_UNAVAILABLE },
		{ ECONNRESET, ERR_UNAVAILABLE },
		{ EBUSY, ERR_BUSY },
		{ EAGAIN, ERR_BUSY },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (codes[i].number == number)
			return codes[i].code;
	return ERR_IO;
}

int
err_errno(struct err *err, const char *fmt, ...)
{
	int number = errno;
	size_t len;
	va_list ap;

	if (err == NULL)
		return -1;
	err->code = code_of_errno(number);
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	mark_cut(err, (int)len + snprintf(err->text + len,
	    sizeof(err->text) - len, ": %s", strerror(number)));
	return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
	char before[sizeof(err->text)];
	size_t len;
	va_list ap;

	if (err == NULL)
		return -1;
	memcpy(before, err->text, sizeof(before));
	va_start(ap, fmt);
	vsnprintf(err->text, sizeof(err->text), fmt, ap);
	va_end(ap);
	len = strlen(err->text);
	mark_cut(err, (int)len + snprintf(err->text + len,
	    sizeof(err->text) - len, ": %s", before));
	return -1;
}

void
err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->code = ERR_NONE;
	err->text[0] = '\0';
}

enum err_kind
err_kind(enum err_code code)
{
	switch (code) {
	case ERR_INVALID:
	case ERR_NOT_FOUND:
	case ERR_EXISTS:
	case ERR_TOO_LARGE:
	case ERR_DENIED:
	case ERR_CONFLICT:
	case ERR_UNSUPPORTED:
		return ERR_KIND_USER;
	case ERR_BUSY:
	case ERR_TIMEOUT:
	case ERR_UNAVAILABLE:
	case ERR_IO:
		return ERR_KIND_INFRA;
	case ERR_NONE:
	case ERR_CORRUPT:
	case ERR_BUG:
		return ERR_KIND_BUG;
	}
	return ERR_KIND_BUG;
}

const char *
err_kind_name(enum err_kind kind)
{
	switch (kind) {
	case ERR_KIND_USER:
		return "user";
	case ERR_KIND_INFRA:
		return "infrastructure";
	case ERR_KIND_BUG:
		return "bug";
	}
	return "bug";
}

/*
 * mail.h - a mail as text (RFC 5322, RFC 2045, RFC 2047).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_MAIL_H
#define PAWL_RENDER_MAIL_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/base/str.h"

struct mail {
	const char *from;    /* addresses that mail_address_valid() */
	const char *to;
	const char *subject; /* any text */
	const char *text;    /* any text, UTF-8 */
	const char *id;      /* letters, digits, "-": before the "@" */
	const char *domain;  /* behind it */
	int64_t at_ms;
};

/* Is it "NAME@HOST", as a program may be given it and a header may have it? */
bool
mail_address_valid(const char *address);

/* Append the mail; lines end in CR LF. */
void
mail_write(const struct mail *mail, struct str *out);

#endif

/*
 * log_filter.c - see log_filter.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/log_filter.h"

#include <string.h>

#define C2 0xc2 /* begins U+0080 to U+00BF; up to U+009F they are controls */

static void
in_text(struct log_filter *f, unsigned char c, struct str *out)
{
	if (c == '\033')
		f->state = LOG_ESC;
	else if (c == C2)
		f->state = LOG_C2;
	else if (c == '\n' || c == '\t' || c == '\r' || (c >= 0x20 &&
	    c != 0x7f))
		str_add_char(out, (char)c);
}

/* ESC [ begins a sequence that may set colours; ESC ] and its like a text
 * for the terminal; everything else is a sequence of two. */
static void
in_escape(struct log_filter *f, unsigned char c)
{
	f->n = 0;
	if (c == '[')
		f->state = LOG_CSI;
	else if (strchr("]PX^_", c) != NULL && c != '\0')
		f->state = LOG_STRING;
	else if (c != '\033')
		f->state = c >= 0x20 && c <= 0x2f ? LOG_ESC : LOG_TEXT;
}

static void
in_csi(struct log_filter *f, unsigned char c, struct str *out)
{
	if (c >= 0x20 && c <= 0x3f) {
		if (f->n < sizeof(f->held))
			f->held[f->n] = (char)c;
		f->n++; /* beyond that it is no colour */
		return;
	}
	f->state = c == '\033' ? LOG_ESC : LOG_TEXT;
	if (c != 'm' || f->n > sizeof(f->held))
		return;
	for (size_t i = 0; i < f->n; i++)
		if (strchr("0123456789;:", f->held[i]) == NULL)
			return;
	str_add(out, "\033[");
	str_add_len(out, f->held, f->n);
	str_add_char(out, 'm');
}

/* Up to BEL or ESC \. A text without an end would hide the rest of the log:
 * it ends with the line, too. */
static void
in_string(struct log_filter *f, unsigned char c, struct str *out)
{
	if (f->state == LOG_STRING_ESC || c == '\a')
		f->state = LOG_TEXT;
	else if (c == '\033')
		f->state = LOG_STRING_ESC;
	else if (c == '\n') {
		f->state = LOG_TEXT;
		str_add_char(out, '\n');
	}
}

void
log_filter_add(struct log_filter *f, const char *data, size_t len,
    struct str *out)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)data[i];

		switch (f->state) {
		case LOG_TEXT:
			in_text(f, c, out);
			break;
		case LOG_ESC:
			in_escape(f, c);
			break;
		case LOG_CSI:
			in_csi(f, c, out);
			break;
		case LOG_STRING:
		case LOG_STRING_ESC:
			in_string(f, c, out);
			break;
		case LOG_C2:
			f->state = LOG_TEXT;
			if (c >= 0xa0) {
				str_add_char(out, (char)C2);
				str_add_char(out, (char)c);
			}
			break;
		}
	}
}

/*
 * ansi.c - see ansi.h. The sequences are those of ECMA-48.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/ansi.h"

#include <stdbool.h>
#include <string.h>

#include "lib/web/html.h"

#define ESC '\033'
#define BEL '\007'
#define MAX_PARAMS 16

struct ansi {
	struct str *out;
	int color;      /* 0 to 15; -1: the text's own */
	bool bold;
	bool open;      /* a span is */
};

static void
close_span(struct ansi *s)
{
	if (s->open)
		html_markup(s->out, "</span>");
	s->open = false;
}

static void
add_text(struct ansi *s, const char *text, size_t len)
{
	if (len == 0)
		return;
	if (!s->open && (s->color != -1 || s->bold)) {
		html_markup(s->out, "<span class=\"");
		if (s->color != -1)
			str_addf(s->out, "c%d", s->color);
		if (s->color != -1 && s->bold)
			html_markup(s->out, " ");
		if (s->bold)
			html_markup(s->out, "b");
		html_markup(s->out, "\">");
		s->open = true;
	}
	html_text_len(s->out, text, len);
}

static void
apply(struct ansi *s, int code)
{
	if (code == 0) {
		s->color = -1;
		s->bold = false;
	} else if (code == 1) {
		s->bold = true;
	} else if (code == 22) {
		s->bold = false;
	} else if (code >= 30 && code <= 37) {
		s->color = code - 30;
	} else if (code >= 90 && code <= 97) {
		s->color = code - 90 + 8;
	} else if (code == 39) {
		s->color = -1;
	}
}

/* Select Graphic Rendition: "1;31". Colours of the larger palettes ("38;5;n",
 * "38;2;r;g;b", and 48 for the background) are passed over with their
 * numbers; the first 16 of "38;5" are the plain ones. */
static void
select_rendition(struct ansi *s, const char *p, const char *end)
{
	int codes[MAX_PARAMS] = { 0 };
	int n = 1;

	for (; p < end; p++) {
		if (*p == ';' && n < MAX_PARAMS)
			n++;
		else if (*p >= '0' && *p <= '9' && codes[n - 1] < 1000)
			codes[n - 1] = codes[n - 1] * 10 + (*p - '0');
	}
	close_span(s);
	for (int i = 0; i < n; i++) {
		bool palette = codes[i] == 38 || codes[i] == 48;

		if (palette && i + 2 < n && codes[i + 1] == 5) {
			if (codes[i] == 38 && codes[i + 2] < 16)
				s->color = codes[i + 2];
			i += 2;
		} else if (palette) {
			i += 4;
		} else {
			apply(s, codes[i]);
		}
	}
}

/* Behind "ESC [": parameters, intermediates, one final byte. */
static const char *
control_sequence(struct ansi *s, const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p >= 0x20 && *p <= 0x3f)
		p++;
	if (p == end)
		return end;
	if (*p == 'm')
		select_rendition(s, start, p);
	return *p >= 0x40 && *p <= 0x7e ? p + 1 : p;
}

/* Behind "ESC ]" and its like: text up to BEL or "ESC \"; a newline ends it
 * too, so that a stray one does not swallow the log. */
static const char *
control_string(const char *p, const char *end)
{
	for (; p < end && *p != '\n'; p++) {
		if (*p == BEL)
			return p + 1;
		if (*p == ESC)
			return p + 1 < end && p[1] == '\\' ? p + 2 : p;
	}
	return p;
}

static const char *
escape(struct ansi *s, const char *p, const char *end)
{
	if (p == end)
		return end;
	if (*p == '[')
		return control_sequence(s, p + 1, end);
	if (strchr("]PX^_", *p) != NULL && *p != '\0')
		return control_string(p + 1, end);
	while (p < end && *p >= 0x20 && *p <= 0x2f)
		p++;
	return p < end && *p >= 0x30 && *p <= 0x7e ? p + 1 : p;
}

void
ansi_html(struct str *out, const char *text, size_t len)
{
	struct ansi s = { out, -1, false, false };
	const char *p = text, *end = text + len;

	while (p < end) {
		const char *run = p;

		while (p < end && *p != ESC && *p != '\r' && *p != '\b' &&
		    *p != BEL)
			p++;
		add_text(&s, run, (size_t)(p - run));
		if (p == end)
			break;
		if (*p == ESC) {
			p = escape(&s, p + 1, end);
			continue;
		}
		if (*p == '\r' && p + 1 < end && p[1] != '\n')
			add_text(&s, "\n", 1);
		p++;
	}
	close_span(&s);
}

/*
 * ansi.c - see ansi.h. The sequences are those of ECMA-48.
 *
 * SPDX-License-Identifier: ISC
 */
#define _GNU_SOURCE /* memrchr() */
#include "config.h"
#include "lib/web/ansi.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/web/html.h"

#define ESC '\033'
#define BEL '\007'
#define MAX_PARAMS 32

enum { BOLD = 1, DIM = 2, ITALIC = 4, UNDERLINE = 8, STRIKE = 16,
	REVERSE = 32 };

static const struct { unsigned flag; const char *name; } classes[] = {
	{ BOLD, "b" }, { DIM, "d" }, { ITALIC, "i" }, { UNDERLINE, "u" },
	{ STRIKE, "s" },
};

/* --- colours ------------------------------------------------------------------ */

/* Of the larger palettes: the hue, or without one a grey of the terminal's. */
static int
color_of_rgb(const int rgb[3])
{
	int max = 0, min = 255, top = 0, hue;

	for (int i = 0; i < 3; i++) {
		if (rgb[i] > max) {
			max = rgb[i];
			top = i;
		}
		if (rgb[i] < min)
			min = rgb[i];
	}
	if (max - min < 48)
		return max < 90 ? 8 : max < 190 ? 7 : 15;
	hue = top * 120 + 60 * (rgb[(top + 1) % 3] - rgb[(top + 2) % 3]) /
	    (max - min);
	return 16 + (hue + 360 + 7) % 360 / 15;
}

static int
color_of_256(int n)
{
	static const int levels[] = { 0, 95, 135, 175, 215, 255 };
	int rgb[3];

	if (n < 16)
		return n;
	for (int i = 0; i < 3; i++)
		rgb[i] = 8 + (n - 232) * 10;
	if (n < 232) {
		n -= 16;
		rgb[0] = levels[n / 36];
		rgb[1] = levels[n / 6 % 6];
		rgb[2] = levels[n % 6];
	}
	return color_of_rgb(rgb);
}

/* The terminal's own colour that is next to a hue: red, yellow, green, cyan,
 * blue, magenta. */
static int
plain(int color)
{
	static const int around[] = { 1, 3, 2, 6, 4, 5 };

	return color < 16 ? color : around[(color - 16 + 2) % 24 / 4];
}

/* --- text --------------------------------------------------------------------- */

struct writer {
	struct str *out;
	struct ansi *state;
	bool open; /* a span is */
};

static void
add_class(struct writer *w, bool *any, const char *name, int number)
{
	if (*any)
		html_markup(w->out, " ");
	html_markup(w->out, name);
	if (number >= 0)
		str_addf(w->out, "%d", number);
	*any = true;
}

static void
open_span(struct writer *w)
{
	const struct ansi *s = w->state;
	bool reverse = s->flags & REVERSE, any = false;
	int back = reverse ? s->color : s->background;
	int color = reverse ? s->background : s->color;

	if (w->open || (s->color == -1 && s->background == -1 &&
	    s->flags == 0))
		return;
	html_markup(w->out, "<span class=\"");
	if (back != -1)
		add_class(w, &any, "g", plain(back));
	else if (reverse)
		add_class(w, &any, "v", -1);
	else if (color >= 16)
		add_class(w, &any, "h", color - 16);
	else if (color != -1)
		add_class(w, &any, "c", color);
	for (size_t i = 0; i < ARRAY_LEN(classes); i++)
		if (s->flags & classes[i].flag)
			add_class(w, &any, classes[i].name, -1);
	html_markup(w->out, "\">");
	w->open = true;
}

static void
close_span(struct writer *w)
{
	if (w->open)
		html_markup(w->out, "</span>");
	w->open = false;
}

/* Characters that reorder text, or that nobody sees: with them a line could
 * say something else than it shows. */
static const struct { uint32_t from, to; } unseen[] = {
	{ 0x00, 0x08 }, { 0x0a, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad },
	{ 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200b },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

static bool
is_unseen(const char *p, size_t n, uint32_t *c)
{
	*c = utf8_char(p, n);
	for (size_t i = 0; i < ARRAY_LEN(unseen); i++)
		if (*c >= unseen[i].from && *c <= unseen[i].to)
			return true;
	return false;
}

/* Text without an address in it. */
static void
add_plain(struct writer *w, const char *p, size_t len)
{
	const char *run = p, *end = p + len;
	uint32_t c;

	while (p < end) {
		size_t n = utf8_char_len(p, (size_t)(end - p));

		if (n == 0 || !is_unseen(p, n, &c)) {
			p += n == 0 ? 1 : n;
			continue;
		}
		html_text_len(w->out, run, (size_t)(p - run));
		str_addf(w->out, "<span class=\"x\">U+%04X</span>",
		    (unsigned)c);
		p += n;
		run = p;
	}
	html_text_len(w->out, run, (size_t)(p - run));
}

/* How long the address of a page is that may begin here; 0: none does. */
static size_t
address_len(const char *p, const char *end)
{
	static const char *const begins[] = { "https://", "http://" };
	size_t n, head = 0;

	for (size_t i = 0; i < ARRAY_LEN(begins) && head == 0; i++)
		if ((size_t)(end - p) > strlen(begins[i]) &&
		    memcmp(p, begins[i], strlen(begins[i])) == 0)
			head = strlen(begins[i]);
	if (head == 0)
		return 0;
	for (n = head; p + n < end; n++)
		if ((unsigned char)p[n] <= ' ' || (unsigned char)p[n] >= 127 ||
		    strchr("\"'<>`{}|\\^", p[n]) != NULL)
			break;
	while (n > head && strchr(".,:;!?)]", p[n - 1]) != NULL)
		n--;
	return n > head ? n : 0;
}

static void
add_text(struct writer *w, const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	if (len == 0)
		return;
	open_span(w);
	while (p < end) {
		const char *h = memchr(p, 'h', (size_t)(end - p));
		size_t n = h != NULL ? address_len(h, end) : 0;
		const char *to = h == NULL ? end : n > 0 ? h : h + 1;

		add_plain(w, p, (size_t)(to - p));
		p = to;
		if (n == 0)
			continue;
		html_markup(w->out, "<a rel=\"noopener nofollow\" href=\"");
		html_text_len(w->out, p, n);
		html_markup(w->out, "\">");
		html_text_len(w->out, p, n);
		html_markup(w->out, "</a>");
		p += n;
	}
}

/* --- sequences ---------------------------------------------------------------- */

static const struct { int code; unsigned clear, set; } flag_codes[] = {
	{ 1, 0, BOLD }, { 2, 0, DIM }, { 3, 0, ITALIC }, { 4, 0, UNDERLINE },
	{ 7, 0, REVERSE }, { 9, 0, STRIKE }, { 21, 0, UNDERLINE },
	{ 22, BOLD | DIM, 0 }, { 23, ITALIC, 0 }, { 24, UNDERLINE, 0 },
	{ 27, REVERSE, 0 }, { 29, STRIKE, 0 },
};

static void
apply(struct ansi *s, int code)
{
	if (code == 0)
		*s = (struct ansi)ANSI_INIT;
	else if (code >= 30 && code <= 37)
		s->color = code - 30;
	else if (code >= 90 && code <= 97)
		s->color = code - 90 + 8;
	else if (code == 39)
		s->color = -1;
	else if (code >= 40 && code <= 47)
		s->background = code - 40;
	else if (code >= 100 && code <= 107)
		s->background = code - 100 + 8;
	else if (code == 49)
		s->background = -1;
	for (size_t i = 0; i < ARRAY_LEN(flag_codes); i++)
		if (flag_codes[i].code == code)
			s->flags = (s->flags & ~flag_codes[i].clear) |
			    flag_codes[i].set;
}

/* "38;5;n" or "38;2;r;g;b", and 48 for the background. Returns how many
 * numbers behind the first were used. */
static int
apply_palette(struct ansi *s, const int *codes, int n)
{
	int color = -1, used = n < 2 || codes[1] == 5 ? 2 : 4;

	if (n > 2 && codes[1] == 5 && codes[2] < 256)
		color = color_of_256(codes[2]);
	else if (n > 4 && codes[1] == 2 && codes[2] < 256 &&
	    codes[3] < 256 && codes[4] < 256)
		color = color_of_rgb(codes + 2);
	if (color != -1 && codes[0] == 38)
		s->color = color;
	else if (color != -1)
		s->background = plain(color);
	return used;
}

/* Select Graphic Rendition: "1;31". */
static void
select_rendition(struct writer *w, const char *p, const char *end)
{
	int codes[MAX_PARAMS] = { 0 };
	int n = 1;

	for (; p < end; p++) {
		if ((*p == ';' || *p == ':') && n < MAX_PARAMS)
			n++;
		else if (*p >= '0' && *p <= '9' && codes[n - 1] < 1000)
			codes[n - 1] = codes[n - 1] * 10 + (*p - '0');
	}
	close_span(w);
	for (int i = 0; i < n; i++) {
		if (codes[i] == 38 || codes[i] == 48)
			i += apply_palette(w->state, codes + i, n - i);
		else
			apply(w->state, codes[i]);
	}
}

/* Behind "ESC [": parameters, intermediates, one final byte. */
static const char *
control_sequence(struct writer *w, const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p >= 0x20 && *p <= 0x3f)
		p++;
	if (p == end)
		return end;
	if (*p == 'm')
		select_rendition(w, start, p);
	return *p >= 0x40 && *p <= 0x7e ? p + 1 : p;
}

/* Behind "ESC ]" and its like: text up to BEL or "ESC \". */
static const char *
control_string(const char *p, const char *end)
{
	for (; p < end; p++) {
		if (*p == BEL)
			return p + 1;
		if (*p == ESC)
			return p + 1 < end && p[1] == '\\' ? p + 2 : p;
	}
	return p;
}

static const char *
escape(struct writer *w, const char *p, const char *end)
{
	if (p == end)
		return end;
	if (*p == '[')
		return control_sequence(w, p + 1, end);
	if (*p != '\0' && strchr("]PX^_", *p) != NULL)
		return control_string(p + 1, end);
	while (p < end && *p >= 0x20 && *p <= 0x2f)
		p++;
	return p < end && *p >= 0x30 && *p <= 0x7e ? p + 1 : p;
}

void
ansi_html(struct str *out, struct ansi *state, const char *line, size_t len)
{
	struct writer w = { out, state, false };
	const char *p = line, *end, *shown;

	while (len > 0 && line[len - 1] == '\r')
		len--;
	end = line + len;
	shown = len > 0 ? memrchr(line, '\r', len) : NULL;
	shown = shown != NULL ? shown + 1 : line;
	while (p < end) {
		const char *run = p;

		while (p < end && *p != ESC && *p != '\b' && *p != BEL)
			p++;
		if (run < shown)
			run = p < shown ? p : shown;
		add_text(&w, run, (size_t)(p - run));
		if (p < end)
			p = *p == ESC ? escape(&w, p + 1, end) : p + 1;
	}
	close_span(&w);
}

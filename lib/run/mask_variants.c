/*
 * mask_variants.c - what programs make of a secret before they print it.
 *
 * A value of letters and digits is the same in most of these; texts that are
 * the same cost nothing in the automaton.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/mask_variants.h"

#include <ctype.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "lib/run/mask.h"

struct telling {
	mask_variant_fn *fn;
	void *ctx;
	struct str text; /* scratch */
};

static void
tell(struct telling *t, const char *text, size_t len)
{
	if (len >= MASK_MIN_BYTES)
		t->fn(t->ctx, MASK_AS_IS, text, len);
}

/* Tell what is in the scratch, and clean it. */
static void
tell_text(struct telling *t)
{
	tell(t, t->text.s, t->text.len);
	sodium_memzero(t->text.s, t->text.len);
	str_clear(&t->text);
}

/* --- wrapped: base64, hexadecimal ----------------------------------------- */

/* Wrapped text that begins with the last few letters of a line. */
static void
tell_wrapped(struct telling *t, const char *text, size_t len, bool late)
{
	for (size_t k = 0; k < (late ? MASK_WRAP_BYTES : 1); k++)
		if (len >= k + MASK_WRAPPED_MIN_BYTES)
			t->fn(t->ctx, MASK_WRAPPED, text + k, len - k);
}

/*
 * The base64 text of the value inside a longer one, `shift` bytes after a
 * border of three: without the characters at both ends that neighbours have
 * a part in.
 */
static void
add_base64_at(struct telling *t, const char *value, size_t len, size_t shift,
    bool late)
{
	static const size_t own_start[3] = { 0, 2, 3 };
	static const size_t rest_own[3] = { 0, 1, 2 };
	size_t size = shift + len, text_size, from, to;
	unsigned char *bin = mem_calloc(size, 1);
	char *text;

	memcpy(bin + shift, value, len);
	text_size = sodium_base64_encoded_len(size,
	    sodium_base64_VARIANT_ORIGINAL);
	text = mem_calloc(text_size, 1);
	sodium_bin2base64(text, text_size, bin, size,
	    sodium_base64_VARIANT_ORIGINAL);
	from = own_start[shift];
	to = size / 3 * 4 + rest_own[size % 3];
	if (to > from)
		tell_wrapped(t, text + from, to - from, late);
	/* A short one is known by its end. */
	if (shift == 0 && to < MASK_WRAPPED_MIN_BYTES)
		tell(t, text, strlen(text));
	sodium_memzero(bin, size);
	sodium_memzero(text, text_size);
	free(bin);
	free(text);
}

static void
add_base64(struct telling *t, const char *value, size_t len, bool late)
{
	for (size_t shift = 0; shift < 3; shift++)
		add_base64_at(t, value, len, shift, late);
}

static void
add_hex(struct telling *t, const char *value, size_t len)
{
	for (int upper = 0; upper < 2; upper++) {
		for (size_t i = 0; i < len; i++)
			str_addf(&t->text, upper ? "%02X" : "%02x",
			    (unsigned char)value[i]);
		tell_wrapped(t, t->text.s, t->text.len, true);
		sodium_memzero(t->text.s, t->text.len);
		str_clear(&t->text);
	}
}

/* --- addresses ------------------------------------------------------------ */

/* What encoders leave as it is, beside letters and digits. */
static const struct {
	const char *plain;
	bool plus; /* a blank becomes "+" */
} percent_sets[] = {
	{ "-._~", false },                  /* RFC 3986, curl, jq */
	{ "-._~", true },                   /* Python's quote_plus, Go */
	{ "-._~/", false },                 /* Python's quote */
	{ "-._", true },                    /* PHP's urlencode */
	{ "-._*", true },                   /* HTML forms, Java */
	{ "-_.!~*'()", false },             /* encodeURIComponent */
	{ ";/?:@&=+$,#-_.!~*'()", false },  /* encodeURI */
	{ "-._~!$&'()*+,;=:@/", false },    /* a path */
};

static void
add_percent(struct telling *t, const char *value, size_t len)
{
	for (size_t k = 0; k < 2 * ARRAY_LEN(percent_sets); k++) {
		const char *plain = percent_sets[k / 2].plain;

		for (size_t i = 0; i < len; i++) {
			unsigned char c = (unsigned char)value[i];

			if (c < 0x80 && c != 0 && (isalnum(c) ||
			    strchr(plain, c) != NULL))
				str_add_char(&t->text, (char)c);
			else if (c == ' ' && percent_sets[k / 2].plus)
				str_add_char(&t->text, '+');
			else
				str_addf(&t->text, k % 2 == 0 ? "%%%02X" :
				    "%%%02x", c);
		}
		tell_text(t);
	}
}

/* --- JSON ----------------------------------------------------------------- */

enum {
	JSON_SLASH = 1, /* "\/" */
	JSON_ASCII = 2, /* all beyond ASCII is "\uXXXX" */
	JSON_HTML = 4,  /* "\u003c" for what means something in HTML */
	JSON_UPPER = 8, /* "\u003C" */
	JSON_ALL = 16,
};

static void
add_unicode(struct str *out, unsigned c, int flags)
{
	str_addf(out, flags & JSON_UPPER ? "\\u%04X" : "\\u%04x", c);
}

/* One character; returns its length. */
static size_t
json_char(struct str *out, const char *s, size_t len, int flags)
{
	static const char names[] = "\"\\\b\f\n\r\t", codes[] = "\"\\bfnrt";
	unsigned char c = (unsigned char)*s;
	const char *name = c != 0 ? strchr(names, c) : NULL;
	size_t n = 1;
	uint32_t code;

	if (name != NULL) {
		str_addf(out, "\\%c", codes[name - names]);
	} else if (c == '/' && (flags & JSON_SLASH)) {
		str_add(out, "\\/");
	} else if (c < 0x20 || c == 0x7f ||
	    ((flags & JSON_HTML) && strchr("<>&'", c) != NULL)) {
		add_unicode(out, c, flags);
	} else if (c < 0x80 || !(flags & JSON_ASCII) ||
	    (n = utf8_char_len(s, len)) == 0) {
		str_add_char(out, (char)c);
		n = 1;
	} else if ((code = utf8_char(s, n)) < 0x10000) {
		add_unicode(out, code, flags);
	} else {
		add_unicode(out, 0xd800 + ((code - 0x10000) >> 10), flags);
		add_unicode(out, 0xdc00 + ((code - 0x10000) & 0x3ff), flags);
	}
	return n;
}

static void
json_add(struct str *out, const char *value, size_t len, int flags)
{
	for (size_t i = 0; i < len;)
		i += json_char(out, value + i, len - i, flags);
}

static void
add_json(struct telling *t, const char *value, size_t len)
{
	struct str once = STR_INIT;

	for (int flags = 0; flags < JSON_ALL; flags++) {
		json_add(&t->text, value, len, flags);
		tell_text(t);
	}
	/* A text in a text: what `docker inspect` shows of a document. */
	json_add(&once, value, len, 0);
	json_add(&t->text, once.s, once.len, 0);
	tell_text(t);
	sodium_memzero(once.s, once.len);
	str_release(&once);
}

/* --- shells, HTML, line ends ---------------------------------------------- */

/* Each character of a set by a text of its own. */
struct escape {
	char c;
	const char *text;
};

static const struct escape quote_bash[] = { { '\'', "'\\''" }, { 0, NULL } };
static const struct escape quote_dash[] = { { '\'', "'\"'\"'" },
	{ 0, NULL } };
/* bash's $'...', which `set -x` writes when there are control characters. */
static const struct escape quote_ansi[] = { { '\'', "\\'" }, { '\\', "\\\\" },
	{ '\n', "\\n" }, { '\r', "\\r" }, { '\t', "\\t" }, { 033, "\\E" },
	{ 0, NULL } };
static const struct escape in_double_quotes[] = { { '"', "\\\"" },
	{ '\\', "\\\\" }, { '$', "\\$" }, { '`', "\\`" }, { 0, NULL } };
static const struct escape html_decimal[] = { { '&', "&amp;" },
	{ '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
	{ '\'', "&#39;" }, { 0, NULL } };
static const struct escape html_hex[] = { { '&', "&amp;" }, { '<', "&lt;" },
	{ '>', "&gt;" }, { '"', "&#34;" }, { '\'', "&#x27;" }, { 0, NULL } };
static const struct escape html_text[] = { { '&', "&amp;" },
	{ '<', "&lt;" }, { '>', "&gt;" }, { 0, NULL } };
static const struct escape xml[] = { { '&', "&amp;" }, { '<', "&lt;" },
	{ '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&apos;" }, { 0, NULL } };
/* Of log commands: "::notice::..." */
static const struct escape command[] = { { '%', "%25" }, { '\r', "%0D" },
	{ '\n', "%0A" }, { 0, NULL } };
static const struct escape doubled_sql[] = { { '\'', "''" }, { 0, NULL } };
static const struct escape doubled_csv[] = { { '"', "\"\"" }, { 0, NULL } };
/* Lines that are joined: echo $VALUE, tr -d '\n', a terminal's own. */
static const struct escape blanks[] = { { '\n', " " }, { 0, NULL } };
static const struct escape nothing[] = { { '\n', "" }, { 0, NULL } };
static const struct escape crlf[] = { { '\n', "\r\n" }, { 0, NULL } };
static const struct escape lf[] = { { '\r', "" }, { 0, NULL } };

static const struct escape *const escapes[] = { quote_bash, quote_dash,
	quote_ansi, in_double_quotes, html_decimal, html_hex, html_text, xml,
	command, doubled_sql, doubled_csv, blanks, nothing, crlf, lf };

static void
add_escaped(struct telling *t, const char *value, size_t len,
    const struct escape *set)
{
	for (size_t i = 0; i < len; i++) {
		const struct escape *e = set;

		while (e->text != NULL && e->c != value[i])
			e++;
		if (e->text != NULL)
			str_add(&t->text, e->text);
		else
			str_add_char(&t->text, value[i]);
	}
	tell_text(t);
}

/* `printf %q` and what is typed by hand: a backslash before all that means
 * something. */
static void
add_backslashed(struct telling *t, const char *value, size_t len)
{
	static const char plain[] = "@%_-+=:,./^~";

	for (int strict = 0; strict < 2; strict++) {
		for (size_t i = 0; i < len; i++) {
			unsigned char c = (unsigned char)value[i];

			if (c < 0x80 && c > 0x20 && !isalnum(c) &&
			    (strict || strchr(plain, c) == NULL))
				str_add_char(&t->text, '\\');
			else if (c == ' ')
				str_add_char(&t->text, '\\');
			str_add_char(&t->text, (char)c);
		}
		tell_text(t);
	}
}

/* --- a value -------------------------------------------------------------- */

static void
add_texts(struct telling *t, const char *value, size_t len)
{
	tell(t, value, len);
	if (len > MASK_FULL_BYTES) {
		json_add(&t->text, value, len, 0);
		tell_text(t);
		add_escaped(t, value, len, crlf);
		return;
	}
	add_percent(t, value, len);
	add_json(t, value, len);
	add_backslashed(t, value, len);
	for (size_t i = 0; i < ARRAY_LEN(escapes); i++)
		add_escaped(t, value, len, escapes[i]);
}

/* Each line, without the blanks around it: tools print them one by one. */
static void
add_lines(struct telling *t, const char *value, size_t len)
{
	const char *end = value + len;

	while (value < end) {
		const char *nl = memchr(value, '\n', (size_t)(end - value));
		const char *from = value, *to = nl != NULL ? nl : end;

		while (from < to && strchr(" \t\r", *from) != NULL)
			from++;
		while (to > from && strchr(" \t\r", to[-1]) != NULL)
			to--;
		if (to - from >= MASK_MIN_BYTES &&
		    (size_t)(to - from) < len) {
			add_texts(t, from, (size_t)(to - from));
			add_base64(t, from, (size_t)(to - from), false);
		}
		value = nl != NULL ? nl + 1 : end;
	}
}

void
mask_variants(const char *value, size_t len, mask_variant_fn *fn, void *ctx)
{
	struct telling t = { fn, ctx, STR_INIT };
	bool full = len <= MASK_FULL_BYTES;

	if (len < MASK_MIN_BYTES)
		return;
	add_texts(&t, value, len);
	add_base64(&t, value, len, full);
	if (full)
		add_hex(&t, value, len);
	add_lines(&t, value, len);
	str_release(&t.text);
}

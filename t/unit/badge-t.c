/*
 * badge-t.c - badges: as others draw them, and safe with any text.
 *
 * Drawn badges are read from $PAWL_CORPUS and compared without white space
 * between elements.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/render/badge.h"
#include "t/lib/tap.h"

static const char *
field(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/*
 * One form for both: runs of white space are dropped around tags and between
 * attributes they are one blank; the namespace for links that we do not use
 * is dropped.
 */
static void
normalise(const char *s, struct str *out)
{
	static const char xlink[] =
	    "xmlns:xlink=\"http://www.w3.org/1999/xlink\"";
	bool in_tag = false;

	str_clear(out);
	while (*s != '\0') {
		if (strncmp(s, xlink, strlen(xlink)) == 0) {
			s += strlen(xlink);
			continue;
		}
		if (isspace((unsigned char)*s)) {
			while (isspace((unsigned char)*s))
				s++;
			if (out->len > 0 && out->s[out->len - 1] != ' ' &&
			    out->s[out->len - 1] != '>' && *s != '<' &&
			    !(in_tag && (*s == '/' || *s == '>')))
				str_add_char(out, ' ');
			continue;
		}
		in_tag = *s == '<' || (in_tag && *s != '>');
		str_add_char(out, *s++);
	}
}

static bool
corpus_read(const char *name, struct str *out)
{
	const char *dir = getenv("PAWL_CORPUS");
	struct str path = STR_INIT;
	struct err err = { 0 };
	int rc;

	str_addf(&path, "%s/badges/%s",
	    dir != NULL ? dir : "../shared/corpus", name);
	str_clear(out);
	rc = file_read(path.s, 1 << 20, out, &err);
	if (rc == -1 && dir == NULL)
		tap_note("skipped, set PAWL_CORPUS: %s", err.text);
	else
		ok(rc == 0, "%s is there", name);
	str_release(&path);
	return rc == 0;
}

static void
compare_one(const json_t *one)
{
	const json_t *input = json_object_get(one, "input");
	struct badge b = { field(input, "label"), field(input, "message"),
		field(input, "color"), field(input, "labelColor"),
		.logo = field(input, "logo") };
	const char *style = field(input, "style");
	struct str drawn = STR_INIT, want = STR_INIT, got = STR_INIT;

	if (b.color == NULL)
		b.color = "#4c1"; /* the default there */
	if (style != NULL)
		ok(badge_style_parse(style, &b.style), "there is a style %s",
		    style);
	if (corpus_read(field(one, "file"), &drawn)) {
		normalise(drawn.s, &want);
		str_clear(&drawn);
		badge_svg(&b, &drawn);
		normalise(drawn.s, &got);
		is_str(got.s, want.s, "%s", field(one, "name"));
	}
	str_release(&drawn);
	str_release(&want);
	str_release(&got);
}

static void
test_corpus(void)
{
	struct str text = STR_INIT;
	json_t *list = NULL, *one;
	size_t i;

	if (corpus_read("index.json", &text))
		list = json_loads(text.s, 0, NULL);
	json_array_foreach(list, i, one) {
		compare_one(one);
	}
	json_decref(list);
	str_release(&text);
}

/* Widths that the table must give: total width of the picture. */
static const struct {
	const char *message;
	int width;
} widths[] = {
	{ "passing", 88 },
	{ "failing", 80 },
	{ "running", 90 },
	{ "cancelled", 98 },
	{ "unknown", 98 },
	{ "\303\251", 37 + 21 },         /* not in the table: an "m" */
	{ "\377\377", 37 + 31 },         /* no character: one "m" each */
};

static void
test_widths(void)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(widths); i++) {
		struct badge b = { "build", widths[i].message, "#4CAF50" };
		const char *p;

		str_clear(&out);
		badge_svg(&b, &out);
		p = strstr(out.s, "width=\"");
		is_int(p != NULL ? atoi(p + 7) : 0, widths[i].width,
		    "width of build: %s", widths[i].message);
	}
	str_release(&out);
}

static void
test_hostile(void)
{
	struct badge b = { "build", "<script>&\"'\033\377", "#4CAF50", NULL,
		"</title><script>", "--><script>" };
	struct str out = STR_INIT;
	json_t *j;

	badge_svg(&b, &out);
	ok(strstr(out.s, "<script") == NULL, "no text becomes a tag");
	ok(strstr(out.s, "\033") == NULL && strstr(out.s, "\377") == NULL,
	    "nothing that XML refuses comes through");
	ok(strstr(out.s, "<!--..") != NULL && strstr(out.s, "-->") ==
	    strstr(strstr(out.s, "<!--"), "-->"),
	    "a note does not end its comment");
	str_clear(&out);
	badge_json(&b, &out);
	j = json_loads(out.s, 0, NULL);
	is_str(field(j, "message"), "<script>&\"'\033\357\277\275",
	    "JSON carries the text");
	is_int((long long)json_object_size(j), 4, "and no more than it may");
	json_decref(j);
	str_release(&out);
}

static void
test_title(void)
{
	struct badge b = { "build", "passing", "#4CAF50" };
	struct str out = STR_INIT;

	badge_svg(&b, &out);
	ok(strstr(out.s, "<title>build: passing</title>") != NULL,
	    "without a title the text is the title");
	ok(strstr(out.s, "<!--") == NULL, "without a note there is none");
	b.title = "main: run 7";
	str_clear(&out);
	badge_svg(&b, &out);
	ok(strstr(out.s, "<title>main: run 7</title>") != NULL,
	    "a title is shown");
	ok(strstr(out.s, "aria-label=\"build: passing\"") != NULL,
	    "and the picture is named by its text");
	str_release(&out);
}

/* A file that nginx serves for whatever is not there. */
static void
is_unknown(const char *suffix, void (*draw)(const struct badge *b,
    struct str *out))
{
	const char *srcdir = getenv("srcdir");
	struct badge b = { "build", "unknown", "#9f9f9f" };
	struct str path = STR_INIT, want = STR_INIT, got = STR_INIT;
	struct err err = { 0 };

	str_addf(&path, "%s/htdocs/unknown.%s", srcdir != NULL ? srcdir : ".",
	    suffix);
	ok(file_read(path.s, 1 << 16, &got, &err) == 0, "%s is there",
	    path.s);
	badge_readable(&b);
	draw(&b, &want);
	is_str(got.s, want.s, "and is what we would draw");
	str_release(&path);
	str_release(&want);
	str_release(&got);
}

int
main(void)
{
	is_unknown("svg", badge_svg);
	is_unknown("json", badge_json);
	test_corpus();
	test_widths();
	test_hostile();
	test_title();
	return tap_done();
}

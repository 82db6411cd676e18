/*
 * command-t.c - commands in output, files of names and values, patterns of
 * files.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/command.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/glob.h"
#include "lib/run/pairs.h"
#include "t/lib/tap.h"

/* "NAME[k=v,...]data", or "text". */
static const struct {
	const char *line, *want;
} lines[] = {
	{ "::error::text", "error[]text" },
	{ "  \t::Warning file=a b.c,line=3::it's", "warning[file=a b.c;line=3;]"
	    "it's" },
	{ "::error file=a%2Cb%3A,col=::x%0Ay%25%0D", "error[file=a,b:;]x\ny%\r" },
	{ "::x::%250A", "x[]%0A" },
	{ "::add-mask::a::b", "add-mask[]a::b" },
	{ "::endgroup::", "endgroup[]" },
	{ "::endgroup::\r", "endgroup[]" },
	{ "::notice =a,b,c=d,=::", "notice[c=d;]" },
	{ "##[error file=a%5D;line=1]t%3B", "error[file=a];line=1;]t;" },
	{ "::error", "text" },
	{ "::::", "text" },
	{ "a ::error::b", "text" },
	{ ":: ::", "text" },
	{ "", "text" },
	{ ":", "text" },
	{ "##[", "text" },
	{ "##[]x", "text" },
};

static void
test_lines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct str got = STR_INIT;
		struct command c;

		if (command_read(lines[i].line, strlen(lines[i].line), &c)) {
			str_addf(&got, "%s[", c.name.s);
			for (size_t k = 0; k < c.n_properties; k++)
				str_addf(&got, "%s=%s;",
				    c.properties[k].name.s,
				    c.properties[k].value.s);
			str_addf(&got, "]%s", c.data.s);
		} else {
			str_add(&got, "text");
		}
		command_release(&c);
		is_str(got.s, lines[i].want, "%s", lines[i].line);
		str_release(&got);
	}
}

/* --- streams -------------------------------------------------------------------- */

struct heard {
	struct str text, commands;
};

static int
on_text(void *ctx, const char *data, size_t len, struct err *err)
{
	struct heard *h = ctx;

	(void)err;
	str_add_len(&h->text, data, len);
	return 0;
}

static int
on_command(void *ctx, const struct command *c, struct err *err)
{
	struct heard *h = ctx;

	(void)err;
	str_addf(&h->commands, "%s=%s@%zu;", c->name.s, c->data.s,
	    h->text.len);
	return 0;
}

/* However the text is cut, it passes whole, and so do its commands. */
static void
test_cuts(void)
{
	static const char text[] = "one\n  ::a::1\n ::b\n:\n::c::3\nx::d::4\n"
	    "\n::e::5\r\n##[f]6\n::g::7";
	const char *want = "a=1@4;c=3@20;e=5@36;f=6@44;g=7@51;";
	bool good = true;

	for (size_t piece = 1; piece <= sizeof(text); piece++) {
		struct command_stream s = COMMAND_STREAM_INIT;
		struct heard h = { STR_INIT, STR_INIT };
		const struct command_sink sink = { &h, on_text, on_command };
		struct err err = { 0 };

		for (size_t i = 0; i < sizeof(text) - 1; i += piece)
			command_stream_write(&s, text + i, piece <
			    sizeof(text) - 1 - i ? piece :
			    sizeof(text) - 1 - i, &sink, &err);
		command_stream_flush(&s, &sink, &err);
		if (strcmp(h.text.s, text) != 0 ||
		    strcmp(h.commands.s, want) != 0) {
			tap_note("pieces of %zu: %s", piece, h.commands.s);
			good = false;
		}
		command_stream_release(&s);
		str_release(&h.text);
		str_release(&h.commands);
	}
	ok(good, "commands are found across any cuts");
}

static void
test_holding(void)
{
	struct command_stream s = COMMAND_STREAM_INIT;
	struct heard h = { STR_INIT, STR_INIT };
	const struct command_sink sink = { &h, on_text, on_command };
	char *big = mem_calloc(1, COMMAND_MAX_BYTES + 10);
	struct err err = { 0 };

	command_stream_write(&s, "50%", 3, &sink, &err);
	is_str(h.text.s, "50%", "what is no command passes at once");
	command_stream_write(&s, "::a::1\n", 7, &sink, &err);
	is_str(h.commands.s, "", "and a line goes on");
	memset(big, 'x', COMMAND_MAX_BYTES + 9);
	memcpy(big, "::a::", 5);
	command_stream_write(&s, big, COMMAND_MAX_BYTES + 9, &sink, &err);
	is_int((long long)h.text.len, COMMAND_MAX_BYTES + 9 + 10,
	    "a line beyond the limit is text");
	is_str(h.commands.s, "", "and no command");
	command_stream_release(&s);
	str_release(&h.text);
	str_release(&h.commands);
	free(big);
}

/* --- pairs ------------------------------------------------------------------------- */

static const struct {
	const char *text, *want;
} files[] = {
	{ "a=1\n\nb=2=3\nc=", "a=1;b=2=3;c=;" },
	{ "a<<E\n1\n2\nE\nb=x", "a=1\n2;b=x;" },
	{ "a<<E\nE\n", "a=;" },
	{ "a<<=E\n1=2\n=E\n", "a=1=2;" },
	{ "a=b<<c\n", "a=b<<c;" },
	{ "\xef\xbb\xbf" "a=1\n", "a=1;" },
	{ "a=1\r\n", "a=1\r;" },
	{ "a=1\na=2\n", "a=1;a=2;" },
	{ "", "" },
	{ "x", "F:1: Invalid format 'x'" },
	{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	    "F:1: Invalid format '...'" }, /* half a secret has no mask */
	{ "a=1\n=2", "F:2: Invalid format '=2'. Name must not be empty" },
	{ "<<E\nE\n", "F:1: Invalid format '<<E'. Name must not be empty and "
	    "delimiter must not be empty" },
	{ "a<<\n", "F:1: Invalid format 'a<<'. Name must not be empty and "
	    "delimiter must not be empty" },
	{ "a<<E\n1\n E\n", "F:3: Invalid value. Matching delimiter not found "
	    "'E'" },
};

static const struct {
	const char *text, *want;
} env_files[] = {
	{ "# c\n\nA=1\n export B = 'x y' \nC=\"\"\nD=$A", "A=1;B=x y;C=;D=$A;" },
	{ "A=1\nno\n", "F:2: Invalid format 'no'. Expected NAME=VALUE" },
	{ "1A=2", "F:1: Invalid format '1A=2'. Expected NAME=VALUE" },
	{ "A=\"", "A=\";" },
};

static const char *
pairs_text(int (*read)(const char *, const char *, size_t, struct arena *,
    struct pair **, size_t *, struct err *), const char *text,
    struct arena *a)
{
	struct str out = STR_INIT;
	struct err err = { 0 };
	struct pair *list;
	const char *made;
	size_t n;

	if (read("F", text, strlen(text), a, &list, &n, &err) == -1)
		str_add(&out, err.text);
	else
		for (size_t i = 0; i < n; i++)
			str_addf(&out, "%s=%s;", list[i].name, list[i].value);
	made = arena_strdup(a, out.s);
	str_release(&out);
	return made;
}

static void
test_pairs(void)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct pair *list;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		is_str(pairs_text(pairs_read, files[i].text, &a),
		    files[i].want, "file %zu of names", i);
	for (size_t i = 0; i < ARRAY_LEN(env_files); i++)
		is_str(pairs_text(pairs_read_variables, env_files[i].text,
		    &a), env_files[i].want, "file %zu of variables", i);
	is_int(pairs_read("F", "a=\0b", 4, &a, &list, &n, &err), -1,
	    "a NUL byte is refused");
	arena_release(&a);
}

/* --- patterns ------------------------------------------------------------------------ */

static const struct {
	const char *pattern, *path;
	bool match;
} globs[] = {
	{ "a", "a", true },          { "a", "ab", false },
	{ "*.c", "a.c", true },      { "*.c", "d/a.c", false },
	{ "**/*.c", "a.c", true },   { "**/*.c", "d/e/a.c", true },
	{ "d/**", "d/e/f", true },   { "d/**/f", "d/f", true },
	{ "d/**/f", "d/x/y/f", true }, { "d/**/f", "d/xf", false },
	{ "d", "d/e/f", true },      { "d/", "d/e", true },
	{ "d", "de", false },        { "?.c", "a.c", true },
	{ "?.c", "/.c", false },     { "[ab].c", "b.c", true },
	{ "[!ab].c", "b.c", false }, { "[a-c]x", "bx", true },
	{ "[", "[", true },          { "\\*", "*", true },
	{ "\\*", "a", false },       { "**", "a/b", true },
	{ "*", "a/b", true },        { "a*b*c", "aXbYc", true },
	{ "a*b*c", "aXbY", false },  { "", "a", false },
};

static void
test_globs(void)
{
	char pattern[2000] = "", path[2000] = "";

	for (size_t i = 0; i < ARRAY_LEN(globs); i++)
		ok(glob_match(globs[i].pattern, globs[i].path) ==
		    globs[i].match, "\"%s\" and \"%s\"", globs[i].pattern,
		    globs[i].path);
	memset(pattern, '*', sizeof(pattern) - 1);
	memset(path, 'a', sizeof(path) - 1);
	ok(!glob_match(pattern, path), "a pattern that is too long");
	for (size_t i = 0; i + 2 < GLOB_MAX_BYTES; i += 2)
		memcpy(pattern + i, "*b", 3);
	ok(!glob_match(pattern, path), "one that could be tried for ever");
}

int
main(void)
{
	test_lines();
	test_cuts();
	test_holding();
	test_pairs();
	test_globs();
	return tap_done();
}

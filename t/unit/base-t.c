/*
 * base-t.c - strings, arenas, maps, time, paths, files.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/json_text.h"
#include "lib/base/layout.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"
#include "t/lib/tap.h"

static void
test_err(void)
{
	struct err err = { 0 };

	is_int(err_set(&err, ERR_INVALID, "bad %s", "thing"), -1,
	    "err_set returns -1");
	err_wrap(&err, "reading \"x\"");
	is_str(err.text, "reading \"x\": bad thing", "err_wrap puts in front");
	is_int(err.code, ERR_INVALID, "and keeps the code");
	errno = EACCES;
	err_errno(&err, "cannot open");
	is_str(err.text, "cannot open: Permission denied", "errno is told");
	is_int(err.code, ERR_DENIED, "and chooses the code");
	err_set(&err, ERR_BUG, "%2000d", 1);
	ok(str_ends_with(err.text, "..."), "a cut text says so");
}

/* Every failure is somebody's: what people, the host and we do wrong. */
static void
test_kinds(void)
{
	static const struct {
		int number;
		enum err_kind kind;
	} numbers[] = {
		{ ECONNREFUSED, ERR_KIND_INFRA }, { ETIMEDOUT, ERR_KIND_INFRA },
		{ ENOSPC, ERR_KIND_INFRA }, { EDQUOT, ERR_KIND_INFRA },
		{ EIO, ERR_KIND_INFRA }, { EMFILE, ERR_KIND_INFRA },
		{ ENOMEM, ERR_KIND_INFRA }, { EPIPE, ERR_KIND_INFRA },
		{ EROFS, ERR_KIND_INFRA }, { ENOENT, ERR_KIND_USER },
		{ EACCES, ERR_KIND_USER }, { EEXIST, ERR_KIND_USER },
	};
	static const struct {
		enum err_code code;
		enum err_kind kind;
	} codes[] = {
		{ ERR_INVALID, ERR_KIND_USER }, { ERR_NOT_FOUND, ERR_KIND_USER },
		{ ERR_EXISTS, ERR_KIND_USER }, { ERR_TOO_LARGE, ERR_KIND_USER },
		{ ERR_DENIED, ERR_KIND_USER }, { ERR_CONFLICT, ERR_KIND_USER },
		{ ERR_UNSUPPORTED, ERR_KIND_USER },
		{ ERR_BUSY, ERR_KIND_INFRA }, { ERR_TIMEOUT, ERR_KIND_INFRA },
		{ ERR_UNAVAILABLE, ERR_KIND_INFRA }, { ERR_IO, ERR_KIND_INFRA },
		{ ERR_CORRUPT, ERR_KIND_BUG }, { ERR_BUG, ERR_KIND_BUG },
	};
	struct err err = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		errno = numbers[i].number;
		err_errno(&err, "x");
		is_str(err_kind_name(err_kind(err.code)),
		    err_kind_name(numbers[i].kind), "\"%s\"",
		    strerror(numbers[i].number));
	}
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		is_str(err_kind_name(err_kind(codes[i].code)),
		    err_kind_name(codes[i].kind), "code %d",
		    (int)codes[i].code);
}

static void
test_str(void)
{
	struct str s = STR_INIT;
	long long n = 7;
	char *text;

	is_str(s.s, "", "an empty string is readable");
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%d,", i);
	is_int((long long)s.len, 3890, "grows");
	str_cut(&s, 4);
	is_str(s.s, "0,1,", "cuts");
	text = str_detach(&s);
	is_str(text, "0,1,", "detaches");
	is_int((long long)s.len, 0, "and is empty then");
	free(text);
	str_add_len(&s, "a\0b", 3);
	is_int((long long)s.len, 3, "holds NUL bytes");
	str_release(&s);
	ok(str_to_int64("-5", -10, 10, &n) && n == -5, "reads a number");
	ok(!str_to_int64("5x", 0, 10, &n) && n == -5, "refuses a tail");
	ok(!str_to_int64(" 5", 0, 10, &n), "refuses a blank in front");
	ok(!str_to_int64("99999999999999999999", 0, 10, &n),
	    "refuses an overflow");
	ok(!str_to_int64("11", 0, 10, &n), "refuses beyond the range");
}

static void
test_arena(void)
{
	struct arena a = ARENA_INIT(100000);
	int *list = NULL, sum = 0;
	size_t n = 0;

	for (int i = 0; i < 1000; i++)
		*(int *)arena_push(&a, &list, &n, sizeof(*list)) = i;
	for (size_t i = 0; i < n; i++)
		sum += list[i];
	is_int(sum, 499500, "arena_push keeps what was there");
	ok(!arena_exceeded(&a), "below the ceiling");
	is_str(arena_printf(&a, "%s-%d", "x", 5), "x-5", "arena_printf");
	arena_alloc(&a, 100000);
	ok(arena_exceeded(&a), "an allocation beyond the ceiling is marked");
	arena_release(&a);
}

static void
test_map(void)
{
	struct map m = MAP_INIT;
	char key[16];
	int values[500], wrong = 0;

	ok(map_get(&m, "x") == NULL, "an empty map has nothing");
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		map_set(&m, key, &values[i]);
	}
	for (int i = 0; i < 500; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		wrong += map_get(&m, key) != &values[i];
	}
	is_int(wrong, 0, "500 keys are found");
	is_str(m.entries[7].key, "key7", "order of insertion is kept");
	ok(map_set(&m, "key7", &values[0]) == &values[7], "set gives the old");
	is_int((long long)m.n, 500, "and does not add");
	map_release(&m);
}

static const char *const no_times[] = { "", "yesterday", "2023-02-29",
	"2023-13-01", "2023-01-01T24:00:00Z", "2023-01-01T00:00:00",
	"2023-01-01T00:00:00+2", "2023-01-01T00:00Z", "2023-01-01x",
	"1969-12-31", "1970-01-01T00:00:00+01:00", "2023-01-01T00:00:00Zx",
};

static void
test_clock(void)
{
	char buf[CLOCK_TEXT_SIZE];
	int64_t ms;

	is_str(clock_rfc3339(1700000000123, buf), "2023-11-14T22:13:20.123Z",
	    "RFC 3339");
	is_str(clock_rfc3339(-1, buf), "1969-12-31T23:59:59.999Z",
	    "before the epoch");
	is_str(clock_duration(850, buf), "850 ms", "ms");
	is_str(clock_duration(185000, buf), "3 min 5 s", "minutes");
	is_str(clock_duration(7800000, buf), "2 h 10 min", "hours");
	ok(clock_parse("2023-11-14T22:13:20.123Z", &ms) &&
	    ms == 1700000000123, "a time is read as it is written");
	ok(clock_parse("2023-11-15T00:13:20.1239+02:00", &ms) &&
	    ms == 1700000000123, "with an offset, and too many digits");
	ok(clock_parse("2024-02-29", &ms) && ms == 1709164800000,
	    "a day alone");
	for (size_t i = 0; i < ARRAY_LEN(no_times); i++)
		ok(!clock_parse(no_times[i], &ms), "\"%s\" is no time",
		    no_times[i]);
	ok(clock_parse_duration("1.5h", 1000, &ms) && ms == 5400000, "1.5h");
	ok(clock_parse_duration("90", 1000, &ms) && ms == 90000, "90");
	ok(clock_parse_duration("2 min", 1, &ms) && ms == 120000, "2 min");
	ok(!clock_parse_duration("-1s", 1, &ms), "no negative ones");
	ok(!clock_parse_duration("1 fortnight", 1, &ms), "unknown unit");
	ok(!clock_parse_duration("1.2.3s", 1, &ms), "one point only");
	ok(!clock_parse_duration("999999999999999999d", 1, &ms), "overflow");
}

static void
test_json_text(void)
{
	struct str s = STR_INIT;

	json_text(&s, "a\"b\\\n\x01\xff\xc3\xa9");
	is_str(s.s, "\"a\\\"b\\\\\\n\\u0001\\ufffd\xc3\xa9\"", "escapes");
	str_release(&s);
	is_int((long long)utf8_char_len("\xed\xa0\x80", 3), 0, "surrogate");
	is_int((long long)utf8_char_len("\xc0\x80", 2), 0, "overlong");
	is_int((long long)utf8_char_len("\xf0\x9f\x98\x80", 4), 4, "4 bytes");
	is_int((long long)utf8_valid_len("ab\xc3", 3), 2, "cut at the end");
	is_int((long long)utf8_cut_len("ab\xc3\xa9", 4, 3), 2,
	    "no character is cut apart");
	is_int((long long)utf8_cut_len("ab\xc3\xa9", 4, 4), 4,
	    "what is not longer stays whole");
	is_int((long long)utf8_cut_len("ab\xc3\xa9" "c", 5, 4), 4,
	    "and so does what ends where it is cut");
}

static void
test_path(void)
{
	static const struct {
		const char *name, *path;
	} cases[] = {
		{ "main", "main" },
		{ "", "~" },
		{ ".", "~2E" },
		{ "..", "~2E." },
		{ "../../etc/passwd", "~2E.~2F..~2Fetc~2Fpasswd" },
		{ ".hidden", "~2Ehidden" },
		{ "feature/a b", "feature~2Fa~20b" },
		{ "~2E", "~7E2E" },
		{ "v1.2.3", "v1.2.3" },
	};
	struct str s = STR_INIT, t = STR_INIT;
	char longer[401];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		str_clear(&s);
		path_add_component(&s, cases[i].name);
		is_str(s.s, cases[i].path, "component of \"%s\"",
		    cases[i].name);
		str_clear(&t);
		if (*cases[i].name != '\0')
			ok(path_component_name(&t, s.s) &&
			    strcmp(t.s, cases[i].name) == 0, "and back");
	}
	memset(longer, 'x', 400);
	longer[400] = '\0';
	str_clear(&s);
	path_add_component(&s, longer);
	longer[399] = 'y';
	path_add_component(&t, longer);
	is_int((long long)s.len, 200, "a long name is cut");
	ok(strcmp(s.s, t.s) != 0, "and two of them stay apart");
	ok(!path_component_name(&t, s.s) && !path_component_name(&t, "a~2e") &&
	    !path_component_name(&t, "a~41") && !path_component_name(&t, "~") &&
	    !path_component_name(&t, ".x") && !path_component_name(&t, "a~00"),
	    "no name is found for what is not the component of one");
	str_clear(&s);
	layout_job_log(&s, LAYOUT_LOG, &(struct layout_run){ "o", "..", 3,
	    1 }, "a/b", 2);
	is_str(s.s, "logs/o/~2E./3/a~2Fb.2.log", "no name leaves its folder");
	str_clear(&s);
	layout_artifact(&s, &(struct layout_run){ "o", "n", 3, 2 }, "x", 1);
	is_str(s.s, "artifacts/o/n/3.2/x", "attempts of a run stand apart");
	str_release(&s);
	str_release(&t);
}

static void
test_file(void)
{
	struct str path = STR_INIT, text = STR_INIT;
	struct err err = { 0 };
	struct stat st;

	str_addf(&path, "%s/a/b/c.txt", tap_dir());
	is_int(file_replace(path.s, "one", 3, 0644, false, &err), 0,
	    "writes and makes folders");
	is_int(file_replace(path.s, "two", 3, 0600, true, &err), 0,
	    "replaces durably");
	is_int(file_read(path.s, 100, &text, &err), 0, "reads");
	is_str(text.s, "two", "the new content");
	ok(stat(path.s, &st) == 0 && (st.st_mode & 0777) == 0600, "mode");
	is_int(file_read(path.s, 2, &text, &err), -1, "over the limit");
	is_int(err.code, ERR_TOO_LARGE, "is its own error");
	str_add(&path, ".not");
	is_int(file_read(path.s, 2, &text, &err), -1, "an absent file");
	is_int(err.code, ERR_NOT_FOUND, "is its own error");
	str_release(&path);
	str_release(&text);
}

static void
test_remove_tree(void)
{
	struct str tree = STR_INIT, path = STR_INIT, outside = STR_INIT;
	struct err err = { 0 };
	struct stat st;

	str_addf(&tree, "%s/tree", tap_dir());
	str_addf(&outside, "%s/outside", tap_dir());
	file_mkdirs(outside.s, 0755, &err);
	str_addf(&path, "%s/x/y/file", tree.s);
	file_replace(path.s, "", 0, 0644, false, &err);
	str_clear(&path);
	str_addf(&path, "%s/x/link", tree.s);
	ok(symlink(outside.s, path.s) == 0, "a link that leads out");
	str_clear(&path);
	str_addf(&path, "%s/x/y", tree.s);
	ok(chmod(path.s, 0) == 0, "a folder without rights");
	ok(file_remove_tree(tree.s, &err) == 0, "the tree goes: %s", err.text);
	ok(stat(tree.s, &st) == -1, "whole");
	ok(stat(outside.s, &st) == 0, "what the link led to stays");
	is_int(file_remove_tree(tree.s, &err), 0, "absent is success");
	str_release(&tree);
	str_release(&path);
	str_release(&outside);
}

/* Deeper than there are descriptors, and with nobody's rights. */
static void
test_remove_deep_tree(void)
{
	struct str tree = STR_INIT;
	struct err err = { 0 };
	int here = open(".", O_RDONLY | O_DIRECTORY);
	struct stat st;

	str_addf(&tree, "%s/deep", tap_dir());
	file_mkdirs(tree.s, 0755, &err);
	ok(here != -1 && chdir(tree.s) == 0, "a folder");
	for (int i = 0; i < 3000; i++) {
		if (mkdir("d", 0755) == -1 || mkdir("d/.deep-0", 0) == -1 ||
		    chdir("d") == -1)
			break;
		if (i % 500 == 0)
			chmod("..", 0500);
	}
	close(open("file", O_WRONLY | O_CREAT, 0600));
	ok(stat("file", &st) == 0, "with a file far below");
	ok(fchdir(here) == 0 && close(here) == 0, "and back");
	ok(file_remove_tree(tree.s, &err) == 0, "it goes: %s", err.text);
	ok(stat(tree.s, &st) == -1, "whole");
	str_release(&tree);
}

static void
test_utf8(void)
{
	static const struct {
		uint32_t lower, upper;
	} pairs[] = {
		{ 'a', 'A' }, { 'z', 'Z' }, { '{', '{' }, { '`', '`' },
		{ 0xe0, 0xc0 }, { 0xf7, 0xf7 }, { 0xff, 0x178 },
		{ 0xb5, 0x39c }, { 0xdf, 0xdf }, { 0x101, 0x100 },
		{ 0x131, 0x131 }, { 0x17f, 0x17f }, { 0x3c2, 0x3a3 },
		{ 0x3c3, 0x3a3 }, { 0x431, 0x411 }, { 0x10428, 0x10400 },
		{ 0x1e943, 0x1e921 }, { 0x1e944, 0x1e944 },
		{ 0x10ffff, 0x10ffff },
	};
	size_t wrong = 0, n;
	char bytes[4];

	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		is_int(utf8_upper(pairs[i].lower), pairs[i].upper,
		    "upper case of U+%04X", (unsigned)pairs[i].lower);
	for (uint32_t c = 0; c < 0x110000; c++) {
		n = utf8_encode(c, bytes);
		if (c >= 0xd800 && c < 0xe000)
			continue; /* surrogates are no characters */
		if (utf8_char_len(bytes, n) != n || utf8_char(bytes, n) != c ||
		    utf8_upper(utf8_upper(c)) != utf8_upper(c))
			wrong++;
	}
	is_int((long long)wrong, 0, "every character is encoded and read "
	                            "back, and upper case stays so");
	ok(utf8_space(' ') && utf8_space('\t') && utf8_space(0x3000) &&
	    !utf8_space('a') && !utf8_space(0) && !utf8_space(0x200b),
	    "white space is told from others");
}

int
main(void)
{
	test_err();
	test_kinds();
	test_str();
	test_arena();
	test_map();
	test_clock();
	test_json_text();
	test_utf8();
	test_path();
	test_file();
	test_remove_tree();
	test_remove_deep_tree();
	return tap_done();
}

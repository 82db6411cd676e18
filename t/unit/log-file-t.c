/*
 * log-file-t.c - a log read at any line and byte: plain, with a map that a
 * kill has torn, without one, and compressed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/log_file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/base/file.h"
#include "lib/base/line_map.h"
#include "lib/base/mem.h"
#include "lib/base/packed.h"
#include "lib/base/packed_table.h"
#include "t/lib/tap.h"

static uint64_t seed = 88172645463325252u;

static uint64_t
draw(uint64_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed % below;
}

/* A log, in memory and as a file. */
struct fixture {
	struct str path, map, text;
	int64_t *starts; /* of each line */
	int64_t lines;
	struct err err;
};

static void
number_lines(struct fixture *f)
{
	f->starts = mem_calloc(f->text.len + 1, sizeof(*f->starts));
	for (size_t i = 0; i < f->text.len; i++)
		if (i == 0 || f->text.s[i - 1] == '\n')
			f->starts[f->lines++] = (int64_t)i;
}

/* Lines of all lengths: none, short, longer than a piece of the map. */
static void
fill(struct fixture *f, size_t bytes, unsigned longest)
{
	while (f->text.len < bytes) {
		uint64_t len = draw(8) == 0 ? draw(longest) : draw(120);

		for (uint64_t i = 0; i < len; i++)
			str_add_char(&f->text, (char)('a' + draw(26)));
		str_add_char(&f->text, '\n');
	}
	if (draw(2) == 0 && f->text.len > 0)
		str_cut(&f->text, f->text.len - 1);
}

static void
shorten(const struct str *path, int64_t size)
{
	if (truncate(path->s, (off_t)size) == -1)
		tap_note("cannot cut \"%s\"", path->s);
}

static void
write_file(const struct str *path, const struct str *text)
{
	struct err err = { 0 };

	if (file_replace(path->s, text->s, text->len, 0644, false, &err) ==
	    -1)
		tap_note("%s", err.text);
}

static void
begin(struct fixture *f, const char *name)
{
	memset(f, 0, sizeof(*f));
	str_init(&f->path);
	str_init(&f->map);
	str_init(&f->text);
	str_addf(&f->path, "%s/%s.log", tap_dir(), name);
	line_map_path(&f->map, f->path.s);
}

static void
end(struct fixture *f)
{
	str_release(&f->path);
	str_release(&f->map);
	str_release(&f->text);
	free(f->starts);
}

/* Append the text in pieces, as a job does. */
static void
append_all(struct fixture *f, size_t from, size_t to)
{
	int fd = open(f->path.s, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC,
	    0644);
	struct line_map map;
	struct stat st;

	fstat(fd, &st);
	line_map_open(&map, f->path.s, fd, st.st_size, &f->err);
	while (from < to) {
		size_t n = 1 + draw(100000);

		if (n > to - from)
			n = to - from;
		file_write_fd(fd, f->text.s + from, n, NULL);
		line_map_add(&map, f->text.s + from, n, NULL);
		from += n;
	}
	line_map_close(&map);
	close(fd);
}

/* How many of so many lines and bytes are not where they should be. */
static int
misplaced(struct fixture *f, int looks)
{
	struct log_file *log;
	int64_t lines = -1, at, number;
	int wrong = 0;

	if (log_file_open(&log, f->path.s, &f->err) == -1)
		return -1;
	wrong += log_file_lines(log, &lines, &f->err) == -1 ||
	    lines != f->lines;
	for (int i = 0; i < looks && f->lines > 0; i++) {
		int64_t line = 1 + (int64_t)draw((uint64_t)f->lines);
		char byte;

		wrong += log_file_find(log, line, &at, &f->err) == -1 ||
		    at != f->starts[line - 1];
		wrong += log_file_number(log, at, &number, &f->err) == -1 ||
		    number != line;
		at = (int64_t)draw(f->text.len);
		wrong += log_file_read(log, at, &byte, 1, &f->err) != 1 ||
		    byte != f->text.s[at];
		wrong += log_file_number(log, at, &number, &f->err) == -1 ||
		    f->starts[number - 1] > at || (number < f->lines &&
		    f->starts[number] <= at);
	}
	wrong += log_file_find(log, f->lines + 1, &at, &f->err) == -1 ||
	    at != (int64_t)f->text.len;
	wrong += log_file_size(log) != (int64_t)f->text.len;
	log_file_close(log);
	return wrong;
}

static void
test_map(void)
{
	struct fixture f;

	begin(&f, "map");
	fill(&f, 3000000, 200000);
	number_lines(&f);
	append_all(&f, 0, f.text.len);
	is_int(misplaced(&f, 400), 0, "every line and byte is found");
	shorten(&f.map, 5 * LINE_MAP_ENTRY + 3);
	is_int(misplaced(&f, 200), 0, "with a torn map");
	append_all(&f, f.text.len, f.text.len);
	is_int(misplaced(&f, 100), 0, "which the next writer mends");
	{
		struct stat st;

		is_int(stat(f.map.s, &st) == 0 ? st.st_size : -1,
		    (int64_t)f.text.len / LINE_MAP_PIECE * LINE_MAP_ENTRY,
		    "whole again");
	}
	unlink(f.map.s);
	is_int(misplaced(&f, 100), 0, "and without a map");
	end(&f);
}

/* A process that is killed may have written to the log and not to the map, and
 * half a number; the next one goes on. */
static void
test_kill(void)
{
	struct fixture f;

	begin(&f, "kill");
	fill(&f, 1000000, 3000);
	number_lines(&f);
	for (size_t at = 0; at < f.text.len;) {
		size_t to = at + 1 + draw(200000);
		struct stat st;

		if (to > f.text.len)
			to = f.text.len;
		append_all(&f, at, to);
		if (stat(f.map.s, &st) == 0 && st.st_size > 0)
			shorten(&f.map, st.st_size - (int64_t)draw(
			    (uint64_t)(st.st_size < 40 ? st.st_size : 40)));
		at = to;
	}
	is_int(misplaced(&f, 300), 0, "writers that were killed, one after "
	    "another, leave a map that is right");
	end(&f);
}

static void
test_sizes(void)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072 };
	int wrong = 0;

	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		for (int kind = 0; kind < 3; kind++) {
			struct fixture f;
			char name[32];

			snprintf(name, sizeof(name), "s%zu-%d", i, kind);
			begin(&f, name);
			for (size_t k = 0; k < sizes[i]; k++)
				str_add_char(&f.text, kind == 0 ? '\n' :
				    kind == 1 ? 'x' : k % 2 ? '\n' : 'y');
			number_lines(&f);
			append_all(&f, 0, f.text.len);
			wrong += misplaced(&f, 20) != 0;
			end(&f);
		}
	}
	is_int(wrong, 0, "logs of nothing but newlines, of none, and at the "
	    "edges of a piece");
}

static void
test_packed(void)
{
	struct fixture f;
	struct str gz = STR_INIT, whole = STR_INIT;
	gzFile old;

	begin(&f, "packed");
	fill(&f, 2500000, 200000);
	number_lines(&f);
	append_all(&f, 0, f.text.len);
	is_int(packed_write(f.path.s, &f.err), 0, "a log is compressed");
	ok(access(f.path.s, F_OK) == -1, "in its place");
	is_int(misplaced(&f, 200), 0, "every line and byte of it is found");
	str_addf(&gz, "%s.gz", f.path.s);
	old = gzopen(gz.s, "rb");
	str_reserve(&whole, f.text.len);
	whole.len = (size_t)gzread(old, whole.s, (unsigned)f.text.len);
	ok(whole.len == f.text.len && memcmp(whole.s, f.text.s, whole.len) ==
	    0, "any other program reads it");
	gzclose(old);
	unlink(f.map.s);
	is_int(misplaced(&f, 40), 0, "without a map too");

	old = gzopen(gz.s, "wb");
	gzwrite(old, f.text.s, (unsigned)f.text.len);
	gzclose(old);
	is_int(misplaced(&f, 20), 0, "and when another program made it");
	shorten(&gz, 50000);
	ok(misplaced(&f, 1) != 0, "one without an end is no shorter log");
	str_release(&gz);
	str_release(&whole);
	end(&f);
}

/* A table that lies leads nowhere else than to an error. */
static void
test_table(void)
{
	struct fixture f;
	struct str gz = STR_INIT, good = STR_INIT, bad = STR_INIT;
	int kept = 0;

	begin(&f, "table");
	fill(&f, 600000, 2000);
	number_lines(&f);
	append_all(&f, 0, f.text.len);
	packed_write(f.path.s, &f.err);
	str_addf(&gz, "%s.gz", f.path.s);
	file_read(gz.s, 10000000, &good, &f.err);
	for (int i = 0; i < 300; i++) {
		str_clear(&bad);
		str_add_len(&bad, good.s, good.len);
		bad.s[draw(i % 2 ? 80 : bad.len)] ^= (char)(1 << draw(8));
		write_file(&gz, &bad);
		if (misplaced(&f, 3) == 0)
			kept++;
	}
	ok(kept < 300, "damage is seen, or did not matter (%d of 300)", kept);
	write_file(&gz, &good);
	is_int(misplaced(&f, 20), 0, "the good one is still good");
	str_release(&gz);
	str_release(&good);
	str_release(&bad);
	end(&f);
}

int
main(void)
{
	test_map();
	test_kill();
	test_sizes();
	test_packed();
	test_table();
	return tap_done();
}

/*
 * event-line-t.c - a log line by line, while it grows and afterwards, with what
 * its index says of each line.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/events_line.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "t/lib/tap.h"

static struct loop *loop;
static struct watches *set;
static struct log_file *files;
static struct str log_path = STR_INIT, index_path = STR_INIT;
static int64_t log_bytes;

static void
on_change(void *ctx)
{
	(void)ctx;
}

static void
append(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct err err = { 0 };

	if (fd == -1 || file_write_fd(fd, data, len, &err) == -1)
		tap_note("cannot write %s", path);
	close(fd);
}

static void
add_index(const char *line)
{
	append(index_path.s, line, strlen(line));
	append(index_path.s, "\n", 1);
}

/* As a job does: first the index, then the bytes. */
static void
print(int step, const char *stream, const char *time, const char *text)
{
	struct str line = STR_INIT;

	str_addf(&line, "{\"offset\":%" PRId64 ",\"time\":\"%s\",\"step\":%d,"
	    "\"type\":\"output\",\"stream\":\"%s\"}", log_bytes, time, step,
	    stream);
	add_index(line.s);
	append(log_path.s, text, strlen(text));
	log_bytes += (int64_t)strlen(text);
	str_release(&line);
}

static void
fresh(const char *name)
{
	str_clear(&log_path);
	str_clear(&index_path);
	str_addf(&log_path, "%s/%s.log", tap_dir(), name);
	str_addf(&index_path, "%s/%s.idx", tap_dir(), name);
	log_bytes = 0;
}

static void
open_reader(struct line_reader *r, int64_t from)
{
	line_reader_init(r, log_file_open(&files, set, log_path.s, on_change),
	    from);
}

/* All there is now, a line for each: OFFSET STEP/NAME STREAM TIME TEXT. */
static const char *
read_all(struct line_reader *r)
{
	static struct str out = STR_INIT;
	struct err err = { 0 };
	struct line line;
	int rc;

	str_clear(&out);
	while ((rc = line_read(r, &line, &err)) == 1) {
		str_addf(&out, "%" PRId64 " %d/%s %s %s ", line.offset,
		    line.step, line.step_name, line.stream, line.time);
		str_add_len(&out, line.text, line.len);
		str_add(&out, line.more ? "+\n" : "\n");
	}
	if (rc == -1)
		str_addf(&out, "error: %s\n", err.text);
	return out.s;
}

static void
test_growing(void)
{
	struct line_reader r, late;

	fresh("growing");
	open_reader(&r, 0);
	is_str(read_all(&r), "", "there is no file yet");
	add_index("{\"offset\":0,\"time\":\"t0\",\"step\":1,"
	    "\"type\":\"step-start\",\"name\":\"make\"}");
	print(1, "stdout", "t1", "one\ntw");
	is_str(read_all(&r), "0 1/make stdout t1 one\n",
	    "a line that has not ended is not given");
	print(1, "stdout", "t2", "o\nthree\n");
	is_str(read_all(&r), "4 1/make stdout t1 two\n"
	    "8 1/make stdout t2 three\n",
	    "a line has the time of its beginning");
	print(1, "stderr", "t3", "half ");
	print(2, "stdout", "t4", "other\n");
	is_str(read_all(&r), "14 1/make stderr t3 half +\n"
	    "19 2/ stdout t4 other\n",
	    "what another step printed between cuts it");
	is_str(read_all(&r), "", "nothing new");
	open_reader(&late, 8);
	is_str(read_all(&late), "8 1/make stdout t2 three\n"
	    "14 1/make stderr t3 half +\n19 2/ stdout t4 other\n",
	    "a reader that begins in the middle");
	print(0, "pawl", "t5", "no end");
	is_str(read_all(&r), "", "the last line waits for its end");
	r.over = true;
	is_str(read_all(&r), "25 0/ pawl t5 no end\n",
	    "or for the end of all");
	is_int(files->refs, 2, "readers share the file");
	line_reader_release(&r);
	line_reader_release(&late);
	ok(files == NULL, "which is closed after the last");
}

static void
test_long(void)
{
	struct line_reader r;
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct line line;
	size_t sum = 0;
	int pieces = 0;

	fresh("long");
	/* Two bytes each, from an odd place on: a piece would end in one. */
	str_add_char(&text, 'x');
	for (int i = 0; i < 10000; i++)
		str_add(&text, "\xc3\xa9");
	str_add_char(&text, '\n');
	print(1, "stdout", "t", text.s);
	open_reader(&r, 0);
	while (line_read(&r, &line, &err) == 1) {
		ok(line.len <= LINE_MAX_BYTES, "a piece is not too long");
		ok(((unsigned char)line.text[0] & 0xc0) != 0x80,
		    "and begins with a character");
		sum += line.len;
		pieces++;
	}
	is_int(pieces, 3, "a long line comes in pieces");
	is_int((long long)sum, 20001, "which are all of it");
	line_reader_release(&r);
	str_release(&text);
}

static void
test_compressed(void)
{
	struct line_reader r;
	struct err err = { 0 };

	fresh("old");
	print(1, "stdout", "t1", "one\ntwo\n");
	print(2, "stderr", "t2", "three\n");
	ok(packed_write(log_path.s, &err) == 0 &&
	    packed_write(index_path.s, &err) == 0, "a log is compressed");
	open_reader(&r, 0);
	r.over = true;
	is_str(read_all(&r), "0 1/ stdout t1 one\n4 1/ stdout t1 two\n"
	    "8 2/ stderr t2 three\n", "it is read as before");
	line_reader_release(&r);
	open_reader(&r, 4);
	r.over = true;
	is_str(read_all(&r), "4 1/ stdout t1 two\n8 2/ stderr t2 three\n",
	    "also from its middle");
	line_reader_release(&r);
}

int
main(void)
{
	struct err err = { 0 };

	if (loop_new(&loop, &err) == -1)
		return 1;
	set = watches_new(loop);
	test_growing();
	test_long();
	test_compressed();
	watches_free(set);
	loop_free(loop);
	str_release(&log_path);
	str_release(&index_path);
	return tap_done();
}

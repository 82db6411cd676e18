/*
 * log-marks-t.c - what a log's index says of its lines, and searches in it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/log_marks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/packed.h"
#include "lib/render/log_index.h"
#include "lib/render/log_search.h"
#include "t/lib/tap.h"

#define AT "\"time\":\"2026-11-21T12:00:00.012Z\""

static char *
path_of(const char *name)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/%s", tap_dir(), name);
	return str_detach(&path);
}

static char *
write_file(const char *name, const char *text, size_t len)
{
	char *path = path_of(name);
	struct err err = { 0 };

	if (file_replace(path, text, len, 0644, false, &err) == -1)
		tap_note("%s", err.text);
	return path;
}

static const char log_text[] =
    "one\n::group::A\nin a\n::endgroup::\ntwo\n::error::x\nerr\npawl: bye\n";
static const char index_text[] =
    "{\"offset\":0," AT ",\"step\":1,\"type\":\"step-start\",\"name\":\"s\"}\n"
    "{\"offset\":0," AT ",\"step\":1,\"type\":\"output\",\"stream\":\"stdout\"}\n"
    "no line of an index\n"
    "{\"offset\":4," AT ",\"step\":1,\"type\":\"group\",\"text\":\"A\"}\n"
    "{\"offset\":20," AT ",\"step\":1,\"type\":\"endgroup\",\"text\":\"\"}\n"
    "{\"offset\":33," AT ",\"step\":2,\"type\":\"output\",\"stream\":\"stdout\"}\n"
    "{\"offset\":37," AT ",\"step\":2,\"type\":\"annotation\",\"level\":"
    "\"error\",\"file\":\"a.c\",\"line\":\"3\",\"text\":\"x\"}\n"
    "{\"offset\":48," AT ",\"step\":2,\"type\":\"output\",\"stream\":\"stderr\"}\n"
    "{\"offset\":52," AT ",\"step\":0,\"type\":\"output\",\"stream\":\"pawl\"}\n"
    "{\"offset\":62," AT ",\"step\":0,\"type\":\"job-end\",\"on\":\"fail\","
    "\"exit_code\":2}\n{\"offset\":62," AT ",\"st";

static void
test_marks(const char *path, const char *how)
{
	struct arena a = ARENA_INIT(0);
	struct log_file *f;
	struct log_marks m;
	struct err err = { 0 };
	json_t *json, *times = NULL;
	char *text;

	if (log_file_open(&f, path, &err) == -1 ||
	    log_marks_read(f, path, &a, &m, &err) == -1) {
		ok(false, "%s: %s", how, err.text);
		return;
	}
	is_int(m.lines, 8, "%s: lines", how);
	is_int((int)m.n_spans, 3, "steps");
	is_int(m.spans[1].line, 5, "the second begins at a line");
	is_int(m.spans[2].step, 0, "the end is of the job");
	ok(m.n_groups == 1 && m.groups[0].from == 2 && m.groups[0].to == 5,
	    "a group with both of its lines");
	ok(m.n_notes == 1 && m.notes[0].line == 6 &&
	    str_equal(m.notes[0].file, "a.c"), "an annotation at its line");
	json = log_marks_json(&m);
	is_int(json_integer_value(json_object_get(json, "size")), 62,
	    "as JSON");
	json_decref(json);
	is_int(log_times_json(path, 40, 60, &times, &err), 0, "times");
	text = json_dumps(json_object_get(times, "pieces"), JSON_COMPACT);
	is_str(text, "[[33,1795262400012,2,\"stdout\"],"
	    "[48,1795262400012,2,\"stderr\"],[52,1795262400012,0,\"pawl\"]]",
	    "of a part, and of what its first byte is of");
	free(text);
	json_decref(times);
	log_file_close(f);
	arena_release(&a);
}

/* An index of many lines: a place in its middle is found. */
static void
test_seek(void)
{
	struct str text = STR_INIT;
	struct log_index *x = NULL;
	struct log_event e = { 0 };
	struct err err = { 0 };
	char *log, *index;
	int wrong = 0;

	for (int i = 0; i < 3000; i++)
		str_addf(&text, "{\"offset\":%d," AT ",\"step\":1,\"type\":"
		    "\"output\",\"stream\":\"stdout\"}\n", i * 5000);
	index = write_file("many.idx", text.s, text.len);
	log = path_of("many.log");
	log_index_open(&x, log, &err);
	for (int i = 0; i < 200; i++) {
		int64_t at = (int64_t)i * 74999, read = 0;

		wrong += log_index_seek(x, at, &err) == -1;
		wrong += log_index_next(x, &e, &err) != 1 || e.offset > at;
		while (e.offset + 5000 <= at && read++ < 100)
			if (log_index_next(x, &e, &err) != 1)
				break;
		wrong += read >= 100;
	}
	is_int(wrong, 0, "an index is read from any place, and near it");
	log_index_close(x);
	str_release(&text);
	free(index);
	free(log);
}

struct search_case {
	const char *text, *want;
	bool exact;
};

static const struct search_case searches[] = {
	{ "LINE 9", "9:line 9;", false },
	{ "Line 9", "", true },
	{ "red words", "12:red words;", false },
	{ "tail", "14:no newline tail;", false },
	{ "absent", "", false },
};

static void
test_search(void)
{
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT, got = STR_INIT;
	struct log_file *f = NULL;
	struct log_found found;
	struct err err = { 0 };
	char *path;
	int n = 0;

	for (int i = 1; i <= 11; i++)
		str_addf(&text, "line %d\n", i);
	str_add(&text, "\033[31mred\033[0m words\n\n");
	str_add(&text, "no newline tail");
	path = write_file("s.log", text.s, text.len);
	log_file_open(&f, path, &err);
	for (size_t i = 0; i < ARRAY_LEN(searches); i++) {
		struct log_search s = { .text = searches[i].text,
			.exact = searches[i].exact, .max_bytes = 1000000,
			.max_hits = 100 };

		str_clear(&got);
		is_int(log_search(f, &s, &a, &found, &err), 0, "searched");
		for (size_t k = 0; k < found.n; k++)
			str_addf(&got, "%d:%s;", (int)found.hits[k].line,
			    found.hits[k].text);
		is_str(got.s, searches[i].want, "\"%s\"", s.text);
	}
	log_file_close(f);
	free(path);

	/* By pieces, of hits and of bytes: each line once. */
	str_clear(&text);
	for (int i = 0; i < 40000; i++)
		str_addf(&text, "%d%s\n", i, i % 100 == 7 ? " needle" : "");
	path = write_file("p.log", text.s, text.len);
	log_file_open(&f, path, &err);
	for (int64_t from = 0, turn = 0; from != -1 && turn < 1000; turn++) {
		struct log_search s = { .text = "NEEDLE", .from = from,
			.max_bytes = 20000, .max_hits = 7 };

		if (log_search(f, &s, &a, &found, &err) == -1)
			break;
		for (size_t k = 0; k < found.n; k++)
			n += (found.hits[k].line - 1) % 100 == 7;
		n += found.next != -1 && found.next <= from ? 1000 : 0;
		from = found.next;
	}
	is_int(n, 400, "a search in parts finds each line once");
	log_file_close(f);
	free(path);
	str_release(&text);
	str_release(&got);
	arena_release(&a);
}

int
main(void)
{
	struct err err = { 0 };
	char *log = write_file("a.log", log_text, strlen(log_text));
	char *index = write_file("a.idx", index_text, strlen(index_text));

	test_marks(log, "as it is");
	packed_write(log, &err);
	packed_write(index, &err);
	test_marks(log, "compressed");
	test_seek();
	test_search();
	free(log);
	free(index);
	return tap_done();
}

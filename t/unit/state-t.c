/*
 * state-t.c - every pair of state and word of every machine.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/sql_text.h"
#include "lib/store/state.h"
#include "t/lib/tap.h"

/* doc/design.md, section 4, written out a second time. */
static const struct {
	enum machine m;
	const char *states; /* as in the CHECK of the schema */
	const char *last;   /* states that nothing leaves */
	const char *moves;
} wanted[] = {
	{ MACHINE_RUN,
	    "pending running succeeded failed cancelled skipped ",
	    "succeeded failed cancelled skipped ",
	    "pending start running\n"
	    "pending fail failed\n"
	    "pending cancel cancelled\n"
	    "pending skip skipped\n"
	    "running succeed succeeded\n"
	    "running fail failed\n"
	    "running cancel cancelled\n" },
	{ MACHINE_JOB,
	    "blocked waiting pending assigned running completing "
	    "succeeded failed cancelled skipped ",
	    "succeeded failed cancelled skipped ",
	    "blocked unblock pending\n"
	    "blocked hold waiting\n"
	    "blocked skip skipped\n"
	    "blocked cancel cancelled\n"
	    "blocked fail failed\n"
	    "waiting approve pending\n"
	    "waiting pass succeeded\n"
	    "waiting fail failed\n"
	    "waiting skip skipped\n"
	    "waiting cancel cancelled\n"
	    "pending claim assigned\n"
	    "pending cancel cancelled\n"
	    "assigned start running\n"
	    "assigned lease-lost pending\n"
	    "assigned retry pending\n"
	    "assigned fail failed\n"
	    "assigned cancel cancelled\n"
	    "running complete completing\n"
	    "running lease-lost pending\n"
	    "running retry pending\n"
	    "running fail failed\n"
	    "running cancel cancelled\n"
	    "completing lease-lost pending\n"
	    "completing retry pending\n"
	    "completing succeed succeeded\n"
	    "completing fail failed\n"
	    "completing cancel cancelled\n" },
	{ MACHINE_STEP,
	    "queued running succeeded failed skipped cancelled ",
	    "succeeded failed skipped cancelled ",
	    "queued start running\n"
	    "queued skip skipped\n"
	    "queued cancel cancelled\n"
	    "running succeed succeeded\n"
	    "running fail failed\n"
	    "running cancel cancelled\n" },
	{ MACHINE_DELIVERY,
	    "received planned ignored failed ",
	    "planned ignored ",
	    "received plan planned\n"
	    "received ignore ignored\n"
	    "received fail failed\n"
	    "failed replay received\n" },
	{ MACHINE_MESSAGE,
	    "queued sent failed ",
	    "sent ",
	    "queued send sent\n"
	    "queued fail failed\n"
	    "failed replay queued\n" },
};

/* Every word that any machine knows, and some that none does. */
static const char *const words[] = { "start", "fail", "cancel", "skip",
	"succeed", "unblock", "hold", "approve", "claim", "lease-lost",
	"retry", "complete", "pass", "plan", "ignore", "replay", "send", "",
	"Start",
	"pending", "requeue" };

/* The table above is in the order in which one reads it, the walk in that of
 * `words`: lines are sorted before they are compared. */
static int
compare_lines(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
add_sorted(struct str *out, const char *text)
{
	char *copy = mem_strdup(text), *save = NULL;
	char *lines[64];
	size_t n = 0;

	for (char *l = strtok_r(copy, "\n", &save); l != NULL && n < 64;
	    l = strtok_r(NULL, "\n", &save))
		lines[n++] = l;
	qsort(lines, n, sizeof(lines[0]), compare_lines);
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s\n", lines[i]);
	free(copy);
}

static void
test_every_pair(enum machine m, const char *moves)
{
	struct str got = STR_INIT, sorted = STR_INIT, want = STR_INIT;

	for (int from = 0; from < machine_n_states(m); from++)
		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			const struct move *mv = machine_move(m, from,
			    words[i]);

			if (mv != NULL)
				str_addf(&got, "%s %s %s\n",
				    machine_state_name(m, from), words[i],
				    machine_state_name(m, mv->to));
		}
	add_sorted(&sorted, got.s);
	add_sorted(&want, moves);
	is_str(sorted.s, want.s, "%s: exactly the legal moves",
	    machine_name(m));
	str_release(&got);
	str_release(&sorted);
	str_release(&want);
}

static void
test_every_word_known(enum machine m)
{
	int n, unknown = 0;
	const struct move *moves = machine_moves(m, &n);

	for (int i = 0; i < n; i++) {
		size_t k = 0;

		while (k < ARRAY_LEN(words) &&
		    !str_equal(words[k], moves[i].on))
			k++;
		unknown += k == ARRAY_LEN(words);
	}
	is_int(unknown, 0, "%s: no word that the walk leaves out",
	    machine_name(m));
}

static void
test_states(enum machine m, const char *states, const char *last)
{
	struct str all = STR_INIT, terminal = STR_INIT;

	for (int s = 0; s < machine_n_states(m); s++) {
		const char *word = machine_state_name(m, s);

		str_addf(&all, "%s ", word);
		if (machine_terminal(m, s))
			str_addf(&terminal, "%s ", word);
		is_int(machine_state_parse(m, word), s, "%s: \"%s\" is read "
		    "back", machine_name(m), word);
	}
	is_str(all.s, states, "%s: its states", machine_name(m));
	is_str(terminal.s, last, "%s: its last states", machine_name(m));
	is_int(machine_state_parse(m, "Pending"), -1, "%s: no other word",
	    machine_name(m));
	is_int(machine_state_parse(m, NULL), -1, "%s: nor none",
	    machine_name(m));
	str_release(&all);
	str_release(&terminal);
}

/* The words in "state IN (...)" of a table's CHECK, in their order. */
static void
schema_states(const char *table, struct str *out)
{
	const char *p = strstr(sql_migrations[0], table);

	p = p == NULL ? NULL : strstr(p, "state IN (");
	for (p = p == NULL ? "" : p; *p != '\0' && *p != ')'; p++) {
		const char *end;

		if (*p != '\'')
			continue;
		end = strchr(++p, '\'');
		str_add_len(out, p, (size_t)(end - p));
		str_add_char(out, ' ');
		p = end;
	}
}

static void
test_schema(void)
{
	static const struct {
		enum machine m;
		const char *table;
	} tables[] = {
		{ MACHINE_RUN, "CREATE TABLE runs" },
		{ MACHINE_JOB, "CREATE TABLE jobs" },
		{ MACHINE_STEP, "CREATE TABLE steps" },
		{ MACHINE_DELIVERY, "CREATE TABLE deliveries" },
		{ MACHINE_MESSAGE, "CREATE TABLE outbox" },
	};

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		struct str got = STR_INIT;

		schema_states(tables[i].table, &got);
		is_str(got.s, wanted[i].states, "%s: the schema has the same "
		    "words", machine_name(tables[i].m));
		str_release(&got);
	}
}

/* doc/database.md has a line for each move, and for no other. */
static void
test_documented(void)
{
	const char *dir = getenv("srcdir");
	struct str path = STR_INIT, text = STR_INIT, line = STR_INIT;
	struct err err = { 0 };
	int missing = 0, lines = 0, moves = 0;

	str_addf(&path, "%s/doc/database.md", dir != NULL ? dir : ".");
	if (file_read(path.s, 1024 * 1024, &text, &err) == -1)
		printf("# %s\n", err.text);
	for (int m = 0; m <= MACHINE_MESSAGE; m++) {
		int n;
		const struct move *mv = machine_moves((enum machine)m, &n);

		for (int i = 0; i < n; i++, moves++) {
			bool told = mv[i].event != NULL;

			str_clear(&line);
			str_addf(&line, "\n| %s | %s | %s | %s | %s%s%s |\n",
			    machine_name((enum machine)m),
			    machine_state_name((enum machine)m, mv[i].from),
			    mv[i].on, machine_state_name((enum machine)m,
			    mv[i].to), told ? "`" : "", told ? mv[i].event :
			    "", told ? "`" : "");
			missing += strstr(text.s, line.s) == NULL;
		}
		str_clear(&line);
		str_addf(&line, "\n| %s | ", machine_name((enum machine)m));
		for (const char *p = text.s; (p = strstr(p, line.s)) != NULL;
		    p++)
			lines++;
	}
	is_int(missing, 0, "doc/database.md has every move");
	is_int(lines, moves, "and no other");
	str_release(&path);
	str_release(&text);
	str_release(&line);
}

int
main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		test_every_pair(wanted[i].m, wanted[i].moves);
		test_every_word_known(wanted[i].m);
		test_states(wanted[i].m, wanted[i].states, wanted[i].last);
	}
	ok(machine_move(MACHINE_JOB, -1, "claim") == NULL &&
	    machine_move(MACHINE_JOB, 99, "claim") == NULL,
	    "a state that is none has no moves");
	test_schema();
	test_documented();
	return tap_done();
}

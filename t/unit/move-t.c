/*
 * move-t.c - every pair of state and word of every machine against a
 * database: a legal one moves and appends exactly its event, all others are
 * refused and leave nothing. And several processes at once.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"
#include "lib/store/move.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

/* One run with one job with two steps, of which the first is moved. */
struct bed {
	struct store *st;
	const char *path;
	int64_t run, job, step;
};

static void
bed_make(struct bed *b)
{
	b->st = fixture_store(&b->path);
	b->run = fixture_run(b->st, fixture_repo(b->st, "r"), 1, "a");
	b->job = fixture_job(b->st, b->run, "a");
	b->step = fixture_sql(b->path, "SELECT min(id) FROM steps");
}

/* Put the row into a state, with all that the table asks for. */
static void
put(const struct bed *b, enum machine m, int state)
{
	static const char *const tables[] = { [MACHINE_RUN] = "runs",
		[MACHINE_JOB] = "jobs", [MACHINE_STEP] = "steps" };
	struct str sql = STR_INIT;

	str_addf(&sql, "UPDATE %s SET state = '%s', finished_at_ms = %s%s "
	    "WHERE id = %" PRId64, tables[m], machine_state_name(m, state),
	    machine_terminal(m, state) ? "1" : "NULL", m == MACHINE_JOB ?
	    ", rank_ms = 1, attempt = 1, lease_until_ms = 1" : "",
	    m == MACHINE_RUN ? b->run : m == MACHINE_JOB ? b->job : b->step);
	fixture_sql(b->path, sql.s);
	str_release(&sql);
}

static int
try(const struct bed *b, enum machine m, int from, const char *on,
    struct err *err)
{
	struct event_facts facts;
	struct job_head head;
	struct arena a = ARENA_INIT(0);
	int rc;

	if (job_head_read(b->st, b->job, &a, &head, err) == -1)
		return -1;
	facts = job_facts(&head);
	rc = m == MACHINE_RUN ? run_move(b->st, b->run, (enum run_state)from,
	    on, NULL, err) : m == MACHINE_JOB ? job_move(b->st, &head, on,
	    &facts, err) : step_move(b->st, &head, b->step, 1,
	    (enum step_state)from, on, -1, NULL, err);
	arena_release(&a);
	return rc;
}

/* What the newest event says: "job.queued blocked pending". */
static void
newest(const struct bed *b, struct str *out, int64_t *n)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	struct event *e;
	size_t count;

	must(event_list(b->st, b->run, 0, 1000, &a, &e, &count, &err));
	*n = (int64_t)count;
	str_clear(out);
	if (count > 0)
		str_addf(out, "%s %s", e[count - 1].type, e[count - 1].data);
	arena_release(&a);
}

static bool
tells(const struct str *event, enum machine m, const struct move *mv)
{
	struct str states = STR_INIT;
	bool told;

	str_addf(&states, "\"from\":\"%s\",\"to\":\"%s\"",
	    machine_state_name(m, mv->from), machine_state_name(m, mv->to));
	told = str_starts_with(event->s, mv->event) &&
	    event->s[strlen(mv->event)] == ' ' &&
	    strstr(event->s, states.s) != NULL;
	str_release(&states);
	return told;
}

/* One pair; what it did is taken back. True: as the table has it. */
static bool
pair(const struct bed *b, enum machine m, int from, const char *on)
{
	const struct move *mv = machine_move(m, from, on);
	struct str before = STR_INIT, after = STR_INIT;
	struct err err = { 0 };
	int64_t n, m_after;
	bool right;
	int rc;

	newest(b, &before, &n);
	must(store_begin(b->st, &err));
	rc = try(b, m, from, on, &err);
	newest(b, &after, &m_after);
	store_rollback(b->st);
	right = mv != NULL ? rc == 0 && m_after == n + 1 &&
	    tells(&after, m, mv) : rc == -1 && err.code == ERR_CONFLICT &&
	    m_after == n && strcmp(before.s, after.s) == 0;
	if (!right)
		printf("# %s, %s: %d %s, %s\n", machine_state_name(m, from),
		    on, rc, err.text, after.s);
	str_release(&before);
	str_release(&after);
	return right;
}

static void
test_pairs(const struct bed *b, enum machine m)
{
	int wrong = 0, tried = 0;

	for (int from = 0; from < machine_n_states(m); from++) {
		put(b, m, from);
		for (int other = 0; other <= MACHINE_MESSAGE; other++) {
			int n;
			const struct move *all = machine_moves(
			    (enum machine)other, &n);

			for (int i = 0; i < n; i++, tried++)
				wrong += !pair(b, m, from, all[i].on);
		}
		wrong += !pair(b, m, from, "");
	}
	is_int(wrong, 0, "%s: %d pairs move, or are refused", machine_name(m),
	    tried);
}

/* Every process makes all moves of a job that it can; each may be made once. */
static int
race(int i, void *ctx)
{
	static const char *const words[] = { "claim", "start", "complete",
		"succeed" };
	const struct bed *b = ctx;
	struct store *st = fixture_open(b->path);

	(void)i;
	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		struct arena a = ARENA_INIT(0);
		struct event_facts facts;
		struct err err = { 0 };
		struct job_head h;
		int rc;

		if (store_begin(st, &err) == -1)
			return 1;
		rc = job_head_read(st, b->job, &a, &h, &err);
		facts = job_facts(&h);
		if (rc == 0)
			rc = job_move(st, &h, words[k], &facts, &err);
		rc = store_end(st, rc, &err);
		arena_release(&a);
		if (rc == -1 && err.code != ERR_CONFLICT)
			return 1;
	}
	store_close(st);
	return 0;
}

static void
test_race(void)
{
	struct bed b;

	bed_make(&b);
	put(&b, MACHINE_JOB, JOB_PENDING);
	store_close(b.st);
	is_int(fixture_fork(5, race, &b), 0, "five processes move one job");
	is_int(fixture_sql(b.path, "SELECT count(*) FROM events WHERE type IN "
	    "('job.assigned', 'job.started', 'job.completing', "
	    "'job.completed')"), 4, "every move is made once");
	is_int(fixture_sql(b.path, "SELECT state = 'succeeded' FROM jobs"), 1,
	    "and it is at its end");
	is_int(fixture_sql(b.path, "SELECT count(*) = max(seq) FROM events"),
	    1, "events have no gap");
}

int
main(void)
{
	struct bed b;

	bed_make(&b);
	test_pairs(&b, MACHINE_STEP);
	test_pairs(&b, MACHINE_JOB);
	test_pairs(&b, MACHINE_RUN);
	store_close(b.st);
	test_race();
	return tap_done();
}

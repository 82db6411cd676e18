/*
 * metrics-t.c - numbers: counted with what they count, and written as
 * monitoring reads them; doc/metrics.md tells of all of them.
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
#include "lib/render/metrics.h"
#include "lib/store/counters.h"
#include "t/lib/fixture.h"
#include "t/lib/tap.h"

static struct config config;

static void
scrape(struct store *st, enum metrics_format format, struct str *out)
{
	struct err err = { 0 };

	str_clear(out);
	must(metrics_write(st, &config, NULL, format, out, &err));
}

/* The lines that begin so. */
static const char *
lines(const struct str *text, const char *begin)
{
	static struct str found;
	const char *line = text->s;

	str_clear(&found);
	str_add(&found, "");
	for (; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (str_starts_with(line, begin))
			str_add_len(&found, line, strcspn(line, "\n") + 1);
	return found.s;
}

static void
observe(struct store *st, int64_t ms)
{
	struct err err = { 0 };

	must(counter_observe(st, NUMBER_JOB_TOOK, COUNTER_LABELS("succeeded"),
	    ms, &err));
}

static void
test_histogram(struct store *st)
{
	struct str text = STR_INIT;

	observe(st, -5);
	observe(st, 100);
	observe(st, 101);
	observe(st, 21600001);
	scrape(st, METRICS_PLAIN, &text);
#define B "pawl_job_duration_seconds_bucket{result=\"succeeded\",le="
	is_str(lines(&text, B "\"0."), B "\"0.1\"} 2\n" B "\"0.5\"} 3\n",
	    "a bucket has what is not above its bound, and all below");
	is_str(lines(&text, B "\"1.0"), B "\"1.0\"} 3\n",
	    "bounds are written as numbers with a fraction");
	is_str(lines(&text, B "\"+"), B "\"+Inf\"} 4\n",
	    "the last has all");
	is_str(lines(&text, "pawl_job_duration_seconds_count"),
	    "pawl_job_duration_seconds_count{result=\"succeeded\"} 4\n",
	    "it is the count");
	is_str(lines(&text, "pawl_job_duration_seconds_sum"),
	    "pawl_job_duration_seconds_sum{result=\"succeeded\"} "
	    "21600.202\n", "the sum is in seconds");
	str_release(&text);
}

static void
test_labels(struct store *st)
{
	struct str text = STR_INIT;
	struct err err = { 0 };

	must(counter_add(st, NUMBER_SENDINGS, COUNTER_LABELS("a\"b\\c\nd"), 2,
	    &err));
	must(counter_add(st, NUMBER_SENDINGS, COUNTER_LABELS("a\"b\\c\nd"), 3,
	    &err));
	scrape(st, METRICS_OPEN, &text);
	is_str(lines(&text, "pawl_outbox_tries_total"),
	    "pawl_outbox_tries_total{kind=\"a\\\"b\\\\c\\nd\",result=\"\"} "
	    "5\n", "values of labels are quoted, and added up");
	str_release(&text);
}

/* What is rolled back was never counted. */
static void
test_together(struct store *st)
{
	struct str text = STR_INIT;
	struct err err = { 0 };

	must(store_begin(st, &err));
	must(counter_add(st, NUMBER_RETRIES, NULL, 1, &err));
	store_rollback(st);
	scrape(st, METRICS_PLAIN, &text);
	is_str(lines(&text, "pawl_job_retries_total"),
	    "pawl_job_retries_total 0\n", "a counter goes with its change");
	str_release(&text);
}

static void
test_repositories(struct store *st)
{
	int64_t repo = fixture_repo(st, "demo");
	struct str text = STR_INIT;
	struct err err = { 0 };
	struct arena a = ARENA_INIT(0);
	struct job job;

	fixture_run(st, repo, 1, "a");
	must(queue_claim(st, "w", 60000, NULL, &a, &job, &err));
	must(job_start(st, job.id, job.attempt, "sandbox", NULL, "l", &err));
	fixture_end(st, job.id, job.attempt, "succeed");
	config.metrics_repositories = true;
	scrape(st, METRICS_PLAIN, &text);
	is_str(lines(&text, "pawl_jobs_total"),
	    "pawl_jobs_total{result=\"succeeded\",repository=\"owner/demo\"} "
	    "1\n", "repositories can be told apart");
	is_str(lines(&text, "pawl_job_wait_seconds_count"),
	    "pawl_job_wait_seconds_count 1\n", "waiting was observed");
	config.metrics_repositories = false;
	scrape(st, METRICS_PLAIN, &text);
	is_str(lines(&text, "pawl_jobs_total"),
	    "pawl_jobs_total{result=\"succeeded\"} 1\n",
	    "or be added up");
	arena_release(&a);
	str_release(&text);
}

static void
test_accept(void)
{
	is_int(metrics_accepted(NULL), METRICS_PLAIN, "no Accept is plain");
	is_int(metrics_accepted("*/*"), METRICS_PLAIN, "so is anything");
	is_int(metrics_accepted("application/openmetrics-text;version=1.0.0,"
	    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"), METRICS_OPEN,
	    "Prometheus names OpenMetrics");
}

/* --- doc/metrics.md ----------------------------------------------------------- */

/* "| `NAME` | TYPE | `LABEL`, ... | HELP |" of a number. */
static void
add_rows(struct str *out)
{
	for (enum number i = 0; i < NUMBER_N; i++) {
		const struct number_row *row = number_row(i);

		str_addf(out, "| `pawl_%s%s` | %s | ", row->name,
		    row->type == TYPE_COUNTER ? "_total" : "",
		    row->type == TYPE_COUNTER ? "counter" :
		    row->type == TYPE_GAUGE ? "gauge" : "histogram");
		for (size_t k = 0; k < NUMBER_MAX_LABELS &&
		    row->labels[k] != NULL; k++)
			str_addf(out, "%s`%s`", k > 0 ? ", " : "",
			    row->labels[k]);
		str_addf(out, "%s | %s |\n", row->by_repo ?
		    ", `repository`" : "", row->help);
	}
}

static void
test_page(struct store *st)
{
	const char *srcdir = getenv("srcdir");
	struct str path = STR_INIT, page = STR_INIT, want = STR_INIT;
	struct str text = STR_INIT, missing = STR_INIT;
	struct err err = { 0 };

	str_addf(&path, "%s/doc/metrics.md", srcdir ? srcdir : ".");
	must(file_read(path.s, 1 << 20, &page, &err));
	add_rows(&want);
	ok(strstr(page.s, want.s) != NULL, "doc/metrics.md has the table");
	if (strstr(page.s, want.s) == NULL)
		tap_note("it is:\n%s", want.s);
	scrape(st, METRICS_PLAIN, &text);
	str_add(&missing, "");
	for (char *line = strtok(text.s, "\n"); line != NULL;
	    line = strtok(NULL, "\n")) {
		char name[200];

		if (sscanf(line, "# TYPE %190s", name) != 1)
			continue;
		str_clear(&want);
		str_addf(&want, "| `%s` |", name);
		if (strstr(page.s, want.s) == NULL)
			str_addf(&missing, "%s ", name);
	}
	is_str(missing.s, "", "doc/metrics.md names every family");
	str_release(&path);
	str_release(&page);
	str_release(&want);
	str_release(&text);
	str_release(&missing);
}

int
main(void)
{
	const char *path;
	struct store *st = fixture_store(&path);
	char *slash;

	config.state_dir = mem_strdup(path);
	slash = strrchr((char *)config.state_dir, '/');
	*slash = '\0';
	config.max_jobs = 3;
	test_histogram(st);
	test_labels(st);
	test_together(st);
	test_repositories(st);
	test_accept();
	test_page(st);
	store_close(st);
	free((char *)config.state_dir);
	return tap_done();
}

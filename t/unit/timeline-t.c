/*
 * timeline-t.c - jobs on an axis of time.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "lib/render/timeline.h"
#include "t/lib/tap.h"

static const struct run run = { .uuid =
	"0f8fad5b-d9cb-469f-a165-70867728950e", .owner = "o", .name = "n",
	.number = 7, .attempt = 1, .workflow = "CI", .file = ".ci.yml",
	.event = "push", .branch = "main", .sha = "abc", .title = "t",
	.actor = "ada", .state = RUN_FAILED, .created_at_ms = 1000,
	.started_at_ms = 2000, .finished_at_ms = 11000 };

static const char *
bar(int64_t free_ms, int64_t from_ms, int64_t to_ms)
{
	static struct str out = STR_INIT;
	struct timeline t = { 1000, 11000, 2000 };
	const char *first;

	str_clear(&out);
	timeline_bar_svg(&t, free_ms, from_ms, to_ms, "x", &out);
	first = strstr(out.s, "<rect");
	if (first == NULL)
		return "";
	str_cut(&out, (size_t)(strstr(out.s, "</svg>") - out.s));
	return first;
}

static void
test_bars(void)
{
	is_str(bar(0, 2000, 4000), "<rect class=\"x\" y=\"2\" height=\"10\" "
	    "rx=\"2\" x=\"10.00%\" width=\"20.00%\"/>", "what ran");
	is_str(bar(1000, 2000, 4000), "<rect class=\"wait\" y=\"6\" height="
	    "\"2\" rx=\"2\" x=\"0.00%\" width=\"10.00%\"/><rect class=\"x\" "
	    "y=\"2\" height=\"10\" rx=\"2\" x=\"10.00%\" width=\"20.00%\"/>",
	    "with its time in the queue");
	is_str(bar(0, 6000, 0), "<rect class=\"x\" y=\"2\" height=\"10\" "
	    "rx=\"2\" x=\"50.00%\" width=\"50.00%\"/>", "what runs on");
	is_str(bar(0, 11000, 11000), "<rect class=\"x\" y=\"2\" height=\"10\" "
	    "rx=\"2\" x=\"99.60%\" width=\"0.40%\"/>", "nothing is too short");
	is_str(bar(0, 0, 0), "", "what did not begin has none");
	is_str(bar(0, 10, 20), "", "nor has what was over before");
	is_str(bar(0, 10, 99999), "<rect class=\"x\" y=\"2\" height=\"10\" "
	    "rx=\"2\" x=\"0.00%\" width=\"100.00%\"/>", "the rest is cut");
}

static size_t
count(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text++)
		n++;
	return n;
}

static void
test_axis(void)
{
	static const int64_t spans[] = { 0, 1, 999, 60000, 3600000, 86400000,
		INT64_C(31536000000), INT64_C(315360000000) };
	struct timeline t;
	struct run r = run;

	for (size_t i = 0; i < sizeof(spans) / sizeof(*spans); i++) {
		struct str out = STR_INIT;
		size_t marks;

		r.finished_at_ms = r.created_at_ms + spans[i];
		timeline_init(&t, &r, NULL, 0, 0);
		timeline_axis_svg(&t, &out);
		marks = count(out.s, "<text");
		ok(t.to_ms > t.from_ms && marks >= 1 && marks <= 7,
		    "an axis of %lld ms has %zu marks", (long long)spans[i],
		    marks);
		str_release(&out);
	}
	r.finished_at_ms = 0;
	timeline_init(&t, &r, NULL, 0, 5000);
	is_int(t.to_ms, 5000, "what goes on ends now");
}

static void
test_json(void)
{
	struct job jobs[2] = {
		{ .id = 1, .key = "a", .title = "A", .state = JOB_FAILED,
		    .attempt = 2, .queued_at_ms = 1500, .started_at_ms = 2000,
		    .finished_at_ms = 5000 },
		{ .id = 2, .key = "b", .title = "B", .state = JOB_SKIPPED,
		    .reason = "needs a" },
	};
	struct step steps[1] = { { .job = 1, .number = 1, .title = "make",
		.state = STEP_FAILED, .exit_code = 2, .started_at_ms = 2000,
		.finished_at_ms = 4500 } };
	struct job_place places[2] = { { .outputs = "{\"v\": \"1\"}" } };
	const bool critical[2] = { true, false };
	const struct timeline_facts facts = { &run, jobs, 2, steps, 1, places,
		critical };
	json_t *o = timeline_json(&facts), *step;
	char *s;

	is_str(json_string_value(json_object_get(o, "tenant")), "o/n",
	    "whose it is");
	is_int(json_integer_value(json_object_get(o, "duration_ms")), 9000,
	    "how long it took");
	is_int((long long)json_array_size(json_object_get(o, "steps")), 2,
	    "an entry for each job");
	step = json_array_get(json_object_get(o, "steps"), 0);
	is_int((long long)json_string_length(json_object_get(step,
	    "trace_id")), 32, "it is in the run's trace");
	json_object_set_new(step, "trace_id", json_null());
	json_object_set_new(step, "span_id", json_null());
	json_array_set_new(json_object_get(step, "steps"), 0, json_null());
	s = json_dumps(step, JSON_COMPACT);
	is_str(s, "{\"name\":\"a\",\"type\":\"job\",\"status\":\"failed\","
	    "\"started_at\":\"1970-01-01T00:00:02.000Z\",\"completed_at\":"
	    "\"1970-01-01T00:00:05.000Z\",\"duration_ms\":3000,\"input\":null,"
	    "\"output\":{\"v\":\"1\"},\"idempotent\":false,\"attempts\":2,"
	    "\"trace_id\":null,\"span_id\":null,\"title\":\"A\","
	    "\"queued_at\":\"1970-01-01T00:00:01.500Z\",\"wait_ms\":500,"
	    "\"critical\":true,\"reason\":null,\"steps\":[null]}",
	    "a job");
	free(s);
	json_decref(o);
}

int
main(void)
{
	test_bars();
	test_axis();
	test_json();
	is_str(timeline_class(&(struct job){ .state = JOB_SUCCEEDED,
	    .attempt = 2 }), "retried", "what had to be tried again");
	is_str(timeline_class(&(struct job){ .state = JOB_SUCCEEDED,
	    .attempt = 1 }), "succeeded", "what had not");
	return tap_done();
}

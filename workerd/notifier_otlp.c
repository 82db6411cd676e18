/*
 * notifier_otlp.c - kind "otlp": a run that is over as a trace, a span for the
 * run, each job and each step.
 *
 * OTLP/HTTP in JSON (opentelemetry.io, "OTLP Specification 1.x": ids in
 * hexadecimal, 64-bit numbers as texts, enums as numbers), with the names of
 * the semantic conventions for CI/CD and VCS.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/notifier_tell.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/trace.h"
#include "lib/render/json.h"

/* Kinds of spans and codes of status, as OTLP numbers them. */
#define KIND_INTERNAL 1
#define KIND_SERVER 2
#define STATUS_OK 1
#define STATUS_ERROR 2

#define SPANS_MAX 5000      /* of one trace; more are counted */
#define COMMAND_MAX 1024

struct tracing {
	struct notifier *n;
	struct arena *a;
	const struct tell *t;
	json_t *spans;
	size_t left_out;
};

/* --- attributes ---------------------------------------------------------------- */

static void
add_text(json_t *list, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		json_array_append_new(list, json_pack("{s:s, s:{s:o}}",
		    "key", key, "value", "stringValue", json_text_of(text)));
}

static void
add_number(json_t *list, const char *key, int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, number);
	json_array_append_new(list, json_pack("{s:s, s:{s:s}}", "key", key,
	    "value", "intValue", text));
}

/* The conventions' words for how something ended. */
static const char *
result(const char *state)
{
	static const char *const words[][2] = {
		{ "succeeded", "success" }, { "failed", "failure" },
		{ "cancelled", "cancellation" }, { "skipped", "skip" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(words[i][0], state) == 0)
			return words[i][1];
	return state;
}

/* --- spans --------------------------------------------------------------------- */

struct span {
	int64_t job;
	int attempt, step;
	const char *name, *parent; /* span id; NULL: the root */
	const char *state, *reason;
	int64_t from_ms, to_ms;
};

static json_t *
nanos(int64_t at_ms)
{
	return json_sprintf("%" PRId64 "000000", at_ms);
}

static json_t *
span_status(const struct span *s)
{
	json_t *status = json_object();

	if (strcmp(s->state, "failed") == 0) {
		json_object_set_new(status, "code", json_integer(
		    STATUS_ERROR));
		if (s->reason != NULL)
			json_object_set_new(status, "message",
			    json_text_of(s->reason));
	} else if (strcmp(s->state, "succeeded") == 0) {
		json_object_set_new(status, "code", json_integer(STATUS_OK));
	}
	return status;
}

/* Takes `attributes`. */
static void
add_span(struct tracing *tr, const struct span *s, json_t *attributes)
{
	const char *uuid = tr->t->run.uuid;
	char trace[TRACE_ID_SIZE], id[TRACE_SPAN_SIZE];
	json_t *j;

	if (json_array_size(tr->spans) >= SPANS_MAX) {
		tr->left_out++;
		json_decref(attributes);
		return;
	}
	trace_id(uuid, trace);
	trace_span(uuid, s->job, s->attempt, s->step, id);
	j = json_object();
	json_object_set_new(j, "traceId", json_string(trace));
	json_object_set_new(j, "spanId", json_string(id));
	if (s->parent != NULL)
		json_object_set_new(j, "parentSpanId",
		    json_string(s->parent));
	json_object_set_new(j, "name", json_text_of(s->name));
	json_object_set_new(j, "kind", json_integer(s->parent == NULL ?
	    KIND_SERVER : KIND_INTERNAL));
	json_object_set_new(j, "startTimeUnixNano", nanos(s->from_ms));
	json_object_set_new(j, "endTimeUnixNano", nanos(s->to_ms > s->from_ms ?
	    s->to_ms : s->from_ms));
	json_object_set_new(j, "attributes", attributes);
	json_object_set_new(j, "status", span_status(s));
	json_array_append_new(tr->spans, j);
}

static void
add_step(struct tracing *tr, const struct job *job, const struct step *step,
    const char *parent)
{
	const char *state = machine_state_name(MACHINE_STEP,
	    (int)step->state);
	const struct span s = { .job = job->id, .attempt = step->attempt,
		.step = step->number, .name = step->title, .parent = parent,
		.state = state, .reason = step->reason,
		.from_ms = step->started_at_ms,
		.to_ms = step->finished_at_ms };
	json_t *at = json_array();

	if (step->started_at_ms == 0) {
		json_decref(at);
		return; /* it was skipped, and took no time */
	}
	add_text(at, "cicd.pipeline.task.name", step->title);
	add_text(at, "cicd.pipeline.task.run.id", arena_printf(tr->a,
	    "%" PRId64 ".%d", job->id, step->number));
	add_text(at, "cicd.pipeline.task.run.result", result(state));
	add_text(at, "pawl.step.command", arena_strndup(tr->a, step->command,
	    strnlen(step->command, COMMAND_MAX)));
	if (step->exit_code != -1)
		add_number(at, "process.exit.code", step->exit_code);
	add_span(tr, &s, at);
}

static void
add_job(struct tracing *tr, const struct job *job, const char *root,
    const struct step *steps, size_t n_steps)
{
	const char *state = machine_state_name(MACHINE_JOB, (int)job->state);
	const struct span s = { .job = job->id, .attempt = job->attempt,
		.name = job->title, .parent = root, .state = state,
		.reason = job->reason, .from_ms = job->started_at_ms,
		.to_ms = job->finished_at_ms };
	char id[TRACE_SPAN_SIZE];
	json_t *at;

	/* One that never started took no time; one of an earlier attempt of
	 * the run is in the trace of that one. */
	if (job->started_at_ms == 0 || job->ran_in != 0)
		return;
	at = json_array();
	add_text(at, "cicd.pipeline.task.name", job->key);
	add_text(at, "cicd.pipeline.task.run.id", arena_printf(tr->a,
	    "%" PRId64, job->id));
	add_text(at, "cicd.pipeline.task.run.result", result(state));
	add_text(at, "cicd.worker.name", job->worker);
	add_text(at, "pawl.job.engine", job->engine);
	add_number(at, "pawl.job.attempt", job->attempt);
	add_number(at, "pawl.job.queued_ms", job->queued_at_ms == 0 ? 0 :
	    job->started_at_ms - job->queued_at_ms);
	trace_span(tr->t->run.uuid, job->id, job->attempt, 0, id);
	add_span(tr, &s, at);
	for (size_t i = 0; i < n_steps; i++)
		if (steps[i].job == job->id && steps[i].attempt ==
		    job->attempt)
			add_step(tr, job, &steps[i], id);
}

static void
add_run(struct tracing *tr)
{
	const struct run *run = &tr->t->run;
	const struct span s = { .name = arena_printf(tr->a, "RUN %s",
		run->workflow), .state = tr->t->what,
		.reason = tr->t->words, .from_ms = run->created_at_ms,
		.to_ms = run->finished_at_ms };
	json_t *at = json_array();

	add_text(at, "cicd.pipeline.name", run->workflow);
	add_text(at, "cicd.pipeline.action.name", "RUN");
	add_text(at, "cicd.pipeline.run.id", arena_printf(tr->a, "%" PRId64,
	    run->id));
	add_text(at, "cicd.pipeline.run.url.full", tr->t->url);
	add_text(at, "cicd.pipeline.result", result(tr->t->what));
	add_text(at, "vcs.repository.name", arena_printf(tr->a, "%s/%s",
	    run->owner, run->name));
	add_text(at, "vcs.ref.head.name", run->branch);
	add_text(at, "vcs.ref.head.revision", run->sha);
	add_text(at, "pawl.run.event", run->event);
	add_text(at, "pawl.run.actor", run->actor);
	add_text(at, "pawl.delivery", run->delivery);
	add_number(at, "pawl.run.number", run->number);
	add_number(at, "pawl.run.attempt", run->attempt);
	add_span(tr, &s, at);
}

/* --- the request ----------------------------------------------------------------- */

static json_t *
document(struct tracing *tr)
{
	json_t *of = json_array();

	add_text(of, "service.name", "pawl");
	add_text(of, "service.version", PACKAGE_VERSION);
	add_text(of, "service.instance.id", tr->n->program.config.base_url);
	if (tr->left_out > 0)
		add_number(of, "pawl.spans.left_out", (int64_t)tr->left_out);
	return json_pack("{s:[{s:{s:o}, s:[{s:{s:s, s:s}, s:O}]}]}",
	    "resourceSpans", "resource", "attributes", of, "scopeSpans",
	    "scope", "name", "pawl", "version", PACKAGE_VERSION, "spans",
	    tr->spans);
}

static int
make_trace(struct tracing *tr, json_t **out, struct err *err)
{
	char root[TRACE_SPAN_SIZE];
	struct step *steps;
	size_t n;

	if (step_list_run(tr->n->program.store, tr->t->run.id, tr->a, &steps,
	    &n, err) == -1)
		return -1;
	tr->spans = json_array();
	add_run(tr);
	trace_span(tr->t->run.uuid, 0, 0, 0, root);
	for (size_t i = 0; i < tr->t->n_jobs; i++)
		add_job(tr, &tr->t->jobs[i], root, steps, n);
	*out = document(tr);
	json_decref(tr->spans);
	return 0;
}

/* Which runs are exported follows from their id: all parts of a trace are, or
 * none. A UUID's last digits are random. */
static bool
is_sampled(const struct tell *t)
{
	unsigned n = 0;

	if (t->rule.sample == 0 || t->rule.sample >= 100)
		return true;
	for (const char *p = t->run.uuid + strlen(t->run.uuid) - 6;
	    *p != '\0'; p++)
		n = n * 16 + (unsigned)(*p <= '9' ? *p - '0' :
		    (*p | 0x20) - 'a' + 10);
	return n % 100 < (unsigned)t->rule.sample;
}

int
otlp_make(struct notifier *n, struct sending *s, struct err *err)
{
	struct tell t;
	struct tracing tr = { .n = n, .a = &s->a, .t = &t };
	json_t *body = NULL;
	int rc = tell_read(n, s, &t, err);

	if (rc != 1)
		return rc;
	if (t.is_alert || t.waits != NULL || t.held != NULL)
		return 0;
	memset(&s->out, 0, sizeof(s->out));
	s->out.method = "POST";
	s->out.url = t.rule.target + strlen("otlp:");
	s->out.host = t.rule.host;
	if (t.test)
		body = json_pack("{s:[]}", "resourceSpans");
	else if (!is_sampled(&t))
		return 0;
	else if (make_trace(&tr, &body, err) == -1)
		return -1;
	if (t.secret != NULL)
		outgoing_header(&s->out, &s->a, "Authorization", t.secret);
	return notify_json_body(s, body, err);
}

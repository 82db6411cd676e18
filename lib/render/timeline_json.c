/*
 * timeline_json.c - what an execution did, as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/timeline.h"

#include "lib/base/str.h"
#include "lib/base/trace.h"
#include "lib/render/json.h"

static json_t *
span(int64_t from_ms, int64_t to_ms)
{
	return from_ms != 0 && to_ms >= from_ms ?
	    json_integer(to_ms - from_ms) : json_null();
}

/* What a step and a job have in common. */
static json_t *
entry(const char *name, const char *type, const char *state, int64_t from_ms,
    int64_t to_ms, int attempts)
{
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o, s:n, s:n, s:b, s:i, "
	    "s:n, s:n}", "name", json_text_of(name), "type", type, "status",
	    state, "started_at", json_time_of(from_ms), "completed_at",
	    json_time_of(to_ms), "duration_ms", span(from_ms, to_ms),
	    "input", "output", "idempotent", 0, "attempts", attempts,
	    "trace_id", "span_id");
}

static void
name_span(json_t *o, const struct run *run, const struct job *job, int step)
{
	char trace[TRACE_ID_SIZE], span[TRACE_SPAN_SIZE];

	if (job->ran_in != 0)
		return; /* it is in the trace of that attempt */
	trace_id(run->uuid, trace);
	trace_span(run->uuid, job->id, job->attempt, step, span);
	json_object_set_new(o, "trace_id", json_string(trace));
	json_object_set_new(o, "span_id", json_string(span));
}

static json_t *
step_entry(const struct run *run, const struct job *job,
    const struct step *s)
{
	json_t *o = entry(s->title, "step", machine_state_name(MACHINE_STEP,
	    (int)s->state), s->started_at_ms, s->finished_at_ms, s->attempt);

	name_span(o, run, job, s->number);
	json_object_set_new(o, "number", json_integer(s->number));
	json_object_set_new(o, "exit_code", s->exit_code == -1 ?
	    json_null() : json_integer(s->exit_code));
	return o;
}

/* Steps are by job, as jobs are: *at goes along with them. */
static json_t *
job_entry(const struct timeline_facts *f, size_t i, size_t *at)
{
	const struct job *j = &f->jobs[i];
	json_t *own = json_array();
	json_t *o = entry(j->key, "job",
	    machine_state_name(MACHINE_JOB, (int)j->state), j->started_at_ms,
	    j->finished_at_ms, j->attempt);
	const char *outputs = f->places[i].outputs;

	if (outputs != NULL)
		json_object_set_new(o, "output", json_loads(outputs, 0,
		    NULL));
	name_span(o, f->run, j, 0);
	json_object_set_new(o, "title", json_text_of(j->title));
	json_object_set_new(o, "queued_at", json_time_of(j->queued_at_ms));
	json_object_set_new(o, "wait_ms", span(j->queued_at_ms,
	    j->started_at_ms));
	json_object_set_new(o, "critical", json_boolean(f->critical[i]));
	json_object_set_new(o, "reason", json_text_of(j->reason));
	while (*at < f->n_steps && f->steps[*at].job < j->id)
		++*at;
	for (; *at < f->n_steps && f->steps[*at].job == j->id; ++*at)
		json_array_append_new(own, step_entry(f->run, j,
		    &f->steps[*at]));
	json_object_set_new(o, "steps", own);
	return o;
}

json_t *
timeline_json(const struct timeline_facts *f)
{
	const struct run *r = f->run;
	json_t *jobs = json_array();
	struct str tenant = STR_INIT;
	size_t at = 0;
	json_t *o;

	for (size_t i = 0; i < f->n_jobs; i++)
		json_array_append_new(jobs, job_entry(f, i, &at));
	str_addf(&tenant, "%s/%s", r->owner, r->name);
	o = json_pack("{s:s, s:o, s:o, s:s, s:o, s:o, s:o, s:{s:o, s:n, "
	    "s:n, s:o}, s:o, s:{s:I, s:i, s:o, s:o, s:o, s:o, s:o}}",
	    "execution_id", r->uuid, "pipeline", json_text_of(r->workflow),
	    "tenant", json_text_of(tenant.s), "status",
	    machine_state_name(MACHINE_RUN, (int)r->state), "started_at",
	    json_time_of(r->started_at_ms), "completed_at",
	    json_time_of(r->finished_at_ms), "duration_ms",
	    span(r->started_at_ms, r->finished_at_ms), "trigger", "type",
	    json_text_of(r->event), "method", "path", "request_id",
	    json_text_of(r->delivery), "steps", jobs, "metadata", "number",
	    (json_int_t)r->number, "attempt", r->attempt, "file",
	    json_text_of(r->file), "branch", json_text_of(r->branch), "sha",
	    json_text_of(r->sha), "title", json_text_of(r->title), "actor",
	    json_text_of(r->actor));
	str_release(&tenant);
	return o;
}

/*
 * json.c - repositories, runs and what belongs to them as JSON.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "lib/base/clock.h"
#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/base/utf8.h"

/* A text that may be NULL, or not UTF-8, which jansson refuses. */
static json_t *
text(const char *s)
{
	size_t len = s ? strlen(s) : 0;
	struct str safe = STR_INIT;
	json_t *value;

	if (!s)
		return json_null();
	if (utf8_valid_len(s, len) == len)
		return json_stringn_nocheck(s, len);
	while (len > 0) {
		size_t n = utf8_char_len(s, len);

		if (n > 0)
			str_add_len(&safe, s, n);
		else
			str_add(&safe, "\xef\xbf\xbd"); /* U+FFFD */
		s += n > 0 ? n : 1;
		len -= n > 0 ? n : 1;
	}
	value = json_stringn_nocheck(safe.s, safe.len);
	str_release(&safe);
	return value;
}

/* A time, null for 0: not yet. */
static json_t *
when(int64_t at_ms)
{
	char buf[CLOCK_TEXT_SIZE];

	return at_ms ? json_string(clock_rfc3339(at_ms, buf)) : json_null();
}

json_t *
json_text_of(const char *s)
{
	return text(s);
}

json_t *
json_time_of(int64_t at_ms)
{
	return when(at_ms);
}

static json_t *
exit_code(int code)
{
	return code == -1 ? json_null() : json_integer(code);
}

/* BASE/path, as formatted. */
static json_t *
address(const struct config *config, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static json_t *
address(const struct config *config, const char *fmt, ...)
{
	struct str url = STR_INIT;
	json_t *value;
	va_list ap;

	str_addf(&url, "%s/", config->base_url);
	va_start(ap, fmt);
	str_vaddf(&url, fmt, ap);
	va_end(ap);
	value = text(url.s);
	str_release(&url);
	return value;
}

/* BASE/ and the address of a page, which is emptied. */
static json_t *
page_address(const struct config *config, struct str *page)
{
	json_t *value = address(config, "%s", page->s);

	str_release(page);
	return value;
}

json_t *
json_repo(const struct config *config, const struct repo *r)
{
	struct str page = STR_INIT, hook = STR_INIT;

	layout_page_repo(&page, r->owner, r->name);
	str_addf(&hook, "hook/%s/%s", r->forge, page.s);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:s, s:o, s:o, s:o}",
	    "owner", text(r->owner), "name", text(r->name), "forge",
	    text(r->forge), "clone_url", text(r->clone_url), "default_branch",
	    text(r->default_branch), "has_hook_secret", r->has_hook_secret,
	    "visibility", r->is_private ? "private" : "public", "created_at", when(r->created_at_ms), "hook_url",
	    page_address(config, &hook), "url", page_address(config, &page));
}

json_t *
json_run(const struct config *config, const struct run *r)
{
	json_t *run = json_pack("{s:I, s:s, s:o, s:o, s:I, s:i, s:s}", "id",
	    (json_int_t)r->id, "uuid", r->uuid, "owner", text(r->owner),
	    "name", text(r->name), "number", (json_int_t)r->number,
	    "attempt", r->attempt, "state",
	    machine_state_name(MACHINE_RUN, (int)r->state));
	const struct layout_run place = run_layout(r);
	struct str page = STR_INIT;

	json_object_set_new(run, "workflow", text(r->workflow));
	json_object_set_new(run, "file", text(r->file));
	if (r->file_version > 0)
		json_object_set_new(run, "file_version",
		    json_integer(r->file_version));
	json_object_set_new(run, "event", text(r->event));
	json_object_set_new(run, "ref", text(r->ref));
	json_object_set_new(run, "branch", text(r->branch));
	json_object_set_new(run, "sha", text(r->sha));
	json_object_set_new(run, "title", text(r->title));
	json_object_set_new(run, "actor", text(r->actor));
	json_object_set_new(run, "why", text(r->why));
	json_object_set_new(run, "problems", text(r->problems));
	json_object_set_new(run, "delivery", text(r->delivery));
	json_object_set_new(run, "priority", json_integer(r->priority));
	if (r->superseded_by > 0) {
		layout_page_run(&page, r->owner, r->name, r->superseded_by);
		json_object_set_new(run, "superseded_by",
		    json_integer(r->superseded_by));
		json_object_set_new(run, "superseded_by_url",
		    page_address(config, &page));
	}
	json_object_set_new(run, "created_at", when(r->created_at_ms));
	json_object_set_new(run, "started_at", when(r->started_at_ms));
	json_object_set_new(run, "finished_at", when(r->finished_at_ms));
	json_object_set_new(run, "rerun", text(r->rerun));
	json_object_set_new(run, "rerun_by", text(r->rerun_by));
	json_object_set_new(run, "debug", json_boolean(r->debug));
	layout_page_run(&page, r->owner, r->name, r->number);
	json_object_set_new(run, "url", page_address(config, &page));
	layout_page_attempt(&page, &place);
	json_object_set_new(run, "attempt_url", page_address(config, &page));
	return run;
}

json_t *
json_attempt(const struct config *config, const struct run *r)
{
	const struct layout_run place = run_layout(r);
	struct str page = STR_INIT;

	layout_page_attempt(&page, &place);
	return json_pack("{s:I, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "id", (json_int_t)r->id, "attempt", r->attempt, "state",
	    machine_state_name(MACHINE_RUN, (int)r->state), "rerun",
	    text(r->rerun), "rerun_by", text(r->rerun_by), "created_at",
	    when(r->created_at_ms), "started_at", when(r->started_at_ms),
	    "finished_at", when(r->finished_at_ms), "attempt_url",
	    page_address(config, &page));
}

json_t *
json_job(const struct config *config, const struct job *j)
{
	return json_pack("{s:I, s:s, s:o, s:o, s:s, s:i, s:o, s:b, s:o, s:o, s:o, "
	                 "s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o}",
	    "id", (json_int_t)j->id, "uuid", j->uuid, "key", text(j->key),
	    "title", text(j->title), "state",
	    machine_state_name(MACHINE_JOB, (int)j->state), "attempt",
	    j->attempt, "ran_in_attempt", j->ran_in > 0 ?
	    json_integer(j->ran_in) : json_null(), "continue_on_error", j->continue_on_error, "why",
	    text(j->why), "why_values", text(j->why_values), "why_place",
	    text(j->why_place), "reason", text(j->reason), "engine", text(j->engine),
	    "exit_code", exit_code(j->exit_code), "log_url",
	    j->log ? address(config, "%s", j->log) : json_null(),
	    "created_at", when(j->created_at_ms), "started_at",
	    when(j->started_at_ms), "finished_at", when(j->finished_at_ms),
	    "priority", j->priority, "queued_at", when(j->queued_at_ms),
	    "assigned_worker", text(j->worker));
}

json_t *
json_service(const struct config *config, const struct job *j,
    const char *name)
{
	struct str log = STR_INIT;
	json_t *o;

	if (j->log != NULL)
		layout_service_log(&log, j->log, name);
	o = json_pack("{s:o, s:o}", "name", text(name), "log_url",
	    j->log != NULL ? address(config, "%s", log.s) : json_null());
	str_release(&log);
	return o;
}

json_t *
json_artifact(const struct config *config, const struct artifact_row *a)
{
	bool there = a->removed_at_ms == 0;

	return json_pack("{s:I, s:o, s:o, s:i, s:i, s:I, s:I, s:o, s:o, s:o, "
	    "s:o, s:o, s:o, s:o}", "id", (json_int_t)a->id, "name", text(a->name),
	    "job", text(a->job_key), "run_attempt", a->run_attempt,
	    "attempt", a->attempt, "files",
	    (json_int_t)a->files, "size_bytes", (json_int_t)a->bytes,
	    "digest", text(a->digest), "url", there ? address(config, "%s/",
	    a->path) : json_null(), "zip_url", there ? address(config,
	    "%s.zip", a->path) : json_null(), "manifest_url", there ?
	    address(config, "%s~manifest.json", a->path) : json_null(),
	    "created_at", when(a->created_at_ms), "expires_at",
	    when(a->expires_at_ms), "removed_at", when(a->removed_at_ms));
}

json_t *
json_step(const struct step *s)
{
	return json_pack("{s:i, s:o, s:o, s:s, s:o, s:o, s:I, s:o, s:o}",
	    "number", s->number, "title", text(s->title), "command",
	    text(s->command), "state",
	    machine_state_name(MACHINE_STEP, (int)s->state), "exit_code",
	    exit_code(s->exit_code), "reason", text(s->reason), "log_offset",
	    (json_int_t)s->log_offset, "started_at", when(s->started_at_ms),
	    "finished_at", when(s->finished_at_ms));
}

/* A number that may be missing. */
static json_t *
number(int n)
{
	return n > 0 ? json_integer(n) : json_null();
}

json_t *
json_annotation(const struct annotation *a)
{
	return json_pack("{s:o, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "job", text(a->key), "step", a->step, "level", a->level, "title",
	    text(a->title), "file", text(a->file), "line", number(a->line),
	    "end_line", number(a->end_line), "col", number(a->col), "end_col",
	    number(a->end_col), "message", text(a->message));
}

json_t *
json_summary(const struct summary *s, const char *html)
{
	return json_pack("{s:o, s:i, s:o, s:o}", "job", text(s->key), "step",
	    s->step, "title", text(s->title), "html", text(html));
}

json_t *
json_delivery(const struct delivery *d, bool whole)
{
	json_t *o = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:i, "
	    "s:o, s:o, s:o, s:o, s:o}", "id", d->id, "owner", text(d->owner),
	    "repo", text(d->name), "forge", text(d->forge), "forge_id",
	    text(d->forge_id), "event", text(d->event), "state",
	    machine_state_name(MACHINE_DELIVERY, (int)d->state), "verdict",
	    text(d->verdict), "attempts", d->attempts, "received_at",
	    when(d->received_at_ms), "settled_at", when(d->settled_at_ms),
	    "origin", text(d->origin), "replay_of", text(d->replay_of),
	    "asked_by", text(d->asked_by));

	if (whole) {
		json_object_set_new(o, "remote_addr", text(d->remote_addr));
		json_object_set_new(o, "headers", json_loads(d->headers, 0,
		    NULL));
	}
	return o;
}

json_t *
json_refusal(const struct refusal *r)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:i, s:o, s:o}", "id",
	    (json_int_t)r->id, "at", when(r->at_ms), "path", text(r->path),
	    "remote_addr", text(r->remote_addr), "status", r->status, "reason",
	    text(r->reason), "snippet", text(r->snippet));
}

json_t *
json_schedule(const struct schedule *s)
{
	json_t *inputs = s->inputs != NULL ? json_loads(s->inputs, 0, NULL) :
	    NULL;

	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o?, s:o, s:o, "
	    "s:o}", "id", (json_int_t)s->id, "repo",
	    json_sprintf("%s/%s", s->owner, s->name), "workflow",
	    text(s->workflow), "cron", text(s->cron), "timezone",
	    text(s->timezone), "added_by", text(s->added_by), "ref",
	    text(s->ref), "inputs", inputs, "paused_by", text(s->paused_by),
	    "next_at", when(s->due_at_ms), "fired_at", when(s->fired_at_ms));
}

json_t *
json_workflow(const struct workflow_row *w)
{
	return json_pack("{s:o, s:o, s:b}", "path", text(w->path), "name",
	    text(w->name), "dispatch", w->by_hand);
}

void
json_print(const json_t *value, struct str *out)
{
	char *s = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY |
	    JSON_REAL_PRECISION(12));

	str_add(out, s != NULL ? s : "null");
	str_add_char(out, '\n');
	free(s);
}

/*
 * output.c - what a step says: what it prints goes to the log, the commands
 * in it are acted on, and what it wrote to its files is taken when it ends.
 *
 * docs.github.com, "Workflow commands".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/job.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "lib/base/json_text.h"
#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/run/vars.h"

/* Of GitHub: annotations of a kind in one step, in one job, and their text. */
#define MAX_ANNOTATIONS_STEP 10
#define MAX_ANNOTATIONS_JOB 50
#define MAX_ANNOTATION_BYTES 4096
/* Ours: other events of one step. */
#define MAX_EVENTS 1000
#define MAX_OUTPUTS 1000

/* --- variables ---------------------------------------------------------------- */

static int
set_one_env(struct step_run *s, const struct pair *p, struct err *err)
{
	struct job_exec *x = s->x;
	const struct env_var *old = environment_get(&x->env, p->name);
	const struct expr_value *secret = expr_object_member(x->secrets,
	    p->name);
	const char *text = secret != NULL ? expr_to_string(secret,
	    &s->arena) : "";

	if (strcasecmp(p->name, "NODE_OPTIONS") == 0 ||
	    vars_is_fixed(p->name))
		return joblog_say(x->log, s->plan->number, err, "warning: "
		    "\"%s\" cannot be set by GITHUB_ENV", p->name);
	if (text[0] != '\0' && old != NULL && strcmp(old->value, text) == 0 &&
	    strcmp(p->value, text) != 0)
		return err_set(err, ERR_INVALID, "the variable \"%s\" holds "
		    "the secret of its name, which cannot be redefined",
		    p->name);
	if (p->name[0] == '\0' || s->env.vars.n == PAIRS_MAX)
		return err_set(err, ERR_INVALID, "\"%s\" is no variable, or "
		    "one too many", p->name);
	environment_set(&s->env, p->name, p->value, true);
	return 0;
}

/* --- commands ----------------------------------------------------------------- */

/* Masked before it is quoted: a secret may have what quoting changes. */
static void
add_member(const struct step_run *s, struct str *out, const char *name,
    const char *value)
{
	struct str safe = STR_INIT;

	if (value[0] == '\0')
		return;
	job_mask(s->x, value, strlen(value), &safe);
	str_cut(&safe, utf8_cut_len(safe.s, safe.len, MAX_ANNOTATION_BYTES));
	str_addf(out, "%s\"%s\":", out->len > 0 ? "," : "", name);
	json_text(out, safe.s);
	str_release(&safe);
}

static int
add_event(struct step_run *s, const char *type, struct str *members,
    struct err *err)
{
	int rc = joblog_event(s->x->log, s->plan->number, type, members->s,
	    err);

	str_release(members);
	return rc;
}

/* Once for each kind of command in a step. */
static int
warn(struct step_run *s, unsigned kind, const char *text, struct err *err)
{
	if (s->warned & (1u << kind))
		return 0;
	s->warned |= 1u << kind;
	return joblog_say(s->x->log, s->plan->number, err, "warning: %s",
	    text);
}

/* A text of an annotation, masked and bounded; NULL: none. */
static const char *
masked_text(struct step_run *s, const char *text)
{
	struct str safe = STR_INIT;
	const char *kept;

	if (text[0] == '\0')
		return NULL;
	job_mask(s->x, text, strlen(text), &safe);
	str_cut(&safe, utf8_cut_len(safe.s, safe.len, MAX_ANNOTATION_BYTES));
	kept = arena_strdup(&s->arena, safe.s);
	str_release(&safe);
	return kept;
}

static int
place_number(const struct command *c, const char *name)
{
	long long n;

	return str_to_int64(command_property(c, name), 1, INT_MAX, &n) ?
	    (int)n : 0;
}

/* The file as it is called in the repository. */
static const char *
without_workspace(const char *file)
{
	static const char prefix[] = ENGINE_WORKSPACE "/";

	return file != NULL && str_starts_with(file, prefix) ?
	    file + strlen(prefix) : file;
}

static int
tell_annotation(struct step_run *s, const struct command *c, struct err *err)
{
	const struct job_observer *obs = s->x->obs;
	const char *message = masked_text(s, c->data.s);
	const struct job_annotation a = { .level = c->name.s,
		.title = masked_text(s, command_property(c, "title")),
		.file = without_workspace(masked_text(s,
		    command_property(c, "file"))),
		.line = place_number(c, "line"),
		.end_line = place_number(c, "endLine"),
		.col = place_number(c, "col"),
		.end_col = place_number(c, "endColumn"),
		.message = message != NULL ? message : "" };

	return obs->annotation == NULL ? 0 : obs->annotation(obs->ctx,
	    s->plan, (int)s->x->n_annotations, &a, err);
}

static int
annotate(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	static const char *const names[] = { "title", "file", "line",
		"endLine", "col", "endColumn" };
	struct str members = STR_INIT;

	if (s->n_annotations[kind] == MAX_ANNOTATIONS_STEP ||
	    s->x->n_annotations == MAX_ANNOTATIONS_JOB)
		return 0;
	s->n_annotations[kind]++;
	s->x->n_annotations++;
	add_member(s, &members, "level", c->name.s);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		add_member(s, &members, names[i],
		    command_property(c, names[i]));
	add_member(s, &members, "text", c->data.s);
	if (add_event(s, "annotation", &members, err) == -1)
		return -1;
	return tell_annotation(s, c, err);
}

static int
mark(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	struct str members = STR_INIT;

	(void)kind;
	if (s->n_events == MAX_EVENTS)
		return 0;
	s->n_events++;
	add_member(s, &members, "text", c->data.s);
	if (members.len == 0)
		str_add(&members, "\"text\":\"\"");
	return add_event(s, c->name.s, &members, err);
}

static int
add_mask(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	switch (mask_add(s->x->mask, c->data.s, c->data.len)) {
	case MASK_ADDED:
		return 0;
	case MASK_TOO_SHORT:
		return warn(s, kind, "a value that is too short was not "
		    "masked", err);
	case MASK_FULL:
		break;
	}
	s->command_failed = true;
	return warn(s, kind, "there are too many values to be masked, or one "
	    "is too long: the step fails", err);
}

/* A token that means something else would let output end the silence. */
static int
stop_commands(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	(void)kind;
	(void)err;
	if (c->data.len == 0)
		return 0;
	for (size_t i = 0; i < c->data.len; i++)
		str_add_char(&s->stop_token, (char)tolower(
		    (unsigned char)c->data.s[i]));
	return 0;
}

static int
ignore(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	(void)s;
	(void)c;
	(void)kind;
	(void)err;
	return 0;
}

static int
set_output(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	const char *name = command_property(c, "name");

	if (name[0] != '\0' && s->outputs.vars.n < MAX_OUTPUTS)
		environment_set(&s->outputs, name, c->data.s, true);
	return warn(s, kind, "the command \"set-output\" is deprecated: write "
	    "to the file in GITHUB_OUTPUT", err);
}

static int
save_state(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	const char *name = command_property(c, "name");

	if (name[0] != '\0' && s->state.vars.n < MAX_OUTPUTS)
		environment_set(&s->state, name, c->data.s, true);
	return warn(s, kind, "the command \"save-state\" is deprecated: write "
	    "to the file in GITHUB_STATE", err);
}

/* What is printed may be a stranger's: it must not set variables, unless the
 * pipeline says so by the variable that GitHub has for that. */
static bool
is_allowed(const struct step_run *s)
{
	const struct env_var *v = environment_get(&s->vars,
	    "ACTIONS_ALLOW_UNSECURE_COMMANDS");

	return v != NULL && strcasecmp(v->value, "true") == 0;
}

static int
add_path(struct step_run *s, const char *path, size_t len, struct err *err)
{
	if (s->x->n_paths + s->n_paths == JOB_MAX_PATHS)
		return err_set(err, ERR_TOO_LARGE, "steps add more than %d "
		    "folders to PATH", JOB_MAX_PATHS);
	if (len > 0 && memchr(path, '\0', len) == NULL)
		*(const char **)arena_push(&s->arena, &s->paths, &s->n_paths,
		    sizeof(*s->paths)) = arena_strndup(&s->arena, path, len);
	return 0;
}

static int
set_insecurely(struct step_run *s, const struct command *c, unsigned kind,
    struct err *err)
{
	bool is_path = strcmp(c->name.s, "add-path") == 0;
	struct pair pair = { command_property(c, "name"), c->data.s };
	struct err e = { 0 };

	if (is_allowed(s)) {
		if ((is_path ? add_path(s, c->data.s, c->data.len, &e) :
		    set_one_env(s, &pair, &e)) == 0)
			return 0;
		s->command_failed = true;
		return joblog_say(s->x->log, s->plan->number, err, "%s",
		    e.text);
	}
	s->command_failed = true;
	if (s->warned & (1u << kind))
		return 0;
	s->warned |= 1u << kind;
	return joblog_say(s->x->log, s->plan->number, err, "the command "
	    "\"%s\" is disabled: write to the file in %s", c->name.s,
	    is_path ? "GITHUB_PATH" : "GITHUB_ENV");
}

static const struct {
	const char *name;
	unsigned kind; /* of annotations: 0 to 2 */
	int (*act)(struct step_run *s, const struct command *c,
	    unsigned kind, struct err *err);
} commands[] = {
	{ "error", 0, annotate },
	{ "warning", 1, annotate },
	{ "notice", 2, annotate },
	{ "debug", 3, mark },
	{ "group", 4, mark },
	{ "endgroup", 5, mark },
	{ "add-mask", 6, add_mask },
	{ "stop-commands", 7, stop_commands },
	{ "echo", 8, ignore },
	{ "add-matcher", 9, ignore },
	{ "remove-matcher", 10, ignore },
	{ "set-output", 11, set_output },
	{ "save-state", 12, save_state },
	{ "set-env", 13, set_insecurely },
	{ "add-path", 14, set_insecurely },
};

static int
on_command(void *ctx, const struct command *c, struct err *err)
{
	struct step_run *s = ctx;

	if (s->stop_token.len > 0) {
		if (strcmp(c->name.s, s->stop_token.s) == 0)
			str_clear(&s->stop_token);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, c->name.s) == 0)
			return commands[i].act(s, c, commands[i].kind, err);
	return 0;
}

struct target {
	struct step_run *s;
	int stream;
};

static int
on_text(void *ctx, const char *data, size_t len, struct err *err)
{
	const struct target *t = ctx;

	return joblog_output(t->s->source, t->stream == 0 ? JOBLOG_STDOUT :
	    JOBLOG_STDERR, data, len, err);
}

static int
on_target_command(void *ctx, const struct command *c, struct err *err)
{
	const struct target *t = ctx;

	return on_command(t->s, c, err);
}

int
output_take(struct step_run *s, int stream, const char *data, size_t len,
    struct err *err)
{
	struct target t = { s, stream };
	const struct command_sink sink = { &t, on_text, on_target_command };

	s->n_printed += (int64_t)len;
	return command_stream_write(&s->streams[stream], data, len, &sink,
	    err);
}

int
output_end(struct step_run *s, struct err *err)
{
	for (int stream = 0; stream < 2; stream++) {
		struct target t = { s, stream };
		const struct command_sink sink = { &t, on_text,
			on_target_command };

		if (command_stream_flush(&s->streams[stream], &sink, err) ==
		    -1)
			return -1;
	}
	return joblog_flush(s->source, err);
}

/* --- files -------------------------------------------------------------------- */

static int
take_env(struct step_run *s, const struct str *text, struct err *err)
{
	struct pair *pairs;
	size_t n;

	if (pairs_read("GITHUB_ENV", text->s, text->len, &s->arena, &pairs,
	    &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (set_one_env(s, &pairs[i], err) == -1)
			return -1;
	return 0;
}

static int
take_output(struct step_run *s, const struct str *text, struct err *err)
{
	struct pair *pairs;
	size_t n;

	if (pairs_read("GITHUB_OUTPUT", text->s, text->len, &s->arena,
	    &pairs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		environment_set(&s->outputs, pairs[i].name, pairs[i].value,
		    true);
	return 0;
}

/* For the parts of an action behind this one. */
static int
take_state(struct step_run *s, const struct str *text, struct err *err)
{
	struct pair *pairs;
	size_t n;

	if (pairs_read("GITHUB_STATE", text->s, text->len, &s->arena,
	    &pairs, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		environment_set(&s->state, pairs[i].name, pairs[i].value,
		    true);
	return 0;
}

static int
take_path(struct step_run *s, const struct str *text, struct err *err)
{
	const char *p = text->s, *end = text->s + text->len;

	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl != NULL ? nl : end) - p);

		if (add_path(s, p, len, err) == -1)
			return -1;
		p += len + 1;
	}
	return 0;
}

/* Masked like the log. */
static int
take_summary(struct step_run *s, const struct str *text, struct err *err)
{
	struct str safe = STR_INIT;
	int rc;

	if (text->len == 0 || s->x->obs->summary == NULL)
		return 0;
	job_mask(s->x, text->s, text->len, &safe);
	rc = s->x->obs->summary(s->x->obs->ctx, s->plan, safe.s, safe.len,
	    err);
	str_release(&safe);
	return rc;
}

static int (*const takers[])(struct step_run *s, const struct str *text,
    struct err *err) = {
	[STEP_FILE_OUTPUT] = take_output,
	[STEP_FILE_ENV] = take_env,
	[STEP_FILE_PATH] = take_path,
	[STEP_FILE_STATE] = take_state,
	[STEP_FILE_SUMMARY] = take_summary,
};

/* A summary that is too large is left out, as at GitHub; it is no reason to
 * fail. */
static int
read_summary(struct step_run *s, struct str *text, struct err *err)
{
	struct err e = { 0 };

	if (step_file_read(&s->files, s->x->runner, STEP_FILE_SUMMARY, text,
	    &e) == 0)
		return 0;
	if (e.code != ERR_TOO_LARGE)
		return err_set(err, e.code, "%s", e.text);
	str_clear(text);
	return joblog_say(s->x->log, s->plan->number, err, "warning: %s: it "
	    "is left out", e.text);
}

int
output_files(struct step_run *s, struct err *err)
{
	struct str text = STR_INIT;
	int rc = 0;

	for (int i = 0; rc == 0 && i < STEP_N_FILES; i++) {
		str_clear(&text);
		rc = i == STEP_FILE_SUMMARY ? read_summary(s, &text, err) :
		    step_file_read(&s->files, s->x->runner,
		    (enum step_file)i, &text, err);
		if (rc == 0)
			rc = takers[i](s, &text, err);
	}
	str_release(&text);
	return rc;
}

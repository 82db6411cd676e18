/*
 * planner_sources.c - the files that a workflow uses: called workflows and
 * actions, and what those use in turn, as they are when the run is made.
 *
 * Each is read once under the name that run_decide() and action_inline()
 * will ask for. What cannot be had is kept as a text that says why: it fails
 * the job that needs it, when it comes to it, and nothing else.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/planner.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/yaml.h"
#include "lib/pipeline/action.h"
#include "workerd/limits.h"
#include "workerd/planner_sources.h"

/* What one file's tree may take. */
#define TREE_ARENA_BYTES (64 * 1024 * 1024)

enum source_kind { SOURCE_WORKFLOW, SOURCE_ACTION };

struct walk {
	struct planner *p;
	struct plan_file *f;
	enum source_kind *kinds; /* of f->sources */
	size_t n_kinds;
	size_t bytes;        /* of all texts */
	int64_t deadline_ms; /* on the monotonic clock */
};

/* --- which files are used -------------------------------------------------- */

/* Put what stands behind `uses`, in the file `in` (NULL: of the run's own
 * repository), on the list, when a file is to be read for it. */
static void
add(struct walk *w, enum source_kind kind, const struct value *uses,
    const char *in)
{
	struct arena *a = &w->p->arena;
	const char *text = value_literal(uses);
	struct plan_source *s;
	struct uses u;

	if (text == NULL)
		return;
	text = uses_within(text, in, a);
	u = uses_read(text, a);
	if (u.kind == USES_DOCKER || uses_built_in(&u))
		return;
	for (size_t i = 0; i < w->f->n_sources; i++)
		if (strcmp(w->f->sources[i].uses, text) == 0)
			return;
	/* One more than is read, to be told of; the rest is not looked at. */
	if (w->f->n_sources > SOURCES_MAX_FILES)
		return;
	s = arena_push(a, &w->f->sources, &w->f->n_sources, sizeof(*s));
	s->uses = arena_strdup(a, text);
	*(enum source_kind *)arena_push(a, &w->kinds, &w->n_kinds,
	    sizeof(*w->kinds)) = kind;
}

static void
add_steps(struct walk *w, const struct workflow_step *steps, size_t n,
    const char *in)
{
	for (size_t i = 0; i < n; i++) {
		add(w, SOURCE_ACTION, steps[i].uses, in);
		add_steps(w, steps[i].steps, steps[i].n_steps, in);
	}
}

/* Steps of a workflow that is called run as if they were its caller's, so
 * their "./" is the run's own repository. */
static void
add_workflow(struct walk *w, const char *text, size_t len, const char *in)
{
	struct arena a = ARENA_INIT(TREE_ARENA_BYTES);
	const struct workflow *read;
	struct limits before;
	struct diags d;

	limits_set(&before);
	diags_init(&d, &a, in != NULL ? in : w->f->path, text, len);
	read = workflow_read(text, len, &a, &d);
	limits_restore(&before);
	for (size_t i = 0; read != NULL && i < read->n_jobs; i++) {
		add(w, SOURCE_WORKFLOW, read->jobs[i].uses, in);
		add_steps(w, read->jobs[i].steps, read->jobs[i].n_steps, NULL);
	}
	arena_release(&a);
}

static void
add_action(struct walk *w, const char *text, size_t len, const char *in)
{
	struct arena a = ARENA_INIT(TREE_ARENA_BYTES);
	const struct action *read;
	struct limits before;
	struct diags d;

	limits_set(&before);
	diags_init(&d, &a, in, text, len);
	read = action_read(text, len, &a, &d);
	limits_restore(&before);
	if (read != NULL)
		add_steps(w, read->steps, read->n_steps, in);
	arena_release(&a);
}

/* --- reading --------------------------------------------------------------- */

static void
say(struct walk *w, struct plan_source *s, const char *text)
{
	s->error = arena_strdup(&w->p->arena, text);
	s->path = NULL;
	s->sha = NULL;
}

/* One file of the origin: 1, 0 when it is not there, -1. */
static int
read_file(struct walk *w, const struct plan_origin *o, const char *path,
    struct plan_source *s, struct err *err)
{
	struct str text = STR_INIT;
	struct err e = { 0 };
	int rc = git_read(w->p->git, o->mirror, o->sha, path, YAML_MAX_BYTES,
	    &text, &e);

	if (rc == 0) {
		s->text = arena_strndup(&w->p->arena, text.s, text.len);
		s->len = text.len;
		s->path = arena_strdup(&w->p->arena, path);
		s->sha = arena_strdup(&w->p->arena, o->sha);
		w->bytes += text.len;
		rc = 1;
	} else if (e.code == ERR_NOT_FOUND) {
		rc = 0;
	} else if (planner_tell(w->p, &e)) {
		say(w, s, e.text);
		rc = 1;
	} else {
		err_set(err, e.code, "%s", e.text);
	}
	str_release(&text);
	return rc;
}

static int
read_action(struct walk *w, const struct plan_origin *o, const char *path,
    struct plan_source *s, struct err *err)
{
	static const char *const names[] = { "action.yml", "action.yaml" };
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++)
		rc = read_file(w, o, arena_printf(&w->p->arena, "%s%s%s", path,
		    *path != '\0' ? "/" : "", names[i]), s, err);
	if (rc == 0 && s->uses[0] == '.')
		s->late = true; /* a step may make it */
	else if (rc == 0)
		say(w, s, arena_printf(&w->p->arena, "\"%s\" is no action: "
		    "there is no action.yml or action.yaml at \"%s/\" in "
		    "commit %.12s of %s/%s", s->uses, path, o->sha, o->owner,
		    o->name));
	return rc == -1 ? -1 : 0;
}

static int
read_workflow(struct walk *w, const struct plan_origin *o, const char *path,
    struct plan_source *s, struct err *err)
{
	int rc = read_file(w, o, path, s, err);

	if (rc == 0)
		say(w, s, arena_printf(&w->p->arena, "\"%s\" cannot be "
		    "called: there is no file \"%s\" in commit %.12s of "
		    "%s/%s", s->uses, path, o->sha, o->owner, o->name));
	return rc == -1 ? -1 : 0;
}

/* Reading it would be beyond what one workflow may take. */
static bool
is_too_much(struct walk *w, size_t which, struct plan_source *s)
{
	const char *why = which >= SOURCES_MAX_FILES ? arena_printf(
	    &w->p->arena, "a workflow may use %d files of actions and called "
	    "workflows; this is one more", SOURCES_MAX_FILES) :
	    w->bytes > SOURCES_MAX_BYTES ? "the actions and called workflows "
	    "of this workflow have more than 8 MiB together" : NULL;

	if (why != NULL)
		say(w, s, why);
	return why != NULL;
}

static int
read_source(struct walk *w, size_t which, struct err *err)
{
	struct plan_source s = w->f->sources[which];
	struct uses u = uses_read(s.uses, &w->p->arena);
	const struct plan_origin *o = NULL;
	int rc = 0;

	if (is_too_much(w, which, &s))
		;
	else if (u.kind == USES_WRONG)
		say(w, &s, arena_printf(&w->p->arena, "\"%s\" is neither "
		    "./path, without \"..\", nor owner/repo[/path]@ref",
		    s.uses));
	else if ((rc = planner_origin(w->p, &u, &o, err)) == 0 &&
	    o->problem != NULL)
		say(w, &s, o->problem);
	else if (rc == 0)
		rc = (w->kinds[which] == SOURCE_ACTION ? read_action :
		    read_workflow)(w, o, u.path, &s, err);
	w->f->sources[which] = s;
	return rc;
}

/* What the commit does not have is not pinned: it is looked for when a step
 * comes to it. */
static void
leave_late(struct plan_file *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_sources; i++)
		if (!f->sources[i].late)
			f->sources[n++] = f->sources[i];
	f->n_sources = n;
}

/* What is found lengthens the list while it is walked. */
int
planner_sources(struct planner *p, struct plan_file *f, struct err *err)
{
	struct walk w = { .p = p, .f = f, .deadline_ms = clock_mono_ms() +
		p->program.config.git_timeout_ms };

	f->sources = NULL;
	f->n_sources = 0;
	add_workflow(&w, f->text.s, f->text.len, NULL);
	for (size_t i = 0; i < f->n_sources; i++) {
		const struct plan_source *s;

		if (clock_mono_ms() > w.deadline_ms)
			return err_set(err, ERR_TIMEOUT, "reading what %s "
			    "uses took too long (\"git-timeout\")", f->path);
		if (read_source(&w, i, err) == -1)
			return err_wrap(err, "reading what %s uses", f->path);
		s = &f->sources[i];
		if (s->error == NULL && !s->late)
			(w.kinds[i] == SOURCE_ACTION ? add_action :
			    add_workflow)(&w, s->text, s->len, s->uses);
	}
	leave_late(f);
	return 0;
}

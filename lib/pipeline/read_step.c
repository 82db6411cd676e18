/*
 * read_step.c - the steps of a job.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <string.h>

#include "lib/base/str.h"
#include "lib/pipeline/reader.h"

/* Bytes of a name that is made from a command. */
#define MADE_NAME_BYTES 80

void
read_step_name(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct step_source *source = thing;
	const char *text = value_text(r, pair->value);

	if (text != NULL && text[0] != '\0')
		source->step->name = text;
}

void
read_step_id(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct step_source *source = thing;

	if (value_check_id(r, pair->value, "step"))
		source->id = pair->value;
}

void
read_step_run(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct step_source *source = thing;

	source->step->run = value_word(r, pair);
}

void
read_step_env(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct step_source *source = thing;

	value_env(r, pair, &source->env);
}

/* Does a relative path stay below where it starts? */
static bool
stays_below(const char *path)
{
	int depth = 0;

	if (path[0] == '/')
		return false;
	while (*path != '\0' && depth >= 0) {
		size_t len = strcspn(path, "/");

		if (len == 2 && strncmp(path, "..", 2) == 0)
			depth--;
		else if (len > 0 && !(len == 1 && path[0] == '.'))
			depth++;
		path += len;
		path += strspn(path, "/");
	}
	return depth >= 0;
}

void
read_step_directory(struct reader *r, void *thing,
    const struct yaml_pair *pair)
{
	struct step_source *source = thing;
	const char *text = value_word(r, pair);

	if (text == NULL)
		return;
	if (!stays_below(text))
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "wrong-value", "use \"cd\" in the command for others",
		    "\"working-directory\" %s must be a relative path below "
		    "the workspace", r->where);
	source->step->working_directory = text;
}

void
read_step_shell(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	static const char *const shells[] = {
		"bash", "sh", "python", "pwsh", NULL
	};
	static const char *const windows[] = { "cmd", "powershell", NULL };
	struct step_source *source = thing;
	const char *text = value_word(r, pair);
	const char *hint = "bash, sh, python, pwsh, or a command with {0} for "
	    "the script's file";

	if (text == NULL)
		return;
	source->step->shell = text;
	if (strstr(text, "{0}") != NULL)
		return;
	for (size_t i = 0; shells[i] != NULL; i++)
		if (strcmp(shells[i], text) == 0)
			return;
	for (size_t i = 0; windows[i] != NULL; i++)
		if (strcmp(windows[i], text) == 0)
			hint = "it exists on Windows only";
	diag_error(r->d, pair->value->pos, pair->value->width, "wrong-value",
	    hint, "unknown shell \"%s\" %s", text, r->where);
}

void
read_step_minutes(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct step_source *source = thing;

	source->step->timeout_ms = value_minutes(r, pair);
}

void
read_step_timeout(struct reader *r, void *thing, const struct yaml_pair *pair)
{
	struct step_source *source = thing;

	source->step->timeout_ms = value_duration(r, pair);
}

/* "Run " and the command's first line, as GitHub names it. */
static const char *
made_name(struct arena *a, const char *run)
{
	size_t len;
	bool cut;

	run += strspn(run, " \t\r\n");
	len = strcspn(run, "\r\n");
	cut = len > MADE_NAME_BYTES;
	if (cut) {
		len = MADE_NAME_BYTES;
		while (len > 0 && ((unsigned char)run[len] & 0xc0) == 0x80)
			len--;
	}
	return arena_printf(a, "Run %.*s%s", (int)len, run, cut ? "..." : "");
}

static void
check_unique_id(struct reader *r, struct map *seen,
    const struct step_source *source)
{
	const struct yaml *id = source->id;
	const struct yaml *first = value_seen_id(r, seen, id);

	if (first != NULL)
		diag_error(r->d, id->pos, id->width, "wrong-name", NULL,
		    "the id \"%s\" is used twice in job \"%s\", first in "
		    "line %d", id->text, source->job->job.id,
		    first->pos.line);
}

/* Is it only the command that is missing? A key that is misspelt, or that
 * this version does not do, has been reported and says more. */
static bool
lacks_command(const struct yaml *map)
{
	if (map->type != YAML_MAP || yaml_get(map, "run") != NULL ||
	    yaml_get(map, "command") != NULL)
		return false;
	for (size_t i = 0; i < map->n_pairs; i++) {
		const struct schema_key *key =
		    schema_find(&schema_step, map->pairs[i].key->text);

		if (key == NULL || key->state == SCHEMA_UNSUPPORTED)
			return false;
	}
	return true;
}

static void
read_step(struct reader *r, struct step_source *source,
    const struct yaml *map, struct map *ids)
{
	struct plan_step *step = source->step;

	schema_read(r, &schema_step, map, source->where, source);
	step->env = source->env.vars;
	step->n_env = source->env.n;
	if (source->id != NULL)
		check_unique_id(r, ids, source);
	if (step->name == NULL && step->run != NULL)
		step->name = made_name(r->a, step->run);
	if (lacks_command(map))
		diag_error(r->d, map->pos, 1, "missing-key",
		    "add \"run:\" with its command",
		    "nothing to do %s", source->where);
}

void
read_steps(struct reader *r, struct job_source *job, const struct yaml *list)
{
	struct map ids = MAP_INIT;

	if (list->n_items == 0 || list->n_items > MAX_STEPS) {
		diag_error(r->d, list->pos, list->width, "too-many", NULL,
		    "job \"%s\" has %zu steps; it needs 1 to %d", job->job.id,
		    list->n_items, MAX_STEPS);
		return;
	}
	for (size_t i = 0; i < list->n_items; i++) {
		struct step_source source = { .job = job };

		source.where = arena_printf(r->a,
		    "in step %zu of job \"%s\"", i + 1, job->job.id);
		source.step = arena_push(r->a, &job->steps, &job->n_steps,
		    sizeof(*source.step));
		source.step->number = (int)i + 1;
		source.step->pos = list->items[i]->pos;
		read_step(r, &source, list->items[i], &ids);
	}
	map_release(&ids);
}

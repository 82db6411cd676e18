/*
 * action_inputs.c - what an action that is a program of its own finds in its
 * environment beside what every step has: its inputs and its state.
 *
 * docs.github.com, "Metadata syntax reference", inputs.<input_id>.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/builtin.h"

#include <ctype.h>
#include <string.h>

/* INPUT_WHO_TO_GREET for "who to greet": only blanks are replaced. */
static void
set_input(struct environment *e, const char *name, const char *value,
    bool outside)
{
	struct str out = STR_INIT;

	str_add(&out, "INPUT_");
	for (; *name != '\0'; name++)
		str_add_char(&out, *name == ' ' ? '_' :
		    (char)toupper((unsigned char)*name));
	environment_set(e, out.s, value, outside);
	str_release(&out);
}

int
action_inputs_add(struct step_run *s, struct sight *sight,
    struct environment *e, struct expr_object **inputs, struct err *err)
{
	const struct job_plan_step *p = s->plan;

	for (size_t i = 0; p->with != NULL && i < p->with->n_pairs; i++) {
		const struct value_pair *pair = &p->with->pairs[i];
		const char *text;

		if (pair->key->text == NULL)
			continue;
		if (sight_text(sight, pair->value, "", &text, err) == -1)
			return -1;
		set_input(e, pair->key->text, text, true);
	}
	if (sight_inputs(sight, p->inputs, p->n_inputs, p->with, sight->a,
	    inputs, err) == -1)
		return -1;
	for (size_t i = 0; i < (*inputs)->n; i++) {
		const struct expr_member *m = &(*inputs)->members[i];

		set_input(e, arena_strndup(sight->a, m->name.s, m->name.len),
		    expr_to_string(&m->value, sight->a), m->value.outside);
	}
	return 0;
}

void
action_state_add(struct step_run *s, struct sight *sight,
    struct environment *e)
{
	const struct environment *state =
	    &step_memory(s->x, s->plan)->state;

	for (size_t i = 0; i < state->vars.n; i++) {
		const struct env_var *v = state->vars.entries[i].value;

		environment_set(e, arena_printf(sight->a, "STATE_%s",
		    v->name), v->value, v->outside);
	}
}

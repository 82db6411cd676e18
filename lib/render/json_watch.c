/*
 * json_watch.c - see json_watch.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/json_watch.h"

#include "lib/render/json.h"

json_t *
json_alert(const struct alert *al, const char *of)
{
	struct str condition = STR_INIT, value = STR_INIT;
	json_t *o = json_object();

	alert_condition_text(al, &condition);
	alert_value_text(al, al->value, &value);
	json_object_set_new(o, "name", json_text_of(al->name));
	json_object_set_new(o, "of", json_text_of(of));
	json_object_set_new(o, "when", json_text_of(condition.s));
	json_object_set_new(o, "window_ms", json_integer(al->window_ms));
	json_object_set_new(o, "severity", json_text_of(al->severity));
	json_object_set_new(o, "workflow", json_text_of(al->workflow));
	json_object_set_new(o, "step", json_text_of(al->step));
	json_object_set_new(o, "firing", json_boolean(al->firing));
	json_object_set_new(o, "value", json_text_of(al->has_value ?
	    value.s : NULL));
	json_object_set_new(o, "changed_at", json_time_of(
	    al->changed_at_ms));
	json_object_set_new(o, "made_by", json_text_of(al->made_by));
	str_release(&condition);
	str_release(&value);
	return o;
}

json_t *
json_hook(const struct hook *hook)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", json_text_of(hook->name));
	json_object_set_new(o, "path", json_text_of(hook->path));
	json_object_set_new(o, "condition", json_text_of(hook->condition));
	return o;
}

json_t *
json_task(const struct task_state *t)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", json_text_of(t->name));
	json_object_set_new(o, "what", json_text_of(t->what));
	json_object_set_new(o, "when", json_text_of(t->when));
	json_object_set_new(o, "program", json_text_of(t->program));
	json_object_set_new(o, "began_at", json_time_of(t->began_at_ms));
	json_object_set_new(o, "ended_at", json_time_of(t->ended_at_ms));
	json_object_set_new(o, "said", json_text_of(t->said));
	json_object_set_new(o, "error", json_text_of(t->error));
	json_object_set_new(o, "next_at", json_time_of(t->next_at_ms));
	return o;
}

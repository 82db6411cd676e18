/*
 * schedules.c - what starts by the clock.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/forge/schedule.h"

/* By the word in the configuration, which knows no others. */
static enum catch_up
policy(const struct config *config)
{
	static const char *const words[] = {
		[CATCH_UP_NONE] = "none",
		[CATCH_UP_ONCE] = "once",
		[CATCH_UP_ALL] = "all",
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], config->schedule_catch_up) == 0)
			return (enum catch_up)i;
	return CATCH_UP_ONCE;
}

int
schedules_look(struct supervisor *s, struct err *err)
{
	struct store *st = s->program.store;
	size_t fired;
	int64_t next;

	if (s->stopping)
		return 0;
	if (s->clock_set && schedules_recall(st, err) == -1)
		return -1;
	if (schedules_fire(st, policy(&s->program.config), &fired, err) ==
	    -1)
		return -1;
	if (fired > 0)
		supervisor_look_soon(s);
	if (schedule_next_due(st, &next, err) == -1)
		return -1;
	if (next > 0)
		supervisor_due_at(s, next);
	return 0;
}

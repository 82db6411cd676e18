/*
 * gates.c - gates and wait timers whose time is over.
 *
 * Times are those of the wall clock, as the database has them: they hold over
 * restarts, and when the clock is set back nothing happens early.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include "lib/base/log.h"
#include "lib/store/gates.h"

int
gates_look(struct supervisor *s, struct err *err)
{
	int64_t next;
	size_t n = 0;

	if (gates_expire(s->program.store, &n, err) == -1)
		return -1;
	if (n > 0) {
		log_info("gates whose time was over", LOG_INT("gates",
		    (int64_t)n));
		s->activity = true;
		supervisor_look_soon(s);
	}
	if (gates_next(s->program.store, &next, err) == -1)
		return -1;
	if (next > 0)
		supervisor_due_at(s, next);
	return 0;
}

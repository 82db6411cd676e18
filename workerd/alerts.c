/*
 * alerts.c - rules about numbers, looked at when one may have changed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include "lib/base/log.h"
#include "lib/store/alerts.h"

int
alerts_look(struct supervisor *s, struct err *err)
{
	struct store *st = s->program.store;
	size_t changed = 0;
	int64_t next = 0;

	if (s->clock_set && alerts_recall(st, err) == -1)
		return -1;
	if (alerts_check(st, &changed, &next, err) == -1)
		return -1;
	if (changed > 0) {
		log_info("alerts have fired or cleared", LOG_INT("alerts",
		    (int64_t)changed));
		s->activity = true;
		supervisor_look_soon(s);
	}
	if (next > 0)
		supervisor_due_at(s, next);
	return 0;
}

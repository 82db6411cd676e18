/*
 * tasks.c - see tasks.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/tasks.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/store/alerts.h"
#include "lib/store/gates.h"
#include "lib/store/outbox.h"
#include "lib/store/schedules.h"
#include "lib/store/statement.h"

/* `next` tells when it is due, 0: it is not; NULL: no time says so. */
static const struct {
	const char *name, *what, *when, *program;
	int (*next)(struct store *st, int64_t *at_ms, struct err *err);
} tasks[TASK_N] = {
	[TASK_SWEEP] = { "sweep",
	    "remove what jobs left behind and what is old, compress logs",
	    "at the start, and five minutes after something was done",
	    "pawl-janitor", NULL },
	[TASK_RECONCILE] = { "reconcile",
	    "compare branches and tags with the forge's",
	    "after a time without pawl-workerd, every reconcile-every, and "
	    "when asked", "pawl-reconciler", NULL },
	[TASK_SEND] = { "send",
	    "send statuses and notifications, run hooks",
	    "when one is due", "pawl-notifier", outbox_next_due },
	[TASK_SCHEDULES] = { "schedules", "start workflows by the clock",
	    "when one is due", "pawl-workerd", schedule_next_due },
	[TASK_GATES] = { "gates", "let waiting times and approvals end",
	    "when one is due", "pawl-workerd", gates_next },
	[TASK_ALERTS] = { "alerts", "look at numbers that alerts watch",
	    "when one may have changed", "pawl-workerd", alerts_next },
	[TASK_LEASES] = { "leases",
	    "put back jobs whose process no longer renews its lease",
	    "when a lease ends", "pawl-workerd", NULL },
};

int
task_done(struct store *st, enum task_name task, int64_t began_at_ms,
    const char *said, const char *error, struct err *err)
{
	int rc;

	if (store_begin_hasty(st, err) == -1)
		return -1;
	rc = store_exec(st, SQL_TASK_PUT, PARAMS(
	    P_TEXT("name", tasks[task].name),
	    P_INT("began_at_ms", began_at_ms),
	    P_INT("now", clock_now_ms()), P_TEXT("error", error),
	    P_TEXT("said", said != NULL ? said : "")), err);
	return store_end(st, rc, err) == -1 ? -1 : 0;
}

static int
read_state(struct store *st, size_t i, struct arena *a,
    struct task_state *out, struct err *err)
{
	static const struct field fields[] = {
		FIELD(INT64, task_state, began_at_ms),
		FIELD(INT64, task_state, ended_at_ms),
		FIELD(TEXT, task_state, error),
		FIELD(TEXT, task_state, said),
	};
	static const struct shape shape = { fields, ARRAY_LEN(fields),
		sizeof(struct task_state) };
	int rc = store_row(st, SQL_TASK_FIND, PARAMS(P_TEXT("name",
	    tasks[i].name)), &shape, a, out, err);

	if (rc != -1 && tasks[i].next != NULL)
		rc = tasks[i].next(st, &out->next_at_ms, err);
	out->name = tasks[i].name;
	out->what = tasks[i].what;
	out->when = tasks[i].when;
	out->program = tasks[i].program;
	return rc == -1 ? -1 : 0;
}

int
task_list(struct store *st, struct arena *a, struct task_state **out,
    struct err *err)
{
	*out = arena_alloc(a, TASK_N * sizeof(**out));
	memset(*out, 0, TASK_N * sizeof(**out));
	for (size_t i = 0; i < TASK_N; i++)
		if (read_state(st, i, a, &(*out)[i], err) == -1)
			return -1;
	return 0;
}

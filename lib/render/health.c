/*
 * health.c - see health.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/health.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/statvfs.h>

#include "lib/base/clock.h"
#include "lib/base/heart.h"
#include "lib/base/mem.h"
#include "lib/store/engines.h"
#include "lib/store/numbers.h"
#include "lib/store/queue_hold.h"

/* Work that waits so long for a pawl-workerd that does not look is a fault,
 * not a start or a restart. */
#define LATE_MS 60000
#define DISK_FAIL_BYTES (INT64_C(64) << 20)
#define DISK_WARN_PERCENT 5

struct looking {
	struct store *st; /* or NULL */
	const struct config *config;
	const struct err *why;
	struct arena *a;
};

static const char *const names[] = {
	[HEALTH_OK] = "ok",
	[HEALTH_WARN] = "warn",
	[HEALTH_FAIL] = "fail",
};

const char *
health_name(enum health h)
{
	return names[h];
}

/* The sum of a gauge; -1: it cannot be read. */
static int64_t
gauge(struct looking *l, enum number number, const char *label)
{
	struct sample *s;
	struct err err = { 0 };
	int64_t sum = 0;
	size_t n;

	if (l->st == NULL || number_read(l->st, number, false, NULL, l->a, &s, &n,
	    &err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (label == NULL || strstr(s[i].labels, label) != NULL)
			sum += s[i].n;
	return sum;
}

static const char *
lasting(struct looking *l, int64_t ms)
{
	char text[CLOCK_TEXT_SIZE];

	return arena_strdup(l->a, clock_duration(ms > 0 ? ms : 0, text));
}

static enum health
unknown(struct health_part *p)
{
	p->text = "not known: the database does not answer";
	return HEALTH_WARN;
}

/* --- parts ------------------------------------------------------------------- */

/* Can it be written to? */
static enum health
look_database(struct looking *l, struct health_part *p)
{
	struct err err = { 0 };

	p->text = "can be written";
	if (l->st == NULL) {
		p->text = l->why->text;
		return HEALTH_FAIL;
	}
	if (store_begin(l->st, &err) == -1) {
		p->text = arena_strdup(l->a, err.text);
		return HEALTH_FAIL;
	}
	store_rollback(l->st);
	return HEALTH_OK;
}

/* It sleeps without news, and may end when there is nothing to do: that it
 * has not looked for long is a fault only when something waits for it. */
static enum health
look_workerd(struct looking *l, struct health_part *p)
{
	int64_t waits = gauge(l, NUMBER_DELIVERIES_OLDEST, NULL);
	struct err err = { 0 };
	struct heart h;
	int64_t idle;

	if (heart_read(l->config->state_dir, &h, &err) == -1) {
		p->text = arena_strdup(l->a, err.text);
		return HEALTH_WARN;
	}
	idle = clock_now_ms() - h.looked_at_ms;
	p->text = arena_printf(l->a, "%s%s%s%s%s", h.alive ? "runs" :
	    "does not run", h.looked_at_ms > 0 ? ", looked " : "",
	    h.looked_at_ms > 0 ? lasting(l, idle) : "",
	    h.looked_at_ms > 0 ? " ago" : "", waits <= LATE_MS ? "" :
	    arena_printf(l->a, "; a delivery waits for %s",
		lasting(l, waits)));
	if (waits > LATE_MS && (!h.alive || idle > LATE_MS))
		return HEALTH_FAIL;
	return h.alive ? HEALTH_OK : HEALTH_WARN;
}

static enum health
look_queue(struct looking *l, struct health_part *p)
{
	int64_t pending = gauge(l, NUMBER_QUEUE_JOBS, "\"pending\"");
	int64_t all = gauge(l, NUMBER_QUEUE_JOBS, NULL);
	int64_t oldest = gauge(l, NUMBER_QUEUE_OLDEST, NULL);
	struct queue_stop *stops;
	struct err err = { 0 };
	size_t n;

	if (pending == -1 || all == -1 || oldest == -1 ||
	    queue_stops(l->st, l->a, &stops, &n, &err) == -1)
		return unknown(p);
	p->text = arena_printf(l->a, "%" PRId64 " wait%s%s, %" PRId64
	    " run", pending, pending > 0 ? " for up to " : "",
	    pending > 0 ? lasting(l, oldest) : "", all - pending);
	if (n == 0)
		return HEALTH_OK;
	p->text = arena_printf(l->a, "%s by %s; %s", stops[0].drain ?
	    "drained" : "paused", stops[0].by, p->text);
	return HEALTH_WARN;
}

static enum health
look_outbox(struct looking *l, struct health_part *p)
{
	int64_t waiting = gauge(l, NUMBER_OUTBOX_QUEUED, NULL);
	int64_t dead = gauge(l, NUMBER_OUTBOX_DEAD, NULL);
	int64_t left = gauge(l, NUMBER_HOSTS_LEFT, NULL);

	if (waiting == -1 || dead == -1 || left == -1)
		return unknown(p);
	p->text = arena_printf(l->a, "%" PRId64 " wait, %" PRId64 " given up, "
	    "%" PRId64 " hosts do not answer", waiting, dead, left);
	return left > 0 || dead > 0 ? HEALTH_WARN : HEALTH_OK;
}

/* One that works is enough: a host need not have all. */
static enum health
look_engines(struct looking *l, struct health_part *p)
{
	int64_t now = clock_now_ms();
	struct engine_state *list;
	struct err err = { 0 };
	bool works = false;
	size_t n;

	if (l->st == NULL || engine_state_list(l->st, l->a, &list, &n,
	    &err) == -1)
		return unknown(p);
	p->text = n == 0 ? "not asked yet" : "";
	for (size_t i = 0; i < n; i++) {
		works |= list[i].error == NULL;
		p->text = arena_printf(l->a, "%s%s%s: %s, %s ago", p->text,
		    i > 0 ? "; " : "", list[i].name, list[i].error == NULL ?
		    "works" : list[i].error,
		    lasting(l, now - list[i].at_ms));
	}
	return works || n == 0 ? HEALTH_OK : HEALTH_WARN;
}

static enum health
look_disk(struct looking *l, struct health_part *p)
{
	struct statvfs fs;
	int64_t left, all;

	if (statvfs(l->config->state_dir, &fs) == -1) {
		p->text = arena_printf(l->a, "cannot look at \"%s\": %s",
		    l->config->state_dir, strerror(errno));
		return HEALTH_FAIL;
	}
	left = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	all = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
	p->text = arena_printf(l->a, "%" PRId64 " MiB free of %" PRId64,
	    left >> 20, all >> 20);
	if (left < DISK_FAIL_BYTES)
		return HEALTH_FAIL;
	return left < all / 100 * DISK_WARN_PERCENT ? HEALTH_WARN : HEALTH_OK;
}

static const struct {
	const char *name;
	enum health (*look)(struct looking *l, struct health_part *p);
} rows[] = {
	{ "database", look_database },
	{ "workerd", look_workerd },
	{ "queue", look_queue },
	{ "outbox", look_outbox },
	{ "engines", look_engines },
	{ "disk", look_disk },
};
static_assert(ARRAY_LEN(rows) == HEALTH_PARTS, "parts of health");

enum health
health_look(struct store *st, const struct config *config,
    const struct err *why, struct arena *a,
    struct health_part parts[HEALTH_PARTS])
{
	struct looking l = { st, config, why, a };
	enum health worst = HEALTH_OK;

	for (size_t i = 0; i < HEALTH_PARTS; i++) {
		parts[i].name = rows[i].name;
		parts[i].health = rows[i].look(&l, &parts[i]);
		if (parts[i].health > worst)
			worst = parts[i].health;
	}
	return worst;
}

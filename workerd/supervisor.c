/*
 * supervisor.c - pawl-workerd: wakes up, looks, starts what is to be done.
 *
 * Idle it sleeps in poll(2) without a timeout: handlers wake it by a
 * datagram, every commit to the database by inotify, children by their end.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/store/links.h"
#include "workerd/supervisor.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/heart.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/systemd.h"
#include "lib/base/wake.h"
#include "lib/render/shown.h"
#include "lib/store/secrets.h"

/* Commits come in bursts, our own among them: one look for all of them. */
#define LOOK_PAUSE_MS 20
/* After an error, such as a locked database; a write that fails for want of
 * room on the disk wakes us too. */
#define ERROR_PAUSE_MS 1000
/* A commit is written first, flushed to the disk, and seen then; only the
 * write is told. So there is another look when the disk must be done. */
#define SETTLE_MS 500
/* Without inotify. */
#define TICK_MS 1000
/* The janitor runs so long after something was done. */
#define SWEEP_MS 300000
/* A stop waits so long for planners; jobs live on. */
#define STOP_WAIT_MS 20000

/* --- timers --------------------------------------------------------------- */

static void
look(struct supervisor *s);

static void
hear_database(struct supervisor *s);

static void
on_look_timer(struct loop *loop, void *ctx)
{
	struct supervisor *s = ctx;

	(void)loop;
	s->look_timer = 0;
	look(s);
}

void
supervisor_look_soon(struct supervisor *s)
{
	int64_t rest = s->failed ? ERROR_PAUSE_MS : LOOK_PAUSE_MS;
	int64_t pause = s->last_look_ms + rest - clock_mono_ms();

	if (s->look_timer == 0)
		s->look_timer = loop_after(s->loop, pause > 0 ? pause : 0,
		    on_look_timer, s);
}

void
supervisor_due(struct supervisor *s, int64_t mono_ms)
{
	if (s->due_ms == 0 || mono_ms < s->due_ms)
		s->due_ms = mono_ms;
}

void
supervisor_due_at(struct supervisor *s, int64_t at_ms)
{
	supervisor_due(s, clock_mono_ms() + at_ms - clock_now_ms());
}

static void
on_due_timer(struct loop *loop, void *ctx)
{
	struct supervisor *s = ctx;

	(void)loop;
	s->due_timer = 0;
	supervisor_look_soon(s);
}

/* Set the timer for what the look found to be due later. */
static void
arm_due(struct supervisor *s)
{
	int64_t left;

	loop_cancel(s->loop, s->due_timer);
	s->due_timer = 0;
	if (s->due_ms == 0)
		return;
	left = s->due_ms - clock_mono_ms();
	s->due_timer = loop_after(s->loop, left > LOOK_PAUSE_MS ? left :
	    LOOK_PAUSE_MS, on_due_timer, s);
}

static void
on_sweep_timer(struct loop *loop, void *ctx)
{
	static const char *const none[] = { NULL };
	struct supervisor *s = ctx;
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };

	(void)loop;
	s->sweep_timer = 0;
	if (s->stopping || children_count(s, CHILD_JANITOR) > 0)
		return;
	if (child_start(s, CHILD_JANITOR, program_command(
	    s->program.config.file, "pawl-janitor", none, &a), NULL, &err) ==
	    NULL)
		log_err("cannot start the janitor", &err);
	/* Kept workspaces go when their time is over, whatever happens. */
	if (access(arena_printf(&a, "%s/kept", s->program.config.state_dir),
	    F_OK) == 0)
		supervisor_sweep(s, SWEEP_MS);
	arena_release(&a);
}

void
supervisor_sweep(struct supervisor *s, int64_t delay_ms)
{
	/* An earlier one cannot be told from a later one here: the later one
	 * is at most SWEEP_MS away and does no harm twice. */
	if (s->sweep_timer != 0 && delay_ms >= SWEEP_MS)
		return;
	loop_cancel(s->loop, s->sweep_timer);
	s->sweep_timer = loop_after(s->loop, delay_ms, on_sweep_timer, s);
}

static void
on_idle_timer(struct loop *loop, void *ctx)
{
	(void)ctx;
	log_info("nothing to do: ending");
	loop_stop(loop);
}

static void
arm_idle(struct supervisor *s, bool idle)
{
	if (s->program.exit_idle_ms == 0)
		return;
	if (!idle || s->activity) {
		loop_cancel(s->loop, s->idle_timer);
		s->idle_timer = 0;
	}
	if (idle && s->idle_timer == 0)
		s->idle_timer = loop_after(s->loop, s->program.exit_idle_ms,
		    on_idle_timer, s);
}

/* --- the look ------------------------------------------------------------- */

static void
check(struct supervisor *s, int rc, const char *doing, struct err *err)
{
	if (rc != -1)
		return;
	log_err(doing, err);
	err_clear(err);
	s->failed = true;
	supervisor_due(s, clock_mono_ms() + ERROR_PAUSE_MS);
}

static void
look(struct supervisor *s)
{
	struct err err = { 0 };
	size_t waiting = 0;
	bool told;

	told = s->wal_told;
	hear_database(s);
	s->due_ms = told ? clock_mono_ms() + SETTLE_MS : 0;
	s->failed = false;
	check(s, shown_settle_rest(s->program.store, &s->program.config,
	    &err), "cannot show what is public", &err);
	check(s, hooks_look(s, &err), "cannot look for hooks", &err);
	check(s, jobs_look(s, &err), "cannot look after the jobs", &err);
	check(s, schedules_look(s, &err), "cannot look after the schedules",
	    &err);
	check(s, planners_look(s, &waiting, &err),
	    "cannot look after the deliveries", &err);
	check(s, deciders_look(s, &err),
	    "cannot look after what is to be decided", &err);
	check(s, reconciles_look(s, &err), "cannot compare repositories", &err);
	check(s, gates_look(s, &err), "cannot look after what waits", &err);
	check(s, alerts_look(s, &err), "cannot look after the alerts", &err);
	check(s, outbox_look(s, &err), "cannot send messages", &err);
	s->last_look_ms = clock_mono_ms();
	if (!s->failed) {
		s->clock_set = false;
		heart_beat(s->lock_fd);
	}
	arm_due(s);
	if (s->activity && !s->stopping)
		supervisor_sweep(s, SWEEP_MS);
	arm_idle(s, s->n_children == 0 && waiting == 0 && s->due_ms == 0);
	s->activity = false;
	if (s->stopping && children_count(s, CHILD_PLANNER) == 0 &&
	    children_count(s, CHILD_DECIDER) == 0 &&
	    children_count(s, CHILD_NOTIFIER) == 0)
		loop_stop(s->loop);
}

/* --- what wakes us -------------------------------------------------------- */

static void
on_wake(struct loop *loop, int fd, short events, void *ctx)
{
	(void)loop;
	(void)events;
	wake_drain(fd);
	supervisor_look_soon(ctx);
}

/* What is due by the clock may be due now. */
static void
on_clock(struct loop *loop, int fd, short events, void *ctx)
{
	struct supervisor *s = ctx;

	(void)loop;
	(void)events;
	clock_drain(fd);
	s->clock_set = true;
	supervisor_look_soon(s);
}

/* Without it all is looked at when something else happens. */
static void
watch_clock(struct supervisor *s)
{
	struct err err = { 0 };

	s->clock_fd = clock_watch(&err);
	if (s->clock_fd != -1)
		loop_watch(s->loop, s->clock_fd, POLLIN, on_clock, s);
	else
		log_err("jumps of the clock are not noticed", &err);
}

static bool
watch_database(struct supervisor *s);

/* One commit is a dozen writes: the first one suffices until the look. */
static void
on_database(struct loop *loop, int fd, short events, void *ctx)
{
	struct supervisor *s = ctx;

	(void)events;
	loop_unwatch(loop, fd);
	s->wal_told = true;
	supervisor_look_soon(s);
}

/* What comes from here on is told again. */
static void
hear_database(struct supervisor *s)
{
	if (!s->wal_told)
		return;
	s->wal_told = false;
	if (wal_drain(s->wal_fd)) {
		loop_watch(s->loop, s->wal_fd, POLLIN, on_database, s);
		return;
	}
	close(s->wal_fd);
	s->wal_fd = -1;
	watch_database(s);
}

/* No inotify: look every second, and try again. */
static void
on_tick(struct loop *loop, void *ctx)
{
	struct supervisor *s = ctx;

	(void)loop;
	watch_database(s);
	supervisor_look_soon(s);
}

static bool
watch_database(struct supervisor *s)
{
	struct str path = STR_INIT;
	struct err err = { 0 };

	layout_db(&path, s->program.config.state_dir);
	s->wal_fd = wal_watch(path.s, &err);
	str_release(&path);
	if (s->wal_fd != -1) {
		loop_watch(s->loop, s->wal_fd, POLLIN, on_database, s);
		return true;
	}
	log_debug("no watch on the database", LOG_STR("reason", err.text));
	loop_after(s->loop, TICK_MS, on_tick, s);
	return false;
}

static void
on_stop_timer(struct loop *loop, void *ctx)
{
	(void)ctx;
	loop_stop(loop);
}

static void
on_stop(struct loop *loop, int signo, void *ctx)
{
	struct supervisor *s = ctx;

	if (s->stopping)
		return;
	log_info("stopping", LOG_INT("signal", signo),
	    LOG_INT("jobs", (int64_t)children_count(s, CHILD_JOB)));
	s->stopping = true;
	outbox_stop(s);
	systemd_notify("STOPPING=1");
	loop_after(loop, STOP_WAIT_MS, on_stop_timer, s);
	supervisor_look_soon(s);
}

static void
on_reload(struct loop *loop, int signo, void *ctx)
{
	struct supervisor *s = ctx;
	struct arena a = ARENA_INIT(0);
	struct config new;
	struct err err = { 0 };

	(void)loop;
	(void)signo;
	if (config_load(s->program.config_file, &a, &new, NULL, &err) == 0 &&
	    (strcmp(new.state_dir, s->program.config.state_dir) != 0 ||
	    strcmp(new.run_dir, s->program.config.run_dir) != 0))
		err_set(&err, ERR_INVALID, "\"state-dir\" and \"run-dir\" "
		    "change with a restart only");
	if (err.code != ERR_NONE) {
		log_err("the configuration was not reloaded", &err);
		arena_release(&a);
		return;
	}
	arena_release(&s->program.arena);
	s->program.arena = a;
	s->program.config = new;
	log_setup(NULL, new.log_level);
	log_info("configuration reloaded", LOG_STR("file", new.file));
	supervisor_look_soon(s);
}

/* --- start and end -------------------------------------------------------- */

static int
listen_for_wakes(struct supervisor *s, struct err *err)
{
	s->wake_fd = wake_listen(s->program.config.run_dir, err);
	if (s->wake_fd == -1)
		return -1;
	loop_watch(s->loop, s->wake_fd, POLLIN, on_wake, s);
	return 0;
}

static void
name_worker(struct supervisor *s)
{
	char host[64] = "", uuid[37];

	if (gethostname(host, sizeof(host) - 1) == -1 || host[0] == '\0')
		strcpy(host, "host");
	store_uuid(uuid);
	snprintf(s->worker, sizeof(s->worker), "%s-%.8s", host, uuid);
}

static int
set_up(struct supervisor *s, struct err *err)
{
	name_worker(s);
	signal(SIGPIPE, SIG_IGN);
	if (loop_new(&s->loop, err) == -1 ||
	    loop_signal(s->loop, SIGTERM, on_stop, s, err) == -1 ||
	    loop_signal(s->loop, SIGINT, on_stop, s, err) == -1 ||
	    loop_signal(s->loop, SIGHUP, on_reload, s, err) == -1 ||
	    listen_for_wakes(s, err) == -1 ||
	    program_instance(&s->program.config, &s->program.arena, err) ==
	    NULL)
		return -1;
	watch_clock(s);
	if (!watch_database(s))
		log_warn("the database cannot be watched: looking every "
		    "second");
	return 0;
}

/* What handlers need and cannot make: keys to seal with; links of what is
 * public, which may have been changed while nobody looked. */
static void
prepare(struct supervisor *s)
{
	struct err err = { 0 };

	if (secret_publish_keys(s->program.store, &err) == -1) {
		log_err("pages cannot set secrets", &err);
		err_clear(&err);
	}
	if (shown_settle_all(s->program.store, &s->program.config, &err) == -1)
		log_err("cannot show what is public", &err);
}

/* Where nobody can do anything yet, the log has the way in. */
static void
welcome(struct supervisor *s)
{
	struct arena a = ARENA_INIT(0);
	struct err err = { 0 };
	const char *text;
	int made = link_first(s->program.store, &a, &text, &err);

	if (made == -1)
		log_err("no link for the first administrator", &err);
	else if (made == 1)
		log_info("whoever opens this link first, within a day, becomes "
		    "the administrator; \"pawl setup\" makes another one",
		    LOG_STR("url", link_address(s->program.config.base_url,
		    text, &a)));
	arena_release(&a);
}

static int
serve(struct supervisor *s, struct err *err)
{
	struct heart before;
	int rc = -1;

	if (state_make_folders(&s->program.config, err) == -1)
		return -1;
	if (heart_read(s->program.config.state_dir, &before, err) == -1)
		return -1;
	s->lock_fd = state_lock(&s->program.config, err);
	if (s->lock_fd == -1)
		return -1;
	program_open_store(&s->program, STORE_MIGRATE);
	if (set_up(s, err) == 0) {
		prepare(s);
		log_info("ready", LOG_STR("worker", s->worker),
		    LOG_STR("state_dir", s->program.config.state_dir));
		systemd_notify("READY=1");
		welcome(s);
		if (before.looked_at_ms != 0)
			reconciles_begin(s, clock_now_ms() -
			    before.looked_at_ms);
		supervisor_sweep(s, 0);
		supervisor_look_soon(s);
		rc = loop_run(s->loop, err);
	}
	children_release(s);
	free(s->retries);
	if (s->wal_fd != -1)
		close(s->wal_fd);
	if (s->wake_fd != -1)
		close(s->wake_fd);
	if (s->clock_fd != -1)
		close(s->clock_fd);
	loop_free(s->loop);
	close(s->lock_fd);
	return rc;
}

int
main(int argc, char **argv)
{
	struct supervisor s = {
		.program = { .name = "pawl-workerd", .usage = "",
		    .takes_exit_idle = true },
		.wake_fd = -1,
		.wal_fd = -1,
		.clock_fd = -1,
		.clock_set = true,
	};
	struct err err = { 0 };
	int rc;

	program_start(&s.program, argc, argv);
	rc = serve(&s, &err);
	if (rc == -1)
		log_err("cannot go on", &err);
	else
		log_info("ended");
	program_end(&s.program);
	return rc == -1 ? 1 : 0;
}

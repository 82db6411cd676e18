/*
 * cmd_guarantees.c - pawl admin guarantees: which walls and limits hold on
 * this host, by running into each of them.
 *
 * A container is started for every row, with limits that are easily reached,
 * and a command that tries to get past them. Nothing is concluded from
 * settings or versions.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli/json_out.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/engine.h"

#define TRY_MS 60000
#define MAX_OUTPUT 4096
#define MIB (INT64_C(1) << 20)

/* What a try has to go by, and what it saw. */
struct try {
	struct cli *cli;
	struct engine *engine;
	const char *image;
	char dir[64];
	struct container_spec spec;
	struct container *c;
	struct str out;      /* of the command */
	bool out_of_memory;  /* during it */
	struct proc_end end; /* of it; PROC_UNKNOWN: of the container */
};

static bool
no_new_privileges(struct try *t)
{
	return strstr(t->out.s, "NoNewPrivs:\t1") != NULL;
}

/* Whose is outside what the steps make? */
static bool
not_root(struct try *t)
{
	struct str path = STR_INIT;
	struct stat st;
	bool good;

	str_addf(&path, "%s/workspace/made", t->dir);
	good = stat(path.s, &st) == 0 && st.st_uid != 0;
	str_release(&path);
	return good;
}

static bool
exits_0(struct try *t)
{
	return t->end.how == PROC_EXITED && t->end.code == 0;
}

static bool
exits_not_0(struct try *t)
{
	return t->end.how == PROC_EXITED && t->end.code != 0;
}

static bool
out_of_memory(struct try *t)
{
	return t->out_of_memory;
}

static bool
file_is_small(struct try *t)
{
	struct str path = STR_INIT;
	struct stat st;
	bool good;

	str_addf(&path, "%s/workspace/one", t->dir);
	good = stat(path.s, &st) == 0 && st.st_size <= 40 * MIB;
	str_release(&path);
	return good;
}

static const struct guarantee {
	const char *name, *what;
	const char *command;
	bool (*holds)(struct try *t);
	int64_t memory, pids, disk, cpus_milli;
	bool stays; /* the container is removed while it runs: what it started
	               holds the pipe of its output until then */
} guarantees[] = {
	{ "users", "no step is root on the host",
	    "touch made", not_root, 0, 0, 0, 0, false },
	{ "privileges", "set-uid programs give no rights",
	    "grep NoNewPrivs /proc/self/status", no_new_privileges,
	    0, 0, 0, 0, false },
	{ "processes", "processes of the host are not seen",
	    "[ \"$(cat /proc/1/comm)\" = init ] && "
	    "[ \"$(ls -d /proc/[0-9]* | wc -l)\" -lt 9 ]", exits_0,
	    0, 0, 0, 0, false },
	{ "network-off", "without network there is loopback alone",
	    "! tail -n +3 /proc/net/dev | grep -qv ' lo:'", exits_0,
	    0, 0, 0, 0, false },
	{ "memory", "memory-max-bytes ends who takes more",
	    "head -c 400000000 /dev/zero | tail -c 300000000 | wc -c",
	    out_of_memory, 64 * MIB, 0, 0, 0, false },
	{ "pids", "pids-max ends a fork bomb",
	    "i=0; while [ $i -lt 60 ]; do sleep 9 & i=$((i+1)); done",
	    exits_not_0, 0, 30, 0, 0, false },
	{ "cpus", "cpus-max slows down who takes more",
	    "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; "
	    "cat /.pawl/cpu/cpu.stat /.pawl/cgroup/cpu.stat "
	    "/sys/fs/cgroup/cpu.stat /sys/fs/cgroup/cpu/cpu.stat | "
	    "grep '^nr_throttled [1-9]'", exits_0, 0, 0, 0, 100, false },
	{ "disk", "workspace-max-bytes ends who writes more",
	    "head -c 80000000 /dev/zero >one", file_is_small,
	    0, 0, 40 * MIB, 0, false },
	{ "kill", "nothing runs on when the container is removed",
	    "(setsid sleep 1000 & sleep 1000) & echo go; sleep 1000", NULL,
	    0, 0, 0, 0, true },
};

static int
make_folders(struct try *t, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	snprintf(t->dir, sizeof(t->dir), "/tmp/pawl-try-XXXXXX");
	if (mkdtemp(t->dir) == NULL)
		return err_errno(err, "cannot make a folder in /tmp");
	str_addf(&path, "%s/workspace", t->dir);
	rc = file_mkdirs(path.s, 0755, err);
	str_clear(&path);
	str_addf(&path, "%s/runner", t->dir);
	if (rc == 0)
		rc = file_mkdirs(path.s, 0755, err);
	str_release(&path);
	return rc;
}

static int
start(struct try *t, const struct guarantee *g, struct err *err)
{
	if (make_folders(t, err) == -1)
		return -1;
	t->spec = (struct container_spec){ .name = "ci-job-0-1",
		.image = t->image, .work_dir = t->dir, .attempt = 1,
		.run = "pawl/guarantees#1", .instance = "guarantees",
		.memory_max_bytes = g->memory, .pids_max = g->pids,
		.workspace_max_bytes = g->disk, .cpus_milli = g->cpus_milli };
	return container_start(t->engine, &t->spec, TRY_MS, &t->c, err);
}

/* Read until the end of the pipe, of the step, or until `text` has come. */
static void
follow(struct try *t, int fd, const char *text)
{
	int64_t until = clock_mono_ms() + TRY_MS, number;
	struct pollfd fds[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = container_fd(t->c), .events = POLLIN } };
	char buf[512];
	ssize_t n;

	while (clock_mono_ms() < until &&
	    (text == NULL || strstr(t->out.s, text) == NULL)) {
		poll(fds, 2, 1000);
		n = fds[0].revents != 0 ? read(fd, buf, sizeof(buf)) : 0;
		if (n > 0 && t->out.len < MAX_OUTPUT)
			str_add_len(&t->out, buf, (size_t)n);
		if (n <= 0 && fds[1].revents != 0 &&
		    container_step_poll(t->c, &number, &t->end, NULL) != 0)
			break;
	}
	t->out_of_memory = container_out_of_memory(t->c);
}

/* Does the pipe end, when nothing is left that holds it? */
static bool
ends(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char buf[512];

	while (poll(&pfd, 1, TRY_MS) == 1)
		if (read(fd, buf, sizeof(buf)) <= 0)
			return true;
	return false;
}

static bool
run_try(struct try *t, const struct guarantee *g, struct err *err)
{
	const char *const argv[] = { "sh", "-c", g->command, NULL };
	struct container_step step = { .argv = argv,
		.env = container_env(t->c), .cwd = ENGINE_WORKSPACE };
	int out[2], null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool holds = false;
	int64_t number;

	if (null == -1 || pipe2(out, O_CLOEXEC) == -1) {
		err_errno(err, "cannot make a pipe");
		return false;
	}
	step.out = out[1];
	step.err = null;
	if (container_step_start(t->c, &step, &number, err) == -1)
		close(out[1]);
	else {
		close(out[1]);
		follow(t, out[0], g->stays ? "go" : NULL);
		if (g->stays) {
			container_remove(t->c, NULL);
			t->c = NULL;
		}
		holds = g->stays ? ends(out[0]) : g->holds(t);
	}
	close(out[0]);
	close(null);
	return holds;
}

/* 1: it holds, 0: it does not, -1: it could not be tried. */
static int
try_one(struct try *t, const struct guarantee *g, struct err *err)
{
	struct err why = { 0 };
	int rc = -1;

	str_clear(&t->out);
	t->out_of_memory = false;
	t->end.how = PROC_UNKNOWN;
	if (start(t, g, &why) == 0)
		rc = run_try(t, g, &why) ? 1 : 0;
	container_remove(t->c, NULL);
	t->c = NULL;
	if (t->dir[0] != '\0')
		engine_remove_folder(&t->cli->config, t->dir, NULL);
	return why.code == ERR_NONE ? rc : err_set(err, why.code, "%s",
	    why.text);
}

static void
report(const struct try *t, json_t *list, const char *engine,
    const struct guarantee *g, int rc, const struct err *why)
{
	static const char *const words[] = { "not tried", "NO", "yes" };

	if (t->cli->json)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, "
		    "s:s?}", "engine", engine, "guarantee", g->name, "what",
		    g->what, "holds", words[rc + 1], "reason",
		    rc == -1 ? why->text : NULL));
	else
		printf("%-8s %-12s %-9s  %s%s%s\n", engine, g->name,
		    words[rc + 1], g->what, rc == -1 ? ": " : "",
		    rc == -1 ? why->text : "");
	fflush(stdout);
}

static void
try_engine(struct cli *cli, const char *name, json_t *list)
{
	struct try t = { .cli = cli, .out = STR_INIT };
	struct image_request request = { .pull = IMAGE_PULL_NEVER,
		.image = cli->config.default_image };
	struct err why = { 0 };
	bool docker = strcmp(name, "docker") == 0;
	int rc = engine_open(name, docker ? request.image : NULL,
	    &cli->config, &t.engine, &why);

	/* What is not here is not fetched for this. */
	if (rc == 0 && docker)
		rc = engine_ensure_image(t.engine, &request, NULL, NULL, &why);
	t.image = docker ? request.image : NULL;
	if (rc == -1 && !cli->json)
		printf("%-8s not tried: %s\n", name, why.text);
	for (size_t i = 0; (rc == 0 || cli->json) &&
	    i < ARRAY_LEN(guarantees); i++) {
		struct err err = why;
		int holds = -1;

		if (rc == 0)
			holds = try_one(&t, &guarantees[i], &err);
		report(&t, list, name, &guarantees[i], holds, &err);
	}
	engine_close(t.engine);
	str_release(&t.out);
}

int
cmd_admin_guarantees(struct cli *cli, struct err *err)
{
	static const char *const names[] = { "sandbox", "docker" };
	json_t *list = json_array();

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		try_engine(cli, names[i], list);
	if (cli->json)
		return json_out(cli, list, err) == -1 ? -1 : CLI_OK;
	json_decref(list);
	return CLI_OK;
}

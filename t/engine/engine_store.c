/*
 * engine_store.c - single acts on the sandbox, for t/e2e/engine-images.t: its
 * store of images, and jobs that are killed while their container starts.
 *
 * PAWL_TEST_STATE names the state directory, so that several programs can
 * have the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "t/engine/cases.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "t/lib/tap.h"

#define MARK "PAWL_TEST_MARK"
#define DEADLINE_MS 60000

static void
store_config(struct config *config, const char *folder)
{
	rig_config(config, "");
	config->sandbox_image_dir = folder;
	config->state_dir = getenv("PAWL_TEST_STATE");
}

static void
print_line(void *ctx, const char *line)
{
	(void)ctx;
	printf("progress: %s\n", line);
	fflush(stdout);
}

int
act_fetch(const char *folder, const char *image, enum image_pull pull)
{
	struct registry_login login;
	const struct image_request request = { .image = image, .pull = pull,
		.login = rig_login(&login) };
	struct config config;
	struct err err = { 0 };
	struct engine *e;
	int rc;

	store_config(&config, folder);
	rc = engine_open("sandbox", image, &config, &e, &err);
	if (rc == 0)
		rc = engine_ensure_image(e, &request, print_line, NULL, &err);
	printf("%s\n", rc == 0 ? "here" : err.text);
	engine_close(e);
	return rc == 0 ? 0 : 1;
}

static void
print_swept(void *ctx, const char *name)
{
	(void)ctx;
	printf("removed: %s\n", name);
}

int
act_sweep(int64_t max_bytes)
{
	struct config config;
	struct err err = { 0 };

	store_config(&config, NULL);
	config.sandbox_images_max_bytes = max_bytes;
	if (engine_sweep_images(&config, print_swept, NULL, &err) == 0)
		return 0;
	printf("%s\n", err.text);
	return 1;
}

/* --- killed while it starts ----------------------------------------------- */

/* Processes that were started by us and have not become others: bwrap, and
 * its child until that executes pawl-init, which lives as long as bwrap. */
static int
started_processes(const char *mark)
{
	struct dirent *entry;
	DIR *proc = opendir("/proc");
	struct str text = STR_INIT;
	char path[300];
	int n = 0;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
		    atoi(entry->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%s/environ",
		    entry->d_name);
		str_clear(&text);
		file_read(path, 1 << 20, &text, NULL);
		for (size_t i = 0; i < text.len; i += strlen(text.s + i) + 1)
			n += strcmp(text.s + i, mark) == 0;
	}
	if (proc != NULL)
		closedir(proc);
	str_release(&text);
	return n;
}

static void
start_and_wait(struct rig *rig, int job)
{
	struct box b;

	rig->next_job = job;
	box_init(rig, &b);
	b.spec.memory_max_bytes = 256 * MB;
	box_start(&b);
	for (;;)
		pause();
}

static void
sleep_us(long us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

/* Until nothing is left of those that were started; how long in ms. */
static int64_t
await_none(const char *mark)
{
	int64_t began = clock_mono_ms();

	while (started_processes(mark) > 0) {
		if (clock_mono_ms() - began > DEADLINE_MS)
			return -1;
		sleep_us(2000);
	}
	return clock_mono_ms() - began;
}

/* Kill job processes at `n` moments of the first 40 ms of their container. */
int
act_kills(const char *folder, const char *image, int n)
{
	int64_t took, most = 0;
	struct str id = STR_INIT;
	struct err err = { 0 };
	struct rig rig;
	char mark[64];
	pid_t pid;

	snprintf(mark, sizeof(mark), MARK "=%ld", (long)getpid());
	putenv(mark);
	rig_init(&rig, "sandbox", folder, image[0] != '\0' ? image : NULL);
	for (int i = 0; i < n; i++) {
		/* exec gives a process the environment that is looked for. */
		pid = fork();
		if (pid == 0)
			start_and_wait(&rig, i);
		sleep_us(40000L * i / n);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		took = await_none(mark);
		if (!ok(took >= 0, "killed after %ld us: all of it ends",
			40000L * i / n))
			break;
		most = took > most ? took : most;
	}
	tap_note("the longest end took %lld ms", (long long)most);
	while (count_listed(&rig, &id) > 0)
		if (!ok(engine_remove_leftover(rig.engine, id.s, &err) == 0,
			"what is listed can be removed: %s", err.text))
			break;
	is_int(count_listed(&rig, &id), 0, "then nothing is listed");
	str_release(&id);
	rig_release(&rig);
	return tap_done();
}

/*
 * rig.c - see rig.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "t/engine/rig.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "t/lib/tap.h"

#define MAX_OUTPUT (64u << 20)

void
rig_config(struct config *config, const char *socket)
{
	static struct arena a = ARENA_INIT(0);
	const char *path = getenv("PAWL_TEST_CONFIG");
	const char *user = getenv("PAWL_TEST_SANDBOX_USER");
	struct err err = { 0 };

	memset(config, 0, sizeof(*config));
	if (path != NULL &&
	    config_load(path, &a, config, NULL, &err) == -1) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
	if (path == NULL || config->docker_socket[0] == '\0')
		config->docker_socket = socket;
	config->sandbox_user = user != NULL ? user : "nobody";
	config->sandbox_first_id = RIG_FIRST_ID;
}

const struct registry_login *
rig_login(struct registry_login *login)
{
	static char text[128];
	const char *given = getenv("PAWL_TEST_LOGIN");
	char *colon;

	if (given == NULL)
		return NULL;
	snprintf(text, sizeof(text), "%s", given);
	colon = strchr(text, ':');
	if (colon == NULL)
		return NULL;
	*colon = '\0';
	*login = (struct registry_login){ text, colon + 1 };
	return login;
}

void
rig_init(struct rig *r, const char *name, const char *place,
    const char *image)
{
	struct err err = { 0 };

	memset(r, 0, sizeof(*r));
	r->name = name;
	r->image = image;
	r->sandbox = strcmp(name, "sandbox") == 0;
	r->one_id = getenv("PAWL_TEST_ONE_ID") != NULL;
	snprintf(r->state, sizeof(r->state), "%s/state", tap_dir());
	rig_config(&r->config, r->sandbox ? "" : place);
	r->config.state_dir = r->state;
	if (r->sandbox)
		r->config.sandbox_image_dir = place;
	r->config.default_image = image;
	snprintf(r->instance, sizeof(r->instance), "test-%ld", (long)getpid());
	/* Also a number of seconds that sleep(1) takes. */
	snprintf(r->mark, sizeof(r->mark), "7%06ld", (long)getpid());
	if (engine_open(name, image, &r->config, &r->engine, &err) == -1) {
		printf("Bail out! the engine \"%s\": %s\n", name, err.text);
		exit(1);
	}
	if (r->sandbox && image != NULL && engine_ensure_image(r->engine,
	    &(struct image_request){ .image = image }, NULL, NULL, &err) ==
	    -1) {
		printf("Bail out! %s\n", err.text);
		exit(1);
	}
}

void
rig_release(struct rig *r)
{
	engine_close(r->engine);
}

void
box_init(struct rig *r, struct box *b)
{
	char path[300], runner[300];

	memset(b, 0, sizeof(*b));
	b->rig = r;
	r->next_job++;
	snprintf(b->dir, sizeof(b->dir), "%s/job-%d", tap_dir(), r->next_job);
	snprintf(path, sizeof(path), "%s/workspace", b->dir);
	snprintf(runner, sizeof(runner), "%s/runner", b->dir);
	if (mkdir(b->dir, 0700) == -1 || mkdir(path, 0755) == -1 ||
	    mkdir(runner, 0755) == -1) {
		printf("Bail out! cannot make %s\n", path);
		exit(1);
	}
	b->spec = (struct container_spec){ .name = "ci-job-test",
		.image = r->image, .work_dir = b->dir, .job = r->next_job,
		.attempt = 2, .run = "owner/name#1", .instance = r->instance };
}

bool
box_start(struct box *b)
{
	char name[64];

	snprintf(name, sizeof(name), "ci-job-%d-%d", (int)b->spec.job,
	    b->spec.attempt);
	b->spec.name = name;
	return container_start(b->rig->engine, &b->spec, RIG_DEADLINE_MS,
	    &b->c, &b->err) == 0;
}

int
box_end(struct box *b)
{
	int rc = container_remove(b->c, &b->err);

	b->c = NULL;
	if (file_remove_tree(b->dir, &b->err) == -1)
		rc = -1;
	return rc;
}

void
box_up(struct rig *r, struct box *b)
{
	box_init(r, b);
	if (box_start(b))
		return;
	printf("Bail out! no container: %s\n", b->err.text);
	exit(1);
}

void
box_read(const struct box *b, const char *name, struct str *out)
{
	struct str path = STR_INIT;

	str_clear(out);
	str_addf(&path, "%s/%s", b->dir, name);
	file_read(path.s, MAX_OUTPUT, out, NULL);
	str_release(&path);
}

bool
box_has(const struct box *b, const char *name)
{
	char path[400];

	snprintf(path, sizeof(path), "%s/%s", b->dir, name);
	return access(path, F_OK) == 0;
}

/* Read what is there; false at the end. */
static bool
take(int fd, struct str *out)
{
	char buf[65536];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n > 0 && out->len < MAX_OUTPUT)
		str_add_len(out, buf, (size_t)n);
	return n > 0;
}

static bool
start(struct box *b, const struct container_step *step, struct step *s,
    struct err *err)
{
	struct container_step with = *step;
	int out[2], diag[2];
	bool started;

	if (pipe2(out, O_CLOEXEC) == -1 || pipe2(diag, O_CLOEXEC) == -1)
		abort();
	with.out = out[1];
	with.err = diag[1];
	started = container_step_start(b->c, &with, &s->number, err) == 0;
	close(out[1]);
	close(diag[1]);
	s->box = b;
	s->out = out[0];
	s->diag = diag[0];
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(diag[0], F_SETFL, O_NONBLOCK);
	return started;
}

static struct container_step
shell_step(const struct box *b, const char *const *argv)
{
	return (struct container_step){ .argv = argv,
		.env = container_env(b->c),
		.cwd = b->spec.bare ? "/" : ENGINE_WORKSPACE };
}

bool
step_begin(struct box *b, const char *command, struct step *s)
{
	const char *const argv[] = { "sh", "-c", command, b->rig->mark, NULL };
	const struct container_step step = shell_step(b, argv);

	return start(b, &step, s, &b->err);
}

bool
step_await(struct step *s, const char *text)
{
	struct pollfd pfd = { .fd = s->out, .events = POLLIN };
	int64_t until = clock_mono_ms() + RIG_DEADLINE_MS;
	struct str got = STR_INIT;
	bool found = false;

	while (!found && clock_mono_ms() < until) {
		if (poll(&pfd, 1, 1000) == 1 && !take(s->out, &got))
			break;
		found = strstr(got.s, text) != NULL;
	}
	str_release(&got);
	return found;
}

void
step_finish(struct step *s, struct ran *r)
{
	struct pollfd fds[3] = {
		{ .fd = container_fd(s->box->c), .events = POLLIN },
		{ .fd = s->out, .events = POLLIN },
		{ .fd = s->diag, .events = POLLIN },
	};
	int64_t until = clock_mono_ms() + RIG_DEADLINE_MS;

	while (r->rc == 0 && clock_mono_ms() < until) {
		poll(fds, 3, 1000);
		if (fds[1].revents != 0 && !take(s->out, &r->out))
			fds[1].fd = -1;
		if (fds[2].revents != 0 && !take(s->diag, &r->diag))
			fds[2].fd = -1;
		if (fds[0].revents != 0)
			r->rc = container_step_poll(s->box->c, &r->number,
			    &r->end, &r->err);
	}
	r->out_of_memory = container_out_of_memory(s->box->c);
	/* What it wrote is in the pipes; who still holds them is no matter. */
	while (take(s->out, &r->out) || take(s->diag, &r->diag))
		continue;
	close(s->out);
	close(s->diag);
}

static void
ran_init(struct ran *r)
{
	memset(r, 0, sizeof(*r));
	str_init(&r->out);
	str_init(&r->diag);
	r->end.how = PROC_UNKNOWN;
}

void
ran_release(struct ran *r)
{
	str_release(&r->out);
	str_release(&r->diag);
}

void
run_step(struct box *b, const struct container_step *step, struct ran *r)
{
	struct step s;

	ran_init(r);
	r->started = start(b, step, &s, &r->err) ? 0 : -1;
	if (r->started == 0) {
		step_finish(&s, r);
		return;
	}
	close(s.out);
	close(s.diag);
}

void
run_shell(struct box *b, const char *command, struct ran *r)
{
	const char *const argv[] = { "sh", "-c", command, b->rig->mark, NULL };
	const struct container_step step = shell_step(b, argv);

	run_step(b, &step, r);
}

static bool
has_argument(const char *pid, const char *mark)
{
	struct str text = STR_INIT;
	char path[300];
	bool found = false;

	snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
	file_read(path, 1 << 20, &text, NULL);
	for (size_t i = 0; i < text.len; i += strlen(text.s + i) + 1)
		if (strcmp(text.s + i, mark) == 0)
			found = true;
	str_release(&text);
	return found;
}

int
marked_processes(const struct rig *r)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int n = 0;

	if (proc == NULL)
		abort();
	while ((entry = readdir(proc)) != NULL)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    has_argument(entry->d_name, r->mark))
			n++;
	closedir(proc);
	return n;
}

bool
await_marked(const struct rig *r, int n)
{
	const struct timespec pause = { 0, 20000000 };
	int64_t until = clock_mono_ms() + RIG_DEADLINE_MS;

	while (marked_processes(r) != n) {
		if (clock_mono_ms() >= until)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

struct listed {
	int n;
	struct str *id;
};

static void
count(void *ctx, const struct engine_leftover *left)
{
	struct listed *l = ctx;

	l->n++;
	str_clear(l->id);
	str_addf(l->id, "%s", left->id);
}

int
count_listed(struct rig *r, struct str *id)
{
	struct listed l = { 0, id };
	struct err err = { 0 };

	if (engine_list(r->engine, r->instance, count, &l, &err) == -1) {
		tap_note("engine_list: %s", err.text);
		return -1;
	}
	return l.n;
}

const char *
ran_text(const struct ran *r, char buf[256])
{
	if (r->started == -1 || r->rc == -1)
		snprintf(buf, 256, "error %d: %.200s", r->err.code,
		    r->err.text);
	else if (r->rc == 0)
		snprintf(buf, 256, "still running");
	else if (r->end.how == PROC_EXITED)
		snprintf(buf, 256, "exited %d", r->end.code);
	else if (r->end.how == PROC_SIGNALLED)
		snprintf(buf, 256, "signal %d", r->end.code);
	else
		snprintf(buf, 256, "unknown");
	return buf;
}

/*
 * engine-t.c - the same behaviours of every engine, on the real one.
 *
 *	engine-t sandbox
 *	engine-t sandbox FOLDER IMAGE   FOLDER holds images, see
 *	                                "sandbox-image-dir"
 *	engine-t docker SOCKET IMAGE
 *
 * and, for t/e2e/engine-*.t, which start the services, some single acts:
 *
 *	engine-t probe NAME SOCKET
 *	engine-t pull SOCKET IMAGE
 *	engine-t watch SOCKET IMAGE   tell how a container ends from outside
 *
 * In the environment, PAWL_TEST_CONFIG names a configuration and PAWL_TEST_ONLY
 * the one behaviour to look at.
 *
 * IMAGE has a shell and sets IMAGE_SAYS=hello.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "t/engine/cases.h"
#include "t/lib/tap.h"

void
expect(struct box *b, const char *command, const char *want, const char *out,
    const char *title)
{
	struct ran r;
	char buf[256];

	run_shell(b, command, &r);
	is_str(ran_text(&r, buf), want, "%s", title);
	if (out != NULL)
		is_str(r.out.s, out, "%s: its output", title);
	if (r.diag.len > 0)
		tap_note("%s", r.diag.s);
	ran_release(&r);
}

static void
test_ends(struct rig *rig)
{
	struct box b;

	box_up(rig, &b);
	expect(&b, "true", "exited 0", "", "a step succeeds");
	expect(&b, "exit 1", "exited 1", "", "a step fails");
	expect(&b, "exit 255", "exited 255", NULL, "the code is exact");
	expect(&b, "kill -TERM $$", "signal 15", NULL, "a signal is told");
	expect(&b, "kill -SEGV $$", "signal 11", NULL, "also a crash");
	expect(&b, "cat; echo end", "exited 0", "end\n", "input is empty");
	expect(&b, "pwd; touch x && ls", "exited 0", "/workspace\nx\n",
	    "it runs in the workspace and may write there");
	expect(&b, "touch $HOME/x /tmp/x && rm $HOME/x /tmp/x", "exited 0",
	    NULL, "and in its home and /tmp");
	expect(&b, "kill -9 1; kill -TERM 1; echo alive", "exited 0",
	    "alive\n", "process 1 cannot be killed from inside");
	expect(&b, "ls /proc/self/fd | wc -l | tr -d ' '", "exited 0", "4\n",
	    "no descriptor but its own three reaches a step");
	ok(box_has(&b, "workspace/x"), "the workspace is the host's");
	ok(!box_has(&b, "ctl/sock"), "the socket is gone once connected");
	is_int(box_end(&b), 0, "it is removed: %s", b.err.text);
}

static void
test_output(struct rig *rig)
{
	struct str want = STR_INIT;
	struct box b;
	struct ran r;

	box_up(rig, &b);
	run_shell(&b, "seq 1 200000; echo last >&2", &r);
	for (int i = 1; i <= 200000; i++)
		str_addf(&want, "%d\n", i);
	is_int((long long)r.out.len, (long long)want.len,
	    "200000 lines come whole");
	ok(str_equal(r.out.s, want.s), "and in their order");
	is_str(r.diag.s, "last\n", "the two outputs are told apart");
	ran_release(&r);
	run_shell(&b, "head -c 20000000 /dev/zero", &r);
	is_int((long long)r.out.len, 20000000, "20 MB without a newline too");
	ran_release(&r);
	str_release(&want);
	box_end(&b);
}

static void
start_fails(struct box *b, const char *program, const char *cwd,
    enum err_code code, const char *part)
{
	const char *const argv[] = { program, NULL };
	const struct container_step step = { .argv = argv,
		.env = container_env(b->c), .cwd = cwd };
	struct ran r;

	run_step(b, &step, &r);
	is_int(r.started, -1, "\"%s\" in \"%s\" does not start", program, cwd);
	is_int(r.err.code, code, "%s", r.err.text);
	ok(strstr(r.err.text, part) != NULL, "the message names %s", part);
	ran_release(&r);
}

static void
test_start_errors(struct rig *rig)
{
	struct box b;

	box_up(rig, &b);
	start_fails(&b, "no-such-program", "/workspace", ERR_NOT_FOUND,
	    "\"no-such-program\"");
	start_fails(&b, "/no/such/program", "/workspace", ERR_NOT_FOUND,
	    "\"/no/such/program\"");
	start_fails(&b, "sh", "/workspace/missing", ERR_INVALID,
	    "\"/workspace/missing\"");
	start_fails(&b, "sh", "/bin/sh", ERR_INVALID, "\"/bin/sh\"");
	expect(&b, "echo fine", "exited 0", "fine\n", "the next step starts");
	box_end(&b);
}

static void
test_environment(struct rig *rig)
{
	const char *const argv[] = { "env", NULL };
	const char *const env[] = { "A=1", "PATH=/usr/bin:/bin",
		"TEXT=two words \"quoted\" $A `id`\nand a line", "EMPTY=",
		NULL };
	const struct container_step step = { .argv = argv, .env = env,
		.cwd = "/" };
	const char *const *own;
	bool path = false, home = false, image = rig->image == NULL;
	struct box b;
	struct ran r;

	box_up(rig, &b);
	run_step(&b, &step, &r);
	is_str(r.out.s, "A=1\nPATH=/usr/bin:/bin\nTEXT=two words \"quoted\" "
	    "$A `id`\nand a line\nEMPTY=\n",
	    "the environment is exactly what was given");
	ran_release(&r);
	for (own = container_env(b.c); *own != NULL; own++) {
		path = path || str_starts_with(*own, "PATH=");
		home = home || str_starts_with(*own, "HOME=");
		image = image || str_equal(*own, "IMAGE_SAYS=hello");
	}
	ok(path && home, "the container's own has PATH and HOME");
	ok(image, "and what the image sets");
	box_end(&b);
}

static void
test_script(struct rig *rig)
{
	const char *const argv[] = { "sh", "-e", "/tmp/dir/script", NULL };
	struct container_step step = { .argv = argv, .cwd = "/workspace",
		.script_path = "/tmp/dir/script" };
	struct str script = STR_INIT, want = STR_INIT;
	struct box b;
	struct ran r;

	box_up(rig, &b);
	step.env = container_env(b.c);
	str_add(&script, "printf '%s|' 'a\\b\"c' 'tab\there' "
	    "'\xc3\xa9\xff\x01' \"$(echo 'x  y')\" '${{ no }}' "
	    "'end\r'\ncat <<'EOF'\n");
	for (int i = 0; i < 20000; i++)
		str_add(&want, "lines of a long script \\ $HOME\n");
	str_add(&script, want.s);
	str_add(&script, "EOF\n");
	step.script = script.s;
	run_step(&b, &step, &r);
	ok(str_starts_with(r.out.s, "a\\b\"c|tab\there|\xc3\xa9\xff\x01|"
	    "x  y|${{ no }}|end\r|"), "awkward bytes arrive as they are");
	ok(str_ends_with(r.out.s, want.s), "and so do 600 kB of script");
	ran_release(&r);
	/* What a step left in its place is not written into. */
	step.script = "echo second";
	expect(&b, "echo keep >/workspace/keep; ln -sf /workspace/keep "
	    "/tmp/dir/script", "exited 0", "",
	    "a link where the next script goes");
	run_step(&b, &step, &r);
	is_str(r.out.s, "second\n", "the next script runs");
	ran_release(&r);
	expect(&b, "cat keep", "exited 0", "keep\n", "not through the link");
	str_release(&script);
	str_release(&want);
	box_end(&b);
}

/* Steps at a time: each has its own output, signals and end. */
static void
test_at_once(struct rig *rig)
{
	struct box b;
	struct step slow, quick;
	struct ran r = { .out = STR_INIT, .diag = STR_INIT };
	char buf[256];

	box_up(rig, &b);
	step_begin(&b, "echo slow; sleep 1000", &slow);
	ok(step_await(&slow, "slow"), "a step runs");
	step_begin(&b, "echo quick; exit 3", &quick);
	step_finish(&quick, &r);
	is_str(r.out.s, "quick\n", "another beside it has its own output");
	is_str(ran_text(&r, buf), "exited 3", "and its own end");
	is_int(r.number, quick.number, "by its number");
	ran_release(&r);
	r = (struct ran){ .out = STR_INIT, .diag = STR_INIT };
	step_begin(&b, "echo third; sleep 1000", &quick);
	ok(step_await(&quick, "third"), "a third runs");
	container_signal(b.c, slow.number, SIGKILL, &b.err);
	step_finish(&slow, &r);
	is_int(r.number, slow.number, "a signal ends the one it is for");
	ran_release(&r);
	r = (struct ran){ .out = STR_INIT, .diag = STR_INIT };
	container_signal(b.c, 0, SIGTERM, &b.err);
	step_finish(&quick, &r);
	is_int(r.number, quick.number, "number 0 means all");
	is_str(ran_text(&r, buf), "signal 15", "that are left");
	ran_release(&r);
	box_end(&b);
}

static void
test_signals(struct rig *rig)
{
	struct box b;
	struct step s;
	struct ran r = { .out = STR_INIT, .diag = STR_INIT };
	char command[256], buf[256];

	box_up(rig, &b);
	snprintf(command, sizeof(command), "sleep %s & echo go; wait",
	    rig->mark);
	step_begin(&b, command, &s);
	ok(step_await(&s, "go"), "a step with a child runs");
	is_int(container_signal(b.c, 0, SIGTERM, &b.err), 0, "it gets a TERM");
	step_finish(&s, &r);
	is_str(ran_text(&r, buf), "signal 15", "and ends by it");
	ok(await_marked(rig, 0), "its child as well");
	ran_release(&r);

	r = (struct ran){ .out = STR_INIT, .diag = STR_INIT };
	snprintf(command, sizeof(command), "trap 'echo no' TERM INT HUP; "
	    "(trap '' TERM; setsid sleep %s; sleep %s) & "
	    "echo go; while :; do sleep 1; done", rig->mark, rig->mark);
	step_begin(&b, command, &s);
	ok(step_await(&s, "go"), "a step that ignores signals runs");
	container_signal(b.c, 0, SIGTERM, &b.err);
	ok(step_await(&s, "no"), "it has got the TERM and goes on");
	is_int(container_signal(b.c, 0, SIGKILL, &b.err), 0, "it gets a KILL");
	step_finish(&s, &r);
	is_str(ran_text(&r, buf), "signal 9", "and ends by that");
	ok(await_marked(rig, 0), "with all it had started, sessions of their "
	    "own included");
	ran_release(&r);
	expect(&b, "echo on", "exited 0", "on\n", "the container lives on");
	box_end(&b);
}

static void
test_children(struct rig *rig)
{
	struct box b;
	char command[256];

	box_up(rig, &b);
	snprintf(command, sizeof(command), "sleep %s & setsid sleep %s & "
	    "(sleep %s &); echo left", rig->mark, rig->mark, rig->mark);
	expect(&b, command, "exited 0", "left\n",
	    "a step ends although its children run");
	ok(await_marked(rig, 3), "they run on");
	expect(&b, "true", "exited 0", NULL, "and the next step starts");
	is_int(marked_processes(rig), 3, "beside them");
	is_int(box_end(&b), 0, "the container is removed");
	is_int(marked_processes(rig), 0, "and nothing is left of them");
}

/* A job's process: starts a container with something in it, says so, and
 * never ends. */
static void
job_process(struct rig *rig, int told)
{
	struct box b;
	struct step s;
	char command[128];

	box_init(rig, &b);
	b.spec.memory_max_bytes = 256 * MB; /* with a control group */
	if (!box_start(&b))
		_exit(1);
	snprintf(command, sizeof(command), "sleep %s; sleep %s", rig->mark,
	    rig->mark);
	if (!step_begin(&b, command, &s) || !await_marked(rig, 2) ||
	    write(told, "x", 1) != 1)
		_exit(1);
	pause();
	_exit(1);
}

static void
test_job_killed(struct rig *rig)
{
	struct str id = STR_INIT;
	struct err err = { 0 };
	int ends[2], n;
	char c;
	pid_t pid;

	if (pipe(ends) == -1)
		abort();
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		job_process(rig, ends[1]);
	}
	close(ends[1]);
	rig->next_job++; /* the child's */
	is_int(read(ends[0], &c, 1), 1, "a job's process runs a step");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(await_marked(rig, 0), "kill -9 of it ends the step");
	n = count_listed(rig, &id);
	ok(n >= 0 && n <= 1, "at most its container is listed: %d", n);
	if (!rig->sandbox)
		is_int(n, 1, "the engine still has it");
	if (n == 1)
		is_int(engine_remove_leftover(rig->engine, id.s, &err), 0,
		    "it can be removed %s", err.text);
	if (n == 1)
		is_int(engine_remove_leftover(rig->engine, id.s, &err), 0,
		    "twice %s", err.text);
	is_int(count_listed(rig, &id), 0, "then nothing is listed");
	close(ends[0]);
	str_release(&id);
}

/* Somebody removes a container behind the job's back. */
static void
test_container_gone(struct rig *rig)
{
	struct str id = STR_INIT;
	struct box b;
	struct step s;
	struct ran r = { .out = STR_INIT, .diag = STR_INIT };

	box_init(rig, &b);
	b.spec.memory_max_bytes = 256 * MB;
	if (!ok(box_start(&b), "a container: %s", b.err.text))
		return;
	step_begin(&b, "echo go; sleep 1000", &s);
	ok(step_await(&s, "go"), "a step runs");
	if (count_listed(rig, &id) == 1) {
		is_int(engine_remove_leftover(rig->engine, id.s, &b.err), 0,
		    "its container is removed: %s", b.err.text);
		step_finish(&s, &r);
		is_int(r.rc, -1, "the step's end is an error");
		is_int(r.end.how, PROC_UNKNOWN, "nobody saw how");
		is_int(r.err.code, ERR_UNAVAILABLE, "%s", r.err.text);
		is_int(container_step_poll(b.c, &r.number, &r.end, &r.err), -1,
		    "and stays one");
	}
	is_int(box_end(&b), 0, "removing it again is fine");
	ran_release(&r);
	str_release(&id);
}

static void
test_network(struct rig *rig)
{
	struct box b;
	struct ran r;

	box_up(rig, &b);
	expect(&b, "tail -n +3 /proc/net/dev | grep -vc ' lo:'", "exited 1",
	    "0\n", "without network there is the loopback alone");
	box_end(&b);
	box_init(rig, &b);
	b.spec.network = true;
	if (!ok(box_start(&b), "a container with network starts: %s",
		b.err.text)) {
		box_end(&b);
		return;
	}
	run_shell(&b, "readlink /proc/self/ns/net; tail -n +3 /proc/net/dev",
	    &r);
	if (!rig->sandbox) {
		ok(strstr(r.out.s, "eth0") != NULL, "it has an interface");
	} else {
		char own[64];
		ssize_t n = readlink("/proc/self/ns/net", own,
		    sizeof(own) - 1);

		own[n > 0 ? n : 0] = '\0';
		ok(n > 0 && str_starts_with(r.out.s, own),
		    "it has the host's network");
	}
	ran_release(&r);
	box_end(&b);
}

static void
test_memory(struct rig *rig)
{
	struct box b;
	struct ran r;
	char buf[256];

	box_init(rig, &b);
	b.spec.memory_max_bytes = 64 * MB;
	ok(box_start(&b), "a container of 64 MB starts: %s", b.err.text);
	/* tail keeps what it is to print: 300 MB. */
	run_shell(&b, "head -c 400000000 /dev/zero | tail -c 300000000 | "
	    "wc -c", &r);
	ok(r.out_of_memory, "a step that takes more is found out");
	ok(strcmp(r.out.s, "300000000\n") != 0, "and stopped: %s",
	    ran_text(&r, buf));
	ran_release(&r);
	run_shell(&b, "echo small", &r);
	is_str(r.out.s, "small\n", "the next step runs");
	ok(!r.out_of_memory, "and is not blamed");
	ran_release(&r);
	box_end(&b);
}

static void
test_processes(struct rig *rig)
{
	struct box b;
	char command[256];

	box_init(rig, &b);
	b.spec.pids_max = 30;
	ok(box_start(&b), "a container of 30 processes starts: %s",
	    b.err.text);
	snprintf(command, sizeof(command), "i=0; while [ $i -lt 100 ]; do "
	    "sleep %s & i=$((i+1)); done; wait", rig->mark);
	expect(&b, command, "exited 2", "", "forking more fails");
	ok(marked_processes(rig) <= 30, "there are not more: %d",
	    marked_processes(rig));
	is_int(box_end(&b), 0, "it is removed");
	is_int(marked_processes(rig), 0, "with all of them");
}

static void
box_of_40_mb(struct rig *rig, struct box *b)
{
	box_init(rig, b);
	b->spec.workspace_max_bytes = 40 * MB;
	ok(box_start(b), "a container of 40 MB of disk starts: %s",
	    b->err.text);
}

static void
test_space(struct rig *rig)
{
	struct str one = STR_INIT;
	struct box b;
	struct ran r;
	char buf[256];

	box_of_40_mb(rig, &b);
	expect(&b, "head -c 10000000 /dev/zero >small", "exited 0", NULL,
	    "what fits is written");
	run_shell(&b, "i=0; while :; do i=$((i+1)); mkdir -p d$i/e; "
	    "head -c 3000000 /dev/zero >d$i/e/f; done", &r);
	is_int(r.rc, -1, "a job that fills its workspace ends");
	is_int(r.err.code, ERR_TOO_LARGE, "%s", r.err.text);
	ran_release(&r);
	run_shell(&b, "true", &r);
	is_int(r.err.code, ERR_TOO_LARGE, "and can start nothing more");
	ran_release(&r);
	is_int(box_end(&b), 0, "it leaves nothing");

	box_of_40_mb(rig, &b);
	run_shell(&b, "head -c 80000000 /dev/zero >one", &r);
	box_read(&b, "workspace/one", &one);
	ok(one.len <= 40 * MB, "one file cannot be larger either: %s",
	    ran_text(&r, buf));
	ran_release(&r);
	box_end(&b);
	str_release(&one);
}

static void
test_image(struct rig *rig)
{
	struct box b;

	box_init(rig, &b);
	b.spec.image = "127.0.0.1:5001/no-such-image:1";
	ok(!box_start(&b), "a missing image is an error");
	ok(b.err.code == ERR_NOT_FOUND || b.err.code == ERR_UNAVAILABLE,
	    "%s", b.err.text);
	box_end(&b);
	is_int(engine_ensure_image(rig->engine,
	    &(struct image_request){ .image = "Not An Image" }, NULL, NULL,
	    &b.err), -1, "a word that names no image is refused");
	is_int(b.err.code, ERR_INVALID, "%s", b.err.text);
}

static void
test_auto(struct rig *rig)
{
	struct err err = { 0 };
	struct engine *e;

	if (ok(engine_open("auto", rig->image, &rig->config, &e, &err) == 0,
		"\"auto\" finds an engine %s", err.text))
		is_str(engine_name(e), rig->name, "this one");
	engine_close(e);
	is_int(engine_open("nonsense", NULL, &rig->config, &e, &err), -1,
	    "another name is refused");
	is_int(err.code, ERR_UNSUPPORTED, "%s", err.text);
}

static void
test_names(struct rig *rig)
{
	struct box a, b;
	struct str id = STR_INIT;

	box_up(rig, &a);
	box_init(rig, &b);
	b.spec.job = a.spec.job;
	ok(box_start(&b), "two Pawls may have the same job: %s", b.err.text);
	expect(&b, "echo two", "exited 0", "two\n", "both work");
	box_end(&b);
	expect(&a, "echo one", "exited 0", "one\n", "without each other");
	box_end(&a);
	str_release(&id);
}

/* What a job leaves in its workspace must not outlive it. */
static void
test_awkward_files(struct rig *rig)
{
	struct box b;

	box_up(rig, &b);
	expect(&b, "mkdir -p shut/in && touch shut/in/x && chmod 0 shut/in "
	    "shut; ln -s / root; ln -s .. up; touch 'a\nb' -- -rf; "
	    "mkfifo pipe; chmod 555 .", "exited 0", "",
	    "a job leaves closed folders, links and pipes");
	expect(&b, "chmod 755 .; i=0; while [ $i -lt 1500 ]; do mkdir d && "
	    "cd d || exit 1; i=$((i+1)); done; touch deep", "exited 0", "",
	    "and 1500 folders in each other");
	is_int(box_end(&b), 0, "all of it is removed: %s", b.err.text);
	ok(access("/etc/passwd", F_OK) == 0, "and nothing else");
}

/* Sandbox alone: what is not to be seen or done. */
static void
test_walls(struct rig *rig)
{
	struct box b;

	box_up(rig, &b);
	expect(&b, "id -u; id -un; grep -c '^Cap...:.0*$' /proc/self/status; "
	    "grep NoNewPrivs /proc/self/status", "exited 0",
	    "1000\npawl\n5\nNoNewPrivs:\t1\n",
	    "an ordinary user without capabilities");
	expect(&b, "cat /etc/shadow || cat /etc/ssl/private || ls /root || "
	    "ls /var/log || ls /etc/ssh", "exited 2", "",
	    "nothing secret is there");
	expect(&b, "for d in / /usr /etc /dev /var /.pawl /.pawl/ctl; do "
	    "touch $d/x 2>/dev/null && echo $d; done; true", "exited 0", "",
	    "the system is read-only");
	expect(&b, "hostname; ls /proc | grep -c '^[0-9]'", "exited 0", NULL,
	    "its own name and processes");
	expect(&b, "strace -p 1 2>&1 || cat /proc/1/environ", "exited 1",
	    NULL, "process 1 cannot be looked into");
	box_end(&b);
}

/* Sandbox alone: what is Pawl's own is not seen where the system is. */
static void
test_hidden(struct rig *rig)
{
	const struct config_secret secret = { "TOKEN", "x", "/usr/bin/env" };
	struct box b;

	rig->config.state_dir = "/usr/share";
	rig->config.run_dir = "/usr/share/run";
	rig->config.secrets = &secret;
	rig->config.n_secrets = 1;
	box_up(rig, &b);
	expect(&b, "ls -A /usr/share; touch /usr/share/x; ls /usr/bin/sort; "
	    "cat /usr/bin/env", "exited 1", "/usr/bin/sort\n",
	    "a state directory and a secret below /usr are covered");
	box_end(&b);
	rig->config.state_dir = rig->state;
	rig->config.run_dir = NULL;
	rig->config.secrets = NULL;
	rig->config.n_secrets = 0;
}

/* Sandbox as root: files that the workspace shares with others. */
static void
test_shared_files(struct rig *rig)
{
	struct str path = STR_INIT, outside = STR_INIT, text = STR_INIT;
	struct stat st;
	struct box b;

	box_init(rig, &b);
	str_addf(&outside, "%s/outside", b.dir);
	str_addf(&path, "%s/workspace/inside", b.dir);
	file_replace(outside.s, "before", 6, 0644, false, NULL);
	is_int(link(outside.s, path.s), 0, "a file with two names");
	ok(box_start(&b), "a container starts: %s", b.err.text);
	expect(&b, "cat inside; echo after >inside; chmod 666 inside",
	    "exited 0", "before", "a job changes the one in its workspace");
	box_read(&b, "outside", &text);
	is_str(text.s, "before", "the other keeps its content");
	ok(stat(outside.s, &st) == 0 && st.st_uid == 0 &&
	    (st.st_mode & 0777) == 0644, "its owner and mode");
	box_end(&b);
	str_release(&path);
	str_release(&outside);
	str_release(&text);
}

/* What `pawl shell` asks for. */
static void
test_terminal(struct rig *rig)
{
	static const char command[] = "test -t 0 && test -t 1 && "
	    "test -t 2 && : </dev/tty && echo ready; read word; "
	    "echo \"got $word\"; trap 'echo interrupted; exit 4' INT; "
	    "echo again; while :; do sleep 1; done";
	const char *const argv[] = { "sh", "-c", command, rig->mark, NULL };
	struct ran r = { .out = STR_INIT, .diag = STR_INIT };
	struct step s = { .out = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC),
		.diag = open("/dev/null", O_RDONLY | O_CLOEXEC) };
	struct container_step step = { .argv = argv,
		.cwd = ENGINE_WORKSPACE };
	struct box b;
	char buf[256];

	box_up(rig, &b);
	if (s.out == -1 || grantpt(s.out) == -1 || unlockpt(s.out) == -1)
		abort();
	step.out = step.err = open(ptsname(s.out), O_RDWR | O_NOCTTY |
	    O_CLOEXEC);
	step.env = container_env(b.c);
	is_int(container_step_start(b.c, &step, &s.number, &b.err), 0,
	    "a step on a terminal %s", b.err.text);
	close(step.out);
	fcntl(s.out, F_SETFL, O_NONBLOCK);
	s.box = &b;
	ok(step_await(&s, "ready"), "has it for all, and as its own");
	ok(write(s.out, "word\n", 5) == 5 && step_await(&s, "again"),
	    "hears what is typed");
	ok(write(s.out, "\003", 1) == 1 && step_await(&s, "interrupted"),
	    "and Ctrl-C");
	step_finish(&s, &r);
	is_str(ran_text(&r, buf), "exited 4", "its end is told");
	ran_release(&r);
	box_end(&b);
}

static bool
mentioned(const char *file, const char *what)
{
	struct str text = STR_INIT;
	bool found;

	file_read(file, 16 * MB, &text, NULL);
	found = strstr(text.s, what) != NULL;
	str_release(&text);
	return found;
}

static void
test_nothing_left(struct rig *rig)
{
	struct str id = STR_INIT;

	setenv("INSTANCE", rig->instance, 1);
	is_int(marked_processes(rig), 0, "no process is left");
	is_int(count_listed(rig, &id), 0, "no container");
	ok(!mentioned("/proc/self/mountinfo", tap_dir()), "no mount");
	is_int(system("find /sys/fs/cgroup -name \"*$INSTANCE*\" | grep ."),
	    1 << 8, "no control group");
	str_release(&id);
}

static const struct {
	const char *name;
	void (*run)(struct rig *rig);
	bool sandbox, images, docker; /* for which engines: the sandbox, the
	                                 sandbox with an image, docker */
	bool root;                    /* as root only */
} tests[] = {
	{ "ends", test_ends, true, true, true, false },
	{ "output", test_output, true, true, true, false },
	{ "start_errors", test_start_errors, true, true, true, false },
	{ "environment", test_environment, true, true, true, false },
	{ "script", test_script, true, true, true, false },
	{ "at_once", test_at_once, true, true, true, false },
	{ "signals", test_signals, true, true, true, false },
	{ "children", test_children, true, true, true, false },
	{ "job_killed", test_job_killed, true, true, true, false },
	{ "container_gone", test_container_gone, true, true, true, false },
	{ "network", test_network, true, true, true, false },
	{ "memory", test_memory, true, true, true, false },
	{ "processes", test_processes, true, true, true, false },
	{ "space", test_space, true, true, true, false },
	{ "image", test_image, true, true, true, false },
	{ "names", test_names, true, true, true, false },
	{ "auto", test_auto, true, false, true, false },
	{ "awkward_files", test_awkward_files, true, true, true, false },
	{ "terminal", test_terminal, true, true, true, false },
	{ "together", test_together, false, true, true, false },
	{ "ports", test_ports, false, false, true, false },
	{ "probe", test_probe, true, true, true, false },
	{ "two_networks", test_two_networks, false, false, true, false },
	{ "user", test_user, false, true, true, false },
	{ "capabilities", test_capabilities, false, true, true, false },
	{ "limits", test_limits, false, false, true, false },
	{ "volumes", test_volumes, false, false, true, false },
	{ "about", test_about, false, false, true, false },
	{ "walls", test_walls, true, false, false, false },
	{ "hidden", test_hidden, true, false, false, false },
	{ "shared_files", test_shared_files, true, true, false, true },
	{ "image_walls", test_image_walls, false, true, false, false },
	{ "image_layer", test_image_layer, false, true, false, false },
	{ "nothing_left", test_nothing_left, true, true, true, false },
};

static int
act_probe(const char *name, const char *socket)
{
	struct str about = STR_INIT;
	struct err err = { 0 };
	struct config config;
	int rc;

	rig_config(&config, socket);
	rc = engine_probe(name, &config, &about, &err);

	printf("%s\n", rc == 0 ? about.s : err.text);
	str_release(&about);
	return rc == 0 ? 0 : 1;
}

static void
print_line(void *ctx, const char *line)
{
	(void)ctx;
	printf("progress: %s\n", line);
}

static int
act_pull(const char *socket, const char *image)
{
	struct registry_login login;
	struct err err = { 0 };
	struct rig rig;
	int rc;

	rig_init(&rig, "docker", socket, image);
	if (getenv("PAWL_TEST_STATE") != NULL)
		rig.config.state_dir = getenv("PAWL_TEST_STATE");
	rc = engine_ensure_image(rig.engine,
	    &(struct image_request){ .image = image,
		.login = rig_login(&login) }, print_line, NULL, &err);
	printf("%s\n", rc == 0 ? "here" : err.text);
	rig_release(&rig);
	return rc == 0 ? 0 : 1;
}

/* As the janitor does. */
static int
act_remove(const char *socket, const char *id)
{
	struct err err = { 0 };
	struct rig rig;
	int rc;

	rig_init(&rig, "docker", socket, "busybox");
	rc = engine_remove_leftover(rig.engine, id, &err);
	printf("%s\n", rc == 0 ? "removed" : err.text);
	rig_release(&rig);
	return rc == 0 ? 0 : 1;
}

/* A step that waits for the file "end" in its workspace; what happens to it
 * is printed. */
static int
act_watch(const char *socket, const char *image)
{
	struct ran r = { .out = STR_INIT, .diag = STR_INIT };
	struct step s;
	struct rig rig;
	struct box b;
	char buf[256];
	int rc;

	rig_init(&rig, "docker", socket, image);
	box_up(&rig, &b);
	step_begin(&b, "until [ -e end ]; do sleep 0.1; done", &s);
	printf("running in %s/workspace\n", b.dir);
	fflush(stdout);
	step_finish(&s, &r);
	printf("step: %s: %s\n", ran_text(&r, buf), r.err.text);
	err_clear(&b.err);
	rc = box_end(&b);
	printf("remove: %d %s\n", rc, b.err.text);
	ran_release(&r);
	rig_release(&rig);
	return 0;
}

static int
usage(void)
{
	fprintf(stderr, "usage: engine-t sandbox [FOLDER IMAGE]\n"
	    "       engine-t docker SOCKET IMAGE\n"
	    "       engine-t probe NAME SOCKET\n"
	    "       engine-t fetch|fetch-always|fetch-never FOLDER IMAGE\n"
	    "       engine-t sweep BYTES\n"
	    "       engine-t kills FOLDER IMAGE NUMBER\n"
	    "       engine-t pull|watch SOCKET IMAGE\n");
	return 2;
}

static int
act_tests(const char *name, const char *place, const char *image)
{
	const char *only = getenv("PAWL_TEST_ONLY");
	struct rig rig;

	rig_init(&rig, name, place, image);
	for (size_t i = 0; i < ARRAY_LEN(tests); i++) {
		if (only != NULL && strcmp(only, tests[i].name) != 0)
			continue;
		if (image == NULL ? !tests[i].sandbox : rig.sandbox ?
		    !tests[i].images : !tests[i].docker)
			continue;
		if (tests[i].root && geteuid() != 0)
			continue;
		tests[i].run(&rig);
	}
	rig_release(&rig);
	return tap_done();
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "sandbox") == 0)
		return act_tests("sandbox", "", NULL);
	if (argc == 3 && strcmp(argv[1], "sweep") == 0)
		return act_sweep(atoll(argv[2]));
	if (argc == 5 && strcmp(argv[1], "kills") == 0)
		return act_kills(argv[2], argv[3], atoi(argv[4]));
	if (argc != 4)
		return usage();
	if (strcmp(argv[1], "fetch") == 0)
		return act_fetch(argv[2], argv[3], IMAGE_PULL_MISSING);
	if (strcmp(argv[1], "fetch-always") == 0)
		return act_fetch(argv[2], argv[3], IMAGE_PULL_ALWAYS);
	if (strcmp(argv[1], "fetch-never") == 0)
		return act_fetch(argv[2], argv[3], IMAGE_PULL_NEVER);
	if (strcmp(argv[1], "docker") == 0 || strcmp(argv[1], "sandbox") == 0)
		return act_tests(argv[1], argv[2], argv[3]);
	if (strcmp(argv[1], "probe") == 0)
		return act_probe(argv[2], argv[3]);
	if (strcmp(argv[1], "pull") == 0)
		return act_pull(argv[2], argv[3]);
	if (strcmp(argv[1], "remove") == 0)
		return act_remove(argv[2], argv[3]);
	if (strcmp(argv[1], "watch") == 0)
		return act_watch(argv[2], argv[3]);
	return usage();
}

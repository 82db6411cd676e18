/*
 * proc-t.c - programs and the event loop.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/loop.h"
#include "lib/base/proc.h"
#include "t/lib/tap.h"

#define SPEC(...) { .argv = (const char *const[]){ __VA_ARGS__, NULL } }

static void
test_run(void)
{
	struct proc_spec echo = SPEC("sh", "-c", "cat; echo oops >&2; exit 3");
	struct proc_spec sleeper = SPEC("sleep", "100");
	struct proc_spec forker = SPEC("sh", "-c", "sleep 100 & echo hi");
	struct proc_spec loud = SPEC("sh", "-c", "yes | head -c 1000000");
	struct proc_spec none = SPEC("/no/such/program");
	struct str out = STR_INIT, diag = STR_INIT;
	struct proc_end end;
	struct err err = { 0 };

	is_int(proc_run(&echo, "hello", 100, 60000, &out, &diag, &end, &err),
	    0, "runs");
	is_str(out.s, "hello", "takes input and gives output");
	is_str(diag.s, "oops\n", "and diagnostics");
	ok(end.how == PROC_EXITED && end.code == 3, "and the exit code");
	is_int(proc_run_ok(&echo, NULL, 100, 60000, &out, &err), -1,
	    "proc_run_ok minds the code");
	is_str(err.text, "\"sh\": exit code 3: oops", "and quotes why");
	proc_run(&sleeper, NULL, 100, 50, &out, NULL, &end, &err);
	is_int(end.how, PROC_TIMED_OUT, "a limit ends it");
	proc_run(&forker, NULL, 100, 300, &out, NULL, &end, &err);
	is_int(end.how, PROC_TIMED_OUT,
	    "a child that holds the pipe cannot make it hang");
	str_clear(&out);
	proc_run(&loud, NULL, 1000, 60000, &out, NULL, &end, &err);
	is_int((long long)out.len, 1000, "output is cut, not the program");
	ok(end.how == PROC_EXITED && end.code == 0, "which ends well");
	is_int(proc_run(&none, NULL, 1, 1000, NULL, NULL, &end, &err), -1,
	    "a missing program is an error");
	is_int(err.code, ERR_NOT_FOUND, "of its own code");
	str_release(&out);
	str_release(&diag);
}

static void
test_spawn(void)
{
	struct proc_spec spec = SPEC("sleep", "100");
	struct pollfd pfd = { .events = POLLIN };
	struct proc p, other;
	struct proc_end end;
	struct err err = { 0 };

	is_int(proc_spawn(&spec, &p, &err), 0, "spawns");
	ok(p.pid > 0 && p.started > 0, "pid and start time are known");
	ok(proc_alive(&p), "it is alive");
	other = p;
	other.started++;
	ok(!proc_alive(&other), "another start time is another process");
	is_int(proc_wait(&p, 0, &end, &err), 0, "it has not ended");
	pfd.fd = proc_watch(&p, &err);
	ok(pfd.fd >= 0, "it can be watched");
	kill(p.pid, SIGTERM);
	is_int(poll(&pfd, 1, 60000), 1, "the watch tells its end");
	ok(!proc_alive(&p), "a zombie is not alive");
	is_int(proc_wait(&p, -1, &end, &err), 1, "it is reaped");
	ok(end.how == PROC_SIGNALLED && end.code == SIGTERM, "killed by TERM");
	close(pfd.fd);
}

static void
test_descriptors(void)
{
	const int keep[] = { 7 };
	struct proc_spec spec = SPEC("sh", "-c", "ls /proc/self/fd | tr -d '\n'");
	struct str out = STR_INIT;
	struct err err = { 0 };

	dup2(STDOUT_FILENO, 7);
	dup2(STDOUT_FILENO, 8);
	spec.keep = keep;
	spec.n_keep = 1;
	is_int(proc_run_ok(&spec, NULL, 100, 60000, &out, &err), 0, "%s",
	    err.text);
	/* ls itself has 3 open: the folder that it reads. */
	is_str(out.s, "01237", "only what is listed reaches the program");
	close(7);
	close(8);
	str_release(&out);
}

struct seen {
	int n;
	int order[8];
};

static void
on_timer(struct loop *loop, void *ctx)
{
	struct seen *s = ctx;

	s->order[s->n++] = 1;
	kill(getpid(), SIGUSR1);
	(void)loop;
}

static void
on_usr1(struct loop *loop, int signo, void *ctx)
{
	struct seen *s = ctx;

	s->order[s->n++] = signo;
	loop_stop(loop);
}

static void
never(struct loop *loop, void *ctx)
{
	struct seen *s = ctx;

	s->n = 100;
	(void)loop;
}

static void
on_byte(struct loop *loop, int fd, short events, void *ctx)
{
	struct seen *s = ctx;

	s->order[s->n++] = events & POLLIN ? 2 : 3;
	loop_unwatch(loop, fd);
}

static void
test_loop(void)
{
	struct seen s = { 0 };
	struct loop *loop = NULL;
	struct err err = { 0 };
	int fds[2];

	ok(pipe(fds) == 0 && write(fds[1], "x", 1) == 1, "a readable pipe");
	is_int(loop_new(&loop, &err), 0, "a loop");
	loop_watch(loop, fds[0], POLLIN, on_byte, &s);
	loop_signal(loop, SIGUSR1, on_usr1, &s, &err);
	loop_cancel(loop, loop_after(loop, 1, never, &s));
	loop_after(loop, 1000000, never, &s);
	loop_after(loop, 5, on_timer, &s);
	is_int(loop_run(loop, &err), 0, "runs until stopped");
	is_int(s.n, 3, "descriptor, timer, signal: once each");
	ok(s.order[0] == 2 && s.order[1] == 1 && s.order[2] == SIGUSR1,
	    "in this order");
	loop_free(loop);
	close(fds[0]);
	close(fds[1]);
}

static int
enter_root(void *ctx)
{
	return chdir(ctx);
}

static void
test_prepare(void)
{
	static const char *const argv[] = { "pwd", NULL };
	struct proc_spec spec = { .argv = argv, .prepare = enter_root };
	char there[] = "/", nowhere[] = "/no/such/folder";
	struct str out = STR_INIT;
	struct err err = { 0 };

	spec.prepare_ctx = there;
	is_int(proc_run_ok(&spec, NULL, 100, -1, &out, &err), 0,
	    "the child prepares itself %s", err.text);
	is_str(out.s, "/\n", "before the program runs");
	spec.prepare_ctx = nowhere;
	is_int(proc_run_ok(&spec, NULL, 100, -1, &out, &err), -1,
	    "and does not start when it cannot");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	str_release(&out);
}

int
main(void)
{
	test_run();
	test_spawn();
	test_descriptors();
	test_prepare();
	test_loop();
	return tap_done();
}

/*
 * proc.c - start programs and see how they end.
 *
 * The child tells why it could not execute through a close-on-exec pipe, so
 * a failed exec is the parent's error and never an exit code to guess.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"

/* Descriptors that are kept are first moved above this, so that placing one
 * never overwrites another that is still to be placed. */
#define FD_SAFE 64

/* What the child was doing when it failed: what it writes into the pipe. */
enum stage { STAGE_SETUP, STAGE_CWD, STAGE_USER, STAGE_EXEC };

struct failure {
	enum stage stage;
	int number;
};

void
proc_end_text(const struct proc_end *end, struct str *out)
{
	switch (end->how) {
	case PROC_EXITED:
		str_addf(out, "exit code %d", end->code);
		break;
	case PROC_SIGNALLED:
		str_addf(out, "killed by signal %d (%s)", end->code,
		    strsignal(end->code));
		break;
	case PROC_TIMED_OUT:
		str_add(out, "timed out");
		break;
	case PROC_CANCELLED:
		str_add(out, "cancelled");
		break;
	case PROC_UNKNOWN:
		str_add(out, "ended without anybody seeing how");
		break;
	}
}

static void
child_fails(int report, enum stage stage)
{
	struct failure f = { stage, errno };
	ssize_t ignored;

	ignored = write(report, &f, sizeof(f));
	(void)ignored;
	_exit(127);
}

static void
default_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		sigaction(signo, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Open what stands for descriptor `fd` (0, 1 or 2) out of the way. */
static int
take_standard(int wanted, int fd)
{
	int from = wanted, high;

	if (wanted == PROC_INHERIT)
		from = fd;
	else if (wanted == PROC_NULL)
		from = open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY);
	if (from == -1)
		return -1;
	high = fcntl(from, F_DUPFD_CLOEXEC, FD_SAFE);
	return high;
}

/* Descriptors 0, 1, 2 and those to keep; everything else closes on exec. */
static int
place_descriptors(const struct proc_spec *spec)
{
	const int wanted[3] = { spec->in, spec->out, spec->err };
	int high[3];

	for (int i = 0; i < 3; i++) {
		high[i] = take_standard(wanted[i], i);
		if (high[i] == -1)
			return -1;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(high[i], i) == -1)
			return -1;
	proc_close_on_exec_from(3);
	for (size_t i = 0; i < spec->n_keep; i++)
		if (fcntl(spec->keep[i], F_SETFD, 0) == -1)
			return -1;
	return 0;
}

static int
drop_user(const struct proc_spec *spec)
{
	if (!spec->drop)
		return 0;
	if (setgroups(0, NULL) == -1 || setgid(spec->gid) == -1 ||
	    setuid(spec->uid) == -1)
		return -1;
	return 0;
}

static void
child(const struct proc_spec *spec, int report, pid_t parent)
{
	if (spec->session && setsid() == -1)
		child_fails(report, STAGE_SETUP);
	default_signals();
	if (place_descriptors(spec) == -1)
		child_fails(report, STAGE_SETUP);
	fcntl(report, F_SETFD, FD_CLOEXEC);
	if (spec->prepare != NULL && spec->prepare(spec->prepare_ctx) == -1)
		child_fails(report, STAGE_SETUP);
	if (drop_user(spec) == -1)
		child_fails(report, STAGE_USER);
	/* After the change of user, which resets it. */
	if (spec->die_with_parent && proc_die_with(parent) == -1)
		_exit(127);
	if (spec->cwd != NULL && chdir(spec->cwd) == -1)
		child_fails(report, STAGE_CWD);
	if (spec->env != NULL)
		environ = (char **)spec->env;
	execvp(spec->argv[0], (char *const *)spec->argv);
	child_fails(report, STAGE_EXEC);
}

static int
start_error(const struct proc_spec *spec, const struct failure *f,
    struct err *err)
{
	errno = f->number;
	switch (f->stage) {
	case STAGE_CWD:
		return err_errno(err, "cannot start \"%s\" in \"%s\"",
		    spec->argv[0], spec->cwd);
	case STAGE_USER:
		return err_errno(err, "cannot start \"%s\" as user %ld",
		    spec->argv[0], (long)spec->uid);
	case STAGE_SETUP:
	case STAGE_EXEC:
		break;
	}
	return err_errno(err, "cannot start \"%s\"", spec->argv[0]);
}

/* Wait for the report pipe: closed by exec, or filled by a failure. */
static int
read_report(const struct proc_spec *spec, int report, pid_t pid,
    struct err *err)
{
	struct failure f;
	ssize_t n;

	do
		n = read(report, &f, sizeof(f));
	while (n == -1 && errno == EINTR);
	if (n == 0)
		return 0;
	while (waitpid(pid, NULL, 0) == -1 && errno == EINTR)
		continue;
	if (n != sizeof(f))
		return err_set(err, ERR_IO, "cannot start \"%s\"",
		    spec->argv[0]);
	return start_error(spec, &f, err);
}

int
proc_spawn(const struct proc_spec *spec, struct proc *p, struct err *err)
{
	pid_t parent = getpid(), pid;
	int report[2], rc;

	p->pid = 0;
	p->started = 0;
	if (pipe2(report, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	pid = fork();
	if (pid == -1) {
		err_errno(err, "cannot fork for \"%s\"", spec->argv[0]);
		close(report[0]);
		close(report[1]);
		return -1;
	}
	if (pid == 0) {
		/* Not in the way of descriptors that are to be kept. */
		int high = fcntl(report[1], F_DUPFD_CLOEXEC, FD_SAFE);

		child(spec, high == -1 ? report[1] : high, parent);
	}
	close(report[1]);
	rc = read_report(spec, report[0], pid, err);
	close(report[0]);
	if (rc == -1)
		return -1;
	p->pid = pid;
	p->started = proc_start_time(pid);
	return 0;
}

static void
decode_status(int status, struct proc_end *end)
{
	if (WIFEXITED(status)) {
		end->how = PROC_EXITED;
		end->code = WEXITSTATUS(status);
	} else if (WIFSIGNALED(status)) {
		end->how = PROC_SIGNALLED;
		end->code = WTERMSIG(status);
	} else {
		end->how = PROC_UNKNOWN;
		end->code = 0;
	}
}

/* waitpid() that says 1 when it ended, 0 when it runs, -1. */
static int
reap(pid_t pid, int flags, struct proc_end *end, struct err *err)
{
	int status;
	pid_t got;

	do
		got = waitpid(pid, &status, flags);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return err_errno(err, "cannot wait for process %ld",
		    (long)pid);
	if (got == 0)
		return 0;
	decode_status(status, end);
	return 1;
}

int
proc_wait(const struct proc *p, int timeout_ms, struct proc_end *end,
    struct err *err)
{
	struct pollfd pfd = { .events = POLLIN };
	int64_t until = clock_mono_ms() + timeout_ms, left;
	int rc;

	if (timeout_ms < 0)
		return reap(p->pid, 0, end, err);
	rc = reap(p->pid, WNOHANG, end, err);
	if (rc != 0 || timeout_ms == 0)
		return rc;
	pfd.fd = proc_watch(p, err);
	if (pfd.fd == -1)
		return -1;
	while (rc == 0 && (left = until - clock_mono_ms()) > 0)
		if (poll(&pfd, 1, (int)left) != 0)
			rc = reap(p->pid, WNOHANG, end, err);
	close(pfd.fd);
	return rc;
}

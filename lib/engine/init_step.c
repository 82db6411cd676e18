/*
 * init_step.c - pawl-init: start one step.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* As shells take it when there is no PATH. */
#define DEFAULT_PATH \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* Open files that a step begins with; it may raise them to the container's
 * own limit. Engines differ from 1024 to a thousand million, and programs
 * that close every possible descriptor take minutes with the latter. */
#define SOFT_FILES 1024

struct failure {
	int place;
	int number;
};

static int
write_all(int fd, const char *data, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, data, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Make the folder that the script goes to, in an image that has none such. */
static void
make_folder_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path ||
	    (size_t)(slash - path) >= sizeof(dir))
		return;
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	mkdir(dir, 0755); /* if it fails, open() says why */
}

/*
 * Write the step's script. What an earlier step put in its place (a link, a
 * pipe, the script that still runs) is removed first, never written into.
 */
static int
write_script(const char *path, const char *text)
{
	int fd, rc, number;

	make_folder_of(path);
	if (unlink(path) == -1 && errno != ENOENT)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0755);
	if (fd == -1)
		return -1;
	rc = write_all(fd, text, strlen(text));
	if (rc == 0)
		rc = fchmod(fd, 0755); /* whatever our umask is */
	number = errno;
	if (close(fd) == -1 && rc == 0)
		return -1;
	errno = number;
	return rc;
}

/* Lower a limit to `max`, where it is not lower already. */
static int
lower(int resource, int64_t max)
{
	struct rlimit rl;

	if (getrlimit(resource, &rl) == -1)
		return -1;
	if (max > 0 && (rl.rlim_max == RLIM_INFINITY ||
			   rl.rlim_max > (rlim_t)max))
		rl.rlim_max = (rlim_t)max;
	if (rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur > rl.rlim_max)
		rl.rlim_cur = rl.rlim_max;
	return setrlimit(resource, &rl);
}

/* `max` 0: what the engine allows. A number that was asked for is no wish to
 * begin with less; above the engine's own it is not to be had. */
static int
limit_files(int64_t max)
{
	rlim_t soft = max > 0 ? (rlim_t)max : SOFT_FILES;
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) == -1)
		return -1;
	if (max > 0 && rl.rlim_max > (rlim_t)max)
		rl.rlim_max = (rlim_t)max;
	if (max > 0 || rl.rlim_cur > soft)
		rl.rlim_cur = soft < rl.rlim_max ? soft : rl.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &rl);
}

static int
set_limits(const struct init_limits *limits)
{
	struct rlimit rl;

	if (limit_files(limits->n_files) == -1)
		return -1;
	if (getrlimit(RLIMIT_CORE, &rl) == -1)
		return -1;
	rl.rlim_cur = 0;
	if (setrlimit(RLIMIT_CORE, &rl) == -1)
		return -1;
	if (limits->n_procs > 0 && lower(RLIMIT_NPROC, limits->n_procs) == -1)
		return -1;
	if (limits->file_bytes > 0 &&
	    lower(RLIMIT_FSIZE, limits->file_bytes) == -1)
		return -1;
	return 0;
}

/* Signals as a fresh process has them. */
static int
reset_signals(void)
{
	struct sigaction sa = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		sigaction(signo, &sa, NULL); /* KILL and STOP refuse */
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Input from nowhere, output to the descriptors of the request. A terminal is
 * both, and that of the new session: for people who look inside. These and
 * all others close on exec. */
static int
place_descriptors(const int fds[STEP_FDS])
{
	bool terminal = isatty(fds[0]) == 1;
	int in = terminal ? fds[0] : open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (in == -1 || dup2(in, STDIN_FILENO) == -1 ||
	    (terminal && ioctl(in, TIOCSCTTY, 0) == -1))
		return -1;
	if (dup2(fds[0], STDOUT_FILENO) == -1 ||
	    dup2(fds[1], STDERR_FILENO) == -1)
		return -1;
	return 0;
}

static const char *
variable(const char *const *env, const char *name)
{
	size_t len = strlen(name);

	for (; *env != NULL; env++)
		if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
			return *env + len + 1;
	return NULL;
}

/*
 * Execute argv[0], looked for in the step's own PATH: execvp(3) would use
 * ours. Returns only on failure, with the errno that says most: a program
 * that may not be executed is told rather than one that is not there.
 */
static void
execute(const struct step_request *req)
{
	char *const *argv = (char *const *)req->argv;
	char *const *env = (char *const *)req->env;
	const char *path = variable(req->env, "PATH");
	char file[PATH_MAX];
	int number = ENOENT, len;
	size_t part;

	if (strchr(argv[0], '/') != NULL) {
		execve(argv[0], argv, env);
		return;
	}
	if (path == NULL)
		path = DEFAULT_PATH;
	for (;; path += part + 1) {
		part = strcspn(path, ":");
		len = snprintf(file, sizeof(file), "%.*s/%s", (int)part, path,
		    argv[0]);
		/* An empty part is the current folder, by POSIX. */
		if (len > 0 && (size_t)len < sizeof(file)) {
			execve(part == 0 ? file + 1 : file, argv, env);
			if (errno != ENOENT && errno != ENOTDIR)
				number = errno;
		}
		if (path[part] == '\0')
			break;
	}
	errno = number;
}

static void
fail(int report, int place)
{
	struct failure f = { place, errno };

	write_all(report, (const char *)&f, sizeof(f));
	_exit(127);
}

static void
child(const struct step_request *req, const int fds[STEP_FDS],
    const struct init_limits *limits, const struct init_user *user,
    int report)
{
	if (setsid() == -1 || reset_signals() == -1 ||
	    place_descriptors(fds) == -1)
		fail(report, STEP_AT_SYSTEM);
	umask(022);
	if (set_limits(limits) == -1)
		fail(report, STEP_AT_SYSTEM);
	if (init_user_become(user) == -1)
		fail(report, user->given && !user->known ? STEP_AT_USER :
		    STEP_AT_SYSTEM);
	if (chdir(req->cwd) == -1)
		fail(report, STEP_AT_CWD);
	execute(req);
	fail(report, STEP_AT_EXEC);
}

/* Wait for the report: closed by exec, or filled by a failure. */
static int
read_report(int report, struct failure *f)
{
	ssize_t n;

	do
		n = read(report, f, sizeof(*f));
	while (n == -1 && errno == EINTR);
	return n == (ssize_t)sizeof(*f) ? -1 : 0;
}

static pid_t
failed(struct step_note *note, int place, int number)
{
	note->n[0] = place;
	note->n[1] = number;
	return -1;
}

pid_t
init_step_start(const struct step_request *req, const int fds[STEP_FDS],
    const struct init_limits *limits, const struct init_user *user,
    struct step_note *note)
{
	struct failure f;
	int report[2], rc;
	pid_t pid;

	if (req->script != NULL &&
	    write_script(req->script_path, req->script) == -1)
		return failed(note, STEP_AT_SCRIPT, errno);
	if (pipe2(report, O_CLOEXEC) == -1)
		return failed(note, STEP_AT_SYSTEM, errno);
	pid = fork();
	if (pid == 0)
		child(req, fds, limits, user, report[1]);
	f.number = errno;
	close(report[1]);
	if (pid == -1) {
		close(report[0]);
		return failed(note, STEP_AT_SYSTEM, f.number);
	}
	rc = read_report(report[0], &f);
	close(report[0]);
	if (rc == 0)
		return pid;
	waitpid(pid, NULL, 0);
	return failed(note, f.place, f.number);
}

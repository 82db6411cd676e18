/*
 * init.c - pawl-init: the first process of every container.
 *
 * It connects to the job's process over a unix socket and does what that
 * asks: start a step, signal it, tell its end. Being process 1 of its own
 * pid namespace it inherits and reaps every orphan, no signal from inside
 * can end it, and with its own end the kernel kills all that is left: so the
 * end of the socket, which is the end of the job's process, ends the
 * container whatever the steps do.
 *
 * A step's children may outlive it, until the job ends. Where steps run as the
 * same user as this process, PR_SET_DUMPABLE keeps them from attaching to it.
 *
 * Arguments of the engine:
 *
 *	--enter NUMBER     a descriptor that a "0" is to be written to: the
 *	                   control group's list of processes, for us to be in
 *	--user USER        whom steps run as; without it they are who we are
 *	--drop CAPABILITY  what steps do not have
 *	--files NUMBER     how many files each of their processes may open
 *	--own-workspace    the job's folders are to be that user's
 *	--keep-workspace   they are somebody else's, who gets all back
 *
 * STEP_GIVE_BACK is for an engine that runs as root for an ordinary user:
 * what root made in the workspace could not be removed outside.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"
#include "lib/engine/init_carry.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CAME_SIGNAL, CAME_MESSAGE, N_POLL };

struct running {
	pid_t pid; /* 0: the place is free */
	int64_t number;
	int64_t kills_before; /* for memory, when the step began */
};

struct init {
	int sock;
	int sigfd;
	struct running steps[STEP_MAX_RUNNING];
	int64_t last_number;
	struct init_limits limits;
	struct init_space *space; /* NULL: not watched */
	struct init_user user;
	bool own_workspace;
	const char *give_back_to; /* the owner of this folder */
};

static void
die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The container ends with us. The text is for the engine's own log: the
 * job's process sees the end of the socket. */
static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fprintf(stderr, "pawl-init: ");
	vfprintf(stderr, fmt, ap);
	fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

static void
send_note(struct init *in, enum step_type type, int64_t a, int64_t b,
    int64_t c, int64_t d)
{
	struct step_note note = { { a, b, c, d } };

	if (step_send(in->sock, type, &note, sizeof(note), NULL, 0) == -1)
		exit(0); /* nobody waits for us any more */
}

/* The place of the step that this process leads; 0 finds a free one. */
static struct running *
find_step(struct init *in, pid_t pid)
{
	for (size_t i = 0; i < STEP_MAX_RUNNING; i++)
		if (in->steps[i].pid == pid)
			return &in->steps[i];
	return NULL;
}

/* A process has ended. When it led a step, tell how that ended. */
static void
died(void *ctx, pid_t pid, int status)
{
	struct init *in = ctx;
	struct running *step = find_step(in, pid);
	int64_t killed;

	if (step == NULL)
		return;
	killed = init_memory_kills() - step->kills_before;
	step->pid = 0;
	if (WIFSIGNALED(status))
		send_note(in, STEP_ENDED, STEP_SIGNALLED, WTERMSIG(status),
		    killed, step->number);
	else
		send_note(in, STEP_ENDED, STEP_EXITED, WEXITSTATUS(status),
		    killed, step->number);
}

static void
reap(struct init *in)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		died(in, pid, status);
}

static void
start_step(struct init *in, const unsigned char *body, size_t len,
    const int fds[STEP_FDS])
{
	struct step_request req;
	struct running *step = find_step(in, 0);
	struct step_note note;
	pid_t pid;

	if (step == NULL || fds[0] == -1 || fds[1] == -1 ||
	    step_request_read(body, len, &req) == -1)
		die("a malformed request");
	step->kills_before = init_memory_kills();
	pid = init_step_start(&req, fds, &in->limits, &in->user, &note);
	step_request_release(&req);
	if (pid == -1) {
		send_note(in, STEP_FAILED, note.n[0], note.n[1], 0, 0);
		return;
	}
	step->pid = pid;
	step->number = ++in->last_number;
	send_note(in, STEP_STARTED, step->number, 0, 0, 0);
}

static int64_t
now_us(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
kill_all(struct init *in)
{
	int64_t began = now_us();

	init_kill_all(died, in);
	send_note(in, STEP_KILLED, now_us() - began, 0, 0, 0);
}

static void
answer(struct init *in, int64_t question)
{
	struct init_text text = { .len = 0 };

	switch ((enum step_question)question) {
	case STEP_ASK_PROCESSES:
		init_tell_processes(&text);
		break;
	case STEP_ASK_MEMORY:
		init_tell_memory(in->limits.memory_about, &text);
		break;
	}
	if (step_send(in->sock, STEP_TEXT, text.s, text.len, NULL, 0) == -1)
		exit(0);
}

/* `number` 0: all steps. */
static void
signal_step(struct init *in, int64_t signo, int64_t number)
{
	if (signo < 1 || signo >= NSIG)
		die("signal %lld does not exist", (long long)signo);
	if (signo == SIGKILL && number == 0) {
		kill_all(in);
		return;
	}
	for (size_t i = 0; i < STEP_MAX_RUNNING; i++) {
		const struct running *step = &in->steps[i];

		if (step->pid != 0 &&
		    (number == 0 || step->number == number))
			init_session_signal(step->pid, (int)signo);
	}
}

static void
set_limits(struct init *in, const struct step_note *note)
{
	init_limits_set(&in->limits, note);
	if (in->limits.space_bytes > 0 && in->space == NULL)
		in->space = init_space_new(in->limits.space_bytes);
}

static void
handle_note(struct init *in, uint32_t type, const struct step_note *note)
{
	switch (type) {
	case STEP_LIMITS:
		set_limits(in, note);
		break;
	case STEP_SIGNAL:
		signal_step(in, note->n[0], note->n[1]);
		break;
	case STEP_ASK:
		answer(in, note->n[0]);
		break;
	case STEP_GIVE_BACK:
		send_note(in, STEP_GIVEN_BACK,
		    init_give_back(in->give_back_to), 0, 0, 0);
		break;
	default:
		die("message %u is not for us", type);
	}
}

/* One message of the job's process. Its descriptors are closed here: the
 * step has its own copies. */
static void
handle_message(struct init *in)
{
	struct step_header h;
	unsigned char *body;
	struct step_note note;
	int fds[STEP_FDS];

	if (step_recv_header(in->sock, &h, fds) != 1)
		exit(0);
	body = malloc(h.len);
	if (body == NULL)
		die("out of memory");
	if (step_recv_body(in->sock, body, h.len) != 1)
		exit(0);
	if (h.type == STEP_START) {
		start_step(in, body, h.len, fds);
	} else {
		memcpy(&note, body, sizeof(note));
		handle_note(in, h.type, &note);
	}
	free(body);
	for (int i = 0; i < STEP_FDS; i++)
		if (fds[i] != -1)
			close(fds[i]);
}

/* SIGCHLD, or the engine's request to stop. A step that sends us the same is
 * not heeded: it has a pid here, who is outside has none. */
static void
handle_signal(struct init *in)
{
	struct signalfd_siginfo info;

	if (read(in->sigfd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo != SIGCHLD && info.ssi_pid == 0)
		exit(0);
	reap(in);
}

static void
died_unheard(void *ctx, pid_t pid, int status)
{
	struct init *in = ctx;
	struct running *step = find_step(in, pid);

	(void)status;
	if (step != NULL)
		step->pid = 0;
}

static void
look_at_limits(struct init *in)
{
	int64_t bytes;
	int how;

	if (in->limits.memory_bytes > 0)
		init_memory_look(in->limits.memory_bytes);
	else if (in->limits.memory_about > 0)
		init_memory_watch(in->limits.memory_about);
	if (in->space == NULL)
		return;
	how = init_space_look(in->space, &bytes);
	if (how == 0)
		return;
	/* Nothing runs here any more; but the workspace may have to be given
	 * back. */
	init_kill_all(died_unheard, in);
	init_space_free(in->space);
	in->space = NULL;
	send_note(in, STEP_ENDED, how, bytes, 0, 0);
}

static void
serve(struct init *in)
{
	struct pollfd fds[N_POLL] = {
		[CAME_SIGNAL] = { .fd = in->sigfd, .events = POLLIN },
		[CAME_MESSAGE] = { .fd = in->sock, .events = POLLIN },
	};

	bool watch;

	for (;;) {
		watch = in->space != NULL || in->limits.memory_about > 0;
		if (poll(fds, N_POLL, watch ? INIT_LOOK_MS : -1) == -1 &&
		    errno != EINTR)
			die("poll: %s", strerror(errno));
		if (fds[CAME_SIGNAL].revents != 0)
			handle_signal(in);
		if (fds[CAME_MESSAGE].revents != 0)
			handle_message(in);
		look_at_limits(in);
	}
}

/* Signals arrive through a descriptor; steps get an empty mask again. */
static int
catch_signals(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_SETMASK, &set, NULL) == -1)
		die("sigprocmask: %s", strerror(errno));
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	if (fd == -1)
		die("signalfd: %s", strerror(errno));
	return fd;
}

static int
connect_job(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX,
		.sun_path = STEP_CTL_DIR "/" STEP_SOCKET };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1)
		die("socket: %s", strerror(errno));
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) == -1)
		die("cannot connect to %s: %s", addr.sun_path,
		    strerror(errno));
	return fd;
}

/* The image's environment is ours: the job's process builds on it. */
static void
say_hello(struct init *in)
{
	const char *const argv[] = { STEP_VERSION, NULL };
	const struct step_request hello = { .argv = argv,
		.env = (const char *const *)environ, .cwd = "/" };
	size_t len = step_request_size(&hello);
	unsigned char *body = len > 0 ? malloc(len) : NULL;

	if (body == NULL)
		die("the environment of the image is too large");
	step_request_write(&hello, body);
	if (step_send(in->sock, STEP_HELLO, body, len, NULL, 0) == -1)
		exit(0);
	free(body);
}

/* Descriptors 0, 1 and 2 must be taken, or those of a step would land there. */
static void
fill_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd == -1)
		die("/dev/null: %s", strerror(errno));
	close(fd);
}

/* What the engine left open (0, 1 and 2 apart) is not for the steps. */
static void
close_others(void)
{
	long max = sysconf(_SC_OPEN_MAX);

#ifdef HAVE_CLOSE_RANGE
	if (close_range(3, ~0U, 0) == 0)
		return;
#endif
	for (int fd = 3; fd < max; fd++)
		close(fd);
}

/* What is written is our own number in every namespace. */
static void
enter_group(const char *number)
{
	if (write((int)strtol(number, NULL, 10), "0", 1) != 1)
		die("cannot enter the control group: %s", strerror(errno));
}

static void
read_arguments(struct init *in, char **argv)
{
	for (argv++; *argv != NULL; argv++) {
		if (strcmp(*argv, "--own-workspace") == 0)
			in->own_workspace = true;
		else if (strcmp(*argv, "--keep-workspace") == 0)
			in->give_back_to = STEP_WORKSPACE;
		else if (argv[1] == NULL)
			die("what is \"%s\"?", *argv);
		else if (strcmp(*argv, "--enter") == 0)
			enter_group(*++argv);
		else if (strcmp(*argv, "--user") == 0)
			init_user_find(&in->user, *++argv);
		else if (strcmp(*argv, "--files") == 0)
			in->limits.n_files = strtoll(*++argv, NULL, 10);
		else if (strcmp(*argv, "--drop") != 0 ||
		    !init_user_drop(&in->user, *++argv))
			die("what is \"%s\"?", *argv);
	}
}

/* The engine has set HOME for us, who are root. */
static void
prepare_for_user(struct init *in)
{
	const char *home = getenv("HOME");
	int number;

	if (!in->user.given || !in->user.known || in->user.uid == 0)
		return;
	if (in->user.home[0] != '\0' &&
	    (home == NULL || strcmp(home, "/root") == 0 ||
		strcmp(home, "/") == 0) &&
	    setenv("HOME", in->user.home, 1) == -1)
		die("out of memory");
	if (!in->own_workspace)
		return;
	number = init_give(in->user.uid, in->user.gid);
	if (number != 0)
		die("cannot give the workspace to the container's user: %s",
		    strerror(number));
}

int
main(int argc, char **argv)
{
	struct init in = { .give_back_to = STEP_CTL_DIR };

	if (argc > 1 && strcmp(argv[1], "probe") == 0)
		return init_probe(argc - 2, argv + 2);
	if (argc > 1 && (strcmp(argv[1], "address") == 0 ||
	    strcmp(argv[1], "forward") == 0))
		return init_forward(argc - 1, argv + 1);
	if (argc > 1 && (strcmp(argv[1], CARRY_PACK) == 0 ||
	    strcmp(argv[1], CARRY_UNPACK) == 0))
		return init_carry(argc, argv);
	/* Elsewhere "kill everything" would mean the whole machine. */
	if (getpid() != 1)
		die("is started by Pawl as the first process of a container");
	if (prctl(PR_SET_DUMPABLE, 0) == -1)
		die("prctl: %s", strerror(errno));
	read_arguments(&in, argv);
	fill_standard();
	close_others();
	in.sigfd = catch_signals();
	prepare_for_user(&in);
	in.sock = connect_job();
	say_hello(&in);
	serve(&in);
}

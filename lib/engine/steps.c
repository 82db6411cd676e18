/*
 * steps.c - the job's side of the socket to pawl-init.
 *
 * The socket blocks, with a time limit: pawl-init answers at once, so only a
 * container that is frozen or a host that is stuck lets it run out, and then
 * the container counts as gone.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/steps.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"

static_assert(STEP_MAX_RUNNING == CONTAINER_MAX_STEPS,
    "engine.h promises what pawl-init can do");
static_assert(sizeof(STEP_WORKSPACE) == sizeof(ENGINE_WORKSPACE) &&
    sizeof(STEP_RUNNER) == sizeof(ENGINE_RUNNER),
    "both sides know the folders by the same names");

void
steps_init(struct steps *s)
{
	memset(s, 0, sizeof(*s));
	s->listen_fd = -1;
	s->sock = -1;
}

/* Tell what is known of the container's end. */
static int
tell_gone(const struct steps *s, struct err *err)
{
	return err_set(err, s->why.code, "%s", s->why.text);
}

/* The container has ended, or does not answer; errno says which. */
static int
lost(struct steps *s, struct err *err)
{
	s->gone = true;
	s->lost = true;
	s->n_running = 0;
	if (errno == EAGAIN)
		err_set(&s->why, ERR_UNAVAILABLE,
		    "the container did not answer for %d s", STEPS_ANSWER_S);
	else
		err_set(&s->why, ERR_UNAVAILABLE, "the container has ended");
	return tell_gone(s, err);
}

static int
receive(struct steps *s, struct step_header *h, void *body, size_t size,
    struct err *err)
{
	int fds[STEP_FDS], rc;

	errno = 0;
	rc = step_recv_header(s->sock, h, fds);
	if (rc != 1)
		return lost(s, err);
	for (int i = 0; i < STEP_FDS; i++)
		if (fds[i] != -1)
			close(fds[i]); /* pawl-init has none to give */
	if (h->len > size)
		return lost(s, err);
	if (step_recv_body(s->sock, body, h->len) != 1)
		return lost(s, err);
	return 0;
}

static int
receive_hello(struct steps *s, struct err *err)
{
	struct step_header h;

	s->hello_body = mem_calloc(1, STEP_MAX_BYTES);
	if (receive(s, &h, s->hello_body, STEP_MAX_BYTES, err) == -1)
		return -1;
	if (h.type != STEP_HELLO ||
	    step_request_read(s->hello_body, h.len, &s->hello) == -1 ||
	    strcmp(s->hello.argv[0], STEP_VERSION) != 0)
		return err_set(err, ERR_UNAVAILABLE,
		    "the container's pawl-init is of another version: install "
		    "all of Pawl's programs anew");
	return 0;
}

static int
send_note(struct steps *s, enum step_type type, const struct step_note *note,
    struct err *err)
{
	if (s->lost)
		return tell_gone(s, err);
	if (step_send(s->sock, type, note, sizeof(*note), NULL, 0) == -1)
		return lost(s, err);
	return 0;
}

int
steps_accept(struct steps *s, const struct container_spec *spec,
    int timeout_ms, steps_alive_fn alive, void *ctx, struct err *err)
{
	/* No file may be larger than all of them. */
	const struct step_note note = { { spec->workspace_max_bytes,
	    spec->workspace_max_bytes, spec->memory_max_bytes,
	    spec->pids_max } };

	if (steps_wait_for_init(s, timeout_ms, alive, ctx, err) == -1)
		return -1;
	steps_stop_listening(s);
	if (receive_hello(s, err) == -1)
		return -1;
	s->space_bytes = spec->workspace_max_bytes;
	return send_note(s, STEP_LIMITS, &note, err);
}

/* Errors of the pipeline's author are theirs; all others the host's. */
static int
start_failed(const struct step_note *note, const struct container_step *step,
    struct err *err)
{
	int number = (int)note->n[1];

	switch ((enum step_place)note->n[0]) {
	case STEP_AT_CWD:
		return err_set(err, ERR_INVALID,
		    "cannot enter the folder \"%s\": %s", step->cwd,
		    strerror(number));
	case STEP_AT_EXEC:
		if (number == E2BIG)
			return err_set(err, ERR_TOO_LARGE, "arguments and "
			    "environment of \"%s\" are too large for the "
			    "system", step->argv[0]);
		return err_set(err, ERR_NOT_FOUND,
		    "cannot execute \"%s\" in the container: %s",
		    step->argv[0], strerror(number));
	case STEP_AT_SCRIPT:
		return err_set(err, ERR_IO,
		    "cannot write the step's script to \"%s\": %s",
		    step->script_path, strerror(number));
	case STEP_AT_USER:
		return err_set(err, ERR_INVALID, "the container has no such "
		    "user or group as its steps are to have (\"--user\", or "
		    "USER of the image)");
	case STEP_AT_SYSTEM:
		break;
	}
	return err_set(err, ERR_IO, "cannot start \"%s\" in the container: %s",
	    step->argv[0], strerror(number));
}

static int
send_request(struct steps *s, const struct container_step *step,
    struct err *err)
{
	const struct step_request req = { step->argv, step->env, step->cwd,
		step->script, step->script_path };
	const int fds[STEP_FDS] = { step->out, step->err };
	size_t len = step_request_size(&req);
	unsigned char *body;
	int rc;

	if (len == 0)
		return err_set(err, ERR_TOO_LARGE, "the step's script, "
		    "arguments and environment have more than %u MB or %u "
		    "strings", STEP_MAX_BYTES >> 20, STEP_MAX_STRINGS);
	body = mem_calloc(1, len);
	step_request_write(&req, body);
	rc = step_send(s->sock, STEP_START, body, len, fds, STEP_FDS);
	if (rc == -1)
		lost(s, err);
	free(body);
	return rc;
}

/* pawl-init has ended the container; remember why. */
static int
over_space(struct steps *s, const struct step_note *note)
{
	if (note->n[0] == STEP_DISK_FULL)
		return err_set(&s->why, ERR_IO, "the disk of the workspaces "
		    "is full: %" PRId64 " MB left; free some room",
		    note->n[1] >> 20);
	return err_set(&s->why, ERR_TOO_LARGE, "the job's files took %" PRId64
	    " MB, over its limit of %" PRId64 " MB (\"workspace-max-bytes\")",
	    note->n[1] >> 20, s->space_bytes >> 20);
}

/* What STEP_ENDED says: 1 with `end` for the step's own end, -1 for the
 * container's. */
static int
ended(struct steps *s, const struct step_note *note, int64_t *number,
    struct proc_end *end, struct err *err)
{
	*number = note->n[3];
	s->memory_killed = note->n[2] > 0;
	switch ((enum step_how)note->n[0]) {
	case STEP_EXITED:
	case STEP_SIGNALLED:
		end->how = note->n[0] == STEP_EXITED ? PROC_EXITED :
		    PROC_SIGNALLED;
		end->code = (int)note->n[1];
		s->n_running--;
		return 1;
	case STEP_OVER_SPACE:
	case STEP_DISK_FULL:
		break;
	}
	s->gone = true;
	s->n_running = 0;
	over_space(s, note);
	return tell_gone(s, err);
}

/* The answer to a request, in `body` of `size`, where a note has room too;
 * ends of other steps that come before it wait for steps_poll(). */
static int
receive_body(struct steps *s, struct step_header *h, void *body, size_t size,
    struct err *err)
{
	struct step_note *note = body;

	do {
		do
			if (receive(s, h, body, size, err) == -1)
				return -1;
		while (h->type == STEP_KILLED && !s->killing);
		if (h->type != STEP_ENDED)
			return 0;
		if (s->n_early == STEP_MAX_RUNNING) {
			errno = EPROTO;
			return lost(s, err);
		}
		s->early[s->n_early++] = *note;
	} while (note->n[0] == STEP_EXITED || note->n[0] == STEP_SIGNALLED);
	/* The container ended before it took the request. */
	s->gone = true;
	over_space(s, note);
	return tell_gone(s, err);
}

static int
receive_answer(struct steps *s, struct step_header *h,
    struct step_note *note, struct err *err)
{
	return receive_body(s, h, note, sizeof(*note), err);
}

int
steps_start(struct steps *s, const struct container_step *step,
    int64_t *number, struct err *err)
{
	struct step_header h;
	struct step_note note;

	if (s->n_running == STEP_MAX_RUNNING)
		return err_set(err, ERR_BUG, "%d steps are running already",
		    s->n_running);
	if (s->gone)
		return tell_gone(s, err);
	if (send_request(s, step, err) == -1 ||
	    receive_answer(s, &h, &note, err) == -1)
		return -1;
	if (h.type == STEP_FAILED)
		return start_failed(&note, step, err);
	if (h.type == STEP_STARTED) {
		s->n_running++;
		*number = note.n[0];
		return 0;
	}
	errno = EPROTO;
	return lost(s, err);
}

/* The end that came first of those that wait, if any. */
static bool
take_early(struct steps *s, struct step_note *note)
{
	if (s->n_early == 0)
		return false;
	*note = s->early[0];
	s->n_early--;
	memmove(s->early, s->early + 1, s->n_early * sizeof(*s->early));
	return true;
}

int
steps_poll(struct steps *s, int64_t *number, struct proc_end *end,
    struct err *err)
{
	struct pollfd pfd = { .fd = s->sock, .events = POLLIN };
	struct step_header h;
	struct step_note note;

	end->how = PROC_UNKNOWN;
	end->code = 0;
	if (take_early(s, &note))
		return ended(s, &note, number, end, err);
	if (s->gone)
		return tell_gone(s, err);
	if (poll(&pfd, 1, 0) != 1)
		return 0;
	if (receive(s, &h, &note, sizeof(note), err) == -1)
		return -1;
	return h.type == STEP_ENDED ? ended(s, &note, number, end, err) : 0;
}

int
steps_signal(struct steps *s, int64_t number, int signo, struct err *err)
{
	const struct step_note note = { { signo, number } };

	return send_note(s, STEP_SIGNAL, &note, err);
}

int
steps_kill(struct steps *s, int64_t *took_us, struct err *err)
{
	struct step_header h;
	struct step_note note;
	int rc;

	if (s->gone)
		return tell_gone(s, err);
	s->killing = true;
	rc = steps_signal(s, 0, SIGKILL, err);
	if (rc == 0)
		rc = receive_answer(s, &h, &note, err);
	s->killing = false;
	if (rc == -1)
		return -1;
	if (h.type == STEP_KILLED) {
		*took_us = note.n[0];
		return 0;
	}
	errno = EPROTO;
	return lost(s, err);
}

int
steps_ask(struct steps *s, enum step_question question, struct str *out,
    struct err *err)
{
	const struct step_note note = { { question } };
	union {
		struct step_note note;
		char text[STEP_TEXT_BYTES];
	} body;
	struct step_header h;

	if (s->gone)
		return tell_gone(s, err);
	if (send_note(s, STEP_ASK, &note, err) == -1 ||
	    receive_body(s, &h, &body, sizeof(body), err) == -1)
		return -1;
	if (h.type == STEP_TEXT) {
		str_add_len(out, body.text, h.len);
		return 0;
	}
	errno = EPROTO;
	return lost(s, err);
}

/* Wait for the answer, past the end of a step that was still running. */
static int
wait_given_back(struct steps *s, int timeout_ms, struct err *err)
{
	struct pollfd pfd = { .fd = s->sock, .events = POLLIN };
	int64_t until = clock_mono_ms() + timeout_ms, left;
	struct step_header h;
	struct step_note note;

	while ((left = until - clock_mono_ms()) > 0) {
		if (poll(&pfd, 1, (int)left) != 1)
			continue;
		if (receive(s, &h, &note, sizeof(note), err) == -1)
			return -1;
		if (h.type == STEP_GIVEN_BACK && note.n[0] == 0)
			return 0;
		if (h.type == STEP_GIVEN_BACK)
			return err_set(err, ERR_IO, "cannot become the owner "
			    "of the workspace's files: %s",
			    strerror((int)note.n[0]));
	}
	return err_set(err, ERR_TIMEOUT, "becoming the owner of the "
	    "workspace's files took over %d s", timeout_ms / 1000);
}

int
steps_give_back(struct steps *s, int timeout_ms, struct err *err)
{
	const struct step_note none = { { 0 } };

	if (s->lost || s->sock == -1)
		return 0;
	if (steps_signal(s, 0, SIGKILL, err) == -1 ||
	    send_note(s, STEP_GIVE_BACK, &none, err) == -1)
		return -1;
	return wait_given_back(s, timeout_ms, err);
}

void
steps_close(struct steps *s)
{
	steps_stop_listening(s);
	if (s->sock != -1)
		close(s->sock);
	if (s->dir != NULL)
		rmdir(s->dir);
	free(s->dir);
	step_request_release(&s->hello);
	free(s->hello_body);
	steps_init(s);
}

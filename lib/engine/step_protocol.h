/*
 * step_protocol.h - what the job's process and pawl-init say to each other.
 *
 * A stream socket; each message is a header and a body. STEP_START carries
 * the description of a step and, attached to the header, the descriptors for
 * its standard output and error; STEP_HELLO describes pawl-init itself in the
 * same form; every other body is STEP_NOTE_N numbers. Both ends run on one
 * machine, so numbers are in its own byte order.
 *
 *	init                      job's process
 *	STEP_HELLO      ------->
 *	                <-------  STEP_LIMITS
 *	                <-------  STEP_START      again while others run
 *	STEP_STARTED    ------->                  or STEP_FAILED; a STEP_ENDED
 *	                                          of another may come before
 *	                <-------  STEP_SIGNAL     any number, at any time
 *	STEP_ENDED      ------->
 *	STEP_KILLED     ------->                  after SIGKILL to all
 *	                <-------  STEP_ASK        any number
 *	STEP_TEXT       ------->
 *	                <-------  STEP_GIVE_BACK  once, at the end, if at all
 *	STEP_GIVEN_BACK ------->
 *
 * The end of the stream ends everything in the container. Used by the static
 * pawl-init too, so nothing here needs lib/base.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_STEP_PROTOCOL_H
#define PAWL_ENGINE_STEP_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define STEP_VERSION "3"

/* Where things stand inside every container. */
#define STEP_INIT_PATH "/.pawl/init"
#define STEP_CTL_DIR "/.pawl/ctl"
#define STEP_SOCKET "sock" /* in STEP_CTL_DIR */
#define STEP_WORKSPACE "/workspace" /* ENGINE_WORKSPACE */
#define STEP_RUNNER "/runner"       /* ENGINE_RUNNER */
#define STEP_CGROUP_DIR "/.pawl/cgroup" /* sandbox: its own, read-only */
#define STEP_CPU_DIR "/.pawl/cpu" /* likewise, of processors in version 1 */
#define STEP_LAYER_DIR "/.pawl/layer" /* sandbox: what was written over the
                                         image, read-only */

#define STEP_MAX_BYTES (8u << 20) /* of a body: script, arguments, ... */
#define STEP_MAX_STRINGS 20000u   /* arguments and variables together */
#define STEP_FDS 2                /* output and error of a step */
#define STEP_MAX_RUNNING 32       /* at a time */
#define STEP_TEXT_BYTES (16u << 10) /* of a STEP_TEXT, its NUL included */

enum step_type {
	STEP_HELLO = 1,  /* struct step_request: STEP_VERSION as its argument,
	                    the container's own environment */
	STEP_LIMITS,     /* { bytes of the workspace, of one file, of memory,
	                    processes }; 0: none */
	STEP_START,      /* struct step_request */
	STEP_SIGNAL,     /* { signal, number of the step }: to its session; 0
	                    for the number: to all steps, SIGKILL to every
	                    process */
	STEP_GIVE_BACK,  /* {}: make the workspace the caller's, see init.c */
	STEP_STARTED,    /* { number of the step, from 1; never used again } */
	STEP_FAILED,     /* { enum step_place, errno } */
	STEP_ENDED,      /* { enum step_how, code, processes killed for memory
	                    since the step began, number of the step } */
	STEP_GIVEN_BACK, /* { errno } */
	STEP_KILLED,     /* { microseconds until nothing was left } */
	STEP_ASK,        /* { enum step_question } */
	STEP_TEXT,       /* the answer: a text without its NUL, or nothing */
	STEP_N_TYPES
};

/* Where starting a step failed. */
enum step_place {
	STEP_AT_SCRIPT = 1, /* writing the script */
	STEP_AT_CWD,        /* entering the folder */
	STEP_AT_EXEC,       /* executing argv[0] */
	STEP_AT_SYSTEM,     /* fork, limits, descriptors */
	STEP_AT_USER,       /* the image does not have the user */
};

enum step_how {
	STEP_EXITED = 1, /* code is the exit code */
	STEP_SIGNALLED,  /* code is the signal */
	/* pawl-init has killed everything; no further step is to start. */
	STEP_OVER_SPACE, /* code: bytes that were found in the workspace */
	STEP_DISK_FULL,  /* code: bytes that the file system has left */
};

enum step_question {
	STEP_ASK_PROCESSES = 1, /* all, as a tree in lines */
	STEP_ASK_MEMORY,        /* limit, peak, largest process */
};

struct step_header {
	uint32_t type;
	uint32_t len; /* of the body */
};

#define STEP_NOTE_N 4
struct step_note {
	int64_t n[STEP_NOTE_N];
};

/* A step. All strings end with NUL and have none inside. */
struct step_request {
	const char *const *argv; /* ends in NULL, at least one */
	const char *const *env;  /* ends in NULL */
	const char *cwd;
	const char *script;      /* NULL: none */
	const char *script_path; /* NULL without a script */
};

/* Bytes of the encoded request, or 0 when it is over the limits above. */
size_t
step_request_size(const struct step_request *req);

/* Encode into `body`, which has step_request_size() bytes. */
void
step_request_write(const struct step_request *req, unsigned char *body);

/*
 * Decode. The strings stand in `body`, the arrays are allocated: free them
 * with step_request_release(). Returns -1 when the body is malformed.
 */
int
step_request_read(const unsigned char *body, size_t len,
    struct step_request *req);
void
step_request_release(struct step_request *req);

/* Is `len` a length that a body of this type may have? Unknown types have
 * none. */
int
step_header_valid(const struct step_header *h);

/*
 * Send a message, with `n_fds` descriptors (at most STEP_FDS). Returns 0, or
 * -1 with errno set: EPIPE when the other side is gone, EAGAIN at the
 * socket's own time limit.
 */
int
step_send(int sock, enum step_type type, const void *body, size_t len,
    const int *fds, int n_fds);

/*
 * Receive a header and up to STEP_FDS descriptors (close-on-exec); `fds` is
 * filled with -1 where there is none. Returns 1, 0 at the end of the stream,
 * -1 with errno set; EPROTO when the header is not valid.
 */
int
step_recv_header(int sock, struct step_header *h, int fds[STEP_FDS]);

/* Receive the body. Returns as above. */
int
step_recv_body(int sock, void *body, size_t len);

#endif

/*
 * joblog.h - a job's log: the raw bytes as they were printed, secrets masked,
 * and an index beside them. Both files are only ever appended to, in whole
 * write(2) calls, so that nginx serves them while they grow and a reader
 * never sees a torn index line. doc/logs.md describes the two files for
 * those who read them.
 *
 * While all goes well the log is what the steps printed and nothing else: how
 * things went is noted in the index. What a reader of the plain file must know
 * (an image is being pulled, a limit was reached, the job failed or was
 * cancelled) stands in the log, on lines of Pawl that carry stream "pawl".
 * Output beyond the limit is dropped but for its end, which is what tells why a
 * job failed: lines of Pawl say so, and how much it was. Pawl's own lines are
 * never dropped. Who prints faster than the limit of the rate allows is read
 * later, so that its pipe slows it down: nothing is lost by that.
 *
 * Every function that writes returns -1 when a file could not be written:
 * the job must then end, for nothing may be lost in silence.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RUN_JOBLOG_H
#define PAWL_RUN_JOBLOG_H

#include <stddef.h>
#include <stdint.h>
#include "lib/base/err.h"
#include "lib/run/mask.h"

/* Which descriptor bytes came from. */
enum joblog_stream { JOBLOG_STDOUT, JOBLOG_STDERR, JOBLOG_PAWL };

struct joblog;

struct joblog_spec {
	const char *log_path;   /* folders above it are made */
	const char *index_path;
	int64_t max_bytes;      /* of the steps' output; 0: no limit */
	int64_t max_rate;       /* of it, bytes in a second; 0: no limit */
	int echo_fd;            /* -1, or: gets a copy of every byte. When it
	                           cannot be written it is given up */
	struct mask *mask;      /* borrowed until joblog_close() */
};

/* Open both files for appending; a log that is there already is continued. */
int
joblog_open(struct joblog **out, const struct joblog_spec *spec,
    struct err *err);

/* The output of a step. Steps run beside each other, so each has its own. */
struct joblog_source;

struct joblog_source *
joblog_source_new(struct joblog *l, int step);
/* Before the log is closed. NULL is fine. */
void
joblog_source_free(struct joblog_source *s);

/* Bytes that may still become a secret wait for the next call or for
 * joblog_flush(). */
int
joblog_output(struct joblog_source *s, enum joblog_stream stream,
    const char *data, size_t len, struct err *err);

/* How long nothing is to be read, for the limit of the rate; 0: go on. The
 * first time a line of Pawl says so. */
int
joblog_pause_ms(struct joblog *l, int64_t *ms, struct err *err);

/* All output has come: write the end of what was dropped, and how much is
 * missing before it. Once, before Pawl's last line. */
int
joblog_tail(struct joblog *l, struct err *err);

/* The step has ended: nothing more comes from its descriptors. */
int
joblog_flush(struct joblog_source *s, struct err *err);

/* One line of Pawl, written as "pawl: TEXT\n"; secrets in it are masked.
 * `step` 0 is the job as a whole. */
int
joblog_say(struct joblog *l, int step, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* What is good to know and belongs to nobody's output: an event of type
 * "note" in the index only. */
int
joblog_note(struct joblog *l, int step, struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* An event in the index: the members of a JSON object without its braces,
 * such as "\"on\":\"fail\",\"exit_code\":2", or NULL. */
int
joblog_event(struct joblog *l, int step, const char *type,
    const char *members, struct err *err);

/* Where the next byte will stand. */
int64_t
joblog_offset(const struct joblog *l);

/* Flush and close; `l` is freed in any case (NULL is fine). */
int
joblog_close(struct joblog *l, struct err *err);

#endif

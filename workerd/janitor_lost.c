/*
 * janitor_lost.c - the log of an attempt whose process was lost: what became
 * of it, said by who removed what it left.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/janitor.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/run/joblog.h"
#include "lib/store/runs.h"

/* More than any last line of an index. */
#define TAIL_BYTES 4096

struct lost {
	struct job job;
	struct run run;
	struct attempt_end end;
	struct str log, index; /* paths */
};

/* 1 when all is known, 0 when the job or its run are gone. */
static int
find(struct janitor *j, const struct leftover *l, struct lost *lost,
    struct err *err)
{
	struct store *st = j->program.store;
	const char *state = j->program.config.state_dir;
	struct str path = STR_INIT;
	struct layout_run place;
	int rc = job_find_id(st, l->job, &j->arena, &lost->job, err);

	if (rc == 1)
		rc = run_find_id(st, lost->job.run, &j->arena, &lost->run,
		    err);
	if (rc == 1)
		rc = queue_attempt_end(st, lost->job.run, l->job, l->attempt,
		    &j->arena, &lost->end, err);
	if (rc != 1)
		return rc;
	place = run_layout(&lost->run);
	layout_job_log(&path, LAYOUT_LOG, &place, lost->job.key, l->attempt);
	layout_public_file(&lost->log, state, path.s);
	str_clear(&path);
	layout_job_log(&path, LAYOUT_LOG_INDEX, &place, lost->job.key,
	    l->attempt);
	layout_public_file(&lost->index, state, path.s);
	str_release(&path);
	return 1;
}

/* Is there an index whose end is missing? */
static bool
is_open(const struct lost *lost)
{
	char tail[TAIL_BYTES + 1];
	int fd = open(lost->index.s, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	off_t size = fd != -1 ? lseek(fd, 0, SEEK_END) : 0;
	ssize_t n = -1;

	if (fd == -1)
		return false;
	n = pread(fd, tail, TAIL_BYTES, size > TAIL_BYTES ? size -
	    TAIL_BYTES : 0);
	close(fd);
	if (n < 0)
		return false;
	tail[n] = '\0';
	return strstr(tail, "\"type\":\"job-end\"") == NULL;
}

static int
write_end(const struct lost *lost, int attempt, struct mask *mask,
    struct err *err)
{
	const struct joblog_spec spec = { .log_path = lost->log.s,
		.index_path = lost->index.s, .echo_fd = -1, .mask = mask };
	bool again = str_equal(lost->end.type, "job.requeued");
	struct joblog *log;
	int rc;

	if (joblog_open(&log, &spec, err) == -1)
		return -1;
	rc = joblog_say(log, 0, err, "attempt %d was lost: %s%s; its container "
	    "and workspace were removed", attempt, lost->end.reason[0] != '\0' ?
	    lost->end.reason : "nobody knows why", again ?
	    "; the job is tried again" : "");
	if (rc == 0)
		rc = joblog_event(log, 0, "job-end", "\"on\":\"fail\","
		    "\"exit_code\":-1", err);
	return joblog_close(log, err) == -1 ? -1 : rc;
}

void
janitor_close_log(struct janitor *j, const struct leftover *l)
{
	struct lost lost = { .log = STR_INIT, .index = STR_INIT };
	struct mask *mask = mask_new();
	struct err err = { 0 };
	int rc = find(j, l, &lost, &err);

	if (rc == 1 && is_open(&lost))
		rc = write_end(&lost, l->attempt, mask, &err);
	if (rc == -1)
		log_err("the log of a lost attempt could not be closed", &err);
	mask_free(mask);
	str_release(&lost.log);
	str_release(&lost.index);
}

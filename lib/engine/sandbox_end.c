/*
 * sandbox_end.c - the end of a sandbox: its processes and its files.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define END_TIMEOUT_MS 10000

bool
sandbox_read_info(struct sandbox *s, int timeout_ms)
{
	struct pollfd pfd = { .fd = s->info, .events = POLLIN };
	char text[512];
	const char *p;
	ssize_t n;
	long pid;

	if (s->first.pid != 0 || s->info == -1)
		return true;
	if (poll(&pfd, 1, timeout_ms) != 1)
		return false;
	n = read(s->info, text, sizeof(text) - 1);
	if (n <= 0)
		return n == 0;
	text[n] = '\0';
	p = strstr(text, "\"child-pid\":");
	if (p == NULL || sscanf(p, "\"child-pid\": %ld", &pid) != 1)
		return false;
	s->first.pid = (pid_t)pid;
	s->first.started = proc_start_time(s->first.pid);
	return true;
}

/*
 * Kill process 1 and wait for bwrap, its parent: bwrap ends when that is
 * reaped, and it is reaped when nothing of its namespace is left. A bwrap that
 * has no child yet is killed itself.
 */
int
sandbox_end_processes(struct sandbox *s, struct err *err)
{
	struct proc_end end;
	int rc;

	if (s->bwrap.pid == 0)
		return 0;
	sandbox_read_info(s, 0);
	if (s->first.pid > 1 && s->first.started != 0)
		kill(s->first.pid, SIGKILL);
	else
		kill(s->bwrap.pid, SIGKILL);
	rc = proc_wait(&s->bwrap, END_TIMEOUT_MS, &end, err);
	if (rc == 0) {
		kill(s->bwrap.pid, SIGKILL);
		rc = proc_wait(&s->bwrap, END_TIMEOUT_MS, &end, err);
	}
	if (rc == 0)
		return err_set(err, ERR_TIMEOUT, "the sandbox's process %ld "
		    "does not end", (long)s->first.pid);
	s->bwrap.pid = 0;
	return rc == -1 ? -1 : 0;
}

/* In the child that has the image's ids: files of any of them become user
 * 0's, who is ours. */
static int
take_back(void *ctx)
{
	static const char *const folders[] = { "workspace", "runner" };
	const struct sandbox_user root = { .change = true };
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", (const char *)ctx, folders[i]);
		/* What is too deep for that is found by whoever removes it:
		 * sandbox_ids_remove_tree(). */
		if (sandbox_own(path.s, &root, NULL) == -1 &&
		    errno != ENAMETOOLONG && errno != ENOENT)
			rc = -1;
	}
	str_release(&path);
	return rc;
}

int
sandbox_remove_files(struct sandbox *s, struct err *err)
{
	int rc = 0;

	if (s->image.dir != NULL && s->ids.way == SANDBOX_IDS_HELPER &&
	    sandbox_ids_call(&s->ids, take_back, s->work_dir) == -1)
		rc = err_errno(err, "cannot take the files in \"%s\" back",
		    s->work_dir);
	if (sandbox_ids_remove_tree(&s->ids, s->dir, rc == 0 ? err : NULL) ==
	    -1)
		rc = -1;
	return rc;
}

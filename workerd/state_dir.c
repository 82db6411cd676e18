/*
 * state_dir.c - the state directory as the supervisor needs it: its folders,
 * and nobody else in it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/heart.h"
#include "lib/base/mem.h"

#define LOCK_TURNS 100
#define LOCK_PAUSE_NS 20000000

int
state_make_folders(const struct config *config, struct err *err)
{
	static const struct {
		const char *name;
		mode_t mode;
	} folders[] = {
		{ "public", 0755 }, { "private", 0711 }, { "mirrors", 0750 }, { "work", 0711 },
		{ "log", 0750 },
	};
	struct str path = STR_INIT;
	int rc = file_mkdirs(config->state_dir, 0755, err);

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(folders); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", config->state_dir, folders[i].name);
		rc = file_mkdirs(path.s, folders[i].mode, err);
	}
	str_release(&path);
	return rc;
}

/* A supervisor that is killed right when it starts a child leaves the lock to
 * that child, until the child becomes another program: the next supervisor
 * waits that long. */
static int
lock(int fd)
{
	const struct timespec pause = { 0, LOCK_PAUSE_NS };

	for (int turn = 1; flock(fd, LOCK_EX | LOCK_NB) == -1; turn++) {
		if (errno != EWOULDBLOCK || turn == LOCK_TURNS)
			return -1;
		nanosleep(&pause, NULL);
	}
	return 0;
}

int
state_lock(const struct config *config, struct err *err)
{
	struct str path = STR_INIT;
	int fd;

	str_addf(&path, "%s/" HEART_FILE, config->state_dir);
	fd = open(path.s, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd == -1) {
		err_errno(err, "cannot open \"%s\"", path.s);
	} else if (lock(fd) == -1) {
		if (errno == EWOULDBLOCK)
			err_set(err, ERR_CONFLICT, "another pawl-workerd "
			    "runs for \"%s\"", config->state_dir);
		else
			err_errno(err, "cannot lock \"%s\"", path.s);
		close(fd);
		fd = -1;
	} else if (heart_begin(fd, err) == -1) {
		close(fd);
		fd = -1;
	}
	str_release(&path);
	return fd;
}

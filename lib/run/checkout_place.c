/*
 * checkout_place.c - move a checkout into the workspace of a job that runs.
 *
 * Processes of the job may change the workspace at any moment. So only names
 * are moved, from one folder that is held open to another, and what was there
 * is moved out of the job's sight in place of being removed: that is done when
 * the container is gone.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/checkout.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct placing {
	int to;    /* a folder in the workspace */
	int from;  /* the same one of what is new */
	int trash; /* one of its own */
	size_t n;  /* things in it */
};

/* Out of the way, under a name that nothing has. */
static int
throw_away(struct placing *p, const char *name, struct err *err)
{
	char number[32];

	snprintf(number, sizeof(number), "%zu", p->n++);
	if (renameat(p->to, name, p->trash, number) == 0 || errno == ENOENT)
		return 0;
	return err_errno(err, "cannot move \"%s\" away", name);
}

static int
move(struct placing *p, const char *name, struct err *err)
{
	if (throw_away(p, name, err) == -1)
		return -1;
	if (renameat(p->from, name, p->to, name) == -1)
		return err_errno(err, "cannot move \"%s\" into the workspace",
		    name);
	return 0;
}

/* Each name in `dir`. */
static int
for_each(struct placing *p, int dir,
    int (*fn)(struct placing *p, const char *name, struct err *err),
    struct err *err)
{
	int own = openat(dir, ".", FOLDER), rc = 0;
	DIR *list = own != -1 ? fdopendir(own) : NULL;
	struct dirent *entry;

	if (list == NULL) {
		if (own != -1)
			close(own);
		return err_errno(err, "cannot look into the workspace");
	}
	while (rc == 0 && (entry = readdir(list)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			rc = fn(p, entry->d_name, err);
	closedir(list);
	return rc;
}

static int
move_all(struct placing *p, bool clean, struct err *err)
{
	if (clean && for_each(p, p->to, throw_away, err) == -1)
		return -1;
	return for_each(p, p->from, move, err);
}

/* One folder down in both. 1; 0: there is none such yet, so the whole is
 * moved. */
static int
go_down(struct placing *p, const char *name, struct err *err)
{
	int to = openat(p->to, name, FOLDER), from;

	if (to == -1 && errno == ENOENT)
		return move(p, name, err);
	if (to == -1)
		return err_errno(err, "\"path\" leads through \"%s\", which "
		    "is no folder", name);
	from = openat(p->from, name, FOLDER);
	if (from == -1) {
		close(to);
		return err_errno(err, "cannot open what was checked out");
	}
	close(p->to);
	close(p->from);
	p->to = to;
	p->from = from;
	return 1;
}

static int
place(struct placing *p, const char *path, bool clean, struct err *err)
{
	while (*path != '\0') {
		char name[NAME_MAX + 1];
		size_t len = strcspn(path, "/");
		int rc;

		if (len > NAME_MAX)
			return err_set(err, ERR_INVALID, "\"path\" has a name "
			    "that is too long");
		memcpy(name, path, len);
		name[len] = '\0';
		rc = go_down(p, name, err);
		if (rc != 1)
			return rc;
		path += len + (path[len] == '/');
	}
	return move_all(p, clean, err);
}

int
checkout_place(struct job_exec *x, const char *fresh, const char *path,
    bool clean, struct err *err)
{
	struct placing p = { -1, -1, -1, 0 };
	struct str trash = STR_INIT;
	int rc = -1;

	str_addf(&trash, "%s.old", fresh);
	if (file_mkdirs(trash.s, 0700, err) == -1)
		goto out;
	p.trash = open(trash.s, FOLDER);
	p.from = open(fresh, FOLDER);
	p.to = openat(x->workspace, ".", FOLDER);
	if (p.trash == -1 || p.from == -1 || p.to == -1)
		err_errno(err, "cannot open the workspace");
	else
		rc = place(&p, path, clean, err);
out:
	if (p.trash != -1)
		close(p.trash);
	if (p.from != -1)
		close(p.from);
	if (p.to != -1)
		close(p.to);
	str_release(&trash);
	return rc;
}

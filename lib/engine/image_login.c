/*
 * image_login.c - images that came by a job's own login.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/image_login.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/engine/image_name.h"

/* What names of one repository have in common: "postgres" is
 * "docker.io/library/postgres:16", too. */
static void
add_repository(const char *image, struct str *out)
{
	static const char library[] = "library/";
	struct str registry = STR_INIT, name = STR_INIT;
	const char *rest = image;

	image_name_registry(image, &registry);
	if (str_starts_with(image, registry.s) &&
	    image[registry.len] == '/')
		rest += registry.len + 1;
	if (strcmp(registry.s, "docker.io") == 0 &&
	    str_starts_with(rest, library))
		rest += strlen(library);
	str_addf(&name, "%s/%.*s", registry.s, (int)strcspn(rest, ":@"), rest);
	for (size_t i = 0; i < name.len; i++)
		name.s[i] = (char)tolower((unsigned char)name.s[i]);
	path_add_component(out, name.s);
	str_release(&name);
	str_release(&registry);
}

static void
add_path(const struct config *config, const char *image, struct str *out)
{
	str_addf(out, "%s/images/logins/", config->state_dir);
	add_repository(image, out);
}

bool
image_login_needed(const struct config *config, const char *image)
{
	struct str path = STR_INIT;
	bool needed;

	if (config->state_dir == NULL)
		return false;
	add_path(config, image, &path);
	needed = access(path.s, F_OK) == 0;
	str_release(&path);
	return needed;
}

bool
image_login_any(const struct config *config)
{
	struct str path = STR_INIT;
	bool any;

	if (config->state_dir == NULL)
		return false;
	str_addf(&path, "%s/images/logins", config->state_dir);
	any = access(path.s, F_OK) == 0;
	str_release(&path);
	return any;
}

/* Opened and locked, and still the one that the name stands for: 1; 0: it was
 * removed meanwhile. */
static int
open_once(struct image_login *l, struct err *err)
{
	struct stat opened, named;

	l->fd = open(l->path.s, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (l->fd == -1)
		return err_errno(err, "cannot open \"%s\"", l->path.s);
	while (flock(l->fd, LOCK_SH) == -1)
		if (errno != EINTR)
			return err_errno(err, "cannot lock \"%s\"", l->path.s);
	if (fstat(l->fd, &opened) == 0 && stat(l->path.s, &named) == 0 &&
	    opened.st_ino == named.st_ino)
		return 1;
	close(l->fd);
	l->fd = -1;
	return 0;
}

int
image_login_begin(struct image_login *l, const struct config *config,
    const char *image, struct err *err)
{
	struct str dir = STR_INIT;
	int rc;

	if (config->state_dir == NULL)
		return 0;
	str_addf(&dir, "%s/images/logins", config->state_dir);
	rc = file_mkdirs(dir.s, 0700, err);
	str_release(&dir);
	if (rc == -1)
		return -1;
	add_path(config, image, &l->path);
	do
		rc = open_once(l, err);
	while (rc == 0);
	return rc == 1 ? 0 : -1;
}

/* Nobody else has it open for a pull, and no pull has ended well. */
static int
drop(struct image_login *l, struct err *err)
{
	struct stat st;

	if (flock(l->fd, LOCK_EX | LOCK_NB) == -1 ||
	    fstat(l->fd, &st) == -1 || st.st_size > 0)
		return 0;
	if (unlink(l->path.s) == -1 && errno != ENOENT)
		return err_errno(err, "cannot remove \"%s\"", l->path.s);
	return 0;
}

int
image_login_end(struct image_login *l, bool came, struct err *err)
{
	int rc = 0;

	if (l->fd == -1)
		goto out;
	if (!came)
		rc = drop(l, err);
	else if (pwrite(l->fd, "1", 1, 0) != 1)
		rc = err_errno(err, "cannot write \"%s\"", l->path.s);
	close(l->fd);
	l->fd = -1;
out:
	str_release(&l->path);
	return rc;
}

int
image_login_forget(const struct config *config, const char *image,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc = 0;

	if (config->state_dir == NULL)
		return 0;
	add_path(config, image, &path);
	if (unlink(path.s) == -1 && errno != ENOENT)
		rc = err_errno(err, "cannot remove \"%s\"", path.s);
	str_release(&path);
	return rc;
}

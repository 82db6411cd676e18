/*
 * sandbox_layer.c - the writable layer over an image.
 *
 * The image's files are shared by all containers of it; an overlay puts a
 * layer over them that belongs to one container and goes with it. What is to
 * be mounted in the container needs a place there, and an image may have a
 * link of its own making in that place. So places are made in the layer, as
 * plain folders and files: what stands in the layer covers what stands in the
 * image, whatever that is, and nothing of the image is followed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/engine/step_protocol.h"

static const struct {
	const char *path;
	bool file;
	bool job; /* not in containers without a workspace */
} places[] = {
	{ "/dev", false, false },
	{ "/etc/hosts", true, false },
	{ "/etc/resolv.conf", true, false },
	{ "/proc", false, false },
	{ "/sys/devices/system", false, false },
	{ ENGINE_WORKSPACE, false, true },
	{ ENGINE_RUNNER, false, true },
	{ STEP_INIT_PATH, true, false },
	{ STEP_CTL_DIR, false, false },
	{ STEP_CGROUP_DIR, false, false },
	{ STEP_CPU_DIR, false, false },
	{ STEP_LAYER_DIR, false, false },
};

int
sandbox_open_in(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC | O_NONBLOCK),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};

	return (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
}

struct layer {
	int image; /* the image's root */
	struct str path; /* in the layer, on the host */
	size_t top;      /* length of the layer's own */
	const struct sandbox_user *user;
};

/* A folder of the layer takes the place of the image's, so it takes its mode
 * as well. */
static int
make_folder(struct layer *l, struct err *err)
{
	struct stat st;
	mode_t mode = 0755;

	if (fstatat(l->image, l->path.s + l->top + 1, &st,
		AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		mode = st.st_mode & 07777;
	if (mkdir(l->path.s, 0755) == -1)
		return errno == EEXIST ? 0 :
		    err_errno(err, "cannot make \"%s\"", l->path.s);
	if ((l->user->change &&
		chown(l->path.s, l->user->uid, l->user->gid) == -1) ||
	    chmod(l->path.s, mode | 0700) == -1)
		return err_errno(err, "cannot make \"%s\"", l->path.s);
	return 0;
}

static int
make_file(struct layer *l, struct err *err)
{
	int fd = open(l->path.s, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd == -1)
		return err_errno(err, "cannot make \"%s\"", l->path.s);
	if (l->user->change && fchown(fd, l->user->uid, l->user->gid) == -1)
		err_errno(err, "cannot make \"%s\"", l->path.s);
	close(fd);
	return 0;
}

/* `path` is absolute, with no "." or ".." in it. */
static int
make_place(struct layer *l, const char *path, bool file, struct err *err)
{
	const char *next;
	int rc = 0;

	for (; rc == 0 && *path != '\0'; path = next) {
		next = path + 1 + strcspn(path + 1, "/");
		if (next == path + 1)
			continue; /* "//" */
		str_add_len(&l->path, path, (size_t)(next - path));
		rc = *next == '\0' && file ? make_file(l, err) :
		    make_folder(l, err);
	}
	str_cut(&l->path, l->top);
	return rc;
}

const char *
sandbox_resolve(int image, const char *path, struct arena *a)
{
	char real[PATH_MAX], root[PATH_MAX], proc[64];
	size_t len = strlen(path);
	ssize_t n, m;
	int fd = -1;

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", image);
	m = readlink(proc, root, sizeof(root));
	/* The longest part of it that the image has, and the rest as it is. */
	while (len > 0) {
		fd = sandbox_open_in(image, arena_strndup(a, path, len),
		    O_PATH);
		if (fd != -1)
			break;
		while (len > 0 && path[--len] != '/')
			continue;
	}
	if (fd == -1)
		return path;
	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", fd);
	n = readlink(proc, real, sizeof(real));
	close(fd);
	if (m <= 0 || n < m || memcmp(real, root, (size_t)m) != 0)
		return path;
	return arena_printf(a, "%.*s%s", (int)(n - m), real + m, path + len);
}

static int
make_mount_places(struct layer *l, const struct sandbox_mounts *mounts,
    struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < mounts->n; i++)
		rc = make_place(l, mounts->list[i].target,
		    mounts->list[i].file, err);
	return rc;
}

/* The folders that the overlay is made of. */
static int
make_folders(const struct sandbox *s, struct err *err)
{
	static const char *const names[] = { "upper", "overlay", "root",
		"lower" };
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(names); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", s->dir, names[i]);
		rc = file_mkdirs(path.s, 0755, err);
		if (rc == 0)
			rc = sandbox_own(path.s, &s->user, err);
	}
	str_release(&path);
	return rc;
}

int
sandbox_layer_make(const struct sandbox *s, int image, bool bare,
    const struct sandbox_mounts *mounts, struct err *err)
{
	struct layer l = { .image = image, .path = STR_INIT,
		.user = &s->user };
	int rc = make_folders(s, err);

	str_addf(&l.path, "%s/upper", s->dir);
	l.top = l.path.len;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(places); i++)
		if (!bare || !places[i].job)
			rc = make_place(&l, places[i].path, places[i].file,
			    err);
	if (rc == 0)
		rc = make_mount_places(&l, mounts, err);
	str_release(&l.path);
	return rc;
}

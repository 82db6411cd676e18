/*
 * oci_unpack.c - make a folder of an image's layers, by umoci.
 *
 * Layers come from strangers. umoci runs as the image's own user 0, who is
 * nobody on the host (sandbox_ids.h), and in a mount namespace that shows it
 * the temporary folder where that user can go.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/engine/image_name.h"
#include "lib/engine/sandbox.h"

#define UNPACK_TIMEOUT_MS (60 * 60000)
#define LOOK_MS 250
#define FLOOR_BYTES (INT64_C(256) << 20) /* of the disk, for all others */
#define MAX_MESSAGES 65536

struct unpack {
	const struct oci_store *store;
	const char *dir; /* the temporary folder */
	struct str layout, root, said;
	struct proc umoci;
	int messages;
};

/* In the child. An ordinary user goes where it is; root's user 0 may not. */
static int
enter(void *ctx)
{
	const struct unpack *u = ctx;
	const struct sandbox_ids *ids = &u->store->ids;

	if (ids->way == SANDBOX_IDS_ROOT &&
	    (unshare(CLONE_NEWNS) == -1 ||
		mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == -1 ||
		mount(u->dir, SANDBOX_STAGE, NULL, MS_BIND, NULL) == -1))
		return -1;
	return sandbox_ids_enter(ids);
}

static int64_t
free_bytes(const char *dir)
{
	struct statvfs fs;

	return statvfs(dir, &fs) == 0 ?
	    (int64_t)(fs.f_bavail * fs.f_frsize) : INT64_MAX;
}

static int
failed(struct unpack *u, const struct proc_end *end, struct err *err)
{
	struct str line = STR_INIT;

	if (file_read(u->said.s, MAX_MESSAGES, &line, NULL) == 0) {
		struct str all = line;

		str_init(&line);
		image_last_line(all.s, &line);
		str_release(&all);
	}
	if (line.len == 0)
		proc_end_text(end, &line);
	err_set(err, ERR_INVALID, "the image cannot be unpacked: %s", line.s);
	str_release(&line);
	return -1;
}

/* Wait for umoci, with an eye on the disk: nobody can tell beforehand how
 * large the files are that a layer holds. */
static int
wait_unpacked(struct unpack *u, struct err *err)
{
	int64_t until = clock_mono_ms() + UNPACK_TIMEOUT_MS;
	int64_t before = free_bytes(u->dir);
	int64_t max = u->store->config->sandbox_images_max_bytes;
	struct proc_end end;
	int64_t left;
	int rc;

	while ((rc = proc_wait(&u->umoci, LOOK_MS, &end, err)) == 0) {
		left = free_bytes(u->dir);
		if (left < FLOOR_BYTES)
			return err_set(err, ERR_IO, "unpacking the image: the "
			    "disk has less than %d MiB left",
			    (int)(FLOOR_BYTES >> 20));
		if (max > 0 && before - left > max)
			return err_set(err, ERR_TOO_LARGE, "unpacked, the "
			    "image has more bytes than "
			    "\"sandbox-images-max-bytes\" allows");
		if (clock_mono_ms() >= until)
			return err_set(err, ERR_TIMEOUT, "unpacking the image "
			    "took too long");
	}
	if (rc == -1)
		return -1;
	u->umoci.pid = 0;
	if (end.how == PROC_EXITED && end.code == 0)
		return 0;
	return failed(u, &end, err);
}

static int
run(struct unpack *u, struct err *err)
{
	bool one = u->store->ids.way == SANDBOX_IDS_ONE;
	const char *const argv[] = { "umoci", "raw", "unpack", "--image",
		u->layout.s, one ? "--rootless" : u->root.s,
		one ? u->root.s : NULL, NULL };
	const struct proc_spec spec = { .argv = argv, .cwd = "/",
		.in = PROC_NULL, .out = PROC_NULL, .err = u->messages,
		.die_with_parent = true, .prepare = enter, .prepare_ctx = u };
	struct proc_end end;
	int rc;

	if (proc_spawn(&spec, &u->umoci, err) == -1) {
		if (err != NULL && err->code == ERR_NOT_FOUND)
			return err_set(err, ERR_UNSUPPORTED, "images of the "
			    "sandbox are unpacked by umoci, which is not "
			    "installed: install the package \"umoci\", or "
			    "use the engine \"docker\"");
		return err_wrap(err, "unpacking the image");
	}
	rc = wait_unpacked(u, err);
	if (u->umoci.pid != 0) {
		kill(u->umoci.pid, SIGKILL);
		proc_wait(&u->umoci, -1, &end, NULL);
	}
	return rc;
}

/* All of it on the disk before it gets its name: it is used for long. */
static int
settle(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd == -1 ? -1 : syncfs(fd);

	if (rc == -1)
		err_errno(err, "cannot write \"%s\"", path);
	if (fd != -1)
		close(fd);
	return rc;
}

int
oci_unpack(const struct oci_store *s, const char *dir, struct err *err)
{
	bool staged = s->ids.way == SANDBOX_IDS_ROOT;
	const char *base = staged ? SANDBOX_STAGE : dir;
	struct unpack u = { .store = s, .dir = dir, .layout = STR_INIT,
		.root = STR_INIT, .said = STR_INIT };
	struct str image = STR_INIT;
	int rc = -1;

	str_addf(&u.layout, "%s/layout:image", base);
	str_addf(&u.root, "%s/image/root", base);
	str_addf(&u.said, "%s/messages", dir);
	str_addf(&image, "%s/image", dir);
	u.messages = open(u.said.s, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);
	if (u.messages == -1)
		err_errno(err, "cannot write \"%s\"", u.said.s);
	else if (staged && (chmod(dir, 0755) == -1 ||
			       chown(image.s, s->ids.uid, s->ids.gid) == -1))
		err_errno(err, "cannot give away \"%s\"", image.s);
	else if (run(&u, err) == 0)
		rc = settle(image.s, err);
	if (u.messages != -1)
		close(u.messages);
	str_release(&u.layout);
	str_release(&u.root);
	str_release(&u.said);
	str_release(&image);
	return rc;
}

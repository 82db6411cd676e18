/*
 * sandbox_host.c - what a sandbox job sees of the host.
 *
 * Paths are rows: a name added here appears in every sandbox. What stands in
 * /etc was chosen by two questions: do ordinary builds need it, and can it
 * never hold a secret.
 *
 * Folders and large files are mounted; small files are copied into the
 * sandbox's memory, as bwrap reads the table of all mounts for each that it
 * makes: a third of its time went into single files of /etc.
 *
 * What is Pawl's own may stand among it (a build for /usr/local keeps its
 * state below /usr), and unless root starts the sandbox its user may read it:
 * so that is covered again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/engine/sandbox_args.h"

#define COPY_MAX_BYTES 131072 /* of a file */

/* At the same place, read-only, when it is there. */
static const char *const host_paths[] = {
	"/etc/alternatives", "/etc/bash.bashrc", "/etc/ca-certificates",
	"/etc/ca-certificates.conf", "/etc/crypto-policies",
	"/etc/debian_version", "/etc/fonts", "/etc/gai.conf",
	"/etc/host.conf", "/etc/inputrc", "/etc/java-11-openjdk",
	"/etc/java-17-openjdk", "/etc/java-21-openjdk", "/etc/ld.so.cache",
	"/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime",
	"/etc/magic", "/etc/mime.types", "/etc/networks",
	"/etc/nsswitch.conf", "/etc/os-release", "/etc/perl",
	"/etc/pki/ca-trust", "/etc/pki/tls/certs", "/etc/profile",
	"/etc/profile.d", "/etc/protocols", "/etc/python3",
	"/etc/python3.11", "/etc/rpc", "/etc/services", "/etc/skel",
	"/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/terminfo",
	"/etc/timezone", "/etc/xml", "/sys/devices/system",
	"/var/lib/dpkg", /* which packages there are; configure asks it */
};

/* Links into /usr on most systems, folders on some. */
static const char *const system_folders[] = {
	"/bin", "/lib", "/lib32", "/lib64", "/libx32", "/sbin",
};

/* With the network of the host come its ways to find names. */
static const char resolver[] = "/etc/resolv.conf";

/* Files of our own. */
static const struct {
	const char *path, *text;
} own_files[] = {
	{ "/etc/passwd",
	    "root:x:0:0:root:/root:/usr/sbin/nologin\n"
	    "pawl:x:1000:1000:pawl:/home/pawl:/bin/sh\n"
	    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n" },
	{ "/etc/group",
	    "root:x:0:\n"
	    "pawl:x:1000:\n"
	    "nogroup:x:65534:\n" },
};

static_assert(ARRAY_LEN(host_paths) + ARRAY_LEN(own_files) + 1 <=
    SANDBOX_MAX_HOST, "there is room for all");

/* --- what is there -------------------------------------------------------- */

static void
add(struct sandbox_host *h, const char *path, int fd, mode_t mode)
{
	h->list[h->n++] = (struct sandbox_host_file){ path, fd, mode };
}

/* A file that only some may read is mounted: then who may is asked of whoever
 * reads it, and not of us. */
static bool
is_copied(const struct stat *st)
{
	return S_ISREG(st->st_mode) && (st->st_mode & S_IROTH) != 0 &&
	    st->st_size <= COPY_MAX_BYTES;
}

static void
open_path(struct sandbox_host *h, const char *path)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == -1)
		return;
	fd = is_copied(&st) ? open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY |
	    O_CLOEXEC) : -1;
	add(h, path, fd, st.st_mode & 0755);
}

/* A text waits in a pipe until it is read. */
static int
open_text(struct sandbox_host *h, const char *path, const char *text,
    struct err *err)
{
	size_t len = strlen(text);
	int fds[2], rc = 0;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	add(h, path, fds[0], 0644);
	if (write(fds[1], text, len) != (ssize_t)len)
		rc = err_errno(err, "cannot write into a pipe");
	close(fds[1]);
	return rc;
}

int
sandbox_host_open(struct sandbox_host *h, bool network, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(host_paths); i++)
		open_path(h, host_paths[i]);
	if (network)
		open_path(h, resolver);
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(own_files); i++)
		rc = open_text(h, own_files[i].path, own_files[i].text, err);
	return rc;
}

void
sandbox_host_close(struct sandbox_host *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->list[i].fd != -1)
			close(h->list[i].fd);
	h->n = 0;
}

size_t
sandbox_host_fds(const struct sandbox_host *h, int *fds)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++)
		if (h->list[i].fd != -1)
			fds[n++] = h->list[i].fd;
	return n;
}

/* --- the command line ----------------------------------------------------- */

static void
add_system_folders(struct sandbox_args *args)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;

	for (size_t i = 0; i < ARRAY_LEN(system_folders); i++) {
		const char *path = system_folders[i];

		if (lstat(path, &st) == -1)
			continue;
		if (!S_ISLNK(st.st_mode)) {
			sandbox_add_mount(args, "--ro-bind", path, path);
			continue;
		}
		n = readlink(path, target, sizeof(target));
		if (n > 0 && (size_t)n < sizeof(target))
			sandbox_add_mount(args, "--symlink",
			    arena_strndup(args->a, target, (size_t)n), path);
	}
}

static bool
lies_in(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	return strncmp(path, folder, len) == 0 &&
	    (path[len] == '/' || path[len] == '\0');
}

/* Would a job see this path of the host? */
static bool
is_shown(const char *path)
{
	if (lies_in(path, "/usr"))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(system_folders); i++)
		if (lies_in(path, system_folders[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(host_paths); i++)
		if (lies_in(path, host_paths[i]))
			return true;
	return false;
}

/* Cover a file or folder of ours; one that is not there needs no cover. */
static void
hide(struct sandbox_args *args, const char *path)
{
	char real[PATH_MAX];
	const char *at;
	struct stat st;

	if (path == NULL || realpath(path, real) == NULL ||
	    !is_shown(real) || stat(real, &st) == -1)
		return;
	at = arena_strdup(args->a, real);
	if (!S_ISDIR(st.st_mode)) {
		sandbox_add_mount(args, "--ro-bind", "/dev/null", at);
		return;
	}
	sandbox_add(args, "--tmpfs");
	sandbox_add(args, at);
	sandbox_add(args, "--remount-ro");
	sandbox_add(args, at);
}

static void
hide_own(struct sandbox_args *args, const struct config *config)
{
	hide(args, config->state_dir);
	hide(args, config->run_dir);
	for (size_t i = 0; i < config->n_secrets; i++)
		hide(args, config->secrets[i].path);
	hide(args, config->docker_config);
	hide(args, config->docker_tls);
	for (size_t i = 0; i < config->n_registries; i++)
		hide(args, config->registries[i].path);
	for (size_t i = 0; i < config->n_webhook_secrets; i++)
		hide(args, config->webhook_secrets[i].path);
}

static void
add_file(struct sandbox_args *args, const struct sandbox_host_file *file)
{
	if (file->fd == -1) {
		sandbox_add_mount(args, "--ro-bind-try", file->path,
		    file->path);
		return;
	}
	sandbox_add_pair(args, "--perms", arena_printf(args->a, "%04o",
	    (unsigned int)file->mode));
	sandbox_add_mount(args, "--file", arena_printf(args->a, "%d",
	    file->fd), file->path);
}

void
sandbox_add_host(struct sandbox_args *args, const struct sandbox_look *look)
{
	add_system_folders(args);
	for (size_t i = 0; i < look->host->n; i++)
		add_file(args, &look->host->list[i]);
	hide_own(args, look->config);
}

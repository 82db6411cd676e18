/*
 * sandbox_args.c - bwrap's command line: what a sandbox job sees.
 *
 * Mounts are rows: a name added here appears in every sandbox. What stands in
 * /etc was chosen by two questions: do ordinary builds need it, and can it
 * never hold a secret.
 *
 * What is Pawl's own may stand among it (a build for /usr/local keeps its
 * state below /usr), and unless root starts the sandbox its user may read it:
 * so that is covered again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/engine/step_protocol.h"

/* Memory that a job may take by files in memory. */
#define RUN_BYTES "67108864"
#define SHM_BYTES "1073741824"

/* Of the host, at the same place, read-only, when it is there. */
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

static const char *const before[] = {
	"bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid",
	"1000", "--hostname", "sandbox", "--die-with-parent", "--new-session",
	"--as-pid-1", "--cap-drop", "ALL", "--clearenv", "--setenv", "PATH",
	"/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
	"--setenv", "HOME", "/home/pawl", "--setenv", "USER", "pawl",
	"--setenv", "LOGNAME", "pawl", "--setenv", "LANG", "C.UTF-8",
	"--perms", "0755", "--dir", "/etc", "--perms", "0755", "--dir",
	"/home", "--perms", "0755", "--dir", "/var",
	"--proc", "/proc", "--dev", "/dev", "--size", SHM_BYTES, "--perms",
	"1777", "--tmpfs", "/dev/shm", "--size", RUN_BYTES, "--perms", "1777",
	"--tmpfs", "/run", "--ro-bind", "/usr", "/usr", "--symlink", "/tmp",
	"/var/tmp",
};

/* The folders that the mounts stand in are in memory: nothing may be made
 * there, as nobody counts it. */
static const char *const after[] = {
	"--remount-ro", "/dev", "--remount-ro", "/", "--chdir",
	ENGINE_WORKSPACE, "--", STEP_INIT_PATH, NULL,
};

const char *const sandbox_try_args[] = {
	"bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid",
	"1000", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL",
	"--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--",
	"/bin/true", NULL,
};

struct args {
	struct arena *a;
	const char **list;
	size_t n;
};

static void
add(struct args *args, const char *arg)
{
	const char **slot;

	slot = arena_push(args->a, &args->list, &args->n, sizeof(*slot));
	*slot = arg;
}

static void
add_list(struct args *args, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(args, list[i]);
}

static void
add_mount(struct args *args, const char *how, const char *from,
    const char *to)
{
	add(args, how);
	add(args, from);
	add(args, to);
}

/* A path below the work dir. */
static const char *
below(struct args *args, const char *base, const char *name)
{
	return arena_printf(args->a, "%s/%s", base, name);
}

static void
add_system_folders(struct args *args)
{
	char target[PATH_MAX];
	struct stat st;
	ssize_t n;

	for (size_t i = 0; i < ARRAY_LEN(system_folders); i++) {
		const char *path = system_folders[i];

		if (lstat(path, &st) == -1)
			continue;
		if (!S_ISLNK(st.st_mode)) {
			add_mount(args, "--ro-bind", path, path);
			continue;
		}
		n = readlink(path, target, sizeof(target));
		if (n > 0 && (size_t)n < sizeof(target))
			add_mount(args, "--symlink",
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
hide(struct args *args, const char *path)
{
	char real[PATH_MAX];
	const char *at;
	struct stat st;

	if (path == NULL || realpath(path, real) == NULL ||
	    !is_shown(real) || stat(real, &st) == -1)
		return;
	at = arena_strdup(args->a, real);
	if (!S_ISDIR(st.st_mode)) {
		add_mount(args, "--ro-bind", "/dev/null", at);
		return;
	}
	add(args, "--tmpfs");
	add(args, at);
	add(args, "--remount-ro");
	add(args, at);
}

static void
hide_own(struct args *args, const struct config *config)
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

/* With the network of the host come its ways to find names. */
static void
add_network(struct args *args, const char *base, bool network)
{
	if (!network) {
		add_mount(args, "--ro-bind", below(args, base,
		    "sandbox/etc/hosts"), "/etc/hosts");
		return;
	}
	add(args, "--share-net");
	add_mount(args, "--ro-bind-try", "/etc/hosts", "/etc/hosts");
	add_mount(args, "--ro-bind-try", "/etc/resolv.conf",
	    "/etc/resolv.conf");
}

static void
add_own(struct args *args, const char *base)
{
	static const struct {
		const char *how;
		const char *from;
		const char *to;
	} mounts[] = {
		{ "--bind", "workspace", ENGINE_WORKSPACE },
		{ "--bind", "runner", ENGINE_RUNNER },
		{ "--bind", "sandbox/home", "/home/pawl" },
		{ "--bind", "sandbox/tmp", "/tmp" },
		{ "--ro-bind", "sandbox/etc/passwd", "/etc/passwd" },
		{ "--ro-bind", "sandbox/etc/group", "/etc/group" },
		{ "--ro-bind", "ctl", STEP_CTL_DIR },
	};

	for (size_t i = 0; i < ARRAY_LEN(mounts); i++)
		add_mount(args, mounts[i].how,
		    below(args, base, mounts[i].from), mounts[i].to);
}

const char *const *
sandbox_args(const struct config *config, const struct container_spec *spec,
    const char *base, const char *init, const char *memory_group, int info_fd,
    struct arena *a)
{
	struct args args = { a, NULL, 0 };

	add_list(&args, before, ARRAY_LEN(before));
	add_system_folders(&args);
	for (size_t i = 0; i < ARRAY_LEN(host_paths); i++)
		add_mount(&args, "--ro-bind-try", host_paths[i],
		    host_paths[i]);
	hide_own(&args, config);
	add_network(&args, base, spec->network);
	add_own(&args, base);
	add_mount(&args, "--ro-bind", init, STEP_INIT_PATH);
	if (memory_group != NULL)
		add_mount(&args, "--ro-bind-try", memory_group,
		    STEP_CGROUP_DIR);
	add(&args, "--info-fd");
	add(&args, arena_printf(a, "%d", info_fd));
	add_list(&args, after, ARRAY_LEN(after));
	return args.list;
}

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
#include "lib/engine/ops.h"
#include "lib/engine/sandbox_args.h"
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
	"1000", "--new-session", "--as-pid-1", "--cap-drop", "ALL", "--clearenv", "--setenv", "PATH",
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
	"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/", "--",
	STEP_INIT_PATH,
};

const char *const sandbox_try_args[] = {
	"bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid",
	"1000", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL",
	"--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--",
	"/bin/true", NULL,
};

void
sandbox_add(struct sandbox_args *args, const char *arg)
{
	const char **slot;

	slot = arena_push(args->a, &args->list, &args->n, sizeof(*slot));
	*slot = arg;
}

void
sandbox_add_list(struct sandbox_args *args, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sandbox_add(args, list[i]);
}

void
sandbox_add_pair(struct sandbox_args *args, const char *option,
    const char *value)
{
	sandbox_add(args, option);
	sandbox_add(args, value);
}

void
sandbox_add_mount(struct sandbox_args *args, const char *how,
    const char *from, const char *to)
{
	sandbox_add(args, how);
	sandbox_add(args, from);
	sandbox_add(args, to);
}

const char *
sandbox_below(struct sandbox_args *args, const char *base, const char *name)
{
	return arena_printf(args->a, "%s/%s", base, name);
}

void
sandbox_add_own(struct sandbox_args *args, const struct sandbox_look *look)
{
	const struct container_spec *spec = look->spec;

	sandbox_add_mount(args, "--ro-bind", sandbox_below(args, look->base,
	    spec->ctl != NULL ? spec->ctl : "ctl"), STEP_CTL_DIR);
	if (!spec->bare) {
		sandbox_add_mount(args, "--bind", sandbox_below(args,
		    look->base, "workspace"), ENGINE_WORKSPACE);
		sandbox_add_mount(args, "--bind", sandbox_below(args,
		    look->base, "runner"), ENGINE_RUNNER);
	}
	sandbox_add_mount(args, "--ro-bind", look->init, STEP_INIT_PATH);
	if (look->memory_group != NULL)
		sandbox_add_mount(args, "--ro-bind-try", look->memory_group,
		    STEP_CGROUP_DIR);
	if (look->cpu_group != NULL)
		sandbox_add_mount(args, "--ro-bind-try", look->cpu_group,
		    STEP_CPU_DIR);
}

void
sandbox_add_init(struct sandbox_args *args, const struct sandbox_look *look)
{
	const struct container_spec *spec = look->spec;
	const struct container_options *o = spec->options;

	for (size_t i = 0; i < look->n_entries; i++)
		sandbox_add_pair(args, "--enter", arena_printf(args->a, "%d",
		    look->entries[i]));
	if (look->user != NULL && look->user[0] != '\0')
		sandbox_add_pair(args, "--user", look->user);
	if (spec->nofile_max > 0)
		sandbox_add_pair(args, "--files", arena_printf(args->a,
		    "%" PRId64, spec->nofile_max));
	for (size_t i = 0; o != NULL && i < o->n_cap_drop; i++)
		sandbox_add_pair(args, "--drop", o->cap_drop[i]);
	/* With one id it is the user's already, whoever that is inside. */
	if (!spec->bare && !look->one_id && spec->role == CONTAINER_JOB)
		sandbox_add(args, "--own-workspace");
	sandbox_add(args, NULL);
}

void
sandbox_add_mounts(struct sandbox_args *args, const struct sandbox_look *look)
{
	const struct sandbox_mounts *mounts = &look->mounts;

	for (size_t i = 0; i < mounts->n; i++) {
		const struct sandbox_mount *m = &mounts->list[i];

		if (i < mounts->first_tmpfs) {
			sandbox_add_mount(args, m->read_only ? "--ro-bind" :
			    "--bind", m->source, m->target);
			continue;
		}
		sandbox_add_pair(args, "--size", m->source);
		sandbox_add_pair(args, "--perms", "1777");
		sandbox_add_pair(args, "--tmpfs", m->target);
	}
}

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

/* With the network of the host come its ways to find names. */
static void
add_network(struct sandbox_args *args, const struct sandbox_look *look)
{
	if (look->spec->network || look->own_network)
		sandbox_add(args, "--share-net");
	sandbox_add_mount(args, "--ro-bind", sandbox_below(args, look->dir,
	    "etc/hosts"), "/etc/hosts");
	if (look->spec->network)
		sandbox_add_mount(args, "--ro-bind-try", "/etc/resolv.conf",
		    "/etc/resolv.conf");
}

static void
add_folders(struct sandbox_args *args, const char *dir)
{
	static const struct {
		const char *how;
		const char *from;
		const char *to;
	} mounts[] = {
		{ "--bind", "home", "/home/pawl" },
		{ "--bind", "tmp", "/tmp" },
		{ "--ro-bind", "etc/passwd", "/etc/passwd" },
		{ "--ro-bind", "etc/group", "/etc/group" },
	};

	for (size_t i = 0; i < ARRAY_LEN(mounts); i++)
		sandbox_add_mount(args, mounts[i].how,
		    sandbox_below(args, dir, mounts[i].from), mounts[i].to);
}

const char *const *
sandbox_args(const struct sandbox_look *look, struct arena *a)
{
	struct sandbox_args args = { a, NULL, 0 };

	sandbox_add_list(&args, before, ARRAY_LEN(before));
	sandbox_add_pair(&args, "--hostname", look->hostname);
	add_system_folders(&args);
	for (size_t i = 0; i < ARRAY_LEN(host_paths); i++)
		sandbox_add_mount(&args, "--ro-bind-try", host_paths[i],
		    host_paths[i]);
	hide_own(&args, look->config);
	add_network(&args, look);
	add_folders(&args, look->dir);
	sandbox_add_own(&args, look);
	sandbox_add_mounts(&args, look);
	sandbox_add_pair(&args, "--info-fd", arena_printf(a, "%d",
	    look->info_fd));
	sandbox_add_list(&args, after, ARRAY_LEN(after));
	sandbox_add_init(&args, look);
	return args.list;
}

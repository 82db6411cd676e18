/*
 * sandbox_args.c - bwrap's command line: what a sandbox job sees.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/engine/ops.h"
#include "lib/engine/sandbox_args.h"
#include "lib/engine/step_protocol.h"

/* Memory that a job may take by files in memory. */
#define RUN_BYTES "67108864"
#define SHM_BYTES "1073741824"

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
add_network(struct sandbox_args *args, const struct sandbox_look *look)
{
	if (look->spec->network || look->own_network)
		sandbox_add(args, "--share-net");
	sandbox_add_mount(args, "--ro-bind", sandbox_below(args, look->dir,
	    "etc/hosts"), "/etc/hosts");
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
	sandbox_add_host(&args, look);
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

/*
 * sandbox_image_args.c - bwrap's command line for a container of an image.
 *
 * bwrap starts as user 0 of a user namespace of ours (sandbox_ids.h), with
 * the overlay mounted (sandbox_user.c): it has to make the other namespaces
 * and the mounts only.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/engine/sandbox_args.h"
#include "lib/engine/step_protocol.h"

#define SHM_BYTES INT64_C(67108864) /* Docker's */
#define PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:" \
	"/bin" /* Docker's, for images that set none */

static const char *const before[] = {
	"bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-uts",
	"--unshare-cgroup-try", "--new-session", "--as-pid-1", "--clearenv",
};

/* What root of an image may do to the image: Docker's list without MKNOD and
 * NET_RAW. All of it ends at the borders of the user namespace. */
static const char *const capabilities[] = {
	"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL",
	"NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID",
	"SYS_CHROOT",
};

/* What a job drops is dropped by pawl-init, for the steps alone. */
static void
add_capabilities(struct sandbox_args *args, const struct sandbox_look *look)
{
	const struct container_options *o = look->spec->options;

	sandbox_add_pair(args, "--cap-drop", "ALL");
	for (size_t i = 0; i < ARRAY_LEN(capabilities); i++)
		sandbox_add_pair(args, "--cap-add", arena_printf(args->a,
		    "CAP_%s", capabilities[i]));
	for (size_t i = 0; o != NULL && i < o->n_cap_add; i++)
		sandbox_add_pair(args, "--cap-add", arena_printf(args->a,
		    strncmp(o->cap_add[i], "CAP_", 4) == 0 ? "%s" : "CAP_%s",
		    o->cap_add[i]));
}

static void
add_variable(struct sandbox_args *args, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || equals == text)
		return;
	sandbox_add(args, "--setenv");
	sandbox_add(args, arena_strndup(args->a, text,
	    (size_t)(equals - text)));
	sandbox_add(args, equals + 1);
}

static void
add_environment(struct sandbox_args *args, const struct sandbox_look *look)
{
	add_variable(args, PATH);
	add_variable(args, "HOME=/root"); /* pawl-init knows that of others */
	for (const char *const *e = look->env; *e != NULL; e++)
		add_variable(args, *e);
}

static void
add_mounts(struct sandbox_args *args, const struct sandbox_look *look)
{
	const char *shm;
	int64_t bytes = SHM_BYTES;

	if (look->spec->shm_bytes > 0)
		bytes = look->spec->shm_bytes;
	shm = arena_printf(args->a, "%lld", (long long)bytes);
	sandbox_add_mount(args, "--bind", sandbox_below(args, look->dir,
	    "root"), "/");
	sandbox_add_pair(args, "--proc", "/proc");
	sandbox_add_pair(args, "--dev", "/dev");
	sandbox_add_pair(args, "--size", shm);
	sandbox_add_pair(args, "--perms", "1777");
	sandbox_add_pair(args, "--tmpfs", "/dev/shm");
	sandbox_add_mount(args, "--ro-bind-try", "/sys/devices/system",
	    "/sys/devices/system");
	if (look->spec->network)
		sandbox_add_mount(args, "--ro-bind-try", "/etc/resolv.conf",
		    "/etc/resolv.conf");
	sandbox_add_mount(args, "--bind", sandbox_below(args, look->dir,
	    "etc/hosts"), "/etc/hosts");
	sandbox_add_mount(args, "--ro-bind", sandbox_below(args, look->dir,
	    "upper"), STEP_LAYER_DIR);
	sandbox_add_own(args, look);
}

const char *const *
sandbox_image_args(const struct sandbox_look *look, struct arena *a)
{
	struct sandbox_args args = { a, NULL, 0 };

	sandbox_add_list(&args, before, ARRAY_LEN(before));
	if (!look->spec->network && !look->own_network)
		sandbox_add(&args, "--unshare-net");
	sandbox_add_pair(&args, "--hostname", look->hostname);
	add_capabilities(&args, look);
	add_environment(&args, look);
	add_mounts(&args, look);
	sandbox_add_mounts(&args, look);
	sandbox_add_pair(&args, "--info-fd", arena_printf(a, "%d",
	    look->info_fd));
	sandbox_add_pair(&args, "--chdir", "/");
	sandbox_add(&args, "--");
	sandbox_add(&args, STEP_INIT_PATH);
	sandbox_add_init(&args, look);
	return args.list;
}

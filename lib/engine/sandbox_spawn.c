/*
 * sandbox_spawn.c - make what a sandbox needs and start bwrap in it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/programs.h"

#define HOSTNAME "sandbox"
#define TMPFS_BYTES "1073741824" /* of one that asks for no size */

/* A start in the making; all of it lives in the arena. */
struct start {
	struct sandbox *s;
	const struct container_spec *spec;
	struct arena a;
	struct sandbox_look look;
	struct sandbox_child child;
	struct sandbox_shown *shown;
	struct sandbox_host host;
	int image; /* its root; -1: none */
};

/* Where the child finds a path of the work dir. */
static const char *
seen(struct start *st, const char *name)
{
	return arena_printf(&st->a, "%s/%s", st->look.base, name);
}

/* The same of the sandbox's own folder. */
static const char *
own(struct start *st, const char *name)
{
	return arena_printf(&st->a, "%s/%s", st->look.dir, name);
}

/* Let root's child show `from` at a place in the work dir, which is made by
 * others; whoever stays itself uses it where it is. */
static const char *
show(struct start *st, const char *from, const char *at)
{
	struct sandbox_shown *shown;

	if (!st->s->user.change)
		return from;
	shown = arena_push(&st->a, &st->shown, &st->child.n_shown,
	    sizeof(*shown));
	shown->from = from;
	shown->at = arena_printf(&st->a, "%s/%s", st->spec->work_dir, at);
	return seen(st, at);
}

/* --- what the job asks to be mounted -------------------------------------- */

/* A volume without a name is the container's; one with a name is the job's,
 * whose containers have one work dir. */
static const char *
volume_name(struct start *st, const struct container_mount *m, size_t number)
{
	struct str name = STR_INIT;
	const char *made;

	if (m->source == NULL || m->source[0] == '/')
		return arena_printf(&st->a, "%s/mounts/%zu", st->s->name,
		    number);
	str_add(&name, "sandbox-volumes/");
	path_add_component(&name, m->source);
	made = arena_strdup(&st->a, name.s);
	str_release(&name);
	return made;
}

/* Make a volume, once; its root may be anybody's from then on. */
static int
make_volume(struct start *st, const char *path, struct err *err)
{
	struct stat of;

	if (stat(path, &of) == 0)
		return 0;
	if (file_mkdirs(path, 0755, err) == -1)
		return -1;
	return sandbox_own(path, &st->s->user, err);
}

/* A place for something of the host to be shown at. */
static int
make_place(const char *path, const char *source, bool *file, struct err *err)
{
	struct stat of;

	if (stat(source, &of) == -1)
		return err_errno(err, "cannot mount \"%s\"", source);
	*file = !S_ISDIR(of.st_mode);
	return !*file ? file_mkdirs(path, 0755, err) :
	    file_replace(path, "", 0, 0644, false, err);
}

static const char *
resolve(struct start *st, const char *target)
{
	return st->image != -1 ? sandbox_resolve(st->image, target, &st->a) :
	    target;
}

static int
add_mount(struct start *st, const struct container_mount *m, size_t number,
    struct err *err)
{
	bool of_host = m->source != NULL && m->source[0] == '/';
	const char *name = volume_name(st, m, number);
	struct sandbox_mounts *mounts = &st->look.mounts;
	struct sandbox_mount *made;
	const char *path;
	bool file = false;

	path = arena_printf(&st->a, "%s/%s", st->spec->work_dir, name);
	if ((of_host ? make_place(path, m->source, &file, err) :
		make_volume(st, path, err)) == -1)
		return -1;
	made = arena_push(&st->a, &mounts->list, &mounts->n, sizeof(*made));
	made->read_only = m->read_only;
	made->file = file;
	made->source = of_host ? show(st, m->source, name) : seen(st, name);
	made->target = resolve(st, m->target);
	return 0;
}

/* "size=64m" of what is asked for a tmpfs, in bytes. Others of its options
 * say how it is mounted, which is the sandbox's to say. */
static const char *
tmpfs_size(struct start *st, const char *options)
{
	static const char units[] = "bkmg";
	long long bytes;
	const char *unit;
	char *end;

	for (; options != NULL; options = strchr(options, ',')) {
		options += options[0] == ',';
		if (!str_starts_with(options, "size="))
			continue;
		bytes = strtoll(options + 5, &end, 10);
		unit = *end != '\0' ? strchr(units, tolower(*end)) : units;
		if (bytes <= 0 || unit == NULL || bytes > INT64_MAX >> 30)
			break;
		return arena_printf(&st->a, "%lld",
		    bytes << 10 * (unit - units));
	}
	return TMPFS_BYTES;
}

static int
add_mounts(struct start *st, struct err *err)
{
	const struct container_options *o = st->spec->options;
	struct sandbox_mounts *mounts = &st->look.mounts;
	struct sandbox_mount *made;

	for (size_t i = 0; i < st->spec->n_mounts; i++)
		if (add_mount(st, &st->spec->mounts[i], i, err) == -1)
			return -1;
	mounts->first_tmpfs = mounts->n;
	for (size_t i = 0; o != NULL && i < o->n_tmpfs; i++) {
		made = arena_push(&st->a, &mounts->list, &mounts->n,
		    sizeof(*made));
		made->source = tmpfs_size(st, o->tmpfs[i].source);
		made->target = resolve(st, o->tmpfs[i].target);
	}
	return 0;
}

/* --- an image ------------------------------------------------------------- */

static int
open_image(struct start *st, struct err *err)
{
	const struct container_options *o = st->spec->options;
	struct image_about about;
	const char *path;

	path = arena_printf(&st->a, "%s/root", st->s->image.dir);
	st->image = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (st->image == -1)
		return err_errno(err, "cannot open the image in \"%s\"", path);
	if (oci_image_about(&st->s->image, &st->a, &about, err) == -1)
		return -1;
	st->look.env = about.env;
	st->look.user = o != NULL && o->user != NULL ? o->user : about.user;
	st->look.one_id = st->s->ids.way == SANDBOX_IDS_ONE;
	return 0;
}

/* The overlay: the image below, the layer above. "volatile": the layer goes
 * with the container, so nothing of it has to reach the disk. */
static int
make_overlay(struct start *st, struct err *err)
{
	const char *lower = arena_printf(&st->a, "%s/root",
	    st->s->image.dir);

	if (sandbox_layer_make(st->s, st->image, st->spec->bare,
	    &st->look.mounts, err) == -1)
		return -1;
	lower = show(st, lower, arena_printf(&st->a, "%s/lower",
	    st->s->name));
	if (strpbrk(lower, ",:\\") != NULL ||
	    strpbrk(st->look.base, ",:\\") != NULL)
		return err_set(err, ERR_UNSUPPORTED, "images cannot be used "
		    "in a state directory with a comma, colon or backslash "
		    "in its name: \"%s\"", lower);
	st->child.ids = &st->s->ids;
	st->child.overlay_at = own(st, "root");
	st->child.overlay_options = arena_printf(&st->a, "lowerdir=%s,"
	    "upperdir=%s,workdir=%s,userxattr,volatile", lower,
	    own(st, "upper"), own(st, "overlay"));
	return 0;
}

/* --- all of it ------------------------------------------------------------ */

static int
make(struct start *st, struct err *err)
{
	const struct container_options *o = st->spec->options;
	struct sandbox *s = st->s;
	struct str init = STR_INIT;

	program_path("pawl-init", &init);
	st->look.base = s->user.change ? SANDBOX_STAGE : st->spec->work_dir;
	st->look.hostname = o != NULL && o->hostname != NULL ? o->hostname :
	    HOSTNAME;
	st->look.own_network = s->net != NULL && s->net->net != -1;
	st->look.memory_group = s->cgroup.dirs[0];
	st->look.cpu_group = s->cgroup.dirs[CGROUP_DIRS - 1];
	st->look.dir = seen(st, s->name);
	st->look.init = show(st, arena_strdup(&st->a, init.s),
	    arena_printf(&st->a, "%s/init", s->name));
	str_release(&init);
	if (st->spec->image != NULL && open_image(st, err) == -1)
		return -1;
	if (sandbox_files_make(s, st->spec, st->look.hostname, err) == -1 ||
	    add_mounts(st, err) == -1)
		return -1;
	return st->image != -1 ? make_overlay(st, err) :
	    sandbox_host_open(&st->host, st->spec->network, err);
}

static int
spawn(struct start *st, int messages, struct err *err)
{
	struct sandbox *s = st->s;
	struct proc_spec proc = { .cwd = "/", .in = PROC_NULL,
		.out = messages, .err = messages, .session = true,
		.prepare = sandbox_prepare, .prepare_ctx = &st->child,
		/* With an image, its ids are changed to while we prepare. */
		.uid = s->user.uid, .gid = s->user.gid,
		.drop = s->user.change && st->image == -1 };
	int info[2], keep[2 + CGROUP_DIRS + SANDBOX_MAX_HOST], rc;

	if (pipe2(info, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	st->look.info_fd = info[1];
	st->look.entries = keep + 2;
	st->look.n_entries = cgroup_entries(&s->cgroup, keep + 2);
	proc.argv = st->image != -1 ? sandbox_image_args(&st->look, &st->a) :
	    sandbox_args(&st->look, &st->a);
	/* The end that we read as well: bwrap must not die of our death while
	 * it writes, see sandbox.c. pawl-init closes all. */
	keep[0] = info[0];
	keep[1] = info[1];
	proc.keep = keep;
	proc.n_keep = 2 + st->look.n_entries;
	proc.n_keep += sandbox_host_fds(&st->host, keep + proc.n_keep);
	rc = proc_spawn(&proc, &s->bwrap, err);
	if (rc == -1)
		sandbox_missing(err);
	close(info[1]);
	s->info = info[0];
	return rc;
}

int
sandbox_spawn(struct sandbox *s, const struct config *config,
    const struct container_spec *spec, int messages, struct err *err)
{
	struct start st = { .s = s, .spec = spec, .a = ARENA_INIT(0),
		.look = { .config = config, .spec = spec }, .image = -1 };
	int rc = make(&st, err);

	st.child.net = s->net != NULL ? s->net->net : -1;
	st.child.users = s->net != NULL ? s->net->users : -1;
	st.child.staged = s->user.change;
	st.child.work_dir = s->user.change ? spec->work_dir : NULL;
	st.child.shown = st.shown;
	st.look.host = &st.host;
	if (rc == 0)
		rc = spawn(&st, messages, err);
	if (st.image != -1)
		close(st.image);
	sandbox_host_close(&st.host);
	arena_release(&st.a);
	return rc;
}

/*
 * engine_options.c - what a container is asked to be: whose, how large, with
 * which volumes; and what an image says of itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "t/engine/cases.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "t/lib/tap.h"

/* A container with these options; false when it does not start. */
static bool
up(struct rig *rig, struct box *b, const struct container_options *options)
{
	box_init(rig, b);
	b->spec.options = options;
	return ok(box_start(b), "a container starts: %s", b->err.text);
}

static void
put_file(const struct box *b)
{
	struct str path = STR_INIT;

	str_addf(&path, "%s/workspace/ours", b->dir);
	file_replace(path.s, "ours\n", 5, 0600, false, NULL);
	str_release(&path);
}

void
test_user(struct rig *rig)
{
	struct container_options by_number = { .user = "1234:4321" };
	struct container_options by_name = { .user = "ci" };
	struct container_options unknown = { .user = "nobody-here" };
	const char *const *env;
	bool home = false;
	struct box b;

	box_init(rig, &b);
	put_file(&b);
	b.spec.options = &by_number;
	ok(box_start(&b), "a container starts: %s", b.err.text);
	expect(&b, "id -u; id -g; id -G; cat ours; echo >>ours; mkdir new; "
	    "touch /runner/new; ls", "exited 0",
	    "1234\n4321\n4321\nours\nnew\nours\n",
	    "steps are a user by number, whose the workspace is");
	expect(&b, "grep -c '^Cap[EPI].*:.0*$' /proc/self/status; "
	    "cat /root/x 2>&1; kill -9 1 2>&1; cat /proc/1/environ 2>&1",
	    "exited 1", NULL, "without root's rights");
	is_int(box_end(&b), 0, "what it made is removed: %s", b.err.text);

	if (!up(rig, &b, &by_name))
		return;
	for (env = container_env(b.c); *env != NULL; env++)
		home = home || strcmp(*env, "HOME=/home/ci") == 0;
	ok(home, "the environment has the home of a user by name");
	expect(&b, "id -u; id -g; id -G", "exited 0", rig->one_id ?
	    "1000\n1000\n1000\n" : "1000\n1000\n1000 50\n",
	    "who is in its groups");
	box_end(&b);

	if (!up(rig, &b, &unknown))
		return;
	expect(&b, "id", "error 1: the container has no such user or group "
	    "as its steps are to have (\"--user\", or USER of the image)",
	    "", "a user that is not there is the author's mistake");
	box_end(&b);
}

void
test_capabilities(struct rig *rig)
{
	static const char *all[] = { "ALL" }, *some[] = { "CHOWN" };
	struct container_options none = { .cap_drop = all, .n_cap_drop = 1 };
	struct container_options less = { .cap_drop = some, .n_cap_drop = 1 };
	struct box b;

	if (!up(rig, &b, &none))
		return;
	expect(&b, "id -u; grep -c '^Cap...:.0*$' /proc/self/status; "
	    "touch x && chown 1 x 2>/dev/null || echo no", "exited 0",
	    "0\n5\nno\n", "root without any capability");
	box_end(&b);
	if (!up(rig, &b, &less))
		return;
	expect(&b, "touch x; chown 1 x 2>/dev/null || echo no; chroot / true",
	    "exited 0", "no\n", "or without one");
	box_end(&b);
}

void
test_limits(struct rig *rig)
{
	struct container_options options = { .hostname = "tester",
		.shm_bytes = 5 * MB, .memory_max_bytes = 64 * MB,
		.nofile_max = 200, .pids_max = 25 };
	struct container_mount tmpfs = { "size=1m", "/scratch", false };
	struct ran r;
	struct box b;

	options.tmpfs = &tmpfs;
	options.n_tmpfs = 1;
	box_init(rig, &b);
	b.spec.options = &options;
	b.spec.memory_max_bytes = 512 * MB;
	b.spec.nofile_max = 500;
	b.spec.cpus_milli = 1500;
	if (!ok(box_start(&b), "a container with limits starts: %s",
		b.err.text))
		return;
	expect(&b, "hostname; ulimit -Hn; df -k /dev/shm /scratch | "
	    "awk 'NR > 1 { print $2, $6 }'", "exited 0",
	    "tester\n200\n5120 /dev/shm\n1024 /scratch\n",
	    "name, files and sizes are as asked");
	expect(&b, "cat /sys/fs/cgroup/cpu.max "
	    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null | "
	    "cut -d' ' -f1", "exited 0", "150000\n",
	    "it has one and a half processors");
	expect(&b, "echo x >/scratch/x && cat /scratch/x", "exited 0", "x\n",
	    "its tmpfs can be written");
	run_shell(&b, "head -c 400000000 /dev/zero | tail -c 300000000 | "
	    "wc -c", &r);
	ok(r.out_of_memory, "the lower limit of memory counts");
	ran_release(&r);
	expect(&b, "i=0; while [ $i -lt 100 ]; do sleep 9 & i=$((i+1)); done "
	    "2>/dev/null; wait", "exited 2", NULL, "and that of processes");
	box_end(&b);
}

void
test_volumes(struct rig *rig)
{
	struct container_mount mounts[] = {
		{ "shared", "/shared", false },
		{ NULL, "/own", false },
		{ NULL, "/host", true },
	};
	struct box b, other;
	struct str id = STR_INIT;

	box_init(rig, &b);
	mounts[2].source = b.dir;
	b.spec.mounts = mounts;
	b.spec.n_mounts = 3;
	if (!ok(box_start(&b), "a container with volumes starts: %s",
		b.err.text))
		return;
	expect(&b, "echo 1 >/shared/x; echo 2 >/own/x; ls /host; "
	    "touch /host/x 2>/dev/null || echo no", "exited 0",
	    "ctl\nrunner\nworkspace\nno\n", "they are there");
	other = b;
	other.c = NULL;
	other.spec.ctl = "ctl-other";
	other.spec.bare = true;
	ok(box_start(&other), "another of the same job starts: %s",
	    other.err.text);
	expect(&other, "cat /shared/x; cat /own/x 2>/dev/null; true",
	    "exited 0", "1\n", "it shares what has a name");
	is_int(count_listed(rig, &id), 3, "both and the volume are listed");
	ok(str_starts_with(id.s, "volume/"), "the volume last: %s", id.s);
	is_int(container_remove(other.c, &b.err), 0, "one is removed %s",
	    b.err.text);
	is_int(count_listed(rig, &id), 2, "the volume stays for the other");
	is_int(box_end(&b), 0, "which is removed %s", b.err.text);
	is_int(count_listed(rig, &id), 0, "and the volume with it");
	str_release(&id);
}

static void
words(const char *const *list, struct str *out)
{
	str_clear(out);
	for (; *list != NULL; list++)
		str_addf(out, "%s|", *list);
}

/* Of the image that image_load() has made. */
void
test_about(struct rig *rig)
{
	struct arena a = ARENA_INIT(0);
	struct str text = STR_INIT;
	struct image_about about;
	struct err err = { 0 };

	if (!ok(engine_image_about(rig->engine, "about", &a, &about,
		&err) == 0, "an image tells of itself %s", err.text))
		return;
	words(about.entrypoint, &text);
	is_str(text.s, "/bin/sh|-c|", "its entrypoint");
	words(about.command, &text);
	is_str(text.s, "echo \"$SAYS\"|", "its command");
	is_str(about.user, "ci", "its user");
	is_str(about.working_directory, "/tmp", "its folder");
	is_int((long long)about.n_ports, 1, "its port");
	if (about.n_ports == 1)
		is_int(about.ports[0], 8080, "with its number");
	is_int(engine_image_about(rig->engine, "no-such/image", &a, &about,
	    &err), -1, "an image that is not here does not");
	is_int(err.code, ERR_NOT_FOUND, "%s", err.text);
	str_release(&text);
	arena_release(&a);
}

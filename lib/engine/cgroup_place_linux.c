/*
 * cgroup_place_linux.c - where control groups can be made.
 *
 * Root makes them below the top of the tree (of each controller's tree). An
 * ordinary user can only below a group that was delegated to it (systemd:
 * Delegate=yes): its own. There version 2 wants all processes in leaves, so
 * those of the own group move into one first.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/cgroup_place.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/base/file.h"

#define TOP "/sys/fs/cgroup"
#define LEAF "pawl-main" /* of our own processes in a delegated group */

int
cgroup_control_write(const char *dir, const char *file, const char *text)
{
	struct str path = STR_INIT;
	ssize_t n = -1;
	int fd, number;

	str_addf(&path, "%s/%s", dir, file);
	fd = open(path.s, O_WRONLY | O_CLOEXEC);
	str_release(&path);
	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	number = errno;
	close(fd);
	errno = number;
	return n == -1 ? -1 : 0;
}

/* Our own group in version 2, by the line "0::/path" of /proc/self/cgroup. */
static bool
own_group(struct str *out)
{
	struct str text = STR_INIT;
	char *line;
	bool found = false;

	if (file_read("/proc/self/cgroup", 65536, &text, NULL) == 0 &&
	    (line = strstr(text.s, "0::/")) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		str_addf(out, TOP "%s", line + 3);
		found = true;
	}
	str_release(&text);
	return found;
}

/* Move every process of a group into its leaf. */
static int
move_to_leaf(const char *dir)
{
	struct str path = STR_INIT, pids = STR_INIT;
	char *line, *save = NULL;
	int rc = -1;

	str_addf(&path, "%s/" LEAF, dir);
	if (mkdir(path.s, 0755) == -1 && errno != EEXIST)
		goto out;
	str_clear(&path);
	str_addf(&path, "%s/cgroup.procs", dir);
	if (file_read(path.s, 1 << 20, &pids, NULL) == -1)
		goto out;
	str_clear(&path);
	str_addf(&path, "%s/" LEAF, dir);
	rc = 0;
	for (line = strtok_r(pids.s, "\n", &save); line != NULL && rc == 0;
	     line = strtok_r(NULL, "\n", &save))
		if (cgroup_control_write(path.s, "cgroup.procs", line) == -1 &&
		    errno != ESRCH)
			rc = -1;
out:
	str_release(&path);
	str_release(&pids);
	return rc;
}

/* systemd marks the groups that it leaves to others (systemd.resource-control,
 * "Delegate="). Another group of ours, a terminal's say, is not for us to
 * rearrange. */
static bool
delegated(const char *dir)
{
	char value[2];

	return getxattr(dir, "user.delegate", value, sizeof(value)) == 1 &&
	    value[0] == '1';
}

/* Let the groups below `dir` have the controllers. That of processors may not
 * be delegated; then they are not limited. */
static int
enable(const char *dir)
{
	static const char wanted[] = "+memory +pids";

	if (cgroup_control_write(dir, "cgroup.subtree_control", wanted) == 0) {
		(void)cgroup_control_write(dir, "cgroup.subtree_control",
		    "+cpu");
		return 0;
	}
	if (errno != EBUSY || !delegated(dir) || move_to_leaf(dir) == -1)
		return -1;
	if (cgroup_control_write(dir, "cgroup.subtree_control", wanted) == -1)
		return -1;
	(void)cgroup_control_write(dir, "cgroup.subtree_control", "+cpu");
	return 0;
}

static void
find_version_2(struct cgroup_place *p, bool make)
{
	struct str dir = STR_INIT;

	if (geteuid() == 0)
		str_add(&dir, TOP);
	else if (!own_group(&dir))
		goto out;
	/* Started again below its own leaf: the group is the one above. */
	if (str_ends_with(dir.s, "/" LEAF))
		str_cut(&dir, dir.len - strlen("/" LEAF));
	if (make && enable(dir.s) == -1)
		goto out;
	p->version = 2;
	for (int i = 0; i < CGROUP_N_CONTROLLERS; i++)
		str_add_len(&p->dir[i], dir.s, dir.len);
out:
	str_release(&dir);
}

static void
find_version_1(struct cgroup_place *p)
{
	static const char *const names[] = {
		[CGROUP_MEMORY] = "memory",
		[CGROUP_PIDS] = "pids",
		[CGROUP_CPU] = "cpu",
	};

	for (int i = 0; i < CGROUP_N_CONTROLLERS; i++)
		str_addf(&p->dir[i], TOP "/%s", names[i]);
	p->version = 1;
}

void
cgroup_place_find(struct cgroup_place *p, const char *instance, bool make)
{
	p->version = 0;
	for (int i = 0; i < CGROUP_N_CONTROLLERS; i++)
		str_init(&p->dir[i]);
	str_init(&p->prefix);
	/* One level for all, so that nothing is left behind the last group. */
	str_add(&p->prefix, "pawl.");
	path_add_component(&p->prefix, instance);
	str_add_char(&p->prefix, '.');
	if (access(TOP "/cgroup.controllers", F_OK) == 0)
		find_version_2(p, make);
	else
		find_version_1(p);
}

void
cgroup_place_release(struct cgroup_place *p)
{
	for (int i = 0; i < CGROUP_N_CONTROLLERS; i++)
		str_release(&p->dir[i]);
	str_release(&p->prefix);
}

void
cgroup_place_group(const struct cgroup_place *p,
    enum cgroup_controller controller, const char *name, struct str *out)
{
	str_clear(out);
	str_addf(out, "%s/%s", p->dir[controller].s, p->prefix.s);
	path_add_component(out, name);
}

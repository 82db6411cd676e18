/*
 * init_user.c - pawl-init: whom the steps run as, and without which
 * capabilities.
 *
 * pawl-init is root in its container, to look after everything in it; steps
 * become somebody else in their own process. Names are looked up in the
 * image's /etc/passwd and /etc/group by hand: the C library's functions would
 * load files of the image.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/engine/capability.h"

#define MAX_LINE 4096
#define MAX_ID 4294967294UL /* the one above means "none" */

bool
init_user_drop(struct init_user *u, const char *name)
{
	int bit = capability_bit(name);

	if (strcmp(name, "ALL") == 0)
		u->drop = ~UINT64_C(0);
	else if (bit != -1)
		u->drop |= UINT64_C(1) << bit;
	return bit != -1 || u->drop == ~UINT64_C(0);
}

static bool
number(const char *text, size_t len, unsigned *out)
{
	unsigned long value;
	char *end;

	if (len == 0 || text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || (size_t)(end - text) != len || value > MAX_ID)
		return false;
	*out = (unsigned)value;
	return true;
}

/* Cut a line "a:b:c" into its fields; returns how many there are. */
static int
cut(char *line, char **fields, int max)
{
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (n < max) {
		fields[n++] = line;
		line = strchr(line, ':');
		if (line == NULL)
			break;
		*line++ = '\0';
	}
	return n;
}

static bool
is_field(const char *field, const char *text, size_t len)
{
	return strlen(field) == len && memcmp(field, text, len) == 0;
}

/* The user of that name or number; a number needs no line. */
static void
find_user(struct init_user *u, const char *text, size_t len)
{
	FILE *f = fopen("/etc/passwd", "re");
	char line[MAX_LINE], *fields[7];
	unsigned uid = 0, id, gid;
	bool numeric = number(text, len, &uid);

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (cut(line, fields, 7) < 6 ||
		    !number(fields[2], strlen(fields[2]), &id) ||
		    !number(fields[3], strlen(fields[3]), &gid))
			continue;
		if (numeric ? id != uid : !is_field(fields[0], text, len))
			continue;
		u->known = true;
		u->uid = id;
		u->gid = gid;
		snprintf(u->name, sizeof(u->name), "%s", fields[0]);
		snprintf(u->home, sizeof(u->home), "%s", fields[5]);
		break;
	}
	if (f != NULL)
		fclose(f);
	if (!u->known && numeric) {
		u->known = true;
		u->uid = uid;
	}
}

/* Is the name in a list "a,b,c"? */
static bool
is_member(const char *list, const char *name)
{
	size_t len = strlen(name), part;

	for (; *list != '\0'; list += part + (list[part] == ',')) {
		part = strcspn(list, ",");
		if (part == len && memcmp(list, name, len) == 0)
			return true;
	}
	return false;
}

/* `text` NULL: all that the user is a member of; else the one that is named,
 * and no other. */
static void
find_groups(struct init_user *u, const char *text)
{
	FILE *f = fopen("/etc/group", "re");
	char line[MAX_LINE], *fields[4];
	bool found = false;
	unsigned gid;

	if (text != NULL && number(text, strlen(text), &gid)) {
		u->gid = gid;
		found = true;
	}
	while (f != NULL && !found && fgets(line, sizeof(line), f) != NULL) {
		if (cut(line, fields, 4) < 4 ||
		    !number(fields[2], strlen(fields[2]), &gid))
			continue;
		if (text != NULL && strcmp(fields[0], text) == 0) {
			u->gid = gid;
			found = true;
		} else if (text == NULL && u->name[0] != '\0' &&
		    u->n_groups < INIT_MAX_GROUPS &&
		    is_member(fields[3], u->name)) {
			u->groups[u->n_groups++] = gid;
		}
	}
	if (f != NULL)
		fclose(f);
	if (text != NULL && !found)
		u->known = false;
}

void
init_user_find(struct init_user *u, const char *text)
{
	const char *group = strchr(text, ':');

	u->given = true;
	find_user(u, text, group != NULL ? (size_t)(group - text) :
	    strlen(text));
	if (u->known)
		find_groups(u, group != NULL && group[1] != '\0' ? group + 1 :
		    NULL);
}

/* Out of reach for this process and all that it executes. */
static int
drop_capabilities(uint64_t drop)
{
	struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1)
		return -1;
	for (int bit = 0; bit <= CAP_LAST_CAP; bit++)
		if ((drop >> bit & 1) != 0 &&
		    prctl(PR_CAPBSET_DROP, bit, 0, 0, 0) == -1 &&
		    errno != EINVAL) /* the kernel does not know it */
			return -1;
	if (syscall(SYS_capget, &h, data) == -1)
		return -1;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		data[i].inheritable = 0;
	return (int)syscall(SYS_capset, &h, data);
}

static int
write_map(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/*
 * Where there is no id but root's (a sandbox of an ordinary user), nobody can
 * become another; but in a user namespace of its own the one id can be called
 * as the user is. For programs that refuse to be root that is enough.
 */
static int
call_ourselves(const struct init_user *u)
{
	char map[32];

	if (unshare(CLONE_NEWUSER) == -1 ||
	    write_map("/proc/self/setgroups", "deny") == -1)
		return -1;
	snprintf(map, sizeof(map), "%u 0 1", (unsigned)u->uid);
	if (write_map("/proc/self/uid_map", map) == -1)
		return -1;
	snprintf(map, sizeof(map), "%u 0 1", (unsigned)u->gid);
	return write_map("/proc/self/gid_map", map);
}

/* Is root the only user that this container can have? */
static bool
only_root(void)
{
	unsigned inside, outside, count;
	char text[256];
	int len = 0;

	return init_read_small("/proc/self/uid_map", text, sizeof(text)) &&
	    sscanf(text, "%u %u %u %n", &inside, &outside, &count, &len) ==
	    3 && inside == 0 && count == 1 && text[len] == '\0';
}

int
init_user_become(const struct init_user *u)
{
	if (u->drop != 0 && drop_capabilities(u->drop) == -1)
		return -1;
	if (!u->given)
		return 0;
	errno = ENOENT;
	if (!u->known)
		return -1;
	if (only_root())
		return u->uid == 0 ? 0 : call_ourselves(u);
	if (setgroups(u->n_groups, u->groups) == -1 ||
	    setgid(u->gid) == -1 || setuid(u->uid) == -1)
		return -1;
	return 0;
}

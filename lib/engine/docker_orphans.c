/*
 * docker_orphans.c - processes of a container that the service has forgotten.
 *
 * Podman that is killed while it starts a container does not know afterwards
 * that there is a process: it removes the container and says that it did, and
 * "runc init" waits for ever. The container's id, which nobody else has, is in
 * the name of that process's control group. Where there is no such file as
 * Linux has for that, none is found.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/file.h"

#define ID_LEN 64 /* hexadecimal digits */
#define MAX_GROUPS 65536

static bool
is_of(long long pid, const char *id)
{
	struct str path = STR_INIT, text = STR_INIT;
	bool is;

	str_addf(&path, "/proc/%lld/cgroup", pid);
	is = file_read(path.s, MAX_GROUPS, &text, NULL) == 0 &&
	    strstr(text.s, id) != NULL;
	str_release(&path);
	str_release(&text);
	return is;
}

void
docker_end_orphans(const struct docker *d, const char *id)
{
	struct dirent *entry;
	long long pid;
	DIR *dir;

	if (d->socket[0] != '/' || strlen(id) != ID_LEN ||
	    strspn(id, "0123456789abcdef") != ID_LEN)
		return; /* its processes are elsewhere, or it is a name */
	dir = opendir("/proc");
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (str_to_int64(entry->d_name, 2, INT32_MAX, &pid) &&
		    pid != getpid() && is_of(pid, id))
			kill((pid_t)pid, SIGKILL);
	if (dir != NULL)
		closedir(dir);
}

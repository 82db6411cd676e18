/*
 * sandbox_network.c - what the containers of a job have in common: names, and
 * where they are not to see the host's network, one of their own.
 *
 * There is one loopback for all of them, so a name needs no more than a line
 * in each container's /etc/hosts; a container that comes later adds its names
 * to the files of those that are there. A network of their own is a namespace
 * with nothing but loopback. Descriptors hold it: it ends with us.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/engine/ops.h"

/* --- names ---------------------------------------------------------------- */

static void
append(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);

	/* The container may have made its file what it likes: its loss. */
	if (fd == -1)
		return;
	if (write(fd, text, len) == -1)
		errno = 0;
	close(fd);
}

const char *
sandbox_network_join(struct sandbox_network *n, const char *hosts,
    const char *const *aliases)
{
	struct str lines = STR_INIT;
	char **path;

	for (; aliases != NULL && *aliases != NULL; aliases++)
		str_addf(&lines, "127.0.0.1 %s\n", *aliases);
	for (size_t i = 0; i < n->n_hosts && lines.len > 0; i++)
		append(n->hosts[i], lines.s, lines.len);
	path = mem_realloc(n->hosts, n->n_hosts + 1, sizeof(*path));
	n->hosts = path;
	n->hosts[n->n_hosts++] = mem_strdup(hosts);
	str_add_len(&n->names, lines.s, lines.len);
	str_release(&lines);
	return n->names.s;
}

void
sandbox_network_leave(struct sandbox_network *n, const char *hosts)
{
	for (size_t i = 0; i < n->n_hosts; i++) {
		if (strcmp(n->hosts[i], hosts) != 0)
			continue;
		free(n->hosts[i]);
		n->hosts[i] = n->hosts[--n->n_hosts];
		return;
	}
}

/* --- a network of their own ----------------------------------------------- */

static int
loopback_up(void)
{
	struct ifreq request = { .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc;

	if (fd == -1)
		return -1;
	memcpy(request.ifr_name, "lo", 3);
	rc = ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return rc;
}

/* In the child. Root's namespace is the host's root's, so that no root of an
 * image has rights over it. */
static int
make_namespaces(const struct sandbox_ids *ids)
{
	if (ids->way != SANDBOX_IDS_ROOT && sandbox_ids_enter(ids) == -1)
		return -1;
	return unshare(CLONE_NEWNET) == -1 ? -1 : loopback_up();
}

static int
open_namespace(pid_t pid, const char *which)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/ns/%s", (long)pid, which);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A child makes the namespaces and lives until they are open here. */
static int
make_own(struct sandbox_network *n, const struct sandbox_ids *ids,
    struct err *err)
{
	int ready[2], rc = -1;
	char c = 0;
	pid_t child;

	if (pipe2(ready, O_CLOEXEC) == -1)
		return err_errno(err, "cannot make a pipe");
	child = fork();
	if (child == 0) {
		close(ready[0]);
		if (make_namespaces(ids) == -1 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	if (child != -1 && read(ready[0], &c, 1) == 1) {
		n->net = open_namespace(child, "net");
		if (ids->way != SANDBOX_IDS_ROOT)
			n->users = open_namespace(child, "user");
		rc = n->net != -1 && (ids->way == SANDBOX_IDS_ROOT ||
			n->users != -1) ? 0 : -1;
	}
	close(ready[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	if (rc == -1)
		err_set(err, ERR_UNAVAILABLE, "the system allows no network "
		    "namespace, which \"sandbox-network: false\" needs for "
		    "jobs with services");
	return rc;
}

int
sandbox_network_start(struct network *network,
    const struct network_spec *spec, struct err *err)
{
	const struct config *config = network->engine->config;
	struct sandbox_network *n = mem_calloc(1, sizeof(*n));
	struct sandbox_ids ids;

	(void)spec; /* nothing of it is found by a name */
	n->net = n->users = -1;
	str_init(&n->names);
	network->data = n;
	if (config->sandbox_network)
		return 0;
	sandbox_ids_find(config, &ids);
	return make_own(n, &ids, err);
}

int
sandbox_network_remove(struct network *network, struct err *err)
{
	struct sandbox_network *n = network->data;

	(void)err;
	if (n == NULL)
		return 0;
	if (n->net != -1)
		close(n->net);
	if (n->users != -1)
		close(n->users);
	for (size_t i = 0; i < n->n_hosts; i++)
		free(n->hosts[i]);
	free(n->hosts);
	str_release(&n->names);
	free(n);
	return 0;
}

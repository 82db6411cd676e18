/*
 * mounts.c - `volumes` of a container: what may be mounted, and where.
 *
 * A path of the host has to be exactly one that the configuration names, not
 * one below it: where jobs may write, they could put a link there that leads
 * anywhere, and the engine, which is root, would follow it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/engine.h"

#include <string.h>

#include "lib/base/mem.h"

#define MAX_NAME 100
#define MAX_PATH 4000

/* What the container has there of its own; below these nothing either. */
static const char *const taken[] = { "/.pawl", "/proc", "/sys", "/dev" };

/* Taken as they are, but free below. */
static const char *const own[] = { ENGINE_WORKSPACE, ENGINE_RUNNER };

static bool
is_plain_path(const char *path)
{
	size_t len = strlen(path);

	return path[0] == '/' && len <= MAX_PATH &&
	    strstr(path, "//") == NULL && strstr(path, "/./") == NULL &&
	    strstr(path, "/../") == NULL && !str_ends_with(path, "/..") &&
	    !str_ends_with(path, "/.") &&
	    (len == 1 || path[len - 1] != '/');
}

int
container_target_check(const char *target, struct err *err)
{
	if (!is_plain_path(target) || strcmp(target, "/") == 0)
		return err_set(err, ERR_INVALID, "\"%s\" is no place in the "
		    "container: it is an absolute path without \"..\" or a "
		    "slash at its end", target);
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		size_t len = strlen(taken[i]);

		if (strncmp(target, taken[i], len) == 0 &&
		    (target[len] == '/' || target[len] == '\0'))
			return err_set(err, ERR_DENIED, "nothing can be "
			    "mounted at \"%s\"", target);
	}
	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(target, own[i]) == 0)
			return err_set(err, ERR_DENIED, "nothing can be "
			    "mounted at \"%s\", where the job's own files "
			    "are", target);
	return 0;
}

static bool
is_volume_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return name[0] != '\0' && strchr(letters, name[0]) != NULL &&
	    strlen(name) <= MAX_NAME &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789_.-") == strlen(name);
}

/* 1: it may be mounted, for reading at least; *read_only says that it must
 * be. 0: it may not. */
static int
find_allowed(const struct config_list *allowed, const char *path,
    bool *read_only)
{
	for (size_t i = 0; i < allowed->n; i++) {
		const char *item = allowed->items[i];
		size_t len = strlen(item);
		bool ro = str_ends_with(item, ":ro");

		if (ro)
			len -= strlen(":ro");
		while (len > 1 && item[len - 1] == '/')
			len--;
		if (strlen(path) == len && memcmp(path, item, len) == 0) {
			*read_only = ro;
			return 1;
		}
	}
	return 0;
}

static int
check_source(const struct container_mount *m, const struct config *policy,
    struct err *err)
{
	bool read_only = false;

	if (m->source[0] != '/' && !is_volume_name(m->source))
		return err_set(err, ERR_INVALID, "\"%s\" is no volume: it is "
		    "a name of letters, digits and \"_.-\", or an absolute "
		    "path of the host", m->source);
	if (m->source[0] != '/')
		return 0;
	if (!is_plain_path(m->source))
		return err_set(err, ERR_INVALID, "\"%s\" is no path to mount: "
		    "it is absolute, without \"..\" or a slash at its end",
		    m->source);
	if (find_allowed(&policy->allow_volumes, m->source, &read_only) == 0)
		return err_set(err, ERR_DENIED, "the host's \"%s\" may not be "
		    "mounted (\"allow-volumes\" in the configuration names "
		    "what may)", m->source);
	if (read_only && !m->read_only)
		return err_set(err, ERR_DENIED, "the host's \"%s\" may be "
		    "mounted only for reading: add \":ro\"", m->source);
	return 0;
}

/* What stands behind the target. */
static int
read_mode(const char *mode, struct container_mount *out, struct err *err)
{
	if (strcmp(mode, "ro") == 0)
		out->read_only = true;
	else if (strcmp(mode, "rw") != 0)
		return err_set(err, ERR_INVALID, "\"%s\" is no way to mount a "
		    "volume: \"ro\" or \"rw\"", mode);
	return 0;
}

int
container_mount_read(const char *text, const struct config *policy,
    struct arena *a, struct container_mount *out, struct err *err)
{
	const char *first = strchr(text, ':'), *second;

	memset(out, 0, sizeof(*out));
	if (first == NULL) {
		out->target = arena_strdup(a, text);
		return container_target_check(out->target, err);
	}
	out->source = arena_strndup(a, text, (size_t)(first - text));
	second = strchr(first + 1, ':');
	if (second == NULL)
		out->target = arena_strdup(a, first + 1);
	else
		out->target = arena_strndup(a, first + 1,
		    (size_t)(second - first - 1));
	if (second != NULL && read_mode(second + 1, out, err) == -1)
		return -1;
	if (container_target_check(out->target, err) == -1)
		return -1;
	return check_source(out, policy, err);
}

/*
 * sandbox_files.c - the folders and files that a sandbox has for itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"

#define MAX_HOSTS (1 << 20) /* of the host's own file */

static const struct {
	const char *name;
	mode_t mode;
} folders[] = {
	{ "home", 0755 },
	{ "tmp", 01777 },
};

static int
make_folder(const struct sandbox *s, const char *name, mode_t mode,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc = -1;

	str_addf(&path, "%s/%s", s->dir, name);
	if (file_mkdirs(path.s, 0755, err) == 0 &&
	    sandbox_own(path.s, &s->user, err) == 0)
		rc = chmod(path.s, mode) == 0 ? 0 :
		    err_errno(err, "cannot open \"%s\"", path.s);
	str_release(&path);
	return rc;
}

static int
make_file(const struct sandbox *s, const char *name, const char *text,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/%s", s->dir, name);
	rc = file_replace(path.s, text, strlen(text), 0644, false, err);
	str_release(&path);
	return rc;
}

/*
 * /etc/hosts: with the host's network the host's own, and behind that the
 * names of the container, all of which are loopback.
 */
static int
make_hosts(const struct sandbox *s, const struct container_spec *spec,
    const char *hostname, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	if (!spec->network || file_read("/etc/hosts", MAX_HOSTS, &text,
	    NULL) == -1 || text.len == 0) {
		str_clear(&text);
		str_add(&text, "127.0.0.1 localhost\n"
		    "::1 localhost ip6-localhost\n");
	}
	if (text.s[text.len - 1] != '\n')
		str_add_char(&text, '\n');
	str_addf(&text, "127.0.0.1 %s\n", hostname);
	if (s->net != NULL)
		str_add(&text, sandbox_network_join(s->net, s->hosts,
		    spec->aliases));
	rc = make_file(s, "etc/hosts", text.s, err);
	if (rc == 0 && s->user.change &&
	    chown(s->hosts, s->user.uid, s->user.gid) == -1)
		rc = err_errno(err, "cannot give \"%s\" to the sandbox",
		    s->hosts);
	str_release(&text);
	return rc;
}

/* The workspace and the runner's folder, which the job's own container has
 * first. The others find them as they are: something runs in them. What is
 * still being filled is given by container_own(). */
static int
give_workspace(const struct sandbox *s, const struct container_spec *spec,
    struct err *err)
{
	static const char *const given[] = { "workspace", "runner" };
	struct str path = STR_INIT;
	int rc = 0;

	if (spec->bare || spec->unfilled || spec->role != CONTAINER_JOB)
		return 0;
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(given); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", spec->work_dir, given[i]);
		rc = sandbox_own(path.s, &s->user, err);
	}
	str_release(&path);
	return rc;
}

int
sandbox_files_make(const struct sandbox *s, const struct container_spec *spec,
    const char *hostname, struct err *err)
{
	const struct sandbox_user *user = &s->user;

	for (size_t i = 0; spec->image == NULL && i < ARRAY_LEN(folders); i++)
		if (make_folder(s, folders[i].name, folders[i].mode, err) ==
		    -1)
			return -1;
	if (make_file(s, "init", "", err) == -1 ||
	    make_hosts(s, spec, hostname, err) == -1)
		return -1;
	/* For the user that root becomes, and for nobody else: it holds the
	 * socket that pawl-init connects to. */
	if (user->change && (chown(spec->work_dir, (uid_t)-1, user->gid) ==
				-1 || chmod(spec->work_dir, 0710) == -1))
		return err_errno(err, "cannot open \"%s\" to the sandbox",
		    spec->work_dir);
	return give_workspace(s, spec, err);
}

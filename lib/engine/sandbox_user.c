/*
 * sandbox_user.c - whom the sandbox runs as, and how root gets there.
 *
 * A user namespace made by root maps user 0 to root's files. So root becomes
 * an ordinary user first and the namespace is made by that. The work dir may
 * stand where that user cannot go (below /root, say); it is shown to it at
 * SANDBOX_STAGE, in a mount namespace that ends with the sandbox.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <errno.h>
#include <pwd.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

int
sandbox_user_find(const struct config *config, struct sandbox_user *user,
    struct err *err)
{
	const struct passwd *pw;

	user->change = geteuid() == 0;
	user->uid = geteuid();
	user->gid = getegid();
	if (!user->change)
		return 0;
	errno = 0;
	pw = getpwnam(config->sandbox_user);
	if (pw == NULL)
		return err_set(err, ERR_UNSUPPORTED, "the user \"%s\" that "
		    "sandbox jobs are to run as does not exist: make it, or "
		    "name another with \"sandbox-user\" in the configuration",
		    config->sandbox_user);
	if (pw->pw_uid == 0 || pw->pw_gid == 0)
		return err_set(err, ERR_UNSUPPORTED, "sandbox jobs cannot run "
		    "as \"%s\": name an ordinary user with \"sandbox-user\" "
		    "in the configuration", config->sandbox_user);
	user->uid = pw->pw_uid;
	user->gid = pw->pw_gid;
	return 0;
}

int
sandbox_prepare(void *ctx)
{
	const struct sandbox_child *child = ctx;

	if (!child->staged)
		return 0;
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == -1)
		return -1;
	if (child->work_dir == NULL)
		return 0;
	if (mount(child->init, child->init_mount, NULL, MS_BIND, NULL) == -1)
		return -1;
	return mount(child->work_dir, SANDBOX_STAGE, NULL, MS_BIND | MS_REC,
	    NULL);
}

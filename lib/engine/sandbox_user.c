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

/* Show the work dir, and first in it what else is needed, where every user
 * may go. */
static int
set_stage(const struct sandbox_child *child)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == -1)
		return -1;
	if (child->work_dir == NULL)
		return 0;
	for (size_t i = 0; i < child->n_shown; i++)
		if (mount(child->shown[i].from, child->shown[i].at, NULL,
			MS_BIND | MS_REC, NULL) == -1)
			return -1;
	return mount(child->work_dir, SANDBOX_STAGE, NULL, MS_BIND | MS_REC,
	    NULL);
}

/* bwrap has no word for overlays before 0.10: so it is mounted before bwrap
 * starts, by user 0 of the image's ids, in a mount namespace of those. */
static int
mount_overlay(const struct sandbox_child *child)
{
	if (unshare(CLONE_NEWNS) == -1 ||
	    mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == -1)
		return -1;
	return mount("overlay", child->overlay_at, "overlay", 0,
	    child->overlay_options);
}

int
sandbox_prepare(void *ctx)
{
	const struct sandbox_child *child = ctx;

	if (child->staged && set_stage(child) == -1)
		return -1;
	if (child->users != -1 && setns(child->users, CLONE_NEWUSER) == -1)
		return -1;
	if (child->net != -1 && setns(child->net, CLONE_NEWNET) == -1)
		return -1;
	if (child->ids != NULL && child->users == -1 &&
	    sandbox_ids_enter(child->ids) == -1)
		return -1;
	return child->overlay_at != NULL ? mount_overlay(child) : 0;
}

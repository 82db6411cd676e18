/*
 * image_login.h - images that came by a job's own login ("credentials"), and
 * are not for every job of this host.
 *
 * An engine gives an image that it has to whoever names it. So it is
 * remembered, for a repository of a registry, that somebody's login was needed:
 * then the registry is asked again for each job, with what login that has.
 * When it gives the image to a job without one, everybody may have it, and
 * that is the end of it.
 *
 * STATE/images/logins/REPOSITORY is the memory: empty while the first such
 * pull is on its way.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_ENGINE_IMAGE_LOGIN_H
#define PAWL_ENGINE_IMAGE_LOGIN_H

#include <stdbool.h>
#include "lib/base/conf.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Has a login brought something of the repository that `image` names? */
bool
image_login_needed(const struct config *config, const char *image);

/* Anything at all? */
bool
image_login_any(const struct config *config);

/* A pull with a job's own login: begin() before it, end() in any case. One
 * that nobody else made is forgotten when nothing came. */
struct image_login {
	struct str path;
	int fd;
};
#define IMAGE_LOGIN_INIT { STR_INIT, -1 }
int
image_login_begin(struct image_login *l, const struct config *config,
    const char *image, struct err *err);
int
image_login_end(struct image_login *l, bool came, struct err *err);

/* It came without a login. */
int
image_login_forget(const struct config *config, const char *image,
    struct err *err);

#endif

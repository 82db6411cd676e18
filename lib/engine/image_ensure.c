/*
 * image_ensure.c - see to it that an image is here, and that it may be.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/engine.h"

#include <string.h>

#include "lib/base/mem.h"
#include "lib/engine/image_login.h"
#include "lib/engine/ops.h"

struct ensure {
	struct engine *e;
	struct image_request with;
	engine_progress_fn progress;
	void *ctx;
};

static enum image_pull
configured_pull(const struct config *config)
{
	static const struct {
		const char *word;
		enum image_pull pull;
	} words[] = {
		{ "missing", IMAGE_PULL_MISSING },
		{ "always", IMAGE_PULL_ALWAYS },
		{ "never", IMAGE_PULL_NEVER },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (config->image_pull != NULL &&
		    strcmp(config->image_pull, words[i].word) == 0)
			return words[i].pull;
	return IMAGE_PULL_MISSING;
}

static int
ensure(const struct ensure *n, enum image_pull pull, struct err *err)
{
	struct image_request with = n->with;

	with.pull = pull;
	return n->e->ops->ensure_image(n->e, &with, n->progress, n->ctx, err);
}

/* A digest, or the beginning of an image's id, leads to it as its name does. */
static bool
needs_login(const struct ensure *n)
{
	const struct config *config = n->e->config;
	struct arena a = ARENA_INIT(0);
	struct image_about about = { .names = NULL };
	bool needs = image_login_needed(config, n->with.image);

	if (!needs && image_login_any(config) && engine_image_about(n->e,
	    n->with.image, &a, &about, NULL) == 0)
		for (size_t i = 0; about.names != NULL && !needs &&
		    about.names[i] != NULL; i++)
			needs = image_login_needed(config, about.names[i]);
	arena_release(&a);
	return needs;
}

/* With a login of the job's own. What is here for everybody is taken without
 * asking who it is. */
static int
ensure_by_login(const struct ensure *n, bool needed, struct err *err)
{
	struct image_login l = IMAGE_LOGIN_INIT;
	struct err why = { 0 };
	int rc;

	if (n->with.pull != IMAGE_PULL_ALWAYS && !needed) {
		rc = ensure(n, IMAGE_PULL_NEVER, &why);
		if (rc == 0)
			return 0;
		if (n->with.pull == IMAGE_PULL_NEVER ||
		    why.code != ERR_NOT_FOUND)
			return err_set(err, why.code, "%s", why.text);
	}
	rc = image_login_begin(&l, n->e->config, n->with.image, err);
	if (rc == 0)
		rc = ensure(n, IMAGE_PULL_ALWAYS, err);
	if (image_login_end(&l, rc == 0, rc == 0 ? err : NULL) == -1)
		rc = -1;
	return rc;
}

int
engine_ensure_image(struct engine *e, const struct image_request *request,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	struct ensure n = { e, *request, progress, ctx };
	bool needed;
	int rc;

	if (n.with.pull == IMAGE_PULL_STANDARD)
		n.with.pull = configured_pull(e->config);
	if (n.with.image == NULL) /* the default one, for everybody */
		return ensure(&n, n.with.pull, err);
	needed = needs_login(&n);
	if (needed && n.with.pull == IMAGE_PULL_NEVER)
		return err_set(err, ERR_DENIED, "the image \"%s\" came by "
		    "\"credentials\" of a job, so its registry is asked who "
		    "may have it: \"pull\" cannot be \"never\"",
		    n.with.image);
	if (n.with.login != NULL)
		return ensure_by_login(&n, needed, err);
	rc = ensure(&n, needed ? IMAGE_PULL_ALWAYS : n.with.pull, err);
	if (rc == 0 && needed)
		rc = image_login_forget(e->config, n.with.image, err);
	return rc;
}

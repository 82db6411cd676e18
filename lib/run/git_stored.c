/*
 * git_stored.c - a mirror without an origin: its one file comes from
 * elsewhere.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "lib/run/git_run.h"

/* One commit on what is there, in the language of git fast-import. */
static int
import(struct git *g, const char *mirror, const struct git_stored *s,
    bool first, struct err *err)
{
	struct str in = STR_INIT;
	int rc;

	str_addf(&in, "commit refs/heads/%s\ncommitter Pawl <pawl> %" PRId64
	    " +0000\ndata %zu\n%s\n", s->branch, s->at_ms / 1000,
	    strlen(s->title), s->title);
	if (!first)
		str_addf(&in, "from refs/heads/%s^0\n", s->branch);
	str_addf(&in, "deleteall\nM 100644 inline %s\ndata %zu\n%s\n",
	    s->path, strlen(s->text), s->text);
	rc = git_feed(g, mirror, (const char *const[]){ "fast-import",
	    "--quiet", "--force", NULL }, in.s, err);
	str_release(&in);
	return rc;
}

static int
store_locked(struct git *g, const char *mirror, const struct git_stored *s,
    struct err *err)
{
	struct arena a = ARENA_INIT(0);
	char tip[GIT_SHA_SIZE];
	struct git_commit commit;
	struct str ref = STR_INIT;
	int rc;

	str_addf(&ref, "refs/heads/%s", s->branch);
	rc = git_run(g, GIT_LOCAL, NULL, (const char *const[]){ "init",
	    "--quiet", "--bare", "--template=", "--", mirror, NULL }, 0,
	    NULL, NULL, err);
	if (rc == 0)
		rc = git_ref_commit(g, mirror, ref.s, tip, err);
	if (rc == 0)
		rc = import(g, mirror, s, true, err);
	else if (rc == 1 && git_commit_read(g, mirror, tip, &a, &commit,
	    err) == -1)
		rc = -1;
	else if (rc == 1)
		rc = strcmp(commit.title, s->title) == 0 ? 0 :
		    import(g, mirror, s, false, err);
	str_release(&ref);
	arena_release(&a);
	return rc;
}

int
git_mirror_store(struct git *g, const char *mirror,
    const struct git_stored *s, struct err *err)
{
	int lock = git_mirror_lock(mirror, err), rc;

	if (lock == -1)
		return err_wrap(err, "writing the mirror");
	rc = store_locked(g, mirror, s, err);
	close(lock);
	return rc == -1 ? err_wrap(err, "writing the mirror") : 0;
}

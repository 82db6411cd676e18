/*
 * checkout.c - what a checkout costs: the first of a repository, the next one
 * after a small change, and `git clone --reference` beside them.
 *
 * checkout FOLDER MEGABYTES: makes a repository of that size there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/proc.h"
#include "lib/run/git.h"

#define FILE_BYTES (256 * 1024)

static struct err err;
static char folder[512];

static void
must(int rc, const char *what)
{
	if (rc == 0)
		return;
	fprintf(stderr, "checkout: %s: %s\n", what, err.text);
	exit(1);
}

/* A command of the shell in the folder; the first line that it prints. */
static void
shell(const char *command, char *line, size_t size)
{
	struct proc_spec spec = { .argv = (const char *const[]){ "sh", "-ec",
		command, NULL }, .cwd = folder };
	struct str out = STR_INIT;

	must(proc_run_ok(&spec, NULL, 65536, 600000, &out, &err), command);
	if (line != NULL)
		snprintf(line, size, "%.*s", (int)strcspn(out.s, "\n"),
		    out.s);
	str_release(&out);
}

static void
make_origin(long megabytes)
{
	char command[512];

	snprintf(command, sizeof(command), "git init -q -b main origin && cd origin && "
	    "for i in $(seq %ld); do mkdir -p $((i %% 50)); "
	    "head -c %d /dev/urandom >$((i %% 50))/$i; done",
	    megabytes * 1024 * 1024 / FILE_BYTES, FILE_BYTES);
	shell(command, NULL, 0);
}

static void
commit(struct git *g, const char *mirror, char sha[GIT_SHA_SIZE])
{
	char url[600], name[GIT_SHA_SIZE];

	shell("cd origin && git add -A && git -c user.name=a -c user.email=a@b "
	    "commit -qm x && git rev-parse HEAD", sha, GIT_SHA_SIZE);
	snprintf(url, sizeof(url), "file://%s/origin", folder);
	must(git_mirror_update(g, mirror, url, sha, name, &err), "mirror");
}

static int64_t
ours(struct git *g, const char *mirror, const char *sha, const char *name)
{
	struct git_checkout what = { .mirror = mirror, .sha = sha, .depth = 1,
		.cached = true };
	int64_t start = clock_mono_ms();
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	must(git_checkout(g, &what, path, &err), "checkout");
	start = clock_mono_ms() - start;
	file_remove_tree(path, NULL);
	return start;
}

static int64_t
floor_of(void)
{
	int64_t start = clock_mono_ms();

	shell("git clone -q --reference mirror.git \"file://$PWD/mirror.git\" "
	    "floor", NULL, 0);
	start = clock_mono_ms() - start;
	shell("rm -rf floor", NULL, 0);
	return start;
}

int
main(int argc, char **argv)
{
	struct config config = { .git_protocols = "file",
		.git_timeout_ms = 600000 };
	char mirror[600], sha[GIT_SHA_SIZE];
	struct git *g;

	if (argc != 3 || argv[1][0] != '/' || atol(argv[2]) < 1) {
		fputs("usage: checkout /FOLDER MEGABYTES\n", stderr);
		return 2;
	}
	snprintf(folder, sizeof(folder), "%s", argv[1]);
	snprintf(mirror, sizeof(mirror), "%s/mirror.git", folder);
	config.state_dir = folder;
	must(git_open(&config, &g, &err), "git");
	make_origin(atol(argv[2]));
	commit(g, mirror, sha);
	printf("first checkout: %" PRId64 " ms\n", ours(g, mirror, sha, "w"));
	shell("echo changed >origin/1/1", NULL, 0);
	commit(g, mirror, sha);
	printf("git clone --reference: %" PRId64 " ms\n", floor_of());
	printf("second checkout: %" PRId64 " ms\n", ours(g, mirror, sha, "w"));
	printf("git clone --reference: %" PRId64 " ms\n", floor_of());
	printf("the same again: %" PRId64 " ms\n", ours(g, mirror, sha, "w"));
	git_close(g);
	return 0;
}

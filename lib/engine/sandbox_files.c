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

static const struct {
	const char *name;
	const char *text;
} files[] = {
	{ "etc/passwd",
	    "root:x:0:0:root:/root:/usr/sbin/nologin\n"
	    "pawl:x:1000:1000:pawl:/home/pawl:/bin/sh\n"
	    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n" },
	{ "etc/group",
	    "root:x:0:\n"
	    "pawl:x:1000:\n"
	    "nogroup:x:65534:\n" },
	{ "etc/hosts",
	    "127.0.0.1 localhost sandbox\n"
	    "::1 localhost ip6-localhost\n" },
	{ "init", "" },
};

static const struct {
	const char *name;
	mode_t mode;
} folders[] = {
	{ "home", 0755 },
	{ "tmp", 01777 },
};

static int
make_folder(const char *work_dir, const char *name, mode_t mode,
    const struct sandbox_user *user, struct err *err)
{
	struct str path = STR_INIT;
	int rc = -1;

	str_addf(&path, "%s/sandbox/%s", work_dir, name);
	if (file_mkdirs(path.s, 0755, err) == 0 &&
	    sandbox_own(path.s, user, err) == 0)
		rc = chmod(path.s, mode) == 0 ? 0 :
		    err_errno(err, "cannot open \"%s\"", path.s);
	str_release(&path);
	return rc;
}

static int
make_file(const char *work_dir, const char *name, const char *text,
    struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/sandbox/%s", work_dir, name);
	rc = file_replace(path.s, text, strlen(text), 0644, false, err);
	str_release(&path);
	return rc;
}

int
sandbox_files_make(const char *work_dir, const struct sandbox_user *user,
    bool filled, struct err *err)
{
	static const char *const given[] = { "workspace", "runner" };
	struct str path = STR_INIT;
	int rc = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (make_folder(work_dir, folders[i].name, folders[i].mode, user,
			err) == -1)
			return -1;
	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		if (make_file(work_dir, files[i].name, files[i].text, err) ==
		    -1)
			return -1;
	/* For the user that root becomes, and for nobody else: it holds the
	 * socket that pawl-init connects to. */
	if (user->change && (chown(work_dir, (uid_t)-1, user->gid) == -1 ||
				chmod(work_dir, 0710) == -1))
		return err_errno(err, "cannot open \"%s\" to the sandbox",
		    work_dir);
	for (size_t i = 0; filled && rc == 0 && i < ARRAY_LEN(given); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", work_dir, given[i]);
		rc = sandbox_own(path.s, user, err);
	}
	str_release(&path);
	return rc;
}

/*
 * place.c - is the database on a file system where WAL works?
 *
 * WAL needs a file that all processes map and share. On network file systems
 * that seems to work until two hosts write (https://sqlite.org/wal.html,
 * "all processes using a database must be on the same host"), so they are
 * known by their numbers (statfs(2)) and get a rollback journal instead.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/mem.h"
#include "lib/store/internal.h"

#ifdef __linux__
#include <sys/vfs.h>

static const uint32_t network_types[] = {
	0x00006969, /* NFS */
	0x0000517b, /* SMB */
	0xfe534d42, /* SMB2 */
	0xff534d42, /* CIFS */
	0x01021997, /* 9P */
	0x5346414f, /* AFS */
	0x00c36400, /* Ceph */
	0x73757245, /* Coda */
	0x0bd00bd0, /* Lustre */
	0x7461636f, /* OCFS2 */
	0x01161970, /* GFS2 */
};

bool
place_has_wal(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) == -1)
		return true; /* opening it tells the reason */
	for (size_t i = 0; i < ARRAY_LEN(network_types); i++)
		if ((uint32_t)fs.f_type == network_types[i])
			return false;
	return true;
}
#else
bool
place_has_wal(const char *path)
{
	(void)path;
	return true;
}
#endif

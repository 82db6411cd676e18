/*
 * file.h - files and folders: whole reads with a bound, writes that others
 * see whole or not at all, and the one function through which names from
 * outside become part of a path.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_FILE_H
#define PAWL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Append a whole file to `out`. ERR_TOO_LARGE when it has more than
 * `max_bytes`, ERR_NOT_FOUND when it is not there. "-" is standard input. */
int
file_read(const char *path, size_t max_bytes, struct str *out,
    struct err *err);

/* As file_read(), from a descriptor, to its end. The caller closes it. */
int
file_read_fd(int fd, size_t max_bytes, struct str *out, struct err *err);

/* Write all of it, through short writes and EINTR. */
int
file_write_fd(int fd, const char *data, size_t len, struct err *err);

/*
 * Replace a file whole: write beside it, fsync when `durable`, rename. A
 * reader sees the old or the new content, never a part. Missing folders above
 * it are made with mode 0755. The temporary name starts with ".tmp-".
 */
int
file_replace(const char *path, const char *data, size_t len, mode_t mode,
    bool durable, struct err *err);

/* mkdir -p; folders that are made get `mode`. */
int
file_mkdirs(const char *path, mode_t mode, struct err *err);

/* rm -rf without following symbolic links and without crossing out of
 * `path` by a rename in the tree; a path that is not there is success.
 * Folders without write permission inside are made writable first. */
int
file_remove_tree(const char *path, struct err *err);

/* Set FD_CLOEXEC and, when asked, O_NONBLOCK. */
int
file_set_flags(int fd, bool nonblock, struct err *err);

/*
 * Append one path component made from a name from outside (branch, job,
 * artifact, repository) to `out`. Letters, digits, "_", "-" and "." stand for
 * themselves, every other byte becomes "~XX" (two upper-case hexadecimal
 * digits; "~" is safe in URLs, so the path is also the address). A "." at the
 * start, an empty name ("~") and names of more than 200 encoded bytes (cut,
 * with "~~" and 32 hex digits of a hash) are handled so that the result is
 * never "", ".", "..", never hidden, and two names never share a component.
 */
void
path_add_component(struct str *out, const char *name);

/* Append the name that such a component was made from. False when none was
 * made from anything like it, or when the name was too long and is cut. */
bool
path_component_name(struct str *out, const char *component);

/* Does a relative path stay below where it starts, whatever "." and ".." are
 * in it? Absolute ones do not. */
bool
path_stays_below(const char *path);

/*
 * Can text from outside be the name of a host, a container or a file as it
 * is? 1 to PATH_NAME_MAX letters, digits, "_", "-" and ".", no "-" or "."
 * first.
 */
#define PATH_NAME_MAX 100
bool
path_is_name(const char *text);

#endif

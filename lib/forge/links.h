/*
 * links.h - addresses of pages of a forge: where a commit, a branch, or a line
 * of a file is shown.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_LINKS_H
#define PAWL_FORGE_LINKS_H

#include <stdbool.h>
#include "lib/base/str.h"

/* What the addresses are made of. */
struct forge_place {
	const char *forge;     /* a name of forge.h */
	const char *page;      /* of the repository, as its payload says; or
	                          NULL */
	const char *clone_url; /* as it was registered */
};

/*
 * Append the address, percent-encoded where it must be. False, with nothing
 * appended, when it is not known: a forge without such pages, or a repository
 * whose page is not at http: or https:.
 */
bool
forge_link_page(const struct forge_place *p, struct str *out);
bool
forge_link_commit(const struct forge_place *p, const char *sha,
    struct str *out);
/* `ref` in full, "refs/heads/main", "refs/tags/v1". Of others there is none. */
bool
forge_link_ref(const struct forge_place *p, const char *ref,
    struct str *out);
/* A file as it was in a commit; `line` 0: none. A path that leaves the
 * repository has none. */
bool
forge_link_file(const struct forge_place *p, const char *sha,
    const char *path, int line, struct str *out);
/* What changed between two commits. */
bool
forge_link_compare(const struct forge_place *p, const char *from,
    const char *to, struct str *out);

/* Is it an address that a page may lead to? */
bool
forge_link_is_web(const char *url);

#endif

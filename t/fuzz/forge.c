/*
 * forge.c - fuzz target: any payload and any signature header.
 *
 * What is read must keep what forge.h promises of it: valid names, refs and
 * commit ids. No signature of chance may be right.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/forge/forge.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
promise(bool kept)
{
	if (!kept)
		abort();
}

static bool
is_sha(const char *s)
{
	size_t len = strlen(s);

	return (len == 40 || len == 64) &&
	    strspn(s, "0123456789abcdef") == len;
}

static void
check_push(const struct push_event *e)
{
	promise(e->repo.owner[0] != '\0' && e->repo.name[0] != '\0');
	promise(strchr(e->repo.name, '/') == NULL);
	promise(strcmp(e->repo.name, "..") != 0);
	promise(strncmp(e->ref, "refs/", 5) == 0);
	promise(strstr(e->ref, "..") == NULL);
	promise(strpbrk(e->ref, " \n\t~^:\\") == NULL);
	promise(e->branch[0] != '\0' && strstr(e->ref, e->branch) != NULL);
	promise(is_sha(e->before) && is_sha(e->after));
	promise(e->title == NULL ||
	    (e->title[0] != '\0' && strlen(e->title) <= FORGE_MAX_TITLE &&
	    strpbrk(e->title, "\n\r\033") == NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct forge *f;
	const char *body = (const char *)data;
	struct arena a = ARENA_INIT(0);
	struct push_event e;
	struct forge_repo repo;
	struct err err = { 0 };
	char *header;

	if (size < 1)
		return 0;
	f = forge_at(data[0] % 3);
	body++;
	size--;
	if (forge_parse_push(f, body, size, &a, &e, &err) == 0)
		check_push(&e);
	err_clear(&err);
	(void)forge_parse_repo(f, body, size, &a, &repo, &err);
	header = arena_strndup(&a, body, size);
	promise(forge_verify(f, "secret", body, size, header) !=
	    FORGE_SIGNED);
	arena_release(&a);
	return 0;
}

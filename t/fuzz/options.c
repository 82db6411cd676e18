/*
 * options.c - fuzz: `options` and `volumes` of a container.
 *
 * Whatever the text is: with the strict policy nothing comes out that reaches
 * the host, and what is refused is so with a message.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/engine/engine.h"
#include "lib/engine/words.h"
#include "t/fuzz/require.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct config strict;

static void
check_options(const char *text, struct arena *a)
{
	struct container_options o;
	const char *const *rest;
	struct err err = { ERR_NONE, "" };

	if (container_options_read(text, &strict, a, &o, &rest, &err) == -1) {
		require(err.code != ERR_NONE && err.text[0] != '\0');
		return;
	}
	require(!o.privileged && o.n_cap_add == 0);
	require(o.memory_max_bytes >= 0 && o.cpus_milli >= 0);
	for (size_t i = 0; i < o.n_tmpfs; i++)
		require(o.tmpfs[i].target[0] == '/' &&
		    strstr(o.tmpfs[i].target, "/../") == NULL);
	for (; *rest != NULL; rest++)
		require(strncmp(*rest, "--", 2) == 0);
}

static void
check_mount(const char *text, struct arena *a)
{
	struct container_mount m;
	struct err err = { ERR_NONE, "" };

	if (container_mount_read(text, &strict, a, &m, &err) == -1) {
		require(err.code != ERR_NONE && err.text[0] != '\0');
		return;
	}
	require(m.source == NULL || strchr(m.source, '/') == NULL);
	require(m.target[0] == '/' && strchr(m.target, ':') == NULL);
}

static void
check_words(const char *text, struct arena *a)
{
	const char *const *words;
	struct err err = { ERR_NONE, "" };
	size_t n, len = 0;

	if (words_split(text, a, &words, &n, &err) == -1) {
		require(err.text[0] != '\0');
		return;
	}
	require(n <= WORDS_MAX && words[n] == NULL);
	for (size_t i = 0; i < n; i++)
		len += strlen(words[i]);
	require(len <= strlen(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT(0);
	char *text = malloc(size + 1);

	require(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	check_words(text, &a);
	check_options(text, &a);
	check_mount(text, &a);
	free(text);
	arena_release(&a);
	return 0;
}

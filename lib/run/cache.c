/*
 * cache.c - see cache.h.
 *
 * docs.github.com, "Dependency caching": matching a cache key, restrictions for
 * accessing a cache.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/cache.h"

#include <sodium.h>
#include <string.h>

/* Counted up when what is in a file changes its form. */
#define FORM "pawl-1"

const char *
cache_version(const char *const *paths, struct arena *a)
{
	unsigned char sum[crypto_hash_sha256_BYTES];
	char hex[2 * sizeof(sum) + 1];
	struct str text = STR_INIT;

	for (; *paths != NULL; paths++)
		str_addf(&text, "%s\n", *paths);
	str_add(&text, FORM);
	crypto_hash_sha256(sum, (const unsigned char *)text.s, text.len);
	sodium_bin2hex(hex, sizeof(hex), sum, sizeof(sum));
	str_release(&text);
	return arena_strdup(a, hex);
}

static const char *
text_of(struct expr_object *o, const char *name, struct arena *a)
{
	const struct expr_value *v = o == NULL ? NULL :
	    expr_object_member(o, name);

	return v != NULL && v->type == EXPR_STRING ?
	    arena_strndup(a, v->text.s, v->text.len) : "";
}

static struct expr_object *
object_of(struct expr_object *o, const char *name)
{
	const struct expr_value *v = o == NULL ? NULL :
	    expr_object_member(o, name);

	return v != NULL && v->type == EXPR_OBJECT ? v->object : NULL;
}

size_t
cache_scopes(struct expr_object *github, struct arena *a,
    const char *scopes[CACHE_MAX_SCOPES])
{
	struct expr_object *repository = object_of(object_of(github,
	    "event"), "repository");
	const char *const branches[] = { text_of(github, "base_ref", a),
		text_of(repository, "default_branch", a) };
	const char *ref = text_of(github, "ref", a);
	size_t n = 0;

	scopes[n++] = ref[0] != '\0' ? ref : "refs/heads/main";
	for (size_t i = 0; i < 2; i++) {
		const char *scope = arena_printf(a, "refs/heads/%s",
		    branches[i]);
		bool known = branches[i][0] == '\0';

		for (size_t k = 0; k < n; k++)
			known = known || strcmp(scopes[k], scope) == 0;
		if (!known)
			scopes[n++] = scope;
	}
	return n;
}

static int
check_key(const char *key, struct err *err)
{
	if (strlen(key) > CACHE_KEY_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "a cache's key has at most "
		    "%d bytes: \"%.60s...\"", CACHE_KEY_MAX_BYTES, key);
	if (strchr(key, ',') != NULL)
		return err_set(err, ERR_INVALID, "a cache's key has no comma: "
		    "\"%s\"", key);
	return 0;
}

int
cache_input_read(struct step_run *s, struct cache_input *in,
    struct err *err)
{
	const char *path, *restore;
	const char *const *more;
	size_t n;

	in->n_keys = 1;
	if (builtin_lines(s, "path", &path, err) == -1 ||
	    builtin_text(s, "key", &in->keys[0], err) == -1 ||
	    builtin_lines(s, "restore-keys", &restore, err) == -1 ||
	    check_key(in->keys[0], err) == -1)
		return -1;
	in->paths = carry_patterns(path, &s->arena, &n);
	if (n == 0)
		return err_set(err, ERR_INVALID, "\"path\" names no files");
	if (in->keys[0][0] == '\0')
		return err_set(err, ERR_INVALID, "the cache's key is empty");
	in->version = cache_version(in->paths, &s->arena);
	more = carry_patterns(restore, &s->arena, &n);
	if (n >= CACHE_MAX_KEYS)
		return err_set(err, ERR_TOO_LARGE, "more than %d keys",
		    CACHE_MAX_KEYS);
	for (; *more != NULL; more++) {
		if (check_key(*more, err) == -1)
			return -1;
		in->keys[in->n_keys++] = *more;
	}
	in->keys[in->n_keys] = NULL;
	return 0;
}

/*
 * kept_about.c - about.json of a workspace that is kept. The job could not
 * write to it, but a damaged one must not matter: types are checked.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/kept.h"

#include <jansson.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/str.h"

#define ABOUT_MAX_BYTES (64 * 1024 * 1024)

/* --- writing ------------------------------------------------------------------ */

/* NULL for what is no text in JSON: it is left out. */
static json_t *
texts(const char *const *list, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n && list[i] != NULL; i++) {
		json_t *one = json_string(list[i]);

		if (one != NULL)
			json_array_append_new(out, one);
	}
	return out;
}

static json_t *
steps(const struct kept *k)
{
	json_t *out = json_array();

	for (size_t i = 0; i < k->n_steps; i++) {
		const struct kept_step *s = &k->steps[i];

		json_array_append_new(out, json_pack("{si ss ss so}", "number",
		    s->number, "title", s->title, "cwd", s->cwd, "env",
		    texts(s->env, SIZE_MAX)));
	}
	return out;
}

int
kept_write(const struct kept *k, struct err *err)
{
	json_t *root = json_pack("{ss ss ss ss? sI sI si so so}", "run",
	    k->run, "job", k->key, "engine", k->engine, "image", k->image,
	    "until_ms", (json_int_t)k->until_ms, "bytes",
	    (json_int_t)k->bytes, "failed_step", k->failed_step, "steps",
	    steps(k), "dropped", texts(k->dropped, k->n_dropped));
	char *text = root != NULL ? json_dumps(root, JSON_COMPACT) : NULL;
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/" KEPT_ABOUT, k->path);
	rc = text == NULL ? err_set(err, ERR_INVALID, "a name of the job is "
	    "no text") : file_replace(path.s, text, strlen(text), 0600, false,
	    err);
	str_release(&path);
	free(text);
	json_decref(root);
	return rc;
}

/* --- reading ------------------------------------------------------------------ */

static const char *
text_of(const json_t *o, const char *name, struct arena *a)
{
	const char *text = json_string_value(json_object_get(o, name));

	return text != NULL ? arena_strdup(a, text) : NULL;
}

/* Ends in NULL. */
static const char **
list_of(const json_t *array, struct arena *a, size_t *n)
{
	const char **out = NULL;
	const json_t *one;
	size_t i;

	*n = 0;
	json_array_foreach(array, i, one)
		if (json_is_string(one))
			*(const char **)arena_push(a, &out, n,
			    sizeof(*out)) = arena_strdup(a,
			    json_string_value(one));
	*(const char **)arena_push(a, &out, n, sizeof(*out)) = NULL;
	--*n;
	return out;
}

static bool
read_step(const json_t *o, struct arena *a, struct kept_step *s)
{
	size_t n;

	s->number = (int)json_integer_value(json_object_get(o, "number"));
	s->title = text_of(o, "title", a);
	s->cwd = text_of(o, "cwd", a);
	s->env = list_of(json_object_get(o, "env"), a, &n);
	return s->title != NULL && s->cwd != NULL;
}

static bool
read_root(const json_t *root, struct arena *a, struct kept *k)
{
	const json_t *one;
	size_t i;

	k->run = text_of(root, "run", a);
	k->key = text_of(root, "job", a);
	k->engine = text_of(root, "engine", a);
	k->image = text_of(root, "image", a);
	k->until_ms = json_integer_value(json_object_get(root, "until_ms"));
	k->bytes = json_integer_value(json_object_get(root, "bytes"));
	k->failed_step = (int)json_integer_value(json_object_get(root,
	    "failed_step"));
	k->dropped = list_of(json_object_get(root, "dropped"), a,
	    &k->n_dropped);
	json_array_foreach(json_object_get(root, "steps"), i, one)
		if (!read_step(one, a, arena_push(a, &k->steps, &k->n_steps,
		    sizeof(*k->steps))))
			return false;
	return k->run != NULL && k->key != NULL && k->engine != NULL &&
	    k->bytes >= 0;
}

int
kept_read(const char *path, struct arena *a, struct kept *out,
    struct err *err)
{
	struct str about = STR_INIT, text = STR_INIT;
	json_t *root = NULL;
	int rc;

	*out = (struct kept) { .path = arena_strdup(a, path) };
	str_addf(&about, "%s/" KEPT_ABOUT, path);
	rc = file_read(about.s, ABOUT_MAX_BYTES, &text, err) == -1 ? -1 : 0;
	if (rc == 0) {
		root = json_loadb(text.s, text.len, JSON_REJECT_DUPLICATES,
		    NULL);
		if (!json_is_object(root) || !read_root(root, a, out))
			rc = err_set(err, ERR_CORRUPT, "\"%s\" is damaged",
			    about.s);
	}
	json_decref(root);
	str_release(&about);
	str_release(&text);
	return rc;
}

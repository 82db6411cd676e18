/*
 * conf_map.c - the parts of the configuration that are maps of their own:
 * labels, and secrets, which stay in files of their own.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/conf_internal.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

#define SECRET_MAX_BYTES (64 * 1024)

#define NAME_LETTERS \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

static bool
is_map(struct conf_reader *r, const struct yaml *value, const char *name)
{
	if (value->type == YAML_MAP)
		return true;
	diag_error(r->d, value->pos, value->width, "wrong-type", NULL,
	    "\"%s\" must be a map, not %s", name, yaml_type_name(value->type));
	return false;
}

/* The text under the only key that a small map may have; else NULL, with the
 * problem reported. */
static const char *
only_text(struct conf_reader *r, const struct yaml_pair *pair,
    const char *const *allowed, const char *hint)
{
	const struct yaml *map = pair->value, *text;

	if (map->type != YAML_MAP || map->n_pairs != 1) {
		diag_error(r->d, map->pos, map->width, "wrong-value", hint,
		    "\"%s\" must be a map of one key", pair->key->text);
		return NULL;
	}
	for (; *allowed != NULL; allowed++)
		if (strcmp(map->pairs[0].key->text, *allowed) == 0)
			break;
	text = map->pairs[0].value;
	if (*allowed == NULL) {
		diag_error(r->d, map->pairs[0].key->pos,
		    map->pairs[0].key->width, "unknown-key", hint,
		    "unknown key \"%s\"", map->pairs[0].key->text);
		return NULL;
	}
	if (text->type != YAML_STRING && text->type != YAML_NUMBER) {
		diag_error(r->d, text->pos, text->width, "wrong-type", hint,
		    "\"%s\" must be a text, not %s",
		    map->pairs[0].key->text, yaml_type_name(text->type));
		return NULL;
	}
	return text->text;
}

/*
 * The content of a secret's file, or NULL. A file that this program may not
 * read is left to those that may: handlers share the configuration with
 * programs of more rights.
 */
static const char *
read_secret_file(struct conf_reader *r, const struct yaml_pair *pair,
    const char *path)
{
	struct str text = STR_INIT;
	struct err err = { ERR_NONE, "" };
	const char *value = NULL;

	if (file_read(path, SECRET_MAX_BYTES, &text, &err) < 0) {
		if (err.code == ERR_DENIED)
			r->out->n_denied++;
		else
			diag_error(r->d, pair->value->pos, 1, "secret-file",
			    NULL, "secret \"%s\": %s", pair->key->text,
			    err.text);
		goto out;
	}
	if (text.len > 0 && text.s[text.len - 1] == '\n')
		str_cut(&text, text.len - 1);
	if (text.len > 0 && text.s[text.len - 1] == '\r')
		str_cut(&text, text.len - 1);
	if (text.len == 0 || memchr(text.s, '\0', text.len) != NULL)
		diag_error(r->d, pair->value->pos, 1, "secret-file", NULL,
		    "secret \"%s\": \"%s\" %s", pair->key->text, path,
		    text.len == 0 ? "is empty" : "contains NUL bytes");
	else
		value = arena_strndup(r->a, text.s, text.len);
out:
	str_release(&text);
	return value;
}

const char *
conf_read_secret(struct conf_reader *r, const struct yaml_pair *pair,
    const char *hint, const char **path)
{
	static const char *const allowed[] = { "file", NULL };
	const char *written = only_text(r, pair, allowed, hint);

	if (written == NULL)
		return NULL;
	*path = conf_resolve_path(r, written);
	return read_secret_file(r, pair, *path);
}

static void
read_secret(struct conf_reader *r, const struct yaml_pair *pair,
    struct config_secret **list, size_t *n)
{
	const char *path, *value;
	struct config_secret *secret;

	value = conf_read_secret(r, pair,
	    "keep the secret in a file and write {file: PATH}", &path);
	if (value == NULL)
		return;
	secret = arena_push(r->a, list, n, sizeof(*secret));
	secret->name = pair->key->text;
	secret->value = value;
	secret->path = path;
}

static bool
check_name(struct conf_reader *r, const struct yaml *key, const char *what)
{
	size_t letters = strspn(key->text, NAME_LETTERS "0123456789");

	if (key->text_len > 0 && letters == key->text_len &&
	    strchr("0123456789", key->text[0]) == NULL)
		return true;
	diag_error(r->d, key->pos, key->width, "wrong-name",
	    "letters, digits and \"_\"; no digit first",
	    "\"%s\" cannot be the name of %s", key->text, what);
	return false;
}

static void
read_secrets(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	struct config_secret *list = NULL;
	size_t n = 0;

	if (!is_map(r, value, row->name))
		return;
	for (size_t i = 0; i < value->n_pairs; i++)
		if (check_name(r, value->pairs[i].key, "a secret"))
			read_secret(r, &value->pairs[i], &list, &n);
	*(struct config_secret **)field = list;
	r->out->n_secrets = n;
}

/* One, or a list of them. */
static void
read_forge_secrets(struct conf_reader *r, const struct yaml_pair *pair,
    struct config_secret **list, size_t *n)
{
	if (pair->value->type != YAML_LIST) {
		read_secret(r, pair, list, n);
		return;
	}
	for (size_t i = 0; i < pair->value->n_items; i++) {
		const struct yaml_pair one = { pair->key,
			pair->value->items[i] };

		read_secret(r, &one, list, n);
	}
}

static void
read_webhook_secrets(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	static const char *const forges[] = { "github", "gitlab", "gitea",
		"forgejo", "bitbucket", "bitbucket-dc", "generic", NULL };
	struct config_secret *list = NULL;
	size_t n = 0;

	if (!is_map(r, value, row->name))
		return;
	for (size_t i = 0; i < value->n_pairs; i++) {
		const struct yaml *key = value->pairs[i].key;
		const char *near = suggest_word(key->text, forges);

		if (near != NULL && strcmp(near, key->text) == 0)
			read_forge_secrets(r, &value->pairs[i], &list, &n);
		else
			diag_error(r->d, key->pos, key->width, "unknown-key",
			    near != NULL ? arena_printf(r->a,
			    "did you mean \"%s\"?", near) : "github, gitlab, "
			    "gitea, forgejo, bitbucket, bitbucket-dc or "
			    "generic", "unknown forge \"%s\"", key->text);
	}
	*(struct config_secret **)field = list;
	r->out->n_webhook_secrets = n;
}

static void
read_label(struct conf_reader *r, const struct yaml_pair *pair,
    struct config_label *label)
{
	static const char *const allowed[] = { "image", "engine", NULL };
	const char *text;

	label->label = pair->key->text;
	if (pair->value->type == YAML_STRING) {
		label->image = pair->value->text;
		return;
	}
	text = only_text(r, pair, allowed,
	    "write IMAGE, {image: IMAGE} or {engine: sandbox}");
	if (text == NULL)
		return;
	if (strcmp(pair->value->pairs[0].key->text, "image") == 0)
		label->image = text;
	else if (strcmp(text, "sandbox") == 0)
		label->engine = text;
	else
		diag_error(r->d, pair->value->pairs[0].value->pos,
		    pair->value->pairs[0].value->width, "wrong-value",
		    "the only engine that needs no image is \"sandbox\"",
		    "a label cannot stand for engine \"%s\"", text);
}

static void
read_labels(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	struct config_label *list = NULL;
	size_t n = 0;

	if (!is_map(r, value, row->name))
		return;
	for (size_t i = 0; i < value->n_pairs; i++) {
		struct config_label *label = arena_push(r->a, &list, &n,
		    sizeof(*label));
		read_label(r, &value->pairs[i], label);
	}
	*(struct config_label **)field = list;
	r->out->n_labels = n;
}

static void
read_variables(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	struct config_variable *list = NULL;
	size_t n = 0;

	if (!is_map(r, value, row->name))
		return;
	for (size_t i = 0; i < value->n_pairs; i++) {
		const struct yaml *key = value->pairs[i].key;
		const struct yaml *text = value->pairs[i].value;
		struct config_variable *v;

		if (!check_name(r, key, "a variable"))
			continue;
		if (text->type == YAML_MAP || text->type == YAML_LIST) {
			diag_error(r->d, text->pos, text->width, "wrong-type",
			    NULL, "\"%s\" must be a text, not %s", key->text,
			    yaml_type_name(text->type));
			continue;
		}
		v = arena_push(r->a, &list, &n, sizeof(*v));
		v->name = key->text;
		v->value = text->text;
	}
	*(struct config_variable **)field = list;
	r->out->n_variables = n;
}

const struct conf_type conf_variables = {
	"variables", "a map", NULL, read_variables
};
const struct conf_type conf_secrets = {
	"secrets", "a map", NULL, read_secrets
};
const struct conf_type conf_webhook_secrets = {
	"secrets", "a map", NULL, read_webhook_secrets
};
const struct conf_type conf_labels = {
	"labels", "a map", NULL, read_labels
};

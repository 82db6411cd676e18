/*
 * conf_sign_in.c - the parts of the configuration that say who comes in:
 * providers of sign-in, and whose tokens machines show.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/conf_internal.h"

#include <assert.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define NAME_MAX_BYTES 40

/* A key of a map that is an entry of a list. */
struct entry_key {
	const char *name;
	void (*read)(struct conf_reader *r, const struct yaml_pair *pair,
	    void *entry);
	size_t text; /* without `read`: where its text goes */
};

#define KEY_TEXT(thing, name, member) \
	{ name, NULL, offsetof(struct thing, member) }

static void
wrong(struct conf_reader *r, const struct yaml *at, const char *what,
    const char *hint)
{
	diag_error(r->d, at->pos, at->width, "wrong-value", hint,
	    "%s cannot be understood", what);
}

static bool
is_text(const struct yaml *value)
{
	return (value->type == YAML_STRING || value->type == YAML_NUMBER) &&
	    value->text_len > 0 && memchr(value->text, '\0',
	    value->text_len) == NULL;
}

/* Read the keys of one entry. False when it is no map. */
static bool
read_entry(struct conf_reader *r, const struct yaml *map, const char *what,
    const struct entry_key *keys, void *entry)
{
	if (map->type != YAML_MAP) {
		diag_error(r->d, map->pos, map->width, "wrong-type", NULL,
		    "an entry of \"%s\" must be a map, not %s", what,
		    yaml_type_name(map->type));
		return false;
	}
	for (size_t i = 0; i < map->n_pairs; i++) {
		const struct yaml_pair *pair = &map->pairs[i];
		const struct entry_key *k = keys;

		while (k->name != NULL && strcmp(k->name, pair->key->text) != 0)
			k++;
		if (k->name == NULL)
			diag_error(r->d, pair->key->pos, pair->key->width,
			    "unknown-key", NULL, "unknown key \"%s\" of an "
			    "entry of \"%s\"", pair->key->text, what);
		else if (k->read != NULL)
			k->read(r, pair, entry);
		else if (!is_text(pair->value))
			wrong(r, pair->value, k->name, "a text");
		else
			*(const char **)((char *)entry + k->text) =
			    pair->value->text;
	}
	return true;
}

static void
need(struct conf_reader *r, const struct yaml *at, const char *value,
    const char *key, const char *what)
{
	if (value == NULL)
		diag_error(r->d, at->pos, 1, "missing-key", NULL, "an entry "
		    "of \"%s\" has no \"%s\"", what, key);
}

/* --- whom, and what ------------------------------------------------------- */

static bool
is_whom(const char *text)
{
	static const char *const kinds[] = { "user:", "id:", "group:" };

	if (strcmp(text, "anybody") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (str_starts_with(text, kinds[i]))
			return text[strlen(kinds[i])] != '\0';
	return false;
}

static const char whom_hint[] =
    "anybody, user:LOGIN, id:SUBJECT or group:NAME";

static void
read_whom(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	struct config_grant *g = entry;

	if (!is_text(pair->value) || !is_whom(pair->value->text))
		wrong(r, pair->value, "\"for\"", whom_hint);
	else
		g->whom = pair->value->text;
}

static void
read_role(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	static const char *const roles[] = { "reader", "writer", "admin" };
	struct config_grant *g = entry;

	for (size_t i = 0; is_text(pair->value) && i < ARRAY_LEN(roles); i++)
		if (strcmp(pair->value->text, roles[i]) == 0)
			g->role = roles[i];
	if (g->role == NULL)
		wrong(r, pair->value, "\"role\"", "reader, writer or admin");
}

/* As grant_parse_scope() reads it. */
static bool
is_scope(const char *text)
{
	const char *slash = strrchr(text, '/');

	if (strcmp(text, "everything") == 0)
		return true;
	if (str_starts_with(text, "owner "))
		return text[6] != '\0';
	return slash != NULL && slash != text && slash[1] != '\0';
}

static void
read_scope(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	struct config_grant *g = entry;

	if (!is_text(pair->value) || !is_scope(pair->value->text))
		wrong(r, pair->value, "\"scope\"", "everything, owner NAME "
		    "or OWNER/NAME");
	else
		g->scope = pair->value->text;
}

static void
read_claims(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	struct config_grant *g = entry;
	struct config_variable *list = NULL;
	size_t n = 0;

	if (pair->value->type != YAML_MAP || pair->value->n_pairs == 0) {
		wrong(r, pair->value, "\"when\"", "a map of CLAIM: PATTERN");
		return;
	}
	for (size_t i = 0; i < pair->value->n_pairs; i++) {
		const struct yaml_pair *p = &pair->value->pairs[i];
		struct config_variable *v;

		if (!is_text(p->value)) {
			wrong(r, p->value, p->key->text, "a text");
			continue;
		}
		v = arena_push(r->a, &list, &n, sizeof(*v));
		*v = (struct config_variable){ p->key->text, p->value->text };
	}
	g->claims = list;
	g->n_claims = n;
}

/* The grants of an entry; `first` is the key that says who gets them. */
static void
read_grants(struct conf_reader *r, const struct yaml_pair *pair,
    const struct entry_key *first, const struct config_grant **out,
    size_t *n_out)
{
	const struct entry_key keys[] = {
		*first,
		{ "role", read_role, 0 },
		{ "scope", read_scope, 0 },
		{ NULL, NULL, 0 },
	};
	struct config_grant *list = NULL;
	size_t n = 0;

	if (pair->value->type != YAML_LIST) {
		wrong(r, pair->value, "\"grants\"", "a list of maps");
		return;
	}
	for (size_t i = 0; i < pair->value->n_items; i++) {
		const struct yaml *item = pair->value->items[i];
		struct config_grant g = { .scope = "everything" };

		if (!read_entry(r, item, "grants", keys, &g))
			continue;
		need(r, item, g.role, "role", "grants");
		if (g.whom == NULL && g.n_claims == 0)
			need(r, item, NULL, first->name, "grants");
		else if (g.role != NULL)
			*(struct config_grant *)arena_push(r->a, &list, &n,
			    sizeof(*list)) = g;
	}
	*out = list;
	*n_out = n;
}

static void
read_name(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	const struct yaml *v = pair->value;

	if (!is_text(v) || v->text_len > NAME_MAX_BYTES ||
	    v->text[strspn(v->text, NAME_LETTERS)] != '\0')
		wrong(r, v, "\"name\"", "small letters, digits and \"-\"");
	else
		*(const char **)entry = v->text; /* the first member */
}

/* --- providers ------------------------------------------------------------ */

static void
read_kind(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	static const char *const kinds[] = { "github", "gitlab", "gitea",
		"forgejo", "oidc" };
	struct config_sign_in *s = entry;

	for (size_t i = 0; is_text(pair->value) && i < ARRAY_LEN(kinds); i++)
		if (strcmp(pair->value->text, kinds[i]) == 0)
			s->kind = kinds[i];
	if (s->kind == NULL)
		wrong(r, pair->value, "\"kind\"", "github, gitlab, gitea, "
		    "forgejo or oidc");
}

/* With https; or on this host, where nobody listens in. */
static void
read_url(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	static const char *const local[] = { "http://localhost",
		"http://127.0.0.1", "http://[::1]" };
	struct config_sign_in *s = entry;
	const char *text = pair->value->text;
	bool fits = is_text(pair->value) && strpbrk(text, " \t\"<>?#@\\") ==
	    NULL && str_starts_with(text, "https://");

	for (size_t i = 0; !fits && is_text(pair->value) &&
	    i < ARRAY_LEN(local); i++)
		fits = str_starts_with(text, local[i]) &&
		    strchr(":/", text[strlen(local[i])]) != NULL;
	if (!fits) {
		wrong(r, pair->value, "\"url\"", "an address with https, "
		    "without user and query");
		return;
	}
	s->url = text;
}

static void
read_client_secret(struct conf_reader *r, const struct yaml_pair *pair,
    void *entry)
{
	struct config_sign_in *s = entry;

	s->client_secret = conf_read_secret(r, pair, "keep the secret in a "
	    "file and write {file: PATH}", &s->path);
}

static void
read_allow(struct conf_reader *r, const struct yaml_pair *pair, void *entry)
{
	struct config_sign_in *s = entry;
	const char **items = NULL;
	size_t n = 0;

	if (pair->value->type != YAML_LIST) {
		wrong(r, pair->value, "\"allow\"", "a list");
		return;
	}
	for (size_t i = 0; i < pair->value->n_items; i++) {
		const struct yaml *item = pair->value->items[i];

		if (!is_text(item) || !is_whom(item->text))
			wrong(r, item, "\"allow\"", whom_hint);
		else
			*(const char **)arena_push(r->a, &items, &n,
			    sizeof(*items)) = item->text;
	}
	s->allow = (struct config_list){ items, n };
}

static void
read_sign_in_grants(struct conf_reader *r, const struct yaml_pair *pair,
    void *entry)
{
	static const struct entry_key whom = { "for", read_whom, 0 };
	struct config_sign_in *s = entry;

	read_grants(r, pair, &whom, &s->grants, &s->n_grants);
}

static const struct entry_key sign_in_keys[] = {
	{ "name", read_name, 0 },
	{ "kind", read_kind, 0 },
	KEY_TEXT(config_sign_in, "label", label),
	{ "url", read_url, 0 },
	KEY_TEXT(config_sign_in, "client-id", client_id),
	{ "client-secret", read_client_secret, 0 },
	KEY_TEXT(config_sign_in, "groups-claim", groups_claim),
	{ "allow", read_allow, 0 },
	{ "grants", read_sign_in_grants, 0 },
	{ NULL, NULL, 0 },
};

static void
check_sign_in(struct conf_reader *r, const struct yaml *at,
    struct config_sign_in *s)
{
	static const char what[] = "sign-in";

	need(r, at, s->name, "name", what);
	need(r, at, s->kind, "kind", what);
	need(r, at, s->client_id, "client-id", what);
	need(r, at, s->path, "client-secret", what);
	if (s->url == NULL && str_equal(s->kind, "github"))
		s->url = "https://github.com";
	if (s->url == NULL && str_equal(s->kind, "gitlab"))
		s->url = "https://gitlab.com";
	need(r, at, s->url, "url", what);
	/* An issuer is compared as it is written. */
	if (s->url != NULL && str_ends_with(s->url, "/") &&
	    !str_equal(s->kind, "oidc"))
		s->url = arena_strndup(r->a, s->url, strlen(s->url) - 1);
	if (s->label == NULL)
		s->label = s->name;
}

static bool
is_list(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value)
{
	if (value->type == YAML_LIST)
		return true;
	diag_error(r->d, value->pos, value->width, "wrong-type", NULL,
	    "\"%s\" must be a list, not %s", row->name,
	    yaml_type_name(value->type));
	return false;
}

static void
twice(struct conf_reader *r, const struct yaml *at, const char *name)
{
	diag_error(r->d, at->pos, 1, "wrong-name", NULL,
	    "the name \"%s\" is taken", name);
}

static void
read_sign_ins(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	struct config_sign_in *list = NULL;
	size_t n = 0;

	if (!is_list(r, row, value))
		return;
	for (size_t i = 0; i < value->n_items; i++) {
		struct config_sign_in s = { .groups_claim = "groups" };

		if (!read_entry(r, value->items[i], row->name, sign_in_keys,
		    &s))
			continue;
		check_sign_in(r, value->items[i], &s);
		for (size_t k = 0; k < n; k++)
			if (str_equal(list[k].name, s.name))
				twice(r, value->items[i], s.name);
		*(struct config_sign_in *)arena_push(r->a, &list, &n,
		    sizeof(*list)) = s;
	}
	*(struct config_sign_in **)field = list;
	r->out->n_sign_ins = n;
}

/* --- machines ------------------------------------------------------------- */

static void
read_keys_file(struct conf_reader *r, const struct yaml_pair *pair,
    void *entry)
{
	struct config_machine *m = entry;

	if (!is_text(pair->value))
		wrong(r, pair->value, "\"keys-file\"", "a path");
	else
		m->keys_file = conf_resolve_path(r, pair->value->text);
}

static void
read_machine_grants(struct conf_reader *r, const struct yaml_pair *pair,
    void *entry)
{
	static const struct entry_key claims = { "when", read_claims, 0 };
	struct config_machine *m = entry;

	read_grants(r, pair, &claims, &m->grants, &m->n_grants);
}

static const struct entry_key machine_keys[] = {
	{ "name", read_name, 0 },
	KEY_TEXT(config_machine, "issuer", issuer),
	KEY_TEXT(config_machine, "audience", audience),
	{ "keys-file", read_keys_file, 0 },
	{ "grants", read_machine_grants, 0 },
	{ NULL, NULL, 0 },
};

static void
read_machines(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	struct config_machine *list = NULL;
	size_t n = 0;

	if (!is_list(r, row, value))
		return;
	for (size_t i = 0; i < value->n_items; i++) {
		const struct yaml *item = value->items[i];
		struct config_machine m = { .name = NULL };

		if (!read_entry(r, item, row->name, machine_keys, &m))
			continue;
		need(r, item, m.name, "name", row->name);
		need(r, item, m.issuer, "issuer", row->name);
		need(r, item, m.audience, "audience", row->name);
		need(r, item, m.keys_file, "keys-file", row->name);
		for (size_t k = 0; k < n; k++)
			if (str_equal(list[k].name, m.name))
				twice(r, item, m.name);
		*(struct config_machine *)arena_push(r->a, &list, &n,
		    sizeof(*list)) = m;
	}
	*(struct config_machine **)field = list;
	r->out->n_machines = n;
}

static_assert(offsetof(struct config_sign_in, name) == 0 &&
    offsetof(struct config_machine, name) == 0, "read_name() writes there");

const struct conf_type conf_sign_ins = {
	"list of providers", "a list of maps", NULL, read_sign_ins
};
const struct conf_type conf_machines = {
	"list of issuers", "a list of maps", NULL, read_machines
};

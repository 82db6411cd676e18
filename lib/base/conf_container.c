/*
 * conf_container.c - the parts of the configuration that are about
 * containers: lists of what is allowed, logins of registries, where the
 * engine is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/conf_internal.h"

#include <string.h>

#include "lib/base/str.h"

#define TCP "tcp://"
#define UNIX "unix://"
#define MAX_PROCESSORS 4096

/* Read a list of texts; `fits` says of each whether it is one. */
static void
read_list(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field, bool (*fits)(const char *text),
    const char *hint)
{
	struct config_list *list = field;
	const char **items = NULL;
	size_t n = 0;

	if (value->type != YAML_LIST) {
		diag_error(r->d, value->pos, value->width, "wrong-type", hint,
		    "\"%s\" must be a list, not %s", row->name,
		    yaml_type_name(value->type));
		return;
	}
	for (size_t i = 0; i < value->n_items; i++) {
		const struct yaml *item = value->items[i];

		if (item->type != YAML_STRING || !fits(item->text)) {
			diag_error(r->d, item->pos, item->width, "wrong-value",
			    hint, "\"%s\" of \"%s\" cannot be understood",
			    item->type == YAML_STRING ? item->text :
			    yaml_type_name(item->type), row->name);
			continue;
		}
		*(const char **)arena_push(r->a, &items, &n, sizeof(*items)) =
		    item->text;
	}
	list->items = items;
	list->n = n;
}

/* Without a part that would lead elsewhere: it is compared as a text. */
static bool
is_volume(const char *text)
{
	const char *colon = strrchr(text, ':');

	if (colon != NULL && strcmp(colon, ":ro") != 0)
		return false;
	return text[0] == '/' && strstr(text, "/../") == NULL &&
	    strstr(text, "/./") == NULL && strstr(text, "//") == NULL;
}

static bool
is_capability(const char *text)
{
	return text[0] != '\0' && text[strspn(text,
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789")] == '\0';
}

static void
read_volumes(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	read_list(r, row, value, field, is_volume,
	    "absolute paths of this host, with \":ro\" where jobs may only "
	    "read");
}

static void
read_capabilities(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	read_list(r, row, value, field, is_capability,
	    "names of capabilities, such as SYS_PTRACE");
}

/* As a browser writes the header Origin: no path, no slash at the end. */
static bool
is_origin(const char *text)
{
	const char *host = strstr(text, "://");

	if (!str_starts_with(text, "https://") &&
	    !str_starts_with(text, "http://"))
		return false;
	host += 3;
	return *host != '\0' && host[strcspn(host, "/*?#@ \t\n\"")] == '\0';
}

static void
read_origins(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	read_list(r, row, value, field, is_origin,
	    "a site alone, such as https://board.example.org");
}

/* An owner and something behind a "/". */
static bool
is_action(const char *text)
{
	const char *slash = strchr(text, '/');

	return slash != NULL && slash != text && slash[1] != '\0' &&
	    text[0] != '.' && text[strcspn(text, " \t\n")] == '\0';
}

static void
read_actions(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	read_list(r, row, value, field, is_action,
	    "such as actions/setup-node, mine/*, or owner/repo@v1");
}

/* --- registries ----------------------------------------------------------- */

static void
read_login(struct conf_reader *r, const struct yaml_pair *pair,
    struct config_registry *login)
{
	static const char hint[] =
	    "write {username: NAME, password: {file: PATH}}";

	login->host = pair->key->text;
	if (pair->value->type != YAML_MAP) {
		diag_error(r->d, pair->value->pos, pair->value->width,
		    "wrong-type", hint, "\"%s\" must be a map, not %s",
		    login->host, yaml_type_name(pair->value->type));
		return;
	}
	for (size_t i = 0; i < pair->value->n_pairs; i++) {
		const struct yaml_pair *p = &pair->value->pairs[i];

		if (strcmp(p->key->text, "password") == 0)
			login->password = conf_read_secret(r, p, hint,
			    &login->path);
		else if (strcmp(p->key->text, "username") == 0 &&
		    p->value->type == YAML_STRING)
			login->username = p->value->text;
		else
			diag_error(r->d, p->key->pos, p->key->width,
			    "unknown-key", hint, "\"%s\" of the registry "
			    "\"%s\" cannot be understood", p->key->text,
			    login->host);
	}
	if (login->username == NULL)
		diag_error(r->d, pair->key->pos, pair->key->width,
		    "missing-key", hint, "the registry \"%s\" has no "
		    "\"username\"", login->host);
}

static void
read_registries(struct conf_reader *r, const struct conf_row *row,
    const struct yaml *value, void *field)
{
	struct config_registry *list = NULL, login;
	size_t n = 0;

	if (value->type != YAML_MAP) {
		diag_error(r->d, value->pos, value->width, "wrong-type", NULL,
		    "\"%s\" must be a map, not %s", row->name,
		    yaml_type_name(value->type));
		return;
	}
	for (size_t i = 0; i < value->n_pairs; i++) {
		login = (struct config_registry){ NULL, NULL, NULL, NULL };
		read_login(r, &value->pairs[i], &login);
		/* One whose file may not be read is left to others. */
		if (login.username == NULL || login.password == NULL)
			continue;
		*(struct config_registry *)arena_push(r->a, &list, &n,
		    sizeof(*list)) = login;
	}
	*(struct config_registry **)field = list;
	r->out->n_registries = n;
}

/* --- scalars -------------------------------------------------------------- */

static bool
parse_engine_socket(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	(void)row;
	if (str_starts_with(text, UNIX))
		text += strlen(UNIX);
	else if (str_starts_with(text, TCP)) {
		*(const char **)field = arena_strdup(r->a, text);
		return text[strlen(TCP)] != '\0' &&
		    strpbrk(text + strlen(TCP), "/?#@ ") == NULL;
	}
	*(const char **)field = conf_resolve_path(r, text);
	return true;
}

bool
conf_parse_processors(const char *text, int64_t *milli)
{
	size_t whole = strspn(text, "0123456789"), part = 0;
	int64_t value = 0, unit = 100;

	if (whole == 0 || whole > 4)
		return false;
	for (size_t i = 0; i < whole; i++)
		value = value * 10 + (text[i] - '0');
	value *= 1000;
	if (text[whole] == '.') {
		part = strspn(text + whole + 1, "0123456789");
		if (part == 0 || part > 9)
			return false;
		for (size_t i = 0; i < part; i++, unit /= 10)
			value += (text[whole + 1 + i] - '0') * unit;
		part++;
	}
	if (text[whole + part] != '\0' || value > MAX_PROCESSORS * 1000)
		return false;
	*milli = value;
	return true;
}

static bool
parse_processors(struct conf_reader *r, const struct conf_row *row,
    const char *text, void *field)
{
	(void)r;
	(void)row;
	return conf_parse_processors(text, field);
}

const struct conf_type conf_volumes = {
	"list of paths", "a list of paths", NULL, read_volumes
};
const struct conf_type conf_capabilities = {
	"list of words", "a list of capabilities", NULL, read_capabilities
};
const struct conf_type conf_actions = {
	"list of actions", "a list of actions", NULL, read_actions
};
const struct conf_type conf_origins = {
	"list of sites", "a list of sites", NULL, read_origins
};
const struct conf_type conf_registries = {
	"registries", "a map", NULL, read_registries
};
const struct conf_type conf_engine_socket = {
	"path or address", "a path, or an address such as "
	"\"tcp://127.0.0.1:2376\"", parse_engine_socket, NULL
};
const struct conf_type conf_processors = {
	"processors", "a number of processors such as \"2\" or \"1.5\", at "
	"most 4096", parse_processors, NULL
};

/*
 * cmd_api.c - pawl api: any request to the API, for what no command does.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <stdio.h>
#include <string.h>
#include "cli/json_out.h"
#include "cli/source.h"
#include "cli/term.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"

#define BODY_MAX ((size_t)4 * 1024 * 1024)

const struct cli_option api_options[] = {
	{ "field", 'f', "NAME=VALUE", "a field of the body, a text; again for "
	    "more", true },
	{ "raw-field", 'F', "NAME=JSON", "the same, a number, flag, list or "
	    "object", true },
	{ "input", 0, "FILE", "the whole body; - is standard input", false },
	{ "paginate", 0, NULL, "of a list all pages, as one array", false },
	{ NULL, 0, NULL, NULL, false },
};

static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH",
	"DELETE", NULL };

/* Add "NAME=VALUE" lines to the body. */
static int
add_fields(struct cli *cli, const char *option, bool raw, json_t *body,
    struct err *err)
{
	const char *at = args_option(cli, option);

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, "\n");
		char *name = arena_strndup(&cli->arena, at, len);
		char *sign = strchr(name, '=');
		json_t *value;

		if (sign == NULL)
			return err_set(err, ERR_INVALID, "--%s takes "
			    "NAME=VALUE, not \"%s\"", option, name);
		*sign = '\0';
		value = raw ? json_loads(sign + 1, JSON_DECODE_ANY, NULL) :
		    json_string(sign + 1);
		if (value == NULL)
			return err_set(err, ERR_INVALID, "--%s %s: the value "
			    "is %s", option, name, raw ? "not JSON" :
			    "not UTF-8");
		json_object_set_new(body, name, value);
		at += len + (at[len] == '\n');
	}
	return 0;
}

/* NULL without a body; err is set when it is wrong. */
static int
read_body(struct cli *cli, json_t **body, struct err *err)
{
	const char *file = args_option(cli, "input");
	struct str text = STR_INIT;
	json_error_t where;
	int rc = 0;

	*body = NULL;
	if (file != NULL) {
		rc = file_read(file, BODY_MAX, &text, err);
		if (rc == 0 && (*body = json_loadb(text.s, text.len,
		    JSON_REJECT_DUPLICATES, &where)) == NULL)
			rc = err_set(err, ERR_INVALID, "%s:%d:%d: %s", file,
			    where.line, where.column, where.text);
		str_release(&text);
	} else if (args_option(cli, "field") != NULL ||
	    args_option(cli, "raw-field") != NULL) {
		*body = json_object();
		if (add_fields(cli, "field", false, *body, err) == -1 ||
		    add_fields(cli, "raw-field", true, *body, err) == -1)
			rc = -1;
	}
	if (rc == -1)
		json_decref(*body);
	return rc;
}

/* Without "api/v1/" in front it is put there; a slash, and the address of the
 * server, may stand in front. */
static const char *
path_of(struct cli *cli, const char *text)
{
	static const char *const roots[] = { "api/", "healthz", "readyz",
		"metrics" };
	size_t base = strlen(source_base_url(cli->source));

	if (strncmp(text, source_base_url(cli->source), base) == 0)
		text += base;
	while (*text == '/')
		text++;
	for (size_t i = 0; i < ARRAY_LEN(roots); i++)
		if (str_starts_with(text, roots[i]))
			return text;
	return arena_printf(&cli->arena, "api/v1/%s", text);
}

/* JSON is printed as everywhere; what is none as it came, but not so that it
 * could steer a terminal. */
static int
print(struct cli *cli, const struct answer *a, struct err *err)
{
	json_t *value = a->body.len == 0 ? NULL : json_loadb(a->body.s,
	    a->body.len, JSON_DECODE_ANY, NULL);
	struct str safe = STR_INIT;

	if (value != NULL)
		return json_out(cli, value, err);
	term_lines(&safe, a->body.s);
	fputs(safe.s, stdout);
	str_release(&safe);
	return 0;
}

/* The key of the list in a document: its only array. */
static const char *
list_key(const json_t *page)
{
	const char *key, *found = NULL;
	json_t *value;

	json_object_foreach((json_t *)page, key, value)
		if (json_is_array(value))
			found = found == NULL ? key : "";
	return found != NULL && *found != '\0' ? found : NULL;
}

static int
print_all(struct cli *cli, const char *path, struct err *err)
{
	json_t *page = source_get(cli->source, path, err), *all;
	const char *key = page != NULL ? list_key(page) : NULL;

	if (page == NULL)
		return -1;
	if (key == NULL) {
		json_decref(page);
		return err_set(err, ERR_INVALID, "--paginate: %s answers with "
		    "no list", path);
	}
	all = source_list(cli->source, path, arena_strdup(&cli->arena, key),
	    0, 0, err);
	json_decref(page);
	return all == NULL ? -1 : json_out(cli, all, err);
}

static int
send_one(struct cli *cli, const char *method, const char *path,
    struct err *err)
{
	struct answer a = ANSWER_INIT;
	json_t *body;
	int rc;

	if (read_body(cli, &body, err) == -1)
		return -1;
	rc = source_ask(cli->source, method, path, body, &a, err);
	if (rc == 0)
		rc = print(cli, &a, err);
	if (rc == 0 && (a.status < 200 || a.status > 299))
		rc = source_refused(cli->source, &a, err);
	json_decref(body);
	answer_release(&a);
	return rc;
}

int
cmd_api(struct cli *cli, struct err *err)
{
	const char *method = cli->n_words == 2 ? cli->words[0] : "GET";
	const char *path = path_of(cli, cli->words[cli->n_words - 1]);
	bool known = false;

	for (size_t i = 0; methods[i] != NULL; i++)
		known = known || strcmp(methods[i], method) == 0;
	if (!known)
		return cli_usage(cli, "\"%s\" is no method: %s", method,
		    "GET, HEAD, POST, PUT, PATCH or DELETE");
	if (args_option(cli, "paginate") == NULL)
		return send_one(cli, method, path, err);
	if (strcmp(method, "GET") != 0)
		return cli_usage(cli, "only what GET answers has pages");
	return print_all(cli, path, err);
}

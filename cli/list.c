/*
 * list.c - see list.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/list.h"

#include <stdio.h>
#include <string.h>

#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/web_page.h"
#include "lib/base/percent.h"

static bool
has_limit(const struct cli *cli)
{
	for (const struct cli_option *o = cli->command->options;
	    o != NULL && o->name != NULL; o++)
		if (strcmp(o->name, "limit") == 0)
			return true;
	return false;
}

const char *
list_path(struct cli *cli, const struct list *l, struct err *err)
{
	struct str path = STR_INIT;
	const char *value, *repo = NULL, *done;
	char mark = '?';

	if (cli->n_words > 0 && l->repo_path != NULL) {
		if ((repo = ref_repo_path(cli, cli->words[0], l->repo_path,
		    err)) == NULL)
			return NULL;
		str_add(&path, repo);
	} else {
		str_add(&path, l->path);
	}
	if (strchr(path.s, '?') != NULL) /* the command has said one */
		mark = '&';
	for (size_t i = 0; l->filters != NULL && l->filters[i] != NULL; i++) {
		if ((value = args_option(cli, l->filters[i])) == NULL)
			continue;
		str_addf(&path, "%c%s=", mark, l->filters[i]);
		percent_encode(&path, value);
		mark = '&';
	}
	done = arena_strdup(&cli->arena, path.s);
	str_release(&path);
	return done;
}

json_t *
list_read(struct cli *cli, const struct list *l, struct err *err)
{
	const char *path = list_path(cli, l, err);
	long long limit = l->standard;

	if (path == NULL || (has_limit(cli) && args_number(cli, "limit", 1,
	    LIST_LIMIT_MAX, l->standard, &limit, err) == -1))
		return NULL;
	return source_list(cli->source, path, l->key, limit, l->how, err);
}

int
list_run(struct cli *cli, const struct list *l, struct err *err)
{
	json_t *list;
	size_t n;

	if (cli->web && l->page != NULL)
		return web_page(cli, l->page, err);
	if ((list = list_read(cli, l, err)) == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, list, err);
	n = json_array_size(list);
	doc_table(cli, list, l->columns);
	json_decref(list);
	if (n == 0 && l->none != NULL)
		fprintf(stderr, "%s\n", l->none);
	return CLI_OK;
}

/*
 * delivery_out.c - see delivery_out.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/delivery_out.h"

#include <stdio.h>

#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/source.h"

int
delivery_send(struct cli *cli, const char *path, json_t *body,
    struct err *err)
{
	json_t *o = source_change(cli->source, "POST", path, body, err);
	struct str id = STR_INIT;

	if (o == NULL)
		return -1;
	if (cli->json)
		return json_out(cli, o, err);
	term_text(&id, doc_text(o, "delivery"));
	printf("%s\n", id.s);
	str_release(&id);
	json_decref(o);
	return CLI_OK;
}

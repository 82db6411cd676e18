/*
 * language_api.c - the keys of the pipeline language, for programs that write
 * or show pipelines: the same tables that a file is read by.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/answer.h"
#include "cgi/api.h"

#include "lib/pipeline/schema.h"
#include "lib/render/json.h"

static const char *
state_name(enum schema_state state)
{
	switch (state) {
	case SCHEMA_DONE:
		break;
	case SCHEMA_IGNORED:
		return "ignored";
	case SCHEMA_LATER:
		return "refused";
	}
	return "used";
}

static json_t *
keys_of(const struct schema_map *map, struct arena *a)
{
	json_t *list = json_array();

	for (const struct schema_key *k = map->keys;
	    k != NULL && k->name != NULL; k++)
		json_array_append_new(list, json_pack(
		    "{s:s, s:s, s:b, s:b, s:s, s:s, s:o}", "name", k->name,
		    "type", schema_describe(a, k->type), "required",
		    (k->flags & KEY_REQUIRED) != 0, "own",
		    (k->flags & KEY_OURS) != 0, "state",
		    state_name(k->state), "description", k->doc, "default",
		    json_text_of(k->fallback)));
	return list;
}

int
api_module_schemas(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const struct schema_map *map;
	json_t *list = json_array();

	(void)w;
	(void)err;
	for (size_t i = 0; (map = schema_map_at(i)) != NULL; i++)
		json_array_append_new(list, json_pack("{s:s, s:o}", "name",
		    map->name, "keys", keys_of(map, req->a)));
	return answer_json(res, 200, json_pack("{s:o}", "modules", list));
}

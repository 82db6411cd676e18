/*
 * signin_who.c - who an account elsewhere is, and what the rules of the
 * configuration give it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/signin.h"

#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/str.h"

#define NAME_MAX_BYTES 255

/* A text of a user, or a number as one; NULL when it is absent or too long. */
static const char *
text_of(const json_t *o, const char *name, struct arena *a)
{
	const json_t *value = json_object_get(o, name);
	const char *text = json_is_integer(value) ? arena_printf(a, "%lld",
	    (long long)json_integer_value(value)) : json_string_value(value);

	return text == NULL || text[0] == '\0' ||
	    strlen(text) > NAME_MAX_BYTES ? NULL : arena_strdup(a, text);
}

static void
add_group(struct account *who, const char *name, struct arena *a)
{
	const char **list = (const char **)who->groups;

	if (who->n_groups >= SIGNIN_GROUPS_MAX)
		return;
	*(const char **)arena_push(a, &list, &who->n_groups,
	    sizeof(*list)) = name;
	who->groups = list;
}

void
account_add_groups(struct account *who, const json_t *list,
    const char *parent, const char *of, const char *field, struct arena *a)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i, item) {
		const char *name = text_of(item, field, a);
		const char *above = parent == NULL ? NULL :
		    text_of(json_object_get(item, parent), of, a);

		if (name == NULL || (parent != NULL && above == NULL))
			continue;
		add_group(who, above == NULL ? name : arena_printf(a, "%s/%s",
		    above, name), a);
	}
}

int
account_read(const struct config_sign_in *p, const json_t *user,
    struct arena *a, struct account *out, struct err *err)
{
	/* No name or address that everybody writes as they like. */
	static const char *const logins[] = { "preferred_username",
		"nickname" };
	bool github = strcmp(p->kind, "github") == 0;
	const json_t *groups = json_object_get(user, p->groups_claim), *item;
	size_t i;

	*out = (struct account){ .subject = text_of(user, github ? "id" :
	    "sub", a) };
	if (github)
		out->login = text_of(user, "login", a);
	for (i = 0; !github && out->login == NULL &&
	    i < ARRAY_LEN(logins); i++)
		out->login = text_of(user, logins[i], a);
	if (out->subject == NULL)
		return err_set(err, ERR_UNAVAILABLE, "\"%s\" does not say who "
		    "it is", p->name);
	if (out->login == NULL)
		out->login = out->subject;
	json_array_foreach(groups, i, item) {
		const char *name = json_string_value(item);

		if (name != NULL && strlen(name) <= NAME_MAX_BYTES)
			add_group(out, arena_strdup(a, name), a);
	}
	return 0;
}

bool
account_is(const struct account *who, const char *whom)
{
	if (strcmp(whom, "anybody") == 0)
		return true;
	if (str_starts_with(whom, "user:"))
		return strcasecmp(whom + 5, who->login) == 0;
	if (str_starts_with(whom, "id:"))
		return strcmp(whom + 3, who->subject) == 0;
	if (!str_starts_with(whom, "group:"))
		return false;
	for (size_t i = 0; i < who->n_groups; i++)
		if (strcasecmp(whom + 6, who->groups[i]) == 0)
			return true;
	return false;
}

int
account_arrival(const struct config_sign_in *p, const struct account *who,
    struct arena *a, struct arrival *out, struct err *err)
{
	struct grant *list = arena_alloc(a, (p->n_grants + 1) *
	    sizeof(*list));

	*out = (struct arrival){ .provider = p->name,
		.subject = who->subject, .login = who->login,
		.grants = list };
	for (size_t i = 0; i < p->allow.n; i++)
		out->may_join |= account_is(who, p->allow.items[i]);
	for (size_t i = 0; i < p->n_grants; i++) {
		struct grant *g = &list[out->n_grants];

		if (!account_is(who, p->grants[i].whom))
			continue;
		if (!role_parse(p->grants[i].role, &g->role) ||
		    grant_parse_scope(p->grants[i].scope, a, g, err) == -1)
			return -1;
		out->n_grants++;
	}
	return 0;
}

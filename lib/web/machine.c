/*
 * machine.c - see machine.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/web/machine.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/web/jwt.h"

#define SUBJECT_MAX 200
#define PATTERN_MAX 1000 /* bytes of a claim that is looked at */

bool
machine_fits(const char *pattern, const char *text)
{
	/* Up to where in the text what was read of the pattern can reach. */
	bool can[PATTERN_MAX + 1] = { true };
	size_t len = strlen(text);

	if (len > PATTERN_MAX)
		return false;
	for (; *pattern != '\0'; pattern++) {
		bool wide = pattern[0] == '*' && pattern[1] == '*';

		if (*pattern == '*') {
			for (size_t i = 1; i <= len; i++)
				can[i] |= can[i - 1] &&
				    (wide || text[i - 1] != '/');
			pattern += wide;
			continue;
		}
		for (size_t i = len; i > 0; i--)
			can[i] = can[i - 1] && text[i - 1] == *pattern;
		can[0] = false;
	}
	return can[len];
}

/* A claim as a text, or NULL. */
static const char *
claim_text(const json_t *claims, const char *name, struct arena *a)
{
	const json_t *value = json_object_get(claims, name);

	if (json_is_integer(value))
		return arena_printf(a, "%lld",
		    (long long)json_integer_value(value));
	if (json_is_boolean(value))
		return json_is_true(value) ? "true" : "false";
	return json_string_value(value);
}

static bool
rule_fits(const struct config_grant *rule, const json_t *claims,
    struct arena *a)
{
	for (size_t i = 0; i < rule->n_claims; i++) {
		const char *text = claim_text(claims, rule->claims[i].name, a);

		if (text == NULL ||
		    !machine_fits(rule->claims[i].value, text))
			return false;
	}
	return rule->n_claims > 0;
}

static int
give(const struct config_machine *m, const json_t *claims, struct arena *a,
    struct actor *who, struct err *err)
{
	struct grant *list = arena_alloc(a, (m->n_grants + 1) *
	    sizeof(*list));

	for (size_t i = 0; i < m->n_grants; i++) {
		struct grant *g = &list[who->n_grants];

		if (!rule_fits(&m->grants[i], claims, a))
			continue;
		if (!role_parse(m->grants[i].role, &g->role) ||
		    grant_parse_scope(m->grants[i].scope, a, g, err) == -1)
			return -1;
		who->n_grants++;
	}
	who->grants = list;
	return 0;
}

static json_t *
read_keys(const char *path, struct err *err)
{
	struct str text = STR_INIT;
	json_t *keys = NULL;

	if (file_read(path, JWT_KEYS_MAX, &text, err) >= 0)
		keys = jwt_keys_read(text.s, text.len, err);
	if (keys == NULL) {
		err_wrap(err, "keys of machines in \"%s\"", path);
		err_not_asked(err);
	}
	str_release(&text);
	return keys;
}

/* As somebody whose token one issuer has signed: as machine_find(). */
static int
be_machine(const struct config_machine *m, const char *token,
    struct arena *a, struct actor *who, const char **why, struct err *err)
{
	const struct jwt_expect e = { m->issuer, m->audience,
		clock_now_ms() / 1000 };
	json_t *keys = read_keys(m->keys_file, err), *claims;
	struct err no = { 0 };
	const char *subject;
	int rc = 1;

	if (keys == NULL)
		return -1;
	claims = jwt_verify(token, keys, &e, a, &no);
	json_decref(keys);
	if (claims == NULL) {
		*why = arena_strdup(a, no.text);
		return no.code == ERR_DENIED ? 0 : err_set(err,
		    ERR_UNAVAILABLE, "%s", no.text);
	}
	subject = claim_text(claims, "sub", a);
	who->kind = ACTOR_MACHINE;
	who->name = arena_printf(a, "%s:%.*s", m->name, SUBJECT_MAX,
	    subject != NULL ? subject : "");
	who->by = arena_printf(a, "machine %s", who->name);
	if (give(m, claims, a, who, err) == -1)
		rc = -1;
	json_decref(claims);
	return rc;
}

int
machine_find(const struct config *config, const char *token,
    struct arena *a, struct actor *who, const char **why, struct err *err)
{
	const char *issuer = jwt_issuer(token, a);

	for (size_t i = 0; issuer != NULL && i < config->n_machines; i++) {
		const struct config_machine *m = &config->machines[i];

		if (strcmp(m->issuer, issuer) == 0)
			return be_machine(m, token, a, who, why, err);
	}
	*why = "the token is from an issuer that is not configured";
	return 0;
}

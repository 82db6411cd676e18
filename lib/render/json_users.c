/*
 * json_users.c - see json_users.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/render/json_users.h"

#include "lib/render/json.h"

static void
put_text(json_t *o, const char *name, const char *text)
{
	json_object_set_new(o, name, json_text_of(text));
}

static void
put_time(json_t *o, const char *name, int64_t at_ms)
{
	json_object_set_new(o, name, json_time_of(at_ms));
}

static json_t *
json_grant(const struct grant *g, struct arena *a)
{
	json_t *o = json_object();

	put_text(o, "role", role_name(g->role));
	put_text(o, "scope", grant_scope_text(g, a));
	return o;
}

json_t *
json_grants(const struct grant *list, size_t n, struct arena *a)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_grant(&list[i], a));
	return out;
}

json_t *
json_user(const struct user *u)
{
	json_t *o = json_object();

	put_text(o, "name", u->name);
	json_object_set_new(o, "has_password", json_boolean(u->has_password));
	json_object_set_new(o, "disabled",
	    json_boolean(u->disabled_at_ms != 0));
	put_time(o, "created_at", u->created_at_ms);
	put_text(o, "created_by", u->created_by);
	put_time(o, "signed_in_at", u->used_at_ms);
	return o;
}

json_t *
json_token(const struct token *t, struct arena *a)
{
	json_t *o = json_object();

	put_text(o, "name", t->name);
	put_text(o, "user", t->user_name);
	put_text(o, "role", role_name(t->grant.role));
	put_text(o, "scope", grant_scope_text(&t->grant, a));
	put_time(o, "expires_at", t->expires_at_ms);
	put_time(o, "created_at", t->created_at_ms);
	put_text(o, "created_by", t->created_by);
	put_time(o, "used_at", t->used_at_ms);
	return o;
}

json_t *
json_session(const struct session *s, int64_t own)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_integer(s->id));
	json_object_set_new(o, "current", json_boolean(s->id == own));
	put_text(o, "provider", s->provider[0] != '\0' ? s->provider : NULL);
	put_text(o, "address", s->address);
	put_text(o, "browser", s->browser);
	put_time(o, "created_at", s->created_at_ms);
	put_time(o, "used_at", s->used_at_ms);
	put_time(o, "expires_at", s->expires_at_ms);
	return o;
}

json_t *
json_identity(const struct identity *i)
{
	json_t *o = json_object();

	put_text(o, "provider", i->provider);
	put_text(o, "login", i->login);
	put_time(o, "created_at", i->created_at_ms);
	put_time(o, "used_at", i->used_at_ms);
	return o;
}

json_t *
json_audit(const struct audit_entry *e)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_integer(e->id));
	put_time(o, "at", e->at_ms);
	put_text(o, "actor", e->actor);
	put_text(o, "address", e->address);
	put_text(o, "action", e->action);
	put_text(o, "target", e->target);
	put_text(o, "scope", e->scope);
	put_text(o, "detail", e->detail);
	put_text(o, "run", e->run[0] != '\0' ? e->run : NULL);
	put_text(o, "job", e->job[0] != '\0' ? e->job : NULL);
	json_object_set_new(o, "attempt", e->attempt > 0 ?
	    json_integer(e->attempt) : json_null());
	return o;
}

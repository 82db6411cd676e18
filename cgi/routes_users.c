/*
 * routes_users.c - the routes of people, tokens and the audit.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/api.h"
#include "cgi/users.h"

#define USER "api/v1/users/{name}"

#define ROLE_TYPE "reader|writer|admin"
#define SCOPE_TEXT "everything, \"owner NAME\" or OWNER/NAME"

static const struct field_doc token_fields[] = {
	{ "name", "text", NULL, 1, 100 },
	{ "role?", ROLE_TYPE, "else writer" },
	{ "scope?", "text", SCOPE_TEXT, 1, 600 },
	{ "days?", "integer", "it ends after so many; 0: never", 0, 3650 },
	{ 0 },
};

static const struct field_doc audit_args[] = {
	{ "actor?", "text", "by whom" },
	{ "action?", "text", "secret.set, or all of secret" },
	{ "target?", "text", "on what: user ada" },
	{ "scope?", "text", "where: ada/demo" },
	{ "since?", "time" },
	BEFORE_ARG,
	LIMIT_ARG,
	{ 0 },
};

#define LAST_ADMIN { { 409, "nobody could administer everything then" } }

static const struct route routes[] = {
	{ METHOD_GET, "api/v1/user", ACCESS_KNOWN, 0, api_user,
	    DOC("Who asks, and what they may", .gives = "Actor") },
	{ METHOD_GET, "api/v1/user/tokens", ACCESS_KNOWN, 0, api_own_tokens,
	    DOC("The tokens of who has signed in with a browser",
	    .gives = "Tokens") },
	{ METHOD_POST, "api/v1/user/tokens", ACCESS_KNOWN, BODY_FIELDS,
	    api_own_tokens_add, DOC("Make a token, which never allows more "
	    "than its user may", .text = "Only with the session of a browser: "
	    "a token makes no others.", .fields = token_fields, .status = 201,
	    .gives = "NewToken", .errors = { { 409, "the name is taken" } })
	    },
	{ METHOD_DELETE, "api/v1/user/tokens/{token}", ACCESS_KNOWN,
	    BODY_FIELDS, api_own_tokens_remove, DOC("Remove one by its name",
	    .gives = "Nothing") },
	{ METHOD_GET, "api/v1/users", ACCESS_ADMIN, 0, api_users,
	    DOC("All users, by name", .args = FIELDS(LIMIT_ARG,
	    { "after?", "text", "the name of the last one that was seen" }),
	    .gives = "Users") },
	{ METHOD_POST, "api/v1/users", ACCESS_ADMIN, BODY_FIELDS,
	    api_users_add, DOC("Make a user, who has no password yet: a link "
	    "lets them set one", .fields = FIELDS(
	    { "name", "text", NULL, 1, 100 },
	    { "role?", ROLE_TYPE, "a first grant; else none" },
	    { "scope?", "text", SCOPE_TEXT, 1, 600 }), .status = 201,
	    .gives = "User", .errors = { { 409, "the name is taken" } }) },
	{ METHOD_GET, USER, ACCESS_ADMIN, 0, api_users_show,
	    DOC("One user", .gives = "User") },
	{ METHOD_PATCH, USER, ACCESS_ADMIN, BODY_FIELDS, api_users_change,
	    DOC("Disable a user, or enable him again",
	    .fields = FIELDS({ "disabled", "flag" }), .gives = "User",
	    .errors = LAST_ADMIN) },
	{ METHOD_DELETE, USER, ACCESS_ADMIN, BODY_FIELDS, api_users_remove,
	    DOC("Remove a user with his tokens and sessions",
	    .gives = "Nothing", .errors = LAST_ADMIN) },
	{ METHOD_POST, USER "/link", ACCESS_ADMIN, BODY_FIELDS,
	    api_users_link, DOC("Make a link with which the user sets a "
	    "password, once, within a day", .status = 201, .gives = "Link") },
	{ METHOD_GET, USER "/grants", ACCESS_ADMIN, 0, api_users_grants,
	    DOC("What a user may", .gives = "Grants") },
	{ METHOD_POST, USER "/grants", ACCESS_ADMIN, BODY_FIELDS,
	    api_users_grant, DOC("Give a user a role, in place of the one "
	    "that he has in this scope", .fields = FIELDS(
	    { "role", ROLE_TYPE },
	    { "scope?", "text", SCOPE_TEXT, 1, 600 }), .gives = "Grants",
	    .errors = LAST_ADMIN) },
	{ METHOD_DELETE, USER "/grants", ACCESS_ADMIN, BODY_FIELDS,
	    api_users_revoke, DOC("Take back what a user may in a scope",
	    .fields = FIELDS({ "scope", "text", SCOPE_TEXT, 1, 600 }),
	    .gives = "Grants", .errors = LAST_ADMIN) },
	{ METHOD_GET, "api/v1/tokens", ACCESS_ADMIN, 0, api_tokens,
	    DOC("All tokens, without their texts", .gives = "Tokens") },
	{ METHOD_POST, "api/v1/tokens", ACCESS_ADMIN, BODY_FIELDS,
	    api_tokens_add, DOC("Make a token that belongs to nobody",
	    .fields = token_fields, .status = 201, .gives = "NewToken",
	    .errors = { { 409, "the name is taken" } }) },
	{ METHOD_DELETE, "api/v1/tokens/{token}", ACCESS_ADMIN, BODY_FIELDS,
	    api_tokens_remove, DOC("Remove a token by its name",
	    .fields = FIELDS({ "user?", "text", "whose it is; else nobody's",
		0, 100 }), .gives = "Nothing") },
	{ METHOD_GET, "api/v1/audit", ACCESS_ADMIN, 0, api_audit,
	    DOC("Who did what by hand, the newest first",
	    .args = audit_args, .gives = "Audit") },
};

static const struct field_doc user_fields[] = {
	{ "name", "text" },
	{ "has_password", "flag" },
	{ "disabled", "flag" },
	{ "created_at", "time?" },
	{ "created_by", "text" },
	{ "signed_in_at", "time?" },
	{ "grants", "[Grant]" },
	{ 0 },
};

static const struct field_doc token_schema[] = {
	{ "name", "text" },
	{ "user", "text?", "whose it is; null: nobody's" },
	{ "role", ROLE_TYPE },
	{ "scope", "text", SCOPE_TEXT },
	{ "expires_at", "time?" },
	{ "created_at", "time?" },
	{ "created_by", "text" },
	{ "used_at", "time?", "to the hour" },
	{ 0 },
};

static const struct field_doc audit_fields[] = {
	{ "id", "integer" },
	{ "at", "time" },
	{ "actor", "text", "empty: nobody who is known" },
	{ "address", "text", "from where; empty: the server itself" },
	{ "action", "text" },
	{ "target", "text" },
	{ "scope", "text", "empty: everywhere" },
	{ "detail", "text" },
	{ "run", "text?", "OWNER/NAME#N, when a job did it" },
	{ "job", "text?" },
	{ "attempt", "integer?" },
	{ 0 },
};

static const struct schema_doc schemas[] = {
	{ "Grant", "What somebody may.", NULL, FIELDS(
	    { "role", ROLE_TYPE }, { "scope", "text", SCOPE_TEXT }) },
	{ "Grants", NULL, NULL, FIELDS({ "grants", "[Grant]" }) },
	{ "Actor", "Who asks.", NULL, FIELDS(
	    { "kind", "token|user|machine" },
	    { "name", "text" },
	    { "by", "text", "as it is kept with what they do" },
	    { "grants", "[Grant]" }) },
	{ "User", NULL, NULL, user_fields },
	{ "Users", NULL, NULL, FIELDS({ "users", "[User]" }, NEXT_FIELD) },
	{ "Link", NULL, NULL, FIELDS({ "url", "text" },
	    { "expires_at", "time?" }) },
	{ "Token", NULL, NULL, token_schema },
	{ "Tokens", NULL, NULL, FIELDS({ "tokens", "[Token]" }) },
	{ "NewToken", NULL, "Token", FIELDS(
	    { "token", "text", "never told again" }) },
	{ "AuditEntry", NULL, NULL, audit_fields },
	{ "Audit", NULL, NULL, FIELDS({ "entries", "[AuditEntry]" },
	    NEXT_FIELD) },
	{ "Nothing", "An empty object.", NULL, NULL },
};

const struct resource resource_users = RESOURCE("users",
    "People, tokens, and who did what.");

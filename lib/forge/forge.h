/*
 * forge.h - what the forges send: which headers, how it is signed, and what
 * a payload means. One row per forge (forge.c); a new forge is one file with
 * its payload functions and one row.
 *
 * The order of a handler is fixed: length, then signature over the raw body,
 * then parsing. Nothing here reads headers by itself: a forge is known by the
 * address its webhook was given, because Gitea and Forgejo also send GitHub's
 * headers.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_FORGE_H
#define PAWL_FORGE_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/str.h"

/* Bounds of a payload, each with its own message. */
#define FORGE_MAX_DEPTH 64       /* JSON inside JSON */
#define FORGE_MAX_VALUES 1000000 /* commas and brackets of one payload */
#define FORGE_MAX_REF 1024       /* bytes of a ref's name */
#define FORGE_MAX_NAME 255       /* bytes of an owner, a repository, a user */
#define FORGE_MAX_URL 2048
#define FORGE_MAX_TITLE 200      /* bytes kept of a commit's first line */

/* What an event is to Pawl. */
enum forge_event {
	FORGE_PUSH,
	FORGE_PING,  /* the forge tries the address */
	FORGE_EVENT, /* any other that may start workflows */
	FORGE_OTHER, /* known or not: ignored, and said so */
};

enum forge_signature {
	FORGE_SIGNED,              /* right */
	FORGE_SIGNATURE_MISSING,
	FORGE_SIGNATURE_MALFORMED, /* not "sha256=" and 64 hex digits */
	FORGE_SIGNATURE_WRONG,
};

/* The repository that a payload speaks of. Only owner and name are sure to
 * be there; all others may be NULL. */
struct forge_repo {
	const char *owner;
	const char *name;
	const char *clone_url; /* https */
	const char *ssh_url;
	const char *default_branch;
};

/* A push of one branch or tag. Strings live in the arena of the parse. */
struct push_event {
	struct forge_repo repo;
	const char *ref;    /* "refs/heads/main", a valid ref name */
	const char *branch; /* "main" or the tag's name; else the whole ref */
	bool tag;           /* of refs/tags/ */
	const char *before; /* 40 or 64 hex digits, all 0 when created */
	const char *after;  /* all 0 when deleted */
	bool created, deleted;
	const char *title;  /* first line of the head commit's message, without
	                       control characters; NULL: not told, ask git */
	const char *actor;  /* who pushed, or NULL */
};

struct forge;

/* By name ("github", "gitea", "forgejo"), or NULL. */
const struct forge *
forge_find(const char *name);

/* The i-th row, NULL behind the last: for tests and for listing. */
const struct forge *
forge_at(size_t i);

/* Names of the forge and of its headers, as written in requests. */
const char *
forge_name(const struct forge *f);
const char *
forge_event_header(const struct forge *f);
const char *
forge_delivery_header(const struct forge *f);
const char *
forge_signature_header(const struct forge *f);

/* What the event header's word means. */
enum forge_event
forge_event_kind(const struct forge *f, const char *word);

/* The same in GitHub's word, which workflows have under `on`. */
const char *
forge_event_name(const struct forge *f, const char *word);

/* The type ("action") of an event in GitHub's words, and in the forge's own.
 * NULL is NULL. */
const char *
forge_event_action(const struct forge *f, const char *name,
    const char *action);

/*
 * Check the signature of a raw body. `value` is the signature header (NULL:
 * not sent). The comparison takes the same time wherever it differs. An
 * empty `secret` signs nothing: FORGE_SIGNATURE_WRONG; refuse earlier, with
 * a reason.
 */
enum forge_signature
forge_verify(const struct forge *f, const char *secret, const char *body,
    size_t len, const char *value);

/* Append the signature header's value for a body, as the forge makes it. */
void
forge_sign(const struct forge *f, const char *secret, const char *body,
    size_t len, struct str *out);

/*
 * Read the payload of a push, JSON or form-encoded (`payload=`), whose
 * signature has been checked. Errors: ERR_INVALID (says what is missing or
 * malformed, with line and column when it is no JSON), ERR_TOO_LARGE.
 */
int
forge_parse_push(const struct forge *f, const char *body, size_t len,
    struct arena *a, struct push_event *out, struct err *err);

/* The repository of any payload. Returns 1 when it names one, 0 when not
 * (an organisation's ping), -1 as forge_parse_push(). */
int
forge_parse_repo(const struct forge *f, const char *body, size_t len,
    struct arena *a, struct forge_repo *out, struct err *err);

/* Append the JSON text of a payload, form-encoded or not, whose bounds have
 * been checked. Errors as forge_parse_push(). */
int
forge_payload(const char *body, size_t len, struct str *json,
    struct err *err);

/* The first line of a message, at most FORGE_MAX_TITLE bytes, cut between
 * characters and without control characters; NULL when nothing is left. */
const char *
forge_title(struct arena *a, const char *message);

/* Is it the full name of a ref ("refs/heads/main")? The rules of
 * git-check-ref-format(1) that keep a name a name. */
bool
forge_ref_valid(const char *ref);

#endif

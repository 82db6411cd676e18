/*
 * forge.h - what the forges send: which headers, how it is signed, and what
 * a payload means. One row per forge (forge.c); a new forge is one file, that
 * makes of its payloads what GitHub would have sent, and one row.
 *
 * The order of a handler is fixed: length, then signature over the raw body,
 * then parsing. A forge is known by the address its webhook was given,
 * because Gitea and Forgejo also send GitHub's headers.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_FORGE_H
#define PAWL_FORGE_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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
#define FORGE_MAX_CHANGES 20     /* of one delivery that are looked at */

/* Header names of one use, the first that was sent counts. */
#define FORGE_HEADERS 3

struct forge;
struct json_t; /* of jansson */

/* By name ("github", "gitlab"), or NULL. */
const struct forge *
forge_find(const char *name);

/* The i-th row, NULL behind the last: for tests and for listing. */
const struct forge *
forge_at(size_t i);

/* What deliveries that Pawl makes itself are from (dispatch.h). It is not in
 * the table: no webhook is taken for one, and no repository lives there. */
#define FORGE_OWN "pawl"
const struct forge *
forge_own(void);

/* "github, gitlab ... and generic", for messages. */
void
forge_names(struct str *out);

const char *
forge_name(const struct forge *f);

/* Names of the headers that tell the event and the id of a delivery, the i-th;
 * NULL behind the last. A forge without one for the event tells it in the
 * payload. */
const char *
forge_event_header(const struct forge *f, size_t i);
const char *
forge_delivery_header(const struct forge *f, size_t i);

/* --- signatures: signature.c ---------------------------------------------- */

enum forge_signature {
	FORGE_SIGNED,              /* right */
	FORGE_SIGNATURE_MISSING,
	FORGE_SIGNATURE_MALFORMED, /* not in the form that the forge has */
	FORGE_SIGNATURE_WRONG,
	FORGE_SIGNATURE_OLD,       /* right, but of another time than now */
};

/* How far the time of a signature may be from ours, for forges that sign
 * one. */
#define FORGE_SIGNATURE_WINDOW_S 300

/* A request as far as it is signed. */
struct forge_request {
	const char *body; /* raw */
	size_t len;
	const char *(*header)(void *ctx, const char *name); /* or NULL */
	void *ctx;
	int64_t now_s;    /* Unix time */
};

/*
 * Check a signature against any of `n` secrets; *which is the one that was
 * right. Of the headers that a forge may sign in, the first that was sent
 * decides: what is wrong in it is never rescued by another. All secrets are
 * tried, in time that does not tell which was right or where it differs. An
 * empty secret signs nothing.
 */
enum forge_signature
forge_verify(const struct forge *f, const struct forge_request *r,
    const char *const *secrets, size_t n, size_t *which);

/*
 * Append the headers, a line each, with which the forge would send a body:
 * event, delivery id and signature.
 */
void
forge_sign(const struct forge *f, const char *secret, const char *event,
    const char *id, int64_t now_s, const char *body, size_t len,
    struct str *headers);

/* --- payloads ------------------------------------------------------------- */

/* The repository that a payload speaks of. Only owner and name are sure to
 * be there; all others may be NULL. */
struct forge_repo {
	const char *owner; /* of GitLab with "/" where groups are nested */
	const char *name;
	const char *clone_url; /* https */
	const char *ssh_url;
	const char *default_branch;
};

/* Both sides of a pull request. */
struct forge_pull {
	const char *number;    /* digits */
	const char *head_sha;  /* in full; of Bitbucket Cloud its beginning, at
	                          least 7 digits */
	const char *head_ref;  /* "refs/heads/topic", there; or NULL */
	const char *head_repo; /* "owner/name", or NULL: not known any more */
	const char *base_sha;  /* as head_sha; NULL: not told, where base_ref
	                          is now */
	const char *base_ref;  /* "refs/heads/main" */
	const char *fetch_ref; /* where the forge keeps the head for fetching:
	                          "refs/pull/7/head"; NULL: nowhere but in
	                          head_ref of its own repository */
	bool fork;   /* not surely of the repository itself */
	bool merged;
};

/*
 * One thing that happened, in GitHub's words whatever the forge's are. Strings
 * live in the arena of the reading; names, refs and commit ids are valid.
 */
struct forge_change {
	const char *event;   /* "push", "pull_request" */
	const char *action;  /* its type: "opened"; or NULL */
	bool derived;        /* made from the change before it, because the
	                        forge sends no event of its own */
	const char *ref;     /* of push, create, release, dispatch: in full;
	                        NULL: it is about the default branch */
	bool created, deleted; /* of a push */
	const char *before;  /* of a push: 40 or 64 hex digits, all 0 when
	                        created; NULL: not told */
	const char *after;   /* all 0 when deleted */
	const char *title;   /* for people, in one line; NULL: ask git */
	const char *actor;   /* who did it, or NULL */
	const char *workflow; /* of workflow_dispatch and schedule: the file; or
	                         NULL */
	const struct forge_pull *pull; /* of events about one; else NULL */
	struct json_t *payload; /* as GitHub sends it; borrowed */
};

/* What an event is to Pawl. */
enum forge_event {
	FORGE_PUSH,
	FORGE_PING,  /* the forge tries the address */
	FORGE_EVENT, /* any other that may start workflows */
	FORGE_OTHER, /* known or not: ignored, and said so */
};

struct forge_delivery {
	enum forge_event kind;
	const char *event; /* the forge's word */
	const char *why;   /* why nothing can start, for what is ignored */
	bool has_repo;     /* false: of an organisation, or left out */
	struct forge_repo repo;
	struct forge_change *changes;
	size_t n_changes;
	size_t n_left;     /* changes beyond FORGE_MAX_CHANGES */
	struct json_t *root, *list; /* what the payloads live in */
};

/*
 * Read a body, JSON or form-encoded (`payload=`), whose signature has been
 * checked.
 *
 * event  the event header's word; NULL when the forge has none
 * known  the repository that the address names, for payloads that may leave
 *        it out; or NULL
 * out    strings live in `a`; forge_delivery_release() it, after failure too
 *
 * Errors: ERR_INVALID (says what is missing or malformed, with line and column
 * when it is no JSON), ERR_TOO_LARGE.
 */
int
forge_read(const struct forge *f, const char *event,
    const struct forge_repo *known, const char *body, size_t len,
    struct arena *a, struct forge_delivery *out, struct err *err);
void
forge_delivery_release(struct forge_delivery *d);

/* Append the payload of a change as JSON, as GitHub sends it. What another
 * forge sent is its member "raw". */
int
forge_change_payload(const struct forge_change *c, struct str *json,
    struct err *err);

/* What GitHub's word for an event means; names that nobody sends but planners
 * have are events, too. */
enum forge_event
forge_event_kind(const char *name);

/* --- names ---------------------------------------------------------------- */

/* The first line of a message, at most FORGE_MAX_TITLE bytes, cut between
 * characters and without control characters; NULL when nothing is left. */
const char *
forge_title(struct arena *a, const char *message);

/* Is it the full name of a ref ("refs/heads/main")? The rules of
 * git-check-ref-format(1) that keep a name a name. */
bool
forge_ref_valid(const char *ref);

/* 40 or 64 zeros: no commit. */
bool
forge_sha_is_zero(const char *sha);

#endif

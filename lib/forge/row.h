/*
 * row.h - what a forge is made of, and helpers to read payloads: for the
 * files of lib/forge alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_FORGE_ROW_H
#define PAWL_FORGE_ROW_H

#include <jansson.h>
#include "lib/forge/forge.h"

enum forge_way {
	WAY_NONE,
	WAY_HMAC,     /* a prefix and 64 hex digits: HMAC-SHA256 of the body */
	WAY_TOKEN,    /* the secret itself */
	WAY_STANDARD, /* Standard Webhooks: HMAC-SHA256 of id, time and body,
	                 "v1," and base64 */
};

/* A header to sign in. */
struct forge_signing {
	enum forge_way way;
	const char *header;
	const char *prefix;
};

/* A payload on its way to GitHub's shape. */
struct reading {
	const struct forge *forge;
	const char *event; /* the header's word, or NULL */
	const struct forge_repo *known;
	json_t *root;
	json_t *list;      /* [{event, action, derived, payload}] */
	json_t *repository; /* in GitHub's shape; set it first, unless that of
	                       the root is */
	json_t *sender;     /* in the same, for what shape.c makes */
	struct arena *a;
	struct forge_delivery *out;
};

/* Make of r->root what GitHub would have sent: reading_add() for each change,
 * or reading_ignore(). */
typedef int reading_fn(struct reading *r, struct err *err);

struct forge {
	const char *name;
	const char *event_headers[FORGE_HEADERS];
	const char *id_headers[FORGE_HEADERS];
	struct forge_signing signings[FORGE_HEADERS]; /* the strongest first */
	const char *pull_ref, *pull_end; /* before and behind the number: where
	                         the head of a pull request is; NULL: in its
	                         branch only */
	reading_fn *read;
};

extern reading_fn github_read, gitea_read, gitlab_read, bitbucket_read,
    bitbucket_dc_read, generic_read, own_read;

/* --- reading.c ------------------------------------------------------------ */

/* Another change. `action` NULL: that of the payload. Takes `payload` over;
 * "raw" is added to it unless it is the root itself. */
void
reading_add(struct reading *r, const char *event, const char *action,
    json_t *payload);

/* One that follows from the last, which the forge sends no event for. */
void
reading_add_derived(struct reading *r, const char *event, const char *action,
    json_t *payload);

/* Nothing starts, and why: 0, for `return`. */
int
reading_ignore(struct reading *r, enum forge_event kind, const char *why);

/* --- change.c ------------------------------------------------------------- */

/* Read what stands in GitHub's shape. */
int
change_repo(const json_t *repository, struct arena *a,
    struct forge_repo *out, struct err *err);
int
change_read(const struct forge *f, const json_t *entry, struct arena *a,
    struct forge_change *out, struct err *err);

/* --- name.c --------------------------------------------------------------- */

/* The shortest beginning of a commit's name that is taken for one. */
#define FORGE_MIN_SHA 7

bool
name_has_control(const char *s);
bool
name_is_sha(const char *s);
bool
name_is_sha_start(const char *s);

/* Copy the name of an owner (`parts`: "/" may part it) or of a repository
 * after checking it: it is compared with stored ones and shown. `what` is for
 * the message. */
int
name_copy(struct arena *a, const char *what, const char *s, bool parts,
    const char **out, struct err *err);

/* What is told beside the point is dropped when it is not fit to be kept. */
const char *
name_optional(struct arena *a, const char *s, size_t max);

/* --- payload.c ------------------------------------------------------------ */

/*
 * Load a payload within the bounds of forge.h; json_decref() the result.
 * NULL with `err`.
 */
json_t *
payload_load(const char *body, size_t len, struct err *err);

/* The same of any JSON, such as an API answers. */
json_t *
answer_load(const char *body, size_t len, struct err *err);

/* The string at root.a.b (b NULL: root.a), NULL when it is none or empty. */
const char *
payload_text(const json_t *root, const char *a, const char *b);

/* What stands at a path such as "push.changes"; or NULL. */
json_t *
payload_at(const json_t *root, const char *path);

/* The string there, NULL when it is none or empty. */
const char *
payload_str(const json_t *root, const char *path);

/* --- shape.c: pieces of GitHub's payloads --------------------------------- */

struct shape_repo {
	const json_t *id;
	const char *full_name;
	const char *html_url, *clone_url, *ssh_url, *default_branch;
	int is_private; /* -1: not told */
};

/* The branch or tag of a full ref; else the whole ref. */
const char *
shape_short_ref(const char *ref);

/* A string, or null. */
json_t *
shape_text(const char *s);

/* The same object again, or null. */
json_t *
shape_same(const json_t *v);

json_t *
shape_repo(const struct shape_repo *repo);
json_t *
shape_user(const json_t *id, const char *login, const char *name,
    const char *email);

/* An author of a commit in git's words. */
json_t *
shape_author(const char *name, const char *email, const char *login);

/* What many payloads have in common: {action, repository, sender}. */
json_t *
shape_event(const struct reading *r, const char *action);

/* Both sides of a pull request, {label, ref, sha, repo, user}. Takes `repo`
 * over. */
json_t *
shape_side(const char *ref, const char *sha, json_t *repo);

/* A pull request. Takes over what is a json_t * here; NULL is null. */
struct shape_pull {
	const json_t *number; /* borrowed */
	bool open, merged, draft;
	const char *title, *body, *html_url, *merge_commit;
	json_t *user, *labels, *head, *base;
};
json_t *
shape_pull(const struct shape_pull *p);

/* The payload of what happened to one; takes `pull` over. */
json_t *
shape_pull_event(const struct reading *r, const char *action,
    const json_t *number, json_t *pull);

/* A review of it, by the sender: `payload` is taken over and told. */
void
shape_review(struct reading *r, const char *state, json_t *payload);

/* A comment on an issue or, with `is_pull`, on a pull request. */
struct shape_comment {
	const char *action; /* "created" */
	bool is_pull;
	const json_t *number;
	const char *title, *body, *html_url; /* of what is commented on */
	const json_t *id;
	const char *text, *comment_url;
};
void
shape_comment(struct reading *r, const struct shape_comment *c);

/* The payload of a push, and what follows from it: a branch or tag that was
 * made or deleted. */
struct shape_push {
	const char *ref, *before, *after;
	bool forced;
	json_t *commits, *head; /* taken over; NULL is none */
};
void
shape_push(struct reading *r, const struct shape_push *push);

/* Zeros as long as that commit's name. */
const char *
shape_no_commit(const char *other);

#endif

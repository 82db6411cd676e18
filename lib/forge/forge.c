/*
 * forge.c - the table of forges, and what their payloads have in common.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/forge/forge.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "lib/base/mem.h"
#include "lib/base/utf8.h"
#include "lib/forge/row.h"

static const struct forge forges[] = {
	{ "github", "X-GitHub-Event", "X-GitHub-Delivery",
	    "X-Hub-Signature-256", "sha256=", github_actor, github_message },
	{ "gitea", "X-Gitea-Event", "X-Gitea-Delivery",
	    "X-Gitea-Signature", "", gitea_actor, gitea_message },
	{ "forgejo", "X-Forgejo-Event", "X-Forgejo-Delivery",
	    "X-Forgejo-Signature", "", gitea_actor, gitea_message },
};

const struct forge *
forge_at(size_t i)
{
	return i < ARRAY_LEN(forges) ? &forges[i] : NULL;
}

const struct forge *
forge_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(forges); i++) {
		if (strcmp(forges[i].name, name) == 0)
			return &forges[i];
	}
	return NULL;
}

const char *
forge_name(const struct forge *f)
{
	return f->name;
}

const char *
forge_event_header(const struct forge *f)
{
	return f->event_header;
}

const char *
forge_delivery_header(const struct forge *f)
{
	return f->delivery_header;
}

const char *
forge_signature_header(const struct forge *f)
{
	return f->signature_header;
}

static bool
has_control(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return true;
	}
	return false;
}

/* Copy a name of an owner or a repository after checking it: it will be
 * compared with stored ones and shown, never used as a path as it is. */
static int
copy_name(struct arena *a, const char *what, const char *s, const char **out,
    struct err *err)
{
	if (s == NULL)
		return err_set(err, ERR_INVALID, "payload has no %s", what);
	if (strlen(s) > FORGE_MAX_NAME)
		return err_set(err, ERR_INVALID,
		    "%s is longer than %d bytes", what, FORGE_MAX_NAME);
	if (has_control(s) || strchr(s, '/') != NULL ||
	    strcmp(s, ".") == 0 || strcmp(s, "..") == 0)
		return err_set(err, ERR_INVALID, "%s is not a valid name",
		    what);
	*out = arena_strdup(a, s);
	return 0;
}

/* What is told beside the point is dropped when it is not fit to be kept. */
static const char *
copy_optional(struct arena *a, const char *s, size_t max)
{
	if (s == NULL || strlen(s) > max || has_control(s))
		return NULL;
	return arena_strdup(a, s);
}

static int
read_repo(const json_t *root, struct arena *a, struct forge_repo *out,
    struct err *err)
{
	const json_t *repo = json_object_get(root, "repository");
	const char *owner = payload_text(repo, "owner", "login");

	if (owner == NULL)
		owner = payload_text(repo, "owner", "name");
	if (owner == NULL)
		owner = payload_text(repo, "owner", "username");
	memset(out, 0, sizeof(*out));
	if (copy_name(a, "repository.owner.login", owner, &out->owner,
	    err) == -1 ||
	    copy_name(a, "repository.name",
	    payload_text(repo, "name", NULL), &out->name, err) == -1)
		return -1;
	out->clone_url = copy_optional(a,
	    payload_text(repo, "clone_url", NULL), FORGE_MAX_URL);
	out->ssh_url = copy_optional(a, payload_text(repo, "ssh_url", NULL),
	    FORGE_MAX_URL);
	out->default_branch = copy_optional(a,
	    payload_text(repo, "default_branch", NULL), FORGE_MAX_REF);
	return 0;
}

bool
forge_ref_valid(const char *ref)
{
	size_t len = strlen(ref);

	if (len > FORGE_MAX_REF || strncmp(ref, "refs/", 5) != 0)
		return false;
	if (has_control(ref) || strpbrk(ref, " ~^:?*[\\") != NULL)
		return false;
	if (strstr(ref, "..") != NULL || strstr(ref, "//") != NULL ||
	    strstr(ref, "/.") != NULL || strstr(ref, "@{") != NULL ||
	    strstr(ref, ".lock/") != NULL)
		return false;
	if (len >= 5 && strcmp(ref + len - 5, ".lock") == 0)
		return false;
	return ref[len - 1] != '/' && ref[len - 1] != '.';
}

static int
read_ref(const json_t *root, struct arena *a, struct push_event *out,
    struct err *err)
{
	static const char heads[] = "refs/heads/", tags[] = "refs/tags/";
	const char *ref = payload_text(root, "ref", NULL);

	if (ref == NULL)
		return err_set(err, ERR_INVALID, "payload has no ref");
	if (!forge_ref_valid(ref))
		return err_set(err, ERR_INVALID,
		    "ref is not a valid name of a branch or tag");
	out->ref = arena_strdup(a, ref);
	out->tag = strncmp(ref, tags, strlen(tags)) == 0;
	out->branch = out->ref;
	if (out->tag)
		out->branch += strlen(tags);
	else if (strncmp(ref, heads, strlen(heads)) == 0)
		out->branch += strlen(heads);
	return 0;
}

static int
read_sha(const json_t *root, struct arena *a, const char *key,
    const char **out, struct err *err)
{
	const char *s = payload_text(root, key, NULL);
	size_t len;

	if (s == NULL)
		return err_set(err, ERR_INVALID, "payload has no %s", key);
	len = strlen(s);
	if ((len != 40 && len != 64) ||
	    strspn(s, "0123456789abcdef") != len)
		return err_set(err, ERR_INVALID,
		    "%s is not a commit id of 40 or 64 hex digits", key);
	*out = arena_strdup(a, s);
	return 0;
}

static bool
sha_is_zero(const char *sha)
{
	return sha[strspn(sha, "0")] == '\0';
}

const char *
forge_title(struct arena *a, const char *message)
{
	size_t len;
	char *s;

	if (message == NULL)
		return NULL;
	len = utf8_cut_len(message, strcspn(message, "\r\n"),
	    FORGE_MAX_TITLE);
	s = arena_strndup(a, message, len);
	for (size_t i = 0; s[i] != '\0'; i++) {
		if ((unsigned char)s[i] < 0x20 || s[i] == 0x7f)
			s[i] = ' ';
	}
	return s[0] != '\0' ? s : NULL;
}

static int
read_push(const struct forge *f, const json_t *root, struct arena *a,
    struct push_event *out, struct err *err)
{
	memset(out, 0, sizeof(*out));
	if (read_repo(root, a, &out->repo, err) == -1 ||
	    read_ref(root, a, out, err) == -1 ||
	    read_sha(root, a, "before", &out->before, err) == -1 ||
	    read_sha(root, a, "after", &out->after, err) == -1)
		return -1;
	out->created = sha_is_zero(out->before);
	out->deleted = sha_is_zero(out->after);
	out->title = forge_title(a, f->message(root, out->after));
	out->actor = copy_optional(a, f->actor(root), FORGE_MAX_NAME);
	return 0;
}

int
forge_parse_push(const struct forge *f, const char *body, size_t len,
    struct arena *a, struct push_event *out, struct err *err)
{
	json_t *root = payload_load(body, len, err);
	int rc;

	if (root == NULL)
		return -1;
	rc = read_push(f, root, a, out, err);
	json_decref(root);
	return rc;
}

int
forge_parse_repo(const struct forge *f, const char *body, size_t len,
    struct arena *a, struct forge_repo *out, struct err *err)
{
	json_t *root = payload_load(body, len, err);
	int rc;

	(void)f;
	if (root == NULL)
		return -1;
	if (json_object_get(root, "repository") == NULL)
		rc = 0;
	else
		rc = read_repo(root, a, out, err) == -1 ? -1 : 1;
	json_decref(root);
	return rc;
}

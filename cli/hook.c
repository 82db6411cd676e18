/*
 * hook.c - the webhook of a repository, as people set it up.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/hook.h"

#include <sodium.h>
#include <string.h>
#include "cli/doc.h"
#include "lib/run/git.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/render/json.h"
#include "lib/store/hook_secrets.h"

#define SECRET_RANDOM 32

#define GITEA_STEPS \
	"  repository settings, Webhooks, Add webhook, Gitea or Forgejo\n" \
	"  target URL and secret as above, POST, application/json;\n" \
	"  push, create, delete, release and pull request events\n" \
	"  (a forge on this host must allow it: app.ini, [webhook]\n" \
	"  ALLOWED_HOST_LIST = loopback)\n"

static const struct {
	const char *forge;
	const char *host; /* its best known one, to guess by; or NULL */
	const char *steps;
} guides[] = {
	{ "github", "github.com",
	    "  repository settings, Webhooks, Add webhook\n"
	    "  payload URL and secret as above, content type "
	    "application/json;\n"
	    "  pushes, pull requests, and what else workflows wait for\n" },
	{ "gitlab", "gitlab.com",
	    "  project settings, Webhooks, Add new webhook\n"
	    "  URL as above; the secret as signing token, where there is one,"
	    "\n  else as secret token; push, tag push and merge request "
	    "events\n"
	    "  (on this host an administrator must allow requests to the "
	    "local\n  network: Settings, Network, Outbound requests)\n" },
	{ "gitea", "gitea.com", GITEA_STEPS },
	{ "forgejo", "codeberg.org", GITEA_STEPS },
	{ "bitbucket", "bitbucket.org",
	    "  repository settings, Webhooks, Add webhook\n"
	    "  URL and secret as above; repository push, pull request "
	    "created,\n  updated, merged and declined\n" },
	{ "bitbucket-dc", NULL,
	    "  repository settings, Webhooks, Create webhook\n"
	    "  URL and secret as above; repository push, pull request "
	    "opened,\n  source branch updated, merged and declined\n" },
	{ "generic", NULL,
	    "  whoever pushes sends a signed message: doc/webhooks.md has the\n"
	    "  three lines of shell that do it\n" },
};

void
hook_address(const struct config *config, const struct repo *repo,
    struct str *out)
{
	str_addf(out, "%s/hook/%s/", config->base_url, repo->forge);
	layout_page_repo(out, repo->owner, repo->name);
}

void
hook_cells(struct term_table *t, const json_t *repo)
{
	const char *secret = doc_text(repo, "hook_secret");

	doc_row(t, "webhook", doc_text(repo, "hook_url"));
	term_cell(t, TERM_DIM, "secret");
	if (*secret != '\0')
		term_cell(t, TERM_PLAIN, "%s", secret);
	else
		term_cell(t, TERM_DIM, "%s", doc_flag(repo, "has_hook_secret")
		        ? "(its own; --secret shows it on the server)"
		        : "(the configuration's for all of the forge)");
}

json_t *
hook_json(const struct config *config, const struct repo *repo,
    const char *secret)
{
	json_t *value = json_repo(config, repo);

	if (secret)
		json_object_set_new(value, "hook_secret", json_string(secret));
	return value;
}

int
hook_newest_secret(struct store *st, int64_t repo, struct arena *a,
    const char **out, struct err *err)
{
	struct hook_secret *list;
	size_t n;

	if (hook_secret_open(st, repo, a, &list, &n, err) == -1)
		return -1;
	*out = n > 0 ? list[n - 1].value : NULL;
	return 0;
}

const char *
hook_steps(const char *forge)
{
	for (size_t i = 0; i < ARRAY_LEN(guides); i++)
		if (!strcmp(guides[i].forge, forge))
			return guides[i].steps;
	return "";
}

const char *
hook_random_secret(struct arena *a)
{
	unsigned char raw[SECRET_RANDOM];
	char *text = arena_alloc(a, 2 * SECRET_RANDOM + 1);

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(text, 2 * SECRET_RANDOM + 1, raw, sizeof(raw));
	sodium_memzero(raw, sizeof(raw));
	return text;
}

const char *
hook_guess_forge(const char *clone_url, struct arena *a)
{
	const char *key = git_url_key(clone_url, a);

	for (size_t i = 0; i < ARRAY_LEN(guides); i++) {
		size_t len = guides[i].host ? strlen(guides[i].host) : 0;

		if (len > 0 && !strncmp(key, guides[i].host, len) && key[len] == '/')
			return guides[i].forge;
	}
	return NULL;
}

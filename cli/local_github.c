/*
 * local_github.c - the github context of "pawl run": what a forge would have
 * said of the repository and of who did it, as far as the folder tells.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/local_run.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>
#include "lib/base/proc.h"
#include "lib/run/git.h"

/* Where a folder without an origin is thought to be from. */
#define FORGE "https://github.com"
#define FORGE_API "https://api.github.com"

const char *
local_git_line(struct local_run *run, const char *const *words)
{
	const char *argv[8] = { "git", "-C", run->folder };
	struct proc_spec spec = { .argv = argv };
	struct str out = STR_INIT;
	struct err ignored = { 0 };
	const char *line = NULL;

	for (size_t i = 0; words[i] != NULL; i++)
		argv[i + 3] = words[i];
	if (proc_run_ok(&spec, NULL, 4096, 10000, &out, &ignored) == 0)
		line = arena_strndup(run->local.a, out.s,
		    strcspn(out.s, "\n"));
	str_release(&out);
	return line;
}

/* What a payload says goes before; what it does not say is "". */
static void
put(struct local_run *run, const char *name, const char *value)
{
	struct expr_object *github = run->local.facts.github;
	const struct expr_text t = { name, strlen(name) };
	const struct expr_value *old = expr_object_get(github, t);

	if (old == NULL || old->type == EXPR_NULL ||
	    (old->type == EXPR_STRING && old->text.len == 0))
		expr_object_put(github, t, expr_string(value));
}

/* "OWNER/NAME" in the key of an address, which is a host and a path, or a path
 * of this machine, of which the last two parts count; NULL: neither. */
static const char *
repository_of(const char *key)
{
	const char *path = strchr(key, '/'), *slash;

	if (path == NULL || key[0] == '.')
		return NULL;
	if (path == key) {
		slash = strrchr(key, '/');
		while (slash > key && slash[-1] != '/')
			slash--;
		path = slash > key ? slash - 1 : key;
	}
	slash = strchr(path + 1, '/');
	return slash != NULL && slash > path + 1 && slash[1] != '\0' ?
	    path + 1 : NULL;
}

/* Where people see the forge: by http as it is fetched from, else by https. */
static const char *
server_of(const char *url, const char *key, struct arena *a)
{
	const char *clean = git_url_clean(url, a);
	const char *host = strstr(clean, "://");

	if (key[0] == '/' || key[0] == '.')
		return FORGE;
	if (host != NULL && str_starts_with(clean, "http"))
		return arena_strndup(a, clean, (size_t)(host + 3 - clean) +
		    strcspn(host + 3, "/"));
	return arena_printf(a, "https://%.*s", (int)strcspn(key, "/"), key);
}

static const char *
actor_of(struct local_run *run)
{
	static const char *const words[] = { "config", "github.user", NULL };
	const char *name = local_git_line(run, words);
	const struct passwd *user = getpwuid(geteuid());

	if (name != NULL && name[0] != '\0')
		return name;
	return user != NULL ? arena_strdup(run->local.a, user->pw_name) :
	    "nobody";
}

void
local_github(struct local_run *run)
{
	static const char *const words[] = { "remote", "get-url", "origin",
		NULL };
	struct arena *a = run->local.a;
	const char *url = local_git_line(run, words), *actor = actor_of(run);
	const char *key = url != NULL ? git_url_key(url, a) : ".";
	const char *repository = repository_of(key), *server = FORGE;
	const char *folder = strrchr(run->folder, '/') + 1;

	if (repository == NULL)
		repository = arena_printf(a, "%s/%s", actor,
		    folder[0] != '\0' ? folder : "root");
	else
		server = server_of(url, key, a);
	put(run, "repository", repository);
	put(run, "repository_owner", arena_strndup(a, repository,
	    strcspn(repository, "/")));
	put(run, "actor", actor);
	put(run, "triggering_actor", actor);
	put(run, "server_url", server);
	if (strcmp(server, FORGE) == 0) {
		put(run, "api_url", FORGE_API);
		put(run, "graphql_url", FORGE_API "/graphql");
	}
	put(run, "run_id", "1");
	put(run, "run_number", "1");
	put(run, "run_attempt", "1");
}

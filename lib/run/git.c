/*
 * git.c - start git: its settings, its environment, its errors.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/git.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/run/git_run.h"

/* What git says about a failure; the rest of it is dropped. */
#define DIAG_MAX_BYTES 8192
#define DIAG_MAX_LINES 3

/* Read by every git that we start and by those that it starts in turn,
 * which lose settings given by -c. A mirror or an origin may belong to
 * another user than ours: nothing of its own configuration can start a
 * program on the way that we use it. */
static const char settings_text[] =
    "# Written by Pawl at each start; changes are lost.\n"
    "[core]\n"
    "\thooksPath = /dev/null\n"
    "\tfsmonitor = false\n"
    "\tquotePath = false\n"
    "[safe]\n"
    "\tdirectory = *\n"
    "[user]\n"
    "\tname = Pawl\n"
    "\temail = pawl@localhost\n"
    "[gc]\n"
    "\tautoDetach = false\n"
    "[advice]\n"
    "\tdetachedHead = false\n"
    "[init]\n"
    "\tdefaultBranch = main\n"
    "[uploadpack]\n"
    "\tallowAnySHA1InWant = true\n"
    "[credential]\n"
    "\thelper =\n";

/* Of our own environment, what ways to an origin need. */
static const char *const passed[] = {
	"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SSH_AUTH_SOCK",
	"http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy",
	"NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO",
};

int
git_open(const struct config *config, struct git **out, struct err *err)
{
	struct git *g = mem_calloc(1, sizeof(*g));
	struct str now = STR_INIT;
	int rc = 0;

	g->config = config;
	str_init(&g->settings);
	str_addf(&g->settings, "%s/gitconfig", config->state_dir);
	if (file_read(g->settings.s, sizeof(settings_text), &now, NULL) ==
	    -1 || strcmp(now.s, settings_text) != 0)
		rc = file_replace(g->settings.s, settings_text,
		    strlen(settings_text), 0644, false, err);
	str_release(&now);
	if (rc == -1) {
		git_close(g);
		return err_wrap(err, "writing git's settings");
	}
	*out = g;
	return 0;
}

void
git_close(struct git *g)
{
	if (g == NULL)
		return;
	str_release(&g->settings);
	free(g);
}

bool
git_sha_valid(const char *sha)
{
	size_t len = strspn(sha, "0123456789abcdef");

	return sha[len] == '\0' && (len == 40 || len == 64);
}

/* The environment of a call; lives in `a`. */
static const char *const *
environment(const struct git *g, enum git_reach reach, struct arena *a)
{
	const char **env = NULL;
	size_t n = 0;
	const char *protocols = reach == GIT_LOCAL ? "file" :
	    g->config->git_protocols;

#define ADD(...) (*(const char **)arena_push(a, &env, &n, sizeof(*env)) = \
	arena_printf(a, __VA_ARGS__))
	for (size_t i = 0; i < ARRAY_LEN(passed); i++) {
		const char *value = getenv(passed[i]);

		if (value != NULL)
			ADD("%s=%s", passed[i], value);
	}
	ADD("LC_ALL=C");
	ADD("GIT_TERMINAL_PROMPT=0");
	ADD("GIT_CONFIG_NOSYSTEM=1");
	ADD("GIT_CONFIG_GLOBAL=%s", g->settings.s);
	ADD("GIT_ALLOW_PROTOCOL=%s", protocols);
	ADD("GIT_LITERAL_PATHSPECS=1");
	ADD("GIT_SSH_COMMAND=ssh -oBatchMode=yes");
#undef ADD
	arena_push(a, &env, &n, sizeof(*env));
	return env;
}

/* Append `line` without the user and password of an address in it. */
static void
add_without_password(struct str *out, const char *line, size_t len)
{
	const char *end = line + len, *p = line;

	while (p < end) {
		const char *scheme = memmem(p, (size_t)(end - p), "://", 3);
		const char *host = scheme, *at;

		if (scheme == NULL)
			break;
		for (at = scheme + 3; at < end && strchr("/ '\"", *at) ==
		    NULL; at++)
			if (*at == '@')
				host = at;
		str_add_len(out, p, (size_t)(scheme + 3 - p));
		if (host != scheme)
			str_add(out, "***");
		p = host == scheme ? scheme + 3 : host;
	}
	str_add_len(out, p, (size_t)(end - p));
}

/* The first lines of what git wrote, joined. git names the cause first and
 * explains below; warnings and hints before it tell nothing. */
static void
join_lines(const char *text, struct str *out)
{
	int n = 0;

	while (*text != '\0' && n < DIAG_MAX_LINES) {
		size_t len = strcspn(text, "\n");

		if (len > 0 && !str_starts_with(text, "warning: ") &&
		    !str_starts_with(text, "hint: ")) {
			str_add(out, n++ > 0 ? "; " : ": ");
			add_without_password(out, text, len);
		}
		text += len + (text[len] != '\0');
	}
}

static int
failed(const char *verb, const struct proc_end *end, const char *diag,
    struct err *err)
{
	struct str text = STR_INIT;

	proc_end_text(end, &text);
	join_lines(diag, &text);
	err_set(err, end->how == PROC_TIMED_OUT ? ERR_TIMEOUT :
	    ERR_UNAVAILABLE, "git %s: %s%s", verb, text.s,
	    end->how == PROC_TIMED_OUT ? " (\"git-timeout\")" : "");
	str_release(&text);
	return -1;
}

/* What git is to do, behind settings of a call. */
static const char *
verb(const char *const *args)
{
	return strcmp(args[0], "-c") == 0 && args[1] != NULL &&
	    args[2] != NULL ? args[2] : args[0];
}

static int
run(struct git *g, enum git_reach reach, const char *dir,
    const char *const *args, const char *input, size_t max_bytes,
    struct str *out, int *exit_code, struct err *err)
{
	struct arena a = ARENA_INIT(0);
	const char *argv[GIT_MAX_ARGS] = { "git" };
	struct proc_spec spec = { .argv = argv, .cwd = dir,
		.die_with_parent = true };
	struct str diag = STR_INIT;
	struct proc_end end;
	int timeout_ms = g->config->git_timeout_ms > INT_MAX ? INT_MAX :
	    (int)g->config->git_timeout_ms;
	int rc;

	for (size_t i = 0; args[i] != NULL && i + 2 < GIT_MAX_ARGS; i++)
		argv[i + 1] = args[i];
	spec.env = environment(g, reach, &a);
	if (max_bytes < DIAG_MAX_BYTES)
		max_bytes = DIAG_MAX_BYTES;
	rc = proc_run(&spec, input, max_bytes + 1, timeout_ms, out, &diag,
	    &end, err);
	str_cut(&diag, DIAG_MAX_BYTES);
	if (exit_code != NULL)
		*exit_code = rc == 0 && end.how == PROC_EXITED ? end.code : -1;
	if (rc == 0 && (end.how != PROC_EXITED || end.code != 0))
		rc = failed(verb(args), &end, diag.s, err);
	str_release(&diag);
	arena_release(&a);
	return rc;
}

int
git_run(struct git *g, enum git_reach reach, const char *dir,
    const char *const *args, size_t max_bytes, struct str *out,
    int *exit_code, struct err *err)
{
	return run(g, reach, dir, args, NULL, max_bytes, out, exit_code, err);
}

int
git_feed(struct git *g, const char *mirror, const char *const *args,
    const char *input, struct err *err)
{
	return run(g, GIT_LOCAL, mirror, args, input, 0, NULL, NULL, err);
}

/*
 * options.c - `options` of a container: a text as for "docker create".
 *
 * What is in the table is understood; what is among the refused is known and
 * said why; all else is a mistake. So nothing that a job asks for is left out
 * without a word, and nothing reaches the engine that was not looked at.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/engine.h"

#include <string.h>

#include "lib/base/diag.h"
#include "lib/base/mem.h"
#include "lib/base/size.h"
#include "lib/engine/capability.h"
#include "lib/engine/words.h"

#define MAX_ID_TEXT 128
#define HOST_LETTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

struct options {
	const struct config *policy;
	struct arena *a;
	struct container_options *out;
	const char **rest;
	size_t n_rest;
};

/* What one option does with its value. */
typedef int (*option_fn)(struct options *o, const char *name,
    const char *value, struct err *err);

static int
wrong(const char *name, const char *value, const char *want, struct err *err)
{
	return err_set(err, ERR_INVALID, "option \"%s\": \"%s\" is not %s",
	    name, value, want);
}

static int
set_user(struct options *o, const char *name, const char *value,
    struct err *err)
{
	if (value[0] == '\0' || value[0] == ':' ||
	    strlen(value) > MAX_ID_TEXT ||
	    value[strspn(value, HOST_LETTERS "_:")] != '\0')
		return wrong(name, value, "a user such as \"node\" or "
		    "\"1000:1000\"", err);
	o->out->user = value;
	return 0;
}

static int
set_hostname(struct options *o, const char *name, const char *value,
    struct err *err)
{
	if (value[0] == '\0' || strlen(value) > 63 ||
	    value[strspn(value, HOST_LETTERS)] != '\0')
		return wrong(name, value, "the name of a host", err);
	o->out->hostname = value;
	return 0;
}

static int
read_bytes(const char *name, const char *value, int64_t *out, struct err *err)
{
	int64_t bytes;

	if (!size_parse(value, &bytes) || bytes < 1)
		return wrong(name, value, "a size such as \"512m\" or \"1g\"",
		    err);
	*out = bytes;
	return 0;
}

static int
set_memory(struct options *o, const char *name, const char *value,
    struct err *err)
{
	return read_bytes(name, value, &o->out->memory_max_bytes, err);
}

static int
set_shm(struct options *o, const char *name, const char *value,
    struct err *err)
{
	return read_bytes(name, value, &o->out->shm_bytes, err);
}

static int
set_cpus(struct options *o, const char *name, const char *value,
    struct err *err)
{
	int64_t milli;

	if (!conf_parse_processors(value, &milli) || milli == 0)
		return wrong(name, value, "a number of processors such as "
		    "\"2\" or \"1.5\"", err);
	o->out->cpus_milli = milli;
	return 0;
}

static int
set_pids(struct options *o, const char *name, const char *value,
    struct err *err)
{
	long long n;

	if (!str_to_int64(value, 1, 1 << 22, &n))
		return wrong(name, value, "a number of processes", err);
	o->out->pids_max = n;
	return 0;
}

/* "nofile=1024" or "nofile=1024:2048": soft and hard. */
static int
set_ulimit(struct options *o, const char *name, const char *value,
    struct err *err)
{
	const char *number = value, *hard;
	long long n;

	if (!str_starts_with(value, "nofile="))
		return err_set(err, ERR_DENIED, "option \"%s\": only "
		    "\"nofile\" can be limited, not \"%s\"", name, value);
	number += strlen("nofile=");
	hard = strchr(number, ':');
	if (!str_to_int64(hard != NULL ? hard + 1 : number, 1, 1 << 30, &n))
		return wrong(name, value, "a limit such as \"nofile=4096\"",
		    err);
	o->out->nofile_max = n;
	return 0;
}

static bool
is_true(const char *value)
{
	return strcmp(value, "true") == 0;
}

static int
set_init(struct options *o, const char *name, const char *value,
    struct err *err)
{
	(void)name;
	(void)err;
	o->out->init_ignored = is_true(value);
	return 0;
}

static int
set_privileged(struct options *o, const char *name, const char *value,
    struct err *err)
{
	if (is_true(value) && !o->policy->allow_privileged)
		return err_set(err, ERR_DENIED, "option \"%s\" is not allowed "
		    "here (\"allow-privileged\" in the configuration)", name);
	o->out->privileged = is_true(value);
	return 0;
}

/* Engines take both "SYS_PTRACE" and "CAP_SYS_PTRACE", in any case; ours is
 * the short one. */
static const char *
capability(struct arena *a, const char *value)
{
	char *name = arena_strdup(a, value);

	for (char *p = name; *p != '\0'; p++)
		if (*p >= 'a' && *p <= 'z')
			*p = (char)(*p - 'a' + 'A');
	return str_starts_with(name, "CAP_") ? name + 4 : name;
}

static bool
is_listed(const struct config_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++) {
		const char *item = list->items[i];

		if (strcmp(str_starts_with(item, "CAP_") ? item + 4 : item,
			name) == 0)
			return true;
	}
	return false;
}

static int
add_capability(struct options *o, const char *name, const char *value,
    struct err *err)
{
	const char *cap = capability(o->a, value);

	if (capability_bit(cap) == -1)
		return wrong(name, value, "a capability such as "
		    "\"SYS_PTRACE\"", err);
	if (!is_listed(&o->policy->allow_cap_add, cap))
		return err_set(err, ERR_DENIED, "option \"%s\": \"%s\" is not "
		    "allowed here (\"allow-cap-add\" in the configuration)",
		    name, cap);
	*(const char **)arena_push(o->a, &o->out->cap_add,
	    &o->out->n_cap_add, sizeof(*o->out->cap_add)) = cap;
	return 0;
}

static int
drop_capability(struct options *o, const char *name, const char *value,
    struct err *err)
{
	const char *cap = capability(o->a, value);

	if (capability_bit(cap) == -1 && strcmp(cap, "ALL") != 0)
		return wrong(name, value, "a capability such as "
		    "\"NET_RAW\", or \"ALL\"", err);
	*(const char **)arena_push(o->a, &o->out->cap_drop,
	    &o->out->n_cap_drop, sizeof(*o->out->cap_drop)) = cap;
	return 0;
}

/* "/path" or "/path:size=64m,mode=1777". */
static int
add_tmpfs(struct options *o, const char *name, const char *value,
    struct err *err)
{
	const char *colon = strchr(value, ':');
	struct container_mount m = { NULL, value, false };

	if (colon != NULL) {
		m.target = arena_strndup(o->a, value,
		    (size_t)(colon - value));
		m.source = colon + 1;
	}
	if (m.source != NULL && m.source[strspn(m.source,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789=,%")] != '\0')
		return wrong(name, value, "a path and options of tmpfs", err);
	if (container_target_check(m.target, err) == -1)
		return err_wrap(err, "option \"%s\"", name);
	*(struct container_mount *)arena_push(o->a, &o->out->tmpfs,
	    &o->out->n_tmpfs, sizeof(m)) = m;
	return 0;
}

/* For whoever watches the container. */
static int
leave(struct options *o, const char *name, const char *value,
    struct err *err)
{
	(void)err;
	*(const char **)arena_push(o->a, &o->rest, &o->n_rest,
	    sizeof(*o->rest)) = arena_printf(o->a, "%s=%s", name, value);
	return 0;
}

static const struct option {
	const char *name;
	char letter; /* '\0': none */
	bool flag;   /* without a value, or "=true", "=false" */
	option_fn set;
} options[] = {
	{ "--cap-add", '\0', false, add_capability },
	{ "--cap-drop", '\0', false, drop_capability },
	{ "--cpus", '\0', false, set_cpus },
	{ "--health-cmd", '\0', false, leave },
	{ "--health-interval", '\0', false, leave },
	{ "--health-retries", '\0', false, leave },
	{ "--health-start-period", '\0', false, leave },
	{ "--health-timeout", '\0', false, leave },
	{ "--hostname", 'h', false, set_hostname },
	{ "--init", '\0', true, set_init },
	{ "--memory", 'm', false, set_memory },
	{ "--no-healthcheck", '\0', true, leave },
	{ "--pids-limit", '\0', false, set_pids },
	{ "--privileged", '\0', true, set_privileged },
	{ "--shm-size", '\0', false, set_shm },
	{ "--tmpfs", '\0', false, add_tmpfs },
	{ "--ulimit", '\0', false, set_ulimit },
	{ "--user", 'u', false, set_user },
};

/* Known to "docker create", and not to be had; with the reason or what does
 * it instead. */
static const struct {
	const char *name;
	char letter;
	const char *why;
} refused[] = {
	{ "--cgroup-parent", '\0', "limits of the host are not a job's" },
	{ "--cgroupns", '\0', "the host's control groups are not a job's" },
	{ "--detach", 'd', "the container is started by Pawl" },
	{ "--device", '\0', "devices of the host are not a job's" },
	{ "--entrypoint", '\0', "use the key \"entrypoint\"" },
	{ "--env", 'e', "use the key \"env\"" },
	{ "--env-file", '\0', "use the key \"env\"" },
	{ "--gpus", '\0', "devices of the host are not a job's" },
	{ "--ip", '\0', "containers find each other by name" },
	{ "--ipc", '\0', "the memory of others is not a job's" },
	{ "--link", '\0', "containers find each other by name" },
	{ "--mount", '\0', "use the key \"volumes\", or \"--tmpfs\"" },
	{ "--name", '\0', "containers are named by Pawl" },
	{ "--net", '\0', "a job has a network of its own" },
	{ "--network", '\0', "a job has a network of its own" },
	{ "--network-alias", '\0', "a service is found by its key" },
	{ "--pid", '\0', "the host's processes are not a job's" },
	{ "--publish", 'p', "use the key \"ports\"" },
	{ "--publish-all", 'P', "use the key \"ports\"" },
	{ "--restart", '\0', "a container lives as long as its job" },
	{ "--rm", '\0', "containers are removed by Pawl" },
	{ "--security-opt", '\0', "what protects the host stays" },
	{ "--sysctl", '\0', "settings of the kernel are not a job's" },
	{ "--userns", '\0', "the host's users are not a job's" },
	{ "--uts", '\0', "the host's name is not a job's" },
	{ "--volume", 'v', "use the key \"volumes\"" },
	{ "--volumes-from", '\0', "use the key \"volumes\"" },
	{ "--workdir", 'w', "use the key \"working-directory\"" },
};

static bool
is_named(const char *name, char letter, const char *word, size_t len)
{
	if (word[1] != '-')
		return letter != '\0' && word[1] == letter;
	return strlen(name) == len && memcmp(name, word, len) == 0;
}

static int
refuse(const char *word, size_t len, struct arena *a, struct err *err)
{
	const char *names[ARRAY_LEN(options) + 1] = { NULL }, *near, *name;

	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (is_named(refused[i].name, refused[i].letter, word, len))
			return err_set(err, ERR_DENIED, "option \"%s\" is not "
			    "allowed: %s", refused[i].name, refused[i].why);
	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		names[i] = options[i].name;
	name = arena_strndup(a, word, len);
	near = suggest_word(name, names);
	return err_set(err, ERR_INVALID, "there is no option \"%s\"%s%s%s",
	    name, near != NULL ? ": did you mean \"" : "",
	    near != NULL ? near : "", near != NULL ? "\"?" : "");
}

/* The value of a flag: what stands behind "=", else true. */
static int
flag_value(const char *name, const char *written, const char **value,
    struct err *err)
{
	*value = written != NULL ? written : "true";
	if (strcmp(*value, "true") == 0 || strcmp(*value, "false") == 0)
		return 0;
	return wrong(name, *value, "true or false", err);
}

/* Read the option at words[*i]; *i moves on to its last word. */
static int
read_option(struct options *o, const char *const *words, size_t *i,
    struct err *err)
{
	const char *word = words[*i], *value = NULL;
	size_t len = strcspn(word, "=");
	const struct option *found = NULL;

	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return err_set(err, ERR_INVALID, "\"%s\" is no option: an "
		    "option begins with \"--\"", word);
	for (size_t k = 0; found == NULL && k < ARRAY_LEN(options); k++)
		if (is_named(options[k].name, options[k].letter, word, len))
			found = &options[k];
	if (found == NULL)
		return refuse(word, word[1] == '-' ? len : 2, o->a, err);
	if (word[1] != '-' && word[2] != '\0')
		value = word[2] == '=' ? word + 3 : word + 2;
	else if (word[1] == '-' && word[len] == '=')
		value = word + len + 1;
	if (found->flag) {
		if (flag_value(found->name, value, &value, err) == -1)
			return -1;
	} else if (value == NULL) {
		value = words[*i + 1];
		if (value == NULL)
			return err_set(err, ERR_INVALID,
			    "option \"%s\" needs a value", found->name);
		(*i)++;
	}
	return found->set(o, found->name, value, err);
}

int
container_options_read(const char *text, const struct config *policy,
    struct arena *a, struct container_options *out,
    const char *const **rest, struct err *err)
{
	struct options o = { policy, a, out, NULL, 0 };
	const char *const *words = NULL;
	size_t n;

	memset(out, 0, sizeof(*out));
	if (words_split(text, a, &words, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (read_option(&o, words, &i, err) == -1)
			return -1;
	arena_push(a, &o.rest, &o.n_rest, sizeof(*o.rest));
	*rest = o.rest;
	return 0;
}

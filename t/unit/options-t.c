/*
 * options-t.c - `options` and `volumes` of a container: what is understood,
 * what is refused, and what the messages say.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/engine/engine.h"
#include "lib/engine/words.h"
#include "t/lib/tap.h"

static const struct config strict;

static const char *const volumes[] = { "/srv/cache", "/etc/ssl:ro", "/a/" };
static const char *const caps[] = { "SYS_PTRACE", "CAP_NET_ADMIN" };
static const struct config generous = {
	.allow_privileged = true,
	.allow_volumes = { volumes, ARRAY_LEN(volumes) },
	.allow_cap_add = { caps, ARRAY_LEN(caps) },
};

static void
splits(const char *text, const char *want)
{
	struct arena a = ARENA_INIT(0);
	struct str got = STR_INIT;
	const char *const *words;
	struct err err = { 0 };
	size_t n;

	if (words_split(text, &a, &words, &n, &err) == -1)
		str_addf(&got, "error: %s", err.text);
	else
		for (size_t i = 0; i < n; i++)
			str_addf(&got, "<%s>", words[i]);
	is_str(got.s, want, "the words of: %s", text);
	str_release(&got);
	arena_release(&a);
}

static void
test_words(void)
{
	splits("", "");
	splits("  a\tb\n c ", "<a><b><c>");
	splits("--x 'a b' \"c d\"e\\ f", "<--x><a b><c de f>");
	splits("'' \"\"", "<><>");
	splits("'$HOME' \"$HOME `id`\" $HOME *;|", "<$HOME><$HOME `id`>"
	    "<$HOME><*;|>");
	splits("\"\\$x \\` \\\" \\\\ \\n\" '\\n'", "<$x ` \" \\ \\n><\\n>");
	splits("a\\\nb \"c\\\nd\"", "<ab><cd>");
	splits("a\\", "<a>");
	splits("'a", "error: a quote (') is not closed");
	splits("a \"b", "error: a quote (\") is not closed");
}

/* All that was read, as one text. */
static void
describe(const struct container_options *o, const char *const *rest,
    struct str *out)
{
	if (o->user != NULL)
		str_addf(out, "user=%s ", o->user);
	if (o->hostname != NULL)
		str_addf(out, "host=%s ", o->hostname);
	if (o->memory_max_bytes != 0)
		str_addf(out, "memory=%" PRId64 " ", o->memory_max_bytes);
	if (o->cpus_milli != 0)
		str_addf(out, "cpus=%" PRId64 " ", o->cpus_milli);
	if (o->pids_max != 0)
		str_addf(out, "pids=%" PRId64 " ", o->pids_max);
	if (o->shm_bytes != 0)
		str_addf(out, "shm=%" PRId64 " ", o->shm_bytes);
	if (o->nofile_max != 0)
		str_addf(out, "files=%" PRId64 " ", o->nofile_max);
	if (o->init_ignored)
		str_add(out, "init ");
	if (o->privileged)
		str_add(out, "privileged ");
	for (size_t i = 0; i < o->n_cap_add; i++)
		str_addf(out, "+%s ", o->cap_add[i]);
	for (size_t i = 0; i < o->n_cap_drop; i++)
		str_addf(out, "-%s ", o->cap_drop[i]);
	for (size_t i = 0; i < o->n_tmpfs; i++)
		str_addf(out, "tmpfs=%s(%s) ", o->tmpfs[i].target,
		    o->tmpfs[i].source != NULL ? o->tmpfs[i].source : "");
	for (; *rest != NULL; rest++)
		str_addf(out, "[%s] ", *rest);
}

static void
reads(const char *text, const struct config *policy, const char *want)
{
	struct arena a = ARENA_INIT(0);
	struct container_options o;
	struct str got = STR_INIT;
	const char *const *rest;
	struct err err = { 0 };

	if (container_options_read(text, policy, &a, &o, &rest, &err) == -1)
		str_addf(&got, "%s: %s", err.code == ERR_DENIED ? "denied" :
		    "wrong", err.text);
	else
		describe(&o, rest, &got);
	is_str(got.s, want, "%s", text);
	str_release(&got);
	arena_release(&a);
}

static void
test_options(void)
{
	reads("", &strict, "");
	reads("--user node --cpus 1.5 -m 1g --memory=512m", &strict,
	    "user=node memory=536870912 cpus=1500 ");
	reads("-u1000:1000 -h=box --shm-size 64k --pids-limit=20", &strict,
	    "user=1000:1000 host=box pids=20 shm=65536 ");
	reads("--ulimit nofile=1024:2048 --init --privileged=false", &strict,
	    "files=2048 init ");
	reads("--cap-drop all --cap-drop=cap_net_raw", &strict,
	    "-ALL -NET_RAW ");
	reads("--tmpfs /run --tmpfs /x:size=64m,mode=1777", &strict,
	    "tmpfs=/run() tmpfs=/x(size=64m,mode=1777) ");
	reads("--health-cmd \"pg_isready -U 'x y'\" --health-retries=5 "
	    "--no-healthcheck", &strict, "[--health-cmd=pg_isready -U 'x y'] "
	    "[--health-retries=5] [--no-healthcheck=true] ");
}

static void
test_policy(void)
{
	reads("--privileged", &strict, "denied: option \"--privileged\" is "
	    "not allowed here (\"allow-privileged\" in the configuration)");
	reads("--privileged", &generous, "privileged ");
	reads("--cap-add SYS_PTRACE", &strict, "denied: option \"--cap-add\": "
	    "\"SYS_PTRACE\" is not allowed here (\"allow-cap-add\" in the "
	    "configuration)");
	reads("--cap-add cap_sys_ptrace --cap-add=NET_ADMIN", &generous,
	    "+SYS_PTRACE +NET_ADMIN ");
	reads("--cap-add ALL", &generous, "wrong: option \"--cap-add\": "
	    "\"ALL\" is not a capability such as \"SYS_PTRACE\"");
}

static void
test_refused(void)
{
	reads("--network host", &generous, "denied: option \"--network\" is "
	    "not allowed: a job has a network of its own");
	reads("--pid=host", &generous, "denied: option \"--pid\" is not "
	    "allowed: the host's processes are not a job's");
	reads("-v /:/host", &generous, "denied: option \"--volume\" is not "
	    "allowed: use the key \"volumes\"");
	reads("-v/:/host", &generous, "denied: option \"--volume\" is not "
	    "allowed: use the key \"volumes\"");
	reads("--device /dev/kvm", &generous, "denied: option \"--device\" is "
	    "not allowed: devices of the host are not a job's");
	reads("--security-opt seccomp=unconfined", &generous, "denied: option "
	    "\"--security-opt\" is not allowed: what protects the host "
	    "stays");
	reads("--ulimit memlock=-1", &generous, "denied: option \"--ulimit\": "
	    "only \"nofile\" can be limited, not \"memlock=-1\"");
}

static void
test_mistakes(void)
{
	reads("--memroy 1g", &strict, "wrong: there is no option "
	    "\"--memroy\": did you mean \"--memory\"?");
	reads("-z", &strict, "wrong: there is no option \"-z\"");
	reads("redis", &strict, "wrong: \"redis\" is no option: an option "
	    "begins with \"--\"");
	reads("--", &strict, "wrong: \"--\" is no option: an option begins "
	    "with \"--\"");
	reads("-", &strict, "wrong: \"-\" is no option: an option begins "
	    "with \"--\"");
	reads("--user", &strict, "wrong: option \"--user\" needs a value");
	reads("--user=", &strict, "wrong: option \"--user\": \"\" is not a "
	    "user such as \"node\" or \"1000:1000\"");
	reads("--cpus 0", &strict, "wrong: option \"--cpus\": \"0\" is not a "
	    "number of processors such as \"2\" or \"1.5\"");
	reads("--memory lots", &strict, "wrong: option \"--memory\": \"lots\" "
	    "is not a size such as \"512m\" or \"1g\"");
	reads("--init=maybe", &strict, "wrong: option \"--init\": \"maybe\" "
	    "is not true or false");
	reads("--cap-drop NONSENSE", &strict, "wrong: option \"--cap-drop\": "
	    "\"NONSENSE\" is not a capability such as \"NET_RAW\", or "
	    "\"ALL\"");
	reads("--tmpfs /proc/x", &strict, "denied: option \"--tmpfs\": "
	    "nothing can be mounted at \"/proc/x\"");
	reads("--tmpfs /x:exec;", &strict, "wrong: option \"--tmpfs\": "
	    "\"/x:exec;\" is not a path and options of tmpfs");
	reads("'", &strict, "wrong: a quote (') is not closed");
}

static void
mounts(const char *text, const struct config *policy, const char *want)
{
	struct arena a = ARENA_INIT(0);
	struct container_mount m;
	struct str got = STR_INIT;
	struct err err = { 0 };

	if (container_mount_read(text, policy, &a, &m, &err) == -1)
		str_addf(&got, "%s: %s", err.code == ERR_DENIED ? "denied" :
		    "wrong", err.text);
	else
		str_addf(&got, "%s at %s%s", m.source != NULL ? m.source :
		    "(own)", m.target, m.read_only ? " ro" : "");
	is_str(got.s, want, "%s", text);
	str_release(&got);
	arena_release(&a);
}

static void
test_mounts(void)
{
	mounts("/data", &strict, "(own) at /data");
	mounts("db:/data", &strict, "db at /data");
	mounts("db:/data:ro", &strict, "db at /data ro");
	mounts("/srv/cache:/cache", &generous, "/srv/cache at /cache");
	mounts("/a:/cache:rw", &generous, "/a at /cache");
	mounts("/etc/ssl:/etc/ssl:ro", &generous, "/etc/ssl at /etc/ssl ro");
	mounts("db:/workspace/x", &strict, "db at /workspace/x");

	mounts("/srv/cache:/cache", &strict, "denied: the host's "
	    "\"/srv/cache\" may not be mounted (\"allow-volumes\" in the "
	    "configuration names what may)");
	mounts("/srv/cache/x:/cache", &generous, "denied: the host's "
	    "\"/srv/cache/x\" may not be mounted (\"allow-volumes\" in the "
	    "configuration names what may)");
	mounts("/srv/cache/../x:/cache", &generous, "wrong: "
	    "\"/srv/cache/../x\" is no path to mount: it is absolute, without "
	    "\"..\" or a slash at its end");
	mounts("/etc/ssl:/x", &generous, "denied: the host's \"/etc/ssl\" may "
	    "be mounted only for reading: add \":ro\"");
	mounts("../x:/x", &generous, "wrong: \"../x\" is no volume: it is a "
	    "name of letters, digits and \"_.-\", or an absolute path of the "
	    "host");
	mounts("db:x", &strict, "wrong: \"x\" is no place in the container: "
	    "it is an absolute path without \"..\" or a slash at its end");
	mounts("db:/", &strict, "wrong: \"/\" is no place in the container: "
	    "it is an absolute path without \"..\" or a slash at its end");
	mounts("db:/workspace", &strict, "denied: nothing can be mounted at "
	    "\"/workspace\", where the job's own files are");
	mounts("db:/.pawl/ctl", &strict, "denied: nothing can be mounted at "
	    "\"/.pawl/ctl\"");
	mounts("db:/x:z", &strict, "wrong: \"z\" is no way to mount a volume: "
	    "\"ro\" or \"rw\"");
	mounts("", &strict, "wrong: \"\" is no place in the container: it is "
	    "an absolute path without \"..\" or a slash at its end");
}

int
main(void)
{
	test_words();
	test_options();
	test_policy();
	test_refused();
	test_mistakes();
	test_mounts();
	return tap_done();
}

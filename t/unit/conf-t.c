/*
 * conf-t.c - the configuration: defaults, values, problems, where it is
 * found; and that its reference page tells the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/conf.h"
#include "lib/base/file.h"
#include "lib/base/size.h"
#include "lib/base/str.h"
#include "t/lib/tap.h"

struct loaded {
	struct arena a;
	struct config c;
	struct str problems;
	struct err err;
	int rc;
};

static void
write_file(const char *name, const char *text, mode_t mode)
{
	struct str path = STR_INIT;
	struct err err = { 0 };

	str_addf(&path, "%s/%s", tap_dir(), name);
	if (file_replace(path.s, text, strlen(text), mode, false, &err) < 0)
		tap_note("%s", err.text);
	str_release(&path);
}

static void
load(struct loaded *l, const char *text)
{
	struct str path = STR_INIT;

	memset(l, 0, sizeof(*l));
	str_init(&l->problems);
	arena_init(&l->a, 0);
	str_addf(&path, "%s/pawl.yaml", tap_dir());
	if (text != NULL)
		write_file("pawl.yaml", text, 0644);
	l->rc = config_load(text != NULL ? path.s : NULL, &l->a, &l->c,
	    &l->problems, &l->err);
	str_release(&path);
}

static void
loaded_release(struct loaded *l)
{
	arena_release(&l->a);
	str_release(&l->problems);
}

static void
test_defaults(void)
{
	struct loaded l;

	load(&l, "# nothing\n");
	is_str(l.err.text, "", "an empty file is a configuration");
	is_str(l.c.base_url, "http://localhost/ci", "base-url");
	is_str(l.c.engine, "auto", "engine");
	is_str(l.c.docker_socket, "", "docker-socket is looked for");
	is_int(l.c.step_timeout_ms, 30 * 60000, "step-timeout");
	is_int(l.c.job_timeout_ms, 2 * 3600000, "job-timeout");
	is_int(l.c.cancel_grace_ms, 10000, "cancel-grace");
	is_int(l.c.webhook_max_bytes, 25 << 20, "webhook-max-bytes");
	is_int(l.c.log_level, LOG_INFO, "log-level");
	ok(l.c.max_jobs >= 1, "max-jobs");
	ok(l.c.sandbox_network, "sandbox-network");
	ok(str_ends_with(l.c.run_dir, "/run"), "run-dir lies in the state");
	ok(str_ends_with(l.c.file, "/pawl.yaml"), "the file is known");
	loaded_release(&l);
}

static void
test_values(void)
{
	struct loaded l;
	struct str want = STR_INIT;

	write_file("hook", "s3cret\n", 0600);
	write_file("npm", "a\nb\r\n", 0600);
	load(&l, "base-url: https://ci.example.org/x//\nstate-dir: state\n"
	    "run-dir: /run/pawl\nmax-jobs: 7\nengine: sandbox\n"
	    "sandbox-network: false\nstep-timeout: 1.5 h\n"
	    "log-max-bytes: 64k\nlog-level: debug\nlease:\n"
	    "webhook-secrets: {github: {file: hook}}\n"
	    "secrets: {NPM: {file: npm}}\n"
	    "variables: {REGION: eu, COUNT: 03, EMPTY: ''}\n"
	    "labels:\n  ubuntu-latest: debian:12\n  big: {image: 'a:1'}\n"
	    "  host: {engine: sandbox}\n");
	is_str(l.problems.s, "", "all values are fine");
	is_str(l.c.base_url, "https://ci.example.org/x", "without slashes");
	str_addf(&want, "%s/state", tap_dir());
	is_str(l.c.state_dir, want.s, "a path starts at the file");
	is_str(l.c.run_dir, "/run/pawl", "or at the root");
	is_int(l.c.max_jobs, 7, "a number");
	is_str(l.c.engine, "sandbox", "a word");
	ok(!l.c.sandbox_network, "a truth");
	is_int(l.c.step_timeout_ms, 5400000, "a duration");
	is_int(l.c.log_max_bytes, 65536, "a size");
	is_int(l.c.log_level, LOG_DEBUG, "a level");
	is_int(l.c.lease_ms, 30000, "a key without value is as absent");
	is_int((long long)l.c.n_webhook_secrets, 1, "a forge's secret");
	is_str(l.c.webhook_secrets[0].name, "github", "has its name");
	is_str(l.c.webhook_secrets[0].value, "s3cret", "without newline");
	is_str(l.c.secrets[0].value, "a\nb", "only the last newline goes");
	is_int((long long)l.c.n_variables, 3, "variables");
	is_str(l.c.variables[0].name, "REGION", "have names");
	is_str(l.c.variables[1].value, "03", "and text as it is written");
	is_str(l.c.variables[2].value, "", "which may be empty");
	is_int((long long)l.c.n_labels, 3, "labels");
	is_str(l.c.labels[0].image, "debian:12", "a label's image, short");
	is_str(l.c.labels[1].image, "a:1", "a label's image, long");
	is_str(l.c.labels[2].engine, "sandbox", "a label's engine");
	loaded_release(&l);
	str_release(&want);
}

/* What is about containers. */
static void
test_containers(void)
{
	struct loaded l;

	write_file("login", "pass word\n", 0600);
	load(&l, "docker-socket: tcp://127.0.0.1:2376\ndocker-tls: certs\n"
	    "image-pull: always\ncpus-max: 1.25\nshm-size: 1 GiB\n"
	    "nofile-max: 4096\nallow-privileged: true\n"
	    "allow-volumes: [/srv/cache, '/etc/ssl:ro']\n"
	    "allow-cap-add: [SYS_PTRACE]\n"
	    "registries:\n  reg.example.org:5000: {username: ci, password: "
	    "{file: login}}\n");
	is_str(l.problems.s, "", "all values are fine");
	is_str(l.c.docker_socket, "tcp://127.0.0.1:2376", "an address");
	ok(str_ends_with(l.c.docker_tls, "/certs"), "a folder of TLS");
	is_str(l.c.image_pull, "always", "when to pull");
	is_int(l.c.cpus_milli, 1250, "thousandths of a processor");
	is_int(l.c.shm_bytes, 1 << 30, "shm-size");
	is_int(l.c.nofile_max, 4096, "nofile-max");
	ok(l.c.allow_privileged && !l.c.allow_image_steps, "what is allowed");
	is_int((long long)l.c.allow_volumes.n, 2, "volumes");
	is_str(l.c.allow_volumes.items[1], "/etc/ssl:ro", "as written");
	is_str(l.c.allow_cap_add.items[0], "SYS_PTRACE", "a capability");
	is_int((long long)l.c.n_registries, 1, "a registry");
	is_str(l.c.registries[0].host, "reg.example.org:5000", "its host");
	is_str(l.c.registries[0].username, "ci", "its user");
	is_str(l.c.registries[0].password, "pass word", "its password");
	ok(str_ends_with(l.c.registries[0].path, "/login"), "from its file");
	loaded_release(&l);
	load(&l, "docker-socket: unix:///run/x.sock\n");
	is_str(l.c.docker_socket, "/run/x.sock", "a socket in full");
	loaded_release(&l);
}

static void
expect_problem(const char *title, const char *text, const char *want)
{
	struct loaded l;
	const char *shown;
	struct str prefix = STR_INIT;

	load(&l, text);
	str_addf(&prefix, "%s/pawl.yaml:", tap_dir());
	shown = l.problems.s;
	if (str_starts_with(shown, prefix.s))
		shown += prefix.len;
	is_str(shown, want, "%s", title);
	ok(l.rc == -1 && l.err.code == ERR_INVALID, "and it is refused");
	ok(str_starts_with(l.err.text, prefix.s), "the error names the place");
	str_release(&prefix);
	loaded_release(&l);
}

static void
test_problems(void)
{
	expect_problem("a key misspelt", "max-job: 1\n",
	    "1:1: error: unknown key \"max-job\"\n"
	    "    1 | max-job: 1\n"
	    "      | ^~~~~~~  did you mean \"max-jobs\"?\n");
	expect_problem("a key of nothing", "x: 1\n",
	    "1:1: error: unknown key \"x\"\n"
	    "    1 | x: 1\n"
	    "      | ^  all keys are in doc/configuration.md\n");
	expect_problem("a number out of range", "max-jobs: 0\n",
	    "1:11: error: \"max-jobs\" must be a whole number from 1 to 1000, "
	    "not \"0\"\n"
	    "    1 | max-jobs: 0\n"
	    "      |           ^\n");
	expect_problem("a word misspelt", "engine: Dokcer\n",
	    "1:9: error: \"engine\" must be auto, sandbox or docker, not "
	    "\"Dokcer\"\n"
	    "    1 | engine: Dokcer\n"
	    "      |         ^~~~~~  did you mean \"docker\"?\n");
	expect_problem("a duration without sense", "lease: soon\n",
	    "1:8: error: \"lease\" must be a duration such as \"90 s\", \"10 "
	    "min\" or \"2 h\" from 5 s to 1 h, not \"soon\"\n"
	    "    1 | lease: soon\n"
	    "      |        ^~~~\n");
	expect_problem("a map for a text", "site-name: {a: b}\n",
	    "1:12: error: \"site-name\" must be a text, not a map\n"
	    "    1 | site-name: {a: b}\n"
	    "      |            ^\n");
	expect_problem("a secret in the file", "secrets: {NPM: abc}\n",
	    "1:16: error: \"NPM\" must be a map of one key\n"
	    "    1 | secrets: {NPM: abc}\n"
	    "      |                ^~~  keep the secret in a file and write "
	    "{file: PATH}\n");
	expect_problem("a variable's name", "variables: {A-B: abc}\n",
	    "1:13: error: \"A-B\" cannot be the name of a variable\n"
	    "    1 | variables: {A-B: abc}\n"
	    "      |             ^~~  letters, digits and \"_\"; no digit "
	    "first\n");
	expect_problem("a variable that is a list", "variables: {A: [b]}\n",
	    "1:16: error: \"A\" must be a text, not a list\n"
	    "    1 | variables: {A: [b]}\n"
	    "      |                ^\n");
	expect_problem("a forge misspelt", "webhook-secrets: {githup: {}}\n",
	    "1:19: error: unknown forge \"githup\"\n"
	    "    1 | webhook-secrets: {githup: {}}\n"
	    "      |                   ^~~~~~  did you mean \"github\"?\n");
	expect_problem("a volume that is no path", "allow-volumes: [/a, b]\n",
	    "1:21: error: \"b\" of \"allow-volumes\" cannot be understood\n"
	    "    1 | allow-volumes: [/a, b]\n"
	    "      |                     ^  absolute paths of this host, with "
	    "\":ro\" where jobs may only read\n");
	expect_problem("a password in the file",
	    "registries: {r: {username: u, password: x}}\n",
	    "1:41: error: \"password\" must be a map of one key\n"
	    "    1 | registries: {r: {username: u, password: x}}\n"
	    "      |                                         ^  write "
	    "{username: NAME, password: {file: PATH}}\n");
	expect_problem("processors without sense", "cpus-max: 1.x\n",
	    "1:11: error: \"cpus-max\" must be a number of processors such "
	    "as \"2\" or \"1.5\", at most 4096, not \"1.x\"\n"
	    "    1 | cpus-max: 1.x\n"
	    "      |           ^~~\n");
	expect_problem("an address of the engine", "docker-socket: tcp://\n",
	    "1:16: error: \"docker-socket\" must be a path, or an address "
	    "such as \"tcp://127.0.0.1:2376\", not \"tcp://\"\n"
	    "    1 | docker-socket: tcp://\n"
	    "      |                ^~~~~~\n");
	expect_problem("a list", "- a\n",
	    "1:1: error: the configuration must be a map, not a list\n"
	    "    1 | - a\n"
	    "      | ^\n");
	expect_problem("an address without scheme", "base-url: example.org\n",
	    "1:11: error: \"base-url\" must be an address such as "
	    "\"https://example.org/ci\", not \"example.org\"\n"
	    "    1 | base-url: example.org\n"
	    "      |           ^~~~~~~~~~~\n");
}

static void
test_secret_files(void)
{
	struct loaded l;

	load(&l, "secrets: {A: {file: absent}}\n");
	ok(strstr(l.problems.s, ":1:14: error: secret \"A\": ") != NULL,
	    "a file that is absent is an error with its place");
	loaded_release(&l);
	write_file("empty", "\n", 0600);
	load(&l, "secrets: {A: {file: empty}}\n");
	ok(strstr(l.problems.s, "is empty") != NULL, "so is an empty one");
	loaded_release(&l);
	write_file("mine", "x\n", 0000);
	load(&l, "secrets: {A: {file: mine}}\n"
	    "webhook-secrets: {github: {file: mine}}\n");
	is_int(l.rc, 0, "one that may not be read is no error");
	if (geteuid() != 0)
		is_int((long long)(l.c.n_denied * 10 + l.c.n_secrets +
		    l.c.n_webhook_secrets), 20, "it is left out and counted");
	else
		tap_skip("root may read everything");
	loaded_release(&l);
}

static void
test_places(void)
{
	struct loaded l;
	struct str path = STR_INIT;

	str_addf(&path, "%s/home", tap_dir());
	setenv("HOME", path.s, 1);
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	unsetenv("PAWL_CONFIG");
	write_file("home/.config/pawl/pawl.yaml", "site-name: home\n", 0644);
	load(&l, NULL);
	is_str(l.c.site_name, "home", "a user's own file");
	loaded_release(&l);

	write_file("xdg/pawl/pawl.yaml", "site-name: xdg\n", 0644);
	str_clear(&path);
	str_addf(&path, "%s/xdg", tap_dir());
	setenv("XDG_CONFIG_HOME", path.s, 1);
	load(&l, NULL);
	is_str(l.c.site_name, "xdg", "in $XDG_CONFIG_HOME");
	loaded_release(&l);

	write_file("other.yaml", "site-name: other\n", 0644);
	str_clear(&path);
	str_addf(&path, "%s/other.yaml", tap_dir());
	setenv("PAWL_CONFIG", path.s, 1);
	load(&l, NULL);
	is_str(l.c.site_name, "other", "$PAWL_CONFIG goes before");
	loaded_release(&l);
	load(&l, "site-name: given\n");
	is_str(l.c.site_name, "given", "and a given path before that");
	loaded_release(&l);

	setenv("PAWL_CONFIG", "/nonexistent/pawl.yaml", 1);
	load(&l, NULL);
	ok(l.rc == -1 && l.err.code == ERR_NOT_FOUND,
	    "a named file must be there");
	loaded_release(&l);
	str_release(&path);
}

static void
test_state_dir(void)
{
	struct loaded l;

	setenv("XDG_STATE_HOME", "/tmp/xdg-state", 1);
	load(&l, "{}\n");
	is_str(l.c.state_dir, geteuid() == 0 ? PAWL_STATEDIR :
	    "/tmp/xdg-state/pawl", "the state of root, or of a user");
	loaded_release(&l);
}

static void
test_sizes(void)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {
		{ "0", 0 }, { "17", 17 }, { "1 kB", 1000 }, { "1k", 1024 },
		{ "1KiB", 1024 }, { "1.5 GiB", 1610612736 },
		{ "2 TB", 2000000000000 }, { "9 bytes", 9 },
	};
	static const char *const bad[] = {
		"", "x", "-1", "1 X", "1.2.3", ".5", "0x10", "1e3",
		"99999999 TiB", " 1", "1 k b", "99999999999999999999999",
	};
	char buf[SIZE_TEXT_SIZE];
	int64_t got = 0;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ok(size_parse(good[i].text, &got), "\"%s\"", good[i].text);
		is_int(got, good[i].want, "is %lld",
		    (long long)good[i].want);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!size_parse(bad[i], &got), "\"%s\" is no size", bad[i]);
	is_str(size_text(512, buf), "512 bytes", "bytes for people");
	is_str(size_text(1536, buf), "1.5 KiB", "a part");
	is_str(size_text(20 << 20, buf), "20 MiB", "whole ones");
	is_str(size_text(INT64_C(5000) << 40, buf), "5000 TiB", "the largest");
}

/* The page has one section for each key, in the order of the table. */
static void
make_reference(struct str *out)
{
	for (const struct config_key *k = config_keys(); k->name; k++) {
		str_addf(out, "### %s\n\n%s\n\nType: %s. ", k->name, k->doc,
		    k->type);
		if (k->standard[0] != '\0')
			str_addf(out, "Default: `%s`.\n\n", k->standard);
		else
			str_add(out, "Default: empty.\n\n");
	}
	str_cut(out, out->len - 1);
}

/* The state directory is a choice of the build, not of the page. */
static void
replace(struct str *s, const char *from, const char *to)
{
	struct str out = STR_INIT;
	const char *rest = s->s, *hit;

	while ((hit = strstr(rest, from)) != NULL) {
		str_add_len(&out, rest, (size_t)(hit - rest));
		str_add(&out, to);
		rest = hit + strlen(from);
	}
	str_add(&out, rest);
	str_clear(s);
	str_add(s, out.s);
	str_release(&out);
}

static void
test_reference(void)
{
	static const char mark[] = "## Keys\n\n";
	const char *srcdir = getenv("srcdir");
	struct str path = STR_INIT, page = STR_INIT, want = STR_INIT;
	struct err err = { 0 };
	const char *keys;

	str_addf(&path, "%s/doc/configuration.md", srcdir ? srcdir : ".");
	make_reference(&want);
	replace(&want, PAWL_STATEDIR, "/var/lib/pawl");
	replace(&want, PAWL_SYSCONFDIR, "/etc");
	file_read(path.s, 1 << 20, &page, &err);
	keys = strstr(page.s, mark);
	if (keys != NULL && getenv("PAWL_TEST_UPDATE") != NULL) {
		str_cut(&page, (size_t)(keys - page.s) + strlen(mark));
		str_add(&page, want.s);
		file_replace(path.s, page.s, page.len, 0644, false, &err);
		keys = strstr(page.s, mark);
	}
	is_str(keys ? keys + strlen(mark) : err.text, want.s,
	    "doc/configuration.md has every key as it is");
	str_release(&path);
	str_release(&page);
	str_release(&want);
}

int
main(void)
{
	test_defaults();
	test_values();
	test_containers();
	test_problems();
	test_secret_files();
	test_sizes();
	test_reference();
	test_places();
	test_state_dir();
	return tap_done();
}

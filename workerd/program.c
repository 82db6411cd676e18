/*
 * program.c - what the programs of this room begin with.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "workerd/program.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/log.h"
#include "lib/base/programs.h"

/* Longest a workerd waits for work before it ends: ten years. */
#define EXIT_IDLE_MAX_S (10 * 365 * 86400LL)

static void
usage(const struct program *p, FILE *to)
{
	fprintf(to, "usage: %s [--config FILE]%s%s%s%s\n", p->name,
	    p->takes_exit_idle ? " [--exit-idle SECONDS]" :
	    p->takes_dry_run ? " [--dry-run]" : "",
	    *p->usage != '\0' ? " " : "", p->usage,
	    p->takes_run ? " | --run ID" : "");
}

static void __attribute__((noreturn))
wrong(const struct program *p)
{
	usage(p, stderr);
	exit(EXIT_USAGE);
}

static void
read_options(struct program *p, int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "exit-idle", required_argument, NULL, 'i' },
		{ "run", no_argument, NULL, 'r' },
		{ "dry-run", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	long long seconds;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			p->config_file = optarg;
			break;
		case 'i':
			if (!p->takes_exit_idle || !str_to_int64(optarg, 1,
			    EXIT_IDLE_MAX_S, &seconds))
				wrong(p);
			p->exit_idle_ms = seconds * 1000;
			break;
		case 'r':
			if (!p->takes_run)
				wrong(p);
			p->run = true;
			break;
		case 'd':
			if (!p->takes_dry_run)
				wrong(p);
			p->dry_run = true;
			break;
		case 'h':
			usage(p, stdout);
			exit(0);
		case 'V':
			printf("%s %s\n", p->name, PACKAGE_VERSION);
			exit(0);
		default:
			wrong(p);
		}
	}
	p->operands = (const char **)argv + optind;
	p->n_operands = argc - optind;
}

static int
count_words(const char *text)
{
	int n = 0;

	for (const char *p = text; *p != '\0'; p += strcspn(p, " ")) {
		p += strspn(p, " ");
		n += *p != '\0';
	}
	return n;
}

void
program_start(struct program *p, int argc, char **argv)
{
	struct err err = { 0 };
	struct str problems = STR_INIT;

	read_options(p, argc, argv);
	if (p->n_operands != count_words(p->usage))
		wrong(p);
	arena_init(&p->arena, 0);
	if (config_load(p->config_file, &p->arena, &p->config, &problems,
	    &err) == -1) {
		fprintf(stderr, "%s: %s\n%s", p->name, err.text, problems.s);
		exit(EXIT_USAGE);
	}
	str_release(&problems);
	log_setup(p->name + strlen("pawl-"), p->config.log_level);
}

void
program_open_store(struct program *p, enum store_mode mode)
{
	struct str path = STR_INIT;
	struct err err = { 0 };

	layout_db(&path, p->config.state_dir);
	if (store_open(&p->store, path.s, mode, &err) == -1) {
		log_err("cannot open the database", &err);
		exit(err.code == ERR_BUSY ? EXIT_TRY_AGAIN : 1);
	}
	str_release(&path);
}

int64_t
program_number(const struct program *p, int i)
{
	long long number;

	if (!str_to_int64(p->operands[i], 1, INT64_MAX, &number))
		wrong(p);
	return number;
}

void
program_end(struct program *p)
{
	store_close(p->store);
	arena_release(&p->arena);
}

const char *const *
program_command(const char *config_file, const char *name,
    const char *const *operands, struct arena *a)
{
	const char **words = NULL;
	struct str path = STR_INIT;
	size_t n = 0;

#define ADD(word) (*(const char **)arena_push(a, &words, &n, \
	sizeof(*words)) = arena_strdup(a, (word)))
	program_path(name, &path);
	ADD(path.s);
	if (config_file != NULL) {
		ADD("--config");
		ADD(config_file);
	}
	for (; *operands != NULL; operands++)
		ADD(*operands);
#undef ADD
	arena_push(a, &words, &n, sizeof(*words));
	str_release(&path);
	return words;
}

const char *
program_instance(const struct config *config, struct arena *a,
    struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	struct err e = { 0 };
	char made[37];
	const char *name = NULL;

	str_addf(&path, "%s/instance", config->state_dir);
	if (file_read(path.s, 64, &text, &e) == 0) {
		str_cut(&text, strcspn(text.s, "\n"));
	} else if (e.code != ERR_NOT_FOUND) {
		err_set(err, e.code, "%s", e.text);
		goto out;
	} else {
		store_uuid(made);
		str_addf(&text, "%s\n", made);
		if (file_replace(path.s, text.s, text.len, 0644, true, err) ==
		    -1)
			goto out;
		str_cut(&text, text.len - 1);
	}
	name = arena_strdup(a, text.s);
out:
	str_release(&path);
	str_release(&text);
	return name;
}

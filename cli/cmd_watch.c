/*
 * cmd_watch.c - pawl runs watch: a run as it goes on.
 *
 * On a terminal one picture is drawn over and over, each in one write, so
 * that nothing flickers; elsewhere each change is a line.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "cli/doc.h"
#include "cli/json_out.h"
#include "cli/ref.h"
#include "cli/source.h"
#include "cli/watch_draw.h"
#include "lib/base/file.h"

#define TICK_MS 1000 /* the picture has times that go on */

const struct cli_option watch_options[] = {
	{ "exit-status", 0, NULL, "exit with 1 unless the run succeeded",
	    false },
	{ NULL, 0, NULL, NULL, false },
};

static volatile sig_atomic_t interrupted;

static void
on_signal(int signo)
{
	(void)signo;
	interrupted = 1;
}

/* Without SA_RESTART: a wait ends, too. */
static void
catch_interrupts(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* --- the screen ----------------------------------------------------------- */

struct screen {
	bool tty;
	int columns, lines; /* when the last picture was drawn */
	size_t drawn;       /* lines of it */
};

/* Over the picture before; from a cleared screen when the size has changed,
 * for its lines are somewhere else then. Synchronized output (2026) is for
 * terminals that know it. */
static int
show(struct screen *s, const struct str *picture, struct err *err)
{
	struct str out = STR_INIT;
	size_t lines = 0;
	int rc;

	str_add(&out, "\033[?2026h\033[?25l");
	if (s->drawn > 0)
		str_addf(&out, "\033[%zuA\r", s->drawn);
	for (const char *at = picture->s; *at != '\0'; lines++) {
		size_t len = strcspn(at, "\n");

		str_add_len(&out, at, len);
		str_add(&out, "\033[K\n");
		at += len + (at[len] == '\n');
	}
	str_add(&out, "\033[J\033[?2026l");
	s->drawn = lines;
	rc = file_write_fd(STDOUT_FILENO, out.s, out.len, err);
	str_release(&out);
	return rc;
}

static void
restore(const struct screen *s)
{
	struct err ignored = { 0 };

	if (s->tty)
		file_write_fd(STDOUT_FILENO, "\033[?25h", 6, &ignored);
}

static int
draw(struct cli *cli, struct screen *s, const json_t *run, struct err *err)
{
	struct str picture = STR_INIT;
	int columns, lines, rc;

	term_size(&columns, &lines);
	columns = columns > 0 ? columns : 80;
	lines = lines > 0 ? lines : 24;
	if (s->drawn > 0 && (columns != s->columns || lines != s->lines)) {
		s->drawn = 0;
		if (file_write_fd(STDOUT_FILENO, "\033[H\033[2J", 7, err) ==
		    -1)
			return -1;
	}
	s->columns = columns;
	s->lines = lines;
	rc = watch_draw(cli, run, (size_t)columns, (size_t)lines - 1,
	    &picture, err);
	if (rc == 0)
		rc = show(s, &picture, err);
	str_release(&picture);
	return rc;
}

static int
print_changes(struct cli *cli, const json_t *before, json_t *run,
    struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	if (before != NULL && json_equal(before, run))
		return 0;
	if (cli->json)
		return json_out_line(cli, json_incref(run), err);
	watch_changes(cli, before, run, &text);
	rc = file_write_fd(STDOUT_FILENO, text.s, text.len, err);
	str_release(&text);
	return rc;
}

/* --- the run -------------------------------------------------------------- */

/* The newest run of the branch that is checked out, or of the repository when
 * there is none of it. */
static int
newest(struct cli *cli, struct run_ref *ref, struct err *err)
{
	const char *head = ref_head(cli);
	json_t *list = NULL, *run;
	const char *path = ref_repo_path(cli, ".", head == NULL ? "runs" :
	    arena_printf(&cli->arena, "runs?branch=%s", ref_encode(cli,
	    head)), err);

	if (path == NULL || (list = source_list(cli->source, path, "runs", 1,
	    SOURCE_PAGED, err)) == NULL)
		return -1;
	run = json_array_get(list, 0);
	*ref = (struct run_ref){
		.owner = arena_strdup(&cli->arena, doc_text(run, "owner")),
		.name = arena_strdup(&cli->arena, doc_text(run, "name")),
		.number = doc_int(run, "number") };
	json_decref(list);
	return ref->number > 0 ? 0 : err_set(err, ERR_NOT_FOUND, "no run of "
	    "%s%s to watch; name one: OWNER/NAME#NUMBER", head != NULL ?
	    "branch " : "this repository", head != NULL ? head : "");
}

/* Memory of one picture is not needed for the next. */
static int
show_run(struct cli *cli, struct screen *s, const json_t *before, json_t *run,
    struct err *err)
{
	struct arena kept = cli->arena;
	int rc;

	cli->arena = (struct arena)ARENA_INIT(0);
	rc = s->tty && !cli->json ? draw(cli, s, run, err) :
	    print_changes(cli, before, run, err);
	arena_release(&cli->arena);
	cli->arena = kept;
	return rc;
}

/* Until it ends: the state that it ended in, NULL with err or when somebody
 * interrupts. */
static const char *
follow(struct cli *cli, struct screen *s, const struct run_ref *ref,
    struct err *err)
{
	const char *path = ref_run_path(cli, ref, "");
	const char *stream = ref_run_path(cli, ref, "/events");
	const char *state = NULL;
	json_t *run = NULL, *before = NULL;

	while (!interrupted) {
		json_decref(before);
		before = run;
		if ((run = source_get(cli->source, path, err)) == NULL ||
		    show_run(cli, s, before, run, err) == -1)
			break;
		if (watch_is_over(doc_text(run, "state"))) {
			state = arena_strdup(&cli->arena, doc_text(run,
			    "state"));
			break;
		}
		if (source_wait(cli->source, stream, TICK_MS, err) == -1)
			break;
	}
	json_decref(before);
	json_decref(run);
	return state;
}

int
cmd_watch(struct cli *cli, struct err *err)
{
	struct screen s = { .tty = isatty(STDOUT_FILENO) };
	struct run_ref ref;
	const char *state;

	if ((cli->n_words == 1 ? ref_run(cli, cli->words[0], &ref, err) :
	    newest(cli, &ref, err)) == -1)
		return -1;
	catch_interrupts();
	state = follow(cli, &s, &ref, err);
	restore(&s);
	if (interrupted)
		return CLI_INTERRUPTED;
	if (state == NULL)
		return -1;
	return args_option(cli, "exit-status") != NULL &&
	    strcmp(state, "succeeded") != 0 ? CLI_FAILED : CLI_OK;
}

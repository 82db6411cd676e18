/*
 * shell_words.c - the words of a shell's commands.
 *
 * The tables err on the side of refusing: what they do not know is a program
 * that takes its arguments for text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/shell_words.h"

#include <ctype.h>
#include <string.h>

#include "lib/base/mem.h"

/* Behind these a command begins anew. */
static const char *const reserved[] = {
	"if", "then", "else", "elif", "do", "while", "until", "!", "{", "}",
	"time", "fi", "done", "esac",
};

/* Behind these, their options and assignments, stands a command's name. */
static const char *const prefixes[] = {
	"exec", "command", "builtin", "nohup", "sudo", "doas", "env", "nice",
	"ionice", "timeout", "xargs", "parallel", "setsid", "stdbuf",
	"busybox", "chroot", "runuser", "unshare", "nsenter", "strace",
	"watch", "taskset", "chrt", "fakeroot", "gosu", "setpriv", "pkexec",
	"xvfb-run", "unbuffer",
};

/* Arguments of any command behind which, or behind whose "=", is code. */
static const char *const code_words[] = {
	"foreach", "filter-branch", "--exec", "--eval", "--run", "--command",
};

/* What a shell reads as code when it has their values. */
static const char *const code_variables[] = {
	"PS4", "BASH_ENV", "ENV", "PROMPT_COMMAND",
};

/* Who takes arguments for code: all of them, or those behind an option with
 * one of these letters. */
static const struct {
	const char *name;
	unsigned danger;
	const char *options;
} commands[] = {
	{ "eval", WORDS_CODE, NULL },
	{ "let", WORDS_CODE, NULL },
	{ "trap", WORDS_CODE, NULL },
	{ ".", WORDS_CODE, NULL },
	{ "source", WORDS_CODE, NULL },
	{ "alias", WORDS_CODE, NULL },
	{ "unset", WORDS_CODE, NULL },
	{ "read", WORDS_CODE, NULL },
	{ "mapfile", WORDS_CODE, NULL },
	{ "readarray", WORDS_CODE, NULL },
	{ "getopts", WORDS_CODE, NULL },
	{ "complete", WORDS_CODE, NULL },
	{ "compgen", WORDS_CODE, NULL },
	{ "bind", WORDS_CODE, NULL },
	{ "enable", WORDS_CODE, NULL },
	{ "fc", WORDS_CODE, NULL },
	{ "wait", WORDS_CODE, NULL },
	{ "declare", WORDS_DECLARE, NULL },
	{ "typeset", WORDS_DECLARE, NULL },
	{ "local", WORDS_DECLARE, NULL },
	{ "export", WORDS_DECLARE, NULL },
	{ "readonly", WORDS_DECLARE, NULL },
	{ "printf", WORDS_PRINTF, NULL },
	{ "test", WORDS_SUBSCRIPT, NULL },
	{ "[", WORDS_SUBSCRIPT, NULL },
	{ "sh", WORDS_OPTIONS, "c" },
	{ "bash", WORDS_OPTIONS, "c" },
	{ "dash", WORDS_OPTIONS, "c" },
	{ "ash", WORDS_OPTIONS, "c" },
	{ "zsh", WORDS_OPTIONS, "c" },
	{ "ksh", WORDS_OPTIONS, "c" },
	{ "fish", WORDS_OPTIONS, "c" },
	{ "su", WORDS_OPTIONS, "c" },
	{ "script", WORDS_OPTIONS, "c" },
	{ "python", WORDS_OPTIONS, "c" },
	{ "node", WORDS_OPTIONS, "ep" },
	{ "nodejs", WORDS_OPTIONS, "ep" },
	{ "deno", WORDS_CODE, NULL },
	{ "bun", WORDS_OPTIONS, "ep" },
	{ "perl", WORDS_OPTIONS, "eE" },
	{ "ruby", WORDS_OPTIONS, "e" },
	{ "php", WORDS_OPTIONS, "rBRE" },
	{ "lua", WORDS_OPTIONS, "e" },
	{ "Rscript", WORDS_OPTIONS, "e" },
	{ "pwsh", WORDS_OPTIONS, "cCeE" },
	{ "psql", WORDS_OPTIONS, "cv" },
	{ "mysql", WORDS_OPTIONS, "e" },
	{ "sqlite3", WORDS_CODE, NULL },
	{ "ssh", WORDS_CODE, NULL },
	{ "awk", WORDS_CODE, NULL },
	{ "gawk", WORDS_CODE, NULL },
	{ "mawk", WORDS_CODE, NULL },
	{ "sed", WORDS_CODE, NULL },
	{ "ed", WORDS_CODE, NULL },
	{ "vim", WORDS_CODE, NULL },
	{ "gdb", WORDS_CODE, NULL },
	{ "expect", WORDS_CODE, NULL },
	{ "coproc", WORDS_CODE, NULL },
	{ "adb", WORDS_CODE, NULL },
	{ "m4", WORDS_CODE, NULL },
	{ "tmux", WORDS_CODE, NULL },
	{ "hyperfine", WORDS_CODE, NULL },
	{ "rbash", WORDS_OPTIONS, "c" },
	{ "mksh", WORDS_OPTIONS, "c" },
	{ "pypy", WORDS_OPTIONS, "c" },
	{ "tclsh", WORDS_OPTIONS, "" },
	{ "flock", WORDS_OPTIONS, "c" },
	{ "julia", WORDS_OPTIONS, "eE" },
	{ "groovy", WORDS_OPTIONS, "e" },
	{ "elixir", WORDS_OPTIONS, "e" },
	{ "osascript", WORDS_OPTIONS, "e" },
	{ "tsx", WORDS_OPTIONS, "ep" },
	{ "ts-node", WORDS_OPTIONS, "ep" },
	{ "powershell", WORDS_OPTIONS, "cCeE" },
};

void
words_quote(struct words *w)
{
	w->in_word = true;
	if (memchr(w->word, '=', w->len) == NULL)
		w->quoted = true;
}

void
words_add_quoted(struct words *w, char c)
{
	words_quote(w);
	if (w->len < sizeof(w->word) - 1)
		w->word[w->len++] = c;
	else
		w->opaque = true;
}

void
words_add(struct words *w, char c)
{
	bool quoted = w->quoted;

	words_add_quoted(w, c);
	w->quoted = quoted;
	if (c == '[')
		w->subscript = true;
	else if (c == ']')
		w->subscript = false;
}

void
words_add_opaque(struct words *w)
{
	w->in_word = true;
	w->opaque = true;
}

static bool
is_one_of(const char *word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

/* NAME= or NAME+= at the beginning; in quotes it names a command. */
static bool
assigns(const struct words *w)
{
	size_t i = 0;

	if (w->quoted && w->place != WORDS_ARGUMENT)
		return false;
	while (i < w->len && (isalnum((unsigned char)w->word[i]) ||
				 w->word[i] == '_'))
		i++;
	if (i == 0 || isdigit((unsigned char)w->word[0]))
		return false;
	if (i < w->len && w->word[i] == '+')
		i++;
	return i < w->len && w->word[i] == '=';
}

/* Is it NAME=, with one of these names? */
static bool
gives(const struct words *w, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(names[i]);

		if (w->len > n && w->word[n] == '=' &&
		    memcmp(w->word, names[i], n) == 0)
			return true;
	}
	return false;
}

/* Is it `name`, or that with a version, such as python3.11? */
static bool
is_program(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 &&
	    strspn(word + n, "0123456789.") == strlen(word + n);
}

static const char *
base_name(const char *word)
{
	const char *slash = strrchr(word, '/');

	return slash != NULL ? slash + 1 : word;
}

/* An interpreter anywhere in the command counts: "docker run x sh -c". */
static void
look_up(struct words *w, bool named)
{
	const char *base = base_name(w->word);

	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		bool runs = commands[i].danger == WORDS_OPTIONS ||
		    strcmp(commands[i].name, "ssh") == 0;

		if ((!named && !runs) || !is_program(base, commands[i].name))
			continue;
		w->danger |= commands[i].danger;
		if (commands[i].options != NULL)
			w->options = commands[i].options;
		if (commands[i].danger & (WORDS_CODE | WORDS_OPTIONS))
			w->line_danger = true;
	}
}

static void
end_argument(struct words *w)
{
	const char *word = w->word;

	if (w->len > 1 && word[0] == '-') {
		if ((w->danger & WORDS_OPTIONS) &&
		    strpbrk(word + 1, w->options) != NULL)
			w->danger |= WORDS_CODE;
		if ((w->danger & WORDS_PRINTF) && word[1] == 'v')
			w->danger |= WORDS_CODE;
		if ((w->danger & WORDS_DECLARE) && strpbrk(word, "in") != NULL)
			w->integers = true;
		if ((w->danger & WORDS_DECLARE) && strpbrk(word, "aA") != NULL)
			w->compounds = true;
	}
	w->danger &= ~(unsigned)WORDS_PRINTF; /* its options have ended */
	if (is_one_of(word, code_words, ARRAY_LEN(code_words)))
		w->danger |= WORDS_CODE;
	look_up(w, false);
}

/* The name of a command, or what may stand before it. */
static void
end_name(struct words *w)
{
	if (assigns(w) || (w->opaque && !w->quoted && w->len == 0)) {
		w->place = WORDS_PREFIX; /* $EMPTY is no word at all */
		return;
	}
	if (is_one_of(base_name(w->word), prefixes, ARRAY_LEN(prefixes))) {
		w->place = WORDS_PREFIX;
	} else if (w->place != WORDS_PREFIX ||
	    (w->word[0] != '-' && !isdigit((unsigned char)w->word[0]))) {
		w->place = WORDS_ARGUMENT;
		look_up(w, true);
	}
}

static void
end_command_word(struct words *w)
{
	if (w->place == WORDS_PREFIX) /* no word is reserved any more */
		end_name(w);
	else if (is_one_of(w->word, reserved, ARRAY_LEN(reserved)) &&
	    !w->opaque)
		w->place = WORDS_COMMAND;
	else if (w->place == WORDS_COMMAND && w->word[0] == '-')
		return; /* of "time" */
	else if (w->quoted || w->opaque)
		end_name(w);
	else if (strcmp(w->word, "case") == 0)
		w->place = WORDS_CASE;
	else if (strcmp(w->word, "function") == 0)
		w->place = WORDS_NAME;
	else if (strcmp(w->word, "[[") == 0)
		w->place = WORDS_TEST;
	else
		end_name(w);
}

static void
end_pattern(struct words *w)
{
	if (strcmp(w->word, "esac") != 0 || w->opaque)
		return;
	w->cases--;
	w->place = WORDS_ARGUMENT;
}

void
words_end(struct words *w)
{
	if (!w->in_word)
		return;
	w->word[w->len] = '\0';
	if (w->target) {
		w->target = false;
		if (w->place == WORDS_COMMAND)
			w->place = WORDS_PREFIX;
	} else {
		switch (w->place) {
		case WORDS_COMMAND:
		case WORDS_PREFIX:
			end_command_word(w);
			break;
		case WORDS_ARGUMENT:
			end_argument(w);
			break;
		case WORDS_CASE:
			w->place = WORDS_CASE_IN;
			break;
		case WORDS_CASE_IN:
			w->cases++;
			w->place = WORDS_PATTERN;
			break;
		case WORDS_PATTERN:
			end_pattern(w);
			break;
		case WORDS_TEST:
			if (strcmp(w->word, "]]") == 0)
				w->place = WORDS_ARGUMENT;
			break;
		case WORDS_NAME:
			w->place = WORDS_COMMAND;
			break;
		}
	}
	w->in_word = w->opaque = w->quoted = w->subscript = w->list = false;
	w->anew = false;
	w->len = 0;
}

void
words_end_command(struct words *w, size_t offset)
{
	words_end(w);
	w->target = false;
	w->anew = true;
	if (w->array || w->place == WORDS_PATTERN ||
	    w->place == WORDS_CASE_IN || w->place == WORDS_CASE ||
	    w->place == WORDS_TEST)
		return;
	w->place = WORDS_COMMAND;
	w->danger = 0;
	w->options = NULL;
	w->begin = offset;
}

bool
words_keep_one(const struct words *w)
{
	if (w->target || w->array)
		return false;
	if (w->place == WORDS_TEST)
		return w->anew;
	return w->place == WORDS_PREFIX || (w->place == WORDS_ARGUMENT &&
	    ((w->danger & WORDS_SUBSCRIPT) ||
		memchr(w->word, '=', w->len) != NULL));
}

/* A value that is assigned. */
static const char *
refuse_assigned(const struct words *w)
{
	if (gives(w, code_variables, ARRAY_LEN(code_variables)))
		return "in a variable that a shell reads as code";
	return w->integers ? "in a variable that calculates" : NULL;
}

static const char *
refuse_argument(const struct words *w)
{
	if ((w->danger & WORDS_CODE) ||
	    gives(w, code_words, ARRAY_LEN(code_words)))
		return "in an argument that its command takes for code";
	if ((w->danger & WORDS_PRINTF) && w->len == 0)
		return "where \"printf\" may take it for an option";
	if (!(w->danger & WORDS_DECLARE))
		return NULL;
	if (!assigns(w))
		return "as the name of a variable";
	if (w->compounds && !w->list)
		return "in a variable that takes it for a list";
	return refuse_assigned(w);
}

const char *
words_refuse(const struct words *w)
{
	if (w->target)
		return NULL;
	if (w->subscript && w->len > 1)
		return "in the index of an array";
	if (w->array && w->subscript)
		return "in the index of an array";
	switch (w->place) {
	case WORDS_COMMAND:
	case WORDS_PREFIX:
		return assigns(w) ? refuse_assigned(w) :
		    "as the name of a command";
	case WORDS_ARGUMENT:
		return refuse_argument(w);
	case WORDS_NAME:
		return "as the name of a function";
	case WORDS_CASE:
	case WORDS_CASE_IN:
	case WORDS_PATTERN:
	case WORDS_TEST:
		break;
	}
	return NULL;
}

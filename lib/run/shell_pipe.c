/*
 * shell_pipe.c - who reads what a script prints.
 *
 * Quotes and comments are not looked at: a "| sh" in one refuses more than it
 * must, and never less.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/shell_pipe.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/mem.h"

struct text {
	const char *s;
	size_t len;
};

/* Programs whose input is code, unless they are given some: as a file, or
 * behind an option with one of these letters. */
static const struct {
	const char *name, *options;
} interpreters[] = {
	{ "sh", "c" },
	{ "bash", "c" },
	{ "dash", "c" },
	{ "ash", "c" },
	{ "rbash", "c" },
	{ "zsh", "c" },
	{ "ksh", "c" },
	{ "mksh", "c" },
	{ "fish", "c" },
	{ "python", "cm" },
	{ "pypy", "cm" },
	{ "node", "ep" },
	{ "nodejs", "ep" },
	{ "perl", "eE" },
	{ "ruby", "e" },
	{ "php", "rBRE" },
	{ "lua", "e" },
	{ "tclsh", "" },
	{ "pwsh", "cCf" },
	{ "powershell", "cCf" },
};

/* Programs whose input is code whatever they are given, and those that make
 * arguments of it. */
static const char *const readers[] = {
	"psql", "mysql", "sqlite3", "ssh", "su", "at", "batch", "ed", "xargs",
	"parallel", "crontab", "adb", "m4", "gdb",
};

/* Behind these stands the program, somewhere. */
static const char *const wrappers[] = {
	"sudo", "doas", "env", "exec", "command", "nohup", "nice", "ionice",
	"timeout", "time", "setsid", "stdbuf", "busybox", "chroot", "runuser",
	"unshare", "nsenter", "docker", "podman", "kubectl", "unbuffer",
};

/* The next word of a simple command, as its last part behind "/" and without
 * a version; false: there is none. */
static bool
next_word(struct text *rest, struct text *word)
{
	size_t n = 0;

	for (;;) {
		if (rest->len > 0 && (*rest->s == ' ' || *rest->s == '\t'))
			n = 1;
		else if (rest->len > 1 && memcmp(rest->s, "\\\n", 2) == 0)
			n = 2;
		else
			break;
		rest->s += n;
		rest->len -= n;
	}
	for (n = 0; n < rest->len && rest->s[n] != '\0' &&
	    strchr(" \t\n;|&()<>`\"'", rest->s[n]) == NULL; n++)
		continue;
	*word = (struct text){ rest->s, n };
	rest->s += n;
	rest->len -= n;
	return n > 0;
}

static bool
is_name(struct text word, const char *name)
{
	size_t len = strlen(name), base = word.len;

	while (base > 0 && word.s[base - 1] != '/')
		base--;
	word.s += base;
	word.len -= base;
	if (word.len < len || memcmp(word.s, name, len) != 0)
		return false;
	while (len < word.len && (isdigit((unsigned char)word.s[len]) ||
				     word.s[len] == '.'))
		len++;
	return len == word.len;
}

static bool
is_one_of(struct text word, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_name(word, names[i]))
			return true;
	return false;
}

/* Does an interpreter with these arguments read code from its input? */
static bool
reads_input(struct text rest, const char *options)
{
	struct text word;
	size_t i;

	while (next_word(&rest, &word)) {
		if (word.s[0] != '-')
			return is_name(word, "stdin");
		if (word.len == 1 || (word.len == 2 && word.s[1] == 's'))
			return true;
		for (i = 1; i < word.len; i++)
			if (strchr(options, word.s[i]) != NULL)
				return false;
	}
	return rest.len == 0 || strchr("\"'", *rest.s) == NULL;
}

/* Is what this command is given to read, code for it? */
static bool
reads_code(struct text rest)
{
	struct text word;
	bool wrapped = false;

	while (next_word(&rest, &word)) {
		for (size_t i = 0; i < ARRAY_LEN(interpreters); i++)
			if (is_name(word, interpreters[i].name))
				return reads_input(rest,
				    interpreters[i].options);
		if (is_one_of(word, readers, ARRAY_LEN(readers)))
			return true;
		wrapped |= is_one_of(word, wrappers, ARRAY_LEN(wrappers)) ||
		    memchr(word.s, '=', word.len) != NULL;
		if (!wrapped)
			return false;
	}
	return false;
}

/* Behind "|", "|&" and ">(", blanks and line ends; 0: here is none. */
static size_t
pipe_at(const char *script, size_t len, size_t i)
{
	bool output = script[i] == '>';
	char before = i > 0 ? script[i - 1] : '\n', c;

	if (!output && (script[i] != '|' || before == '|' || before == '>'))
		return 0;
	c = ++i < len ? script[i] : '\n';
	if (output ? c != '(' : c == '|')
		return 0;
	i += c == '&';
	while (i < len && script[i] != '\0' &&
	    strchr(" \t\n\\({", script[i]) != NULL)
		i++;
	return i;
}

size_t
shell_pipe_in_line(const char *script, size_t len, size_t from, size_t *end)
{
	size_t found = 0, i = from, next;

	while (i < len && script[i] != '\n') {
		next = pipe_at(script, len, i);
		if (next != 0 && reads_code((struct text){ script + next,
		    len - next }))
			found = next;
		if (next == 0)
			next = script[i] == '\\' && i + 1 < len ? i + 2 :
			    i + 1;
		i = next;
	}
	*end = i;
	return found;
}

/* Does a group of commands end right before here? */
static bool
ends_group(const char *script, size_t i)
{
	static const char *const words[] = { ")", "}", "done", "fi", "esac" };

	while (i > 0 && (script[i - 1] == ' ' || script[i - 1] == '\t'))
		i--;
	for (size_t k = 0; k < ARRAY_LEN(words); k++) {
		size_t n = strlen(words[k]);

		if (i >= n && memcmp(script + i - n, words[k], n) == 0)
			return true;
	}
	return false;
}

size_t
shell_pipe_of_groups(const char *script, size_t len)
{
	size_t found = 0, next;

	for (size_t i = 0; i < len; i++) {
		next = pipe_at(script, len, i);
		if (next != 0 && ends_group(script, i) &&
		    reads_code((struct text){ script + next, len - next }))
			found = next;
	}
	return found;
}

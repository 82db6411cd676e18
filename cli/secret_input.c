/*
 * secret_input.c - a secret from a file, standard input or the keyboard; never
 * from an argument, which everybody on the host can see.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cli/secret_input.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/run/pairs.h"

#define FILE_MAX_BYTES (1024 * 1024)

/* One line that is not shown. A signal that ends us leaves the terminal
 * silent no longer than the shell needs to set it anew. */
static int
ask(const char *name, size_t max, struct str *out, struct err *err)
{
	struct termios was, quiet;
	char c;
	ssize_t n = 0;

	if (tcgetattr(STDIN_FILENO, &was) == -1)
		return err_errno(err, "asking the terminal");
	fprintf(stderr, "%s (not shown): ", name);
	quiet = was;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == -1)
		return err_errno(err, "setting the terminal");
	while (out->len <= max && (n = read(STDIN_FILENO, &c, 1)) == 1 &&
	    c != '\n')
		str_add_char(out, c);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
	fputc('\n', stderr);
	if (n == -1)
		return err_errno(err, "reading from the terminal");
	return out->len <= max ? 0 : err_set(err, ERR_TOO_LARGE, "a secret "
	    "has at most %zu bytes", max);
}

int
secret_input(const char *path, const char *name, size_t max,
    struct arena *a, const char **out, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	if (path == NULL && isatty(STDIN_FILENO))
		rc = ask(name, max, &text, err);
	else
		rc = file_read(path != NULL ? path : "-", max + 1, &text,
		    err) == -1 ? -1 : 0;
	if (rc == 0 && text.len > 0 && text.s[text.len - 1] == '\n')
		str_cut(&text, text.len - 1);
	if (rc == 0 && text.len > max)
		rc = err_set(err, ERR_TOO_LARGE, "a secret has at most %zu "
		    "bytes", max);
	if (rc == 0 && (text.len == 0 || strlen(text.s) != text.len))
		rc = err_set(err, ERR_INVALID, "a secret is text, not %s",
		    text.len == 0 ? "nothing" : "bytes with NUL");
	if (rc == 0)
		*out = arena_strdup(a, text.s);
	sodium_memzero(text.s, text.cap > 0 ? text.len : 0);
	str_release(&text);
	return rc;
}

int
secret_file(const char *path, struct arena *a, struct secret_pair **out,
    size_t *n, struct err *err)
{
	struct str text = STR_INIT;
	struct pair *pairs;
	int rc;

	*n = 0;
	*out = NULL;
	rc = file_read(path, FILE_MAX_BYTES, &text, err) == -1 ? -1 : 0;
	if (rc == 0)
		rc = pairs_read_variables(path, text.s, text.len, a, &pairs,
		    n, err);
	if (rc == 0)
		*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	for (size_t i = 0; rc == 0 && i < *n; i++)
		(*out)[i] = (struct secret_pair) { pairs[i].name,
			pairs[i].value };
	sodium_memzero(text.s, text.cap > 0 ? text.len : 0);
	str_release(&text);
	return rc;
}

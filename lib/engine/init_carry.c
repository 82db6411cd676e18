/*
 * init_carry.c - pawl-init as a step's program, see init_carry.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init_carry.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 6000

/* One write, so that lines of two steps never mix. */
void
init_carry_say(const char *command, const char *fmt, ...)
{
	char line[LINE_MAX_BYTES];
	size_t used = strlen(command);
	ssize_t ignored;
	va_list ap;
	int n;

	memcpy(line, command, used);
	va_start(ap, fmt);
	n = vsnprintf(line + used, sizeof(line) - used - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	used += (size_t)n < sizeof(line) - used - 1 ? (size_t)n :
	    sizeof(line) - used - 2;
	for (size_t i = 0; i < used; i++)
		if (line[i] == '\n' || line[i] == '\r')
			line[i] = '?';
	line[used++] = '\n';
	ignored = write(STDERR_FILENO, line, used);
	(void)ignored;
}

static void
read_how(struct carry *c, const char *how)
{
	c->tree = strchr(how, CARRY_TREE) != NULL;
	c->hidden = c->tree || strchr(how, CARRY_HIDDEN) != NULL;
	c->quiet = strchr(how, CARRY_QUIET) != NULL;
	c->literal = strchr(how, CARRY_LITERAL) != NULL;
}

int
init_carry(int argc, char **argv)
{
	struct carry *c;
	int rc = 2;

	if (argc < 5 || argc - 4 > CARRY_MAX_PATTERNS) {
		init_carry_say("::error::", "between 1 and %d patterns can be "
		    "given", CARRY_MAX_PATTERNS);
		return rc;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return rc;
	signal(SIGPIPE, SIG_IGN);
	read_how(c, argv[2]);
	c->home = argv[3][0] == '/' ? argv[3] : "/";
	if (!init_roots_read(c, argv + 4))
		rc = 1;
	else if (strcmp(argv[1], CARRY_PACK) == 0)
		rc = init_pack(c);
	else if (strcmp(argv[1], CARRY_UNPACK) == 0)
		rc = init_unpack(c);
	if (rc == 0)
		init_carry_say(CARRY_DONE, "%s", "");
	free(c);
	return rc;
}

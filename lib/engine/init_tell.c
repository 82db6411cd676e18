/*
 * init_tell.c - pawl-init: what runs in the container, for a log's last lines.
 *
 * The processes as a tree, from /proc alone, within a buffer of the caller:
 * a container that is ended may be full of them. Command lines may hold
 * secrets; the job's process masks them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/init.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_PROCESSES 1000 /* that are looked at */
#define MAX_LINES 50       /* that are told */
#define MAX_INDENT 12

struct process {
	int pid, parent;
	char state;
	double cpu_s, age_s;
	bool told;
};

struct tree {
	struct process *list;
	int n, n_lines;
	struct init_text *out;
};

void
init_text_add(struct init_text *t, const char *fmt, ...)
{
	size_t room = sizeof(t->s) - t->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->s + t->len, room, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < room ? (size_t)n : room - 1;
}

static double
boot_s(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* /proc/PID/stat of proc(5): the name may hold blanks and parentheses. */
static bool
read_process(const char *pid, struct process *p)
{
	double hz = (double)sysconf(_SC_CLK_TCK);
	unsigned long long user, sys, start;
	char path[64], text[512], *at;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	if (!init_read_small(path, text, sizeof(text)))
		return false;
	at = strrchr(text, ')');
	if (at == NULL || sscanf(at + 1, " %c %d %*d %*d %*d %*d %*u %*u %*u "
		"%*u %*u %llu %llu %*d %*d %*d %*d %*d %*d %llu", &p->state,
		&p->parent, &user, &sys, &start) != 5)
		return false;
	p->pid = (int)strtol(pid, NULL, 10);
	p->cpu_s = (double)(user + sys) / hz;
	p->age_s = boot_s() - (double)start / hz;
	if (p->age_s < 0)
		p->age_s = 0;
	return true;
}

void
init_command_of(int pid, char *out, size_t size)
{
	char path[64], text[512];
	size_t len = 0;

	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	memset(text, 0, sizeof(text));
	if (!init_read_small(path, text, sizeof(text))) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		init_read_small(path, text, sizeof(text));
	}
	/* Arguments end with NUL. */
	for (size_t i = sizeof(text); i > 0 && len == 0; i--)
		len = text[i - 1] != '\0' ? i : 0;
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = ' ';
	snprintf(out, size, "%s", text);
	if (len >= size)
		snprintf(out + size - 4, 4, "...");
}

static void
tell_one(struct tree *t, struct process *p, int depth)
{
	char command[160];

	p->told = true;
	if (t->n_lines++ >= MAX_LINES)
		return;
	init_command_of(p->pid, command, sizeof(command));
	init_text_add(t->out, "%7d %c %8.1f s %8.2f s  %*s%s\n", p->pid,
	    p->state, p->age_s, p->cpu_s, 2 * (depth < MAX_INDENT ? depth :
	    MAX_INDENT), "", command);
}

/* A process and its children. */
static void
tell_tree(struct tree *t, struct process *p, int depth)
{
	if (p->told)
		return;
	tell_one(t, p, depth);
	for (int i = 0; i < t->n; i++)
		if (t->list[i].parent == p->pid)
			tell_tree(t, &t->list[i], depth + 1);
}

static void
read_all(struct tree *t)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc != NULL && t->n < MAX_PROCESSES &&
	    (entry = readdir(proc)) != NULL)
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    strcmp(entry->d_name, "1") != 0 &&
		    read_process(entry->d_name, &t->list[t->n]))
			t->n++;
	if (proc != NULL)
		closedir(proc);
}

void
init_tell_processes(struct init_text *out)
{
	struct tree t = { .out = out };

	t.list = calloc(MAX_PROCESSES, sizeof(*t.list));
	if (t.list == NULL)
		return;
	read_all(&t);
	if (t.n > 0)
		init_text_add(out, "    pid s    elapsed        cpu  "
		    "command\n");
	for (int i = 0; i < t.n; i++)
		if (t.list[i].parent <= 1)
			tell_tree(&t, &t.list[i], 0);
	for (int i = 0; i < t.n; i++)
		tell_tree(&t, &t.list[i], 0);
	if (t.n_lines > MAX_LINES)
		init_text_add(out, "        and %d more\n",
		    t.n_lines - MAX_LINES);
	free(t.list);
}

/*
 * step-files-t.c - files of steps: new ones, and those that an earlier step
 * left as they were.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/step_files.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t/lib/tap.h"

/* A number that is free is given again. */
#define ANY (-1)

static int dir;

static ino_t
number_of(const struct step_files *f, enum step_file which)
{
	struct stat st;

	return fstatat(dir, f->names[which], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(st.st_mode) && st.st_size == 0 ? st.st_ino : 0;
}

static void
write_into(const struct step_files *f, enum step_file which)
{
	int fd = openat(dir, f->names[which], O_WRONLY);

	ok(write(fd, "a=b\n", 4) == 4, "a step writes");
	close(fd);
}

static void
end(struct step_files *f, struct step_spares *spares)
{
	struct str text = STR_INIT;
	struct err err = { 0 };

	for (int i = 0; i < STEP_N_FILES; i++) {
		str_clear(&text);
		step_file_read(f, dir, (enum step_file)i, &text, &err);
	}
	str_release(&text);
	step_files_leave(f, spares);
}

/* How many of the files of `b` are files of `a`. */
static int
shared(const ino_t a[STEP_N_FILES], const struct step_files *b)
{
	int n = 0;

	for (int i = 0; i < STEP_N_FILES; i++)
		for (int k = 0; k < STEP_N_FILES; k++)
			n += number_of(b, (enum step_file)i) == a[k];
	return n;
}

/* What the step does to the file of its output, and which of its files the
 * next one gets. */
static void
next_gets(const char *what, int expected)
{
	struct step_spares spares = { .n = 0 };
	struct step_files f = { .names = { "" } }, next;
	struct err err = { 0 };
	ino_t numbers[STEP_N_FILES];
	const char *name = f.names[STEP_FILE_OUTPUT];
	int fd = -1;

	ok(step_files_make(&f, dir, &spares, &err) == 0, "made");
	for (int i = 0; i < STEP_N_FILES; i++)
		numbers[i] = number_of(&f, (enum step_file)i);
	if (strcmp(what, "writes") == 0)
		write_into(&f, STEP_FILE_OUTPUT);
	if (strcmp(what, "goes on to write") == 0)
		fd = openat(dir, name, O_WRONLY | O_APPEND);
	if (strcmp(what, "links") == 0)
		ok(linkat(dir, name, dir, "other", 0) == 0, "linked");
	if (strcmp(what, "closes") == 0)
		ok(fchmodat(dir, name, 0600, 0) == 0, "closed");
	if (strcmp(what, "removes") == 0)
		ok(unlinkat(dir, name, 0) == 0, "removed");
	if (strcmp(what, "puts a link") == 0)
		ok(unlinkat(dir, name, 0) == 0 &&
		    symlinkat("/etc/passwd", dir, name) == 0, "put");
	end(&f, &spares);
	ok(step_files_make(&next, dir, &spares, &err) == 0 &&
	    number_of(&next, STEP_FILE_OUTPUT) != 0,
	    "behind one that %s there is an empty file", what);
	if (expected != ANY)
		is_int(shared(numbers, &next), expected, "shared of one that "
		    "%s", what);
	ok(strcmp(name, next.names[STEP_FILE_OUTPUT]) != 0 &&
	    faccessat(dir, f.names[STEP_FILE_ENV], F_OK, 0) == -1,
	    "by names of its own");
	if (fd != -1)
		close(fd);
}

/* Where there are no leases all are new. */
static bool
has_leases(void)
{
	int fd = openat(dir, "try", O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	bool has = false;

#ifdef F_SETLEASE
	has = fcntl(fd, F_SETLEASE, F_RDLCK) == 0;
#endif
	close(fd);
	return has;
}

int
main(void)
{
	static const struct step_files none = { .names = { "" } };
	struct step_spares spares = { .n = 0 };

	dir = open(tap_dir(), O_RDONLY | O_DIRECTORY);
	if (!has_leases()) {
		tap_skip("no leases on files here");
		return tap_done();
	}
	next_gets("does nothing", STEP_N_FILES);
	next_gets("writes", STEP_N_FILES - 1);
	next_gets("goes on to write", STEP_N_FILES - 1);
	next_gets("links", STEP_N_FILES - 1);
	next_gets("closes", STEP_N_FILES - 1);
	next_gets("removes", ANY);
	next_gets("puts a link", ANY);
	step_files_leave(&none, &spares);
	is_int((int)spares.n, 0, "a step that had none leaves none");
	close(dir);
	return tap_done();
}

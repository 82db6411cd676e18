/*
 * await-text.c - when does a text appear in a file that may not be there
 * yet? Prints the time, in milliseconds since 1970.
 *
 *	await-text FILE TEXT SECONDS
 *
 * Looks a thousand times a second, for a bounded time: a notification would
 * be finer, but would have to follow folders as they are made.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES 65536 /* only the file's beginning is searched */

static double
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static int
has_text(const char *path, const char *text)
{
	static char buf[HEAD_BYTES];
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return 0;
	n = pread(fd, buf, sizeof(buf), 0);
	close(fd);
	return n > 0 && memmem(buf, (size_t)n, text, strlen(text)) != NULL;
}

int
main(int argc, char **argv)
{
	const struct timespec pause = { 0, 1000000 };
	double deadline;

	if (argc != 4) {
		fprintf(stderr, "usage: await-text FILE TEXT SECONDS\n");
		return 2;
	}
	deadline = now_ms() + atof(argv[3]) * 1e3;
	while (!has_text(argv[1], argv[2])) {
		if (now_ms() > deadline) {
			fprintf(stderr, "await-text: \"%s\" did not appear "
			    "in %s\n", argv[2], argv[1]);
			return 1;
		}
		nanosleep(&pause, NULL);
	}
	printf("%.1f\n", now_ms());
	return 0;
}

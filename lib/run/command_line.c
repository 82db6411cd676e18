/*
 * command_line.c - what a container runs: what its image says, and what the
 * pipeline says over it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/wish.h"

/* As Docker has it: an entrypoint of one's own takes no arguments of the
 * image. */
int
image_command_line(const struct image_about *image,
    const char *const *entrypoint, const char *const *command,
    struct arena *a, const char *const **out, struct err *err)
{
	const char *const *parts[2] = { image->entrypoint, image->command };
	const char **argv = NULL;
	size_t n = 0;

	if (entrypoint != NULL) {
		parts[0] = entrypoint;
		parts[1] = NULL;
	}
	if (command != NULL)
		parts[1] = command;
	for (int i = 0; i < 2; i++)
		for (size_t k = 0; parts[i] != NULL && parts[i][k] != NULL;
		    k++)
			*(const char **)arena_push(a, &argv, &n,
			    sizeof(*argv)) = parts[i][k];
	if (n == 0)
		return err_set(err, ERR_INVALID, "the image names no program, "
		    "and neither does the pipeline: give one with "
		    "\"entrypoint\"");
	arena_push(a, &argv, &n, sizeof(*argv));
	*out = argv;
	return 0;
}

/*
 * blob_tool.c - lib/blob from a script:
 *
 *	blob-tool (FOLDER | CONFIGURATION.yaml) put NAME FILE | get NAME FILE |
 *		stat NAME | list PREFIX | remove NAME
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/str.h"
#include "lib/blob/blob.h"

static int
print(void *ctx, const struct blob_info *info)
{
	(void)ctx;
	printf("%" PRId64 " %s\n", info->size, info->name);
	return 0;
}

static int
run(struct blob_store *s, int argc, char **argv, struct err *err)
{
	int64_t size;
	int rc;

	if (argc == 5 && strcmp(argv[2], "put") == 0)
		return blob_put(s, argv[3], argv[4], false, err);
	if (argc == 5 && strcmp(argv[2], "get") == 0)
		return blob_get(s, argv[3], argv[4], err);
	if (argc == 4 && strcmp(argv[2], "list") == 0)
		return blob_list(s, argv[3], print, NULL, err);
	if (argc == 4 && strcmp(argv[2], "remove") == 0)
		return blob_remove(s, argv[3], err);
	if (argc != 4 || strcmp(argv[2], "stat") != 0)
		return err_set(err, ERR_INVALID, "what?");
	rc = blob_stat(s, argv[3], &size, err);
	if (rc == 1)
		printf("%" PRId64 "\n", size);
	return rc == 0 ? err_set(err, ERR_NOT_FOUND, "it is not there") : rc;
}

int
main(int argc, char **argv)
{
	struct arena a = ARENA_INIT(0);
	struct blob_store *s = NULL;
	struct config config;
	struct err err = { 0 };
	int rc;

	if (argc < 3)
		return 2;
	if (str_ends_with(argv[1], ".yaml")) {
		rc = config_load(argv[1], &a, &config, NULL, &err);
		if (rc == 0)
			rc = blob_open_s3(&config, &s, &err);
	} else {
		rc = blob_open_folder(argv[1], &s, &err);
	}
	if (rc == 0)
		rc = run(s, argc, argv, &err);
	if (rc == -1)
		fprintf(stderr, "%s\n", err.text);
	blob_close(s);
	arena_release(&a);
	return rc == -1 ? 1 : 0;
}

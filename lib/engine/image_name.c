/*
 * image_name.c - names of images, and what every engine does to fetch one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/image_name.h"

#include <string.h>
#include <time.h>

#include "lib/base/mem.h"
#include "lib/base/retries.h"

#define MAX_NAME 512

/* A fetch that fails for a reason that may pass is tried again after these
 * seconds. */
static const int pauses_s[] = RETRY_PULL_S;

/* Parts of messages, in lower case as the services write them. */
static const struct {
	const char *part;
	enum err_code code;
} messages[] = {
	{ "no such image", ERR_NOT_FOUND },
	{ "image not known", ERR_NOT_FOUND },
	{ "no such container", ERR_NOT_FOUND },
	{ "manifest unknown", ERR_NOT_FOUND },
	{ "manifest for ", ERR_NOT_FOUND }, /* "... not found" */
	{ "name unknown", ERR_NOT_FOUND },
	{ "repository name not known", ERR_NOT_FOUND },
	{ "repository does not exist", ERR_NOT_FOUND },
	{ "does not exist or may require", ERR_NOT_FOUND },
	{ "name is already in use", ERR_EXISTS },
	{ "is already in use by", ERR_EXISTS },
	{ "container state improper", ERR_CONFLICT },
	{ "network already exists", ERR_EXISTS },
	{ "no such network", ERR_NOT_FOUND },
	{ "network not found", ERR_NOT_FOUND },
	{ "unable to find network", ERR_NOT_FOUND },
	{ "has active endpoints", ERR_CONFLICT },
	{ "network is being used", ERR_CONFLICT },
	{ "no such volume", ERR_NOT_FOUND },
	{ "volume is in use", ERR_CONFLICT },
	{ "volume is being used", ERR_CONFLICT },
	{ "unauthorized", ERR_DENIED },
	{ "authentication required", ERR_DENIED },
	{ "no basic auth credentials", ERR_DENIED },
	{ "access denied", ERR_DENIED },
	{ "requested access to the resource is denied", ERR_DENIED },
	{ "invalid reference format", ERR_INVALID },
	{ "invalid repository name", ERR_INVALID },
	{ "no space left on device", ERR_IO },
	{ "toomanyrequests", ERR_BUSY },
};

int
image_name_check(const char *image, struct err *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@";

	size_t len = strlen(image);

	if (len == 0 || len > MAX_NAME || strspn(image, allowed) != len ||
	    strchr("/:@", image[len - 1]) != NULL ||
	    strstr(image, "..") != NULL)
		return err_set(err, ERR_INVALID, "\"%s\" is not the name of "
		    "an image: it looks like \"registry/name:tag\"", image);
	return 0;
}

/* The first part names a registry when it looks like a host. */
void
image_name_registry(const char *image, struct str *out)
{
	size_t len = strcspn(image, "/");

	if (image[len] == '/' && (memchr(image, '.', len) != NULL ||
				     memchr(image, ':', len) != NULL ||
				     strncmp(image, "localhost/", 10) == 0))
		str_add_len(out, image, len);
	else
		str_add(out, "docker.io");
}

bool
image_name_is_local(const char *image)
{
	struct str registry = STR_INIT;
	bool local;

	image_name_registry(image, &registry);
	str_cut(&registry, strcspn(registry.s, ":"));
	local = strcmp(registry.s, "localhost") == 0 ||
	    (str_starts_with(registry.s, "127.") &&
		strspn(registry.s, "0123456789.") == registry.len);
	str_release(&registry);
	return local;
}

void
image_name_add_fetched(const char *image, struct str *out)
{
	const char *digest = strchr(image, '@');
	const char *name = strrchr(image, '/'), *tag;

	name = name != NULL ? name : image;
	tag = digest != NULL ? strchr(name, ':') : NULL;
	if (tag == NULL || tag > digest) {
		str_add(out, image);
		return;
	}
	str_add_len(out, image, (size_t)(tag - image));
	str_add(out, digest);
}

enum err_code
image_message_code(const char *message, enum err_code standard)
{
	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		if (strcasestr(message, messages[i].part) != NULL)
			return messages[i].code;
	return standard;
}

void
image_last_line(const char *text, struct str *out)
{
	size_t end = strlen(text), start;

	while (end > 0 && text[end - 1] == '\n')
		end--;
	for (start = end; start > 0 && text[start - 1] != '\n'; start--)
		continue;
	str_add_len(out, text + start, end - start);
}

int
image_fetch_retried(image_once_fn once, void *once_ctx,
    engine_progress_fn progress, void *ctx, struct err *err)
{
	struct str line = STR_INIT;
	struct err why = { 0 };
	int rc = -1;

	for (const int *pause_s = pauses_s;; pause_s++) {
		const struct timespec pause = { *pause_s, 0 };

		err_clear(&why);
		rc = once(once_ctx, &why);
		if (rc == 0 || err_kind(why.code) != ERR_KIND_INFRA ||
		    *pause_s == 0)
			break;
		str_clear(&line);
		str_addf(&line, "%s; trying again in %d s", why.text,
		    *pause_s);
		if (progress != NULL)
			progress(ctx, line.s);
		nanosleep(&pause, NULL);
	}
	if (rc == -1)
		err_set(err, why.code, "%s", why.text);
	str_release(&line);
	return rc;
}

/*
 * oci_config.c - what an unpacked image says of itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <jansson.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/engine/image_config.h"

int
oci_image_about(const struct oci_image *image, struct arena *a,
    struct image_about *out, struct err *err)
{
	struct str path = STR_INIT, text = STR_INIT;
	json_t *json = NULL;
	int rc = -1;

	memset(out, 0, sizeof(*out));
	str_addf(&path, "%s/config.json", image->dir);
	if (file_read(path.s, OCI_MAX_JSON, &text, err) == -1)
		goto out;
	json = json_loadb(text.s, text.len, 0, NULL);
	image_config_read(json_object_get(json, "config"), a, out);
	rc = arena_exceeded(a) ? err_set(err, ERR_TOO_LARGE,
	    "the image says too much of itself") : 0;
out:
	json_decref(json);
	str_release(&path);
	str_release(&text);
	return rc;
}

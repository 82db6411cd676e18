/*
 * oci_fetch.c - bring an image here, by skopeo.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/oci.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/proc.h"
#include "lib/engine/docker.h"
#include "lib/engine/image_name.h"

#define ASK_TIMEOUT_MS 60000
#define COPY_TIMEOUT_MS (60 * 60000)
#define MAX_ARGS 24

/* Without this file skopeo refuses everything; where the host has a policy
 * about signatures, it holds. */
#define POLICY_FILE "/etc/containers/policy.json"

/* Images that do not come from a registry: below "sandbox-image-dir". */
static const char *const local_kinds[] = {
	"oci:", "oci-archive:", "docker-archive:",
};

static int
local_address(struct oci_source *src, const char *kind,
    const struct config *config, struct err *err)
{
	const char *rest = src->image + strlen(kind);

	if (config->sandbox_image_dir == NULL ||
	    config->sandbox_image_dir[0] == '\0')
		return err_set(err, ERR_DENIED, "the image \"%s\" is a file "
		    "of the host, which the configuration does not allow: "
		    "whoever runs Pawl can name a folder of images by "
		    "\"sandbox-image-dir\"", src->image);
	if (rest[0] == '\0' || rest[0] == '/' || !path_stays_below(rest))
		return err_set(err, ERR_INVALID, "\"%s\" is not the name of "
		    "an image: behind \"%s\" it names a file below "
		    "\"sandbox-image-dir\"", src->image, kind);
	str_addf(&src->address, "%s%s/%s", kind, config->sandbox_image_dir,
	    rest);
	return 0;
}

int
oci_source_init(struct oci_source *src, const struct config *config,
    const struct image_request *request, struct err *err)
{
	int rc;

	*src = (struct oci_source){ .image = request->image,
		.address = STR_INIT, .login = request->login,
		.arena = ARENA_INIT(0) };
	if (image_name_check(src->image, err) == -1)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(local_kinds); i++)
		if (str_starts_with(src->image, local_kinds[i]))
			return local_address(src, local_kinds[i], config,
			    err);
	src->registry = true;
	src->plain = image_name_is_local(src->image);
	str_add(&src->address, "docker://");
	image_name_add_fetched(src->image, &src->address);
	if (src->login != NULL)
		return 0;
	rc = docker_login_find(config, src->image, &src->arena, &src->found,
	    err);
	if (rc == 1)
		src->login = &src->found;
	return rc == -1 ? -1 : 0;
}

void
oci_source_release(struct oci_source *src)
{
	str_release(&src->address);
	arena_release(&src->arena);
}

/* --- skopeo --------------------------------------------------------------- */

struct command {
	const char *argv[MAX_ARGS];
	size_t n;
};

static void
add(struct command *c, const char *arg)
{
	if (c->n < MAX_ARGS - 1)
		c->argv[c->n++] = arg;
}

/* The login goes through a file: other users of the host see arguments. */
static int
write_login(const struct oci_source *src, const char *path, struct err *err)
{
	char *coded;
	struct str pair = STR_INIT, registry = STR_INIT;
	json_t *json;
	size_t size;
	char *text;
	int rc = -1;

	str_addf(&pair, "%s:%s", src->login->username, src->login->password);
	size = sodium_base64_ENCODED_LEN(pair.len,
	    sodium_base64_VARIANT_ORIGINAL);
	coded = mem_calloc(1, size);
	sodium_bin2base64(coded, size, (const unsigned char *)pair.s,
	    pair.len, sodium_base64_VARIANT_ORIGINAL);
	image_name_registry(src->image, &registry);
	json = json_pack("{s:{s:{s:s}}}", "auths", registry.s, "auth", coded);
	text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	if (text == NULL)
		err_set(err, ERR_INVALID, "the login for \"%s\" is not text",
		    registry.s);
	else
		rc = file_replace(path, text, strlen(text), 0600, false, err);
	free(text);
	json_decref(json);
	sodium_memzero(coded, size);
	sodium_memzero(pair.s, pair.len);
	free(coded);
	str_release(&pair);
	str_release(&registry);
	return rc;
}

/* What skopeo said last becomes the error. */
static int
refused(const struct oci_source *src, const char *said,
    const struct proc_end *end, struct err *err)
{
	struct str line = STR_INIT;
	const char *message, *last;
	enum err_code code;

	image_last_line(said, &line);
	message = strstr(line.s, "msg=");
	message = message != NULL ? message + 4 : line.s;
	if (line.len == 0) {
		proc_end_text(end, &line);
		message = line.s;
	}
	code = image_message_code(message, src->registry ? ERR_UNAVAILABLE :
	    ERR_NOT_FOUND);
	last = end->how == PROC_TIMED_OUT ? "timed out" : message;
	err_set(err, end->how == PROC_TIMED_OUT ? ERR_TIMEOUT : code,
	    "fetching the image \"%s\": %s", src->image, last);
	str_release(&line);
	return -1;
}

static int
run(const struct oci_source *src, const struct command *c, int timeout_ms,
    struct str *out, struct err *err)
{
	const struct proc_spec spec = { .argv = c->argv, .cwd = "/",
		.die_with_parent = true };
	struct str said = STR_INIT;
	struct proc_end end;
	int rc;

	rc = proc_run(&spec, NULL, OCI_MAX_JSON, timeout_ms, out, &said, &end,
	    err);
	if (rc == -1 && err != NULL && err->code == ERR_NOT_FOUND)
		err_set(err, ERR_UNSUPPORTED, "images of the sandbox are "
		    "fetched by skopeo, which is not installed: install the "
		    "package \"skopeo\", or use the engine \"docker\"");
	else if (rc == 0 && (end.how != PROC_EXITED || end.code != 0))
		rc = refused(src, said.s, &end, err);
	str_release(&said);
	return rc;
}

/* "skopeo VERB" with what every verb needs. The options differ in their
 * names: those of copy say which side they are about. */
static int
begin(struct command *c, const struct oci_source *src, bool copy,
    const char *login_file, struct err *err)
{
	c->n = 0;
	add(c, "skopeo");
	if (access(POLICY_FILE, R_OK) == -1)
		add(c, "--insecure-policy");
	add(c, "--override-os=linux");
	add(c, copy ? "copy" : "inspect");
	if (!src->registry)
		return 0;
	if (src->plain)
		add(c, copy ? "--src-tls-verify=false" : "--tls-verify=false");
	if (src->login == NULL) {
		add(c, copy ? "--src-no-creds" : "--no-creds");
		return 0;
	}
	add(c, "--authfile");
	add(c, login_file);
	return write_login(src, login_file, err);
}

int
oci_fetch_digest(const struct oci_source *src, const char *dir,
    char digest[OCI_DIGEST_SIZE], struct err *err)
{
	struct str login = STR_INIT, out = STR_INIT;
	struct command c;
	int rc;

	str_addf(&login, "%s/login", dir);
	rc = begin(&c, src, false, login.s, err);
	add(&c, "--no-tags");
	add(&c, "--format={{.Digest}}");
	add(&c, src->address.s);
	add(&c, NULL);
	if (rc == 0)
		rc = run(src, &c, ASK_TIMEOUT_MS, &out, err);
	while (out.len > 0 && out.s[out.len - 1] == '\n')
		str_cut(&out, out.len - 1);
	if (rc == 0 && !oci_digest_valid(out.len > 0 ? out.s : ""))
		rc = err_set(err, ERR_UNAVAILABLE, "the registry tells no "
		    "digest of the image \"%s\"", src->image);
	if (rc == 0)
		memcpy(digest, out.s, OCI_DIGEST_SIZE);
	str_release(&login);
	str_release(&out);
	return rc;
}

static int
copy(const struct oci_source *src, const char *dir, struct err *err)
{
	struct str login = STR_INIT, target = STR_INIT;
	struct command c;
	int rc;

	str_addf(&login, "%s/login", dir);
	str_addf(&target, "oci:%s/layout:image", dir);
	rc = begin(&c, src, true, login.s, err);
	add(&c, "--quiet");
	add(&c, src->address.s);
	add(&c, target.s);
	add(&c, NULL);
	if (rc == 0)
		rc = run(src, &c, COPY_TIMEOUT_MS, NULL, err);
	str_release(&login);
	str_release(&target);
	return rc;
}

/* --- what came ------------------------------------------------------------ */

static json_t *
read_json(const char *path, struct err *err)
{
	struct str text = STR_INIT;
	json_t *json = NULL;

	if (file_read(path, OCI_MAX_JSON, &text, err) == 0) {
		json = json_loadb(text.s, text.len, 0, NULL);
		if (json == NULL)
			err_set(err, ERR_INVALID, "the image is damaged: "
			    "\"%s\" is no JSON", path);
	}
	str_release(&text);
	return json;
}

static int
blob_path(const char *dir, const char *digest, struct str *out,
    struct err *err)
{
	if (digest == NULL || !oci_digest_valid(digest))
		return err_set(err, ERR_INVALID, "the image is damaged: it "
		    "names a part by no digest");
	str_clear(out);
	str_addf(out, "%s/layout/blobs/sha256/%s", dir, digest + 7);
	return 0;
}

/* Layers as they came, packed: unpacked they are larger. */
static int
check_size(const json_t *manifest, int64_t max_bytes, struct err *err)
{
	int64_t bytes = 0;
	size_t i;
	json_t *layer;

	json_array_foreach(json_object_get(manifest, "layers"), i, layer)
		bytes += json_integer_value(json_object_get(layer, "size"));
	if (max_bytes == 0 || bytes <= max_bytes)
		return 0;
	return err_set(err, ERR_TOO_LARGE, "the image has %lld bytes, more "
	    "than \"sandbox-images-max-bytes\" allows",
	    (long long)bytes);
}

static int
keep_config(const char *dir, const char *text, size_t len, struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	str_addf(&path, "%s/image/config.json", dir);
	rc = file_replace(path.s, text, len, 0600, false, err);
	str_release(&path);
	return rc;
}

/*
 * The configuration as its maker wrote it. Copying makes an OCI one of it,
 * which has no place for a health check, so the source is asked; where it
 * does not tell, the copy's has all the rest.
 */
static int
fetch_config(const struct oci_source *src, const char *dir,
    const char *copied, struct err *err)
{
	struct str login = STR_INIT, out = STR_INIT;
	struct err ignored = { 0 };
	struct command c;
	int rc;

	str_addf(&login, "%s/login", dir);
	rc = begin(&c, src, false, login.s, err);
	add(&c, "--config");
	add(&c, "--raw");
	add(&c, src->address.s);
	add(&c, NULL);
	if (rc == 0 && run(src, &c, ASK_TIMEOUT_MS, &out, &ignored) == -1) {
		str_clear(&out);
		rc = file_read(copied, OCI_MAX_JSON, &out, err);
	}
	if (rc == 0)
		rc = keep_config(dir, out.s, out.len, err);
	str_release(&login);
	str_release(&out);
	return rc;
}

static int
look(const struct oci_source *src, const char *dir, int64_t max_bytes,
    char digest[OCI_DIGEST_SIZE], struct err *err)
{
	struct str path = STR_INIT;
	json_t *index, *manifest = NULL;
	const char *text;
	int rc = -1;

	str_addf(&path, "%s/layout/index.json", dir);
	index = read_json(path.s, err);
	if (index == NULL)
		goto out;
	text = json_string_value(json_object_get(json_array_get(
	    json_object_get(index, "manifests"), 0), "digest"));
	if (blob_path(dir, text, &path, err) == -1)
		goto out;
	memcpy(digest, text, OCI_DIGEST_SIZE);
	manifest = read_json(path.s, err);
	if (manifest == NULL || check_size(manifest, max_bytes, err) == -1)
		goto out;
	text = json_string_value(json_object_get(json_object_get(manifest,
	    "config"), "digest"));
	if (blob_path(dir, text, &path, err) == 0)
		rc = fetch_config(src, dir, path.s, err);
out:
	json_decref(index);
	json_decref(manifest);
	str_release(&path);
	return rc;
}

int
oci_fetch(const struct oci_source *src, const char *dir, int64_t max_bytes,
    char digest[OCI_DIGEST_SIZE], struct err *err)
{
	struct str path = STR_INIT;
	int rc;

	/* Of an attempt before. */
	str_addf(&path, "%s/layout", dir);
	rc = file_remove_tree(path.s, err);
	if (rc == 0)
		rc = copy(src, dir, err);
	if (rc == 0)
		rc = look(src, dir, max_bytes, digest, err);
	str_release(&path);
	return rc;
}

/*
 * servers.c - see servers.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cli/servers.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/outgoing.h"
#include "lib/base/str.h"

#define FILE_MAX_BYTES (256 * 1024)
#define FOLDER_MODE 0700
#define FILE_MODE 0600

/* --- the file ------------------------------------------------------------- */

static const char *
folder(struct arena *a, struct err *err)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config != NULL && config[0] == '/')
		return arena_printf(a, "%s/pawl", config);
	if (home != NULL && home[0] == '/')
		return arena_printf(a, "%s/.config/pawl", home);
	err_set(err, ERR_INVALID, "neither XDG_CONFIG_HOME nor HOME says "
	    "where the list of servers is");
	return NULL;
}

/* Whoever reads it can do what its owner may. */
static int
check_private(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_errno(err, "cannot look at %s", path);
	if (st.st_uid != geteuid())
		return err_set(err, ERR_DENIED, "%s belongs to somebody else",
		    path);
	if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(err, ERR_DENIED, "%s has tokens in it and may "
		    "be read by others: chmod 600 %s", path, path);
	return 0;
}

/* 1, 0: there is none. */
static int
read_private(const char *path, struct str *text, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc;

	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1)
		return err_errno(err, "cannot read %s", path);
	rc = check_private(fd, path, err);
	if (rc == 0)
		rc = file_read_fd(fd, FILE_MAX_BYTES, text, err);
	close(fd);
	return rc == -1 ? -1 : 1;
}

static int
take_list(struct servers *s, const json_t *o, struct arena *a,
    struct err *err)
{
	const char *name;
	json_t *one;

	json_object_foreach(json_object_get(o, "servers"), name, one) {
		const char *url = json_string_value(json_object_get(one,
		    "url"));
		const char *token = json_string_value(json_object_get(one,
		    "token"));
		struct server_entry *e;

		if (url == NULL || s->n == SERVERS_MAX)
			return err_set(err, ERR_INVALID, "%s: \"%s\" has no "
			    "\"url\", or there are more than %d servers",
			    s->file, name, SERVERS_MAX);
		e = arena_push(a, &s->list, &s->n, sizeof(*e));
		*e = (struct server_entry){ arena_strdup(a, name),
			arena_strdup(a, url), arena_strdup(a, token) };
	}
	s->usual = arena_strdup(a, json_string_value(json_object_get(o,
	    "default")));
	return 0;
}

int
servers_load(struct servers *s, struct arena *a, struct err *err)
{
	const char *dir = folder(a, err);
	struct str text = STR_INIT;
	json_error_t at;
	json_t *o = NULL;
	int rc;

	*s = (struct servers){ .n = 0 };
	if (dir == NULL)
		return -1;
	s->file = arena_printf(a, "%s/servers.json", dir);
	rc = read_private(s->file, &text, err);
	if (rc == 1) {
		o = json_loadb(text.s, text.len, JSON_REJECT_DUPLICATES, &at);
		rc = o != NULL ? take_list(s, o, a, err) : err_set(err,
		    ERR_INVALID, "%s:%d:%d: %s", s->file, at.line, at.column,
		    at.text);
	}
	json_decref(o);
	str_release(&text);
	return rc;
}

int
servers_save(const struct servers *s, struct err *err)
{
	json_t *o = json_object(), *all = json_object();
	struct str dir = STR_INIT;
	char *text;
	int rc;

	for (size_t i = 0; i < s->n; i++)
		json_object_set_new(all, s->list[i].name, json_pack(
		    "{s:s, s:s*}", "url", s->list[i].url, "token",
		    s->list[i].token));
	if (s->usual != NULL)
		json_object_set_new(o, "default", json_string(s->usual));
	json_object_set_new(o, "servers", all);
	text = json_dumps(o, JSON_INDENT(2));
	str_add_len(&dir, s->file, (size_t)(strrchr(s->file, '/') - s->file));
	rc = file_mkdirs(dir.s, FOLDER_MODE, err);
	if (rc == 0)
		rc = file_replace(s->file, text, strlen(text), FILE_MODE,
		    true, err);
	str_release(&dir);
	free(text);
	json_decref(o);
	return rc;
}

/* --- the list ------------------------------------------------------------- */

struct server_entry *
servers_find(const struct servers *s, const char *name_or_url)
{
	size_t len = strlen(name_or_url);

	while (len > 0 && name_or_url[len - 1] == '/')
		len--;
	for (size_t i = 0; i < s->n; i++) {
		const struct server_entry *e = &s->list[i];

		if (strcmp(e->name, name_or_url) == 0 ||
		    (strlen(e->url) == len &&
		    strncmp(e->url, name_or_url, len) == 0))
			return &s->list[i];
	}
	return NULL;
}

int
servers_put(struct servers *s, const struct server_entry *e, struct arena *a,
    struct err *err)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->list[i].name, e->name) == 0) {
			s->list[i] = *e;
			return 0;
		}
	if (s->n == SERVERS_MAX)
		return err_set(err, ERR_TOO_LARGE, "there are %d servers "
		    "already; \"pawl logout\" removes one", SERVERS_MAX);
	*(struct server_entry *)arena_push(a, &s->list, &s->n, sizeof(*e)) =
	    *e;
	return 0;
}

void
servers_drop(struct servers *s, struct server_entry *e)
{
	if (s->usual != NULL && strcmp(s->usual, e->name) == 0)
		s->usual = NULL;
	*e = s->list[--s->n];
	if (s->usual == NULL && s->n > 0)
		s->usual = s->list[0].name;
}

int
servers_url(const char *text, struct arena *a, const char **out,
    struct err *err)
{
	const char *host;
	size_t len;

	if (strstr(text, "://") == NULL)
		text = arena_printf(a, "https://%s", text);
	if (!str_starts_with(text, "https://") &&
	    !str_starts_with(text, "http://"))
		return err_set(err, ERR_INVALID, "\"%.200s\" is no server: it "
		    "begins with https://", text);
	if (outgoing_host(text, a, &host, err) == -1)
		return -1;
	len = strcspn(text, "?#");
	while (len > 0 && text[len - 1] == '/')
		len--;
	*out = arena_strndup(a, text, len);
	return 0;
}

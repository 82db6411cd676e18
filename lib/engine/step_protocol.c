/*
 * step_protocol.c - messages between the job's process and pawl-init: how a
 * request is laid out. step_wire.c moves it.
 *
 * A request's body: the numbers of arguments, of variables and of further
 * strings (1: cwd; 3: with script_path and script), then all of these strings
 * in this order, each as its length, its bytes and a NUL. The NUL lets the
 * reader use the bytes where they stand.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/step_protocol.h"

#include <stdlib.h>
#include <string.h>

#define N_COUNTS 3
#define WITH_CWD 1
#define WITH_SCRIPT 3

static size_t
count(const char *const *list)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	return n;
}

/* Add the encoded size of a string; stays above the limit once there. */
static void
add_size(size_t *total, const char *s)
{
	size_t len = strlen(s);

	if (*total > STEP_MAX_BYTES || len > STEP_MAX_BYTES)
		*total = (size_t)STEP_MAX_BYTES + 1;
	else
		*total += sizeof(uint32_t) + len + 1;
}

size_t
step_request_size(const struct step_request *req)
{
	size_t total = N_COUNTS * sizeof(uint32_t);

	if (count(req->argv) + count(req->env) > STEP_MAX_STRINGS)
		return 0;
	for (size_t i = 0; req->argv[i] != NULL; i++)
		add_size(&total, req->argv[i]);
	for (size_t i = 0; req->env[i] != NULL; i++)
		add_size(&total, req->env[i]);
	add_size(&total, req->cwd);
	if (req->script != NULL) {
		add_size(&total, req->script_path);
		add_size(&total, req->script);
	}
	return total > STEP_MAX_BYTES ? 0 : total;
}

static unsigned char *
put_number(unsigned char *p, size_t value)
{
	uint32_t n = (uint32_t)value;

	memcpy(p, &n, sizeof(n));
	return p + sizeof(n);
}

static unsigned char *
put_string(unsigned char *p, const char *s)
{
	size_t len = strlen(s);

	p = put_number(p, len);
	memcpy(p, s, len + 1);
	return p + len + 1;
}

void
step_request_write(const struct step_request *req, unsigned char *body)
{
	unsigned char *p = body;

	p = put_number(p, count(req->argv));
	p = put_number(p, count(req->env));
	p = put_number(p, req->script != NULL ? WITH_SCRIPT : WITH_CWD);
	for (size_t i = 0; req->argv[i] != NULL; i++)
		p = put_string(p, req->argv[i]);
	for (size_t i = 0; req->env[i] != NULL; i++)
		p = put_string(p, req->env[i]);
	p = put_string(p, req->cwd);
	if (req->script != NULL) {
		p = put_string(p, req->script_path);
		put_string(p, req->script);
	}
}

/* What is left of a body. */
struct reader {
	const unsigned char *p;
	size_t left;
};

static int
get_number(struct reader *r, uint32_t *out)
{
	if (r->left < sizeof(*out))
		return -1;
	memcpy(out, r->p, sizeof(*out));
	r->p += sizeof(*out);
	r->left -= sizeof(*out);
	return 0;
}

static int
get_string(struct reader *r, const char **out)
{
	uint32_t len;

	if (get_number(r, &len) == -1 || r->left < (size_t)len + 1)
		return -1;
	if (r->p[len] != '\0' || memchr(r->p, '\0', len) != NULL)
		return -1;
	*out = (const char *)r->p;
	r->p += (size_t)len + 1;
	r->left -= (size_t)len + 1;
	return 0;
}

/* A list of `n` strings that ends in NULL; NULL when it is malformed. */
static const char *const *
get_list(struct reader *r, uint32_t n)
{
	const char **list = calloc((size_t)n + 1, sizeof(*list));

	if (list == NULL)
		return NULL;
	for (uint32_t i = 0; i < n; i++)
		if (get_string(r, &list[i]) == -1) {
			free(list);
			return NULL;
		}
	return list;
}

static int
get_request(struct reader *r, struct step_request *req)
{
	uint32_t n_argv, n_env, n_more;

	if (get_number(r, &n_argv) == -1 || get_number(r, &n_env) == -1 ||
	    get_number(r, &n_more) == -1)
		return -1;
	if (n_argv < 1 || n_argv > STEP_MAX_STRINGS ||
	    n_env > STEP_MAX_STRINGS - n_argv ||
	    (n_more != WITH_CWD && n_more != WITH_SCRIPT))
		return -1;
	req->argv = get_list(r, n_argv);
	if (req->argv == NULL)
		return -1;
	req->env = get_list(r, n_env);
	if (req->env == NULL || get_string(r, &req->cwd) == -1)
		return -1;
	if (n_more == WITH_SCRIPT &&
	    (get_string(r, &req->script_path) == -1 ||
		get_string(r, &req->script) == -1))
		return -1;
	return r->left == 0 ? 0 : -1;
}

int
step_request_read(const unsigned char *body, size_t len,
    struct step_request *req)
{
	struct reader r = { body, len };

	memset(req, 0, sizeof(*req));
	if (get_request(&r, req) == 0)
		return 0;
	step_request_release(req);
	return -1;
}

void
step_request_release(struct step_request *req)
{
	free((void *)req->argv);
	free((void *)req->env);
	memset(req, 0, sizeof(*req));
}

int
step_header_valid(const struct step_header *h)
{
	if (h->type == 0 || h->type >= STEP_N_TYPES)
		return 0;
	if (h->type == STEP_START || h->type == STEP_HELLO)
		return h->len > 0 && h->len <= STEP_MAX_BYTES;
	if (h->type == STEP_TEXT)
		return h->len < STEP_TEXT_BYTES;
	return h->len == sizeof(struct step_note);
}

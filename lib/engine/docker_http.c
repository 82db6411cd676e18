/*
 * docker_http.c - requests to the Engine API over its unix socket or TCP.
 *
 * Every request has a connection of its own: the engine may be used by
 * children that were forked meanwhile, and a local connection costs nothing.
 * Nothing waits without a limit: each request has a time for the whole, or,
 * for streams, for the silence between two pieces.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/docker.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

#define MAX_BODY (4u << 20)
#define CONNECT_TIMEOUT_MS 10000L

/* What the write callback works on. */
struct sink {
	CURL *curl;
	const struct docker_request *req;
	struct docker_answer *answer;
	struct err *err;
	bool failed; /* `err` is set */
	char why[CURL_ERROR_SIZE]; /* in the words of libcurl */
};

void
docker_answer_init(struct docker_answer *a)
{
	a->status = 0;
	a->api[0] = a->server[0] = '\0';
	str_init(&a->body);
}

void
docker_answer_release(struct docker_answer *a)
{
	str_release(&a->body);
}

/* An answer with an error status is collected even when the request wants
 * its pieces: it holds the message. */
static size_t
take(char *data, size_t size, size_t n, void *ctx)
{
	struct sink *s = ctx;
	size_t len = size * n;

	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE,
	    &s->answer->status);
	if (s->req->data != NULL && s->answer->status < 400) {
		s->failed = s->req->data(s->req->ctx, data, len, s->err) ==
		    -1;
		return s->failed ? 0 : len;
	}
	if (s->answer->body.len + len > MAX_BODY) {
		err_set(s->err, ERR_TOO_LARGE,
		    "the container engine's answer to \"%s\" has more than "
		    "%u MB", s->req->path, MAX_BODY >> 20);
		s->failed = true;
		return 0;
	}
	str_add_len(&s->answer->body, data, len);
	return len;
}

/* What is sent, piece by piece. */
static size_t
give(char *buf, size_t size, size_t n, void *ctx)
{
	const struct sink *s = ctx;
	ssize_t got = s->req->upload(s->req->upload_ctx, buf, size * n);

	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

static const struct {
	int number;
	const char *hint;
} connect_hints[] = {
	{ ENOENT, "no such socket; install Docker or Podman, name the right "
	    "socket with \"docker-socket\" in the configuration, or let "
	    "the sandbox run images (\"engine: sandbox\")" },
	{ EACCES, "not permitted; let this user use it (Docker: the group "
	    "\"docker\"; Podman: its own \"podman.socket\" of the user)" },
	{ ECONNREFUSED, "nobody answers; start the service (\"systemctl start "
	    "docker\" or \"systemctl start podman.socket\")" },
};

static int
cannot_connect(const struct docker *d, int number, struct err *err)
{
	const char *hint = strerror(number);

	for (size_t i = 0; i < ARRAY_LEN(connect_hints); i++)
		if (connect_hints[i].number == number)
			hint = connect_hints[i].hint;
	return err_set(err, ERR_UNAVAILABLE,
	    "the container engine is unavailable at \"%s\": %s", d->socket,
	    hint);
}

/* Certificates that do not fit, on either side. */
static bool
is_tls_failure(CURLcode code)
{
	static const CURLcode codes[] = { CURLE_SSL_CONNECT_ERROR,
		CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
		CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR };

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* A request that got no whole answer. */
static int
request_failed(const struct docker *d, const struct sink *s, CURLcode code,
    struct err *err)
{
	long number = 0;

	if (s->failed)
		return -1;
	curl_easy_getinfo(s->curl, CURLINFO_OS_ERRNO, &number);
	/* With TLS 1.3 a service refuses our certificate after the
	 * connection stands. */
	if (is_tls_failure(code) || (d->tls != NULL &&
	    code == CURLE_RECV_ERROR))
		return err_set(err, ERR_UNAVAILABLE, "the container engine at "
		    "\"%s\" and Pawl do not trust each other: %s (certificates "
		    "are in \"%s\", see \"docker-tls\" in the configuration)",
		    d->socket, s->why[0] != '\0' ? s->why :
		    curl_easy_strerror(code), d->tls);
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return cannot_connect(d, (int)number, err);
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(err, ERR_TIMEOUT, "the container engine at "
		    "\"%s\" did not answer \"%s %s\" in time", d->socket,
		    s->req->method, s->req->path);
	default:
		return err_set(err, ERR_UNAVAILABLE, "the container engine at "
		    "\"%s\" broke off \"%s %s\": %s", d->socket,
		    s->req->method, s->req->path, curl_easy_strerror(code));
	}
}

static void
set_limits(CURL *curl, const struct docker_request *req)
{
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	if (req->timeout_ms > 0)
		curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
		    (long)req->timeout_ms);
	if (req->idle_s > 0) {
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
		curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
		    (long)req->idle_s);
	}
}

/* Certificates of both sides; the service's is always checked. */
static void
set_address(CURL *curl, const struct docker *d)
{
	static const struct {
		CURLoption option;
		const char *name;
	} files[] = {
		{ CURLOPT_CAINFO, "ca.pem" },
		{ CURLOPT_SSLCERT, "cert.pem" },
		{ CURLOPT_SSLKEY, "key.pem" },
	};
	struct str path = STR_INIT;

	if (d->url == NULL) {
		curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, d->socket);
		return;
	}
	for (size_t i = 0; d->tls != NULL && i < ARRAY_LEN(files); i++) {
		str_clear(&path);
		str_addf(&path, "%s/%s", d->tls, files[i].name);
		curl_easy_setopt(curl, files[i].option, path.s);
	}
	str_release(&path);
}

static void
set_request(CURL *curl, const struct docker *d, const char *url,
    const char *body, struct sink *sink)
{
	set_address(curl, d);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, sink->why);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, sink->req->method);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR,
	    d->tls != NULL ? "https" : "http");
	curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* http_proxy is not ours */
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, sink);
	if (sink->req->upload != NULL) {
		curl_easy_setopt(curl, CURLOPT_POST, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
		curl_easy_setopt(curl, CURLOPT_READDATA, sink);
		return;
	}
	/* A POST without a body still says so, or Podman waits for one. */
	if (strcmp(sink->req->method, "POST") == 0) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
		    (long)strlen(body));
	}
}

/* Append "NAME: VALUE"; false when there is no memory. */
static bool
add_header(struct curl_slist **list, const char *name, const char *value)
{
	struct curl_slist *longer;
	struct str line = STR_INIT;

	if (value == NULL)
		return true;
	str_addf(&line, "%s:%s%s", name, value[0] != '\0' ? " " : "", value);
	longer = curl_slist_append(*list, line.s);
	if (longer != NULL)
		*list = longer;
	str_release(&line);
	return longer != NULL;
}

/* NULL when there is no memory. */
static struct curl_slist *
make_headers(const struct docker_request *req)
{
	bool upload = req->upload != NULL;
	struct curl_slist *list = NULL;

	if (add_header(&list, "Content-Type", upload ? "application/x-tar" :
		"application/json") &&
	    add_header(&list, "X-Registry-Auth", req->auth) &&
	    add_header(&list, "X-Registry-Config", req->logins) &&
	    add_header(&list, "Transfer-Encoding", upload ? "chunked" :
		NULL) &&
	    /* Nobody is asked whether he wants it. */
	    add_header(&list, "Expect", upload ? "" : NULL))
		return list;
	curl_slist_free_all(list);
	return NULL;
}

static void
take_header(CURL *curl, const char *name, char *to, size_t size)
{
	struct curl_header *header;

	if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) ==
	    CURLHE_OK)
		snprintf(to, size, "%s", header->value);
}

static void
take_answer(CURL *curl, struct docker_answer *out)
{
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
	take_header(curl, "Api-Version", out->api, sizeof(out->api));
	take_header(curl, "Server", out->server, sizeof(out->server));
}

int
docker_do(const struct docker *d, const struct docker_request *req,
    struct docker_answer *out, struct err *err)
{
	struct sink sink = { NULL, req, out, err, false, "" };
	struct curl_slist *headers = NULL;
	struct str url = STR_INIT;
	char *body = NULL;
	CURLcode code;
	int rc = 0;

	sink.curl = curl_easy_init();
	headers = make_headers(req);
	if (req->body != NULL)
		body = json_dumps(req->body, JSON_COMPACT);
	if (sink.curl == NULL || headers == NULL ||
	    (req->body != NULL && body == NULL)) {
		rc = err_set(err, ERR_BUG, "cannot make a request to the "
		    "container engine");
		goto out;
	}
	str_add(&url, d->url != NULL ? d->url : "http://engine");
	if (d->version[0] != '\0')
		str_addf(&url, "/v%s", d->version);
	str_add(&url, req->path);
	set_request(sink.curl, d, url.s, body != NULL ? body : "", &sink);
	set_limits(sink.curl, req);
	curl_easy_setopt(sink.curl, CURLOPT_HTTPHEADER, headers);
	code = curl_easy_perform(sink.curl);
	if (code != CURLE_OK)
		rc = request_failed(d, &sink, code, err);
	else
		take_answer(sink.curl, out);
out:
	str_release(&url);
	free(body);
	curl_slist_free_all(headers);
	if (sink.curl != NULL)
		curl_easy_cleanup(sink.curl);
	return rc;
}

int
docker_json(const struct docker *d, const char *method, const char *path,
    const json_t *body, int timeout_ms, const char *what, json_t **out,
    struct err *err)
{
	const struct docker_request req = { .method = method, .path = path,
		.body = body, .timeout_ms = timeout_ms };
	struct docker_answer answer;
	int rc;

	docker_answer_init(&answer);
	rc = docker_do(d, &req, &answer, err);
	if (rc == 0 && answer.status >= 400)
		rc = docker_refused(&answer, what, err);
	if (rc == 0 && out != NULL) {
		*out = json_loadb(answer.body.s, answer.body.len, 0, NULL);
		if (*out == NULL)
			rc = err_set(err, ERR_UNAVAILABLE, "%s: the container "
			    "engine's answer is not JSON", what);
	}
	docker_answer_release(&answer);
	return rc;
}

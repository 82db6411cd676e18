/*
 * s3.c - files under names in a bucket of an S3 service.
 *
 * Requests are signed by libcurl (AWS Signature Version 4). It takes path and
 * query as they are, so both are written here in the form that is signed:
 * percent-encoded, and sorted. The SHA-256 of what is sent is signed with it,
 * so that the service refuses what the network has changed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/blob/ops.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/mem.h"
#include "lib/base/percent.h"
#include "lib/base/retries.h"

#define MAX_BYTES (INT64_C(5) << 30) /* of one PUT, docs.aws.amazon.com */
#define ANSWER_MAX_BYTES (4 * 1024 * 1024)
#define SECRET_MAX_BYTES 1024
#define CONNECT_S 10L
#define STALL_S 60L /* without a byte */

#define EMPTY_SHA256 \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static const unsigned pauses_s[RETRY_BLOB_TRIES - 1] = RETRY_BLOB_S;

struct s3 {
	struct blob_store store;
	CURL *curl;
	struct str base;     /* address of the bucket, with "/" at its end */
	const char *key_id;  /* of the configuration */
	struct str secret, sigv4, prefix;
};

struct request {
	const char *method;
	const char *name;  /* with the prefix; "" is the bucket */
	const char *query; /* encoded and sorted, or NULL */
	FILE *send;        /* PUT */
	int64_t send_size;
	char sha256[65];
	FILE *take;        /* GET: NULL: the answer is text */
	struct str answer;
	int64_t length;    /* of the file, by its header */
	CURL *curl;
};

static size_t
on_bytes(char *data, size_t one, size_t n, void *ctx)
{
	struct request *r = ctx;
	long status = 0;

	(void)one;
	/* What was wrong is text, whatever was asked for. */
	curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &status);
	if (r->take != NULL && status >= 200 && status < 300)
		return fwrite(data, 1, n, r->take);
	if (n > ANSWER_MAX_BYTES - r->answer.len)
		return 0;
	str_add_len(&r->answer, data, n);
	return n;
}

static size_t
on_send(char *to, size_t one, size_t n, void *ctx)
{
	return fread(to, one, n, ctx);
}

/* --- one request --------------------------------------------------------------- */

static void
add_url(const struct s3 *s, const struct request *r, struct str *url)
{
	struct str encoded = STR_INIT;

	str_add(url, s->base.s);
	percent_encode(&encoded, r->name);
	/* "/" stays what it is. */
	for (const char *p = encoded.s; *p != '\0'; p++) {
		if (strncmp(p, "%2F", 3) == 0) {
			str_add_char(url, '/');
			p += 2;
		} else {
			str_add_char(url, *p);
		}
	}
	if (r->query != NULL)
		str_addf(url, "?%s", r->query);
	str_release(&encoded);
}

static void
set_up(struct s3 *s, struct request *r, const char *url,
    struct curl_slist *headers)
{
	CURL *c = s->curl;

	r->curl = c;
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, STALL_S);
	curl_easy_setopt(c, CURLOPT_AWS_SIGV4, s->sigv4.s);
	curl_easy_setopt(c, CURLOPT_USERNAME, s->key_id);
	curl_easy_setopt(c, CURLOPT_PASSWORD, s->secret.s);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
	if (strcmp(r->method, "HEAD") == 0) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
	} else if (r->send != NULL) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, on_send);
		curl_easy_setopt(c, CURLOPT_READDATA, r->send);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE,
		    (curl_off_t)r->send_size);
	} else if (strcmp(r->method, "GET") != 0) {
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
	}
}

/* Whose fault is this status? */
static int
judge(const struct request *r, long status, struct err *err)
{
	struct str why = STR_INIT;
	enum err_code code = status == 404 ? ERR_NOT_FOUND :
	    status == 401 || status == 403 ? ERR_DENIED :
	    status >= 500 || status == 429 ? ERR_UNAVAILABLE : ERR_INVALID;

	if (status >= 200 && status < 300)
		return 0;
	blob_s3_problem(r->answer.s, &why);
	err_set(err, code, "the S3 service answers %ld to %s \"%s\"%s%.400s",
	    status, r->method, r->name, why.len > 0 ? ": " : "", why.s);
	str_release(&why);
	return -1;
}

/* Once. ERR_UNAVAILABLE may be tried again. */
static int
ask_once(struct s3 *s, struct request *r, struct err *err)
{
	struct curl_slist *headers;
	struct str url = STR_INIT, sha = STR_INIT;
	curl_off_t length = -1;
	long status = 0;
	CURLcode code;

	str_clear(&r->answer);
	if (r->send != NULL)
		rewind(r->send);
	if (r->take != NULL && (fflush(r->take) != 0 ||
	    ftruncate(fileno(r->take), 0) == -1))
		return err_errno(err, "cannot empty a file");
	if (r->take != NULL)
		rewind(r->take);
	add_url(s, r, &url);
	str_addf(&sha, "x-amz-content-sha256: %s", r->sha256);
	headers = curl_slist_append(NULL, sha.s);
	set_up(s, r, url.s, headers);
	code = curl_easy_perform(s->curl);
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(s->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
	    &length);
	curl_slist_free_all(headers);
	str_release(&url);
	str_release(&sha);
	r->length = length;
	if (code != CURLE_OK)
		return err_set(err, code == CURLE_WRITE_ERROR ? ERR_IO :
		    ERR_UNAVAILABLE, "the S3 service at \"%s\" cannot be "
		    "used: %s", s->base.s, curl_easy_strerror(code));
	return judge(r, status, err);
}

static int
ask(struct s3 *s, struct request *r, struct err *err)
{
	int rc = -1;

	if (r->sha256[0] == '\0')
		memcpy(r->sha256, EMPTY_SHA256, sizeof(r->sha256));
	for (size_t i = 0; i < RETRY_BLOB_TRIES; i++) {
		err_clear(err);
		rc = ask_once(s, r, err);
		if (rc == 0 || err->code != ERR_UNAVAILABLE ||
		    i == RETRY_BLOB_TRIES - 1)
			break;
		sleep(pauses_s[i]);
	}
	return rc;
}

/* --- the table ------------------------------------------------------------------- */

static int
hash_file(FILE *f, char hex[65], struct err *err)
{
	unsigned char sum[crypto_hash_sha256_BYTES], buf[65536];
	crypto_hash_sha256_state state;
	size_t n;

	crypto_hash_sha256_init(&state);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		crypto_hash_sha256_update(&state, buf, n);
	if (ferror(f))
		return err_errno(err, "cannot read a file");
	crypto_hash_sha256_final(&state, sum);
	sodium_bin2hex(hex, 65, sum, sizeof(sum));
	return 0;
}

static void
set_name(const struct s3 *s, const char *name, struct str *out)
{
	str_addf(out, "%s%s", s->prefix.s, name);
}

static int
s3_put(struct blob_store *store, const char *name, const char *file,
    bool take, struct err *err)
{
	struct s3 *s = (struct s3 *)store;
	struct request r = { .method = "PUT", .answer = STR_INIT };
	struct str full = STR_INIT;
	struct stat st;
	int rc = -1;

	set_name(s, name, &full);
	r.name = full.s;
	r.send = fopen(file, "rbe");
	if (r.send == NULL || fstat(fileno(r.send), &st) == -1) {
		err_errno(err, "cannot open \"%s\"", file);
	} else if (st.st_size > MAX_BYTES) {
		err_set(err, ERR_TOO_LARGE, "\"%s\" is larger than 5 GiB, the "
		    "most that S3 takes at once", name);
	} else {
		r.send_size = st.st_size;
		rc = hash_file(r.send, r.sha256, err);
	}
	if (rc == 0)
		rc = ask(s, &r, err);
	if (rc == 0 && take)
		unlink(file);
	if (r.send != NULL)
		fclose(r.send);
	str_release(&full);
	str_release(&r.answer);
	return rc;
}

static int
make_folder(const char *file, struct err *err)
{
	struct str folder = STR_INIT;
	const char *slash = strrchr(file, '/');
	int rc = 0;

	str_add_len(&folder, file, slash != NULL ? (size_t)(slash - file) :
	    0);
	if (folder.len > 0)
		rc = file_mkdirs(folder.s, 0755, err);
	str_release(&folder);
	return rc;
}

static int
s3_get(struct blob_store *store, const char *name, const char *file,
    struct err *err)
{
	struct s3 *s = (struct s3 *)store;
	struct request r = { .method = "GET", .answer = STR_INIT };
	struct str full = STR_INIT, aside = STR_INIT;
	int rc = make_folder(file, err);

	set_name(s, name, &full);
	r.name = full.s;
	blob_temporary(&aside, file);
	if (rc == 0) {
		r.take = fopen(aside.s, "wbe");
		if (r.take == NULL)
			rc = err_errno(err, "cannot write \"%s\"", aside.s);
	}
	if (rc == 0)
		rc = ask(s, &r, err);
	if (r.take != NULL && fclose(r.take) != 0 && rc == 0)
		rc = err_errno(err, "cannot write \"%s\"", aside.s);
	if (rc == 0 && rename(aside.s, file) == -1)
		rc = err_errno(err, "cannot rename \"%s\"", aside.s);
	if (rc == -1)
		unlink(aside.s);
	str_release(&full);
	str_release(&aside);
	str_release(&r.answer);
	return rc;
}

static int
s3_stat(struct blob_store *store, const char *name, int64_t *size,
    struct err *err)
{
	struct s3 *s = (struct s3 *)store;
	struct request r = { .method = "HEAD", .answer = STR_INIT };
	struct str full = STR_INIT;
	struct err e = { 0 };
	int rc;

	set_name(s, name, &full);
	r.name = full.s;
	rc = ask(s, &r, &e) == 0 ? 1 : e.code == ERR_NOT_FOUND ? 0 : -1;
	if (rc == -1)
		err_set(err, e.code, "%s", e.text);
	if (rc == 1)
		*size = r.length;
	str_release(&full);
	str_release(&r.answer);
	return rc;
}

struct page {
	const struct s3 *s;
	blob_fn *fn;
	void *ctx;
};

/* Without our prefix. */
static int
on_object(void *ctx, const struct blob_info *info)
{
	struct page *p = ctx;
	struct blob_info own = *info;

	if (!str_starts_with(info->name, p->s->prefix.s))
		return 0;
	own.name += p->s->prefix.len;
	return p->fn(p->ctx, &own);
}

static int
s3_list(struct blob_store *store, const char *prefix, blob_fn *fn, void *ctx,
    struct err *err)
{
	struct s3 *s = (struct s3 *)store;
	struct page page = { s, fn, ctx };
	struct request r = { .method = "GET", .name = "",
		.answer = STR_INIT };
	struct str query = STR_INIT, token = STR_INIT;
	int rc;

	do {
		str_clear(&query);
		if (token.len > 0) {
			str_add(&query, "continuation-token=");
			percent_encode(&query, token.s);
			str_add_char(&query, '&');
		}
		str_add(&query, "encoding-type=url&list-type=2&prefix=");
		percent_encode(&query, s->prefix.s);
		percent_encode(&query, prefix);
		r.query = query.s;
		rc = ask(s, &r, err);
		if (rc == 0)
			rc = blob_s3_list(r.answer.s, on_object, &page,
			    &token, err);
	} while (rc == 0 && token.len > 0);
	str_release(&query);
	str_release(&token);
	str_release(&r.answer);
	return rc;
}

static int
s3_remove(struct blob_store *store, const char *name, struct err *err)
{
	struct s3 *s = (struct s3 *)store;
	struct request r = { .method = "DELETE", .answer = STR_INIT };
	struct str full = STR_INIT;
	struct err e = { 0 };
	int rc;

	set_name(s, name, &full);
	r.name = full.s;
	rc = ask(s, &r, &e);
	if (rc == -1 && e.code == ERR_NOT_FOUND)
		rc = 0;
	if (rc == -1)
		err_set(err, e.code, "%s", e.text);
	str_release(&full);
	str_release(&r.answer);
	return rc;
}

static void
s3_close(struct blob_store *store)
{
	struct s3 *s = (struct s3 *)store;

	if (s->curl != NULL)
		curl_easy_cleanup(s->curl);
	if (s->secret.len > 0)
		sodium_memzero(s->secret.s, s->secret.len);
	str_release(&s->base);
	str_release(&s->secret);
	str_release(&s->sigv4);
	str_release(&s->prefix);
	free(s);
}

static const struct blob_ops s3_ops = {
	.put = s3_put,
	.get = s3_get,
	.stat = s3_stat,
	.list = s3_list,
	.remove = s3_remove,
	.close = s3_close,
};

/* --- opening ------------------------------------------------------------------------ */

static int
read_secret(const struct config *config, struct s3 *s, struct err *err)
{
	if (file_read(config->s3_secret_file, SECRET_MAX_BYTES, &s->secret,
	    err) == -1)
		return err_wrap(err, "reading \"s3-secret-file\"");
	while (s->secret.len > 0 &&
	    strchr("\r\n", s->secret.s[s->secret.len - 1]) != NULL)
		str_cut(&s->secret, s->secret.len - 1);
	return 0;
}

/* https://BUCKET.HOST/ or https://HOST/BUCKET/ */
static void
set_base(const struct config *config, struct s3 *s)
{
	struct str url = STR_INIT;
	const char *host;

	if (config->s3_endpoint[0] != '\0')
		str_add(&url, config->s3_endpoint);
	else
		str_addf(&url, "https://s3.%s.amazonaws.com",
		    config->s3_region);
	while (url.len > 0 && url.s[url.len - 1] == '/')
		str_cut(&url, url.len - 1);
	host = strstr(url.s, "://");
	host = host != NULL ? host + 3 : url.s;
	if (strcmp(config->s3_address, "host") == 0)
		str_addf(&s->base, "%.*s%s.%s/", (int)(host - url.s), url.s,
		    config->s3_bucket, host);
	else
		str_addf(&s->base, "%s/%s/", url.s, config->s3_bucket);
	str_release(&url);
}

static int
check_config(const struct config *config, struct err *err)
{
	const struct {
		const char *key, *value;
	} needed[] = {
		{ "s3-bucket", config->s3_bucket },
		{ "s3-key-id", config->s3_key_id },
		{ "s3-secret-file", config->s3_secret_file },
		{ "s3-region", config->s3_region },
	};

	for (size_t i = 0; i < ARRAY_LEN(needed); i++)
		if (needed[i].value == NULL || needed[i].value[0] == '\0')
			return err_set(err, ERR_INVALID, "\"artifacts-store: "
			    "s3\" needs the key \"%s\" of the configuration",
			    needed[i].key);
	return 0;
}

int
blob_open_s3(const struct config *config, struct blob_store **out,
    struct err *err)
{
	struct s3 *s;

	if (check_config(config, err) == -1)
		return -1;
	s = mem_calloc(1, sizeof(*s));
	s->store.ops = &s3_ops;
	str_init(&s->base);
	str_init(&s->secret);
	s->key_id = config->s3_key_id;
	str_init(&s->sigv4);
	str_init(&s->prefix);
	str_add(&s->prefix, config->s3_prefix);
	str_addf(&s->sigv4, "aws:amz:%s:s3", config->s3_region);
	set_base(config, s);
	s->curl = curl_easy_init();
	if (s->curl == NULL || read_secret(config, s, err) == -1) {
		if (s->curl == NULL)
			err_set(err, ERR_BUG, "libcurl cannot be set up");
		s3_close(&s->store);
		return -1;
	}
	*out = &s->store;
	return 0;
}

/*
 * page_storage.c - see page_storage.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_storage.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/size.h"
#include "lib/store/artifacts.h"
#include "lib/store/caches.h"

#define DIGEST_SHOWN 12 /* characters */

static void
add_size(struct page *p, int64_t bytes)
{
	char size[SIZE_TEXT_SIZE];

	html_markup(p->out, " <span>");
	html_text(p->out, size_text(bytes, size));
	html_markup(p->out, "</span>");
}

/* For how long it is still kept. */
static void
add_expiry(struct page *p, const struct artifact_row *row)
{
	const int64_t day_ms = INT64_C(24) * 3600 * 1000;
	int64_t left_ms = row->expires_at_ms - p->now_ms;

	if (left_ms < day_ms)
		html_markup(p->out, "<span>goes within a day</span>");
	else
		str_addf(p->out, "<span>kept for %" PRId64 " d</span>",
		    left_ms / day_ms);
}

static void
add_artifact(struct page *p, const struct artifact_row *row, int64_t run)
{
	html_markup(p->out, "<li>");
	if (row->removed_at_ms != 0) {
		html_markup(p->out, "<bdi>");
		html_text(p->out, row->name);
		html_markup(p->out, "</bdi> <span class=\"quiet\">its files "
		    "have gone</span></li>\n");
		return;
	}
	html_markup(p->out, "<span class=\"title\"><a href=\"");
	page_address(p, row->path);
	html_markup(p->out, "/\"><bdi>");
	html_text(p->out, row->name);
	html_markup(p->out, "</bdi></a></span><span class=\"facts\">");
	add_size(p, row->bytes);
	str_addf(p->out, " <span>%" PRId64 " file%s</span> ", row->files,
	    row->files == 1 ? "" : "s");
	add_expiry(p, row);
	html_markup(p->out, " <code title=\"SHA-256 of the manifest: ");
	html_attr(p->out, row->digest);
	html_markup(p->out, "\">");
	html_text_len(p->out, row->digest, strnlen(row->digest, DIGEST_SHOWN));
	html_markup(p->out, "</code>");
	if (row->run != run)
		str_addf(p->out, " <span>made in attempt %d</span>",
		    row->run_attempt);
	html_markup(p->out, "</span> <span class=\"actions\"><a href=\"");
	page_address(p, row->path);
	html_markup(p->out, ".zip\">zip</a><a href=\"");
	page_address(p, row->path);
	html_markup(p->out, "~manifest.json\">manifest</a></span></li>\n");
}

int
page_artifacts(struct page *p, struct store *st, int64_t run, int64_t job,
    struct arena *a, struct err *err)
{
	struct artifact_row *rows;
	size_t n, shown = 0;

	if (artifact_list(st, run, a, &rows, &n, err) == -1)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (job != 0 && rows[i].job != job)
			continue;
		if (shown++ == 0)
			html_markup(p->out, "<h2>Artifacts</h2>\n"
			    "<ul class=\"list artifacts\">\n");
		add_artifact(p, &rows[i], run);
	}
	if (shown > 0)
		html_markup(p->out, "</ul>\n");
	return 0;
}

int
page_caches(struct page *p, struct store *st, int64_t job, struct arena *a,
    struct err *err)
{
	struct cache_use *uses;
	size_t n;

	if (cache_use_list(st, job, a, &uses, &n, err) == -1)
		return -1;
	if (n > 0)
		html_markup(p->out, "<h2>Caches</h2>\n"
		    "<ul class=\"list caches\">\n");
	for (size_t i = 0; i < n; i++) {
		html_markup(p->out, "<li>");
		html_text(p->out, uses[i].matched != NULL ? "hit " :
		    "miss ");
		html_markup(p->out, "<code>");
		html_text(p->out, uses[i].matched != NULL ? uses[i].matched :
		    uses[i].key);
		html_markup(p->out, "</code>");
		if (uses[i].matched != NULL)
			add_size(p, uses[i].bytes);
		html_markup(p->out, "</li>\n");
	}
	if (n > 0)
		html_markup(p->out, "</ul>\n");
	return 0;
}

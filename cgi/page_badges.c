/*
 * page_badges.c - see page_badges.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_badges.h"

#include <string.h>

#include "lib/base/file.h"
#include "lib/base/layout.h"
#include "lib/base/mem.h"
#include "lib/base/str.h"

/* How a link with a picture is written; "%i" is the picture's address, "%p"
 * the page's. */
static const struct {
	const char *name, *pattern;
} forms[] = {
	{ "Markdown", "[![build](%i)](%p)" },
	{ "HTML", "<a href=\"%p\"><img src=\"%i\" alt=\"build\"></a>" },
	{ "AsciiDoc", "image:%i[build,link=%p]" },
	{ "Image", "%i" },
};

/* Addresses are percent-encoded: they are as they are in all of these. */
static const char *
fill_in(const char *pattern, const char *image, const char *page,
    struct arena *a)
{
	struct str out = STR_INIT;
	const char *text;

	for (const char *s = pattern; *s != '\0'; s++) {
		if (s[0] == '%' && s[1] == 'i')
			str_add(&out, image);
		else if (s[0] == '%')
			str_add(&out, page);
		else
			str_add_char(&out, *s);
		if (*s == '%')
			s++;
	}
	text = arena_strdup(a, out.s);
	str_release(&out);
	return text;
}

/* Below the base URL: of the default branch the shortest address. */
static void
badge_at(const struct repo *repo, const char *branch, struct str *image,
    struct str *page)
{
	layout_page_repo(page, repo->owner, repo->name);
	str_add(image, "badge/");
	path_add_component(image, repo->owner);
	str_add_char(image, '/');
	path_add_component(image, repo->name);
	str_add(image, ".svg");
	if (strcmp(branch, repo->default_branch) == 0)
		return;
	str_add(image, "?branch=");
	html_url_arg(image, branch);
	str_add(page, "?branch=");
	html_url_arg(page, branch);
}

/* What programs that show news or lights read (doc/files.md). */
static void
add_feeds(struct page *p, const struct repo *repo)
{
	static const struct {
		const char *file, *text;
	} feeds[] = {
		{ "feed.atom", "Atom feed" },
		{ "cc.xml", "CCTray" },
	};
	struct str at = STR_INIT;

	html_markup(p->out, "<p class=\"all\">");
	for (size_t i = 0; i < ARRAY_LEN(feeds); i++) {
		str_clear(&at);
		str_add(&at, "status/");
		path_add_component(&at, repo->owner);
		str_add_char(&at, '/');
		path_add_component(&at, repo->name);
		str_addf(&at, "/%s", feeds[i].file);
		page_link(p, at.s, feeds[i].text);
		html_markup(p->out, " ");
	}
	html_markup(p->out, "</p>\n");
	str_release(&at);
}

void
page_badges(struct page *p, const struct repo *repo, const char *branch)
{
	const char *base = p->w->config->base_url;
	struct str page = STR_INIT, image = STR_INIT;
	struct arena *a = p->req->a;

	badge_at(repo, branch, &image, &page);
	html_markup(p->out, "<details class=\"badge\" id=\"badge\"><summary>"
	    "<img src=\"");
	page_address(p, image.s);
	html_markup(p->out, "\" alt=\"Badge\" height=\"20\"> Badge of <span "
	    "class=\"ref\"><bdi>");
	html_text(p->out, branch);
	html_markup(p->out, "</bdi></span> for a README</summary>\n"
	    "<dl class=\"copy\">");
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		html_markup(p->out, "<dt>");
		html_text(p->out, forms[i].name);
		html_markup(p->out, "</dt><dd><pre tabindex=\"0\">");
		html_text(p->out, fill_in(forms[i].pattern,
		    arena_printf(a, "%s/%s", base, image.s),
		    arena_printf(a, "%s/%s", base, page.s), a));
		html_markup(p->out, "</pre></dd>");
	}
	html_markup(p->out, "</dl></details>\n");
	add_feeds(p, repo);
	str_release(&page);
	str_release(&image);
}

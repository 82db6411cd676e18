/*
 * page_account.c - see page_account.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_account.h"

#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/web/auth.h"

bool
page_may(const struct page *p, enum role role, const char *owner,
    const char *repo)
{
	return actor_may(p->req->actor, role, owner, repo);
}

void
page_form_begin(struct page *p, const char *address, const char *class)
{
	html_markup(p->out, "<form method=\"post\" class=\"");
	html_attr(p->out, class);
	html_markup(p->out, "\" action=\"");
	page_address(p, address);
	html_markup(p->out, "\">");
	if (p->req->actor == NULL)
		return;
	html_markup(p->out, "<input type=\"hidden\" name=\"" FORM_FIELD
	    "\" value=\"");
	html_attr(p->out, p->req->actor->form);
	html_markup(p->out, "\">");
}

void
page_form_end(struct page *p)
{
	html_markup(p->out, "</form>\n");
}

void
page_run_button(struct page *p, const struct run *run, const char *job,
    const char *what, const char *text)
{
	struct str at = STR_INIT;

	if (!page_may(p, ROLE_WRITER, run->owner, run->name))
		return;
	if (job != NULL)
		layout_page_job(&at, run->owner, run->name, run->number, job);
	else
		layout_page_run(&at, run->owner, run->name, run->number);
	str_addf(&at, "/%s", what);
	page_form_begin(p, at.s, "act");
	html_markup(p->out, "<button>");
	html_text(p->out, text);
	html_markup(p->out, "</button>");
	page_form_end(p);
	str_release(&at);
}

void
page_sign_in_link(struct page *p)
{
	/* What was sent cannot be sent again by a link. */
	const char *to = request_reads(p->req) ? p->req->uri : NULL;

	html_markup(p->out, "<a class=\"sign-in\" href=\"");
	page_address(p, "login");
	if (to != NULL) {
		html_markup(p->out, "?to=");
		html_url_arg(p->out, to);
	}
	html_markup(p->out, "\">Sign in</a>");
}

void
page_account(struct page *p)
{
	const struct actor *who = p->req->actor;

	html_markup(p->out, "<div class=\"account\">");
	if (who == NULL) {
		page_sign_in_link(p);
	} else {
		html_markup(p->out, "<a href=\"");
		page_address(p, "account");
		html_markup(p->out, "\" title=\"");
		html_attr(p->out, actor_text(who, p->req->a));
		html_markup(p->out, "\"><bdi>");
		html_text(p->out, who->name);
		html_markup(p->out, "</bdi></a> ");
	}
	if (who != NULL && who->session != NULL) {
		page_form_begin(p, "logout", "out");
		html_markup(p->out, "<button>Sign out</button>");
		page_form_end(p);
	}
	html_markup(p->out, "</div>");
}

/*
 * page_account.c - see page_account.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_account.h"

#include <string.h>

#include "lib/base/layout.h"
#include "lib/base/str.h"
#include "lib/store/tokens.h"
#include "lib/web/auth.h"
#include "lib/web/body.h"

#define TEXT_OF(n) #n
#define TEXT(n) TEXT_OF(n)
#define SIGN_IN_WAIT TEXT(SIGN_IN_S) /* seconds */

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

/* Where the form leads: to the page that it was asked for from. Only to one
 * below the base path: nobody is sent elsewhere by a link to us. */
static const char *
way_back(const struct web *w, const char *to)
{
	size_t base = strlen(w->base_path);

	if (to == NULL || strncmp(to, w->base_path, base) != 0 ||
	    to[base] != '/' || to[base + 1] == '/' ||
	    strlen(to) > REQUEST_MAX_URI)
		return NULL;
	for (const char *s = to; *s != '\0'; s++) {
		if ((unsigned char)*s <= 0x20 || *s == 0x7f || *s == '\\')
			return NULL;
	}
	return to;
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
		html_markup(p->out, "<span title=\"");
		html_attr(p->out, actor_text(who, p->req->a));
		html_markup(p->out, "\"><bdi>");
		html_text(p->out, who->name);
		html_markup(p->out, "</bdi></span> ");
	}
	if (who != NULL && who->session != NULL) {
		page_form_begin(p, "logout", "out");
		html_markup(p->out, "<button>Sign out</button>");
		page_form_end(p);
	}
	html_markup(p->out, "</div>");
}

static void
add_signed_in(struct page *p, const struct actor *who)
{
	html_markup(p->out, "<p>You are signed in. You are ");
	html_text(p->out, actor_text(who, p->req->a));
	html_markup(p->out, ".</p>\n");
}

static void
add_login(struct page *p, const char *to, const char *wrong)
{
	if (wrong != NULL) {
		html_markup(p->out, "<p class=\"reason\" role=\"alert\">");
		html_text(p->out, wrong);
		html_markup(p->out, "</p>\n");
	}
	page_form_begin(p, "login", "fields");
	if (to != NULL) {
		html_markup(p->out, "<input type=\"hidden\" name=\"to\" "
		    "value=\"");
		html_attr(p->out, to);
		html_markup(p->out, "\">");
	}
	html_markup(p->out, "<label for=\"token\">Token</label>"
	    "<input type=\"password\" id=\"token\" name=\"token\" "
	    "autocomplete=\"current-password\" spellcheck=\"false\" required>"
	    "<p class=\"quiet\"><code>pawl token add NAME</code> on the "
	    "server makes one.</p><button>Sign in</button>");
	page_form_end(p);
}

static int
show_login(struct web *w, struct request *req, struct response *res,
    const char *to, const char *wrong)
{
	struct page p = { .w = w, .req = req, .title = "Sign in" };

	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	html_markup(p.out, "<section class=\"notice\"><h1>Sign in</h1>\n");
	if (req->actor != NULL)
		add_signed_in(&p, req->actor);
	else
		add_login(&p, to, wrong);
	html_markup(p.out, "</section>\n");
	page_end(&p);
	return 0;
}

int
page_login(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	(void)err;
	return show_login(w, req, res, way_back(w, request_arg(req, "to")),
	    NULL);
}

int
page_login_send(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	struct denial no = { 0 };
	const char *token, *to;
	int rc;

	if (body_text(req, "token", TOKEN_TEXT_MAX, &token, err) == -1 ||
	    body_text(req, "to", REQUEST_MAX_URI, &to, err) == -1)
		return -1;
	rc = auth_sign_in(w, req, res, token != NULL ? token : "", &no, err);
	if (rc == -1)
		return -1;
	to = way_back(w, to);
	if (rc == 1) {
		response_see_other(res, to != NULL ? to :
		    arena_printf(req->a, "%s/", w->base_path));
		return 0;
	}
	show_login(w, req, res, to, no.status != 0 ? no.detail : "This is "
	    "no token that counts: it was removed, has ended, or was not "
	    "copied whole.");
	res->status = no.status != 0 ? no.status : 403;
	if (res->status == 429)
		response_header(res, "Retry-After", SIGN_IN_WAIT);
	res->revalidate = false;
	return 0;
}

int
page_logout(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	if (auth_sign_out(w, req, res, err) == -1)
		return -1;
	response_see_other(res, arena_printf(req->a, "%s/", w->base_path));
	return 0;
}

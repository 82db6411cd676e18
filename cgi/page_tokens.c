/*
 * page_tokens.c - all tokens; and the pieces that pages about tokens and users
 * share.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "cgi/page_users.h"

#include <string.h>

#include "cgi/page_account.h"
#include "cgi/users.h"
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/web/body.h"

/* --- pieces ----------------------------------------------------------------- */

void
users_input(struct page *p, const char *label, const char *name,
    const char *value, const char *more)
{
	html_markup(p->out, "<label for=\"f-");
	html_attr(p->out, name);
	html_markup(p->out, "\">");
	html_text(p->out, label);
	html_markup(p->out, "</label><input id=\"f-");
	html_attr(p->out, name);
	html_markup(p->out, "\"");
	page_attr(p, "name", name);
	if (value != NULL)
		page_attr(p, "value", value);
	html_markup(p->out, " ");
	html_markup(p->out, more);
	html_markup(p->out, ">\n");
}

void
users_grant_fields(struct page *p)
{
	static const enum role list[] = { ROLE_READER, ROLE_WRITER,
		ROLE_ADMIN };

	html_markup(p->out, "<label for=\"f-role\">Role</label>"
	    "<select id=\"f-role\" name=\"role\">");
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		html_markup(p->out, list[i] == ROLE_WRITER ?
		    "<option selected>" : "<option>");
		html_text(p->out, role_name(list[i]));
		html_markup(p->out, "</option>");
	}
	html_markup(p->out, "</select>\n");
	users_input(p, "Of", "scope", "everything",
	    "spellcheck=\"false\" autocapitalize=\"none\" required");
	html_markup(p->out, "<p class=\"hint\"><code>everything</code>, "
	    "<code>owner NAME</code> or <code>OWNER/NAME</code></p>\n");
}

void
users_button(struct page *p, const char *address, const char *text,
    const char *class, const char *field, const char *value)
{
	page_form_begin(p, address, "act");
	if (field != NULL) {
		html_markup(p->out, "<input type=\"hidden\"");
		page_attr(p, "name", field);
		page_attr(p, "value", value);
		html_markup(p->out, ">");
	}
	html_markup(p->out, "<button");
	if (class != NULL)
		page_attr(p, "class", class);
	html_markup(p->out, ">");
	html_text(p->out, text);
	html_markup(p->out, "</button>");
	page_form_end(p);
}

void
users_show_once(struct page *p, const char *what, const char *text)
{
	page_banner_begin(p, BANNER_GOOD, what);
	html_markup(p->out, " <p><code class=\"once\">");
	html_text(p->out, text);
	html_markup(p->out, "</code></p><p>It is not shown again.</p>");
	page_banner_end(p);
}

static void
add_end(struct page *p, const struct token *t)
{
	char text[CLOCK_TEXT_SIZE];

	if (t->expires_at_ms == 0) {
		html_markup(p->out, "<span class=\"quiet\">never</span>");
		return;
	}
	if (t->expires_at_ms <= p->now_ms) {
		html_markup(p->out, "<span class=\"chip bad\">ended</span>");
		return;
	}
	clock_rfc3339(t->expires_at_ms, text);
	html_markup(p->out, "<time");
	page_attr(p, "datetime", text);
	html_markup(p->out, ">");
	html_text_len(p->out, text, strlen("2026-01-31"));
	html_markup(p->out, "</time>");
}

static void
add_token(struct page *p, const struct token *t, const char *address,
    bool whose)
{
	page_row(p);
	page_cell(p);
	html_markup(p->out, "<bdi>");
	html_text(p->out, t->name);
	html_markup(p->out, "</bdi>");
	if (whose) {
		page_cell(p);
		html_markup(p->out, "<bdi>");
		html_text(p->out, t->user_name != NULL ? t->user_name :
		    "nobody");
		html_markup(p->out, "</bdi>");
	}
	page_cell(p);
	html_text(p->out, grant_text(&t->grant, p->req->a));
	page_cell(p);
	html_markup(p->out, "<span>");
	page_time(p, t->created_at_ms);
	html_markup(p->out, " by <bdi>");
	html_text(p->out, t->created_by);
	html_markup(p->out, "</bdi></span>");
	page_cell(p);
	if (t->used_at_ms == 0)
		html_markup(p->out, "<span class=\"quiet\">never</span>");
	page_time(p, t->used_at_ms);
	page_cell(p);
	add_end(p, t);
	page_cell(p);
	page_form_begin(p, address, "act");
	html_markup(p->out, "<input type=\"hidden\" name=\"remove\"");
	page_attr(p, "value", t->name);
	html_markup(p->out, ">");
	if (whose && t->user_name != NULL) {
		html_markup(p->out, "<input type=\"hidden\" name=\"user\"");
		page_attr(p, "value", t->user_name);
		html_markup(p->out, ">");
	}
	html_markup(p->out, "<button>Remove</button>");
	page_form_end(p);
}

void
users_token_table(struct page *p, const struct token *list, size_t n,
    const char *address, bool whose)
{
	static const char *const all[] = { "Name", "Whose", "May", "Made",
		"Used", "Ends", "" };
	static const char *const own[] = { "Name", "May", "Made", "Used",
		"Ends", "" };

	if (n == 0) {
		html_markup(p->out, "<p class=\"quiet\">There is none.</p>\n");
		return;
	}
	page_table_begin(p, "Tokens", whose ? all : own, whose ?
	    ARRAY_LEN(all) : ARRAY_LEN(own));
	for (size_t i = 0; i < n; i++)
		add_token(p, &list[i], address, whose);
	page_table_end(p);
}

void
users_token_form(struct page *p, const char *address)
{
	page_form_begin(p, address, "fields");
	users_input(p, "Name", "name", NULL, "autocomplete=\"off\" required");
	users_grant_fields(p);
	users_input(p, "Ends after days", "days", "90",
	    "type=\"number\" min=\"0\" max=\"3650\" required");
	html_markup(p->out, "<p class=\"hint\">0: never</p>"
	    "<button class=\"main\">Make token</button>");
	page_form_end(p);
}

/* --- the page --------------------------------------------------------------- */

static int
show(struct web *w, struct request *req, struct response *res,
    const char *made, struct err *err)
{
	struct page p = { .w = w, .req = req, .title = "Tokens" };
	struct store *st = web_store(w, err);
	struct token *list;
	size_t n;

	if (st == NULL || token_list(st, req->a, &list, &n, err) == -1)
		return -1;
	p.crumbs[p.n_crumbs++] = (struct crumb){ p.title, NULL };
	page_begin(&p, res);
	page_headline_begin(&p, p.title);
	page_headline_end(&p);
	html_markup(p.out, "<p class=\"lead\">What programs show to be "
	    "allowed something. Tokens of a user allow no more than the user "
	    "may, and are made on the page of their account.</p>\n");
	if (made != NULL)
		users_show_once(&p, "The new token:", made);
	users_token_table(&p, list, n, "tokens/remove", true);
	html_markup(p.out, "<h2>A token that belongs to nobody</h2>\n");
	users_token_form(&p, "tokens");
	page_end(&p);
	if (made != NULL)
		res->revalidate = false;
	return 0;
}

int
page_tokens(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	return show(w, req, res, NULL, err);
}

int
page_tokens_add(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *text;
	struct token t;

	return users_token_add(w, req, false, &t, &text, err) == -1 ? -1 :
	    show(w, req, res, text, err);
}

int
page_tokens_remove(struct web *w, struct request *req, struct response *res,
    struct err *err)
{
	const char *name;

	if (body_text(req, "remove", TOKEN_NAME_MAX, &name, err) == -1 ||
	    users_token_remove(w, req, false, name != NULL ? name : "",
		err) == -1)
		return -1;
	response_see_other(res, arena_printf(req->a, "%s/tokens",
	    w->base_path));
	return 0;
}

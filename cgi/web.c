/*
 * web.c - pawl-web: the pages.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cgi/change.h"
#include "cgi/dispatch.h"
#include "cgi/inbox.h"
#include "cgi/page.h"
#include "cgi/approve.h"
#include "cgi/page_file.h"
#include "cgi/page_users.h"
#include "cgi/outbox.h"
#include "cgi/page_schedules.h"
#include "cgi/queue.h"
#include "cgi/settings.h"
#include "lib/base/mem.h"

#define RUN "{owner}/{repo}/runs/{run}"

static const struct route routes[] = {
	{ METHOD_GET, "", ACCESS_OPEN, 0, page_home },
	{ METHOD_GET, "runs", ACCESS_OPEN, 0, page_runs },
	{ METHOD_GET, "auth/file", ACCESS_OPEN, 0, page_file },
	{ METHOD_GET, "badge/{owner}/{file}", ACCESS_BLIND, 0, page_badge },
	{ METHOD_GET, "login", ACCESS_OPEN, 0, page_login },
	{ METHOD_POST, "login", ACCESS_OPEN, BODY_FIELDS, page_login_send },
	{ METHOD_POST, "logout", ACCESS_OPEN, BODY_FIELDS, page_logout },
	{ METHOD_GET, "setup", ACCESS_OPEN, 0, page_setup },
	{ METHOD_POST, "setup", ACCESS_OPEN, BODY_FIELDS, page_setup_send },
	{ METHOD_GET, "account", ACCESS_KNOWN, 0, page_own },
	{ METHOD_POST, "account/tokens", ACCESS_KNOWN, BODY_FIELDS,
	    page_own_token_add },
	{ METHOD_POST, "account/tokens/remove", ACCESS_KNOWN, BODY_FIELDS,
	    page_own_token_remove },
	{ METHOD_POST, "account/password", ACCESS_KNOWN, BODY_FIELDS,
	    page_own_password },
	{ METHOD_POST, "account/sessions/end", ACCESS_KNOWN, BODY_FIELDS,
	    page_own_session_end },
	{ METHOD_POST, "account/identities/remove", ACCESS_KNOWN, BODY_FIELDS,
	    page_own_identity_remove },
	{ METHOD_GET, "users", ACCESS_ADMIN, 0, page_users },
	{ METHOD_POST, "users", ACCESS_ADMIN, BODY_FIELDS, page_users_add },
	{ METHOD_GET, "users/{name}", ACCESS_ADMIN, 0, page_user },
	{ METHOD_POST, "users/{name}/{what}", ACCESS_ADMIN, BODY_FIELDS,
	    page_user_act },
	{ METHOD_GET, "tokens", ACCESS_ADMIN, 0, page_tokens },
	{ METHOD_POST, "tokens", ACCESS_ADMIN, BODY_FIELDS, page_tokens_add },
	{ METHOD_POST, "tokens/remove", ACCESS_ADMIN, BODY_FIELDS,
	    page_tokens_remove },
	{ METHOD_GET, "audit", ACCESS_ADMIN, 0, page_audit },
	{ METHOD_GET, "outbox", ACCESS_ADMIN, 0, page_outbox },
	{ METHOD_GET, "schedules", ACCESS_READER, 0, page_schedules },
	{ METHOD_POST, "outbox/replay", ACCESS_ADMIN, BODY_FIELDS,
	    page_outbox_replay },
	{ METHOD_POST, "outbox/discard", ACCESS_ADMIN, BODY_FIELDS,
	    page_outbox_discard },
	{ METHOD_POST, "outbox/{id}/replay", ACCESS_ADMIN, BODY_FIELDS,
	    page_outbox_replay },
	{ METHOD_POST, "outbox/{id}/discard", ACCESS_ADMIN, BODY_FIELDS,
	    page_outbox_discard },
	{ METHOD_GET, "search", ACCESS_OPEN, 0, page_search },
	{ METHOD_GET, "queue", ACCESS_OPEN, 0, page_queue },
	{ METHOD_POST, "queue/pause", ACCESS_ADMIN, BODY_FIELDS,
	    page_queue_pause },
	{ METHOD_POST, "queue/resume", ACCESS_ADMIN, BODY_FIELDS,
	    page_queue_resume },
	{ METHOD_POST, "queue/drain", ACCESS_ADMIN, BODY_FIELDS,
	    page_queue_drain },
	{ METHOD_POST, "queue/undrain", ACCESS_ADMIN, BODY_FIELDS,
	    page_queue_undrain },
	{ METHOD_GET, "inbox", ACCESS_OPEN, 0, page_inbox },
	{ METHOD_GET, "inbox/refused", ACCESS_READER, 0, page_refusals },
	{ METHOD_GET, "inbox/{id}", ACCESS_OPEN, 0, page_inbox_show },
	/* As in api.c. */
	{ METHOD_POST, "inbox/{id}/replay", ACCESS_OPEN, BODY_FIELDS,
	    page_inbox_replay },
	{ METHOD_GET, "{owner}/{repo}", ACCESS_OPEN, 0, page_repo },
	{ METHOD_GET, "insights", ACCESS_OPEN, 0, page_insights },
	{ METHOD_GET, "{owner}/{repo}/insights", ACCESS_OPEN, 0,
	    page_insights },
	{ METHOD_GET, "{owner}/{repo}/settings", ACCESS_ADMIN, 0,
	    page_settings },
	{ METHOD_POST, "{owner}/{repo}/settings", ACCESS_ADMIN, BODY_FIELDS,
	    page_settings_send },
	{ METHOD_POST, "{owner}/{repo}/settings/hook", ACCESS_ADMIN,
	    BODY_FIELDS, page_settings_hook },
	{ METHOD_POST, "{owner}/{repo}/settings/remove", ACCESS_ADMIN,
	    BODY_FIELDS, page_settings_remove },
	{ METHOD_GET, "{owner}/{repo}/settings/secrets", ACCESS_ADMIN, 0,
	    page_secrets },
	{ METHOD_POST, "{owner}/{repo}/settings/secrets", ACCESS_ADMIN,
	    BODY_FIELDS, page_secrets_send },
	{ METHOD_GET, "{owner}/{repo}/settings/environments", ACCESS_ADMIN,
	    0, page_environments },
	{ METHOD_POST, "{owner}/{repo}/settings/environments", ACCESS_ADMIN,
	    BODY_FIELDS, page_environments_send },
	{ METHOD_GET, "{owner}/{repo}/runs", ACCESS_OPEN, 0, page_runs },
	{ METHOD_GET, "{owner}/{repo}/dispatch", ACCESS_OPEN, 0,
	    page_dispatch },
	{ METHOD_POST, "{owner}/{repo}/dispatch", ACCESS_WRITER, BODY_FIELDS,
	    page_dispatch_send },
	{ METHOD_POST, "{owner}/{repo}/schedules/{schedule}/{what}",
	    ACCESS_WRITER, BODY_FIELDS, page_schedule_act },
	{ METHOD_GET, RUN, ACCESS_OPEN, 0, page_run },
	{ METHOD_GET, "approvals", ACCESS_OPEN, 0, page_approvals },
	{ METHOD_POST, RUN "/approve", ACCESS_WRITER, BODY_FIELDS,
	    page_approve },
	{ METHOD_POST, RUN "/reject", ACCESS_WRITER, BODY_FIELDS,
	    page_reject },
	{ METHOD_POST, RUN "/jobs/{job}/approve", ACCESS_WRITER, BODY_FIELDS,
	    page_approve },
	{ METHOD_POST, RUN "/jobs/{job}/reject", ACCESS_WRITER, BODY_FIELDS,
	    page_reject },
	{ METHOD_POST, RUN "/cancel", ACCESS_WRITER, BODY_FIELDS,
	    page_cancel_run },
	{ METHOD_POST, RUN "/rerun", ACCESS_WRITER, BODY_FIELDS,
	    page_rerun_run },
	{ METHOD_GET, "compare", ACCESS_OPEN, 0, page_compare },
	{ METHOD_GET, RUN "/graph.svg", ACCESS_OPEN, 0, page_graph_svg },
	{ METHOD_GET, RUN "/attempts/{attempt}/graph.svg", ACCESS_OPEN, 0,
	    page_graph_svg },
	{ METHOD_GET, RUN "/attempts/{attempt}", ACCESS_OPEN, 0, page_run },
	{ METHOD_GET, RUN "/attempts/{attempt}/jobs/{job}", ACCESS_OPEN, 0,
	    page_job },
	{ METHOD_GET, RUN "/jobs/{job}", ACCESS_OPEN, 0, page_job },
	{ METHOD_POST, RUN "/jobs/{job}/rerun", ACCESS_WRITER, BODY_FIELDS,
	    page_rerun_one },
	{ METHOD_POST, RUN "/jobs/{job}/cancel", ACCESS_WRITER, BODY_FIELDS,
	    page_cancel_job },
	/* Behind all words that are no owner. */
	{ METHOD_GET, "{owner}", ACCESS_OPEN, 0, page_owner },
};

int
main(int argc, char **argv)
{
	static const struct web_app app = {
		"pawl-web", routes, ARRAY_LEN(routes), page_error,
	};

	return web_main(&app, argc, argv);
}

/*
 * wish.c - read what the pipeline wants of a container.
 *
 * docs.github.com, "Workflow syntax", jobs.<job_id>.container and
 * jobs.<job_id>.services.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/run/wish.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/engine/words.h"
#include "lib/pipeline/variables.h"
#include "lib/run/vars.h"

#define MAX_READY_MS (INT64_C(24) * 3600 * 1000)

struct reading {
	struct job_exec *x;
	const struct job_plan_container *plan;
	struct wish *w;
	struct sight sight;
	struct arena *a;
	const struct config *policy;
};

/* Say where the value stands that `err` is about. */
static int
at(const struct reading *r, const struct value *v, const char *key,
    struct err *err)
{
	if (err->code == ERR_DENIED && r->policy != r->x->order->config)
		err_wrap(err, "pull requests from forks have no privileges");
	return err_wrap(err, "%s:%d:%d: \"%s\"", r->x->order->plan->file,
	    v->pos.line, v->pos.col, key);
}

/* --- the image ---------------------------------------------------------------- */

static const char *
find_variable(void *ctx, const char *name)
{
	const struct env_var *v = environment_get(ctx, name);

	return v != NULL ? v->value : NULL;
}

int
wish_image(struct job_exec *x, const struct value *written,
    const char **image, struct err *err)
{
	struct environment vars;
	const struct variables known = { find_variable, &vars,
		x->order->plan->strict_variables };
	struct sight sight;
	const char *text;
	int rc;

	*image = NULL;
	if (written == NULL)
		return 0;
	environment_init(&vars, &x->arena);
	vars_add_plain(&vars, x->order->github != NULL ? x->order->github :
	    expr_object_new(&x->arena), x->order->job);
	vars_add_matrix(&vars, x->order->plan->matrix);
	environment_merge(&vars, &x->env);
	sight_init(&sight, x, &x->scope, &x->env, NULL, &x->arena);
	rc = sight_text(&sight, written, "", &text, err);
	/* Also written as steps name it. */
	if (rc == 0 && str_starts_with(text, "docker://"))
		text += strlen("docker://");
	if (rc == 0)
		rc = variables_expand(text, &known, &x->arena, image, err);
	if (rc == 0 && (*image)[0] == '\0')
		*image = NULL;
	environment_release(&vars);
	return rc;
}

static int
read_pull(struct reading *r, const struct value *v, struct err *err)
{
	static const char *const words[] = {
		[IMAGE_PULL_MISSING] = "missing",
		[IMAGE_PULL_ALWAYS] = "always",
		[IMAGE_PULL_NEVER] = "never",
	};
	const char *text;

	r->w->image.pull = IMAGE_PULL_STANDARD;
	if (v == NULL)
		return 0;
	if (sight_text(&r->sight, v, "", &text, err) == -1)
		return -1;
	for (size_t i = IMAGE_PULL_MISSING; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i], text) == 0) {
			r->w->image.pull = (enum image_pull)i;
			return 0;
		}
	err_set(err, ERR_INVALID, "\"%s\" is none of missing, always and "
	    "never", text);
	return at(r, v, "pull", err);
}

static const char *
member_text(struct reading *r, struct expr_object *o, const char *name)
{
	const struct expr_value *v = expr_object_member(o, name);

	return v != NULL ? expr_to_string(v, r->a) : "";
}

static int
read_login(struct reading *r, const struct value *v, struct err *err)
{
	struct wish *w = r->w;
	struct expr_value e;

	if (v == NULL)
		return 0;
	if (sight_value(&r->sight, v, &e, err) == -1)
		return -1;
	if (e.type != EXPR_OBJECT)
		return 0;
	w->login.username = member_text(r, e.object, "username");
	w->login.password = member_text(r, e.object, "password");
	mask_add(r->x->mask, w->login.password, strlen(w->login.password));
	/* Secrets that a fork is not given leave nothing to log in with. */
	if (w->login.username[0] != '\0' && w->login.password[0] != '\0')
		w->image.login = &w->login;
	return 0;
}

/* --- lists -------------------------------------------------------------------- */

/* Call `read` with each text of a list, or with the text. */
static int
read_list(struct reading *r, const struct value *v, const char *key,
    int (*read)(struct reading *r, const char *text, struct err *err),
    struct err *err)
{
	struct expr_value e;
	size_t n;

	if (v == NULL)
		return 0;
	if (sight_value(&r->sight, v, &e, err) == -1)
		return -1;
	n = e.type == EXPR_ARRAY ? e.array->n : e.type == EXPR_NULL ? 0 : 1;
	for (size_t i = 0; i < n; i++) {
		const struct expr_value *item = e.type == EXPR_ARRAY ?
		    &e.array->items[i] : &e;
		const char *text = expr_to_string(item, r->a);
		const struct value *place = i < v->n_items ? v->items[i] : v;

		if (text[0] != '\0' && read(r, text, err) == -1)
			return at(r, place, key, err);
	}
	return 0;
}

/* Those of the job's own container are the host's; a service's are opened in
 * the job alone (forward.c). */
static int
read_port(struct reading *r, const char *text, struct err *err)
{
	if (r->policy != r->x->order->config &&
	    r->plan == &r->x->order->plan->container)
		return err_set(err, ERR_DENIED, "a port of the job's container "
		    "is one of the host");
	return ports_read(text, r->a, &r->w->ports, &r->w->n_ports, err);
}

static int
read_volume(struct reading *r, const char *text, struct err *err)
{
	struct container_mount *room = arena_push(r->a, &r->w->mounts,
	    &r->w->n_mounts, sizeof(*room));

	return container_mount_read(text, r->policy, r->a, room, err);
}

/* --- texts -------------------------------------------------------------------- */

/* The sandbox has nothing to give: what asks for that would not run well. */
static int
check_privileged(struct reading *r, struct err *err)
{
	if (!r->w->options.privileged ||
	    strcmp(engine_name(r->x->engine), "sandbox") != 0)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "the sandbox has no "
	    "\"--privileged\"; it is there on docker and podman (\"runs-on\" "
	    "or \"engine\")");
}

static int
read_options(struct reading *r, const struct value *v, struct err *err)
{
	const char *text;

	if (v == NULL)
		return 0;
	if (sight_text(&r->sight, v, "", &text, err) == -1)
		return -1;
	if (container_options_read(text, r->policy, r->a,
	    &r->w->options, &r->w->health, err) == -1 ||
	    check_privileged(r, err) == -1)
		return at(r, v, "options", err);
	return 0;
}

static int
read_words(struct reading *r, const struct value *v, const char *key,
    const char *const **out, struct err *err)
{
	const char *text;
	size_t n;

	if (v == NULL)
		return 0;
	if (sight_text(&r->sight, v, "", &text, err) == -1)
		return -1;
	if (text[0] != '\0' && words_split(text, r->a, out, &n, err) == -1)
		return at(r, v, key, err);
	return 0;
}

/* --- ready -------------------------------------------------------------------- */

static int
read_ready_port(struct reading *r, const struct expr_value *v, int *port,
    struct err *err)
{
	const char *text = v != NULL ? expr_to_string(v, r->a) : "";
	long long number;

	if (!str_to_int64(text, 1, 65535, &number))
		return err_set(err, ERR_INVALID, "\"%s\" is no port: it is a "
		    "number of 1 to 65535", text);
	*port = (int)number;
	return 0;
}

static int
read_http(struct reading *r, const struct expr_value *v, int64_t timeout_ms,
    struct err *err)
{
	const char *path = "/";
	int port;

	if (v->type == EXPR_OBJECT) {
		path = member_text(r, v->object, "path");
		v = expr_object_member(v->object, "port");
	}
	if (read_ready_port(r, v, &port, err) == -1)
		return -1;
	health_plan_http(r->a, port, path[0] != '\0' ? path : "/", timeout_ms,
	    &r->w->ready);
	return 0;
}

static int
read_kind(struct reading *r, struct expr_object *o, struct err *err)
{
	const struct expr_value *tcp = expr_object_member(o, "tcp"),
	    *http = expr_object_member(o, "http"),
	    *exec = expr_object_member(o, "exec");
	const char *timeout = member_text(r, o, "timeout");
	int64_t ms = 0;
	int port;

	if (timeout[0] != '\0' && (!clock_parse_duration(timeout, 1000, &ms) ||
	    ms <= 0 || ms > MAX_READY_MS))
		return err_set(err, ERR_INVALID, "\"timeout\" is not a "
		    "duration such as 30s or 5m");
	if ((tcp != NULL) + (http != NULL) + (exec != NULL) != 1)
		return err_set(err, ERR_INVALID, "it has one of \"tcp\", "
		    "\"http\" and \"exec\"");
	if (http != NULL)
		return read_http(r, http, ms, err);
	if (exec != NULL) {
		health_plan_command(r->a, expr_to_string(exec, r->a), ms,
		    &r->w->ready);
		return 0;
	}
	if (read_ready_port(r, tcp, &port, err) == -1)
		return -1;
	health_plan_tcp(r->a, port, ms, &r->w->ready);
	return 0;
}

static int
read_ready(struct reading *r, const struct value *v, struct err *err)
{
	struct expr_value e;

	if (v == NULL)
		return 0;
	if (sight_value(&r->sight, v, &e, err) == -1)
		return -1;
	if (e.type != EXPR_OBJECT)
		err_set(err, ERR_INVALID, "it is a map");
	else if (read_kind(r, e.object, err) == 0)
		return 0;
	return at(r, v, "ready", err);
}

/* --- all of it ---------------------------------------------------------------- */

/* What the configuration allows beyond a container of one's own is meant for
 * people who may push, not for whoever opens a pull request. */
static const struct config *
policy_for(struct job_exec *x)
{
	struct config *strict;

	if (!job_is_strangers(x))
		return x->order->config;
	strict = arena_alloc(&x->arena, sizeof(*strict));
	*strict = *x->order->config;
	strict->allow_privileged = false;
	strict->allow_cap_add.n = strict->allow_volumes.n = 0;
	return strict;
}

int
wish_read(struct job_exec *x, const struct job_plan_container *plan,
    const char *image, struct wish *w, struct err *err)
{
	struct reading r = { .x = x, .plan = plan, .w = w, .a = &x->arena,
		.policy = policy_for(x) };

	*w = (struct wish){ .plan = plan, .image.image = image };
	environment_init(&w->env, r.a);
	sight_init(&r.sight, x, &x->scope, &x->env, NULL, r.a);
	if (read_pull(&r, plan->pull, err) == -1 ||
	    read_login(&r, plan->credentials, err) == -1 ||
	    sight_env(&r.sight, plan->env, &x->env, &w->env, err) == -1 ||
	    read_list(&r, plan->ports, "ports", read_port, err) == -1 ||
	    read_list(&r, plan->volumes, "volumes", read_volume, err) == -1 ||
	    read_options(&r, plan->options, err) == -1 ||
	    read_words(&r, plan->entrypoint, "entrypoint", &w->entrypoint,
	    err) == -1 ||
	    read_words(&r, plan->command, "command", &w->command, err) == -1)
		return -1;
	return read_ready(&r, plan->ready, err);
}

void
wish_release(struct wish *w)
{
	environment_release(&w->env);
}

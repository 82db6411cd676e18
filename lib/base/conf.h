/*
 * conf.h - the one configuration file.
 *
 * One YAML file; every key has a default, so an absent file is a valid one.
 * Each key is a row of one table in conf.c, which also makes
 * doc/configuration.md (a test compares them). Unknown keys are refused with
 * their position and the nearest spelling.
 *
 * Looked for in this order: --config, $PAWL_CONFIG,
 * $XDG_CONFIG_HOME/pawl/pawl.yaml (or ~/.config/pawl/pawl.yaml),
 * SYSCONFDIR/pawl/pawl.yaml.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_CONF_H
#define PAWL_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/diag.h"
#include "lib/base/err.h"
#include "lib/base/log.h"

struct config_secret {
	const char *name;
	const char *value; /* read from its file; trailing newline removed */
	const char *path;  /* of its file, absolute */
};

/* A label of runs-on and what it stands for; exactly one is set. */
struct config_label {
	const char *label;
	const char *image;  /* a container image */
	const char *engine; /* "sandbox": the host's own userland */
};

struct config_variable {
	const char *name;
	const char *value;
};

struct config_list {
	const char *const *items;
	size_t n;
};

/* A login of a registry of images. */
struct config_registry {
	const char *host; /* as in names of images; "docker.io" */
	const char *username;
	const char *password; /* read from its file */
	const char *path;     /* of its file, absolute */
};

/* What a rule gives to whom it fits. */
struct config_grant {
	const char *whom; /* "anybody", "user:LOGIN", "id:SUBJECT",
	                     "group:NAME"; NULL: of a machine */
	const struct config_variable *claims; /* all of which must fit, "*"
	                     for anything, of a machine */
	size_t n_claims;
	const char *role;  /* reader, writer, admin */
	const char *scope; /* as lib/store/grants.h reads it */
};

/* A provider with which people sign in. */
struct config_sign_in {
	const char *name;  /* in addresses and in the database */
	const char *kind;  /* github, gitlab, gitea, forgejo, oidc */
	const char *label; /* on the page */
	const char *url;   /* no slash at the end; of oidc its issuer */
	const char *client_id;
	const char *client_secret; /* read from its file; NULL: this program
	                              may not read it */
	const char *path;          /* of its file, absolute */
	const char *groups_claim;
	struct config_list allow;  /* as `whom` of a grant */
	const struct config_grant *grants;
	size_t n_grants;
};

/* Somebody who signs tokens (JWT) of machines. */
struct config_machine {
	const char *name;
	const char *issuer, *audience; /* as the tokens have them */
	const char *keys_file;         /* a JWK set; absolute */
	const struct config_grant *grants;
	size_t n_grants;
};

struct config {
	const char *file; /* that was read, or NULL */

	/* where */
	const char *base_url;  /* "base-url": no slash at the end */
	const char *state_dir; /* "state-dir" */
	const char *run_dir;   /* "run-dir": sockets; default STATE/run */
	const char *site_name; /* "site-name": shown on pages */

	/* webhooks */
	int64_t webhook_max_bytes;  /* "webhook-max-bytes" */
	int64_t max_streams;        /* "max-streams" */
	int64_t max_address_streams; /* "max-streams-of-address" */
	const struct config_secret *webhook_secrets; /* "webhook-secrets": */
	size_t n_webhook_secrets;   /* forge: {file: PATH} for a whole forge;
	                               each of a list is a row of its own */
	int webhook_rate;           /* "webhook-rate" */
	int64_t inbox_max;          /* "inbox-max"; 0: no limit */
	int64_t inbox_keep_ms;      /* "inbox-keep" */
	int64_t reconcile_every_ms; /* "reconcile-every"; 0: never */
	int64_t reconcile_after_ms; /* "reconcile-after"; 0: never */

	const char *visibility;     /* "visibility": public, private */
	const char *fork_pull_requests; /* "fork-pull-requests": no, approve,
	                                   yes */

	/* running */
	int64_t max_jobs;           /* "max-jobs" */
	int64_t max_owner_jobs;     /* "max-jobs-of-owner"; 0: no limit */
	int64_t max_repo_jobs;      /* "max-jobs-of-repository"; 0: no limit */
	int64_t queue_alert_ms;     /* "queue-alert"; 0: none */
	int64_t max_planners;       /* "max-planners" */
	int64_t matrix_limit;       /* "matrix-limit" */
	const char *engine;         /* "engine": auto, sandbox, docker */
	const char *docker_socket;  /* "docker-socket": path, or tcp://...;
	                               empty looks in the usual places */
	const char *docker_tls;     /* "docker-tls": folder of ca.pem, cert.pem
	                               and key.pem; empty: none */
	const char *image_pull;     /* "image-pull": missing, always, never */
	const struct config_registry *registries; /* "registries" */
	size_t n_registries;
	const char *docker_config;  /* "docker-config": a config.json */
	struct config_list allow_volumes; /* "allow-volumes": paths, ":ro" */
	struct config_list allow_cap_add; /* "allow-cap-add" */
	bool allow_privileged;      /* "allow-privileged" */
	bool allow_image_steps;     /* "allow-image-steps" */
	struct config_list allow_actions; /* "allow-actions" */
	bool actions_require_sha;   /* "actions-require-sha" */
	const char *actions_url;    /* "actions-url": an address of git;
	                               empty: the forge of the run */
	bool sandbox_network;       /* "sandbox-network" */
	const char *sandbox_user;   /* "sandbox-user": whom root becomes */
	int64_t sandbox_first_id;   /* "sandbox-first-id" */
	const char *sandbox_image_dir; /* "sandbox-image-dir": path; empty:
	                               none */
	int64_t sandbox_images_max_bytes; /* "sandbox-images-max-bytes"; 0: no
	                               limit */
	const char *default_image;  /* "default-image" for jobs that need one */
	const struct config_label *labels; /* "labels": runs-on mapping */
	size_t n_labels;
	int64_t step_timeout_ms;    /* "step-timeout", default 30 min */
	int64_t job_timeout_ms;     /* "job-timeout", default 2 h */
	int64_t cancel_grace_ms;    /* "cancel-grace", default 10 s */
	int64_t lease_ms;           /* "lease", default 30 s */
	int64_t max_attempts;       /* "max-attempts", default 3 */
	int64_t log_max_bytes;      /* "log-max-bytes" of one job */
	int64_t log_max_rate;       /* "log-max-rate", in a second; 0: none */
	int64_t compress_logs_after_ms; /* "compress-logs-after"; 0: never */
	int64_t keep_logs_for_ms;   /* "keep-logs-for"; 0: for ever */
	int64_t workspace_max_bytes; /* "workspace-max-bytes"; 0: no limit */
	int64_t memory_max_bytes;   /* "memory-max-bytes" of a job; 0: none */
	int64_t pids_max;           /* "pids-max" of a job; 0: none */
	int64_t cpus_milli;         /* "cpus-max" of a job, thousandths of a
	                               processor; 0: none */
	int64_t nofile_max;         /* "nofile-max" of a process; 0: none */
	int64_t shm_bytes;          /* "shm-size"; 0: the engine's */
	const struct config_secret *secrets; /* "secrets": NAME: {file: PATH} */
	size_t n_secrets;
	int64_t keep_failed_for_ms; /* "keep-failed-for"; 0: not at all */
	int64_t keep_failed_max_bytes; /* "keep-failed-max-bytes" of all */
	int64_t audit_keep_ms;      /* "audit-keep" */
	const struct config_variable *variables; /* "variables": NAME: VALUE */
	size_t n_variables;
	size_t n_denied;            /* secrets of both kinds that are left
	                               out of their lists, because this
	                               program may not read their file */

	/* artifacts and caches */
	const char *artifacts_store; /* "artifacts-store": folder, s3 */
	int64_t artifact_keep_ms;    /* "artifact-retention" */
	int64_t artifact_keep_max_ms; /* "artifact-retention-max" */
	int64_t artifact_max_bytes;  /* "artifact-max-bytes"; 0: no limit */
	int64_t artifact_max_files;  /* "artifact-max-files"; 0: no limit */
	int64_t run_artifacts_max_bytes; /* "run-artifacts-max-bytes" */
	bool artifacts_shared;       /* "artifacts-shared" */
	int64_t cache_max_bytes;     /* "cache-max-bytes" of an entry */
	int64_t repo_caches_max_bytes; /* "repository-caches-max-bytes" */
	int64_t caches_max_bytes;    /* "caches-max-bytes" of all */
	const char *s3_endpoint;     /* "s3-endpoint": URL; "" is AWS */
	const char *s3_bucket, *s3_region, *s3_key_id, *s3_prefix;
	const char *s3_secret_file;  /* "s3-secret-file": path */
	const char *s3_address;      /* "s3-address": path, host */

	/* what starts by the clock */
	const char *schedule_catch_up; /* "schedule-catch-up": none, once,
	                               all */

	/* git */
	const char *git_protocols;  /* "git-protocols", default "https:ssh" */
	int64_t git_timeout_ms;     /* "git-timeout" */

	/* what goes out */
	int64_t notify_timeout_ms;  /* "notify-timeout" of one try */
	int64_t notify_pause_ms;    /* "notify-pause" before the second try */
	int64_t notify_retry_ms;    /* "notify-retry-for" */
	int64_t notify_keep_ms;     /* "notify-keep-failed" */
	const char *mail_from;      /* "mail-from": address; "": no mail */
	const char *sendmail;       /* "sendmail": path */
	const char *smtp_url;       /* "smtp-url"; "": by sendmail */
	const char *smtp_user;      /* "smtp-user"; "": none */
	const char *smtp_password_file; /* "smtp-password-file" */
	const char *notify_ca_file; /* "notify-ca-file"; "": the system's */

	/* who comes in */
	const struct config_sign_in *sign_ins; /* "sign-in" */
	size_t n_sign_ins;
	const struct config_machine *machines; /* "machines" */
	size_t n_machines;
	const char *sign_in_ca_file; /* "sign-in-ca-file"; "": the system's */

	/* for whoever runs it */
	const char *hooks_dir;      /* "hooks-dir" */
	int64_t hook_timeout_ms;    /* "hook-timeout" */
	struct config_list api_origins; /* "api-origins" */
	bool test_execute;          /* "test-execute" */
	bool metrics_public;        /* "metrics-public" */
	bool metrics_repositories;  /* "metrics-repositories" */
	enum log_level log_level;   /* "log-level" */
};

/*
 * Read the configuration into `a`. `path` NULL looks in the usual places.
 * On errors in the file returns -1, with all of them printed into err->text
 * as far as it has room and into `problems` (may be NULL) in full.
 */
int
config_load(const char *path, struct arena *a, struct config *out,
    struct str *problems, struct err *err);

/* Read a number of processors ("1.5") as thousandths of one; false, leaving
 * *milli alone, when it is none. */
bool
conf_parse_processors(const char *text, int64_t *milli);

/* One row of the table, for `pawl admin check` and the reference page. */
struct config_key {
	const char *name;
	const char *type;    /* "text", "number", "bytes", "duration", ... */
	const char *standard; /* the default, as one would write it */
	const char *doc;     /* one or more sentences */
};

/* All rows, in order; the table ends with a NULL name. */
const struct config_key *
config_keys(void);

#endif

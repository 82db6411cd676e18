/*
 * conf.c - the one configuration file: its keys, and how it is found.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/base/conf.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/conf_internal.h"
#include "lib/base/file.h"
#include "lib/base/mem.h"

#define SYSTEM_FILE PAWL_SYSCONFDIR "/pawl/pawl.yaml"

#define SECOND INT64_C(1000)
#define DAY (24 * 3600 * SECOND)
#define TIB (INT64_C(1) << 40)

static const char *const engines[] = { "auto", "sandbox", "docker", NULL };
static const char *const fork_pulls[] = { "no", "approve", "yes", NULL };
static const char *const visibilities[] = { "public", "private", NULL };
static const char *const catch_ups[] = { "none", "once", "all", NULL };
static const char *const image_pulls[] = {
	"missing", "always", "never", NULL
};
static const char *const stores[] = { "folder", "s3", NULL };
static const char *const s3_addresses[] = { "path", "host", NULL };
static const char *const log_levels[] = {
	"debug", "info", "warn", "error", NULL
};

/*
 * $NAME/pawl..., or ~/FALLBACK/pawl... when $NAME is not set; NULL when
 * there is no home either. The XDG Base Directory Specification has relative
 * paths ignored.
 */
static const char *
user_path(struct arena *a, const char *name, const char *fallback,
    const char *rest)
{
	const char *base = getenv(name);
	const char *home = getenv("HOME");

	if (base != NULL && base[0] == '/')
		return arena_printf(a, "%s/%s", base, rest);
	if (home == NULL || home[0] != '/')
		return NULL;
	return arena_printf(a, "%s/%s/%s", home, fallback, rest);
}

/* The system's own for root, for whoever reads the system's file, and for the
 * user of the services, who may write there. */
static const char *
standard_state_dir(struct conf_reader *r, struct err *err)
{
	const char *file = r->out->file, *path;

	if (geteuid() == 0 || access(PAWL_STATEDIR, W_OK) == 0 ||
	    (file != NULL && strcmp(file, SYSTEM_FILE) == 0))
		return PAWL_STATEDIR;
	path = user_path(r->a, "XDG_STATE_HOME", ".local/state", "pawl");
	if (path == NULL)
		err_set(err, ERR_INVALID, "no place for the state: set "
		    "\"state-dir\" in the configuration, or HOME");
	return path;
}

static const char *
standard_run_dir(struct conf_reader *r, struct err *err)
{
	(void)err;
	return arena_printf(r->a, "%s/run", r->out->state_dir);
}

static const char *
standard_max_jobs(struct conf_reader *r, struct err *err)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	(void)err;
	return arena_printf(r->a, "%ld", n < 1 ? 1 : n > 64 ? 64 : n);
}

#define FIELD(member) offsetof(struct config, member)

static const struct conf_row rows[] = {
	{ "base-url", &conf_url, FIELD(base_url), "http://localhost/ci",
	    .doc = "Address under which nginx serves Pawl, for links in "
	    "pages, badges and answers. A slash at its end is dropped." },
	{ "state-dir", &conf_path, FIELD(state_dir),
	    PAWL_STATEDIR " for root, for whoever may write there, and with "
	    "the system's configuration; else $XDG_STATE_HOME/pawl or "
	    "~/.local/state/pawl", standard_state_dir,
	    .doc = "Folder of the database, mirrors and all files that nginx "
	    "serves." },
	{ "run-dir", &conf_path, FIELD(run_dir), "STATE-DIR/run",
	    standard_run_dir,
	    .doc = "Folder of the sockets. Its path must be short: a socket's "
	    "name has at most 107 bytes." },
	{ "site-name", &conf_text, FIELD(site_name), "Pawl",
	    .doc = "Name at the top of every page." },

	{ "webhook-max-bytes", &conf_bytes, FIELD(webhook_max_bytes), "25 MiB",
	    .min = 1024, .max = 64 << 20,
	    .doc = "Largest body of a webhook; a larger one is answered 413. "
	    "The default is the most that GitHub sends." },
	{ "max-streams", &conf_number, FIELD(max_streams), "1000",
	    .min = 1, .max = 100000,
	    .doc = "Streams of events and logs that are open at one time; one "
	    "more is answered 503." },
	{ "max-streams-of-address", &conf_number,
	    FIELD(max_address_streams), "100",
	    .min = 1, .max = 100000,
	    .doc = "Those of one client's address." },
	{ "webhook-secrets", &conf_webhook_secrets, FIELD(webhook_secrets),
	    "{}",
	    .doc = "Secrets that a whole forge signs with, as FORGE: {file: "
	    "PATH}, or a list of these, of which each is accepted; FORGE is "
	    "github, gitlab, gitea, forgejo, bitbucket, bitbucket-dc or "
	    "generic. A repository's own secrets take their place where the "
	    "webhook's address names it. Who knows one of these can tell of "
	    "pushes to every repository of the forge." },
	{ "webhook-rate", &conf_number, FIELD(webhook_rate), "600",
	    .min = 0, .max = 1000000,
	    .doc = "Most deliveries of a repository in a minute; what is "
	    "beyond is answered 429 with Retry-After. 0: no limit. nginx "
	    "limits senders before." },
	{ "inbox-max", &conf_number, FIELD(inbox_max), "20000",
	    .min = 0, .max = 10000000,
	    .doc = "Most webhooks that wait for planning, of one repository "
	    "half of that; what is beyond is answered 429 with Retry-After. "
	    "0: no limit." },
	{ "inbox-keep", &conf_duration, FIELD(inbox_keep_ms), "30 d",
	    .min = 3 * DAY, .max = 3650 * DAY,
	    .doc = "How long webhooks are kept, with their bodies, once they "
	    "are planned or ignored or have failed. One that a forge sends "
	    "again is known for as long, so three days is the least: GitHub "
	    "redelivers within those." },
	{ "reconcile-every", &conf_duration, FIELD(reconcile_every_ms), "6 h",
	    .min = 0, .max = 365 * DAY,
	    .doc = "How often the branches and tags of every repository are "
	    "compared with what was planned, to find pushes whose webhook "
	    "never came; a pawl-workerd that ends when it is idle does it when "
	    "it is woken. 0: only by `pawl reconcile` and after a downtime." },
	{ "reconcile-after", &conf_duration, FIELD(reconcile_after_ms),
	    "10 min", .min = 0, .max = 365 * DAY,
	    .doc = "How long pawl-workerd must have been away for all "
	    "repositories to be compared when it starts; when it ends while it "
	    "is idle, how long the host was down. 0: never." },

	{ "visibility", &conf_choice, FIELD(visibility), "public",
	    .choices = visibilities,
	    .doc = "What repositories are that are registered from now on. "
	    "public: anybody reads their pages, logs and artifacts; private: "
	    "only who has a role for them. \"pawl repo set\" changes it for "
	    "one." },
	{ "fork-pull-requests", &conf_choice, FIELD(fork_pull_requests),
	    "approve", .choices = fork_pulls,
	    .doc = "Whether pull requests from forks start runs: no, yes, or "
	    "approve, when somebody who may write has approved their commit; "
	    "\"pawl repo set\" says it for one repository. Their jobs "
	    "are what a stranger wrote; they get no secrets, save no caches, and nothing that "
	    "is allowed by allow-privileged and its like. Images they may "
	    "name are fetched with the logins of registries, as for all." },

	{ "max-jobs", &conf_number, FIELD(max_jobs), "number of processors",
	    standard_max_jobs, .min = 1, .max = 1000,
	    .doc = "Jobs that run at the same time on this host." },
	{ "max-jobs-of-owner", &conf_number, FIELD(max_owner_jobs), "0",
	    .min = 0, .max = 1000,
	    .doc = "Jobs of one owner that run at the same time, unless \"pawl "
	    "queue limit\" says otherwise; 0: no limit. Without one, owners "
	    "share the host evenly anyway." },
	{ "max-jobs-of-repository", &conf_number, FIELD(max_repo_jobs), "0",
	    .min = 0, .max = 1000,
	    .doc = "The same of one repository." },
	{ "queue-alert", &conf_duration, FIELD(queue_alert_ms), "1h",
	    .min = 0, .max = 365 * DAY,
	    .doc = "A job that has waited in the queue for so long is logged "
	    "as a warning, once, with the reason; 0: never." },
	{ "max-planners", &conf_number, FIELD(max_planners), "2",
	    .min = 1, .max = 64,
	    .doc = "Webhooks that are planned at the same time." },
	{ "matrix-limit", &conf_number, FIELD(matrix_limit), "256",
	    .min = 1, .max = 1000,
	    .doc = "Jobs that the matrices of one run may make. The default "
	    "is GitHub's." },
	{ "engine", &conf_choice, FIELD(engine), "auto", .choices = engines,
	    .doc = "What runs jobs: docker (Docker or Podman), sandbox "
	    "(bubblewrap, with the host's own programs), or auto, the first "
	    "that answers." },
	{ "docker-socket", &conf_engine_socket, FIELD(docker_socket), "",
	    .doc = "Socket of the Docker or Podman service, or "
	    "tcp://HOST:PORT of one that sees this host's files. Empty: "
	    "DOCKER_HOST, else looked for in the usual places." },
	{ "docker-tls", &conf_path, FIELD(docker_tls), "",
	    .doc = "Folder with ca.pem, cert.pem and key.pem, for a "
	    "docker-socket that is tcp://HOST:PORT. Empty: with "
	    "DOCKER_TLS_VERIFY set, DOCKER_CERT_PATH or ~/.docker; else no "
	    "TLS." },
	{ "sandbox-network", &conf_bool, FIELD(sandbox_network), "true",
	    .doc = "Whether jobs of the sandbox see the host's network." },
	{ "sandbox-user", &conf_text, FIELD(sandbox_user), "nobody",
	    .doc = "User that sandbox jobs run as when Pawl runs as root." },
	{ "sandbox-first-id", &conf_number, FIELD(sandbox_first_id),
	    "1879048192", .min = 65536, .max = 2147418112,
	    .doc = "First of the 65536 users and groups of the host that "
	    "those of an image are in the sandbox, when Pawl runs as root. "
	    "Nobody else may have them; the default lies beyond what Linux "
	    "gives to people, their containers and systemd's." },
	{ "sandbox-image-dir", &conf_path, FIELD(sandbox_image_dir), "",
	    .doc = "Folder of images that jobs of the sandbox may name as "
	    "oci:NAME:TAG, oci-archive:FILE or docker-archive:FILE. Empty: "
	    "images come from registries only." },
	{ "sandbox-images-max-bytes", &conf_bytes,
	    FIELD(sandbox_images_max_bytes), "20 GiB",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Most disk space of images that the sandbox keeps "
	    "unpacked. The janitor removes those that were not used for "
	    "longest; a single larger one is refused. 0: no limit." },
	{ "default-image", &conf_text, FIELD(default_image), "debian:12",
	    .doc = "Image of jobs that name none, for engines that need "
	    "one." },
	{ "image-pull", &conf_choice, FIELD(image_pull), "missing",
	    .choices = image_pulls,
	    .doc = "When the registry is asked for an image: missing (when it "
	    "is not on this host), always, or never." },
	{ "registries", &conf_registries, FIELD(registries), "{}",
	    .doc = "Logins of registries for pulling and pushing images, as "
	    "HOST: {username: NAME, password: {file: PATH}}; HOST as in the "
	    "names of images, docker.io for those without one. Whoever may "
	    "write pipelines can pull and push what the login can." },
	{ "docker-config", &conf_path, FIELD(docker_config), "",
	    .doc = "A config.json of Docker, whose auths are used for "
	    "registries that registries does not name. Helper programs that "
	    "it names are not called. Empty: none." },
	{ "allow-volumes", &conf_volumes, FIELD(allow_volumes), "[]",
	    .doc = "Folders and files of this host that jobs may mount with "
	    "volumes, each exactly as it is written here; with :ro at its end "
	    "only for reading. Named volumes are a job's own and always "
	    "allowed. Pull requests from forks get none of the host." },
	{ "allow-privileged", &conf_bool, FIELD(allow_privileged), "false",
	    .doc = "Whether containers of jobs may have --privileged among "
	    "their options. Such a job can become root of this host. Pull "
	    "requests from forks never may." },
	{ "allow-cap-add", &conf_capabilities, FIELD(allow_cap_add), "[]",
	    .doc = "Capabilities that containers of jobs may ask for with "
	    "--cap-add, such as SYS_PTRACE. Pull requests from forks never "
	    "may." },
	{ "allow-image-steps", &conf_bool, FIELD(allow_image_steps), "false",
	    .doc = "Whether steps may build and push images on the engine "
	    "(step.docker_build, step.docker_push, actions for docker with "
	    "a Dockerfile). A build runs on the engine, beside the job and "
	    "without its limits but that of memory. Pull requests from "
	    "forks never may." },
	{ "allow-actions", &conf_actions, FIELD(allow_actions), "[]",
	    .doc = "Actions and workflows of repositories that are not "
	    "registered, and that jobs may use: owner/repo, owner/repo/path, "
	    "with * for anything, with @ref for that ref only. Those that are "
	    "built in, those of the repository itself and of registered ones "
	    "are always allowed; pull requests from forks need this for "
	    "registered ones, too." },
	{ "actions-require-sha", &conf_bool, FIELD(actions_require_sha),
	    "false",
	    .doc = "Whether such actions must be named by a whole commit, "
	    "owner/repo@SHA, which nobody can change." },
	{ "actions-url", &conf_text, FIELD(actions_url), "",
	    .doc = "Where such actions are fetched from: the address of "
	    "owner/repo without that. Empty: the forge that the repository of "
	    "the run is cloned from." },
	{ "labels", &conf_labels, FIELD(labels), "{}",
	    .doc = "What a label of runs-on stands for, as LABEL: IMAGE, "
	    "LABEL: {image: IMAGE} or LABEL: {engine: sandbox}. A label that "
	    "is not here gets the default image." },
	{ "step-timeout", &conf_duration, FIELD(step_timeout_ms), "30 min",
	    .min = SECOND, .max = 30 * DAY,
	    .doc = "Longest time of a step that sets none itself." },
	{ "job-timeout", &conf_duration, FIELD(job_timeout_ms), "2 h",
	    .min = SECOND, .max = 30 * DAY,
	    .doc = "Longest time of a job that sets none itself." },
	{ "cancel-grace", &conf_duration, FIELD(cancel_grace_ms), "10 s",
	    .min = 0, .max = 600 * SECOND,
	    .doc = "Time between asking a job to end and ending it." },
	{ "lease", &conf_duration, FIELD(lease_ms), "30 s",
	    .min = 5 * SECOND, .max = 3600 * SECOND,
	    .doc = "Time after which a job whose process is silent is given "
	    "to another." },
	{ "max-attempts", &conf_number, FIELD(max_attempts), "3",
	    .min = 1, .max = 100,
	    .doc = "How often a job is started when its process is lost." },
	{ "log-max-bytes", &conf_bytes, FIELD(log_max_bytes), "1 GiB",
	    .min = 4096, .max = 16 * TIB,
	    .doc = "Largest log of one job; of what comes after only the end "
	    "is kept, and the log says how much is missing." },
	{ "log-max-rate", &conf_bytes, FIELD(log_max_rate), "0",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Most that a job prints in a second; one that is faster is "
	    "slowed down, and nothing is lost. 0: no limit." },
	{ "compress-logs-after", &conf_duration,
	    FIELD(compress_logs_after_ms), "1 d", .min = 0, .max = 3650 * DAY,
	    .doc = "Time after the end of a run until its logs are compressed; "
	    "their addresses stay the same. 0: never." },
	{ "keep-logs-for", &conf_duration, FIELD(keep_logs_for_ms), "0",
	    .min = 0, .max = 3650 * DAY,
	    .doc = "Time after the end of a run until its logs are removed. "
	    "0: never." },
	{ "workspace-max-bytes", &conf_bytes, FIELD(workspace_max_bytes), "0",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Largest workspace of one job. 0: no limit." },
	{ "memory-max-bytes", &conf_bytes, FIELD(memory_max_bytes), "0",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Most memory of one job. 0: no limit." },
	{ "pids-max", &conf_number, FIELD(pids_max), "4096",
	    .min = 0, .max = 1 << 22,
	    .doc = "Most processes of one job, so that a fork bomb ends in its "
	    "own job. 0: no limit." },
	{ "cpus-max", &conf_processors, FIELD(cpus_milli), "0",
	    .doc = "Most processors of one job, such as 2 or 1.5, in engines "
	    "that can limit them. 0: no limit." },
	{ "nofile-max", &conf_number, FIELD(nofile_max), "0",
	    .min = 0, .max = 1 << 30,
	    .doc = "Most files that a process of a job may have open. 0: the "
	    "engine's limit." },
	{ "shm-size", &conf_bytes, FIELD(shm_bytes), "0",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Size of /dev/shm in a job's containers. 0: the engine's, "
	    "64 MiB with Docker." },
	{ "keep-failed-for", &conf_duration, FIELD(keep_failed_for_ms), "1 h",
	    .min = 0, .max = 30 * DAY,
	    .doc = "How long the workspace of a failed job is kept for `pawl "
	    "shell`, without secrets; never that of a pull request from a "
	    "fork. 0: not at all." },
	{ "keep-failed-max-bytes", &conf_bytes, FIELD(keep_failed_max_bytes),
	    "1 GiB", .min = 0, .max = 16 * TIB,
	    .doc = "Room for all of these workspaces; the oldest make room "
	    "for a new one." },
	{ "secrets", &conf_secrets, FIELD(secrets), "{}",
	    .doc = "Secrets that pipelines may use as ${{ secrets.NAME }}, "
	    "as NAME: {file: PATH}. A newline at the end of the file is "
	    "dropped." },
	{ "audit-keep", &conf_duration, FIELD(audit_keep_ms), "90 d",
	    .min = DAY, .max = 3650 * DAY,
	    .doc = "How long it is kept who did what by hand, and which job was "
	    "given which secret." },
	{ "variables", &conf_variables, FIELD(variables), "{}",
	    .doc = "Values that pipelines may use as ${{ vars.NAME }}, as "
	    "NAME: VALUE. They are shown in logs; what must not be is a "
	    "secret." },

	{ "artifacts-store", &conf_choice, FIELD(artifacts_store), "folder",
	    .choices = stores,
	    .doc = "Where artifacts are kept. They are always files below "
	    "\"state-dir\", which nginx serves; with s3 each has a second "
	    "copy in a bucket, made after its job." },
	{ "artifact-retention", &conf_duration, FIELD(artifact_keep_ms),
	    "30 d", .min = 60 * SECOND, .max = 3650 * DAY,
	    .doc = "How long an artifact is kept that says nothing itself." },
	{ "artifact-retention-max", &conf_duration,
	    FIELD(artifact_keep_max_ms), "400 d",
	    .min = 60 * SECOND, .max = 3650 * DAY,
	    .doc = "How long an artifact is kept at most, whatever it says." },
	{ "artifact-max-bytes", &conf_bytes, FIELD(artifact_max_bytes),
	    "5 GiB", .min = 0, .max = 16 * TIB,
	    .doc = "Largest artifact. 0: no limit." },
	{ "artifact-max-files", &conf_number, FIELD(artifact_max_files),
	    "20000", .min = 1, .max = 1000000,
	    .doc = "Most files of an artifact." },
	{ "run-artifacts-max-bytes", &conf_bytes,
	    FIELD(run_artifacts_max_bytes), "20 GiB", .min = 0,
	    .max = 16 * TIB,
	    .doc = "Most bytes of all artifacts of a run. 0: no limit." },
	{ "artifacts-shared", &conf_bool, FIELD(artifacts_shared), "false",
	    .doc = "Whether jobs may download artifacts of other "
	    "repositories of this server." },
	{ "cache-max-bytes", &conf_bytes, FIELD(cache_max_bytes), "10 GiB",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Largest entry of a cache, before it is compressed. 0: no "
	    "limit." },
	{ "repository-caches-max-bytes", &conf_bytes,
	    FIELD(repo_caches_max_bytes), "10 GiB", .min = 0,
	    .max = 16 * TIB,
	    .doc = "Most bytes of all cache entries of a repository; those "
	    "used longest ago go. 0: no limit." },
	{ "caches-max-bytes", &conf_bytes, FIELD(caches_max_bytes), "50 GiB",
	    .min = 0, .max = 16 * TIB,
	    .doc = "Most bytes of all cache entries together. 0: no limit." },
	{ "s3-endpoint", &conf_text, FIELD(s3_endpoint), "",
	    .doc = "Address of the S3 service, such as "
	    "https://s3.example.org. Empty: Amazon's in \"s3-region\"." },
	{ "s3-bucket", &conf_text, FIELD(s3_bucket), "",
	    .doc = "Bucket for \"artifacts-store: s3\"; it must be there." },
	{ "s3-region", &conf_text, FIELD(s3_region), "us-east-1",
	    .doc = "Region that requests are signed for." },
	{ "s3-address", &conf_choice, FIELD(s3_address), "path",
	    .choices = s3_addresses,
	    .doc = "How the bucket is named: in the path of the address, or "
	    "in front of its host." },
	{ "s3-prefix", &conf_text, FIELD(s3_prefix), "",
	    .doc = "What all names in the bucket begin with, such as "
	    "\"pawl/\"." },
	{ "s3-key-id", &conf_text, FIELD(s3_key_id), "",
	    .doc = "Id of the access key." },
	{ "s3-secret-file", &conf_path, FIELD(s3_secret_file), "",
	    .doc = "File with the secret access key; a newline at its end is "
	    "dropped." },

	{ "schedule-catch-up", &conf_choice, FIELD(schedule_catch_up), "once",
	    .choices = catch_ups,
	    .doc = "What becomes of the times of schedules that went by while "
	    "pawl-workerd did not run: none (left out), once (one run for all "
	    "of them), or all (each of the last 24 hours)." },

	{ "git-protocols", &conf_protocols, FIELD(git_protocols), "https:ssh",
	    .doc = "Protocols that git may use, joined by \":\"." },
	{ "git-timeout", &conf_duration, FIELD(git_timeout_ms), "10 min",
	    .min = SECOND, .max = DAY,
	    .doc = "Longest time of one git command." },

	{ "notify-timeout", &conf_duration, FIELD(notify_timeout_ms), "30 s",
	    .min = SECOND, .max = 600 * SECOND,
	    .doc = "Longest time of one try to send a commit status or a "
	    "notification." },
	{ "notify-pause", &conf_duration, FIELD(notify_pause_ms), "2 s",
	    .min = 10, .max = 600 * SECOND,
	    .doc = "Pause before a message is tried the second time; later "
	    "ones are longer, up to 15 minutes. Ten times that is the first "
	    "time that a host which fails is left alone." },
	{ "notify-retry-for", &conf_duration, FIELD(notify_retry_ms), "3 d",
	    .min = 0, .max = 365 * DAY,
	    .doc = "How long a message is tried while its host does not "
	    "answer or has trouble; then it is a dead letter." },
	{ "notify-keep-failed", &conf_duration, FIELD(notify_keep_ms), "7 d",
	    .min = 0, .max = 3650 * DAY,
	    .doc = "How long dead letters are kept for `pawl outbox "
	    "replay`." },
	{ "notify-ca-file", &conf_path, FIELD(notify_ca_file), "",
	    .doc = "Certificates of the authorities that hosts are verified "
	    "by, in PEM. Empty: the system's." },
	{ "mail-from", &conf_text, FIELD(mail_from), "",
	    .doc = "Address that mails of notifications come from. Empty: "
	    "none can be sent." },
	{ "sendmail", &conf_path, FIELD(sendmail), "/usr/sbin/sendmail",
	    .doc = "Program that takes mails, called as sendmail -i -f FROM "
	    "-- TO. Used when smtp-url is empty." },
	{ "smtp-url", &conf_text, FIELD(smtp_url), "",
	    .doc = "Server that takes mails: smtps://HOST, or "
	    "smtp://HOST:587, where TLS is used when the server offers it, "
	    "and required with smtp-user. Empty: sendmail does it." },
	{ "smtp-user", &conf_text, FIELD(smtp_user), "",
	    .doc = "Name to sign in with at smtp-url. Empty: none." },
	{ "smtp-password-file", &conf_path, FIELD(smtp_password_file), "",
	    .doc = "File with the password of smtp-user; a newline at its end "
	    "is dropped." },

	{ "sign-in", &conf_sign_ins, FIELD(sign_ins), "[]",
	    .doc = "Providers with which people sign in, as a list of maps "
	    "with name, kind (github, gitlab, gitea, forgejo or oidc), url "
	    "(of oidc its issuer; github.com and gitlab.com need none), "
	    "client-id, client-secret: {file: PATH}, label, groups-claim, "
	    "allow (a list of anybody, user:LOGIN, id:SUBJECT, group:NAME) "
	    "and grants (a list of {for: GROUP-OR-USER, role: ROLE, scope: "
	    "SCOPE}); see auth.md." },
	{ "sign-in-ca-file", &conf_path, FIELD(sign_in_ca_file), "",
	    .doc = "Certificates that providers of sign-in are checked with. "
	    "Empty: the system's." },
	{ "machines", &conf_machines, FIELD(machines), "[]",
	    .doc = "Whose tokens (JWT) machines may show, as a list of maps "
	    "with name, issuer, audience, keys-file (a JWK set) and grants "
	    "(a list of {when: {CLAIM: PATTERN}, role: ROLE, scope: SCOPE}); "
	    "see auth.md." },

	{ "hooks-dir", &conf_path, FIELD(hooks_dir),
	    PAWL_SYSCONFDIR "/pawl/hooks",
	    .doc = "Folder of the administrator's programs that are run when "
	    "something happens: pre_job, on_failure, and so on; see "
	    "doc/hooks.md." },
	{ "hook-timeout", &conf_duration, FIELD(hook_timeout_ms), "1 min",
	    .min = SECOND, .max = 3600 * SECOND,
	    .doc = "Longest time of one of them; then it is killed with all "
	    "that it has started in its group." },
	{ "api-origins", &conf_origins, FIELD(api_origins), "[]",
	    .doc = "Other sites whose pages may ask the API, with a token, "
	    "such as https://board.example.org. A `*` is not possible: badges "
	    "and feeds are for everybody anyway." },
	{ "test-execute", &conf_bool, FIELD(test_execute), "false",
	    .doc = "Whether an administrator may have commands run in an "
	    "image by `POST api/test/execute`, without a pipeline, to try an "
	    "installation." },
	{ "metrics-public", &conf_bool, FIELD(metrics_public), "true",
	    .doc = "Whether everybody may read `metrics`, as they may read "
	    "pages; else who shows a token that counts for everything." },
	{ "metrics-repositories", &conf_bool, FIELD(metrics_repositories),
	    "false",
	    .doc = "Whether runs and jobs are counted for each repository "
	    "there: as many series more as there are repositories." },
	{ "log-level", &conf_log_level, FIELD(log_level), "info",
	    .choices = log_levels,
	    .doc = "Least level that is logged: debug, info, warn or error." },
};

const struct config_key *
config_keys(void)
{
	static struct config_key keys[ARRAY_LEN(rows) + 1];

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		keys[i] = (struct config_key) { rows[i].name,
			rows[i].type->name, rows[i].standard, rows[i].doc };
	return keys;
}

static size_t
find_row(const char *name)
{
	size_t i = 0;

	while (i < ARRAY_LEN(rows) && strcmp(rows[i].name, name) != 0)
		i++;
	return i;
}

static void
report_unknown(struct conf_reader *r, const struct yaml *key)
{
	const char *words[ARRAY_LEN(rows) + 1] = { NULL };
	const char *near;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		words[i] = rows[i].name;
	near = suggest_word(key->text, words);
	diag_error(r->d, key->pos, key->width, "unknown-key",
	    near == NULL ? "all keys are in doc/configuration.md" :
	    arena_printf(r->a, "did you mean \"%s\"?", near),
	    "unknown key \"%s\"", key->text);
}

/* A key without a value is as good as absent. */
static int
read_tree(struct conf_reader *r, const struct yaml *root, struct err *err)
{
	bool given[ARRAY_LEN(rows)] = { false };
	int rc = 0;

	if (root != NULL && root->type != YAML_MAP && root->type != YAML_NULL)
		diag_error(r->d, root->pos, root->width, "wrong-type", NULL,
		    "the configuration must be a map, not %s",
		    yaml_type_name(root->type));
	for (size_t i = 0; root != NULL && i < root->n_pairs; i++) {
		const struct yaml_pair *pair = &root->pairs[i];
		size_t row = find_row(pair->key->text);

		if (row == ARRAY_LEN(rows)) {
			report_unknown(r, pair->key);
		} else if (pair->value->type != YAML_NULL) {
			given[row] = true;
			conf_read_value(r, &rows[row], pair);
		}
	}
	for (size_t i = 0; rc == 0 && i < ARRAY_LEN(rows); i++)
		if (!given[i])
			rc = conf_read_standard(r, &rows[i], err);
	return rc;
}

/* All errors in one line, as far as there is room. */
static int
set_error(struct diags *d, struct str *problems, struct err *err)
{
	struct str line = STR_INIT;

	diags_sort(d);
	if (problems != NULL)
		diags_print(d, problems);
	for (size_t i = 0; i < d->n; i++)
		str_addf(&line, "%s%s:%d:%d: %s", i > 0 ? "; " : "", d->file,
		    d->list[i].pos.line, d->list[i].pos.col, d->list[i].text);
	err_set(err, ERR_INVALID, "%s", line.s);
	str_release(&line);
	return -1;
}

static const char *
folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		return ".";
	return arena_strndup(a, path, (size_t)(slash - path) + 1);
}

/* `text` NULL: there is no file, so all defaults. */
static int
read_text(const char *path, const struct str *text, struct arena *a,
    struct config *out, struct str *problems, struct err *err)
{
	struct diags d;
	struct conf_reader r = { a, &d, out, NULL };
	const struct yaml *root = NULL;

	diags_init(&d, a, path, text != NULL ? text->s : NULL,
	    text != NULL ? text->len : 0);
	if (text != NULL) {
		r.folder = folder_of(a, path);
		root = yaml_read(text->s, text->len, a, &d);
	}
	if (read_tree(&r, root, err) < 0)
		return -1;
	if (d.n_errors > 0)
		return set_error(&d, problems, err);
	return 0;
}

static int
load_file(const char *path, struct arena *a, struct config *out,
    struct str *problems, struct err *err)
{
	struct str text = STR_INIT;
	int rc;

	out->file = arena_strdup(a, path);
	rc = file_read(path, YAML_MAX_BYTES, &text, err);
	if (rc == 0)
		rc = read_text(out->file, &text, a, out, problems, err);
	str_release(&text);
	return rc;
}

int
config_load(const char *path, struct arena *a, struct config *out,
    struct str *problems, struct err *err)
{
	const char *usual[2];

	memset(out, 0, sizeof(*out));
	if (path == NULL)
		path = getenv("PAWL_CONFIG");
	if (path != NULL && path[0] != '\0')
		return load_file(path, a, out, problems, err);

	usual[0] = user_path(a, "XDG_CONFIG_HOME", ".config",
	    "pawl/pawl.yaml");
	usual[1] = SYSTEM_FILE;
	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (usual[i] == NULL)
			continue;
		if (access(usual[i], F_OK) == 0)
			return load_file(usual[i], a, out, problems, err);
	}
	return read_text("configuration", NULL, a, out, problems, err);
}

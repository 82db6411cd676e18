/*
 * retries.h - what Pawl tries again by itself, how often and when: all in one
 * place, as doc/operations.md tells it. What a pipeline asks to be tried again
 * is in lib/run/retry.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_RETRIES_H
#define PAWL_BASE_RETRIES_H

/* Pauses in seconds before the next try; 0 ends: it was the last. */
#define RETRY_PULL_S { 2, 4, 8, 0 }     /* an image, when the network fails */
#define RETRY_BLOB_S { 1, 2, 4, 8 }     /* a request to the store of blobs */
#define RETRY_BLOB_TRIES 5

/* A job whose process or host was lost: "max-attempts" of the configuration,
 * after pauses of 2 s, 10 s, 50 s ... */
#define RETRY_LOST_FIRST_MS 2000
#define RETRY_LOST_FACTOR 5
#define RETRY_LOST_MAX_MS 300000

/* A webhook that finds the database locked: so many more tries, each after
 * 100 ms +- 50 ms, and no new one when the quickest forge will soon wait no
 * longer; then 503 with Retry-After. */
#define RETRY_HOOK_TRIES 5
#define RETRY_HOOK_PAUSE_MS 50
#define RETRY_HOOK_JITTER_MS 100
#define RETRY_HOOK_GIVE_UP_MS 4000

/* An origin that does not tell its heads to a reconcile: after 10, 20, 40 ...
 * seconds. */
#define RETRY_RECONCILE_TRIES 5
#define RETRY_RECONCILE_FIRST_MS 10000
#define RETRY_RECONCILE_MAX_MS 300000

/* A webhook whose planning failed for the infrastructure. */
#define RETRY_PLAN_ATTEMPTS 3

/* Badges and status files: pauses of 1, 2, 4 ... s. */
#define RETRY_FILES_ATTEMPTS 12
#define RETRY_FILES_FIRST_MS 1000
#define RETRY_FILES_MAX_MS 300000

/* What goes to a forge or to other hosts: after "notify-pause" of the
 * configuration, twice that ..., for as long as "notify-retry-for" when the
 * network or the other side fails, and so often when it is refused. */
#define RETRY_SEND_MAX_MS 900000
#define RETRY_SEND_REFUSED 3

/* After so many failures in a row a host is left alone: for so many times
 * "notify-pause" (20 s), then twice that ..., with one message in between that
 * tries it. */
#define RETRY_HOST_FAILURES 5
#define RETRY_HOST_FACTOR 10
#define RETRY_HOST_MAX_MS 300000

/* A database that is locked: each try waits for the store's own 5 s too. */
#define RETRY_BUSY_TRIES 10
#define RETRY_BUSY_PAUSE_S 1

/* `retry` of a step or job, when it does not say: the first pause, and the
 * longest. */
#define RETRY_STEP_FIRST_MS 1000
#define RETRY_STEP_MAX_MS 300000

#endif

/*
 * dag.h - the jobs of a run as a graph: which needs which, where each is
 * drawn, and the drawing as SVG and as JSON.
 *
 * The graph is made of units. A unit is one job, or the jobs that one job of
 * the file became (a matrix), or with less detail all jobs of a called
 * workflow, or all that may run at the same time. Whoever draws takes the
 * finest detail that fits, so that a thousand jobs are a page and not
 * megabytes.
 *
 * All of it is pure: the same jobs give the same bytes. Time and memory grow
 * with jobs and needs and are bounded by the limits below, whatever the needs
 * say: names of nothing, doubles and cycles are left out.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_DAG_H
#define PAWL_RENDER_DAG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/base/arena.h"
#include "lib/base/str.h"
#include "lib/render/look.h"

#define DAG_EDGES_MAX 20000 /* more are left out */
#define DAG_BENDS_MAX 20000 /* places that long edges go through */

/* What is drawn within a page: more than that is drawn with less detail. */
#define DAG_PAGE_UNITS 60
#define DAG_PAGE_EDGES 200

/* A job as the graph sees it; the texts are borrowed. */
struct dag_job {
	const char *key;   /* "build", "build:2", "call/test" */
	const char *title;
	const char *needs; /* a JSON list of keys without ":2", as stored */
	enum look look;
	const char *state; /* its word */
	int64_t started_at_ms, finished_at_ms; /* 0: not yet */
};

enum dag_detail {
	DAG_JOBS,   /* a unit for each job of the files */
	DAG_CALLS,  /* one for each job of the run's own file */
	DAG_STAGES, /* one for all jobs that are equally far from the start */
};

struct dag_unit {
	const char *key;     /* "call/build": all its jobs begin so; of a
	                        stage "1" */
	const char *label;   /* shown */
	const char *above;   /* the call it stands in, "call"; or NULL */
	const size_t *jobs;  /* indices */
	size_t n_jobs;
	enum look look;      /* of all of them */
	size_t looks[LOOK_N]; /* how many of each */
	int64_t started_at_ms, finished_at_ms; /* of all, 0: not yet */
	size_t layer;        /* from 0, left to right */
	size_t shown;        /* of its jobs that have a line of their own */
	int x, y, w, h;      /* px, by dag_lay_out() */
};

struct dag_edge {
	size_t from, to; /* units; `to` needs `from`, in a later layer */
	const int *bends; /* y in each layer between, px; or NULL */
	size_t n_bends;
};

struct dag {
	const struct dag_job *jobs;
	size_t n_jobs;
	enum dag_detail detail;
	struct dag_unit *units; /* in order of their first jobs */
	size_t n_units;
	struct dag_edge *edges; /* in order of `to`, then `from` */
	size_t n_edges;
	size_t n_layers;
	bool cut;               /* edges were left out */
	int width, height;      /* px, by dag_lay_out() */
};

/* Units, edges and layers. Everything lives in `a` but the jobs, which must
 * stay as long. */
void
dag_build(struct dag *g, const struct dag_job *jobs, size_t n,
    enum dag_detail detail, struct arena *a);

/* The same, with the finest detail that has at most so many units and
 * edges. */
void
dag_build_within(struct dag *g, const struct dag_job *jobs, size_t n,
    size_t max_units, size_t max_edges, struct arena *a);

/* Give every unit its place: none covers another, and no edge crosses a unit
 * that it does not lead to. */
void
dag_lay_out(struct dag *g, struct arena *a);

/* Where a drawing leads. */
struct dag_drawing {
	const char *job_at;   /* before the key of a job, "/o/r/runs/7/jobs/" */
	const char *group_at; /* before the key of a unit of many jobs,
	                         "/o/r/runs/7?job="; of stages: stage_at */
	const char *stage_at;
	const char *title;    /* for who cannot see it */
	bool alone;           /* a file of its own: with a namespace, and
	                         colours that need no style sheet */
};
/* Append <svg>. dag_lay_out() must have been called. */
void
dag_svg(const struct dag *g, const struct dag_drawing *d, struct str *out);

/*
 * {"nodes": [{id, label, type "job" or "stage", status, color, started_at,
 * finished_at, duration_ms, parent?}], "edges": [{source, target, type
 * "depends_on"}]} as libraries that draw graphs read it: edges lead between
 * ids of nodes, and there is one for each need. Ids as in the plan of a
 * workflow (pawl plan --graph).
 */
json_t *
dag_json(const struct dag *g);

/*
 * Which jobs decided when the run was over, the last one first: that one and,
 * of what each needed, what ended last. `mark` has a place for each job of a
 * graph with DAG_JOBS and is filled. Jobs that did not start are in no path.
 */
void
dag_critical(const struct dag *g, bool *mark);

/* The jobs whose failure is nobody else's: they failed, and nothing that they
 * need did. `mark` as above. */
void
dag_first_failed(const struct dag *g, bool *mark);

#endif

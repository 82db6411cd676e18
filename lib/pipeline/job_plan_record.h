/*
 * job_plan_record.h - the members of a job's plan, as tables that reading and
 * writing walk alike.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_JOB_PLAN_RECORD_H
#define PAWL_PIPELINE_JOB_PLAN_RECORD_H

#include "lib/pipeline/job_plan.h"

enum field_type {
	FIELD_TEXT,    /* const char * */
	FIELD_TEXTS,   /* const char ** */
	FIELD_NUMBER,  /* int, from -1 */
	FIELD_MS,      /* int64_t */
	FIELD_BOOL,
	FIELD_KIND,    /* enum step_kind */
	FIELD_PART,    /* enum step_part */
	FIELD_POS,     /* struct pos */
	FIELD_VALUE,   /* const struct value * */
	FIELD_VALUES,  /* const struct value **, of which some may be NULL */
	FIELD_CONTEXT, /* struct expr_object * */
	FIELD_RECORD,  /* a struct */
	FIELD_RECORDS, /* a list of structs */
};

struct record;

struct field {
	const char *name; /* NULL ends a table */
	enum field_type type;
	size_t at;   /* offset of the member */
	size_t n_at; /* lists: of their length */
	bool required;
	size_t max;  /* lists: items; numbers: the highest */
	const struct record *record;
};

struct record {
	const struct field *fields;
	size_t size;
};

/* struct job_plan. */
extern const struct record job_plan_record;

#endif

/*
 * metrics_own.c - numbers that stand in no table: files, the disk, programs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "lib/render/metrics_text.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "lib/base/heart.h"
#include "lib/base/layout.h"
#include "lib/base/told.h"
#include "lib/base/mem.h"

/* Everything that is read for these. */
struct own {
	int64_t database, wal;
	int64_t disk_size, disk_free;
	struct heart heart;
	const struct config *config;
};

static int64_t
of_database(const struct own *o)
{
	return o->database;
}

static int64_t
of_wal(const struct own *o)
{
	return o->wal;
}

static int64_t
of_disk_size(const struct own *o)
{
	return o->disk_size;
}

static int64_t
of_disk_free(const struct own *o)
{
	return o->disk_free;
}

static int64_t
of_max_jobs(const struct own *o)
{
	return o->config->max_jobs;
}

static int64_t
of_streams(const struct own *o)
{
	return told_read(o->config->run_dir, TOLD_STREAMS);
}

static int64_t
of_workerd(const struct own *o)
{
	return o->heart.alive;
}

static int64_t
of_start(const struct own *o)
{
	return o->heart.started_at_ms;
}

static int64_t
of_look(const struct own *o)
{
	return o->heart.looked_at_ms;
}

static const struct {
	struct family family;
	int64_t (*value)(const struct own *o); /* of seconds: milliseconds */
} rows[] = {
	{ { "pawl_database_size_bytes", "gauge", "bytes",
	    "Size of the database, without its log." }, of_database },
	{ { "pawl_database_wal_size_bytes", "gauge", "bytes",
	    "Size of the database's write-ahead log." }, of_wal },
	{ { "pawl_state_disk_size_bytes", "gauge", "bytes",
	    "Size of the file system that the state directory is on." },
	    of_disk_size },
	{ { "pawl_state_disk_free_bytes", "gauge", "bytes",
	    "What is left of it to programs that are not root's." },
	    of_disk_free },
	{ { "pawl_max_jobs", "gauge", "",
	    "Jobs that may run at the same time." }, of_max_jobs },
	{ { "pawl_streams", "gauge", "",
	    "Streams of events and logs that are open." }, of_streams },
	{ { "pawl_workerd_up", "gauge", "", "1: pawl-workerd runs." },
	    of_workerd },
	{ { "pawl_workerd_start_time_seconds", "gauge", "seconds",
	    "When pawl-workerd was started last, since 1970; 0: never." },
	    of_start },
	{ { "pawl_workerd_look_time_seconds", "gauge", "seconds",
	    "When it looked after its work last; without news it sleeps." },
	    of_look },
};

static int
read_size(const char *path, int64_t *out, struct err *err)
{
	struct stat sb;

	*out = 0;
	if (stat(path, &sb) == 0)
		*out = sb.st_size;
	else if (errno != ENOENT)
		return err_errno(err, "cannot read \"%s\"", path);
	return 0;
}

static int
read_files(struct own *o, struct err *err)
{
	struct str path = STR_INIT;
	struct statvfs fs;
	int rc;

	layout_db(&path, o->config->state_dir);
	rc = read_size(path.s, &o->database, err);
	str_add(&path, "-wal");
	if (rc == 0)
		rc = read_size(path.s, &o->wal, err);
	str_release(&path);
	if (rc == -1)
		return -1;
	if (statvfs(o->config->state_dir, &fs) == -1)
		return err_errno(err, "cannot look at \"%s\"",
		    o->config->state_dir);
	o->disk_size = (int64_t)fs.f_blocks * (int64_t)fs.f_frsize;
	o->disk_free = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	return 0;
}

int
metrics_own(struct metrics *m, struct err *err)
{
	static const struct family build = { "pawl_build", "info", "",
		"Which Pawl this is." };
	struct own o = { .config = m->config };

	if (read_files(&o, err) == -1 ||
	    heart_read(m->config->state_dir, &o.heart, err) == -1)
		return -1;
	metrics_family(m, &build);
	metrics_number(m, &build, "version=\"" PACKAGE_VERSION "\"", 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct family *f = &rows[i].family;

		metrics_family(m, f);
		(str_equal(f->unit, "seconds") ? metrics_thousandths :
		    metrics_number)(m, f, "", rows[i].value(&o));
	}
	return 0;
}

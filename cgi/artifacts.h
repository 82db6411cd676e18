/*
 * artifacts.h - artifacts of a run: a list, and one as a zip archive.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_ARTIFACTS_H
#define PAWL_CGI_ARTIFACTS_H

#include "lib/store/artifacts.h"
#include "lib/store/runs.h"
#include "lib/web/serve.h"
#include "lib/web/request.h"
#include "lib/web/response.h"

/* GET api/v1/repos/{owner}/{repo}/runs/{run}/artifacts */
int
artifacts_list(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* GET artifacts/{owner}/{repo}/{run}/{zip} */
int
artifacts_zip(struct web *w, struct request *req, struct response *res,
    struct err *err);

/* GET api/artifacts/{artifact}/download: the same, by its id */
int
artifacts_download(struct web *w, struct request *req, struct response *res,
    struct err *err);

#endif

/*
 * api.h - the table of the API's routes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_CGI_API_H
#define PAWL_CGI_API_H

#include "lib/web/serve.h"

extern const struct web_app api_app;

#endif

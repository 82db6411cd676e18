/*
 * api_main.c - pawl-api.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "cgi/api.h"

int
main(int argc, char **argv)
{
	return web_main(&api_app, argc, argv);
}

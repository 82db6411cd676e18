/*
 * step.c - fuzz target: any body as a step's request. What is accepted must
 * encode to the very same bytes again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/step_protocol.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct step_request req;
	unsigned char *again;

	if (step_request_read(data, size, &req) == -1)
		return 0;
	if (step_request_size(&req) != size)
		abort();
	again = malloc(size);
	if (again == NULL)
		abort();
	step_request_write(&req, again);
	if (memcmp(again, data, size) != 0)
		abort();
	free(again);
	step_request_release(&req);
	return 0;
}

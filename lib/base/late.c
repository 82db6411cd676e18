/*
 * late.c - see late.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/base/late.h"

#include <dlfcn.h>

bool
late_load(const char *library, const struct late_function *functions,
    size_t n)
{
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);

	if (handle == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		void *found = dlsym(handle, functions[i].name);

		if (found == NULL)
			return false;
		*(void **)functions[i].place = found;
	}
	return true;
}

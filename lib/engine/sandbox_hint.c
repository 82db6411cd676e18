/*
 * sandbox_hint.c - what to do about what bwrap says.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/sandbox.h"

#include <string.h>

#include "lib/base/mem.h"

static const struct {
	const char *part; /* of the message */
	const char *hint;
} hints[] = {
	{ "setting up uid map",
	    "; the system forbids user namespaces to ordinary programs: allow "
	    "them with \"sysctl kernel.apparmor_restrict_unprivileged_userns"
	    "=0\", or give bwrap an AppArmor profile that has \"userns\"" },
	{ "new namespace",
	    "; the system forbids user namespaces: allow them with \"sysctl "
	    "kernel.unprivileged_userns_clone=1\", or with \"sysctl "
	    "user.max_user_namespaces=10000\"" },
	{ "No space left on device",
	    "; no more namespaces are allowed: raise \"sysctl "
	    "user.max_user_namespaces\"" },
	{ "mount proc on",
	    "; Pawl runs inside a container that hides parts of /proc: give "
	    "that container a full one" },
};

const char *
sandbox_hint(const char *message)
{
	for (size_t i = 0; i < ARRAY_LEN(hints); i++)
		if (strstr(message, hints[i].part) != NULL)
			return hints[i].hint;
	return "";
}

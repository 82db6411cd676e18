/*
 * capability.c - names of Linux's capabilities; capabilities(7).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "lib/engine/capability.h"

#include <linux/capability.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	int bit;
} capabilities[] = {
	{ "AUDIT_CONTROL", CAP_AUDIT_CONTROL },
	{ "AUDIT_READ", CAP_AUDIT_READ },
	{ "AUDIT_WRITE", CAP_AUDIT_WRITE },
	{ "BLOCK_SUSPEND", CAP_BLOCK_SUSPEND },
	{ "BPF", CAP_BPF },
	{ "CHECKPOINT_RESTORE", CAP_CHECKPOINT_RESTORE },
	{ "CHOWN", CAP_CHOWN },
	{ "DAC_OVERRIDE", CAP_DAC_OVERRIDE },
	{ "DAC_READ_SEARCH", CAP_DAC_READ_SEARCH },
	{ "FOWNER", CAP_FOWNER },
	{ "FSETID", CAP_FSETID },
	{ "IPC_LOCK", CAP_IPC_LOCK },
	{ "IPC_OWNER", CAP_IPC_OWNER },
	{ "KILL", CAP_KILL },
	{ "LEASE", CAP_LEASE },
	{ "LINUX_IMMUTABLE", CAP_LINUX_IMMUTABLE },
	{ "MAC_ADMIN", CAP_MAC_ADMIN },
	{ "MAC_OVERRIDE", CAP_MAC_OVERRIDE },
	{ "MKNOD", CAP_MKNOD },
	{ "NET_ADMIN", CAP_NET_ADMIN },
	{ "NET_BIND_SERVICE", CAP_NET_BIND_SERVICE },
	{ "NET_BROADCAST", CAP_NET_BROADCAST },
	{ "NET_RAW", CAP_NET_RAW },
	{ "PERFMON", CAP_PERFMON },
	{ "SETFCAP", CAP_SETFCAP },
	{ "SETGID", CAP_SETGID },
	{ "SETPCAP", CAP_SETPCAP },
	{ "SETUID", CAP_SETUID },
	{ "SYSLOG", CAP_SYSLOG },
	{ "SYS_ADMIN", CAP_SYS_ADMIN },
	{ "SYS_BOOT", CAP_SYS_BOOT },
	{ "SYS_CHROOT", CAP_SYS_CHROOT },
	{ "SYS_MODULE", CAP_SYS_MODULE },
	{ "SYS_NICE", CAP_SYS_NICE },
	{ "SYS_PACCT", CAP_SYS_PACCT },
	{ "SYS_PTRACE", CAP_SYS_PTRACE },
	{ "SYS_RAWIO", CAP_SYS_RAWIO },
	{ "SYS_RESOURCE", CAP_SYS_RESOURCE },
	{ "SYS_TIME", CAP_SYS_TIME },
	{ "SYS_TTY_CONFIG", CAP_SYS_TTY_CONFIG },
	{ "WAKE_ALARM", CAP_WAKE_ALARM },
};
#define N_CAPABILITIES (sizeof(capabilities) / sizeof(capabilities[0]))

int
capability_bit(const char *name)
{
	for (size_t i = 0; i < N_CAPABILITIES; i++)
		if (strcmp(capabilities[i].name, name) == 0)
			return capabilities[i].bit;
	return -1;
}

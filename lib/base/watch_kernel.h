/*
 * watch_kernel.h - what watch.c asks the system for: for it alone.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_BASE_WATCH_KERNEL_H
#define PAWL_BASE_WATCH_KERNEL_H

/* A descriptor that is readable when something is told, or -1. */
int
watch_kernel_open(void);

/* Watch a file; its number, or -1. */
int
watch_kernel_add(int fd, const char *path);
void
watch_kernel_remove(int fd, int number);

/* Call `changed` for each file that was told of. `gone`: its watch has ended,
 * for the file was removed. */
typedef void watch_kernel_fn(void *ctx, int number, int gone);
void
watch_kernel_read(int fd, watch_kernel_fn *changed, void *ctx);

#endif

/*
 * engine_image.c - containers of an image in the sandbox: what is not to be
 * seen or done there, and that each has a layer of its own.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"
#include "t/engine/cases.h"

#include <string.h>

#include "t/lib/tap.h"

/* Sandbox with an image alone: its own root, and nobody else's. */
void
test_image_walls(struct rig *rig)
{
	struct box b;

	box_up(rig, &b);
	expect(&b, "id -u; grep NoNewPrivs /proc/self/status; echo $HOME",
	    "exited 0", "0\nNoNewPrivs:\t1\n/root\n",
	    "root of the image, who gets no new rights");
	expect(&b, "[ \"$(awk '{ print $2 }' /proc/self/uid_map)\" != 0 ]",
	    "exited 0", "", "is somebody else on the host");
	expect(&b, "mknod /dev/x b 8 0 || mount -t tmpfs x /mnt || "
	    "hostname other || chroot /proc/1/root true && echo; "
	    "ls /usr/bin/env /etc/shadow /home 2>/dev/null", "exited 1", "",
	    "nothing of the host is there or can be made");
	expect(&b, "for d in /proc/sys/kernel /.pawl/ctl /.pawl/layer "
	    "/sys/devices/system; do touch $d/x 2>/dev/null && echo $d; done; "
	    "true", "exited 0", "", "what is ours is read-only");
	expect(&b, "echo more >/etc/hosts && cat /etc/hosts", "exited 0",
	    "more\n", "/etc/hosts may be changed");
	box_end(&b);
}

/* Each container writes over the image, none into it. */
void
test_image_layer(struct rig *rig)
{
	struct box a, b;
	struct ran r;

	box_up(rig, &a);
	expect(&a, "echo changed >/etc/passwd; rm -r /bin/vi /root; "
	    "mkdir -p /opt/new/deep && touch /opt/new/deep/x; ls /opt/new",
	    "exited 0", "deep\n", "a job may change all of its image");
	box_up(rig, &b);
	expect(&b, "cat /etc/passwd; ls -d /bin/vi /root; ls /opt 2>&1 | "
	    "grep -c new", "exited 1", "root:x:0:0:root:/root:/bin/sh\n"
	    "ci:x:1000:1000::/home/ci:/bin/sh\n/bin/vi\n/root\n0\n",
	    "another beside it has a fresh one");
	box_end(&b);
	box_end(&a);
	box_init(rig, &b);
	b.spec.workspace_max_bytes = 40 * MB;
	ok(box_start(&b), "a container of 40 MB starts: %s", b.err.text);
	run_shell(&b, "mkdir -p /var/big; i=0; while :; do i=$((i+1)); "
	    "head -c 3000000 /dev/zero >/var/big/$i; done", &r);
	is_int(r.err.code, ERR_TOO_LARGE, "what is written over the image "
	    "counts too: %s", r.err.text);
	ran_release(&r);
	box_end(&b);
}

#!/bin/bash
# services-podman.t - services, and steps in containers of their own, with a
# real Podman.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

service=podman
. "$srcdir/t/lib/service_cases.sh"

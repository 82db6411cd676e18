#!/bin/bash
# services-docker.t - services, and steps in containers of their own, with a
# real Docker.
#
# SPDX-License-Identifier: ISC
. "${srcdir:-.}/t/lib/tap.sh"

service=docker
. "$srcdir/t/lib/service_cases.sh"

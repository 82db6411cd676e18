/*
 * inputs.h - what somebody gives when a workflow is started by hand.
 *
 * docs.github.com, "Workflow syntax", on.workflow_dispatch.inputs: in the
 * inputs context booleans and numbers keep their type.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_PIPELINE_INPUTS_H
#define PAWL_PIPELINE_INPUTS_H

#include "lib/pipeline/expr.h"
#include "lib/pipeline/model.h"

/*
 * The `inputs` context of a workflow_dispatch: what is given (texts, or
 * values of the right type), else the defaults. Names are compared without
 * regard to case. -1 with ERR_INVALID: an input that is not known, is
 * missing, or is not what its type allows. A workflow without
 * workflow_dispatch has none.
 */
int
dispatch_inputs(const struct workflow *w, struct expr_object *given,
    struct arena *a, struct expr_object **out, struct err *err);

/* `github.event.inputs`: the same as texts, and those that were not given, too
 * (docs.github.com, "Events that trigger workflows", workflow_dispatch). */
void
dispatch_tell_event(struct expr_object *github,
    const struct expr_object *inputs, struct arena *a);

#endif

// SPDX-License-Identifier: Apache-2.0
/*
 * What a step function says about an event. The machines (visit.h, call.h, opening.h) are pure: same value and event
 * in, same value and effects out. Nothing here waits, allocates or knows the time.
 */
#pragma once

typedef enum {
  IPD_STEP_OK,      /* the value may have changed; carry out the effects in order */
  IPD_STEP_IGNORED, /* legal but without meaning now (late, repeated); value unchanged, no effects */
  IPD_STEP_ILLEGAL, /* must not happen in this state; log it once and drop it; value unchanged, no effects */
} IpdStep;

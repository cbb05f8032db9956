// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media/canvas.h"

/** What the test picture shows, part by part: each draws onto a canvas. */
void ipd_scene_draw_street (IpdCanvas *canvas);
void ipd_scene_draw_visitor (IpdCanvas *canvas);

/** ipd_scene_draw_arm: @angle: of the forearm from upright, radians, to the right. */
void ipd_scene_draw_arm (IpdCanvas *canvas, double angle);
void ipd_scene_draw_closed_eyes (IpdCanvas *canvas);

/** ipd_scene_draw_frame: what stands before the visitor: the porch around the camera, the clock's plate. */
void ipd_scene_draw_frame (IpdCanvas *canvas);

/** ipd_scene_draw_no_camera: a whole picture: a camera, crossed out. */
void ipd_scene_draw_no_camera (IpdCanvas *canvas);

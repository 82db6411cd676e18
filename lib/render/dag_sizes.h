/*
 * dag_sizes.h - how large a drawn graph and its parts are, in px.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef PAWL_RENDER_DAG_SIZES_H
#define PAWL_RENDER_DAG_SIZES_H

#define DAG_MARGIN 8
#define DAG_UNIT_WIDTH 212
#define DAG_UNIT_HEIGHT 46 /* of one job; of many, their head */
#define DAG_BAR_HEIGHT 8   /* how many have which state */
#define DAG_LINE_HEIGHT 24 /* of one among many jobs */
#define DAG_LINES_PAD 4
#define DAG_LINES_MAX 6
#define DAG_BEND_HEIGHT 4
#define DAG_GAP_X 44
#define DAG_GAP_Y 14

#endif

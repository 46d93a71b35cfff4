/** The size that all plots have in common. */

export const WIDTH_PX = 760
/** Of a plot with lines, around its axes. */
export const BOX = { x: 70, y: 80, width: 660, height: 240 } as const
export const LINES_HEIGHT_PX = 380

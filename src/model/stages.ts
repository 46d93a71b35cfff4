/** The stages of a review, in the order in which they run. */

export const STAGES = [
  'PRE_VALIDATION',
  'FAST_CRITICS',
  'CORE_ANALYSIS',
  'DEEP_ANALYSIS',
  'POST_PROCESSING',
  'VALIDATION',
] as const

export type Stage = (typeof STAGES)[number]

export const stageOrder: Readonly<Record<Stage, number>> = {
  PRE_VALIDATION: 0,
  FAST_CRITICS: 1,
  CORE_ANALYSIS: 2,
  DEEP_ANALYSIS: 3,
  POST_PROCESSING: 4,
  VALIDATION: 5,
}

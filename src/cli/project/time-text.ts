/** Times and durations in words. */

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** The furthest time a date can hold, in milliseconds before or after 1970. Source: ECMA-262, "Time Values". */
const DATE_MAX_MS = 8.64e15

/** `2026-11-20 22:13:01Z`. */
export function stamp(atMs: number): string {
  // A damaged store may hold any number.
  if (!(Math.abs(atMs) <= DATE_MAX_MS)) return 'at no time'
  return `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** Two units at most: `40 ms`, `2.5 s`, `3 min 20 s`, `6 days 23 h`. */
export function lasted(ms: number): string {
  if (!Number.isFinite(ms)) return 'for ever'
  if (ms < SECOND_MS) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 10 * SECOND_MS) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`
  if (ms < HOUR_MS) return pair(ms, [MINUTE_MS, 'min'], [SECOND_MS, 's'])
  if (ms < DAY_MS) return pair(ms, [HOUR_MS, 'h'], [MINUTE_MS, 'min'])
  return pair(ms, [DAY_MS, ms < 2 * DAY_MS ? 'day' : 'days'], [HOUR_MS, 'h'])
}

type Unit = readonly [ms: number, name: string]

function pair(ms: number, [large, largeName]: Unit, [small, smallName]: Unit): string {
  const rest = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`
}

/** `in 6 days 23 h`, or `5 min 2 s ago`. */
export const relative = (atMs: number, nowMs: number): string =>
  atMs > nowMs ? `in ${lasted(atMs - nowMs)}` : `${lasted(nowMs - atMs)} ago`

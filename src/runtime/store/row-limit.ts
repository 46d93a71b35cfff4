/** How many rows a query may bring, read from what a caller gave. */

/** A whole number from 0 on: Infinity and fractions are no limits SQLite knows, and a negative one is none at all. */
export const rowLimit = (limit: number): number =>
  Math.max(0, Math.floor(Math.min(limit, Number.MAX_SAFE_INTEGER)))

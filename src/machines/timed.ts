/** Charts know no clock: who steps one says on each event when that is. */

/** Milliseconds since 1970. The engine sets it on every event, also on those XState makes. */
export type Timed = { readonly at?: number | undefined }

/** When an event happened; 0 where nobody said, as in a chart that is only watched or tested. */
export const atOf = (event: object): number => (event as Timed).at ?? 0

/** A number of things in words. */

/** `1 fact`, `2 facts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

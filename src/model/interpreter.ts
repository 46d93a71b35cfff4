/** Who steps the charts. */

/** `compiled`: several times faster, the same behaviour. `xstate`: XState's own interpreter. */
export const INTERPRETERS = ['compiled', 'xstate'] as const
export type Interpreter = (typeof INTERPRETERS)[number]

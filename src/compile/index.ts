/** `stagecraft/compile`: any XState machine, several times faster. */

export { compile, explainCompilation, type Compilation } from './compile.ts'
export { createActor } from './create-actor.ts'
export { fromPromise } from './from-promise.ts'

/** Who steps the charts of this process, where nobody says otherwise. */

import type { AnyStateMachine } from 'xstate'
import { compile } from '../compile/compile.ts'
import { interpreterFromEnvironment } from '../model/environment.ts'
import type { Interpreter } from '../model/interpreter.ts'

/** The chart, ready to run. Throws `environment.invalid` when STAGECRAFT_INTERPRETER is neither of the two. */
export function stepped<TMachine extends AnyStateMachine>(
  machine: TMachine,
  interpreter: Interpreter = interpreterFromEnvironment(environment()),
): TMachine {
  return interpreter === 'compiled' ? compile(machine) : machine
}

/** A browser has none. */
function environment(): Readonly<Record<string, string | undefined>> {
  const { process } = globalThis as {
    readonly process?: { readonly env?: Record<string, string | undefined> }
  }
  return process?.env ?? {}
}

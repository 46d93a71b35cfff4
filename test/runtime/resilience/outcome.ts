/** What a promise came to, as a word: for lists of outcomes that can be read at a glance. */

import { isStagecraftError, messageOf } from '../../../src/model/errors.ts'

export const outcomeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(String, (error: unknown) => (isStagecraftError(error) ? error.code : messageOf(error)))

/** The code of what a function throws. */
export function codeOf(make: () => unknown): string {
  try {
    make()
  } catch (error) {
    return isStagecraftError(error) ? error.code : messageOf(error)
  }
  return 'nothing was thrown'
}

/** Work that ends when somebody says so. */
export function held<T = string>(): {
  readonly work: () => Promise<T>
  readonly end: (value: T) => void
  readonly fail: (error: unknown) => void
} {
  let end: (value: T) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const promise = new Promise<T>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  return { work: () => promise, end, fail }
}

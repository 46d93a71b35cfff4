/** Functions in schemas: that it is one is all that can be checked. */

import { z } from 'zod'

/** A function of a type that the caller vouches for. */
export const functionOf = <F extends (...args: never[]) => unknown>() =>
  z.custom<F>((value) => typeof value === 'function', 'must be a function')

/** Any function. */
export const fn = functionOf<(...args: never[]) => unknown>()

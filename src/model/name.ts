/** Names that people give to critics, agents, tasks, phases and values. */

import { z } from 'zod'

export const NAME_PATTERN = /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,63}$/

/** Of an agent, a task or a phase. */
export const Name = z
  .string()
  .regex(NAME_PATTERN, 'must be 1 to 64 letters, digits, "_" or "-", and begin with a letter or digit')

/** The same text as V8 keeps names of properties: to look it up in a record or a map is then to compare two pointers. */
export const asPropertyName = (name: string): string => Object.keys({ [name]: true })[0] ?? name

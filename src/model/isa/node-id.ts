/** Ids of nodes: `domain.id`, one node over all domains. */

import { z } from 'zod'
import { NAME_PATTERN } from '../name.ts'

const NAME = NAME_PATTERN.source.slice(1, -1)

/** Two names with a dot between: `electronics.limit`. */
export const NodeId = z
  .string()
  .regex(
    new RegExp(`^${NAME}\\.${NAME}$`),
    'must be "domain.id", each 1 to 64 letters, digits, "_" or "-", and begin with a letter or digit',
  )

export const domainOf = (id: string): string => id.slice(0, id.indexOf('.'))

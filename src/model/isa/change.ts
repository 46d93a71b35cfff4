/** What was done to an ISA, as plain JSON, so that it can be done again elsewhere. */

import { z } from 'zod'
import { PhysicalValue } from '../units/physical-value.ts'
import { NodeAbout } from './isa-node.ts'
import { NodeId } from './node-id.ts'

export const IsaChange = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('set'), id: NodeId, value: PhysicalValue, about: NodeAbout }),
    z.strictObject({ kind: z.literal('unlock'), id: NodeId }),
    z.strictObject({ kind: z.literal('confirm'), id: NodeId }),
    z.strictObject({ kind: z.literal('remove'), id: NodeId }),
  ])
  .readonly()
  .meta({ id: 'IsaChange' })
export type IsaChange = z.infer<typeof IsaChange>

/** What has to be booked before anything is made, step by step; each step knows how to take its booking back. */

import { defineAgent, type Task } from 'stagecraft/runtime'
import { z } from 'zod'
import type { Ledger } from './ledger.ts'

/** What the Manufacturing agent found out, as far as it is booked. */
const Needed = z.looseObject({
  printer: z.string(),
  printingHours: z.number(),
  materialKg: z.number(),
  tubeM: z.number(),
  tube: z.string(),
})
const View = z.looseObject({
  project: z.looseObject({ id: z.string(), params: z.unknown() }),
  tasks: z.looseObject({ Manufacturing: Needed }),
})
type Needed = z.infer<typeof Needed>

/** True breaks the printer in the middle of its test print. */
const Params = z.looseObject({ printerBreaks: z.boolean().default(false) }).catch({ printerBreaks: false })

/** Hours that a printer has free in a week. */
const FREE_HOURS = 120

type Step = {
  readonly name: string
  readonly after: string
  readonly booked: (needed: Needed) => {
    readonly what: string
    readonly quantity: number
    readonly unit: string
  }
  /** Why the step cannot be done; undefined where it can. */
  readonly refused?: (needed: Needed, params: z.infer<typeof Params>) => string | undefined
}

const STEPS: readonly Step[] = [
  {
    name: 'OrderMaterial',
    after: 'Manufacturing',
    booked: ({ materialKg, tube, tubeM }) => ({
      what: `filament, and ${tubeM} m of tube ${tube}`,
      quantity: materialKg,
      unit: 'kg',
    }),
  },
  {
    name: 'ReservePrinter',
    after: 'OrderMaterial',
    booked: ({ printer, printingHours }) => ({
      what: `printer ${printer}`,
      quantity: printingHours,
      unit: 'h',
    }),
    refused: ({ printingHours }) =>
      printingHours > FREE_HOURS
        ? `The parts take ${printingHours} hours, and a printer has ${FREE_HOURS} free.`
        : undefined,
  },
  {
    name: 'TestPrint',
    after: 'ReservePrinter',
    booked: ({ printer }) => ({ what: `test print on ${printer}`, quantity: 1, unit: 'piece' }),
    refused: (_, { printerBreaks }) => (printerBreaks ? 'The nozzle of the printer broke.' : undefined),
  },
  {
    name: 'BookInspection',
    after: 'TestPrint',
    booked: () => ({ what: 'inspection of the first parts', quantity: 1, unit: 'h' }),
  },
]

/** The steps as tasks of MANUFACTURING: one after the other, and without any of them nothing is made. */
export const bookingTasks = (ledger: Ledger): readonly Task[] => STEPS.map((step) => taskOf(step, ledger))

function taskOf({ name, after, booked, refused }: Step, ledger: Ledger): Task {
  const agent = defineAgent({
    name,
    input: View,
    // A broken nozzle is not mended by trying again.
    retry: { retriesMax: 0 },
    run: ({ project, tasks: { Manufacturing } }, { key }) => {
      const booking = { key, project: project.id, step: name, ...booked(Manufacturing) }
      ledger.book(booking)
      // What is refused only now is half done: the undoing looks after that, too.
      const why = refused?.(Manufacturing, Params.parse(project.params ?? {}))
      if (why !== undefined) throw new Error(why)
      return booking
    },
  })
  return {
    agent,
    dependsOn: [after],
    critical: true,
    compensate: ({ project }) => ledger.cancel({ project: project.id, step: name }),
  }
}

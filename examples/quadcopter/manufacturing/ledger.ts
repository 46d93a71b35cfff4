/** The workshop's book: what was booked there and what was taken back, as a small JSON file. */

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const Booking = z.strictObject({
  /** One booking has one key, however often it is asked for. */
  key: z.string(),
  /** Who booked, and in which step. */
  project: z.string(),
  step: z.string(),
  what: z.string(),
  quantity: z.number(),
  unit: z.string(),
  state: z.enum(['booked', 'cancelled']),
})
export type Booking = z.infer<typeof Booking>

export type Ledger = {
  readonly bookings: () => readonly Booking[]
  /** A key that is there already is left as it is: a second try after a crash books nothing twice. */
  readonly book: (booking: Omit<Booking, 'state'>) => void
  /** Cancels what a step of a project has booked. Nothing there, or cancelled before: nothing to do. */
  readonly cancel: (by: Pick<Booking, 'project' | 'step'>) => void
}

/** Kept in a file that is replaced as a whole, so that a crash leaves the old book or the new one. */
export function fileLedger(path: string): Ledger {
  const bookings = (): readonly Booking[] =>
    existsSync(path) ? z.array(Booking).parse(JSON.parse(readFileSync(path, 'utf8'))) : []
  return ledgerOver(bookings, (next) => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.new`, `${JSON.stringify(next, null, 2)}\n`)
    renameSync(`${path}.new`, path)
  })
}

export function memoryLedger(): Ledger {
  let book: readonly Booking[] = []
  return ledgerOver(
    () => book,
    (next) => {
      book = next
    },
  )
}

function ledgerOver(bookings: Ledger['bookings'], write: (next: readonly Booking[]) => void): Ledger {
  return {
    bookings,
    book: (booking) => {
      const all = bookings()
      if (!all.some(({ key }) => key === booking.key)) write([...all, { ...booking, state: 'booked' }])
    },
    cancel: ({ project, step }) => {
      const isMeant = (one: Booking) => one.project === project && one.step === step
      write(bookings().map((one) => (isMeant(one) ? { ...one, state: 'cancelled' } : one)))
    },
  }
}

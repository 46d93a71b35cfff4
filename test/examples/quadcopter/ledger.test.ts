import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileLedger, memoryLedger } from '../../../examples/quadcopter/manufacturing/ledger.ts'

const room = mkdtempSync(join(tmpdir(), 'ledger-'))
afterAll(() => rmSync(room, { recursive: true }))

const booking = { key: 'a.1', project: 'a', step: 'Print', what: 'printer', quantity: 3, unit: 'h' }

describe.each([
  ['in a file', () => fileLedger(join(room, 'deep', 'ledger.json'))],
  ['in memory', memoryLedger],
] as const)('a ledger %s', (_, open) => {
  const ledger = open()

  it('books nothing twice under one key', () => {
    ledger.book(booking)
    ledger.book({ ...booking, quantity: 4 })
    expect(ledger.bookings()).toEqual([{ ...booking, state: 'booked' }])
  })

  it('cancels what a step of a project has booked, once or twice, and nothing else', () => {
    ledger.book({ ...booking, key: 'b.1', project: 'b' })
    ledger.book({ ...booking, key: 'a.2', step: 'Order' })
    ledger.cancel({ project: 'a', step: 'Print' })
    ledger.cancel({ project: 'a', step: 'Print' })
    ledger.cancel({ project: 'nobody', step: 'Print' })
    expect(ledger.bookings().map(({ key, state }) => [key, state])).toEqual([
      ['a.1', 'cancelled'],
      ['b.1', 'booked'],
      ['a.2', 'booked'],
    ])
  })
})

it('keeps a file that people can read', () => {
  const path = join(room, 'read.json')
  fileLedger(path).book(booking)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([{ ...booking, state: 'booked' }])
})

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Waiter, WaitingLine } from '../../../src/model/resilience/waiting-line.ts'

describe('a waiting line', () => {
  it('has the same first as a list in which everybody can leave from anywhere', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(20))), (steps) => {
        const line = new WaitingLine()
        const list: Waiter[] = []
        for (const [order, place] of steps.entries()) {
          const leaving = place === null ? undefined : list[place % list.length]
          if (leaving) {
            line.leave(leaving)
            list.splice(list.indexOf(leaving), 1)
          } else {
            const waiter = new Waiter(order, () => {})
            line.join(waiter)
            list.push(waiter)
          }
          expect(line.first).toBe(list[0])
        }
        for (const waiter of list) {
          expect(line.first).toBe(waiter)
          line.leave(waiter)
        }
        expect(line.first).toBeUndefined()
      }),
    )
  })
})

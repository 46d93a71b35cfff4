import { describe, expect, it } from 'vitest'
import { Lane, Room } from '../../../src/model/resilience/lane.ts'
import { Waiter } from '../../../src/model/resilience/waiting-line.ts'

describe('lanes through the same room', () => {
  it('are looked at once each, however many wait in them, and not at all when nobody does', () => {
    const outer = new Room(1)
    const lanes = [new Room(1), new Room(1)].map((inner) => new Lane([inner, outer], inner))
    lanes[0]?.take()
    const served: number[] = []
    for (let order = 0; order < 1_000; order += 1)
      lanes[order % 2]?.join(new Waiter(order, () => served.push(order)))
    expect(outer.lanes.size).toBe(2)
    // Whoever is served leaves again at once.
    lanes[0]?.giveBack()
    for (let order = 0; order < 999; order += 1) lanes[order % 2]?.giveBack()
    expect(served).toEqual(Array.from({ length: 1_000 }, (_, order) => order))
    expect([outer.lanes.size, outer.running, outer.peak]).toEqual([0, 1, 1])
  })
})

/** Rooms with so many places, and lanes of those who need a place in each of several rooms at once. */

import { WaitingLine, type Waiter } from './waiting-line.ts'

/** Who gets the places of a room, where age alone is not to decide. */
export type Sharing = {
  /** Whether one more place may go to the lane. */
  admits(lane: Lane): boolean
  /** Negative when the first goes before the second, positive when after it, 0 where age decides. */
  compare(one: Lane, other: Lane): number
  took(lane: Lane): void
  gaveBack(lane: Lane): void
}

/** So many places. */
export class Room {
  max: number
  running = 0
  peak = 0
  readonly sharing: Sharing | undefined
  /** Lanes in which somebody waits for this room, among others. */
  readonly lanes = new Set<Lane>()

  constructor(max: number, sharing?: Sharing) {
    this.max = max
    this.sharing = sharing
  }
}

/** All who need the same rooms: whoever came first among them can be served first. */
export class Lane {
  readonly rooms: readonly Room[]
  /** What was asked for the places. */
  readonly entrance: object
  readonly #line = new WaitingLine()

  constructor(rooms: readonly Room[], entrance: object) {
    this.rooms = rooms
    this.entrance = entrance
  }

  get first(): Waiter | undefined {
    return this.#line.first
  }

  get hasRoom(): boolean {
    for (const { running, max, sharing } of this.rooms)
      if (running >= max || sharing?.admits(this) === false) return false
    return true
  }

  /** A place in every room; the caller has seen that there is one. */
  take(): void {
    for (const room of this.rooms) {
      room.running += 1
      if (room.running > room.peak) room.peak = room.running
      room.sharing?.took(this)
    }
  }

  /** Gives the places back, to the oldest of those who now have all they need. */
  giveBack(): void {
    let isAwaited = false
    for (const room of this.rooms) {
      room.running -= 1
      room.sharing?.gaveBack(this)
      isAwaited ||= room.lanes.size > 0
    }
    if (isAwaited) serveOldest(this.rooms)
  }

  join(waiter: Waiter): void {
    this.#line.join(waiter)
    for (const room of this.rooms) room.lanes.add(this)
  }

  leave(waiter: Waiter): void {
    this.#line.leave(waiter)
    if (this.#line.first) return
    for (const room of this.rooms) room.lanes.delete(this)
  }
}

/** Serves as many as there are places for in these rooms. Looks at lanes, not at everybody who waits in them. */
export function serveOldest(rooms: readonly Room[]): void {
  for (let lane = oldestLane(rooms); lane; lane = oldestLane(rooms)) {
    const { first } = lane
    if (!first) return
    lane.leave(first)
    lane.take()
    first.served()
  }
}

function oldestLane(rooms: readonly Room[]): Lane | undefined {
  let oldest: Lane | undefined
  for (const { running, max, lanes, sharing } of rooms) {
    if (running >= max) continue
    for (const lane of lanes) if (lane.hasRoom && isBefore(lane, oldest, sharing)) oldest = lane
  }
  return oldest
}

function isBefore(lane: Lane, other: Lane | undefined, sharing: Sharing | undefined): boolean {
  if (!lane.first || !other?.first) return lane.first !== undefined
  return ((other !== lane && sharing?.compare(lane, other)) || lane.first.order - other.first.order) < 0
}

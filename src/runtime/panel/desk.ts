/** The desk of one run: what its actors need beside their inputs, kept out of the charts. */

import type { Account } from '../../actors/limits/account.ts'
import type { FindingCache } from '../../actors/cache.ts'
import type { Lane } from '../../actors/limits/resource.ts'
import type { Permit, PermitDesk } from '../../actors/permit.ts'
import type { Member } from '../../actors/shared-work.ts'
import type { WorkDesk, Worker } from '../../actors/work.ts'
import type { CriticResult } from '../../model/critic-result.ts'

/** What all runs of a panel share. */
export type DeskFloor = {
  readonly workers: readonly Worker[]
  readonly lanes: readonly Lane[]
  readonly cache: FindingCache | undefined
  readonly noteRateLimited: () => void
}

export class Desk implements PermitDesk, WorkDesk {
  readonly id: string
  readonly account: Account
  readonly #floor: DeskFloor
  // Only with a cache are there any.
  #permits: Map<number, Permit> | undefined
  #members: Map<number, Member> | undefined

  constructor(id: string, account: Account, floor: DeskFloor) {
    this.id = id
    this.account = account
    this.#floor = floor
  }

  lane(critic: number): Lane {
    return known(this.#floor.lanes[critic])
  }

  worker(critic: number): Worker {
    return known(this.#floor.workers[critic])
  }

  noteRateLimited(): void {
    this.#floor.noteRateLimited()
  }

  hold(critic: number, permit: Permit | undefined): void {
    if (!this.#floor.cache) return
    this.#permits ??= new Map()
    if (permit) this.#permits.set(critic, permit)
    else this.#permits.delete(critic)
  }

  permit(critic: number): Permit | undefined {
    return this.#permits?.get(critic)
  }

  member(critic: number): Member | undefined {
    return this.#members?.get(critic)
  }

  join(critic: number, member: Member): void {
    this.#members ??= new Map()
    this.#members.set(critic, member)
  }

  /** A critic has ended: its finding goes to the cache and to those who wait for it, or a follower takes over. */
  settle(critic: number, result: CriticResult): void {
    const member = this.#members?.get(critic)
    if (!member) return
    this.#members?.delete(critic)
    const finding = result.status === 'success' ? result.finding : undefined
    if (finding) this.#store(member.key, finding)
    member.end(finding && { kind: 'finding', finding, validationErrors: result.validationErrors ?? [] })
  }

  /** The run is over, however it ended. */
  close(): void {
    for (const member of this.#members?.values() ?? []) member.end(undefined)
    this.#members = undefined
  }

  /** A cache that fails is a cache that forgets. */
  #store(key: string, finding: NonNullable<CriticResult['finding']>): void {
    try {
      Promise.resolve(this.#floor.cache?.set(key, finding)).catch(() => {})
    } catch {
      // A synchronous failure is no different.
    }
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('A chart asked for a critic that its plan does not have.')
  return value
}

/** The permit actor: wants a permit while it lives, tells its critic when it has one, and returns it when it stops. */

import type { Limits } from './limits/limits.ts'
import type { Answers, PermitRequest } from './limits/permit-request.ts'
import type { Lane } from './limits/resource.ts'
import type { Account } from './limits/account.ts'
import { channel, type TaskLogic, type TaskScope } from './task.ts'

/** What the actor needs of the run it works for. */
export type PermitDesk = {
  readonly account: Account
  lane(critic: number): Lane
  /** The permit a critic holds, so that shared work can keep it. */
  hold(critic: number, permit: Permit | undefined): void
  noteRateLimited(): void
}

export type Permit = PermitRequest

/** Logic of `permit`, over one set of limits. */
export function permitLogic(
  limits: Limits,
  deskOf: (run: number) => PermitDesk,
): TaskLogic<{ run: number; critic: number }, undefined> {
  return channel(({ run, critic }, scope) => {
    const desk = deskOf(run)
    const wish = new Wish(scope, desk, critic)
    scope.onStop(wish)
    wish.permit = limits.request(desk.lane(critic), desk.account, wish)
    desk.hold(critic, wish.permit)
  })
}

/** A critic's wish for a permit: passes on what becomes of it, and lets go when the actor is stopped. */
class Wish implements Answers {
  permit: Permit | undefined
  readonly #scope: TaskScope
  readonly #desk: PermitDesk
  readonly #critic: number

  constructor(scope: TaskScope, desk: PermitDesk, critic: number) {
    this.permit = undefined
    this.#scope = scope
    this.#desk = desk
    this.#critic = critic
  }

  stopped(): void {
    this.#desk.hold(this.#critic, undefined)
    this.permit?.release()
  }

  granted(): void {
    this.#scope.tell({ type: 'GRANTED' })
  }

  queued(): void {
    this.#scope.tell({ type: 'QUEUED' })
  }

  rateLimited(): void {
    this.#desk.noteRateLimited()
    this.#scope.tell({ type: 'RATE_LIMITED' })
  }

  rejected(reason: string): void {
    this.#scope.tell({ type: 'REJECTED', reason })
  }
}

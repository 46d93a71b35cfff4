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
    const permit = limits.request(desk.lane(critic), desk.account, new CriticAnswers(scope, desk))
    desk.hold(critic, permit)
    scope.onStop(() => {
      desk.hold(critic, undefined)
      permit.release()
    })
  })
}

/** What becomes of the request, as the critic hears it. */
class CriticAnswers implements Answers {
  readonly #scope: TaskScope
  readonly #desk: PermitDesk

  constructor(scope: TaskScope, desk: PermitDesk) {
    this.#scope = scope
    this.#desk = desk
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

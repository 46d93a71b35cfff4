/** The permit actor: wants a permit while it lives, tells its critic when it has one, and returns it when it stops. */

import type { Limits } from './limits/limits.ts'
import type { PermitRequest } from './limits/permit-request.ts'
import type { Lane } from './limits/resource.ts'
import type { Account } from './limits/account.ts'
import { channel, type TaskLogic } from './task.ts'

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
    const permit = limits.request(desk.lane(critic), desk.account, {
      granted: () => scope.tell({ type: 'GRANTED' }),
      queued: () => scope.tell({ type: 'QUEUED' }),
      rateLimited: () => {
        desk.noteRateLimited()
        scope.tell({ type: 'RATE_LIMITED' })
      },
      rejected: (reason) => scope.tell({ type: 'REJECTED', reason }),
    })
    desk.hold(critic, permit)
    scope.onStop(() => {
      desk.hold(critic, undefined)
      permit.release()
    })
  })
}

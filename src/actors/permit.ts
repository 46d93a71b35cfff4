/** The permit actor: wants a permit while it lives, tells its critic when it has one, and returns it when it stops. */

import { fromCallback, type EventObject } from 'xstate'
import type { Limits, Lane } from './limits.ts'
import type { Account } from './account.ts'

/** What the actor needs of the run it works for. */
export type PermitDesk = {
  readonly account: Account
  lane(critic: number): Lane
  /** The permit a critic holds, so that shared work can keep it. */
  hold(critic: number, permit: Permit | undefined): void
  noteRateLimited(): void
}

export type Permit = ReturnType<Limits['request']>

/** Logic of `permit`, over one set of limits. */
export function permitLogic(limits: Limits, deskOf: (run: number) => PermitDesk) {
  return fromCallback<EventObject, { run: number; critic: number }>(({ input, sendBack }) => {
    const desk = deskOf(input.run)
    const permit = limits.request(desk.lane(input.critic), desk.account, {
      granted: () => sendBack({ type: 'GRANTED' }),
      queued: () => sendBack({ type: 'QUEUED' }),
      rateLimited: () => {
        desk.noteRateLimited()
        sendBack({ type: 'RATE_LIMITED' })
      },
      rejected: (reason) => sendBack({ type: 'REJECTED', reason }),
    })
    desk.hold(input.critic, permit)
    return () => {
      desk.hold(input.critic, undefined)
      permit.release()
    }
  })
}

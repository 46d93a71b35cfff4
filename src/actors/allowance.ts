/** The allowance actor: takes one of the review's retries, or says that none is left. */

import { fromCallback, type EventObject } from 'xstate'
import type { Account } from './account.ts'

/** Logic of `allowance`. */
export function allowanceLogic(accountOf: (run: number) => Account) {
  return fromCallback<EventObject, { run: number }>(({ input, sendBack }) => {
    sendBack({ type: accountOf(input.run).takeRetry() ? 'RETRY_ALLOWED' : 'RETRY_REFUSED' })
  })
}

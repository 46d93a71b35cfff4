/** The allowance actor: takes one of the review's retries, or says that none is left. */

import type { Account } from './limits/account.ts'
import { channel, type TaskLogic } from './task.ts'

/** Logic of `allowance`. */
export function allowanceLogic(accountOf: (run: number) => Account): TaskLogic<{ run: number }, undefined> {
  return channel(({ run }, scope) => {
    scope.tell({ type: accountOf(run).takeRetry() ? 'RETRY_ALLOWED' : 'RETRY_REFUSED' })
  })
}

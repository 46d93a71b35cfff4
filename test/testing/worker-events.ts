/** Every event of the sample worker, with payloads. */

import { afterEvent, doneEvent, errorEvent } from '../../src/testing/index.ts'

export const workerEvents = [
  { type: 'START' },
  { type: 'CANCEL' },
  doneEvent('work', { good: true }),
  doneEvent('work', { good: false }),
  errorEvent('work', { message: 'down' }),
  afterEvent('timeout', 'worker.working'),
  afterEvent('pause', 'worker.retrying'),
] as const

/** The error for an optional library that is not installed. */

import { StagecraftError, type ErrorCode } from '../model/errors.ts'
import { notRetryable } from './not-retryable.ts'

/** Says what to install; trying again would not help. */
export function missingPeer(
  peers: readonly string[],
  wantedBy: string,
  cause: unknown,
  code: ErrorCode = 'critic.missing_peer',
): Error {
  return notRetryable(
    new StagecraftError(
      code,
      `${wantedBy} needs ${peers.join(' and ')}, which could not be loaded. Install it: npm install ${peers.join(' ')}`,
      { cause },
    ),
  )
}

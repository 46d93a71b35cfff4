/** Facts for a listener that never gives up its place: when it lags, it goes on after the last one it has heard. */

import { defer, of, retry, tap, throwError, type Observable } from 'rxjs'
import { isStagecraftError } from '../../model/errors.ts'
import type { Fact } from '../../model/fact.ts'
import type { Orchestrator } from '../orchestrator.ts'

/** `after` is a cursor; default only what happens from now on. Ends with any error but `feed.lagged`. */
export function followFacts(
  orchestrator: Pick<Orchestrator, 'facts'>,
  after: number | undefined,
): Observable<Fact> {
  let cursor = after
  return defer(() => orchestrator.facts(cursor === undefined ? {} : { after: cursor })).pipe(
    tap((fact) => (cursor = fact.cursor)),
    retry({
      delay: (error: unknown) => {
        if (!isStagecraftError(error) || error.code !== 'feed.lagged') return throwError(() => error)
        // The feed says so with this very error.
        cursor = (error.cause as { readonly after: number }).after
        return of(cursor)
      },
    }),
  )
}

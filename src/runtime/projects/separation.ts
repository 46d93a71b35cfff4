/** Separation of author and approver needs an author. */

import { StagecraftError } from '../../model/errors.ts'
import type { Lifecycle } from './lifecycle.ts'

/** Where author and approver must be two people, an author nobody knows could approve. */
export function refuseUnknownAuthor({ name, plan }: Lifecycle, author: string | null | undefined): void {
  const separated = plan.phases.find(({ approval }) => approval?.requires.separation)
  if ((author ?? null) === null && separated)
    throw new StagecraftError(
      'input.invalid',
      `Lifecycle "${name}" does not let the author approve ${separated.name}, so it must know who that is: give \`author\`.`,
    )
}

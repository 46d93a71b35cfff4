/** `stagecraft project approve` and `reject`: decides on the approval that a project waits for. */

import type { ApprovalDecision, Submission } from '../../model/approval.ts'
import { StagecraftError } from '../../model/errors.ts'
import type { Reader } from '../../runtime/reader.ts'
import type { Io } from '../io.ts'
import { askAndTell, type AskCommandOptions, type Wish } from './ask-command.ts'
import { placeOf, reading } from './place.ts'

export type DecideOptions = AskCommandOptions & {
  readonly decision: ApprovalDecision
  readonly by?: string
  readonly role?: readonly string[]
  readonly comment?: string
  readonly approval?: string
  readonly version?: number
}

export async function decideCommand(id: string, options: DecideOptions, io: Io): Promise<number> {
  const place = placeOf(options.store, io)
  return reading(place, async (reader) => {
    const submission = await submissionFor(reader, id, { ...options, by: whoDecides(options, io) })
    const wish: Wish = { ask: { ask: 'decide', submission }, words: wordsOf(submission) }
    await reader.check(id, wish.ask)
    return askAndTell(id, wish, { reader, place, waitMs: options.wait * 1_000, io })
  })
}

function whoDecides({ by }: Pick<DecideOptions, 'by'>, { user }: Pick<Io, 'user'>): string {
  const name = by ?? user()
  if (name !== undefined) return name
  throw new StagecraftError('cli.usage', 'Nobody knows who you are on this system. Say it with --by <name>.')
}

/** Binds the decision to what can be read now: another subject in the meantime, and it is refused. */
async function submissionFor(
  reader: Reader,
  id: string,
  { decision, by, role = [], comment, approval, version }: DecideOptions & { readonly by: string },
): Promise<Submission> {
  const view = await reader.get(id)
  const open = view.approval
  const asked = { approval: approval ?? open?.id, version: version ?? open?.version }
  if (asked.approval === undefined || asked.version === undefined)
    throw new StagecraftError(
      'approval.unknown',
      `Nothing of "${id}" waits for approval: it is ${view.state}. Look at it with \`stagecraft project show ${id}\`.`,
    )
  const isOpen = open?.id === asked.approval && open.version === asked.version
  return {
    approval: asked.approval,
    version: asked.version,
    decision,
    by,
    roles: [...role],
    ...(comment !== undefined && { comment }),
    ...(isOpen && { subjectHash: open.subjectHash }),
  }
}

const wordsOf = ({ decision, by, approval, version }: Submission) =>
  `${decision} by ${by} on ${approval} version ${version}`

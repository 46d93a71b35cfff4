/** What only the owner of a memory store may do. */

import { isStagecraftError, messageOf, StagecraftError } from '../../../model/errors.ts'
import { fault } from '../../fault.ts'
import { notEnded, unknownJournal } from '../refusals.ts'
import { rowLimit } from '../row-limit.ts'
import type { OwnedStore, Step, StoreReader } from '../store.ts'
import { Changes } from './changes.ts'
import { takeAnswers, takeStep } from './commit.ts'
import { copyOf } from './held.ts'
import type { HeldCommand, Holdings } from './holdings.ts'
import { byOpening, inOrder } from './reader.ts'

type Writes = Omit<OwnedStore, keyof StoreReader>

/** @param held throws once the store is closed. */
export function ownerOf(held: () => Holdings): Writes {
  return {
    commit: async (steps) => commit(held(), steps),
    journalsWithWork: async (after, limit) => {
      const working = [...held().commands.values()].filter((command) => !isTimer(command))
      return [...new Set(working.map(({ journal }) => journal))]
        .filter((id) => id > after)
        .toSorted(inOrder)
        .slice(0, rowLimit(limit))
    },
    timersDue: async (at, limit) =>
      timersOf(held())
        .filter(({ dueAt }) => dueAt <= at)
        .toSorted((one, other) => one.dueAt - other.dueAt || byOpening(one, other))
        .slice(0, rowLimit(limit))
        .map(({ command }) => copyOf(command))
        .filter((command) => command.kind === 'timer'),
    nextDueAt: async () => {
      const next = timersOf(held()).reduce((least, { dueAt }) => Math.min(least, dueAt), Infinity)
      return next === Infinity ? undefined : next
    },
    requests: async (limit) =>
      [...held().requests.values()]
        .toSorted((one, other) => one.place - other.place)
        .slice(0, rowLimit(limit))
        .map(({ request }) => copyOf(request)),
    answer: async (answers) => takeAnswers(held(), new Changes(), answers),
    forgetAnswers: async (before) => {
      const { answers } = held()
      for (const [id, { at }] of answers) if (at < before) answers.delete(id)
    },
    remove: async (id) => remove(held(), id),
  }
}

const isTimer = (command: HeldCommand): command is HeldCommand & { dueAt: number } =>
  command.dueAt !== undefined

const timersOf = ({ commands }: Holdings) => [...commands.values()].filter(isTimer)

function commit(held: Holdings, steps: readonly Step[]): readonly number[] {
  try {
    const cursors = takeSteps(held, steps)
    fault('commit.after-commit')
    return cursors
  } catch (cause) {
    if (isStagecraftError(cause)) throw cause
    throw new StagecraftError('store.failed', `The store could not take the steps: ${messageOf(cause)}.`, {
      cause,
    })
  }
}

/** All of them, or none. */
function takeSteps(held: Holdings, steps: readonly Step[]): readonly number[] {
  const changes = new Changes()
  let { cursor } = held
  try {
    fault('commit.begun')
    const cursors = steps.map((step) => {
      const first = cursor + 1
      takeStep(held, changes, step, first)
      cursor += step.entries.length
      return first
    })
    fault('commit.before-commit')
    held.cursor = cursor
    return cursors
  } catch (error) {
    changes.takeBack()
    throw error
  }
}

function remove(held: Holdings, id: string): void {
  const journal = held.journals.get(id)
  if (!journal) throw unknownJournal(id)
  if (!journal.head.ended) throw notEnded(id)
  held.journals.delete(id)
  held.removed.add(id)
  held.entries = held.entries.filter((entry) => entry.journal !== id)
  for (const [key, command] of held.commands) if (command.journal === id) held.commands.delete(key)
}

/** Takes steps into a memory store. Every change goes through `Changes`, so that it can be taken back. */

import { checkStep } from '../check-step.ts'
import { checkpointExists, idUsed, keyOpen, movedOn, unknownJournal } from '../refusals.ts'
import type { Answer, Step } from '../store.ts'
import type { Changes } from './changes.ts'
import { hold } from './held.ts'
import type { HeldJournal, Holdings } from './holdings.ts'

/** `cursor` is the first entry's. */
export function takeStep(held: Holdings, changes: Changes, step: Step, cursor: number): void {
  checkStep(step)
  const journal = moveJournal(held, changes, step)
  for (const [index, entry] of step.entries.entries()) {
    const { journal: id, type } = entry
    const taken = { cursor: cursor + index, journal: id, type, entry: hold(entry) }
    changes.push(held.entries, taken)
    changes.push(journal.entries, taken)
  }
  takeContents(changes, journal, step)
  takeCommands(held, changes, step, cursor)
  takeCheckpoints(changes, journal, step)
  takeAnswers(held, changes, step.answers)
}

/** The first answer stands. */
export function takeAnswers(held: Holdings, changes: Changes, answers: readonly Answer[]): void {
  for (const { id, at, body } of answers) {
    changes.delete(held.requests, id)
    if (!held.answers.has(id)) changes.set(held.answers, id, { at, body: hold(body) })
  }
}

function moveJournal(
  held: Holdings,
  changes: Changes,
  { journal, expectedSeq, record, erases }: Step,
): HeldJournal {
  const known = held.journals.get(journal)
  if (known && known.head.seq !== expectedSeq) throw movedOn(journal, expectedSeq, known.head.seq)
  if (!known && held.removed.has(journal)) throw idUsed(journal)
  if (!known && expectedSeq !== 0) throw unknownJournal(journal)
  const { salt, charts, ...head } = record
  const moved: HeldJournal = {
    entries: [],
    contents: new Map(),
    checkpoints: new Map(),
    ...known,
    head: known ? { ...head, kind: known.head.kind, createdAt: known.head.createdAt } : head,
    salt: erases ? null : known ? known.salt : salt,
    charts: hold(charts),
  }
  changes.set(held.journals, journal, moved)
  return moved
}

function takeContents(changes: Changes, { contents: kept }: HeldJournal, { contents, erases }: Step): void {
  if (erases) for (const ref of kept.keys()) changes.delete(kept, ref)
  else for (const { ref, value } of contents) changes.set(kept, ref, hold(value))
}

function takeCommands(
  { commands }: Holdings,
  changes: Changes,
  { closes, opens }: Step,
  cursor: number,
): void {
  for (const key of closes) changes.delete(commands, key)
  for (const [place, command] of opens.entries()) {
    const { key, journal } = command
    if (commands.has(key)) throw keyOpen(key)
    const dueAt = command.kind === 'timer' ? command.dueAt : undefined
    changes.set(commands, key, { journal, opened: [cursor, place], dueAt, command: hold(command) })
  }
}

function takeCheckpoints(
  changes: Changes,
  { checkpoints: kept }: HeldJournal,
  { checkpoints, drops }: Step,
): void {
  for (const id of drops) changes.delete(kept, id)
  for (const checkpoint of checkpoints) {
    const { id, journal, seq } = checkpoint
    if (kept.has(id)) throw checkpointExists(journal, id)
    changes.set(kept, id, { seq, checkpoint: hold(checkpoint) })
  }
}

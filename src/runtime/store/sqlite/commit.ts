/** Writes steps. Called inside a transaction: whatever it throws, nothing of it stays. */

import { checkStep } from '../check-step.ts'
import { idUsed, movedOn, unknownJournal } from '../refusals.ts'
import type { Command, Step } from '../store.ts'
import type { Connection } from './connection.ts'
import { writeAnswers } from './inbox.ts'
import { textOf } from './stored-json.ts'
import * as write from './writes.ts'

/** A checkpoint by what no other ever has: ids may be given again after a drop, numbers and seqs are not. */
export type StoredCheckpoint = { readonly journal: number; readonly id: string; readonly seq: number }

export type CommitOptions = {
  /** The first entry's. */
  readonly cursor: number
  /** Told of each checkpoint as it is written, with its text. */
  readonly onCheckpoint: (checkpoint: StoredCheckpoint, saved: string) => void
}

/** Returns the cursor of each step's first entry. */
export function writeSteps(
  connection: Connection,
  steps: readonly Step[],
  { cursor, onCheckpoint }: CommitOptions,
): readonly number[] {
  let next = cursor
  return steps.map((step) => {
    checkStep(step)
    const first = next
    const journal = moveJournal(connection, step)
    for (const { payload, cause, seq, type, at, stateHash, previousHash, hash } of step.entries) {
      const stored = { payload: textOf(payload), cause: cause === null ? null : textOf(cause) }
      connection.run(write.addEntry, {
        cursor: next,
        journal,
        seq,
        type,
        at,
        ...stored,
        stateHash,
        previousHash,
        hash,
      })
      next += 1
    }
    writeContents(connection, journal, step)
    writeCommands(connection, journal, step, first)
    writeCheckpoints(connection, journal, step, onCheckpoint)
    writeAnswers(connection, step.answers)
    return first
  })
}

/** Returns the number other tables know the journal by. */
function moveJournal(connection: Connection, { journal, expectedSeq, record }: Step): number {
  const { id, charts, ended, salt, ...head } = record
  const moved = { id, ...head, ended: Number(ended) }
  if (expectedSeq === 0) refuseUsedId(connection, journal)
  const row =
    expectedSeq === 0
      ? connection.get(write.beginJournal, { ...moved, salt })
      : connection.get(write.moveJournal, { ...moved, expectedSeq })
  if (!row) throw notAsExpected(connection, journal, expectedSeq)
  connection.run(expectedSeq === 0 ? write.beginCharts : write.moveCharts, {
    journal: row.number,
    charts: textOf(charts),
  })
  return row.number
}

function refuseUsedId(connection: Connection, journal: string): void {
  const known = connection.get(write.seqOf, { id: journal })
  if (known) throw movedOn(journal, 0, known.seq)
  if (connection.get(write.tombstoneOf, { id: journal })) throw idUsed(journal)
}

function notAsExpected(connection: Connection, journal: string, expectedSeq: number) {
  const known = connection.get(write.seqOf, { id: journal })
  return known ? movedOn(journal, expectedSeq, known.seq) : unknownJournal(journal)
}

function writeContents(connection: Connection, journal: number, { contents, erases }: Step): void {
  if (erases) {
    connection.run(write.eraseContents, { journal })
    connection.run(write.eraseSalt, { journal })
    return
  }
  for (const { ref, value } of contents)
    connection.run(write.addContent, { journal, ref, value: textOf(value) })
}

function writeCommands(
  connection: Connection,
  journal: number,
  { closes, opens }: Step,
  opened: number,
): void {
  for (const key of closes) connection.run(write.closeCommand, { key })
  for (const [place, command] of opens.entries()) {
    const { key, address, id } = command
    connection.run(write.openCommand, { key, journal, opened, place, address, id, ...bodyOf(command) })
  }
}

const bodyOf = (command: Command) =>
  command.kind === 'work'
    ? { source: command.source, dueAt: null, body: textOf(command.input) }
    : { source: null, dueAt: command.dueAt, body: textOf(command.event) }

function writeCheckpoints(
  connection: Connection,
  journal: number,
  { checkpoints, drops }: Step,
  onCheckpoint: CommitOptions['onCheckpoint'],
): void {
  for (const id of drops) connection.run(write.dropCheckpoint, { journal, id })
  for (const { id, seq, at, phase, stateHash, saved } of checkpoints) {
    const text = textOf(saved)
    connection.run(write.addCheckpoint, { journal, id, seq, at, phase, stateHash, saved: text })
    onCheckpoint({ journal, id, seq }, text)
  }
}

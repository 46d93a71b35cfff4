/** The writes of a commit, compiled once: they are what the speed of a store depends on. */

import { build, query } from './query.ts'
import type { Tables } from './tables.ts'

type Journal = { journal: number }
type Head = Omit<Tables['journal'], 'number'>

export const epochOf = query(() => build.selectFrom('meta').select('epoch'))

export const nextEpoch = query(() =>
  build
    .updateTable('meta')
    .set((of) => ({ epoch: of('epoch', '+', 1) }))
    .returning(['epoch', 'cursor']),
)

export const keepCursor = query(({ cursor }: { cursor: number }) => build.updateTable('meta').set({ cursor }))

export const tombstoneOf = query(({ id }: { id: string }) =>
  build.selectFrom('tombstone').select('id').where('id', '=', id),
)

export const seqOf = query(({ id }: { id: string }) =>
  build.selectFrom('journal').select('seq').where('id', '=', id),
)

export const beginJournal = query((head: Head) =>
  build
    .insertInto('journal')
    .values({
      id: head.id,
      kind: head.kind,
      lifecycle: head.lifecycle,
      version: head.version,
      state: head.state,
      ended: head.ended,
      seq: head.seq,
      hash: head.hash,
      stateHash: head.stateHash,
      createdAt: head.createdAt,
      updatedAt: head.updatedAt,
      salt: head.salt,
    })
    .returning('number'),
)

export const beginCharts = query(({ journal, charts }: Tables['chart']) =>
  build.insertInto('chart').values({ journal, charts }),
)

/** Brings a row only where the journal stands as expected. */
export const moveJournal = query(
  (head: Omit<Head, 'kind' | 'createdAt' | 'salt'> & { expectedSeq: number }) =>
    build
      .updateTable('journal')
      .set({
        lifecycle: head.lifecycle,
        version: head.version,
        state: head.state,
        ended: head.ended,
        seq: head.seq,
        hash: head.hash,
        stateHash: head.stateHash,
        updatedAt: head.updatedAt,
      })
      .where('id', '=', head.id)
      .where('seq', '=', head.expectedSeq)
      .returning('number'),
)

export const moveCharts = query(({ journal, charts }: Tables['chart']) =>
  build.updateTable('chart').set({ charts }).where('journal', '=', journal),
)

export const addEntry = query((entry: Tables['entry']) =>
  build.insertInto('entry').values({
    cursor: entry.cursor,
    journal: entry.journal,
    seq: entry.seq,
    type: entry.type,
    at: entry.at,
    payload: entry.payload,
    cause: entry.cause,
    stateHash: entry.stateHash,
    previousHash: entry.previousHash,
    hash: entry.hash,
  }),
)

/** The same content again is no news: its reference is its hash. */
export const addContent = query(({ journal, ref, value }: Tables['content']) =>
  build
    .insertInto('content')
    .values({ journal, ref, value })
    .onConflict((on) => on.doNothing()),
)

export const closeCommand = query(({ key }: { key: string }) =>
  build.deleteFrom('command').where('key', '=', key),
)

export const openCommand = query((command: Tables['command']) =>
  build.insertInto('command').values({
    key: command.key,
    journal: command.journal,
    opened: command.opened,
    place: command.place,
    address: command.address,
    id: command.id,
    source: command.source,
    dueAt: command.dueAt,
    body: command.body,
  }),
)

export const dropCheckpoint = query(({ journal, id }: Journal & { id: string }) =>
  build.deleteFrom('checkpoint').where('journal', '=', journal).where('id', '=', id),
)

export const addCheckpoint = query((checkpoint: Tables['checkpoint']) =>
  build.insertInto('checkpoint').values({
    journal: checkpoint.journal,
    id: checkpoint.id,
    seq: checkpoint.seq,
    at: checkpoint.at,
    phase: checkpoint.phase,
    stateHash: checkpoint.stateHash,
    saved: checkpoint.saved,
  }),
)

export const eraseContents = query(({ journal }: Journal) =>
  build.deleteFrom('content').where('journal', '=', journal),
)

export const eraseSalt = query(({ journal }: Journal) =>
  build.updateTable('journal').set({ salt: null }).where('number', '=', journal),
)

/** The reads whose shape never changes, compiled once. */

import { sql } from 'kysely'
import { build, query } from './query.ts'

type OfJournal = { journal: string }

export const HEAD_COLUMNS = [
  'journal.id',
  'journal.kind',
  'journal.lifecycle',
  'journal.version',
  'journal.state',
  'journal.ended',
  'journal.seq',
  'journal.hash',
  'journal.stateHash',
  'journal.createdAt',
  'journal.updatedAt',
] as const

/** The number other tables know a journal by. */
export const numberOf = (id: string) => build.selectFrom('journal').select('number').where('id', '=', id)

export const newest = query(() =>
  build.selectFrom('entry').select((of) => of.fn.max<number | null>('cursor').as('cursor')),
)

export const recordOf = query(({ id }: { id: string }) =>
  build
    .selectFrom('journal')
    .innerJoin('chart', 'chart.journal', 'journal.number')
    .select([...HEAD_COLUMNS, 'journal.salt', 'chart.charts'])
    .where('journal.id', '=', id),
)

/** `refs` is a JSON array, so that one query serves any number of them. */
export const contentsOf = query(({ journal, refs }: OfJournal & { refs: string }) =>
  build
    .selectFrom('content')
    .select(['ref', 'value'])
    .where('journal', '=', numberOf(journal))
    .where('ref', 'in', sql<string>`(select value from json_each(${refs}))`),
)

export const checkpointsOf = query(({ journal }: OfJournal) =>
  build
    .selectFrom('checkpoint')
    .select(['id', 'seq', 'at', 'phase', 'stateHash'])
    .where('journal', '=', numberOf(journal))
    .orderBy('seq'),
)

export const checkpointOf = query(({ journal, id }: OfJournal & { id: string }) =>
  build
    .selectFrom('checkpoint')
    .select(['id', 'seq', 'at', 'phase', 'stateHash', 'saved'])
    .where('journal', '=', numberOf(journal))
    .where('id', '=', id),
)

export const commandsOf = query(({ journal }: OfJournal) =>
  build
    .selectFrom('command')
    .select(['key', 'address', 'id', 'source', 'dueAt', 'body'])
    .where('journal', '=', numberOf(journal))
    .orderBy('opened')
    .orderBy('place'),
)

/** One row for each of the ids that are named. */
export const liveJournals = query(({ idsMax }: { idsMax: number }) =>
  build
    .selectFrom(
      build
        .selectFrom('journal')
        .select(['kind', 'lifecycle', 'version', 'id'])
        .select((of) => [
          of.fn
            .countAll<number>()
            .over((rows) => rows.partitionBy(['kind', 'lifecycle', 'version']))
            .as('count'),
          of.fn
            .agg<number>('row_number')
            .over((rows) => rows.partitionBy(['kind', 'lifecycle', 'version']).orderBy('id'))
            .as('place'),
        ])
        .where('ended', '=', 0)
        .as('live'),
    )
    .select(['kind', 'lifecycle', 'version', 'count', 'id'])
    .where('place', '<=', idsMax)
    .orderBy('kind')
    .orderBy('lifecycle')
    .orderBy('version')
    .orderBy('id'),
)

export const journalsWithWork = query(({ after, limit }: { after: string; limit: number }) =>
  build
    .selectFrom('journal')
    .select('id')
    .where('id', '>', after)
    .where((of) =>
      of.exists(
        of
          .selectFrom('command')
          .select('command.key')
          .whereRef('command.journal', '=', 'journal.number')
          .where('command.dueAt', 'is', null),
      ),
    )
    .orderBy('id')
    .limit(limit),
)

export const timersDue = query(({ at, limit }: { at: number; limit: number }) =>
  build
    .selectFrom('command')
    .innerJoin('journal', 'journal.number', 'command.journal')
    .select([
      'journal.id as journal',
      'command.key',
      'command.address',
      'command.id',
      'command.dueAt',
      'command.body',
    ])
    .where('command.dueAt', '<=', at)
    .$narrowType<{ dueAt: number }>()
    .orderBy('command.dueAt')
    .orderBy('command.opened')
    .orderBy('command.place')
    .limit(limit),
)

export const nextDue = query(() =>
  build
    .selectFrom('command')
    .select((of) => of.fn.min<number | null>('dueAt').as('dueAt'))
    .where('dueAt', 'is not', null),
)

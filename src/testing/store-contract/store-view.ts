/** All that can be read of a store, as one value: of a real one through its port, of the naive one the long way. */

import type { Json } from '../../model/canonical.ts'
import type { Ref } from '../../model/content.ts'
import type { JournalRecord, OwnedStore, Postbox } from '../../runtime/store/store.ts'
import type { NaiveStore } from './naive-store.ts'
import { RANDOM_IDS, RANDOM_REFS, RANDOM_REQUESTS } from './random-steps.ts'
import { NOON } from './sample-step.ts'

/** In the middle of the times of random timers. */
const MIDDLE = NOON + 2

const ALL = { limit: 1_000_000 }

export async function viewOf(owner: OwnedStore, postbox: Postbox) {
  return {
    newestCursor: await owner.newestCursor(),
    heads: await owner.heads(ALL),
    ended: (await owner.heads({ ended: true, ...ALL })).map(({ id }) => id),
    entries: await owner.entries({ after: 0, ...ALL }),
    page: await owner.entries({
      after: 4,
      until: 40,
      types: ['PROJECT_CREATED', 'PROJECT_PAUSED'],
      limit: 7,
    }),
    journals: await each(RANDOM_IDS, async (id) => ({
      record: await owner.record(id),
      entries: (await owner.entries({ after: 3, journal: id, limit: 5 })).map(({ cursor }) => cursor),
      contents: [...(await owner.contents(id, RANDOM_REFS))].toSorted(byRef),
      commands: await owner.commandsOf(id),
      checkpoints: (await owner.checkpoints(id)).map((checkpoint) => checkpoint.id),
      saved: await each(await owner.checkpoints(id), (checkpoint) => owner.checkpoint(id, checkpoint.id)),
    })),
    live: (await owner.liveVersions()).map(({ ids }) => ids),
    working: await owner.journalsWithWork('', 1_000),
    due: await owner.timersDue(MIDDLE, 1_000),
    nextDueAt: await owner.nextDueAt(),
    requests: await owner.requests(1_000),
    answers: await each(RANDOM_REQUESTS, (id) => postbox.answer(id)),
  }
}

export function naiveViewOf({ state }: NaiveStore): Awaited<ReturnType<typeof viewOf>> {
  const heads = state.records.map(headOf).toSorted(byId)
  const timers = state.commands
    .filter((command) => command.kind === 'timer')
    .toSorted((one, other) => one.dueAt - other.dueAt)
  return {
    newestCursor: state.entries.at(-1)?.cursor ?? 0,
    heads,
    ended: heads.filter(({ ended }) => ended).map(({ id }) => id),
    entries: state.entries,
    page: state.entries
      .filter(({ cursor, type }) => cursor > 4 && cursor <= 40 && /CREATED|PAUSED/.test(type))
      .slice(0, 7),
    journals: RANDOM_IDS.map((id) => naiveJournalOf(state, id)),
    live: liveIdsOf(heads),
    working: [
      ...new Set(state.commands.filter(({ kind }) => kind === 'work').map(({ journal }) => journal)),
    ].toSorted(),
    due: timers.filter(({ dueAt }) => dueAt <= MIDDLE),
    nextDueAt: timers[0]?.dueAt,
    requests: state.requests,
    answers: RANDOM_REQUESTS.map((id) => state.answers.find((answer) => answer.id === id)),
  }
}

function naiveJournalOf(state: NaiveStore['state'], id: string) {
  const own = <T extends { journal: string }>(parts: readonly T[]) =>
    parts.filter(({ journal }) => journal === id)
  const saved = own(state.checkpoints).toSorted((one, other) => one.seq - other.seq)
  return {
    record: state.records.find((record) => record.id === id),
    entries: own(state.entries)
      .map(({ cursor }) => cursor)
      .filter((cursor) => cursor > 3)
      .slice(0, 5),
    // References are written by `randomStep` only.
    contents: own(state.contents)
      .map(({ ref, value }): [Ref, Json] => [ref as Ref, value])
      .toSorted(byRef),
    commands: own(state.commands),
    checkpoints: saved.map((checkpoint) => checkpoint.id),
    saved,
  }
}

const headOf = ({ salt: _, charts: __, ...head }: JournalRecord) => head

const byId = ({ id: one }: { id: string }, { id: other }: { id: string }) => (one < other ? -1 : 1)

const byRef = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]) =>
  one < other ? -1 : 1

function liveIdsOf(heads: readonly ReturnType<typeof headOf>[]): (readonly string[])[] {
  const live = heads.filter(({ ended }) => !ended)
  const groups = Map.groupBy(live, ({ kind, lifecycle, version }) => [kind, lifecycle, version].join(' '))
  return [...groups.keys()].toSorted().map((key) => (groups.get(key) ?? []).map(({ id }) => id))
}

async function each<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<R[]> {
  const found: R[] = []
  for (const item of items) found.push(await read(item))
  return found
}

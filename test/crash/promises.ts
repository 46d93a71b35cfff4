/** Whether a store kept every promise that was made on it, whatever became of those who made them. */

import { setTimeout as wait } from 'node:timers/promises'
import { createOrchestrator, type Orchestrator } from '../../src/runtime/orchestrator.ts'
import { messageOf } from '../../src/model/errors.ts'
import type { Fact } from '../../src/model/fact.ts'
import { sqliteStore } from '../../src/runtime/store/sqlite/sqlite-store.ts'
import type { Postbox, StoreReader } from '../../src/runtime/store/store.ts'
import { carry, readPromises, type Promised } from './fixtures/carry.ts'
import { crashLifecycles, readEffects, type Effect, type TaskRun } from './fixtures/lifecycle.ts'
import { openLog } from './fixtures/line-log.ts'

export type Checked = {
  /** Sentences; none when all is well. */
  readonly problems: readonly string[]
  readonly promises: number
  readonly facts: number
  readonly projects: number
}

/** For what takes a second. */
const PATIENCE_MS = 30_000

/** The last owner: takes the store on a disk and the logs in a folder, lets every project end, then looks whether all is as it was promised. */
export async function finishAndCheck(folder: string, disk = folder): Promise<Checked> {
  const store = sqliteStore({ path: `${disk}/store.db`, inboxPollMs: 5, compressAboveBytes: 200 })
  const problems: string[] = []
  const orchestrator = await createOrchestrator({
    store,
    lifecycles: crashLifecycles(`${folder}/effects.log`),
    onTrouble: (error) => problems.push(`there was trouble: ${messageOf(error)}`),
  })
  const postbox = await store.openPostbox()
  const reader = await store.openReader()
  try {
    const promises = openLog(`${folder}/promises.log`)
    const open = await orchestrator.projects.list({ ended: false, limit: Infinity })
    const carried = Promise.all(open.map(({ id }) => carry({ orchestrator, postbox, promises }, id)))
    const isLate = wait(PATIENCE_MS, true, { ref: false })
    if ((await Promise.race([carried, isLate])) === true) problems.push('not all projects came to an end')
    return await check(folder, { orchestrator, postbox, reader, problems })
  } finally {
    await reader.close()
    await postbox.close()
    await orchestrator.stop()
  }
}

type Checking = {
  readonly orchestrator: Orchestrator
  readonly postbox: Postbox
  readonly reader: StoreReader
  readonly problems: string[]
}

async function check(
  folder: string,
  { orchestrator, postbox, reader, problems }: Checking,
): Promise<Checked> {
  const journals = new Map<string, readonly Fact[]>()
  for (const { id, state } of await orchestrator.projects.list({ limit: Infinity })) {
    journals.set(id, await orchestrator.projects.history(id))
    if (state !== 'COMPLETED' && !id.startsWith('extra-')) problems.push(`${id} ended ${state}`)
    await orchestrator.projects.verify(id).catch((error: unknown) => problems.push(messageOf(error)))
    const left = await reader.commandsOf(id)
    if (left.length > 0) problems.push(`${id} has ended, and ${left[0]?.key} is still open`)
  }
  const promises = readPromises(folder)
  const effects = readEffects(folder)
  problems.push(
    ...brokenPromises(promises, journals),
    ...(await lostAnswers(promises, postbox)),
    ...(await wrongValues(orchestrator, journals)),
    ...[...journals].flatMap(([id, facts]) => [
      ...wrongOrder(id, facts),
      ...wrongEffects(
        id,
        facts,
        effects.filter(({ isUndo }) => !isUndo),
      ),
      ...wrongUndos(
        id,
        facts,
        effects.filter(({ isUndo }) => isUndo),
      ),
    ]),
  )
  const facts = [...journals.values()].reduce((sum, those) => sum + those.length, 0)
  return { problems, promises: promises.length, facts, projects: journals.size }
}

type Journals = ReadonlyMap<string, readonly Fact[]>

function brokenPromises(promises: readonly Promised[], journals: Journals): readonly string[] {
  // Only what was to be removed may be gone: it was promised, or the process died before it could.
  const isRemoved = (project: string) => project.startsWith('extra-') && !journals.has(project)
  const heard = new Set(promises.flatMap((one) => (one.promised === 'fact' ? [one.cursor] : [])))
  const lastHeard = Math.max(0, ...heard)
  const unheard = [...journals.values()]
    .flat()
    .filter(({ cursor }) => cursor < lastHeard && !heard.has(cursor))
    .map(({ project, cursor }) => `the subscriber was never told of fact ${cursor} of ${project}`)
  const broken = promises.flatMap((one) => {
    if (one.promised === 'answer' || isRemoved(one.project)) return []
    if (one.promised === 'removed') return [`${one.project} was removed, and is there again`]
    const facts = journals.get(one.project) ?? []
    if (one.promised === 'decision')
      return decisionsOf(facts).has(JSON.stringify(keyOf(one))) ? [] : [lost(one)]
    const fact = facts[one.seq - 1]
    const isThere = fact?.seq === one.seq && fact.hash === one.hash
    return isThere && (one.promised === 'call' || fact.cursor === one.cursor) ? [] : [lost(one)]
  })
  return [...unheard, ...broken]
}

const lost = (promised: Promised) => `this was promised, and is not there: ${JSON.stringify(promised)}`

type Received = {
  readonly approval: string
  readonly version: number
  readonly by: string
  readonly decision: string
}

const keyOf = ({ approval, version, by, decision }: Received) => [approval, version, by, decision]

const received = ({ type, payload }: Fact): readonly Received[] =>
  // The payload of this fact is written by the chart of an approval alone.
  type === 'APPROVAL_RECEIVED' ? [payload as unknown as Received] : []

function decisionsOf(facts: readonly Fact[]): ReadonlySet<string> {
  const isErased = facts.some(({ type }) => type === 'CONTENTS_ERASED')
  const decisions = facts.flatMap(received).flatMap((one) =>
    // Who it was is gone, and only that.
    isErased ? ['ana', 'ben'].map((by) => ({ ...one, by })) : [one],
  )
  return new Set(decisions.map((one) => JSON.stringify(keyOf(one))))
}

async function lostAnswers(promises: readonly Promised[], postbox: Postbox): Promise<readonly string[]> {
  const problems: string[] = []
  for (const one of promises) {
    if (one.promised !== 'answer') continue
    const answer = await postbox.answer(one.request)
    if (JSON.stringify(answer?.body) !== one.body) problems.push(lost(one))
  }
  return problems
}

const ORDER = ['DRAFT', 'REVIEW', 'SHIP']

/** Phases one after the other, each begun again only for a reason, and never past two people who must agree. */
function wrongOrder(project: string, facts: readonly Fact[]): readonly string[] {
  const problems: string[] = []
  let [phase, next] = ['', 'DRAFT']
  let approved = new Set<string>()
  for (const fact of facts) {
    const at = (fact.payload as { phase?: string }).phase ?? ''
    if (fact.type === 'APPROVAL_REQUESTED') approved = new Set()
    for (const { by, decision } of received(fact))
      if (decision === 'APPROVED') approved.add(`${by} ${fact.seq}`)
    if (fact.type === 'PHASE_STARTED') {
      if (at !== next) problems.push(`${project} began ${at} in fact ${fact.seq}, where ${next} was to begin`)
      phase = at
    }
    if (fact.type === 'PHASE_RETRYING') next = phase
    if (fact.type !== 'PHASE_COMPLETED') continue
    if (at !== phase) problems.push(`${project} completed ${at} in fact ${fact.seq}, and was in ${phase}`)
    if (at === 'REVIEW' && approved.size !== 2)
      problems.push(
        `${project} left REVIEW in fact ${fact.seq} with ${approved.size} of 2 people's agreement`,
      )
    next = ORDER[ORDER.indexOf(at) + 1] ?? ''
  }
  return problems
}

/** The ISA of a project that is done: what the last run of each phase has set, and nothing of any other. */
async function wrongValues({ projects }: Orchestrator, journals: Journals): Promise<readonly string[]> {
  const problems: string[] = []
  for (const [id, facts] of journals) {
    const isErased = facts.some(({ type }) => type === 'CONTENTS_ERASED')
    if (isErased || facts.at(-1)?.type !== 'PROJECT_COMPLETED') continue
    const { revision, nodes } = await projects.isa(id)
    const is = Object.entries(nodes).map(([node, { value, isStale }]) => [node, value.magnitude, isStale])
    const last = new Map(facts.flatMap((fact) => (fact.type === 'PHASE_COMPLETED' ? [runOf(fact)] : [])))
    const due = TASKS.map((node) => [node, last.get(node.split('.')[0] ?? ''), false])
    const [says, must] = [JSON.stringify([revision, is]), JSON.stringify([ORDER.length, due])]
    if (says !== must) problems.push(`the ISA of ${id} is ${says}, and must be ${must}`)
  }
  return problems
}

const runOf = ({ payload }: Fact): readonly [string, number] => {
  const { phase, run } = payload as unknown as TaskRun
  return [phase, run]
}

/** In alphabetical order, as the nodes that they set. */
const TASKS = ['DRAFT.figures', 'DRAFT.outline', 'DRAFT.text', 'REVIEW.summary', 'SHIP.pack', 'SHIP.send']

const nameOf = ({ phase, run, task }: Omit<TaskRun, 'project'>) => `${phase} ${run} ${task}`

/** Every task run: one outcome, at least one effect, one key. */
function wrongEffects(
  project: string,
  facts: readonly Fact[],
  effects: readonly Effect[],
): readonly string[] {
  const problems: string[] = []
  const mine = Map.groupBy(
    effects.filter((effect) => effect.project === project),
    nameOf,
  )
  const keys = new Set<string>()
  for (const [name, those] of mine) {
    const used = new Set(those.map(({ key }) => key))
    if (used.size !== 1)
      problems.push(`${project} ${name} was performed under the keys ${[...used].join(', ')}`)
    for (const key of used)
      if (keys.has(key)) problems.push(`${project} used the key ${key} for two task runs`)
    for (const key of used) keys.add(key)
  }
  const outcomes = Map.groupBy(
    facts.filter(({ type }) => type === 'AGENT_COMPLETED' || type === 'AGENT_FAILED'),
    ({ payload }) => nameOf(payload as unknown as TaskRun),
  )
  for (const [name, those] of outcomes) {
    if (those.length !== 1) problems.push(`${project} has ${those.length} outcomes of ${name}`)
    if (!mine.has(name)) problems.push(`${project} has an outcome of ${name}, which was never performed`)
  }
  for (const name of mine.keys())
    if (!outcomes.has(name)) problems.push(`${project} performed ${name}, and has no outcome of it`)
  return problems
}

/** Of every run that was done again, each task was undone before: at least once, under one key, and said once. */
function wrongUndos(project: string, facts: readonly Fact[], effects: readonly Effect[]): readonly string[] {
  const problems: string[] = []
  const mine = Map.groupBy(
    effects.filter((effect) => effect.project === project),
    nameOf,
  )
  const told = Map.groupBy(
    facts.filter(({ type }) => type === 'COMPENSATION_COMPLETED'),
    ({ payload }) => nameOf(payload as unknown as TaskRun),
  )
  const repeated = facts.flatMap(({ type, payload }) =>
    type === 'PHASE_RETRYING' ? [(payload as { run: number }).run] : [],
  )
  const done = facts.flatMap(({ type, payload }) => {
    const run = payload as unknown as TaskRun
    return type.startsWith('AGENT_') && repeated.includes(run.run) ? [nameOf(run)] : []
  })
  for (const name of new Set(done)) {
    if (told.get(name)?.length !== 1) problems.push(`${project} does not say once that ${name} was undone`)
    if (!mine.has(name)) problems.push(`${project} has forgotten to undo ${name}`)
  }
  for (const [name, those] of mine) {
    if (new Set(those.map(({ key }) => key)).size !== 1)
      problems.push(`${project} ${name} was undone under several keys`)
    if (!done.includes(name)) problems.push(`${project} has undone ${name}, which was to stay`)
  }
  return problems
}

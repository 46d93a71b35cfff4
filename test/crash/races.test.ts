import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { ApprovalDecision } from '../../src/model/approval.ts'
import { isStagecraftError } from '../../src/model/errors.ts'
import type { Fact } from '../../src/model/fact.ts'
import { defineLifecycle } from '../../src/runtime/projects/define-lifecycle.ts'
import type { Answered } from '../../src/runtime/inbox.ts'
import { createOrchestrator, type Orchestrator } from '../../src/runtime/orchestrator.ts'
import { memoryStore } from '../../src/runtime/store/memory-store.ts'
import { sqliteStore } from '../../src/runtime/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/runtime/store/store.ts'
import { seededRandom, type SeededRandom } from '../../src/testing/index.ts'
import { startChild, tempFolder } from './child.ts'

/** Ten questions, one after the other: a project is good for about twenty races. */
const questions = defineLifecycle({
  name: 'questions',
  phases: Array.from({ length: 10 }, (_, index) => ({ name: `ASK-${index}`, approval: {} })),
})

async function start(store: Store): Promise<Orchestrator> {
  const orchestrator = await createOrchestrator({ store, lifecycles: [questions] })
  onTestFinished(() => orchestrator.stop())
  return orchestrator
}

async function asked({ projects }: Orchestrator, id: string) {
  await projects.create({ id, lifecycle: 'questions', intent: 'Ask' })
  return await projects.run(id)
}

type Question = { readonly id: string; readonly approval: string; readonly version: number }
type Move = { readonly name: string; readonly call: () => Promise<unknown> }

const decides = (
  { projects }: Orchestrator,
  { id, ...question }: Question,
  by: string,
  decided: ApprovalDecision,
) => ({
  name: `${by} ${decided}`,
  call: () => projects.submitApproval(id, { ...question, by, decision: decided }),
})

/** Why somebody may come too late. */
const LOST = [
  'approval.settled',
  'approval.outdated',
  'approval.unknown',
  'approval.conflicting',
  'project.wrong_state',
]

/** All at the same moment, in an order of chance. Gives back the names of those that were accepted. */
async function race(moves: readonly Move[], random: SeededRandom): Promise<readonly string[]> {
  const order = moves
    .map((move) => ({ move, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
  const ends = await Promise.allSettled(order.map(({ move }) => move.call()))
  return ends.flatMap((end, index) => {
    if (end.status === 'fulfilled') return [order[index]?.move.name ?? '']
    const code = isStagecraftError(end.reason) ? end.reason.code : String(end.reason)
    expect(LOST).toContain(code)
    return []
  })
}

/** What became of each question of a project, as its journal says: one entry for one end. */
function endsOf(facts: readonly Fact[]): ReadonlyMap<string, readonly string[]> {
  const ends = new Map<string, readonly string[]>()
  for (const { type, payload } of facts) {
    // These facts are made by the chart of an approval, and by nobody else.
    const { approval, version, by, decision } = payload as Record<string, string>
    if (type === 'APPROVAL_REQUESTED') ends.set(`${approval} ${version}`, [])
    const end = type === 'APPROVAL_RECEIVED' ? `${by} ${decision}` : type
    if (['APPROVAL_RECEIVED', 'APPROVAL_WITHDRAWN', 'APPROVAL_TIMEOUT'].includes(type))
      ends.set(`${approval} ${version}`, [...(ends.get(`${approval} ${version}`) ?? []), end])
  }
  return ends
}

/** Approve against reject, question after question; returns after so many races. */
async function approveAgainstReject(
  orchestrator: Orchestrator,
  count: number,
  random: SeededRandom,
): Promise<number> {
  let [races, approved] = [0, 0]
  for (let project = 0; races < count; project += 1) {
    const id = `raced-${project}`
    let at = await asked(orchestrator, id)
    const winners: string[] = []
    for (; at.approval && races < count; races += 1) {
      const question = { id, approval: at.approval.id, version: at.approval.version }
      const ana = decides(orchestrator, question, 'ana', 'APPROVED')
      const won = await race([ana, decides(orchestrator, question, 'ben', 'REJECTED')], random)
      expect(won).toHaveLength(1)
      winners.push(won[0] ?? '')
      at = await orchestrator.projects.settled(id)
    }
    const ends = [...endsOf(await orchestrator.projects.history(id)).values()].filter((end) => end.length > 0)
    expect(ends).toEqual(winners.map((winner) => [winner]))
    approved += winners.filter((winner) => winner === 'ana APPROVED').length
  }
  return approved
}

describe('two decisions at once', () => {
  it('have exactly one winner, 9,000 times in memory', async () => {
    const approved = await approveAgainstReject(await start(memoryStore()), 9_000, seededRandom(1))
    // Whoever comes first, and not always the same.
    expect(approved).toBeGreaterThan(4_000)
    expect(approved).toBeLessThan(5_000)
  }, 60_000)

  it('have exactly one winner, 300 times on SQLite', async () => {
    const store = sqliteStore({ path: join(tempFolder(), 'store.db') })
    const approved = await approveAgainstReject(await start(store), 300, seededRandom(2))
    expect(approved).toBeGreaterThan(100)
    expect(approved).toBeLessThan(200)
  })

  it('have exactly one winner also among repeats, pauses, cancels and rollbacks, 600 times', async () => {
    const random = seededRandom(3)
    const orchestrator = await start(memoryStore())
    const { projects } = orchestrator
    const seen = new Map<string, number>()
    for (let count = 0; count < 600; count += 1) {
      const id = `mixed-${count}`
      await asked(orchestrator, id)
      const question = { id, approval: 'approval-1', version: 1 }
      const others: readonly Move[] = [
        decides(orchestrator, question, 'ana', 'APPROVED'),
        decides(orchestrator, question, 'ben', 'REJECTED'),
        decides(orchestrator, question, 'eve', 'PLAN_ONLY'),
        { name: 'pause', call: () => projects.pause(id) },
        { name: 'cancel', call: () => projects.cancel(id) },
        { name: 'rollback', call: () => projects.rollback(id, 'ASK-0-1') },
      ]
      const moves = [
        decides(orchestrator, question, 'ana', 'APPROVED'),
        decides(orchestrator, question, 'ben', 'REJECTED'),
        ...others.filter(() => random.chance(0.4)),
      ]
      const won = await race(moves, random)
      const end = endsOf(await projects.history(id)).get('approval-1 1') ?? []
      expect(end).toHaveLength(1)
      // A decision was accepted exactly if it is the one on record; sent twice, it is the same one.
      const decisions = new Set(won.filter((name) => name.includes(' ')))
      expect([...decisions]).toEqual(end[0]?.includes(' ') ? end : [])
      seen.set(end[0] ?? '', (seen.get(end[0] ?? '') ?? 0) + 1)
    }
    expect([...seen.keys()].toSorted()).toEqual([
      'APPROVAL_WITHDRAWN',
      'ana APPROVED',
      'ben REJECTED',
      'eve PLAN_ONLY',
    ])
  }, 60_000)

  it('have exactly one winner between processes, 100 times through the inbox', async () => {
    const path = join(tempFolder(), 'store.db')
    const orchestrator = await start(sqliteStore({ path, inboxPollMs: 1 }))
    const answers = await Promise.all(['ana', 'ben'].map(() => poster(path)))
    const winners = new Set<string>()
    let project = 0
    let at = await asked(orchestrator, 'posted-0')
    for (let count = 0; count < 100; count += 1) {
      if (!at.approval) at = await asked(orchestrator, `posted-${(project += 1)}`)
      const { id, approval } = at
      const question = { approval: approval?.id ?? '', version: approval?.version ?? 0 }
      const posted = ['ana', 'ben'].map(async (by, index): Promise<Taken> => {
        const submission = { ...question, by, decision: by === 'ana' ? 'APPROVED' : 'REJECTED' }
        const request = {
          id: `${id}-${count}-${by}`,
          journal: id,
          at: Date.now(),
          body: { ask: 'decide', submission },
        }
        return { by, answer: (await answers[index]?.(request)) ?? { ok: false } }
      })
      // Now and then somebody in the owner's own process takes part.
      if (count % 10 === 0) posted.push(decideHere(orchestrator, { id, ...question }))
      const ends = await Promise.all(posted)
      const won = ends.filter(({ answer }) => answer?.ok).map(({ by }) => by)
      expect(won).toHaveLength(1)
      winners.add(won[0] ?? '')
      at = await orchestrator.projects.settled(id)
    }
    expect([...winners].toSorted()).toEqual(['ana', 'ben', 'eve'])
  }, 60_000)
})

type Taken = { readonly by: string; readonly answer: { readonly ok: boolean } }

async function decideHere(orchestrator: Orchestrator, question: Question): Promise<Taken> {
  const { call } = decides(orchestrator, question, 'eve', 'APPROVED')
  const answer = await call().then(
    () => ({ ok: true }),
    () => ({ ok: false }),
  )
  return { by: 'eve', answer }
}

/** A process that posts requests; each is answered in the order they were posted. */
async function poster(path: string): Promise<(request: object) => Promise<Answered>> {
  const child = startChild('poster.ts', [path])
  await child.says('warm')
  const waiting: ((answered: Answered) => void)[] = []
  // The child prints nothing but answers of the inbox.
  createInterface(child.process.stdout ?? process.stdin).on('line', (line) =>
    waiting.shift()?.(JSON.parse(line) as Answered),
  )
  return (request) => {
    child.tell(JSON.stringify(request))
    return new Promise((resolve) => waiting.push(resolve))
  }
}

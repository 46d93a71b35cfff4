import {
  createOrchestrator,
  defineAgent,
  defineLifecycle,
  memoryStore,
  runOrchestrator,
} from 'stagecraft/runtime'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const written: string[] = []
const writer = defineAgent({
  name: 'writer',
  input: z.object({ topic: z.string(), advice: z.string().nullable() }),
  output: z.string(),
  run: ({ topic, advice }) => {
    written.push(topic)
    return `About ${topic}. ${advice ?? ''}`.trim()
  },
})

const article = defineLifecycle({
  name: 'article',
  phases: [
    {
      name: 'DRAFT',
      tasks: [
        {
          agent: writer,
          critical: true,
          input: ({ project, feedback }) => ({ topic: project.intent, advice: feedback?.comment ?? null }),
        },
      ],
      approval: { quorum: 1 },
    },
    { name: 'PUBLISH' },
  ],
})

const patience = Promise.withResolvers<void>()
const slow = defineLifecycle({
  name: 'slow',
  phases: [
    {
      name: 'WAIT',
      tasks: [
        {
          critical: true,
          agent: defineAgent({
            name: 'waiter',
            run: (_, { signal }) => {
              if (cancelled.signal.aborted) return 'at last'
              patience.resolve()
              return new Promise((_done, fail) => {
                signal.addEventListener('abort', () => fail(signal.reason), { once: true })
              })
            },
          }),
        },
      ],
    },
  ],
})
const cancelled = new AbortController()

const decided = (at: { awaitingApproval: unknown }, decision: 'APPROVED' | 'REJECTED', comment?: string) => {
  const approval = at.awaitingApproval as { id: string; version: number }
  return {
    approval: approval.id,
    version: approval.version,
    decision,
    by: 'ana',
    ...(comment !== undefined && { comment }),
  }
}

describe('runOrchestrator', () => {
  it('stands still where a person is asked, and goes on with what the person says', async () => {
    const options = { projectId: 'a-1', lifecycle: article, store: memoryStore(), author: 'eva' }
    const first = await runOrchestrator('tides', options)
    expect(first).toMatchObject({
      projectId: 'a-1',
      request: 'tides',
      state: 'AWAITING_APPROVAL',
      phase: 'DRAFT',
      ended: false,
    })
    expect(JSON.parse(JSON.stringify(first))).toEqual(first)
    // Asked again, it stands where it stood.
    expect(await runOrchestrator('tides', options)).toEqual(first)
    const again = await runOrchestrator(null, {
      ...options,
      decision: decided(first, 'REJECTED', 'Mention the moon.'),
    })
    expect(again).toMatchObject({ state: 'AWAITING_APPROVAL' })
    const end = await runOrchestrator('tides', { ...options, decision: decided(again, 'APPROVED') })
    expect(end).toMatchObject({
      state: 'COMPLETED',
      ended: true,
      awaitingApproval: null,
      results: { DRAFT: { writer: 'About tides. Mention the moon.' } },
    })
    expect(await runOrchestrator(null, options)).toEqual(end)
  })

  it('works with an orchestrator that is yours, and leaves it running', async () => {
    await using orchestrator = await createOrchestrator({ store: memoryStore(), lifecycles: [article] })
    const options = { projectId: 'a-2', orchestrator, lifecycle: 'article' }
    const [one, other] = await Promise.all([
      runOrchestrator('moons', options),
      runOrchestrator('moons', options),
    ])
    expect(one).toEqual(other)
    expect(written.filter((topic) => topic === 'moons')).toHaveLength(1)
    const { orchestrator: _, ...rest } = options
    const end = await runOrchestrator(null, {
      ...rest,
      orchestrator,
      decision: decided(one, 'APPROVED'),
    })
    expect(end.state).toBe('COMPLETED')
    expect(orchestrator.status).toBe('running')
  })

  it('refuses another request under the same id, a decision that is out of date, and a project nobody began', async () => {
    const options = { projectId: 'a-3', lifecycle: article, store: memoryStore() }
    const at = await runOrchestrator('rivers', options)
    await expect(runOrchestrator('lakes', options)).rejects.toMatchObject({ code: 'project.exists' })
    await runOrchestrator(null, { ...options, decision: decided(at, 'REJECTED', 'Again.') })
    await expect(
      runOrchestrator(null, { ...options, decision: decided(at, 'APPROVED') }),
    ).rejects.toMatchObject({ code: 'approval.outdated' })
    await expect(runOrchestrator(null, { ...options, projectId: 'a-4' })).rejects.toMatchObject({
      code: 'project.unknown',
    })
    await using orchestrator = await createOrchestrator({ store: memoryStore(), lifecycles: [article] })
    await expect(runOrchestrator('x', { projectId: 'a-5', orchestrator })).rejects.toMatchObject({
      code: 'input.invalid',
    })
  })

  it('pauses the project when it is cancelled, and goes on with the next call', async () => {
    await using orchestrator = await createOrchestrator({ store: memoryStore(), lifecycles: [slow] })
    const options = { projectId: 's-1', orchestrator, lifecycle: 'slow' }
    const { signal } = cancelled
    const running = runOrchestrator('wait', { ...options, signal }).catch((error: unknown) => error)
    await patience.promise
    cancelled.abort(new Error('enough'))
    expect(await running).toMatchObject({ message: 'enough' })
    expect((await orchestrator.projects.get('s-1')).state).toBe('PAUSED')
    await expect(runOrchestrator('wait', { ...options, signal })).rejects.toThrow('enough')
    expect(await runOrchestrator('wait', options)).toMatchObject({
      state: 'COMPLETED',
      results: { WAIT: { waiter: 'at last' } },
    })
  })
})

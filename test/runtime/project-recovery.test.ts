import { describe, expect, it } from 'vitest'
import { agent, lifecycle, project, scene } from './projects/project-scene.ts'

const PROJECTS = 1_000

/** What an agent takes at once when it says nothing else. */
const AT_ONCE = 5

describe('a start', () => {
  it('recovers a thousand projects that all wait for one agent: each goes on, and none is turned away', async () => {
    const { clock, start, until, wait } = scene()
    const first = await start({
      drainMs: 0,
      lifecycles: [
        lifecycle([{ name: 'DRAFT', tasks: [{ agent: agent('draft', () => new Promise(() => {})) }] }]),
      ],
    })
    const ids = Array.from({ length: PROJECTS }, (_, index) => `p-${index}`)
    await Promise.all(ids.map((id) => first.projects.create(project(id))))
    await Promise.all(ids.map((id) => first.projects.go(id)))
    const begun = first.agents.summary()
    await Promise.all([
      first.stop(),
      until(() => clock.armed.includes(clock.now())).then(() => clock.advanceAsync(0)),
    ])

    const [atWork, done] = [new Set<string>(), new Set<string>()]
    let most = 0
    const draft = agent('draft', async ({ project: { id } }, { signal }) => {
      atWork.add(id)
      most = Math.max(most, atWork.size)
      await wait(1_000, signal)
      atWork.delete(id)
      done.add(id)
    })
    const second = await start({ lifecycles: [lifecycle([{ name: 'DRAFT', tasks: [{ agent: draft }] }])] })
    const ends = Promise.all(ids.map((id) => second.projects.settled(id)))
    for (let round = 0; round < PROJECTS / AT_ONCE; round += 1) {
      await until(() => atWork.size === AT_ONCE, `five at work in round ${round}`)
      await clock.advanceAsync(1_000)
    }
    expect((await ends).filter(({ state }) => state === 'COMPLETED')).toHaveLength(PROJECTS)
    expect(begun).toMatchObject({ running: AT_ONCE, queued: PROJECTS - AT_ONCE })
    expect(second.agents.summary()).toMatchObject({ succeeded: PROJECTS, rejected: 0, cancelled: 0 })
    expect({ most, done: done.size }).toEqual({ most: AT_ONCE, done: PROJECTS })
    await second.stop()
  })
})

import { Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { Fact, FactsOptions } from 'stagecraft/runtime'
import { followFacts } from '../../../src/runtime/telemetry/follow-facts.ts'
import { lifecycle, project, scene } from '../projects/project-scene.ts'

const ids = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `project-${from + index}`)

describe('a listener that follows the facts', () => {
  it('goes on by itself where it lagged, and misses nothing', async () => {
    const at = scene()
    const orchestrator = await at.start({ lifecycles: [lifecycle([{ name: 'DRAFT' }])] })
    await orchestrator.projects.create(project('the-first-one'))
    const asked: FactsOptions[] = []
    const narrow = {
      facts: (options: FactsOptions = {}) => {
        asked.push(options)
        return orchestrator.facts({ ...options, queueMax: 10 })
      },
    }
    const heard: Fact[] = []
    let isOver = false
    followFacts(narrow, undefined).subscribe({
      next: (fact) => heard.push(fact),
      complete: () => (isOver = true),
    })
    for (const from of [0, 20, 40]) {
      await Promise.all(ids(20, from).map((id) => orchestrator.projects.create(project(id))))
      await at.until(() => heard.length === from + 20)
    }
    await orchestrator.stop()
    expect(isOver).toBe(true)
    expect(heard.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 60 }, (_, index) => index + 2))
    expect(asked).toEqual([{}, { after: 1 }, { after: 21 }, { after: 41 }])
  })

  it('ends with any other trouble', async () => {
    const broken = {
      facts: () => new Observable<Fact>((subscriber) => subscriber.error(new Error('no disk'))),
    }
    const problems: unknown[] = []
    followFacts(broken, 7).subscribe({ error: (error: unknown) => problems.push(error) })
    expect(problems.map(String)).toEqual(['Error: no disk'])
  })
})

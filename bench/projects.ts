/** How long a project takes, beside LangGraph.js: the same work, once with the same durability and once as it comes. */

import { collectGarbage, shuffled, spreadOf, type Spread } from './measure.ts'
import { bytesOf, carryMany, instantly, withFolder } from './project-work.ts'
import { langGraphProject, langGraphProjectAsItComes } from './rivals/langgraph-project.ts'
import type { ProjectContestant } from './rivals/project-contestant.ts'
import { stagecraftProject } from './rivals/stagecraft-project.ts'

const MAKERS = [stagecraftProject, langGraphProject, langGraphProjectAsItComes] as const

export const CONCURRENT = [1, 100] as const

export type ProjectRow = {
  readonly name: string
  readonly at: readonly {
    readonly concurrent: number
    readonly msPerProject: Spread
    /** Ours divided by theirs, one a round. */
    readonly ratio: Spread
  }[]
  readonly bytesPerProject: number
}

export type ProjectOptions = {
  readonly rounds: number
  /** Projects in one slot, for each of `CONCURRENT`. */
  readonly projects: readonly [alone: number, together: number]
}

type Trial = {
  readonly contestant: ProjectContestant
  readonly concurrent: number
  readonly projects: number
  readonly ms: number[]
}

/** Wall-clock time, in alternating rounds of random order: what waits for the disk is part of the cost. */
export async function measureProjects(options: ProjectOptions): Promise<readonly ProjectRow[]> {
  return withFolder(async (folder) => {
    const contestants = await Promise.all(MAKERS.map((make) => make({ folder, agent: instantly })))
    for (const { carry } of contestants) await carryMany(carry, { projects: WARM_UP, concurrent: 10 })
    const trials = contestants.flatMap((contestant) =>
      CONCURRENT.map((concurrent, index): Trial => ({
        contestant,
        concurrent,
        projects: options.projects[index] ?? 1,
        ms: [],
      })),
    )
    for (let round = 0; round < options.rounds; round += 1)
      for (const trial of shuffled(trials)) {
        collectGarbage('minor')
        trial.ms.push((await carryMany(trial.contestant.carry, trial)) / trial.projects)
      }
    for (const { close } of contestants) await close()
    const carried = WARM_UP + options.rounds * options.projects.reduce((sum, count) => sum + count)
    return contestants.map((contestant) => rowOf(contestant, trials, carried))
  })
}

const WARM_UP = 200

function rowOf({ name, file }: ProjectContestant, trials: readonly Trial[], carried: number): ProjectRow {
  const msOf = (who: string, concurrent: number) =>
    trials.find((trial) => trial.contestant.name === who && trial.concurrent === concurrent)?.ms ?? []
  return {
    name,
    at: CONCURRENT.map((concurrent) => {
      const theirs = msOf(name, concurrent)
      const ours = msOf('Stagecraft', concurrent)
      const ratio = ours.map((ms, round) => ms / (theirs[round] ?? NaN))
      return { concurrent, msPerProject: spreadOf(theirs), ratio: spreadOf(ratio) }
    }),
    bytesPerProject: bytesOf(file) / carried,
  }
}

/** Throws when a contestant leaves an agent out or asks one twice. */
export async function checkProjects(): Promise<void> {
  for (const make of MAKERS)
    await withFolder(async (folder) => {
      const calls: string[] = []
      const contestant = await make({
        folder,
        agent: (phase) => {
          calls.push(phase)
          return instantly(phase)
        },
      })
      await contestant.carry()
      await contestant.close()
      if (calls.join() !== 'DRAFT,DESIGN,SHIP') throw new Error(`${contestant.name} asked ${calls.join()}.`)
    })
}

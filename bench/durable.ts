/** All measurements of the durable half, one after the other. */

import { measureFeed, type FeedOptions, type FeedRow } from './feed.ts'
import { checkProjects, measureProjects, type ProjectOptions, type ProjectRow } from './projects.ts'
import { measureResume, measureWaiting, type Resumed, type Waiting } from './resume.ts'
import { measureTransitions, type TransitionOptions, type Transitions } from './transitions.ts'

export type Durable = {
  readonly projects: readonly ProjectRow[]
  readonly transitions: Transitions
  readonly resumed: Resumed
  readonly waiting: Waiting
  readonly feed: readonly FeedRow[]
}

export type DurableOptions = {
  readonly projects: ProjectOptions
  readonly transitions: TransitionOptions
  readonly resumed: { readonly projects: number; readonly rounds: number }
  readonly waiting: { readonly projects: number }
  readonly feed: FeedOptions
}

export async function measureDurable(
  options: DurableOptions,
  onStep: (step: string) => void,
): Promise<Durable> {
  onStep('checking that everyone carries the same project')
  await checkProjects()
  onStep('projects beside LangGraph.js')
  const projects = await measureProjects(options.projects)
  onStep('durable transitions')
  const transitions = await measureTransitions(options.transitions)
  onStep('going on after a stop')
  const resumed = await measureResume(options.resumed)
  onStep('waiting projects')
  const waiting = await measureWaiting(options.waiting)
  onStep('listening to facts')
  const feed = await measureFeed(options.feed)
  return { projects, transitions, resumed, waiting, feed }
}

/** `stagecraft project create`: puts a new project on record, and runs it if asked to. */

import { StagecraftError } from '../../model/errors.ts'
import { readId } from '../../model/id.ts'
import type { Mode } from '../../model/lifecycle.ts'
import { Lifecycles } from '../../runtime/projects/lifecycles.ts'
import type { NewProject } from '../../runtime/projects/projects.ts'
import type { Io } from '../io.ts'
import { messageOf } from '../printable.ts'
import { carry, own } from './carry.ts'
import { disposeOf, loadLifecycles, type Registered } from './load-lifecycles.ts'
import { placeOf } from './place.ts'
import { tellEnd, type RunCommandOptions } from './run-command.ts'

export type CreateOptions = Omit<RunCommandOptions, 'wait'> & {
  readonly lifecycle?: string
  readonly intent: string
  readonly mode: Mode
  readonly author?: string
  /** JSON. */
  readonly params?: string
  readonly run?: boolean
}

export async function createCommand(id: string, options: CreateOptions, io: Io): Promise<number> {
  const params = paramsOf(options.params)
  const registered = await loadLifecycles(options.lifecycles, io)
  try {
    const { intent, mode } = options
    const author = options.author ?? io.user()
    const project: NewProject = {
      id,
      lifecycle: lifecycleIn(registered, options.lifecycle),
      intent,
      mode,
      ...(author !== undefined && { author }),
      ...(params !== undefined && { params }),
    }
    return await createWith(registered, project, options, io)
  } finally {
    await disposeOf(registered, io)
  }
}

async function createWith(
  registered: Registered,
  project: NewProject,
  options: CreateOptions,
  io: Io,
): Promise<number> {
  const { id } = project
  const place = placeOf(options.store, io)
  refuseWrong(registered, project)
  const orchestrator = await own(place, registered, io)
  let interruptedBy: NodeJS.Signals | undefined
  try {
    await orchestrator.projects.create(project)
    if (options.run) interruptedBy = await carry(orchestrator, { id, after: 0, io })
  } finally {
    await orchestrator.stop()
  }
  return tellEnd(registered, { id, place, options: { ...options, wait: 0 }, io, interruptedBy })
}

/** Before a store is made for it. The orchestrator looks at the rest. */
function refuseWrong({ lifecycles }: Registered, { id, lifecycle }: NewProject): void {
  readId('project', id)
  new Lifecycles(lifecycles).newest(lifecycle)
}

/** The only one there is need not be named. */
function lifecycleIn({ lifecycles }: Registered, asked: string | undefined): string {
  const names = [...new Set(lifecycles.map(({ name }) => name))]
  const name = asked ?? (names.length === 1 ? names[0] : undefined)
  if (name !== undefined) return name
  throw new StagecraftError(
    'cli.usage',
    `Say which lifecycle it follows, with --lifecycle ${names.join(' or ')}.`,
  )
}

function paramsOf(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new StagecraftError('cli.usage', `--params is not JSON: ${messageOf(cause)}.`, { cause })
  }
}

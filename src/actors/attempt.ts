/** One attempt of an agent: its input checked, its work done, its output checked and made plain. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Agent, AgentContext, AttemptEnd, AttemptError, Progress } from '../model/agent.ts'
import type { Clock } from '../model/clock.ts'
import { recordable } from '../model/recordable.ts'
import { describeError, isRetryable } from './describe-error.ts'
import { createIsa, type Isa } from '../model/isa/isa.ts'
import { ProgressReports } from './progress-reports.ts'
import type { TaskScope } from './task.ts'
import { loadUnits } from './units.ts'

/** What the attempts at one task, or at one call, have in common. */
export type Job = {
  readonly agent: Agent
  readonly key: string
  readonly clock: Clock
  /** Hears of the progress of an attempt, also of one whose time is up. */
  readonly onProgress: (progress: Progress, attempt: number) => void
  /** Opens the project's ISA; outside of a project there is none. */
  readonly openIsa: (() => Promise<Isa>) | undefined
}

/**
 * Makes one attempt. What fails a check is not worth another attempt; what throws is, unless it says otherwise. Neither
 * an input that fails its check nor an error that says so itself is held against the agent: another call may succeed.
 */
export async function attempt(
  job: Job,
  input: unknown,
  number: number,
  scope: TaskScope,
): Promise<AttemptEnd> {
  const { agent, key, clock } = job
  const given = await checked(agent.input, input)
  if ('problem' in given) return refused('input_invalid', given.problem, 'call')
  const reports = new ProgressReports(clock, (progress) => {
    // The chart hears of it while the attempt is its own, so that an inspector does.
    scope.tell({ type: 'PROGRESS', progress })
    job.onProgress(progress, number)
  })
  scope.onStop(() => reports.end())
  let values: Promise<Isa> | undefined
  const context: AgentContext = {
    // Made when it is read: most work never does.
    get signal() {
      return scope.signal
    },
    attempt: number,
    key,
    progress: reports.report,
    isa: () => {
      values ??= (job.openIsa ?? ownIsa)()
      // Who does not wait for it need not hear that it failed.
      values.catch(() => {})
      return values
    },
  }
  try {
    // The schema, or the task that made the input, vouches for its type.
    const end = await outputOf(agent, await agent.run(given.value as never, context))
    // A copy: what the work does after its end is nobody's.
    const changes = [...((await values)?.changes ?? [])]
    return end.kind === 'output' && changes.length > 0 ? { ...end, changes } : end
  } catch (thrown) {
    const { code, message } = describeError(thrown)
    const retryable = isRetryable(thrown)
    return { kind: 'error', code, message, retryable, fault: retryable ? 'agent' : 'call' }
  } finally {
    reports.end()
  }
}

const ownIsa = async (): Promise<Isa> => createIsa({ units: await loadUnits() })

async function outputOf(agent: Agent, returned: unknown): Promise<AttemptEnd> {
  try {
    const plain = recordable(returned)
    const given = await checked(agent.output, plain)
    if ('problem' in given) return refused('output_invalid', given.problem, 'agent')
    return { kind: 'output', output: recordable(given.value) }
  } catch (thrown) {
    return refused('output_invalid', describeError(thrown).message, 'agent')
  }
}

const refused = (code: string, message: string, fault: AttemptError['fault']): AttemptError => ({
  kind: 'error',
  code,
  message,
  retryable: false,
  fault,
})

type Checked = { readonly value: unknown } | { readonly problem: string }

async function checked(schema: StandardSchemaV1 | undefined, value: unknown): Promise<Checked> {
  if (!schema) return { value }
  try {
    const result = await schema['~standard'].validate(value)
    if (!result.issues) return { value: result.value }
    return { problem: result.issues.map((issue) => `${pathOf(issue)}${issue.message}`).join('; ') }
  } catch (thrown) {
    return { problem: `the schema threw: ${describeError(thrown).message}` }
  }
}

function pathOf({ path }: StandardSchemaV1.Issue): string {
  const keys = path?.map((part) => String(typeof part === 'object' ? part.key : part)) ?? []
  return keys.length > 0 ? `${keys.join('.')}: ` : ''
}

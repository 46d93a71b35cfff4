/** Carries the example project from a sentence to its report, with a person's approval in between. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import {
  createOrchestrator,
  sqliteStore,
  type Fact,
  type Orchestrator,
  type ProjectView,
} from 'stagecraft/runtime'
import { PANEL, quadcopterLifecycle } from './lifecycle.ts'
import { fileLedger } from './manufacturing/ledger.ts'
import { createDesignPanel } from './panel.ts'
import { ask, type Answer } from './terminal.ts'

const INTENT = 'Design a quadcopter for agricultural surveying, 2 kg payload, 25 minutes, 40 °C'
const OUT = 'results/quadcopter'

export type RunOptions = {
  readonly intent?: string
  readonly seed?: number
  /** Where everything goes: report, plots, ISA, ledger and journal. */
  readonly out?: string
  /** What the agents are told beside the intent, e.g. `{ printerBreaks: true }`. */
  readonly params?: Readonly<Record<string, unknown>>
  /** Goes on with the project of this id, which the folder `out` holds. */
  readonly project?: string
  /** Approves by itself. */
  readonly yes?: boolean
  /** Where lines for people go; default the console. */
  readonly print?: (line: string) => void
}

type Payload = Readonly<Record<string, unknown>>

const messageIn = (error: unknown): string => String(Object(error).message ?? 'no reason was given')

/** Facts worth a line on a screen. */
const SHOWN: Partial<Record<Fact['type'], (payload: Payload) => string>> = {
  PHASE_STARTED: ({ phase, iteration }) =>
    `${String(phase)}${iteration === 1 ? '' : `, run ${String(iteration)}`}`,
  AGENT_FAILED: ({ task, error }) => `  ${String(task)} failed: ${messageIn(error)}`,
  CRITIC_ALERT: ({ verdict }) => `  panel: ${String(verdict)}`,
  CONFLICT_DETECTED: ({ message }) => `  conflict: ${String(message)}`,
  CONFLICT_RESOLVED: ({ id }) => `  conflict resolved: ${String(id)}`,
  COMPENSATION_COMPLETED: ({ task, phase }) => `  undone: ${String(task ?? phase)}`,
  GATE_ANSWERED: ({ result, reason }) =>
    `  gate: ${String(result)}${typeof reason === 'string' ? `, ${reason}` : ''}`,
}

/** Returns the process's exit code: 0 when the project came to its end. */
export async function runQuadcopter(options: RunOptions = {}): Promise<number> {
  const { out = OUT, print = console.log } = options
  mkdirSync(out, { recursive: true })
  const store = join(out, 'projects.db')
  const { end, isa } = await carry({ ...options, out, print }, store)
  print(`\nProject ${end.id}: ${end.state}${end.reason ? ` (${end.reason})` : ''}.`)
  const why = end.phases.find(({ name }) => name === end.phase)?.reason
  if (end.state === 'FAILED' && why) print(why)
  const files = deliver(end, isa, out)
  if (!end.ended) print(`It can go on: node examples/quadcopter/run.ts --out ${out} --project ${end.id}`)
  if (files.length > 0) print(`Read ${join(out, 'report.md')}. Beside it: ${files.join(', ')}.`)
  print(`What happened, and why:
  npm run stagecraft -- project history ${end.id} --store ${store}`)
  return end.state === 'COMPLETED' || end.state === 'PLAN_ONLY' ? 0 : 1
}

const Documented = z.looseObject({ markdown: z.string(), plots: z.record(z.string(), z.string()) })

/** Writes what the project came to; nothing where it has no report. Returns the files beside the report. */
function deliver(end: ProjectView, isa: unknown, out: string): readonly string[] {
  const { data } = Documented.safeParse(end.results['DOCUMENTATION']?.['Document'])
  if (!data) return []
  const plots = Object.entries(data.plots).map(([name, svg]) => [`${name}.svg`, svg] as const)
  const files = [...plots, ['isa.json', `${JSON.stringify(isa, null, 2)}\n`] as const]
  for (const [name, content] of [...files, ['report.md', data.markdown] as const])
    writeFileSync(join(out, name), content)
  return files.map(([name]) => name)
}

/** Once the orchestrator is stopped, every fact has been told. */
async function carry(
  {
    intent = INTENT,
    seed,
    params,
    project,
    yes,
    out,
    print,
  }: RunOptions & Required<Pick<RunOptions, 'out' | 'print'>>,
  store: string,
) {
  await using panel = createDesignPanel()
  const lifecycle = quadcopterLifecycle(fileLedger(join(out, 'ledger.json')))
  await using orchestrator = await createOrchestrator({
    store: sqliteStore({ path: store }),
    lifecycles: [lifecycle],
    panels: { [PANEL]: panel },
  })
  const id = project ?? `quadcopter-${Date.now().toString(36)}`
  print(`Project ${id}`)
  orchestrator.facts({ project: id }).subscribe(({ type, payload }) => {
    const line = SHOWN[type]?.(payload as Payload)
    if (line !== undefined) print(line)
  })
  if (project === undefined)
    await orchestrator.projects.create({
      id,
      lifecycle: lifecycle.name,
      intent,
      mode: 'plan',
      author: 'you',
      params: { ...params, ...(seed !== undefined && { seed }) },
    })
  const approve = (phase: string, plan: string) => (yes ? APPROVED : ask(phase, plan, print))
  const end = await untilEnd(orchestrator, id, approve)
  return { end, isa: await orchestrator.projects.isa(id) }
}

const APPROVED: Answer = { decision: 'APPROVED' }
type Approve = (phase: string, plan: string) => Answer | Promise<Answer | undefined>

async function untilEnd({ projects }: Orchestrator, id: string, approve: Approve): Promise<ProjectView> {
  const begun = await projects.get(id)
  let at = begun.ended ? begun : await projects.run(id)
  /** The latest first, for the first word on anything counts: the project itself keeps one remark. */
  const remarks: string[] = []
  while (at.state === 'AWAITING_APPROVAL' && at.approval) {
    const { id: approval, version, phase } = at.approval
    // The facts of this phase are printed in a turn of their own.
    await new Promise((resolve) => setImmediate(resolve))
    const answer = await approve(phase, planIn(at))
    if (!answer) return at
    if (answer.comment) remarks.unshift(answer.comment)
    const said = answer.decision === 'REJECTED' ? { comment: remarks.join('; ') } : {}
    await projects.submitApproval(id, { approval, version, by: 'you', ...answer, ...said })
    at = await projects.settled(id)
  }
  return at
}

/** The plan that is to be approved, as text. */
function planIn({ approval }: ProjectView): string {
  const subject = z
    .looseObject({ outputs: z.looseObject({ Document: z.looseObject({ markdown: z.string() }) }) })
    .safeParse(approval?.subject)
  return subject.data?.outputs.Document.markdown ?? ''
}

function readOptions(): RunOptions {
  const { values } = parseArgs({
    options: {
      intent: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string' },
      params: { type: 'string' },
      project: { type: 'string' },
      yes: { type: 'boolean', short: 'y' },
    },
  })
  const { intent, seed, out, params, project, yes } = values
  return {
    ...(intent !== undefined && { intent }),
    ...(seed !== undefined && { seed: z.coerce.number().int().min(0).parse(seed) }),
    ...(out !== undefined && { out }),
    ...(params !== undefined && { params: z.record(z.string(), z.unknown()).parse(JSON.parse(params)) }),
    ...(project !== undefined && { project }),
    ...(yes !== undefined && { yes }),
  }
}

/** An option or a sentence that cannot be, in a line instead of a stack. */
async function main(): Promise<number> {
  try {
    return await runQuadcopter(readOptions())
  } catch (error) {
    console.error(error instanceof z.ZodError ? z.prettifyError(error) : messageIn(error))
    return 2
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main()

/** Carries the example project from its intent to its deliverable, with a person's approval in between. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { z } from 'zod'
import {
  createOrchestrator,
  sqliteStore,
  type Fact,
  type Orchestrator,
  type ProjectView,
} from 'stagecraft/runtime'
import { droneLifecycle } from './lifecycle.ts'

const Report = z.object({ markdown: z.string() })

const STORE = 'results/projects.db'
const REPORT = 'results/drone.md'

/** Facts worth a line on a screen. */
const SHOWN: Partial<Record<Fact['type'], (payload: Readonly<Record<string, unknown>>) => string>> = {
  PHASE_STARTED: ({ phase, iteration }) =>
    `${String(phase)}${iteration === 1 ? '' : `, run ${String(iteration)}`}`,
  AGENT_COMPLETED: ({ task }) => `  ${String(task)} done`,
  AGENT_FAILED: ({ task }) => `  ${String(task)} failed`,
  CONFLICT_DETECTED: ({ message }) => `  conflict: ${String(message)}`,
  CONFLICT_RESOLVED: ({ id }) => `  conflict resolved: ${String(id)}`,
  GATE_ANSWERED: ({ result, reason }) =>
    `  gate: ${String(result)}${typeof reason === 'string' ? `, ${reason}` : ''}`,
  PHASE_RETRYING: () => '  once more',
}

/** Returns the process's exit code: 0 when the project came to its end. */
export async function runDrone(): Promise<number> {
  mkdirSync('results', { recursive: true })
  const end = await carry(`drone-${Date.now().toString(36)}`)
  console.log(`\nProject ${end.id}: ${end.state}${end.reason ? ` (${end.reason})` : ''}.`)
  const { data } = Report.safeParse(end.results['DOCUMENTATION']?.['Document'])
  if (data) writeFileSync(REPORT, data.markdown)
  console.log(`${data ? `What it came to is in ${REPORT}. ` : ''}What happened, and why:
  npm run stagecraft -- project history ${end.id} --store ${STORE}`)
  return end.state === 'COMPLETED' || end.state === 'PLAN_ONLY' ? 0 : 1
}

/** Once the orchestrator is stopped, every fact has been told. */
async function carry(id: string): Promise<ProjectView> {
  await using orchestrator = await createOrchestrator({
    store: sqliteStore({ path: STORE }),
    lifecycles: [droneLifecycle],
  })
  orchestrator.facts({ project: id }).subscribe(({ type, payload }) => {
    const line = SHOWN[type]?.(payload as Readonly<Record<string, unknown>>)
    if (line !== undefined) console.log(line)
  })
  await orchestrator.projects.create({
    id,
    lifecycle: droneLifecycle.name,
    intent: 'Design a quadcopter for agricultural surveying, 2 kg payload, 25 minutes, 40 °C',
    mode: 'plan',
    author: 'you',
  })
  return await untilEnd(orchestrator, id)
}

async function untilEnd({ projects }: Orchestrator, id: string): Promise<ProjectView> {
  let at = await projects.run(id)
  while (at.state === 'AWAITING_APPROVAL' && at.approval) {
    const { id: approval, version, phase } = at.approval
    // The facts of this phase are printed in a turn of their own.
    await new Promise((resolve) => setImmediate(resolve))
    const answer = await ask(phase)
    await projects.submitApproval(id, { approval, version, by: 'you', ...answer })
    at = await projects.settled(id)
  }
  return at
}

type Answer = { readonly decision: 'APPROVED' | 'REJECTED' | 'PLAN_ONLY'; readonly comment?: string }

async function ask(phase: string): Promise<Answer> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    console.log(`\n${phase} awaits approval. Nobody is at a terminal, so it is approved here.\n`)
    return { decision: 'APPROVED', comment: 'approved without a terminal' }
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = (
      await terminal.question(`\n${phase} awaits your approval. Go on? [Y]es, [n]o, [p]lan only: `)
    ).trim()
    if (/^p/i.test(answer)) return { decision: 'PLAN_ONLY' }
    if (!/^n/i.test(answer)) return { decision: 'APPROVED' }
    return { decision: 'REJECTED', comment: await terminal.question('What should be different? ') }
  } finally {
    terminal.close()
  }
}

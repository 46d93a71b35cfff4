/** Asks the person at the terminal whether a plan is carried out. */

import { createInterface } from 'node:readline/promises'

export type Answer = { readonly decision: 'APPROVED' | 'REJECTED' | 'PLAN_ONLY'; readonly comment?: string }

/** Shows the plan and waits for an answer, or undefined after Ctrl-C or Ctrl-D; without a terminal it says so and approves. */
export async function ask(
  phase: string,
  plan: string,
  print: (line: string) => void,
): Promise<Answer | undefined> {
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    print(`\n${phase} awaits approval. Nobody is at a terminal, so it is approved here.\n`)
    return { decision: 'APPROVED', comment: 'approved without a terminal' }
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    const answer = (
      await terminal.question(`\n${plan}\n${phase} awaits your approval. Go on? [Y]es, [n]o, [p]lan only: `)
    ).trim()
    if (/^p/i.test(answer)) return { decision: 'PLAN_ONLY' }
    if (!/^n/i.test(answer)) return { decision: 'APPROVED' }
    return { decision: 'REJECTED', comment: await terminal.question('What should be different? ') }
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') return undefined
    throw error
  } finally {
    terminal.close()
  }
}

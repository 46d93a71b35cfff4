/** What `npm start` runs: real answers before a real panel, then a real project from its intent to its deliverable. */

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { runQuadcopter } from './quadcopter/run.ts'

const out = 'results/support.jsonl'
mkdirSync('results', { recursive: true })
const command = [
  'review',
  'examples/support/answers.jsonl',
  '--panel',
  'examples/support/panel.ts',
  '--out',
  out,
]

console.log(`$ stagecraft ${command.join(' ')}\n`)
const { status } = spawnSync(process.execPath, ['dist/cli/main.js', ...command], { stdio: 'inherit' })

// The command exits 1 when an answer was denied or escalated. Some of these must be: that is what the panel is for.
if (status !== 1) process.exit(status ?? 1)
console.log(`
Every result, with its reasons, is in ${out}; what was expected stands in examples/support/expected.json.
The panel is examples/support/panel.ts. See what it does, and why:
  npm run stagecraft -- plan --panel examples/support/panel.ts

Next, a project: a quadcopter is designed in eight phases, from a sentence to a report. Its journal is in
results/quadcopter/projects.db.
`)
process.exitCode = await runQuadcopter()

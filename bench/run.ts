/** `npm run bench`: reads the options, installs the rivals if they are missing, measures, and reports. */

import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { installRivals } from './install-rivals.ts'

const HELP = `npm run bench -- [options]
  --quick        about a minute instead of about seven
  --json <file>  writes all figures to a file as well
  --check        exits with 1 when a target is missed
  --help         this text`

const say = (message: string) => process.stderr.write(`${message}\n`)

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else await main()

async function main(): Promise<void> {
  installRivals(say)
  // Only now can the rivals be imported.
  const [{ runBench }, { reportOf }] = await Promise.all([import('./bench.ts'), import('./report.ts')])
  const results = await runBench({ quick: values.quick, onStep: (step) => say(`… ${step}`) })
  console.log(reportOf(results))
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
  if (values.check && results.targets.some(({ met }) => !met)) process.exitCode = 1
}

#!/usr/bin/env node
/** The command's first file: checks Node before anything that needs a newer one is imported. */

import { nodeTooOld } from './node-version.ts'

const complaint = nodeTooOld(process.version)
if (complaint === undefined) {
  const [{ runProgram }, { processIo, exitByItself }] = await Promise.all([
    import('./program.ts'),
    import('./io.ts'),
  ])
  exitByItself(await runProgram(process.argv.slice(2), processIo()))
} else {
  process.stderr.write(`${complaint}\n`)
  process.exitCode = 2
}

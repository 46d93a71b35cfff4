/** Any warning a process emits during the suite is a failure: warnings are how leaks and misuse announce themselves. */

import { afterEach, expect } from 'vitest'

const warnings: string[] = []

/** Node 22 says this when `node:sqlite` is loaded; there is nothing else a store can use. */
const ALLOWED = 'ExperimentalWarning: SQLite is an experimental feature and might change at any time'

process.on('warning', (warning) => {
  const text = `${warning.name}: ${warning.message}`
  if (text !== ALLOWED) warnings.push(text)
})

for (const level of ['warn', 'error'] as const) {
  const print = console[level].bind(console)
  console[level] = (...words: unknown[]) => {
    warnings.push(words.map(String).join(' '))
    print(...words)
  }
}

afterEach(() => {
  expect(warnings.splice(0), 'the suite allows no warnings').toEqual([])
})

/** Any warning a process emits during the suite is a failure: warnings are how leaks and misuse announce themselves. */

import { afterEach, expect } from 'vitest'

const warnings: string[] = []

process.on('warning', (warning) => {
  warnings.push(`${warning.name}: ${warning.message}`)
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

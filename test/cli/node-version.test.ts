import { expect, it } from 'vitest'
import { nodeTooOld } from '../../src/cli/node-version.ts'

it.each(['v22.18.0', 'v22.23.1', 'v24.0.0', 'v100.1.0'])('accepts Node %s', (version) => {
  expect(nodeTooOld(version)).toBeUndefined()
})

it.each(['v22.17.9', 'v20.20.2', 'v9.9.9', 'v22.9.0'])('tells Node %s what to install', (version) => {
  expect(nodeTooOld(version)).toBe(
    `stagecraft needs Node 22.18 or newer, and this is Node ${version.slice(1)}. Install a newer one from https://nodejs.org and try again.`,
  )
})

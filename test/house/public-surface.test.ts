import { describe, expect, it } from 'vitest'
import * as front from 'stagecraft'
import * as compile from 'stagecraft/compile'
import * as critics from 'stagecraft/critics'
import * as resilience from 'stagecraft/resilience'
import * as runtime from 'stagecraft/runtime'
import * as testing from 'stagecraft/testing'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSource, root } from './source-files.ts'

/** Every name a door hands out, types included, read from its hand-written index. */
function namesOf(path: string): readonly string[] {
  const { text } = readSource(path)
  return [...text.matchAll(/export\s+(type\s+)?\{([^}]*)\}/g)]
    .flatMap(([, type, list = '']) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
        .map((name) => (type && !name.startsWith('type ') ? `type ${name}` : name)),
    )
    .toSorted()
}

describe('the public surface', () => {
  it('of the front door changes only on purpose', () => {
    expect(namesOf('src/index.ts')).toMatchSnapshot()
  })

  it('of the compiler changes only on purpose', () => {
    expect(namesOf('src/compile/index.ts')).toMatchSnapshot()
  })

  it('of the critics changes only on purpose', () => {
    expect(namesOf('src/actors/critics/index.ts')).toMatchSnapshot()
  })

  it('of the resilience parts changes only on purpose', () => {
    expect(namesOf('src/runtime/resilience/index.ts')).toMatchSnapshot()
  })

  it('of the runtime changes only on purpose', () => {
    expect(namesOf('src/runtime/index.ts')).toMatchSnapshot()
  })

  it('of the testing tools changes only on purpose', () => {
    expect(namesOf('src/testing/index.ts')).toMatchSnapshot()
  })

  it('is written by hand: named exports, no default, no star', () => {
    for (const path of [
      'src/index.ts',
      'src/compile/index.ts',
      'src/actors/critics/index.ts',
      'src/runtime/resilience/index.ts',
      'src/runtime/index.ts',
      'src/testing/index.ts',
    ]) {
      const { text } = readSource(path)
      expect(text).not.toMatch(/export (?:type )?\*|export default/)
    }
  })

  it('exists at run time as its indexes say', () => {
    const values = (path: string) => namesOf(path).filter((name) => !name.startsWith('type '))
    expect(Object.keys(front).toSorted()).toEqual(values('src/index.ts'))
    expect(Object.keys(compile).toSorted()).toEqual(values('src/compile/index.ts'))
    expect(Object.keys(critics).toSorted()).toEqual(values('src/actors/critics/index.ts'))
    expect(Object.keys(resilience).toSorted()).toEqual(values('src/runtime/resilience/index.ts'))
    expect(Object.keys(runtime).toSorted()).toEqual(values('src/runtime/index.ts'))
    expect(Object.keys(testing).toSorted()).toEqual(values('src/testing/index.ts'))
  })

  it('names the doors that the package has', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: object }
    expect(Object.keys(exports)).toEqual([
      '.',
      './compile',
      './critics',
      './resilience',
      './runtime',
      './testing',
      './package.json',
    ])
  })
})

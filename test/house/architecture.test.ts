import { describe, expect, it } from 'vitest'
import { readSource, sourceFiles, type SourceFile } from './source-files.ts'

/** Which room may import which, besides itself. The more particular room comes first. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/model': [],
  // Knows XState, and nothing of ours.
  'src/compile': [],
  'src/machines': ['src/model'],
  'src/actors/critics': ['src/model', 'src/actors'],
  'src/actors': ['src/model', 'src/compile'],
  // A store knows the port, and nothing of those who use it.
  'src/runtime/store': ['src/model', 'src/runtime/fault.ts'],
  // Telemetry only listens: the door hands it out, and nobody else in the runtime knows of it.
  'src/runtime/telemetry': ['src/model', 'src/runtime'],
  'src/runtime/index.ts': [
    'src/model',
    'src/compile',
    'src/machines',
    'src/actors',
    'src/runtime',
    'src/runtime/store',
    'src/runtime/telemetry',
  ],
  'src/runtime/fault.ts': [],
  'src/runtime': [
    'src/model',
    'src/compile',
    'src/machines',
    'src/actors',
    'src/runtime/store',
    'src/runtime/fault.ts',
  ],
  'src/testing': ['src/model', 'src/machines', 'src/runtime', 'src/runtime/store'],
  'src/cli': [
    'src/model',
    'src/machines',
    'src/actors',
    'src/actors/critics',
    'src/runtime',
    'src/runtime/store',
    'src/testing',
    'src/index.ts',
  ],
  'src/index.ts': ['src/model', 'src/machines', 'src/actors', 'src/runtime'],
}

const roomOf = (path: string): string => Object.keys(ALLOWED).find((room) => path.startsWith(room)) ?? path

const files = sourceFiles('src')

/** The one file in which charts and actors meet. */
const MEETING_PLACE = 'src/runtime/wiring.ts'

const without = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, '')

describe('the architecture', () => {
  it('reads imports from the code itself', () => {
    expect(files.length).toBeGreaterThan(60)
    expect(readSource(MEETING_PLACE).imports.map(({ target }) => target)).toContain('src/machines/critic.ts')
  })

  it('has no file outside its rooms', () => {
    expect(files.map((file) => roomOf(file.path)).filter((room) => !(room in ALLOWED))).toEqual([])
  })

  it('lets imports flow one way', () => {
    const wrong = files.flatMap((file) => {
      const room = roomOf(file.path)
      return file.imports
        .filter(({ target }) => target.startsWith('src/'))
        .filter(({ target }) => roomOf(target) !== room && !ALLOWED[room]?.includes(roomOf(target)))
        .map(({ target }) => `${file.path} imports ${target}`)
    })
    expect(wrong).toEqual([])
  })

  it('has one file in which charts and actors meet', () => {
    const meets = (file: SourceFile, room: string) =>
      file.imports.some(({ target, isTypeOnly }) => !isTypeOnly && roomOf(target) === room)
    const both = files
      .filter((file) => roomOf(file.path) === 'src/runtime')
      .filter((file) => meets(file, 'src/machines') && meets(file, 'src/actors'))
      .map((file) => file.path)
    expect(both).toContain(MEETING_PLACE)
    for (const path of both) if (path !== MEETING_PLACE) expect(machineCreators(path), path).toEqual([])
  })

  it('knows no clock, chance, timer or platform in model and machines', () => {
    const forbidden =
      /\bDate\.now\b|\bnew Date\(\)|\bperformance\b|\bMath\.random\b|\bsetTimeout\(|\bsetInterval\(|\bqueueMicrotask\b|\bprocess\b|\bfetch\(|\bconsole\b/
    const wrong = files
      // What a clock can do is a type of the model; nothing there has one.
      .filter(
        (file) =>
          ['src/model', 'src/machines'].includes(roomOf(file.path)) && file.path !== 'src/model/clock.ts',
      )
      .flatMap((file) => [
        ...(forbidden.exec(without(file.text)) ?? []).map((word) => `${file.path} uses ${word}`),
        ...file.imports
          .filter(({ target }) => target.startsWith('node:'))
          .map(({ target }) => `${file.path} imports ${target}`),
      ])
    expect(wrong).toEqual([])
  })

  it('imports no node module from the front door, the critics or the testing tools, directly or through others', () => {
    for (const door of [
      'src/index.ts',
      'src/actors/critics/index.ts',
      'src/runtime/resilience/index.ts',
      'src/testing/index.ts',
    ])
      expect(
        reachableFrom(door).filter((target) => target.startsWith('node:')),
        door,
      ).toEqual([])
  })

  it('lets telemetry listen only: to facts and troubles, through types', () => {
    const heard = files
      .filter((file) => roomOf(file.path) === 'src/runtime/telemetry')
      .flatMap((file) => file.imports.filter(({ target }) => roomOf(target) === 'src/runtime'))
    expect([...new Set(heard.map(({ target }) => target))]).toEqual(['src/runtime/orchestrator.ts'])
    expect(heard.every(({ isTypeOnly }) => isTypeOnly)).toBe(true)
  })

  it('loads each optional library in exactly one file, and never statically', () => {
    const optional = ['ai', 'obscenity', 'libphonenumber-js', '@secretlint/core', '@opentelemetry/api']
    for (const name of optional) {
      const loads = files.flatMap((file) =>
        file.imports
          .filter(({ target, isTypeOnly }) => target === name && !isTypeOnly)
          .map(({ isDynamic }) => ({ path: file.path, isDynamic })),
      )
      expect(loads, name).toEqual([{ path: expect.any(String), isDynamic: true }])
    }
  })

  it('has files and functions a person can hold: none over 400 lines but a chart read as one table', () => {
    const long = files.filter((file) => file.text.split('\n').length > 400).map((file) => file.path)
    expect(long).toEqual(['src/machines/critic.ts'])
  })

  it('opens every file with one sentence of purpose', () => {
    expect(
      files.filter((file) => !/^(#!.*\n)?\/\*\*? ?\n? ?\*? ?\S/.test(file.text)).map((file) => file.path),
    ).toEqual([])
  })

  it('has no rooms without a name', () => {
    const vague = /(?:^|\/)(?:utils?|helpers?|common|manager|base|misc)(?:\.ts|\/)/
    expect(files.map((file) => file.path).filter((path) => vague.test(path))).toEqual([])
  })
})

function machineCreators(path: string): readonly string[] {
  return readSource(path).text.match(/create(?:Critic|Stage|Review)Machine/g) ?? []
}

/** Everything a file pulls in when it is loaded, type-only imports left out. */
function reachableFrom(start: string): readonly string[] {
  const seen = new Set<string>([start])
  for (const path of seen)
    if (path.startsWith('src/'))
      for (const { target, isTypeOnly, isDynamic } of readSource(path).imports)
        if (!isTypeOnly && !isDynamic) seen.add(target)
  return [...seen]
}

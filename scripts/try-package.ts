/** Installs the packed package into a fresh project, as a user does, and there type-checks and runs the README's example. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const project = mkdtempSync(join(tmpdir(), 'stagecraft-fresh-'))
const { version, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  version: string
  devDependencies: Record<string, string>
}
const isWindows = process.platform === 'win32'

const run = (command: string, words: readonly string[], cwd = project): string =>
  execFileSync(command, words, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: isWindows,
  })

/** As strict as XState's own declarations allow: no types of Node, no newer library than the target's, declarations checked too. */
const compilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
  target: 'es2023',
  module: 'nodenext',
  types: [],
  noEmit: true,
}

try {
  run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', project], '.')
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({ name: 'fresh', private: true, type: 'module' }),
  )
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? []
  writeFileSync(
    join(project, 'example.ts'),
    `declare const console: { log(...words: unknown[]): void }\n${example}`,
  )
  const tarball = `./stagecraft-${version}.tgz`
  run('npm', [
    'install',
    '--silent',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    tarball,
    `xstate@${devDependencies['xstate']}`,
  ])
  run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', project])
  const shown = run(process.execPath, ['example.ts'])
  if (!shown.startsWith('deny\n'))
    throw new Error(`The README's example should begin with "deny", but it shows:\n${shown}`)
  run(process.execPath, [join('node_modules', 'stagecraft', 'dist', 'cli', 'main.js'), '--version'])
  console.log('The packed package installs, type-checks and runs in a fresh project.')
} finally {
  rmSync(project, { recursive: true, force: true })
}

/** Loads the lifecycles, and panels, that a command needs to carry projects. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { StagecraftError } from '../../model/errors.ts'
import type { Lifecycle } from '../../runtime/projects/lifecycle.ts'
import type { Panel } from '../../runtime/panel/panel.ts'
import type { Io } from '../io.ts'
import { kindOf, loadModule, type Exported } from '../load-module.ts'
import { isPanel } from '../panel-like.ts'
import { messageOf, printableLines } from '../printable.ts'

export type Registered = {
  readonly lifecycles: readonly Lifecycle[]
  readonly panels: Readonly<Record<string, Panel>>
}

/** Looked for in this order, where nothing else is named. */
const CONFIGS = ['stagecraft.config.js', 'stagecraft.config.mjs', 'stagecraft.config.ts'] as const

const NONE_NAMED = `To carry projects, their lifecycles are needed, and none are here. Name a module with --lifecycles or STAGECRAFT_LIFECYCLES, or write one as stagecraft.config.mjs:

  import { defineAgent, defineLifecycle } from 'stagecraft/runtime'
  const writer = defineAgent({ name: 'writer', run: ({ project }) => \`A draft of: \${project.intent}\` })
  const draft = { name: 'DRAFT', tasks: [{ agent: writer, critical: true }], approval: { quorum: 1 } }
  const publish = { name: 'PUBLISH' }
  export default defineLifecycle({ name: 'article', phases: [draft, publish] })`

type Named = { readonly path: string; readonly by: string; readonly isAsked: boolean }

/** `--lifecycles` wins over STAGECRAFT_LIFECYCLES, which wins over a config in this folder. Throws `cli.usage`. */
export async function loadLifecycles(option: string | undefined, io: Io): Promise<Registered> {
  const named = whereFrom(option, io)
  if (!named) throw new StagecraftError('cli.usage', NONE_NAMED)
  return load(named, io)
}

/** The same for who only reads: without a module, or with a config that is broken, it goes on without. */
export async function findLifecycles(option: string | undefined, io: Io): Promise<Registered> {
  const named = whereFrom(option, io)
  if (!named) return { lifecycles: [], panels: {} }
  if (named.isAsked) return load(named, io)
  try {
    return await load(named, io)
  } catch (error) {
    io.stderr.write(`stagecraft: going on without lifecycles. ${printableLines(messageOf(error))}\n`)
    return { lifecycles: [], panels: {} }
  }
}

/** Panels may hold something open. */
export async function disposeOf({ panels }: Registered, io: Io): Promise<void> {
  for (const panel of Object.values(panels))
    try {
      // A panel of another copy of the package need not have it.
      await (panel as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.()
    } catch (error) {
      io.stderr.write(`stagecraft: a panel could not be disposed of: ${printableLines(messageOf(error))}\n`)
    }
}

function whereFrom(option: string | undefined, { cwd, env }: Io): Named | undefined {
  if (option !== undefined) return { path: option, by: '--lifecycles', isAsked: true }
  const fromEnv = env['STAGECRAFT_LIFECYCLES']
  if (fromEnv) return { path: fromEnv, by: 'STAGECRAFT_LIFECYCLES', isAsked: true }
  const config = CONFIGS.find((name) => existsSync(join(cwd, name)))
  return config === undefined ? undefined : { path: config, by: '--lifecycles', isAsked: false }
}

async function load({ path, by }: Named, { cwd }: Io): Promise<Registered> {
  const { file, exported } = await loadModule(path, cwd, {
    what: 'module of lifecycles',
    by,
    notFound: 'cli.usage',
    notLoaded: 'cli.usage',
  })
  return readExports(file, exported)
}

function readExports(file: string, exported: Exported): Registered {
  const byDefault = exported['default']
  const bundle = isLifecycle(byDefault) || Array.isArray(byDefault) ? {} : { ...Object(byDefault) }
  const given = exported['lifecycles'] ?? bundle['lifecycles'] ?? byDefault
  const panels: unknown = exported['panels'] ?? bundle['panels'] ?? {}
  const lifecycles: readonly unknown[] = Array.isArray(given) ? given : [given]
  const wrong = lifecycles.find((one) => !isLifecycle(one))
  if (lifecycles.length === 0 || wrong !== undefined || given === undefined)
    throw new StagecraftError(
      'cli.usage',
      `${file} exports no lifecycles${given === undefined || lifecycles.length === 0 ? '' : `, but ${kindOf(wrong)}`}. Write: export default defineLifecycle({ … }), a list of them, or { lifecycles: [ … ], panels: { … } }`,
    )
  const notPanel = Object.entries(Object(panels) as object).find(([, panel]) => !isPanel(panel))
  if (notPanel)
    throw new StagecraftError(
      'cli.usage',
      `${file}: its panel "${notPanel[0]}" is no panel, but ${kindOf(notPanel[1])}. Write: panels: { ${notPanel[0]}: createPanel({ critics: [ … ] }) }`,
    )
  // Checked to be what an orchestrator asks of them; it checks the rest.
  return { lifecycles: lifecycles as readonly Lifecycle[], panels: panels as Registered['panels'] }
}

function isLifecycle(value: unknown): value is Lifecycle {
  if (typeof value !== 'object' || value === null) return false
  // Reading properties that may or may not be there; all are checked.
  const { name, version, plan, machine } = value as Partial<Record<keyof Lifecycle, unknown>>
  return (
    typeof name === 'string' &&
    typeof version === 'number' &&
    [plan, machine].every((part) => typeof part === 'object' && part !== null)
  )
}

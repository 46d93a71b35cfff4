/** Loads a panel from a TypeScript or JavaScript file, and says what to do when that fails. */

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { StagecraftError } from '../model/errors.ts'
import { isPanel, type PanelLike } from './panel-like.ts'
import { codeOf, messageOf } from './printable.ts'

/** Takes the export named `panel`, or the default one. Throws `cli.panel_not_found` and `cli.not_a_panel`. */
export async function loadPanel(path: string, cwd: string): Promise<PanelLike> {
  const file = resolve(cwd, path)
  await refuseMissing(path, file)
  const exported = await importPanelFile(file)
  const candidate = exported.panel ?? exported.default
  if (isPanel(candidate)) return candidate
  throw new StagecraftError(
    'cli.not_a_panel',
    `${file}${whatIsWrong(exported)} Write: export const panel = createPanel({ critics: [ … ] })`,
  )
}

async function refuseMissing(path: string, file: string): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new StagecraftError(
      'cli.panel_not_found',
      `There is no panel file ${file}. Check --panel ${path}.`,
      { cause },
    )
  })
  if (found.isDirectory())
    throw new StagecraftError(
      'cli.panel_not_found',
      `${file} is a folder. Name the panel file in it with --panel.`,
    )
}

type Exported = { readonly panel?: unknown; readonly default?: unknown }

async function importPanelFile(file: string): Promise<Exported> {
  try {
    // Whatever a module exports; loadPanel checks it.
    return (await import(pathToFileURL(file).href)) as Exported
  } catch (cause) {
    const place = placeOf(cause)
    throw new StagecraftError(
      'cli.not_a_panel',
      `${file} could not be loaded: ${messageOf(cause)}${place ? ` (at ${place})` : ''}. ${adviceFor(cause)}`,
      { cause },
    )
  }
}

function whatIsWrong({ panel, default: byDefault }: Exported): string {
  if (panel === undefined && byDefault === undefined) return ' exports no panel.'
  const name = panel === undefined ? 'default export' : 'export "panel"'
  return `: its ${name} is no panel, but ${kindOf(panel ?? byDefault)} without review() and plan.`
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return value instanceof Promise ? 'a promise (write `await`)' : `something of type ${typeof value}`
}

/** Node puts the place of a syntax error before the stack: `file:///…/panel.ts:3`. */
function placeOf(cause: unknown): string | undefined {
  const first = cause instanceof Error ? cause.stack?.split('\n')[0] : undefined
  return first !== undefined && /^(?:file:\/\/)?\/.*:\d+$/.test(first)
    ? first.replace(/^file:\/\//, '')
    : undefined
}

function adviceFor(cause: unknown): string {
  switch (codeOf(cause)) {
    case 'ERR_MODULE_NOT_FOUND':
      return 'Install what it imports in its own folder (npm install stagecraft), and write file endings in relative imports.'
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
      return 'Node runs TypeScript by leaving out the types, so enums, namespaces and parameter properties do not work.'
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return 'Node runs no TypeScript inside node_modules: copy the file into your project.'
    default:
      return cause instanceof SyntaxError
        ? 'Correct the syntax; a file in a CommonJS package must end in .mts or .mjs.'
        : 'Correct the file and try again.'
  }
}

/** Loads a module that its user wrote, and says what to do when that fails. */

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { StagecraftError, type ErrorCode } from '../model/errors.ts'
import { codeOf, messageOf } from './printable.ts'

export type Wanted = {
  /** What the file is called in messages, e.g. `panel file`. */
  readonly what: string
  /** How it was named, e.g. `--panel`. */
  readonly by: string
  readonly notFound: ErrorCode
  readonly notLoaded: ErrorCode
}

/** Whatever a module exports. */
export type Exported = Readonly<Record<string, unknown>>

/** Imports a TypeScript or JavaScript file. */
export async function loadModule(
  path: string,
  cwd: string,
  wanted: Wanted,
): Promise<{ readonly file: string; readonly exported: Exported }> {
  const file = resolve(cwd, path)
  await refuseMissing(path, file, wanted)
  return { file, exported: await importFile(file, wanted) }
}

async function refuseMissing(path: string, file: string, { what, by, notFound }: Wanted): Promise<void> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new StagecraftError(notFound, `There is no ${what} ${file}. Check ${by} ${path}.`, { cause })
  })
  if (found.isDirectory())
    throw new StagecraftError(notFound, `${file} is a folder. Name the ${what} in it with ${by}.`)
}

async function importFile(file: string, { notLoaded }: Wanted): Promise<Exported> {
  try {
    // Whatever a module exports; whoever asked for it checks it.
    return (await import(pathToFileURL(file).href)) as Exported
  } catch (cause) {
    const place = placeOf(cause)
    throw new StagecraftError(
      notLoaded,
      `${file} could not be loaded: ${messageOf(cause)}${place ? ` (at ${place})` : ''}. ${adviceFor(cause)}`,
      { cause },
    )
  }
}

/** What a value is, for somebody who exported the wrong one. */
export function kindOf(value: unknown): string {
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

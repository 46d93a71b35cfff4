/** `stagecraft project verify`: reads journals again, of projects and of recorded reviews, and says which are damaged. */

import type { JournalCheck, Reader } from '../../runtime/reader.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import { printable } from '../printable.ts'
import { counted } from './counted.ts'
import { jsonText } from './json-text.ts'
import { disposeOf, findLifecycles } from './load-lifecycles.ts'
import { paintFor, type Paint } from './paint.ts'
import { placeOf, reading } from './place.ts'
import { print } from './print.ts'
import type { ShowOptions } from './show-command.ts'

export async function verifyCommand(
  id: string | undefined,
  { store, lifecycles, json = false }: ShowOptions,
  io: Io,
): Promise<number> {
  const place = placeOf(store, io)
  const registered = await findLifecycles(lifecycles, io)
  try {
    return await reading(place, (reader) => verify(reader, { id, json, io }), registered.lifecycles)
  } finally {
    await disposeOf(registered, io)
  }
}

type Verifying = { readonly id: string | undefined; readonly json: boolean; readonly io: Io }

async function verify(reader: Reader, { id, json, io }: Verifying): Promise<number> {
  const paint = paintFor(io.stdout, io.env)
  const counts = { whole: 0, chainAlone: 0, damaged: 0 }
  for await (const check of reader.checks(id)) {
    counts[kindOf(check)] += 1
    await print(io.stdout, json ? `${jsonText(jsonOf(check))}\n` : checkText(check, paint))
  }
  if (!json) await print(io.stdout, summaryOf(counts))
  return counts.damaged > 0 ? EXIT.refused : EXIT.ok
}

type Counts = Record<'whole' | 'chainAlone' | 'damaged', number>

function kindOf(check: JournalCheck): keyof Counts {
  if (!check.isWhole) return 'damaged'
  return check.verified.steps > 0 ? 'whole' : 'chainAlone'
}

function checkText(check: JournalCheck, paint: Paint): string {
  const id = printable(check.id)
  if (!check.isWhole)
    return `${paint('bad', '✗')} ${id}  ${check.problem.code}: ${printable(check.problem.message)}\n`
  const { entries, steps, hash } = check.verified
  const how = steps > 0 ? `${counted(steps, 'step')} decided again` : 'the chain alone'
  const mark = steps > 0 ? paint('good', '✓') : paint('waiting', '✓')
  return `${mark} ${id}  ${counted(entries, 'fact')}, ${how}, hash ${hash}\n`
}

const jsonOf = (check: JournalCheck) =>
  check.isWhole
    ? { id: check.id, kind: check.kind, isWhole: true, ...check.verified }
    : {
        id: check.id,
        kind: check.kind,
        isWhole: false,
        code: check.problem.code,
        message: check.problem.message,
      }

function summaryOf({ whole, chainAlone, damaged }: Counts): string {
  const alone =
    chainAlone === 0
      ? ''
      : ` Of ${chainAlone} only the chain was checked, not that their lifecycle still leads where it led: name its module with --lifecycles.`
  return `${counted(whole + chainAlone + damaged, 'journal')} read, ${damaged} damaged.${alone}\n`
}

/** How it is made, and what it costs. */

import { costOf, printerFor, printingHours, totalCost } from '../../parts/cost.ts'
import { ROTORS } from '../../sizing/design.ts'
import type { Performance } from '../../sizing/performance.ts'
import { digits, sentences, table } from '../markdown.ts'

export function makingOf({ printed, shape, parts }: Performance): string {
  const printer = printerFor(printed)
  return sentences([
    `${printed.map(({ name, count, boxMm }) => `${count} × ${name} (${boxMm.join(' × ')} mm)`).join(', ')}: ${digits(printingHours(printed))} hours on the ${printer.name}, no support needed.`,
    `${digits(1.1 * ROTORS * shape.reachM)} m of ${parts.tube.name} are sawn and glued in.`,
    `${parts.fastener.name} stand air of class ${parts.fastener.corrosivityMax}.`,
  ])
}

export function costTable({ parts, shape }: Performance): string {
  const lines = costOf(parts, shape)
  return table(
    'lrlrr',
    ['', 'Quantity', '', 'Each', 'Together'],
    [
      ...lines.map(({ part, quantity, unit, each }) => [
        part,
        digits(quantity),
        unit,
        digits(each),
        Math.round(quantity * each),
      ]),
      ['**together**', '', '', '', `**${Math.round(totalCost(lines))}**`],
    ],
  )
}

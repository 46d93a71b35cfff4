/** What is wrong with a design that no number measures. */

import { printerFor } from '../parts/cost.ts'
import { TYPICAL_CLASS, worseThan } from '../physics/corrosion.ts'
import { printingProblems } from '../physics/printing.ts'
import type { Requirements } from '../requirements.ts'
import type { Performance } from './performance.ts'

/** Parts that do not go together, that the air would eat, that cannot be printed. A sentence each. */
export function faultsOf(
  { parts, printed }: Pick<Performance, 'parts' | 'printed'>,
  asked: Requirements,
): readonly string[] {
  const { controller, motor, fastener } = parts
  const air = TYPICAL_CLASS[asked.site]
  const printer = printerFor(printed)
  return [
    ...(motor.series > controller.seriesMax
      ? [
          `${controller.name} bears ${controller.seriesMax} cells in series, and the motor needs ${motor.series}.`,
        ]
      : []),
    ...(worseThan(air, fastener.corrosivityMax)
      ? [`${fastener.name} stand air of class ${fastener.corrosivityMax}, and will be in class ${air}.`]
      : []),
    ...printed.flatMap((part) => printingProblems(part, printer)),
  ]
}

/** Which parts it is made of. */

import { CATALOGUE } from '../../parts/catalogue.ts'
import { ROTORS } from '../../sizing/design.ts'
import type { Performance } from '../../sizing/performance.ts'
import { digits, table } from '../markdown.ts'

export function partsTable({ parts, masses }: Performance): string {
  const { pack } = parts
  return table(
    'rllr',
    ['', 'Part', 'Chosen for', 'kg in all'],
    [
      [ROTORS, parts.propeller.name, 'hover power and size', digits(masses.propellers)],
      [ROTORS, `${parts.motor.name}, ${parts.motor.kvRpmPerV} rpm/V`, 'torque, heat', digits(masses.motors)],
      [ROTORS, parts.controller.name, 'heat, current', digits(masses.controllers)],
      [
        pack.series * pack.parallel,
        `${parts.cell.name} (${pack.series}S${pack.parallel}P)`,
        'energy, current',
        digits(masses.battery),
      ],
      [ROTORS, `${parts.tube.name} (arms)`, 'strength, resonance', digits(masses.arms)],
      [1, CATALOGUE.avionics.name, '', digits(masses.avionics)],
      [1, `${parts.fastener.name} (set)`, 'corrosion', ''],
      ['', `printed parts of ${CATALOGUE.printMaterial.name}`, '', digits(masses['printed parts'])],
    ],
  )
}

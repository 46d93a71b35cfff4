/** The first design, as one makes it by hand: rules of thumb, data-sheet ratings, a standard day. The rest is for the physics to find. */

import { CATALOGUE } from '../parts/catalogue.ts'
import { packEnergy, USABLE_SHARE } from '../physics/battery.ts'
import { safetyFactor } from '../physics/arm.ts'
import { GRAVITY_MS2 } from '../physics/constants.ts'
import { discArea, discLoading } from '../physics/rotor.ts'
import { worseThan, TYPICAL_CLASS } from '../physics/corrosion.ts'
import type { Requirements } from '../requirements.ts'
import { partsOf, ROTORS, shapeOf, spanOf, type Design } from './design.ts'
import { flightOf, pullsEnough, THRUST_RATIO_MIN } from './flight.ts'
import { massesOf, totalMass } from './masses.ts'

/** Take-off mass over payload, to begin with. */
const GROWTH = 3
/** Newtons on a square metre of rotor: where multirotors of this kind lie. */
const DISC_LOADING = 75
/** Continuous rating of a controller over the current in hover. */
const CURRENT_RESERVE = 1.5
const STANDARD_DAY = { ambientC: 15, altitudeM: 0, windMs: 0 } as const
const AT_ROOM = { windingC: 25, junctionC: 25, cellC: 25 } as const
const ROUNDS_MAX = 12

/** The first that will do, else the last: what is too small is the validation's to say. */
const smallest = <Part>(parts: readonly Part[], suffices: (part: Part) => boolean): Part => {
  const found = parts.find(suffices) ?? parts.at(-1)
  if (found === undefined) throw new Error('The catalogue has an empty list.')
  return found
}

/** Deterministic; the same for a hot day and a cold one. */
export function firstDesign(requirements: Requirements): Design {
  const asked = { ...requirements, ...STANDARD_DAY }
  const [propeller, tube] = [CATALOGUE.propellers[0], CATALOGUE.tubes[0]]
  if (!propeller || !tube) throw new Error('The catalogue has no propeller or no tube.')
  let massKg = GROWTH * (asked.payloadKg + CATALOGUE.avionics.massKg)
  let design: Design = {
    propeller: propeller.id,
    motor: smallest(CATALOGUE.motors, () => true).id,
    controller: smallest(CATALOGUE.controllers, () => true).id,
    cell: 'balanced-21700',
    parallel: 1,
    tube: tube.id,
    fastener: smallest(
      CATALOGUE.fasteners,
      ({ corrosivityMax }) => !worseThan(TYPICAL_CLASS[asked.site], corrosivityMax),
    ).id,
  }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const next = sized(design, massKg, asked)
    if (JSON.stringify(next) === JSON.stringify(design)) return design
    design = next
    const parts = partsOf(design)
    massKg = totalMass(massesOf(parts, shapeOf(parts), asked.payloadKg))
  }
  return design
}

/** Every part anew for a mass: the smallest whose data sheet suffices. */
function sized(design: Design, massKg: number, asked: Requirements): Design {
  const fits = CATALOGUE.propellers.filter(({ diameterM }) => spanOf(diameterM) <= asked.spanMaxM)
  const propeller = smallest(
    fits.length > 0 ? fits : CATALOGUE.propellers.slice(0, 1),
    ({ diameterM }) => discLoading((massKg * GRAVITY_MS2) / ROTORS, discArea(diameterM)) <= DISC_LOADING,
  ).id
  const flight = (changed: Partial<Design>) =>
    flightOf(partsOf({ ...design, propeller, ...changed }), massKg, asked, AT_ROOM)
  // With a battery and a controller that are no limit, so that each part is judged by itself.
  const ample = { controller: smallest(CATALOGUE.controllers, () => false).id, parallel: 60 }
  const motor = smallest(CATALOGUE.motors, ({ id }) =>
    pullsEnough(partsOf({ ...design, propeller, ...ample, motor: id }), massKg, asked, AT_ROOM),
  )
  const hoverA = flight({ ...ample, motor: motor.id }).drives.hover.currentA
  const controller = smallest(
    CATALOGUE.controllers,
    ({ ratedA, seriesMax }) => seriesMax >= motor.series && ratedA >= CURRENT_RESERVE * hoverA,
  ).id
  const { powerW } = flight({ motor: motor.id, controller, parallel: 60 })
  // As if it hovered all the time: some reserve, and no more is known yet.
  const needWh = (powerW.hover * asked.enduranceMin) / 60 / USABLE_SHARE
  const { pack } = partsOf({ ...design, motor: motor.id, parallel: 1 })
  const parallel = Math.min(400, Math.max(1, Math.ceil(needWh / packEnergy(pack))))
  const chosen = { ...design, propeller, motor: motor.id, controller, parallel }
  const loadN = (THRUST_RATIO_MIN * massKg * GRAVITY_MS2) / ROTORS
  const tube = smallest(CATALOGUE.tubes, ({ id }) => {
    const { arm } = shapeOf(partsOf({ ...chosen, tube: id }))
    return safetyFactor(arm, loadN) >= 2.5
  }).id
  return { ...chosen, tube }
}

/** The panel over a design: five critics that judge its numbers, each by one law. */

import { createPanel, defineCritic, type Finding } from 'stagecraft'
import { DesignSummary } from './design-summary.ts'

const summary = ({ response }: { readonly response: string }): DesignSummary =>
  DesignSummary.parse(JSON.parse(response))

/** Where numbers of multirotors lie: what is outside was computed in another unit, or wrongly. */
const PLAUSIBLE: Readonly<Record<string, readonly [least: number, most: number, unit: string]>> = {
  discLoading: [10, 300, 'N/m²'],
  figureOfMerit: [0.3, 0.85, ''],
  inducedMs: [1, 15, 'm/s'],
  airDensity: [0.5, 1.6, 'kg/m³'],
  packWhPerKg: [80, 300, 'Wh/kg'],
  motorEfficiency: [0.5, 0.97, ''],
  rotorHz: [5, 400, 'Hz'],
}

const unitsPlausible = defineCritic({
  name: 'units_plausible',
  stage: 'FAST_CRITICS',
  domain: 'truth',
  evaluate: (input): Finding => ({
    violations: Object.entries(summary(input).figures).flatMap(([name, value]) => {
      const range = PLAUSIBLE[name]
      if (!range)
        return [{ rule: 'units.unknown_figure', severity: 1, message: `No range is known for ${name}.` }]
      const [least, most, unit] = range
      return value >= least && value <= most
        ? []
        : [
            {
              rule: 'units.implausible',
              severity: 3,
              message: `${name} is ${value} ${unit}, usually ${least} to ${most}.`,
            },
          ]
    }),
  }),
})

const momentum = defineCritic({
  name: 'momentum',
  stage: 'CORE_ANALYSIS',
  domain: 'truth',
  evaluate: (input): Finding => {
    const { idealW, shaftW } = summary(input)
    return shaftW >= idealW
      ? { severity: 0 }
      : {
          violations: [
            {
              rule: 'momentum.perpetual_motion',
              severity: 3,
              message: `${shaftW} W hover where ${idealW} W is the least.`,
            },
          ],
        }
  },
})

const mass = defineCritic({
  name: 'mass',
  stage: 'CORE_ANALYSIS',
  domain: 'operations',
  evaluate: (input): Finding => {
    const { massKg, massMaxKg, massesKg } = summary(input)
    const sum = Object.values(massesKg).reduce((kg, one) => kg + one, 0)
    return {
      violations: [
        ...(massKg > massMaxKg
          ? [{ rule: 'mass.too_heavy', severity: 3, message: `${massKg} kg, ${massMaxKg} kg allowed.` }]
          : []),
        ...(Math.abs(sum - massKg) > 1e-3 * massKg
          ? [
              {
                rule: 'mass.does_not_add_up',
                severity: 3,
                message: `The groups weigh ${sum} kg, together ${massKg} kg.`,
              },
            ]
          : []),
      ],
    }
  },
})

/** From here on the budget is as good as spent. */
const NEARLY = 0.95

const budget = defineCritic({
  name: 'budget',
  stage: 'CORE_ANALYSIS',
  domain: 'operations',
  evaluate: (input): Finding => {
    const { cost, budget: allowed } = summary(input)
    if (cost <= NEARLY * allowed) return { severity: 0 }
    return {
      violations: [
        {
          rule: cost > allowed ? 'budget.exceeded' : 'budget.nearly_spent',
          severity: cost > allowed ? 3 : 1,
          message: `It costs ${cost} of ${allowed}.`,
        },
      ],
    }
  },
})

/** Less than this is too little for a model that is good to a tenth, K. */
const HEADROOM_MIN_K = 3

const thermalMargin = defineCritic({
  name: 'thermal_margin',
  stage: 'CORE_ANALYSIS',
  domain: 'risk',
  evaluate: (input): Finding => ({
    violations: Object.entries(summary(input).headroomK).flatMap(([part, kelvin]) =>
      kelvin >= HEADROOM_MIN_K
        ? []
        : [
            {
              rule: kelvin < 0 ? 'thermal.too_hot' : 'thermal.tight',
              severity: kelvin < 0 ? 3 : 1,
              message: `${part}: ${kelvin} K left.`,
            },
          ],
    ),
  }),
})

/** A new panel for each host: who makes it disposes of it. */
export const createDesignPanel = () =>
  createPanel({ critics: [unitsPlausible, momentum, mass, budget, thermalMargin] })

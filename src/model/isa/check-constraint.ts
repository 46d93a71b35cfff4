/** Whether a value keeps to its constraints, and why not. */

import { isStagecraftError, StagecraftError } from '../errors.ts'
import { isEqual } from '../units/arithmetic.ts'
import type { PhysicalValue } from '../units/physical-value.ts'
import type { Units } from '../units/units.ts'
import type { Constraint } from './constraint.ts'
import { amountText, numberText, unitText } from './value-text.ts'

type Beside = Extract<Constraint, { kind: 'atMost' | 'atLeast' }>
type ValueOf = (id: string) => PhysicalValue | undefined

const isAbove = (a: number, b: number) => a > b && !isEqual(a, b)

/** Where an interval begins and ends: magnitude ± tolerance, in another unit. */
function interval(units: Units, { magnitude, tolerance, unit }: PhysicalValue, to: string) {
  const middle = units.convert(magnitude, unit, to)
  const half = units.convertDifference(tolerance, unit, to)
  return { middle, low: middle - half, high: middle + half }
}

/** In one sentence, or undefined where it keeps to it. The whole interval of a value counts, not its middle. */
export function problemWith(
  units: Units,
  value: PhysicalValue,
  constraint: Constraint,
  valueOf: ValueOf,
): string | undefined {
  try {
    return problemIn(units, value, constraint, valueOf)
  } catch (error) {
    if (!isStagecraftError(error) || error.code !== 'units.not_finite') throw error
    return `cannot be held against its constraint "${constraint.kind}": ${error.message.replace(/\.$/, '')}`
  }
}

function problemIn(
  units: Units,
  value: PhysicalValue,
  constraint: Constraint,
  valueOf: ValueOf,
): string | undefined {
  switch (constraint.kind) {
    case 'locked':
      return undefined
    case 'range':
      return outOfRange(units, value, constraint)
    case 'oneOf':
      return noneOf(units, value, constraint)
    case 'atMost':
    case 'atLeast':
    case 'equals': {
      const other = valueOf(constraint.node)
      if (!other) return `is to be compared with ${constraint.node}, which does not exist`
      if (units.dimensionOf(other.unit) !== units.dimensionOf(value.unit))
        return `is to be compared with ${constraint.node}, which measures something else`
      return constraint.kind === 'equals'
        ? differs(units, value, constraint.node, other)
        : tooNear(units, value, constraint, other)
    }
  }
}

function outOfRange(units: Units, value: PhysicalValue, { min, max, unit }: Constraint & { kind: 'range' }) {
  const own = interval(units, value, value.unit)
  const bound = (magnitude: number) => units.convert(magnitude, unit ?? value.unit, value.unit)
  const shown = (magnitude: number) => `${numberText(magnitude)}${unitText(unit ?? value.unit)}`
  if (min !== undefined && isAbove(bound(min), own.low))
    return `is ${amountText(value)}, and must not be below ${shown(min)}`
  if (max !== undefined && isAbove(own.high, bound(max)))
    return `is ${amountText(value)}, and must not be above ${shown(max)}`
  return undefined
}

function noneOf(units: Units, value: PhysicalValue, { magnitudes, unit }: Constraint & { kind: 'oneOf' }) {
  const to = unit ?? value.unit
  const is = units.convert(value.magnitude, value.unit, to)
  return magnitudes.some((one) => isEqual(one, is))
    ? undefined
    : `is ${amountText(value)}, and must be one of ${magnitudes.map(numberText).join(', ')} ${to}`
}

function differs(units: Units, value: PhysicalValue, node: string, otherValue: PhysicalValue) {
  const [own, other] = [interval(units, value, value.unit), interval(units, otherValue, value.unit)]
  return isAbove(own.low, other.high) || isAbove(other.low, own.high)
    ? `is ${amountText(value)}, and must agree with ${node}, which is ${amountText(otherValue)}`
    : undefined
}

function tooNear(units: Units, value: PhysicalValue, constraint: Beside, otherValue: PhysicalValue) {
  const [own, other] = [interval(units, value, value.unit), interval(units, otherValue, value.unit)]
  const { marginRatio = 0, margin, node } = constraint
  const between =
    Math.abs(other.middle) * marginRatio +
    (margin ? units.convertDifference(margin.magnitude, margin.unit, value.unit) : 0)
  const isMet =
    constraint.kind === 'atMost'
      ? !isAbove(own.high + between, other.low)
      : !isAbove(other.high + between, own.low)
  if (isMet) return undefined
  const side = constraint.kind === 'atMost' ? 'at most' : 'at least'
  return `is ${amountText(value)}, and must be ${side} ${node}, which is ${amountText(otherValue)}${marginText(constraint)}`
}

function marginText({ marginRatio = 0, margin }: Beside): string {
  const margins = [
    ...(marginRatio > 0 ? [`${numberText(marginRatio * 100)} %`] : []),
    ...(margin ? [`${numberText(margin.magnitude)}${unitText(margin.unit)}`] : []),
  ]
  return margins.length > 0 ? `, with ${margins.join(' and ')} between` : ''
}

/** Refuses what could never be checked. Throws `isa.dimension`, `isa.invalid_value`, `units.unknown`. */
export function refuseConstraint(
  units: Units,
  id: string,
  value: PhysicalValue,
  constraint: Constraint,
  valueOf: ValueOf,
): void {
  for (const unit of unitsIn(constraint, valueOf))
    if (units.dimensionOf(unit) !== units.dimensionOf(value.unit))
      throw new StagecraftError(
        'isa.dimension',
        `The constraint "${constraint.kind}" of ${id} is in ${unit}, which does not measure what ${value.unit} does.`,
      )
  if (constraint.kind === 'range' && (constraint.min ?? -Infinity) > (constraint.max ?? Infinity))
    throw new StagecraftError('isa.invalid_value', `The range of ${id} begins above its end.`)
  if ('marginRatio' in constraint && constraint.marginRatio && units.isAffine(value.unit))
    throw new StagecraftError(
      'isa.invalid_value',
      `A part of a temperature in ${value.unit} means nothing: give ${id} a margin in K instead.`,
    )
}

function unitsIn(constraint: Constraint, valueOf: ValueOf): readonly string[] {
  const found = [
    'unit' in constraint ? constraint.unit : undefined,
    'margin' in constraint ? constraint.margin?.unit : undefined,
    'node' in constraint ? valueOf(constraint.node)?.unit : undefined,
  ]
  return found.filter((unit) => unit !== undefined)
}

/** The tightest of some ranges, in one unit. */
export type Bounds = { readonly min?: number; readonly max?: number }

export function boundsIn(units: Units, constraints: readonly Constraint[], to: string): Bounds {
  const ranges = constraints.filter((constraint) => constraint.kind === 'range')
  const bounds = (side: 'min' | 'max') =>
    ranges.flatMap(({ [side]: bound, unit = to }) =>
      bound === undefined ? [] : [units.convert(bound, unit, to)],
    )
  const [mins, maxs] = [bounds('min'), bounds('max')]
  return {
    ...(mins.length > 0 && { min: Math.max(...mins) }),
    ...(maxs.length > 0 && { max: Math.min(...maxs) }),
  }
}

/** Quantities and surroundings in a sentence that a person wrote. */

import type { Site } from './physics/corrosion.ts'

export type Quantity =
  | 'payloadKg'
  | 'enduranceMin'
  | 'ambientC'
  | 'altitudeM'
  | 'windMs'
  | 'spanMaxM'
  | 'budget'

export type Sentence = {
  /** In the units of their names. */
  readonly said: Readonly<Partial<Record<Quantity, number>>> & { readonly site?: Site }
  /** Quantities that nothing was made of, as they are written. */
  readonly notUnderstood: readonly string[]
}

/** "2,500" is 2.5 to some and 2500 to others: nothing is made of it. "0,125" and "2,5" leave no doubt. */
const DOUBTFUL = String.raw`[-−]?[1-9]\d{0,2}(?:,\d{3})+(?!\d)`
const NUMBER = String.raw`(?<![\w.,])(?!${DOUBTFUL})([-−]?\d+(?:[.,]\d+)?)`
/** "10–40 °C" is read as its hotter, harder end. */
const RANGE = String.raw`(?:\d+(?:\.\d+)?\s*(?:-|–|to)\s*)?`

type Reading = {
  readonly name: Quantity
  readonly pattern: RegExp
  /** By the unit as it is written, in lower case. */
  readonly into: Readonly<Record<string, (value: number) => number>>
}

const same = (value: number): number => value

/** The first match of each counts; what comes after it of its kind is reported as not understood. */
const READINGS: readonly Reading[] = [
  {
    name: 'payloadKg',
    pattern: new RegExp(`${NUMBER}\\s*(kg|kilograms?|g|grams?|lbs?|pounds?)(?![\\w/])`, 'giu'),
    into: {
      kg: same,
      kilogram: same,
      g: (g) => g / 1_000,
      gram: (g) => g / 1_000,
      lb: pounds,
      pound: pounds,
    },
  },
  {
    name: 'enduranceMin',
    pattern: new RegExp(`${NUMBER}[\\s-]*(min|minutes?|h|hours?)(?![\\w/])`, 'giu'),
    into: { min: same, minute: same, h: (h) => 60 * h, hour: (h) => 60 * h },
  },
  {
    name: 'ambientC',
    pattern: new RegExp(
      `(?<![\\w.,])${RANGE}([-−]?\\d+(?:[.,]\\d+)?)\\s*(°\\s?C|°\\s?F|degC|degF)(?!\\w)`,
      'giu',
    ),
    into: { '°c': same, degc: same, '°f': fahrenheit, degf: fahrenheit },
  },
  {
    name: 'windMs',
    pattern: new RegExp(`${NUMBER}\\s*(m/s|km/h|kn|knots?)(?!\\w)`, 'giu'),
    into: { 'm/s': same, 'km/h': (v) => v / 3.6, kn: knots, knot: knots },
  },
  {
    name: 'altitudeM',
    pattern: new RegExp(`${NUMBER}\\s*(m|ft)(?=\\s*(?:altitude|elevation|above sea|asl|amsl|high))`, 'giu'),
    into: { m: same, ft: (ft) => 0.3048 * ft },
  },
  {
    name: 'spanMaxM',
    pattern: new RegExp(`${NUMBER}\\s*(m|cm|mm)(?=\\s*(?:frame|span|wide|across))`, 'giu'),
    into: { m: same, cm: (cm) => cm / 100, mm: (mm) => mm / 1_000 },
  },
  {
    name: 'budget',
    // Nor of "3.000": nobody counts thousandths of money.
    pattern: new RegExp(`(?<=budget(?: of| is)?:?\\s*)(?!\\d{1,3}\\.\\d{3})${NUMBER}()`, 'giu'),
    into: { '': same },
  },
]

function pounds(lb: number): number {
  return 0.45359237 * lb
}
function fahrenheit(f: number): number {
  return (f - 32) / 1.8
}
function knots(kn: number): number {
  return 0.514444 * kn
}

/** The first words that tell decide; farming comes with fertiliser dust. */
const SITE_WORDS: readonly (readonly [Site, RegExp])[] = [
  ['offshore', /\b(?:offshore|at sea|ship)\b/i],
  ['coastal', /\b(?:coast(?:al)?|beach|seaside|harbou?r)\b/i],
  ['desert', /\bdesert\b/i],
  ['industrial', /\b(?:industrial|factory|refinery|chemical)\b/i],
  ['agricultural', /\b(?:agricultur\w*|farm(?:ing|land|s)?|crops?|fertili[sz]er|vineyards?|orchards?)\b/i],
  ['urban', /\b(?:urban|city|town)\b/i],
  ['rural', /\b(?:rural|forest\w*|countryside)\b/i],
]

type Found = {
  readonly name: Quantity
  readonly value: number
  readonly at: readonly [number, number]
}

function findIn(intent: string, { name, pattern, into }: Reading): readonly Found[] {
  return [...intent.matchAll(pattern)].flatMap((match) => {
    const unit = (match[2] ?? '').toLowerCase().replaceAll(' ', '')
    const convert = into[unit] ?? into[unit.replace(/s$/, '')]
    const value = Number((match[1] ?? '').replace('−', '-').replace(',', '.'))
    if (!convert || !Number.isFinite(value)) return []
    const at = [match.index, match.index + match[0].length] as const
    return [{ name, value: Number(convert(value).toPrecision(12)), at }]
  })
}

const WORDS_FOR_NUMBERS =
  /\b(?:an?|half|quarter|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty|forty|sixty)(?: of)?(?: an?)? (?:kilo\w*|grams?|pounds?|hours?|minutes?|degrees?|met(?:er|re)s?|knots?)\b/giu

/** Numbers that no reading took, with a few words after them. */
function leftOver(intent: string, taken: readonly (readonly [number, number])[]): readonly string[] {
  const numbers = [...intent.matchAll(/\d+(?:[.,]\d+)?(?:\s*[^\s\d,.;]+){0,2}/gu)]
  const words = [...intent.matchAll(WORDS_FOR_NUMBERS)]
  return [...numbers, ...words]
    .filter(({ index }) => !taken.some(([from, to]) => index >= from && index < to))
    .map(([text]) => text.trim())
}

export function readSentence(text: string): Sentence {
  const found = READINGS.map((reading) => findIn(text, reading)[0]).filter((one) => one !== undefined)
  const site = SITE_WORDS.find(([, words]) => words.test(text))?.[0]
  const quantities = Object.fromEntries(found.map(({ name, value }) => [name, value]))
  const taken = found.map(({ at }) => at)
  return { said: { ...quantities, ...(site && { site }) }, notUnderstood: leftOver(text, taken) }
}

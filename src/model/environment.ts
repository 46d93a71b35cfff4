/** Panel options from environment variables, for people who configure by deployment. */

import { StagecraftError } from './errors.ts'
import { INTERPRETERS, type Interpreter } from './interpreter.ts'

export type EnvironmentOptions = {
  limits?: { concurrentMax: number }
  gating?: boolean
  retries?: boolean
  validation?: 'report' | 'strict' | 'off'
  timeouts?: { reviewMs: number }
}

/** The first prefix wins where both are set. */
const PREFIXES = ['STAGECRAFT_', 'ELEANOR_ORCHESTRATOR_'] as const

type Environment = Readonly<Record<string, string | undefined>>

type Base = {
  readonly limits?: object
  readonly timeouts?: object
}

/**
 * Reads STAGECRAFT_MAX_CONCURRENT, _ENABLE_GATING, _ENABLE_RETRIES, _STRICT_VALIDATION (false: off, true: report),
 * _FAIL_ON_VALIDATION (true: strict) and _GLOBAL_TIMEOUT (seconds), or the same after ELEANOR_ORCHESTRATOR_.
 * Spread the result into the options of `createPanel`; give it the `limits` and `timeouts` you already have, and it
 * keeps what the environment does not say. Throws `environment.invalid`, naming the variable.
 */
export function panelOptionsFromEnvironment(environment: Environment, base: Base = {}): EnvironmentOptions {
  const concurrentMax = readNumber(
    environment,
    'MAX_CONCURRENT',
    (value) => Number.isInteger(value) && value >= 1,
    'a whole number from 1',
  )
  const gating = readBoolean(environment, 'ENABLE_GATING')
  const retries = readBoolean(environment, 'ENABLE_RETRIES')
  const strict = readBoolean(environment, 'STRICT_VALIDATION')
  const fail = readBoolean(environment, 'FAIL_ON_VALIDATION')
  const timeoutSeconds = readNumber(
    environment,
    'GLOBAL_TIMEOUT',
    (value) => value >= 0.001 && value <= 86_400,
    'a number of seconds from 0.001 to 86400',
  )
  const validation = fail ? 'strict' : strict === undefined ? undefined : strict ? 'report' : 'off'
  return {
    ...(concurrentMax === undefined ? {} : { limits: { ...plainLimits(base.limits), concurrentMax } }),
    ...(gating === undefined ? {} : { gating }),
    ...(retries === undefined ? {} : { retries }),
    ...(validation === undefined ? {} : { validation }),
    ...(timeoutSeconds === undefined
      ? {}
      : { timeouts: { ...base.timeouts, reviewMs: timeoutSeconds * 1_000 } }),
  }
}

/** Reads STAGECRAFT_INTERPRETER; `compiled` when it is not set. Throws `environment.invalid`. */
export function interpreterFromEnvironment(environment: Environment): Interpreter {
  const name = 'STAGECRAFT_INTERPRETER'
  const text = environment[name]?.trim() || 'compiled'
  const known = INTERPRETERS.find((one) => one === text)
  if (!known) throw invalid({ name, text }, 'compiled or xstate')
  return known
}

function find(environment: Environment, suffix: string): { name: string; text: string } | undefined {
  for (const prefix of PREFIXES) {
    const name = prefix + suffix
    const text = environment[name]?.trim()
    if (text) return { name, text }
  }
  return undefined
}

const words = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
])

function readBoolean(environment: Environment, suffix: string): boolean | undefined {
  const found = find(environment, suffix)
  if (!found) return undefined
  const value = words.get(found.text.toLowerCase())
  if (value === undefined) throw invalid(found, 'true or false')
  return value
}

function readNumber(
  environment: Environment,
  suffix: string,
  accepts: (value: number) => boolean,
  expected: string,
): number | undefined {
  const found = find(environment, suffix)
  if (!found) return undefined
  const value = /^[\d.]+$/.test(found.text) ? Number(found.text) : Number.NaN
  if (Number.isNaN(value) || !accepts(value)) throw invalid(found, expected)
  return value
}

function invalid({ name, text }: { name: string; text: string }, expected: string): StagecraftError {
  return new StagecraftError(
    'environment.invalid',
    `The environment variable ${name} must be ${expected}, but it is "${text}".`,
  )
}

/** Shared limits have their bounds already; a variable that would replace them by others is refused. */
function plainLimits(limits: object | undefined): object {
  if (limits === undefined || Object.getPrototypeOf(limits) === Object.prototype) return limits ?? {}
  throw new StagecraftError(
    'environment.invalid',
    'MAX_CONCURRENT is set, but the limits are shared (createLimits): give concurrentMax to createLimits instead.',
  )
}

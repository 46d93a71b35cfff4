/** Checks what a critic returned: that it is a finding at all, against its schema, and with its own validation. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CriticSettings } from '../model/critic.ts'
import { messageOf } from '../model/errors.ts'
import { readFinding, VERDICT_KEYS, type Finding } from '../model/finding.ts'
import { frozenCopy } from '../model/frozen-copy.ts'
import type { Outcome } from '../model/outcome.ts'
import { isPromiseLike } from './task.ts'

/** `report` keeps a finding that fails its checks, `strict` ends it as invalid, `off` does not check it. */
export type Validation = 'report' | 'strict' | 'off'

type Checks = Pick<CriticSettings, 'output' | 'validate'>

/** What is no finding at all is `invalid` in every mode. Never throws, never rejects. */
export function checkFinding(
  given: unknown,
  checks: Checks,
  validation: Validation,
): Outcome | Promise<Outcome> {
  const { output } = checks
  if (validation === 'off' || !output) return conclude(given, [], checks, validation)
  try {
    // Copied before the schema sees it: a getter may answer differently the second time.
    return checkBySchema(frozenCopy(given), output, checks, validation)
  } catch (error) {
    return { kind: 'invalid', validationErrors: [`not_a_finding: ${messageOf(error)}`] }
  }
}

function checkBySchema(
  raw: unknown,
  schema: StandardSchemaV1,
  checks: Checks,
  validation: Validation,
): Outcome | Promise<Outcome> {
  const broken = (error: unknown) =>
    conclude(raw, [`validation_error: ${messageOf(error)}`], checks, validation)
  return askSchema(raw, schema, (result) => withSchema(raw, result, checks, validation), broken)
}

/** Checks a finding that has been through its schema before: a second time would transform it twice. */
export function recheckFinding(finding: unknown, checks: Checks, validation: Validation): Outcome {
  return conclude(finding, [], checks, validation)
}

function askSchema(
  raw: unknown,
  schema: StandardSchemaV1,
  answered: (result: StandardSchemaV1.Result<unknown>) => Outcome,
  broken: (error: unknown) => Outcome,
): Outcome | Promise<Outcome> {
  try {
    const result = schema['~standard'].validate(raw)
    return isPromiseLike(result) ? Promise.resolve(result).then(answered).catch(broken) : answered(result)
  } catch (error) {
    return broken(error)
  }
}

function withSchema(
  raw: unknown,
  result: StandardSchemaV1.Result<unknown>,
  checks: Checks,
  validation: Validation,
): Outcome {
  if (!result.issues) return conclude(withVerdictKeys(result.value, raw), [], checks, validation)
  return conclude(
    raw,
    result.issues.map((issue) => describe(raw, issue)),
    checks,
    validation,
  )
}

/** Schemas leave out what they do not name. They may change a severity or a violation, but not lose it. */
function withVerdictKeys(value: unknown, raw: unknown): unknown {
  if (!isRecord(value) || !isRecord(raw)) return value
  const lost = VERDICT_KEYS.filter((key) => raw[key] !== undefined && !(key in value))
  return lost.length === 0 ? value : { ...value, ...Object.fromEntries(lost.map((key) => [key, raw[key]])) }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

function conclude(
  raw: unknown,
  problems: readonly string[],
  { output, validate }: Checks,
  validation: Validation,
): Outcome {
  const read = readFinding(raw, { hasSchema: output !== undefined })
  if (!read.ok) return { kind: 'invalid', validationErrors: [...read.problems, ...problems] }
  const own = validation === 'off' || !validate ? [] : askValidate(validate, read.finding)
  const validationErrors = [...problems, ...own]
  if (validation === 'strict' && validationErrors.length > 0) return { kind: 'invalid', validationErrors }
  return { kind: 'finding', finding: read.finding, validationErrors }
}

function askValidate(validate: NonNullable<Checks['validate']>, finding: Finding): readonly string[] {
  try {
    const answer: unknown = validate(finding)
    if (answer === true) return []
    if (answer === false) return ['custom_validation_failed']
    // An answer that comes later is no answer, and its rejection must not end the process.
    if (isPromiseLike(answer)) Promise.resolve(answer).catch(() => {})
    return [
      typeof answer === 'string' ? answer : `validation_error: validate must return true, false or a message`,
    ]
  } catch (error) {
    return [`validation_error: ${messageOf(error)}`]
  }
}

function describe(raw: unknown, issue: StandardSchemaV1.Issue): string {
  const path = (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step))
  const place = path.map(String).join('.')
  return isMissing(raw, path)
    ? `missing_required_field: ${place}`
    : `invalid_field: ${place}: ${issue.message}`
}

function isMissing(raw: unknown, path: readonly PropertyKey[]): boolean {
  let value = raw
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return true
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return path.length > 0 && value === undefined
}

/** The shape critic: is the answer JSON of the shape its reader expects? */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import { StagecraftError } from '../../model/errors.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { measureJson } from './json-measure.ts'
import { SCAN_LIMITS } from './scan-limits.ts'
import { Tally } from './tally.ts'

/** The JSON Schemas that zod can read, drafts 4, 7 and 2020-12. */
export type JsonSchema = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>

const isSchema = (value: unknown): value is StandardSchemaV1 =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && '~standard' in value

const Own = z
  .strictObject({
    /** A zod schema, or any other Standard Schema. Its own regular expressions must be safe on hostile text. */
    schema: z
      .custom<StandardSchemaV1>(isSchema, 'must be a zod schema or another Standard Schema')
      .optional(),
    /** A JSON Schema, in place of `schema`. */
    jsonSchema: z
      .custom<JsonSchema>((value) => typeof value === 'object' && value !== null, 'must be an object')
      .optional(),
    /** True: the JSON may be the content of one fenced block (three backticks, with or without the word json). */
    fenced: z.boolean().default(false),
    /** Nesting of arrays and objects. */
    depthMax: z.number().int().min(1).default(SCAN_LIMITS.json.depthMax),
    /** Values and keys of the whole document: validating more would stop everything else for too long. */
    valuesMax: z.number().int().min(1).default(SCAN_LIMITS.json.valuesMax),
    severity: z.number().min(0).max(3).default(2),
  })
  .refine(({ schema, jsonSchema }) => (schema === undefined) !== (jsonSchema === undefined), {
    error: 'exactly one of schema and jsonSchema is needed',
  })

export type ShapeOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'shape', stage: 'PRE_VALIDATION', priority: 2, domain: 'operations' },
  own: Own,
  work: (own, name) => shapeWork(own, name),
}

/**
 * Finds answers that are no JSON (`shape.not_json`), too deep or too large to validate (`shape.too_large`), or not of
 * the shape asked for (`shape.mismatch`, one per place), of severity 2. A Standard Schema that is not zod has no
 * plain form to hash, so set `version` yourself if such critics share a cache.
 */
export function shapeCritic<const Name extends string = 'shape', const DependsOn extends string = never>(
  options: ShapeOptions & CriticOptions<Name, DependsOn>,
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

function shapeWork(own: z.output<typeof Own>, name: string): Evaluate {
  const schema = own.schema ?? readJsonSchema(own.jsonSchema, name)
  const { severity } = own
  return async ({ response }) => {
    const tally = new Tally()
    const text = own.fenced ? withoutFence(response) : response
    const size = measureJson(text)
    if (size.depth > own.depthMax || size.values > own.valuesMax)
      tally.add(
        'shape.too_large',
        severity,
        () =>
          `the response nests ${size.depth} levels and holds about ${size.values} values, more than ${own.depthMax} and ${own.valuesMax}`,
      )
    else await validate(text, schema, (rule, message) => tally.add(rule, severity, () => message))
    return tally.finding({
      clean: 'The response has the shape asked for.',
      broken: 'The response has not the shape asked for',
    })
  }
}

async function validate(
  text: string,
  schema: StandardSchemaV1,
  report: (rule: string, message: string) => void,
) {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may be confidential.
    report('shape.not_json', text.trim() === '' ? 'the response is empty' : 'the response is not JSON')
    return
  }
  const result = await schema['~standard'].validate(value)
  for (const issue of result.issues ?? []) report('shape.mismatch', `${pathOf(issue)}: ${issue.message}`)
}

function pathOf(issue: StandardSchemaV1.Issue): string {
  const keys = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  return keys.join('.') || 'the whole'
}

function readJsonSchema(jsonSchema: JsonSchema | undefined, name: string): StandardSchemaV1 {
  try {
    return z.fromJSONSchema(jsonSchema ?? {})
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StagecraftError(
      'critic.invalid',
      `The jsonSchema of critic "${name}" cannot be read: ${reason}. Simplify it, or give a zod schema as \`schema\`.`,
      { cause: error },
    )
  }
}

/** The content of the one fenced block that a text is; any other text as it is. */
function withoutFence(text: string): string {
  const trimmed = text.trim()
  const opening = /^```(?:json[c5]?)?[ \t]{0,20}\r?\n/i.exec(trimmed)
  if (opening === null || !trimmed.endsWith('```') || trimmed.length < opening[0].length + 3) return text
  return trimmed.slice(opening[0].length, -3)
}

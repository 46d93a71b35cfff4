/** The process agent: a program does the work, whatever it is written in. */

import type { StandardSchemaV1 } from '@standard-schema/spec'
import { z } from 'zod'
import type { AgentContext } from '../../model/agent.ts'
import { messageOf } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { notRetryable } from '../not-retryable.ts'
import { adapterAgent, type AdapterAgent, type AdapterSettings, type AdapterWork } from './adapter.ts'
import { jsonInput } from './json-input.ts'
import { childEnvironment, secretsOf } from './process/child-environment.ts'
import { Complaint } from './process/complaint.ts'
import { runChild, type ChildEnd } from './process/run-child.ts'

/** The system ends a text at a zero byte. */
const text = z.string().refine((value) => !value.includes('\0'), 'must hold no zero byte')

const Own = z.strictObject({
  /** A program of PATH, or the path of one. No shell reads it. */
  command: text.min(1),
  args: z.array(text).default([]),
  /** Default: the host's. */
  cwd: text.optional(),
  /** Set for the process; shown in no error message. */
  env: z.record(text, text).default({}),
  /** Names of variables it has from the host, beside those that say where programs and files are (PATH, HOME, LANG …). */
  inheritEnv: z.array(text).default([]),
  /** Bytes of its output. */
  outputMaxBytes: z.int().min(1).default(LIMITS.adapter.answerMaxBytes),
  /** From SIGTERM to SIGKILL, in milliseconds. */
  killGraceMs: z.number().min(0).max(LIMITS.timeoutMs.max).default(LIMITS.adapter.killGraceMs),
})

export type ProcessAgentOptions = z.input<typeof Own>

/**
 * Starts a program for each attempt: its input is JSON on stdin, its output JSON on stdout. `STAGECRAFT_KEY` is the same
 * for every attempt at one task, also after a crash; `STAGECRAFT_ATTEMPT` counts them from 1. A line
 * `{"progress": 0.4}` or `{"progress": {"fraction": 0.4, "message": "meshing"}}` on stderr is a report of progress.
 *
 * When the attempt is cut, the program and all it has started get SIGTERM, and SIGKILL after `killGraceMs` (on Windows
 * the program alone, at once; nowhere what began a session of its own, as `setsid` does). They also end with a host that exits; a host that is killed leaves them behind.
 *
 * Tried again: an exit code but 0, an end by a signal, a system short of processes or files. Not tried again: a program
 * that cannot be started, output that is not JSON or too long, and the exit codes 64, 65, 66, 77 and 78 (wrong usage,
 * wrong input, no input, no permission, wrong configuration). Source of these: BSD, sysexits.h.
 */
export function processAgent<
  const Name extends string,
  O extends StandardSchemaV1,
  I extends StandardSchemaV1 | undefined = undefined,
>(options: AdapterSettings<Name, I, O> & ProcessAgentOptions): AdapterAgent<Name, I, O> {
  return adapterAgent(Own, options, processWork)
}

type Own = z.output<typeof Own>

const FINAL_CODES = new Set([64, 65, 66, 77, 78])
const SHORTAGES = new Set(['EAGAIN', 'EMFILE', 'ENFILE', 'ENOMEM'])

function processWork(own: Own, name: string): AdapterWork {
  return async (input, context) => {
    const complaint = new Complaint(secretsOf({ given: own.env, inherited: own.inheritEnv }), (report) =>
      context.progress(report),
    )
    const end = await started(own, name, jsonInput(name, input), context, complaint)
    return outputOf(end, own, name, complaint)
  }
}

async function started(
  { env, inheritEnv, cwd, ...own }: Own,
  name: string,
  input: string,
  { signal, key, attempt }: AgentContext,
  complaint: Complaint,
): Promise<ChildEnd> {
  try {
    return await runChild({
      ...own,
      cwd,
      env: childEnvironment({ given: env, inherited: inheritEnv, key, attempt }),
      input,
      signal,
      onStderr: (said) => complaint.write(said),
    })
  } catch (thrown) {
    signal.throwIfAborted()
    const { code } = Object(thrown) as { code?: string }
    const error = new Error(
      `Agent "${name}": ${JSON.stringify(own.command)} could not be started (${code ?? messageOf(thrown)}). Look at command and cwd.`,
    )
    throw code !== undefined && SHORTAGES.has(code) ? error : notRetryable(error)
  }
}

function outputOf(
  { code, killedBy, output }: ChildEnd,
  { command, outputMaxBytes }: Own,
  name: string,
  complaint: Complaint,
): unknown {
  const program = `Agent "${name}": ${JSON.stringify(command)}`
  if (output === undefined)
    throw notRetryable(
      new RangeError(
        `${program} wrote more than ${outputMaxBytes} bytes. Raise outputMaxBytes, or have it write less.`,
      ),
    )
  if (code !== 0) {
    const words = complaint.lastWords()
    const how = code === null ? `was ended by ${killedBy}` : `ended with code ${code}`
    const error = new Error(`${program} ${how}${words === '' ? '.' : `: ${words}`}`)
    throw code !== null && FINAL_CODES.has(code) ? notRetryable(error) : error
  }
  try {
    return JSON.parse(output)
  } catch {
    // What the parser says repeats a piece of the output.
    throw notRetryable(
      new Error(`${program} wrote something that is not JSON. Print the output alone, and logs on stderr.`),
    )
  }
}

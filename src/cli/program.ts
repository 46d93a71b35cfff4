/** The commands and their options. */

import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { isStagecraftError } from '../model/errors.ts'
import { EXIT, exitCodeOfError } from './exit-code.ts'
import type { Io } from './io.ts'
import { CHARTS, planCommand, type ChartName } from './plan-command.ts'
import { messageOf, printableLines } from './printable.ts'
import { addProject } from './project/project-program.ts'
import { reviewCommand, reviewExits } from './review-command.ts'

const CONCURRENCY = { default: 16, max: 1_000 } as const

/** Runs one command and resolves with its exit code; never rejects for what the user can put right. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok
  const program = newProgram(io, (ended) => (code = ended))
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.wrong
    io.stderr.write(`stagecraft: ${printableLines(messageOf(error))}\n`)
    // Anything else is a fault of ours: show where.
    if (!isStagecraftError(error) && error instanceof Error) io.stderr.write(`${error.stack}\n`)
    return exitCodeOfError(error)
  }
}

function newProgram(io: Io, onEnd: (code: number) => void): Command {
  const program = new Command('stagecraft')
    .description("Puts AI models' answers before a panel of critics, and carries durable projects.")
    .version(packageVersion(), '-V, --version')
    .exitOverride()
    // `--version` after a command is that command's own.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .showHelpAfterError('(run with --help to see what is possible)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ stagecraft review answers.jsonl --panel panel.ts --out results.jsonl\n  $ stagecraft project list',
    )
  addReview(program, io, onEnd)
  addPlan(program, io, onEnd)
  addProject(program, io, onEnd)
  return program
}

function addReview(program: Command, io: Io, onEnd: (code: number) => void): void {
  program
    .command('review')
    .description('Review a file of answers, one JSON object a line: { id?, prompt, response, context? }.')
    .argument('<answers.jsonl>', 'the file of answers; "-" reads standard input')
    .requiredOption('--panel <panel.ts>', 'the file that exports the panel, as `panel` or by default')
    .option('--out <results.jsonl>', 'write one result a line to this file, in the order of the answers')
    .option('--concurrency <number>', 'answers reviewed at once', concurrencyFrom, CONCURRENCY.default)
    .addHelpText(
      'after',
      `\n${reviewExits}\n\nExample:\n  $ stagecraft review answers.jsonl --panel panel.ts --out results.jsonl`,
    )
    .action(async (answers: string, options: { panel: string; out?: string; concurrency: number }) => {
      onEnd(await reviewCommand({ answers, ...options }, io))
    })
}

function addPlan(program: Command, io: Io, onEnd: (code: number) => void): void {
  program
    .command('plan')
    .description(
      'Show the plan of a panel: stages, order, policies, and why each setting holds; and the charts it runs on.',
    )
    .requiredOption('--panel <panel.ts>', 'the file that exports the panel, as `panel` or by default')
    .addOption(new Option('--chart <name>', 'print only this statechart, as Mermaid').choices(CHARTS))
    .addHelpText('after', '\nExample:\n  $ stagecraft plan --panel panel.ts --chart critic > critic.mmd')
    .action(async (options: { panel: string; chart?: ChartName }) => {
      onEnd(await planCommand(options, io))
    })
}

function concurrencyFrom(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN
  if (value >= 1 && value <= CONCURRENCY.max) return value
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${CONCURRENCY.max}.`)
}

function packageVersion(): string {
  // Two folders up both from src/cli and from dist/cli.
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  // Our own package.json.
  return (JSON.parse(text) as { version: string }).version
}

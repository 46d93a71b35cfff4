/** The commands of projects and their options. What does the work is loaded when it is asked for. */

import { Option, type Command } from 'commander'
import { MODES } from '../../model/lifecycle.ts'
import { EXIT } from '../exit-code.ts'
import type { Io } from '../io.ts'
import type { AskCommandOptions, Wish } from './ask-command.ts'
import type { CreateOptions } from './create-command.ts'
import type { DecideOptions } from './decide-command.ts'
import type { HistoryCommandOptions } from './history-command.ts'
import type { ListOptions } from './list-command.ts'
import { collected, command, factTypes, wholeNumber, withLifecycles, withWait } from './options.ts'
import type { RunCommandOptions } from './run-command.ts'
import type { ShowOptions } from './show-command.ts'
import type { ValuesOptions } from './values-command.ts'

const EXITS = `exit code: ${EXIT.ok} it is done or kept, ${EXIT.refused} refused, damaged, or the project failed or was cancelled,
           ${EXIT.wrong} wrong usage, ${EXIT.interrupted} Ctrl-C, ${EXIT.terminated} SIGTERM`

const EXAMPLE = `Example:
  $ stagecraft project create drone-001 --intent 'Design a quadcopter' --run
  $ stagecraft project approve drone-001 --comment 'Go ahead'
  $ stagecraft project run drone-001`

export function addProject(program: Command, io: Io, onEnd: (code: number) => void): void {
  const project = program
    .command('project')
    .description('Carry durable projects through their phases: create, run, look at, decide, go back.')
    .enablePositionalOptions()
    .addHelpText('after', `\n${EXITS}\n\n${EXAMPLE}`)
  addCarrying(project, io, onEnd)
  addReading(project, io, onEnd)
  addDeciding(project, io, onEnd)
  addAsking(project, io, onEnd)
}

type Adding = (project: Command, io: Io, onEnd: (code: number) => void) => void

const addCarrying: Adding = (project, io, onEnd) => {
  const create = command(project, 'create <id>', 'Put a new project on record.')
  withLifecycles(create)
    .option('--lifecycle <name>', 'the lifecycle it follows; need not be named where there is only one')
    .requiredOption('--intent <text>', 'what it is to do, in your words')
    .addOption(new Option('--mode <mode>', 'execute it, or plan it').choices(MODES).default('execute'))
    .option('--author <name>', 'who wants it (default: your name on this system)')
    .option('--params <json>', 'data for its agents')
    .option('--run', 'run it at once')
    .option('--json', 'print the project as JSON')
    .action(async (id: string, options: CreateOptions) => {
      onEnd(await (await import('./create-command.ts')).createCommand(id, options, io))
    })
  const run = command(
    project,
    'run <id>',
    'Start a project, or go on with it, until it waits for somebody or ends.',
  )
  withWait(withLifecycles(run))
    .option('--json', 'print the project as JSON in the end')
    .action(async (id: string, options: RunCommandOptions) => {
      onEnd(await (await import('./run-command.ts')).runCommand(id, options, io))
    })
}

const addReading: Adding = (project, io, onEnd) => {
  withLifecycles(command(project, 'show <id>', 'Draw the phases of a project, with where it stands.'))
    .option('--json', 'print all there is to know as JSON')
    .action(async (id: string, options: ShowOptions) => {
      onEnd(await (await import('./show-command.ts')).showCommand(id, options, io))
    })
  command(project, 'history <id>', 'List what has happened, one fact a line, the oldest first.')
    .option('--after <cursor>', 'only facts after this one', wholeNumber, 0)
    .option('--types <types>', 'only these types, with commas between them', factTypes)
    .option('--json', 'print one JSON object a line')
    .action(async (id: string, options: HistoryCommandOptions) => {
      onEnd(await (await import('./history-command.ts')).historyCommand(id, options, io))
    })
  withLifecycles(command(project, 'values <id>', 'List the physical values of a project, one a line.'))
    .option('--at <cursor>', 'as they were right after this fact', wholeNumber)
    .option('--json', 'print the whole of it as JSON')
    .action(async (id: string, options: ValuesOptions) => {
      onEnd(await (await import('./values-command.ts')).valuesCommand(id, options, io))
    })
  command(project, 'list', 'List the projects of a store.')
    .option('--state <state>', 'only those in this state, e.g. AWAITING_APPROVAL')
    .option('--lifecycle <name>', 'only those of this lifecycle')
    .option('--ended', 'only those that have ended')
    .option('--no-ended', 'only those that have not')
    .option('--json', 'print one JSON object a line')
    .action(async (options: ListOptions) => {
      onEnd(await (await import('./list-command.ts')).listCommand(options, io))
    })
  command(project, 'checkpoints <id>', 'List what a project can be rolled back to.')
    .option('--json', 'print one JSON object a line')
    .action(async (id: string, options: { store?: string; json?: boolean }) => {
      onEnd(await (await import('./list-command.ts')).checkpointsCommand(id, options, io))
    })
  withLifecycles(
    command(project, 'verify [id]', 'Read a journal again, or all of them, and say what is damaged.'),
  )
    .option('--json', 'print one JSON object a line')
    .action(async (id: string | undefined, options: ShowOptions) => {
      onEnd(await (await import('./verify-command.ts')).verifyCommand(id, options, io))
    })
}

const addDeciding: Adding = (project, io, onEnd) => {
  const decide = (
    named: Command,
    decisionOf: (options: { planOnly?: boolean }) => DecideOptions['decision'],
  ) =>
    withWait(named)
      .option('--by <name>', 'who decides (default: your name on this system)')
      .option('--role <role>', 'what you may speak for; may be said more than once', collected)
      .option('--approval <id>', 'the approval you mean; without it, the open one')
      .option('--version <number>', 'the version you mean: any other is refused', wholeNumber)
      .action(async (id: string, options: Omit<DecideOptions, 'decision'> & { planOnly?: boolean }) => {
        const { decideCommand } = await import('./decide-command.ts')
        onEnd(await decideCommand(id, { ...options, decision: decisionOf(options) }, io))
      })
  const approve = command(project, 'approve <id>', 'Agree to what a project asks approval for.')
    .option('--comment <text>', 'what you want to say about it')
    .option('--plan-only', 'end the project with its plan')
  decide(approve, ({ planOnly }) => (planOnly ? 'PLAN_ONLY' : 'APPROVED'))
  const reject = command(project, 'reject <id>', 'Have a phase repeated, with what you say about it.')
  decide(reject.requiredOption('--comment <text>', 'what has to be better'), () => 'REJECTED')
}

const addAsking: Adding = (project, io, onEnd) => {
  const asks = (named: Command, wishOf: (id: string, checkpoint: string) => Wish) =>
    withWait(named).action(async () => {
      const [id = '', checkpoint = ''] = named.args
      const { askCommand } = await import('./ask-command.ts')
      onEnd(await askCommand(id, wishOf(id, checkpoint), named.opts<AskCommandOptions>(), io))
    })
  const plain = (ask: 'pause' | 'resume' | 'cancel', what: string) =>
    asks(command(project, `${ask} <id>`, what), (id) => ({ ask: { ask }, words: `${ask} ${id}` }))
  plain('pause', 'Halt a project; what its tasks have finished is kept.')
  plain('resume', 'Go on with a project that is paused.')
  plain('cancel', 'End a project and abort its work.')
  asks(
    command(
      project,
      'rollback <id> <checkpoint>',
      'Take a project back to a checkpoint, and leave it paused.',
    ),
    (id, checkpoint) => ({
      ask: { ask: 'rollback', checkpoint },
      words: `rollback of ${id} to ${checkpoint}`,
    }),
  )
}

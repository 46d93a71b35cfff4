/** LangGraph.js with its own SQLite checkpointer: a node per phase, and one that interrupts for the approval. */

import { join } from 'node:path'
import { Annotation, Command, END, interrupt, isInterrupted, START, StateGraph } from '@langchain/langgraph'
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite'
import { AUTHOR, DECISION, INTENT, type ProjectWork, type Said } from '../project-work.ts'
import type { ProjectContestant } from './project-contestant.ts'

type Decision = typeof DECISION

const State = Annotation.Root({
  intent: Annotation<string>(),
  author: Annotation<string>(),
  draft: Annotation<Said>(),
  design: Annotation<Said>(),
  approval: Annotation<Decision>(),
  shipped: Annotation<Said>(),
})

/** A step begins when the one before it is on the disk, as with us. */
export const langGraphProject = (work: ProjectWork) =>
  contestant('LangGraph.js, the same durability', work, true)

/** As it comes: `durability: 'async'`, and the `synchronous = NORMAL` that better-sqlite3 is built with for WAL. */
export const langGraphProjectAsItComes = (work: ProjectWork) =>
  contestant('LangGraph.js, as it comes', work, false)

async function contestant(name: string, work: ProjectWork, isSynced: boolean): Promise<ProjectContestant> {
  const file = join(work.folder, `langgraph-${isSynced ? 'synced' : 'default'}.db`)
  const saver = SqliteSaver.fromConnString(file)
  // Makes its tables; then what they are written with may be chosen.
  await saver.getTuple({ configurable: { thread_id: 'none' } })
  if (isSynced) saver.db.pragma('synchronous = FULL')
  expectSynchronous(saver, isSynced ? 2 : 1)
  const graph = compile(work, saver)
  let carried = 0
  return {
    name,
    file,
    carry: async () => {
      carried += 1
      const config = {
        configurable: { thread_id: `project-${carried}` },
        ...(isSynced && { durability: 'sync' as const }),
      }
      const waiting: unknown = await graph.invoke({ intent: INTENT, author: AUTHOR }, config)
      if (!isInterrupted(waiting)) throw new Error('LangGraph.js did not stop for the approval.')
      const { shipped } = await graph.invoke(new Command({ resume: DECISION }), config)
      if (!shipped) throw new Error('LangGraph.js did not go on after the approval.')
    },
    close: async () => {
      saver.db.close()
    },
  }
}

function compile({ agent }: ProjectWork, checkpointer: SqliteSaver) {
  return (
    new StateGraph(State)
      .addNode('DRAFT', async () => ({ draft: await agent('DRAFT') }))
      .addNode('DESIGN', async () => ({ design: await agent('DESIGN') }))
      // A node that interrupts is run again from its beginning, so the work has a node of its own.
      .addNode('APPROVAL', ({ design }) => ({ approval: interrupt<Said, Decision>(design) }))
      .addNode('SHIP', async () => ({ shipped: await agent('SHIP') }))
      .addEdge(START, 'DRAFT')
      .addEdge('DRAFT', 'DESIGN')
      .addEdge('DESIGN', 'APPROVAL')
      .addEdge('APPROVAL', 'SHIP')
      .addEdge('SHIP', END)
      .compile({ checkpointer })
  )
}

/** Fails the benchmark rather than compare what is not alike: 1 is NORMAL, 2 is FULL. */
function expectSynchronous({ db }: SqliteSaver, expected: 1 | 2): void {
  const synchronous: unknown = db.pragma('synchronous', { simple: true })
  const journal: unknown = db.pragma('journal_mode', { simple: true })
  if (synchronous !== expected || journal !== 'wal')
    throw new Error(`LangGraph.js writes with ${String(journal)}, synchronous ${String(synchronous)}.`)
}

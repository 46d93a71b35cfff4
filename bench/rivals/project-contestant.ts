/** What every contestant that carries projects looks like, ours and the rivals. */

import type { ProjectWork } from '../project-work.ts'

export type ProjectContestant = {
  readonly name: string
  /** Carries a new project from its start, through its approval, to its end. */
  readonly carry: () => Promise<void>
  /** Where all of it is stored, once closed. */
  readonly file: string
  readonly close: () => Promise<void>
}

export type MakeProjectContestant = (work: ProjectWork) => Promise<ProjectContestant>

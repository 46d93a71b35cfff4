/** Loads a panel from a TypeScript or JavaScript file, and says what to do when that fails. */

import { StagecraftError } from '../model/errors.ts'
import { kindOf, loadModule, type Exported, type Wanted } from './load-module.ts'
import { isPanel, type PanelLike } from './panel-like.ts'

const PANEL_FILE: Wanted = {
  what: 'panel file',
  by: '--panel',
  notFound: 'cli.panel_not_found',
  notLoaded: 'cli.not_a_panel',
}

/** Takes the export named `panel`, or the default one. Throws `cli.panel_not_found` and `cli.not_a_panel`. */
export async function loadPanel(path: string, cwd: string): Promise<PanelLike> {
  const { file, exported } = await loadModule(path, cwd, PANEL_FILE)
  const candidate = exported['panel'] ?? exported['default']
  if (isPanel(candidate)) return candidate
  throw new StagecraftError(
    'cli.not_a_panel',
    `${file}${whatIsWrong(exported)} Write: export const panel = createPanel({ critics: [ … ] })`,
  )
}

function whatIsWrong({ panel, default: byDefault }: Exported): string {
  if (panel === undefined && byDefault === undefined) return ' exports no panel.'
  const name = panel === undefined ? 'default export' : 'export "panel"'
  return `: its ${name} is no panel, but ${kindOf(panel ?? byDefault)} without review() and plan.`
}

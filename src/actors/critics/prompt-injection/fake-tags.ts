/** Marks with which a text pretends that somebody else begins to speak. */

import { runsIn } from './runs.ts'

/** Special tokens and tags of the usual chat formats. */
const CHAT_TOKENS =
  /<\|(?:im_start|im_end|im_sep|system|user|assistant|start_header_id|end_header_id|eot_id|endoftext|endofprompt|begin_of_text)\|>|\[\/?INST\]|<<\/?SYS>>|<start_of_turn>|<end_of_turn>/gi

/** Tags that close or open the places where applications put instructions or data. */
const ROLE_TAGS =
  /<\/?(?:system|system[_-]prompt|instructions?|user[_-]input|untrusted|document|context|assistant|developer)>/gi

/** A heading or a role at the start of a line. */
const ROLE_LINES =
  /^[ \t]{0,8}(?:#{1,6} ?|\*\*|\[|-{3,8} ?)?(?:new |begin |end |start of )?(?:system|developer|admin(?:istrator)?)(?: (?:prompt|message|instructions?|override|note|update))?(?:\*\*|\])?:/gim

export type FakeTag = { readonly rule: string; readonly weight: number; readonly start: number }

export function* fakeTagsIn(text: string): Generator<FakeTag> {
  for (const { start } of runsIn(text, CHAT_TOKENS)) yield { rule: 'injection.fake_tag', weight: 0.7, start }
  for (const { start } of runsIn(text, ROLE_TAGS)) yield { rule: 'injection.fake_tag', weight: 0.4, start }
  for (const { start } of runsIn(text, ROLE_LINES)) yield { rule: 'injection.fake_tag', weight: 0.4, start }
}

/** What belongs to a journal beside its entries, checked against the entries that vouch for it. */

import { hashOf, type Json } from '../../model/canonical.ts'
import { refOf, refsIn, type Ref } from '../../model/content.ts'
import { isStagecraftError } from '../../model/errors.ts'
import { LIMITS } from '../../model/limits.ts'
import { chartsOf } from '../engine/journal-step.ts'
import { brokenJournal } from '../store/refusals.ts'
import type { Command, JournalRecord, StoredEntry, StoreReader } from '../store/store.ts'

/** Contents that are held in memory at once: each may be large. */
const CONTENTS_AT_ONCE = 50

/**
 * Checks every content and every checkpoint of a journal whose entries are known to be whole, up to a cursor.
 * Throws `journal.broken` naming the fact whose content is not what was stored, or the checkpoint.
 */
export async function verifyBelongings(
  store: StoreReader,
  record: JournalRecord,
  until: number,
): Promise<void> {
  const vouched = new Map<string, StoredEntry>()
  const seen = new Set<Ref>()
  for (let after = 0; after < until;) {
    const page = await store.entries({ journal: record.id, after, until, limit: LIMITS.pageMax })
    if (record.salt !== null) await verifyContents(store, record, page, seen)
    for (const entry of page) noteCheckpoints(vouched, entry)
    after = page.at(-1)?.cursor ?? until
  }
  await verifyCheckpoints(store, record, vouched)
}

/** A reference is a hash of its content: whatever was changed has another one. */
async function verifyContents(
  store: StoreReader,
  record: JournalRecord,
  entries: readonly StoredEntry[],
  seen: Set<Ref>,
): Promise<void> {
  const saidBy = new Map<Ref, StoredEntry>()
  for (const entry of entries)
    for (const ref of [...refsIn(entry.payload), ...refsIn(entry.cause?.event ?? null)])
      if (!seen.has(ref)) {
        seen.add(ref)
        saidBy.set(ref, entry)
      }
  const refs = [...saidBy.keys()]
  for (let first = 0; first < refs.length; first += CONTENTS_AT_ONCE) {
    const asked = refs.slice(first, first + CONTENTS_AT_ONCE)
    const contents = await store.contents(record.id, asked)
    const wrong = asked.find((ref) => !isContent(record, ref, contents.get(ref)))
    if (wrong === undefined) continue
    // Erased, or removed altogether, since the record was read.
    const { salt = null } = (await store.record(record.id)) ?? {}
    if (salt === null) return
    const { seq, type, cursor } = saidBy.get(wrong) as StoredEntry
    throw brokenJournal(
      record.id,
      `content ${wrong} of fact ${seq} (${type}, cursor ${cursor}) is ${contents.has(wrong) ? 'not what was stored' : 'missing'}`,
    )
  }
}

const isContent = ({ salt }: JournalRecord, ref: Ref, content: Json | undefined): boolean =>
  content !== undefined && refOf(salt ?? '', content) === ref

/** By id, the fact of each checkpoint that is kept. */
function noteCheckpoints(vouched: Map<string, StoredEntry>, entry: StoredEntry): void {
  // Both payloads are made by nobody but the engine.
  if (entry.type === 'CHECKPOINT_CREATED')
    vouched.set((entry.payload as { checkpoint: string }).checkpoint, entry)
  if (entry.type === 'CHECKPOINTS_DROPPED')
    for (const id of (entry.payload as { checkpoints: readonly string[] }).checkpoints) vouched.delete(id)
}

async function verifyCheckpoints(
  store: StoreReader,
  { id, seq }: JournalRecord,
  vouched: ReadonlyMap<string, StoredEntry>,
): Promise<void> {
  const kept = new Set<string>()
  for (const { id: checkpoint, seq: createdBy } of await store.checkpoints(id)) {
    kept.add(checkpoint)
    // Taken after the record was read.
    if (createdBy > seq) continue
    const why = await whyDamaged(store, id, checkpoint, vouched.get(checkpoint))
    if (why !== undefined) throw brokenJournal(id, `checkpoint "${checkpoint}" ${why}`)
  }
  const missing = [...vouched.keys()].find((checkpoint) => !kept.has(checkpoint))
  // A checkpoint may have been dropped since the record was read.
  if (missing !== undefined && (await store.record(id))?.seq === seq)
    throw brokenJournal(id, `checkpoint "${missing}" of fact ${vouched.get(missing)?.seq} is missing`)
}

async function whyDamaged(
  store: StoreReader,
  journal: string,
  id: string,
  fact: StoredEntry | undefined,
): Promise<string | undefined> {
  try {
    const found = await store.checkpoint(journal, id)
    if (!found) return undefined
    if (fact?.seq !== found.seq) return `names fact ${found.seq}, which did not take it`
    const vouchedFor = (fact.payload as { stateHash: string }).stateHash
    if (hashOf(found.saved) === vouchedFor && found.stateHash === vouchedFor) return undefined
    return `is not what fact ${fact.seq} (cursor ${fact.cursor}) says was saved`
  } catch (error) {
    if (isStagecraftError(error) && error.code === 'checkpoint.damaged') return 'cannot be read'
    throw error
  }
}

/** Open commands, by key. */
export type Commands = ReadonlyMap<string, Command>

/**
 * Checks what a journal owes the world. `decided` are the commands its steps lead to; undefined where they were not
 * decided again. Throws `journal.broken` naming the command.
 */
export async function verifyCommands(
  store: StoreReader,
  record: JournalRecord,
  decided: Commands | undefined,
): Promise<void> {
  const stored = await store.commandsOf(record.id)
  // A journal that has gone on since its record was read owes something else by now.
  if ((await store.record(record.id))?.seq !== record.seq) return
  const open = new Set(Object.values(chartsOf(record).open))
  for (const command of stored) {
    if (!open.delete(command.key))
      throw brokenJournal(record.id, `nothing asks for the open command ${command.key}`)
    if (decided && hashOf(decided.get(command.key)) !== hashOf(command))
      throw brokenJournal(record.id, `the open command ${command.key} is not the one its steps lead to`)
  }
  const [missing] = open
  if (missing !== undefined) throw brokenJournal(record.id, `its open command ${missing} is missing`)
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sqliteStore } from '../../../src/runtime/store/sqlite/sqlite-store.ts'
import { storeContract } from '../../../src/testing/store-contract.ts'

describe('the store in SQLite', () => {
  storeContract(
    { describe, it, expect },
    {
      make: async () => {
        const folder = await mkdtemp(join(tmpdir(), 'stagecraft-store-'))
        const again = () => sqliteStore({ path: join(folder, 'store.db'), inboxPollMs: 1 })
        const cleanup = () => rm(folder, { recursive: true, force: true })
        return { store: again(), again, cleanup }
      },
    },
  )
})

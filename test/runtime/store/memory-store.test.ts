import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../src/runtime/store/memory-store.ts'
import { storeContract } from '../../../src/testing/store-contract.ts'

describe('the store in memory', () => {
  storeContract(
    { describe, it, expect },
    { make: async () => ({ store: memoryStore(), cleanup: async () => {} }) },
  )
})

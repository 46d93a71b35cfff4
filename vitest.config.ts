import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^stagecraft$/, replacement: source('index.ts') },
      { find: /^stagecraft\/compile$/, replacement: source('compile/index.ts') },
      { find: /^stagecraft\/critics$/, replacement: source('actors/critics/index.ts') },
      { find: /^stagecraft\/resilience$/, replacement: source('runtime/resilience/index.ts') },
      { find: /^stagecraft\/runtime$/, replacement: source('runtime/index.ts') },
      { find: /^stagecraft\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/setup/no-warnings.ts'],
    // A busy machine is no failure.
    testTimeout: 120_000,
    // More than there are cores: the crash tests wait for processes of their own.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
  },
})

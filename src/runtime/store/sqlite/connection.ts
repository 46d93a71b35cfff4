/** A connection to one SQLite file: statements are prepared once, and every error is one of a store. */

import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import type { Compilable, CompiledQuery } from 'kysely'
import { carried, uncarried } from './carried-text.ts'
import type { Query } from './query.ts'
import { storeError } from './sqlite-error.ts'

export type ConnectionOptions = {
  readonly readOnly: boolean
  /** How long a statement waits for a lock of somebody else. */
  readonly busyMs: number
}

type Row = Record<string, SQLOutputValue>

/** Everything here is synchronous: nothing can come between the statements of a transaction. */
export class Connection {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #busyMs: number
  /** By SQL. The shapes of our queries are few, so none is ever forgotten. */
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string, { readOnly, busyMs }: ConnectionOptions) {
    this.file = file
    this.#busyMs = busyMs
    this.#db = this.#guard(() => new DatabaseSync(file, { readOnly, timeout: busyMs }))
  }

  all<P, R>(query: Query<P, R>, values: P): readonly R[] {
    return this.#guard(() => this.#rows(query.compiled, query.bind(values)))
  }

  get<P, R>(query: Query<P, R>, values: P): R | undefined {
    return this.all(query, values)[0]
  }

  /** For a query whose shape depends on what is asked; compiled anew each time. */
  allOf<R>(query: Compilable<R>): readonly R[] {
    const compiled = query.compile()
    return this.#guard(() => this.#rows(compiled, compiled.parameters))
  }

  /** Returns how many rows it changed. */
  run<P>(query: Query<P, unknown>, values: P): number {
    return this.#guard(() =>
      Number(this.#statement(query.compiled.sql).run(...toSqlite(query.bind(values))).changes),
    )
  }

  /** Runs SQL that takes no values, any number of statements. */
  exec(sql: string): void {
    this.#guard(() => this.#db.exec(sql))
  }

  get sqliteVersion(): string {
    return this.#guard(() => String(this.#statement('select sqlite_version() as version').get()?.['version']))
  }

  pragma(name: string): SQLOutputValue | undefined {
    return this.#guard(() => Object.values(this.#statement(`pragma ${name}`).get() ?? {})[0])
  }

  /** All that `work` writes, or nothing of it. */
  transact<T>(work: () => T): T {
    return this.#guard(() => {
      this.#statement('begin immediate').run()
      try {
        const result = work()
        this.#statement('commit').run()
        return result
      } catch (error) {
        this.#rollBack()
        throw error
      }
    })
  }

  /** Moves the log into the file, as far as no reader is in the way; for that it does not wait. */
  emptyLog(): void {
    this.exec('pragma busy_timeout = 0')
    try {
      this.exec('pragma wal_checkpoint(truncate)')
    } finally {
      this.exec(`pragma busy_timeout = ${this.#busyMs}`)
    }
  }

  close(): void {
    if (this.#db.isOpen) this.#guard(() => this.#db.close())
  }

  #rollBack(): void {
    try {
      this.#statement('rollback').run()
    } catch {
      // After some errors SQLite has rolled back by itself, and refuses to do it again.
    }
  }

  #rows<R>({ sql }: CompiledQuery<R>, values: readonly unknown[]): readonly R[] {
    const rows = this.#statement(sql).all(...toSqlite(values))
    for (const row of rows) fromSqlite(row)
    // The columns are those the query names, and `tables.ts` says what they hold.
    return rows as R[]
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#db.prepare(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw storeError(error, this.file)
    }
  }
}

function toSqlite(values: readonly unknown[]) {
  // The tables hold nothing but what SQLite takes.
  return values.map((value) => (typeof value === 'string' ? carried(value) : value)) as (
    | string
    | number
    | null
  )[]
}

function fromSqlite(row: Row): void {
  for (const name in row) {
    const value = row[name]
    if (typeof value === 'string') row[name] = uncarried(value)
  }
}

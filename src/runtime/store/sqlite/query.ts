/** Queries: built and typed by Kysely, compiled once, run on a connection as often as one likes. */

import type { SQLInputValue } from 'node:sqlite'
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type Compilable,
  type CompiledQuery,
} from 'kysely'
import type { Tables } from './tables.ts'

/**
 * Builds queries; nothing runs through it. Kysely runs queries asynchronously, SQLite here does not: run on the
 * connection itself, a transaction is one synchronous call that nothing can come between.
 */
export const build = new Kysely<Tables>({
  dialect: {
    createDriver: () => new DummyDriver(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

/** A query that takes values of type P and brings rows of type R. */
export type Query<P, R> = {
  readonly compiled: CompiledQuery<R>
  /** In the order of the places in the SQL. */
  readonly bind: (values: P) => readonly SQLInputValue[]
}

/** Stands where a value will be. */
class Place {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Compiles a query once. `build` gets places in place of the values, and may only put them into the query. */
export function query<P extends object, R>(made: (values: P) => Compilable<R>): Query<P, R> {
  const places = new Proxy({}, { get: (_, name) => new Place(String(name)) })
  // Kysely hands a value through unlooked at, so that a place may pass for any.
  const compiled = made(places as P).compile()
  const names = compiled.parameters.map((parameter) =>
    parameter instanceof Place ? parameter.name : undefined,
  )
  const bind = (values: P) =>
    // A place is named after a key of P; what the tables take, SQLite takes.
    names.map(
      (name, at) => (name === undefined ? compiled.parameters[at] : values[name as keyof P]) as SQLInputValue,
    )
  return { compiled, bind }
}

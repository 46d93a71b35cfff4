/** A held value: JSON text, which nobody can change from outside, and which reads as from a file. */

export type Held<T> = {
  readonly text: string
  /** Never there: says what the text was made from. */
  readonly of?: T
}

/** Fails where a value is none that JSON can carry. */
export const hold = <T>(value: T): Held<T> => ({ text: JSON.stringify(value) })

/** A copy nobody else has. */
export const copyOf = <T>({ text }: Held<T>): T =>
  // The text was made from a T.
  JSON.parse(text) as T

/** Text as SQLite and UTF-8 can carry it: neither knows half a character, and a NUL may end a text. */

/** What JSON never begins with, so that text that is JSON is always carried as it is. */
const MARK = '\u0001json:'

export const carried = (text: string): string =>
  text.isWellFormed() && !text.includes('\0') && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text)

export const uncarried = (text: string): string =>
  // What follows the mark was written by `carried`, from a text.
  text.startsWith(MARK) ? (JSON.parse(text.slice(MARK.length)) as string) : text
